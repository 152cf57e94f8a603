//! The secrets that a configuration names, for sealing.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::{Evaluated, Session};
use crate::diag::Code;
use crate::layers::Object;
use crate::layers::names::{named_entries, written_text};
use crate::modules::Configuration;
use crate::seal::{self, LOCK_FILE, Lock, Scope, Wanted};
use crate::source::{SourceId, Span};
use crate::symbol::Symbol;
use crate::value::{Evaluator, Kind, Result, Thunk};

/// An entry of `sealedSecrets`. Its values have not been looked at.
pub struct NamedSecret {
    /// What it is called, and the keys of its values.
    pub wanted: Wanted,
    /// Its key in `sealedSecrets`.
    pub entry: String,
    /// Where it was written.
    pub span: Span,
    /// Where each key was written, and its value.
    values: Vec<(Span, Thunk)>,
}

impl Session {
    /// The lock file of a configuration: beside its entry.
    pub(super) fn lock_path(&self, entry: SourceId) -> PathBuf {
        let path = self.machine.sources.file(entry).path.as_deref();
        path.and_then(|path| path.parent()).unwrap_or(self.machine.world.root()).join(LOCK_FILE)
    }

    /// The entries of `sealedSecrets` that have values to seal. What is wrong with the others is in the findings, where
    /// what sealing is going to mend is no longer.
    pub fn named_secrets(&mut self, evaluated: &Evaluated) -> Vec<NamedSecret> {
        self.machine
            .findings
            .retain(|finding| !matches!(finding.code, Code::UnsealedSecret | Code::StaleSeal | Code::BadLockFile));
        match secrets(&mut self.machine, &evaluated.configuration) {
            Ok(secrets) => secrets,
            Err(failure) => {
                self.machine.report(&failure);
                Vec::new()
            }
        }
    }

    /// What is sealed has to open in the objects that it ended up in.
    pub(super) fn check_seals(&mut self, evaluated: &Evaluated, objects: &[Object]) {
        if !objects.iter().any(seal::is_sealed_secret) {
            return;
        }
        // A lock file that cannot be read has been reported by whoever copied from it.
        if let Ok(Some(lock)) = Lock::open(&mut self.machine, &evaluated.secrets_lock) {
            for finding in seal::check_placement(objects, &lock) {
                self.machine.findings.push(finding);
            }
        }
    }

    /// The bytes of the values under `keys`, in their order. Nothing when one of them cannot be had, which is then in the
    /// findings.
    pub fn values_of(&mut self, secret: &NamedSecret, keys: &[String]) -> Option<Vec<Zeroizing<Vec<u8>>>> {
        let machine = &mut self.machine;
        let all = secret.wanted.keys.iter().zip(&secret.values);
        let asked = all.filter(|(key, _)| keys.contains(key));
        let revealed: Vec<_> = asked
            .map(|(_, (span, value))| reveal(machine, value, *span).inspect_err(|failure| machine.report(failure)).ok())
            .collect();
        revealed.into_iter().collect()
    }
}

fn secrets(machine: &mut Evaluator, configuration: &Configuration) -> Result<Vec<NamedSecret>> {
    let framework = ["framework", "namespace"].map(Symbol::new);
    let namespace = configuration.get(machine, &framework)?;
    let namespace = match &namespace.kind {
        Kind::Str(namespace) => namespace.clone(),
        _ => "default".into(),
    };
    let collection = configuration.get(machine, &[Symbol::new("sealedSecrets")])?;
    let Kind::Attrs(collection) = &collection.kind else { return Ok(Vec::new()) };
    let mut secrets = Vec::new();
    for named in named_entries(machine, collection, (&namespace, Span::NONE)) {
        let scope = written_text(machine, &named.fields, "scope", named.key_span)?;
        let mut keys = Vec::new();
        let mut values = Vec::new();
        if let Some(data) = named.fields.named("data").cloned()
            && let Kind::Attrs(data) = machine.force_at(&data.value, data.span)?.kind
        {
            for attr in data.sorted() {
                keys.push(attr.name.as_str().to_owned());
                values.push((attr.span, attr.value.clone()));
            }
        }
        let scope = scope.and_then(|(scope, _)| Scope::named(&scope)).unwrap_or(Scope::Strict);
        let wanted = Wanted { namespace: named.namespace.into(), name: named.name.into(), scope, keys };
        let near = [named.key_span, named.name_span, named.entry.origin];
        let span = near.into_iter().find(|&span| machine.sources.is_user(span)).unwrap_or(named.key_span);
        secrets.push(NamedSecret { wanted, entry: named.key.as_str().to_owned(), span, values });
    }
    secrets.retain(|secret| !secret.wanted.keys.is_empty());
    Ok(secrets)
}

/// The bytes of one value.
fn reveal(machine: &mut Evaluator, value: &Thunk, span: Span) -> Result<Zeroizing<Vec<u8>>> {
    let value = machine.force_at(value, span)?;
    match &value.kind {
        Kind::Secret(secret) => {
            let revealed = secret.reveal(&machine.world);
            revealed.map(Zeroizing::new).map_err(|failure| machine.unrevealed(&failure, span))
        }
        _ => Err(machine.wrong_kind(&value, "a secret", "a value of `sealedSecrets`", span)),
    }
}
