//! From the entries of a collection to the names of their objects.
//!
//! An entry's object is named as `name` says, else by its key in kebab case. In `resources` a made
//! object has the key `<Kind>/<name>`; where one name is used in several namespaces, those outside
//! the framework's own have `<Kind>/<namespace>/<name>`.

use ecow::EcoString;
use indexmap::IndexMap;
use indexmap::map::Entry;
use rustc_hash::FxHashMap;

use crate::diag::{Code, Diagnostic, closest, longer_or_shorter};
use crate::eval::Coercion;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::named;
use crate::value::{Arguments, Attr, Attrs, AttrsBuilder, Evaluator, Kind, Result, Thunk, Value};

/// An entry and its object's name.
pub struct Named {
    /// The entry's key.
    pub key: Symbol,
    /// Where the key was written.
    pub key_span: Span,
    /// The object's name.
    pub name: EcoString,
    /// Where the name was written: at the entry, or it is the key.
    pub name_span: Span,
    /// The object's namespace.
    pub namespace: EcoString,
    /// Where the namespace was written: at the entry, or for all of them.
    pub namespace_span: Span,
    /// The entry.
    pub entry: Value,
    /// Its fields.
    pub fields: Attrs,
}

/// `__entries { kind, collection, namespace, scope }`: a list of
/// `{ key, name, namespace, resource, entry }`, by key.
pub(super) fn entries(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let request = machine.attrs_of(&call, 0)?;
    let kind = field(machine, &request, "kind", call.span)?;
    let kind = machine.coerce(&kind, Coercion::Interpolation, call.span)?;
    let collection = field(machine, &request, "collection", call.span)?;
    let standard = field(machine, &request, "namespace", call.span)?;
    let standard_span = standard.origin;
    let standard = machine.coerce(&standard, Coercion::Interpolation, call.span)?;
    let scope = field(machine, &request, "scope", call.span)?;
    let cluster = matches!(&scope.kind, Kind::Str(scope) if scope == "cluster");
    let Kind::Attrs(collection) = &collection.kind else { return Ok(Value::list(Vec::new(), call.span)) };

    let mut named = named_entries(machine, collection, (&standard, standard_span));
    if cluster {
        named.iter_mut().for_each(|entry| entry.namespace = EcoString::new());
    }
    let named = without_collisions(machine, named);
    let mut uses: FxHashMap<EcoString, usize> = FxHashMap::default();
    for entry in &named {
        *uses.entry(entry.name.clone()).or_default() += 1;
    }
    let symbols = ["key", "name", "namespace", "resource", "entry"].map(Symbol::new);
    let item = |entry: Named| {
        let shared = !cluster && uses[&entry.name] > 1 && entry.namespace != standard;
        let resource = match shared {
            true => format!("{kind}/{}/{}", entry.namespace, entry.name),
            false => format!("{kind}/{}", entry.name),
        };
        let span = entry.key_span;
        let text = |text: EcoString, span: Span| Thunk::Done(Value::string(text, span));
        let values = [
            text(entry.key.as_str().into(), span),
            text(entry.name, entry.name_span),
            text(entry.namespace, entry.namespace_span),
            text(resource.into(), span),
            entry.entry.into(),
        ];
        let attr = |(name, value)| Attr { name, span, value };
        Thunk::Done(Value::attrs(Attrs::new(symbols.into_iter().zip(values).map(attr).collect()), span))
    };
    Ok(Value::list(named.into_iter().map(item).collect(), call.span))
}

/// The entries of a collection with their objects' names, by key. Entries that cannot be computed,
/// or whose name is not a name, are reported and left out.
///
/// `standard` is the namespace of those that say nothing else, and where that was written.
pub fn named_entries(machine: &mut Evaluator, collection: &Attrs, standard: (&str, Span)) -> Vec<Named> {
    let mut named = Vec::with_capacity(collection.len());
    for attr in collection.sorted() {
        match name_entry(machine, attr, standard) {
            Ok(entry) => named.push(entry),
            Err(error) => machine.report(&error),
        }
    }
    named
}

fn name_entry(machine: &mut Evaluator, attr: &Attr, standard: (&str, Span)) -> Result<Named> {
    let entry = machine.force_at(&attr.value, attr.span)?;
    let Kind::Attrs(fields) = &entry.kind else {
        return Err(machine.wrong_kind(&entry, "a set", &format!("the entry `{}`", attr.name), attr.span));
    };
    let (fields, span) = (fields.clone(), attr.span);
    let own = written_text(machine, &fields, "name", span)?;
    let namespace = written_text(machine, &fields, "namespace", span)?;
    let (name, name_span) = own.unwrap_or_else(|| (kebab(attr.name.as_str()).into(), span));
    let subdomain = named("DnsSubdomain").expect("it is a built-in type");
    if !(subdomain.check)(&name) {
        let message = format!("`{}` cannot become the name of an object", attr.name);
        let finding = Diagnostic::new(Code::BadName, span, message)
            .hint(format!("it must be {}; rename the entry, or set `name`", subdomain.rule));
        return Err(finding.into());
    }
    let (namespace, namespace_span) = namespace.unwrap_or_else(|| (standard.0.into(), standard.1.or(span)));
    Ok(Named { key: attr.name, key_span: span, name, name_span, namespace, namespace_span, entry, fields })
}

/// Each object's first entry, by key; the others are reported.
fn without_collisions(machine: &mut Evaluator, named: Vec<Named>) -> Vec<Named> {
    let mut kept: IndexMap<(EcoString, EcoString), Named> = IndexMap::with_capacity(named.len());
    for entry in named {
        match kept.entry((entry.namespace.clone(), entry.name.clone())) {
            Entry::Vacant(place) => {
                place.insert(entry);
            }
            Entry::Occupied(other) => report_collision(machine, other.get(), &entry),
        }
    }
    kept.into_values().collect()
}

/// Two entries of the same object, once even where an application's entries collide in several kinds.
fn report_collision(machine: &mut Evaluator, one: &Named, other: &Named) {
    let (first, second) = if one.key_span <= other.key_span { (one, other) } else { (other, one) };
    let known = |finding: &Diagnostic| {
        finding.code == Code::NameCollision
            && finding.primary.span == second.key_span
            && finding.secondary.iter().any(|label| label.span == first.key_span)
    };
    if machine.findings.iter().any(known) {
        return;
    }
    let message = format!("`{}` and `{}` both get the name `{}`", first.key, second.key, one.name);
    machine.findings.push(
        Diagnostic::new(Code::NameCollision, second.key_span, message)
            .label("the second one")
            .also(first.key_span, "the first one")
            .hint("rename one of the two, or set `name` on it"),
    );
}

/// `__kebabCase "myApp"` is `"my-app"`.
pub(super) fn kebab_case(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let text = machine.string_of(&call, 0)?;
    Ok(Value::string(kebab(&text), call.span))
}

/// `__didYouMean name candidates`: the candidate that was probably meant, or `null`.
pub(super) fn did_you_mean(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let name = machine.string_of(&call, 0)?;
    let mut candidates: Vec<EcoString> = Vec::new();
    for item in machine.list_of(&call, 1)?.iter() {
        candidates
            .push(machine.force(item).and_then(|item| machine.coerce(&item, Coercion::Interpolation, call.span))?);
    }
    let names = || candidates.iter().map(EcoString::as_str);
    let meant = closest(&name, names()).or_else(|| longer_or_shorter(&name, names()));
    Ok(meant.map_or_else(|| Value::null(call.span), |meant| Value::string(meant, call.span)))
}

/// The text in kebab case: `myApp` → `my-app`, `HTTPServer` → `http-server`, `a_b` → `a-b`. What is a
/// valid name stays as it is.
pub fn kebab(text: &str) -> String {
    let subdomain = named("DnsSubdomain").expect("it is a built-in type");
    if (subdomain.check)(text) {
        return text.to_string();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 4);
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(at + 1);
        let starts_word = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || before.is_uppercase() && after.is_some_and(|after| after.is_lowercase())
            });
        if starts_word {
            out.push('-');
        }
        match c {
            '_' | ' ' => out.push('-'),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

fn field(machine: &mut Evaluator, attrs: &Attrs, name: &str, span: Span) -> Result<Value> {
    match attrs.named(name).cloned() {
        Some(attr) => machine.force_at(&attr.value, span),
        None => Ok(Value::null(span)),
    }
}

/// A field that is a string or `null`.
pub fn optional_text(machine: &mut Evaluator, attrs: &Attrs, name: &str, span: Span) -> Result<Option<EcoString>> {
    Ok(written_text(machine, attrs, name, span)?.map(|(text, _)| text))
}

/// The same with the place where it was written.
pub fn written_text(
    machine: &mut Evaluator,
    attrs: &Attrs,
    name: &str,
    span: Span,
) -> Result<Option<(EcoString, Span)>> {
    let value = field(machine, attrs, name, span)?;
    match &value.kind {
        Kind::Null => Ok(None),
        Kind::Str(text) => Ok(Some((text.clone(), value.origin.or(span)))),
        _ => Err(machine.wrong_kind(&value, "a string", &format!("`{name}`"), Span::NONE)),
    }
}

/// A set of values, for natives that answer with one.
pub fn record(fields: impl IntoIterator<Item = (&'static str, Value)>, span: Span) -> Value {
    let mut set = AttrsBuilder::new();
    for (name, value) in fields {
        set.add(name, span, value);
    }
    Value::attrs(set.build(), span)
}

#[cfg(test)]
mod tests {
    use super::kebab;

    #[test]
    fn keys_become_names() {
        for (key, name) in [
            ("myApp", "my-app"),
            ("web", "web"),
            ("my-app", "my-app"),
            ("HTTPServer", "http-server"),
            ("web2Api", "web2-api"),
            ("snake_case", "snake-case"),
            ("apiV2", "api-v2"),
            ("a.b", "a.b"),
        ] {
            assert_eq!(kebab(key), name, "{key}");
        }
    }
}
