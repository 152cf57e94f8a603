//! A check, what it is given, and what it answers.

use super::{Assessment, Context};
use crate::layers::Object;
use crate::node::Node;
use crate::policy::{Trace, pod_spec_path};
use crate::schema::Minor;
use crate::source::Span;

/// One thing that can be told from a finished object and what stands around it.
#[derive(Debug)]
pub struct Check {
    /// Its stable name, in kebab case: `run-as-non-root`.
    pub id: &'static str,
    /// What it shows where it passes, as the end of a sentence: "containers do not run as root".
    pub title: &'static str,
    /// Looks at one object.
    pub run: fn(&Subject<'_>, &Context<'_>) -> Outcome,
}

/// What a check found.
#[derive(Debug)]
pub enum Outcome {
    /// The check has nothing to say of an object of this kind.
    NotApplicable,
    /// All is as it should be.
    Passed,
    /// What is wrong; at least one thing.
    Failed(Vec<Failure>),
}

/// One thing that is wrong.
#[derive(Debug)]
pub struct Failure {
    /// Where in the object, as people write it: `spec.template.spec.containers[0].securityContext`.
    pub path: String,
    /// The nearest place in a source.
    pub span: Span,
    /// What is wrong, as a finding's message: lower case, no full stop, names the container or field.
    pub message: String,
    /// What to write instead, in the terms of the highest layer that can say it.
    pub hint: String,
}

/// The object that is looked at.
pub struct Subject<'a> {
    /// The object.
    pub object: &'a Object,
    /// Its pods, if it makes any.
    pub pod: Option<Pod<'a>>,
    /// `framework.environment`; empty where it is not said.
    pub environment: &'a str,
    /// Where it is said.
    pub environment_span: Span,
    /// What it has to say of its origin.
    pub trace: &'a Trace,
    /// The domain of the compliance labels.
    pub prefix: &'a str,
    /// The Kubernetes version.
    pub minor: Minor,
}

/// The pods that an object makes.
#[derive(Clone, Copy)]
pub struct Pod<'a> {
    /// The pod specification.
    pub spec: &'a Node,
    /// The metadata of the pods.
    pub metadata: Option<&'a Node>,
    /// Where the specification stands in the object: `["spec", "template", "spec"]`.
    pub path: &'static [&'static str],
}

/// A container of a pod.
pub struct Container<'a> {
    /// The container.
    pub node: &'a Node,
    /// Which list it is from.
    pub kind: ContainerKind,
    /// Its place in the list.
    pub at: usize,
    /// Where the pod specification stands.
    pub pod: &'static [&'static str],
}

/// The lists of containers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ContainerKind {
    /// `containers`
    Main,
    /// `initContainers`
    Init,
    /// `ephemeralContainers`
    Ephemeral,
}

impl Outcome {
    /// Passed if nothing is wrong.
    pub fn of(failures: Vec<Failure>) -> Outcome {
        if failures.is_empty() { Outcome::Passed } else { Outcome::Failed(failures) }
    }

    /// Whether something is wrong.
    pub fn has_failed(&self) -> bool {
        matches!(self, Outcome::Failed(_))
    }
}

impl<'a> Subject<'a> {
    /// The object, with what it is judged by.
    pub(super) fn new(object: &'a Object, assessment: &Assessment<'a>) -> Subject<'a> {
        Subject {
            object,
            pod: Pod::of(object),
            environment: assessment.environment,
            environment_span: assessment.environment_span,
            trace: assessment.trace,
            prefix: assessment.prefix,
            minor: assessment.minor,
        }
    }

    /// The value at a path of the object.
    pub fn at(&self, path: &[&str]) -> Option<&'a Node> {
        self.object.node.at(path)
    }
}

impl<'a> Pod<'a> {
    /// The pods of an object, if it makes any.
    pub fn of(object: &'a Object) -> Option<Pod<'a>> {
        let path = pod_spec_path(object.kind())?;
        let spec = object.node.at(path)?;
        let template = object.node.at(&path[..path.len() - 1])?;
        Some(Pod { spec, metadata: template.get("metadata"), path })
    }

    /// All containers, as they are started: the initial ones first.
    pub fn containers(self) -> impl Iterator<Item = Container<'a>> {
        [ContainerKind::Init, ContainerKind::Main, ContainerKind::Ephemeral].into_iter().flat_map(move |kind| {
            let nodes = self.spec.get(kind.list()).and_then(Node::as_list).unwrap_or_default();
            nodes.iter().enumerate().map(move |(at, node)| Container { node, kind, at, pod: self.path })
        })
    }
}

impl ContainerKind {
    /// The name of the list.
    pub fn list(self) -> &'static str {
        match self {
            ContainerKind::Main => "containers",
            ContainerKind::Init => "initContainers",
            ContainerKind::Ephemeral => "ephemeralContainers",
        }
    }
}

impl<'a> Container<'a> {
    /// Its name, or nothing.
    pub fn name(&self) -> &'a str {
        self.node.get("name").and_then(Node::as_str).unwrap_or_default()
    }

    /// Where it stands in the object: `spec.template.spec.containers[0]`.
    pub fn path(&self) -> String {
        format!("{}.{}[{}]", self.pod.join("."), self.kind.list(), self.at)
    }

    /// The value at a path of the container.
    pub fn at(&self, path: &[&str]) -> Option<&'a Node> {
        self.node.at(path)
    }
}
