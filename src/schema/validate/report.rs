//! Where the findings about one object are gathered.

use super::cursor::{Address, Cursor};
use crate::diag::{Code, Diagnostic};

/// The findings about one object.
pub struct Report {
    object: String,
    findings: Vec<(Address, Diagnostic)>,
}

impl Report {
    /// No findings yet about this object (`Deployment shop/web`).
    pub fn new(object: String) -> Report {
        Report { object, findings: Vec::new() }
    }

    /// A finding about a value.
    pub fn at(&mut self, cursor: &Cursor<'_>, code: Code, message: impl Into<String>) -> &mut Diagnostic {
        let finding = Diagnostic::new(code, cursor.span(), message);
        self.push(cursor, finding)
    }

    /// A finding about a field's name.
    pub fn at_key(&mut self, cursor: &Cursor<'_>, code: Code, message: impl Into<String>) -> &mut Diagnostic {
        let finding = Diagnostic::new(code, cursor.key_span(), message);
        self.push(cursor, finding)
    }

    /// A finding about a value, made elsewhere.
    pub fn push(&mut self, cursor: &Cursor<'_>, finding: Diagnostic) -> &mut Diagnostic {
        let path = cursor.path();
        let mut finding = finding.object(self.object.clone());
        if !path.is_empty() {
            finding = finding.path(path);
        }
        self.findings.push((cursor.address(), finding));
        let last = self.findings.len() - 1;
        &mut self.findings[last].1
    }

    /// The findings in document order, each said once.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.findings.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.findings
            .dedup_by(|(a, later), (b, first)| a == b && later.code == first.code && later.message == first.message);
        self.findings.into_iter().map(|(_, finding)| finding).collect()
    }
}
