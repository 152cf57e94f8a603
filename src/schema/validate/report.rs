//! Where the findings about one object are gathered.

use rustc_hash::FxHashSet;

use super::cursor::{Address, Cursor};
use crate::diag::{Code, Diagnostic, Severity};

/// The findings about one object.
pub struct Report {
    object: String,
    findings: Vec<(Address, Diagnostic)>,
    missing: FxHashSet<(Address, String)>,
    lenient: bool,
}

impl Report {
    /// No findings yet about this object (`Deployment shop/web`).
    pub fn new(object: String) -> Report {
        Report { object, findings: Vec::new(), missing: FxHashSet::default(), lenient: false }
    }

    /// A finding about a value.
    pub fn at(&mut self, cursor: &Cursor<'_>, code: Code, message: impl Into<String>) -> &mut Diagnostic {
        let finding = self.weigh(Diagnostic::new(code, cursor.span(), message));
        self.push(cursor, finding)
    }

    /// A finding about a field's name.
    pub fn at_key(&mut self, cursor: &Cursor<'_>, code: Code, message: impl Into<String>) -> &mut Diagnostic {
        let finding = self.weigh(Diagnostic::new(code, cursor.key_span(), message));
        self.push(cursor, finding)
    }

    /// A finding about a value, or about its name, that the server meets while it reads the object, before it looks at what
    /// the object says.
    pub fn unreadable(&mut self, cursor: &Cursor<'_>, code: Code, message: impl Into<String>) -> &mut Diagnostic {
        self.push(cursor, Diagnostic::new(code, cursor.span(), message))
    }

    /// The same about a field's name.
    pub fn unreadable_key(&mut self, cursor: &Cursor<'_>, code: Code, message: impl Into<String>) -> &mut Diagnostic {
        self.push(cursor, Diagnostic::new(code, cursor.key_span(), message))
    }

    fn weigh(&self, finding: Diagnostic) -> Diagnostic {
        if self.lenient { finding.severity(Severity::Warning) } else { finding }
    }

    /// A field that must be there and is not, or is empty. Said once for each field.
    pub fn missing(&mut self, at: &Cursor<'_>, field: &str, message: impl Into<String>) {
        if self.missing.insert((at.address(), field.to_owned())) {
            self.at(at, Code::MissingObjectField, message).hint = Some(format!("add `{field}`"));
        }
    }

    /// Whether there is a finding of this code about the value.
    pub fn has(&self, at: &Cursor<'_>, code: Code) -> bool {
        let address = at.address();
        self.findings.iter().any(|(other, finding)| finding.code == code && *other == address)
    }

    /// Whether a field of the value has a name that the schema does not know: it may be the one that is missed.
    pub fn misspells(&self, at: &Cursor<'_>) -> bool {
        let fields: Vec<Address> = at.entries().iter().map(|(_, field)| field.address()).collect();
        self.findings.iter().any(|(other, finding)| finding.code == Code::UnknownObjectField && fields.contains(other))
    }

    /// Only warns from here on, if `soft`, of what the server would not refuse. Gives what [`restore`](Report::restore) wants.
    pub fn soften(&mut self, soft: bool) -> bool {
        let before = self.lenient;
        self.lenient |= soft;
        before
    }

    /// Ends what [`soften`](Report::soften) began.
    pub fn restore(&mut self, before: bool) {
        self.lenient = before;
    }

    fn push(&mut self, cursor: &Cursor<'_>, finding: Diagnostic) -> &mut Diagnostic {
        let path = cursor.path();
        let mut finding = finding.object(self.object.clone());
        if !path.is_empty() {
            finding = finding.path(path);
        }
        self.findings.push((cursor.address(), finding));
        let last = self.findings.len() - 1;
        &mut self.findings[last].1
    }

    /// The findings in document order. Of several of one code about one value the first is enough, but for those that
    /// name different fields of it.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.findings.sort_by(|(a, _), (b, _)| a.cmp(b));
        let said = |later: &Diagnostic, first: &Diagnostic| {
            later.code == first.code && (later.code == Code::NotInEnum || later.message == first.message)
        };
        self.findings.dedup_by(|(a, later), (b, first)| a == b && said(later, first));
        self.findings.into_iter().map(|(_, finding)| finding).collect()
    }
}
