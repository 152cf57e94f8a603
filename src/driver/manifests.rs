//! The check of manifests that somebody else wrote: what holds for the objects of a configuration has to hold for them.
//!
//! Definitions of custom resources among them are taken in first, so that their own custom resources have a schema.

use rustc_hash::FxHashSet;

use super::coverage::Coverage;
use super::prove::told_twice;
use crate::diag::Diagnostic;
use crate::layers::Object;
use crate::manifests::{Manifests, definitions};
use crate::node::Node;
use crate::parallel;
use crate::policy;
use crate::schema::crd::CustomTypes;
use crate::schema::crd::bundled::Asked;
use crate::schema::{self, Catalogue, Minor, Target};
use crate::source::SourceMap;

use super::matrix::told_once;

/// Checks what was read against versions of Kubernetes, the newest if none is named. Kinds that are `opaque`
/// (`example.com/v1/Widget`) are taken without a schema.
pub fn check_manifests(
    read: &Manifests,
    sources: &SourceMap,
    minors: &[Minor],
    opaque: &[String],
) -> (Vec<Diagnostic>, Vec<Coverage>) {
    let objects = read.objects.as_slice();
    let (resources, problems) = definitions(objects);
    let catalogue = match resources.is_empty() {
        true => Catalogue::embedded(),
        false => Catalogue::extended(CustomTypes::of(&resources), Asked::default()),
    };
    let newest = [catalogue.newest().minor()];
    let minors = if minors.is_empty() { &newest } else { minors };
    let opaque: FxHashSet<&str> = opaque.iter().map(String::as_str).collect();
    let is_opaque = |object: &Object| opaque.contains(&*format!("{}/{}", object.api_version(), object.kind()));
    let taken: Vec<&Object> = objects.iter().filter(|object| !is_opaque(object)).collect();
    let (mut found, mut coverage) = (Vec::new(), Vec::new());
    for version in catalogue.versions().filter(|version| minors.contains(&version.minor())) {
        let target = Target::of_yaml(version);
        let verdicts = parallel::each(&taken, |object| schema::check(&object.node, &target));
        let checked = verdicts.iter().filter(|verdict| verdict.kind.is_some()).count();
        let findings = verdicts.into_iter().flat_map(|verdict| verdict.findings).collect();
        coverage.push(Coverage { objects: objects.len(), checked, versions: vec![version.minor()] });
        found.push((version.minor(), findings));
    }
    let mut findings = told_once(found);
    // What the check of the definition as an object has told need not be told again.
    let is_told = |problem: &Diagnostic| findings.iter().any(|it| it.is_error() && it.object == problem.object);
    let problems: Vec<Diagnostic> = problems.into_iter().filter(|problem| !is_told(problem)).collect();
    findings.extend(problems);
    findings.extend(told_twice(objects, sources));
    // What could not be read may have the pods that are missed.
    if !read.findings.iter().chain(&findings).any(Diagnostic::is_error) {
        let alone = policy::without_pods(objects, None).into_iter().filter(|(object, _)| !selects_elsewhere(object));
        findings.extend(alone.map(|(_, finding)| finding));
    }
    (findings, Coverage::together(coverage))
}

/// Whether the pods of an object are made elsewhere, as an annotation `<prefix>/pods` says. The prefix is that of the
/// configuration that made the object, which is not there to be asked.
fn selects_elsewhere(object: &Object) -> bool {
    let annotations = object.node.at(&["metadata", "annotations"]).and_then(Node::as_map);
    let mut annotations = annotations.into_iter().flat_map(|annotations| &annotations.fields);
    annotations.any(|one| one.key.ends_with("/pods") && one.value.as_str() == Some("elsewhere"))
}
