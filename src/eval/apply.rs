//! Calls: functions of the language, builtins, sets with `__functor`.

use std::rc::Rc;

use super::error;
use crate::diag::{Code, did_you_mean};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{Annotations, FormalTerm, Lambda, ParamTerm, TermKind, TermRef};
use crate::value::{Arguments, Closure, Env, Error, Evaluator, Kind, Partial, Result, Thunk, Value};

impl Evaluator {
    /// The value of `function` at `argument`. `span` is the call's place.
    pub fn apply(&mut self, function: &Value, argument: Thunk, span: Span) -> Result<Value> {
        let result = self.deeper(span, |machine| match &function.kind {
            Kind::Lambda(closure) => machine.call(closure, argument, span),
            Kind::Native(partial) => machine.call_native(partial, argument, span),
            Kind::Host(host) => (host.run)(machine, argument, span),
            Kind::Attrs(attrs) => match attrs.named("__functor") {
                Some(functor) => {
                    let functor = functor.value.clone();
                    let functor = machine.force_at(&functor, span)?;
                    let method = machine.apply(&functor, function.clone().into(), span)?;
                    machine.apply(&method, argument, span)
                }
                None => Err(machine.not_a_function(function, span)),
            },
            _ => Err(machine.not_a_function(function, span)),
        });
        if let Err(error) = &result {
            error.passes(span, &self.sources);
        }
        result
    }

    /// [`Evaluator::apply`] for several arguments, one after the other.
    pub fn apply_all(
        &mut self,
        function: &Value,
        arguments: impl IntoIterator<Item = Thunk>,
        span: Span,
    ) -> Result<Value> {
        let mut arguments = arguments.into_iter();
        let mut value = function.clone();
        while let Some(first) = arguments.next() {
            value = match arguments.next() {
                Some(second) => self.apply_two(&value, [first, second], span)?,
                None => self.apply(&value, first, span)?,
            };
        }
        Ok(value)
    }

    /// `f a b`. Most functions of two arguments are `x: y: …`; these need no closure in between.
    fn apply_two(&mut self, function: &Value, [first, second]: [Thunk; 2], span: Span) -> Result<Value> {
        if let Some((env, body)) = takes_two(function) {
            let env = env.bind(first).bind(second);
            let result = self.deeper(span, |machine| machine.eval(body, &env));
            return result.inspect_err(|error| error.passes(span, &self.sources));
        }
        let function = self.apply(function, first, span)?;
        self.apply(&function, second, span)
    }

    /// `f a b c` as it stands in a text.
    pub(super) fn application(
        &mut self,
        function: &TermRef,
        arguments: &[TermRef],
        env: &Env,
        span: Span,
    ) -> Result<Value> {
        let mut value = self.eval(function, env)?;
        let mut rest = arguments;
        // A builtin with all its arguments runs at once, without the partial applications in between.
        if let Kind::Native(partial) = &value.kind {
            let missing = partial.native.arity - partial.arguments.len();
            if rest.len() >= missing {
                let (now, later) = rest.split_at(missing);
                let mut values = partial.arguments.clone();
                values.extend(now.iter().map(|argument| self.delay(argument, env)));
                let native = partial.native;
                let call = Arguments { values: &values, span, name: native.name };
                let result = self.deeper(span, |machine| (native.run)(machine, call));
                if let Err(error) = &result {
                    error.passes(span, &self.sources);
                }
                value = result?;
                rest = later;
            }
        }
        while let [first, behind @ ..] = rest {
            let taken = arguments.len() - rest.len();
            if taken > 0 && !is_callable(&value) {
                return Err(too_many_arguments(&value, taken, arguments, span));
            }
            let first = self.delay(first, env);
            (value, rest) = match behind {
                [second, behind @ ..] if takes_two(&value).is_some() => {
                    let second = self.delay(second, env);
                    (self.apply_two(&value, [first, second], span)?, behind)
                }
                _ => (self.apply(&value, first, span)?, behind),
            };
        }
        Ok(value)
    }

    fn call_native(&mut self, partial: &Partial, argument: Thunk, span: Span) -> Result<Value> {
        let mut arguments = Vec::with_capacity(partial.native.arity);
        arguments.extend_from_slice(&partial.arguments);
        arguments.push(argument);
        if arguments.len() < partial.native.arity {
            let partial = Partial { native: partial.native, arguments };
            return Ok(Value::new(Kind::Native(Rc::new(partial)), span));
        }
        (partial.native.run)(self, Arguments { values: &arguments, span, name: partial.native.name })
    }

    fn call(&mut self, closure: &Closure, argument: Thunk, span: Span) -> Result<Value> {
        let lambda = &*closure.lambda;
        let env = match &lambda.param {
            ParamTerm::Name(_) => closure.env.bind(argument),
            ParamTerm::Formals { formals, open, alias } => {
                self.bind_formals(closure, formals, Shape { open: *open, alias: *alias }, &argument, span)?
            }
        };
        self.eval(&lambda.body, &env)
    }

    fn bind_formals(
        &mut self,
        closure: &Closure,
        formals: &[FormalTerm],
        shape: Shape,
        argument: &Thunk,
        span: Span,
    ) -> Result<Env> {
        let value = self.force_at(argument, span)?;
        let Kind::Attrs(attrs) = &value.kind else {
            return Err(self.wrong_kind(&value, "a set", "the argument of this function", span));
        };
        for formal in formals {
            if formal.default.is_none() && attrs.get(formal.name).is_none() {
                return Err(missing_argument(formal, &value, span));
            }
        }
        if !shape.open && attrs.len() > formals.iter().filter(|formal| attrs.get(formal.name).is_some()).count() {
            return Err(unexpected_argument(&closure.lambda, formals, attrs, span));
        }
        Ok(closure.env.bind_many(|env| {
            let slot = |formal: &FormalTerm| {
                let given = match (attrs.get(formal.name), &formal.default) {
                    (Some(attr), _) => attr.value.clone(),
                    (None, Some(default)) => self.delay(default, env),
                    (None, None) => Thunk::failed(Error::silent()),
                };
                match &formal.ty {
                    Some(ty) if formal.by == Annotations::Held => self.held_later(given, ty, env, formal.name),
                    _ => given,
                }
            };
            let mut slots: Vec<Thunk> = formals.iter().map(slot).collect();
            if shape.alias {
                slots.push(argument.clone());
            }
            slots
        }))
    }

    fn not_a_function(&mut self, value: &Value, span: Span) -> Error {
        let message = format!("{} is called as if it were a function", value.describe());
        error(Code::NotAFunction, span, message).described(|finding| {
            finding.label("called here").also(value.origin, format!("this is {}", value.describe())).hint(
                match value.kind {
                    Kind::Attrs(_) => {
                        "two sets are joined with `//`; or is an operator or a `;` missing between the two?"
                    }
                    Kind::List(_) => {
                        "two lists are joined with `++`; or is an operator or a `;` missing between the two?"
                    }
                    Kind::Type(_) => "a range is written with dots: `Int(1..10)`, `Int(0..)`",
                    _ => "is an operator or a `;` missing between the two?",
                },
            )
        })
    }
}

/// A function that was done after `taken` of its arguments.
fn too_many_arguments(value: &Value, taken: usize, arguments: &[TermRef], span: Span) -> Error {
    let plural = if taken == 1 { "" } else { "s" };
    let message = format!("the function takes {taken} argument{plural}, but is given {}", arguments.len());
    let place = arguments.get(taken).map_or(span, |argument| argument.span);
    error(Code::NotAFunction, place, message).described(|finding| {
        finding
            .label("one too many")
            .also(value.origin, format!("after {taken}, the result is {}", value.describe()))
            .hint("remove it, or put parentheses around a call that is itself an argument")
    })
}

/// The environment and inner body of `x: y: …`.
fn takes_two(function: &Value) -> Option<(&Env, &TermRef)> {
    let Kind::Lambda(closure) = &function.kind else { return None };
    match (&closure.lambda.param, &closure.lambda.body.kind) {
        (ParamTerm::Name(_), TermKind::Lambda(inner)) if matches!(inner.param, ParamTerm::Name(_)) => {
            Some((&closure.env, &inner.body))
        }
        _ => None,
    }
}

fn is_callable(value: &Value) -> bool {
    value.is_function() || matches!(&value.kind, Kind::Attrs(attrs) if attrs.named("__functor").is_some())
}

/// What formals say besides names.
#[derive(Clone, Copy)]
struct Shape {
    open: bool,
    alias: bool,
}

fn missing_argument(formal: &FormalTerm, value: &Value, span: Span) -> Error {
    let message = format!("the function needs an argument `{}`", formal.name);
    error(Code::MissingArgument, span, message).described(|finding| {
        finding
            .label("called here without it")
            .also(formal.span, "declared here")
            .also(if contains(span, value.origin) { Span::NONE } else { value.origin }, "the argument was made here")
            .hint(format!("add `{} = …;`, or give it a default with `{} ? …`", formal.name, formal.name))
    })
}

fn unexpected_argument(lambda: &Lambda, formals: &[FormalTerm], attrs: &crate::value::Attrs, span: Span) -> Error {
    let known = |name: Symbol| formals.iter().any(|formal| formal.name == name);
    let attr = attrs.sorted().into_iter().find(|attr| !known(attr.name)).expect("the caller counted one too many");
    let names = formals.iter().map(|formal| formal.name.as_str());
    let hint = did_you_mean(attr.name.as_str(), names)
        .unwrap_or_else(|| "remove it, or allow further arguments with `...`".to_string());
    let message = format!("the function takes no argument `{}`", attr.name);
    let call = if contains(span, attr.span) { Span::NONE } else { span };
    error(Code::UnexpectedArgument, attr.span.or(span), message).described(|finding| {
        finding.label("not an argument").also(lambda.span, "the function").also(call, "called here").hint(hint)
    })
}

/// Whether `inner` stands in `outer`.
fn contains(outer: Span, inner: Span) -> bool {
    outer.lo <= inner.lo && inner.hi <= outer.hi
}
