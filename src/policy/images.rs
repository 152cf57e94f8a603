//! Image references: tags that can change, and digests.

use std::fmt;

use super::pod_spec_path;
use crate::diag::{Code, Diagnostic, Severity};
use crate::layers::Object;
use crate::node::Node;

/// The parts of an image reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The whole.
    pub text: &'a str,
    /// The host in front, where it is written: `ghcr.io`, `localhost:5000`.
    pub registry: Option<&'a str>,
    /// Behind the `:`.
    pub tag: Option<&'a str>,
    /// Behind the `@`.
    pub digest: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// Takes a reference apart.
    pub fn read(text: &'a str) -> Reference<'a> {
        let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
        let tag = name.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
        // The first part is a host if it looks like one, else it is a folder of the default registry.
        let host = |first: &str| first.contains(['.', ':']) || first == "localhost";
        let registry = name.split_once('/').map(|(first, _)| first).filter(|first| host(first));
        Reference { text, registry, tag, digest }
    }
}

impl fmt::Display for Reference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// What is wrong with the tag, if it is missing or one that moves; a digest makes up for it.
pub fn moving_tag(image: &Reference<'_>) -> Option<String> {
    match image.tag {
        _ if image.digest.is_some() => None,
        None => Some(format!("the image `{image}` has no tag, so it means whatever is newest")),
        Some("latest") => Some(format!("the tag of `{image}` can change at any time")),
        Some(_) => None,
    }
}

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
            let finding = judge(&Reference::read(reference), level, environment, image);
            findings.extend(finding.map(|finding| {
                let path = pod_spec_path(object.kind()).unwrap_or_default().join(".");
                finding.object(object.to_string()).path(format!("{path}.{list}[{at}].image"))
            }));
        }
    }
    findings
}

fn judge(image: &Reference<'_>, level: &str, environment: &str, node: &Node) -> Option<Diagnostic> {
    if image.digest.is_some() {
        return None;
    }
    let span = node.span;
    if let Some(message) = moving_tag(image) {
        let code = if level == "restricted" { Code::MutableTag } else { Code::MutableTagWarning };
        return Some(Diagnostic::new(code, span, message).hint("name a version, such as `:1.27`, or a digest"));
    }
    if environment == "regulated" || level == "restricted" {
        let message = format!("the image `{image}` has no digest");
        let finding = Diagnostic::new(Code::MissingDigest, span, message)
            .hint("pin it: write `image:tag@sha256:…`, which names exactly one content");
        let severity = if environment == "regulated" { Severity::Error } else { finding.severity };
        return Some(finding.severity(severity));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn references_are_taken_apart() {
        for (text, registry, tag, digest) in [
            ("nginx", None, None, None),
            ("nginx:1.27", None, Some("1.27"), None),
            ("shop/web:1", None, Some("1"), None),
            ("ghcr.io/shop/web", Some("ghcr.io"), None, None),
            ("localhost:5000/web:2@sha256:ab", Some("localhost:5000"), Some("2"), Some("sha256:ab")),
            ("localhost/web", Some("localhost"), None, None),
        ] {
            assert_eq!(Reference::read(text), Reference { text, registry, tag, digest });
        }
    }
}
