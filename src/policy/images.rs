//! Image references: tags that can change, and digests.

use super::pod_spec_path;
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::Node;

/// What is wrong with the images of an object, given its level and environment: a `latest` or
/// missing tag is a warning, and an error at `restricted`; a missing digest is a warning at
/// `restricted` and an error in the `regulated` environment.
pub fn check_images(object: &Object, level: &str, environment: &str) -> Vec<Diagnostic> {
    let Some(pod) = pod_spec_path(object.kind()).and_then(|path| object.node.at(path)) else { return Vec::new() };
    let mut findings = Vec::new();
    for list in ["initContainers", "containers"] {
        for (at, container) in pod.get(list).and_then(Node::as_list).unwrap_or_default().iter().enumerate() {
            let Some(image) = container.get("image") else { continue };
            let Some(reference) = image.as_str() else { continue };
            let finding = judge(reference, level, environment, image);
            findings.extend(finding.map(|finding| {
                let path = pod_spec_path(object.kind()).unwrap_or_default().join(".");
                finding.object(object.to_string()).path(format!("{path}.{list}[{at}].image"))
            }));
        }
    }
    findings
}

fn judge(reference: &str, level: &str, environment: &str, image: &Node) -> Option<Diagnostic> {
    if reference.contains('@') {
        return None;
    }
    let tag = reference.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
    let span = image.span;
    if tag.is_none() || tag == Some("latest") {
        let code = if level == "restricted" { Code::MutableTag } else { Code::MutableTagWarning };
        let message = match tag {
            None => format!("the image `{reference}` has no tag, so it means whatever is newest"),
            Some(_) => format!("the tag of `{reference}` can change at any time"),
        };
        return Some(Diagnostic::new(code, span, message).hint("name a version, such as `:1.27`, or a digest"));
    }
    if environment == "regulated" || level == "restricted" {
        let message = format!("the image `{reference}` has no digest");
        let finding = Diagnostic::new(Code::MissingDigest, span, message)
            .hint("pin it: write `image:tag@sha256:…`, which names exactly one content");
        let severity = if environment == "regulated" { crate::diag::Severity::Error } else { finding.severity };
        return Some(finding.severity(severity));
    }
    None
}
