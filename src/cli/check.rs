//! `nxk check`

use std::path::{Path, PathBuf};

use clap::Args;

use super::common::{Input, Messages, is_manifests};
use super::progress::Progress;
use super::{BAD_INPUT, FINE};
use crate::diag::Diagnostic;
use crate::driver::{self, Coverage, Gathered, Session, Timings};
use crate::manifests;
use crate::schema::{Catalogue, Minor};
use crate::source::{SourceMap, Span};

/// Check configurations, everything but the output; or existing manifests, against the same schema
#[derive(Args)]
#[command(
    after_help = "Examples:\n  nxk check shop/main.nxk                      a configuration\n  nxk check deploy/ extra.yaml                 existing manifests: files, and all below folders\n  helm template shop | nxk check -             what another tool makes\n  nxk check --k8s-versions 1.28..1.37 deploy/  for every version; what holds for all is told once"
)]
pub(super) struct Check {
    /// Configurations (.nxk files, folders with a default.nxk), and manifests (.yaml, .yml and .json files, other folders,
    /// `-` for the standard input)
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Stop after the checks that need no evaluation
    #[arg(long)]
    no_eval: bool,
    /// Check for each of these Kubernetes minors: `1.28..1.37`, `1.31,1.33`
    #[arg(long, value_name = "VERSIONS", conflicts_with = "k8s_version")]
    k8s_versions: Option<String>,
    /// Take this kind of manifests without a schema
    #[arg(long = "opaque-kind", value_name = "GROUP/VERSION/KIND")]
    opaque_kinds: Vec<String>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    messages: Messages,
}

/// What the arguments gave.
#[derive(Default)]
struct Results {
    gathered: Gathered,
    coverage: Vec<Coverage>,
    timings: Vec<Timings>,
    /// The worst exit code of those who have told their findings themselves.
    code: u8,
}

impl Check {
    pub(super) fn run(&self) -> u8 {
        let (given, entries): (Vec<PathBuf>, Vec<PathBuf>) =
            self.files.iter().cloned().partition(|file| is_manifests(file));
        let versions = match self.versions(!given.is_empty()) {
            Ok(versions) => versions,
            Err(finding) => {
                self.messages.refuse(&finding);
                return BAD_INPUT;
            }
        };
        let mut results = Results { code: FINE, ..Results::default() };
        let progress = Progress::new(!self.messages.quiet());
        let all = entries.len() + usize::from(!given.is_empty());
        for (at, entry) in entries.iter().enumerate() {
            progress.say(&format!("checking {}", entry.display()), Some((at + 1, all)));
            match self.k8s_versions {
                Some(_) => self.check_for_all(entry, &versions, &progress, &mut results),
                None => self.check_entry(entry, &mut results),
            }
        }
        if !given.is_empty() {
            progress.say("checking manifests", Some((all, all)));
            self.check_manifests(&given, &versions, &mut results);
        }
        drop(progress);
        let coverage: Vec<&Coverage> = results.coverage.iter().collect();
        let timings: Vec<&Timings> = results.timings.iter().collect();
        let code = self.messages.finish_all(&results.gathered, &coverage, &timings).max(results.code);
        // Taking everything apart would take longer than leaving it to the system.
        std::mem::forget(results);
        code
    }

    /// The versions that were asked for; none where it is left to each configuration. One alone is looked at here for
    /// manifests; a configuration tells itself what is wrong with it.
    fn versions(&self, manifests: bool) -> Result<Vec<Minor>, Box<Diagnostic>> {
        if let Some(text) = &self.k8s_versions {
            return driver::minors(text).map_err(Box::new);
        }
        let one = self.input.kubernetes_version().filter(|_| manifests);
        let known = one.map(|text| Catalogue::embedded().version(text, Span::NONE).map(|version| version.minor()));
        known.transpose().map(|known| known.into_iter().collect()).map_err(Box::new)
    }

    fn check_entry(&self, entry: &Path, results: &mut Results) {
        let Some((mut session, coverage)) = self.session(entry, &self.input, results) else { return };
        let machine = &mut session.machine;
        let (findings, sources) = (std::mem::take(&mut machine.findings), std::mem::take(&mut machine.sources));
        results.gathered.take(findings, sources);
        results.finish(session, coverage);
    }

    /// Checks a configuration for several versions.
    fn check_for_all(&self, entry: &Path, versions: &[Minor], progress: &Progress, results: &mut Results) {
        let (mut found, mut coverage) = (Vec::new(), Vec::new());
        for (at, version) in versions.iter().enumerate() {
            let what = format!("checking {} against {version}", entry.display());
            progress.say(&what, Some((at + 1, versions.len())));
            let Some((mut session, covered)) = self.session(entry, &self.input.at_version(*version), results) else {
                return;
            };
            let findings = std::mem::take(&mut session.machine.findings);
            found.push((*version, results.gathered.moved(findings, &session.machine.sources)));
            coverage.extend(covered);
            results.finish(session, None);
        }
        results.gathered.findings.extend(driver::told_once(found));
        results.coverage.extend(Coverage::together(coverage));
    }

    /// Runs one configuration to its end, or as far as was asked for.
    fn session(&self, entry: &Path, input: &Input, results: &mut Results) -> Option<(Session, Option<Coverage>)> {
        let mut session = match input.session(entry.to_path_buf(), &self.messages) {
            Ok(session) => session,
            Err(code) => {
                results.code = results.code.max(code);
                return None;
            }
        };
        if !self.no_eval {
            let coverage = driver::compile(&mut session).map(|ordered| ordered.coverage);
            return Some((session, coverage));
        }
        if let Some(parsed) = session.parse() {
            session.check(parsed);
        }
        Some((session, None))
    }

    fn check_manifests(&self, given: &[PathBuf], versions: &[Minor], results: &mut Results) {
        let mut timings = Timings::default();
        let mut sources = SourceMap::new();
        let read = timings.measure("read", || manifests::read(given, &mut sources));
        let check = || driver::check_manifests(&read, &sources, versions, &self.opaque_kinds);
        let (findings, coverage) = timings.measure("check", check);
        results.gathered.take([read.findings.clone(), findings].concat(), sources);
        results.coverage.extend(coverage);
        results.timings.push(timings);
        std::mem::forget(read);
    }
}

impl Results {
    fn finish(&mut self, mut session: Session, coverage: Option<Coverage>) {
        self.coverage.extend(coverage);
        self.timings.push(std::mem::take(&mut session.timings));
        self.gathered.remarks.append(&mut session.machine.traces);
        std::mem::forget(session);
    }
}
