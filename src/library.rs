//! The embedded standard library: the texts of `stdlib/`, by their path in it.

/// The text of a file of the standard library (`lib/strings.nxk`).
pub fn text(path: &str) -> Option<&'static str> {
    let _ = path;
    None
}
