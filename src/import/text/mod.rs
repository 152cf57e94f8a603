//! The plan as text, as a person would write it.
//!
//! A map with one field becomes a path (`metadata.name = "web";`), a short one stands on its line, text of several
//! lines stands between `''`, and labels that are said again and again have a name (`share`).

mod paragraph;
mod printer;
mod share;

use std::ops::Range;

use ecow::EcoString;

use super::plan::{Definition, Entry, Plan, RESOURCES};
use crate::node::{Node, NodeKind};
use crate::source::Span;
use crate::syntax::quoted_name;

use printer::{Printer, WIDTH, extend};
use share::Shared;

/// A configuration, and where in it which object is made.
pub(super) struct Written {
    /// The text.
    pub text: String,
    /// The places of the entries, in order, with the objects that they make.
    pub places: Vec<(Range<usize>, usize)>,
}

/// Writes a plan; with names for labels that many objects have, if they are to be shared.
pub(super) fn write(plan: &Plan, share: bool) -> Written {
    let shared = if share { Shared::of(plan.entries.iter().map(|entry| &entry.value)) } else { Shared::default() };
    let mut writer = Writer { printer: Printer::new(&shared), places: Vec::new(), start: 0 };
    writer.head(plan);
    writer.definitions(&plan.definitions);
    let (namespaces, others): (Vec<&Entry>, Vec<&Entry>) =
        plan.entries.iter().partition(|entry| plan.force_namespaces && entry.collection == "namespaces");
    if plan.force_namespaces {
        writer.gap();
        writer.forced(&namespaces);
    }
    writer.entries(&others);
    writer.printer.out.push_str("}\n");
    Written { text: writer.printer.out, places: writer.places }
}

struct Writer<'a> {
    printer: Printer<'a>,
    places: Vec<(Range<usize>, usize)>,
    /// Where the definitions begin.
    start: usize,
}

impl Writer<'_> {
    fn at(&self) -> usize {
        self.printer.out.len()
    }

    fn gap(&mut self) {
        if self.at() > self.start {
            self.printer.out.push('\n');
        }
    }

    /// What comes before all entries.
    fn head(&mut self, plan: &Plan) {
        if plan.force_namespaces || !plan.definitions.is_empty() {
            self.printer.out.push_str("{ lib, ... }:\n");
        }
        self.printer.names();
        self.printer.out.push_str("{\n");
        self.start = self.at();
        if !plan.framework.fields.is_empty() {
            self.top("framework", &[], &Node::new(NodeKind::Map(plan.framework.clone()), Span::NONE));
        }
    }

    /// The definitions of custom resources: they give their kinds a schema, and are objects themselves.
    fn definitions(&mut self, definitions: &[(EcoString, Definition)]) {
        if definitions.is_empty() {
            return;
        }
        self.gap();
        let files: Vec<&str> = definitions.iter().map(|(_, definition)| definition.file.as_str()).collect();
        self.printer.out.push_str(&match files.as_slice() {
            [file] => format!("  schemas = [ ./{file} ];\n\n"),
            files => format!("  schemas = [\n    ./{}\n  ];\n\n", files.join("\n    ./")),
        });
        for (key, Definition { file, object }) in definitions {
            let begin = self.at();
            let mut path = RESOURCES.to_owned();
            extend(&mut path, key);
            let rest = format!("lib.importYAML ./{file};\n");
            let between = if path.len() + rest.len() < WIDTH { " " } else { "\n    " };
            self.printer.out.push_str(&format!("  {path} ={between}{rest}"));
            self.places.push((begin..self.at(), *object));
        }
    }

    fn entries(&mut self, entries: &[&Entry]) {
        let mut last: Option<(&str, bool)> = None;
        for entry in entries {
            let begin = self.at();
            self.top(entry.collection, &[&entry.key], &entry.value);
            let several = self.printer.out[begin..].lines().count() > 1;
            let apart = last.is_none_or(|(collection, before)| collection != entry.collection || before || several);
            let gap = usize::from(apart && begin > self.start);
            self.printer.out.insert_str(begin, &"\n"[..gap]);
            self.places.push((begin + gap..self.at(), entry.object));
            last = Some((entry.collection, several));
        }
    }

    /// A definition at the top, over several lines as soon as there is more to say than a few things.
    fn top(&mut self, collection: &str, key: &[&str], value: &Node) {
        /// At the top an entry with more fields does not stand on one line.
        const FEW: usize = 3;
        let mut path = collection.to_owned();
        key.iter().for_each(|key| extend(&mut path, key));
        let several = value.as_map().is_some_and(|map| map.fields.len() > FEW);
        self.printer.out.push_str("  ");
        self.printer.binding(2, path, value, several);
    }

    fn forced(&mut self, namespaces: &[&Entry]) {
        self.printer.out.push_str("  # Those that are not here are made elsewhere.\n  namespaces = lib.mkForce {");
        for entry in namespaces {
            self.printer.out.push_str("\n    ");
            let begin = self.at();
            self.printer.binding(4, quoted_name(&entry.key), &entry.value, false);
            self.printer.out.pop();
            self.places.push((begin..self.at(), entry.object));
        }
        self.printer.out.push_str(if namespaces.is_empty() { " };\n" } else { "\n  };\n" });
    }
}
