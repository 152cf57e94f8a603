//! Finding everything that is wrong with a configuration, not only the first thing.
//!
//! Merging reports some findings as it goes (unknown and missing fields, so that the rest of a record
//! stays usable); the others are failures of single values. Here every declared option is computed, as
//! deep as its type says that there is data, and each failure is reported once.
//!
//! A value may have no end: a set that holds itself is fine as long as nobody writes it out, and a
//! submodule may have itself as its default. Depth is bounded, and who reaches the bound leaves the
//! option at once, because a set that holds itself twice has a side path at every level.

use std::ops::ControlFlow;
use std::rc::Rc;

use super::submodule::Submodule;
use super::tree::{Group, Leaf, Node};
use super::words::words;
use crate::diag::Code;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ModuleType, Type, TypeRef};
use crate::value::{Attr, Attrs, Error, Evaluator, Kind, List, State, Thunk, Value};

/// Untyped values are followed to this depth.
const UNTYPED_DEPTH: u32 = 100;

/// Whether to go on with this option.
type Flow = ControlFlow<()>;

impl Evaluator {
    /// Computes the options of a group apart from `later`, and reports what is wrong.
    pub(super) fn check_group(&mut self, group: &Rc<Group>, later: &[Symbol]) {
        for at in group.sorted() {
            let name = group.children[at].name;
            if name == words().module || later.contains(&name) {
                continue;
            }
            match self.node_at(group, at) {
                Ok(Node::Group(inner)) => self.check_group(&inner, &[]),
                Ok(Node::Leaf(leaf)) => drop(self.check_leaf(&leaf)),
                Err(failure) => self.report(&failure),
            }
        }
    }

    fn check_leaf(&mut self, leaf: &Leaf) -> Flow {
        // What is defined for an alias is checked where it is passed on to.
        if leaf.says(words().alias_of).is_some() {
            return Flow::Continue(());
        }
        let hidden = self.is_hidden(leaf);
        let ty = match leaf.ty(self) {
            Ok(ty) => ty,
            Err(failure) => return self.told(&failure),
        };
        // Nobody misses what is hidden: renamed and removed options are, and computing them may fail.
        if hidden && self.is_undefined(leaf) {
            return Flow::Continue(());
        }
        self.check_value(&leaf.merged, &ty, leaf.site.declared)?;
        // What `apply` makes of it has no type any more.
        match self.force(&leaf.value) {
            Err(failure) if !hidden && leaf.says(words().apply).is_some() => self.told(&failure),
            _ => Flow::Continue(()),
        }
    }

    fn is_hidden(&mut self, leaf: &Leaf) -> bool {
        leaf.switch(self, words().internal, false) || !leaf.switch(self, words().visible, true)
    }

    fn is_undefined(&mut self, leaf: &Leaf) -> bool {
        if leaf.merged.peek().is_some() {
            return false;
        }
        let winners = leaf.definitions(self).and_then(|definitions| self.settle(&definitions));
        winners.is_ok_and(|winners| winners.definitions.is_empty())
    }

    /// Reports a failure. One that says that there is no end ends the option.
    fn told(&mut self, failure: &Error) -> Flow {
        let endless = failure.diagnostic().is_some_and(|finding| finding.code == Code::TooDeep);
        self.report(failure);
        if endless { Flow::Break(()) } else { Flow::Continue(()) }
    }

    /// Computes a value as deep as its type says that there is data.
    fn check_value(&mut self, thunk: &Thunk, ty: &TypeRef, span: Span) -> Flow {
        if is_sound(thunk) {
            return Flow::Continue(());
        }
        let value = match self.force_at(thunk, span) {
            Ok(value) => value,
            Err(failure) => return self.told(&failure),
        };
        let Ok(ty) = self.resolve(ty) else { return Flow::Continue(()) };
        match self.deeper(span, |machine| Ok(machine.check_inside(&value, &ty))) {
            Ok(flow) => flow,
            Err(failure) => self.told(&failure),
        }
    }

    fn check_inside(&mut self, value: &Value, ty: &TypeRef) -> Flow {
        match (ty.peeled(), &value.kind) {
            (Type::Record(record), Kind::Attrs(attrs)) => {
                self.check_attrs(attrs, |machine, attr| match record.fields.get(&attr.name) {
                    Some(field) => machine.check_value(&attr.value, &field.ty, attr.span),
                    None => machine.check_untyped(&attr.value, attr.span, UNTYPED_DEPTH),
                })
            }
            (Type::Map(item) | Type::Module(ModuleType::LazyMap(item)), Kind::Attrs(attrs)) => {
                self.check_attrs(attrs, |machine, attr| machine.check_value(&attr.value, item, attr.span))
            }
            (Type::List(item), Kind::List(items)) => {
                self.check_items(items, |machine, thunk| machine.check_value(thunk, item, value.origin))
            }
            (Type::Module(ModuleType::Submodule(opaque)), Kind::Attrs(attrs)) => {
                self.check_submodule(attrs, &Submodule::of(opaque))
            }
            (Type::Module(ModuleType::Checked(inner, _) | ModuleType::Unique(inner, _)), _) => {
                self.check_inside(value, inner)
            }
            (Type::Module(ModuleType::Coerced(_, _, to)), _) => self.check_inside(value, to),
            (Type::Module(ModuleType::Custom(custom)), _) => match &custom.base {
                Some(base) if custom.merge.is_none() => self.check_inside(value, base),
                _ => Flow::Continue(()),
            },
            (Type::Module(ModuleType::Raw | ModuleType::Unspecified | ModuleType::DeferredModule(_)), _) => {
                Flow::Continue(())
            }
            (Type::Module(ModuleType::OptionType), _) => Flow::Continue(()),
            (Type::Union(members), _) => match self.member_of(value, members) {
                Some(member) => self.check_inside(value, &member),
                None => self.check_parts(value, UNTYPED_DEPTH),
            },
            _ => self.check_parts(value, UNTYPED_DEPTH),
        }
    }

    /// The member of a union that a value belongs to, where its type says more than its shape does.
    fn member_of(&mut self, value: &Value, members: &[TypeRef]) -> Option<TypeRef> {
        let flat = self.flattened(members).ok()?;
        flat.into_iter().find(|member| self.fits(value, member).unwrap_or(false))
    }

    /// The value of a submodule, option by option, as far as these can be told without its definitions.
    fn check_submodule(&mut self, attrs: &Attrs, submodule: &Submodule) -> Flow {
        // What is wrong with the modules has been told where the value was made.
        let told = self.findings.len();
        let options = self.bare_options(submodule);
        self.findings.truncate(told);
        match options {
            Ok(options) => self.check_options(attrs, &options),
            Err(_) => {
                self.check_attrs(attrs, |machine, attr| machine.check_untyped(&attr.value, attr.span, UNTYPED_DEPTH))
            }
        }
    }

    fn check_options(&mut self, attrs: &Attrs, options: &Rc<Group>) -> Flow {
        self.check_attrs(attrs, |machine, attr| {
            let told = machine.findings.len();
            let node = options.find(attr.name).and_then(|at| machine.node_at(options, at).ok());
            let leaf = match node {
                Some(Node::Group(inner)) => match machine.force_at(&attr.value, attr.span) {
                    Ok(Value { kind: Kind::Attrs(attrs), .. }) => return machine.check_options(&attrs, &inner),
                    Ok(_) => return Flow::Continue(()),
                    Err(failure) => return machine.told(&failure),
                },
                Some(Node::Leaf(leaf)) => leaf,
                None => return machine.check_untyped(&attr.value, attr.span, UNTYPED_DEPTH),
            };
            let ty = leaf.ty(machine).ok().filter(|_| leaf.says(words().apply).is_none());
            let hidden = machine.is_hidden(&leaf);
            machine.findings.truncate(told);
            if hidden && machine.is_missing(attr) {
                return Flow::Continue(());
            }
            match ty {
                Some(ty) => machine.check_value(&attr.value, &ty, attr.span),
                None => machine.check_untyped(&attr.value, attr.span, UNTYPED_DEPTH),
            }
        })
    }

    /// Whether a hidden option has no value, as one that was removed or that nobody defines.
    fn is_missing(&mut self, attr: &Attr) -> bool {
        let Err(failure) = self.force_at(&attr.value, attr.span) else { return false };
        failure.diagnostic().is_some_and(|finding| matches!(finding.code, Code::MissingDefinition | Code::Thrown))
    }

    fn check_untyped(&mut self, thunk: &Thunk, span: Span, depth: u32) -> Flow {
        match self.force_at(thunk, span) {
            Ok(value) => self.check_parts(&value, depth),
            Err(failure) => self.told(&failure),
        }
    }

    fn check_parts(&mut self, value: &Value, depth: u32) -> Flow {
        if depth == 0 {
            return Flow::Break(());
        }
        match &value.kind {
            Kind::Attrs(attrs) => {
                self.check_attrs(attrs, |machine, attr| machine.check_untyped(&attr.value, attr.span, depth - 1))
            }
            Kind::List(items) => {
                self.check_items(items, |machine, item| machine.check_untyped(item, value.origin, depth - 1))
            }
            _ => Flow::Continue(()),
        }
    }

    /// By name, so that findings are in order. Most entries cannot fail, and need no order.
    fn check_attrs(&mut self, attrs: &Attrs, mut check: impl FnMut(&mut Evaluator, &Attr) -> Flow) -> Flow {
        let mut entries: Vec<&Attr> = attrs.iter().filter(|attr| !is_sound(&attr.value)).collect();
        entries.sort_by_cached_key(|attr| attr.name.as_str());
        entries.into_iter().try_for_each(|attr| check(self, attr))
    }

    fn check_items(&mut self, items: &List, mut check: impl FnMut(&mut Evaluator, &Thunk) -> Flow) -> Flow {
        items.iter().try_for_each(|item| check(self, item))
    }
}

/// Whether it has been computed and cannot fail any more: a scalar, or nothing at all. Most values are.
fn is_sound(thunk: &Thunk) -> bool {
    let has_no_parts = |value: &Value| match &value.kind {
        Kind::Attrs(attrs) => attrs.is_empty(),
        Kind::List(items) => items.is_empty(),
        _ => true,
    };
    match thunk {
        Thunk::Done(value) => has_no_parts(value),
        Thunk::Lazy(lazy) => matches!(&*lazy.0.borrow(), State::Done(value) if has_no_parts(value)),
    }
}
