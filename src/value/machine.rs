//! The state of one evaluation. The methods that give it life are in `eval`, `modules` and `builtins`.

use std::path::PathBuf;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::watch::Watch;
use super::{Attrs, Result, Thunk, Value};
use crate::diag::Diagnostic;
use crate::schema::crd::CustomResource;
use crate::schema::crd::bundled::Asked;
use crate::schema::{Catalogue, Version};
use crate::source::{SourceMap, Span, World};
use crate::symbol::Symbol;
use crate::term::{Globals, TermRef};
use crate::types::{ObjectSchema, TypeRef};

/// Everything an evaluation knows.
pub struct Evaluator {
    /// All texts, the standard library's included.
    pub sources: SourceMap,
    /// The door to the files of the project.
    pub world: World,
    /// What was found without stopping the evaluation, in the order in which it was found.
    pub findings: Vec<Diagnostic>,
    /// What `trace` and `warn` said, in order. It goes to the error stream, never into the output.
    pub traces: Vec<String>,
    /// The names that are there without being bound, for scope resolution.
    pub names: Rc<Globals>,
    /// What those names mean.
    pub globals: FxHashMap<Symbol, Thunk>,
    /// Files that have been imported, or are being imported now.
    pub imports: FxHashMap<PathBuf, ImportState>,
    /// The terms of files that have been read, by path.
    pub terms: FxHashMap<PathBuf, Understood>,
    /// How definitions of Kubernetes objects merge; without it, as plain sets.
    pub objects: Option<Rc<dyn ObjectSchema>>,
    /// Whose types `k8s` has.
    pub kubernetes: Kubernetes,
    /// The parts of `k8s` that have been made, each with the way to it: they may have more names than are known yet.
    pub spaces: Vec<(Attrs, Vec<&'static str>)>,
    /// The files of custom resources that have been read, with what they define; nothing, where they cannot be read.
    pub definitions: FxHashMap<PathBuf, Rc<Vec<CustomResource>>>,
    /// What is known of Kubernetes together with the custom resources of these files, and of add-ons in these versions.
    pub catalogues: Vec<(Vec<PathBuf>, Asked, &'static Catalogue)>,
    /// How types are read and changed as if they were sets; without it they are closed.
    pub type_faces: Option<TypeFaces>,
    /// How deep evaluation is nested at the moment.
    pub depth: u32,
    /// The bounds of evaluation.
    pub limits: Limits,
    /// The values that are watched on their way, while any are.
    pub watch: Option<Box<Watch>>,
    /// Which definitions watched values took the place of: lists, which are computed only when asked for.
    pub beaten: Vec<(usize, Thunk)>,
}

/// Which Kubernetes a configuration is for.
pub enum Kubernetes {
    /// This one.
    Known(Version<'static>),
    /// What these options say, once they can be computed: the target is an option like others.
    Asked {
        /// Its version.
        version: Thunk,
        /// The files of its custom resources.
        schemas: Thunk,
        /// The versions of its add-ons.
        addons: Thunk,
    },
}

/// A text, read and desugared.
#[derive(Clone)]
pub struct Understood {
    /// What is left to evaluate.
    pub term: TermRef,
    /// Whether anything in it is not Nix.
    pub typed: bool,
}

/// Types as nixpkgs' libraries know them: sets with a name, a check, a merge. The module system lends
/// them this face.
#[derive(Clone, Copy)]
pub struct TypeFaces {
    /// The attributes of a type.
    pub attributes: fn(&mut Evaluator, &TypeRef, Span) -> Attrs,
    /// `type // { … }`: the type with some of them replaced.
    pub changed: fn(&mut Evaluator, &TypeRef, &Attrs, Span) -> Result<Value>,
}

/// A file on its way to a value.
#[derive(Clone)]
pub enum ImportState {
    /// Being read and evaluated; importing it again now would never end.
    Running(Span),
    /// Its value.
    Done(Value),
}

/// The bounds of evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls and forced values inside each other.
    pub depth: u32,
}
