//! What a value may be.
//!
//! A [`Type`] is plain data: shared, possibly recursive through [`Type::Deferred`], and shown to
//! people by its own `Display`. It serves three readers: the static checker, the contract that
//! holds a value to its annotation at run time, and the module system, which merges an option's
//! definitions by its type. A few forms exist for the last alone; they are nixpkgs' option types
//! that say more about merging than about values.
//!
//! This floor knows no values. Where a type carries one (a field's default, the modules of a
//! submodule, the check of an `addCheck`) it holds an [`Opaque`] that the evaluator put in and takes out.

mod deferred;
pub mod findings;
pub mod meant;
mod object;
mod part;
mod path;
mod refine;
mod remedy;
mod scalar;
mod show;
mod spelling;

use std::any::Any;
use std::cell::OnceCell;
use std::rc::Rc;

use ecow::EcoString;
use indexmap::IndexMap;

use crate::source::Span;
use crate::symbol::Symbol;
pub use deferred::{Deferred, Known, Pending};
pub use object::{ListKey, ListRule, ObjectSchema, Shape};
pub use part::part;
pub use path::Path;
pub use refine::refined;
pub use scalar::{Mismatch, NAMED, Named, Pattern, Scalar, Text, check_scalar, named, scalar_fits};

/// A shared type.
pub type TypeRef = Rc<Type>;

/// Something of a higher floor: this one only carries it.
pub type Opaque = Rc<dyn Any>;

/// What a value may be.
#[derive(Clone, Debug)]
pub enum Type {
    /// Everything.
    Any,
    /// Nothing.
    Never,
    /// `null`
    Null,
    /// `true` and `false`
    Bool,
    /// Integers within bounds.
    Int(Bounds<i64>),
    /// Floats within bounds.
    Float(Bounds<f64>),
    /// Integers and floats within bounds.
    Number(Bounds<f64>),
    /// Strings.
    String(Text),
    /// Strings or integers with a name and a rule of their own: `Port`, `DnsLabel`.
    Named(&'static Named),
    /// Paths.
    Path,
    /// What nobody sees before it is written.
    Secret,
    /// Just this value.
    Literal(Scalar),
    /// Lists of one type.
    List(TypeRef),
    /// Sets whose values all have one type.
    Map(TypeRef),
    /// Sets with known fields.
    Record(Rc<Record>),
    /// Functions.
    Function(TypeRef, TypeRef),
    /// Any of these; at least two.
    Union(Vec<TypeRef>),
    /// A declared type under its name.
    Declared(Symbol, TypeRef),
    /// A type for later: this is how a type mentions itself.
    Deferred(Rc<Deferred>),
    /// Any Kubernetes object, by its own `apiVersion` and `kind`; definitions merge as its schema says.
    Object,
    /// A type of the module system.
    Module(ModuleType),
}

/// nixpkgs' option types that are about merging.
#[derive(Clone, Debug)]
pub enum ModuleType {
    /// `anything`: sets merge recursively, other values must be equal.
    Anything,
    /// `raw`: one definition, untouched.
    Raw,
    /// `unspecified`: any number of definitions, merged as they come.
    Unspecified,
    /// `attrs`: sets, joined at the top.
    Attrs,
    /// `separatedString`, `lines`, `commas`: strings, joined with this between them.
    Joined(EcoString),
    /// `submodule`: the modules, for the module system.
    Submodule(Opaque),
    /// `uniq`: one definition; with the words to say when there are more.
    Unique(TypeRef, EcoString),
    /// `addCheck`: the predicate.
    Checked(TypeRef, Opaque),
    /// `coercedTo`: what is taken, the function, what it becomes.
    Coerced(TypeRef, Opaque, TypeRef),
    /// `deferredModule`: a module, kept for later, with the modules that always belong to it.
    DeferredModule(Option<Opaque>),
    /// `lazyAttrsOf`: as a map; a field may turn out to be undefined when it is used.
    LazyMap(TypeRef),
    /// `optionType`: a type.
    OptionType,
    /// `mkOptionType`: a type by its own functions.
    Custom(Rc<Custom>),
}

/// A type by its own functions.
#[derive(Clone, Debug)]
pub struct Custom {
    /// What it is called.
    pub name: EcoString,
    /// The type that it is but for what it says itself.
    pub base: Option<TypeRef>,
    /// Tells whether a value has it; without, every value of the base has it.
    pub check: Option<Opaque>,
    /// Makes one value of a path and a list of definitions.
    pub merge: Option<Opaque>,
    /// The set that it was made of, for whoever asks for its attributes.
    pub says: Opaque,
}

impl Custom {
    /// Whether values are checked and merged as those of the base are.
    pub fn only_describes(&self) -> bool {
        self.check.is_none() && self.merge.is_none()
    }
}

/// Inclusive bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds<T> {
    /// Not below.
    pub min: Option<T>,
    /// Not above.
    pub max: Option<T>,
}

impl<T> Bounds<T> {
    /// No bounds.
    pub const NONE: Bounds<T> = Bounds { min: None, max: None };
}

impl Bounds<i64> {
    /// Integers of 32 bits.
    pub const INT32: Bounds<i64> = Bounds { min: Some(i32::MIN as i64), max: Some(i32::MAX as i64) };
}

impl<T: PartialOrd> Bounds<T> {
    /// Whether `value` is within.
    pub fn hold(&self, value: T) -> bool {
        self.min.as_ref().is_none_or(|min| value >= *min) && self.max.as_ref().is_none_or(|max| value <= *max)
    }
}

/// Sets with known fields.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The fields in the order of the declaration.
    pub fields: IndexMap<Symbol, Field>,
    /// Whether further fields are allowed.
    pub open: bool,
    /// Where in Kubernetes' API it is defined, if it is.
    pub origin: Option<Rc<Origin>>,
    /// What merging has prepared for all values of the type.
    pub plan: OnceCell<Opaque>,
    /// The record with nothing required, once somebody asked for it.
    pub part: OnceCell<Rc<Record>>,
}

/// Where in Kubernetes' API a record is defined.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The name of the definition: `core.v1.ContainerPort`.
    pub definition: EcoString,
    /// Version and definition in words: `k8s 1.31 core/v1 ContainerPort`.
    pub words: EcoString,
    /// The version among all that is known of Kubernetes, for whoever knows it.
    pub home: Opaque,
}

/// A field of a record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its type.
    pub ty: TypeRef,
    /// Whether it may be absent without a default.
    pub optional: bool,
    /// What stands in when it is left out: the evaluator's, or a [`Scalar`].
    pub default: Option<Opaque>,
    /// Its documentation.
    pub doc: Option<EcoString>,
    /// Where it was declared.
    pub span: Span,
}

impl Type {
    /// Strings without further rules.
    pub fn string() -> Type {
        Type::String(Text::default())
    }

    /// Integers without bounds.
    pub fn int() -> Type {
        Type::Int(Bounds::NONE)
    }

    /// The built-in types by their name in the language. `Any` and its like; the named scalars are in [`NAMED`].
    pub fn builtin(name: &str) -> Option<Type> {
        Some(match name {
            "Any" => Type::Any,
            "Never" => Type::Never,
            "Null" => Type::Null,
            "Bool" => Type::Bool,
            "Int" => Type::int(),
            "Float" => Type::Float(Bounds::NONE),
            "Number" => Type::Number(Bounds::NONE),
            "String" => Type::string(),
            "Path" => Type::Path,
            "Secret" => Type::Secret,
            "Object" => Type::Object,
            "Module" => Type::Module(ModuleType::DeferredModule(None)),
            name => Type::Named(named(name)?),
        })
    }

    /// The names [`Type::builtin`] knows.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        let plain =
            ["Any", "Never", "Null", "Bool", "Int", "Float", "Number", "String", "Path", "Secret", "Object", "Module"];
        plain.into_iter().chain(NAMED.iter().map(|named| named.name))
    }
}
