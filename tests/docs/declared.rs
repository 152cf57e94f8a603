//! What the texts of the standard library declare, read through the parser.

use nxk::library;
use nxk::source::Span;
use nxk::syntax::ast::{Entry, Expr, ExprKind, FieldType, RecordType, TypeDecl, TypeKind};
use nxk::syntax::parse;

/// A parsed file of the standard library.
pub struct Source {
    text: &'static str,
    /// Its expression.
    pub root: Expr,
}

/// Where the text begins in the numbering of positions; 0 is nowhere.
const BASE: u32 = 1;

impl Source {
    /// The file at this path below `stdlib/`.
    pub fn read(path: &str) -> Source {
        let text = library::text(path).unwrap_or_else(|| panic!("the library has no {path}"));
        let parsed = parse(text, BASE);
        assert!(parsed.diagnostics.is_empty(), "{path} has mistakes");
        Source { text, root: parsed.root }
    }

    /// The text of a span, on one line.
    pub fn text(&self, span: Span) -> String {
        let text = &self.text[(span.lo - BASE) as usize..(span.hi - BASE) as usize];
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The comment that the file opens with, on one line.
    pub fn opening(&self) -> String {
        let comment = match self.text.strip_prefix("/**") {
            Some(rest) => rest.split("*/").next().unwrap_or_default().to_string(),
            None => self.text.lines().map_while(|line| line.strip_prefix('#')).collect::<Vec<_>>().join(" "),
        };
        comment.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The record that the whole file is.
    pub fn record(&self) -> &RecordType {
        match &self.root.kind {
            ExprKind::Type(ty) => match &ty.kind {
                TypeKind::Record(record) => record,
                _ => panic!("the file is another type"),
            },
            _ => panic!("the file is no record type"),
        }
    }

    /// The entries of the file's outermost set, and of the `let`s in front of it.
    pub fn entries(&self) -> (Vec<&Entry>, Vec<&Entry>) {
        let (mut inner, mut outer) = (Vec::new(), Vec::new());
        let mut expr = &self.root;
        loop {
            expr = match &expr.kind {
                ExprKind::Lambda(lambda) => &lambda.body,
                ExprKind::Let { entries, body } => {
                    outer.extend(entries);
                    body
                }
                ExprKind::Attrs(attrs) => {
                    inner.extend(&attrs.entries);
                    return (inner, outer);
                }
                _ => panic!("the file ends in no set"),
            }
        }
    }

    /// The declared type of this name, anywhere in the file.
    pub fn type_named(&self, name: &str) -> Option<&TypeDecl> {
        let (inner, outer) = self.entries();
        inner.into_iter().chain(outer).find_map(|entry| match entry {
            Entry::Type(decl) if decl.name.as_str() == name => Some(decl),
            _ => None,
        })
    }
}

/// A documentation comment on one line; empty where there is none.
pub fn sentence(doc: Option<&str>) -> String {
    doc.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The documentation of a field.
pub fn doc_of(field: &FieldType) -> String {
    sentence(field.doc.as_deref())
}

/// Code between words.
pub fn in_words(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{text}{fence}")
}

/// Code in a cell of a table.
pub fn code(text: &str) -> String {
    cell(&in_words(text))
}

/// Words in a cell of a table.
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
