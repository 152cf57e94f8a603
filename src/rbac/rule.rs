//! One rule of a role, and what it allows.
//!
//! A rule is a set of lists, and a request matches if each list has something for it. What counts as something is
//! not what one would guess everywhere: `*` among the resources also means all subresources, `*/scale` means the
//! subresource of every resource, but `pods/*` means nothing at all; a star ends a URL and stands nowhere else; and a rule
//! with names never matches a request without one, which is what `create` of a whole object is.

use ecow::EcoString;

use crate::node::Node;

/// One rule of a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    /// The API groups of the resources; `""` is the core group.
    pub groups: Vec<EcoString>,
    /// The resources, in the plural, and subresources as `pods/log`.
    pub resources: Vec<EcoString>,
    /// The names of the objects; all if empty.
    pub names: Vec<EcoString>,
    /// Paths of the server that are no resources.
    pub urls: Vec<EcoString>,
    /// What may be done.
    pub verbs: Vec<EcoString>,
}

/// What somebody asks the API server for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The user, as the server knows it: `ann`, `system:serviceaccount:shop:web`.
    pub user: &'a str,
    /// The groups that the user is in.
    pub groups: &'a [&'a str],
    /// What is to be done.
    pub verb: &'a str,
    /// With what.
    pub target: Target<'a>,
}

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// Objects.
    Resource {
        /// The API group; empty for the core group.
        group: &'a str,
        /// The resource, in the plural.
        resource: &'a str,
        /// The subresource; empty if it is about the objects themselves.
        subresource: &'a str,
        /// The object; empty where none is named.
        name: &'a str,
        /// The namespace; empty for what has none, and for all namespaces at once.
        namespace: &'a str,
    },
    /// A path of the server.
    Url(&'a str),
}

impl Rule {
    /// Reads a rule of a finished object; what is no text is left out.
    pub fn read(node: &Node) -> Rule {
        let list = |key: &str| {
            let items = node.get(key).and_then(Node::as_list).unwrap_or_default();
            items.iter().filter_map(Node::as_str).map(EcoString::from).collect()
        };
        Rule {
            groups: list("apiGroups"),
            resources: list("resources"),
            names: list("resourceNames"),
            urls: list("nonResourceURLs"),
            verbs: list("verbs"),
        }
    }

    /// Whether it allows this, wherever it is granted.
    pub fn allows(&self, verb: &str, target: Target<'_>) -> bool {
        has(&self.verbs, &["*", verb])
            && match target {
                Target::Url(url) => self.urls.iter().any(|pattern| url_matches(pattern, url)),
                Target::Resource { group, resource, subresource, name, .. } => {
                    self.is_about(group, resource, subresource) && (self.names.is_empty() || has(&self.names, &[name]))
                }
            }
    }

    /// Whether it speaks of a resource, or of a subresource of one.
    pub fn is_about(&self, group: &str, resource: &str, subresource: &str) -> bool {
        has(&self.groups, &["*", group])
            && self.resources.iter().any(|spoken| {
                spoken == "*"
                    || match subresource {
                        "" => spoken == resource,
                        _ => spoken
                            .split_once('/')
                            .is_some_and(|(whole, part)| part == subresource && (whole == resource || whole == "*")),
                    }
            })
    }

    /// Whether it allows one of these verbs, by name or with `*`.
    pub fn has_verb(&self, verbs: &[&str]) -> bool {
        has(&self.verbs, &["*"]) || has(&self.verbs, verbs)
    }

    /// Whether it allows everything with all objects.
    pub fn is_everything(&self) -> bool {
        [&self.verbs, &self.groups, &self.resources].into_iter().all(|list| has(list, &["*"])) && self.names.is_empty()
    }
}

/// Whether one of the words is in the list.
pub(super) fn has(list: &[EcoString], words: &[&str]) -> bool {
    list.iter().any(|item| words.contains(&item.as_str()))
}

/// Whether a path is one of those that a pattern means.
fn url_matches(pattern: &str, url: &str) -> bool {
    pattern == url || pattern.ends_with('*') && url.starts_with(pattern.trim_end_matches('*'))
}

/// Whether whatever matches the pattern `other` matches the pattern `pattern`.
pub(super) fn url_covers(pattern: &str, other: &str) -> bool {
    url_matches(pattern, other.trim_end_matches('*')) && (pattern.ends_with('*') || pattern == other)
}

#[cfg(test)]
mod tests {
    use super::url_covers;

    #[test]
    fn a_star_at_the_end_of_a_path_covers_what_begins_so() {
        for (pattern, other, expected) in [
            ("*", "/api", true),
            ("*", "*", true),
            ("/api/*", "/api/v1", true),
            ("/api/*", "/api/v1/*", true),
            ("/api/*", "/api", false),
            ("/api/v1", "/api/*", false),
            ("/api/*", "*", false),
            ("/api", "/api*", false),
            ("/a*b", "/a*b", true),
            ("/healthz", "/healthz", true),
        ] {
            assert_eq!(url_covers(pattern, other), expected, "{pattern} {other}");
        }
    }
}
