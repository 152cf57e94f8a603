//! Types as values: evaluating the written forms, and resolving types that mention themselves.

use std::rc::Rc;

use indexmap::IndexMap;

use super::error;
use crate::diag::Code;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{FieldTypeTerm, Literal, NameTerm, OptionTerm, TermKind, TermRef, TypeTerm};
use crate::types::findings::{join_of_no_record, join_with_common_field};
use crate::types::{Deferred, Field, Opaque, Pending, Record, Scalar, Type, TypeRef, refined};
use crate::value::{Attrs, AttrsBuilder, Env, Evaluator, Kind, Result, Thunk, Value};

impl Evaluator {
    /// The type that `term` evaluates to.
    pub fn type_of_term(&mut self, term: &TermRef, env: &Env) -> Result<TypeRef> {
        let value = self.eval(term, env)?;
        self.type_of_value(&value, term.span)
    }

    /// The value as a type: types, and the constants that are their own type.
    pub fn type_of_value(&mut self, value: &Value, span: Span) -> Result<TypeRef> {
        match &value.kind {
            Kind::Type(ty) => Ok(ty.clone()),
            Kind::Null => Ok(Rc::new(Type::Null)),
            Kind::Bool(value) => Ok(Rc::new(Type::Literal(Scalar::Bool(*value)))),
            _ => {
                let message = format!("a type is needed here, not {}", value.describe());
                Err(error(Code::NotAType, span, message).described(|finding| {
                    finding
                        .also(if value.origin == span { Span::NONE } else { value.origin }, "it comes from here")
                        .hint("types are `Int`, `String`, `[T]`, `{ a : T; }` and the like, or a name declared with `type`")
                }))
            }
        }
    }

    /// The type behind a deferred one; itself otherwise.
    pub fn resolve(&mut self, ty: &TypeRef) -> Result<TypeRef> {
        let mut ty = ty.clone();
        loop {
            let Type::Deferred(deferred) = &*ty else { return Ok(ty) };
            let next = match deferred.known() {
                Some(known) => known.clone(),
                None => {
                    let made = self.pending_type(deferred.pending())?;
                    deferred.settle(made).clone()
                }
            };
            ty = next;
        }
    }

    fn pending_type(&mut self, pending: &Pending) -> Result<TypeRef> {
        match pending {
            Pending::Evaluated(thunk) => {
                let thunk = thunk.downcast_ref::<Thunk>().expect("the evaluator put a thunk there").clone();
                let value = self.force(&thunk)?;
                self.type_of_value(&value, value.origin)
            }
            Pending::Made(make) => Ok(make()),
            Pending::Derived(of, derive) => Ok(derive(&self.resolve(of)?)),
        }
    }

    pub(super) fn type_form(&mut self, ty: &TypeTerm, env: &Env, span: Span) -> Result<TypeRef> {
        Ok(Rc::new(match ty {
            TypeTerm::Declared(name, inner) => Type::Declared(*name, self.type_of_term(inner, env)?),
            TypeTerm::Literal(literal) => Type::Literal(scalar(literal)),
            // What it stands for is the checker's business; every value may have it.
            TypeTerm::Variable(_) => Type::Any,
            TypeTerm::List(item) => Type::List(self.type_later(item, env)),
            TypeTerm::Map(item) => Type::Map(self.type_later(item, env)),
            TypeTerm::Record { fields, open } => {
                let field = |field: &FieldTypeTerm| (field.name, self.field_type(field, env));
                let fields: IndexMap<_, _> = fields.iter().map(field).collect();
                Type::Record(Rc::new(Record { fields, open: *open, ..Record::default() }))
            }
            TypeTerm::Function(from, to) => Type::Function(self.type_later(from, env), self.type_later(to, env)),
            TypeTerm::Union(members) => {
                Type::Union(members.iter().map(|member| self.type_later(member, env)).collect())
            }
            TypeTerm::Joined(parts) => Type::Record(Rc::new(self.joined_record(parts, env)?)),
            TypeTerm::Refined(base, by) => {
                let base = self.type_of_term(base, env)?;
                let base = self.resolve(&base)?;
                refined(&base, by, span).map_err(|finding| crate::value::Error::new(*finding))?
            }
        }))
    }

    /// `A & B`: a record with the fields of all.
    fn joined_record(&mut self, parts: &[TermRef], env: &Env) -> Result<Record> {
        let mut whole = Record::default();
        for part in parts {
            let ty = self.type_of_term(part, env)?;
            let mut ty = self.resolve(&ty)?;
            while let Type::Declared(_, inner) = &*ty {
                ty = self.resolve(&inner.clone())?;
            }
            let Type::Record(record) = &*ty else {
                return Err(join_of_no_record(&format_args!("`{ty}`"), part.span).into());
            };
            for (name, field) in &record.fields {
                if let Some(first) = whole.fields.insert(*name, field.clone()) {
                    return Err(join_with_common_field(*name, part.span, (first.span, field.span)).into());
                }
            }
            whole.open |= record.open;
        }
        Ok(whole)
    }

    fn field_type(&mut self, field: &FieldTypeTerm, env: &Env) -> Field {
        Field {
            ty: self.type_later(&field.ty, env),
            optional: field.optional,
            default: field.default.as_ref().map(|default| Rc::new(self.delay(default, env)) as Opaque),
            doc: field.doc.clone(),
            span: field.span,
        }
    }

    /// A part of a type: at once if it is known, else deferred, so that a type may mention itself.
    fn type_later(&mut self, term: &TermRef, env: &Env) -> TypeRef {
        // A written form needs at most the names that it narrows; a failure is met again when it is used.
        if let TermKind::Type(form) = &term.kind
            && let Ok(ty) = self.type_form(form, env, term.span)
        {
            return ty;
        }
        let pending = self.delay(term, env);
        if let Some(Value { kind: Kind::Type(ty), .. }) = pending.peek() {
            return ty;
        }
        let name = Symbol::new(&written_name(term));
        Rc::new(Type::Deferred(Rc::new(Deferred::new(name, Pending::Evaluated(Rc::new(pending))))))
    }

    /// `name : T = d` in a set of declarations: what `mkOption` would make.
    pub(super) fn option_declaration(&mut self, option: &OptionTerm, env: &Env, span: Span) -> Attrs {
        let mut set = AttrsBuilder::new();
        set.add("_type", span, Value::string("option", span));
        let ty = Thunk::suspend(option.ty.clone(), env.clone());
        set.add("type", option.ty.span, ty);
        if let Some(default) = &option.default {
            set.add("default", default.span, self.delay(default, env));
        }
        if let Some(doc) = &option.doc {
            set.add("description", span, Value::string(doc.clone(), span));
        }
        set.build()
    }
}

/// What to call a type that is not known yet.
fn written_name(term: &TermRef) -> String {
    let fixed = |name: &NameTerm| match name {
        NameTerm::Fixed(name, _) => name.to_string(),
        NameTerm::Dynamic(_) => "Any".to_string(),
    };
    match &term.kind {
        TermKind::Local { name, .. } | TermKind::Global(name) | TermKind::Scoped { name, .. } => name.to_string(),
        TermKind::Select { subject, path, .. } => match (&subject.kind, path.last()) {
            (TermKind::Global(root), _) if root.as_str() == "k8s" => {
                path.iter().fold(root.to_string(), |written, name| format!("{written}.{}", fixed(name)))
            }
            // `types.Port` is called what it was declared as.
            (_, Some(last)) => fixed(last),
            (_, None) => "Any".to_string(),
        },
        TermKind::Apply { function, arguments } => {
            arguments.iter().fold(written_name(function), |written, of| format!("{written} {}", written_name(of)))
        }
        _ => "Any".to_string(),
    }
}

fn scalar(literal: &Literal) -> Scalar {
    match literal {
        Literal::Str(text) => Scalar::Str(text.clone()),
        Literal::Int(number) => Scalar::Int(*number),
        Literal::Float(number) => Scalar::Float(*number),
    }
}
