//! Holding a value to its type where the two meet.
//!
//! The outside is checked at once: the kind of value, and of a record its field names. What is
//! inside (list items, fields) becomes thunks that check themselves when they are needed, so an
//! annotation never makes a program compute more than it did. Functions are wrapped: their argument
//! is checked on the way in, their answer on the way out.

use std::rc::Rc;

use super::blame::Blame;
use super::{Path, error};
use crate::diag::Code;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::TermRef;
use crate::types::{Field, Mismatch, ModuleType, Opaque, Record, Scalar, Type, TypeRef, check_scalar};
use crate::value::{Attr, Attrs, Env, Error, Evaluator, Host, Kind, List, Result, Thunk, Value};

impl Evaluator {
    /// `name : T = value`
    pub(super) fn annotated(&mut self, name: Symbol, value: &TermRef, ty: &TermRef, env: &Env) -> Result<Value> {
        let wanted = self.type_of_term(ty, env)?;
        let blame = Blame::new(Path::of(&[name]), ty.span, value.span);
        let value = self.eval(value, env)?;
        self.hold(value, &wanted, &blame)
    }

    /// `thunk`, to be held to the type that `ty` will evaluate to.
    pub(super) fn held_later(&mut self, thunk: Thunk, ty: &TermRef, env: &Env, name: Symbol) -> Thunk {
        let (ty, env) = (ty.clone(), env.clone());
        Thunk::defer(move |machine| {
            let wanted = machine.type_of_term(&ty, &env)?;
            let value = machine.force(&thunk)?;
            let blame = Blame::new(Path::of(&[name]), ty.span, value.origin);
            machine.hold(value, &wanted, &blame)
        })
    }

    /// The value, known to have the type as far as it has been computed; the rest checks itself later.
    pub fn hold(&mut self, value: Value, ty: &TypeRef, blame: &Blame) -> Result<Value> {
        let ty = self.resolve(ty)?;
        self.deeper(value.origin, |machine| machine.hold_resolved(value, &ty, blame))
    }

    fn hold_resolved(&mut self, value: Value, ty: &TypeRef, blame: &Blame) -> Result<Value> {
        match (&**ty, &value.kind) {
            (Type::Any, _) => Ok(value),
            (Type::Declared(_, inner), _) => self.hold(value, &inner.clone(), blame),
            (Type::Union(members), Kind::Null) if members.iter().any(|member| matches!(**member, Type::Null)) => {
                Ok(value)
            }
            (Type::Union(members), _) => match self.member(&value, members)? {
                Some(member) => self.hold(value, &member, blame),
                None => Err(self.type_mismatch(&value, ty, blame)),
            },
            (Type::Path, Kind::Path(_)) | (Type::Secret, Kind::Secret(_)) => Ok(value),
            (Type::List(item), Kind::List(items)) => Ok(self.hold_items(items, item, blame, value.origin)),
            (Type::Map(item) | Type::Module(ModuleType::LazyMap(item)), Kind::Attrs(attrs)) => {
                Ok(self.hold_values(attrs, item, blame, value.origin))
            }
            (Type::Record(record), Kind::Attrs(attrs)) => self.hold_record(attrs, record, ty, blame, value.origin),
            (Type::Function(from, to), _) if callable(&value) => Ok(hold_function(value, from, to, blame)),
            (Type::Object | Type::Module(ModuleType::Attrs), Kind::Attrs(_)) => Ok(value),
            (Type::Module(module), _) => self.hold_module(value, module, ty, blame),
            _ => match scalar_of(&value).map(|scalar| check_scalar(ty, &scalar)) {
                Some(Some(Ok(()))) => Ok(value),
                Some(Some(Err(Mismatch::Rule(rule)))) => Err(self.out_of_rule(&value, ty, &rule, blame)),
                _ => Err(self.type_mismatch(&value, ty, blame)),
            },
        }
    }

    fn hold_module(&mut self, value: Value, module: &ModuleType, ty: &TypeRef, blame: &Blame) -> Result<Value> {
        match (module, &value.kind) {
            (ModuleType::Joined(_), Kind::Str(_)) | (ModuleType::Submodule(_), Kind::Attrs(_)) => Ok(value),
            // Those that are sets have been held by what they have in common with maps.
            (ModuleType::Joined(_) | ModuleType::Submodule(_) | ModuleType::LazyMap(_) | ModuleType::Attrs, _) => {
                Err(self.type_mismatch(&value, ty, blame))
            }
            (ModuleType::Unique(inner, _), _) => self.hold(value, inner, blame),
            (ModuleType::Checked(inner, predicate), _) => {
                let value = self.hold(value, inner, blame)?;
                if self.passes(&value, predicate)? { Ok(value) } else { Err(refused_by_check(&value, blame)) }
            }
            (ModuleType::Coerced(from, function, to), _) => {
                let value = if self.fits(&value, from)? {
                    let function = function.downcast_ref::<Value>().expect("the coercion is a value").clone();
                    let origin = value.origin;
                    self.apply(&function, value.into(), blame.declared)?.at(origin)
                } else {
                    value
                };
                self.hold(value, to, blame)
            }
            (ModuleType::DeferredModule(_), _) if !same_shape(&value, ty) => Err(self.type_mismatch(&value, ty, blame)),
            (ModuleType::OptionType, Kind::Type(_)) => Ok(value),
            (ModuleType::OptionType, _) => Err(self.type_mismatch(&value, ty, blame)),
            (ModuleType::Custom(_), _) if !self.fits(&value, ty)? => Err(self.type_mismatch(&value, ty, blame)),
            (ModuleType::Custom(custom), _) => match &custom.base {
                Some(base) if custom.check.is_none() => self.hold(value, base, blame),
                _ => Ok(value),
            },
            _ => Ok(value),
        }
    }

    fn hold_items(&mut self, items: &List, item: &TypeRef, blame: &Blame, origin: Span) -> Value {
        let held = |(at, thunk): (usize, &Thunk)| self.hold_later(thunk, item, || blame.item(at, origin));
        let items = items.iter().enumerate().map(held).collect();
        Value::list(items, origin)
    }

    fn hold_values(&mut self, attrs: &Attrs, item: &TypeRef, blame: &Blame, origin: Span) -> Value {
        let held = |attr: &Attr| self.hold_later(&attr.value, item, || blame.entry(attr));
        Value::attrs(attrs.mapped(held), origin)
    }

    fn hold_record(
        &mut self,
        attrs: &Attrs,
        record: &Record,
        ty: &TypeRef,
        blame: &Blame,
        origin: Span,
    ) -> Result<Value> {
        for attr in attrs.sorted() {
            if !record.open && !record.fields.contains_key(&attr.name) {
                return Err(self.unknown_field(attr, record, ty, blame));
            }
        }
        let mut entries = Vec::with_capacity(record.fields.len());
        for attr in attrs.iter() {
            let value = match record.fields.get(&attr.name) {
                Some(field) => self.hold_later(&attr.value, &field.ty, || blame.field(attr, record, field.span)),
                None => attr.value.clone(),
            };
            entries.push(Attr { value, ..attr.clone() });
        }
        for (name, field) in &record.fields {
            if attrs.get(*name).is_some() {
                continue;
            }
            match field_default(field) {
                Some(default) => entries.push(Attr { name: *name, span: field.span, value: default }),
                None if field.optional => {}
                None => return Err(self.missing_field(*name, record, blame, origin)),
            }
        }
        Ok(Value::attrs(Attrs::new(entries), origin))
    }

    /// A thunk that is held to its type when it is needed; at once if it is there and plainly fits.
    fn hold_later(&mut self, thunk: &Thunk, ty: &TypeRef, blame: impl FnOnce() -> Blame) -> Thunk {
        if matches!(**ty, Type::Any) {
            return thunk.clone();
        }
        if let Some(value) = thunk.peek()
            && let Some(scalar) = scalar_of(&value)
            && matches!(check_scalar(ty.peeled(), &scalar), Some(Ok(())))
        {
            return thunk.clone();
        }
        let (thunk, ty, blame) = (thunk.clone(), ty.clone(), blame());
        Thunk::defer(move |machine| {
            let value = machine.force(&thunk)?;
            machine.hold(value, &ty, &blame)
        })
    }

    /// The member of a union that the value belongs to.
    fn member(&mut self, value: &Value, members: &[TypeRef]) -> Result<Option<TypeRef>> {
        for member in members {
            if self.fits(value, member)? {
                return Ok(Some(member.clone()));
            }
        }
        // A value that fits none, but has the shape of one alone, or more field names of one than of any
        // other, is judged by that one: its message can say which part is wrong.
        let mut shaped: Vec<(usize, TypeRef)> = Vec::new();
        for member in members {
            let resolved = self.resolve(member)?;
            if self.could_be(value, &resolved)? {
                shaped.push((shared_names(value, resolved.peeled()), member.clone()));
            }
        }
        let most = shaped.iter().map(|(shared, _)| *shared).max().unwrap_or_default();
        let mut best = shaped.iter().filter(|(shared, _)| *shared == most);
        Ok(match (best.next(), best.next()) {
            (Some((_, member)), None) => Some(member.clone()),
            _ => None,
        })
    }

    /// Whether the value has the shape of the type, or of a member of it.
    fn could_be(&mut self, value: &Value, ty: &TypeRef) -> Result<bool> {
        let Type::Union(members) = ty.peeled() else { return Ok(same_shape(value, ty.peeled())) };
        for member in members {
            let member = self.resolve(member)?;
            if self.could_be(value, &member)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the predicate of a type holds for the value.
    fn passes(&mut self, value: &Value, predicate: &Opaque) -> Result<bool> {
        let predicate = predicate.downcast_ref::<Value>().expect("the predicate of a type is a value").clone();
        let answer = self.apply(&predicate, value.clone().into(), value.origin)?;
        self.decides(&answer);
        Ok(matches!(answer.kind, Kind::Bool(true)))
    }

    /// Whether the value belongs to the type, looking no further than to tell the members of a
    /// union apart: of a record at its field names and literal fields.
    pub fn fits(&mut self, value: &Value, ty: &TypeRef) -> Result<bool> {
        self.deeper(value.origin, |machine| machine.fits_type(value, ty))
    }

    fn fits_type(&mut self, value: &Value, ty: &TypeRef) -> Result<bool> {
        let ty = self.resolve(ty)?;
        Ok(match (&*ty, &value.kind) {
            (Type::Declared(_, inner), _) => return self.fits(value, inner),
            (Type::Any | Type::Module(ModuleType::Anything | ModuleType::Raw | ModuleType::Unspecified), _) => true,
            (Type::Union(members), _) => {
                for member in members {
                    if self.fits(value, member)? {
                        return Ok(true);
                    }
                }
                false
            }
            (Type::Record(record), Kind::Attrs(attrs)) => {
                let known = record.open || attrs.iter().all(|attr| record.fields.contains_key(&attr.name));
                let complete = |(name, field): (&Symbol, &Field)| {
                    field.optional || field.default.is_some() || attrs.get(*name).is_some()
                };
                if !known || !record.fields.iter().all(complete) {
                    return Ok(false);
                }
                for (name, field) in &record.fields {
                    let ty = self.resolve(&field.ty)?;
                    if let (Type::Literal(_), Some(attr)) = (ty.peeled(), attrs.get(*name)) {
                        let value = self.force(&attr.value)?;
                        if !self.fits(&value, &ty)? {
                            return Ok(false);
                        }
                    }
                }
                true
            }
            (Type::Module(ModuleType::Unique(inner, _)), _) => return self.fits(value, inner),
            (Type::Module(ModuleType::Checked(inner, predicate)), _) => {
                self.fits(value, inner)? && self.passes(value, predicate)?
            }
            (Type::Module(ModuleType::Coerced(from, _, to)), _) => self.fits(value, from)? || self.fits(value, to)?,
            (Type::Module(ModuleType::Custom(custom)), _) => match (&custom.check, &custom.base) {
                (Some(predicate), _) => self.passes(value, predicate)?,
                (None, Some(base)) => return self.fits(value, base),
                (None, None) => true,
            },
            (other, _) => match scalar_of(value).map(|scalar| check_scalar(other, &scalar)) {
                Some(Some(verdict)) => verdict.is_ok(),
                _ => same_shape(value, other),
            },
        })
    }
}

/// Whether value and type are of one kind, whatever is inside.
fn same_shape(value: &Value, ty: &Type) -> bool {
    match (&value.kind, ty) {
        (Kind::List(_), Type::List(_)) | (Kind::Path(_), Type::Path) | (Kind::Secret(_), Type::Secret) => true,
        (Kind::Attrs(_), Type::Map(_) | Type::Record(_) | Type::Object) => true,
        (Kind::Attrs(_), Type::Module(ModuleType::Attrs | ModuleType::Submodule(_) | ModuleType::LazyMap(_))) => true,
        (Kind::Str(_), Type::Module(ModuleType::Joined(_))) => true,
        (_, Type::Function(..)) => callable(value),
        (Kind::Type(_), Type::Module(ModuleType::OptionType)) => true,
        (Kind::Path(_), Type::Module(ModuleType::Submodule(_) | ModuleType::DeferredModule(_))) => true,
        (Kind::Attrs(_), Type::Module(ModuleType::DeferredModule(_))) => true,
        (_, Type::Module(ModuleType::Submodule(_) | ModuleType::DeferredModule(_))) => callable(value),
        (_, Type::Module(ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _))) => {
            same_shape(value, inner.peeled())
        }
        (_, ty) => scalar_of(value)
            .is_some_and(|scalar| !matches!(check_scalar(ty, &scalar), None | Some(Err(Mismatch::Kind)))),
    }
}

/// A value that has its type, but that the predicate of `addCheck` refuses.
fn refused_by_check(value: &Value, blame: &Blame) -> Error {
    let message = format!("`{}` does not pass the check of its type", blame.what);
    error(Code::OutOfRange, value.origin.or(blame.place), message).described(|finding| {
        finding.also(blame.declared, "the type is declared here").hint("the type's predicate answered `false` for it")
    })
}

/// How many names of a set are fields of the type.
fn shared_names(value: &Value, ty: &Type) -> usize {
    match (&value.kind, ty) {
        (Kind::Attrs(attrs), Type::Record(record)) => {
            attrs.iter().filter(|attr| record.fields.contains_key(&attr.name)).count()
        }
        _ => 0,
    }
}

fn callable(value: &Value) -> bool {
    value.is_function() || matches!(&value.kind, Kind::Attrs(attrs) if attrs.named("__functor").is_some())
}

/// The value as a scalar, if it is one.
pub fn scalar_of(value: &Value) -> Option<Scalar> {
    Some(match &value.kind {
        Kind::Null => Scalar::Null,
        Kind::Bool(value) => Scalar::Bool(*value),
        Kind::Int(number) => Scalar::Int(*number),
        Kind::Float(number) => Scalar::Float(*number),
        Kind::Str(text) => Scalar::Str(text.clone()),
        _ => return None,
    })
}

/// A scalar as a value.
fn scalar_value(scalar: &Scalar, origin: Span) -> Value {
    let kind = match scalar {
        Scalar::Null => Kind::Null,
        Scalar::Bool(value) => Kind::Bool(*value),
        Scalar::Int(number) => Kind::Int(*number),
        Scalar::Float(number) => Kind::Float(*number),
        Scalar::Str(text) => Kind::Str(text.clone()),
    };
    Value::new(kind, origin)
}

/// What stands in for a field that is left out.
pub(crate) fn field_default(field: &Field) -> Option<Thunk> {
    let default = field.default.as_ref()?;
    match default.downcast_ref::<Scalar>() {
        Some(scalar) => Some(scalar_value(scalar, field.span).into()),
        None => default.downcast_ref::<Thunk>().cloned(),
    }
}

fn hold_function(function: Value, from: &TypeRef, to: &TypeRef, blame: &Blame) -> Value {
    let (from, to) = (from.clone(), to.clone());
    let into = blame.part("argument");
    let out = blame.part("result");
    let (origin, of) = (function.origin, Some(function.clone()));
    let run = move |machine: &mut Evaluator, argument: Thunk, span: Span| {
        let into = Blame { place: span, ..into.clone() };
        let argument = machine.hold_later(&argument, &from, || into);
        let answer = machine.apply(&function, argument, span)?;
        machine.hold(answer, &to, &out)
    };
    Value::new(Kind::Host(Rc::new(Host { name: "a typed function", of, run: Box::new(run) })), origin)
}
