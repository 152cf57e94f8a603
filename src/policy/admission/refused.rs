//! What the rules of `framework.policies` would refuse of what is built: the same rules, asked by the build.
//!
//! What checks ask is asked where these are. Here is asked what options alone state: where images come from, tags and
//! digests at every level, further labels, and the least level. Where a rule only warns, so does the build.

use super::exempt::Exclusion;
use super::registries::Registry;
use super::rules::OWN;
use super::{Subject, backends, spoken_of};
use crate::diag::{Code, Diagnostic, Severity, closest};
use crate::layers::Object;
use crate::node::{Map, Node, NodeKind};
use crate::policy::compliance::{Container, Pod};
use crate::policy::images::{Reference, moving_tag};
use crate::policy::level::Level;
use crate::policy::metadata_paths;
use crate::schema::Version;

/// The rules that `framework.policies` states, for the build to ask.
pub struct Asked<'a> {
    policies: &'a Node,
    prefix: &'a str,
    registries: Vec<Registry>,
    labels: Vec<&'a str>,
    least: Option<(Level, &'a Node)>,
    namespaces: Option<Vec<&'a str>>,
    excluded: Vec<Exclusion<'a>>,
    /// What happens where nothing is said of a rule.
    action: &'a str,
}

/// What happens to what breaks a rule of which nothing is said.
pub(super) fn action(said: Option<&str>, level: Level) -> &str {
    said.unwrap_or(if level == Level::Low { "Warn" } else { "Deny" })
}

impl<'a> Asked<'a> {
    /// Reads `framework`, finished; with what is wrong with `framework.policies` itself.
    pub fn read(framework: &'a Node, prefix: &'a str, version: Version<'_>) -> Option<(Asked<'a>, Vec<Diagnostic>)> {
        let policies = framework.get("policies")?;
        let list = |key: &str| policies.get(key).and_then(Node::as_list).unwrap_or_default();
        let mut findings = backends::judge(framework, version);
        findings.extend(list("registries").iter().filter_map(no_registry));
        findings.extend(unknown_rules(policies));
        let level = framework.at(&["compliance", "level"]).and_then(Node::as_str).and_then(Level::named);
        let least = policies.get("level").and_then(|node| Some((Level::named(node.as_str()?)?, node)));
        let namespaces = policies.get("namespaces").and_then(Node::as_list);
        let asked = Asked {
            policies,
            prefix,
            registries: list("registries").iter().filter_map(Node::as_str).filter_map(Registry::read).collect(),
            labels: list("labels").iter().filter_map(Node::as_str).collect(),
            least,
            namespaces: namespaces.map(|names| names.iter().filter_map(Node::as_str).collect()),
            excluded: list("exclude").iter().map(Exclusion::read).collect(),
            action: action(policies.get("action").and_then(Node::as_str), level.unwrap_or_default()),
        };
        Some((asked, findings))
    }

    /// What is wrong with an object.
    pub fn of(&self, object: &Object) -> Vec<Diagnostic> {
        if self.is_left_alone(object) {
            return Vec::new();
        }
        let mut findings = Vec::new();
        if let Some(pod) = Pod::of(object) {
            for container in pod.containers() {
                findings
                    .extend(self.image(&container).map(|finding| finding.path(format!("{}.image", container.path()))));
            }
        }
        if Subject::Labelled.kinds().any(|kind| kind == object.kind()) {
            findings.extend(self.missing_labels(object));
            findings.extend(self.low_level(object));
        }
        findings.into_iter().map(|finding| finding.object(object.to_string())).collect()
    }

    /// Whether nothing is asked of an object: it is excluded, or lives elsewhere.
    pub(super) fn is_left_alone(&self, object: &Object) -> bool {
        let namespace = if object.namespace().is_empty() { "default" } else { object.namespace() };
        self.namespaces.as_ref().is_some_and(|names| !names.contains(&namespace))
            || self.excluded.iter().any(|exclusion| exclusion.covers(object))
    }

    fn image(&self, container: &Container<'_>) -> Option<Diagnostic> {
        let node = container.at(&["image"])?;
        let reference = Reference::read(node.as_str()?);
        let (rule, option, message, hint) = self.wrong_image(&reference)?;
        let demanded = self.policies.get(option).map_or(node.span, |node| node.span);
        let finding = Diagnostic::new(Code::RefusedAtAdmission, node.span, message);
        self.refused(rule, finding.also(demanded, "demanded here").hint(hint))
    }

    /// The rule that refuses an image, the option that states it, what is wrong, and what to do.
    fn wrong_image(&self, image: &Reference<'_>) -> Option<(&'static str, &'static str, String, String)> {
        let is_true = |key: &str| self.policies.get(key).is_some_and(|node| node.kind == NodeKind::Bool(true));
        if !self.registries.is_empty() && !self.registries.iter().any(|registry| registry.has(image.text)) {
            let from = match image.registry {
                Some(host) => format!("`{host}`"),
                None => "Docker Hub, as it names no registry".to_string(),
            };
            let message = format!("the image `{image}` comes from {from}, which the policies do not admit");
            let known: Vec<String> = self.registries.iter().map(|registry| format!("`{registry}`")).collect();
            let hint =
                format!("take it from {}, or add its registry to `framework.policies.registries`", known.join(", "));
            return Some(("registries", "registries", message, hint));
        }
        if is_true("requireTag")
            && let Some(message) = moving_tag(image)
        {
            return Some(("image-tag", "requireTag", message, "name a version, such as `:1.27`, or a digest".into()));
        }
        (is_true("requireDigest") && image.digest.is_none()).then(|| {
            let hint = "pin it: write `image:tag@sha256:…`, which names exactly one content";
            ("image-digest", "requireDigest", format!("the image `{image}` has no digest"), hint.into())
        })
    }

    fn missing_labels(&self, object: &Object) -> Vec<Diagnostic> {
        let demanded = self.policies.get("labels").map_or(object.entry, |node| node.span);
        let mut findings = Vec::new();
        for path in metadata_paths(object.kind()) {
            if path.len() > 1 && object.node.at(&path[..path.len() - 1]).is_none() {
                continue;
            }
            let whole: Vec<&str> = path.iter().copied().chain(["labels"]).collect();
            for label in &self.labels {
                let given = object.node.at(&whole).and_then(|labels| labels.get(label)).and_then(Node::as_str);
                if given.is_some_and(|value| !value.is_empty()) {
                    continue;
                }
                let message = format!("{} `{}` has no label `{label}`", object.kind(), object.name());
                let finding = Diagnostic::new(Code::RefusedAtAdmission, object.entry, message).path(whole.join("."));
                findings.extend(self.refused(OWN[0], finding).map(|finding| {
                    finding.also(demanded, "labels are demanded here").hint(format!(
                        "set it for all objects with `framework.compliance.labels.\"{label}\"`, or in `labels` of the entry"
                    ))
                }));
            }
        }
        // One word is enough for an object and its pods.
        findings.truncate(self.labels.len());
        findings
    }

    fn low_level(&self, object: &Object) -> Option<Diagnostic> {
        let (least, said) = self.least?;
        let key = format!("{}/compliance-level", self.prefix);
        let node = object.node.at(&["metadata", "labels", &key])?;
        let level = Level::named(node.as_str()?)?;
        if level >= least {
            return None;
        }
        let message = format!(
            "{} `{}` is at the level {level}, and the policies admit {least} and above",
            object.kind(),
            object.name()
        );
        let finding = Diagnostic::new(Code::RefusedAtAdmission, node.span, message);
        self.refused(OWN[1], finding).map(|finding| {
            finding
                .also(said.span, "demanded here")
                .hint(format!("set `level = \"{least}\";`, or lower `framework.policies.level`"))
        })
    }

    /// The finding, as severe as what happens to what breaks the rule.
    pub fn refused(&self, rule: &str, finding: Diagnostic) -> Option<Diagnostic> {
        match self.policies.at(&["rules", rule]).and_then(Node::as_str).unwrap_or(self.action) {
            "Off" => None,
            "Deny" => Some(finding),
            _ => Some(finding.severity(Severity::Warning)),
        }
    }
}

fn no_registry(node: &Node) -> Option<Diagnostic> {
    let text = node.as_str().filter(|text| Registry::read(text).is_none())?;
    let message = format!("`{text}` names no registry");
    let hint = format!("write its host: `registry.example.com/{text}`, or `docker.io/{text}` for Docker Hub");
    Some(Diagnostic::new(Code::BadFormat, node.span, message).hint(hint))
}

fn unknown_rules(policies: &Node) -> Vec<Diagnostic> {
    let known: Vec<&str> = OWN.into_iter().chain(spoken_of()).collect();
    let said = policies.get("rules").and_then(Node::as_map).map(|Map { fields }| fields.as_slice()).unwrap_or_default();
    let unknown = said.iter().filter(|field| !known.contains(&field.key.as_str()));
    unknown
        .map(|field| {
            let hint = match closest(&field.key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "rules are called like the checks of the reference of compliance".to_string(),
            };
            let message = format!("there is no rule `{}`", field.key);
            Diagnostic::new(Code::UnknownOption, field.key_span, message).hint(hint)
        })
        .collect()
}
