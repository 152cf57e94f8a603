//! The values that a configuration is put together from: what a definition can only give as a whole.

use std::rc::Rc;

use crate::modules::Configuration;
use crate::modules::submodule::Submodule;
use crate::modules::tree::{Group, Node};
use crate::modules::words::words;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ModuleType, Type, TypeRef};
use crate::value::{Attr, Evaluator, Kind, Result, Value};

/// A scalar, a list, or a set that does not merge inside.
pub struct Unit {
    /// The way there.
    pub path: Vec<Symbol>,
    /// The value.
    pub value: Value,
}

impl Configuration {
    /// The units of all options but `except`, by path. What fails, what is no data, and `null` are left out.
    pub fn units(&self, machine: &mut Evaluator, except: Symbol) -> Vec<Unit> {
        let mut units = Vec::new();
        let root = &self.instance.root;
        let group = machine.group_config(root).map(|config| config.kind);
        if let Ok(Kind::Attrs(config)) = group {
            let outer = config.filtered(|attr| attr.name != except && attr.name != words().module);
            let config = Value::attrs(outer, Span::NONE);
            machine.units_in_group(root, config, &mut Vec::new(), &mut units);
        }
        units
    }
}

impl Evaluator {
    fn units_in_group(&mut self, group: &Rc<Group>, config: Value, path: &mut Vec<Symbol>, out: &mut Vec<Unit>) {
        let Kind::Attrs(entries) = &config.kind else { return };
        let freeform = self.freeform_of(group).unwrap_or_default();
        for attr in entries.sorted() {
            let at = group.find(attr.name);
            let ty = match at.map(|at| self.node_at(group, at)) {
                Some(Ok(Node::Group(inner))) => {
                    if let Ok(value) = self.force(&attr.value) {
                        path.push(attr.name);
                        self.units_in_group(&inner, value, path, out);
                        path.pop();
                    }
                    continue;
                }
                // What the layers tell each other is nowhere that a person would look.
                Some(Ok(Node::Leaf(leaf))) if leaf.switch(self, words().internal, false) => continue,
                Some(Ok(Node::Leaf(leaf))) => leaf.ty(self).ok(),
                Some(Err(_)) => None,
                None => freeform.as_ref().and_then(|ty| self.type_inside(ty, &[attr.name])),
            };
            if let Some(ty) = ty {
                self.units_at(&ty, attr, path, out);
            }
        }
    }

    fn units_at(&mut self, ty: &TypeRef, attr: &Attr, path: &mut Vec<Symbol>, out: &mut Vec<Unit>) {
        path.push(attr.name);
        // What fails has been reported where it is needed.
        let _ = self.deeper(attr.span, |machine| {
            let value = machine.force(&attr.value)?;
            machine.units_in(ty, value, path, out)
        });
        path.pop();
    }

    fn units_in(&mut self, ty: &TypeRef, value: Value, path: &mut Vec<Symbol>, out: &mut Vec<Unit>) -> Result<()> {
        let entries = match &value.kind {
            Kind::Attrs(entries) => entries.clone(),
            Kind::Null | Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_) | Kind::Type(_) => return Ok(()),
            _ => {
                out.push(Unit { path: path.clone(), value });
                return Ok(());
            }
        };
        let any = Rc::new(Type::Any);
        let ty = self.resolve(ty)?;
        match ty.peeled() {
            Type::Module(ModuleType::Submodule(opaque)) => {
                let group = self.bare_options(&Submodule::of(opaque))?;
                self.units_in_group(&group, value, path, out);
            }
            Type::Union(members) => {
                let members = self.flattened(members)?;
                let mut sets = members.iter().filter(|member| is_set(member));
                match (sets.next(), sets.next()) {
                    (Some(only), None) => self.units_in(only, value, path, out)?,
                    _ => out.push(Unit { path: path.clone(), value }),
                }
            }
            inner => {
                for attr in entries.sorted() {
                    let Some(ty) = part_of(inner, attr.name, &any) else {
                        out.push(Unit { path: path.clone(), value });
                        return Ok(());
                    };
                    self.units_at(ty, attr, path, out);
                }
            }
        }
        Ok(())
    }
}

/// The type of an attribute, where attributes merge each by itself; `any` where none is known.
fn part_of<'t>(ty: &'t Type, name: Symbol, any: &'t TypeRef) -> Option<&'t TypeRef> {
    match ty {
        Type::Map(item) | Type::Module(ModuleType::LazyMap(item)) => Some(item),
        Type::Record(record) => Some(record.fields.get(&name).map_or(any, |field| &field.ty)),
        Type::Any | Type::Object | Type::Module(ModuleType::Anything) => Some(any),
        _ => None,
    }
}

/// Whether values of the type are sets that merge inside.
fn is_set(ty: &Type) -> bool {
    match ty.peeled() {
        Type::Map(_) | Type::Record(_) | Type::Any | Type::Object => true,
        Type::Module(module) => {
            matches!(module, ModuleType::Submodule(_) | ModuleType::LazyMap(_) | ModuleType::Anything)
        }
        _ => false,
    }
}
