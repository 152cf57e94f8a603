//! `__sealed`: what a compile takes from the lock file. It only copies: no key, no clock, no random numbers.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::lock::{Ciphertext, DataKey, Fingerprint, Lock, Sealed, SecretId};
use super::{LOCK_FILE, Scope, Wanted, plain_bytes};
use crate::diag::{Code, Diagnostic};
use crate::eval::error;
use crate::schema::formats::is_config_key;
use crate::schema::missing_secret_keys;
use crate::source::Span;
use crate::value::{Arguments, Attr, Attrs, AttrsBuilder, Evaluator, Kind, Result, Value};

/// An entry of `sealedSecrets` whose values come from the lock file.
struct Entry {
    /// Its key in `sealedSecrets`, and in the answer.
    key: Rc<str>,
    /// What it is called, and what it holds.
    wanted: Wanted,
    /// Where each of its keys was written.
    key_spans: Vec<Span>,
    /// Where its scope was written.
    scope_span: Span,
    /// Where it was written itself.
    span: Span,
}

/// `__sealed { lock, entries }`: from the key of each entry to its ciphertext by key. What is not there, or was sealed
/// for something else, is reported and left out.
pub(super) fn sealed(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let request = machine.attrs_of(&call, 0)?;
    let entries = field(machine, &request, "entries", call.span)?;
    let Kind::List(items) = &entries.kind else { return Ok(Value::attrs(AttrsBuilder::new().build(), call.span)) };
    let mut known = Vec::new();
    for item in items.iter() {
        let item = machine.force_at(item, call.span)?;
        let Kind::Attrs(item) = &item.kind else { continue };
        match entry(machine, item, call.span) {
            Ok(entry) => known.push(entry),
            Err(failure) => machine.report(&failure),
        }
    }
    let mut answer = AttrsBuilder::new();
    // Where nothing is sealed, the file is no input.
    if known.iter().any(|entry| !entry.wanted.keys.is_empty()) {
        let lock = field(machine, &request, "lock", call.span)?;
        let Kind::Path(path) = &lock.kind else { return Err(machine.wrong_kind(&lock, "a path", "`lock`", call.span)) };
        let lock = Lock::open(machine, path)?;
        report_older(machine, &known, lock.as_ref());
        let unnamed = unnamed(&known, lock.as_ref());
        for entry in &known {
            answer.add(&*entry.key, entry.span, copied(machine, entry, lock.as_ref(), &unnamed));
        }
    }
    Ok(Value::attrs(answer.build(), call.span))
}

/// What is needed of `{ key, name, namespace, entry }`.
fn entry(machine: &mut Evaluator, item: &Attrs, span: Span) -> Result<Entry> {
    let name = field(machine, item, "name", span)?;
    let namespace = field(machine, item, "namespace", span)?;
    let key = field(machine, item, "key", span)?;
    let entry = field(machine, item, "entry", span)?;
    let Kind::Attrs(fields) = &entry.kind else { return Err(machine.wrong_kind(&entry, "a set", "an entry", span)) };
    let (scope, data) = (field(machine, fields, "scope", span)?, field(machine, fields, "data", span)?);
    let own = item.named("entry").map_or(Span::NONE, |attr| attr.span);
    let near = [own, name.origin, entry.origin, data.origin];
    let span = near.into_iter().find(|&span| machine.sources.is_user(span)).unwrap_or(own);
    let keys: Vec<(String, Span)> = match &data.kind {
        Kind::Attrs(data) => data.sorted().iter().map(|attr| (attr.name.as_str().to_owned(), attr.span)).collect(),
        _ => Vec::new(),
    };
    check_entry(machine, fields, &data, span)?;
    let (keys, key_spans) = keys.into_iter().unzip();
    let wanted = Wanted {
        namespace: text(&namespace).to_owned(),
        name: text(&name).to_owned(),
        scope: Scope::named(text(&scope)).unwrap_or(Scope::Strict),
        keys,
    };
    Ok(Entry { key: text(&key).into(), wanted, key_spans, scope_span: scope.origin, span })
}

/// Reports what no Secret can be made of.
fn check_entry(machine: &mut Evaluator, fields: &Attrs, data: &Value, span: Span) -> Result<()> {
    let by_hand = field(machine, fields, "encryptedData", span)?;
    let (Kind::Attrs(data), Kind::Attrs(by_hand)) = (&data.kind, &by_hand.kind) else { return Ok(()) };
    for attr in data.sorted().into_iter().chain(by_hand.sorted()) {
        if !is_config_key(attr.name.as_str()) {
            let message = format!("{:?} cannot be a key of a Secret", attr.name.as_str());
            let finding = Diagnostic::new(Code::BadName, attr.span, message);
            machine.findings.push(finding.hint("write letters, digits, `-`, `_` and `.`"));
        }
    }
    for attr in by_hand.sorted() {
        check_by_hand(machine, attr, data)?;
    }
    let texts = match field(machine, fields, "template", span)?.kind {
        Kind::Attrs(template) => field(machine, &template, "data", span)?.kind,
        _ => Kind::Null,
    };
    let filled_in = |key: &str| matches!(&texts, Kind::Attrs(texts) if texts.named(key).is_some());
    let ty = field(machine, fields, "type", span)?;
    let has = |key: &str| data.named(key).is_some() || by_hand.named(key).is_some() || filled_in(key);
    for key in missing_secret_keys(text(&ty), has) {
        let message =
            format!("a secret of the type `{}` needs the key `{key}`, which this one does not have", text(&ty));
        let finding = Diagnostic::new(Code::MissingObjectField, span, message);
        machine.findings.push(finding.hint(format!("add `data.\"{key}\"`, or choose another type")));
    }
    Ok(())
}

/// Reports a value by hand that nothing has sealed, or that is to be sealed as well.
fn check_by_hand(machine: &mut Evaluator, attr: &Attr, data: &Attrs) -> Result<()> {
    if let Some(other) = data.named(attr.name.as_str()) {
        let message = format!("`{}` is both in `data` and in `encryptedData`", attr.name);
        let finding = Diagnostic::new(Code::ConflictingDefinitions, attr.span, message);
        machine.findings.push(finding.also(other.span, "the other one").hint("keep it in one of them"));
    }
    let value = machine.force_at(&attr.value, attr.span)?;
    if plain_bytes(text(&value)).is_none() {
        // The value is not repeated: it may be what should have been sealed.
        let message = format!("`{}` of `encryptedData` is not a sealed value", attr.name);
        let finding = Diagnostic::new(Code::BadFormat, value.origin.or(attr.span), message);
        machine
            .findings
            .push(finding.hint("give what `kubeseal --raw` writes, or move it to `data` and use `nxk seal`"));
    }
    Ok(())
}

/// What of the lock file no entry names: perhaps the former names of some.
fn unnamed<'a>(entries: &[Entry], lock: Option<&'a Lock>) -> Vec<(&'a SecretId, &'a Sealed)> {
    let named: BTreeSet<SecretId> = entries.iter().map(|entry| entry.wanted.id()).collect();
    let sealed = lock.into_iter().flat_map(|lock| &lock.secrets);
    sealed.filter(|(id, _)| !named.contains(id)).collect()
}

/// The ciphertext of an entry, as far as it is there.
fn copied(machine: &mut Evaluator, entry: &Entry, lock: Option<&Lock>, unnamed: &[(&SecretId, &Sealed)]) -> Value {
    let mut copied = AttrsBuilder::new();
    let id = entry.wanted.id();
    match lock.and_then(|lock| lock.secrets.get(&id)) {
        _ if entry.wanted.keys.is_empty() => {}
        None => machine.findings.push(never_sealed(entry, lock.is_some(), unnamed)),
        Some(sealed) if sealed.scope != entry.wanted.scope => machine.findings.push(other_scope(entry, sealed)),
        Some(sealed) => {
            for (key, &span) in entry.wanted.keys.iter().zip(&entry.key_spans) {
                match sealed.data.get(&DataKey(key.clone())) {
                    Some(Ciphertext(text)) => {
                        copied.add(key.as_str(), span, Value::string(text.as_str(), span));
                    }
                    None => machine.findings.push(unsealed_key(entry, key, span)),
                }
            }
        }
    }
    Value::attrs(copied.build(), entry.span)
}

const SEAL_IT: &str = "seal it: `nxk seal FILE --cert CERTIFICATE`";

fn never_sealed(entry: &Entry, has_lock: bool, unnamed: &[(&SecretId, &Sealed)]) -> Diagnostic {
    let SecretId(id) = entry.wanted.id();
    let missing = if has_lock { String::new() } else { format!(": there is no `{LOCK_FILE}`") };
    let message = format!("the secret `{id}` is not sealed{missing}");
    let finding = Diagnostic::new(Code::UnsealedSecret, entry.span, message);
    let same_keys = |sealed: &Sealed| sealed.data.keys().map(|DataKey(key)| key).eq(&entry.wanted.keys);
    match unnamed.iter().find(|(_, sealed)| same_keys(sealed)) {
        Some((SecretId(former), _)) => finding.hint(format!(
            "if it was `{former}` before: what is sealed opens under its old name only, so seal it again"
        )),
        None => finding.hint(SEAL_IT),
    }
}

fn other_scope(entry: &Entry, sealed: &Sealed) -> Diagnostic {
    let SecretId(id) = entry.wanted.id();
    let message = format!(
        "the secret `{id}` is sealed for the scope `{}`, and here it is `{}`",
        sealed.scope.as_str(),
        entry.wanted.scope.as_str()
    );
    Diagnostic::new(Code::UnsealedSecret, entry.scope_span.or(entry.span), message)
        .hint("seal it again: `nxk seal FILE --cert CERTIFICATE`, or write the scope that it had")
}

fn unsealed_key(entry: &Entry, key: &str, span: Span) -> Diagnostic {
    let SecretId(id) = entry.wanted.id();
    let message = format!("`{key}` of the secret `{id}` is not sealed");
    Diagnostic::new(Code::UnsealedSecret, span.or(entry.span), message).hint(SEAL_IT)
}

/// Warns of secrets whose certificate is not the one that was used last: the controller has renewed its key since.
fn report_older(machine: &mut Evaluator, entries: &[Entry], lock: Option<&Lock>) {
    let Some(lock) = lock else { return };
    let sealed: Vec<(&Entry, &Sealed)> =
        entries.iter().filter_map(|entry| Some((entry, lock.secrets.get(&entry.wanted.id())?))).collect();
    let Some(&(newest, last)) = sealed.iter().max_by_key(|(_, sealed)| sealed.sealed_at) else { return };
    for (entry, sealed) in &sealed {
        if sealed.certificate == last.certificate || sealed.sealed_at == last.sealed_at {
            continue;
        }
        let (SecretId(id), SecretId(other)) = (entry.wanted.id(), newest.wanted.id());
        let Fingerprint(certificate) = &sealed.certificate;
        let message = format!("the secret `{id}` is sealed with an older certificate than `{other}`");
        machine.findings.push(
            Diagnostic::new(Code::StaleSeal, entry.span, message)
                .label(format!("certificate {}…, {}", &certificate[..12], sealed.sealed_at))
                .hint("seal it with the new one: `nxk seal FILE --cert CERTIFICATE`"),
        );
    }
}

fn field(machine: &mut Evaluator, attrs: &Attrs, name: &str, span: Span) -> Result<Value> {
    match attrs.named(name).cloned() {
        Some(attr) => machine.force_at(&attr.value, span),
        None => Err(error(Code::MissingAttribute, span, format!("`{name}` is missing"))),
    }
}

fn text(value: &Value) -> &str {
    match &value.kind {
        Kind::Str(text) => text,
        _ => "",
    }
}
