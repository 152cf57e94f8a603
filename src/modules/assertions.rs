//! What modules say about the configuration as a whole: `assertions` and `warnings`.
//!
//! Who asserts something of what somebody else wrote says with `at` where that is. A value knows where it
//! was written; one that nobody wrote, such as a default, has no place, so a list names several in turn.

use crate::diag::{Code, Diagnostic};
use crate::eval::error;
use crate::source::Span;
use crate::value::{Attr, Attrs, Error, Evaluator, Kind, Result, Thunk, Value};

/// How deep lists of places are looked into.
const LISTS: u32 = 4;

impl Evaluator {
    /// Reports the assertions of a list `[ { assertion; message; at; hint; } ]` that do not hold. An item may be such
    /// a list itself: where it cannot be computed, the others can.
    pub fn check_assertions(&mut self, assertions: &Thunk) {
        for item in self.items_or_report(assertions) {
            match self.force(&item) {
                Ok(Value { kind: Kind::List(inner), .. }) => inner.iter().for_each(|item| self.check_item(item)),
                _ => self.check_item(&item),
            }
        }
    }

    fn check_item(&mut self, item: &Thunk) {
        if let Err(failure) = self.force(item).and_then(|assertion| self.check_assertion(&assertion)) {
            self.report(&failure);
        }
    }

    fn check_assertion(&mut self, assertion: &Value) -> Result<()> {
        let Kind::Attrs(set) = &assertion.kind else { return Ok(()) };
        let (Some(holds), Some(message)) = (set.named("assertion"), set.named("message")) else {
            return Err(lacks(
                assertion,
                "an assertion needs `assertion` and `message`",
                "{ assertion = …; message = \"…\"; }",
            ));
        };
        if matches!(self.force_at(&holds.value, holds.span)?.kind, Kind::Bool(true)) {
            return Ok(());
        }
        let code = match self.text_in(set, "code")?.as_deref() {
            Some("E0706") => Code::BadCombination,
            _ => Code::AssertionFailed,
        };
        let finding = self.finding(code, (assertion, set), message, holds.span)?;
        Err(Error::from(finding))
    }

    /// Reports the warnings of a list of strings, and of sets `{ message; at; hint; when; }`.
    pub fn check_warnings(&mut self, warnings: &Thunk) {
        for item in self.items_or_report(warnings) {
            match self.force(&item).and_then(|warning| self.warning(&warning)) {
                Ok(finding) => self.findings.extend(finding),
                Err(failure) => self.report(&failure),
            }
        }
    }

    fn warning(&mut self, warning: &Value) -> Result<Option<Diagnostic>> {
        let set = match &warning.kind {
            Kind::Str(text) => {
                return Ok(Some(Diagnostic::new(Code::ModuleWarning, warning.origin, text.as_str())));
            }
            Kind::Attrs(set) => set,
            _ => return Err(self.wrong_kind(warning, "a string", "a warning", warning.origin)),
        };
        if let Some(when) = set.named("when")
            && matches!(self.force_at(&when.value, when.span)?.kind, Kind::Bool(false))
        {
            return Ok(None);
        }
        let Some(message) = set.named("message") else {
            return Err(lacks(warning, "a warning needs `message`", "{ message = \"…\"; }"));
        };
        self.finding(Code::ModuleWarning, (warning, set), message, message.span).map(Some)
    }

    /// What an assertion or a warning says, where it says it, with its hint.
    fn finding(&mut self, code: Code, (whole, set): (&Value, &Attrs), message: &Attr, own: Span) -> Result<Diagnostic> {
        let text = self.force_at(&message.value, message.span)?;
        let Kind::Str(words) = &text.kind else {
            return Err(self.wrong_kind(&text, "a string", "`message`", message.span));
        };
        let concerned = set.named("at").and_then(|at| self.place_of(&at.value, whole.origin, LISTS));
        // One that a library makes may say with its message, too, whom it concerns.
        let places = concerned.into_iter().chain([own, text.origin, whole.origin]);
        let place = places.into_iter().find(|&place| self.sources.is_user(place)).unwrap_or(own);
        let finding = Diagnostic::new(code, place, words.as_str());
        Ok(match self.text_in(set, "hint")? {
            Some(hint) => finding.hint(hint.as_str()),
            None => finding,
        })
    }

    /// Where the user wrote a value. A list that was only put together to say where means its items, one after the other.
    fn place_of(&mut self, value: &Thunk, whole: Span, lists: u32) -> Option<Span> {
        // What is wrong with it is told where it is used.
        let value = self.force(value).ok()?;
        let is_user = self.sources.is_user(value.origin);
        match &value.kind {
            Kind::List(items) if lists > 0 && (!is_user || whole.contains(value.origin)) => {
                items.iter().find_map(|item| self.place_of(item, whole, lists - 1))
            }
            _ => is_user.then_some(value.origin),
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

fn lacks(value: &Value, message: &str, form: &str) -> Error {
    error(Code::MissingAttribute, value.origin, message).described(|finding| finding.hint(format!("write `{form}`")))
}
