//! Evidence as data.

use crate::policy::compliance::{Check, Control, Exception, Framework};
use crate::policy::level::Level;
use crate::source::Location;

/// The evidence of one configuration.
pub struct Evidence {
    /// `framework.project`
    pub project: String,
    /// `framework.environment`; empty where it is not said.
    pub environment: String,
    /// The Kubernetes minor: `1.31`.
    pub kubernetes: String,
    /// The build that the objects name.
    pub build_id: String,
    /// The commit that they name, if there is one.
    pub source_commit: Option<String>,
    /// The day as of which exceptions were judged: `2026-11-21`.
    pub date: String,
    /// How many objects there are.
    pub objects: usize,
    /// How many of them a regulation holds for.
    pub judged: usize,
    /// How many errors there are besides controls that are not met. Where there are any, objects may be missing.
    pub errors: usize,
    /// The regulations that hold for any object, in the order of the tables.
    pub frameworks: Vec<FrameworkEvidence>,
    /// The exceptions, in the order of the text.
    pub exceptions: Vec<ExceptionEvidence>,
}

/// What is known of a regulation.
pub struct FrameworkEvidence {
    /// The regulation.
    pub framework: &'static Framework,
    /// Its controls, in its order.
    pub controls: Vec<ControlEvidence>,
}

/// What is known of a control.
pub struct ControlEvidence {
    /// The control.
    pub control: &'static Control,
    /// How it stands.
    pub status: Status,
    /// What its checks say, object by object.
    pub verdicts: Vec<Verdict>,
}

/// How a control stands, from good to bad.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Status {
    /// No object has a level from which it binds.
    NotBinding,
    /// It binds, but there is nothing that it speaks of.
    NotApplicable,
    /// All its checks pass.
    Met,
    /// What is not met is excepted.
    Excepted,
    /// It is not met.
    Failed,
}

/// What a check says of an object.
#[derive(Clone)]
pub struct Verdict {
    /// `Deployment shop/web`
    pub object: String,
    /// The object's level.
    pub level: Level,
    /// The check.
    pub check: &'static Check,
    /// [`Status::Met`], [`Status::Excepted`] or [`Status::Failed`].
    pub status: Status,
    /// The exception that covers it, by its place among [`Evidence::exceptions`].
    pub exception: Option<usize>,
    /// What is wrong.
    pub failures: Vec<Failing>,
}

/// One thing that is wrong.
#[derive(Clone)]
pub struct Failing {
    /// Where in the object.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: String,
    /// The user's line.
    pub place: Option<Location>,
}

/// An exception and what it covers.
pub struct ExceptionEvidence {
    /// The exception.
    pub exception: Exception,
    /// Whether its last day is past.
    pub expired: bool,
    /// How many verdicts it covers.
    pub covers: usize,
    /// Where it was written.
    pub place: Option<Location>,
}

impl Status {
    /// One word or two, for tables.
    pub fn words(self) -> &'static str {
        match self {
            Status::NotBinding => "not binding",
            Status::NotApplicable => "not applicable",
            Status::Met => "met",
            Status::Excepted => "excepted",
            Status::Failed => "failed",
        }
    }
}

impl Evidence {
    /// Whether any control is not met.
    pub fn has_failed(&self) -> bool {
        self.controls().any(|control| control.status == Status::Failed)
    }

    /// The controls of all regulations.
    pub fn controls(&self) -> impl Iterator<Item = &ControlEvidence> {
        self.frameworks.iter().flat_map(|framework| &framework.controls)
    }
}
