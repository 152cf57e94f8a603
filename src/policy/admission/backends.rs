//! Which back ends a target has, and what is wrong with those that a configuration chooses.

use crate::diag::{Code, Diagnostic};
use crate::node::Node;
use crate::schema::Version;
use crate::schema::crd::bundled::Release;

/// What policies are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backend {
    /// The policies of Kubernetes itself.
    Kubernetes,
    /// Kyverno's policies in CEL.
    KyvernoCel,
    /// Kyverno's first kind of policies.
    Kyverno,
}

impl Backend {
    /// The kinds that judge and change, of all back ends.
    pub(super) const KINDS: [&str; 5] =
        ["ValidatingAdmissionPolicy", "MutatingAdmissionPolicy", "ValidatingPolicy", "MutatingPolicy", "ClusterPolicy"];

    fn named(name: &str) -> Option<Backend> {
        Some(match name {
            "vap" => Backend::Kubernetes,
            "kyverno-cel" => Backend::KyvernoCel,
            "kyverno" => Backend::Kyverno,
            _ => return None,
        })
    }

    /// The kind that judges, and the one that changes.
    fn kinds(self) -> (&'static str, &'static str) {
        match self {
            Backend::Kubernetes => ("ValidatingAdmissionPolicy", "MutatingAdmissionPolicy"),
            Backend::KyvernoCel => ("ValidatingPolicy", "MutatingPolicy"),
            Backend::Kyverno => ("ClusterPolicy", "ClusterPolicy"),
        }
    }
}

/// Whether a target has a kind without being asked for it.
pub(super) fn is_served(version: Version<'_>, kind: &str) -> bool {
    version.served(kind).any(|found| !found.optional)
}

/// The release of Kyverno that a target has.
pub(super) fn kyverno(version: Version<'_>) -> Option<Release> {
    version.addons().bundle_of("kyverno.io").map(|bundle| bundle.release)
}

/// From this release on, Kyverno calls `ClusterPolicy` deprecated.
const DEPRECATED: &str = "1.17";

/// What is wrong with the back ends that `framework.policies` chooses, and with what they are to do.
pub(super) fn judge(framework: &Node, version: Version<'_>) -> Vec<Diagnostic> {
    let Some(policies) = framework.get("policies") else { return Vec::new() };
    let chosen = policies.get("backends").and_then(Node::as_list).unwrap_or_default();
    let chosen: Vec<(&Node, Backend)> =
        chosen.iter().filter_map(|node| Some((node, Backend::named(node.as_str()?)?))).collect();
    let mut findings: Vec<Diagnostic> =
        chosen.iter().filter_map(|(node, backend)| unsupported(*backend, node, version)).collect();
    let asked = framework.at(&["addons", "kyverno"]).and_then(Node::as_str);
    findings.extend(chosen.iter().filter_map(|(node, backend)| deprecated(*backend, node, (asked, version))));
    let can_judge = |backend: Backend| is_served(version, backend.kinds().0);
    let changes_pods = chosen.iter().any(|(_, backend)| is_served(version, backend.kinds().1));
    if !changes_pods && chosen.iter().any(|(_, backend)| can_judge(*backend)) {
        let environment = framework.get("environment").and_then(Node::as_str).unwrap_or_default();
        findings.extend(changes(policies, environment).map(|(what, node)| unchangeable(what, node, version)));
    }
    findings
}

/// Whether one of the chosen back ends can change pods.
pub(super) fn can_change(chosen: &[Node], version: Version<'_>) -> bool {
    let mut chosen = chosen.iter().filter_map(|node| Backend::named(node.as_str()?));
    chosen.any(|backend| is_served(version, backend.kinds().1))
}

fn unsupported(backend: Backend, node: &Node, version: Version<'_>) -> Option<Diagnostic> {
    let kind = backend.kinds().0;
    if is_served(version, kind) {
        return None;
    }
    let minor = version.minor();
    let finding =
        |message: String, hint: String| Some(Diagnostic::new(Code::UnsupportedBackend, node.span, message).hint(hint));
    if backend == Backend::Kubernetes {
        return finding(
            format!("Kubernetes {minor} does not serve `{kind}` by default, which the back end `vap` writes"),
            "target Kubernetes 1.30 or newer, or choose `kyverno`".into(),
        );
    }
    let known = kyverno(version).map_or_else(String::new, |release| format!(" {release}"));
    let newest = version.addons().elsewhere(kind, |_| true).map(|other| other.there.release.to_string());
    let hint = match newest {
        Some(newest) => format!("set `framework.addons.kyverno = \"{newest}\";`, or choose `kyverno`"),
        None => "choose `kyverno` or `vap`".into(),
    };
    finding(format!("`{kind}`, which the back end `kyverno-cel` writes, is not known of Kyverno{known}"), hint)
}

fn deprecated(backend: Backend, node: &Node, (asked, version): (Option<&str>, Version<'_>)) -> Option<Diagnostic> {
    let release = asked.and_then(|text| text.parse().ok()).or_else(|| kyverno(version))?;
    if backend != Backend::Kyverno || DEPRECATED.parse::<Release>().is_ok_and(|since| release < since) {
        return None;
    }
    let message = format!("Kyverno {release} calls `ClusterPolicy` deprecated, which the back end `kyverno` writes");
    Some(Diagnostic::new(Code::DeprecatedBackend, node.span, message).hint("choose `kyverno-cel`, or `vap`"))
}

/// What is to be changed about pods, each with its place.
fn changes<'n>(policies: &'n Node, environment: &'n str) -> impl Iterator<Item = (String, &'n Node)> {
    let pull = policies.at(&["pullPolicy", environment]).filter(|node| node.as_str().is_some());
    let pull = pull.map(|node| (format!("`pullPolicy.{environment}`"), node));
    let sidecars = policies.get("sidecars").and_then(Node::as_map).map(|map| map.fields.as_slice()).unwrap_or_default();
    let sidecars = sidecars
        .iter()
        .map(|field| (format!("the sidecar `{}`", field.key), field.value.get("image").unwrap_or(&field.value)));
    pull.into_iter().chain(sidecars)
}

fn unchangeable(what: String, node: &Node, version: Version<'_>) -> Diagnostic {
    let kind = Backend::Kubernetes.kinds().1;
    let message = match is_served(version, Backend::KyvernoCel.kinds().0) {
        true => {
            format!("nothing adds {what} to pods: Kubernetes {} does not serve `{kind}` by default", version.minor())
        }
        false => format!("nothing adds {what} to pods: the chosen back ends judge alone"),
    };
    Diagnostic::new(Code::UnsupportedBackend, node.span, message)
        .hint("add `\"kyverno-cel\"` to `framework.policies.backends`, or target Kubernetes 1.36 or newer")
}
