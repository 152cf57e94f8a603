//! The builtins: functions whose body is Rust, by topic.
//!
//! A topic is a file with one table `NATIVES`. What a builtin is called, its type and its
//! documentation are declared in `stdlib/builtins/<topic>.nxk`, so that the checker, the reference
//! and the editor learn all from one place; a test pairs the tables with the declarations. Higher
//! floors add natives of their own through [`Evaluator::install`] in the same way.
//!
//! What a builtin computes, and how much of its arguments it needs for that, is Nix's. Where a
//! function is applied to each item, the results are thunks (`Later`): nobody pays for items that
//! nobody looks at.

mod arithmetic;
mod closure;
mod control;
mod data;
mod document;
mod files;
mod json;
mod kubernetes;
mod lists;
mod posix;
mod regex;
mod secrets;
mod sets;
mod strings;
mod types;
mod versions;
mod xml;

use std::rc::Rc;

use ecow::EcoString;

use crate::eval::kubernetes_types;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::Type;
use crate::value::{Attrs, AttrsBuilder, Evaluator, Kind, Native, Partial, Thunk, Value};

pub use data::json_text;
pub use document::Format;

/// The topics of this floor: the name of the declaration file, and the table.
const TOPICS: &[(&str, &[Native])] = &[
    ("arithmetic", arithmetic::NATIVES),
    ("control", control::NATIVES),
    ("data", data::NATIVES),
    ("files", files::NATIVES),
    ("lists", lists::NATIVES),
    ("modules", crate::modules::NATIVES),
    ("regex", regex::NATIVES),
    ("sets", sets::NATIVES),
    ("strings", strings::NATIVES),
    ("types", types::NATIVES),
    ("versions", versions::NATIVES),
];

/// The builtins that are values rather than functions; declared in `stdlib/builtins/constants.nxk`.
const CONSTANTS: &[(&str, Kind)] = &[
    ("true", Kind::Bool(true)),
    ("false", Kind::Bool(false)),
    ("null", Kind::Null),
    ("nixVersion", Kind::Str(EcoString::inline("2.18.0"))),
    ("langVersion", Kind::Int(6)),
    ("nxkVersion", Kind::Str(EcoString::inline(env!("CARGO_PKG_VERSION")))),
];

/// The builtins that Nix offers without `builtins.` in front.
const UNQUALIFIED: &[&str] = &[
    "abort",
    "baseNameOf",
    "dirOf",
    "fromTOML",
    "import",
    "isNull",
    "map",
    "removeAttrs",
    "scopedImport",
    "throw",
    "toString",
];

/// Nix features left out, each with the reason that its error gives.
const REFUSED: &[(&str, &str)] = &[
    ("derivation", "nxk builds no packages; name images and files instead"),
    ("derivationStrict", "nxk builds no packages; name images and files instead"),
    ("placeholder", "nxk builds no packages, so outputs have no place yet to stand for"),
    ("storePath", "there is no store; read files of the project with `builtins.readFile`"),
    ("toFile", "there is no store; write the text into the project and read it with `builtins.readFile`"),
    ("fetchurl", "a compile never uses the network; vendor the file into the project"),
    ("fetchTarball", "a compile never uses the network; vendor the files into the project"),
    ("fetchGit", "a compile never uses the network; vendor the files into the project"),
    ("fetchMercurial", "a compile never uses the network; vendor the files into the project"),
    ("fetchTree", "a compile never uses the network; vendor the files into the project"),
    ("getFlake", "a compile never uses the network; vendor the files into the project"),
    ("currentTime", "a compile depends on its inputs alone; pass the time in with `--set`"),
    ("currentSystem", "a compile gives the same result on every machine"),
    ("nixPath", "files are named by their path in the project"),
    ("findFile", "files are named by their path in the project"),
    ("filterSource", "there is no store to copy files to; choose among the names that `builtins.readDir` gives"),
    ("storeDir", "there is no store"),
    ("exec", "a compile runs no programs"),
    ("importNative", "a compile loads no native code"),
];

impl Evaluator {
    /// Takes in the builtins of this floor, the named types, and the further tables of higher floors.
    pub fn install(&mut self, further: &[&'static [Native]]) {
        let mut set = AttrsBuilder::new();
        for topic in TOPICS.iter().map(|(_, natives)| natives).chain(&[secrets::NATIVES]).chain(further) {
            self.define(topic, &mut set);
        }
        for (name, value) in CONSTANTS {
            set.add(*name, Span::NONE, Value::new(value.clone(), Span::NONE));
        }
        set.add("__types", Span::NONE, crate::modules::types_set());
        self.type_faces = Some(crate::modules::FACES);
        self.publish(set.build());
    }

    /// Adds a table of natives to the set in the making.
    fn define(&mut self, natives: &'static [Native], set: &mut AttrsBuilder) {
        for native in natives {
            let partial = Partial { native, arguments: Vec::new() };
            set.add(native.name, Span::NONE, Value::new(Kind::Native(Rc::new(partial)), Span::NONE));
        }
    }

    /// Makes the set known as `builtins`, its members under their global names, and the types.
    fn publish(&mut self, builtins: Attrs) {
        let mut names = (*self.names).clone();
        let mut bind = |name: &str, value: Thunk, extra: bool| {
            let symbol = Symbol::new(name);
            if extra {
                names.extra.insert(symbol)
            } else {
                names.builtin.insert(symbol)
            };
            self.globals.insert(symbol, value);
        };
        for attr in builtins.iter() {
            let name = attr.name.as_str();
            if UNQUALIFIED.contains(&name) {
                bind(name, attr.value.clone(), false);
            }
            if !name.starts_with("__") {
                bind(&format!("__{name}"), attr.value.clone(), false);
            } else {
                bind(name, attr.value.clone(), false);
            }
        }
        for name in ["true", "false", "null", "__curPos"] {
            bind(name, Value::null(Span::NONE).into(), false);
        }
        for name in Type::builtin_names() {
            let ty = Type::builtin(name).expect("it is in the list of builtin types");
            bind(name, Value::new(Kind::Type(Rc::new(ty)), Span::NONE).into(), true);
        }
        for native in types::TYPE_FUNCTIONS {
            let partial = Partial { native, arguments: Vec::new() };
            bind(native.name, Value::new(Kind::Native(Rc::new(partial)), Span::NONE).into(), true);
        }
        for native in kubernetes::TYPE_FUNCTIONS {
            let partial = Partial { native, arguments: Vec::new() };
            bind(native.name, Value::new(Kind::Native(Rc::new(partial)), Span::NONE).into(), true);
        }
        bind("k8s", kubernetes_types(Vec::new()), true);
        bind("lib", Thunk::defer(|machine| machine.library(Span::NONE)), true);
        // `builtins.builtins` is the set itself, as in Nix; the knot is tied through the globals.
        let whole = Thunk::defer(|machine| {
            let builtins = machine.globals[&Symbol::new("builtins")].clone();
            machine.force(&builtins)
        });
        let mut knot = AttrsBuilder::new();
        knot.add("builtins", Span::NONE, whole);
        let builtins = builtins.update(&knot.build());
        bind("builtins", Value::attrs(builtins, Span::NONE).into(), false);
        for (name, reason) in REFUSED {
            names.refused.insert(Symbol::new(name), reason);
            names.refused.insert(Symbol::new(&format!("__{name}")), reason);
        }
        self.names = Rc::new(names);
    }

    /// `lib`, the standard library's entry.
    pub fn library(&mut self, span: Span) -> crate::value::Result<Value> {
        self.import(&std::path::Path::new(crate::eval::LIBRARY_ROOT).join("lib/default.nxk"), span)
    }
}

/// A function for later, shared by all the items that it will be applied to.
struct Later(Rc<(Thunk, Span)>);

impl Later {
    /// The function that a builtin was called with.
    fn new(function: &Thunk, span: Span) -> Later {
        Later(Rc::new((function.clone(), span)))
    }

    /// Its answer to these arguments, computed when it is first needed.
    fn apply<const N: usize>(&self, arguments: [Thunk; N]) -> Thunk {
        let shared = self.0.clone();
        Thunk::defer(move |machine| {
            let (function, span) = &*shared;
            let function = machine.force_at(function, *span)?;
            machine.apply_all(&function, arguments, *span)
        })
    }
}

#[cfg(test)]
mod tests;
