//! Cutting the items of one group into segments.
//!
//! This is where a missing `;` is found: two `=` at the top of one entry can only be two entries. The
//! entry is cut in front of the second name, both survive, and only the missing `;` is reported. The
//! habits of JSON (`"a": 1,`) and `==` for `=` are read as what was meant, likewise with one report a set.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;

use super::structure::{GroupKind, Item, Kind, NONE, Segment, Structure};
use super::token::TokenKind;

/// Whether an attribute's name can be made of it.
pub(super) fn is_attr_name(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Token(TokenKind::Ident | TokenKind::Or)
            | Kind::Param
            | Kind::Alias
            | Kind::Group(GroupKind::Str | GroupKind::Interp)
    )
}

fn is(items: &[Item], index: usize, kind: TokenKind) -> bool {
    items.get(index).is_some_and(|item| item.kind == Kind::Token(kind))
}

/// Whether an operand can end with it.
fn ends_operand(kind: Kind) -> bool {
    use TokenKind::{Ellipsis, Float, Ident, Int, Or, Path, SearchPath, Unknown, Url};
    matches!(kind, Kind::Token(Ident | Int | Float | Path | Url | SearchPath | Unknown | Or | Ellipsis))
        || matches!(kind, Kind::Group(group) if !matches!(group, GroupKind::Formals | GroupKind::Let))
}

/// The end of the `a.b.c` at `start`, or `start` if there is none.
pub(super) fn path_end(items: &[Item], start: usize) -> usize {
    let named = |index: usize| items.get(index).is_some_and(|item| is_attr_name(item.kind));
    if !named(start) {
        return start;
    }
    let mut end = start + 1;
    while is(items, end, TokenKind::Dot) && named(end + 1) {
        end += 2;
    }
    end
}

/// The `:` of `a.b :` or `a? :` at `start`.
fn annotation(items: &[Item], start: usize) -> Option<usize> {
    let mut end = path_end(items, start);
    if end == start {
        return None;
    }
    end += usize::from(is(items, end, TokenKind::Question));
    is(items, end, TokenKind::Colon).then_some(end)
}

/// Whether the items begin like `a : T`.
pub(super) fn starts_with_annotation(items: &[Item]) -> bool {
    annotation(items, 0).is_some()
}

/// Whether a `type Name Param… =` stands at `start`, and where its `=` does.
pub(super) fn type_declaration(items: &[Item], start: usize, text: impl Fn(Span) -> bool) -> Option<usize> {
    let name = |index: usize| is(items, index, TokenKind::Ident);
    if !name(start) || !name(start + 1) || !text(items[start].span) {
        return None;
    }
    let mut end = start + 2;
    while name(end) {
        end += 1;
    }
    is(items, end, TokenKind::Assign).then_some(end)
}

/// An upper bound of how many levels the items add to a tree, apart from the groups among them.
pub(super) fn chain_length(items: &[Item]) -> u32 {
    use TokenKind::*;
    let (mut operators, mut defaults, mut longest) = (0, 0, 0);
    let mut previous = None;
    for item in items {
        match item.kind {
            Kind::OrDefault => {
                defaults += 1;
                longest = longest.max(defaults);
            }
            Kind::Token(Dot) => {}
            Kind::Token(
                EqEq | NotEq | Less | LessEq | Greater | GreaterEq | AndAnd | OrOr | Arrow | Update | Concat | Plus
                | Minus | Star | Slash | Not | PipeRight | PipeLeft | Question | Colon | If | With | Assert,
            )
            | Kind::Group(GroupKind::Let | GroupKind::BrokenLet) => operators += 1,
            // A chain of defaults ends where one operand follows another.
            _ if !matches!(previous, Some(Kind::OrDefault | Kind::Token(Dot))) => defaults = 0,
            _ => {}
        }
        previous = Some(item.kind);
    }
    operators + longest
}

/// How many names a `type` declaration may have to be found where a `;` is missing in front of it; with a
/// bound every `type` costs the same.
const LONGEST_DECLARATION: usize = 20;

/// Cuts groups.
pub(super) struct Cutter<'s> {
    text: &'s str,
    base: u32,
}

impl<'s> Cutter<'s> {
    pub fn new(text: &'s str, base: u32) -> Cutter<'s> {
        Cutter { text, base }
    }

    /// Adds the items of a group that ends at the token `end`, and their segments, to `out`.
    pub fn cut(&self, kind: GroupKind, items: &[Item], end: u32, out: &mut Structure) {
        match kind {
            GroupKind::Brace | GroupKind::Let | GroupKind::BrokenLet => self.entries(kind, items, end, out),
            GroupKind::Formals => self.arguments(items, end, out),
            _ => self.add(items, end, false, out),
        }
    }

    fn add(&self, items: &[Item], end: u32, terminated: bool, out: &mut Structure) {
        let first = out.items.len() as u32;
        out.items.extend_from_slice(items);
        let items = (first, out.items.len() as u32);
        let segment = Segment { items, end, terminated, assign: NONE, colon: NONE, too_deep: false };
        out.segments.push(segment);
    }

    fn arguments(&self, items: &[Item], end: u32, out: &mut Structure) {
        let mut start = 0;
        let mut reported = false;
        // `with` and `assert` in a default have a `;` of their own.
        let mut heads = 0usize;
        for (index, item) in items.iter().enumerate() {
            heads += usize::from(matches!(item.kind, Kind::Token(TokenKind::With | TokenKind::Assert)));
            let semicolon = item.kind == Kind::Token(TokenKind::Semicolon);
            if semicolon && heads > 0 {
                heads -= 1;
                continue;
            }
            if semicolon && !reported {
                reported = true;
                out.diagnostics.push(
                    Diagnostic::new(Code::UnexpectedToken, item.span, "expected `,` between arguments, found `;`")
                        .hint("the arguments of a function are separated by `,`"),
                );
            }
            if semicolon || item.kind == Kind::Token(TokenKind::Comma) {
                self.argument(&items[start..index], item.index, true, out);
                start = index + 1;
            }
        }
        if start < items.len() {
            self.argument(&items[start..], end, false, out);
        }
    }

    fn argument(&self, items: &[Item], end: u32, terminated: bool, out: &mut Structure) {
        self.add(items, end, terminated, out);
        let find = |kind: TokenKind| items.iter().position(|item| item.kind == Kind::Token(kind));
        let question = find(TokenKind::Question);
        let colon = find(TokenKind::Colon).filter(|&colon| colon == 1);
        if let Some(segment) = out.segments.last_mut() {
            segment.assign = question.map_or(NONE, |index| index as u32);
            segment.colon = colon.map_or(NONE, |index| index as u32);
        }
    }

    /// Cuts at each `;` that belongs to no `with` or `assert`.
    fn entries(&self, kind: GroupKind, items: &[Item], end: u32, out: &mut Structure) {
        let mut habits = Habits::default();
        let (mut start, mut heads) = (0, 0u32);
        for (index, item) in items.iter().enumerate() {
            match item.kind {
                Kind::Token(TokenKind::With | TokenKind::Assert) => heads += 1,
                Kind::Token(TokenKind::Semicolon) if heads > 0 => heads -= 1,
                Kind::Token(TokenKind::Semicolon) => {
                    self.entry(&items[start..index], item.index, &mut habits, out);
                    start = index + 1;
                }
                Kind::Token(TokenKind::Comma) if heads == 0 && !is(items, start, TokenKind::Inherit) => {
                    habits.comma.get_or_insert(item.span);
                    self.entry(&items[start..index], item.index, &mut habits, out);
                    start = index + 1;
                }
                _ => {}
            }
        }
        if start < items.len() {
            self.entry(&items[start..], end, &mut habits, out);
            if let Some(segment) = out.segments.last_mut() {
                // Only the closer, never a separator, ends it: whether that is fine depends on what it is.
                segment.terminated = habits.comma.is_some() || habits.colon.is_some();
            }
        }
        habits.report(kind, out);
    }

    /// Adds one entry, or several where `;` between them is missing.
    fn entry(&self, items: &[Item], end: u32, habits: &mut Habits, out: &mut Structure) {
        let comma = |item: &Item| item.kind == Kind::Token(TokenKind::Comma);
        if is(items, 0, TokenKind::Inherit)
            && let Some(first) = items.iter().find(|item| comma(item))
        {
            let message = "expected a name or `;` behind `inherit`, found `,`";
            let hint = "the names are separated by blanks: remove the commas";
            out.diagnostics.push(Diagnostic::new(Code::UnexpectedToken, first.span, message).hint(hint));
            let names: Vec<Item> = items.iter().filter(|item| !comma(item)).copied().collect();
            return self.separated(&names, end, habits, out);
        }
        self.separated(items, end, habits, out);
    }

    fn separated(&self, mut items: &[Item], end: u32, habits: &mut Habits, out: &mut Structure) {
        while let Some(next) = self.missing_semicolon(items) {
            let before = items[next - 1];
            if before.kind == Kind::Token(TokenKind::Semicolon) {
                // It ends a `with` or `assert` that has no body: the grammar will say so.
                self.shaped(&items[..next - 1], before.index, habits, out);
            } else {
                out.diagnostics.push(missing_semicolon(before.span));
                let end = self.first_token(&items[next], out);
                self.shaped(&items[..next], end, habits, out);
            }
            items = &items[next..];
        }
        self.shaped(items, end, habits, out);
    }

    fn first_token(&self, item: &Item, out: &Structure) -> u32 {
        match item.kind {
            Kind::Group(_) => out.groups[item.index as usize].open,
            _ => item.index,
        }
    }

    /// Adds one entry with its `=` and `:` found.
    fn shaped(&self, items: &[Item], end: u32, habits: &mut Habits, out: &mut Structure) {
        self.add(items, end, true, out);
        let Some(segment) = out.segments.last_mut() else { return };
        let assign = items.iter().position(|item| item.kind == Kind::Token(TokenKind::Assign));
        let colon = annotation(items, 0).filter(|&colon| assign.is_none_or(|assign| colon < assign));
        segment.assign = assign.map_or(NONE, |index| index as u32);
        segment.colon = colon.map_or(NONE, |index| index as u32);
        let path = path_end(items, 0);
        if assign.is_none() && path > 0 && is(items, path, TokenKind::EqEq) {
            habits.equals.get_or_insert(items[path].span);
            segment.assign = path as u32;
        } else if let Some(colon) = colon
            && assign.is_none()
            && (self.quoted_key(items, colon) || habits.comma.is_some() && self.is_plain_value(&items[colon + 1..]))
        {
            habits.colon.get_or_insert(items[colon].span);
            segment.assign = colon as u32;
            segment.colon = NONE;
        }
    }

    /// Whether it is `"a":`, as in JSON, with the colon at the name; a type stands behind a blank.
    fn quoted_key(&self, items: &[Item], colon: usize) -> bool {
        colon == 1 && items[0].kind == Kind::Group(GroupKind::Str) && items[0].span.hi == items[1].span.lo
    }

    /// Whether it begins with something that is far more often a value than a type.
    fn is_plain_value(&self, items: &[Item]) -> bool {
        items.first().is_some_and(|item| match item.kind {
            Kind::Token(TokenKind::Int | TokenKind::Float) | Kind::Group(GroupKind::Str | GroupKind::IndStr) => true,
            Kind::Token(TokenKind::Ident) => ["true", "false", "null"].iter().any(|word| self.says(item.span, word)),
            _ => false,
        })
    }

    /// Where the next entry begins, if one follows without `;`.
    ///
    /// A name in front of `=` or `:` right behind an operand has no meaning inside an entry, so it begins the
    /// next one. At the start of a line that is certain; elsewhere only a second `=` makes it so.
    fn missing_semicolon(&self, items: &[Item]) -> Option<usize> {
        let inherits = is(items, 0, TokenKind::Inherit);
        let from = if inherits { 1 } else { path_end(items, 0).max(1) + 1 };
        let mut seen_assign = inherits || is(items, from - 1, TokenKind::Assign);
        let mut annotated = None;
        for index in from..items.len() {
            let item = &items[index];
            match item.kind {
                Kind::Token(TokenKind::Inherit) if ends_operand(items[index - 1].kind) || inherits => {
                    return Some(index);
                }
                Kind::Token(TokenKind::Assign) if seen_assign => {
                    return annotated.or_else(|| self.entry_in_front(items, from, index));
                }
                Kind::Token(TokenKind::Assign) => seen_assign = true,
                kind if is_attr_name(kind) && (ends_operand(items[index - 1].kind) || inherits && index == 1) => {
                    let head = annotation(items, index).is_some();
                    let path = path_end(items, index);
                    let declares = || self.declares_type(&items[index..]);
                    if (head || is(items, path, TokenKind::Assign) || declares()) && self.starts_line(item) {
                        return Some(index);
                    }
                    if head && annotated.is_none() {
                        annotated = Some(index);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Whether the items begin with a `type` declaration of not too many parameters.
    fn declares_type(&self, items: &[Item]) -> bool {
        let head = &items[..items.len().min(LONGEST_DECLARATION)];
        self.says(items[0].span, "type") && type_declaration(head, 0, |_| true).is_some()
    }

    /// The start of the `a.b` at the end of the items, if it begins a line.
    pub fn line_entry(&self, items: &[Item]) -> Option<usize> {
        let mut start = items.len();
        while start > 0 && is_attr_name(items[start - 1].kind) {
            start -= 1;
            if self.starts_line(&items[start]) {
                return Some(start);
            }
            if start == 0 || !is(items, start - 1, TokenKind::Dot) {
                return None;
            }
            start -= 1;
        }
        None
    }

    /// The start of the path in front of the `=` at `assign`, or of the `type` declaration.
    fn entry_in_front(&self, items: &[Item], from: usize, assign: usize) -> Option<usize> {
        let names = (from..assign).rev().take_while(|&index| is(items, index, TokenKind::Ident));
        if let Some(declaration) = names.skip(1).find(|&index| self.says(items[index].span, "type")) {
            return Some(declaration);
        }
        let mut start = assign;
        while start > from && is_attr_name(items[start - 1].kind) {
            start -= 1;
            if start - 1 <= from || !is(items, start - 1, TokenKind::Dot) {
                break;
            }
            start -= 1;
        }
        let before = items[start - 1].kind;
        let apart = ends_operand(before) || before == Kind::Token(TokenKind::Semicolon);
        (start < assign && start >= from && apart).then_some(start)
    }

    fn starts_line(&self, item: &Item) -> bool {
        let before = self.text[..(item.span.lo - self.base) as usize].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n')
    }

    fn says(&self, span: Span, word: &str) -> bool {
        &self.text[(span.lo - self.base) as usize..(span.hi - self.base) as usize] == word
    }
}

/// The report of a `;` that is missing behind `span`.
pub(super) fn missing_semicolon(span: Span) -> Diagnostic {
    Diagnostic::new(Code::MissingSemicolon, span.end(), "expected `;` behind this entry").hint("add `;` here")
}

/// Habits from other languages, each reported once a set.
#[derive(Default)]
struct Habits {
    comma: Option<Span>,
    colon: Option<Span>,
    equals: Option<Span>,
}

impl Habits {
    fn report(self, kind: GroupKind, out: &mut Structure) {
        let place = if kind == GroupKind::Let { "`let`" } else { "a set" };
        let report =
            |span, message: String, hint: &str| Diagnostic::new(Code::UnexpectedToken, span, message).hint(hint);
        if let Some(span) = self.colon {
            // A whole document may be written so; once is enough.
            out.json = Some(out.json.map_or(span, |first| first.min(span)));
        } else if let Some(span) = self.comma {
            let message = format!("expected `;` behind an entry of {place}, found `,`");
            out.diagnostics.push(report(span, message, "end each entry with `;`"));
        }
        if let Some(span) = self.equals {
            let message = format!("expected `=` behind the name in {place}, found `==`");
            out.diagnostics.push(report(span, message, "a name is defined with one `=`; `==` compares"));
        }
    }
}

/// The report of a set in the manner of JSON.
pub(super) fn json(span: Span) -> Diagnostic {
    Diagnostic::new(Code::UnexpectedToken, span, "expected `=` behind the name in a set, found `:`")
        .hint("unlike in JSON, an entry is written `name = value;`, and elements of a list are separated by blanks")
}
