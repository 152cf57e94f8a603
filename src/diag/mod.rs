//! What went wrong, as plain data.
//!
//! A [`Diagnostic`] knows spans and words. It knows no tree, type or value, and nothing of how it
//! will be shown (that is `report`'s), so every floor can make one and none depends on another for it.
//!
//! Voice: lower case, no full stop, name the two things in conflict, then one hint that can be acted on.

mod code;
mod suggest;

pub use code::{Code, Severity};
pub use suggest::{closest, did_you_mean, either, longer_or_shorter, words};

use crate::source::Span;

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// The stable code; `docs/errors/<code>.md` explains it.
    pub code: Code,
    /// How bad it is. Usually the code's own severity.
    pub severity: Severity,
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// The place in the user's file.
    pub primary: Label,
    /// Other places that take part, in the order in which they should be read.
    pub secondary: Vec<Label>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in the configuration or object, as people write it (`spec.containers[0].image`).
    pub path: Option<String>,
    /// The object it is about (`Deployment shop/web`).
    pub object: Option<String>,
}

/// A place with a few words about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The place; [`Span::NONE`] when there is none.
    pub span: Span,
    /// The words; may be empty.
    pub text: String,
}

impl Diagnostic {
    /// A finding at `span`, with the code's own severity.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            hint: None,
            path: None,
            object: None,
        }
    }

    /// Words at the primary place.
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.primary.text = text.into();
        self
    }

    /// A further place. Without a place it is left out.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        if !span.is_none() {
            self.secondary.push(Label { span, text: text.into() });
        }
        self
    }

    /// What to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hint = Some(hint.into());
        self
    }

    /// What to do about it, if anything is known.
    pub fn maybe_hint(mut self, hint: Option<String>) -> Diagnostic {
        self.hint = hint.or(self.hint);
        self
    }

    /// Where in the configuration or object.
    pub fn path(mut self, path: impl Into<String>) -> Diagnostic {
        self.path = Some(path.into());
        self
    }

    /// The object it is about.
    pub fn object(mut self, object: impl Into<String>) -> Diagnostic {
        self.object = Some(object.into());
        self
    }

    /// The same finding with another severity.
    pub fn severity(mut self, severity: Severity) -> Diagnostic {
        self.severity = severity;
        self
    }

    /// Whether it keeps the output from being written.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
