//! Where images come from: what `framework.policies.registries` lists, for the build and in CEL.
//!
//! An image without a host in front comes from Docker Hub, and without a folder in front from its folder `library`. Both
//! are asked the same way: one regular expression for what is written with its host, and a condition for what is not.

use std::fmt;

use regex::Regex;

use super::cel;
use crate::policy::images::Reference;

/// A registry, or a folder of one: `registry.example.com`, `ghcr.io/shop`, `*.dkr.ecr.eu-west-1.amazonaws.com`, where
/// `*` is any text without a slash.
#[derive(Clone, Debug)]
pub struct Registry {
    text: String,
    /// What images of it begin with.
    start: Regex,
    /// Where images without a host belong to it: what they begin with.
    hub: Option<String>,
}

/// The names of Docker Hub.
const HUB: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

impl Registry {
    /// Reads an item of the option. `None`: it names no host.
    pub fn read(text: &str) -> Option<Registry> {
        let text = text.trim_end_matches('/');
        let (host, path) = text.split_once('/').map_or((text, ""), |(host, path)| (host, path));
        let is_host = host.contains(['.', ':', '*']) || host == "localhost";
        let is_written = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace) && !part.contains('@');
        if !is_host || !text.split('/').all(is_written) {
            return None;
        }
        let start = Regex::new(&format!("^{}/", cel::any_text(text, "[^/]*"))).ok()?;
        let hub = HUB.contains(&host).then(|| if path.is_empty() { String::new() } else { format!("{path}/") });
        Some(Registry { text: text.to_string(), start, hub })
    }

    /// Whether an image comes from it.
    pub fn has(&self, image: &str) -> bool {
        let without_host = || Reference::read(image).registry.is_none();
        self.start.is_match(image)
            || self.hub.as_deref().is_some_and(|folder| {
                let official = folder == "library/" && !image.contains('/');
                without_host() && (official || image.starts_with(folder))
            })
    }

    /// The same of an expression, in CEL.
    pub(super) fn condition(&self, image: &str) -> String {
        let start = format!("{image}.matches({})", cel::text(self.start.as_str()));
        let Some(folder) = self.hub.as_deref() else { return start };
        let without_host = format!("!{image}.matches('^([^/]*[.:][^/]*|localhost)/')");
        match folder {
            "" => format!("{start} || {without_host}"),
            "library/" => {
                format!("{start} || {without_host} && (!{image}.contains('/') || {image}.startsWith('library/'))")
            }
            folder => format!("{start} || {without_host} && {image}.startsWith({})", cel::text(folder)),
        }
    }
}

impl fmt::Display for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Registry;

    #[test]
    fn images_are_told_by_their_registry() {
        for (registry, image, expected) in [
            ("registry.example.com", "registry.example.com/shop/web:1", true),
            ("registry.example.com/", "registry.example.com/web:1", true),
            ("registry.example.com", "registry.example.com.evil.org/web:1", false),
            ("registry.example.com", "registryxexample.com/web:1", false),
            ("registry.example.com:5000", "registry.example.com:5000/web", true),
            ("registry.example.com", "registry.example.com:5000/web", false),
            ("ghcr.io/shop", "ghcr.io/shop/web:1", true),
            ("ghcr.io/shop", "ghcr.io/shopping/web:1", false),
            ("*.example.com", "eu.example.com/web", true),
            ("*.example.com", "evil.org/x.example.com/web", false),
            ("docker.io", "nginx:1.27", true),
            ("docker.io", "shop/web:1", true),
            ("docker.io", "localhost/web:1", false),
            ("docker.io", "docker.io/library/nginx", true),
            ("docker.io/library", "nginx:1.27", true),
            ("docker.io/library", "library/nginx:1.27", true),
            ("docker.io/library", "shop/web:1", false),
            ("docker.io/shop", "shop/web:1", true),
            ("docker.io/shop", "nginx", false),
            ("localhost:5000", "localhost:5000/web", true),
        ] {
            let read = Registry::read(registry).expect("it is one");
            assert_eq!(read.has(image), expected, "{image} from {registry}");
        }
    }

    #[test]
    fn what_names_no_host_is_no_registry() {
        for text in ["", "shop", "shop/web", "a b.c", "ghcr.io//x", "ghcr.io/x@sha256:ab"] {
            assert!(Registry::read(text).is_none(), "{text}");
        }
    }
}
