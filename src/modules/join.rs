//! One type out of two: what an option has that is declared twice.
//!
//! A definition must suit every declaration, so the joined type is what both agree to: of two ranges
//! their intersection, of maps and lists the same around the joined items. Where a type is a list of
//! possibilities that modules add to, these are put together: the values of `enum`, the options of
//! submodules, the fields of records. Types that have nothing in common do not join.

use std::rc::Rc;

use super::submodule::Submodule;
use super::types::DeferredModules;
use crate::eval::{field_default, scalar_of};
use crate::source::Span;
use crate::types::{Bounds, Custom, Field, ModuleType, Record, Type, TypeRef};
use crate::value::{Evaluator, Result, Thunk};

/// The pairs of types that are being joined: a type that holds itself joins with itself.
type Pairs = Vec<(TypeRef, TypeRef)>;

impl Evaluator {
    /// The type that agrees with both, if there is one.
    pub(super) fn joined_type(&mut self, a: &TypeRef, b: &TypeRef) -> Result<Option<TypeRef>> {
        self.join(a, b, &mut Vec::new())
    }

    fn join(&mut self, a: &TypeRef, b: &TypeRef, pairs: &mut Pairs) -> Result<Option<TypeRef>> {
        let (a, b) = (self.resolve(a)?, self.resolve(b)?);
        let met = |(x, y): &(TypeRef, TypeRef)| Rc::ptr_eq(x, &a) && Rc::ptr_eq(y, &b);
        if Rc::ptr_eq(&a, &b) || pairs.iter().any(met) {
            return Ok(Some(a));
        }
        pairs.push((a.clone(), b.clone()));
        let joined = self.deeper(Span::NONE, |machine| machine.join_forms(&a, &b, pairs));
        pairs.pop();
        joined
    }

    fn join_forms(&mut self, a: &TypeRef, b: &TypeRef, pairs: &mut Pairs) -> Result<Option<TypeRef>> {
        let around = |inner: Option<TypeRef>, make: &dyn Fn(TypeRef) -> Type| inner.map(|inner| make(inner).into());
        Ok(match (&**a, &**b) {
            (Type::Declared(name, x), Type::Declared(other, y)) if name == other => {
                around(self.join(x, y, pairs)?, &|inner| Type::Declared(*name, inner))
            }
            (Type::Declared(_, x), _) => return self.join(x, b, pairs),
            (_, Type::Declared(_, y)) => return self.join(a, y, pairs),
            // What is checked on one side is checked in the whole.
            (Type::Module(ModuleType::Checked(x, test)), _) => {
                around(self.join(x, b, pairs)?, &|inner| ModuleType::Checked(inner, test.clone()).into())
            }
            (_, Type::Module(ModuleType::Checked(y, test))) => {
                around(self.join(a, y, pairs)?, &|inner| ModuleType::Checked(inner, test.clone()).into())
            }
            (Type::List(x), Type::List(y)) => around(self.join(x, y, pairs)?, &Type::List),
            (Type::Map(x), Type::Map(y)) => around(self.join(x, y, pairs)?, &Type::Map),
            (Type::Function(from, x), Type::Function(other, y)) => {
                match (self.join(from, other, pairs)?, self.join(x, y, pairs)?) {
                    (Some(from), Some(to)) => Some(Type::Function(from, to).into()),
                    _ => None,
                }
            }
            (Type::Record(x), Type::Record(y)) => self.join_records(x, y, pairs)?,
            (Type::Record(record), Type::Module(ModuleType::Submodule(opaque))) => {
                let submodule = Submodule::of(opaque);
                with_record(record, &submodule, |from_record| join_submodules(from_record, &submodule))
            }
            (Type::Module(ModuleType::Submodule(opaque)), Type::Record(record)) => {
                let submodule = Submodule::of(opaque);
                with_record(record, &submodule, |from_record| join_submodules(&submodule, from_record))
            }
            (Type::Union(_) | Type::Literal(_), Type::Union(_) | Type::Literal(_)) => self.join_unions(a, b, pairs)?,
            (Type::Module(x), Type::Module(y)) => self.join_modules(x, y, pairs)?,
            (x, y) => join_plain(x, y).map(Rc::new),
        })
    }

    fn join_modules(&mut self, a: &ModuleType, b: &ModuleType, pairs: &mut Pairs) -> Result<Option<TypeRef>> {
        let joined = match (a, b) {
            (ModuleType::LazyMap(x), ModuleType::LazyMap(y)) => self.join(x, y, pairs)?.map(ModuleType::LazyMap),
            (ModuleType::Unique(x, words), ModuleType::Unique(y, _)) => {
                self.join(x, y, pairs)?.map(|inner| ModuleType::Unique(inner, words.clone()))
            }
            (ModuleType::Joined(x), ModuleType::Joined(y)) => (x == y).then(|| a.clone()),
            (ModuleType::Submodule(x), ModuleType::Submodule(y)) => {
                join_submodules(&Submodule::of(x), &Submodule::of(y)).map(|both| ModuleType::Submodule(Rc::new(both)))
            }
            (ModuleType::DeferredModule(x), ModuleType::DeferredModule(y)) => {
                let modules =
                    [DeferredModules::of(x.as_ref()).0.clone(), DeferredModules::of(y.as_ref()).0.clone()].concat();
                Some(ModuleType::DeferredModule(Some(Rc::new(DeferredModules(modules)))))
            }
            (ModuleType::Custom(x), ModuleType::Custom(y)) if x.only_describes() && y.only_describes() => {
                let both = match (&x.base, &y.base) {
                    (Some(x), Some(y)) => self.join(x, y, pairs)?,
                    _ => None,
                };
                both.map(|base| ModuleType::Custom(Rc::new(Custom { base: Some(base), ..(**x).clone() })))
            }
            (ModuleType::Coerced(..) | ModuleType::Custom(_), _) => None,
            _ => (std::mem::discriminant(a) == std::mem::discriminant(b)).then(|| a.clone()),
        };
        Ok(joined.map(|module| Type::Module(module).into()))
    }

    /// Lists of values are put together; other unions join member by member.
    fn join_unions(&mut self, a: &TypeRef, b: &TypeRef, pairs: &mut Pairs) -> Result<Option<TypeRef>> {
        let (mut values, further) = (self.members(a)?, self.members(b)?);
        let listed =
            |members: &[TypeRef]| members.iter().all(|member| matches!(member.peeled(), Type::Literal(_) | Type::Null));
        if listed(&values) && listed(&further) {
            for value in further {
                if !values.iter().any(|known| join_plain(known.peeled(), value.peeled()).is_some()) {
                    values.push(value);
                }
            }
            return Ok(Some(if values.len() == 1 { values.remove(0) } else { Type::Union(values).into() }));
        }
        if let (Some(x), Some(y)) = (tags(&values), tags(&further)) {
            return self.join_tags(x, y, pairs);
        }
        let (Type::Union(x), Type::Union(y)) = (&**a, &**b) else { return Ok(None) };
        if x.len() != y.len() {
            return Ok(None);
        }
        let mut members = Vec::with_capacity(x.len());
        for (x, y) in x.iter().zip(y) {
            match self.join(x, y, pairs)? {
                Some(member) => members.push(member),
                None => return Ok(None),
            }
        }
        Ok(Some(Type::Union(members).into()))
    }

    fn members(&mut self, ty: &TypeRef) -> Result<Vec<TypeRef>> {
        match &**ty {
            Type::Union(members) => self.flattened(members),
            _ => Ok(vec![ty.clone()]),
        }
    }

    fn join_tags(&mut self, a: Vec<Rc<Record>>, b: Vec<Rc<Record>>, pairs: &mut Pairs) -> Result<Option<TypeRef>> {
        let mut tags = a;
        for tag in b {
            match tags.iter_mut().find(|known| known.fields.keys().eq(tag.fields.keys())) {
                None => tags.push(tag),
                Some(known) => match self.join_records(known, &tag, pairs)?.as_deref() {
                    Some(Type::Record(both)) => *known = both.clone(),
                    _ => return Ok(None),
                },
            }
        }
        Ok(Some(Type::Union(tags.into_iter().map(|tag| Type::Record(tag).into()).collect()).into()))
    }

    /// The fields of both. One that both have has the joined type; only one of them gives it a default.
    fn join_records(&mut self, a: &Record, b: &Record, pairs: &mut Pairs) -> Result<Option<TypeRef>> {
        let mut fields = a.fields.clone();
        for (name, field) in &b.fields {
            let Some(known) = fields.get(name) else {
                fields.insert(*name, field.clone());
                continue;
            };
            if !say_the_same(known, field) {
                return Ok(None);
            }
            let Some(ty) = self.join(&known.ty, &field.ty, pairs)? else { return Ok(None) };
            let joined = Field {
                ty,
                optional: known.optional && field.optional,
                default: known.default.clone().or_else(|| field.default.clone()),
                doc: known.doc.clone().or_else(|| field.doc.clone()),
                span: known.span,
            };
            fields.insert(*name, joined);
        }
        let record = Record { fields, open: a.open || b.open, ..Record::default() };
        Ok(Some(Type::Record(Rc::new(record)).into()))
    }
}

/// Whether the defaults of a field that is declared twice do not contradict: scalars that are written out may be equal.
pub(super) fn say_the_same(one: &Field, other: &Field) -> bool {
    let (Some(one), Some(other)) = (field_default(one), field_default(other)) else { return true };
    let scalar = |default: Thunk| default.peek().and_then(|value| scalar_of(&value));
    matches!((scalar(one), scalar(other)), (Some(one), Some(other)) if one == other)
}

/// The submodule that joins with a record. Kubernetes' records merge in a way of their own, and stay what they are.
fn with_record(
    record: &Record,
    submodule: &Submodule,
    join: impl FnOnce(&Submodule) -> Option<Submodule>,
) -> Option<TypeRef> {
    if record.origin.is_some() {
        return None;
    }
    let both = join(&Submodule::from_record(record, submodule))?;
    Some(Type::Module(ModuleType::Submodule(Rc::new(both))).into())
}

/// Types without parts.
fn join_plain(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Any, Type::Any)
        | (Type::Never, Type::Never)
        | (Type::Null, Type::Null)
        | (Type::Bool, Type::Bool)
        | (Type::Path, Type::Path)
        | (Type::Secret, Type::Secret)
        | (Type::Object, Type::Object) => Some(a.clone()),
        (Type::Int(x), Type::Int(y)) => both_hold(*x, *y).map(Type::Int),
        (Type::Float(x), Type::Float(y)) => both_hold(*x, *y).map(Type::Float),
        (Type::Number(x), Type::Number(y)) => both_hold(*x, *y).map(Type::Number),
        (Type::String(x), Type::String(y)) => {
            let pattern = |text: &crate::types::Text| text.pattern.as_ref().map(|pattern| pattern.source.clone());
            (x.length == y.length && pattern(x) == pattern(y)).then(|| a.clone())
        }
        (Type::Named(x), Type::Named(y)) => (x.name == y.name).then(|| a.clone()),
        (Type::Literal(x), Type::Literal(y)) => (x == y).then(|| a.clone()),
        _ => None,
    }
}

/// The range that lies in both, unless it is empty.
fn both_hold<T: PartialOrd + Copy>(a: Bounds<T>, b: Bounds<T>) -> Option<Bounds<T>> {
    let tighter = |x: Option<T>, y: Option<T>, first: bool| match (x, y) {
        (Some(x), Some(y)) => Some(if (x > y) == first { x } else { y }),
        (x, y) => x.or(y),
    };
    let both = Bounds { min: tighter(a.min, b.min, true), max: tighter(a.max, b.max, false) };
    let empty = matches!((both.min, both.max), (Some(min), Some(max)) if min > max);
    (!empty).then_some(both)
}

/// The modules of both. Special arguments that both give have no one meaning.
fn join_submodules(a: &Submodule, b: &Submodule) -> Option<Submodule> {
    let one = |x: &Option<ecow::EcoString>, y: &Option<ecow::EcoString>| match (x, y) {
        (Some(x), Some(y)) if x != y => None,
        (x, y) => Some(x.clone().or_else(|| y.clone())),
    };
    if a.only_config != b.only_config || a.special_args.iter().any(|attr| b.special_args.get(attr.name).is_some()) {
        return None;
    }
    Some(Submodule {
        modules: [a.modules.clone(), b.modules.clone()].concat(),
        special_args: a.special_args.update(&b.special_args),
        only_config: a.only_config,
        class: one(&a.class, &b.class)?,
        description: one(&a.description, &b.description)?,
        ..Submodule::default()
    })
}

/// The members of a union of records with one field each, as `attrTag` makes it.
fn tags(members: &[TypeRef]) -> Option<Vec<Rc<Record>>> {
    let tag = |member: &TypeRef| match member.peeled() {
        Type::Record(record) if record.fields.len() == 1 && !record.open => Some(record.clone()),
        _ => None,
    };
    members.iter().map(tag).collect()
}
