//! `--set PATH=VALUE`: a definition of the highest priority, written on the command line.
//!
//! The text of the value is read as the option's type says: for a string it is the text itself, for
//! an integer a number, and so on. What has no scalar type is read as JSON, and where nothing is
//! known as JSON if it is JSON, else as a string.
//!
//! `--set-secret PATH=SOURCE` defines a secret: what is written there is only where its bytes are.

use std::path::PathBuf;

use super::path;
use crate::diag::{Code, Diagnostic};
use crate::secret::{HIDDEN, Secret, Source};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ModuleType, Scalar, Type};
use crate::value::{AttrsBuilder, Kind, Value};

/// Deeper in a type, secrets are not looked for.
const NESTED: usize = 6;

/// One `--set`.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The option, part by part.
    pub path: Vec<String>,
    /// The text behind the `=`.
    pub value: String,
}

/// One `--set-secret`.
#[derive(Clone)]
pub struct SecretSetting {
    /// The option, part by part.
    pub path: Vec<String>,
    /// Where the bytes are.
    source: Source,
}

impl std::fmt::Debug for SecretSetting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.path.join("."), HIDDEN)
    }
}

impl SecretSetting {
    /// Whether its bytes come from the standard input, which can be read only once.
    pub fn reads_stdin(&self) -> bool {
        self.source == Source::Stdin
    }

    /// Reads `database.password=FILE`, or `-` for the standard input, or `env:NAME`, behind the `=`. Somebody may
    /// have written the secret itself there, so nothing of it is repeated.
    ///
    /// # Errors
    /// Says what is missing, in words for a message.
    pub fn parse(text: &str) -> Result<SecretSetting, String> {
        let hint = "write PATH=FILE, PATH=- for the standard input, or PATH=env:NAME";
        let Some((steps, source)) = path::read_until(text, '=').filter(|(_, source)| !source.is_empty()) else {
            return Err(format!("it has no source: {hint}"));
        };
        if steps.iter().any(|step| step.name.is_empty()) {
            return Err("it has an empty name in its path".to_string());
        }
        let source = match (source, source.strip_prefix("env:")) {
            ("-", _) => Source::Stdin,
            (_, Some("")) => return Err(format!("it names no variable: {hint}")),
            (_, Some(name)) => Source::Variable(name.into()),
            (file, None) => Source::Given(std::path::absolute(file).unwrap_or_else(|_| PathBuf::from(file))),
        };
        Ok(SecretSetting { path: steps.into_iter().map(|step| step.name).collect(), source })
    }

    /// The path in symbols.
    pub fn symbols(&self) -> Vec<Symbol> {
        self.path.iter().map(|part| Symbol::new(part)).collect()
    }

    /// The secret, for an option of this type.
    ///
    /// # Errors
    /// When the type takes no secrets.
    pub fn read(&self, ty: Option<&Type>, span: Span) -> Result<Value, Diagnostic> {
        match ty.map(Type::peeled) {
            Some(ty) if !is_open(ty) && !takes_secrets(ty) => {
                let message = format!("`{}` is of type {ty}, which takes no secrets", self.path.join("."));
                Err(Diagnostic::new(Code::BadSetting, span, message)
                    .hint("what nobody needs to hide is set with `--set`, or `--set-file`"))
            }
            _ => Ok(Value::new(Kind::Secret(Secret::from(self.source.clone(), span)), span)),
        }
    }
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

    /// The value as it may be shown where it is refused: what is to be a secret is hidden, and so is what nobody knows
    /// the type of, since its path may be the mistaken one of a secret.
    pub fn shown(&self, ty: Option<&Type>) -> &str {
        match ty {
            Some(ty) if mentions_secrets(ty, NESTED) => HIDDEN,
            Some(_) => &self.value,
            None => "…",
        }
    }

    /// The value's text, read as `ty` says. `span` is where the value stands in the setting.
    ///
    /// # Errors
    /// When the text is no value of the type.
    pub fn read(&self, ty: Option<&Type>, span: Span) -> Result<Value, Diagnostic> {
        let text = || Value::string(self.value.as_str(), span);
        let json = || serde_json::from_str(&self.value).map(|json| value(&json, span));
        match ty.map(Type::peeled) {
            Some(ty) if takes_secrets(ty) && !takes_some_text(ty) => {
                let message = format!("`{}` is a secret, and what `--set` gives is seen by all", self.path.join("."));
                Err(Diagnostic::new(Code::BadSetting, span, message).hint(format!(
                    "name where it is: `--set-secret {}=FILE`, `=-` or `=env:NAME`",
                    self.path.join(".")
                )))
            }
            Some(ty) if takes_text(ty) => Ok(text()),
            Some(ty) if !is_open(ty) => json()
                .ok()
                .filter(|json| !takes_some_text(ty) || takes_scalar(ty, &json.kind))
                .or_else(|| takes_some_text(ty).then(text))
                .ok_or_else(|| {
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

/// Whether the type takes what JSON makes of a word; else the word is meant as text: `1.19` for a version that may be `null`.
fn takes_scalar(ty: &Type, kind: &Kind) -> bool {
    match (ty, kind) {
        (Type::Union(members), _) => members.iter().any(|member| takes_scalar(member.peeled(), kind)),
        (Type::Named(named), Kind::Int(_)) => named.integer,
        (Type::String(_) | Type::Named(_), Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_)) => false,
        (Type::Null | Type::Literal(Scalar::Null), Kind::Bool(_) | Kind::Int(_) | Kind::Float(_)) => false,
        (Type::Literal(Scalar::Str(_)), Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_)) => false,
        _ => true,
    }
}

fn takes_secrets(ty: &Type) -> bool {
    match ty {
        Type::Secret => true,
        Type::Union(members) => members.iter().any(|member| takes_secrets(member.peeled())),
        _ => false,
    }
}

/// Whether secrets are in values of the type; `depth`: how deep is looked.
fn mentions_secrets(ty: &Type, depth: usize) -> bool {
    let inside = |ty: &Type| depth > 0 && mentions_secrets(ty, depth - 1);
    match ty.peeled() {
        Type::Secret => true,
        Type::List(inner) | Type::Map(inner) | Type::Module(ModuleType::LazyMap(inner)) => inside(inner),
        Type::Union(members) => members.iter().any(|member| inside(member)),
        Type::Record(record) => record.fields.values().any(|field| inside(&field.ty)),
        _ => false,
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
    use std::rc::Rc;

    use super::{Kind, SecretSetting, Setting, Source, Span, Type};

    #[test]
    fn words_are_read_as_the_type_says() {
        let read = |value: &str, ty: &Type| {
            let setting = Setting { path: vec!["a".into()], value: value.into() };
            setting.read(Some(ty), Span::NONE).expect("a value").kind.clone()
        };
        let version = Type::Union(vec![Rc::new(Type::string()), Rc::new(Type::Null)]);
        assert!(matches!(read("1.19", &version), Kind::Str(text) if text == "1.19"));
        assert!(matches!(read("true", &version), Kind::Str(text) if text == "true"));
        assert!(matches!(read("null", &version), Kind::Null));
        let port = Type::Union(vec![Rc::new(Type::string()), Rc::new(Type::int())]);
        assert!(matches!(read("80", &port), Kind::Int(80)));
        assert!(matches!(read("http", &port), Kind::Str(text) if text == "http"));
    }

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

    #[test]
    fn sources_of_secrets_are_not_repeated() {
        let source = |text: &str| SecretSetting::parse(text).expect("is well formed").source;
        assert!(matches!(source("a.b=-"), Source::Stdin));
        assert!(matches!(source("a.b=env:DB_PASSWORD"), Source::Variable(name) if name == "DB_PASSWORD"));
        assert!(matches!(source("a.b=c=d"), Source::Given(path) if path.is_absolute() && path.ends_with("c=d")));
        assert_eq!(format!("{:?}", SecretSetting::parse("a.b=hunter2")), "Ok(a.b=<secret>)");
        for bad in ["a.b", "a.b=", "a.b=env:", "=hunter2", "a..b=hunter2"] {
            let message = SecretSetting::parse(bad).expect_err(bad);
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}
