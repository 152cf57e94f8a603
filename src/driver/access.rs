//! Who may do what, in a compile: what is too much for the level of an object is told, and a report of all for whoever asks.

use ecow::EcoString;
use rustc_hash::FxHashSet;

use super::comply::Exceptions;
use super::evaluate::placed;
use super::{Evaluated, Session};
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::Node;
use crate::policy::level::Level;
use crate::rbac::report::{Report, report};
use crate::rbac::{Access, Grade, Risk};
use crate::source::Span;

/// What controls have said already: a check, the object's key, and the place.
pub(super) type Told = FxHashSet<(&'static str, EcoString, Span)>;

/// Who may do what by the session's entry. What is wrong with it is in the session's findings; nothing if it is so wrong
/// that there are no objects.
pub fn access(session: &mut Session) -> Option<Report> {
    let parsed = session.parse()?;
    let checked = session.check(parsed);
    let evaluated = session.evaluate(checked)?;
    let lowered = session.lower(&evaluated);
    let report = report(&lowered.objects, &session.machine.sources);
    session.prove(&evaluated, lowered);
    session.forget_what_was_found_early();
    Some(report)
}

impl Session {
    /// Reports the rights that are too much for the levels of the objects that grant them. What a control has said, or an
    /// exception covers, is not said again.
    pub(super) fn check_access(
        &mut self,
        evaluated: &Evaluated,
        objects: &[Object],
        told: &Told,
        exceptions: &mut Exceptions,
    ) {
        let key = format!("{}/compliance-level", evaluated.compliance().prefix);
        let level = |object: &Object| {
            let label = object.node.at(&["metadata", "labels", &key]).and_then(Node::as_str);
            label.and_then(Level::named).unwrap_or_default()
        };
        let binds = |object: &Object| matches!(object.kind(), "RoleBinding" | "ClusterRoleBinding");
        if !objects.iter().any(|object| binds(object) && level(object) > Level::Unrestricted) {
            return;
        }
        for risk in Access::of(objects).risks() {
            let levels = risk.bindings.iter().map(|binding| level(binding));
            let Some(code) = code(risk.grade, levels.fold(level(risk.object), Level::max)) else { continue };
            let said = told.contains(&(risk.id, risk.object.key.clone(), risk.span));
            if said || exceptions.cover(|exception| exception.covers_check(risk.id, risk.object)) {
                continue;
            }
            let finding = placed(too_much(code, &risk), &self.machine, risk.object);
            self.machine.findings.push(finding);
        }
    }
}

/// As what a risk is told at a level, if it is.
fn code(grade: Grade, level: Level) -> Option<Code> {
    match (grade, level) {
        (Grade::Note, _) | (_, Level::Unrestricted) | (Grade::Serious, Level::Low | Level::Standard) => None,
        (Grade::Grave, Level::Low | Level::Standard) | (Grade::Serious, Level::High) => {
            Some(Code::ExcessivePermissionWarning)
        }
        (Grade::Grave, Level::High | Level::Restricted) | (Grade::Serious, Level::Restricted) => {
            Some(Code::ExcessivePermission)
        }
    }
}

fn too_much(code: Code, risk: &Risk<'_>) -> Diagnostic {
    let finding = Diagnostic::new(code, risk.span, risk.message.clone())
        .label(risk.attack.clone())
        .hint(format!("{} (`{}`)", risk.narrow, risk.id))
        .object(risk.object.to_string())
        .path(risk.path.clone());
    let elsewhere = risk.bindings.iter().find(|binding| binding.entry != risk.object.entry);
    match elsewhere {
        Some(binding) => finding.also(binding.entry, format!("granted by {binding}")),
        None => finding,
    }
}
