//! Which findings are news: each mistake is told once, at its root.

use super::Session;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;

impl Session {
    /// What evaluation finds again where the checker has been is no news, and neither is what follows from it.
    pub(super) fn forget_what_was_found_early(&mut self) {
        let late = self.machine.findings.split_off(self.found_early);
        let early = &self.machine.findings;
        let again = |finding: &Diagnostic| {
            let place = finding.primary.span;
            early.iter().filter(|known| known.is_error()).any(|known| {
                let there = known.primary.span;
                let same = known.code == finding.code;
                there == place || (same && overlap(there, place)) || (same && self.is_told_of(known, finding))
            })
        };
        let news: Vec<Diagnostic> = late.into_iter().filter(|finding| !again(finding)).collect();
        self.machine.findings.extend(news);
        self.forget_consequences();
    }

    /// What a layer misses in a set is no news where a field of the set is misspelt: it may be what is missed.
    fn forget_consequences(&mut self) {
        let of = |code: Code| move |finding: &&Diagnostic| finding.code == code;
        let misspelt: Vec<Span> =
            self.machine.findings.iter().filter(of(Code::UnknownField)).map(|finding| finding.primary.span).collect();
        let mut findings = std::mem::take(&mut self.machine.findings);
        findings.retain(|finding| {
            let missed = matches!(finding.code, Code::UnknownSecret | Code::BadCombination);
            !(missed && misspelt.iter().any(|&field| self.is_field_of(field, finding.primary.span)))
        });
        self.machine.findings = findings;
    }

    /// Whether a field stands in a set itself, not deeper: as `{ field = …; }`, or behind the set's own key, `key.field`.
    fn is_field_of(&self, field: Span, set: Span) -> bool {
        let between = |lo: u32| self.machine.sources.text(Span { lo, hi: field.lo });
        if set.contains(field) {
            let before = between(set.lo);
            return before.matches('{').count() == before.matches('}').count() + 1;
        }
        set.hi < field.lo && field.lo - set.hi < 3 && between(set.hi).trim() == "."
    }

    /// Whether of a secret it has been told already that it is put there: by the same words, or of the value of this
    /// very key.
    fn is_told_of(&self, known: &Diagnostic, finding: &Diagnostic) -> bool {
        if finding.code != Code::VisibleSecret {
            return false;
        }
        let (key, value) = (finding.primary.span, known.primary.span);
        let is_definition = key.hi <= value.lo && {
            let between = Span { lo: key.hi, hi: value.lo };
            self.machine.sources.text(between).trim() == "="
        };
        known.message == finding.message || is_definition
    }
}

/// Whether two places have anything in common.
fn overlap(a: Span, b: Span) -> bool {
    (a.lo <= b.lo && b.hi <= a.hi) || (b.lo <= a.lo && a.hi <= b.hi)
}
