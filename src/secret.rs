//! Secrets: values that nobody sees before they are written.
//!
//! A [`Secret`] is a *recipe*: which file, which variable, what text around it. Whoever holds one can
//! pass it on, join it and write it down, but learns nothing from it, since the bytes are not there:
//! [`Secret::reveal`] fetches them, and is called by who writes an object that Kubernetes keeps for secrets,
//! or by who encrypts them. So a secret that strays into a message, a hash or a log has nothing to tell.
//!
//! Recipes are built of recipes, and shared; their size and depth are counted as they are built, so that
//! following one always ends, and soon.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ecow::EcoString;

use crate::source::{MAX_SECRET_BYTES, ReadError, ReadErrorKind, Span, World};

/// What every secret looks like.
pub const HIDDEN: &str = "<secret>";

/// So many pieces a secret may have.
const MAX_PIECES: u32 = 10_000;
/// So often a secret may be encoded again.
const MAX_DEPTH: u32 = 16;

/// How to make bytes that are not to be seen. Cheap to copy.
#[derive(Clone)]
pub struct Secret(Arc<Recipe>);

struct Recipe {
    step: Step,
    /// Where it was made, for messages.
    made: Span,
    pieces: u32,
    depth: u32,
}

#[derive(PartialEq, Eq)]
enum Step {
    Text(EcoString),
    From(Source),
    Joined(Vec<Secret>),
    Encoded(Encoding, Secret),
}

/// Where the bytes of a secret come from.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// A file of the project, named in the source.
    File(PathBuf),
    /// A file named on the command line.
    Given(PathBuf),
    /// The standard input.
    Stdin,
    /// An environment variable named on the command line.
    Variable(EcoString),
}

/// What is done to the bytes of a secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// One line break at the end is left out, as editors put it there.
    Line,
    /// The standard alphabet, with padding.
    Base64,
    /// What stands between the quotes of a JSON string.
    Json,
    /// Everything but letters, digits and `-._~` as `%XX`.
    Url,
}

/// Why the bytes of a secret could not be had. Says nothing of the bytes.
#[derive(Debug)]
pub struct Unrevealed {
    /// Where the secret, or the piece of it that is to blame, was made.
    pub made: Span,
    /// What is wrong.
    pub why: Obstacle,
    /// Whether it is what the command line names.
    pub given: bool,
}

/// What is wrong with a secret.
#[derive(Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Its file cannot be read.
    Unreadable(ReadError),
    /// Its environment variable is not set.
    Unset(EcoString),
    /// It is larger than [`MAX_SECRET_BYTES`].
    TooLarge,
    /// It has to be text here, and is not.
    NotText,
}

/// Pieces without end, or encoded too often.
#[derive(Debug, PartialEq, Eq)]
pub struct TooComplex;

impl Secret {
    /// The bytes that are found there.
    pub fn from(source: Source, made: Span) -> Secret {
        Secret::leaf(Step::From(source), made)
    }

    /// Text that is known, to stand beside what is not.
    pub fn text(text: impl Into<EcoString>, made: Span) -> Secret {
        Secret::leaf(Step::Text(text.into()), made)
    }

    /// These, one behind the other.
    ///
    /// # Errors
    /// When there are too many pieces.
    pub fn joined(parts: Vec<Secret>, made: Span) -> Result<Secret, TooComplex> {
        let pieces = parts.iter().fold(1u32, |sum, part| sum.saturating_add(part.0.pieces));
        let depth = parts.iter().map(|part| part.0.depth).max().unwrap_or_default();
        if pieces > MAX_PIECES {
            return Err(TooComplex);
        }
        // What is joined already lies flat, so that joining again and again builds no tower.
        let flat = parts.into_iter().flat_map(|part| match &part.0.step {
            Step::Joined(inner) => inner.clone(),
            _ => vec![part],
        });
        Ok(Secret(Arc::new(Recipe { step: Step::Joined(flat.collect()), made, pieces, depth })))
    }

    /// This one, encoded.
    ///
    /// # Errors
    /// When it has been encoded too often.
    pub fn encoded(&self, encoding: Encoding, made: Span) -> Result<Secret, TooComplex> {
        let (pieces, depth) = (self.0.pieces + 1, self.0.depth + 1);
        if pieces > MAX_PIECES || depth > MAX_DEPTH {
            return Err(TooComplex);
        }
        Ok(Secret(Arc::new(Recipe { step: Step::Encoded(encoding, self.clone()), made, pieces, depth })))
    }

    fn leaf(step: Step, made: Span) -> Secret {
        Secret(Arc::new(Recipe { step, made, pieces: 1, depth: 0 }))
    }

    /// Where it was made.
    pub fn made(&self) -> Span {
        self.0.made
    }

    /// The bytes, read now. Call it only where they are written into a Secret object, or encrypted.
    ///
    /// # Errors
    /// When they cannot be had; see [`Obstacle`].
    pub fn reveal(&self, world: &World) -> Result<Vec<u8>, Unrevealed> {
        let bytes = match &self.0.step {
            Step::Text(text) => text.as_bytes().to_vec(),
            Step::From(source) => self.read(source, world)?,
            Step::Joined(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(part.reveal(world)?);
                    self.bounded(&all)?;
                }
                all
            }
            Step::Encoded(encoding, inner) => {
                let bytes = inner.reveal(world)?;
                encode(*encoding, bytes).ok_or_else(|| inner.unrevealed(Obstacle::NotText))?
            }
        };
        self.bounded(&bytes)?;
        Ok(bytes)
    }

    /// As [`Secret::reveal`], where it has to be text.
    ///
    /// # Errors
    /// When it cannot be had, or is not text; see [`Obstacle`].
    pub fn reveal_text(&self, world: &World) -> Result<String, Unrevealed> {
        String::from_utf8(self.reveal(world)?).map_err(|_| self.unrevealed(Obstacle::NotText))
    }

    fn read(&self, source: &Source, world: &World) -> Result<Vec<u8>, Unrevealed> {
        let read = match source {
            Source::File(path) => world.read_unseen(path),
            Source::Given(path) => world.read_given(path),
            Source::Stdin => world.read_stdin(),
            Source::Variable(name) => {
                return world.variable(name).ok_or_else(|| self.unrevealed(Obstacle::Unset(name.clone())));
            }
        };
        read.map_err(|error| match error.kind {
            ReadErrorKind::TooLarge(_) => self.unrevealed(Obstacle::TooLarge),
            _ => self.unrevealed(Obstacle::Unreadable(error)),
        })
    }

    fn bounded(&self, bytes: &[u8]) -> Result<(), Unrevealed> {
        match bytes.len() as u64 > MAX_SECRET_BYTES {
            true => Err(self.unrevealed(Obstacle::TooLarge)),
            false => Ok(()),
        }
    }

    fn unrevealed(&self, why: Obstacle) -> Unrevealed {
        let given = matches!(self.0.step, Step::From(Source::Given(_) | Source::Stdin | Source::Variable(_)));
        Unrevealed { made: self.0.made, why, given }
    }

    /// The files of the project that it is made of.
    pub fn files(&self) -> Vec<&Path> {
        match &self.0.step {
            Step::From(Source::File(path)) => vec![path],
            Step::Text(_) | Step::From(_) => Vec::new(),
            Step::Joined(parts) => parts.iter().flat_map(Secret::files).collect(),
            Step::Encoded(_, inner) => inner.files(),
        }
    }
}

/// Secrets are the same if they are made in the same way; what comes of that is not looked at.
impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.step == other.0.step
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// Nothing, where text is needed and there is none.
fn encode(encoding: Encoding, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Line => {
            let ending = match bytes.as_slice() {
                [.., b'\r', b'\n'] => 2,
                [.., b'\n'] => 1,
                _ => 0,
            };
            bytes.truncate(bytes.len() - ending);
            Some(bytes)
        }
        Encoding::Base64 => Some(base64(&bytes).into_bytes()),
        Encoding::Json => {
            let quoted = serde_json::to_string(&String::from_utf8(bytes).ok()?).ok()?;
            Some(quoted.as_bytes()[1..quoted.len() - 1].to_vec())
        }
        Encoding::Url => {
            let mut text = String::with_capacity(bytes.len());
            for byte in bytes {
                match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(byte.into()),
                    _ => text.push_str(&format!("%{byte:02X}")),
                }
            }
            Some(text.into_bytes())
        }
    }
}

/// The bytes in the standard alphabet, with padding.
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let sextet = (bits >> (18 - 6 * at)) as usize & 63;
            text.push(if at <= group.len() { char::from(ALPHABET[sextet]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Obstacle, Secret, Source, TooComplex, base64};
    use crate::source::{ReadErrorKind, Span, World};

    fn world() -> (tempfile::TempDir, World) {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let mut world = World::new(folder.path()).expect("a root");
        world.overlay("pw", "hunter2\n");
        world.overlay("quoted", "a\"b\\c d\r\n");
        std::fs::write(folder.path().join("raw"), b"\xff\0").expect("written");
        (folder, world)
    }

    fn file(name: &str) -> Secret {
        Secret::from(Source::File(name.into()), Span::NONE)
    }

    /// The examples of RFC 4648, and what its alphabet ends with.
    #[test]
    fn base64_is_that_of_the_standard() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xef, 0xff, 0xff]), "++///w==");
    }

    #[test]
    fn recipes_are_followed_only_when_asked() {
        let (_folder, world) = world();
        let line = file("pw").encoded(Encoding::Line, Span::NONE).expect("once");
        let whole = vec![Secret::text("postgres://app:", Span::NONE), line.clone(), Secret::text("@db", Span::NONE)];
        let whole = Secret::joined(whole, Span::NONE).expect("three pieces");
        assert_eq!(format!("{whole:?} {line:?}"), "<secret> <secret>");
        assert_eq!(whole.reveal_text(&world).expect("is there"), "postgres://app:hunter2@db");
        assert_eq!(file("pw").reveal(&world).expect("is there"), b"hunter2\n", "byte for byte");
        let revealed = |name: &str, encoding| {
            let secret = file(name).encoded(encoding, Span::NONE).expect("once");
            secret.reveal_text(&world).expect("is there")
        };
        assert_eq!(revealed("quoted", Encoding::Json), r#"a\"b\\c d\r\n"#);
        assert_eq!(revealed("quoted", Encoding::Url), "a%22b%5Cc%20d%0D%0A");
        assert_eq!(revealed("quoted", Encoding::Line), "a\"b\\c d");
        assert_eq!(revealed("raw", Encoding::Base64), "/wA=");
        assert!(world.inputs().is_empty());
    }

    #[test]
    fn what_cannot_be_had_is_said_of_the_piece_and_without_its_bytes() {
        let (_folder, world) = world();
        let place = Span { lo: 7, hi: 9 };
        let missing = Secret::from(Source::File("none".into()), place);
        let whole = Secret::joined(vec![file("pw"), missing], Span::NONE).expect("two pieces");
        let failure = whole.reveal(&world).expect_err("one is not there");
        assert_eq!(failure.made, place);
        assert!(matches!(&failure.why, Obstacle::Unreadable(error) if error.kind == ReadErrorKind::NotFound));
        let unset = Secret::from(Source::Variable("NXK_TEST_NO_SUCH_VARIABLE".into()), Span::NONE);
        assert!(matches!(unset.reveal(&world).expect_err("it is not set").why, Obstacle::Unset(_)));
        assert_eq!(file("raw").reveal_text(&world).expect_err("no text").why, Obstacle::NotText);
    }

    #[test]
    fn recipes_are_bounded() {
        let mut doubled = file("pw");
        let mut rounds = 0;
        while let Ok(more) = Secret::joined(vec![doubled.clone(), doubled.clone()], Span::NONE) {
            doubled = more;
            rounds += 1;
        }
        assert!((8..16).contains(&rounds), "{rounds}");
        let mut encoded = file("pw");
        while let Ok(more) = encoded.encoded(Encoding::Base64, Span::NONE) {
            encoded = more;
        }
        assert_eq!(encoded.encoded(Encoding::Line, Span::NONE), Err(TooComplex));
    }

    #[test]
    fn secrets_made_in_the_same_way_are_the_same() {
        assert_eq!(file("pw"), file("pw"));
        assert_ne!(file("pw"), file("other"));
        assert_ne!(file("pw"), file("pw").encoded(Encoding::Line, Span::NONE).expect("once"));
    }
}
