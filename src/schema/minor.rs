//! A Kubernetes minor version: `1.31`.

use std::fmt;
use std::str::FromStr;

/// A Kubernetes minor version. All that matters here have the major version 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Minor(pub u32);

impl FromStr for Minor {
    type Err = ();

    /// Reads `1.31`, `v1.31` and `1.31.4`.
    fn from_str(text: &str) -> Result<Minor, ()> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = text.split('.');
        let (major, minor, patch, rest) = (parts.next(), parts.next(), parts.next(), parts.next());
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if major != Some("1") || rest.is_some() || !patch.is_none_or(is_number) {
            return Err(());
        }
        minor.filter(|part| is_number(part)).and_then(|part| part.parse().ok()).map(Minor).ok_or(())
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Minor;

    #[test]
    fn reads_the_spellings_people_use() {
        for text in ["1.31", "v1.31", "1.31.4", "v1.31.14"] {
            assert_eq!(text.parse(), Ok(Minor(31)), "{text}");
        }
        for text in ["", "1", "1.", "2.31", "1.x", "1.31.", "1.31.4.5", "1.31-rc1", "latest", "1.99999999999"] {
            assert_eq!(text.parse::<Minor>(), Err(()), "{text}");
        }
    }
}
