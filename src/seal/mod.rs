//! Secrets sealed for the controller of Sealed Secrets, which alone can open them.
//!
//! # How a value is sealed
//!
//! The controller in the cluster holds an RSA key; everybody may have its certificate. RSA is slow and takes short
//! texts only, so each value is encrypted with AES-256-GCM under a fresh random key (the *session key*), and only that
//! key with RSA-OAEP. The result is, in base 64:
//!
//! ```text
//! length of the RSA part, two bytes, big end first │ session key under RSA │ value under AES, its tag behind it
//! ```
//!
//! *The nonce of AES-GCM is all zero.* That is safe for one reason alone: a session key encrypts one single value.
//! Nothing here may ever use one twice.
//!
//! *The label.* OAEP binds a public text to the ciphertext, without which it does not open. The controller computes
//! that label from the object that it finds the ciphertext in: `namespace/name`, or less of it where the object's
//! [`Scope`] says so. So nobody can copy a sealed password into an object of their own and have it opened there; and so
//! a secret has to be sealed anew when it is renamed.
//!
//! # When
//!
//! Sealing is random: twice the same value gives two texts. A compile has to give the same bytes every time, so it never
//! seals. `nxk seal` does, and writes the ciphertext into the [`Lock`] beside the configuration; a compile copies from
//! there.

mod certificate;
mod lock;
mod native;
mod open;
mod placed;
mod plan;

use aes_gcm::aead::{Aead, KeyInit, Nonce};
use aes_gcm::{Aes256Gcm, Key};
use rsa::Oaep;
use rsa::rand_core::{OsRng, RngCore};
use rsa::sha2::Sha256;
use zeroize::Zeroizing;

use crate::schema::formats::decode_base64;
use crate::secret::base64;
use crate::value::Native;

pub use certificate::{BadCertificate, Certificate, Validity};
pub use lock::{Ciphertext, DataKey, Fingerprint, LOCK_FILE, Lock, Malformed, Sealed, SecretId};
pub use placed::{check_placement, is_sealed_secret};
pub use plan::{Plan, Reason, Step, Wanted};

/// The natives that the layers' rules call.
pub const NATIVES: &[Native] = &[Native { name: "__sealed", arity: 1, run: native::sealed }];

/// The domain of the controller's annotations.
const DOMAIN: &str = "sealedsecrets.bitnami.com";

/// How far a sealed value may travel and still be opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Under this name in this namespace only.
    Strict,
    /// Under any name in this namespace.
    Namespace,
    /// Anywhere in the cluster.
    Cluster,
}

impl Scope {
    /// The scope of this name.
    pub fn named(name: &str) -> Option<Scope> {
        [Scope::Strict, Scope::Namespace, Scope::Cluster].into_iter().find(|scope| scope.as_str() == name)
    }

    /// `strict`, `namespace-wide` or `cluster-wide`.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Strict => "strict",
            Scope::Namespace => "namespace-wide",
            Scope::Cluster => "cluster-wide",
        }
    }

    /// What a value is bound to.
    pub fn label(self, namespace: &str, name: &str) -> String {
        match self {
            Scope::Strict => format!("{namespace}/{name}"),
            Scope::Namespace => namespace.to_owned(),
            Scope::Cluster => String::new(),
        }
    }
}

/// The system gave no random numbers, or the key cannot encrypt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CannotSeal;

const SESSION_KEY_BYTES: usize = 32;

/// Encrypts `value` for the holder of the certificate's key, who can open it with the same `label` only.
///
/// # Errors
/// When the system has no random numbers.
pub fn seal(value: &[u8], label: &str, certificate: &Certificate) -> Result<String, CannotSeal> {
    let mut session_key = Zeroizing::new([0; SESSION_KEY_BYTES]);
    OsRng.try_fill_bytes(&mut *session_key).map_err(|_| CannotSeal)?;
    let padding = Oaep::new_with_label::<Sha256, _>(label);
    let locked_key = certificate.key().encrypt(&mut OsRng, padding, &*session_key).map_err(|_| CannotSeal)?;
    let length = u16::try_from(locked_key.len()).map_err(|_| CannotSeal)?;

    let cipher = Aes256Gcm::new(<&Key<Aes256Gcm>>::from(&*session_key));
    let encrypted = cipher.encrypt(&Nonce::<Aes256Gcm>::default(), value).map_err(|_| CannotSeal)?;
    Ok(base64(&[&length.to_be_bytes()[..], &locked_key, &encrypted].concat()))
}

/// How many bytes stand behind a sealed value; nothing if the text is not made of the parts that [`seal`] makes it of.
pub fn plain_bytes(text: &str) -> Option<usize> {
    const TAG_BYTES: usize = 16;
    let bytes = decode_base64(text).filter(|_| !text.contains(['\r', '\n']))?;
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let known = certificate::KEY_BYTES.contains(&length);
    rest.len().checked_sub(length + TAG_BYTES).filter(|_| known)
}

#[cfg(test)]
mod tests;
