//! What is known about a type, for people.

use std::fmt::Write;

use super::{FieldFacts, TypeFacts, Versions};
use crate::schema::show::table;

/// `1.29 to 1.37`
impl std::fmt::Display for Versions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.first == self.last {
            true => write!(f, "{}", self.first),
            false => write!(f, "{} to {}", self.first, self.last),
        }
    }
}

impl TypeFacts {
    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        match (&self.field, &self.ty) {
            (Some(field), Some(ty)) => {
                let _ = writeln!(text, "{} : {ty}\n\n{}", self.path, field.lines());
            }
            _ => {
                let _ = writeln!(text, "{} (Kubernetes {})", self.path, self.kubernetes_version);
            }
        }
        if let Some(kind) = &self.kind {
            let scope = if kind.namespaced { "in a namespace" } else { "for the whole cluster" };
            let notes = if kind.notes.is_empty() { String::new() } else { format!(", {}", kind.notes) };
            let _ = writeln!(text, "apiVersion {}, kind {}, {scope}{notes}", kind.api_version, kind.kind);
        }
        if !self.types.is_empty() {
            let rows: Vec<[String; 2]> =
                self.types.iter().map(|name| [name.name.clone(), name.notes.clone()]).collect();
            text.push_str(&table(&rows));
        }
        if !self.fields.is_empty() {
            let _ = writeln!(text, "\nfields");
            let rows: Vec<[String; 4]> = self.fields.iter().map(|field| self.row(field)).collect();
            text.push_str(&table(&rows));
        }
        text
    }

    fn row(&self, field: &FieldFacts) -> [String; 4] {
        let mut notes = field.notes();
        if !field.is_in(&self.kubernetes_version) {
            notes.push(format!("not in {}, only in {}", self.kubernetes_version, field.versions));
        } else if !field.versions.all {
            notes.push(field.versions.to_string());
        }
        let required = if field.required { "required" } else { "" };
        [field.name.clone(), field.ty.clone(), required.to_owned(), notes.join(", ")]
    }
}

impl FieldFacts {
    /// Whether this version has it.
    fn is_in(&self, minor: &str) -> bool {
        let number = |text: &str| text.rsplit('.').next().and_then(|digits| digits.parse::<u32>().ok());
        (number(&self.versions.first)..=number(&self.versions.last)).contains(&number(minor))
    }

    /// Everything but name and type, in words.
    pub(in crate::schema) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.values.is_empty() {
            let shown = |value: &String| if value.is_empty() { "\"\"".to_owned() } else { value.clone() };
            notes.push(self.values.iter().map(shown).collect::<Vec<_>>().join(" | "));
        }
        notes.extend(self.default.as_ref().map(|default| format!("default {default}")));
        if !self.merge_keys.is_empty() {
            notes.push(format!("by {}", self.merge_keys.join(" and ")));
        }
        if self.set {
            notes.push("a set".to_owned());
        }
        notes
    }

    /// One line for each thing that is known.
    fn lines(&self) -> String {
        let yes = if self.required { "yes" } else { "no" };
        let mut rows = vec![["of".to_owned(), self.owner.clone()], ["required".to_owned(), yes.to_owned()]];
        if !self.values.is_empty() {
            let shown = |value: &String| format!("{value:?}");
            rows.push(["one of".to_owned(), self.values.iter().map(shown).collect::<Vec<_>>().join(" | ")]);
        }
        rows.extend(self.default.as_ref().map(|default| ["default".to_owned(), default.to_string()]));
        if !self.merge_keys.is_empty() {
            rows.push(["merges".to_owned(), format!("item by item, by {}", self.merge_keys.join(" and "))]);
        }
        if self.set {
            rows.push(["merges".to_owned(), "each value once".to_owned()]);
        }
        let all = if self.versions.all { "all that are known: " } else { "" };
        rows.push(["versions".to_owned(), format!("{all}{}", self.versions)]);
        table(&rows).trim_end().to_owned()
    }
}
