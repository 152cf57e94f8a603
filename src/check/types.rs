//! Written types, and names of types.

use std::rc::Rc;

use super::Checker;
use super::need::{Need, Why};
use super::scope::Env;
use super::ty::{Field, Presence, Row, Sort, Ty, TyRef, known, map_of, row};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{FieldTypeTerm, Literal, Refinement, Term, TermKind, TermRef, TypeTerm};
use crate::types::findings::{join_of_no_record, join_with_common_field};
use crate::types::{Scalar, Type, refined};

impl Checker<'_> {
    /// The type of an annotation, whose type variables are its own.
    pub(super) fn annotation(&mut self, ty: &TermRef, env: &Env) -> TyRef {
        let outer = std::mem::take(&mut self.type_variables);
        let ty = self.type_of(ty, env);
        self.type_variables = outer;
        ty
    }

    /// The type that a term in the place of a type means.
    pub(super) fn type_of(&mut self, term: &TermRef, env: &Env) -> TyRef {
        match &term.kind {
            TermKind::Error => Ty::any(),
            TermKind::Type(form) => self.type_form(form, env, term.span),
            _ => {
                let ty = self.infer(term, env);
                self.type_behind(&ty, term)
            }
        }
    }

    /// The type that a value is, if it is one.
    fn type_behind(&mut self, ty: &TyRef, term: &Term) -> TyRef {
        let shape = self.shape(ty);
        match &*shape {
            Ty::Type(inner) => self.one_of_the_values(inner),
            Ty::Value(Scalar::Null) => known(Type::Null),
            Ty::Value(scalar @ Scalar::Bool(_)) => known(Type::Literal(scalar.clone())),
            Ty::Var(id) if self.store.rigid_name(*id).is_none() => {
                let known = self.store.upper(*id).iter().find_map(|upper| match &*upper.ty {
                    Ty::Type(inner) => Some(inner.clone()),
                    _ => None,
                });
                if let Some(inner) = known {
                    return inner;
                }
                let inner = self.store.fresh(self.level);
                let wanted: TyRef = Rc::new(Ty::Type(inner.clone()));
                self.flow(&shape, term.span, &wanted, &Need::of(Why::Type, term.span));
                inner
            }
            // What is never there throws when it is asked for.
            _ if shape.is_any() || super::store::is_never(&shape) => self.unknown(),
            // Which type it is is known when it is computed.
            Ty::Union(members, _)
                if members.iter().any(|member| member.is_any() || matches!(**member, Ty::Type(_))) =>
            {
                self.unknown()
            }
            _ => {
                self.not_a_type(&shape, term.span);
                Ty::any()
            }
        }
    }

    /// `enum [ "a" "b" ]` is a type of which two values are known, and of no more: it is these.
    fn one_of_the_values(&mut self, inner: &TyRef) -> TyRef {
        let Ty::Var(id) = &*self.linked(inner) else { return inner.clone() };
        let values = self.store.lower(*id).iter().map(|lower| match &*lower.ty {
            Ty::Value(value) => Some(known(Type::Literal(value.clone()))),
            _ => None,
        });
        match values.collect::<Option<Vec<TyRef>>>() {
            Some(values) if !values.is_empty() => Ty::union(values, Sort::Declared),
            _ => inner.clone(),
        }
    }

    fn type_form(&mut self, form: &TypeTerm, env: &Env, span: Span) -> TyRef {
        match form {
            TypeTerm::Declared(name, inner) => {
                let inner = self.type_of(inner, env);
                Rc::new(Ty::Declared(*name, named(*name, inner), Default::default()))
            }
            TypeTerm::Literal(literal) => known(Type::Literal(scalar(literal))),
            TypeTerm::Variable(name) => self.type_variable(*name),
            TypeTerm::List(item) => Rc::new(Ty::List(self.type_of(item, env))),
            TypeTerm::Map(item) => map_of(self.type_of(item, env)),
            TypeTerm::Record { fields, open } => self.record(fields, *open, env, span),
            TypeTerm::Function(from, to) => Ty::function(self.type_of(from, env), self.type_of(to, env)),
            TypeTerm::Union(members) => {
                let members = members.iter().map(|member| self.type_of(member, env)).collect();
                // Who calls the library knows more than its types say: that this pattern matches, that this option is set.
                let sort = if self.in_library(env) { Sort::Inferred } else { Sort::Declared };
                Ty::union(members, sort)
            }
            TypeTerm::Joined(parts) => self.joined_row(parts, env, span),
            TypeTerm::Refined(base, by) => self.refinement(base, by, env, span),
        }
    }

    fn type_variable(&mut self, name: Symbol) -> TyRef {
        if let Some(ty) = self.type_variables.get(&name) {
            return ty.clone();
        }
        let ty = self.store.rigid(self.level, name);
        self.type_variables.insert(name, ty.clone());
        ty
    }

    fn record(&mut self, fields: &[FieldTypeTerm], open: bool, env: &Env, span: Span) -> TyRef {
        let mut made = indexmap::IndexMap::with_capacity(fields.len());
        for field in fields {
            let ty = self.type_of(&field.ty, env);
            let presence = match (&field.default, field.optional) {
                (Some(_), _) => Presence::Default,
                (None, true) => Presence::Optional,
                (None, false) => Presence::Required,
            };
            if let Some(default) = field.default.as_ref().filter(|_| self.looks_at_values(env)) {
                let need = Need::typed(field.name, field.ty.span, default.span);
                self.expect(default, env, &ty, &need);
            }
            made.insert(field.name, Field { ty, presence, span: field.span, value: Span::NONE });
        }
        row(Row { fields: made, rest: open.then(Ty::any), made: span, ..Row::default() })
    }

    /// `A & B`: the fields of all.
    fn joined_row(&mut self, parts: &[TermRef], env: &Env, span: Span) -> TyRef {
        let mut whole = Row { made: span, ..Row::default() };
        for part in parts {
            let ty = self.type_of(part, env);
            let shape = self.shape(&ty);
            let Ty::Row(row) = &*shape else {
                if !shape.is_any() && !matches!(&*shape, Ty::Var(_)) {
                    let shown = format!("`{}`", self.show(&ty));
                    self.report(join_of_no_record(&shown, part.span));
                }
                return self.unknown();
            };
            for (name, field) in &row.fields {
                if let Some(first) = whole.fields.insert(*name, field.clone()) {
                    self.report(join_with_common_field(*name, part.span, (first.span, field.span)));
                }
            }
            whole.rest = whole.rest.or_else(|| row.rest.clone());
        }
        row(whole)
    }

    fn refinement(&mut self, base: &TermRef, by: &Refinement, env: &Env, span: Span) -> TyRef {
        let base = self.type_of(base, env);
        let shape = self.shape(&base);
        match &*shape {
            Ty::Known(ty) if matches!(**ty, Type::Any) => shape,
            Ty::Known(ty) => match refined(ty, by, span) {
                Ok(ty) => known(ty),
                Err(finding) => {
                    self.report(*finding);
                    Ty::any()
                }
            },
            Ty::Var(_) => self.unknown(),
            _ => {
                let shown = self.show(&shape);
                let message = format!("`{shown}` cannot be narrowed this way");
                let hint = "ranges narrow `Int`, `Float`, `Number` and `String`; patterns narrow `String`";
                self.report(Diagnostic::new(Code::NotAType, span, message).hint(hint));
                Ty::any()
            }
        }
    }
}

/// The declared name becomes the name of the set type right below it, for messages.
fn named(name: Symbol, inner: TyRef) -> TyRef {
    match Rc::try_unwrap(inner) {
        Ok(Ty::Row(inner)) => match Rc::try_unwrap(inner) {
            Ok(inner) => row(Row { name: Some(name), ..inner }),
            Err(shared) => Rc::new(Ty::Row(shared)),
        },
        Ok(other) => Rc::new(other),
        Err(shared) => shared,
    }
}

fn scalar(literal: &Literal) -> Scalar {
    match literal {
        Literal::Str(text) => Scalar::Str(text.clone()),
        Literal::Int(number) => Scalar::Int(*number),
        Literal::Float(number) => Scalar::Float(*number),
    }
}
