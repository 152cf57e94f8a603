//! Exceptions: what is not met, knowingly, until a day.

use ecow::EcoString;
use jiff::civil::Date;

use super::Judged;
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::Node;
use crate::source::Span;

/// One entry of `framework.compliance.exceptions`.
#[derive(Clone, Debug)]
pub struct Exception {
    /// The control, as `2.2.1` or `PCI-DSS 2.2.1`, or a check by its name.
    pub control: EcoString,
    /// The objects: the name of an application, or `Kind/name` or `Kind/namespace/name`, where `*` is anything.
    pub object: EcoString,
    /// Why.
    pub reason: EcoString,
    /// The last day on which it holds.
    pub until: Date,
    /// Where the day was written.
    pub until_span: Span,
    /// Where the exception was written.
    pub span: Span,
}

impl Exception {
    /// Reads the finished data of the option; what is no date is a finding.
    pub fn read(list: &Node) -> (Vec<Exception>, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let text = |entry: &Node, key: &str| EcoString::from(entry.get(key).and_then(Node::as_str).unwrap_or_default());
        let read = |entry: &Node| {
            let until = text(entry, "until");
            let until_span = entry.get("until").map_or(entry.span, |until| until.span);
            let Ok(date) = until.parse::<Date>() else {
                let message = format!("`{until}` is not a day of the calendar");
                let hint = "write year, month and day: `\"2027-03-31\"`";
                findings.push(Diagnostic::new(Code::ExpiredException, until_span, message).hint(hint));
                return None;
            };
            let span = entry.get("control").map_or(entry.span, |control| control.span);
            let (control, object, reason) = (text(entry, "control"), text(entry, "object"), text(entry, "reason"));
            Some(Exception { control, object, reason, until: date, until_span, span })
        };
        let exceptions = list.as_list().unwrap_or_default().iter().filter_map(read).collect();
        (exceptions, findings)
    }

    /// Whether it speaks of this verdict on this object.
    pub fn covers(&self, judged: &Judged, object: &Object) -> bool {
        let control = self.control.as_str();
        let bare = control.strip_prefix(judged.framework.key).map_or(control, str::trim_start);
        let named = judged.check.id == control || judged.controls.iter().any(|control| control.id == bare);
        named && self.speaks_of(object)
    }

    /// Whether it names this check, and speaks of this object.
    pub fn covers_check(&self, check: &str, object: &Object) -> bool {
        self.control == check && self.speaks_of(object)
    }

    fn speaks_of(&self, object: &Object) -> bool {
        let parts: Vec<&str> = self.object.split('/').collect();
        let name = object.name();
        match parts[..] {
            [alone] => {
                let owner = object.node.at(&["metadata", "labels", "app.kubernetes.io/name"]).and_then(Node::as_str);
                matches(alone, owner.unwrap_or(name)) || matches(alone, name)
            }
            [kind, named] => matches(kind, object.kind()) && matches(named, name),
            [kind, namespace, named] => {
                matches(kind, object.kind()) && matches(namespace, object.namespace()) && matches(named, name)
            }
            _ => false,
        }
    }
}

/// Whether the text is what the pattern says, in which `*` is any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    let mut rest = rest;
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, text, expected) in [
            ("web", "web", true),
            ("web", "web-2", false),
            ("web*", "web-2", true),
            ("*", "", true),
            ("*-db", "orders-db", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("a*a", "a", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
