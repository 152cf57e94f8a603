//! Which Kubernetes the types of `k8s` are those of, and `k8s` itself.
//!
//! The set has the names of all known versions, and is the same for every target: asking whether a name is
//! there must not depend on the target, which is itself an option of the configuration. What a name means
//! is the target's type of that name. Before the target is known that is a type for later. Custom resources
//! are a part of the target as well, so until it is known any name may turn out to be one of theirs.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::diag::Diagnostic;
use crate::schema::crd::bundled::{ADDONS, Asked};
use crate::schema::crd::{self, CustomResource, CustomTypes};
use crate::schema::types::{Member, absent, is_type_name, known_members, member};
use crate::schema::{Catalogue, Version};
use crate::source::{SourceKind, Span};
use crate::symbol::Symbol;
use crate::syntax::quoted_name;
use crate::types::{Deferred, Pending, Type};
use crate::value::{Attr, Attrs, AttrsBuilder, Evaluator, Kind, Kubernetes, Result, Thunk, Value};

/// `k8s`, or what is below it at a path, made where it is looked at.
pub fn kubernetes_types(path: Vec<&'static str>) -> Thunk {
    Thunk::defer(move |machine| {
        let mut set = AttrsBuilder::new();
        for name in known_members(&path) {
            set.add(name, Span::NONE, below(&path, name));
        }
        let set = set.build();
        machine.spaces.push((set.clone(), path));
        Ok(Value::attrs(set, Span::NONE))
    })
}

/// A type, or more names.
fn below(path: &[&'static str], name: &'static str) -> Thunk {
    let inner = [path, &[name]].concat();
    if is_type_name(name) { type_at(inner) } else { kubernetes_types(inner) }
}

/// The type at a path, as soon as the target is known.
fn type_at(path: Vec<&'static str>) -> Thunk {
    Thunk::defer(move |machine| match machine.kubernetes {
        Kubernetes::Known(_) => target_type(machine, &path),
        Kubernetes::Asked { .. } => {
            let name = Symbol::new(&written(&path));
            let later = Thunk::defer(move |machine| target_type(machine, &path));
            let deferred = Deferred::new(name, Pending::Evaluated(Rc::new(later)));
            Ok(Value::new(Kind::Type(Rc::new(Type::Deferred(Rc::new(deferred)))), Span::NONE))
        }
    })
}

fn target_type(machine: &mut Evaluator, path: &[&'static str]) -> Result<Value> {
    let version = machine.kubernetes()?;
    match member(version, path) {
        Some(Member::Type(ty)) => Ok(Value::new(Kind::Type(ty), Span::NONE)),
        _ => Err(absent(version, path, Span::NONE).into()),
    }
}

fn written(path: &[&str]) -> String {
    let parts: Vec<String> = path.iter().map(|part| quoted_name(part)).collect();
    format!("k8s.{}", parts.join("."))
}

impl Evaluator {
    /// The target's version. Where that is an option of the configuration, it is computed now.
    ///
    /// # Errors
    /// When it cannot be computed; an unknown version is reported by whoever reads the option.
    pub fn kubernetes(&mut self) -> Result<Version<'static>> {
        let (version, schemas, addons) = match &self.kubernetes {
            Kubernetes::Known(version) => return Ok(*version),
            Kubernetes::Asked { version, schemas, addons } => (version.clone(), schemas.clone(), addons.clone()),
        };
        let version = self.force(&version)?;
        let schemas = self.force(&schemas)?;
        let addons = self.force(&addons)?;
        let (addons, _) = self.addons_asked_for(&addons)?;
        let catalogue = self.catalogue_of(&schemas, addons)?;
        let known = match version.kind {
            Kind::Str(text) => catalogue.version(&text, Span::NONE).ok(),
            _ => None,
        };
        Ok(known.unwrap_or_else(|| catalogue.newest()))
    }

    /// The versions that `framework.addons` asks for, and what is wrong with them.
    ///
    /// # Errors
    /// When one cannot be computed.
    pub fn addons_asked_for(&mut self, addons: &Value) -> Result<(Asked, Vec<Diagnostic>)> {
        let (mut asked, mut findings) = (Asked::default(), Vec::new());
        let Kind::Attrs(options) = &addons.kind else { return Ok((asked, findings)) };
        for addon in ADDONS {
            let Some(option) = options.named(addon.option).cloned() else { continue };
            let version = self.force_at(&option.value, option.span)?;
            if let Kind::Str(text) = &version.kind {
                findings.extend(asked.ask(addon, text, version.origin).err());
            }
        }
        Ok((asked, findings))
    }

    /// What is known of Kubernetes together with the custom resources of the files that a list names, and of add-ons in these
    /// versions.
    ///
    /// # Errors
    /// When the list cannot be computed.
    pub fn catalogue_of(&mut self, schemas: &Value, addons: Asked) -> Result<&'static Catalogue> {
        let mut files = Vec::new();
        if let Kind::List(items) = &schemas.kind {
            for item in items.iter() {
                let file = self.force_at(item, schemas.origin)?;
                if let Kind::Path(path) = &file.kind {
                    files.push((path.to_path_buf(), file.origin));
                }
            }
        }
        Ok(self.catalogue_with(&files, addons))
    }

    /// What is known of Kubernetes together with the custom resources of these files, each named at a place, and of add-ons in
    /// these versions. What is wrong with a file is reported, once.
    pub fn catalogue_with(&mut self, files: &[(PathBuf, Span)], addons: Asked) -> &'static Catalogue {
        let known_as = |path: &PathBuf| self.world.confine(path).unwrap_or_else(|_| path.clone());
        let paths: Vec<PathBuf> = files.iter().map(|(path, _)| known_as(path)).collect();
        let places = files.iter().map(|(_, place)| *place);
        let resources: Vec<Rc<Vec<CustomResource>>> =
            paths.iter().zip(places).map(|(path, place)| self.definitions_in(path, place)).collect();
        let is_it = |(files, asked, _): &&(Vec<PathBuf>, Asked, _)| *files == paths && *asked == addons;
        if let Some((.., known)) = self.catalogues.iter().find(is_it) {
            return known;
        }
        let resources: Vec<CustomResource> = resources.iter().flat_map(|of| of.iter().cloned()).collect();
        let catalogue = match resources.is_empty() && addons == Asked::default() {
            true => Catalogue::embedded(),
            false => Catalogue::extended(CustomTypes::of(&resources), addons.clone()),
        };
        self.catalogues.push((paths, addons, catalogue));
        catalogue
    }

    fn definitions_in(&mut self, path: &Path, place: Span) -> Rc<Vec<CustomResource>> {
        if let Some(known) = self.definitions.get(path) {
            return known.clone();
        }
        let resources = match self.read(path, place) {
            Ok(text) => self.read_definitions(path, &text, place),
            Err(failure) => {
                self.report(&failure);
                Vec::new()
            }
        };
        self.definitions.entry(path.to_path_buf()).or_insert(Rc::new(resources)).clone()
    }

    fn read_definitions(&mut self, path: &Path, text: &str, place: Span) -> Vec<CustomResource> {
        let read = crd::read(text);
        if !read.problems.is_empty() {
            let source = self.sources.add(self.shown(path), Some(path.to_path_buf()), text, SourceKind::User);
            let base = self.sources.file(source).base;
            let finding = |problem: &crd::Problem| problem.finding(text, base).also(place, "named here");
            let findings: Vec<Diagnostic> = read.problems.iter().map(finding).collect();
            self.findings.extend(findings);
        }
        read.resources
    }

    /// What to do about a name that a part of `k8s` does not have.
    pub(super) fn custom_hint(&self, attrs: &Attrs) -> Option<String> {
        let is_part = self.spaces.iter().any(|(space, _)| space.same(attrs));
        is_part.then(|| "correct the name, or name the file that defines it: `schemas = [ ./crd.yaml ]`".to_owned())
    }

    /// A name in a part of `k8s` that no version of Kubernetes has: it may be a custom resource's. Whether it is, shows when
    /// the target is known.
    pub(super) fn custom_name(&self, attrs: &Attrs, symbol: Symbol) -> Option<Attr> {
        let (_, path) = self.spaces.iter().find(|(space, _)| space.same(attrs))?;
        let name = symbol.as_str();
        let possible = match self.kubernetes {
            Kubernetes::Known(version) => {
                let several = || path.is_empty() && !version.ambiguous(name).is_empty();
                member(version, &[path.as_slice(), &[name]].concat()).is_some() || several()
            }
            Kubernetes::Asked { .. } => match path.len() {
                0 => true,
                1 => !is_type_name(name),
                _ => is_type_name(name),
            },
        };
        possible.then(|| Attr { name: symbol, span: Span::NONE, value: below(path, name) })
    }
}
