//! One run: what is asked for, what the machine knows, what was found.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{Setting, Timings};
use crate::diag::{Diagnostic, Severity};
use crate::eval::error;
use crate::schema::Catalogue;
use crate::source::{ReadError, ReadErrorKind, SourceId, SourceKind, Span, World};
use crate::syntax;
use crate::syntax::ast::ExprKind;
use crate::term::{self, Annotations, Term, TermKind, TermRef};
use crate::value::{Env, Evaluator, Kubernetes};
use crate::{graph, layers, modules};

/// What a run is asked to do.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The entry: a file, or a folder with a `default.nxk`.
    pub entry: PathBuf,
    /// The folder that reading is confined to; the entry's own where missing.
    pub root: Option<PathBuf>,
    /// The Kubernetes version, over the configuration's.
    pub kubernetes_version: Option<String>,
    /// The `--set`s, in order.
    pub settings: Vec<Setting>,
    /// The commit to write into the objects, instead of the repository's.
    pub source_commit: Option<String>,
}

/// A run in progress.
pub struct Session {
    /// The evaluator, with all sources and findings.
    pub machine: Evaluator,
    /// What is asked for.
    pub request: Request,
    /// How long the stages took.
    pub timings: Timings,
}

/// The entry's text as a tree.
pub struct Parsed {
    source: SourceId,
    tree: syntax::Parsed,
    /// Whether something in it could not be read.
    broken: bool,
}

/// The entry with its names resolved.
pub struct Checked {
    /// Ready to be evaluated.
    pub(super) term: TermRef,
    /// The entry's place among the sources.
    pub(super) source: SourceId,
}

impl Session {
    /// A run for this request.
    ///
    /// # Errors
    /// When the root is not there.
    pub fn new(request: Request) -> Result<Session, Box<Diagnostic>> {
        let folder = match request.entry.parent() {
            _ if request.entry.is_dir() => request.entry.as_path(),
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let root = request.root.as_deref().unwrap_or(folder);
        let world = World::new(root).map_err(|failure| Box::new(missing_root(&failure, &request.entry)))?;
        let mut machine = machine(world);
        // A version that is not known is reported where it is looked at as the configuration's.
        let asked = request.kubernetes_version.as_deref();
        if let Some(Ok(version)) = asked.map(|text| Catalogue::embedded().version(text, Span::NONE)) {
            machine.kubernetes = Kubernetes::Known(version);
        }
        Ok(Session { machine, request, timings: Timings::default() })
    }

    /// Reads the entry and parses it.
    pub fn parse(&mut self) -> Option<Parsed> {
        let start = Instant::now();
        let path = std::path::absolute(&self.request.entry).unwrap_or_else(|_| self.request.entry.clone());
        let loaded = self.machine.entry_file(&path, Span::NONE).and_then(|path| self.machine.load(&path, Span::NONE));
        let source = match loaded {
            Ok(source) => source,
            Err(failure) => {
                self.machine.report(&failure);
                return None;
            }
        };
        let parsed = self.parse_source(source);
        self.timings.add("parse", start.elapsed());
        Some(parsed)
    }

    /// Takes in a text that is not in a file (`-E`) and parses it.
    pub fn parse_text(&mut self, name: &str, text: &str) -> Parsed {
        // Paths in it are relative to the root, as if it were a file there.
        let path = self.machine.world.root().join(name);
        let source = self.machine.sources.add(name, Some(path), text, SourceKind::User);
        self.parse_source(source)
    }

    fn parse_source(&mut self, source: SourceId) -> Parsed {
        let file = self.machine.sources.file(source);
        let mut tree = syntax::parse(&file.text, file.base);
        let broken = !tree.diagnostics.is_empty();
        self.machine.findings.append(&mut tree.diagnostics);
        Parsed { source, tree, broken }
    }

    /// Resolves names.
    pub fn check(&mut self, parsed: Parsed) -> Checked {
        let start = Instant::now();
        let names = self.machine.names.clone();
        let mut desugared = term::desugar(&parsed.tree.root, &names, Annotations::Held);
        self.machine.findings.append(&mut desugared.diagnostics);
        self.timings.add("check", start.elapsed());
        // What is left of a broken file may be no configuration at all; to say so would be no news.
        let literal = matches!(
            parsed.tree.root.kind,
            ExprKind::Str(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::List(_) | ExprKind::Path(_)
        );
        if parsed.broken && literal {
            return Checked { term: Term::new(TermKind::Error, desugared.root.span), source: parsed.source };
        }
        Checked { term: desugared.root, source: parsed.source }
    }

    /// The value of an expression, not as a configuration but as it is.
    pub fn value(&mut self, checked: &Checked) -> crate::value::Thunk {
        crate::value::Thunk::suspend(checked.term.clone(), Env::empty())
    }

    /// Whether something was found that keeps the output from being written.
    pub fn has_errors(&self) -> bool {
        self.machine.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

impl Parsed {
    /// The entry's place among the sources.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The tree and the tokens.
    pub fn tree(&self) -> &syntax::Parsed {
        &self.tree
    }
}

impl Checked {
    /// The desugared expression.
    pub fn term(&self) -> &TermRef {
        &self.term
    }
}

/// An evaluator with everything installed that the language offers.
fn machine(world: World) -> Evaluator {
    let mut machine = Evaluator::new(world);
    machine.install(&[modules::NATIVES, layers::NATIVES, graph::NATIVES]);
    machine
}

fn missing_root(failure: &ReadError, entry: &Path) -> Diagnostic {
    let message = match failure.kind {
        ReadErrorKind::NotFound => format!("there is no file `{}`", entry.display()),
        _ => format!("the folder `{}` cannot be read", failure.path.display()),
    };
    let code = match failure.kind {
        ReadErrorKind::NotFound => crate::diag::Code::FileNotFound,
        _ => crate::diag::Code::FileNotReadable,
    };
    let finding = error(code, Span::NONE, message).described(|finding| finding.hint("check the name and the folder"));
    finding.diagnostic().unwrap_or_else(|| Diagnostic::new(code, Span::NONE, "the entry cannot be read"))
}
