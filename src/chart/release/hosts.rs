//! Names inside texts: the hosts of URLs and settings, namespaces, accounts, labels.
//!
//! A text of a program can hold a word that happens to be the name of a Service: `postgres` is a user, a database and a
//! scheme as well. So the word alone says nothing. It is the name of a host
//!
//! - where the DNS name goes on with its namespace: `api.shop`, `api.shop.svc.cluster.local`;
//! - behind the name of one of its pods, or of some pod: `db-0.db-headless`, `$(POD).db-headless`;
//! - where a URL has its host, but not its user or path: `http://api/x`, `amqp://user:word@rabbitmq/`;
//! - in front of a port that the Service has: `redis:6379`, `nc -z redis 6379`;
//! - where what is set by it says so: `DB_HOST=postgres`, `--server postgres`, `"host": "postgres"`.
//!
//! Names of namespaces and of selected labels are words of many meanings too, and count only behind a key that says
//! it: `--namespace=shop`, `app.kubernetes.io/name=api`.

use super::labels::Labels;
use super::own::{Host, Own, numbered};
use super::text::Edit;

/// Where a text stands.
pub(super) struct Context<'a> {
    /// The namespace of the object that it is in.
    pub namespace: &'a str,
    /// What is set by it: a variable, a flag, a field.
    pub key: &'a str,
    /// The argument behind it.
    pub next: Option<&'a str>,
}

/// What a text is searched for.
pub(super) struct Search<'a> {
    pub own: &'a Own,
    pub labels: &'a Labels,
}

/// A word of a text, with what is around it.
#[derive(Clone, Copy)]
struct Word<'a> {
    before: &'a str,
    text: &'a str,
    after: &'a str,
}

/// Words in the names of settings that hold a host.
const HOSTS: [&str; 36] = [
    "host",
    "hosts",
    "hostname",
    "hostnames",
    "addr",
    "addrs",
    "address",
    "addresses",
    "server",
    "servers",
    "endpoint",
    "endpoints",
    "url",
    "urls",
    "uri",
    "uris",
    "upstream",
    "upstreams",
    "backend",
    "backends",
    "broker",
    "brokers",
    "peer",
    "peers",
    "seed",
    "seeds",
    "proxy",
    "target",
    "targets",
    "service",
    "services",
    "svc",
    "master",
    "primary",
    "replica",
    "dns",
];

/// Words that say that it is about something else of the host.
const NOT_HOSTS: [&str; 20] = [
    "user", "username", "password", "type", "kind", "id", "path", "file", "dir", "role", "port", "image", "zone",
    "class", "mode", "method", "scheme", "otel", "dd", "key",
];

/// What kubectl calls kinds: `kubectl rollout restart deployment/api`.
const KUBECTL: [(&str, &str); 14] = [
    ("deployment", "Deployment"),
    ("deployments", "Deployment"),
    ("deploy", "Deployment"),
    ("statefulset", "StatefulSet"),
    ("sts", "StatefulSet"),
    ("daemonset", "DaemonSet"),
    ("cronjob", "CronJob"),
    ("job", "Job"),
    ("service", "Service"),
    ("svc", "Service"),
    ("configmap", "ConfigMap"),
    ("secret", "Secret"),
    ("pvc", "PersistentVolumeClaim"),
    ("pod", "Pod"),
];

impl Search<'_> {
    /// What is to be done to a text.
    pub(super) fn edits(&self, text: &str, context: &Context) -> Vec<Edit> {
        let mut edits = Vec::new();
        let bytes = text.as_bytes();
        let mut start = 0;
        while start < bytes.len() {
            let end = start + bytes[start..].iter().take_while(|byte| is_word(**byte)).count();
            if start < end {
                let word = Word { before: last(&text[..start]), text: &text[start..end], after: first(&text[end..]) };
                edits.extend(self.word(word, context).into_iter().map(|edit| edit.moved(start)));
            }
            start = end.max(start + 1);
        }
        edits
    }

    /// What is to be done to a word, and behind it.
    fn word(&self, word: Word, context: &Context) -> Vec<Edit> {
        let own = self.own;
        if let Some(edits) = account(word, own) {
            return edits;
        }
        if let Some(edit) = own.namespace_edit(word.text)
            && word.is_alone()
            && says(word.key(context.key), &["namespace", "namespaces", "ns"], &["-n"])
        {
            return vec![edit];
        }
        let hosts = own.hosts(word.text);
        if !hosts.is_empty()
            && let Some(edits) = self.host(word, hosts, context)
        {
            return edits;
        }
        if self.is_pod(word, context) || self.is_object(word, context) || self.is_label(word, context) {
            return vec![Edit::prefix(0)];
        }
        Vec::new()
    }

    fn host(&self, word: Word, hosts: &[Host], context: &Context) -> Option<Vec<Edit>> {
        let behind = word.behind();
        if let Some(rest) = word.after.strip_prefix('.') {
            let namespace = &rest[..rest.bytes().take_while(|byte| is_word(*byte)).count()];
            let tail = &rest[namespace.len()..];
            let cluster = tail.strip_prefix(".svc").is_some_and(|tail| ends_host(tail) || tail.starts_with('.'));
            let there = hosts.iter().any(|host| host.namespace == namespace);
            if there && (cluster || (ends_host(tail) && behind != Behind::Name)) && behind != Behind::Path {
                let place = self.own.namespace_edit(namespace).map(|edit| edit.moved(word.text.len() + 1));
                return Some(std::iter::once(Edit::prefix(0)).chain(place).collect());
            }
        }
        let host = hosts.iter().find(|host| host.namespace == context.namespace)?;
        if !ends_host(word.after) || behind == Behind::Path || word.is_user() {
            return None;
        }
        let key = word.key(context.key);
        let certain = behind == Behind::Url
            || (behind == Behind::Name && self.is_behind_pod(word, context))
            || (behind == Behind::Space && (has_port(host, word, context) || (word.is_alone() && says_host(key))));
        certain.then(|| vec![Edit::prefix(0)])
    }

    /// Whether the label in front of a Service is one of a pod, written out or put together.
    fn is_behind_pod(&self, word: Word, context: &Context) -> bool {
        let name = word.before.trim_end_matches('.');
        let name = name.rsplit(|char: char| char.is_whitespace() || "/@\"',=".contains(char)).next().unwrap_or(name);
        name.contains(['$', '%', '{', '*', '(', '<'])
            || name.starts_with('_')
            || self.own.named(&["Pod"], None, Some(context.namespace), name).is_some()
    }

    /// Whether it is the name of a pod of a set in front of its Service, or of all of them: `minio-{0...3}.minio`.
    fn is_pod(&self, word: Word, context: &Context) -> bool {
        let dynamic = word.text.strip_suffix('-').filter(|_| word.after.starts_with(['{', '$', '%', '<']));
        let Some(set) = dynamic.or_else(|| numbered(word.text)) else { return false };
        if self.own.named(&["StatefulSet"], None, Some(context.namespace), set).is_none() {
            return false;
        }
        let host = word.after.split(|char: char| char.is_whitespace() || "/\"',:".contains(char)).next().unwrap_or("");
        word.behind() != Behind::Path && host.split('.').skip(1).any(|label| !self.own.hosts(label).is_empty())
    }

    /// Whether kubectl, or a label of a metric, names an object by it: `deployment/api`, `deployment="api"`.
    fn is_object(&self, word: Word, context: &Context) -> bool {
        let told = match word.before.strip_suffix('/') {
            Some(before) => before.rsplit(|char: char| !is_word(char as u8)).next().unwrap_or(before),
            None => word.key(context.key),
        };
        let kind = KUBECTL.iter().find(|(name, _)| *name == told);
        ends_host(word.after)
            && !word.after.starts_with('/')
            && kind
                .is_some_and(|(_, kind)| self.own.named(&[kind], None, Some(context.namespace), word.text) == Some(0))
    }

    /// Whether it is the value of a label by which something is selected.
    fn is_label(&self, word: Word, context: &Context) -> bool {
        let key = word.key("");
        let selects = || key.contains('/') || says(context.key, &["selector"], &["-l"]) || word.before.contains("-l ");
        !key.is_empty() && word.is_alone() && self.labels.is_open(key, word.text) && selects()
    }
}

/// What stands directly in front of a word.
#[derive(Clone, Copy, PartialEq)]
enum Behind {
    /// The place of a URL at which its host begins.
    Url,
    /// Another label of a DNS name.
    Name,
    /// Something after which a word can begin.
    Space,
    /// A folder, or a sign that makes the word a part of something.
    Path,
}

impl Word<'_> {
    fn behind(&self) -> Behind {
        let in_url = || {
            let token = self.before.rsplit(|char: char| char.is_whitespace() || "\"'`<>".contains(char)).next();
            let token = token.unwrap_or_default();
            let authority = token.rfind("://").map(|at| &token[at + 3..]);
            match authority {
                Some(authority) => !authority.contains(['/', '?', '#']),
                // `user:word@host` of drivers that take no URL.
                None => token.strip_suffix('@').is_some_and(|user| user.contains(':')),
            }
        };
        match self.before.chars().next_back() {
            None => Behind::Space,
            Some('/') if self.before.ends_with("://") => Behind::Url,
            Some('@' | ',') if in_url() => Behind::Url,
            Some('.') => Behind::Name,
            Some(char) if char.is_alphanumeric() || "/\\$#%~:&+*-_".contains(char) => Behind::Path,
            Some(_) => Behind::Space,
        }
    }

    /// Whether it is the user in front of the host of a URL.
    fn is_user(&self) -> bool {
        let rest = self.after.split(|char: char| char.is_whitespace() || "/?#\"'`<>".contains(char)).next();
        rest.is_some_and(|rest| rest.contains('@'))
    }

    /// Whether it is all that something is set to, but for a port.
    fn is_alone(&self) -> bool {
        let mut after = self.after.chars();
        match after.next() {
            None => true,
            Some(':') => after.next().is_some_and(|char| char.is_ascii_digit()),
            Some(char) => char.is_whitespace() || "\"'`,;)]}&|".contains(char),
        }
    }

    /// The key that is set by it in the text, or else by the whole text.
    fn key<'k>(&'k self, whole: &'k str) -> &'k str {
        let before = self.before.trim_end_matches(['"', '\'', '`']);
        if before.is_empty() {
            return whole;
        }
        let bare = before.trim_end_matches([' ', '\t']);
        let key = |text: &'k str| {
            let text = text.trim_end_matches([' ', '\t', '"', '\'', '`', '\\']);
            text.rsplit(|char: char| !(char.is_ascii_alphanumeric() || "_./-".contains(char)))
                .next()
                .unwrap_or_default()
        };
        if let Some(set) = bare.strip_suffix(['=', ':', '~']) {
            return key(set.trim_end_matches(['=', ':', '!']));
        }
        let flag = if bare.len() < before.len() { key(bare) } else { "" };
        if flag.starts_with('-') { flag } else { "" }
    }
}

/// How far a word looks around, in bytes. No URL is longer up to its path, and no text can cost the square of its length.
const SIGHT: usize = 512;

fn last(text: &str) -> &str {
    let from = text.len().saturating_sub(SIGHT);
    &text[(from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0)..]
}

fn first(text: &str) -> &str {
    let to = text.len().min(SIGHT);
    &text[..(0..=to).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)]
}

/// Names in the names of accounts: `system:serviceaccount:shop:api`, `spiffe://cluster.local/ns/shop/sa/api`.
fn account(word: Word, own: &Own) -> Option<Vec<Edit>> {
    let account = |name: &str, at: usize, namespace: &str| {
        own.named(&["ServiceAccount"], None, Some(namespace), name).map(|_| Edit::prefix(at))
    };
    let (between, whose) = match word.before {
        before if before.ends_with("system:serviceaccount:") => (":", true),
        before if before.ends_with("system:serviceaccounts:") => ("", false),
        before if before.ends_with("/ns/") => ("/sa/", true),
        _ => return None,
    };
    let mut edits: Vec<Edit> = own.namespace_edit(word.text).into_iter().collect();
    if let Some(rest) = word.after.strip_prefix(between).filter(|_| whose) {
        let name = &rest[..rest.bytes().take_while(|byte| is_word(*byte)).count()];
        edits.extend(account(name, word.text.len() + between.len(), word.text));
    }
    Some(edits)
}

/// Whether a port of the Service follows, or any number if it has all ports.
fn has_port(host: &Host, word: Word, context: &Context) -> bool {
    let is_port = |rest: &str| {
        let digits = &rest[..rest.bytes().take_while(u8::is_ascii_digit).count()];
        let ends = !rest[digits.len()..].starts_with(|char: char| char.is_alphanumeric() || "_-.".contains(char));
        let has = |port: &str| host.ports.iter().any(|own| own == port);
        !digits.is_empty() && ends && (has(digits) || host.ports.is_empty())
    };
    let spaced = || word.after.strip_prefix(' ').filter(|_| !host.ports.is_empty()).is_some_and(is_port);
    let next = || word.before.is_empty() && word.after.is_empty() && !host.ports.is_empty();
    word.after.strip_prefix(':').is_some_and(is_port) || spaced() || (next() && context.next.is_some_and(is_port))
}

/// Whether a DNS name ends in front of this.
fn ends_host(after: &str) -> bool {
    let mut chars = after.chars();
    match chars.next() {
        Some('.') => chars.next().is_none_or(|char| char.is_whitespace() || "\"'`".contains(char)),
        Some(char) => !is_word(char as u8) && char != '@',
        None => true,
    }
}

fn says_host(key: &str) -> bool {
    let words = words(key);
    let of_host = |word: &String| HOSTS.contains(&word.as_str()) || word.ends_with("host");
    key == "-h" || (words.iter().any(of_host) && !words.iter().any(|word| NOT_HOSTS.contains(&word.as_str())))
}

fn says(key: &str, any: &[&str], flags: &[&str]) -> bool {
    flags.contains(&key) || words(key).iter().any(|word| any.contains(&word.as_str()))
}

/// The words of a key, in small letters: `DB_HOST`, `dbHost` and `db.host` have two.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for char in key.chars() {
        let is_part = char.is_ascii_alphanumeric();
        if (!is_part || (char.is_ascii_uppercase() && was_small)) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| is_part) {
            word.push(char.to_ascii_lowercase());
        }
        was_small = char.is_ascii_lowercase();
    }
    words
}

/// Whether a byte is a part of a word: a DNS label, or what could be taken for one.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte >= 0x80
}
