//! `Part T`: a type with nothing required and nothing filled in, for patches of values of type `T`.

use std::rc::Rc;

use super::deferred::{Deferred, Pending};
use super::{Field, ModuleType, Record, Type, TypeRef};
use crate::symbol::Symbol;

/// `Part T`. Records lose what they require and what they fill in, however deep in lists, maps and unions.
pub fn part(ty: &TypeRef) -> TypeRef {
    if has_no_fields(ty) {
        return ty.clone();
    }
    Rc::new(match &**ty {
        Type::Deferred(deferred) => match deferred.known() {
            Some(known) => return part(known),
            None => return part_later(ty),
        },
        Type::Declared(name, inner) => Type::Declared(named(*name), part(inner)),
        Type::Record(record) => Type::Record(part_of_record(record)),
        Type::List(item) => Type::List(part_later(item)),
        Type::Map(item) => Type::Map(part_later(item)),
        Type::Module(ModuleType::LazyMap(item)) => Type::Module(ModuleType::LazyMap(part_later(item))),
        Type::Union(members) => Type::Union(members.iter().map(part_later).collect()),
        _ => return ty.clone(),
    })
}

/// `Part T`, where it has a name made when it is looked at: what mentions itself has parts without end.
fn part_later(ty: &TypeRef) -> TypeRef {
    let name = match &**ty {
        Type::Deferred(deferred) => deferred.name,
        Type::Declared(name, inner) if !has_no_fields(inner) => *name,
        _ => return part(ty),
    };
    Rc::new(Type::Deferred(Rc::new(Deferred::new(named(name), Pending::Derived(ty.clone(), part)))))
}

/// The same record for the same record, so that a type that mentions itself has a part that does.
fn part_of_record(record: &Record) -> Rc<Record> {
    let make = || {
        let field = |field: &Field| Field { ty: part_later(&field.ty), optional: true, default: None, ..field.clone() };
        let fields = record.fields.iter().map(|(name, of)| (*name, field(of))).collect();
        Rc::new(Record { fields, open: record.open, origin: record.origin.clone(), ..Record::default() })
    };
    record.part.get_or_init(make).clone()
}

fn named(name: Symbol) -> Symbol {
    Symbol::new(&format!("Part {name}"))
}

/// Whether it is plain that the type has no records in it.
fn has_no_fields(ty: &Type) -> bool {
    match ty {
        Type::Deferred(_) | Type::Record(_) | Type::Module(_) => false,
        Type::Declared(_, inner) | Type::List(inner) | Type::Map(inner) => has_no_fields(inner),
        Type::Union(members) => members.iter().all(|member| has_no_fields(member)),
        _ => true,
    }
}
