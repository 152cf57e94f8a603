//! Definitions: values with what their wrappers say of condition, priority and order.
//!
//! Of two priorities the lower number is the stronger: a plain definition has 100, `mkForce` makes it
//! 50, `mkDefault` 1000, and an option's own default has 1500.

use std::num::NonZeroI64;
use std::rc::Rc;

use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Attr, Attrs, Kind, Thunk, Value};

/// What an option's own default counts as.
pub(super) const OPTION_DEFAULT: i64 = 1500;
/// The strongest priority: a lower number counts as this one.
pub const STRONGEST: i64 = i64::MIN + 1;
/// What a plain definition counts as.
pub const PLAIN: i64 = 100;
/// The priority of an option that has no definition.
const WEAKEST: i64 = 9999;
/// Where a plain definition stands among those with `mkOrder`.
pub(super) const MIDDLE: i64 = 1000;

/// A definition, not yet computed.
#[derive(Clone)]
pub(super) struct Definition {
    /// What is defined.
    pub(super) value: Thunk,
    /// Where its key was written.
    pub(super) key: Span,
    /// What the wrappers seen so far say.
    pub(super) rank: Rank,
    /// What must hold for it to count.
    pub(super) condition: Option<Rc<Condition>>,
}

/// Priority and order.
#[derive(Clone, Copy, Default)]
pub(super) struct Rank {
    /// As `mkOverride` says; the outermost counts.
    pub(super) priority: Said,
    /// As `mkOrder` says; the outermost counts.
    pub(super) order: Said,
    /// As `mkLayered` says: how strong it is at a leaf; on the way there it has no priority.
    pub(super) layered: Said,
}

/// A number, if one was said. There is one definition for each field of each entry, so it takes no more room than the number:
/// the least of all numbers, which counts as [`STRONGEST`], stands for nothing.
#[derive(Clone, Copy, Default)]
pub(super) struct Said(Option<NonZeroI64>);

/// A condition that is still to be computed, with those further out.
pub(super) struct Condition {
    pub(super) holds: Thunk,
    pub(super) outer: Option<Rc<Condition>>,
}

/// A definition that counts, its value computed.
#[derive(Clone)]
pub(super) struct Settled {
    pub(super) value: Value,
    pub(super) key: Span,
    pub(super) rank: Rank,
}

/// The definitions that are left at an option.
#[derive(Default)]
pub(super) struct Winners {
    /// Those of the strongest priority, in order.
    pub(super) definitions: Vec<Settled>,
    /// Weaker ones that merge with the others where these have parts: layered ones, or what layered ones are above.
    pub(super) beneath: Vec<Settled>,
    /// What is said of every entry, if it is a map.
    pub(super) each: Vec<Each>,
    /// The strongest priority.
    pub(super) priority: i64,
}

/// The definitions of one name: nearly always a single one, which then needs no list.
#[derive(Clone)]
pub(super) enum Definitions {
    One(Definition),
    Many(Vec<Definition>),
}

/// A definition of every entry of a map.
#[derive(Clone)]
pub(super) struct Each {
    /// From the name of an entry to a definition of it.
    function: Thunk,
    /// Where the key of the map was written.
    pub(super) key: Span,
    rank: Rank,
}

/// A set of definitions whose wrappers have been pushed down.
pub(super) struct Opened {
    pub(super) attrs: Attrs,
    pub(super) rank: Rank,
    pub(super) condition: Option<Rc<Condition>>,
}

impl Said {
    /// This number.
    pub(super) fn number(number: i64) -> Said {
        Said(NonZeroI64::new(number.max(STRONGEST) ^ i64::MIN))
    }

    /// The number, if there is one.
    pub(super) fn get(self) -> Option<i64> {
        self.0.map(|number| number.get() ^ i64::MIN)
    }

    /// This number, or else the other one.
    pub(super) fn or(self, other: Said) -> Said {
        Said(self.0.or(other.0))
    }
}

impl Rank {
    /// What a lowered definition counts as at a leaf, and `mkDefault` everywhere.
    pub(super) const LOWERED: i64 = 1000;

    /// The priority that counts.
    pub(super) fn strength(self) -> i64 {
        self.priority.or(self.layered).get().unwrap_or(PLAIN)
    }

    /// Whether it is layered, and nothing around it says how strong it is as a whole.
    pub(super) fn is_layered(self) -> bool {
        self.layered.get().is_some() && self.priority.get().is_none()
    }

    /// What reaches the attributes of a set that is merged: priorities and order end here.
    pub(super) fn inside(self) -> Rank {
        Rank { layered: self.layered, ..Rank::default() }
    }
}

impl Definition {
    /// A definition without wrappers.
    pub(super) fn new(value: Thunk, key: Span) -> Definition {
        Definition { value, key, rank: Rank::default(), condition: None }
    }

    /// An option's default.
    pub(super) fn default(value: Thunk, key: Span) -> Definition {
        let rank = Rank { priority: Said::number(OPTION_DEFAULT), ..Rank::default() };
        Definition { value, key, rank, condition: None }
    }
}

impl Definitions {
    /// One after the other.
    pub(super) fn as_slice(&self) -> &[Definition] {
        match self {
            Definitions::One(definition) => std::slice::from_ref(definition),
            Definitions::Many(definitions) => definitions,
        }
    }

    /// One after the other, to change them.
    pub(super) fn as_mut_slice(&mut self) -> &mut [Definition] {
        match self {
            Definitions::One(definition) => std::slice::from_mut(definition),
            Definitions::Many(definitions) => definitions,
        }
    }
}

impl Settled {
    /// The attribute's definition inside this set.
    pub(super) fn inside(&self, value: Thunk, key: Span) -> Definition {
        Definition { value, key, rank: self.rank.inside(), condition: None }
    }

    /// The set that it is, if it is one.
    pub(super) fn attrs(&self) -> Option<&Attrs> {
        match &self.value.kind {
            Kind::Attrs(attrs) => Some(attrs),
            _ => None,
        }
    }
}

impl Each {
    /// `definition` without the wrapper that says that it is of every entry.
    pub(super) fn of(definition: &Definition, function: Thunk) -> Each {
        Each { function, key: definition.key, rank: definition.rank }
    }

    /// The definition of the entry `name`.
    pub(super) fn definition(&self, name: Symbol) -> Definition {
        let (function, key) = (self.function.clone(), self.key);
        let value = Thunk::defer(move |machine| {
            let function = machine.force_at(&function, key)?;
            machine.apply(&function, Value::string(name.as_str(), key).into(), key)
        });
        Definition { value, key, rank: self.rank, condition: None }
    }
}

impl Winners {
    /// These, all of one priority.
    pub(super) fn equals(definitions: Vec<Settled>) -> Winners {
        Winners { definitions, priority: PLAIN, ..Winners::default() }
    }

    /// All that merge into one set: the strongest, and those beneath. What is layered and no set has lost.
    pub(super) fn merging(self) -> Vec<Settled> {
        let mut all = self.definitions;
        let merges = |settled: &Settled| settled.attrs().is_some() || !settled.rank.is_layered();
        all.extend(self.beneath.into_iter().filter(merges));
        all
    }

    /// The strongest priority; where nothing is defined, one that is weaker than any.
    pub(super) fn highest(&self) -> i64 {
        if self.definitions.is_empty() { WEAKEST } else { self.priority }
    }

    /// Whether the strongest are all sets.
    pub(super) fn are_sets(&self) -> bool {
        self.definitions.iter().all(|settled| settled.attrs().is_some())
    }
}

/// The definitions of the attributes of sets, by name. Of several, in the order of the sets.
pub(super) fn by_name(sets: &[Settled]) -> Vec<(Symbol, Definitions)> {
    if let [only] = sets {
        let Some(attrs) = only.attrs() else { return Vec::new() };
        let one = |attr: &Attr| (attr.name, Definitions::One(only.inside(attr.value.clone(), attr.span)));
        return attrs.iter().map(one).collect();
    }
    let mut all: Vec<(Symbol, Definition)> = Vec::new();
    for set in sets {
        let Some(attrs) = set.attrs() else { continue };
        all.extend(attrs.iter().map(|attr| (attr.name, set.inside(attr.value.clone(), attr.span))));
    }
    // The sort is stable, so the order of the sets stays.
    all.sort_by_key(|(name, _)| *name);
    let mut grouped: Vec<(Symbol, Definitions)> = Vec::with_capacity(all.len());
    for (name, definition) in all {
        match grouped.last_mut() {
            Some((last, definitions)) if *last == name => definitions.push(definition),
            _ => grouped.push((name, Definitions::One(definition))),
        }
    }
    grouped
}

impl From<Vec<Definition>> for Definitions {
    fn from(definitions: Vec<Definition>) -> Definitions {
        match <[Definition; 1]>::try_from(definitions) {
            Ok([only]) => Definitions::One(only),
            Err(several) => Definitions::Many(several),
        }
    }
}

impl From<Definition> for Definitions {
    fn from(definition: Definition) -> Definitions {
        Definitions::One(definition)
    }
}

impl Definitions {
    pub(super) fn push(&mut self, definition: Definition) {
        match self {
            Definitions::Many(definitions) => definitions.push(definition),
            Definitions::One(first) => *self = Definitions::Many(vec![first.clone(), definition]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{STRONGEST, Said};

    #[test]
    fn a_number_that_was_said_is_had_back() {
        assert_eq!(Said::default().get(), None);
        for number in [STRONGEST, -1, 0, 1, 100, i64::MAX] {
            assert_eq!(Said::number(number).get(), Some(number));
            assert_eq!(Said::number(number).or(Said::number(7)).get(), Some(number));
        }
        assert_eq!(Said::number(i64::MIN).get(), Some(STRONGEST), "the least of all counts as the one above it");
        assert_eq!(Said::default().or(Said::number(7)).get(), Some(7));
    }
}
