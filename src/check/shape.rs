//! What a type is below its names: one level at a time, so that large and recursive types cost nothing unasked.

use std::rc::Rc;

use super::Checker;
use super::ty::{Extent, Field, Presence, Row, Sort, Ty, TyRef, known, map_of};
use crate::source::Span;
use crate::types::{self, ModuleType, Record, Type, TypeRef};

impl Checker<'_> {
    /// The type behind links alone; its name stays.
    pub(super) fn linked(&self, ty: &TyRef) -> TyRef {
        let mut ty = ty;
        while let Ty::Var(id) = &**ty
            && let Some(link) = self.store.link(*id)
        {
            ty = link;
        }
        ty.clone()
    }

    /// The outermost form of a type: never a name, a link, or something put off.
    pub(super) fn shape(&mut self, ty: &TyRef) -> TyRef {
        let mut ty = ty.clone();
        // A type that is nothing but its own name would be peeled for ever.
        for _ in 0..MAX_NAMES {
            ty = match &*ty {
                Ty::Var(id) => match self.store.link(*id) {
                    Some(link) => link.clone(),
                    None => return ty,
                },
                Ty::Declared(_, inner, _) => inner.clone(),
                Ty::Lazy(lazy) => self.unlazy(lazy),
                Ty::Known(inner) => match self.known_shape(inner) {
                    Some(shape) => shape,
                    None => return ty,
                },
                Ty::Part(inner) => match self.part_shape(inner) {
                    Some(shape) => shape,
                    None => return ty,
                },
                _ => return ty,
            };
        }
        Ty::any()
    }

    /// One level of a type of the floor below; `None`: it has no levels.
    fn known_shape(&mut self, ty: &TypeRef) -> Option<TyRef> {
        let own = |ty: &TypeRef| Rc::new(Ty::Known(ty.clone()));
        Some(match &**ty {
            Type::List(item) => Rc::new(Ty::List(own(item))),
            Type::Map(item) | Type::Module(ModuleType::LazyMap(item)) => map_of(own(item)),
            Type::Record(record) => self.row_of_record(record),
            Type::Function(from, to) => Ty::function(own(from), own(to)),
            Type::Union(members) => Ty::union(members.iter().map(own).collect(), Sort::Declared),
            Type::Declared(_, inner) => own(inner),
            Type::Deferred(deferred) => deferred.known().map_or_else(Ty::any, own),
            Type::Module(module) => return self.module_shape(module),
            _ => return None,
        })
    }

    /// What an option type takes, as far as a value can tell.
    fn module_shape(&mut self, ty: &ModuleType) -> Option<TyRef> {
        let own = |ty: &TypeRef| Rc::new(Ty::Known(ty.clone()));
        Some(match ty {
            ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _) => own(inner),
            ModuleType::Coerced(from, _, to) => Ty::union(vec![own(from), own(to)], Sort::Declared),
            ModuleType::Joined(_) => known(Type::string()),
            ModuleType::Attrs => map_of(Ty::any()),
            ModuleType::OptionType => Rc::new(Ty::Type(Ty::any())),
            ModuleType::DeferredModule(_) => return None,
            _ => Ty::any(),
        })
    }

    fn row_of_record(&mut self, record: &Rc<Record>) -> TyRef {
        let key = Rc::as_ptr(record);
        if let Some((_, row)) = self.records.get(&key) {
            return row.clone();
        }
        let fields = record.fields.iter().map(|(name, field)| {
            let presence = match (&field.default, field.optional) {
                (Some(_), _) => Presence::Default,
                (None, true) => Presence::Optional,
                (None, false) => Presence::Required,
            };
            (*name, Field { ty: Rc::new(Ty::Known(field.ty.clone())), presence, span: field.span, value: Span::NONE })
        });
        let rest = record.open.then(Ty::any);
        let row = Row { fields: fields.collect(), rest, origin: record.origin.clone(), ..Row::default() };
        let row: TyRef = Rc::new(Ty::Row(Rc::new(row)));
        self.records.insert(key, (record.clone(), row.clone()));
        row
    }

    /// One level of a type with nothing required; `None`: it is not known yet.
    fn part_shape(&mut self, inner: &TyRef) -> Option<TyRef> {
        let inner = match &*self.linked(inner) {
            Ty::Known(ty) => return Some(Rc::new(Ty::Known(types::part(ty)))),
            _ => self.shape(inner),
        };
        let part = |ty: &TyRef| Rc::new(Ty::Part(ty.clone()));
        Some(match &*inner {
            Ty::Var(_) => return None,
            Ty::List(item) => Rc::new(Ty::List(part(item))),
            Ty::Row(row) => row.part.get_or_init(|| with_fields((&inner, row), false, part)).clone(),
            Ty::Union(members, sort) => Ty::union(members.iter().map(part).collect(), *sort),
            _ => inner,
        })
    }

    /// One level of what definitions of a type may be; a variable stays what it is.
    pub(super) fn defined(&mut self, ty: &TyRef, extent: Extent) -> TyRef {
        let shape = self.shape(ty);
        let define = |ty: &TyRef| Rc::new(Ty::Definition(ty.clone(), extent));
        match &*shape {
            Ty::List(item) => {
                let extent = if extent == Extent::Patch { Extent::Patch } else { Extent::Whole };
                Rc::new(Ty::List(Rc::new(Ty::Definition(item.clone(), extent))))
            }
            Ty::Row(row) => {
                let make = || with_fields((&shape, row), extent == Extent::Whole, define);
                row.defined[extent as usize].get_or_init(make).clone()
            }
            Ty::Union(members, sort) => {
                let members: Vec<TyRef> = members.clone();
                Ty::union(members.iter().map(|member| self.defined(member, extent)).collect(), *sort)
            }
            Ty::Definition(inner, extent) => self.defined(inner, *extent),
            _ => shape,
        }
    }
}

/// The row with `inside` around the type of every field; of those that are required nothing is, unless all are to be `whole`.
fn with_fields((own, row): (&TyRef, &Row), whole: bool, inside: impl Fn(&TyRef) -> TyRef) -> TyRef {
    let field = |field: &Field| {
        let presence = match field.presence {
            Presence::Required if !whole => Presence::Optional,
            presence => presence,
        };
        Field { ty: inside(&field.ty), presence, ..field.clone() }
    };
    super::ty::row(Row {
        fields: row.fields.iter().map(|(name, own)| (*name, field(own))).collect(),
        rest: row.rest.as_ref().map(&inside),
        origin: row.origin.clone(),
        name: row.name,
        is_options: row.is_options,
        shown: Some(row.shown.clone().unwrap_or_else(|| own.clone())),
        made: row.made,
        ..Row::default()
    })
}

/// Names around names, at most.
const MAX_NAMES: usize = 200;
