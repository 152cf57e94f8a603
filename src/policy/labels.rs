//! Mandatory labels, and the data that they need.

use ecow::EcoString;

use super::level::Level;
use super::{map_at, metadata_paths};
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::{Node, NodeKind};
use crate::source::{SourceMap, Span};

/// What `framework.compliance` or an entry's `compliance` says; each part with its place.
#[derive(Clone, Debug, Default)]
pub struct Compliance {
    /// The regulation.
    pub framework: Option<Node>,
    /// The level.
    pub level: Option<Node>,
    /// The team that answers for it.
    pub owner: Option<Node>,
    /// How sensitive the data is.
    pub data_classification: Option<Node>,
    /// Whether audit is required.
    pub audit_required: Option<Node>,
    /// The domain of the labels.
    pub prefix: EcoString,
    /// Further labels for every object.
    pub labels: Vec<(EcoString, Node)>,
}

impl Compliance {
    /// Reads the finished data of a `compliance` option.
    pub fn read(node: &Node) -> Compliance {
        let given = |key: &str| node.get(key).filter(|node| node.kind != NodeKind::Null).cloned();
        let labels = node
            .get("labels")
            .and_then(Node::as_map)
            .map(|map| map.fields.iter().map(|field| (field.key.clone(), field.value.clone())).collect());
        Compliance {
            framework: given("framework"),
            level: given("level"),
            owner: given("owner"),
            data_classification: given("dataClassification"),
            audit_required: given("auditRequired"),
            prefix: node.get("labelPrefix").and_then(Node::as_str).unwrap_or("enterprise.com").into(),
            labels: labels.unwrap_or_default(),
        }
    }

    /// An entry's compliance, completed by the framework's.
    pub fn within(&self, framework: &Compliance) -> Compliance {
        let pick = |own: &Option<Node>, general: &Option<Node>| own.clone().or_else(|| general.clone());
        Compliance {
            framework: pick(&self.framework, &framework.framework),
            level: pick(&self.level, &framework.level),
            owner: pick(&self.owner, &framework.owner),
            data_classification: pick(&self.data_classification, &framework.data_classification),
            audit_required: pick(&self.audit_required, &framework.audit_required),
            prefix: framework.prefix.clone(),
            labels: framework.labels.clone(),
        }
    }

    /// Its level, where one is said and it is lower than the floor of the environment: a finding.
    pub fn below(&self, floor: Level, what: &str, environment: &str) -> Option<Diagnostic> {
        let node = self.level.as_ref()?;
        let level = Level::named(node.as_str()?)?;
        if level >= floor {
            return None;
        }
        let message = format!("{what} is at the level {level}, but the {environment} environment demands {floor}");
        let hint = format!("set `level = \"{floor}\";`, or change `framework.environments.{environment}.level`");
        Some(Diagnostic::new(Code::LevelTooLow, node.span, message).hint(hint))
    }

    /// Whether it is the name of a mandatory label.
    fn reserves(&self, key: &str) -> bool {
        let name = key.strip_prefix(self.prefix.as_str()).and_then(|rest| rest.strip_prefix('/'));
        name.is_some_and(|name| RESERVED.contains(&name))
    }

    /// The mandatory labels, as far as they are known; names with the prefix.
    fn mandatory(&self) -> Vec<(EcoString, Node)> {
        let named = |name: &str, value: &Option<Node>| {
            let node = value.clone()?;
            let node = match node.kind {
                NodeKind::Bool(value) => Node::string(if value { "true" } else { "false" }, node.span),
                _ => node,
            };
            Some((EcoString::from(format!("{}/{name}", self.prefix)), node))
        };
        [
            named("compliance-level", &self.level),
            named("regulatory-framework", &self.framework),
            named("owner-team", &self.owner),
            named("data-classification", &self.data_classification),
            named("audit-required", &self.audit_required),
        ]
        .into_iter()
        .flatten()
        .chain(self.labels.iter().cloned())
        .collect()
    }
}

/// Once a framework or a level is set, framework, level and owner are all demanded: one finding for
/// each that is missing, at the entry (`what`, written at `span`).
pub fn demand(compliance: &Compliance, what: &str, span: Span) -> Vec<Diagnostic> {
    let Some(spoken) = compliance.framework.as_ref().or(compliance.level.as_ref()) else { return Vec::new() };
    let parts = [
        ("owner", compliance.owner.is_some(), "\"payments\""),
        ("framework", compliance.framework.is_some(), "\"SOC2\""),
        ("level", compliance.level.is_some(), "\"standard\""),
    ];
    let missing = |(part, _, example): &(&str, bool, &str)| {
        let message = format!("{what} has compliance requirements but no {part}");
        Diagnostic::new(Code::MissingCompliance, span, message)
            .also(spoken.span, "compliance is demanded here")
            .hint(format!("set `framework.compliance.{part} = {example};`, or `compliance.{part}` on the entry"))
    };
    parts.iter().filter(|(_, given, _)| !given).map(missing).collect()
}

/// The labels that the framework demands of every object and pod template. Those that a layer gave an entry's objects
/// stay; one that the user wrote by hand is an error.
pub struct MandatoryLabels<'a> {
    framework: &'a Compliance,
    labels: Vec<(EcoString, Node)>,
    /// What is wrong with the labels of the objects so far.
    pub findings: Vec<Diagnostic>,
}

impl MandatoryLabels<'_> {
    /// Those of this framework.
    pub fn new(framework: &Compliance) -> MandatoryLabels<'_> {
        MandatoryLabels { framework, labels: framework.mandatory(), findings: Vec::new() }
    }

    /// Gives an object the labels that it lacks.
    pub fn put_on(&mut self, object: &mut Object, sources: &SourceMap) {
        for path in metadata_paths(object.kind()) {
            let whole: Vec<&str> = path.iter().copied().chain(["labels"]).collect();
            // A template that is not there is not made up here: the schema will miss it.
            if path.len() > 1 && object.node.at(&path[..path.len() - 1]).is_none() {
                continue;
            }
            self.check(object, &whole, sources);
            if self.labels.is_empty() {
                continue;
            }
            let span = object.entry;
            let Some(labels) = map_at(&mut object.node, &whole, span) else { continue };
            for (name, value) in &self.labels {
                if labels.get(name).is_none() {
                    labels.set(name.clone(), span, value.clone());
                }
            }
        }
    }

    /// Finds the mandatory labels at `path` that the user wrote.
    fn check(&mut self, object: &Object, path: &[&str], sources: &SourceMap) {
        let Some(labels) = object.node.at(path).and_then(Node::as_map) else { return };
        for field in &labels.fields {
            if !self.framework.reserves(&field.key) || !sources.is_user(field.key_span) {
                continue;
            }
            // One word of the user's may be in several objects.
            if !self.findings.iter().any(|finding| finding.primary.span == field.key_span) {
                let message = format!("the mandatory label `{}` cannot be overridden", field.key);
                self.findings.push(
                    Diagnostic::new(Code::MandatoryLabel, field.key_span, message)
                        .object(object.to_string())
                        .path(path.join("."))
                        .hint("set it through `compliance`, of the framework or of the entry"),
                );
            }
        }
    }
}

/// The names of the mandatory labels, behind the prefix.
const RESERVED: &[&str] =
    &["compliance-level", "regulatory-framework", "owner-team", "data-classification", "audit-required"];
