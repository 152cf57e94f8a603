//! What the API server demands beyond structure.

use super::catalogue::{Kind, Version};
use super::validate::{Cursor, Report};

/// Checks an object of this kind.
pub fn check(_root: &Cursor<'_>, _kind: &Kind, _version: Version<'_>, _report: &mut Report) {}
