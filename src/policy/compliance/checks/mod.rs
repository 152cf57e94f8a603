//! The checks, a file a topic.

mod identity;

use super::Check;

/// The topics in the order in which their checks are told.
pub(super) const TOPICS: &[&[Check]] = &[identity::CHECKS];
