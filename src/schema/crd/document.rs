//! The text of a file to the definitions in it.
//!
//! Files are taken as they are published: several documents, lists of objects, and other objects in between, as
//! `helm template` writes them. What is no CustomResourceDefinition is passed over. A definition with a mistake is
//! told, and the others are read all the same.

use ecow::EcoString;
use serde::Deserialize;
use serde_json::Value;

use super::{CustomResource, CustomVersion};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;

/// What was read.
#[derive(Debug, Default)]
pub struct Read {
    /// The definitions, in the order of the file.
    pub resources: Vec<CustomResource>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Something wrong with a file of definitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The kind of finding.
    pub code: Code,
    /// Where in the text it shows, in bytes.
    pub offset: usize,
    /// What it is.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Problem {
    /// The finding, in a text whose first byte has the position `base`.
    pub fn finding(&self, text: &str, base: u32) -> Diagnostic {
        let start = text.floor_char_boundary(self.offset);
        let letters = text[start..].chars().take_while(|c| !c.is_whitespace() && *c != '"').take(SHOWN_CHARACTERS);
        let length: usize = letters.map(char::len_utf8).sum();
        let at = |offset: usize| base.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
        let place = Span { lo: at(start), hi: at(start + length) };
        Diagnostic::new(self.code, place, self.message.as_str()).hint(self.hint.as_str())
    }
}

/// What is wrong with a definition, and what to do.
pub type Refusal = (String, &'static str);

/// The kind of the objects that are looked for.
const DEFINITION: &str = "CustomResourceDefinition";
/// Lists within lists, at most.
const MAX_LISTS: u32 = 8;
/// More brackets that are open at once are not even tried: the YAML library takes time with the square of them.
const MAX_BRACKETS: usize = 5_000;
/// Longer words are not marked to their end.
const SHOWN_CHARACTERS: usize = 60;

/// Reads the definitions of a file.
pub fn read(text: &str) -> Read {
    let mut reader = Reader { text, places: places(text), read: Read::default() };
    if let Some(offset) = too_deep(text) {
        reader.not_yaml(offset, TOO_DEEP);
        return reader.read;
    }
    for document in serde_yaml::Deserializer::from_str(text) {
        match serde_yaml::Value::deserialize(document) {
            Ok(document) => reader.document(document, MAX_LISTS),
            Err(error) => {
                // What follows cannot be told apart from what is broken.
                let message = error.to_string();
                let what = message.split(" at line ").next().unwrap_or_default();
                reader.not_yaml(error.location().map_or(0, |location| location.index()), what);
                return reader.read;
            }
        }
    }
    if reader.read.resources.is_empty() && reader.read.problems.is_empty() {
        reader.problem(0, (format!("there is no `{DEFINITION}` in this file"), "name a file with one, or remove it"));
    }
    reader.read
}

struct Reader<'t> {
    text: &'t str,
    /// Where the definitions say what they are, in order.
    places: std::vec::IntoIter<usize>,
    read: Read,
}

/// What is said of a text with brackets in brackets, or with aliases that hold themselves.
const TOO_DEEP: &str = "it is nested too deeply, or contains itself";

/// Where more brackets are open than any definition has. Those in strings count as well: there are few.
fn too_deep(text: &str) -> Option<usize> {
    let mut open = 0usize;
    text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > MAX_BRACKETS
    })
}

/// Where the lines `kind: CustomResourceDefinition` have the kind.
fn places(text: &str) -> std::vec::IntoIter<usize> {
    let mut places = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start_matches([' ', '-', '"', '\'', '{']).starts_with("kind") && line.contains(DEFINITION) {
            // The kind of the names that a definition gives is another word.
            places.extend(line.find(DEFINITION).map(|at| start + at));
        }
        start += line.len();
    }
    places.into_iter()
}

impl Reader<'_> {
    fn document(&mut self, document: serde_yaml::Value, lists: u32) {
        let kind = document.get("kind").and_then(serde_yaml::Value::as_str).unwrap_or_default();
        if kind == DEFINITION {
            return self.definition(&document);
        }
        let items = kind.ends_with("List").then(|| document.get("items")).flatten();
        if let Some(items) = items.and_then(serde_yaml::Value::as_sequence).filter(|_| lists > 0) {
            for item in items {
                self.document(item.clone(), lists - 1);
            }
        }
    }

    fn definition(&mut self, document: &serde_yaml::Value) {
        let place = self.places.next().unwrap_or_default();
        // Keys that are no text become text, as JSON has no others.
        let json = serde_json::to_value(document)
            .map_err(|_| ("this definition is no JSON data".to_owned(), "quote its keys"));
        match json.and_then(|json| definition(&json)) {
            Ok(resource) => self.read.resources.push(resource),
            Err(refusal) => self.problem(place, refusal),
        }
    }

    fn problem(&mut self, offset: usize, (message, hint): Refusal) {
        let code = Code::BadDefinition;
        self.read.problems.push(Problem { code, offset, message, hint: hint.to_owned() });
    }

    fn not_yaml(&mut self, offset: usize, what: &str) {
        let what = match what {
            "recursion limit exceeded" => TOO_DEEP,
            "repetition limit exceeded" => "its aliases repeat too much",
            what => what,
        };
        let template = self.text.contains("{{");
        let hint = match template {
            true => "render the chart first: `helm template`",
            false => "correct the YAML here or just in front",
        };
        self.read.problems.push(Problem {
            code: Code::BadDocument,
            offset: self.text.floor_char_boundary(offset.min(self.text.len())),
            message: format!("this is not YAML that can be read: {what}"),
            hint: hint.to_owned(),
        });
    }
}

/// A definition that has been read as data, if it is a complete one.
///
/// # Errors
/// What is wrong with it, and what to do.
pub fn definition(definition: &Value) -> Result<CustomResource, Refusal> {
    let name = definition.pointer("/metadata/name").and_then(Value::as_str).unwrap_or("without a name");
    let api = definition.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
    if api != "apiextensions.k8s.io/v1" {
        let message = format!("the definition `{name}` is of `{api}`, which no supported Kubernetes has");
        return Err((message, "write it as `apiextensions.k8s.io/v1`"));
    }
    let text = |path: &str| definition.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let missing = |field: &str, hint| (format!("the definition `{name}` has no `{field}`"), hint);
    let (group, kind, plural) = (text("/spec/group"), text("/spec/names/kind"), text("/spec/names/plural"));
    for (field, value, hint) in [
        ("spec.group", group, "name the API group, such as `example.com`"),
        ("spec.names.kind", kind, "name the kind, such as `Widget`"),
        ("spec.names.plural", plural, "name the resource in URLs, such as `widgets`"),
    ] {
        if value.is_empty() {
            return Err(missing(field, hint));
        }
    }
    if !is_group(group) {
        let message = format!("{group:?} cannot be the group of the definition `{name}`");
        return Err((message, "write a domain with a dot in it, such as `example.com`"));
    }
    if !is_kind(kind) {
        return Err((
            format!("{kind:?} cannot be the kind of the definition `{name}`"),
            "write one word of letters and digits",
        ));
    }
    let namespaced = match text("/spec/scope") {
        "Namespaced" => true,
        "Cluster" => false,
        "" => return Err(missing("spec.scope", "write `Namespaced` or `Cluster`")),
        other => {
            let message = format!("{other:?} is not a scope, in the definition `{name}`");
            return Err((message, "write `Namespaced` or `Cluster`"));
        }
    };
    let versions = versions(definition, name)?;
    Ok(CustomResource { group: group.into(), kind: kind.into(), plural: plural.into(), namespaced, versions })
}

/// The versions that are served, the one meant first.
fn versions(definition: &Value, name: &str) -> Result<Vec<CustomVersion>, Refusal> {
    let listed = definition.pointer("/spec/versions").and_then(Value::as_array).filter(|listed| !listed.is_empty());
    let Some(listed) = listed else {
        let message = format!("the definition `{name}` has no `spec.versions`");
        return Err((message, "add `versions`, a list of versions with a schema for each"));
    };
    let mut versions = Vec::new();
    for version in listed {
        let of = version.get("name").and_then(Value::as_str).filter(|of| is_version(of));
        let Some(of) = of else {
            return Err((format!("a version of the definition `{name}` has no name"), "name it, such as `v1`"));
        };
        let schema = version.pointer("/schema/openAPIV3Schema").filter(|schema| schema.is_object());
        let Some(schema) = schema else {
            let message = format!("version `{of}` of the definition `{name}` has no schema");
            return Err((message, "add `schema.openAPIV3Schema`"));
        };
        if version.get("served").and_then(Value::as_bool) == Some(false) {
            continue;
        }
        let deprecated = version.get("deprecated").and_then(Value::as_bool).unwrap_or_default();
        let warning = version.get("deprecationWarning").and_then(Value::as_str).unwrap_or_default();
        versions.push(CustomVersion {
            name: of.into(),
            deprecated: deprecated.then(|| EcoString::from(warning)),
            schema: schema.clone(),
        });
    }
    versions.sort_by_cached_key(|version| std::cmp::Reverse(rank(&version.name)));
    Ok(versions)
}

/// How much a version is meant: `v2` before `v1`, before `v2beta1`, before `v1alpha1`, before any other name.
fn rank(version: &str) -> (u8, u64, u64) {
    let numbers = || {
        let rest = version.strip_prefix('v')?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (major, stage) = rest.split_at(digits);
        let level = match stage {
            "" => return Some((3, major.parse().ok()?, 0)),
            _ if stage.starts_with("beta") => 2,
            _ if stage.starts_with("alpha") => 1,
            _ => return None,
        };
        let minor = stage.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        Some((level, major.parse().ok()?, minor.parse().ok()?))
    };
    numbers().unwrap_or_default()
}

/// Whether a text is a domain with a dot in it.
fn is_group(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.contains('.') && text.split('.').all(label)
}

fn is_kind(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_version(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::{rank, read};

    #[test]
    fn versions_are_ordered_as_the_server_prefers_them() {
        let mut versions = ["v1alpha1", "foo", "v1", "v2beta2", "v10", "v1beta10", "v2beta1", "v2"];
        versions.sort_by_key(|version| std::cmp::Reverse(rank(version)));
        assert_eq!(versions, ["v10", "v2", "v1", "v2beta2", "v2beta1", "v1beta10", "v1alpha1", "foo"]);
    }

    #[test]
    fn broken_and_hostile_texts_are_told() {
        let deep = format!("kind: {}", "[".repeat(100_000));
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                    d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e]\n\
                    g: [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\n";
        for text in ["", "---\n---\n", "[", "a: b: c", "\u{0}", "42", &deep, bomb, "kind: ConfigMap\n"] {
            let read = read(text);
            assert!(read.resources.is_empty() && read.problems.len() == 1, "{:.40}: {:?}", text, read.problems);
        }
    }
}
