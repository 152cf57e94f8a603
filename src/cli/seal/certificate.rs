//! `--cert`: from a file or the standard input, with the reasons why it is refused.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use jiff::civil::Date;

use crate::diag::{Code, Diagnostic};
use crate::seal::{BadCertificate, Certificate};
use crate::source::Span;

/// Far more than any chain of certificates has.
const MAX_BYTES: u64 = 1024 * 1024;

const FETCH: &str = "get the controller's with `kubeseal --fetch-cert > cert.pem`";

/// Reads a certificate that counts `today`.
///
/// # Errors
/// [`Code::BadCertificate`].
pub(super) fn read(path: &Path, today: Date, allow_expired: bool) -> Result<Certificate, Box<Diagnostic>> {
    let name = if path == Path::new("-") { "the standard input".to_owned() } else { format!("`{}`", path.display()) };
    let refused = |why: &str, hint: &str| {
        Box::new(Diagnostic::new(Code::BadCertificate, Span::NONE, format!("{name} {why}")).hint(hint))
    };
    let bytes = match bytes_of(path) {
        Ok(bytes) => bytes,
        Err(_) if is_address(path) => return Err(refused("is an address, and nxk never uses the network", FETCH)),
        Err(failure) => return Err(refused(&format!("cannot be read: {}", words(&failure)), FETCH)),
    };
    if bytes.len() as u64 > MAX_BYTES {
        return Err(refused("is too large for a certificate", FETCH));
    }
    // A sequence whose length takes two bytes: what every certificate begins with that is not PEM.
    if bytes.starts_with(&[0x30, 0x82]) {
        let hint = "turn it into PEM: `openssl x509 -inform der -in FILE -out cert.pem`";
        return Err(refused("is a certificate in DER, and PEM is needed", hint));
    }
    let certificate = Certificate::read(&String::from_utf8_lossy(&bytes)).map_err(|bad| {
        let hint = match bad {
            BadCertificate::PrivateKey => "keep it away from here: sealing needs what is public alone",
            _ => FETCH,
        };
        refused(&bad.to_string(), hint)
    })?;
    if today > certificate.validity.until && !allow_expired {
        let why = format!("has expired on {}", certificate.validity.until);
        return Err(refused(&why, "get the controller's new one, or say `--allow-expired`"));
    }
    Ok(certificate)
}

fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = MAX_BYTES + 1;
    match path {
        path if path == Path::new("-") => io::stdin().lock().take(limit).read_to_end(&mut bytes)?,
        path => File::open(path)?.take(limit).read_to_end(&mut bytes)?,
    };
    Ok(bytes)
}

fn is_address(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.starts_with("https:") || text.starts_with("http:"))
}

/// The system's words in this program's voice.
fn words(failure: &io::Error) -> String {
    match failure.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::PermissionDenied => "its permissions forbid it".to_owned(),
        _ => failure.to_string(),
    }
}
