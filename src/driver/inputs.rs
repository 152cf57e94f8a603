//! What made the output: for the build id, and for whoever asks about one.

use super::{Evaluated, Session};
use crate::node::Node;
use crate::policy::{Inputs, Trace};
use crate::secret::HIDDEN;
use crate::source::source_commit;

/// The inputs of the session's entry, and the trace that its objects carry. What is wrong with it is in the session's
/// findings; nothing if it cannot even be evaluated.
pub fn inputs(session: &mut Session) -> Option<(Inputs, Trace)> {
    let parsed = session.parse()?;
    let checked = session.check(parsed);
    let evaluated = session.evaluate(checked)?;
    // Files may be read as late as an object needs them.
    let lowered = session.lower(&evaluated);
    session.forget_what_was_found_early();
    Some((session.inputs(&evaluated), lowered.trace))
}

impl Session {
    /// What the objects of this build have in common.
    pub(super) fn trace(&self, evaluated: &Evaluated) -> Trace {
        self.trace_of(&self.inputs(evaluated))
    }

    /// What the objects of a build of these inputs have in common.
    pub(super) fn trace_of(&self, inputs: &Inputs) -> Trace {
        let files = inputs.files.keys().map(|file| file.as_path());
        let commit = self.request.source_commit.clone();
        let commit = commit.or_else(|| source_commit(self.machine.world.root(), files));
        Trace { build_id: inputs.build_id(), source_commit: commit }
    }

    pub(super) fn inputs(&self, evaluated: &Evaluated) -> Inputs {
        let request = &self.request;
        let version = request.kubernetes_version.iter().map(|version| ("--k8s-version".into(), version.clone()));
        let set =
            request.settings.iter().map(|setting| (format!("--set {}", setting.path.join(".")), setting.value.clone()));
        let secret = request
            .secrets
            .iter()
            .map(|setting| (format!("--set-secret {}", setting.path.join(".")), HIDDEN.to_string()));
        // Left out, it is the name of the folder.
        let project = evaluated.framework.get("project").and_then(Node::as_str).unwrap_or_default();
        let project = ("framework.project".to_string(), project.to_string());
        Inputs {
            version: env!("CARGO_PKG_VERSION"),
            files: self.machine.world.inputs(),
            answers: self.machine.world.answers(),
            settings: version.chain(set).chain(secret).chain([project]).collect(),
        }
    }
}
