//! A stretch of source text.

use std::fmt;

/// A half-open range of positions in the [`SourceMap`](super::SourceMap)'s numbering, in bytes.
///
/// Position 0 belongs to no file, so [`Span::NONE`] (0..0) is the place of things that were not
/// written anywhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First position.
    pub lo: u32,
    /// One past the last position; never below `lo`.
    pub hi: u32,
}

impl Span {
    /// The place of things that were not written in any file.
    pub const NONE: Span = Span { lo: 0, hi: 0 };

    /// The span from `lo` up to `hi`.
    pub fn new(lo: u32, hi: u32) -> Span {
        Span { lo, hi: hi.max(lo) }
    }

    /// Whether this is [`Span::NONE`].
    pub fn is_none(self) -> bool {
        self.lo == 0
    }

    /// The smallest span that holds both. A missing one gives way to the other.
    pub fn to(self, other: Span) -> Span {
        match (self.is_none(), other.is_none()) {
            (true, _) => other,
            (_, true) => self,
            _ => Span { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) },
        }
    }

    /// This span, or `other` when this one is missing.
    pub fn or(self, other: Span) -> Span {
        if self.is_none() { other } else { self }
    }

    /// Whether `other` is a place, and no part of it is outside this one.
    pub fn contains(self, other: Span) -> bool {
        !other.is_none() && self.lo <= other.lo && other.hi <= self.hi
    }

    /// The empty span just behind this one: where something is missing.
    pub fn end(self) -> Span {
        Span { lo: self.hi, hi: self.hi }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.lo, self.hi)
    }
}
