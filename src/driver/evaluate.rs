//! The configuration's fixpoint, and its objects.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

use ecow::EcoString;
use rustc_hash::FxHashSet;

use super::examine::{Examined, Examiner};
use super::schema::VersionSchema;
use super::{Checked, Session};
use crate::diag::{Code, Diagnostic};
use crate::eval::{Depth, LIBRARY_ROOT, error};
use crate::gitops;
use crate::graph::declared::{self, Graph};
use crate::layers::Object;
use crate::lower::lower_to_objects;
use crate::modules::{Configuration, PLAIN, Request as Modules};
use crate::node::Node;
use crate::parallel;
use crate::policy::level::Level;
use crate::policy::{Compliance, MandatoryLabels, OriginAnnotations, Trace};
use crate::schema::{Catalogue, Target};
use crate::secret::HIDDEN;
use crate::source::{SourceKind, Span};
use crate::symbol::Symbol;
use crate::types::Type;
use crate::value::{Attrs, AttrsBuilder, Env, Error, Evaluator, Kind, Kubernetes, Result, Thunk, Value};

/// The evaluated configuration.
pub struct Evaluated {
    /// The fixpoint of all modules.
    pub configuration: Rc<Configuration>,
    /// `framework`, finished.
    pub framework: Node,
    /// Who connects to whom, as it is declared; nothing in a run that trusts another one.
    pub graph: Graph,
    /// What the objects are for.
    pub target: Target<'static>,
    /// The place of the lock file of its sealed secrets; there need not be one.
    pub secrets_lock: PathBuf,
    /// The keys of the objects that tell a GitOps tool what to deploy, and are not deployed with it.
    pub(super) apart: FxHashSet<EcoString>,
}

/// Layer 1, complete: labelled and traceable.
pub struct Lowered {
    /// The objects by key.
    pub objects: Vec<Object>,
    /// What was found in each of them.
    pub(super) examined: Vec<Examined>,
    /// What they say of their origin.
    pub trace: Trace,
}

impl Session {
    /// Evaluates the configuration together with the layers, and reports everything that is wrong with
    /// its options. `None` when not even its modules can be told.
    pub fn evaluate(&mut self, checked: Checked) -> Option<Evaluated> {
        let start = Instant::now();
        let evaluated = self.fixpoint(&checked);
        self.timings.add("evaluate", start.elapsed());
        match evaluated {
            Ok(evaluated) => Some(evaluated),
            Err(failure) => {
                self.machine.report(&failure);
                None
            }
        }
    }

    /// Forces all objects, and gives each the labels and annotations that every object has. While one is made, those
    /// before it are examined on the other cores.
    pub fn lower(&mut self, evaluated: &Evaluated) -> Lowered {
        let start = Instant::now();
        let compliance = evaluated.compliance();
        let mut labels = MandatoryLabels::new(&compliance);
        let mut trace = self.trace(evaluated);
        let mut origin = OriginAnnotations::new(&trace, &compliance.prefix);
        let examiner = Examiner::new(evaluated);
        let machine = &mut self.machine;
        let examine = |object: Object| (examiner.examine(&object), object);
        let (made, objects) = parallel::alongside(examine, |hand_out| {
            let all = |_| true;
            lower_to_objects(machine, &evaluated.configuration, &evaluated.target, all, |machine, mut object| {
                labels.put_on(&mut object, &machine.sources);
                origin.put_on(&mut object);
                hand_out(object);
            })
        });
        if let Err(failure) = made {
            machine.report(&failure);
        }
        machine.findings.append(&mut labels.findings);
        machine.findings.append(&mut origin.findings);
        let (examined, mut objects): (Vec<Examined>, Vec<Object>) = objects.into_iter().unzip();
        // A file that nothing but an object needs has been read only now, and makes it another build.
        let inputs = self.inputs(evaluated);
        if inputs.build_id() != trace.build_id {
            trace = self.trace_of(&inputs);
            let late = OriginAnnotations::new(&trace, &compliance.prefix);
            objects.iter_mut().for_each(|object| late.put_over(&origin, object));
        }
        evaluated.tell_gitops(&mut objects);
        self.timings.add("lower", start.elapsed());
        Lowered { objects, examined, trace }
    }

    /// The objects of the same configuration with further modules, as they are made: those whose keys are `wanted`, and not
    /// examined. What is wrong with them goes to the findings.
    pub(super) fn lower_unexamined(
        &mut self,
        evaluated: &Evaluated,
        configuration: &Configuration,
        wanted: impl Fn(Symbol) -> bool,
    ) -> Vec<Object> {
        let compliance = evaluated.compliance();
        let mut labels = MandatoryLabels::new(&compliance);
        let mut objects = Vec::new();
        let made =
            lower_to_objects(&mut self.machine, configuration, &evaluated.target, wanted, |machine, mut object| {
                labels.put_on(&mut object, &machine.sources);
                objects.push(object);
            });
        if let Err(failure) = made {
            self.machine.report(&failure);
        }
        objects
    }

    /// Writes into such objects what can be said once all of them are there: what they were made from, and what a
    /// GitOps tool has to know of each.
    pub(super) fn complete_unexamined(&self, evaluated: &Evaluated, objects: &mut [Object]) {
        let mut origin = OriginAnnotations::new(&self.trace(evaluated), &evaluated.compliance().prefix);
        objects.iter_mut().for_each(|object| origin.put_on(object));
        evaluated.tell_gitops(objects);
    }

    fn fixpoint(&mut self, checked: &Checked) -> Result<Evaluated> {
        let entry = self.entry(checked);
        let layers = Path::new(LIBRARY_ROOT).join("layers/default.nxk");
        let layers = Thunk::defer(move |machine| machine.import(&layers, Span::NONE));
        let mut modules = vec![layers, entry];
        let secrets_lock = self.lock_path(checked.source);
        let special_args = self.special_args(&secrets_lock);
        // The settings are read as the options' types say, so the declarations are needed first.
        let (declared, provisional) = self.configuration(modules.clone(), special_args.clone())?;
        let settings = self.settings(&declared)?;
        let (configuration, decided) = match settings.is_empty() {
            true => (declared, provisional.clone()),
            false => {
                modules.extend(settings);
                self.configuration(modules, special_args)?
            }
        };
        let machine = &mut self.machine;
        let framework = configuration.get(machine, &[Symbol::new("framework")])?;
        let schemas = configuration.get(machine, &[Symbol::new("schemas")])?;
        let addons = configuration.get(machine, &["framework", "addons"].map(Symbol::new))?;
        let (addons, unknown) = machine.addons_asked_for(&addons)?;
        machine.findings.extend(unknown);
        let catalogue = machine.catalogue_of(&schemas, addons)?;
        let target = target(machine, &framework, catalogue)?;
        machine.kubernetes = Kubernetes::Known(target.version);
        agrees(&provisional, &target)?;
        agrees(&decided, &target)?;
        machine.objects = Some(Rc::new(VersionSchema::new(target.version)));
        let graph = if self.trusts { Graph::default() } else { examined_options(machine, &configuration) };
        let framework = machine.node(&framework.into(), Depth::Everything, Span::NONE)?;
        let apart = set_apart(machine, &configuration);
        Ok(Evaluated { configuration, framework, graph, target, secrets_lock, apart })
    }

    /// The entry as a module: by its path, so that a file that imports it back means this very module.
    fn entry(&mut self, checked: &Checked) -> Thunk {
        let path = self.machine.sources.file(checked.source).path.clone();
        match path {
            Some(path) if self.machine.enter(&path, &checked.term).is_ok() => {
                Value::new(Kind::Path(path.into()), Span::NONE).into()
            }
            // Evaluated again where modules are collected, the failure is reported there.
            _ => Thunk::suspend(checked.term.clone(), Env::empty()),
        }
    }

    /// A configuration, and the Kubernetes version that it is for: computed when its types are needed.
    fn configuration(&mut self, modules: Vec<Thunk>, special_args: Attrs) -> Result<(Rc<Configuration>, Thunk)> {
        let whole: Rc<OnceCell<Rc<Configuration>>> = Rc::default();
        let (known, asked) = (whole.clone(), self.request.kubernetes_version.clone());
        let version = Thunk::defer(move |machine| match (asked, known.get()) {
            (Some(version), _) => Ok(Value::string(version, Span::NONE)),
            (None, Some(whole)) => whole.get(machine, &["framework", "kubernetesVersion"].map(Symbol::new)),
            (None, None) => Err(types_too_early()),
        });
        let option = |path: &'static [&'static str]| {
            let known = whole.clone();
            Thunk::defer(move |machine| match known.get() {
                Some(whole) => whole.get(machine, &path.iter().map(|name| Symbol::new(name)).collect::<Vec<_>>()),
                None => Err(types_too_early()),
            })
        };
        let (schemas, addons) = (option(&["schemas"]), option(&["framework", "addons"]));
        self.machine.kubernetes = Kubernetes::Asked { version: version.clone(), schemas, addons };
        let configuration = self.machine.eval_modules(Modules {
            modules,
            special_args,
            forgets: self.forgets,
            ..Modules::default()
        })?;
        Ok((whole.get_or_init(|| configuration).clone(), version))
    }

    /// What modules may ask for by name besides `config`, `options` and `lib`.
    fn special_args(&self, secrets_lock: &Path) -> Attrs {
        let project =
            self.machine.world.root().file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let project = crate::layers::names::kebab(&project);
        let valid = crate::types::named("DnsLabel").is_some_and(|label| (label.check)(&project));
        let newest = Catalogue::embedded().newest().minor().to_string();
        let mut defaults = AttrsBuilder::new();
        defaults.add("project", Span::NONE, Value::string(if valid { project } else { "project".into() }, Span::NONE));
        defaults.add("kubernetesVersion", Span::NONE, Value::string(newest, Span::NONE));
        let lock = Value::new(Kind::Path(secrets_lock.to_path_buf().into()), Span::NONE);
        defaults.add("secretsLock", Span::NONE, lock);
        let mut special = AttrsBuilder::new();
        special.add("defaults", Span::NONE, Value::attrs(defaults.build(), Span::NONE));
        // Modules of the library can be named in `disabledModules`, and imported.
        special.add("modulesPath", Span::NONE, Value::new(Kind::Path(Rc::new(LIBRARY_ROOT.into())), Span::NONE));
        special.build()
    }

    /// A module for every `--set` and `--set-secret`, and for `--k8s-version`.
    fn settings(&mut self, declared: &Configuration) -> Result<Vec<Thunk>> {
        let mut modules = Vec::new();
        if let Some(version) = self.request.kubernetes_version.clone() {
            let span = self.command_line_text(&version);
            let path = ["framework", "kubernetesVersion"].map(Symbol::new);
            modules.push(forced(&path, Value::string(version, span), span));
        }
        for setting in self.request.settings.clone() {
            let path = setting.symbols();
            let ty = declared.type_at(&mut self.machine, &path);
            self.know_members(ty.as_deref());
            let shown = setting.shown(ty.as_deref());
            let span = self.command_line_text(&format!("{}={shown}", setting.path.join(".")));
            let value = setting.read(ty.as_deref(), span)?;
            modules.push(forced(&path, value, span));
        }
        for setting in self.request.secrets.clone() {
            // Where a secret is, is nobody's business either: people mistake the place for the secret.
            let span = self.command_line_text(&format!("{}={HIDDEN}", setting.path.join(".")));
            let path = setting.symbols();
            let ty = declared.type_at(&mut self.machine, &path);
            let value = setting.read(ty.as_deref(), span)?;
            modules.push(forced(&path, value, span));
        }
        Ok(modules)
    }

    /// Computes what a union is of: how a text is read depends on it.
    fn know_members(&mut self, ty: Option<&Type>) {
        if let Some(Type::Union(members)) = ty.map(Type::peeled) {
            for member in members {
                // What fails is told where the type is used.
                let _ = self.machine.resolve(member);
            }
        }
    }

    /// The span of a text from the command line, so that findings can point at it.
    pub(super) fn command_line_text(&mut self, text: &str) -> Span {
        let source = self.machine.sources.add("<command line>", None, text, SourceKind::User);
        self.machine.sources.file(source).span(0..text.len())
    }
}

impl Evaluated {
    /// `framework.compliance`.
    pub fn compliance(&self) -> Compliance {
        self.framework.get("compliance").map(Compliance::read).unwrap_or_default()
    }

    /// `framework.environment`; empty where it is not said.
    pub fn environment(&self) -> &str {
        self.framework.get("environment").and_then(Node::as_str).unwrap_or_default()
    }

    /// Says to a GitOps tool what it has to know of the objects.
    fn tell_gitops(&self, objects: &mut [Object]) {
        if let Some(gitops) = self.framework.get("gitops") {
            gitops::annotate(objects, &self.graph, gitops, &self.apart);
        }
    }

    /// The level that the environment's profile demands of whatever speaks of compliance.
    pub fn environment_level(&self) -> Level {
        let level = self.framework.at(&["environments", self.environment(), "level"]).and_then(Node::as_str);
        level.and_then(Level::named).unwrap_or_default()
    }
}

/// The keys of the objects that are set apart from the others.
fn set_apart(machine: &mut Evaluator, configuration: &Configuration) -> FxHashSet<EcoString> {
    let keys = configuration.get(machine, &[Symbol::new("gitopsObjects")]);
    // What cannot be computed has been reported when the options were checked.
    let keys = keys.and_then(|keys| machine.node(&keys.into(), Depth::Everything, Span::NONE)).ok();
    let keys = keys.as_ref().and_then(Node::as_list).unwrap_or_default();
    keys.iter().filter_map(Node::as_str).map(EcoString::from).collect()
}

/// Reports what is wrong with the options, and what the configuration says of itself. Gives its graph, which is computed once
/// and for all; objects are computed where they are lowered.
fn examined_options(machine: &mut Evaluator, configuration: &Configuration) -> Graph {
    configuration.check(machine, &["resources", "graph"].map(Symbol::new));
    say_what_modules_say(machine, configuration);
    declared::declared(machine, configuration).unwrap_or_else(|failure| {
        machine.report(&failure);
        Graph::default()
    })
}

/// Reports the configuration's own `assertions` that do not hold, and its `warnings`.
fn say_what_modules_say(machine: &mut Evaluator, configuration: &Configuration) {
    // What cannot be computed has been reported when the options were checked.
    if let Ok(assertions) = configuration.get(machine, &[Symbol::new("assertions")]) {
        machine.check_assertions(&assertions.into());
    }
    if let Ok(warnings) = configuration.get(machine, &[Symbol::new("warnings")]) {
        machine.check_warnings(&warnings.into());
    }
}

/// A type of `k8s` is needed before the modules are known.
fn types_too_early() -> Error {
    let message = "which modules there are depends on a type of `k8s`, whose version they decide";
    error(Code::InfiniteRecursion, Span::NONE, message)
        .described(|finding| finding.label("needed here").hint("name the version with `--k8s-version`"))
}

/// Types that were needed before the target was known have to be the target's: settings are read by them, and
/// may change it.
fn agrees(used: &Thunk, target: &Target<'_>) -> Result<()> {
    let Some(Value { kind: Kind::Str(text), .. }) = used.peek() else { return Ok(()) };
    let (Ok(used), target) = (Catalogue::embedded().version(&text, Span::NONE), target.version) else { return Ok(()) };
    let (used, target) = (used.minor(), target.minor());
    if used == target {
        return Ok(());
    }
    let message = format!("`framework.kubernetesVersion` is {target}, but settings are read by the types of {used}");
    Err(error(Code::BadSetting, Span::NONE, message)
        .described(|finding| finding.hint(format!("name the version with `--k8s-version {target}`"))))
}

/// The Kubernetes version that the configuration is for.
fn target(machine: &mut Evaluator, framework: &Value, catalogue: &'static Catalogue) -> Result<Target<'static>> {
    let newest = Target::new(catalogue.newest());
    let Kind::Attrs(framework) = &framework.kind else { return Ok(newest) };
    let Some(version) = framework.named("kubernetesVersion").cloned() else { return Ok(newest) };
    let version = machine.force_at(&version.value, version.span)?;
    let Kind::Str(text) = &version.kind else { return Ok(newest) };
    match catalogue.version(text, version.origin) {
        Ok(version) => Ok(Target::new(version)),
        Err(finding) => {
            // Everything else is worth checking all the same, against what is known best.
            machine.findings.push(finding);
            Ok(newest)
        }
    }
}

/// `{ a.b = mkOverride SETTING_PRIORITY value; }`
fn forced(path: &[Symbol], value: Value, span: Span) -> Thunk {
    nested(&[(path, overriding(value, SETTING_PRIORITY, span))], 0, &mut |_| PLAIN).into()
}

/// One set of values with paths, those of a set next to each other; of all of them the first `depth` names are
/// the same. Further out a unit takes part in a merge: there it is as strong as `strength` says.
pub(super) fn nested(units: &[(&[Symbol], Value)], depth: usize, strength: &mut impl FnMut(&[Symbol]) -> i64) -> Value {
    if let [(path, value)] = units
        && path.len() == depth
    {
        return value.clone();
    }
    let mut set = AttrsBuilder::new();
    for inside in units.chunk_by(|(a, _), (b, _)| a[depth] == b[depth]) {
        let span = inside[0].1.origin;
        set.add(inside[0].0[depth], span, nested(inside, depth + 1, strength));
    }
    let set = Value::attrs(set.build(), units.first().map_or(Span::NONE, |(_, value)| value.origin));
    match strength(units.first().map_or(&[], |(path, _)| &path[..depth])) {
        PLAIN => set,
        other => overriding(set, other, Span::NONE),
    }
}

/// `mkOverride priority value`
pub(super) fn overriding(value: Value, priority: i64, span: Span) -> Value {
    let mut definition = AttrsBuilder::new();
    definition.add("_type", span, Value::string("override", span));
    definition.add("priority", span, Value::int(priority, span));
    definition.add("content", span, value);
    Value::attrs(definition.build(), span)
}

/// Lower than `mkForce`'s 50, so that the command line has the last word.
pub(super) const SETTING_PRIORITY: i64 = 40;

/// A finding without a place of the user's gets one: of what the user wrote into the part of the object that it is
/// about, else of the entry that the object was made from.
pub(super) fn placed(mut finding: Diagnostic, machine: &Evaluator, object: &Object) -> Diagnostic {
    let is_user = |span: Span| machine.sources.is_user(span);
    if is_user(finding.primary.span) {
        return finding;
    }
    let part = finding.path.as_deref().and_then(|path| object.node.at_path(path));
    let place = part.and_then(|part| part.find_place(&is_user)).unwrap_or(object.entry);
    if is_user(place) {
        let inner = std::mem::replace(&mut finding.primary.span, place);
        finding = finding.also(inner, "made here by a layer");
    }
    finding
}
