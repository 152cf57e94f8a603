//! Finding everything that is wrong with a configuration, not only the first thing.
//!
//! Merging reports some findings as it goes (unknown and missing fields, so that the rest of a record
//! stays usable); the others are failures of single values. Here every declared option is computed, as
//! deep as its type says that there is data, and each failure is reported once.

use std::rc::Rc;

use super::tree::{Group, Leaf, Node};
use super::words::words;
use crate::diag::{Code, Diagnostic};
use crate::eval::error;
use crate::source::Span;
use crate::types::{ModuleType, Type, TypeRef};
use crate::value::{Evaluator, Kind, Thunk, Value};

/// Untyped values are followed to this depth: a set may well contain itself.
const UNTYPED_DEPTH: u32 = 100;

impl Evaluator {
    /// Computes all options of a group, and reports what is wrong.
    pub(super) fn check_group(&mut self, group: &Rc<Group>) {
        for at in group.sorted() {
            if group.children[at].name == words().module {
                continue;
            }
            match self.node_at(group, at) {
                Ok(Node::Group(inner)) => self.check_group(&inner),
                Ok(Node::Leaf(leaf)) => self.check_leaf(&leaf),
                Err(failure) => self.report(&failure),
            }
        }
    }

    fn check_leaf(&mut self, leaf: &Leaf) {
        let hidden = leaf.switch(self, words().internal, false) || !leaf.switch(self, words().visible, true);
        let ty = match leaf.ty(self) {
            Ok(ty) => ty,
            Err(failure) => return self.report(&failure),
        };
        // Nobody misses what is hidden: renamed and removed options are, and computing them may fail.
        if hidden && leaf.definitions(self).is_ok_and(|definitions| definitions.is_empty()) {
            return;
        }
        self.check_value(&leaf.merged, &ty, leaf.site.declared);
        // What `apply` makes of it has no type any more.
        if !hidden
            && leaf.says(words().apply).is_some()
            && let Err(failure) = self.force(&leaf.value)
        {
            self.report(&failure);
        }
    }

    /// Computes a value as deep as its type says that there is data.
    fn check_value(&mut self, thunk: &Thunk, ty: &TypeRef, span: Span) {
        // Most values are scalars that have been computed, and cannot fail any more.
        if let Thunk::Done(Value { kind, .. }) = thunk
            && !matches!(kind, Kind::Attrs(_) | Kind::List(_))
        {
            return;
        }
        let value = match self.force_at(thunk, span) {
            Ok(value) => value,
            Err(failure) => return self.report(&failure),
        };
        let Ok(ty) = self.resolve(ty) else { return };
        let inside = self.deeper(span, |machine| {
            machine.check_inside(&value, &ty);
            Ok(())
        });
        if let Err(failure) = inside {
            self.report(&failure);
        }
    }

    fn check_inside(&mut self, value: &Value, ty: &TypeRef) {
        match (ty.peeled(), &value.kind) {
            (Type::Record(record), Kind::Attrs(attrs)) => {
                for attr in attrs.sorted() {
                    match record.fields.get(&attr.name) {
                        Some(field) => self.check_value(&attr.value, &field.ty, attr.span),
                        None => self.check_untyped(&attr.value, attr.span, UNTYPED_DEPTH),
                    }
                }
            }
            (Type::Map(item) | Type::Module(ModuleType::LazyMap(item)), Kind::Attrs(attrs)) => {
                attrs.sorted().into_iter().for_each(|attr| self.check_value(&attr.value, item, attr.span));
            }
            (Type::List(item), Kind::List(items)) => {
                items.iter().for_each(|thunk| self.check_value(thunk, item, value.origin));
            }
            (Type::Module(ModuleType::Checked(inner, _) | ModuleType::Unique(inner, _)), _) => {
                self.check_inside(value, inner);
            }
            (Type::Module(ModuleType::Coerced(_, _, to)), _) => self.check_inside(value, to),
            (Type::Module(ModuleType::Raw | ModuleType::Unspecified | ModuleType::DeferredModule), _) => {}
            (Type::Module(ModuleType::Custom(_) | ModuleType::OptionType), _) => {}
            _ => self.check_parts(value, UNTYPED_DEPTH),
        }
    }

    fn check_untyped(&mut self, thunk: &Thunk, span: Span, depth: u32) {
        match self.force_at(thunk, span) {
            Ok(value) => self.check_parts(&value, depth),
            Err(failure) => self.report(&failure),
        }
    }

    fn check_parts(&mut self, value: &Value, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match &value.kind {
            Kind::Attrs(attrs) => {
                attrs.sorted().into_iter().for_each(|attr| self.check_untyped(&attr.value, attr.span, depth));
            }
            Kind::List(items) => items.iter().for_each(|item| self.check_untyped(item, value.origin, depth)),
            _ => {}
        }
    }

    /// Reports the assertions of a list `[ { assertion; message; } ]` that do not hold.
    pub fn check_assertions(&mut self, assertions: &Thunk) {
        for item in self.items_or_report(assertions) {
            let Some(set) = self.attrs_or_report(&item) else { continue };
            let (Some(holds), Some(message)) = (set.named("assertion"), set.named("message")) else {
                let message = "an assertion needs `assertion` and `message`";
                let origin = item.peek().map_or(Span::NONE, |value| value.origin);
                let failure = error(Code::MissingAttribute, origin, message);
                let hint = "write `{ assertion = …; message = \"…\"; }`";
                self.report(&failure.described(|finding| finding.hint(hint)));
                continue;
            };
            match self.force_at(&holds.value, holds.span) {
                Ok(Value { kind: Kind::Bool(true), .. }) => {}
                Ok(_) => {
                    let place = holds.span;
                    match self.force_at(&message.value, message.span) {
                        Ok(Value { kind: Kind::Str(text), .. }) => {
                            self.report(&error(Code::AssertionFailed, place, text.as_str()));
                        }
                        Ok(other) => {
                            let failure = self.wrong_kind(&other, "a string", "`message`", message.span);
                            self.report(&failure);
                        }
                        Err(failure) => self.report(&failure),
                    }
                }
                Err(failure) => self.report(&failure),
            }
        }
    }

    /// Reports the warnings of a list of strings.
    pub fn check_warnings(&mut self, warnings: &Thunk) {
        for item in self.items_or_report(warnings) {
            match self.force(&item) {
                Ok(Value { kind: Kind::Str(text), origin }) => {
                    self.findings.push(Diagnostic::new(Code::ModuleWarning, origin, text.as_str()));
                }
                Ok(other) => {
                    let failure = self.wrong_kind(&other, "a string", "a warning", other.origin);
                    self.report(&failure);
                }
                Err(failure) => self.report(&failure),
            }
        }
    }

    fn items_or_report(&mut self, list: &Thunk) -> Vec<Thunk> {
        match self.force(list) {
            Ok(Value { kind: Kind::List(items), .. }) => items.to_vec(),
            Ok(_) => Vec::new(),
            Err(failure) => {
                self.report(&failure);
                Vec::new()
            }
        }
    }

    fn attrs_or_report(&mut self, thunk: &Thunk) -> Option<crate::value::Attrs> {
        match self.force(thunk) {
            Ok(Value { kind: Kind::Attrs(attrs), .. }) => Some(attrs),
            Ok(_) => None,
            Err(failure) => {
                self.report(&failure);
                None
            }
        }
    }
}
