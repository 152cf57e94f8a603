//! What the file of each object is called.
//!
//! `deployment-web`: kind and name, in lower case, in a folder for the namespace where several are used. That is what
//! people write, and it is theirs to choose: a name may come from an object of which nothing is known. So
//!
//! - nothing of it but letters, digits, `-` and `.` gets into a path, and no part begins with a dot, is too long, or is
//!   a word that a system keeps for itself: whatever an object is called, its file is in the folder;
//! - what would share a path, on a file system that knows no capitals either, is told apart by the API
//!   group (`gateway.networking.istio.io-web`) and else by a digest of what it is. All that would share it get one, so
//!   that no name depends on which object comes first.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::node::Node;

/// The paths of the files of `objects`, without extension, in their order. Those that are `apart` are in a folder called so.
pub(super) fn of(objects: &[&Node], apart: Option<&str>) -> Vec<String> {
    let objects: Vec<Identity<'_>> = objects.iter().map(|object| Identity::of(object)).collect();
    let namespaces: BTreeSet<&str> =
        objects.iter().map(|object| object.namespace).filter(|one| !one.is_empty()).collect();
    let folder = |object: &Identity<'_>| match apart {
        Some(folder) => format!("{folder}/"),
        None if namespaces.len() > 1 && !object.namespace.is_empty() => folder_of(object.namespace) + "/",
        None => String::new(),
    };
    let mut paths: Vec<String> = objects.iter().map(|object| folder(object) + &object.plain()).collect();
    tell_apart(&mut paths, |at| folder(&objects[at]) + &objects[at].with_group());
    tell_apart(&mut paths, |at| folder(&objects[at]) + &objects[at].with_digest());
    number(&mut paths);
    paths
}

/// Longer names are cut, and end in a digest: with the extension, every file system takes them.
const MAX_BYTES: usize = 120;

/// Names that Windows keeps for devices, with any extension.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

/// What tells an object from all others, as it says it itself.
struct Identity<'a> {
    group: &'a str,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
}

impl<'a> Identity<'a> {
    fn of(object: &'a Node) -> Identity<'a> {
        let text = |keys: &[&str]| object.at(keys).and_then(Node::as_str).unwrap_or_default();
        let name = match text(&["metadata", "name"]) {
            "" => text(&["metadata", "generateName"]),
            name => name,
        };
        Identity {
            group: text(&["apiVersion"]).split_once('/').map_or("", |(group, _)| group),
            kind: text(&["kind"]),
            namespace: text(&["metadata", "namespace"]),
            name,
        }
    }

    fn plain(&self) -> String {
        self.bounded(format!("{}-{}", tame(self.kind, "object"), tame(self.name, "unnamed")))
    }

    fn with_group(&self) -> String {
        let kind = match self.group {
            "" => tame(self.kind, "object"),
            group => format!("{}.{}", tame(self.kind, "object"), tame(group, "group")),
        };
        self.bounded(format!("{kind}-{}", tame(self.name, "unnamed")))
    }

    fn with_digest(&self) -> String {
        self.cut(format!("{}-{}", tame(self.kind, "object"), tame(self.name, "unnamed")))
    }

    fn bounded(&self, name: String) -> String {
        if name.len() > MAX_BYTES { self.cut(name) } else { name }
    }

    fn cut(&self, mut name: String) -> String {
        name.truncate(MAX_BYTES);
        let digest = Sha256::digest([self.group, self.kind, self.namespace, self.name].join("\0"));
        let digest: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("{name}-{digest}")
    }
}

/// The folder of a namespace. It has no dot, so that it is never called like a file.
fn folder_of(namespace: &str) -> String {
    let mut folder = tame(namespace, "unnamed").replace('.', "-");
    folder.truncate(MAX_BYTES);
    let numbered = |word: &str| folder.strip_prefix(word).is_some_and(|rest| rest.len() == 1 && rest != "0");
    let kept = DEVICES.contains(&folder.as_str()) || numbered("com") || numbered("lpt") || folder == super::GITOPS;
    if kept { format!("namespace-{folder}") } else { folder }
}

/// What can be in any path: lower case, digits, and single `-` and `.` between them.
fn tame(text: &str, otherwise: &str) -> String {
    let mut tamed = String::new();
    for character in text.chars() {
        let character = character.to_ascii_lowercase();
        let character = if character.is_ascii_alphanumeric() || character == '.' { character } else { '-' };
        let joins = |character: char| matches!(character, '-' | '.');
        // `..` leads out of a folder, and a second `-` tells nobody anything.
        if joins(character) && tamed.chars().last().is_none_or(joins) {
            continue;
        }
        tamed.push(character);
    }
    let tamed = tamed.trim_end_matches(['-', '.']);
    if tamed.is_empty() { otherwise.to_owned() } else { tamed.to_owned() }
}

/// Gives another path to each of those that are not alone with theirs.
fn tell_apart(paths: &mut [String], another: impl Fn(usize) -> String) {
    let mut sharing: FxHashMap<&str, usize> = FxHashMap::default();
    for path in paths.iter() {
        *sharing.entry(path).or_default() += 1;
    }
    let shared: Vec<usize> = (0..paths.len()).filter(|&at| sharing[paths[at].as_str()] > 1).collect();
    for at in shared {
        paths[at] = another(at);
    }
}

/// Numbers what is still alike: objects without a name, or digests that somebody made meet.
fn number(paths: &mut [String]) {
    let mut wished: BTreeSet<String> = paths.iter().cloned().collect();
    if wished.len() == paths.len() {
        return;
    }
    let mut told: FxHashMap<String, usize> = FxHashMap::default();
    for path in paths {
        let times = told.entry(path.clone()).or_default();
        if *times > 0 {
            let free = loop {
                *times += 1;
                let numbered = format!("{path}-{times}");
                if wished.insert(numbered.clone()) {
                    break numbered;
                }
            };
            *path = free;
        } else {
            *times = 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::node::{Map, Node, NodeKind};
    use crate::source::Span;

    fn object([api_version, kind, namespace, name]: [&str; 4]) -> Node {
        let map = |fields: &[(&str, Node)]| {
            let mut map = Map::default();
            fields.iter().for_each(|(key, value)| map.set(*key, Span::NONE, value.clone()));
            Node::new(NodeKind::Map(map), Span::NONE)
        };
        let text = |text: &str| Node::string(text, Span::NONE);
        let metadata = map(&[("namespace", text(namespace)), ("name", text(name))]);
        map(&[("apiVersion", text(api_version)), ("kind", text(kind)), ("metadata", metadata)])
    }

    fn names(objects: &[[&str; 4]]) -> Vec<String> {
        let objects: Vec<Node> = objects.iter().copied().map(object).collect();
        of(&objects.iter().collect::<Vec<_>>(), None)
    }

    #[test]
    fn kind_and_name_are_enough_where_nothing_meets() {
        let web = ["apps/v1", "Deployment", "shop", "web"];
        assert_eq!(names(&[["v1", "Namespace", "", "shop"], web]), ["namespace-shop", "deployment-web"]);
        let other = ["apps/v1", "Deployment", "other", "web"];
        assert_eq!(
            names(&[["v1", "Namespace", "", "shop"], web, other]),
            ["namespace-shop", "shop/deployment-web", "other/deployment-web"]
        );
        let role = ["rbac.authorization.k8s.io/v1", "ClusterRole", "", "system:auth:Reader"];
        assert_eq!(names(&[role]), ["clusterrole-system-auth-reader"]);
    }

    #[test]
    fn what_would_meet_is_told_apart_whichever_comes_first() {
        let ours = ["gateway.networking.k8s.io/v1", "Gateway", "", "web"];
        let theirs = ["networking.istio.io/v1", "Gateway", "", "web"];
        let both = ["gateway.gateway.networking.k8s.io-web", "gateway.networking.istio.io-web"];
        assert_eq!(names(&[ours, theirs]), both);
        assert_eq!(names(&[theirs, ours]), [both[1], both[0]]);
        // Capitals count for names, and not for every file system.
        let found =
            names(&[["v1", "ConfigMap", "", "a:b"], ["v1", "ConfigMap", "", "a-b"], ["v1", "ConfigMap", "", "A-B"]]);
        assert!(found.iter().all(|name| name.starts_with("configmap-a-b-") && name.len() == 22), "{found:?}");
        assert_eq!(names(&[["v1", "Pod", "", ""]; 3]).len(), 3);
    }

    #[test]
    fn a_name_that_was_made_to_meet_a_digest_is_numbered() {
        let pair = [["v1", "Foo", "", "a:b"], ["v1", "Foo", "", "a-b"]];
        let taken = names(&pair)[0].clone();
        let hostile = ["v1", "Foo", "", taken.strip_prefix("foo-").expect("made of it")];
        let mut found = names(&[pair[0], pair[1], hostile]);
        found.sort();
        found.dedup();
        assert_eq!(found.len(), 3);
        let nameless = names(&[["v1", "Pod", "", ""]; 3]);
        assert_eq!(nameless[1], format!("{}-2", nameless[0]));
        assert_eq!(nameless[2], format!("{}-3", nameless[0]));
    }

    #[test]
    fn no_object_chooses_where_it_lands() {
        let long = "x".repeat(5_000);
        let hostile = [
            "../../etc/passwd",
            "/etc/passwd",
            "..",
            ".",
            "",
            ".git/config",
            "a\\..\\b",
            "a\0b",
            "a\nb",
            "con",
            "NUL",
            "com1",
            "gitops",
            "ÄÖÜ",
            "日本",
            "-rf",
            "a/../../b",
            "~",
            "$HOME",
            "{{ .x }}",
            "https://example.com//x?ref=y",
            &long,
        ];
        let objects = hostile.iter().flat_map(|&text| [["x/v1", text, text, text], ["v1", "Pod", text, "a"]]);
        let found = names(&objects.collect::<Vec<_>>());
        for name in &found {
            let parts: Vec<&str> = name.split('/').collect();
            assert!(parts.len() <= 2, "{name}");
            for part in parts {
                assert!(part.len() < 200 && part.starts_with(|one: char| one.is_ascii_alphanumeric()), "{name}");
                assert!(part.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || "-.".contains(one)));
                assert!(!part.contains("..") && !["con", "nul", "com1", "gitops"].contains(&part), "{name}");
            }
        }
        let mut once = found.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), found.len(), "every object has a file of its own");
    }
}
