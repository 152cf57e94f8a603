//! Words for what the grammar found wrong.
//!
//! A mistake that is known by its shape gets its own words; for the rest the expectations of the grammar
//! are listed, a few at most. Where the grammar could also have stopped, only the end is named: "expected
//! `;`" says more than a list of all operators.

use chumsky::error::{Rich, RichPattern};

use crate::diag::{Code, Diagnostic};
use crate::source::Span;

use super::super::ast::{Entry, Expr, ExprKind};
use super::super::structure::{GroupKind, Item, Kind, Segment};
use super::super::token::TokenKind;
use super::build::{Builder, Tree};

/// At most so many expectations are listed.
const LISTED: usize = 3;

/// Words that hold a construct together: where one of them is missing, it is the one to name.
const JOINTS: [&str; 5] = ["`;`", "`then`", "`else`", "`:`", "`=`"];

/// Why the grammar could not read `items`, which `segment` ends. Nothing where that was said before.
pub(super) fn explain(
    state: &Builder,
    error: Option<&Rich<'_, Item>>,
    items: &[Item],
    segment: &Segment,
) -> Option<Diagnostic> {
    if let Some(word) = missing_else(items) {
        let diagnostic = Diagnostic::new(Code::MissingElse, word.span, "this `if` has no `else`");
        return Some(diagnostic.hint("every `if` needs both branches: `if … then … else …`"));
    }
    if let Some(word) = missing_body(items) {
        let message = format!("this `{}` needs a `;` and an expression behind it", state.text(word.span));
        let diagnostic = Diagnostic::new(Code::MissingSemicolon, word.span, message);
        return Some(diagnostic.hint(format!("write `{} …; …`", state.text(word.span))));
    }
    let at = error.map_or(0, |error| error.span().start).min(items.len());
    let found = items.get(at);
    if found.is_some_and(is_reported) || at.checked_sub(1).is_some_and(|before| is_reported(&items[before])) {
        return None;
    }
    let expected = Expected::of(error);
    if let Some(diagnostic) = known(state, items, at, segment, &expected) {
        return Some(diagnostic);
    }
    let (span, shown) = match found {
        Some(item) => (item.span, shown(state, item)),
        None => (state.end_span(segment), end_shown(state, segment)),
    };
    let wanted = if expected.end { end_wanted(state, segment).to_owned() } else { expected.listed() };
    let message = format!("expected {wanted}, found {shown}");
    let diagnostic = Diagnostic::new(Code::UnexpectedToken, span, message).hint(general_hint(&wanted));
    Some(diagnostic.maybe_hint(hint(state, items, at, segment, &expected)))
}

/// Whether the lexer complained about it.
pub(super) fn is_reported(item: &Item) -> bool {
    item.kind == Kind::Token(TokenKind::Unknown)
}

/// What the grammar would have taken.
struct Expected<'e> {
    labels: Vec<&'e str>,
    /// The end of what it was given.
    end: bool,
}

impl<'e> Expected<'e> {
    fn of(error: Option<&'e Rich<'_, Item>>) -> Expected<'e> {
        let mut expected = Expected { labels: Vec::new(), end: false };
        for pattern in error.into_iter().flat_map(|error| error.expected()) {
            match pattern {
                RichPattern::Label(label) if !expected.has(label) => expected.labels.push(label),
                RichPattern::EndOfInput => expected.end = true,
                _ => {}
            }
        }
        expected
    }

    fn has(&self, label: &str) -> bool {
        self.labels.contains(&label)
    }

    /// Whether what is in front could be all.
    fn complete(&self) -> bool {
        self.end || self.has("an operator")
    }

    fn listed(&self) -> String {
        if let Some(joint) = JOINTS.iter().find(|joint| self.has(joint)) {
            return (*joint).to_owned();
        }
        if let Some(whole) = ["an expression", "a type"].iter().find(|label| self.has(label)) {
            return (*whole).to_owned();
        }
        match self.labels.split_last() {
            None => "something else".to_owned(),
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} or {last}", others[..others.len().min(LISTED)].join(", ")),
        }
    }
}

/// Mistakes that are known by what stands at the place.
fn known(state: &Builder, items: &[Item], at: usize, segment: &Segment, expected: &Expected) -> Option<Diagnostic> {
    let item = *items.get(at)?;
    use TokenKind::*;
    let before = at.checked_sub(1).map(|before| items[before].kind);
    let error =
        |message: String, hint: &str| Some(Diagnostic::new(Code::UnexpectedToken, item.span, message).hint(hint));
    match item.kind {
        Kind::Token(EqEq | NotEq | Less | LessEq | Greater | GreaterEq) if expected.complete() => {
            let message = format!("`{}` cannot be chained", state.text(item.span));
            let hint = "put one of the comparisons in parentheses, or join them with `&&`";
            Some(Diagnostic::new(Code::NonAssociative, item.span, message).hint(hint))
        }
        Kind::Token(PipeRight | PipeLeft) if expected.complete() => Some(
            Diagnostic::new(Code::NonAssociative, item.span, "`|>` and `<|` cannot be mixed")
                .hint("put one of them in parentheses"),
        ),
        Kind::Token(word @ (If | Let | With | Assert)) if at > 0 => {
            error(format!("{} needs parentheses here", word.shown()), "put the whole expression in `( )`")
        }
        Kind::Group(GroupKind::Let) if at > 0 => {
            error("`let` needs parentheses here".to_owned(), "put the whole expression in `( )`")
        }
        Kind::Param | Kind::Group(GroupKind::Formals) | Kind::Alias if at > 0 && before != Some(Kind::Token(At)) => {
            error("a function needs parentheses here".to_owned(), "put it in `( )`: `(x: …)`")
        }
        Kind::Token(Assign) if before == Some(Kind::Token(Inherit)) && at == 1 => {
            let hint = "`inherit` is a word of the language; as a name it needs quotes";
            let message = "expected a name, found `inherit`";
            Some(Diagnostic::new(Code::UnexpectedToken, items[0].span, message).hint(hint))
        }
        Kind::Token(Assign) => {
            let wanted = if expected.complete() { end_wanted(state, segment) } else { "an expression" };
            let hint = match state.end_kind(segment) {
                Some(_) => "to compare, write `==`; a name is defined behind a `;` of its own: `a = 1; b = 2;`",
                None => "entries stand between `{` and `}`, or in a `let`; to compare, write `==`",
            };
            error(format!("expected {wanted}, found `=`"), hint)
        }
        Kind::Token(Dot) if matches!(before, Some(Kind::Token(Float | Int))) => {
            error("`..` makes a range only between numbers".to_owned(), "write `Int(1..10)`, `Int(0..)` or `Int(..10)`")
        }
        _ => None,
    }
}

/// The last `if` that has no `else`, if there are fewer of these.
fn missing_else(items: &[Item]) -> Option<Item> {
    let mut open = Vec::new();
    for item in items {
        match item.kind {
            Kind::Token(TokenKind::If) => open.push(*item),
            Kind::Token(TokenKind::Else) => {
                open.pop();
            }
            _ => {}
        }
    }
    let last = open.pop()?;
    let then = |item: &&Item| item.kind == Kind::Token(TokenKind::Then) && item.span.lo > last.span.lo;
    items.iter().find(then).map(|_| last)
}

/// The first `with` or `assert` without its `;`.
fn missing_body(items: &[Item]) -> Option<Item> {
    let mut open = None;
    for item in items {
        match item.kind {
            Kind::Token(TokenKind::With | TokenKind::Assert) => open = open.or(Some(*item)),
            Kind::Token(TokenKind::Semicolon) => open = None,
            _ => {}
        }
    }
    open
}

fn hint(state: &Builder, items: &[Item], at: usize, segment: &Segment, expected: &Expected) -> Option<String> {
    use TokenKind::*;
    let found = items.get(at).map(|item| item.kind);
    let hint = match found {
        None if items.is_empty() && segment.end == 0 => "a file holds one expression, such as a set `{ … }`",
        Some(Kind::Token(Dot)) if items[0].kind == Kind::Token(Inherit) => {
            "`inherit` takes plain names: write `inherit (a) b;` for `b = a.b;`"
        }
        Some(Kind::Token(Comma)) if expected.end => {
            "elements of a list are separated by blanks, entries of a set by `;`"
        }
        Some(Kind::Token(Rec)) if expected.has("a type") => "a type may mention itself by its name, without `rec`",
        Some(Kind::Token(Semicolon)) if at + 1 == items.len() && state.end_kind(segment).is_none() => {
            "a file holds one expression, without `;` at its end"
        }
        Some(Kind::Token(Ampersand)) => "the logical operator is written `&&`; `&` joins the fields of record types",
        Some(Kind::Token(Bar | OrOr)) => "types are joined with `|`, conditions with `||`",
        Some(Kind::Token(Colon)) => "a type annotation stands behind a name in a set or `let`: `name : Type = value;`",
        Some(Kind::Token(Minus)) if !expected.has("an operator") => "put the negative number in parentheses: `(-1)`",
        Some(Kind::Token(Ellipsis)) => "`...` stands in record types and among the arguments of a function",
        Some(Kind::Token(If)) => "put the whole `if` in `( )`",
        None if state.end_kind(segment) == Some(Semicolon) && expected.has("an expression") && !expected.has("`;`") => {
            "write a value in front of the `;`"
        }
        Some(Kind::Token(Semicolon)) if state.structure.items_of(segment).len() > at => {
            "`;` ends entries of a set or `let`; are the braces missing?"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// What to do where `wanted` is missing and nothing better is known.
fn general_hint(wanted: &str) -> &'static str {
    match wanted {
        "an expression" => "write a value here",
        "a type" => "write a type here, such as `String`",
        "a name" => "attributes are named by a word, a string or `${…}`",
        "`then`" => "every `if` needs both branches: `if … then … else …`",
        "`:`" => "a function is written `x: …` or `{ a, b }: …`",
        "`{`" => "`rec` stands in front of a set: `rec { … }`",
        "`;`" => "end the entry with `;`, or join the values with an operator",
        "the end of the file" => "a file holds one expression: remove the rest, or join it with an operator",
        _ => "remove this, or add what is missing in front of it",
    }
}

/// How a person calls an item.
fn shown(state: &Builder, item: &Item) -> String {
    match item.kind {
        Kind::Token(kind) => token_shown(state, kind, item.span),
        Kind::Param | Kind::Alias => token_shown(state, TokenKind::Ident, item.span),
        Kind::OrDefault => "`or`".to_owned(),
        Kind::Group(kind) => match kind {
            GroupKind::Str | GroupKind::IndStr => "a string",
            GroupKind::Path => "a path",
            GroupKind::Interp => "`${`",
            GroupKind::List => "`[`",
            GroupKind::Paren | GroupKind::Refine => "`(`",
            GroupKind::Let | GroupKind::BrokenLet => "`let`",
            GroupKind::Brace | GroupKind::Formals | GroupKind::Root => "`{`",
        }
        .to_owned(),
    }
}

fn end_shown(state: &Builder, segment: &Segment) -> String {
    match state.end_kind(segment) {
        Some(kind) => token_shown(state, kind, state.end_span(segment)),
        None => "the end of the file".to_owned(),
    }
}

fn token_shown(state: &Builder, kind: TokenKind, span: Span) -> String {
    match kind {
        TokenKind::Ident | TokenKind::Int | TokenKind::Float => {
            format!("`{}`", state.text(span).chars().take(40).collect::<String>())
        }
        _ => kind.shown().to_owned(),
    }
}

/// What would end the segment.
fn end_wanted(state: &Builder, segment: &Segment) -> &'static str {
    match state.end_kind(segment) {
        None => "the end of the file",
        // In braces the entry's own end is what is missing, not the brackets'.
        Some(TokenKind::RBrace | TokenKind::In) => "`;`",
        Some(kind) => kind.shown(),
    }
}

/// A `,` between the elements of a list.
pub(super) fn comma_in_list(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnexpectedToken, span, "expected an element or `]`, found `,`")
        .hint("elements of a list are separated by blanks: remove the commas")
}

/// `;` with nothing in front.
pub(super) fn empty_entry(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnexpectedToken, span, "expected an entry, found `;`").hint("remove this `;`")
}

/// `...` between entries.
pub(super) fn dots_in_set(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnexpectedToken, span, "`...` has no meaning in a set")
        .hint("it stands in record types and among the arguments of a function")
}

/// `a? : T` between bindings.
pub(super) fn optional_in_set(span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::UnexpectedToken,
        span,
        "`?` behind a name makes a field of a record type optional, and this is a set",
    )
    .hint("remove the `?`, or move the field into a record type")
}

/// `_ : T` next to fields.
pub(super) fn mixed_map(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnexpectedToken, span, "`_ : T` makes a map type, and this type has other fields")
        .hint("use either fields or `_`; `...` allows further fields")
}

/// A binding without a type, `inherit` or `type` in a record type.
pub(super) fn not_a_field(entry: &Entry) -> Diagnostic {
    let (span, message, hint) = match entry {
        Entry::Bind(binding) => (
            binding.path.iter().fold(Span::NONE, |span, name| span.to(name.span)),
            "a field of a record type needs a type",
            "write `name : Type = default;`",
        ),
        Entry::Inherit(inherit) => (inherit.span, "`inherit` has no meaning in a record type", "write the fields out"),
        Entry::Type(declaration) => (
            declaration.span,
            "a type cannot be declared inside a record type",
            "move the declaration into a `let` around it",
        ),
        _ => (Span::NONE, "this is not a field", "write `name : Type;`"),
    };
    Diagnostic::new(Code::UnexpectedToken, span, message).hint(hint)
}

/// A field of a record type that is only a name.
pub(super) fn field_without_type(state: &Builder, items: &[Item], segment: &Segment) -> Diagnostic {
    let name = state.text(state.span_of(items, segment));
    let message = format!("the field `{name}` needs a type");
    Diagnostic::new(Code::UnexpectedToken, state.span_of(items, segment), message)
        .hint(format!("write `{name} : Type;`"))
}

/// A refinement that is neither a range nor a pattern.
pub(super) fn bad_refinement(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnexpectedToken, span, "expected a range or a pattern")
        .hint("write `Int(1..10)`, `Int(0..)` or `String(/…/)`")
}

/// An entry whose name ends at `ends.0`, while its `=` or `:` stands at `ends.1`.
pub(super) fn bad_entry(state: &Builder, items: &[Item], ends: (usize, usize), segment: &Segment) -> Diagnostic {
    let (path, head) = ends;
    let at = path.min(items.len());
    let found = items.get(at);
    let span = found.map_or_else(|| state.end_span(segment), |item| item.span);
    let shown = found.map_or_else(|| end_shown(state, segment), |item| shown(state, item));
    let error = |message: String| Diagnostic::new(Code::UnexpectedToken, span, message);
    if path == 0 {
        return error(format!("expected a name, found {shown}")).maybe_hint(match found.map(|item| item.kind) {
            Some(Kind::Token(TokenKind::Int | TokenKind::Float)) => {
                Some(format!("put the name in quotes: `\"{}\" = …;`", state.text(span)))
            }
            Some(Kind::Token(word)) if head > 0 && state.text(span).starts_with(|c: char| c.is_ascii_lowercase()) => {
                Some(format!("{} is a word of the language; as a name it needs quotes", word.shown()))
            }
            _ => Some("an entry is written `name = value;`".to_owned()),
        });
    }
    match found.map(|item| item.kind) {
        Some(Kind::Token(TokenKind::Dot)) => {
            let behind = items.get(at + 1);
            let span = behind.map_or(span, |item| item.span);
            Diagnostic::new(Code::UnexpectedToken, span, "expected a name behind the `.`")
                .hint("an entry is written `a.b = value;`")
        }
        _ => error(format!("expected `=`, found {shown}")).hint("an entry is written `name = value;`"),
    }
}

/// `rec` or the ancient `let` in front of a type.
pub(super) fn rec_type(state: &mut Builder, tree: Tree, word: Span, span: Span) -> Expr {
    let Tree::Type(ty) = tree else { return Expr { kind: ExprKind::Error(Vec::new()), span } };
    let message = format!("`{}` stands in front of a set, and this is a record type", state.text(word));
    state.diagnostics.push(Diagnostic::new(Code::UnexpectedToken, word, message).hint("remove it"));
    Expr { kind: ExprKind::Type(Box::new(ty)), span }
}
