//! Strings and paths: interpolation, coercion, path literals.

use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use ecow::EcoString;

use super::{error, shown_at};
use crate::diag::Code;
use crate::source::Span;
use crate::term::StrTerm;
use crate::value::{Env, Error, Evaluator, Kind, Result, Value};

/// What counts as a string where one is needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Coercion {
    /// `"${…}"` and `+`: strings, and sets with `__toString` or `outPath`.
    Interpolation,
    /// A path, or a piece of one: also paths.
    Path,
    /// `toString`: also paths, numbers, booleans, `null` and lists of these.
    Everything,
}

impl Evaluator {
    /// `value` as a string; `span` is where the string is needed.
    pub fn coerce(&mut self, value: &Value, coercion: Coercion, span: Span) -> Result<EcoString> {
        if let (Kind::Str(_), _) | (Kind::Int(_) | Kind::Float(_) | Kind::Bool(_), Coercion::Everything) =
            (&value.kind, coercion)
            && let Some(word) = self.written(value)
        {
            return Ok(word);
        }
        self.deeper(span, |machine| match (&value.kind, coercion) {
            (Kind::Str(text), _) => Ok(text.clone()),
            (Kind::Path(path), Coercion::Path | Coercion::Everything) => Ok(path.display().to_string().into()),
            (Kind::Path(_), Coercion::Interpolation) => Err(path_in_string(span)),
            (Kind::Attrs(attrs), _) => {
                if let Some(method) = attrs.named("__toString") {
                    let method = machine.force_at(&method.value, span)?;
                    let text = machine.apply(&method, value.clone().into(), span)?;
                    return machine.coerce(&text, coercion, span);
                }
                match attrs.named("outPath") {
                    Some(path) => {
                        let path = machine.force_at(&path.value, span)?;
                        machine.coerce(&path, coercion, span)
                    }
                    None => Err(machine.no_coercion(value, coercion, span)),
                }
            }
            (Kind::Null, Coercion::Everything) => Ok(EcoString::new()),
            (Kind::Bool(value), Coercion::Everything) => Ok(if *value { "1".into() } else { EcoString::new() }),
            (Kind::Int(number), Coercion::Everything) => Ok(number.to_string().into()),
            (Kind::Float(number), Coercion::Everything) => Ok(format!("{number:.6}").into()),
            (Kind::List(items), Coercion::Everything) => {
                let mut text = EcoString::new();
                for (at, item) in items.iter().enumerate() {
                    let value = machine.force_at(item, span)?;
                    text.push_str(&machine.coerce(&value, coercion, span)?);
                    // Nix leaves out the blank behind an empty list.
                    let empty = matches!(&value.kind, Kind::List(inner) if inner.is_empty());
                    if at + 1 < items.len() && !empty {
                        text.push(' ');
                    }
                }
                Ok(text)
            }
            (Kind::Secret(secret), _) => Err(machine.visible(secret, span, "a string")),
            _ => Err(machine.no_coercion(value, coercion, span)),
        })
    }

    fn no_coercion(&self, value: &Value, coercion: Coercion, span: Span) -> Error {
        let message = format!("{} cannot become a string here", value.describe());
        let hint = match (&value.kind, coercion) {
            (
                Kind::Int(_) | Kind::Float(_) | Kind::Bool(_) | Kind::Null | Kind::List(_),
                Coercion::Interpolation | Coercion::Path,
            ) => "convert it with `toString`",
            (Kind::Attrs(_), _) => "select the attribute that is meant, or use `builtins.toJSON`",
            _ => "call the function, or use another value",
        };
        error(Code::NoCoercion, span, message)
            .described(|finding| shown_at(finding, value, span, "a string is needed here").hint(hint))
    }

    /// A path literal, made absolute from the folder of its file.
    pub(super) fn path_literal(&mut self, parts: &[StrTerm], env: &Env, span: Span) -> Result<Kind> {
        let mut text = String::new();
        for part in parts {
            match part {
                StrTerm::Text(piece) => text.push_str(piece),
                StrTerm::Interpolation(term) => {
                    let value = self.eval(term, env)?;
                    text.push_str(&self.coerce(&value, Coercion::Path, term.span)?);
                }
            }
        }
        let folder = self.sources.folder(span).unwrap_or_else(|| self.world.root());
        Ok(Kind::Path(Rc::new(normalized(&folder.join(text).display().to_string()))))
    }
}

/// The path without `.`, `..` and doubled slashes, by name alone.
pub fn normalized(path: &str) -> PathBuf {
    let mut out = PathBuf::from("/");
    for part in Path::new(path).components() {
        match part {
            Component::Normal(part) => out.push(part),
            Component::ParentDir => {
                out.pop();
            }
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    out
}

fn path_in_string(span: Span) -> Error {
    error(Code::NotInLanguage, span, "a path in a string would be copied to a store, which nxk does not have")
        .described(|finding| finding.hint("use `builtins.readFile` for its content, or `toString` for its name"))
}
