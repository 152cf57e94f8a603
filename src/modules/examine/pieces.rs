//! Definitions with their wrappers off, winners and losers alike.

use std::rc::Rc;

use super::{Author, Fate, Provenance};
use crate::modules::definitions::{Condition, Definition, Each, MIDDLE, PLAIN, Rank, Settled, Winners};
use crate::modules::settle::Election;
use crate::modules::wrappers::{MAX_WRAPPERS, Step};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Attrs, Evaluator, Kind, Thunk, Value};

/// A definition on the way in, and whether it has lost already.
#[derive(Clone)]
pub(super) struct Tracked {
    pub(super) definition: Definition,
    pub(super) fate: Fate,
    pub(super) author: Author,
}

/// A definition whose wrappers are off.
#[derive(Clone)]
pub(super) struct Piece {
    /// Missing where it cannot be computed.
    pub(super) value: Option<Value>,
    pub(super) key: Span,
    pub(super) rank: Rank,
    pub(super) fate: Fate,
    author: Author,
    /// What it says of every entry of a map, if this is what it says.
    each: Option<Each>,
    /// Whether it takes part beneath a stronger one that has parts to merge with its own.
    beneath: bool,
}

impl Evaluator {
    /// The values in these definitions, and what became of each. The place is `depth` steps in.
    pub(super) fn pieces(&mut self, tracked: &[Tracked], depth: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut fuel = MAX_WRAPPERS;
        for one in tracked {
            let mut one = one.clone();
            if let (Fate::Counts, Some(made)) = (one.fate, self.unmet(one.definition.condition.as_ref())) {
                one.fate = Fate::Unmet(made);
            }
            self.take_apart(one, &mut pieces, &mut fuel);
        }
        judge(&mut pieces, depth);
        pieces
    }

    /// Takes all wrappers off, also those of a definition that has lost: it will be shown.
    fn take_apart(&mut self, mut one: Tracked, out: &mut Vec<Piece>, fuel: &mut u32) {
        let (value, each) = loop {
            match self.step(&mut one.definition, fuel) {
                Ok(Step::Bare(value)) => break (Some(value), None),
                Ok(Step::Each(function)) => break (None, Some(Each::of(&one.definition, function))),
                Ok(Step::Taken) => {}
                Ok(Step::If(condition)) => {
                    if let (Fate::Counts, Some(made)) = (one.fate, self.made_false(&condition)) {
                        one.fate = Fate::Unmet(made);
                    }
                }
                Ok(Step::Merge(contents)) => {
                    // A level each, as in merging: a `mkMerge` may hold itself. Whoever is too deep is left out.
                    let _ = self.deeper(one.definition.key, |machine| {
                        for value in contents {
                            let definition = Definition { value, ..one.definition.clone() };
                            machine.take_apart(Tracked { definition, ..one }, out, fuel);
                        }
                        Ok(())
                    });
                    return;
                }
                Err(_) => break (None, None),
            }
        };
        let Definition { key, rank, .. } = one.definition;
        out.push(Piece { value, key, rank, fate: one.fate, author: one.author, each, beneath: false });
    }

    /// Where the first condition that does not hold, from the outside in, was made false.
    fn unmet(&mut self, condition: Option<&Rc<Condition>>) -> Option<Span> {
        let condition = condition?;
        self.unmet(condition.outer.as_ref()).or_else(|| self.made_false(&condition.holds))
    }

    fn made_false(&mut self, condition: &Thunk) -> Option<Span> {
        match self.force(condition) {
            Ok(Value { kind: Kind::Bool(false), origin }) => Some(origin),
            _ => None,
        }
    }
}

/// Decides by priority, as settling does: the strongest count, and of the weaker ones those that merge beneath them
/// as long as they are sets.
fn judge(pieces: &mut [Piece], depth: usize) {
    let alive = pieces.iter().filter(|piece| piece.takes_part());
    let election =
        Election::between(alive.clone().map(|piece| (piece.rank, piece.attrs().is_some() || piece.is_list())));
    let Some(strongest) = election.strongest() else { return };
    let sets = alive.filter(|piece| piece.rank.strength() == strongest).all(|piece| piece.attrs().is_some());
    for piece in pieces.iter_mut().filter(|piece| piece.takes_part() && piece.rank.strength() != strongest) {
        piece.beneath = election.elects(piece.rank);
        if !(sets && piece.beneath && piece.attrs().is_some()) {
            piece.fate = Fate::Weaker { than: strongest, at: depth };
        }
    }
    if pieces.iter().any(|piece| piece.rank.order.get().is_some()) {
        pieces.sort_by_key(|piece| piece.rank.order.get().unwrap_or(MIDDLE));
    }
}

/// Of a field that only some definitions say is absent, it is not.
pub(super) fn judge_absent(pieces: &mut [Piece]) {
    let null = |piece: &Piece| matches!(piece.value, Some(Value { kind: Kind::Null, .. }));
    if pieces.iter().any(|piece| piece.fate == Fate::Counts && !null(piece)) {
        let absent = pieces.iter_mut().filter(|piece| piece.fate == Fate::Counts && null(piece));
        absent.for_each(|piece| piece.fate = Fate::Absent);
    }
}

/// Where items have keys, a list that a layer made merges beneath a stronger one.
pub(super) fn revive_items(pieces: &mut [Piece], depth: usize) {
    if !pieces.iter().any(|piece| piece.fate == Fate::Counts && piece.is_list()) {
        return;
    }
    for piece in pieces.iter_mut().filter(|piece| piece.beneath && piece.is_list()) {
        if matches!(piece.fate, Fate::Weaker { at, .. } if at == depth) {
            piece.fate = Fate::Counts;
        }
    }
}

/// The definitions of one name in sets. What was said of the sets stays true of their parts.
pub(super) fn inside(pieces: &[Piece], name: Symbol) -> Vec<Tracked> {
    let entry = |piece: &Piece| {
        let attr = piece.attrs()?.get(name)?;
        let settled = piece.settled()?;
        let definition = settled.inside(attr.value.clone(), attr.span);
        Some(Tracked { definition, fate: piece.fate, author: piece.inner_author() })
    };
    pieces.iter().filter_map(entry).collect()
}

/// What is said of every entry, as definitions of one.
pub(super) fn of_each(pieces: &[Piece], name: Symbol) -> impl Iterator<Item = Tracked> + '_ {
    pieces.iter().filter_map(move |piece| {
        let definition = piece.each.as_ref()?.definition(name);
        Some(Tracked { definition, fate: piece.fate, author: Author::Module })
    })
}

/// The names in all the sets that count, by name.
pub(super) fn names_in(pieces: &[Piece]) -> Vec<Symbol> {
    let alive = pieces.iter().filter(|piece| piece.fate == Fate::Counts);
    let mut names: Vec<Symbol> = alive.filter_map(Piece::attrs).flat_map(Attrs::iter).map(|attr| attr.name).collect();
    names.sort_by_key(|name| name.as_str());
    names.dedup();
    names
}

/// The pieces that count, as merging has them.
pub(super) fn winners(pieces: &[Piece]) -> Winners {
    let alive = pieces.iter().filter(|piece| piece.fate == Fate::Counts);
    let priority = alive.clone().map(|piece| piece.rank.strength()).min().unwrap_or(PLAIN);
    let (definitions, beneath) =
        alive.filter_map(Piece::settled).partition(|settled| settled.rank.strength() == priority);
    Winners { definitions, beneath, each: Vec::new(), priority }
}

impl Piece {
    /// The set that it is, if it is one.
    pub(super) fn attrs(&self) -> Option<&Attrs> {
        match &self.value.as_ref()?.kind {
            Kind::Attrs(attrs) => Some(attrs),
            _ => None,
        }
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self.value, Some(Value { kind: Kind::List(_), .. }))
    }

    /// Whether it is a definition of this very place that counts as far as is known.
    fn takes_part(&self) -> bool {
        self.fate == Fate::Counts && !self.is_of_each()
    }

    /// Whether it is no definition of the place, but of every entry of the map that is there.
    pub(super) fn is_of_each(&self) -> bool {
        self.each.is_some()
    }

    pub(super) fn settled(&self) -> Option<Settled> {
        Some(Settled { value: self.value.clone()?, key: self.key, rank: self.rank })
    }

    /// Who made what is inside: of the default of a set, the declaration, too.
    fn inner_author(&self) -> Author {
        if self.author == Author::Declaration { self.author } else { Author::Module }
    }

    /// What is told of it; `items` are those of the merged list, with the lists they come from as their keys.
    pub(super) fn told(self, items: &[Vec<Definition>]) -> Provenance {
        let origin = self.value.as_ref().map_or(Span::NONE, |value| value.origin);
        let own = |item: &Vec<Definition>| item.iter().any(|definition| definition.key == origin);
        let items = match self.is_list() && self.fate == Fate::Counts {
            true => (0..items.len()).filter(|&at| own(&items[at])).collect(),
            false => Vec::new(),
        };
        let author = if self.rank.is_layered() { Author::Layer } else { self.author };
        Provenance {
            key: self.key,
            priority: self.rank.strength(),
            order: self.rank.order.get(),
            author,
            fate: self.fate,
            items,
            value: self.value,
        }
    }
}

/// A piece on its way further in.
impl From<Piece> for Tracked {
    fn from(piece: Piece) -> Tracked {
        let value = piece.value.unwrap_or_else(|| Value::null(piece.key));
        let definition = Definition { value: value.into(), key: piece.key, rank: piece.rank, condition: None };
        Tracked { definition, fate: piece.fate, author: piece.author }
    }
}

impl From<Definition> for Tracked {
    fn from(definition: Definition) -> Tracked {
        Tracked { definition, fate: Fate::Counts, author: Author::Module }
    }
}
