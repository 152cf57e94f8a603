//! Looking into the types of a configuration by path.

use std::rc::Rc;

use super::submodule::Submodule;
use super::tree::{Group, Node};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ModuleType, Type, TypeRef};
use crate::value::Evaluator;

impl Evaluator {
    /// The type of what is at `path` in a group.
    pub(super) fn type_in_group(&mut self, group: &Rc<Group>, path: &[Symbol]) -> Option<TypeRef> {
        let (first, rest) = path.split_first()?;
        let Some(at) = group.find(*first) else {
            let freeform = self.freeform_of(group).ok()??;
            return self.type_inside(&freeform, path);
        };
        match self.node_at(group, at).ok()? {
            Node::Leaf(leaf) => {
                let ty = leaf.ty(self).ok()?;
                self.type_inside(&ty, rest)
            }
            Node::Group(_) if rest.is_empty() => None,
            Node::Group(inner) => self.type_in_group(&inner, rest),
        }
    }

    /// The type of what is at `path` in a value of type `ty`.
    pub(super) fn type_inside(&mut self, ty: &TypeRef, path: &[Symbol]) -> Option<TypeRef> {
        let ty = self.resolve(ty).ok()?;
        let Some((first, rest)) = path.split_first() else { return Some(ty) };
        match ty.peeled() {
            Type::Map(item) | Type::Module(ModuleType::LazyMap(item)) => self.type_inside(item, rest),
            Type::Record(record) => match record.fields.get(first) {
                Some(field) => self.type_inside(&field.ty, rest),
                None => record.open.then(|| Rc::new(Type::Any)),
            },
            Type::Union(members) => members
                .iter()
                .find_map(|member| self.deeper(Span::NONE, |machine| Ok(machine.type_inside(member, path))).ok()?),
            Type::Any
            | Type::Object
            | Type::Module(ModuleType::Anything | ModuleType::Attrs | ModuleType::Unspecified | ModuleType::Raw) => {
                Some(Rc::new(Type::Any))
            }
            Type::Module(ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _)) => self.type_inside(inner, path),
            Type::Module(ModuleType::Coerced(_, _, to)) => self.type_inside(to, path),
            Type::Module(ModuleType::Custom(custom)) => self.type_inside(custom.base.as_ref()?, path),
            Type::Module(ModuleType::Submodule(opaque)) => {
                let group = self.bare_options(&Submodule::of(opaque)).ok()?;
                self.type_in_group(&group, path)
            }
            _ => None,
        }
    }
}
