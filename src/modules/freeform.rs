//! Definitions of what no option is declared for.
//!
//! A *freeform type* takes them: as `freeformType` of a module, or as a definition of
//! `_module.freeformType`. What is left over in a set of options is merged by it as if it stood there
//! alone; a set of options further in has the type that the freeform type has at its name.

use std::rc::Rc;

use super::definitions::{Condition, Definition, Rank, Settled, Winners};
use super::site::Site;
use super::tree::{Group, Source};
use super::words::words;
use crate::source::Span;
use crate::types::TypeRef;
use crate::value::{Attr, AttrsBuilder, Evaluator, Kind, Result, Thunk, Value};

impl Evaluator {
    /// The type of what no option of the group is declared for, if there may be such a thing.
    pub(super) fn freeform_of(&mut self, group: &Rc<Group>) -> Result<Option<TypeRef>> {
        if let Some(known) = group.freeform.get() {
            return known.clone();
        }
        let ty = match &group.source {
            Source::Modules(_) => self.freeform_of_modules(group),
            Source::Parent(outer, _) => match (self.freeform_of(outer)?, group.path.last()) {
                (Some(ty), Some(name)) => Ok(self.type_inside(&ty, &[name])),
                _ => Ok(None),
            },
        };
        group.freeform.get_or_init(|| ty).clone()
    }

    fn freeform_of_modules(&mut self, root: &Rc<Group>) -> Result<Option<TypeRef>> {
        let Some(at) = root.find(words().module) else { return Ok(None) };
        let definitions = self.opened(root)?.by_child[at].borrow().clone();
        // Nearly always nobody speaks of it, and then there is no need to make an option of it.
        let mut silent = true;
        for definition in &definitions {
            let value = self.force_at(&definition.value, definition.key);
            silent &= matches!(value, Ok(Value { kind: Kind::Attrs(set), .. })
                if set.get(words().freeform).is_none() && set.get(words().mark).is_none());
        }
        if silent {
            return Ok(None);
        }
        let value = self.own_value(root, words().freeform)?;
        match &value.kind {
            Kind::Null => Ok(None),
            _ => self.type_of_value(&value, value.origin).map(Some),
        }
    }

    /// What no option is declared for, merged by the group's freeform type.
    pub(super) fn freeform_entries(&mut self, group: &Rc<Group>, ty: &TypeRef) -> Result<Vec<Attr>> {
        let content = self.opened(group)?;
        if content.unknown.is_empty() {
            return Ok(Vec::new());
        }
        let alone = |(name, definition): &(crate::symbol::Symbol, Definition)| {
            let mut set = AttrsBuilder::new();
            set.add(*name, definition.key, wrapped(definition));
            let value = Value::attrs(set.build(), definition.key);
            Settled { value, key: definition.key, rank: Rank::default() }
        };
        let definitions = content.unknown.iter().map(alone).collect();
        let winners = Winners::equals(definitions);
        let site = Site::at(group.path.clone(), Span::NONE);
        match self.merge_winners(ty, winners, &site)?.kind {
            Kind::Attrs(attrs) => Ok(attrs.iter().filter(|attr| group.find(attr.name).is_none()).cloned().collect()),
            _ => Ok(Vec::new()),
        }
    }
}

/// The value of a definition with the wrappers that have been taken off on the way to it.
fn wrapped(definition: &Definition) -> Thunk {
    let words = words();
    let key = definition.key;
    let property = |mark: &str, entries: Vec<(crate::symbol::Symbol, Thunk)>| {
        let mut set = AttrsBuilder::new();
        set.add(words.mark, key, Value::string(mark, key));
        for (name, value) in entries {
            set.add(name, key, value);
        }
        Thunk::from(Value::attrs(set.build(), key))
    };
    let number = |number: i64| Thunk::from(Value::int(number, key));
    let mut value = definition.value.clone();
    if let Some(order) = definition.rank.order.get() {
        value = property("order", vec![(words.priority, number(order)), (words.content, value)]);
    }
    if let Some(priority) = definition.rank.priority.get() {
        value = property("override", vec![(words.priority, number(priority)), (words.content, value)]);
    }
    if let Some(strength) = definition.rank.layered.get() {
        value = property("layered", vec![(words.priority, number(strength)), (words.content, value)]);
    }
    let mut condition: Option<&Rc<Condition>> = definition.condition.as_ref();
    while let Some(Condition { holds, outer }) = condition.map(|condition| &**condition) {
        value = property("if", vec![(words.condition, holds.clone()), (words.content, value)]);
        condition = outer.as_ref();
    }
    value
}
