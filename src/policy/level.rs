//! How strict a configuration, or one entry of it, wants to be.

use std::fmt;

/// A compliance level. The derived order is the order of strictness.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Hash)]
pub enum Level {
    /// Nothing is demanded.
    #[default]
    Unrestricted,
    /// What costs nothing.
    Low,
    /// What every production system does; `medium` is the same.
    Standard,
    /// What an auditor of sensitive data asks for; `strict` is the same.
    High,
    /// Everything.
    Restricted,
}

impl Level {
    /// All levels, from the most lenient on.
    pub const ALL: [Level; 5] = [Level::Unrestricted, Level::Low, Level::Standard, Level::High, Level::Restricted];

    /// The level of this name; `medium` and `strict` are names as well.
    pub fn named(name: &str) -> Option<Level> {
        Some(match name {
            "unrestricted" => Level::Unrestricted,
            "low" => Level::Low,
            "standard" | "medium" => Level::Standard,
            "high" | "strict" => Level::High,
            "restricted" => Level::Restricted,
            _ => return None,
        })
    }

    /// Its first name.
    pub fn name(self) -> &'static str {
        match self {
            Level::Unrestricted => "unrestricted",
            Level::Low => "low",
            Level::Standard => "standard",
            Level::High => "high",
            Level::Restricted => "restricted",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
