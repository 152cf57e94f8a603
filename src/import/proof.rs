//! The proof of a configuration: it is compiled, and what comes out is held against the objects that should.

use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::FxHashMap;

use super::Beside;
use super::clean::forget_trace;
use super::compare::{addition, difference};
use super::text::Written;
use crate::diag::{Code, Diagnostic};
use crate::driver::{Request as Run, Session};
use crate::layers::{Identity, Object};
use crate::node::Node;
use crate::source::Span;

/// What the proof is about.
pub(super) struct Claim<'a> {
    /// The configuration.
    pub written: &'a Written,
    /// The objects that it should make.
    pub objects: &'a [Object],
    /// The domain of what a compile writes into all objects.
    pub prefix: &'a str,
    /// The folder that the configuration will lie in.
    pub root: &'a Path,
    /// What it will be called.
    pub name: &'a str,
    /// The files that will lie beside it, with their texts.
    pub beside: &'a [Beside],
}

/// What came of it.
#[derive(Default)]
pub(super) struct Verdict {
    /// By object, what is wrong.
    pub wrong: BTreeMap<usize, Wrong>,
    /// What is wrong with no object of its own, in words.
    pub general: Vec<String>,
    /// What the compile warns of that is worth repeating, with the objects.
    pub warnings: Vec<(usize, Diagnostic)>,
}

/// What is wrong with one object.
pub(super) enum Wrong {
    /// It does not compile, in words, and where in the object.
    Refused(String, Option<String>),
    /// It differs at this path, the empty one where it is not there; with what layer 1 could add to make up for it.
    Differs(String, Option<Node>),
}

impl Verdict {
    /// Whether the configuration makes the very objects.
    pub fn holds(&self) -> bool {
        self.wrong.is_empty() && self.general.is_empty()
    }
}

/// Compiles the configuration, and compares.
pub(super) fn prove(claim: &Claim<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    // No commit: what it is has no influence on the proof, and looking for it takes time.
    let request = Run {
        entry: claim.root.join(claim.name),
        root: Some(claim.root.to_path_buf()),
        source_commit: Some("none".to_owned()),
        ..Run::default()
    };
    let mut session = match Session::new(request) {
        Ok(session) => session,
        Err(finding) => {
            verdict.general.push(finding.message);
            return verdict;
        }
    };
    for Beside { name, text } in claim.beside {
        session.machine.world.overlay(name, text.as_str());
    }
    let (made, base) = compile(&mut session, claim);
    let places = Places { written: claim.written, base };
    verdict.take_findings(&session.machine.findings, &places);
    if verdict.holds() {
        verdict.compare(made, claim, &places);
    }
    verdict
}

/// The objects that the configuration makes, as they are written, and where its text begins among the sources.
fn compile(session: &mut Session, claim: &Claim<'_>) -> (Vec<Node>, u32) {
    let parsed = session.parse_text(claim.name, &claim.written.text);
    let base = session.machine.sources.file(parsed.source()).base;
    let checked = session.check(parsed);
    let Some(evaluated) = session.evaluate(checked) else { return (Vec::new(), base) };
    let lowered = session.lower(&evaluated);
    let proved = session.prove(&evaluated, lowered);
    let mut ordered = session.order(proved);
    if !session.has_errors() {
        session.reveal(&mut ordered);
    }
    (ordered.objects, base)
}

/// From places in the text to the objects that are made there.
struct Places<'a> {
    written: &'a Written,
    base: u32,
}

impl Places<'_> {
    fn object(&self, span: Span) -> Option<usize> {
        let offset = span.lo.checked_sub(self.base).filter(|_| !span.is_none())? as usize;
        let places = &self.written.places;
        let at = places.partition_point(|(range, _)| range.end <= offset);
        places.get(at).filter(|(range, _)| range.contains(&offset)).map(|(_, object)| *object)
    }
}

impl Verdict {
    fn take_findings(&mut self, findings: &[Diagnostic], places: &Places<'_>) {
        for finding in findings {
            let spans = std::iter::once(&finding.primary).chain(&finding.secondary).map(|label| label.span);
            let object = { spans }.find_map(|span| places.object(span));
            match object {
                Some(object) if finding.is_error() => {
                    let wrong = Wrong::Refused(finding.message.clone(), finding.path.clone());
                    self.wrong.entry(object).or_insert(wrong);
                }
                Some(object) if finding.code == Code::PlaintextCredentialWarning => {
                    self.warnings.push((object, finding.clone()));
                }
                None if finding.is_error() => self.general.push(finding.message.clone()),
                _ => {}
            }
        }
    }

    fn compare(&mut self, made: Vec<Node>, claim: &Claim<'_>, places: &Places<'_>) {
        let mut wanted: FxHashMap<Identity, usize> = FxHashMap::default();
        for (at, object) in claim.objects.iter().enumerate() {
            wanted.insert(object.identity(), at);
        }
        for mut node in made {
            forget_trace(&mut node, claim.prefix);
            let object = Object { key: Default::default(), node, entry: Span::NONE };
            match wanted.remove(&object.identity()) {
                Some(at) => {
                    if let Some(path) = difference(&claim.objects[at].node, &object.node) {
                        let patch = addition(&object.node, &claim.objects[at].node);
                        self.wrong.insert(at, Wrong::Differs(path, patch));
                    }
                }
                None => {
                    let place = object.node.find_place(&|span| places.object(span).is_some());
                    let message = format!("{object} would be made as well");
                    match place.and_then(|span| places.object(span)) {
                        Some(at) => drop(self.wrong.entry(at).or_insert(Wrong::Refused(message, None))),
                        None => self.general.push(message),
                    }
                }
            }
        }
        for at in wanted.into_values() {
            self.wrong.insert(at, Wrong::Differs(String::new(), None));
        }
    }
}
