//! Terms where a type is expected: literals are taken apart beside their type, so that every finding has its
//! own place and names the way there.

use std::rc::Rc;

use super::Checker;
use super::findings::{lacking, untold};
use super::need::{Need, Why};
use super::options::is_object;
use super::scope::{Env, Slot};
use super::ty::{Extent, Field, Presence, Row, Sort, Ty, TyRef};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{AttrsTerm, BinaryOp, FormalTerm, Lambda, ParamTerm, TermKind, TermRef};
use crate::types::findings::Look;
use crate::types::{Scalar, Type};

impl Checker<'_> {
    /// The term has to have the type.
    pub(super) fn expect(&mut self, term: &TermRef, env: &Env, ty: &TyRef, need: &Rc<Need>) {
        let need = &need.at(term.span);
        let shape = self.expected_shape(ty);
        match (&term.kind, &*shape) {
            (TermKind::Let { values, body }, _) => {
                let inner = self.enter(values.iter().map(|value| Slot::Fresh(value.clone())).collect(), env);
                self.expect(body, &inner, ty, need);
                self.finish(&inner);
            }
            (TermKind::If { condition, then, otherwise }, _) => {
                let (yes, no) = self.branches(condition, env, "the condition of `if`");
                self.expect(then, &yes, ty, need);
                self.expect(otherwise, &no, ty, need);
            }
            (TermKind::With { scope, body }, _) => {
                let inner = self.with(scope, env);
                self.expect(body, &inner, ty, need);
            }
            (TermKind::Assert { condition, body }, _) => {
                let (holds, _) = self.branches(condition, env, "the condition of `assert`");
                self.expect(body, &holds, ty, need);
            }
            (TermKind::Attrs(attrs), Ty::Row(row)) if !attrs.recursive => {
                self.expect_row(attrs, env, term.span, (ty, row), need);
            }
            (TermKind::Attrs(attrs), object) if !attrs.recursive && is_object(object) => {
                let look = self.outline(term, env);
                let own = match &*look {
                    Ty::Row(row) => self.object_type(&row.fields, need),
                    _ => None,
                };
                match own {
                    Some(ty) => self.expect(term, env, &ty, need),
                    None => {
                        self.infer(term, env);
                    }
                }
            }
            (TermKind::Attrs(_) | TermKind::List(_), Ty::Union(members, sort)) => {
                self.expect_choice(term, env, (ty, members, *sort), need);
            }
            (TermKind::List(items), Ty::List(item)) => self.expect_items(items, env, item, need),
            (TermKind::Binary { op: BinaryOp::Concat, left, right, .. }, Ty::List(_)) => {
                self.concatenated(left, right, env, &shape, Some(need));
            }
            (TermKind::Select { subject, path, default: Some(default) }, _) => {
                let found = self.selection(subject, path, true, env, term.span);
                self.flow(&found, term.span, ty, need);
                self.expect(default, env, ty, need);
            }
            (TermKind::Lambda(lambda), Ty::Function(from, to)) => {
                self.expect_lambda(lambda, env, (from, to), need);
            }
            (TermKind::Apply { function, arguments }, _) if !matches!(need.why, Why::Silent) => {
                self.expect_application((function, arguments), env, term.span, ty, need);
            }
            _ => {
                let own = self.infer(term, env);
                self.flow(&own, term.span, ty, need);
            }
        }
    }

    /// The outermost form of an expected type: of a definition, what its content may be.
    fn expected_shape(&mut self, ty: &TyRef) -> TyRef {
        let shape = self.shape(ty);
        match &*shape {
            Ty::Definition(inner, extent) => self.expected_definition(inner, *extent),
            // A variable that has to become a definition: what `mkIf` and its like take.
            Ty::Var(id) => {
                let uppers: Vec<TyRef> = self.store.upper(*id).iter().map(|upper| upper.ty.clone()).collect();
                let definition = uppers.into_iter().find_map(|upper| match &*self.shape(&upper) {
                    Ty::Definition(inner, extent) => Some((inner.clone(), *extent)),
                    _ => None,
                });
                match definition {
                    Some((inner, extent)) => self.expected_definition(&inner, extent),
                    None => shape,
                }
            }
            _ => shape,
        }
    }

    fn expected_definition(&mut self, inner: &TyRef, extent: Extent) -> TyRef {
        let inner = self.shape(inner);
        match &*inner {
            Ty::Var(_) => self.expected_shape(&inner),
            _ => self.defined(&inner, extent),
        }
    }

    fn expect_items(&mut self, items: &[TermRef], env: &Env, item: &TyRef, need: &Rc<Need>) {
        if let Some(one_of) = self.list_of_types(items, env, item) {
            return self.flow(&one_of, need.place, item, &need.item(None));
        }
        // What is already demanded of all items is demanded of each, however many others meet it.
        let demands = match &*self.linked(item) {
            Ty::Var(id) => self.store.upper(*id).to_vec(),
            _ => Vec::new(),
        };
        // What is demanded of the result of the call around may be met by one item alone.
        let demands: Vec<_> = demands.into_iter().filter(|demand| !encloses(demand.need.place, need.place)).collect();
        for (at, term) in items.iter().enumerate() {
            let need = need.item(Some(at));
            if !demands.is_empty() {
                let own = self.infer(term, env);
                for demand in &demands {
                    self.flow(&own, term.span, &demand.ty, &demand.need);
                }
                self.flow(&own, term.span, item, &need);
                continue;
            }
            if at + 1 < items.len() && self.is_uncalled(term, env, item) {
                // What follows are its arguments: they are not items at all.
                return self.missing_parentheses(term, item, &need.at(term.span));
            }
            self.expect(term, env, item, &need);
        }
    }

    /// A list of types is a list of one of them: what it is for is to choose.
    fn list_of_types(&mut self, items: &[TermRef], env: &Env, item: &TyRef) -> Option<TyRef> {
        if items.is_empty() || !matches!(&*self.shape(item), Ty::Type(_)) {
            return None;
        }
        let mut types = Vec::with_capacity(items.len());
        for item in items {
            let own = self.infer(item, env);
            match &*self.shape(&own) {
                Ty::Type(inner) => types.push(inner.clone()),
                _ => return None,
            }
        }
        Some(Rc::new(Ty::Type(Ty::union(types, Sort::Declared))))
    }

    /// Whether an item is the name of a function where none is wanted: `[ toString 80 ]`.
    fn is_uncalled(&mut self, term: &TermRef, env: &Env, item: &TyRef) -> bool {
        let named = matches!(
            term.kind,
            TermKind::Local { .. } | TermKind::Scoped { .. } | TermKind::Global(_) | TermKind::Select { .. }
        );
        if !named {
            return false;
        }
        let own = self.infer(term, env);
        matches!(&*self.shape(&own), Ty::Function(..)) && self.fit(&own, item) == super::fit::Fit::No
    }

    fn expect_row(&mut self, attrs: &AttrsTerm, env: &Env, span: Span, (ty, row): (&TyRef, &Rc<Row>), need: &Rc<Need>) {
        for field in &attrs.fields {
            match (row.fields.get(&field.name), &row.rest) {
                (Some(wanted), _) => {
                    self.dynamic |= super::flow::makes_text(field.name);
                    let inside = need.field(field.name, row, wanted.span);
                    self.expect(&field.value, env, &wanted.ty, &inside);
                }
                (None, Some(rest)) => {
                    let inside = need.field(field.name, row, Span::NONE);
                    self.expect(&field.value, env, rest, &inside);
                }
                (None, None) => {
                    self.unknown_field(field.name, field.span, row, ty, need);
                    self.infer(&field.value, env);
                }
            }
        }
        for (name, value) in &attrs.dynamic {
            self.attribute_name(name, env);
            match &row.rest {
                Some(rest) => {
                    let inside = need.part("a value");
                    self.expect(value, env, rest, &inside);
                }
                None => {
                    self.dynamic = true;
                    self.infer(value, env);
                }
            }
        }
        if !attrs.dynamic.is_empty() {
            return;
        }
        let missing: Vec<Symbol> = lacking(row, |name| attrs.fields.iter().any(|field| field.name == name));
        let unknown = attrs.fields.iter().filter(|field| row.rest.is_none() && !row.fields.contains_key(&field.name));
        for name in untold(&missing, unknown.count()) {
            let written = Row { made: span, ..Row::default() };
            self.missing_field(*name, (&Rc::new(written), row), span, need);
        }
    }

    /// The type of a value that has been held to `ty`: where the value is written out, it shows which of the fields
    /// that may be left out are there, and that they are not `null`.
    pub(super) fn given(&mut self, ty: &TyRef, value: &TermRef) -> TyRef {
        match &value.kind {
            TermKind::Attrs(attrs) if !attrs.recursive => self.given_fields(ty, attrs),
            TermKind::Bool(_)
            | TermKind::Int(_)
            | TermKind::Float(_)
            | TermKind::Str(_)
            | TermKind::Interpolated(_)
            | TermKind::List(_) => self.without_null(ty),
            _ => ty.clone(),
        }
    }

    fn given_fields(&mut self, ty: &TyRef, attrs: &AttrsTerm) -> TyRef {
        let ty = self.without_null(ty);
        let mut shape = self.shape(&ty);
        if let Ty::Union(members, _) = &*shape
            && let Some(member) = self.tagged(members, attrs)
        {
            shape = self.shape(&member);
        }
        let Ty::Row(row) = &*shape else { return ty };
        let mut fields = row.fields.clone();
        for given in &attrs.fields {
            if let Some(field) = fields.get_mut(&given.name) {
                field.ty = self.given(&field.ty, &given.value);
                field.presence = if field.presence == Presence::Optional { Presence::Required } else { field.presence };
            }
        }
        let same = |(own, known): (&Field, &Field)| Rc::ptr_eq(&own.ty, &known.ty) && own.presence == known.presence;
        if fields.values().zip(row.fields.values()).all(same) && !matches!(&*self.shape(&ty), Ty::Union(..)) {
            return ty;
        }
        let known = Row {
            rest: row.rest.clone(),
            origin: row.origin.clone(),
            name: row.name,
            made: row.made,
            ..Row::default()
        };
        let known = super::ty::row(Row { fields, ..known });
        match declared_name(&ty) {
            Some(name) => Rc::new(Ty::Declared(name, known, Default::default())),
            None => known,
        }
    }

    /// The one member of a union whose tag a set has, written out.
    fn tagged(&mut self, members: &[TyRef], attrs: &AttrsTerm) -> Option<TyRef> {
        let mut found = None;
        for member in members {
            let shape = self.shape(member);
            let Ty::Row(row) = &*shape else { continue };
            let tags: Vec<(Symbol, Scalar)> = row
                .fields
                .iter()
                .filter(|(_, field)| !field.presence.may_be_left_out())
                .filter_map(|(name, field)| Some((*name, self.exact(&field.ty)?)))
                .collect();
            let given = |(name, tag): &(Symbol, Scalar)| {
                attrs.fields.iter().any(|field| field.name == *name && written(&field.value).as_ref() == Some(tag))
            };
            if !tags.is_empty() && tags.iter().all(given) && found.replace(member.clone()).is_some() {
                return None;
            }
        }
        found
    }

    /// Of a type or `null` the type.
    fn without_null(&mut self, ty: &TyRef) -> TyRef {
        let shape = self.shape(ty);
        let Ty::Union(members, _) = &*shape else { return ty.clone() };
        let rest: Vec<TyRef> = members.iter().filter(|member| self.look(member) != Look::Null).cloned().collect();
        match rest.as_slice() {
            [one] => one.clone(),
            _ => ty.clone(),
        }
    }

    /// A set or a list where one of several types is expected: held to the one it was meant for.
    fn expect_choice(
        &mut self,
        term: &TermRef,
        env: &Env,
        (ty, members, _): (&TyRef, &[TyRef], Sort),
        need: &Rc<Need>,
    ) {
        let look = self.outline(term, env);
        let chosen = match members.iter().find(|member| self.fit(&look, member) == super::fit::Fit::Yes) {
            Some(member) => Some(member.clone()),
            None => self.nearest(&look, members),
        };
        match chosen {
            Some(member) => self.expect(term, env, &member, need),
            None => {
                let own = self.infer(term, env);
                self.flow(&own, term.span, ty, need);
            }
        }
    }

    /// A set by its names and plain values alone, or a list: enough to tell what it was meant for.
    fn outline(&mut self, term: &TermRef, env: &Env) -> TyRef {
        let TermKind::Attrs(attrs) = &term.kind else { return Rc::new(Ty::List(Ty::any())) };
        let fields = attrs.fields.iter().map(|field| {
            let ty = match &field.value.kind {
                TermKind::Null | TermKind::Bool(_) | TermKind::Int(_) | TermKind::Float(_) | TermKind::Str(_) => {
                    self.infer(&field.value, env)
                }
                _ => Ty::any(),
            };
            let presence = super::ty::Presence::Required;
            (field.name, super::ty::Field { ty, presence, span: field.span, value: field.value.span })
        });
        let fields = fields.collect();
        let rest = (!attrs.dynamic.is_empty()).then(Ty::any);
        super::ty::row(Row { fields, rest, made: term.span, ..Row::default() })
    }

    fn expect_lambda(&mut self, lambda: &Lambda, env: &Env, (from, to): (&TyRef, &TyRef), need: &Rc<Need>) {
        match &lambda.param {
            ParamTerm::Name(_) => {
                let inner = self.enter(vec![Slot::Mono(from.clone())], env);
                self.expect(&lambda.body, &inner, to, &need.part("the result"));
            }
            ParamTerm::Formals { formals, open, alias } => {
                let given = self.shape(from);
                let given = match &*given {
                    Ty::Row(row) => Some(row.clone()),
                    _ => None,
                };
                let (inner, argument) = self.formals(formals, *open, *alias, given.as_deref(), env, lambda.span);
                if !given.is_some_and(|given| self.disagree(&given, formals, *open, need)) {
                    self.flow(from, lambda.span, &argument, &need.part("the argument"));
                }
                self.expect(&lambda.body, &inner, to, &need.part("the result"));
            }
        }
    }

    /// Whether a function takes by name what its type does not give, or not what it gives.
    fn disagree(&mut self, given: &Row, formals: &[FormalTerm], open: bool, need: &Need) -> bool {
        if let Some(formal) = formals
            .iter()
            .find(|formal| formal.default.is_none() && given.rest.is_none() && !given.fields.contains_key(&formal.name))
        {
            let message = format!("{need} takes an argument `{}` that its type does not give", formal.name);
            self.other_names(message, formal.span, given.made, need);
            return true;
        }
        let unknown =
            given.fields.iter().find(|(name, _)| !open && !formals.iter().any(|formal| formal.name == **name));
        if let Some((name, field)) = unknown {
            let message = format!("{need} takes no argument `{name}`, which its type gives");
            self.other_names(message, need.place, field.span, need);
        }
        unknown.is_some()
    }
}

/// The name of a declared type.
fn declared_name(ty: &Ty) -> Option<Symbol> {
    match ty {
        Ty::Declared(name, ..) => Some(*name),
        Ty::Known(ty) => match &**ty {
            Type::Declared(name, _) => Some(*name),
            Type::Deferred(deferred) => Some(deferred.name),
            _ => None,
        },
        _ => None,
    }
}

/// A plain value that is written out.
fn written(term: &TermRef) -> Option<Scalar> {
    Some(match &term.kind {
        TermKind::Bool(value) => Scalar::Bool(*value),
        TermKind::Int(value) => Scalar::Int(*value),
        TermKind::Str(value) => Scalar::Str(value.clone()),
        _ => return None,
    })
}

fn encloses(outer: Span, inner: Span) -> bool {
    !outer.is_none() && outer.lo <= inner.lo && inner.hi <= outer.hi
}
