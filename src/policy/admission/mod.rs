//! Admission: the rules of a build as rules of the cluster.
//!
//! One table says of every check of [`compliance`](super::compliance) what a cluster can ask of an object before it lets
//! it in: a [`Rule`] in CEL, or why there can be none ([`Says`]). Its lists (which capabilities, which volumes, which
//! parameters of the kernel) are those that the checks themselves go by, so neither can change without the other. To these
//! rules come those that options state: labels, levels, registries (`rules`). The layers ask for the finished rules
//! (`native`) and write them down for one back end or another, so all back ends hold the same expressions.
//!
//! What binds is decided by the object that stands at the door: its labels say which regulation and level hold for it, as
//! they do in the build. Of a level that the configuration demands of everything nothing is asked.
//!
//! Invariant: what builds is admitted. Whatever a rule refuses, the build has refused: by the check that the rule stands
//! for, or by [`Asked`]. The tests run the rules over what is built.
//!
//! Rules are written for CEL as Kubernetes 1.30 and Kyverno 1.12 have it. They read `variables` of their subject
//! ([`Subject::variables`]), never fail on what is not there (`.?field.orValue(…)`), and loop over lists inside of lists at
//! most, which keeps them far below what the server allows an expression to cost.

mod access;
mod backends;
mod cel;
mod changed;
mod exempt;
mod metadata;
mod native;
mod network;
mod pods;
mod refused;
mod registries;
mod rules;
mod subject;

pub use changed::Changes;
pub use refused::Asked;
pub use subject::Subject;

use super::compliance::Check;
use crate::schema::Minor;
use crate::value::Native;

/// The native that the layers' rules call.
pub const NATIVES: &[Native] = &[Native { name: "__admission", arity: 1, run: native::admission }];

/// What admission says of a check.
#[derive(Clone, Copy)]
pub enum Says {
    /// The cluster can ask for it.
    Rule(Rule),
    /// It cannot, and this is why, as the end of a sentence.
    Not(&'static str),
}

/// What a cluster asks of objects.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Of which objects.
    pub on: On,
    /// What has to hold of them, in CEL. `None`: nothing, for this version or environment.
    pub holds: fn(&Facts<'_>) -> Option<String>,
}

/// The objects that a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Pods, and whatever makes some.
    Pods,
    /// Others.
    One(Subject),
}

/// What a rule may depend on.
pub struct Facts<'a> {
    /// The Kubernetes version.
    pub minor: Minor,
    /// `framework.environment`; empty where it is not said.
    pub environment: &'a str,
    /// The domain of the compliance labels.
    pub prefix: &'a str,
}

/// A row of the table.
struct Row {
    /// The check, by its name.
    check: &'static str,
    says: Says,
}

/// What admission says of a check.
pub fn says(check: &Check) -> Says {
    let rows = TOPICS.iter().copied().flatten();
    let mut of = rows.filter(|row| row.check == check.id);
    of.next().expect("a test holds the table to the checks").says
}

/// The names of the checks that the table speaks of.
pub fn spoken_of() -> impl Iterator<Item = &'static str> {
    TOPICS.iter().copied().flatten().map(|row| row.check)
}

impl On {
    /// The subjects that this comes down to.
    pub fn subjects(self) -> Vec<Subject> {
        match self {
            On::Pods => vec![Subject::Pods, Subject::Templates, Subject::CronJobs],
            On::One(subject) => vec![subject],
        }
    }
}

/// A rule on pods.
const fn on_pods(check: &'static str, holds: fn(&Facts<'_>) -> Option<String>) -> Row {
    Row { check, says: Says::Rule(Rule { on: On::Pods, holds }) }
}

/// A rule on something else.
const fn on(subject: Subject, check: &'static str, holds: fn(&Facts<'_>) -> Option<String>) -> Row {
    Row { check, says: Says::Rule(Rule { on: On::One(subject), holds }) }
}

/// No rule.
const fn not(check: &'static str, why: &'static str) -> Row {
    Row { check, says: Says::Not(why) }
}

/// An expression that depends on nothing.
fn always(expression: impl Into<String>) -> Option<String> {
    Some(expression.into())
}

const TOPICS: &[&[Row]] = &[pods::ROWS, network::ROWS, access::ROWS, metadata::ROWS];
