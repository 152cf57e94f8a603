//! The findings of several runs as those of one: each run numbers its texts by itself.

use rustc_hash::FxHashMap;

use crate::diag::{Diagnostic, Label};
use crate::source::{SourceFile, SourceId, SourceMap, Span};

/// Findings of any number of runs, and the texts that they are about.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The findings, in the order in which they were taken.
    pub findings: Vec<Diagnostic>,
    /// The texts, each once.
    pub sources: SourceMap,
    /// What else was said, such as traces.
    pub remarks: Vec<String>,
}

impl Gathered {
    /// Takes the findings of a run.
    pub fn take(&mut self, findings: Vec<Diagnostic>, sources: SourceMap) {
        if self.sources.files().next().is_none() {
            self.sources = sources;
            self.findings.extend(findings);
        } else {
            let moved = self.moved(findings, &sources);
            self.findings.extend(moved);
        }
    }

    /// The findings of another run, with their places in the texts that are gathered here.
    pub fn moved(&mut self, mut findings: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
        let mut homes = FxHashMap::default();
        for finding in &mut findings {
            for label in std::iter::once(&mut finding.primary).chain(&mut finding.secondary) {
                self.find_home(label, sources, &mut homes);
            }
        }
        findings
    }

    fn find_home(&mut self, label: &mut Label, sources: &SourceMap, homes: &mut FxHashMap<SourceId, u32>) {
        let Some(id) = sources.find(label.span) else {
            label.span = Span::NONE;
            return;
        };
        let file = sources.file(id);
        let base = *homes.entry(id).or_insert_with(|| self.home_of(file));
        label.span = Span::new(base + (label.span.lo - file.base), base + (label.span.hi - file.base));
    }

    /// Where the same text begins here.
    fn home_of(&mut self, wanted: &SourceFile) -> u32 {
        let same = |file: &SourceFile| file.name == wanted.name && file.kind == wanted.kind && file.text == wanted.text;
        if let Some((_, known)) = self.sources.files().find(|(_, file)| same(file)) {
            return known.base;
        }
        let added = self.sources.add(wanted.name.clone(), wanted.path.clone(), wanted.text.clone(), wanted.kind);
        self.sources.file(added).base
    }
}
