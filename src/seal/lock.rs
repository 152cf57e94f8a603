//! The lock file: what has been sealed, beside the configuration that names it.
//!
//! It is JSON that people review and git merges: sorted, one value a line, with a version. What is in it is public: it
//! is meant to be committed. No digest of a value is kept, not even a salted one (`docs/decisions/` says why).
//!
//! Whoever can change the repository can change this file, so nothing in it is believed unread: what is not exactly
//! of this form is [`Malformed`].

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use jiff::civil::Date;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::{Scope, plain_bytes};
use crate::types::named;

/// The file's name, in the folder of the entry.
pub const LOCK_FILE: &str = "secrets.lock";

/// The version of the form that is written, and the only one that is read.
const VERSION: u64 = 1;

/// What has been sealed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    version: u64,
    /// By `namespace/name`.
    #[serde(deserialize_with = "once_each")]
    pub secrets: BTreeMap<SecretId, Sealed>,
}

/// A secret, sealed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sealed {
    /// What its values are bound to, together with its name.
    pub scope: Scope,
    /// The fingerprint of the certificate that all its values are sealed with.
    pub certificate: Fingerprint,
    /// Since when its oldest value has been as it is.
    #[serde(with = "day")]
    pub sealed_at: Date,
    /// The ciphertext by key.
    #[serde(deserialize_with = "once_each")]
    pub data: BTreeMap<DataKey, Ciphertext>,
}

/// Why a text is no lock file, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Malformed {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl Default for Lock {
    fn default() -> Lock {
        Lock { version: VERSION, secrets: BTreeMap::new() }
    }
}

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    /// When it is not of the form that [`Lock::text`] writes.
    pub fn read(text: &str) -> Result<Lock, Malformed> {
        if let Some(line) = text.lines().position(is_conflict) {
            let message = "the two sides of a merge were never put together".to_owned();
            return Err(Malformed {
                line: line + 1,
                message,
                hint: "keep the secrets of both sides, then run `nxk seal`",
            });
        }
        // A later version may have other fields, and is to be called by its name all the same.
        #[derive(Deserialize)]
        struct Head {
            version: u64,
        }
        let head: Head = serde_json::from_str(text).map_err(|error| malformed(text, &error))?;
        if head.version != VERSION {
            let line = text.lines().position(|line| line.contains("\"version\"")).unwrap_or_default() + 1;
            let message = format!("it has the format {}, and this nxk reads the format {VERSION}", head.version);
            return Err(Malformed { line, message, hint: "use the version of nxk that wrote it" });
        }
        serde_json::from_str(text).map_err(|error| malformed(text, &error))
    }

    /// The text of the file: the same for the same content.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("texts and numbers can always be written as JSON");
        text + "\n"
    }
}

impl Sealed {
    /// How many bytes its values have together before they are sealed, and once they are opened.
    pub fn plain_bytes(&self) -> usize {
        self.data.values().map(|Ciphertext(text)| plain_bytes(text).unwrap_or_default()).sum()
    }
}

/// Whether git left this line behind.
fn is_conflict(line: &str) -> bool {
    ["<<<<<<< ", ">>>>>>> "].iter().any(|mark| line.starts_with(mark)) || line == "======="
}

fn malformed(text: &str, error: &serde_json::Error) -> Malformed {
    let said = error.to_string();
    let message = said.split(" at line ").next().unwrap_or_default();
    let message = match message.split_once(", expected ") {
        _ if error.is_eof() => "it ends too early".to_owned(),
        // What stands there instead is not repeated: who edits such a file by hand may have put anything into it.
        Some((_, expected)) => format!("{expected} is expected here"),
        None => message.to_owned(),
    };
    let hint = "take the file back from the repository, or remove it and seal anew with `nxk seal`";
    let line = error.line().max(1);
    // What is said of the last value of a map is placed at the brace behind it.
    let behind = text.lines().nth(line - 1).is_some_and(|line| line.trim_start().starts_with('}'));
    let behind = behind && error.is_data() && !message.starts_with("missing field");
    Malformed { line: if behind { line.saturating_sub(1).max(1) } else { line }, message, hint }
}

/// A text that is held to its rule where it is read.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $holds:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
        pub struct $name(pub String);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                let text = String::deserialize(from)?;
                let holds: fn(&str) -> bool = $holds;
                if holds(&text) { Ok($name(text)) } else { Err(D::Error::custom($rule)) }
            }
        }
    };
}

checked_text!(
    /// `namespace/name` of a secret.
    SecretId,
    is_secret_id,
    "a secret is called `namespace/name`"
);
checked_text!(
    /// The key of a value in its secret.
    DataKey,
    crate::schema::formats::is_config_key,
    "a key has letters, digits, `-`, `_` and `.`"
);
checked_text!(
    /// SHA-256 of a certificate, in hexadecimal.
    Fingerprint,
    |text| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)),
    "a certificate is named by its SHA-256 in hexadecimal"
);
checked_text!(
    /// A sealed value.
    Ciphertext,
    |text| plain_bytes(text).is_some(),
    "this value is not what sealing makes: it was cut off or changed"
);

fn is_secret_id(text: &str) -> bool {
    let is = |ty: &str, part: &str| named(ty).is_some_and(|ty| (ty.check)(part));
    text.split_once('/').is_some_and(|(namespace, name)| is("DnsLabel", namespace) && is("DnsSubdomain", name))
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Scope, D::Error> {
        let text = String::deserialize(from)?;
        Scope::named(&text).ok_or_else(|| D::Error::custom("a scope is `strict`, `namespace-wide` or `cluster-wide`"))
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

/// A day, in the one way in which days are written here.
mod day {
    use jiff::civil::Date;
    use serde::de::{Deserializer, Error};
    use serde::{Deserialize, Serializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        let text = String::deserialize(from)?;
        let day: Option<Date> = text.parse().ok().filter(|day: &Date| day.to_string() == text);
        day.ok_or_else(|| D::Error::custom("a day is written `2026-01-31`"))
    }

    pub(super) fn serialize<S: Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(day)
    }
}

/// A map in which no key comes twice: a bad merge can leave two, of which readers would take one or the other.
fn once_each<'de, D, K, V>(from: D) -> Result<BTreeMap<K, V>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
    V: Deserialize<'de>,
{
    struct OnceEach<K, V>(PhantomData<(K, V)>);

    impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for OnceEach<K, V> {
        type Value = BTreeMap<K, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut known = BTreeMap::new();
            while let Some(key) = map.next_key()? {
                if known.contains_key(&key) {
                    return Err(A::Error::custom("this name stands there a second time"));
                }
                known.insert(key, map.next_value()?);
            }
            Ok(known)
        }
    }

    from.deserialize_map(OnceEach(PhantomData))
}
