//! Strings.
//!
//! Lengths and positions count bytes of UTF-8, as in Nix. A string is always valid text here, so a
//! character is never cut in two: it belongs to the piece in which its first byte lies. Neighbouring
//! pieces still add up to the whole.

use ecow::EcoString;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::eval::Coercion;
use crate::source::Span;
use crate::value::{Arguments, Attrs, Error, Evaluator, Kind, Native, Result, Value};

pub(super) const NATIVES: &[Native] = &[
    Native { name: "addDrvOutputDependencies", arity: 1, run: without_context },
    Native { name: "appendContext", arity: 2, run: append_context },
    Native { name: "baseNameOf", arity: 1, run: base_name_of },
    Native { name: "concatStringsSep", arity: 2, run: concat_strings_sep },
    Native { name: "dirOf", arity: 1, run: dir_of },
    Native { name: "getContext", arity: 1, run: get_context },
    Native { name: "hasContext", arity: 1, run: has_context },
    Native { name: "hashString", arity: 2, run: hash_string },
    Native { name: "replaceStrings", arity: 3, run: replace_strings },
    Native { name: "stringLength", arity: 1, run: string_length },
    Native { name: "substring", arity: 3, run: substring },
    Native { name: "toString", arity: 1, run: to_string },
    Native { name: "unsafeDiscardOutputDependency", arity: 1, run: without_context },
    Native { name: "unsafeDiscardStringContext", arity: 1, run: without_context },
];

fn to_string(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let value = machine.value_of(&call, 0)?;
    match value.kind {
        Kind::Str(_) => Ok(value),
        _ => Ok(Value::string(machine.coerce(&value, Coercion::Everything, call.span)?, call.span)),
    }
}

fn string_length(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let text = machine.text_of(&call, 0, Coercion::Interpolation)?;
    Ok(Value::int(text.len() as i64, call.span))
}

fn substring(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let (start, length) = (machine.int_of(&call, 0)?, machine.int_of(&call, 1)?);
    let text = machine.text_of(&call, 2, Coercion::Interpolation)?;
    let Ok(start) = usize::try_from(start) else {
        return Err(machine.refused(&call, format!("the start must not be negative, but it is {start}")));
    };
    // A negative length means: up to the end.
    let end = usize::try_from(length).map_or(text.len(), |length| start.saturating_add(length));
    let (start, end) = (boundary(&text, start), boundary(&text, end));
    Ok(Value::string(&text[start..end], call.span))
}

/// The first start of a character at or behind `at`.
fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len())
}

fn concat_strings_sep(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let separator = machine.string_of(&call, 0)?;
    let items = machine.list_of(&call, 1)?;
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push_str(&separator);
        }
        let value = machine.force_at(item, call.span)?;
        match &value.kind {
            Kind::Str(piece) if machine.watch.is_none() => text.push_str(piece),
            _ => text.push_str(&machine.coerce(&value, Coercion::Interpolation, call.span)?),
        }
    }
    Ok(Value::string(text, call.span))
}

fn replace_strings(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let from = strings(machine, &call, 0)?;
    let to = strings(machine, &call, 1)?;
    if from.len() != to.len() {
        let why = format!("{} strings to replace, but {} to put in their place", from.len(), to.len());
        return Err(machine.refused(&call, why));
    }
    let text = machine.string_of(&call, 2)?;
    Ok(Value::string(replaced(&text, &from, &to), call.span))
}

/// At each position the first pattern that matches is replaced. An empty pattern matches everywhere,
/// and the character behind it is kept.
fn replaced(text: &str, from: &[EcoString], to: &[EcoString]) -> EcoString {
    // Which bytes can start a match at all; most positions are settled here.
    let mut starts = [false; 256];
    let everywhere = from.iter().any(EcoString::is_empty);
    for pattern in from {
        pattern.bytes().take(1).for_each(|byte| starts[usize::from(byte)] = true);
    }
    let mut out = EcoString::with_capacity(text.len());
    let (mut at, mut copied) = (0, 0);
    while at <= text.len() {
        let rest = &text[at..];
        let step = rest.chars().next().map_or(1, char::len_utf8);
        if !everywhere && !rest.bytes().next().is_some_and(|byte| starts[usize::from(byte)]) {
            at += step;
            continue;
        }
        let Some(found) = from.iter().position(|pattern| rest.starts_with(pattern.as_str())) else {
            at += step;
            continue;
        };
        out.push_str(&text[copied..at]);
        out.push_str(&to[found]);
        copied = at;
        if from[found].is_empty() {
            at += step;
        } else {
            at += from[found].len();
            copied = at;
        }
    }
    out.push_str(&text[copied.min(text.len())..]);
    out
}

/// A list of strings.
fn strings(machine: &mut Evaluator, call: &Arguments, at: usize) -> Result<Vec<EcoString>> {
    let items = machine.list_of(call, at)?;
    let mut strings = Vec::with_capacity(items.len());
    for item in items.iter() {
        let item = machine.force_at(item, call.span)?;
        machine.looks_into(&item);
        match item {
            Value { kind: Kind::Str(text), .. } => strings.push(text),
            other => {
                let what = format!("every item given to `{}`", call.name);
                return Err(machine.wrong_kind(&other, "a string", &what, Span::NONE));
            }
        }
    }
    Ok(strings)
}

fn base_name_of(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let path = machine.text_of(&call, 0, Coercion::Path)?;
    // One slash at the end does not count; the second does.
    let trimmed = path.strip_suffix('/').unwrap_or(&path);
    let name = trimmed.rsplit('/').next().unwrap_or_default();
    Ok(Value::string(name, call.span))
}

fn dir_of(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let value = machine.value_of(&call, 0)?;
    if let Kind::Path(path) = &value.kind {
        let folder = path.parent().unwrap_or(path).to_path_buf();
        return Ok(Value::new(Kind::Path(folder.into()), call.span));
    }
    let path = machine.coerce(&value, Coercion::Path, call.span)?;
    let folder = match path.rfind('/') {
        None => ".",
        Some(0) => "/",
        Some(at) => &path[..at],
    };
    Ok(Value::string(folder, call.span))
}

fn hash_string(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let algorithm = machine.string_of(&call, 0)?;
    let text = machine.string_of(&call, 1)?;
    match digest(&algorithm, text.as_bytes()) {
        Some(digest) => Ok(Value::string(digest, call.span)),
        None => Err(unknown_hash(machine, &call, &algorithm)),
    }
}

/// The digest in lower-case hexadecimal.
pub(super) fn digest(algorithm: &str, bytes: &[u8]) -> Option<String> {
    Some(match algorithm {
        "md5" => hexadecimal(&Md5::digest(bytes)),
        "sha1" => hexadecimal(&Sha1::digest(bytes)),
        "sha256" => hexadecimal(&Sha256::digest(bytes)),
        "sha512" => hexadecimal(&Sha512::digest(bytes)),
        _ => return None,
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn unknown_hash(machine: &Evaluator, call: &Arguments, algorithm: &str) -> Error {
    machine
        .refused(call, format!("there is no hash algorithm `{algorithm}`"))
        .described(|finding| finding.hint("choose `sha256`, `sha512`, `sha1` or `md5`"))
}

/// Strings have no context, so there is none to take away.
fn without_context(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let text = machine.text_of(&call, 0, Coercion::Interpolation)?;
    Ok(Value::string(text, call.span))
}

fn has_context(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    machine.string_of(&call, 0)?;
    Ok(Value::bool(false, call.span))
}

fn get_context(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    machine.string_of(&call, 0)?;
    Ok(Value::attrs(Attrs::empty(), call.span))
}

fn append_context(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let text = machine.string_of(&call, 0)?;
    let context = machine.attrs_of(&call, 1)?;
    if !context.is_empty() {
        return Err(machine.refused(&call, "strings have no context, because there is no store to refer to"));
    }
    Ok(Value::string(text, call.span))
}

#[cfg(test)]
mod tests {
    use super::{boundary, digest, replaced};

    #[test]
    fn pieces_add_up_to_the_whole() {
        let text = "aé€😀z";
        let pieces: String = (0..text.len()).map(|at| &text[boundary(text, at)..boundary(text, at + 1)]).collect();
        assert_eq!(pieces, text);
    }

    #[test]
    fn the_first_pattern_wins() {
        let replace = |text: &str, from: &[&str], to: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).into()).collect::<Vec<_>>();
            replaced(text, &owned(from), &owned(to)).to_string()
        };
        assert_eq!(replace("xay", &["a", ""], &["b", "-"]), "-xb-y-");
        assert_eq!(replace("", &[""], &["-"]), "-");
        assert_eq!(replace("aéb", &[""], &["-"]), "-a-é-b-");
        assert_eq!(replace("abab", &["ab", "a"], &["1", "2"]), "11");
        assert_eq!(replace("plain", &[], &[]), "plain");
    }

    #[test]
    fn digests_are_the_published_ones() {
        // The empty string's digests, as the standards give them.
        assert_eq!(digest("md5", b"").as_deref(), Some("d41d8cd98f00b204e9800998ecf8427e"));
        assert_eq!(digest("sha1", b"").as_deref(), Some("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
        let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest("sha256", b"").as_deref(), Some(sha256));
        assert!(digest("sha512", b"").is_some_and(|digest| digest.starts_with("cf83e1357eefb8bd")));
        assert_eq!(digest("crc32", b""), None);
    }
}
