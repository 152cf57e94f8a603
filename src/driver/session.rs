//! One run: what is asked for, what the machine knows, what was found.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{Evaluated, SecretSetting, Setting, Timings};
use crate::check::{self, Goal, Opened};
use crate::diag::{Diagnostic, Severity};
use crate::eval::error;
use crate::schema::Catalogue;
use crate::source::{ReadError, ReadErrorKind, SourceId, SourceKind, Span, World};
use crate::syntax;
use crate::syntax::ast::ExprKind;
use crate::term::{self, Annotations, Term, TermKind, TermRef};
use crate::types::TypeRef;
use crate::value::{Env, Evaluator, Kubernetes, Understood};
use crate::{graph, layers, policy, seal};

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
    /// The `--set-secret`s, in order.
    pub secrets: Vec<SecretSetting>,
    /// The commit to write into the objects, instead of the repository's.
    pub source_commit: Option<String>,
    /// The day on which exceptions have to hold, instead of today.
    pub date: Option<jiff::civil::Date>,
}

/// A run in progress.
pub struct Session {
    /// The evaluator, with all sources and findings.
    pub machine: Evaluator,
    /// What is asked for.
    pub request: Request,
    /// How long the stages took.
    pub timings: Timings,
    /// How many findings there were before anything was evaluated.
    pub(super) found_early: usize,
    /// Whether nobody will ask how the result came about, so that what has been used can be let go of.
    pub(super) forgets: bool,
    /// Whether another run of the same request looks for what is wrong, so that nothing is computed only to find it.
    pub(super) trusts: bool,
}

/// The entry's text as a tree.
pub struct Parsed {
    source: SourceId,
    tree: syntax::Parsed,
    /// Whether something in it could not be read.
    broken: bool,
}

/// The entry with its names resolved and its types checked.
pub struct Checked {
    /// Ready to be evaluated.
    pub(super) term: TermRef,
    /// The entry's place among the sources.
    pub(super) source: SourceId,
    /// Whether anything in it is not Nix.
    typed: bool,
    /// The type of its value.
    ty: Option<TypeRef>,
    /// Whether anything in it, or in a file it reaches, is left to be checked at run time.
    dynamic: bool,
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
        Ok(Session::within(world, request))
    }

    /// A run for this request that sees this much of the machine.
    pub(super) fn within(world: World, request: Request) -> Session {
        let mut machine = machine(world);
        // A version that is not known is reported where it is looked at as the configuration's.
        let asked = request.kubernetes_version.as_deref();
        if let Some(Ok(version)) = asked.map(|text| Catalogue::embedded().version(text, Span::NONE)) {
            machine.kubernetes = Kubernetes::Known(version);
        }
        let timings = Timings::default();
        Session { machine, request, timings, found_early: 0, forgets: false, trusts: false }
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

    /// Resolves names, and checks the entry as a configuration, with all files that it reaches.
    pub fn check(&mut self, parsed: Parsed) -> Checked {
        self.check_as(parsed, Goal::Configuration)
    }

    /// Resolves names, and checks the entry as what `goal` says, with all files that it reaches.
    pub fn check_as(&mut self, parsed: Parsed, goal: Goal) -> Checked {
        let start = Instant::now();
        let checked = self.understand(parsed);
        let checked = self.check_types(checked, goal);
        self.timings.add("check", start.elapsed());
        checked
    }

    /// The configuration, evaluated without a look for mistakes: another run of the same request looks for them.
    pub(super) fn evaluate_trusting(&mut self) -> Option<Evaluated> {
        self.trusts = true;
        let parsed = self.parse()?;
        let checked = self.understand(parsed);
        self.evaluate(checked)
    }

    /// What can be said without evaluating anything.
    fn check_types(&mut self, checked: Checked, goal: Goal) -> Checked {
        let path = self.machine.sources.file(checked.source).path.clone().unwrap_or_default();
        let understood = Understood { term: checked.term.clone(), typed: checked.typed };
        self.machine.terms.insert(path.clone(), understood);
        let nix = path.extension().is_some_and(|extension| extension == "nix");
        let entry = Opened { path, term: checked.term.clone(), library: false, nix, typed: checked.typed };
        let version = match self.machine.kubernetes {
            Kubernetes::Known(version) => Some(version),
            Kubernetes::Asked { .. } => None,
        };
        let found = check::check(&mut self.machine, entry, goal, version);
        self.machine.findings.extend(found.findings);
        self.machine.findings.sort_by_key(|finding| finding.primary.span);
        self.found_early = self.machine.findings.len();
        Checked { ty: Some(found.ty), dynamic: found.dynamic, ..checked }
    }

    fn understand(&mut self, parsed: Parsed) -> Checked {
        let names = self.machine.names.clone();
        let mut desugared = term::desugar(&parsed.tree.root, &names, Annotations::Held);
        self.machine.findings.append(&mut desugared.diagnostics);
        // What is left of a broken file may be no configuration at all; to say so would be no news.
        let literal = matches!(
            parsed.tree.root.kind,
            ExprKind::Str(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::List(_) | ExprKind::Path(_)
        );
        if parsed.broken && literal {
            let term = Term::new(TermKind::Error, desugared.root.span);
            return Checked { term, source: parsed.source, typed: false, ty: None, dynamic: true };
        }
        Checked { term: desugared.root, source: parsed.source, typed: desugared.typed, ty: None, dynamic: true }
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

    /// The type of the entry's value, as it was found out.
    pub fn ty(&self) -> Option<&TypeRef> {
        self.ty.as_ref()
    }

    /// Whether anything is left to be checked at run time.
    pub fn is_dynamic(&self) -> bool {
        self.dynamic
    }
}

/// An evaluator with everything installed that the language offers.
fn machine(world: World) -> Evaluator {
    let mut machine = Evaluator::new(world);
    machine.install(&[layers::NATIVES, graph::NATIVES, policy::admission::NATIVES, seal::NATIVES]);
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
