//! Functions and calls.

use std::rc::Rc;

use indexmap::IndexMap;

use super::Checker;
use super::fit::has_functor;
use super::need::{Need, Why};
use super::scope::{Env, Slot};
use super::ty::{Field, Presence, Row, Sort, Ty, TyRef, row};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{FormalTerm, Lambda, ParamTerm, TermKind, TermRef};
use crate::types::Type;

impl Checker<'_> {
    pub(super) fn lambda(&mut self, lambda: &Lambda, env: &Env) -> TyRef {
        match &lambda.param {
            ParamTerm::Name(name) => {
                let argument = match self.own_argument(name.as_str(), env) {
                    Some(library) => library,
                    None => self.store.fresh(self.level),
                };
                let inner = self.enter(vec![Slot::Mono(argument.clone())], env);
                let body = self.infer(&lambda.body, &inner);
                Ty::function(argument, body)
            }
            ParamTerm::Formals { formals, open, alias } => {
                let (inner, argument) = self.formals(formals, *open, *alias, None, env, lambda.span);
                let body = self.infer(&lambda.body, &inner);
                Ty::function(argument, body)
            }
        }
    }

    /// In the standard library, `lib` is the library.
    pub(super) fn own_argument(&mut self, name: &str, env: &Env) -> Option<TyRef> {
        (name == "lib" && self.in_library(env)).then(|| self.library())
    }

    /// The frame of a call, and the type of the argument. `given` is what is known of it.
    pub(super) fn formals(
        &mut self,
        formals: &[FormalTerm],
        open: bool,
        alias: bool,
        given: Option<&Row>,
        env: &Env,
        span: Span,
    ) -> (Env, TyRef) {
        let count = formals.len() + usize::from(alias);
        let unknown: Vec<Slot> = (0..count).map(|_| Slot::Mono(self.store.fresh(self.level))).collect();
        let inner = self.enter(unknown.clone(), env);
        let frame = inner.frame.unwrap_or_default() as usize;
        let mut fields = IndexMap::with_capacity(formals.len());
        for (at, formal) in formals.iter().enumerate() {
            let Slot::Mono(own) = &unknown[at] else { unreachable!("they are made above") };
            let ty = match (&formal.ty, self.own_argument(formal.name.as_str(), env)) {
                (Some(ty), _) => self.annotation(ty, &inner),
                (None, Some(library)) => library,
                (None, None) => match given.and_then(|given| given.fields.get(&formal.name)) {
                    Some(field) => field.ty.clone(),
                    None => given.and_then(|given| given.rest.clone()).unwrap_or_else(|| own.clone()),
                },
            };
            self.frames[frame].slots[at] = Slot::Mono(ty.clone());
            let presence = if formal.default.is_some() { Presence::Default } else { Presence::Required };
            fields.insert(formal.name, Field { ty, presence, span: formal.span, value: Span::NONE });
        }
        for (at, (formal, field)) in formals.iter().zip(fields.values()).enumerate() {
            if let Some(default) = &formal.default {
                let ty = self.formal_default(formal, default, field, &inner);
                self.frames[frame].slots[at] = Slot::Mono(ty);
            }
        }
        let rest = open.then(Ty::any);
        if alias {
            let whole = row(Row { fields: given_of(&fields), rest: rest.clone(), made: span, ..Row::default() });
            self.frames[frame].slots[formals.len()] = Slot::Mono(whole);
        }
        let argument = row(Row { fields, rest, made: span, is_formals: true, ..Row::default() });
        (inner, argument)
    }

    /// What an argument with a default is inside: what is given, or the default. A caller is not bound to the default's
    /// type.
    fn formal_default(&mut self, formal: &FormalTerm, default: &TermRef, field: &Field, inner: &Env) -> TyRef {
        if let Some(ty) = &formal.ty {
            let need = Need::typed(formal.name, ty.span, default.span);
            self.expect(default, inner, &field.ty, &need);
            return field.ty.clone();
        }
        let otherwise = self.infer(default, inner);
        match &*self.shape(&field.ty) {
            Ty::Var(_) => Ty::union(vec![field.ty.clone(), otherwise], Sort::Inferred),
            // The type around says what callers give; where they give nothing, it is the default all the same.
            _ => Ty::union(vec![field.ty.clone(), otherwise], Sort::Declared),
        }
    }

    pub(super) fn application(&mut self, function: &TermRef, arguments: &[TermRef], env: &Env, span: Span) -> TyRef {
        if let Some(ty) = self.import_of(function, arguments, env) {
            return ty;
        }
        let function_type = self.infer(function, env);
        self.apply(&function_type, function, arguments, env, span)
    }

    fn apply(&mut self, ty: &TyRef, function: &TermRef, arguments: &[TermRef], env: &Env, span: Span) -> TyRef {
        let mut ty = ty.clone();
        for (at, argument) in arguments.iter().enumerate() {
            let call = Call { function, argument, at, of: arguments.len(), span };
            let env = self.guarded(function, arguments, at, env);
            ty = self.call(&ty, &call, &env);
        }
        ty
    }

    /// The result of one call.
    fn call(&mut self, function: &TyRef, call: &Call, env: &Env) -> TyRef {
        let shape = self.shape(function);
        match &*shape {
            Ty::Function(from, to) => {
                let need = call.need();
                self.expect(call.argument, env, from, &need);
                to.clone()
            }
            Ty::Var(_) | Ty::Union(..) => self.call_unknown(&shape, call, env),
            Ty::Row(row) if has_functor(row) => self.call_unknown(&shape, call, env),
            Ty::Row(row) if row.rest.is_some() => self.call_any(call, env),
            _ if shape.is_any() || matches!(&*shape, Ty::Definition(..) | Ty::Option(_)) => self.call_any(call, env),
            Ty::Known(ty) if matches!(**ty, Type::Module(_)) => self.call_any(call, env),
            _ if super::store::is_never(&shape) => {
                self.infer(call.argument, env);
                shape
            }
            // Who knows what it would have been.
            _ if matches!(call.argument.kind, TermKind::Error) => Ty::any(),
            _ => {
                self.infer(call.argument, env);
                self.not_a_function(function, call.function, call.argument, (call.at, call.of, call.span));
                Ty::any()
            }
        }
    }

    /// One more argument for a function whose type is known.
    pub(super) fn call_value(
        &mut self,
        ty: &TyRef,
        function: &TermRef,
        (argument, at, of): (&TermRef, usize, usize),
        env: &Env,
    ) -> TyRef {
        self.call(ty, &Call { function, argument, at, of, span: function.span.to(argument.span) }, env)
    }

    fn call_any(&mut self, call: &Call, env: &Env) -> TyRef {
        self.infer(call.argument, env);
        self.unknown()
    }

    fn call_unknown(&mut self, shape: &TyRef, call: &Call, env: &Env) -> TyRef {
        let argument = self.infer(call.argument, env);
        let result = self.store.fresh(self.level);
        let wanted = Ty::function(argument, result.clone());
        self.flow(shape, call.function.span, &wanted, &Need::of(Why::Called, call.span));
        result
    }

    /// A call where the type of its result is given: what is demanded of the result helps to
    /// understand the arguments, so it comes first.
    pub(super) fn expect_application(
        &mut self,
        (function, arguments): (&TermRef, &[TermRef]),
        env: &Env,
        span: Span,
        ty: &TyRef,
        need: &Rc<Need>,
    ) {
        if let Some(own) = self.import_of(function, arguments, env) {
            return self.flow(&own, span, ty, &need.at(span));
        }
        let whole = self.infer(function, env);
        let mut result = whole.clone();
        let mut wanted = Vec::new();
        for _ in arguments {
            let Ty::Function(from, to) = &*self.shape(&result) else { break };
            wanted.push(from.clone());
            result = to.clone();
        }
        if wanted.len() < arguments.len() || !is_open(&result) {
            let own = self.apply(&whole, function, arguments, env, span);
            return self.flow(&own, span, ty, &need.at(span));
        }
        self.flow(&result, span, ty, &need.at(span));
        for (at, (argument, from)) in arguments.iter().zip(&wanted).enumerate() {
            let call = Call { function, argument, at, of: arguments.len(), span };
            let env = self.guarded(function, arguments, at, env);
            // What `mkIf` and its like wrap is still the definition itself.
            let wraps = matches!(&**from, Ty::Definition(..)) && matches!(&*result, Ty::Definition(..));
            let demand = if wraps { need.at(argument.span) } else { call.need() };
            self.expect(argument, &env, from, &demand);
        }
    }
}

/// One argument of a call.
struct Call<'t> {
    function: &'t TermRef,
    argument: &'t TermRef,
    /// Which argument, of how many.
    at: usize,
    of: usize,
    span: Span,
}

impl Call<'_> {
    /// The demand that the function makes of the argument.
    fn need(&self) -> Rc<Need> {
        const ORDINALS: [&str; 4] = ["first ", "second ", "third ", "fourth "];
        let which = if self.of == 1 { "" } else { ORDINALS.get(self.at).copied().unwrap_or("") };
        let of = match &self.function.kind {
            TermKind::Local { name, .. } | TermKind::Scoped { name, .. } | TermKind::Global(name) => {
                format!("the {which}argument of `{name}`")
            }
            TermKind::Select { path, .. } => match path.last() {
                Some(crate::term::NameTerm::Fixed(name, _)) => format!("the {which}argument of `{name}`"),
                _ => format!("the {which}argument"),
            },
            _ => format!("the {which}argument"),
        };
        Need::phrase(of, Span::NONE, self.argument.span)
    }
}

/// What the name of the whole stands for: what the caller gives, without the defaults.
fn given_of(fields: &IndexMap<Symbol, Field>) -> IndexMap<Symbol, Field> {
    let given = |field: &Field| {
        let presence = if field.presence == Presence::Default { Presence::Sometimes } else { field.presence };
        Field { presence, ..field.clone() }
    };
    fields.iter().map(|(name, field)| (*name, given(field))).collect()
}

/// Whether a result says nothing until something is demanded of it.
fn is_open(ty: &Ty) -> bool {
    match ty {
        Ty::Var(_) => true,
        Ty::Definition(inner, _) | Ty::List(inner) => is_open(inner),
        _ => false,
    }
}
