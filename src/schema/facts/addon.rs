//! The structural facts of one version of an add-on: the custom resources that it brings.
//!
//! They are facts as those of Kubernetes are, with two differences. What a schema demands of a value beyond its
//! shape stands as JSON below its field, level by level (the value, its items, their items). And a record that is the
//! same in several places is written once, under the name of the first place: the name in the file says which record it
//! is, not what the language calls it, which depends on the way that leads there.

use std::fmt::Write;

use super::read::{BadFacts, each_line, field_line, kind_line, source_line, type_line};
use super::write::{line, sources, write_field, write_kind};
use super::{KindDef, Source, TypeDef};

/// Everything one `<add-on>/<version>.facts` file says.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AddonFacts {
    /// `cert-manager`
    pub addon: String,
    /// `1.21`
    pub version: String,
    /// The first Kubernetes minor for which this version is taken where none is asked for; empty: any.
    pub kubernetes: String,
    /// The documents it was distilled from.
    pub sources: Vec<Source>,
    /// The kinds, by group and name, of one kind the version meant first.
    pub kinds: Vec<AddonKind>,
    /// The distinct records in them, by name.
    pub types: Vec<AddonType>,
}

/// A kind of an add-on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddonKind {
    /// The kind; its type is the name of a record in the file.
    pub def: KindDef<String>,
    /// Whether its version is deprecated.
    pub deprecated: bool,
}

/// A record type of an add-on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddonType {
    /// Its structure.
    pub def: TypeDef<String>,
    /// Whether further fields are stored as they are.
    pub open: bool,
    /// What is demanded of the record of a whole object, as a JSON list of one schema; empty: nothing.
    pub demands: String,
    /// The same of each field's value, and of what is in it, as a JSON list of schemas.
    pub field_demands: Vec<String>,
}

/// The text of such a file.
pub fn write_addon(facts: &AddonFacts) -> String {
    let mut text = String::with_capacity(1 << 16);
    line(&mut text, format_args!("# {} {}: structural facts. Format: specs/README.md", facts.addon, facts.version));
    line(&mut text, format_args!("addon {}", facts.addon));
    line(&mut text, format_args!("version {}", facts.version));
    if !facts.kubernetes.is_empty() {
        line(&mut text, format_args!("kubernetes {}", facts.kubernetes));
    }
    sources(&mut text, &facts.sources);
    line(&mut text, format_args!(""));
    for kind in &facts.kinds {
        write_kind(&mut text, &kind.def, if kind.deprecated { " deprecated" } else { "" });
    }
    for of in &facts.types {
        let atomic = if of.def.atomic { " atomic" } else { "" };
        let open = if of.open { " open" } else { "" };
        line(&mut text, format_args!("\ntype {}{atomic}{open}", of.def.name));
        write_demands(&mut text, &of.demands);
        for (field, demands) in of.def.fields.iter().zip(&of.field_demands) {
            write_field(&mut text, field);
            write_demands(&mut text, demands);
        }
    }
    text
}

fn write_demands(text: &mut String, demands: &str) {
    if !demands.is_empty() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "    {demands}");
    }
}

/// Reads such a file.
pub fn read_addon(text: &str) -> Result<AddonFacts, BadFacts> {
    let mut facts = AddonFacts::default();
    each_line(text, |line| read_line(line, &mut facts))?;
    Ok(facts)
}

fn read_line(line: &str, facts: &mut AddonFacts) -> Result<(), String> {
    if let Some(demands) = line.strip_prefix("    ") {
        let of = facts.types.last_mut().ok_or("a demand before any type")?;
        *of.field_demands.last_mut().unwrap_or(&mut of.demands) = demands.to_owned();
        return Ok(());
    }
    if let Some(field) = line.strip_prefix("  ") {
        let of = facts.types.last_mut().ok_or("a field before any type")?;
        of.def.fields.push(field_line(field)?);
        of.field_demands.push(String::new());
        return Ok(());
    }
    let (word, rest) = line.split_once(' ').ok_or("a line with one word")?;
    match word {
        "addon" => facts.addon = rest.to_owned(),
        "version" => facts.version = rest.to_owned(),
        "kubernetes" => facts.kubernetes = rest.to_owned(),
        "source" => facts.sources.push(source_line(rest)?),
        "kind" => {
            let kind = rest.strip_suffix(" deprecated");
            facts.kinds.push(AddonKind { def: kind_line(kind.unwrap_or(rest))?, deprecated: kind.is_some() });
        }
        "type" => {
            let (rest, open) = match rest.strip_suffix(" open") {
                Some(rest) => (rest, true),
                None => (rest, false),
            };
            facts.types.push(AddonType {
                def: type_line(rest),
                open,
                demands: String::new(),
                field_demands: Vec::new(),
            });
        }
        _ => return Err(format!("unknown word `{word}`")),
    }
    Ok(())
}
