//! What a condition says of the values in it, where it holds and where it does not.

use std::rc::Rc;

use super::Checker;
use super::fit::Fit;
use super::need::Need;
use super::records::with_field;
use super::scope::{Env, Subject};
use super::ty::{Presence, Sort, Ty, TyRef, known, map_of, row};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{BinaryOp, NameTerm, Term, TermKind, TermRef, UnaryOp};
use crate::types::{Bounds, Scalar, Type};

/// One thing that a condition asks of a value.
enum Test {
    /// Whether it is of this type: `isString x`, `x == null`, `x == "a"`.
    Is(TyRef),
    /// Whether it has this attribute, whose own type this is.
    Has(Symbol),
    /// Whether this attribute of it is of a type: `x.kind == "circle"`.
    Field(Symbol, TyRef),
}

impl Checker<'_> {
    /// A condition of `what`, checked, and the places where it holds and where it does not.
    pub(super) fn branches(&mut self, condition: &TermRef, env: &Env, what: &str) -> (Env, Env) {
        self.condition(condition, env, what);
        self.facts_of(condition, env)
    }

    /// What a condition says, in both cases. The condition itself is checked elsewhere.
    pub(super) fn facts_of(&mut self, condition: &TermRef, env: &Env) -> (Env, Env) {
        let (mut holds, mut fails) = (env.clone(), env.clone());
        match &condition.kind {
            TermKind::Unary { op: UnaryOp::Not, operand } => {
                let (yes, no) = self.facts_of(operand, env);
                return (no, yes);
            }
            TermKind::Binary { op: BinaryOp::And, left, right, .. } => {
                let (yes, _) = self.facts_of(left, env);
                return (self.facts_of(right, &yes).0, fails);
            }
            TermKind::Binary { op: BinaryOp::Or, left, right, .. } => {
                let (_, no) = self.facts_of(left, env);
                return (holds, self.facts_of(right, &no).1);
            }
            TermKind::Binary { op: BinaryOp::Implies, left, right, .. } => {
                let (yes, _) = self.facts_of(left, env);
                return (holds, self.facts_of(right, &yes).1);
            }
            TermKind::HasAttr { subject, path } if path.len() > 1 => {
                return (self.presence(subject, path, env).unwrap_or(holds), fails);
            }
            TermKind::Apply { function, arguments } if called(function) == Some("pathExists") => {
                if let Some(path) = arguments.first().and_then(|argument| self.path_of(argument, env)) {
                    return (holds.asking_for(path), fails);
                }
            }
            _ => {}
        }
        for (subject, term, test, positive) in self.tests(condition, env) {
            let ty = self.current(&subject, &term, env);
            let (yes, no) = self.split(&ty, &test);
            let (yes, no) = if positive { (yes, no) } else { (no, yes) };
            holds = yes.map_or(holds.clone(), |ty| holds.knowing(subject.clone(), ty));
            fails = no.map_or(fails.clone(), |ty| fails.knowing(subject, ty));
        }
        (holds, fails)
    }

    /// The plain questions that a condition asks. Several only where each follows from the condition.
    fn tests(&mut self, condition: &TermRef, env: &Env) -> Vec<(Subject, TermRef, Test, bool)> {
        let mut tests = Vec::new();
        match &condition.kind {
            TermKind::Binary { op: op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right, .. } => {
                for (asked, with) in [(left, right), (right, left)] {
                    self.equality(asked, with, *op == BinaryOp::Equal, env, &mut tests);
                }
            }
            TermKind::HasAttr { subject, path } => {
                if let ([NameTerm::Fixed(name, _)], Some(at)) = (path.as_slice(), self.subject(subject, &[], env)) {
                    tests.push((at, subject.clone(), Test::Has(*name), true));
                }
            }
            TermKind::Apply { function, arguments } => match (self.predicate(function, env), arguments.as_slice()) {
                (Some("hasAttr"), [name, of]) => {
                    if let (TermKind::Str(name), Some(subject)) = (&name.kind, self.subject(of, &[], env)) {
                        tests.push((subject, of.clone(), Test::Has(Symbol::new(name)), true));
                    }
                }
                (Some(name), [of]) => {
                    if let (Some(ty), Some(subject)) = (kind_named(name), self.subject(of, &[], env)) {
                        tests.push((subject, of.clone(), Test::Is(ty), true));
                    }
                }
                _ => {}
            },
            // `if tls.enable`
            TermKind::Local { .. } | TermKind::Select { default: None, .. } => {
                let holds = known(Type::Literal(Scalar::Bool(true)));
                self.is_value(condition, holds, true, env, &mut tests);
            }
            _ => {}
        }
        tests
    }

    /// The name of a function that is asked about a value. If it may be another one of that name, it is most likely as
    /// good, but nothing is proved by it.
    fn predicate(&mut self, function: &TermRef, env: &Env) -> Option<&'static str> {
        let name = called(function)?;
        if name == "typeOf" || name == "hasAttr" || kind_named(name).is_some() {
            let before = (self.findings.len(), self.doubts.len());
            let ty = self.infer(function, env);
            self.findings.truncate(before.0);
            self.doubts.truncate(before.1);
            let own = matches!(&*self.linked(&ty), Ty::Lazy(lazy) if self.in_library(&lazy.env));
            self.dynamic |= !own;
        }
        Some(name)
    }

    fn equality(
        &mut self,
        asked: &TermRef,
        with: &TermRef,
        positive: bool,
        env: &Env,
        tests: &mut Vec<(Subject, TermRef, Test, bool)>,
    ) {
        // `builtins.typeOf x == "string"`
        if let (TermKind::Apply { function, arguments }, TermKind::Str(kind)) = (&asked.kind, &with.kind)
            && self.predicate(function, env) == Some("typeOf")
            && let ([of], Some(ty)) = (arguments.as_slice(), kind_called(kind))
        {
            tests.extend(self.subject(of, &[], env).map(|subject| (subject, of.clone(), Test::Is(ty), positive)));
            return;
        }
        let value = match &with.kind {
            TermKind::Null => Scalar::Null,
            TermKind::Bool(value) => Scalar::Bool(*value),
            TermKind::Int(value) => Scalar::Int(*value),
            TermKind::Str(value) => Scalar::Str(value.clone()),
            _ => return,
        };
        let ty = match value {
            Scalar::Null => known(Type::Null),
            value => known(Type::Literal(value)),
        };
        self.is_value(asked, ty, positive, env, tests);
    }

    /// Whether something is this very value.
    fn is_value(
        &mut self,
        asked: &TermRef,
        ty: TyRef,
        positive: bool,
        env: &Env,
        tests: &mut Vec<(Subject, TermRef, Test, bool)>,
    ) {
        let Some(subject) = self.subject(asked, &[], env) else { return };
        tests.push((subject.clone(), asked.clone(), Test::Is(ty.clone()), positive));
        // `x.kind == "circle"` says something of `x` as well.
        if let TermKind::Select { subject: of, path, default: None } = &asked.kind
            && let [outside @ .., NameTerm::Fixed(name, _)] = path.as_slice()
            && let Some(outer) = self.subject(of, outside, env)
        {
            tests.push((outer, selected(of, outside, asked.span), Test::Field(*name, ty), positive));
        }
    }

    /// `x ? a.b` says that `x` has an `a`, and that `x.a` has a `b`. What is so if it has not cannot be told.
    fn presence(&mut self, subject: &TermRef, path: &[NameTerm], env: &Env) -> Option<Env> {
        let mut at = self.subject(subject, &[], env)?;
        let mut holds = env.clone();
        let mut ty = self.current(&at, subject, env);
        for name in path {
            let NameTerm::Fixed(name, _) = name else { return Some(holds) };
            if let (Some(there), _) = self.split_presence(&ty, *name) {
                holds = holds.knowing(at.clone(), there.clone());
                ty = there;
            }
            ty = self.select_or(&ty, *name);
            at.path.push(*name);
            ty = holds.fact(&at).unwrap_or(ty);
        }
        Some(holds)
    }

    /// Where an argument is computed: behind `optional` and its like only if the condition before it holds.
    pub(super) fn guarded(&mut self, function: &TermRef, arguments: &[TermRef], at: usize, env: &Env) -> Env {
        match (at, called(function), arguments) {
            (1, Some("optional" | "optionals" | "optionalString" | "optionalAttrs" | "mkIf"), [condition, ..]) => {
                self.facts_of(condition, env).0
            }
            _ => env.clone(),
        }
    }

    /// What is known of a subject so far.
    fn current(&mut self, subject: &Subject, term: &TermRef, env: &Env) -> TyRef {
        if let Some(fact) = env.fact(subject) {
            return fact;
        }
        // The finding about a selection that may fail is made where the condition itself is checked.
        let before = (self.findings.len(), self.doubts.len());
        let ty = self.infer(term, env);
        self.findings.truncate(before.0);
        self.doubts.truncate(before.1);
        ty
    }

    /// The type of a value where it passes a test, and where it does not; `None`: as it was.
    fn split(&mut self, ty: &TyRef, test: &Test) -> (Option<TyRef>, Option<TyRef>) {
        match test {
            Test::Is(wanted) => self.split_kind(ty, wanted),
            Test::Has(name) => self.split_presence(ty, *name),
            Test::Field(name, wanted) => self.split_field(ty, *name, wanted),
        }
    }

    fn split_kind(&mut self, ty: &TyRef, wanted: &TyRef) -> (Option<TyRef>, Option<TyRef>) {
        let shape = self.shape(ty);
        match &*shape {
            Ty::Union(members, sort) => {
                let (mut yes, mut no) = (Vec::new(), Vec::new());
                for member in members {
                    let (passes, fails) = self.split_kind(member, wanted);
                    yes.extend(Some(passes.unwrap_or_else(|| member.clone())));
                    no.extend(Some(fails.unwrap_or_else(|| member.clone())));
                }
                let join = |mut members: Vec<TyRef>| {
                    members.retain(|member| !super::store::is_never(member));
                    Ty::union(members, *sort)
                };
                (Some(join(yes)), Some(join(no)))
            }
            _ if is_number(wanted) && may_be_real(&shape) => (None, None),
            Ty::Var(id) if self.store.rigid_name(*id).is_none() => {
                let rest = self.store.fresh(self.level);
                let either = Ty::union(vec![wanted.clone(), rest.clone()], Sort::Declared);
                self.flow(&shape, Span::NONE, &either, &Need::silent());
                (Some(wanted.clone()), Some(rest))
            }
            Ty::Var(_) => (Some(wanted.clone()), None),
            _ if shape.is_any() => (Some(wanted.clone()), None),
            _ => match (self.fit(&shape, wanted), self.fit(wanted, &shape)) {
                (Fit::Yes, _) => (None, Some(known(Type::Never))),
                (Fit::No, Fit::No) => (Some(known(Type::Never)), None),
                // The test is about less than the type: that much is known where it passes.
                _ => (Some(self.narrower(&shape, wanted)), None),
            },
        }
    }

    /// Of two types that overlap, the one that says more: the one tested for, unless it says nothing of the inside.
    fn narrower(&mut self, ty: &TyRef, wanted: &TyRef) -> TyRef {
        match (&**ty, &**wanted) {
            (
                Ty::Row(_) | Ty::List(_) | Ty::Function(..) | Ty::Known(_),
                Ty::Row(_) | Ty::List(_) | Ty::Function(..),
            ) => ty.clone(),
            _ => wanted.clone(),
        }
    }

    fn split_presence(&mut self, ty: &TyRef, name: Symbol) -> (Option<TyRef>, Option<TyRef>) {
        let shape = self.shape(ty);
        match &*shape {
            Ty::Union(members, sort) => {
                let (mut yes, mut no) = (Vec::new(), Vec::new());
                for member in members {
                    let (passes, fails) = self.split_presence(member, name);
                    yes.push(passes.unwrap_or_else(|| member.clone()));
                    no.push(fails.unwrap_or_else(|| member.clone()));
                }
                yes.retain(|member| !super::store::is_never(member));
                no.retain(|member| !super::store::is_never(member));
                (Some(Ty::union(yes, *sort)), Some(Ty::union(no, *sort)))
            }
            Ty::Row(own) => match (own.fields.get(&name), &own.rest) {
                (Some(field), _) if field.presence.may_be_absent() => {
                    let mut there = super::records::updated(own, &super::ty::Row::default());
                    there.fields.insert(name, super::ty::Field { presence: Presence::Required, ..field.clone() });
                    there.rest = own.rest.clone();
                    (Some(row(there)), None)
                }
                (Some(_), _) => (None, Some(known(Type::Never))),
                (None, Some(rest)) => {
                    let mut there = super::records::updated(own, &super::ty::Row::default());
                    let field = super::ty::Field {
                        ty: rest.clone(),
                        presence: Presence::Required,
                        span: Span::NONE,
                        value: Span::NONE,
                    };
                    there.fields.insert(name, field);
                    there.rest = own.rest.clone();
                    (Some(row(there)), None)
                }
                (None, None) => (Some(known(Type::Never)), None),
            },
            Ty::Var(id) if self.store.rigid_name(*id).is_none() => {
                let (field, rest) = (self.store.fresh(self.level), self.store.fresh(self.level));
                let there = with_field(name, field, Presence::Required, Span::NONE);
                let either = Ty::union(vec![there.clone(), rest.clone()], Sort::Declared);
                self.flow(&shape, Span::NONE, &either, &Need::silent());
                (Some(there), Some(rest))
            }
            Ty::Known(_) | Ty::Value(_) | Ty::List(_) | Ty::Function(..) if !shape.is_any() => {
                (Some(known(Type::Never)), None)
            }
            _ => (None, None),
        }
    }

    fn split_field(&mut self, ty: &TyRef, name: Symbol, wanted: &TyRef) -> (Option<TyRef>, Option<TyRef>) {
        let shape = self.shape(ty);
        let (members, sort) = match &*shape {
            Ty::Union(members, sort) => (members.as_slice(), *sort),
            Ty::Row(_) => (std::slice::from_ref(&shape), Sort::Inferred),
            _ => return (None, None),
        };
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        for member in members {
            let inner = self.shape(member);
            let Ty::Row(row) = &*inner else {
                yes.push(member.clone());
                no.push(member.clone());
                continue;
            };
            let field = row.fields.get(&name).map(|field| field.ty.clone());
            let (there, only) = match field {
                Some(field) => (self.fit(wanted, &field) != Fit::No, self.fit(&field, wanted) == Fit::Yes),
                None => (row.rest.is_some(), false),
            };
            if there {
                yes.push(member.clone());
            }
            if !(there && only) {
                no.push(member.clone());
            }
        }
        (Some(Ty::union(yes, sort)), Some(Ty::union(no, sort)))
    }
}

/// Whether this is a written number, which is equal to a number of the other kind as well: `1 == 1.0`.
fn is_number(ty: &Ty) -> bool {
    let number = |scalar: &Scalar| matches!(scalar, Scalar::Int(_) | Scalar::Float(_));
    match ty {
        Ty::Value(scalar) => number(scalar),
        Ty::Known(ty) => matches!(&**ty, Type::Literal(scalar) if number(scalar)),
        _ => false,
    }
}

/// Whether a number of this type need not be an integer.
fn may_be_real(ty: &Ty) -> bool {
    match ty {
        Ty::Var(_) | Ty::Value(Scalar::Float(_)) => true,
        Ty::Known(ty) => {
            matches!(**ty, Type::Any | Type::Float(_) | Type::Number(_) | Type::Literal(Scalar::Float(_)))
        }
        _ => false,
    }
}

/// The term that selects this path; of none, the subject itself.
fn selected(subject: &TermRef, path: &[NameTerm], span: Span) -> TermRef {
    if path.is_empty() {
        return subject.clone();
    }
    Term::new(TermKind::Select { subject: subject.clone(), path: path.to_vec(), default: None }, span)
}

/// The name of the function that is called: the last one of `lib.isString`.
fn called(function: &TermRef) -> Option<&'static str> {
    Some(match &function.kind {
        TermKind::Local { name, .. } | TermKind::Scoped { name, .. } | TermKind::Global(name) => name.as_str(),
        TermKind::Select { path, default: None, .. } => match path.last()? {
            NameTerm::Fixed(name, _) => name.as_str(),
            NameTerm::Dynamic(_) => return None,
        },
        _ => return None,
    })
    .map(|name: &'static str| name.trim_start_matches("__"))
}

/// The kind that a predicate asks for.
fn kind_named(name: &str) -> Option<TyRef> {
    let kind = match name {
        "isString" => "string",
        "isInt" => "int",
        "isFloat" => "float",
        "isBool" => "bool",
        "isList" => "list",
        "isAttrs" => "set",
        "isFunction" => "lambda",
        "isPath" => "path",
        "isSecret" => "secret",
        "isNull" => "null",
        _ => return None,
    };
    kind_called(kind)
}

/// The kind with this name in the language.
fn kind_called(kind: &str) -> Option<TyRef> {
    Some(match kind {
        "string" => known(Type::string()),
        "int" => known(Type::int()),
        "float" => known(Type::Float(Bounds::NONE)),
        "bool" => known(Type::Bool),
        "path" => known(Type::Path),
        "secret" => known(Type::Secret),
        "null" => known(Type::Null),
        "list" => Rc::new(Ty::List(Ty::any())),
        "set" => map_of(Ty::any()),
        "lambda" => Ty::function(Ty::any(), Ty::any()),
        _ => return None,
    })
}
