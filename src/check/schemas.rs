//! The custom resources of a configuration, as far as they can be told before anything is computed.
//!
//! What `schemas` names has to be known before any type is looked at, so the modules are gone through once more in
//! front of everything: for definitions that are written out as lists of paths. Where a module or a list is computed,
//! there may be more kinds than are known, and a name below `k8s` that is not known is nobody's mistake. The versions of
//! add-ons are looked for on the same way. Of an add-on whose version is computed no kind is known.

use std::path::PathBuf;

use rustc_hash::FxHashSet;

use super::Checker;
use super::modules::makes_definitions;
use super::scope::Env;
use crate::schema::crd::bundled::{ADDONS, Addon, Asked};
use crate::source::Span;
use crate::term::{AttrsTerm, TermKind, TermRef};

/// The files that modules name.
#[derive(Default)]
struct Schemas {
    files: Vec<(PathBuf, Span)>,
    /// Whether there may be more.
    open: bool,
    addons: Asked,
    seen: FxHashSet<usize>,
}

impl Schemas {
    /// Takes in what a definition of `framework` says of add-ons.
    fn framework(&mut self, term: &TermRef) {
        let Some(attrs) = self.written_out(term) else { return };
        for addons in attrs.fields.iter().filter(|field| field.name.as_str() == "addons") {
            let Some(attrs) = self.written_out(&addons.value) else { continue };
            for field in &attrs.fields {
                let Some(addon) = ADDONS.iter().find(|addon| addon.option == field.name.as_str()) else { continue };
                match &field.value.kind {
                    // What is no version is told where the options are looked at.
                    TermKind::Str(text) => drop(self.addons.ask(addon, text, field.value.span)),
                    TermKind::Null => {}
                    _ => self.doubt(addon),
                }
            }
        }
    }

    /// A set whose names are all written out. Else there may be any version of any add-on in it.
    fn written_out<'t>(&mut self, term: &'t TermRef) -> Option<&'t AttrsTerm> {
        match &term.kind {
            TermKind::Attrs(attrs) if attrs.dynamic.is_empty() => Some(attrs),
            _ => {
                ADDONS.iter().for_each(|addon| self.doubt(addon));
                None
            }
        }
    }

    fn doubt(&mut self, addon: &'static Addon) {
        self.addons.doubt(addon);
        self.open = true;
    }
}

impl Checker<'_> {
    /// Makes the kinds that the configuration's `schemas` define known.
    pub(super) fn take_in_schemas(&mut self, entry: usize) {
        let mut schemas = Schemas::default();
        self.schemas_of_file(entry, &mut schemas);
        self.more_kinds = schemas.open;
        if schemas.files.is_empty() && schemas.addons == Asked::default() {
            return;
        }
        let minor = self.version.minor();
        let catalogue = self.files.catalogue(&schemas.files, schemas.addons);
        self.version = catalogue.versions().find(|version| version.minor() == minor).unwrap_or(self.version);
    }

    fn schemas_of_file(&mut self, at: usize, schemas: &mut Schemas) {
        if schemas.seen.insert(at) {
            let term = self.all_files[at].opened.term.clone();
            self.schemas_of_module(&term, at, schemas);
        }
    }

    /// Follows a module to its sets.
    fn schemas_of_module(&mut self, term: &TermRef, file: usize, schemas: &mut Schemas) {
        match &term.kind {
            TermKind::Lambda(lambda) => self.schemas_of_module(&lambda.body, file, schemas),
            TermKind::Let { body, .. } | TermKind::With { body, .. } | TermKind::Assert { body, .. } => {
                self.schemas_of_module(body, file, schemas);
            }
            TermKind::Attrs(attrs) => self.schemas_of_set(attrs, file, schemas),
            TermKind::Path(_) => self.schemas_of_path(term, file, schemas),
            TermKind::Apply { function, arguments } => match (arguments.as_slice(), &function.kind) {
                ([path], TermKind::Global(name)) if name.as_str() == "import" => {
                    self.schemas_of_path(path, file, schemas);
                }
                ([.., body], _) if makes_definitions(function) => self.schemas_of_definitions(body, file, schemas),
                _ => schemas.open = true,
            },
            _ => schemas.open = true,
        }
    }

    fn schemas_of_path(&mut self, term: &TermRef, file: usize, schemas: &mut Schemas) {
        let path = self.path_of(term, &Env { frame: None, facts: None, asked_for: None, file });
        // What cannot be opened is reported where modules are collected.
        match path.and_then(|path| self.files.open(&path, term.span).ok()) {
            Some(opened) => {
                let at = self.enter_file(opened);
                self.schemas_of_file(at, schemas);
            }
            None => schemas.open = true,
        }
    }

    fn schemas_of_set(&mut self, attrs: &AttrsTerm, file: usize, schemas: &mut Schemas) {
        schemas.open |= !attrs.dynamic.is_empty();
        for field in &attrs.fields {
            match (field.name.as_str(), &field.value.kind) {
                ("imports", TermKind::List(items)) => {
                    for item in items {
                        self.schemas_of_module(item, file, schemas);
                    }
                }
                ("imports", _) => schemas.open = true,
                ("schemas", _) => self.schemas_of_list(&field.value, file, schemas),
                ("framework", _) => schemas.framework(&field.value),
                ("config", _) => self.schemas_of_definitions(&field.value, file, schemas),
                _ => {}
            }
        }
    }

    /// What `config` is, or what `mkIf` and its like are given.
    fn schemas_of_definitions(&mut self, term: &TermRef, file: usize, schemas: &mut Schemas) {
        match &term.kind {
            TermKind::Attrs(attrs) => self.schemas_of_set(attrs, file, schemas),
            TermKind::List(items) => {
                for item in items {
                    self.schemas_of_definitions(item, file, schemas);
                }
            }
            TermKind::Apply { function, arguments } if makes_definitions(function) => {
                // Whether a condition holds is not known, so its kinds may be missing later: that is told then.
                if let Some(body) = arguments.last() {
                    self.schemas_of_definitions(body, file, schemas);
                }
            }
            _ => schemas.open = true,
        }
    }

    fn schemas_of_list(&mut self, term: &TermRef, file: usize, schemas: &mut Schemas) {
        let TermKind::List(items) = &term.kind else {
            schemas.open = true;
            return;
        };
        for item in items {
            match self.path_of(item, &Env { frame: None, facts: None, asked_for: None, file }) {
                Some(path) => schemas.files.push((path, item.span)),
                None => schemas.open = true,
            }
        }
    }
}
