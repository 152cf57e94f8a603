//! Facts to text: one line a kind, one line a field, sorted, so that two versions can be compared with `diff`.

use std::fmt::{self, Display, Write};

use super::{Facts, FieldDef, KindDef, Lifecycle, ListMerge, Shape, Source};

/// The text of a `<minor>.facts` file.
pub fn write(facts: &Facts) -> String {
    let mut text = String::with_capacity(1 << 18);
    line(&mut text, format_args!("# Kubernetes {}: structural facts. Format: specs/README.md", facts.version));
    line(&mut text, format_args!("version {}", facts.version));
    sources(&mut text, &facts.sources);
    line(&mut text, format_args!(""));
    for kind in &facts.kinds {
        write_kind(&mut text, kind, "");
    }
    for def in &facts.types {
        let atomic = if def.atomic { " atomic" } else { "" };
        line(&mut text, format_args!("\ntype {}{atomic}", def.name));
        for field in &def.fields {
            write_field(&mut text, field);
        }
    }
    text
}

/// The text of `lifecycle.facts`.
pub fn write_lifecycle(source: &Source, entries: &[Lifecycle<String>]) -> String {
    let mut text = String::new();
    line(&mut text, format_args!("# When each built-in kind came and went. Format: specs/README.md"));
    sources(&mut text, std::slice::from_ref(source));
    line(&mut text, format_args!(""));
    for entry in entries {
        let api = api_version(&entry.group, &entry.version);
        let _ = write!(text, "{api} {} introduced={}", entry.kind, entry.introduced);
        if let Some(minor) = &entry.deprecated {
            let _ = write!(text, " deprecated={minor}");
        }
        if let Some(minor) = &entry.removed {
            let _ = write!(text, " removed={minor}");
        }
        if let Some((group, version, kind)) = &entry.replacement {
            let _ = write!(text, " use={},{kind}", api_version(group, version));
        }
        text.push('\n');
    }
    text
}

pub(super) fn sources(text: &mut String, sources: &[Source]) {
    for source in sources {
        line(text, format_args!("source {} sha256:{}", source.file, source.sha256));
    }
}

/// A kind, with what is said behind it.
pub(super) fn write_kind(text: &mut String, kind: &KindDef<String>, behind: &str) {
    let scope = if kind.namespaced { "namespaced" } else { "cluster" };
    let preferred = if kind.preferred { " preferred" } else { "" };
    let optional = if kind.optional { " optional" } else { "" };
    let api = api_version(&kind.group, &kind.version);
    line(
        text,
        format_args!(
            "kind {api} {} {} {scope} {}{preferred}{optional}{behind}",
            kind.kind, kind.plural, kind.type_name
        ),
    );
}

pub(super) fn write_field(text: &mut String, field: &FieldDef<String>) {
    let _ = write!(text, "  {}{} {}", field.name, if field.required { "!" } else { "" }, field.shape);
    match &field.list {
        ListMerge::Atomic => {}
        ListMerge::Set => text.push_str(" set"),
        ListMerge::Keyed(keys) => {
            let _ = write!(text, " keys={}", keys.join(","));
        }
    }
    if let Some(key) = &field.merge_key {
        let _ = write!(text, " merge={key}");
    }
    if field.atomic {
        text.push_str(" atomic");
    }
    if !field.enums.is_empty() {
        let values: Vec<String> = field.enums.iter().map(|value| quoted(value)).collect();
        let _ = write!(text, " enum={}", values.join("|"));
    }
    if let Some(default) = &field.default {
        let _ = write!(text, " default={default}");
    }
    text.push('\n');
}

/// A value, in quotes where the format needs them.
fn quoted(value: &str) -> String {
    if value.is_empty() || value.contains(' ') { format!("\"{value}\"") } else { value.to_owned() }
}

fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}

pub(super) fn line(text: &mut String, args: fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{args}");
}

impl<N: Display> Display for Shape<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Scalar(scalar) => f.write_str(scalar.word()),
            Shape::Named(name) => write!(f, "{name}"),
            Shape::List(item) => write!(f, "[{item}]"),
            Shape::Map(value) => write!(f, "{{{value}}}"),
            Shape::OneOf(shapes) => {
                for (index, shape) in shapes.iter().enumerate() {
                    let bar = if index == 0 { "" } else { "|" };
                    write!(f, "{bar}{shape}")?;
                }
                Ok(())
            }
        }
    }
}
