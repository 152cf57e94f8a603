//! `--set PATH=VALUE`: a definition of the highest priority, written on the command line.
//!
//! The text of the value is read as the option's type says: for a string it is the text itself, for
//! an integer a number, and so on. What has no scalar type is read as JSON, and where nothing is
//! known as JSON if it is JSON, else as a string.

use super::path;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ModuleType, Scalar, Type};
use crate::value::{AttrsBuilder, Kind, Value};

/// One `--set`.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The option, part by part.
    pub path: Vec<String>,
    /// The text behind the `=`.
    pub value: String,
}

impl Setting {
    /// Reads `applications.web.replicas=5`; names with dots are quoted: `a."b.c".d=1`.
    ///
    /// # Errors
    /// Says what is missing, in words for a message.
    pub fn parse(text: &str) -> Result<Setting, String> {
        let Some((steps, value)) = path::read_until(text, '=') else {
            return Err(format!("`{text}` has no value: write PATH=VALUE"));
        };
        if steps.iter().any(|step| step.name.is_empty()) {
            return Err(format!("`{text}` has an empty name in its path"));
        }
        Ok(Setting { path: steps.into_iter().map(|step| step.name).collect(), value: value.to_string() })
    }

    /// The path in symbols.
    pub fn symbols(&self) -> Vec<Symbol> {
        self.path.iter().map(|part| Symbol::new(part)).collect()
    }

    /// The value's text, read as `ty` says. `span` is where the value stands in the setting.
    ///
    /// # Errors
    /// When the text is no value of the type.
    pub fn read(&self, ty: Option<&Type>, span: Span) -> Result<Value, Diagnostic> {
        let text = || Value::string(self.value.as_str(), span);
        let json = || serde_json::from_str(&self.value).map(|json| value(&json, span));
        match ty.map(Type::peeled) {
            Some(ty) if takes_text(ty) => Ok(text()),
            Some(ty) if !is_open(ty) => json()
                .or_else(|_| match takes_some_text(ty) {
                    true => Ok(text()),
                    false => Err(()),
                })
                .map_err(|()| {
                    let message = format!("`{}` is not a value of type {ty} for `{}`", self.value, self.path.join("."));
                    Diagnostic::new(Code::BadSetting, span, message)
                        .hint("write a number, `true`, `false`, `null`, or JSON")
                }),
            _ => Ok(json().unwrap_or_else(|_| text())),
        }
    }
}

/// JSON as a value of the language.
fn value(json: &serde_json::Value, span: Span) -> Value {
    match json {
        serde_json::Value::Null => Value::null(span),
        serde_json::Value::Bool(value) => Value::bool(*value, span),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::int(number, span),
            None => Value::new(Kind::Float(number.as_f64().unwrap_or(f64::INFINITY)), span),
        },
        serde_json::Value::String(text) => Value::string(text.as_str(), span),
        serde_json::Value::Array(items) => {
            Value::list(items.iter().map(|item| value(item, span).into()).collect(), span)
        }
        serde_json::Value::Object(fields) => {
            let mut set = AttrsBuilder::new();
            for (name, field) in fields {
                set.add(name.as_str(), span, value(field, span));
            }
            Value::attrs(set.build(), span)
        }
    }
}

/// Whether the type takes strings and nothing else.
fn takes_text(ty: &Type) -> bool {
    match ty {
        Type::String(_) | Type::Literal(Scalar::Str(_)) | Type::Module(ModuleType::Joined(_)) => true,
        Type::Named(named) => !named.integer,
        Type::Union(members) => members.iter().all(|member| takes_text(member.peeled())),
        _ => false,
    }
}

fn takes_some_text(ty: &Type) -> bool {
    match ty {
        Type::Union(members) => members.iter().any(|member| takes_text(member.peeled())),
        ty => takes_text(ty),
    }
}

fn is_open(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Any | Type::Object | Type::Module(ModuleType::Anything | ModuleType::Raw | ModuleType::Unspecified)
    )
}

#[cfg(test)]
mod tests {
    use super::Setting;

    #[test]
    fn paths_may_quote_dots() {
        let setting =
            Setting::parse(r#"resources."Deployment/web".metadata.labels."a.b/c"=x=y"#).expect("is well formed");
        assert_eq!(setting.path, ["resources", "Deployment/web", "metadata", "labels", "a.b/c"]);
        assert_eq!(setting.value, "x=y");
        for bad in ["a.b", "=1", "a..b=1", ""] {
            assert!(Setting::parse(bad).is_err(), "{bad}");
        }
    }
}
