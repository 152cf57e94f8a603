//! The static checker: what can be said of a program before anything of it is computed.
//!
//! It is *gradual*: what cannot be known is `Any`, goes everywhere, and is the contract's at run time. It is
//! *bidirectional*: where a type is expected, literals are taken apart beside it (`expect`); elsewhere types are
//! found out from the inside (`infer`). And it *infers*: a name without annotation has the most general type that
//! its value allows.
//!
//! Types meet in one place, `flow`: what has type `l` goes where `r` is needed. An argument without annotation is a
//! variable (`store`); everything that flows into it is held against everything that is demanded of it, in whatever
//! order the two become known, and nothing is ever guessed. So `x: x.a + 1` takes every set whose `a` is a number.
//!
//! Bindings are found out when they are first asked for (`slots`) and are *generalised*: each use gets variables
//! of its own. What is asked in conditions is known in their branches (`narrow`); since nothing ever changes,
//! that goes for `entry.name` as well as for `name`.
//!
//! A mistake is told if it is surely one: if a declared type is not met, or if nothing that may arrive somewhere
//! fits there. Where branches come together and one of them fits, that may be the one; only somebody's declared
//! union has to be taken apart first. Whether anything was left to run time is said by [`Checked::dynamic`]:
//! a program without it has no type errors at run time.

mod expect;
mod files;
mod findings;
mod fit;
mod flow;
mod functions;
mod infer;
mod modules;
mod narrow;
mod need;
mod operators;
mod options;
mod records;
mod schemas;
mod scope;
mod shape;
mod show;
mod slots;
mod store;
mod ty;
mod types;

use std::path::PathBuf;
use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use crate::diag::Diagnostic;
use crate::schema::{Catalogue, Version};
use crate::symbol::Symbol;
use crate::types::{Record, TypeRef};

use scope::Frame;
use store::Store;
use ty::{TyRef, VarId};

pub use files::{Files, Opened};

/// What a text is read as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// An expression.
    Expression,
    /// A configuration: a module beside the layers.
    Configuration,
    /// An expression that is going to be evaluated: where all is Nix, all means what it means in Nix, and mistakes are
    /// found when they are met.
    Evaluation,
    /// A file of the standard library: its annotations are to be proved.
    Library,
}

/// What the checker has to say of a program.
pub struct Checked {
    /// The type of its value.
    pub ty: TypeRef,
    /// What is wrong in all its files, in the order of the text.
    pub findings: Vec<Diagnostic>,
    /// Whether anything is left to be checked at run time.
    pub dynamic: bool,
}

/// Checks a program and all files that it reaches. Without a version, the one that a configuration names counts, or else
/// the newest.
pub fn check(files: &mut dyn Files, entry: Opened, goal: Goal, version: Option<Version<'static>>) -> Checked {
    let mut checker = Checker::new(files, goal, version);
    let at = checker.enter_file(entry);
    let ty = match goal {
        Goal::Configuration => checker.configuration(at),
        Goal::Expression | Goal::Evaluation | Goal::Library => checker.file(at),
    };
    checker.settle_doubts();
    let ty = checker.reify(&ty);
    let typed = checker.all_files.iter().any(|file| file.opened.typed && !file.opened.library);
    let mut findings = if goal == Goal::Evaluation && !typed { Vec::new() } else { checker.told() };
    findings.sort_by_key(|finding| (finding.primary.span, finding.code));
    findings.dedup_by(|a, b| a.primary.span == b.primary.span);
    Checked { ty, findings, dynamic: checker.dynamic }
}

/// The state of one check.
struct Checker<'f> {
    files: &'f mut dyn Files,
    version: Version<'static>,
    store: Store,
    frames: Vec<Frame>,
    /// New variables belong to what is at this level.
    level: u32,
    /// The bindings that are being found out, the outermost first.
    running: Vec<slots::Running>,
    /// Bindings that are done but for those that they need and that need them.
    group: Vec<(scope::FrameId, u32)>,
    findings: Vec<Diagnostic>,
    doubts: Vec<flow::Doubt>,
    dynamic: bool,
    /// The variable in which the types meet that are being compared.
    via: Option<Via>,
    /// How deep inside each other types are being compared.
    depth: u32,
    /// How many more comparisons there may be.
    fuel: u64,
    /// Pairs of types that have met, or are meeting now.
    met: IndexMap<(usize, usize), (TyRef, TyRef)>,
    /// Whether such a pair is being compared.
    is_meeting: bool,
    /// The rows of records of the floor below, which are kept so that their addresses stay theirs.
    records: FxHashMap<*const Record, (Rc<Record>, TyRef)>,
    /// The type variables of the annotation that is being read.
    type_variables: FxHashMap<Symbol, TyRef>,
    all_files: Vec<files::File>,
    places: FxHashMap<PathBuf, usize>,
    declared_builtins: Option<TyRef>,
    laid_out: Option<TyRef>,
    text_type: Option<TyRef>,
    proves_library: bool,
    /// Whether the version is asked for, whatever the configuration says.
    version_is_given: bool,
    /// Whether there may be custom resources that are not known.
    more_kinds: bool,
}

/// The variable in which two types meet, and the two as they are in it.
#[derive(Clone)]
struct Via {
    var: VarId,
    lower: TyRef,
    upper: TyRef,
}

/// A program that takes more comparisons than this is not checked to its end.
const FUEL: u64 = 10_000_000;

impl<'f> Checker<'f> {
    fn new(files: &'f mut dyn Files, goal: Goal, version: Option<Version<'static>>) -> Checker<'f> {
        Checker {
            files,
            version: version.unwrap_or_else(|| Catalogue::embedded().newest()),
            store: Store::default(),
            frames: Vec::new(),
            level: 1,
            running: Vec::new(),
            group: Vec::new(),
            findings: Vec::new(),
            doubts: Vec::new(),
            dynamic: false,
            via: None,
            depth: 0,
            fuel: FUEL,
            met: IndexMap::new(),
            is_meeting: false,
            records: FxHashMap::default(),
            type_variables: FxHashMap::default(),
            all_files: Vec::new(),
            places: FxHashMap::default(),
            declared_builtins: None,
            laid_out: None,
            text_type: None,
            proves_library: goal == Goal::Library,
            version_is_given: version.is_some(),
            more_kinds: false,
        }
    }

    /// The findings that are for the user: in files of his own, and not in Nix files, whose meaning is Nix's.
    fn told(&mut self) -> Vec<Diagnostic> {
        let nix: Vec<_> =
            self.all_files.iter().filter(|file| file.opened.nix).map(|file| file.opened.term.span).collect();
        let inside = |finding: &Diagnostic| {
            let place = finding.primary.span;
            nix.iter().any(|file| file.lo <= place.lo && place.hi <= file.hi)
        };
        let all = std::mem::take(&mut self.findings);
        let told = all.into_iter().filter(|finding| {
            let place = finding.primary.span;
            !place.is_none() && (self.proves_library || self.files.is_user(place)) && !inside(finding)
        });
        told.collect()
    }
}
