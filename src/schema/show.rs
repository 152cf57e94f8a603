//! The catalogue as text, for `nxk schema list` and `nxk schema show`.

use std::fmt::Write;

use super::catalogue::{FieldDef, Kind, TypeDef, Version};
use super::crd::bundled::Bundle;
use super::crd::{CustomResource, CustomTypes};
use super::explain::{FieldFacts, unknown_field};
use super::types::said_of_several;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;

/// All kinds of a version and of the add-ons for it, one a line: API version, kind, scope, and what is special about it.
pub fn list(version: Version<'_>) -> String {
    let mut rows: Vec<[String; 4]> = Vec::new();
    let mut kinds: Vec<&Kind> = version.kinds().iter().chain(version.addons().kinds()).collect();
    kinds.sort_by(|a, b| a.kind.cmp(&b.kind));
    for kind in kinds {
        let scope = if kind.namespaced { "namespaced" } else { "cluster" };
        rows.push([kind.api_version().to_string(), kind.kind.to_string(), scope.to_owned(), kind_notes(version, kind)]);
    }
    table(&rows)
}

/// Custom kinds, a version a line: API version, kind, scope, how many fields it has, and what is special about it.
pub fn list_custom(resources: &[CustomResource]) -> String {
    let types = CustomTypes::of(resources);
    let mut rows: Vec<[String; 5]> = Vec::new();
    for kind in types.kinds() {
        let scope = if kind.namespaced { "namespaced" } else { "cluster" };
        let fields = fields_below(&types, &kind.type_name);
        let mut notes: Vec<String> = Vec::new();
        notes.extend(types.deprecation(&kind.type_name).map(|_| "deprecated".to_owned()));
        match rules_below(&types, &kind.type_name) {
            0 => {}
            1 => notes.push("1 rule is the server's to judge".to_owned()),
            rules => notes.push(format!("{rules} rules are the server's to judge")),
        }
        let kind_name = kind.kind.to_string();
        rows.push([
            kind.api_version().to_string(),
            kind_name,
            scope.to_owned(),
            format!("{fields} fields"),
            notes.join(", "),
        ]);
    }
    table(&rows)
}

/// How many rules in CEL stand in a custom record and in those inside it.
fn rules_below(types: &CustomTypes, name: &str) -> usize {
    let Some(record) = types.get(name) else { return 0 };
    let own = |field: &FieldDef| record.limits_of(&field.name).iter().map(|limits| limits.rules.len()).sum::<usize>();
    let inside = |field: &FieldDef| field.shape.named().map_or(0, |name| rules_below(types, name));
    record.limits.rules.len() + record.def.fields.iter().map(|field| own(field) + inside(field)).sum::<usize>()
}

/// How many fields a custom record has, with those of the custom records in it.
fn fields_below(types: &CustomTypes, name: &str) -> usize {
    let Some(record) = types.get(name) else { return 0 };
    let inside = record.def.fields.iter().filter_map(|field| field.shape.named());
    record.def.fields.len() + inside.map(|name| fields_below(types, name)).sum::<usize>()
}

/// A kind or a part of it (`path` is `spec.template.spec.containers`, with or without `[]` or an index): one level of fields.
pub fn show(version: Version<'_>, kind: &str, path: Option<&str>) -> Result<String, Diagnostic> {
    let unknown = |message: String| Diagnostic::new(Code::UnknownKind, Span::NONE, message);
    let found = match kind.rsplit_once('/') {
        Some((api, name)) => {
            let (group, api_version) = super::split_api(api);
            version.find(group, api_version, name)
        }
        None => version.preferred(kind),
    };
    if let kinds @ [first, ..] = version.ambiguous(kind).as_slice() {
        let hint = format!("write the group: `{}/{kind}`", first.api_version());
        return Err(Diagnostic::new(Code::AmbiguousKind, Span::NONE, said_of_several(kinds)).hint(hint));
    }
    let Some(found) = found else {
        let name = kind.rsplit('/').next().unwrap_or(kind);
        let near = version.nearest_kind(name).map(|near| format!("did you mean `{near}`?"));
        return Err(unknown(format!("Kubernetes {} has no kind `{kind}`", version.minor())).maybe_hint(near));
    };
    let mut text = format!("{} {} (Kubernetes {})", found.api_version(), found.kind, version.minor());
    let notes = kind_notes(version, found);
    if !notes.is_empty() {
        let _ = write!(text, ", {notes}");
    }
    text.push('\n');
    let mut def = version.type_def(&found.type_name);
    for step in path.into_iter().flat_map(|path| path.split('.')).filter(|step| !step.is_empty()) {
        let name = step.split('[').next().unwrap_or(step);
        let Some(holder) = def else { break };
        let Some(field) = holder.field(name) else {
            return Err(unknown_field(version, holder, name));
        };
        text = format!("{text}{}\n", field_line(version, holder, field));
        def = field.shape.named().and_then(|name| version.type_def(name));
    }
    if let Some(def) = def {
        text.push_str(&fields(version, def));
    }
    Ok(text)
}

/// The fields of a type, one a line.
fn fields(version: Version<'_>, def: &TypeDef) -> String {
    let rows: Vec<[String; 4]> = def.fields.iter().map(|field| row(version, def, field)).collect();
    table(&rows)
}

fn field_line(version: Version<'_>, def: &TypeDef, field: &FieldDef) -> String {
    let [name, shape, required, notes] = row(version, def, field);
    [name, shape, required, notes].iter().filter(|word| !word.is_empty()).cloned().collect::<Vec<_>>().join("  ")
}

fn row(version: Version<'_>, def: &TypeDef, field: &FieldDef) -> [String; 4] {
    let required = if field.required { "required" } else { "" };
    let mut notes = FieldFacts::of(version, def, field).notes();
    notes.extend(version.catalogue().field_history(&def.name, &field.name).describe());
    [field.name.to_string(), shape_text(&field.shape), required.to_owned(), notes.join(", ")]
}

/// A shape with the types' bare names: `[Container]`.
pub(super) fn shape_text(shape: &super::Shape) -> String {
    let text = shape.map(&mut |name| name.rsplit('.').next().unwrap_or(name).to_owned()).to_string();
    text.replace('|', " | ")
}

pub(super) fn kind_notes(version: Version<'_>, kind: &Kind) -> String {
    let catalogue = version.catalogue();
    let mut notes = Vec::new();
    notes.extend(version.bundle_of(kind).map(Bundle::words));
    if !kind.preferred {
        notes.extend(version.preferred(&kind.kind).map(|other| format!("{} is preferred", other.api_version())));
    }
    if version.deprecation(&kind.type_name).is_some() {
        notes.push("deprecated".to_owned());
    }
    if kind.optional {
        notes.push("off by default".to_owned());
    }
    match catalogue.lifecycle(&kind.group, &kind.version, &kind.kind) {
        Some(life) => {
            notes.push(format!("since {}", life.introduced));
            notes.extend(life.deprecated.as_ref().map(|minor| format!("deprecated in {minor}")));
            notes.extend(life.removed.as_ref().map(|minor| format!("gone in {minor}")));
        }
        None => notes.extend(catalogue.kind_history(&kind.group, &kind.version, &kind.kind).describe()),
    }
    notes.join(", ")
}

/// Columns, each as wide as its widest cell; no blanks at line ends.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::from("  ");
        for (cell, width) in row.iter().zip(&widths) {
            if *width > 0 {
                let _ = write!(line, "{cell:width$}  ");
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
