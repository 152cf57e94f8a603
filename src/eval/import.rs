//! Files: found, read, parsed, desugared and evaluated once each.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::{LIBRARY_ROOT, error};
use crate::check::{Files, Opened};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::schema::Catalogue;
use crate::schema::crd::bundled::Asked;
use crate::source::{MAX_FILE_BYTES, ReadError, ReadErrorKind, SourceId, SourceKind, Span};
use crate::syntax::ast::{Expr, ExprKind, Formal, Formals, LambdaExpr, Param};
use crate::term::{self, Annotations, TermRef};
use crate::value::{Attr, Attrs, Env, Error, Evaluator, ImportState, Result, Understood, Value};

impl Evaluator {
    /// The value of the file at `path`: a file, or a folder with a `default.nxk` or `default.nix`.
    pub fn import(&mut self, path: &Path, span: Span) -> Result<Value> {
        let path = self.entry_file(path, span)?;
        match self.imports.get(&path) {
            Some(ImportState::Done(value)) => return Ok(value.clone()),
            Some(ImportState::Running(first)) => {
                let message = format!("`{}` is imported while it is still being evaluated", self.shown(&path));
                let first = *first;
                return Err(error(Code::ImportCycle, span, message).described(|finding| {
                    finding
                        .label("the circle closes here")
                        .also(first, "first imported here")
                        .hint("move what both files need into a third one")
                }));
            }
            None => {}
        }
        self.once(&path, span, |machine| {
            let understood = machine.term_at(&path, span)?;
            machine.eval(&understood.term, &Env::empty())
        })
    }

    /// The term of a file, read and parsed when it is first asked for.
    pub fn term_at(&mut self, path: &Path, span: Span) -> Result<Understood> {
        if let Some(understood) = self.terms.get(path) {
            return Ok(understood.clone());
        }
        let source = self.load(path, span)?;
        let packed = path.strip_prefix(LIBRARY_ROOT).ok().and_then(|inside| crate::library::terms(inside.to_str()?));
        let understood = match packed {
            Some(bytes) => {
                let (term, typed) = term::pack::unpack(bytes, self.sources.file(source).base);
                Understood { term, typed }
            }
            None => self.understood(source),
        };
        self.terms.insert(path.to_path_buf(), understood.clone());
        Ok(understood)
    }

    /// Evaluates a file that has been read already. Importing it later gives this value.
    pub fn enter(&mut self, path: &Path, term: &TermRef) -> Result<Value> {
        self.once(path, Span::NONE, |machine| machine.eval(term, &Env::empty()))
    }

    /// Makes the value of a file, known as running meanwhile, and keeps it.
    fn once(&mut self, path: &Path, span: Span, make: impl FnOnce(&mut Evaluator) -> Result<Value>) -> Result<Value> {
        self.imports.insert(path.to_path_buf(), ImportState::Running(span));
        let result = make(self);
        match &result {
            Ok(value) => self.imports.insert(path.to_path_buf(), ImportState::Done(value.clone())),
            Err(_) => self.imports.remove(path),
        };
        result
    }

    /// As [`Evaluator::import`], with the names of `scope` in scope around the whole file. The value is
    /// not kept: another scope would give another one.
    pub fn import_with(&mut self, scope: &Attrs, path: &Path, span: Span) -> Result<Value> {
        let path = self.entry_file(path, span)?;
        let known = self.sources.files().find(|(_, file)| file.path.as_deref() == Some(&path)).map(|(id, _)| id);
        let source = match known {
            Some(source) => source,
            None => self.load(&path, span)?,
        };
        self.deeper(span, |machine| {
            let term = machine.understand_in(source, scope);
            let function = machine.eval(&term, &Env::empty())?;
            machine.apply(&function, Value::attrs(scope.clone(), span).into(), span)
        })
    }

    /// The text as the body of a function whose arguments are the names of `scope`.
    fn understand_in(&mut self, source: SourceId, scope: &Attrs) -> TermRef {
        let file = self.sources.file(source);
        let kind = file.kind;
        let parsed = crate::syntax::parse(&file.text, file.base);
        self.findings.extend(parsed.diagnostics);
        let span = parsed.root.span;
        let formal =
            |attr: &Attr| Formal { name: attr.name, name_span: attr.span, annotation: None, default: None, doc: None };
        let formals = Formals { formals: scope.iter().map(formal).collect(), open: true, alias: None, span };
        let lambda = LambdaExpr { param: Param::Formals(formals), body: parsed.root };
        let wrapped = Expr { kind: ExprKind::Lambda(Box::new(lambda)), span };
        let names = self.names.clone();
        let desugared = term::desugar(&wrapped, &names, annotations(kind));
        self.findings.extend(desugared.diagnostics);
        desugared.root
    }

    /// Parses and desugars a text; what is wrong with it goes to the findings.
    pub fn understand(&mut self, source: SourceId) -> TermRef {
        self.understood(source).term
    }

    fn understood(&mut self, source: SourceId) -> Understood {
        let file = self.sources.file(source);
        let kind = file.kind;
        let parsed = crate::syntax::parse(&file.text, file.base);
        self.findings.extend(parsed.diagnostics);
        let names = self.names.clone();
        let desugared = term::desugar(&parsed.root, &names, annotations(kind));
        self.findings.extend(desugared.diagnostics);
        Understood { term: desugared.root, typed: desugared.typed }
    }

    /// Takes the text at `path` into the source map.
    pub fn load(&mut self, path: &Path, span: Span) -> Result<SourceId> {
        if let Ok(inside) = path.strip_prefix(LIBRARY_ROOT) {
            let inside = inside.display().to_string();
            let Some(text) = crate::library::text(&inside) else {
                return Err(error(Code::FileNotFound, span, format!("the standard library has no `{inside}`")));
            };
            return Ok(self.sources.add(
                format!("<nxk>/{inside}"),
                Some(path.to_path_buf()),
                text,
                SourceKind::Library,
            ));
        }
        let text = self.read(path, span)?;
        let name = self.shown(path);
        Ok(self.sources.add(name, Some(path.to_path_buf()), text, SourceKind::User))
    }

    /// The text of a file below the root.
    pub fn read(&mut self, path: &Path, span: Span) -> Result<Rc<str>> {
        self.world.read(path).map(Rc::from).map_err(|failure| self.unreadable(&failure, span))
    }

    /// A path as the user would type it.
    pub fn shown(&self, path: &Path) -> String {
        self.world.shown(path)
    }

    /// The file that importing `path` means, in the form under which it is known.
    pub fn entry_file(&mut self, path: &Path, span: Span) -> Result<PathBuf> {
        if path.starts_with(LIBRARY_ROOT) {
            return Ok(path.to_path_buf());
        }
        let confined = self.world.confine(path).map_err(|failure| self.unreadable(&failure, span))?;
        if !self.world.is_folder(&confined) {
            return Ok(confined);
        }
        let candidates = ["default.nxk", "default.nix"].map(|name| confined.join(name));
        let found = candidates.into_iter().find(|candidate| self.world.exists(candidate));
        found.ok_or_else(|| {
            let message = format!("the folder `{}` has no `default.nxk`", self.shown(&confined));
            let main = confined.join("main.nxk");
            let hint = match self.world.exists(&main) {
                true => format!("name the file in it: `{}`", self.shown(&main)),
                false => "name a file in it, or add `default.nxk`".to_string(),
            };
            error(Code::FileNotFound, span, message).described(|finding| finding.hint(hint))
        })
    }

    /// The file of the same folder whose name is nearest to that of `path`.
    fn nearby(&self, path: &Path) -> Option<String> {
        let entries = self.world.read_folder(path.parent()?).ok()?;
        did_you_mean(&path.file_name()?.to_string_lossy(), entries.iter().map(|(name, _)| name.as_str()))
    }

    /// The error for a file that cannot be read, needed by the expression at `span`.
    pub fn unreadable(&self, failure: &ReadError, span: Span) -> Error {
        let path = self.shown(&failure.path);
        let (code, message, hint) = match &failure.kind {
            ReadErrorKind::NotFound => (
                Code::FileNotFound,
                format!("there is no file `{path}`"),
                self.nearby(&failure.path)
                    .unwrap_or_else(|| "check the name and the folder it is relative to".to_string()),
            ),
            ReadErrorKind::IsFolder => {
                (Code::FileNotReadable, format!("`{path}` is a folder, not a file"), "name a file in it".into())
            }
            ReadErrorKind::NotRegular => (
                Code::FileNotReadable,
                format!("`{path}` is not a regular file"),
                "copy its content into a file".into(),
            ),
            ReadErrorKind::TooLarge(bytes) => (
                Code::FileTooLarge,
                format!("`{path}` is too large: {} MiB", bytes >> 20),
                format!("at most {} MiB are read; split it over several files", MAX_FILE_BYTES >> 20),
            ),
            ReadErrorKind::NotUtf8(offset) => (
                Code::NotUtf8,
                format!("`{path}` is not UTF-8 text: byte {} is not valid", offset + 1),
                "convert it to UTF-8".to_string(),
            ),
            ReadErrorKind::Binary => (
                Code::NotUtf8,
                format!("`{path}` is not a text file: it holds NUL bytes"),
                "name a text file".to_string(),
            ),
            ReadErrorKind::OutsideRoot => (
                Code::OutsideRoot,
                format!("`{}` lies outside the project", failure.path.display()),
                format!("reading is confined to `{}`; choose a wider root with `--root`", self.world.root().display()),
            ),
            ReadErrorKind::Other(system) => (
                Code::FileNotReadable,
                format!("`{path}` cannot be read: {system}"),
                "check its permissions".to_string(),
            ),
        };
        error(code, span, message).described(|finding| finding.hint(hint))
    }
}

/// The library's annotations are proved when it is built.
fn annotations(kind: SourceKind) -> Annotations {
    match kind {
        SourceKind::User => Annotations::Held,
        SourceKind::Library => Annotations::Trusted,
    }
}

impl Files for Evaluator {
    fn open(&mut self, path: &Path, span: Span) -> std::result::Result<Opened, Box<Diagnostic>> {
        let found = self.entry_file(path, span).and_then(|path| Ok((self.term_at(&path, span)?, path)));
        match found {
            Ok((Understood { term, typed }, path)) => {
                let library = path.starts_with(LIBRARY_ROOT);
                let nix = path.extension().is_some_and(|extension| extension == "nix");
                Ok(Opened { path, term, library, nix, typed })
            }
            Err(failure) => {
                let silent = || Diagnostic::new(Code::FileNotReadable, Span::NONE, "the file cannot be read");
                Err(Box::new(failure.diagnostic().unwrap_or_else(silent)))
            }
        }
    }

    fn catalogue(&mut self, schemas: &[(PathBuf, Span)], addons: Asked) -> &'static Catalogue {
        self.catalogue_with(schemas, addons)
    }

    fn text(&self, span: Span) -> &str {
        self.sources.text(span)
    }

    fn refused(&self, builtin: crate::symbol::Symbol) -> Option<&'static str> {
        self.names.refused.get(&builtin).copied()
    }

    fn is_user(&self, span: Span) -> bool {
        self.sources.is_user(span)
    }
}
