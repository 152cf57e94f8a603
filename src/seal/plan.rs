//! What is to be sealed: the secrets that a configuration names, held against the lock file.
//!
//! Whether a value has changed cannot be told, since nothing is kept that would tell; what can be told is what
//! it was sealed for. So a secret is sealed anew as a whole when that is no longer right, and kept byte for byte
//! otherwise. A key that is new is sealed alone: the others stay as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;

use super::Scope;
use super::lock::{Ciphertext, DataKey, Fingerprint, Lock, Sealed, SecretId};

/// A secret that the configuration names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// The namespace of its object.
    pub namespace: String,
    /// The name of its object.
    pub name: String,
    /// How far its values may travel.
    pub scope: Scope,
    /// The keys of its values.
    pub keys: Vec<String>,
}

/// What is to be done.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// For each secret that was asked about, in that order.
    pub steps: Vec<Step>,
    /// The secrets of the lock file that the configuration does not name.
    pub unnamed: Vec<SecretId>,
}

/// What is to be done about one secret.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// Which of those that were asked about.
    pub of: usize,
    /// Why something of it is to be sealed; nothing if all of it is kept.
    pub reason: Option<Reason>,
    /// The keys whose values are to be sealed.
    pub seal: Vec<String>,
    /// The keys of the lock file that the configuration does not name.
    pub unnamed: Vec<String>,
    /// Since when its oldest value has been as it is; nothing if it was never sealed.
    pub sealed_at: Option<Date>,
}

/// Why a secret is to be sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// It is not in the lock file.
    New,
    /// It was sealed with another certificate.
    Certificate,
    /// It was sealed for this scope.
    Scope(Scope),
    /// It has keys that are not in the lock file.
    NewKeys,
    /// Because it was asked for.
    Asked,
}

impl Wanted {
    /// `namespace/name`
    pub fn id(&self) -> SecretId {
        SecretId(format!("{}/{}", self.namespace, self.name))
    }

    /// What its values are bound to.
    pub fn label(&self) -> String {
        self.scope.label(&self.namespace, &self.name)
    }
}

impl Step {
    /// Whether nothing stays of what was sealed before.
    pub fn replaces_all(&self) -> bool {
        !matches!(self.reason, None | Some(Reason::NewKeys))
    }
}

impl Plan {
    /// Holds the wanted secrets against the lock file. Without a certificate, any will do. `all` seals everything again.
    pub fn new(lock: &Lock, wanted: &[Wanted], certificate: Option<&str>, all: bool) -> Plan {
        let step = |(of, wanted): (usize, &Wanted)| {
            let sealed = lock.secrets.get(&wanted.id());
            let unnamed = sealed.map(|sealed| keys_besides(sealed, &wanted.keys)).unwrap_or_default();
            let reason = reason(sealed, wanted, certificate, all);
            let seal = match (reason, sealed) {
                (None, _) => Vec::new(),
                (Some(Reason::NewKeys), Some(sealed)) => missing_keys(sealed, &wanted.keys),
                (Some(_), _) => wanted.keys.clone(),
            };
            Step { of, reason, seal, unnamed, sealed_at: sealed.map(|sealed| sealed.sealed_at) }
        };
        let named: BTreeSet<SecretId> = wanted.iter().map(Wanted::id).collect();
        let unnamed = lock.secrets.keys().filter(|id| !named.contains(id)).cloned().collect();
        Plan { steps: wanted.iter().enumerate().map(step).collect(), unnamed }
    }
}

impl Lock {
    /// Takes in the ciphertext of a step's keys, in their order, sealed `today` with the certificate of this fingerprint.
    pub fn take_in(&mut self, wanted: &Wanted, step: &Step, sealed: Vec<String>, (certificate, today): (&str, Date)) {
        let fresh = || Sealed {
            scope: wanted.scope,
            certificate: Fingerprint(certificate.to_owned()),
            sealed_at: today,
            data: BTreeMap::new(),
        };
        let place = self.secrets.entry(wanted.id()).or_insert_with(fresh);
        if step.replaces_all() {
            *place = fresh();
        }
        let keys = step.seal.iter().map(|key| DataKey(key.clone()));
        place.data.extend(keys.zip(sealed.into_iter().map(Ciphertext)));
    }

    /// Drops what is not wanted: secrets, and keys of secrets.
    pub fn prune(&mut self, wanted: &[Wanted]) {
        let wanted: BTreeMap<SecretId, &Wanted> = wanted.iter().map(|wanted| (wanted.id(), wanted)).collect();
        self.secrets.retain(|id, sealed| {
            let Some(wanted) = wanted.get(id) else { return false };
            sealed.data.retain(|DataKey(key), _| wanted.keys.contains(key));
            true
        });
    }
}

fn reason(sealed: Option<&Sealed>, wanted: &Wanted, certificate: Option<&str>, all: bool) -> Option<Reason> {
    let Some(sealed) = sealed else { return (!wanted.keys.is_empty()).then_some(Reason::New) };
    let other = |Fingerprint(known): &Fingerprint| certificate.is_some_and(|certificate| certificate != known);
    match () {
        () if wanted.keys.is_empty() => None,
        () if all => Some(Reason::Asked),
        () if sealed.scope != wanted.scope => Some(Reason::Scope(sealed.scope)),
        () if other(&sealed.certificate) => Some(Reason::Certificate),
        () if !missing_keys(sealed, &wanted.keys).is_empty() => Some(Reason::NewKeys),
        () => None,
    }
}

fn missing_keys(sealed: &Sealed, keys: &[String]) -> Vec<String> {
    keys.iter().filter(|key| !sealed.data.contains_key(&DataKey((*key).clone()))).cloned().collect()
}

fn keys_besides(sealed: &Sealed, keys: &[String]) -> Vec<String> {
    sealed.data.keys().filter(|DataKey(key)| !keys.contains(key)).map(|DataKey(key)| key.clone()).collect()
}

/// Behind the secret's name and a colon.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::New => f.write_str("never sealed before"),
            Reason::Certificate => f.write_str("sealed with another certificate before"),
            Reason::Scope(scope) => write!(f, "sealed for the scope `{}` before", scope.as_str()),
            Reason::NewKeys => f.write_str("has new keys"),
            Reason::Asked => f.write_str("asked for"),
        }
    }
}
