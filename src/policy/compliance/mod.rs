//! Compliance: what regulations demand of the final objects.
//!
//! Three tables and one walk. A **check** ([`Check`]) knows one thing that can be told from a finished object
//! and what stands around it: that no container runs as root, that a workload with several replicas
//! has a disruption budget. A **control** ([`Control`]) is a demand of a regulation: its number, what it asks for in
//! our words, the checks that show it, and the level from which it binds. A **framework** ([`Framework`]) is the
//! list of a regulation's controls. [`assess`] walks over the objects: the labels of an object say which framework
//! and level hold for it, these choose the controls that bind, the controls their checks. Each check
//! is run once per object however many controls ask for it.
//!
//! Invariants: whatever made an object (a layer, the user, a custom resource's controller is none of
//! these) is judged by the same checks; a check never looks at anything but finished data; what fails is either an
//! error or covered by an exception that names a reason and an end, and is then reported all the same.

mod check;
mod checks;
mod context;
mod exception;
mod frameworks;
pub mod lists;

use rustc_hash::FxHashMap;

pub use check::{Check, Container, ContainerKind, Failure, Outcome, Pod, Subject};
pub use context::Context;
pub use exception::Exception;
pub use frameworks::{Control, Framework, framework};

use super::level::Level;
use super::trace::Trace;
use crate::layers::Object;
use crate::node::Node;
use crate::parallel;
use crate::schema::Minor;
use crate::source::Span;

/// All checks, topic by topic.
pub fn all_checks() -> impl Iterator<Item = &'static Check> {
    checks::TOPICS.iter().copied().flatten()
}

/// All regulations, in the order of the tables.
pub fn regulations() -> impl Iterator<Item = &'static Framework> {
    frameworks::FRAMEWORKS.iter().copied()
}

/// The regulation and the level that the labels of an object name; `prefix` is the labels' domain.
pub fn held_by(object: &Object, prefix: &str) -> Option<(&'static Framework, Level)> {
    let label = |name: &str| {
        let key = format!("{prefix}/{name}");
        object.node.at(&["metadata", "labels", &key]).and_then(Node::as_str)
    };
    let framework = framework(label("regulatory-framework")?)?;
    Some((framework, label("compliance-level").and_then(Level::named).unwrap_or_default()))
}

/// What is to be judged, and by what.
pub struct Assessment<'a> {
    /// The final objects.
    pub objects: &'a [Object],
    /// The Kubernetes version that they are for.
    pub minor: Minor,
    /// The domain of the compliance labels.
    pub prefix: &'a str,
    /// What every object has to say of its origin.
    pub trace: &'a Trace,
    /// `framework.environment`; empty where it is not said.
    pub environment: &'a str,
    /// Where it is said.
    pub environment_span: Span,
}

/// What one check says of one object.
pub struct Judged {
    /// The object, by its place among the objects.
    pub object: usize,
    /// The check.
    pub check: &'static Check,
    /// The framework that demands it.
    pub framework: &'static Framework,
    /// Its controls that ask for the check at the object's level, in the framework's order.
    pub controls: Vec<&'static Control>,
    /// The object's level.
    pub level: Level,
    /// The verdict; never [`Outcome::NotApplicable`].
    pub outcome: Outcome,
}

/// Judges all objects: object by object, for each the checks in the order of the tables.
///
/// `keep` chooses what is of interest: a compile wants what failed, an audit everything.
pub fn assess(assessment: &Assessment<'_>, keep: fn(&Outcome) -> bool) -> Vec<Judged> {
    let context = Context::new(assessment);
    let judged = parallel::stretches(assessment.objects, |from, objects| {
        let mut plans = Plans::default();
        let mut judged = Vec::new();
        for (at, object) in objects.iter().enumerate() {
            let Some((framework, level)) = held_by(object, assessment.prefix) else { continue };
            let subject = Subject::new(object, assessment);
            for (check, controls) in plans.of(framework, level) {
                let outcome = (check.run)(&subject, &context);
                if matches!(outcome, Outcome::NotApplicable) || !keep(&outcome) {
                    continue;
                }
                let controls = controls.clone();
                judged.push(Judged { object: from + at, check, framework, controls, level, outcome });
            }
        }
        judged
    });
    judged.into_iter().flatten().collect()
}

/// The checks of a framework at a level, each with the controls that ask for it.
type Plan = Vec<(&'static Check, Vec<&'static Control>)>;

/// The plans that were needed so far.
#[derive(Default)]
struct Plans(FxHashMap<(&'static str, Level), Plan>);

impl Plans {
    fn of(&mut self, framework: &'static Framework, level: Level) -> &Plan {
        self.0.entry((framework.key, level)).or_insert_with(|| {
            let binding = |check: &Check| {
                let asks = |control: &&Control| control.from <= level && control.checks.contains(&check.id);
                framework.controls().filter(asks).collect::<Vec<_>>()
            };
            let plan = all_checks().map(|check| (check, binding(check)));
            plan.filter(|(_, controls)| !controls.is_empty()).collect()
        })
    }
}
