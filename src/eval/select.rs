//! Selection: `e.a.b`, `e.a or d`, `e ? a.b`.

use super::{error, shown_at};
use crate::diag::{Code, did_you_mean};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::{NameTerm, TermRef};
use crate::value::{Attr, Attrs, Env, Error, Evaluator, Kind, Result, Value};

impl Evaluator {
    pub(super) fn selection(
        &mut self,
        subject: &TermRef,
        path: &[NameTerm],
        default: Option<&TermRef>,
        env: &Env,
        span: Span,
    ) -> Result<Value> {
        let mut value = self.eval(subject, env)?;
        for name in path {
            let (symbol, name_span) = self.name(name, env)?;
            value = self.faced(value);
            let found = match &value.kind {
                Kind::Attrs(attrs) => attrs.get(symbol).cloned().or_else(|| self.custom_name(attrs, symbol)),
                _ if default.is_some() => None,
                _ => return Err(self.not_a_set(&value, symbol, span)),
            };
            match (found, default) {
                (Some(attr), _) => value = self.select_field(&attr, name_span)?,
                (None, Some(default)) => return self.eval(default, env),
                (None, None) => return Err(self.missing_attribute(&value, symbol, name_span)),
            }
        }
        Ok(value)
    }

    pub(super) fn has_attr(&mut self, subject: &TermRef, path: &[NameTerm], env: &Env) -> Result<bool> {
        let mut value = self.eval(subject, env)?;
        for (at, name) in path.iter().enumerate() {
            let (symbol, name_span) = self.name(name, env)?;
            value = self.faced(value);
            let Kind::Attrs(attrs) = &value.kind else { return Ok(false) };
            let Some(attr) = attrs.get(symbol).cloned() else { return Ok(false) };
            // The last one need not be computed to be there.
            if at + 1 < path.len() {
                value = self.select_field(&attr, name_span)?;
            }
        }
        Ok(true)
    }

    /// The value to select from: of a type, the set of what there is to know about it.
    fn faced(&mut self, value: Value) -> Value {
        match (&value.kind, self.type_faces) {
            (Kind::Type(ty), Some(faces)) => Value::attrs((faces.attributes)(self, ty, value.origin), value.origin),
            _ => value,
        }
    }

    fn select_field(&mut self, attr: &Attr, span: Span) -> Result<Value> {
        let result = self.force_at(&attr.value, span);
        if let Err(error) = &result {
            error.passes(span, &self.sources);
        }
        result
    }

    /// The attribute name that a written name stands for, and its place.
    fn name(&mut self, name: &NameTerm, env: &Env) -> Result<(Symbol, Span)> {
        match name {
            NameTerm::Fixed(symbol, span) => Ok((*symbol, *span)),
            NameTerm::Dynamic(term) => {
                let value = self.eval(term, env)?;
                self.looks_into(&value);
                match &value.kind {
                    Kind::Str(text) => Ok((Symbol::new(text), term.span)),
                    _ => Err(self.wrong_kind(&value, "a string", "the name of an attribute", term.span)),
                }
            }
        }
    }

    fn not_a_set(&self, value: &Value, name: Symbol, span: Span) -> Error {
        let message = format!("{} has no attributes, so not `{name}` either", value.describe());
        let hint = match &value.kind {
            Kind::List(_) => format!("select from one of its items: `map (item: item.{name}) list`"),
            Kind::Null => format!("ask first whether it is `null`, or give a default: `… .{name} or …`"),
            Kind::Lambda(_) | Kind::Native(_) | Kind::Host(_) => format!("call the function first: `(f x).{name}`"),
            _ => "only sets have attributes: make this one a set, or select from another value".to_string(),
        };
        error(Code::WrongKind, span, message)
            .described(|finding| shown_at(finding, value, span, "selected from here").hint(hint))
    }

    /// The error for a set without `name`.
    pub fn missing_attribute(&self, value: &Value, name: Symbol, span: Span) -> Error {
        let empty = Attrs::empty();
        let attrs = match &value.kind {
            Kind::Attrs(attrs) => attrs,
            _ => &empty,
        };
        // Only in `builtins` itself is a left-out name missing on purpose.
        if let Some(reason) = self.names.refused.get(&name).filter(|_| attrs.named("builtins").is_some()) {
            return error(Code::NotInLanguage, span, format!("`builtins.{name}` is not in the language"))
                .described(|finding| finding.hint(*reason));
        }
        let near = did_you_mean(name.as_str(), attrs.iter().map(|attr| attr.name.as_str()));
        let hint = near.or_else(|| self.custom_hint(attrs)).or_else(|| listing(attrs));
        let made = if value.origin == span { Span::NONE } else { value.origin };
        error(Code::MissingAttribute, span, format!("the attribute `{name}` is missing"))
            .described(|finding| finding.label("not there").also(made, "the set was made here").maybe_hint(hint))
    }
}

/// What a small set holds: with nothing near to suggest, the whole choice is the best hint.
fn listing(attrs: &Attrs) -> Option<String> {
    let names: Vec<String> = attrs.sorted().iter().map(|attr| format!("`{}`", attr.name)).collect();
    match names.len() {
        0 => Some("the set is empty".to_string()),
        1..=8 => Some(format!("it has {}", names.join(", "))),
        _ => None,
    }
}
