//! Tokens to groups: which bracket closes which, and where one entry ends and the next begins.
//!
//! One pass over the tokens with a stack of open groups, no recursion. What it leaves behind:
//!
//! - Every pair of brackets (`( )`, `[ ]`, `{ }`, `${ }`, the ends of strings and paths, `let … in`) is a
//!   [`Group`], and inside its parent it is a single [`Item`]. Groups are numbered as they close, so a
//!   group's number is above those of all groups inside it, and a plain loop over the numbers works
//!   from the inside out.
//! - The items of a group are cut into [`Segment`]s: the entries of a set or `let`, the arguments of a
//!   function, or one segment for everything else. A mistake in one segment can't reach another.
//! - Brackets always match. A closer that fits an outer opener closes the groups in between, which
//!   are reported; a closer that fits nothing is reported and dropped; what is open at the end is closed.
//!   An interpolation is a wall: what is inside can't close what is outside.
//! - The tree of every segment is at most [`MAX_DEPTH`] deep. What would be deeper is marked and never parsed.
//!
//! Invariant: everything behind this pass may recurse as deep as the tree.

use std::collections::VecDeque;

use crate::diag::{Code, Diagnostic};
use crate::source::Span;

use super::brackets::{mistyped, stray, unclosed};
use super::segment::{self, Cutter};
use super::token::{Token, TokenKind};

/// How deep a tree may be: brackets, operators, functions and conditionals all count.
pub(super) const MAX_DEPTH: u32 = 1_000;

/// So far is looked from a closer for the opener that was meant.
const NEAR: usize = 200;

/// Stands for "no group", "no item".
pub(super) const NONE: u32 = u32::MAX;

/// The kinds of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKind {
    /// The whole file.
    Root,
    /// `( )`
    Paren,
    /// `( )` that holds a range or a pattern.
    Refine,
    /// `[ ]`
    List,
    /// `{ }` with entries.
    Brace,
    /// `{ }` with the arguments of a function.
    Formals,
    /// `${ }`
    Interp,
    /// `" "`
    Str,
    /// `'' ''`
    IndStr,
    /// A path with interpolations.
    Path,
    /// `let … in`
    Let,
    /// `let …` without its `in`; already reported.
    BrokenLet,
}

/// What a group is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub kind: Kind,
    /// The token's index, or the group's number.
    pub index: u32,
    pub span: Span,
}

/// The kinds of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word.
    Token(TokenKind),
    /// A group.
    Group(GroupKind),
    /// A name in front of `:`.
    Param,
    /// A name in front of `@`.
    Alias,
    /// `or` behind a selection: what follows is its default. Any other `or` is a plain name.
    OrDefault,
}

/// A pair of brackets.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub kind: GroupKind,
    /// Its segments, by number.
    pub segments: (u32, u32),
    /// Brackets included.
    pub span: Span,
    /// The group it is in, or [`NONE`].
    pub parent: u32,
    /// The opening token; [`NONE`] for the file.
    pub open: u32,
    /// Inside of something that is nested too deeply: never parsed.
    pub skip: bool,
}

/// A stretch of items that is parsed by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    /// Its items, without the separator.
    pub items: (u32, u32),
    /// The token that ends it: a separator, the group's closer, or the number of tokens at the end of the file.
    pub end: u32,
    /// Whether it ends with its separator.
    pub terminated: bool,
    /// The number of its first top-level `=`, of `==` taken for one, or of `:` in the manner of JSON.
    pub assign: u32,
    /// The number of the `:` in front of its type.
    pub colon: u32,
    /// Nested too deeply: never parsed.
    pub too_deep: bool,
}

/// The groups of a file.
pub(super) struct Structure {
    /// The items of all groups; each segment's are neighbours.
    pub items: Vec<Item>,
    pub groups: Vec<Group>,
    pub segments: Vec<Segment>,
    pub diagnostics: Vec<Diagnostic>,
    /// The first `:` of an entry in the manner of JSON.
    pub json: Option<Span>,
}

impl Structure {
    /// The items of a segment.
    pub fn items_of(&self, segment: &Segment) -> &[Item] {
        &self.items[segment.items.0 as usize..segment.items.1 as usize]
    }

    /// The segments of a group.
    pub fn segments_of(&self, group: &Group) -> &[Segment] {
        &self.segments[group.segments.0 as usize..group.segments.1 as usize]
    }
}

/// Groups tokens. `base` is the position of the first byte of `text`.
pub(super) fn structure(text: &str, base: u32, tokens: &[Token]) -> Structure {
    let mut grouper = Grouper {
        tokens,
        open: Vec::new(),
        counts: [0; 5],
        pending: Vec::new(),
        depths: Vec::new(),
        too_deep: None,
        text,
        base,
        indentation: 0,
        crooked: Default::default(),
        cutter: Cutter::new(text, base),
        out: Structure {
            items: Vec::with_capacity(tokens.len()),
            groups: Vec::new(),
            segments: Vec::new(),
            diagnostics: Vec::new(),
            json: None,
        },
    };
    grouper.push_open(GroupKind::Root, NONE);
    for index in 0..tokens.len() as u32 {
        grouper.token(index);
    }
    grouper.end(text.len() as u32 + base);
    let mut out = grouper.out;
    mark_skipped(&mut out);
    out
}

/// A group that is not closed yet.
struct Open {
    kind: GroupKind,
    token: u32,
    /// Where its items begin among the pending ones.
    items: usize,
    /// `with` and `assert` whose `;` has not come yet.
    heads: u32,
    /// What [`Grouper::counts`] was outside, for an interpolation.
    outside: [u32; 5],
    /// The indentation of its opener's line.
    indentation: u32,
}

struct Grouper<'s> {
    tokens: &'s [Token],
    open: Vec<Open>,
    /// How many groups of each closable kind are open up to the innermost interpolation.
    counts: [u32; 5],
    /// The items of all open groups.
    pending: Vec<Item>,
    /// The depth of each finished group's tree.
    depths: Vec<u32>,
    too_deep: Option<Span>,
    text: &'s str,
    base: u32,
    /// The indentation of the current line.
    indentation: u32,
    /// For `( )`, `[ ]` and `{ }`: openers whose closer begins a line that is indented less than theirs. Should
    /// a bracket of the kind be open at the end of the file, it was these that were not closed.
    crooked: [VecDeque<u32>; 3],
    cutter: Cutter<'s>,
    out: Structure,
}

/// The place of a kind in [`Grouper::counts`].
fn slot(kind: GroupKind) -> Option<usize> {
    Some(match kind {
        GroupKind::Paren => 0,
        GroupKind::List => 1,
        GroupKind::Brace => 2,
        GroupKind::Let => 3,
        GroupKind::Interp => 4,
        _ => return None,
    })
}

impl Grouper<'_> {
    fn token(&mut self, index: u32) {
        let begins_line = self.line_of(index);
        let kind = self.tokens[index as usize].kind;
        if begins_line && matches!(kind, TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace) {
            self.note_crooked(kind);
        }
        match kind {
            TokenKind::LParen => self.push_open(GroupKind::Paren, index),
            TokenKind::LBracket => self.push_open(GroupKind::List, index),
            TokenKind::LBrace => self.push_open(GroupKind::Brace, index),
            TokenKind::InterpOpen => self.push_open(GroupKind::Interp, index),
            TokenKind::StrOpen => self.push_open(GroupKind::Str, index),
            TokenKind::IndOpen => self.push_open(GroupKind::IndStr, index),
            TokenKind::PathOpen => {
                self.push_open(GroupKind::Path, index);
                self.push_item(index);
            }
            // `let { … }` is the ancient form: there `let` is a plain word in front of a set.
            TokenKind::Let if self.kind_at(index + 1) != Some(TokenKind::LBrace) => {
                self.push_open(GroupKind::Let, index);
            }
            TokenKind::RParen => self.close(GroupKind::Paren, index),
            TokenKind::RBracket => self.close(GroupKind::List, index),
            TokenKind::RBrace => self.close(GroupKind::Brace, index),
            TokenKind::InterpClose => self.close(GroupKind::Interp, index),
            TokenKind::In => self.close(GroupKind::Let, index),
            TokenKind::StrClose => self.close_text(GroupKind::Str, index),
            TokenKind::IndClose => self.close_text(GroupKind::IndStr, index),
            TokenKind::PathClose => self.close_text(GroupKind::Path, index),
            TokenKind::Semicolon => self.semicolon(index),
            TokenKind::Assign => self.assign(index),
            _ => self.push_item(index),
        }
    }

    /// Keeps track of the current line's indentation. `true` for the first token of a line.
    fn line_of(&mut self, index: u32) -> bool {
        let at = |position: u32| (position - self.base) as usize;
        let end = index.checked_sub(1).map_or(0, |before| at(self.tokens[before as usize].span.hi));
        let start = at(self.tokens[index as usize].span.lo);
        let Some(feed) = self.text[end..start].rfind('\n') else { return index == 0 };
        self.indentation = (start - (end + feed + 1)) as u32;
        true
    }

    fn note_crooked(&mut self, closer: TokenKind) {
        let kind = match closer {
            TokenKind::RParen => GroupKind::Paren,
            TokenKind::RBracket => GroupKind::List,
            _ => GroupKind::Brace,
        };
        if let Some(open) = self.open.last()
            && open.kind == kind
            && open.indentation > self.indentation
            && let Some(slot) = slot(kind)
        {
            self.crooked[slot].push_back(open.token);
        }
    }

    fn kind_at(&self, index: u32) -> Option<TokenKind> {
        self.tokens.get(index as usize).map(|token| token.kind)
    }

    fn push_open(&mut self, kind: GroupKind, token: u32) {
        let outside = self.counts;
        if kind == GroupKind::Interp {
            self.counts = [0; 5];
        }
        if let Some(slot) = slot(kind) {
            self.counts[slot] += 1;
        }
        self.open.push(Open {
            kind,
            token,
            items: self.pending.len(),
            heads: 0,
            outside,
            indentation: self.indentation,
        });
    }

    fn push_item(&mut self, index: u32) {
        let Token { kind, span } = self.tokens[index as usize];
        let behind = self.kind_at(index + 1);
        let kind = match (kind, behind) {
            (TokenKind::Ident, Some(TokenKind::Colon)) => Kind::Param,
            (TokenKind::Ident, Some(TokenKind::At)) => Kind::Alias,
            (TokenKind::Or, _) if self.behind_selection() => Kind::OrDefault,
            (TokenKind::With | TokenKind::Assert, _) => {
                if let Some(open) = self.open.last_mut() {
                    open.heads += 1;
                }
                Kind::Token(kind)
            }
            _ => Kind::Token(kind),
        };
        self.pending.push(Item { kind, index, span });
    }

    /// Whether the last items of the innermost group are `.` and a name.
    fn behind_selection(&self) -> bool {
        let start = self.open.last().map_or(0, |open| open.items);
        match &self.pending[start..] {
            [.., dot, name] => dot.kind == Kind::Token(TokenKind::Dot) && segment::is_attr_name(name.kind),
            _ => false,
        }
    }

    /// A `;` that can't belong to the brackets it is in shows that they were never closed.
    fn semicolon(&mut self, index: u32) {
        while let Some(top) = self.open.last_mut() {
            if top.heads > 0 {
                top.heads -= 1;
                break;
            }
            let inner = matches!(top.kind, GroupKind::List | GroupKind::Paren);
            if !inner || self.counts[2] + self.counts[3] == 0 {
                break;
            }
            self.report_unclosed(None);
            self.pop(index);
        }
        self.push_item(index);
    }

    /// A `=` has no meaning between `( )` and `[ ]`: they were never closed. A name in front of it that
    /// begins a line is the next entry's, not theirs.
    fn assign(&mut self, index: u32) {
        let inner = |open: &Open| matches!(open.kind, GroupKind::List | GroupKind::Paren);
        if !self.open.last().is_some_and(inner) || self.counts[2] + self.counts[3] == 0 {
            return self.push_item(index);
        }
        let start = self.open.last().map_or(0, |open| open.items);
        let name = self.cutter.line_entry(&self.pending[start..]).map_or(self.pending.len(), |at| start + at);
        let tail = self.pending.split_off(name);
        while self.open.last().is_some_and(inner) {
            self.report_unclosed(None);
            self.pop(index);
        }
        self.pending.extend(tail);
        self.push_item(index);
    }

    fn close(&mut self, kind: GroupKind, index: u32) {
        if let Some(opener) = self.mistyped_closer(kind, index) {
            self.out.diagnostics.push(mistyped(self.tokens[index as usize], opener));
            return self.pop(index);
        }
        if slot(kind).is_some_and(|slot| self.counts[slot] == 0) {
            let Token { kind, span } = self.tokens[index as usize];
            return self.out.diagnostics.push(stray(kind, span));
        }
        while self.open.last().is_some_and(|open| open.kind != kind) {
            self.report_unclosed(None);
            self.pop_broken(index);
        }
        self.pop(index);
    }

    /// The opener that the wrong closer at `index` was meant for: `[ 1 2 }`, while the `{` is on another line.
    fn mistyped_closer(&self, kind: GroupKind, index: u32) -> Option<Token> {
        let bracket = |kind: GroupKind| matches!(kind, GroupKind::Paren | GroupKind::List | GroupKind::Brace);
        let top = self.open.last().filter(|top| bracket(top.kind) && bracket(kind) && top.kind != kind)?;
        let near = |open: &Open| self.is_near(self.tokens[open.token as usize].span, index);
        let inside = self.open.iter().rev().take_while(|open| open.kind != GroupKind::Interp);
        let wanted = inside.take(NEAR).find(|open| open.kind == kind);
        let closed_later = self.closes_on_this_line(top.kind, index);
        (near(top) && !wanted.is_some_and(near) && !closed_later).then(|| self.tokens[top.token as usize])
    }

    /// Whether the right closer follows on the line of the token `index`.
    fn closes_on_this_line(&self, kind: GroupKind, index: u32) -> bool {
        let closer = match kind {
            GroupKind::Paren => TokenKind::RParen,
            GroupKind::List => TokenKind::RBracket,
            _ => TokenKind::RBrace,
        };
        let mut behind = (index + 1..self.tokens.len() as u32).take(NEAR);
        let found = behind.find(|&later| self.kind_at(later) == Some(closer));
        found.is_some_and(|found| self.is_near(self.tokens[index as usize].span, found))
    }

    /// Whether only a few characters and no line's end stand between `place` and the token `index` behind it.
    fn is_near(&self, place: Span, index: u32) -> bool {
        let token = self.tokens[index as usize].span;
        let between = (place.hi - self.base) as usize..(token.lo - self.base) as usize;
        between.len() <= NEAR && !self.text.as_bytes()[between].contains(&b'\n')
    }

    /// The lexer saw to it that a string or path is open; what is inside need not be closed at the file's end.
    fn close_text(&mut self, kind: GroupKind, index: u32) {
        while self.open.last().is_some_and(|open| open.kind != kind && open.kind != GroupKind::Root) {
            self.report_unclosed(None);
            self.pop_broken(index);
        }
        self.pop(index);
    }

    fn end(&mut self, end: u32) {
        let last = self.tokens.len() as u32;
        while self.open.len() > 1 {
            let slot = self.open.last().and_then(|open| slot(open.kind));
            let crooked = slot.and_then(|slot| self.crooked.get_mut(slot)?.pop_front());
            self.report_unclosed(crooked);
            self.pop_broken(last);
        }
        self.pop(last);
        if let Some(root) = self.out.groups.last_mut() {
            root.span = Span::new(root.span.lo.min(end), end);
        }
        if let Some(span) = self.out.json {
            self.out.diagnostics.push(segment::json(span));
        }
        if let Some(span) = self.too_deep {
            let message = format!("this is nested more than {MAX_DEPTH} levels deep");
            let hint = "give inner parts a name in a `let`, or build them with a function";
            self.out.diagnostics.push(Diagnostic::new(Code::NestingTooDeep, span, message).hint(hint));
        }
    }

    /// Reports the innermost open group, or another opener of its kind that is to blame.
    fn report_unclosed(&mut self, blamed: Option<u32>) {
        if self.out.diagnostics.len() >= super::MAX_DIAGNOSTICS {
            return;
        }
        let Some(open) = self.open.last() else { return };
        let span = self.tokens[blamed.unwrap_or(open.token) as usize].span;
        let diagnostic = match open.kind {
            GroupKind::Let => Diagnostic::new(Code::LetWithoutIn, span, "this `let` has no `in`")
                .hint("add `in` and an expression behind the definitions"),
            GroupKind::Paren => unclosed(span, "(", ")"),
            GroupKind::List => unclosed(span, "[", "]"),
            GroupKind::Brace => unclosed(span, "{", "}"),
            GroupKind::Interp => unclosed(span, "${", "}"),
            // The lexer closes strings and paths, and reports them.
            _ => return,
        };
        self.out.diagnostics.push(diagnostic);
    }

    fn pop_broken(&mut self, index: u32) {
        if let Some(open) = self.open.last_mut()
            && open.kind == GroupKind::Let
        {
            self.counts[3] -= 1;
            open.kind = GroupKind::BrokenLet;
        }
        self.pop(index);
    }

    /// Ends the innermost group with the token `index`, its own closer or not.
    fn pop(&mut self, index: u32) {
        let Some(open) = self.open.pop() else { return };
        if let Some(slot) = slot(open.kind) {
            self.counts[slot] -= 1;
        }
        if open.kind == GroupKind::Interp {
            self.counts = open.outside;
        }
        let span = self.group_span(&open, index);
        let number = self.out.groups.len() as u32;
        let kind = self.final_kind(&open, index);
        let first = self.out.segments.len() as u32;
        self.cutter.cut(kind, &self.pending[open.items..], index, &mut self.out);
        self.pending.truncate(open.items);
        let last = self.out.segments.len() as u32;
        let depth = self.finish_segments(first, last, number);
        self.depths.push(depth);
        let segments = (first, last);
        self.out.groups.push(Group { kind, segments, span, parent: NONE, open: open.token, skip: false });
        if kind != GroupKind::Root {
            self.pending.push(Item { kind: Kind::Group(kind), index: number, span });
        }
    }

    fn group_span(&self, open: &Open, index: u32) -> Span {
        let start = self.tokens.get(open.token as usize).map(|token| token.span);
        let closes = match self.kind_at(index) {
            Some(TokenKind::Semicolon) | None => false,
            Some(closer) => matches!(
                (open.kind, closer),
                (GroupKind::Paren, TokenKind::RParen)
                    | (GroupKind::List, TokenKind::RBracket)
                    | (GroupKind::Brace, TokenKind::RBrace)
                    | (GroupKind::Interp, TokenKind::InterpClose)
                    | (GroupKind::Let, TokenKind::In)
                    | (GroupKind::Str, TokenKind::StrClose)
                    | (GroupKind::IndStr, TokenKind::IndClose)
                    | (GroupKind::Path, TokenKind::PathClose)
            ),
        };
        let previous = index.checked_sub(1).and_then(|before| self.tokens.get(before as usize));
        let end = if closes { self.tokens.get(index as usize) } else { previous };
        let end = end.map_or(Span::NONE, |token| token.span);
        let start = start.or(self.tokens.first().map(|token| token.span)).unwrap_or(Span::NONE);
        Span::new(start.lo, end.hi.max(start.hi))
    }

    /// Braces next to `:` or `@` hold arguments; parentheses with `..` or a pattern hold a refinement.
    fn final_kind(&self, open: &Open, index: u32) -> GroupKind {
        let items = &self.pending[open.items..];
        let has = |kind: TokenKind| items.iter().any(|item| item.kind == Kind::Token(kind));
        match open.kind {
            GroupKind::Brace => {
                let behind = matches!(self.kind_at(index + 1), Some(TokenKind::Colon | TokenKind::At));
                let before = open.items.checked_sub(1).map(|index| self.pending[index].kind);
                let arguments = behind || before == Some(Kind::Token(TokenKind::At));
                let shaped =
                    has(TokenKind::Comma) && !has(TokenKind::Assign) && !segment::starts_with_annotation(items);
                if arguments || shaped { GroupKind::Formals } else { GroupKind::Brace }
            }
            GroupKind::Paren if has(TokenKind::DotDot) || has(TokenKind::Regex) => GroupKind::Refine,
            kind => kind,
        }
    }

    /// Sets the parents of the groups inside, and finds out how deep the new group is.
    fn finish_segments(&mut self, first: u32, last: u32, number: u32) -> u32 {
        let mut deepest = 0;
        for index in first..last {
            let segment = self.out.segments[index as usize];
            let items = &self.out.items[segment.items.0 as usize..segment.items.1 as usize];
            let mut inner = 0;
            for item in items {
                if let Kind::Group(_) = item.kind {
                    self.out.groups[item.index as usize].parent = number;
                    inner = inner.max(self.depths[item.index as usize]);
                }
            }
            let depth = inner.max(1) + segment::chain_length(items);
            if depth < MAX_DEPTH {
                deepest = deepest.max(depth);
                continue;
            }
            self.out.segments[index as usize].too_deep = true;
            let span = items.first().map_or(Span::NONE, |item| item.span);
            for item in items {
                if let Kind::Group(_) = item.kind {
                    self.out.groups[item.index as usize].skip = true;
                }
            }
            self.too_deep = Some(self.too_deep.map_or(span, |known| known.min(span)));
        }
        deepest + 1
    }
}

/// What is inside a skipped group is skipped: parents have higher numbers, so one loop downwards does it.
fn mark_skipped(structure: &mut Structure) {
    for index in (0..structure.groups.len()).rev() {
        let parent = structure.groups[index].parent;
        if parent != NONE && structure.groups[parent as usize].skip {
            structure.groups[index].skip = true;
        }
    }
}
