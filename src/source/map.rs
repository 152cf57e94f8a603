//! All texts of one compile, and the way from a span back to file, line and column.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::Span;

/// Names a text in its [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SourceId(u32);

/// Where a text comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SourceKind {
    /// A file of the user's, or the text of `-E` or `--set`. Diagnostics point here.
    User,
    /// Part of the embedded standard library. Diagnostics prefer not to point here.
    Library,
}

/// One text.
#[derive(Debug)]
pub struct SourceFile {
    /// How the text is called in diagnostics: the path as the user would type it, or `<command line>`.
    pub name: String,
    /// The file on disk, where there is one; absolute.
    pub path: Option<PathBuf>,
    /// The text.
    pub text: Rc<str>,
    /// Whose text it is.
    pub kind: SourceKind,
    /// The position of the first byte.
    pub base: u32,
    /// Byte offsets at which lines start; the first is 0.
    line_starts: Vec<u32>,
}

/// A place as people name it. Lines and columns count from 1; columns count characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Location {
    /// The text's name.
    pub file: String,
    /// First line.
    pub line: usize,
    /// First column.
    pub column: usize,
    /// Line of the end.
    pub end_line: usize,
    /// Column just behind the end.
    pub end_column: usize,
}

/// All texts of one compile.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// A map without texts.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Takes in a text and gives it a range of positions.
    ///
    /// # Panics
    /// When the texts of one compile exceed 4 GiB together; [`super::World`] refuses large files long before.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        path: Option<PathBuf>,
        text: impl Into<Rc<str>>,
        kind: SourceKind,
    ) -> SourceId {
        let text = text.into();
        let base = self.files.last().map_or(1, |file| file.base + len32(&file.text) + 1);
        assert!(u64::from(base) + (text.len() as u64) < u64::from(u32::MAX), "more than 4 GiB of source text");
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at as u32 + 1))
            .collect();
        self.files.push(SourceFile { name: name.into(), path, text, kind, base, line_starts });
        SourceId(self.files.len() as u32 - 1)
    }

    /// Calls the texts of the files below `folder` after what stands there for something else.
    pub fn rename(&mut self, folder: &Path, name: impl Fn(&Path) -> String) {
        for file in &mut self.files {
            if let Some(inside) = file.path.as_deref().and_then(|path| path.strip_prefix(folder).ok()) {
                file.name = name(inside);
            }
        }
    }

    /// The text `id`.
    pub fn file(&self, id: SourceId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All texts in the order in which they were taken in.
    pub fn files(&self) -> impl Iterator<Item = (SourceId, &SourceFile)> {
        self.files.iter().enumerate().map(|(at, file)| (SourceId(at as u32), file))
    }

    /// The text that `span` lies in, if any.
    pub fn find(&self, span: Span) -> Option<SourceId> {
        if span.is_none() {
            return None;
        }
        let after = self.files.partition_point(|file| file.base <= span.lo);
        let at = after.checked_sub(1)?;
        (span.lo <= self.files[at].base + len32(&self.files[at].text)).then_some(SourceId(at as u32))
    }

    /// The file and the byte range in its text, clamped to character boundaries.
    pub fn range(&self, span: Span) -> Option<(SourceId, Range<usize>)> {
        let id = self.find(span)?;
        let file = self.file(id);
        let clamp = |position: u32| {
            let mut at = (position.saturating_sub(file.base) as usize).min(file.text.len());
            while !file.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        Some((id, clamp(span.lo)..clamp(span.hi)))
    }

    /// The words that `span` covers; empty when it has no place.
    pub fn text(&self, span: Span) -> &str {
        self.range(span).map_or("", |(id, range)| &self.file(id).text[range])
    }

    /// Whether `span` lies in a text of the user's.
    pub fn is_user(&self, span: Span) -> bool {
        self.find(span).is_some_and(|id| self.file(id).kind == SourceKind::User)
    }

    /// The folder of the file that `span` lies in.
    pub fn folder(&self, span: Span) -> Option<&Path> {
        self.file(self.find(span)?).path.as_deref()?.parent()
    }

    /// The place as people name it.
    pub fn location(&self, span: Span) -> Option<Location> {
        let (id, range) = self.range(span)?;
        let file = self.file(id);
        let (line, column) = file.line_column(range.start);
        let (end_line, end_column) = file.line_column(range.end);
        Some(Location { file: file.name.clone(), line, column, end_line, end_column })
    }
}

impl SourceFile {
    /// Line and column, both from 1, of a byte offset; columns count characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|&start| start as usize <= offset) - 1;
        let start = self.line_starts[line] as usize;
        (line + 1, self.text[start..offset].chars().count() + 1)
    }

    /// The span of a byte range of this text.
    pub fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.base + range.start as u32, self.base + range.end as u32)
    }
}

fn len32(text: &str) -> u32 {
    text.len() as u32
}

#[cfg(test)]
mod tests {
    use super::{SourceKind, SourceMap};
    use crate::source::Span;

    #[test]
    fn spans_find_their_way_back() {
        let mut map = SourceMap::new();
        let a = map.add("a.nxk", None, "x = 1;\nüy", SourceKind::User);
        let b = map.add("lib", None, "", SourceKind::Library);
        let c = map.add("c.nxk", None, "z", SourceKind::User);
        let y = map.file(a).span(9..10);
        assert_eq!(map.text(y), "y");
        let place = map.location(y).expect("in a file");
        assert_eq!((place.file.as_str(), place.line, place.column), ("a.nxk", 2, 2));
        assert_eq!(map.find(map.file(b).span(0..0)), Some(b));
        assert_eq!(map.find(map.file(c).span(0..1)), Some(c));
        assert!(map.is_user(y) && !map.is_user(map.file(b).span(0..0)) && !map.is_user(Span::NONE));
    }

    #[test]
    fn ranges_are_clamped_to_characters() {
        let mut map = SourceMap::new();
        let a = map.add("a.nxk", None, "ü", SourceKind::User);
        let inside = map.file(a).span(1..99);
        assert_eq!(map.range(inside).map(|(_, range)| range), Some(0..2));
    }
}
