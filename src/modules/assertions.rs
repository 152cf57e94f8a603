//! What modules say about the configuration as a whole: `assertions` and `warnings`.

use crate::diag::{Code, Diagnostic};
use crate::eval::error;
use crate::value::{Evaluator, Kind, Result, Thunk, Value};

impl Evaluator {
    /// Reports the assertions of a list `[ { assertion; message; } ]` that do not hold.
    pub fn check_assertions(&mut self, assertions: &Thunk) {
        for item in self.items_or_report(assertions) {
            if let Err(failure) = self.force(&item).and_then(|assertion| self.check_assertion(&assertion)) {
                self.report(&failure);
            }
        }
    }

    fn check_assertion(&mut self, assertion: &Value) -> Result<()> {
        let Kind::Attrs(set) = &assertion.kind else { return Ok(()) };
        let (Some(holds), Some(message)) = (set.named("assertion"), set.named("message")) else {
            let message = "an assertion needs `assertion` and `message`";
            let hint = "write `{ assertion = …; message = \"…\"; }`";
            return Err(
                error(Code::MissingAttribute, assertion.origin, message).described(|finding| finding.hint(hint))
            );
        };
        if matches!(self.force_at(&holds.value, holds.span)?.kind, Kind::Bool(true)) {
            return Ok(());
        }
        match self.force_at(&message.value, message.span)? {
            Value { kind: Kind::Str(text), origin } => {
                // One that a library makes may say with its message whom it concerns.
                let mut places = [holds.span, origin, assertion.origin].into_iter();
                let place = places.find(|&place| self.sources.is_user(place)).unwrap_or(holds.span);
                Err(error(Code::AssertionFailed, place, text.as_str()))
            }
            other => Err(self.wrong_kind(&other, "a string", "`message`", message.span)),
        }
    }

    /// Reports the warnings of a list of strings.
    pub fn check_warnings(&mut self, warnings: &Thunk) {
        for item in self.items_or_report(warnings) {
            match self.force(&item) {
                Ok(Value { kind: Kind::Str(text), origin }) => {
                    self.findings.push(Diagnostic::new(Code::ModuleWarning, origin, text.as_str()));
                }
                Ok(other) => {
                    let failure = self.wrong_kind(&other, "a string", "a warning", other.origin);
                    self.report(&failure);
                }
                Err(failure) => self.report(&failure),
            }
        }
    }

    fn items_or_report(&mut self, list: &Thunk) -> Vec<Thunk> {
        match self.force(list) {
            Ok(Value { kind: Kind::List(items), .. }) => items.to_vec(),
            Ok(_) => Vec::new(),
            Err(failure) => {
                self.report(&failure);
                Vec::new()
            }
        }
    }
}
