//! Definitions to one value, by the type of the option.
//!
//! What holds others (maps, records, lists) is merged one level deep: inside it are thunks that merge
//! when they are needed, so a value can be used while its neighbours are still being computed. A part
//! with one plain, fitting definition is that definition itself, and costs nothing.

use std::rc::Rc;

use super::definitions::{Definition, Definitions, Settled, Winners, by_name};
use super::errors;
use super::site::Site;
use super::tree::Leaf;
use super::types::SINGLE_LINE;
use super::words::words;
use crate::eval::Blame;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ModuleType, Scalar, Type, TypeRef, scalar_fits};
use crate::value::{Attr, Attrs, Error, Evaluator, Host, Kind, Result, Thunk, Value};

impl Evaluator {
    /// The value of an option.
    pub(super) fn merge_option(&mut self, leaf: &Leaf) -> Result<Value> {
        let definitions = leaf.definitions(self)?;
        let ty = leaf.ty(self)?;
        if definitions.len() > 1 && leaf.switch(self, words().read_only, false) {
            let keys: Vec<Span> = definitions.iter().map(|definition| definition.key).collect();
            let (default, places) = match leaf.says(words().default) {
                Some(_) => (Some(keys[0]), &keys[1..]),
                None => (None, keys.as_slice()),
            };
            return Err(errors::read_only(self, &leaf.site, default, places));
        }
        match self.merge(&ty, &definitions, &leaf.site)? {
            Some(value) => {
                leaf.forget_definitions();
                Ok(value)
            }
            None if leaf.group.is_incomplete() || self.is_mistyped(leaf)? => Err(Error::silent()),
            None => Err(errors::undefined(self, &leaf.site, &ty)),
        }
    }

    /// The merged value of these definitions, or nothing if none of them counts.
    pub(super) fn merge(&mut self, ty: &TypeRef, definitions: &[Definition], site: &Site) -> Result<Option<Value>> {
        let result = self.settle(definitions).and_then(|winners| match winners.definitions.is_empty() {
            true => Ok(None),
            false => self.merge_winners(ty, winners, site).map(Some),
        });
        if let Err(failure) = &result {
            self.blame_definitions(failure, definitions, site);
        }
        result
    }

    /// A failure inside the library gets a place of the user's: a definition's key, or a key around it.
    pub(super) fn blame_definitions(&self, failure: &Error, definitions: &[Definition], site: &Site) {
        let key = definitions.iter().rev().map(|definition| definition.key).find(|&key| self.sources.is_user(key));
        failure.passes(key.unwrap_or_else(|| site.path.place(&self.sources)), &self.sources);
    }

    /// The merged value, later; at once where one plain definition fits as it stands.
    pub(super) fn merged_later(&mut self, ty: &TypeRef, definitions: Definitions, site: Site) -> Thunk {
        if let Some(value) = plainly_fitting(ty, &definitions) {
            return value;
        }
        let ty = ty.clone();
        Thunk::defer(move |machine| match machine.merge(&ty, definitions.as_slice(), &site)? {
            Some(value) => Ok(value),
            None => Err(errors::undefined(machine, &site, &ty)),
        })
    }

    pub(super) fn merge_winners(&mut self, ty: &TypeRef, winners: Winners, site: &Site) -> Result<Value> {
        let ty = self.resolve(ty)?;
        if let (Some(each), false) = (winners.each.first(), may_be_map(&ty)) {
            return Err(errors::no_entries(&ty, each.key, site));
        }
        self.deeper(site.declared, |machine| match &*ty {
            Type::Declared(_, inner) => machine.merge_winners(inner, winners, site),
            Type::Any => machine.merge_anything(&ty, winners, site),
            Type::Map(item) => machine.merge_map(&ty, item, winners, site),
            Type::Record(record) => machine.merge_record(&ty, record, winners.merging(), site),
            Type::List(item) => match machine.rule_of_items(item, &winners)? {
                Some(rule) => machine.merge_api_items(&rule, item, winners, site),
                None => machine.merge_list(&ty, item, winners.definitions, site),
            },
            Type::Object => machine.merge_object(&ty, winners, site),
            Type::Union(members) => machine.merge_union(&ty, members, winners, site),
            Type::Function(_, to) => machine.merge_functions(&ty, to, winners.definitions, site),
            Type::Module(module) => machine.merge_module(&ty, module, winners, site),
            _ => machine.merge_equal(&ty, winners.definitions, site),
        })
    }

    /// Scalars: one definition, or several that say the same.
    pub(super) fn merge_equal(&mut self, ty: &TypeRef, mut settled: Vec<Settled>, site: &Site) -> Result<Value> {
        self.all_held(ty, &settled, site)?;
        let first = settled.swap_remove(0);
        let kind = std::mem::discriminant(&first.value.kind);
        for other in &settled {
            // Equal, and of one kind: `1` and `1.0` are two values.
            let same = std::mem::discriminant(&other.value.kind) == kind;
            if !(same && self.agree(&first.value, &other.value, site.declared)?) {
                settled.push(first);
                return Err(errors::conflict(self, &settled, site));
            }
        }
        Ok(match is_single_line(ty) {
            true => without_break(first.value),
            false => first.value,
        })
    }

    /// Whether two definitions say the same; of secrets, whether they are made in the same way.
    pub(super) fn agree(&mut self, a: &Value, b: &Value, span: Span) -> Result<bool> {
        match (&a.kind, &b.kind) {
            (Kind::Secret(a), Kind::Secret(b)) => Ok(a == b),
            (Kind::Secret(_), _) | (_, Kind::Secret(_)) => Ok(false),
            _ => self.equal(a, b, span),
        }
    }

    pub(super) fn merge_map(
        &mut self,
        ty: &TypeRef,
        item: &TypeRef,
        mut winners: Winners,
        site: &Site,
    ) -> Result<Value> {
        let each = std::mem::take(&mut winners.each);
        let sets = winners.merging();
        self.all_sets(ty, &sets, site)?;
        let mut entries = Vec::new();
        for (name, mut definitions) in by_name(&sets) {
            if self.is_present(definitions.as_slice()) {
                each.iter().for_each(|each| definitions.push(each.definition(name)));
                entries.push(self.entry(name, item, definitions, site));
            }
        }
        Ok(Value::attrs(Attrs::new(entries), self.origin_of(&sets)))
    }

    fn entry(&mut self, name: Symbol, item: &TypeRef, definitions: Definitions, site: &Site) -> Attr {
        let key = self.key_of(&definitions);
        let value = match plainly_fitting(item, &definitions) {
            Some(value) => value,
            None => self.merged_later(item, definitions, site.entry(name, key)),
        };
        Attr { name, span: key, value }
    }

    pub(super) fn merge_list(
        &mut self,
        ty: &TypeRef,
        item: &TypeRef,
        lists: Vec<Settled>,
        site: &Site,
    ) -> Result<Value> {
        let mut items = Vec::new();
        for (from, settled) in lists.iter().enumerate() {
            let Kind::List(list) = &settled.value.kind else { return Err(self.mismatch(ty, &lists, site)) };
            for (at, thunk) in list.iter().enumerate() {
                let definition = settled.inside(thunk.clone(), Span::NONE);
                if self.is_present(std::slice::from_ref(&definition)) {
                    let definitions = Definitions::One(definition);
                    items.push(match plainly_fitting(item, &definitions) {
                        Some(value) => value,
                        None => {
                            let site = site.item(items.len(), settled.value.origin).entry_of_list(from, at);
                            self.merged_later(item, definitions, site)
                        }
                    });
                }
            }
        }
        Ok(Value::list(items, self.origin_of(&lists)))
    }

    /// One function as the contract wants it; several as one whose answer is the merge of theirs.
    pub(super) fn merge_functions(
        &mut self,
        ty: &TypeRef,
        to: &TypeRef,
        settled: Vec<Settled>,
        site: &Site,
    ) -> Result<Value> {
        self.all_held(ty, &settled, site)?;
        if let [only] = settled.as_slice() {
            let only = only.value.clone();
            if !matches!(self.resolve(to)?.peeled(), Type::Module(_) | Type::Record(_) | Type::Map(_)) {
                return self.hold(only, ty, &blame(site));
            }
        }
        let origin = self.origin_of(&settled);
        let (to, site) = (to.clone(), site.clone());
        let run = move |machine: &mut Evaluator, argument: Thunk, span: Span| {
            let answer = |settled: &Settled| {
                let (function, argument) = (settled.value.clone(), argument.clone());
                let later = Thunk::defer(move |machine| machine.apply(&function, argument, span));
                Definition { rank: settled.rank, ..Definition::new(later, settled.key) }
            };
            let answers: Vec<Definition> = settled.iter().map(answer).collect();
            match machine.merge(&to, &answers, &site)? {
                Some(value) => Ok(value),
                None => Err(errors::undefined(machine, &site, &to)),
            }
        };
        Ok(Value::new(Kind::Host(Rc::new(Host { name: "a merged function", of: None, run: Box::new(run) })), origin))
    }

    /// Fails unless all are sets.
    pub(super) fn all_sets(&mut self, ty: &TypeRef, settled: &[Settled], site: &Site) -> Result<()> {
        if settled.iter().all(|settled| settled.attrs().is_some()) {
            return Ok(());
        }
        Err(self.mismatch(ty, settled, site))
    }

    /// Reports all definitions that do not have the type, and gives the first of these failures.
    fn mismatch(&mut self, ty: &TypeRef, settled: &[Settled], site: &Site) -> Error {
        match self.all_held(ty, settled, site) {
            Err(failure) => failure,
            Ok(()) => Error::silent(),
        }
    }

    /// Fails if a definition does not have the type; reports all such failures but the first.
    pub(super) fn all_held(&mut self, ty: &TypeRef, settled: &[Settled], site: &Site) -> Result<()> {
        let mut first = Ok(());
        for settled in settled {
            if plainly_fits(ty, &settled.value) {
                continue;
            }
            let blame = Blame { place: settled.key, ..blame(site) };
            let Err(failure) = self.hold(settled.value.clone(), ty, &blame) else { continue };
            failure.passes(settled.key, &self.sources);
            let place = site.path.place(&self.sources);
            failure.passes(place, &self.sources);
            match &first {
                Ok(()) => first = Err(failure),
                Err(_) => self.report(&failure),
            }
        }
        first
    }

    /// Where a merged value was made: at its first definition of the user's.
    pub(super) fn origin_of(&self, settled: &[Settled]) -> Span {
        let mut origins = settled.iter().map(|settled| settled.value.origin);
        match settled {
            [only] => only.value.origin,
            _ => origins.clone().find(|&origin| self.sources.is_user(origin)).or(origins.next()).unwrap_or_default(),
        }
    }

    /// Where a key was written: at its first definition of the user's.
    pub(super) fn key_of(&self, definitions: &Definitions) -> Span {
        // The usual case, met for every field of every entry.
        if let (Definitions::One(only), None) = (definitions, &self.watch) {
            return only.key;
        }
        let is_watched = |key: &Span| self.watch.as_ref().is_some_and(|watch| watch.is_name(*key));
        // Whoever hands the value on does not define what is watched.
        let keys = || definitions.as_slice().iter().map(|definition| definition.key).filter(|key| !is_watched(key));
        keys().find(|&key| self.sources.is_user(key)).or(keys().next()).unwrap_or(Span::NONE)
    }
}

/// Who demands a type at this site.
pub(super) fn blame(site: &Site) -> Blame {
    Blame::new(site.path.clone(), site.declared, site.path.key())
}

/// The value itself if it is the only definition, plain, a scalar that is there, and fits.
pub(super) fn plainly_fitting(ty: &TypeRef, definitions: &Definitions) -> Option<Thunk> {
    let Definitions::One(only) = definitions else { return None };
    if only.condition.is_some() {
        return None;
    }
    let value = only.value.peek()?;
    plainly_fits(ty, &value).then(|| only.value.clone())
}

/// Whether a value is a scalar of the type, as far as can be told without computing.
fn plainly_fits(ty: &Type, value: &Value) -> bool {
    let scalar = match &value.kind {
        Kind::Null => Scalar::Null,
        Kind::Bool(value) => Scalar::Bool(*value),
        Kind::Int(number) => Scalar::Int(*number),
        Kind::Float(number) => Scalar::Float(*number),
        // A text of one line loses the break at its end.
        Kind::Str(text) if !text.ends_with('\n') => Scalar::Str(text.clone()),
        _ => return false,
    };
    scalar_fits(ty, &scalar)
}

/// Whether it is the type of texts of one line, which may end in a line break.
fn is_single_line(ty: &Type) -> bool {
    let Type::String(text) = ty.peeled() else { return false };
    text.pattern.as_ref().is_some_and(|pattern| &*pattern.source == SINGLE_LINE)
}

fn without_break(value: Value) -> Value {
    match &value.kind {
        Kind::Str(text) => match text.strip_suffix('\n') {
            Some(line) => Value::string(line, value.origin),
            None => value,
        },
        _ => value,
    }
}

/// Whether values of the type may be maps, whose entries have definitions in common.
fn may_be_map(ty: &Type) -> bool {
    match ty.peeled() {
        Type::Map(_) | Type::Any | Type::Union(_) => true,
        Type::Module(module) => match module {
            ModuleType::LazyMap(_) | ModuleType::Anything | ModuleType::Coerced(..) | ModuleType::Custom(_) => true,
            ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _) => may_be_map(inner),
            _ => false,
        },
        _ => false,
    }
}
