//! The certificate of a controller: whom secrets are sealed for.
//!
//! What `kubeseal --fetch-cert` writes is read: PEM, one certificate or several. Of several the first counts, which is
//! the controller's newest. Everything else in the file is passed over, except for a private key: that should not
//! be where a certificate is expected, and is refused without a look inside.

use std::fmt;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rsa::pkcs1::der::Decode;
use rsa::pkcs1::der::asn1::ObjectIdentifier;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPublicKey};
use sha2::{Digest, Sha256};
use x509_cert::time::Time;

use crate::schema::formats::decode_base64;

/// The public key of a controller, and what its certificate says of it.
#[derive(Clone, Debug)]
pub struct Certificate {
    key: RsaPublicKey,
    fingerprint: String,
    /// From when to when it counts.
    pub validity: Validity,
    /// How many further certificates the file holds.
    pub others: usize,
}

/// From when to when a certificate counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Validity {
    /// The first day, in UTC.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

/// Why a text is no certificate that can be sealed with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BadCertificate {
    /// There is no certificate in it.
    None,
    /// It holds a private key.
    PrivateKey,
    /// It is cut off, or not what it says it is.
    Damaged,
    /// Its key is not RSA; which it is, where that is known.
    NotRsa(&'static str),
    /// Its key has so many bits.
    KeySize(usize),
}

/// The RSA keys that are used, in bytes of their modulus: shorter ones can be broken, longer ones nobody has.
pub(super) const KEY_BYTES: RangeInclusive<usize> = 256..=2048;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

impl Certificate {
    /// Reads a PEM file.
    ///
    /// # Errors
    /// Says why, see [`BadCertificate`].
    pub fn read(pem: &str) -> Result<Certificate, BadCertificate> {
        if pem.lines().any(|line| line.starts_with("-----BEGIN ") && line.contains("PRIVATE KEY")) {
            return Err(BadCertificate::PrivateKey);
        }
        let (_, rest) = pem.split_once(BEGIN).ok_or(BadCertificate::None)?;
        let (body, rest) = rest.split_once(END).ok_or(BadCertificate::Damaged)?;
        let body: String = body.split_ascii_whitespace().collect();
        let der = decode_base64(&body).ok_or(BadCertificate::Damaged)?;
        Ok(Certificate { others: rest.matches(BEGIN).count(), ..Certificate::decode(&der)? })
    }

    fn decode(der: &[u8]) -> Result<Certificate, BadCertificate> {
        let parsed = x509_cert::Certificate::from_der(der).map_err(|_| BadCertificate::Damaged)?;
        let certificate = parsed.tbs_certificate;
        let info = certificate.subject_public_key_info;
        if info.algorithm.oid != RSA {
            return Err(BadCertificate::NotRsa(algorithm(info.algorithm.oid)));
        }
        let key = rsa::pkcs1::RsaPublicKey::from_der(info.subject_public_key.raw_bytes())
            .map_err(|_| BadCertificate::Damaged)?;
        let (modulus, exponent) =
            [key.modulus, key.public_exponent].map(|number| BigUint::from_bytes_be(number.as_bytes())).into();
        if !KEY_BYTES.contains(&modulus.bits().div_ceil(8)) || modulus.bits() < KEY_BYTES.start() * 8 {
            return Err(BadCertificate::KeySize(modulus.bits()));
        }
        let key = RsaPublicKey::new_with_max_size(modulus, exponent, KEY_BYTES.end() * 8)
            .map_err(|_| BadCertificate::Damaged)?;
        let validity =
            Validity { from: day(certificate.validity.not_before), until: day(certificate.validity.not_after) };
        let fingerprint = Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Certificate { key, fingerprint, validity, others: 0 })
    }

    /// The public key.
    pub(super) fn key(&self) -> &RsaPublicKey {
        &self.key
    }

    /// SHA-256 of the certificate, in hexadecimal.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// How many bits its key has.
    pub fn bits(&self) -> usize {
        self.key.n().bits()
    }
}

/// The day of a point in time.
fn day(time: Time) -> Date {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).to_zoned(TimeZone::UTC).date()
}

/// Of which the certificate's own name is never a part: it says nothing that can be relied on.
impl fmt::Display for BadCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadCertificate::None => f.write_str("holds no certificate in PEM"),
            BadCertificate::PrivateKey => f.write_str("holds a private key, where the certificate alone is needed"),
            BadCertificate::Damaged => f.write_str("is not a certificate that can be read: it is cut off or damaged"),
            BadCertificate::NotRsa(kind) => write!(f, "has {kind}, and secrets are sealed with RSA"),
            BadCertificate::KeySize(bits) if bits.div_ceil(8) > *KEY_BYTES.end() => {
                write!(f, "has an RSA key of {bits} bits, and at most {} are taken", KEY_BYTES.end() * 8)
            }
            BadCertificate::KeySize(bits) => {
                write!(f, "has an RSA key of {bits} bits, and at least {} are needed", KEY_BYTES.start() * 8)
            }
        }
    }
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

fn algorithm(oid: ObjectIdentifier) -> &'static str {
    match oid.to_string().as_str() {
        "1.2.840.10045.2.1" => "an elliptic-curve key",
        "1.3.101.112" => "an Ed25519 key",
        "1.3.101.113" => "an Ed448 key",
        "1.2.840.113549.1.1.10" => "an RSA key for signatures alone",
        _ => "a key of another kind",
    }
}
