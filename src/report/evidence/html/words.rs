//! Text that is safe in a page, and small pieces of it.

use std::fmt::{self, Display, Write};

use crate::driver::evidence::Status;
use crate::report::words::{printable, write_escaped};
use crate::source::Location;

/// Text as a page shows it: nothing in it is markup, and nothing in it turns the writing direction or is unseen.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_escaped(f, &printable(self.0))
    }
}

/// Text in which what stands between backticks is code.
pub(super) struct Prose<'a>(pub(super) &'a str);

impl Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An odd number of backticks pairs up wrongly; then all of it is plain.
        if self.0.matches('`').count() % 2 == 1 {
            return Escaped(self.0).fmt(f);
        }
        for (at, piece) in self.0.split('`').enumerate() {
            match at % 2 {
                0 => Escaped(piece).fmt(f)?,
                _ => write!(f, "<code>{}</code>", Escaped(piece))?,
            }
        }
        Ok(())
    }
}

/// `main.nxk:12:5`
pub(super) struct At<'a>(pub(super) &'a Location);

impl Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<code>{}:{}:{}</code>", Escaped(&self.0.file), self.0.line, self.0.column)
    }
}

/// A status in colour, by a sign and in words.
pub(super) struct Badge(pub(super) Status);

impl Display for Badge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, sign) = (class(self.0), sign(self.0));
        write!(f, "<span class=\"status {class}\"><span aria-hidden=\"true\">{sign}</span> {}</span>", self.0.words())
    }
}

/// The class that gives a status its colours.
pub(super) fn class(status: Status) -> &'static str {
    match status {
        Status::Failed => "failed",
        Status::Excepted => "excepted",
        Status::Met => "met",
        Status::NotApplicable => "none",
        Status::NotBinding => "idle",
    }
}

fn sign(status: Status) -> char {
    match status {
        Status::Failed => '✕',
        Status::Excepted => '!',
        Status::Met => '✓',
        Status::NotApplicable => '–',
        Status::NotBinding => '○',
    }
}

/// `1 object`, `2 objects`
pub(super) fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// Adds text.
pub(super) fn put(out: &mut String, text: fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = out.write_fmt(text);
}
