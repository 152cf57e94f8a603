//! Forcing and applying: how terms become values.
//!
//! [`Evaluator::eval`] is one match over the forms of terms; each family of constructs has a file
//! of its own. Whatever a program does not need is never computed: arguments, bindings, list items
//! and fields become thunks ([`Evaluator::delay`]), and [`Evaluator::force`] computes a thunk once.
//!
//! Failures travel as [`Error`]s. On their way out through code of the user's they pick up a place
//! in it ([`Error::passes`]), so an error inside the standard library is shown at the user's call.

mod access;
mod apply;
mod blame;
mod compare;
mod contract;
mod data;
mod import;
mod kubernetes;
mod operators;
mod print;
mod secrets;
mod select;
mod strings;
mod types;
mod watch;

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::schema::Catalogue;
use crate::source::{SourceMap, Span, World};
use crate::symbol::Symbol;
use crate::term::{Annotations, AttrsTerm, FieldTerm, Globals, StrTerm, Term, TermKind, TermRef, UnaryOp};
use crate::types::findings;
use crate::value::{
    Attr, Attrs, Closure, Env, Error, Evaluator, Kind, Kubernetes, Limits, Result, State, Thunk, Value,
};

pub use crate::library::ROOT as LIBRARY_ROOT;
pub(crate) use crate::syntax::quoted;
pub use crate::types::Path;
pub use blame::Blame;
pub(crate) use blame::{field_elsewhere, look_of_thunk};
pub(crate) use contract::field_default;
pub use contract::scalar_of;
pub use data::Depth;
pub use kubernetes::kubernetes_types;
pub use print::{glance, print};
pub use strings::{Coercion, normalized};

/// Calls and forced values inside each other. Sized so that the stack of [`STACK_BYTES`] suffices in
/// any build.
const MAX_DEPTH: u32 = if cfg!(debug_assertions) { 12_000 } else { 60_000 };

/// The stack that an evaluation needs. Untouched pages cost nothing.
pub const STACK_BYTES: usize = 1 << 30;

/// An error at `span`.
pub fn error(code: Code, span: Span, message: impl Into<String>) -> Error {
    Diagnostic::new(code, span, message).into()
}

impl Evaluator {
    /// An evaluator that knows no globals yet; `builtins` gives it those.
    pub fn new(world: World) -> Evaluator {
        Evaluator {
            sources: SourceMap::new(),
            world,
            findings: Vec::new(),
            names: Rc::new(Globals::default()),
            globals: FxHashMap::default(),
            imports: FxHashMap::default(),
            terms: FxHashMap::default(),
            objects: None,
            kubernetes: Kubernetes::Known(Catalogue::embedded().newest()),
            spaces: Vec::new(),
            definitions: FxHashMap::default(),
            catalogues: Vec::new(),
            type_faces: None,
            traces: Vec::new(),
            depth: 0,
            limits: Limits { depth: MAX_DEPTH },
            watch: None,
            beaten: Vec::new(),
        }
    }

    /// The value of `term`, to weak head normal form.
    pub fn eval(&mut self, term: &TermRef, env: &Env) -> Result<Value> {
        let span = term.span;
        let kind = match &term.kind {
            TermKind::Error => return Err(Error::silent()),
            TermKind::Null => Kind::Null,
            TermKind::Bool(value) => Kind::Bool(*value),
            TermKind::Int(value) => Kind::Int(*value),
            TermKind::Float(value) => Kind::Float(*value),
            TermKind::Str(text) => Kind::Str(text.clone()),
            TermKind::Interpolated(parts) => Kind::Str(self.interpolate(parts, env)?),
            TermKind::Path(parts) => self.path_literal(parts, env, span)?,
            TermKind::Local { .. } | TermKind::Scoped { .. } | TermKind::Global(_) => {
                let thunk = self.variable(term, env)?;
                return self.force_at(&thunk, span);
            }
            TermKind::Position => Kind::Attrs(self.position(span)),
            TermKind::List(items) => {
                Kind::List(crate::value::List::new(items.iter().map(|item| self.delay(item, env)).collect()))
            }
            TermKind::Attrs(attrs) => Kind::Attrs(self.attrs(attrs, env)?),
            TermKind::Let { values, body } => {
                let env = env.bind_many(|env| values.iter().map(|value| self.delay(value, env)).collect());
                return self.eval(body, &env);
            }
            TermKind::Lambda(lambda) => Kind::Lambda(Rc::new(Closure { lambda: lambda.clone(), env: env.clone() })),
            TermKind::Apply { function, arguments } => return self.application(function, arguments, env, span),
            TermKind::Select { subject, path, default } => {
                return self.selection(subject, path, default.as_ref(), env, span);
            }
            TermKind::HasAttr { subject, path } => Kind::Bool(self.has_attr(subject, path, env)?),
            TermKind::If { condition, then, otherwise } => {
                let branch = if self.condition(condition, env, "the condition of `if`")? { then } else { otherwise };
                return self.eval(branch, env);
            }
            TermKind::With { scope, body } => {
                let env = env.bind(self.delay(scope, env));
                return self.eval(body, &env);
            }
            TermKind::Assert { condition, body } => {
                if !self.condition(condition, env, "the condition of `assert`")? {
                    return Err(error(Code::AssertionFailed, condition.span, "assertion failed")
                        .described(|finding| finding.label("this is false")));
                }
                return self.eval(body, env);
            }
            TermKind::Unary { op: UnaryOp::Not, operand } => {
                Kind::Bool(!self.condition(operand, env, "the operand of `!`")?)
            }
            TermKind::Unary { op: UnaryOp::Negate, operand } => self.negate(operand, env, span)?,
            TermKind::Binary { op, left, right, .. } => return self.binary(*op, left, right, env, span),
            TermKind::Annotated { name, value, ty, by: Annotations::Held } => {
                return self.annotated(*name, value, ty, env);
            }
            TermKind::Annotated { value, .. } => return self.eval(value, env),
            TermKind::Type(ty) => Kind::Type(self.type_form(ty, env, span)?),
            TermKind::Option(option) => Kind::Attrs(self.option_declaration(option, env, span)),
        };
        Ok(Value::new(kind, span))
    }

    /// The term as a thunk: computed when it is first needed, or at once where that costs nothing.
    pub fn delay(&mut self, term: &TermRef, env: &Env) -> Thunk {
        let kind = match &term.kind {
            TermKind::Null => Kind::Null,
            TermKind::Bool(value) => Kind::Bool(*value),
            TermKind::Int(value) => Kind::Int(*value),
            TermKind::Float(value) => Kind::Float(*value),
            TermKind::Str(text) => Kind::Str(text.clone()),
            TermKind::Lambda(lambda) => Kind::Lambda(Rc::new(Closure { lambda: lambda.clone(), env: env.clone() })),
            TermKind::Local { depth, slot, .. } => match env.get(*depth, *slot) {
                Some(thunk) => return thunk.clone(),
                // The frame is still being filled, with this very thunk among others.
                None => return Thunk::suspend(term.clone(), env.clone()),
            },
            TermKind::Global(name) if self.globals.contains_key(name) => return self.globals[name].clone(),
            TermKind::Annotated { value, by: Annotations::Trusted, .. } => return self.delay(value, env),
            _ => return Thunk::suspend(term.clone(), env.clone()),
        };
        Thunk::Done(Value::new(kind, term.span))
    }

    /// The value of a thunk, to weak head normal form; computed at most once.
    pub fn force(&mut self, thunk: &Thunk) -> Result<Value> {
        self.force_at(thunk, Span::NONE)
    }

    /// As [`Evaluator::force`], needed by the expression at `span`.
    pub fn force_at(&mut self, thunk: &Thunk, span: Span) -> Result<Value> {
        let lazy = match thunk {
            Thunk::Done(value) => return Ok(value.clone()),
            Thunk::Lazy(lazy) => lazy,
        };
        let state = {
            let mut state = lazy.0.borrow_mut();
            match &*state {
                State::Done(value) => return Ok(value.clone()),
                State::Failed(error) => return Err(error.clone()),
                State::Running => {
                    let name = self.sources.text(span);
                    let what = if is_name(name) { format!("`{name}`") } else { "this value".to_string() };
                    let error = error(Code::InfiniteRecursion, span, format!("{what} depends on itself"));
                    return Err(error.described(|finding| {
                        finding
                            .label("needed here while it is being computed")
                            .hint("break the circle: one of the values on it must not need the others")
                    }));
                }
                State::Suspended(..) | State::Deferred(_) => std::mem::replace(&mut *state, State::Running),
            }
        };
        let result = self.deeper(span, |machine| match state {
            State::Suspended(term, env) => machine.eval(&term, &env),
            State::Deferred(compute) => compute(machine),
            State::Running | State::Done(_) | State::Failed(_) => Err(Error::silent()),
        });
        if let Err(error) = &result {
            error.passes(span, &self.sources);
        }
        *lazy.0.borrow_mut() = match &result {
            Ok(value) => State::Done(value.clone()),
            Err(error) => State::Failed(error.clone()),
        };
        result
    }

    /// Runs `work` one level deeper, or refuses when that is too deep.
    pub fn deeper<T>(&mut self, span: Span, work: impl FnOnce(&mut Evaluator) -> Result<T>) -> Result<T> {
        if self.depth >= self.limits.depth {
            let message = format!("evaluation is nested more than {} levels deep", self.limits.depth);
            return Err(error(Code::TooDeep, span, message).described(|finding| {
                finding.hint("this is usually a function that calls itself without end; use `foldl'` for long lists")
            }));
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    /// The thunk that a variable stands for.
    fn variable(&mut self, term: &Term, env: &Env) -> Result<Thunk> {
        match &term.kind {
            TermKind::Local { depth, slot, .. } => {
                Ok(env.get(*depth, *slot).expect("scope resolution gave the address of a filled slot").clone())
            }
            TermKind::Scoped { name, withs, global } => {
                let mut supplied = Vec::new();
                for &depth in withs {
                    let scope = env.get(depth, 0).expect("a `with` frame has one slot").clone();
                    let scope = self.force_at(&scope, term.span)?;
                    let Kind::Attrs(attrs) = &scope.kind else {
                        return Err(self.wrong_kind(&scope, "a set", "`with`", term.span));
                    };
                    if let Some(attr) = attrs.get(*name) {
                        return Ok(attr.value.clone());
                    }
                    supplied.extend(attrs.iter().map(|attr| attr.name.as_str()));
                }
                if *global {
                    return self.global(*name, term.span);
                }
                let message = format!("undefined variable `{name}`");
                Err(error(Code::UndefinedVariable, term.span, message).described(|finding| {
                    let hint = did_you_mean(name.as_str(), supplied);
                    let hint = hint.unwrap_or_else(|| "bind it with `let`, or add it to the set of the `with`".into());
                    finding.label("neither bound nor in the `with` around it").hint(hint)
                }))
            }
            TermKind::Global(name) => self.global(*name, term.span),
            _ => Err(Error::silent()),
        }
    }

    fn global(&mut self, name: Symbol, span: Span) -> Result<Thunk> {
        let missing = || error(Code::UndefinedVariable, span, format!("undefined variable `{name}`"));
        self.globals.get(&name).cloned().ok_or_else(missing)
    }

    /// A set's fields, each a thunk; computed names are needed at once.
    fn attrs(&mut self, term: &AttrsTerm, env: &Env) -> Result<Attrs> {
        let (env, mut entries) = if term.recursive {
            let mut entries = Vec::new();
            let env = env.bind_many(|env| {
                entries = self.fields(term, env);
                entries.iter().map(|attr| attr.value.clone()).collect()
            });
            (env, entries)
        } else {
            (env.clone(), self.fields(term, env))
        };
        for (name, value) in &term.dynamic {
            let computed = self.eval(name, &env)?;
            self.looks_into(&computed);
            let symbol = match &computed.kind {
                Kind::Null => continue,
                Kind::Str(text) => Symbol::new(text),
                _ => return Err(self.wrong_kind(&computed, "a string", "the name of an attribute", name.span)),
            };
            if let Some(first) = entries.iter().find(|attr| attr.name == symbol) {
                let message = format!("the attribute `{symbol}` is defined twice");
                let first = first.span;
                return Err(error(Code::DuplicateAttribute, name.span, message).described(|finding| {
                    finding.label("again here").also(first, "first here").hint("remove one of the two")
                }));
            }
            entries.push(Attr { name: symbol, span: name.span, value: self.delay(value, &env) });
        }
        Ok(Attrs::new(entries))
    }

    /// The fields with names that are written out, and room for the others.
    fn fields(&mut self, term: &AttrsTerm, env: &Env) -> Vec<Attr> {
        let mut entries = Vec::with_capacity(term.fields.len() + term.dynamic.len());
        for FieldTerm { name, span, value } in &term.fields {
            entries.push(Attr { name: *name, span: *span, value: self.delay(value, env) });
        }
        entries
    }

    /// A boolean that `what` needs.
    fn condition(&mut self, term: &TermRef, env: &Env, what: &str) -> Result<bool> {
        let value = self.eval(term, env)?;
        self.decides(&value);
        match value.kind {
            Kind::Bool(value) => Ok(value),
            _ => Err(self.wrong_kind(&value, "a boolean", what, term.span)),
        }
    }

    /// A place as the language gives it: `file`, `line` and `column`; nothing for what no text made.
    pub fn position(&self, span: Span) -> Attrs {
        let mut set = crate::value::AttrsBuilder::new();
        if let Some(place) = self.sources.location(span) {
            set.add("file", span, Value::string(place.file, span));
            set.add("line", span, Value::int(place.line as i64, span));
            set.add("column", span, Value::int(place.column as i64, span));
        }
        set.build()
    }

    /// The error for a value of the wrong kind: `what` needs `wanted` but got this, at `span`.
    pub fn wrong_kind(&self, value: &Value, wanted: &str, what: &str, span: Span) -> Error {
        let span = span.or(value.origin);
        if let (Kind::Secret(secret), "a string") = (&value.kind, wanted) {
            return self.visible(secret, span, what);
        }
        let message = format!("{what} must be {wanted}, not {}", value.describe());
        let hint = self.conversion(value, wanted);
        error(Code::WrongKind, span, message)
            .described(|finding| shown_at(finding, value, span, &format!("{wanted} is needed here")).maybe_hint(hint))
    }

    /// How a value of another kind becomes what is wanted, if there is a plain way.
    fn conversion(&self, value: &Value, wanted: &str) -> Option<String> {
        findings::conversion(wanted, &self.found(value))
    }

    /// The text and interpolated parts of a string.
    fn interpolate(&mut self, parts: &[StrTerm], env: &Env) -> Result<ecow::EcoString> {
        let mut text = ecow::EcoString::new();
        for part in parts {
            match part {
                StrTerm::Text(piece) => text.push_str(piece),
                StrTerm::Interpolation(term) => {
                    let value = self.eval(term, env)?;
                    text.push_str(&self.coerce(&value, Coercion::Interpolation, term.span)?);
                }
            }
        }
        Ok(text)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 80
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-'.".contains(&byte))
}

/// Says where a value is needed and where it was made. `needed` is for the first place if they are two.
fn shown_at(finding: Diagnostic, value: &Value, span: Span, needed: &str) -> Diagnostic {
    let made = value.origin;
    if made.is_none() || made == span {
        return finding.label(format!("this is {}", value.describe()));
    }
    finding.label(needed).also(made, format!("this is {}", value.describe()))
}
