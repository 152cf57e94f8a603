//! Admission in a compile: what the policies would refuse, and what is wrong with the policies.

use rustc_hash::FxHashSet;

use super::evaluate::placed;
use super::{Evaluated, Lowered, Session};
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::Node;
use crate::policy::admission::{Asked, Changes, Says, says};
use crate::policy::compliance::{Exception, Judged, Outcome, assess};
use crate::source::Span;

impl Session {
    /// What the admission policies would refuse, and what is wrong with them. What they say of an image, nobody else has
    /// to say again.
    pub(super) fn check_admission(&mut self, evaluated: &Evaluated, lowered: &Lowered) {
        let objects = &lowered.objects;
        let prefix = evaluated.compliance().prefix;
        let version = evaluated.target.version;
        let Some((asked, findings)) = Asked::read(&evaluated.framework, &prefix, version) else { return };
        self.machine.findings.extend(findings);
        let mut refused: Vec<Diagnostic> = Vec::new();
        for object in objects {
            refused.extend(asked.of(object).into_iter().map(|finding| placed(finding, &self.machine, object)));
        }
        if let Some(changes) = Changes::read(&evaluated.framework, version) {
            refused.extend(refused_when_changed(evaluated, &asked, &changes, lowered));
        }
        let said: FxHashSet<Span> = refused.iter().map(|finding| finding.primary.span).collect();
        let warned = |code: Code| matches!(code, Code::MutableTagWarning | Code::MissingDigest);
        self.machine.findings.retain(|finding| !(warned(finding.code) && said.contains(&finding.primary.span)));
        // One word of the user's may be in several objects.
        let mut told = FxHashSet::default();
        refused.retain(|finding| told.insert((finding.primary.span, finding.message.clone())));
        self.machine.findings.extend(refused);
    }
}

/// What is refused because of what the policies themselves have done to pods.
fn refused_when_changed(
    evaluated: &Evaluated,
    asked: &Asked<'_>,
    changes: &Changes<'_>,
    lowered: &Lowered,
) -> Vec<Diagnostic> {
    let changed: Vec<Object> = lowered.objects.iter().filter_map(|object| changes.of(object, asked)).collect();
    let mut refused = Vec::new();
    for object in &changed {
        // What was there before is told of the object as it was.
        refused.extend(asked.of(object).into_iter().filter(|finding| changes.added(finding.primary.span).is_some()));
    }
    let exceptions = evaluated.framework.at(&["compliance", "exceptions"]).map(Exception::read).unwrap_or_default().0;
    for judged in assess(&evaluated.assessment_of(&changed, &lowered.trace), Outcome::has_failed) {
        let object = &changed[judged.object];
        if matches!(says(judged.check), Says::Rule(_)) && !exceptions.iter().any(|one| one.covers(&judged, object)) {
            refused.extend(of_additions(&judged, object, (asked, changes)));
        }
    }
    refused
}

fn of_additions(judged: &Judged, object: &Object, (asked, changes): (&Asked<'_>, &Changes<'_>)) -> Vec<Diagnostic> {
    let Outcome::Failed(failures) = &judged.outcome else { return Vec::new() };
    let findings = failures.iter().filter_map(|failure| {
        let added = changes.added(failure.span)?;
        let message = format!("pods with {added} would be refused: {}", failure.message);
        let name = object.node.at(&["metadata", "name"]).map_or(object.entry, |name: &Node| name.span);
        let finding = Diagnostic::new(Code::RefusedAtAdmission, failure.span, message)
            .also(name, "such as these pods")
            .hint(failure.hint.clone())
            .object(object.to_string())
            .path(failure.path.clone());
        asked.refused(judged.check.id, finding)
    });
    findings.collect()
}
