//! Where names come from that no frame binds: other files, the builtins, the library, Kubernetes.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::Checker;
use super::scope::{Env, Slot};
use super::ty::{Extent, Field, Lazy, Presence, Row, Ty, TyRef, known, row};
use crate::diag::Diagnostic;
use crate::schema::Catalogue;
use crate::schema::crd::bundled::Asked;
use crate::source::{Span, normalize};
use crate::symbol::Symbol;
use crate::term::{NameTerm, StrTerm, TermKind, TermRef, TypeTerm};
use crate::types::Type;

/// Who has the files. A file is read and parsed once, for checking and for evaluating.
pub trait Files {
    /// The file that importing `path` means, needed by the expression at `span`.
    ///
    /// # Errors
    /// When it is not there, or cannot be read.
    fn open(&mut self, path: &Path, span: Span) -> Result<Opened, Box<Diagnostic>>;
    /// What is known of Kubernetes together with the custom resources that these files define, each named at a place, and
    /// of add-ons in these versions. What is wrong with a file is reported by whoever has the files.
    fn catalogue(&mut self, schemas: &[(PathBuf, Span)], addons: Asked) -> &'static Catalogue;
    /// The text at a place.
    fn text(&self, span: Span) -> &str;
    /// Why a builtin of Nix's is left out, if it is.
    fn refused(&self, builtin: Symbol) -> Option<&'static str>;
    /// Whether a place is in a file of the user's.
    fn is_user(&self, span: Span) -> bool;
}

/// A file, read and desugared.
#[derive(Clone)]
pub struct Opened {
    /// The one path under which it is known.
    pub path: PathBuf,
    /// Its expression.
    pub term: TermRef,
    /// Whether it is part of the standard library.
    pub library: bool,
    /// Whether a Nix file: its meaning is Nix's, and nothing in it is held against it.
    pub nix: bool,
    /// Whether anything in it is not Nix.
    pub typed: bool,
}

/// A file on its way to a type.
pub(super) struct File {
    pub(super) opened: Opened,
    pub(super) ty: Option<TyRef>,
    /// Whether it is being checked now.
    running: bool,
}

/// The files that declare the builtins.
const BUILTINS: &str = "builtins/";

impl Checker<'_> {
    /// Takes in a file; its place among all.
    pub(super) fn enter_file(&mut self, opened: Opened) -> usize {
        if let Some(at) = self.places.get(&opened.path) {
            return *at;
        }
        self.places.insert(opened.path.clone(), self.all_files.len());
        self.all_files.push(File { opened, ty: None, running: false });
        self.all_files.len() - 1
    }

    /// The type of a file's value, a copy of its own.
    pub(super) fn file(&mut self, at: usize) -> TyRef {
        if self.all_files[at].running {
            return self.unknown();
        }
        if self.all_files[at].ty.is_none() {
            self.all_files[at].running = true;
            let ty = self.outside(|checker| {
                let term = checker.all_files[at].opened.term.clone();
                checker.infer(&term, &Env { frame: None, facts: None, asked_for: None, file: at })
            });
            self.all_files[at].running = false;
            self.all_files[at].ty = Some(ty);
        }
        let ty = self.all_files[at].ty.clone().unwrap_or_else(Ty::any);
        self.store.instantiate(&ty, 0, self.level)
    }

    /// What belongs to a file of its own is found out as if nothing were around it.
    fn outside<T>(&mut self, find: impl FnOnce(&mut Self) -> T) -> T {
        let level = std::mem::replace(&mut self.level, 1);
        let via = self.via.take();
        let depth = std::mem::take(&mut self.depth);
        let variables = std::mem::take(&mut self.type_variables);
        let found = find(self);
        (self.level, self.via, self.depth, self.type_variables) = (level, via, depth, variables);
        found
    }

    /// `import ./file.nxk` and further arguments; `None` if the call is another one.
    pub(super) fn import_of(&mut self, function: &TermRef, arguments: &[TermRef], env: &Env) -> Option<TyRef> {
        let imports = match &function.kind {
            TermKind::Global(name) => name.as_str() == "import",
            TermKind::Select { subject, path, default: None } => {
                matches!(&subject.kind, TermKind::Global(name) if name.as_str() == "builtins")
                    && matches!(path.as_slice(), [NameTerm::Fixed(name, _)] if name.as_str() == "import")
            }
            _ => false,
        };
        let [file, rest @ ..] = arguments else { return None };
        let path = self.path_of(file, env).filter(|_| imports)?;
        let mut ty = match self.files.open(&path, file.span) {
            Err(_) if env.asks_for(&path) => self.unknown(),
            _ => self.import(&path, file.span),
        };
        for (at, argument) in rest.iter().enumerate() {
            ty = self.call_value(&ty, function, (argument, at + 1, arguments.len()), env);
        }
        Some(ty)
    }

    /// The file that a path without computed parts names.
    pub(super) fn path_of(&self, term: &TermRef, env: &Env) -> Option<PathBuf> {
        let TermKind::Path(parts) = &term.kind else { return None };
        let [StrTerm::Text(text)] = parts.as_slice() else { return None };
        let folder = self.all_files[env.file].opened.path.parent()?;
        Some(normalize(&folder.join(text.as_str())))
    }

    pub(super) fn import(&mut self, path: &Path, span: Span) -> TyRef {
        match self.files.open(path, span) {
            Ok(opened) => {
                let at = self.enter_file(opened);
                self.file(at)
            }
            Err(finding) => {
                self.report(*finding);
                Ty::any()
            }
        }
    }

    /// What is in the standard library, found out once; a copy for every use.
    pub(super) fn unlazy(&mut self, lazy: &Lazy) -> TyRef {
        if lazy.running.get() {
            return self.unknown();
        }
        if lazy.done.get().is_none() {
            lazy.running.set(true);
            let ty = self.outside(|checker| match &lazy.term.kind {
                _ if lazy.declared => checker.annotation(&lazy.term, &lazy.env),
                TermKind::Annotated { ty, .. } => checker.annotation(ty, &lazy.env),
                _ => checker.infer(&lazy.term, &lazy.env),
            });
            lazy.running.set(false);
            lazy.done.get_or_init(|| ty);
        }
        let ty = lazy.done.get().cloned().unwrap_or_else(Ty::any);
        self.store.instantiate(&ty, 0, self.level)
    }

    /// A name that is there without being bound.
    pub(super) fn global(&mut self, name: Symbol) -> TyRef {
        let text = name.as_str();
        match text {
            "lib" => return self.library(),
            "k8s" => return Rc::new(Ty::Space(Vec::new())),
            "builtins" => return self.builtins(),
            _ => {}
        }
        if let Some(ty) = Type::builtin(text) {
            return Rc::new(Ty::Type(known(ty)));
        }
        let wrap: fn(TyRef) -> Ty = match text {
            "Type" => Ty::Type,
            "Option" => Ty::Option,
            "Definition" => |ty| Ty::Definition(ty, Extent::Part),
            "Part" => Ty::Part,
            _ => return self.builtin(text),
        };
        let of = self.store.fresh(self.level);
        Ty::function(Rc::new(Ty::Type(of.clone())), Rc::new(Ty::Type(Rc::new(wrap(of)))))
    }

    fn builtin(&mut self, name: &str) -> TyRef {
        let builtins = self.builtins();
        let Ty::Row(row) = &*builtins else { return self.unknown() };
        let bare = name.strip_prefix("__").unwrap_or(name);
        let found = row.fields.get(&Symbol::new(name)).or_else(|| row.fields.get(&Symbol::new(bare)));
        found.map_or_else(Ty::any, |field| field.ty.clone())
    }

    /// The builtins as a set, from the files that declare them.
    fn builtins(&mut self) -> TyRef {
        if let Some(known) = &self.declared_builtins {
            return known.clone();
        }
        let mut fields = indexmap::IndexMap::new();
        for path in crate::library::paths().filter(|path| path.starts_with(BUILTINS)) {
            let Ok(opened) = self.files.open(&Path::new(crate::library::ROOT).join(path), Span::NONE) else { continue };
            let term = opened.term.clone();
            let env = Env { frame: None, facts: None, asked_for: None, file: self.enter_file(opened) };
            let TermKind::Type(form) = &term.kind else { continue };
            let TypeTerm::Record { fields: declared, .. } = &**form else { continue };
            for field in declared {
                let ty = Lazy::later(field.ty.clone(), env.clone(), true);
                let span = Span::NONE;
                fields.insert(field.name, Field { ty, presence: Presence::Required, span, value: span });
            }
        }
        // `builtins.builtins`, and what higher floors add for the library's own use.
        let open = row(Row { fields, rest: None, ..Row::default() });
        self.declared_builtins = Some(open.clone());
        open
    }

    /// Whether a set is `builtins`.
    pub(super) fn is_builtins(&self, row: &Rc<Row>) -> bool {
        self.declared_builtins
            .as_ref()
            .is_some_and(|known| matches!(&**known, Ty::Row(known) if Rc::ptr_eq(known, row)))
    }

    /// `lib`: what its entry lays out, each part found out when it is asked for.
    pub(super) fn library(&mut self) -> TyRef {
        if let Some(known) = &self.laid_out {
            return known.clone();
        }
        // Known from the beginning, as its parts need it.
        let path = Path::new(crate::library::ROOT).join("lib/default.nxk");
        let Ok(opened) = self.files.open(&path, Span::NONE) else { return self.unknown() };
        let term = opened.term.clone();
        let file = self.enter_file(opened);
        let outside = Env { frame: None, facts: None, asked_for: None, file };
        let TermKind::Let { values, .. } = &term.kind else { return self.unknown() };
        let inner = self.outside(|checker| {
            checker.enter(values.iter().map(|value| Slot::Fresh(value.clone())).collect(), &outside)
        });
        let layout = values.iter().find_map(|value| match &value.kind {
            TermKind::Lambda(lambda) => match &lambda.body.kind {
                TermKind::Attrs(attrs) => Some(attrs),
                _ => None,
            },
            _ => None,
        });
        let Some(layout) = layout else { return self.unknown() };
        let call = self.outside(|checker| checker.enter(vec![Slot::Mono(Ty::any())], &inner));
        let fields = layout.fields.iter().map(|field| {
            let ty = Lazy::later(field.value.clone(), call.clone(), false);
            (field.name, Field { ty, presence: Presence::Required, span: Span::NONE, value: Span::NONE })
        });
        let library = row(Row { fields: fields.collect(), ..Row::default() });
        if let Some(frame) = call.frame {
            self.frames[frame as usize].slots[0] = Slot::Mono(library.clone());
        }
        self.laid_out = Some(library.clone());
        library
    }

    pub(super) fn in_library(&self, env: &Env) -> bool {
        self.all_files[env.file].opened.library
    }

    /// Whether the values of annotated bindings are looked at here: the library's are proved elsewhere.
    pub(super) fn looks_at_values(&self, env: &Env) -> bool {
        self.proves_library || !self.in_library(env)
    }
}
