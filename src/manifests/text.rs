//! A text of manifests on its way to nodes: its places, and what is wrong with it.

use crate::diag::{Code, Diagnostic};
use crate::node::Node;
use crate::source::Span;

/// Collections inside each other. The check of objects goes no deeper either.
pub(super) const MAX_DEPTH: usize = 250;
/// Longer words are not marked to their end.
const SHOWN_CHARACTERS: usize = 60;

/// A text among the sources.
pub(super) struct Text<'t> {
    /// Its characters.
    pub text: &'t str,
    /// The position of its first byte.
    pub base: u32,
}

/// What was read of a text.
#[derive(Default)]
pub(super) struct Read {
    /// The documents in order.
    pub documents: Vec<Node>,
    /// What is wrong.
    pub findings: Vec<Diagnostic>,
}

/// Why a document cannot be read.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    pub code: Code,
    /// The byte at which it shows.
    pub offset: usize,
    pub why: String,
    pub hint: &'static str,
}

impl Broken {
    pub(super) fn new(offset: usize, why: String) -> Broken {
        Broken { code: Code::BadDocument, offset, why, hint: "correct the YAML here or just in front" }
    }
}

impl Text<'_> {
    /// The place of a stretch of bytes, as far as it is on one line: what is longer than that is shown by its beginning.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let start = self.text.floor_char_boundary(start);
        let stretch = &self.text[start..self.text.floor_char_boundary(end).max(start)];
        let line = stretch.split(['\n', '\r']).next().unwrap_or_default().trim_end();
        let at = |offset: usize| self.base.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
        Span { lo: at(start), hi: at(start + line.len()) }
    }

    /// The word at a byte.
    pub(super) fn word(&self, offset: usize) -> Span {
        let start = self.text.floor_char_boundary(offset);
        let letters = self.text[start..].chars().take_while(|letter| !letter.is_whitespace()).take(SHOWN_CHARACTERS);
        let length: usize = letters.map(char::len_utf8).sum();
        self.span(start, start + length)
    }

    pub(super) fn finding(&self, broken: Broken) -> Diagnostic {
        let message = match broken.code {
            Code::BadDocument => format!("this document cannot be read: {}", broken.why),
            _ => format!("this document cannot be read, as {}", broken.why),
        };
        Diagnostic::new(broken.code, self.word(broken.offset), message).hint(broken.hint)
    }
}
