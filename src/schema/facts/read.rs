//! Text to facts: the reverse of [`write`](super::write). Used when nxk is built, and by the tests.

use super::{Facts, FieldDef, KindDef, Lifecycle, ListMerge, Scalar, Shape, Source, TypeDef};

/// A line that is not in the format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFacts {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

type Parsed<T> = Result<T, String>;

/// Reads a `<minor>.facts` file.
pub fn read(text: &str) -> Result<Facts, BadFacts> {
    let mut facts = Facts::default();
    each_line(text, |line| read_line(line, &mut facts))?;
    Ok(facts)
}

/// Reads `lifecycle.facts`.
pub fn read_lifecycle(text: &str) -> Result<Vec<Lifecycle<String>>, BadFacts> {
    let mut entries = Vec::new();
    each_line(text, |line| {
        if !line.starts_with("source ") {
            entries.push(lifecycle_line(line)?);
        }
        Ok(())
    })?;
    Ok(entries)
}

pub(super) fn each_line(text: &str, mut read: impl FnMut(&str) -> Parsed<()>) -> Result<(), BadFacts> {
    for (index, line) in text.lines().enumerate() {
        if !line.is_empty() && !line.starts_with('#') {
            read(line).map_err(|reason| BadFacts { line: index + 1, reason })?;
        }
    }
    Ok(())
}

fn read_line(line: &str, facts: &mut Facts) -> Parsed<()> {
    if let Some(field) = line.strip_prefix("  ") {
        let def = facts.types.last_mut().ok_or("a field before any type")?;
        def.fields.push(field_line(field)?);
        return Ok(());
    }
    let (word, rest) = line.split_once(' ').ok_or("a line with one word")?;
    match word {
        "version" => facts.version = rest.to_owned(),
        "source" => facts.sources.push(source_line(rest)?),
        "kind" => facts.kinds.push(kind_line(rest)?),
        "type" => facts.types.push(type_line(rest)),
        _ => return Err(format!("unknown word `{word}`")),
    }
    Ok(())
}

/// A type without its fields.
pub(super) fn type_line(text: &str) -> TypeDef<String> {
    let (name, atomic) = match text.strip_suffix(" atomic") {
        Some(name) => (name, true),
        None => (text, false),
    };
    TypeDef { name: name.to_owned(), atomic, fields: Vec::new() }
}

pub(super) fn source_line(text: &str) -> Parsed<Source> {
    let (file, sha256) = text.split_once(" sha256:").ok_or("a source without a checksum")?;
    Ok(Source { file: file.to_owned(), sha256: sha256.to_owned() })
}

pub(super) fn kind_line(text: &str) -> Parsed<KindDef<String>> {
    let mut words = text.split(' ');
    let mut next = || words.next().map(str::to_owned).ok_or("a kind with too few words");
    let (api, kind, plural, scope, type_name) = (next()?, next()?, next()?, next()?, next()?);
    let (group, version) = split_api(&api);
    let mut def = KindDef {
        group,
        version,
        kind,
        plural,
        type_name,
        namespaced: scope == "namespaced",
        preferred: false,
        optional: false,
    };
    for word in words {
        match word {
            "preferred" => def.preferred = true,
            "optional" => def.optional = true,
            _ => return Err(format!("unknown word `{word}`")),
        }
    }
    Ok(def)
}

pub(super) fn field_line(text: &str) -> Parsed<FieldDef<String>> {
    let mut words = words(text).into_iter();
    let name = words.next().ok_or("a field without a name")?;
    let shape = shape(words.next().ok_or("a field without a type")?)?;
    let (name, required) = match name.strip_suffix('!') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let mut field = FieldDef {
        name: name.to_owned(),
        shape,
        required,
        atomic: false,
        list: ListMerge::Atomic,
        merge_key: None,
        enums: Vec::new(),
        default: None,
    };
    for word in words {
        match word.split_once('=') {
            None if word == "set" => field.list = ListMerge::Set,
            None if word == "atomic" => field.atomic = true,
            Some(("keys", keys)) => field.list = ListMerge::Keyed(keys.split(',').map(str::to_owned).collect()),
            Some(("merge", key)) => field.merge_key = Some(key.to_owned()),
            Some(("enum", values)) => {
                field.enums = values.split('|').map(|value| value.trim_matches('"').to_owned()).collect();
            }
            Some(("default", json)) => field.default = Some(json.to_owned()),
            _ => return Err(format!("unknown word `{word}`")),
        }
    }
    Ok(field)
}

/// Splits at blanks that are not in quotes. In quotes, what follows a backslash is no quote.
fn words(text: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(|c: char| {
        quoted ^= c == '"' && !escaped;
        escaped = quoted && !escaped && c == '\\';
        c == ' ' && !quoted
    })
    .collect()
}

fn shape(text: &str) -> Parsed<Shape<String>> {
    let shapes = split_top(text).into_iter().map(single_shape).collect::<Parsed<Vec<_>>>()?;
    match <[Shape<String>; 1]>::try_from(shapes) {
        Ok([only]) => Ok(only),
        Err(shapes) => Ok(Shape::OneOf(shapes)),
    }
}

fn single_shape(text: &str) -> Parsed<Shape<String>> {
    if let Some(item) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return Ok(Shape::List(Box::new(shape(item)?)));
    }
    if let Some(value) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return Ok(Shape::Map(Box::new(shape(value)?)));
    }
    if let Some(scalar) = Scalar::ALL.iter().find(|scalar| scalar.word() == text) {
        return Ok(Shape::Scalar(*scalar));
    }
    if text.contains('.') { Ok(Shape::Named(text.to_owned())) } else { Err(format!("unknown type `{text}`")) }
}

/// Splits at the bars that are not inside brackets.
fn split_top(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0usize, 0, Vec::new());
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'|' if depth == 0 => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn lifecycle_line(text: &str) -> Parsed<Lifecycle<String>> {
    let mut words = text.split(' ');
    let (group, version) = split_api(words.next().ok_or("an empty line")?);
    let kind = words.next().ok_or("an API without a kind")?.to_owned();
    let mut entry = Lifecycle {
        group,
        version,
        kind,
        introduced: String::new(),
        deprecated: None,
        removed: None,
        replacement: None,
    };
    for word in words {
        match word.split_once('=') {
            Some(("introduced", minor)) => entry.introduced = minor.to_owned(),
            Some(("deprecated", minor)) => entry.deprecated = Some(minor.to_owned()),
            Some(("removed", minor)) => entry.removed = Some(minor.to_owned()),
            Some(("use", other)) => {
                let (api, kind) = other.split_once(',').ok_or("a replacement without a kind")?;
                let (group, version) = split_api(api);
                entry.replacement = Some((group, version, kind.to_owned()));
            }
            _ => return Err(format!("unknown word `{word}`")),
        }
    }
    Ok(entry)
}

fn split_api(api: &str) -> (String, String) {
    let (group, version) = api.rsplit_once('/').unwrap_or(("", api));
    (group.to_owned(), version.to_owned())
}
