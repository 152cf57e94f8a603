//! The regulations, a file each: tables of controls.

mod cis;

use crate::policy::level::Level;

/// A regulation.
#[derive(Debug)]
pub struct Framework {
    /// As configurations name it: `PCI-DSS`.
    pub key: &'static str,
    /// Its full name with the edition that the controls are numbered by: `PCI DSS 4.0`.
    pub title: &'static str,
    /// Its controls, in its own order.
    pub controls: &'static [Control],
}

/// A demand of a regulation that can be seen in manifests.
#[derive(Debug)]
pub struct Control {
    /// Its number there: `2.2.1`.
    pub id: &'static str,
    /// What it asks for, in our words.
    pub title: &'static str,
    /// The checks that show it, by [`Check::id`](super::Check::id); all of them must pass.
    pub checks: &'static [&'static str],
    /// The level from which it binds.
    pub from: Level,
}

/// All regulations.
pub const FRAMEWORKS: &[&Framework] = &[&cis::CIS];

/// The regulation of this name.
pub fn framework(key: &str) -> Option<&'static Framework> {
    FRAMEWORKS.iter().copied().find(|framework| framework.key == key)
}
