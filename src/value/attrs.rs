//! Sets: entries sorted by symbol, so that a look-up is a binary search over integers.
//!
//! Real sets are small (eight entries or so), and a sorted array is then several times cheaper to
//! build and to search than a hash map. The order by symbol means nothing to people: whatever is
//! listed goes through [`Attrs::sorted`].
//!
//! The values of one record type have most of their entries in common: the defaults that nobody changed. Such a set
//! holds only what is its own, and has the rest by reference ([`Attrs::over`]).

use std::iter::Peekable;
use std::rc::Rc;
use std::slice;

use super::{Thunk, reclaim};
use crate::source::Span;
use crate::symbol::Symbol;

/// A shared, immutable set.
#[derive(Clone, Debug, Default)]
pub struct Attrs(Rc<Entries>);

#[derive(Debug, Default)]
struct Entries {
    own: Vec<Attr>,
    /// Entries that other sets have as well; an own one of the same name stands before it.
    base: Option<Base>,
    /// How many names there are.
    len: usize,
}

/// Entries that many sets share.
#[derive(Clone, Debug)]
pub struct Base(Rc<Entries>);

/// One entry of a set.
#[derive(Clone, Debug)]
pub struct Attr {
    /// Its name.
    pub name: Symbol,
    /// Where the name was written.
    pub span: Span,
    /// Its value.
    pub value: Thunk,
}

impl Drop for Entries {
    fn drop(&mut self) {
        reclaim::guarded(std::mem::take(&mut self.own));
    }
}

impl From<Vec<Attr>> for Entries {
    fn from(own: Vec<Attr>) -> Entries {
        let len = own.len();
        Entries { own, base: None, len }
    }
}

impl Entries {
    fn find(&self, name: Symbol) -> Option<&Attr> {
        let entries = if self.own.len() > SMALL { stretch_around(&self.own, name) } else { &self.own };
        let own = entries.binary_search_by_key(&name, |attr| attr.name).ok().map(|at| &entries[at]);
        own.or_else(|| self.base.as_ref()?.0.find(name))
    }

    fn iter(&self) -> Iter<'_> {
        let base = self.base.as_ref().map_or(&[][..], |base| &base.0.own);
        Iter { own: self.own.iter().peekable(), base: base.iter().peekable(), left: self.len }
    }
}

/// The entries of a set, by symbol.
#[derive(Clone)]
struct Iter<'a> {
    own: Peekable<slice::Iter<'a, Attr>>,
    base: Peekable<slice::Iter<'a, Attr>>,
    left: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a Attr;

    fn next(&mut self) -> Option<&'a Attr> {
        let next = match (self.own.peek(), self.base.peek()) {
            (_, None) => self.own.next(),
            (Some(own), Some(base)) if own.name <= base.name => {
                if own.name == base.name {
                    self.base.next();
                }
                self.own.next()
            }
            (_, Some(_)) => self.base.next(),
        };
        self.left -= usize::from(next.is_some());
        next
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl Base {
    /// These entries, in any order, each name once.
    pub fn new(entries: Vec<Attr>) -> Base {
        Base(Attrs::new(entries).0)
    }
}

impl Attrs {
    /// The empty set.
    pub fn empty() -> Attrs {
        Attrs(Rc::default())
    }

    /// The set of these entries, in any order. Of equal names the last counts.
    pub fn new(mut entries: Vec<Attr>) -> Attrs {
        // The sort is stable, so among equals the last one stands last.
        entries.sort_by_key(|attr| attr.name);
        if entries.windows(2).any(|pair| pair[0].name == pair[1].name) {
            entries.reverse();
            entries.dedup_by_key(|attr| attr.name);
            entries.reverse();
        }
        Attrs(Rc::new(entries.into()))
    }

    /// The entries of `base`, and before them these, in any order, each name once.
    pub fn over(base: &Base, entries: Vec<Attr>) -> Attrs {
        let mut own = entries;
        own.sort_by_key(|attr| attr.name);
        let further = own.iter().filter(|attr| base.0.find(attr.name).is_none()).count();
        let len = base.0.len + further;
        Attrs(Rc::new(Entries { own, base: Some(base.clone()), len }))
    }

    /// The entry `name`.
    pub fn get(&self, name: Symbol) -> Option<&Attr> {
        self.0.find(name)
    }

    /// The entry called `name`. Prefer [`Attrs::get`] where the symbol is at hand.
    pub fn named(&self, name: &str) -> Option<&Attr> {
        self.get(Symbol::new(name))
    }

    /// The entries in no order that means anything.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Attr> + Clone {
        self.0.iter()
    }

    /// The entries by name.
    pub fn sorted(&self) -> Vec<&Attr> {
        let mut entries: Vec<&Attr> = self.iter().collect();
        entries.sort_by_cached_key(|attr| attr.name.as_str());
        entries
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.len == 0
    }

    /// `self // other`: the entries of both, those of `other` where both have one.
    pub fn update(&self, other: &Attrs) -> Attrs {
        if other.is_empty() {
            return self.clone();
        }
        if self.is_empty() {
            return other.clone();
        }
        let mut merged = Vec::with_capacity(self.len() + other.len());
        let mut left = self.0.iter().peekable();
        for right in other.0.iter() {
            while let Some(attr) = left.next_if(|attr| attr.name < right.name) {
                merged.push(attr.clone());
            }
            left.next_if(|attr| attr.name == right.name);
            merged.push(right.clone());
        }
        merged.extend(left.cloned());
        Attrs(Rc::new(merged.into()))
    }

    /// The entries for which `keep` holds.
    pub fn filtered(&self, mut keep: impl FnMut(&Attr) -> bool) -> Attrs {
        let entries: Vec<Attr> = self.iter().filter(|attr| keep(attr)).cloned().collect();
        Attrs(Rc::new(entries.into()))
    }

    /// The same names with other values.
    pub fn mapped(&self, mut value: impl FnMut(&Attr) -> Thunk) -> Attrs {
        let entry = |attr: &Attr| Attr { name: attr.name, span: attr.span, value: value(attr) };
        let entries: Vec<Attr> = self.iter().map(entry).collect();
        Attrs(Rc::new(entries.into()))
    }

    /// Whether both are the very same set in memory.
    pub fn same(&self, other: &Attrs) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// A number that no other set has while this one lives.
    pub fn address(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }
}

/// Larger sets than this are first searched by the numbers of their names.
const SMALL: usize = 64;

/// The few entries of a large set among which `name` is, if it is there at all. The names of a large set were mostly
/// first seen one after the other, so their numbers say about where to look; halving the set again and again would
/// wait for memory at nearly every step.
fn stretch_around(entries: &[Attr], name: Symbol) -> &[Attr] {
    let [first, .., last] = entries else { return entries };
    let numbers = first.name.number()..=last.name.number();
    if !numbers.contains(&name.number()) || numbers.start() == numbers.end() {
        return &[];
    }
    let share = |number: u32| (number - numbers.start()) as usize;
    let mut at = share(name.number()) * (entries.len() - 1) / share(*numbers.end());
    let mut step = 1;
    // In steps that double, so that a wrong guess costs no more than halving would have.
    if entries[at].name <= name {
        while entries.get(at + step).is_some_and(|attr| attr.name <= name) {
            at += step;
            step *= 2;
        }
        &entries[at..entries.len().min(at + step)]
    } else {
        while at > step && entries[at - step].name > name {
            at -= step;
            step *= 2;
        }
        &entries[at.saturating_sub(step)..at]
    }
}

/// A set in the making, entry by entry.
#[derive(Default)]
pub struct AttrsBuilder(Vec<Attr>);

impl AttrsBuilder {
    /// An empty one.
    pub fn new() -> AttrsBuilder {
        AttrsBuilder::default()
    }

    /// Adds an entry. Of equal names the last counts.
    pub fn add(&mut self, name: impl Into<Symbol>, span: Span, value: impl Into<Thunk>) -> &mut AttrsBuilder {
        self.0.push(Attr { name: name.into(), span, value: value.into() });
        self
    }

    /// The finished set.
    pub fn build(self) -> Attrs {
        Attrs::new(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Attr, Attrs, AttrsBuilder, Base};
    use crate::source::Span;
    use crate::symbol::Symbol;
    use crate::value::{Kind, Thunk, Value};

    fn set(entries: &[(&str, i64)]) -> Attrs {
        let mut builder = AttrsBuilder::new();
        for (name, number) in entries {
            builder.add(*name, Span::NONE, Value::int(*number, Span::NONE));
        }
        builder.build()
    }

    fn number(attr: &Attr) -> i64 {
        match &attr.value {
            Thunk::Done(Value { kind: Kind::Int(number), .. }) => *number,
            _ => panic!("an integer was put in"),
        }
    }

    fn read(attrs: &Attrs) -> Vec<(&'static str, i64)> {
        attrs.sorted().into_iter().map(|attr| (attr.name.as_str(), number(attr))).collect()
    }

    #[test]
    fn the_last_of_equal_names_counts() {
        assert_eq!(read(&set(&[("b", 1), ("a", 2), ("b", 3), ("a", 4), ("b", 5)])), [("a", 4), ("b", 5)]);
    }

    #[test]
    fn large_sets_find_what_they_have() {
        // Names with numbers far apart and close together, and names that are not there in between.
        let names: Vec<String> = (0..3_000).map(|number| format!("large-{number}")).collect();
        let symbols: Vec<Symbol> = names.iter().map(|name| Symbol::new(name)).collect();
        let is_there = |at: usize| at.is_multiple_of(7) || (1_000..1_200).contains(&at);
        let mut builder = AttrsBuilder::new();
        for at in (0..symbols.len()).filter(|&at| is_there(at)) {
            builder.add(symbols[at], Span::NONE, Value::int(at as i64, Span::NONE));
        }
        let set = builder.build();
        for (at, name) in symbols.iter().enumerate() {
            assert_eq!(set.get(*name).map(|attr| attr.name), is_there(at).then_some(*name));
        }
        assert!(set.get(Symbol::new("before all of them")).is_none());
    }

    #[test]
    fn a_set_over_a_base_is_as_if_it_were_whole() {
        let base = ["b", "d", "f"].map(|name| (name, 0));
        let shared = Base::new(set(&base).iter().cloned().collect());
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        for chosen in 0..1 << names.len() {
            let own: Vec<(&str, i64)> =
                (0..names.len()).filter(|at| chosen >> at & 1 == 1).map(|at| (names[at], 1)).collect();
            let over = Attrs::over(&shared, set(&own).iter().cloned().collect());
            let whole = set(&base).update(&set(&own));
            assert_eq!(read(&over), read(&whole));
            assert_eq!((over.len(), over.iter().len(), over.iter().count()), (whole.len(), whole.len(), whole.len()));
            for name in names {
                assert_eq!(over.named(name).map(number), whole.named(name).map(number));
            }
            assert_eq!(
                read(&over.update(&set(&[("d", 2), ("h", 2)]))),
                read(&whole.update(&set(&[("d", 2), ("h", 2)])))
            );
            assert_eq!(
                read(&set(&[("d", 2), ("h", 2)]).update(&over)),
                read(&set(&[("d", 2), ("h", 2)]).update(&whole))
            );
        }
    }

    #[test]
    fn update_prefers_the_right() {
        let merged = set(&[("a", 1), ("b", 2), ("d", 3)]).update(&set(&[("b", 9), ("c", 8)]));
        assert_eq!(read(&merged), [("a", 1), ("b", 9), ("c", 8), ("d", 3)]);
    }
}
