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
        for (index, item) in items.iter().enumerate() {
            let semicolon = item.kind == Kind::Token(TokenKind::Semicolon);
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
                Kind::Token(TokenKind::Comma) if heads == 0 => {
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
    fn entry(&self, mut items: &[Item], end: u32, habits: &mut Habits, out: &mut Structure) {
        while let Some(next) = self.missing_semicolon(items) {
            let span = items[next - 1].span;
            out.diagnostics.push(missing_semicolon(span));
            self.shaped(&items[..next], items[next].index, habits, out);
            items = &items[next..];
        }
        self.shaped(items, end, habits, out);
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
    fn missing_semicolon(&self, items: &[Item]) -> Option<usize> {
        let assign = |item: &Item| item.kind == Kind::Token(TokenKind::Assign);
        let inherits = is(items, 0, TokenKind::Inherit);
        let first = if inherits { 0 } else { items.iter().position(assign)? };
        for index in first + 1..items.len() {
            match items[index].kind {
                Kind::Token(TokenKind::Inherit) if inherits || index > first + 1 => return Some(index),
                Kind::Token(TokenKind::Assign) => return self.next_entry(items, first + 1, index),
                _ => {}
            }
        }
        None
    }

    /// The start of the entry that has its `=` at `assign`: a name at the start of a line, or the path in front.
    fn next_entry(&self, items: &[Item], from: usize, assign: usize) -> Option<usize> {
        let annotated = |index: usize| {
            !is(items, index - 1, TokenKind::Dot)
                && self.starts_line(&items[index])
                && annotation(items, index).is_some()
        };
        // Backwards over the path in front of the `=`; names beyond it may be `type Name Param`.
        let mut start = assign;
        while start > from && is_attr_name(items[start - 1].kind) {
            start -= 1;
            if is(items, start - 1, TokenKind::Dot) && start - 1 > from {
                start -= 1;
            } else {
                break;
            }
        }
        let plain = (start < assign && start > from).then_some(start);
        let names = (from..assign).rev().take_while(|&index| is(items, index, TokenKind::Ident)).last();
        let declares = |&index: &usize| self.says(items[index].span, "type");
        let declaration = names.and_then(|first| (first..assign - 1).rev().find(declares));
        let line = plain.is_none().then(|| (from + 1..assign).find(|&index| annotated(index))).flatten();
        declaration.filter(|&index| index > from).or(self.across_lines(items, from, plain)).or(line)
    }

    /// An annotated entry may end in a name in front of the `=` (`b : Int = 1`): then its line's start counts.
    fn across_lines(&self, items: &[Item], from: usize, plain: Option<usize>) -> Option<usize> {
        let plain = plain?;
        let line = (from + 1..=plain).rev().find(|&index| self.starts_line(&items[index]));
        Some(line.filter(|&line| annotation(items, line).is_some_and(|colon| colon < plain)).unwrap_or(plain))
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
        let place = if kind == GroupKind::Brace { "a set" } else { "`let`" };
        let report =
            |span, message: String, hint: &str| Diagnostic::new(Code::UnexpectedToken, span, message).hint(hint);
        if let Some(span) = self.colon {
            let message = format!("expected `=` behind the name in {place}, found `:`");
            out.diagnostics.push(report(span, message, "unlike in JSON, an entry is written `name = value;`"));
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
