//! Failures of evaluation.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::diag::{Code, Diagnostic, Label};
use crate::source::{SourceMap, Span};

/// The result of an evaluation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a value could not be had. Copies share one diagnostic, so that it is reported once however
/// many values depend on it.
#[derive(Clone, Debug)]
pub struct Error(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    /// `None`: the reason has been reported already.
    diagnostic: Option<RefCell<Diagnostic>>,
    /// Whether `tryEval` may catch it: `throw` and `assert` only.
    catchable: bool,
    /// Whether it has been handed to the findings.
    reported: Cell<bool>,
}

impl Error {
    /// A failure for this reason.
    pub fn new(diagnostic: Diagnostic) -> Error {
        let catchable = matches!(diagnostic.code, Code::Thrown | Code::AssertionFailed);
        Error(Rc::new(Inner { diagnostic: Some(RefCell::new(diagnostic)), catchable, reported: Cell::new(false) }))
    }

    /// The same failure with more to say, before anyone else holds it.
    pub fn described(self, more: impl FnOnce(Diagnostic) -> Diagnostic) -> Error {
        match self.diagnostic() {
            Some(diagnostic) => Error::new(more(diagnostic)),
            None => self,
        }
    }

    /// A failure whose reason has been reported already.
    pub fn silent() -> Error {
        Error(Rc::new(Inner { diagnostic: None, catchable: false, reported: Cell::new(true) }))
    }

    /// The reason, unless it has been reported already.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        self.0.diagnostic.as_ref().map(|diagnostic| diagnostic.borrow().clone())
    }

    /// The reason, the first time it is asked for; later, and for silent failures, nothing.
    pub fn to_report(&self) -> Option<Diagnostic> {
        if self.0.reported.replace(true) { None } else { self.diagnostic() }
    }

    /// Whether `tryEval` may catch it.
    pub fn is_catchable(&self) -> bool {
        self.0.catchable
    }

    /// On the way out through code of the user's at `span`: if the failure has no place of the
    /// user's yet (it arose inside the standard library), this becomes its place, and the old one
    /// a further one.
    pub fn passes(&self, span: Span, sources: &SourceMap) {
        let Some(diagnostic) = &self.0.diagnostic else { return };
        let mut diagnostic = diagnostic.borrow_mut();
        if sources.is_user(diagnostic.primary.span) || !sources.is_user(span) {
            return;
        }
        let inner = std::mem::replace(&mut diagnostic.primary, Label { span, text: String::new() });
        if !inner.span.is_none() {
            diagnostic.secondary.push(inner);
        }
    }

    /// On the way out through `addErrorContext` at `span`: its words become a further place.
    pub fn within(&self, span: Span, context: &str) {
        let Some(diagnostic) = &self.0.diagnostic else { return };
        let mut diagnostic = diagnostic.borrow_mut();
        let label = Label { span, text: context.to_string() };
        // A thunk that failed fails again the same way; its context is there already.
        if !span.is_none() && diagnostic.secondary.len() < MAX_CONTEXTS && !diagnostic.secondary.contains(&label) {
            diagnostic.secondary.push(label);
        }
    }
}

/// The most contexts that one failure carries; the innermost ones say the most.
const MAX_CONTEXTS: usize = 8;

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Error {
        Error::new(diagnostic)
    }
}
