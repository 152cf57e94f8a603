//! Arguments of builtins: forced, and of the kind that is needed.

use ecow::EcoString;

use super::{Coercion, error};
use crate::diag::Code;
use crate::source::Span;
use crate::value::{Arguments, Attrs, Error, Evaluator, Kind, List, Result, Thunk, Value};

impl Evaluator {
    /// The argument `at`, forced.
    pub fn value_of(&mut self, call: &Arguments, at: usize) -> Result<Value> {
        self.force_at(&call[at], call.span)
    }

    /// An integer.
    pub fn int_of(&mut self, call: &Arguments, at: usize) -> Result<i64> {
        let value = self.value_of(call, at)?;
        self.looks_into(&value);
        match value {
            Value { kind: Kind::Int(number), .. } => Ok(number),
            other => Err(self.bad_argument(call, at, "an integer", &other)),
        }
    }

    /// A string.
    pub fn string_of(&mut self, call: &Arguments, at: usize) -> Result<EcoString> {
        let value = self.value_of(call, at)?;
        self.looks_into(&value);
        match value {
            Value { kind: Kind::Str(text), .. } => Ok(text),
            other => Err(self.bad_argument(call, at, "a string", &other)),
        }
    }

    /// A string, or what may stand for one.
    pub fn text_of(&mut self, call: &Arguments, at: usize, coercion: Coercion) -> Result<EcoString> {
        let value = self.value_of(call, at)?;
        self.looks_into(&value);
        self.coerce(&value, coercion, call.span)
    }

    /// A list.
    pub fn list_of(&mut self, call: &Arguments, at: usize) -> Result<List> {
        match self.value_of(call, at)? {
            Value { kind: Kind::List(items), .. } => Ok(items),
            other => Err(self.bad_argument(call, at, "a list", &other)),
        }
    }

    /// A set.
    pub fn attrs_of(&mut self, call: &Arguments, at: usize) -> Result<Attrs> {
        match self.value_of(call, at)? {
            Value { kind: Kind::Attrs(attrs), .. } => Ok(attrs),
            other => Err(self.bad_argument(call, at, "a set", &other)),
        }
    }

    /// A function, or a set with `__functor`.
    pub fn function_of(&mut self, call: &Arguments, at: usize) -> Result<Value> {
        let value = self.value_of(call, at)?;
        let callable = match &value.kind {
            Kind::Attrs(attrs) => attrs.named("__functor").is_some(),
            _ => value.is_function(),
        };
        if callable { Ok(value) } else { Err(self.bad_argument(call, at, "a function", &value)) }
    }

    /// A function's answer that must be a boolean.
    pub fn test<const N: usize>(&mut self, function: &Value, arguments: [Thunk; N], call: &Arguments) -> Result<bool> {
        let answer = self.apply_all(function, arguments, call.span)?;
        self.decides(&answer);
        match answer {
            Value { kind: Kind::Bool(value), .. } => Ok(value),
            other => {
                let what = format!("the answer of the function given to `{}`", call.name);
                Err(self.wrong_kind(&other, "a boolean", &what, Span::NONE))
            }
        }
    }

    /// The error for an argument of the wrong kind.
    pub fn bad_argument(&self, call: &Arguments, at: usize, wanted: &str, got: &Value) -> Error {
        const ORDINALS: [&str; 4] = ["first", "second", "third", "fourth"];
        let which = match call.values.len() {
            1 => "the argument".to_string(),
            _ => format!("the {} argument", ORDINALS.get(at).unwrap_or(&"last")),
        };
        if let (Kind::Secret(secret), "a string") = (&got.kind, wanted) {
            return self.visible(secret, call.span, &format!("{which} of `{}`", call.name));
        }
        let message = format!("{which} of `{}` must be {wanted}, not {}", call.name, got.describe());
        let hint = self.conversion(got, wanted);
        error(Code::WrongKind, call.span, message).described(|finding| {
            finding.label("called here").also(got.origin, format!("this is {}", got.describe())).maybe_hint(hint)
        })
    }

    /// The error for an argument of the right kind that the builtin cannot work with.
    pub fn refused(&self, call: &Arguments, why: impl Into<String>) -> Error {
        error(Code::BadArgument, call.span, format!("`{}`: {}", call.name, why.into()))
    }
}
