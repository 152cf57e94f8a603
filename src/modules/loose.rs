//! Merging by nixpkgs' option types, which say more about merging than about values.

use std::rc::Rc;

use super::definitions::{Definitions, Settled, Winners, by_name};
use super::errors;
use super::merge::{blame, plainly_fitting};
use super::site::{Site, path_value};
use super::submodule::Submodule;
use super::types::DeferredModules;
use super::words::words;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{Custom, ModuleType, Opaque, Type, TypeRef};
use crate::value::{Attr, Attrs, AttrsBuilder, Evaluator, Kind, Result, Thunk, Value};

impl Evaluator {
    /// By a type that says more about merging than about values.
    pub(super) fn merge_module(
        &mut self,
        ty: &TypeRef,
        module: &ModuleType,
        winners: Winners,
        site: &Site,
    ) -> Result<Value> {
        match module {
            ModuleType::Anything => self.merge_anything(ty, winners, site),
            ModuleType::Raw => match winners.definitions.as_slice() {
                [only] => Ok(only.value.clone()),
                several => Err(errors::several(self, several, site, "")),
            },
            ModuleType::Unspecified => self.merge_unspecified(ty, winners.definitions, site),
            ModuleType::Attrs => self.merge_at_the_top(ty, winners.merging(), site),
            ModuleType::Joined(between) => {
                self.all_held(ty, &winners.definitions, site)?;
                Ok(Value::string(joined_texts(&winners.definitions, between), self.origin_of(&winners.definitions)))
            }
            ModuleType::Submodule(opaque) => self.merge_submodule(ty, &Submodule::of(opaque), winners, site),
            ModuleType::Unique(inner, words) => match winners.definitions.as_slice() {
                [_] => self.merge_winners(inner, winners, site),
                several => Err(errors::several(self, several, site, words)),
            },
            ModuleType::Checked(inner, _) => {
                let value = self.merge_winners(inner, winners, site)?;
                self.hold(value, ty, &blame(site))
            }
            ModuleType::Coerced(from, function, to) => {
                let coerced = self.coerced(from, function, winners)?;
                self.merge_winners(to, coerced, site)
            }
            ModuleType::DeferredModule(opaque) => {
                self.merge_deferred(ty, &DeferredModules::of(opaque.as_ref()), winners.merging(), site)
            }
            ModuleType::LazyMap(item) => self.merge_lazy_map(ty, item, winners, site),
            ModuleType::OptionType => self.merge_types(ty, winners.definitions, site),
            ModuleType::Custom(custom) => self.merge_custom(ty, custom, winners, site),
        }
    }

    fn merge_deferred(
        &mut self,
        ty: &TypeRef,
        always: &DeferredModules,
        parts: Vec<Settled>,
        site: &Site,
    ) -> Result<Value> {
        self.all_held(ty, &parts, site)?;
        Ok(deferred_module(always, &parts, site))
    }

    /// Sets by name; of several definitions of a name the last of the strongest.
    fn merge_at_the_top(&mut self, ty: &TypeRef, mut sets: Vec<Settled>, site: &Site) -> Result<Value> {
        self.all_sets(ty, &sets, site)?;
        sets.sort_by_key(|settled| std::cmp::Reverse(settled.rank.strength()));
        Ok(Value::attrs(joined_sets(&sets), self.origin_of(&sets)))
    }

    /// Sets merge by name and recursively, functions by their answers; of everything else there is one
    /// value, or several that are equal.
    pub(super) fn merge_anything(&mut self, ty: &TypeRef, mut winners: Winners, site: &Site) -> Result<Value> {
        if winners.are_sets() {
            winners.beneath.retain(|settled| settled.attrs().is_some());
            let item = ty.clone();
            return self.merge_map(ty, &item, winners, site);
        }
        match winners.definitions.as_slice() {
            [Settled { value: Value { kind: Kind::List(_), .. }, .. }] => {
                self.merge_list(ty, ty, winners.definitions, site)
            }
            [_, _, ..] if winners.definitions.iter().all(|settled| settled.value.is_function()) => {
                self.merge_functions(ty, ty, winners.definitions, site)
            }
            _ => self.merge_equal(ty, winners.definitions, site),
        }
    }

    /// What has no type: one definition as it is; several are joined as their kind suggests.
    fn merge_unspecified(&mut self, ty: &TypeRef, settled: Vec<Settled>, site: &Site) -> Result<Value> {
        let [first, _, ..] = settled.as_slice() else { return self.merge_equal(ty, settled, site) };
        let kind = std::mem::discriminant(&first.value.kind);
        let functions = settled.iter().all(|settled| settled.value.is_function());
        if !functions && !settled.iter().all(|settled| std::mem::discriminant(&settled.value.kind) == kind) {
            return Err(errors::conflict(self, &settled, site));
        }
        let origin = self.origin_of(&settled);
        match first.value.kind {
            Kind::Attrs(_) => Ok(Value::attrs(joined_sets(&settled), origin)),
            Kind::List(_) => self.merge_list(ty, &Rc::new(Type::Module(ModuleType::Raw)), settled, site),
            Kind::Bool(_) => {
                settled.iter().for_each(|settled| self.decides(&settled.value));
                let any = settled.iter().any(|settled| matches!(settled.value.kind, Kind::Bool(true)));
                Ok(Value::bool(any, origin))
            }
            Kind::Str(_) => Ok(Value::string(joined_texts(&settled, ""), origin)),
            _ if functions => self.merge_functions(ty, ty, settled, site),
            _ => self.merge_equal(ty, settled, site),
        }
    }

    /// Types: one that all of them agree to.
    fn merge_types(&mut self, ty: &TypeRef, settled: Vec<Settled>, site: &Site) -> Result<Value> {
        self.all_held(ty, &settled, site)?;
        let mut joined: Option<TypeRef> = None;
        for part in &settled {
            let further = self.type_of_value(&part.value, part.value.origin)?;
            joined = match joined {
                None => Some(further),
                Some(known) => match self.joined_type(&known, &further)? {
                    Some(both) => Some(both),
                    None => return Err(errors::conflict(self, &settled, site)),
                },
            };
        }
        let joined = joined.expect("an option without definitions is not merged");
        Ok(Value::new(Kind::Type(joined), self.origin_of(&settled)))
    }

    fn merge_lazy_map(&mut self, ty: &TypeRef, item: &TypeRef, mut winners: Winners, site: &Site) -> Result<Value> {
        let each = std::mem::take(&mut winners.each);
        let sets = winners.merging();
        self.all_sets(ty, &sets, site)?;
        let mut entries = Vec::new();
        for (name, mut definitions) in by_name(&sets) {
            each.iter().for_each(|each| definitions.push(each.definition(name)));
            entries.push(self.lazy_entry(name, item, definitions, site));
        }
        Ok(Value::attrs(Attrs::new(entries), self.origin_of(&sets)))
    }

    /// An entry that may turn out to be undefined; then it is what the type has for this case.
    fn lazy_entry(&mut self, name: Symbol, item: &TypeRef, definitions: Definitions, site: &Site) -> Attr {
        let key = self.key_of(&definitions);
        let value = plainly_fitting(item, &definitions).unwrap_or_else(|| {
            let (ty, site) = (item.clone(), site.entry(name, key));
            Thunk::defer(move |machine| match machine.merge(&ty, definitions.as_slice(), &site)? {
                Some(value) => Ok(value),
                None => match machine.empty_value(&ty)? {
                    Some(empty) => Ok(empty.at(key)),
                    None => Err(errors::undefined(machine, &site, &ty)),
                },
            })
        });
        Attr { name, span: key, value }
    }

    fn coerced(&mut self, from: &TypeRef, function: &Opaque, mut winners: Winners) -> Result<Winners> {
        let function = function.downcast_ref::<Value>().expect("the coercion is a value");
        for settled in winners.definitions.iter_mut().chain(&mut winners.beneath) {
            if self.fits(&settled.value, from)? {
                let origin = settled.value.origin;
                settled.value = self.apply(function, settled.value.clone().into(), origin)?.at(origin);
            }
        }
        Ok(winners)
    }

    fn merge_custom(&mut self, ty: &TypeRef, custom: &Custom, winners: Winners, site: &Site) -> Result<Value> {
        self.all_held(ty, &winners.definitions, site)?;
        let Some(merge) = &custom.merge else {
            return match &custom.base {
                Some(base) => self.merge_winners(base, winners, site),
                None => self.merge_unspecified(ty, winners.definitions, site),
            };
        };
        let merge = merge.downcast_ref::<Value>().expect("the merge of a type is a value").clone();
        let definitions = winners.definitions.iter().map(|settled| self.definition_set(settled).into()).collect();
        let arguments = [path_value(&site.path).into(), Value::list(definitions, Span::NONE).into()];
        self.apply_all(&merge, arguments, site.declared)
    }
}

/// One set of several; what two of them have is of the last one.
fn joined_sets(settled: &[Settled]) -> Attrs {
    settled.iter().filter_map(Settled::attrs).fold(Attrs::empty(), |joined, attrs| joined.update(attrs))
}

/// One text of several.
fn joined_texts(settled: &[Settled], between: &str) -> String {
    let texts = settled.iter().filter_map(|settled| match &settled.value.kind {
        Kind::Str(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join(between)
}

/// `{ imports = [ … ]; }`
fn deferred_module(always: &DeferredModules, settled: &[Settled], site: &Site) -> Value {
    let modules = always.0.iter().cloned().chain(settled.iter().map(|settled| settled.value.clone().into()));
    let mut set = AttrsBuilder::new();
    set.add(words().imports, site.declared, Value::list(modules.collect(), site.declared));
    Value::attrs(set.build(), site.declared)
}
