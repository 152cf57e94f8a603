//! From manifests that somebody else wrote to a configuration that makes the same objects.
//!
//! The idea: *guess, and prove*. A configuration that makes an object can be had in several ways. Layer 1 always can: the
//! object as it is. Layer 2 says the same in fewer words, if its defaults happen to be what the object says, and layer 3
//! says several objects at once, if nxk has made them. So the rules of `entries` and `applications` write what should make
//! the objects, and whether it does is found out by the only judge there is: the text is compiled, and what comes out is
//! compared with what went in. An object that comes out otherwise, or not at all, goes to the layer below, with all that
//! its application makes, and the text is tried again.
//!
//! ```text
//!  manifests ─clean─▶ objects ─plan─▶ entries ─text─▶ configuration ─proof─▶ the same? ──▶ done
//!                                ▲                                             │
//!                                └────────── these a layer lower ◀── not these ┘
//! ```
//!
//! All objects are tried in one compile, and each round takes what was wrong in it a layer down, where it stays. After
//! `ROUNDS` all that are in the highest layer go down together, so it ends. What layer 1 does not reproduce is told at the
//! manifest's place: nothing is lost silently.

mod applications;
mod clean;
mod compare;
mod compliance;
mod custom;
mod entries;
mod keys;
mod parts;
mod plan;
mod proof;
mod text;

use std::path::Path;

use crate::diag::{Code, Diagnostic};
use crate::driver::{Coverage, check_manifests};
use crate::layers::Object;
use crate::manifests::Manifests;
use crate::schema::{Catalogue, Minor, Version};
use crate::source::{SourceMap, Span};

use applications::Together;
use compliance::Compliance;
use custom::Custom;
use plan::{Definition, Ground, Layer, Plan, Wish};
use proof::{Claim, Verdict, Wrong};

/// So often a layer is tried before all that are left in it are given up.
const ROUNDS: usize = 4;

/// What is asked for.
pub struct Request<'a> {
    /// The Kubernetes version that the configuration is for; the newest if nothing is said.
    pub version: Option<Minor>,
    /// The folder in which the configuration will lie.
    pub root: &'a Path,
    /// What its file will be called.
    pub name: &'a str,
    /// Whether other files can lie beside it.
    pub beside: bool,
}

/// What came of it.
pub struct Imported {
    /// The configuration, unless there are errors.
    pub text: Option<String>,
    /// The files that it reads.
    pub beside: Vec<Beside>,
    /// What is wrong with the manifests, and what the configuration cannot say.
    pub findings: Vec<Diagnostic>,
    /// How much was checked.
    pub coverage: Vec<Coverage>,
}

/// A file beside the configuration.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Its path below the configuration's folder.
    pub name: String,
    /// Its content.
    pub text: String,
}

/// Makes a configuration of manifests.
pub fn import(mut read: Manifests, sources: &SourceMap, request: &Request<'_>) -> Imported {
    let catalogue = Catalogue::embedded();
    let wanted = request.version.unwrap_or(catalogue.newest().minor());
    let version = catalogue.versions().find(|version| version.minor() == wanted).unwrap_or(catalogue.newest());
    let custom = Custom::of(&read.objects, version);
    let (found, coverage) = check_manifests(&read, sources, &[version.minor()], &custom.unknown);
    let mut findings = std::mem::take(&mut read.findings);
    findings.extend(found.into_iter().filter(Diagnostic::is_error));
    let mut imported = Imported { text: None, beside: Vec::new(), findings, coverage };
    if !imported.has_errors() && read.objects.is_empty() {
        imported.findings.push(nothing());
    }
    if imported.has_errors() {
        return imported;
    }
    imported.findings.extend(read.objects.iter().filter_map(|object| custom.lost_null(object)));
    let mut objects = read.finished();
    let compliance = Compliance::of(&objects);
    let left_out = objects.iter_mut().filter_map(|object| clean::clean(object, &compliance));
    imported.findings.extend(left_out);
    let ways = Ways { objects: &objects, custom: &custom, version, request };
    let (result, beside) = ways.best(&compliance);
    if beside.is_empty() {
        imported.findings.extend(custom.unchecked(&objects));
    }
    imported.findings.extend(told(&objects, result.verdict));
    if !imported.has_errors() {
        imported.text = Some(result.text);
        imported.beside = beside;
    }
    imported
}

impl Imported {
    fn has_errors(&self) -> bool {
        self.findings.iter().any(Diagnostic::is_error)
    }
}

/// Nobody imports nothing on purpose.
fn nothing() -> Diagnostic {
    let finding = Diagnostic::new(Code::NotImported, Span::NONE, "there is no object here to make a configuration of");
    finding.hint("if another tool should have made them, look at what it says itself")
}

/// What can be said in several ways as a whole.
struct Ways<'a> {
    objects: &'a [Object],
    custom: &'a Custom,
    version: Version<'static>,
    request: &'a Request<'a>,
}

impl Ways<'_> {
    /// With definitions in files of their own, if that is possible and gives the same objects. The files belong to it.
    fn best(&self, compliance: &Compliance) -> (Attempt, Vec<Beside>) {
        if self.request.beside {
            let (definitions, beside) = custom::files(self.objects);
            let version = self.custom.known(self.version);
            let way = Way { definitions: &definitions, beside: &beside, version, ..self.plain(&self.custom.unknown) };
            let attempt = way.best(compliance);
            if attempt.verdict.holds() || beside.is_empty() {
                return (attempt, beside);
            }
        }
        (self.plain(&self.custom.opaque()).best(compliance), Vec::new())
    }

    fn plain<'o>(&'o self, opaque: &'o [String]) -> Way<'o> {
        let Ways { objects, version, request, .. } = *self;
        Way { objects, version, opaque, definitions: &[], beside: &[], request }
    }
}

/// From objects to text, by trying.
struct Way<'a> {
    objects: &'a [Object],
    version: Version<'static>,
    opaque: &'a [String],
    definitions: &'a [Definition],
    beside: &'a [Beside],
    request: &'a Request<'a>,
}

/// The last attempt.
struct Attempt {
    text: String,
    verdict: Verdict,
}

impl Way<'_> {
    /// With labels of compliance that mean something, or else without.
    fn best(&self, compliance: &Compliance) -> Attempt {
        let attempt = self.go(compliance);
        if attempt.verdict.holds() || compliance.is_plain(self.objects) {
            return attempt;
        }
        self.go(&compliance.elsewhere())
    }

    fn go(&self, compliance: &Compliance) -> Attempt {
        let ground = Ground {
            objects: self.objects,
            compliance,
            version: self.version,
            asked: self.request.version,
            opaque: self.opaque,
            definitions: self.definitions,
        };
        let mut wish = Wish::new(self.objects.len());
        let mut rounds = ROUNDS;
        loop {
            let plan = Plan::of(&ground, &wish);
            let written = text::write(&plan, wish.share);
            let verdict = proof::prove(&Claim {
                written: &written,
                objects: self.objects,
                prefix: compliance.new_prefix(),
                root: self.request.root,
                name: self.request.name,
                beside: self.beside,
            });
            let top = plan.layers.iter().copied().max().unwrap_or(Layer::Resources);
            if verdict.holds() || top == Layer::Resources {
                return Attempt { text: written.text, verdict };
            }
            // A mistake in what has a name is nobody's.
            if !verdict.general.is_empty() && std::mem::take(&mut wish.share) {
                continue;
            }
            rounds -= 1;
            let amended = amend(&mut wish, &plan, &verdict);
            if let Some(together) = less(wish.together, &plan, &verdict).filter(|_| top == Layer::Applications) {
                wish = Wish { together, share: wish.share, ..Wish::new(self.objects.len()) };
                rounds = ROUNDS;
            } else if !amended || rounds == 0 {
                // What is said of nothing that could be otherwise may be the fault of all that could.
                wish.leave(top);
                rounds = ROUNDS;
            }
        }
    }
}

/// What is to be said of all applications together, if that may be what is wrong: an environment has rules for each of
/// them, and what is wrong with none of them is the fault of all.
fn less(together: Together, plan: &Plan, verdict: &Verdict) -> Option<Together> {
    let refused =
        |(at, wrong): (&usize, &Wrong)| plan.layers[*at] == Layer::Applications && matches!(wrong, Wrong::Refused(..));
    let nobody = verdict.wrong.keys().all(|at| plan.layers[*at] == Layer::Resources);
    let environment = plan.framework.get("environment").is_some();
    match together {
        Together::Everything if environment && (nobody || verdict.wrong.iter().any(refused)) => {
            Some(Together::NoEnvironment)
        }
        Together::Everything | Together::NoEnvironment if nobody => Some(Together::Little),
        _ => None,
    }
}

/// Has what is wrong made in another way: that of an application with something added to it, if that is all it takes, else
/// all of the application's objects by the layer below, and so any other object. Answers whether there is anything.
fn amend(wish: &mut Wish, plan: &Plan, verdict: &Verdict) -> bool {
    let mut amended = false;
    for (at, wrong) in &verdict.wrong {
        match (plan.layers[*at], wrong) {
            (Layer::Resources, _) => continue,
            (Layer::Applications, Wrong::Differs(_, Some(patch))) if !wish.patches.contains_key(at) => {
                wish.patches.insert(*at, patch.clone());
            }
            (Layer::Applications, _) => {
                wish.highest[*at] = Layer::Entries;
                plan.together(*at).iter().for_each(|at| wish.highest[*at] = Layer::Entries);
            }
            (Layer::Entries, _) => wish.highest[*at] = Layer::Resources,
        }
        amended = true;
    }
    amended
}

/// What is wrong with the last attempt, at the places of the manifests.
fn told(objects: &[Object], verdict: Verdict) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> =
        verdict.wrong.into_iter().map(|(at, wrong)| refusal(&objects[at], wrong)).collect();
    findings.extend(verdict.general.into_iter().map(|message| not_imported(Span::NONE, cannot_say(&message))));
    findings.extend(verdict.warnings.into_iter().map(|(at, mut warning)| {
        warning.primary.span = place(&objects[at], warning.path.as_deref().unwrap_or_default());
        warning.secondary.clear();
        warning
    }));
    findings
}

fn refusal(object: &Object, wrong: Wrong) -> Diagnostic {
    let finding = match wrong {
        Wrong::Refused(message, path) => {
            let (message, found) = without_key(message);
            let path = path.or(found).unwrap_or_default();
            not_imported(place(object, &path), cannot_say(&message))
        }
        Wrong::Differs(path, _) if path.is_empty() => {
            not_imported(object.entry, format!("a configuration does not keep {object}"))
        }
        Wrong::Differs(path, _) => {
            not_imported(place(object, &path), format!("a configuration does not keep `{path}` as it is"))
        }
    };
    finding.object(object.to_string())
}

fn not_imported(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(Code::NotImported, span, message).hint("leave the object to what makes it now, or change it")
}

fn cannot_say(message: &str) -> String {
    format!("a configuration cannot say this: {message}")
}

/// The place of a field, or of the whole object where there is none.
fn place(object: &Object, path: &str) -> Span {
    // Findings about secrets write the last key between quotes.
    let quoted = path.strip_suffix('"').and_then(|path| path.split_once(".\""));
    let node = match quoted {
        Some((map, key)) => object.node.at_path(map).and_then(|map| map.get(key)),
        None if path.is_empty() => None,
        None => object.node.at_path(path),
    };
    node.map_or(object.entry, |node| node.span.or(object.entry))
}

/// A message about `resources."<key>".<path>` is one about the path, to whoever knows of no key; and that path.
fn without_key(message: String) -> (String, Option<String>) {
    let parts = message.split_once("`resources.\"").and_then(|(before, rest)| {
        let (_, rest) = rest.split_once("\".")?;
        let (path, _) = rest.split_once('`')?;
        Some((format!("{before}`{rest}"), path.to_owned()))
    });
    parts.map_or((message, None), |(message, path)| (message, Some(path)))
}
