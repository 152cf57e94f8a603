//! What a new project is called: a label of the DNS, since its namespace is called so too.

use std::path::Path;

use crate::layers::names::kebab;

/// Where a folder's name has nothing to make a name of.
const NAMELESS: &str = "project";
/// Namespaces that every cluster has: what closes a namespace of one's own would close the cluster's parts there.
const CLUSTERS_OWN: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];
/// The longest label of the DNS.
const MAX_LENGTH: usize = 63;

/// A name that was asked for.
pub(super) fn parse(text: &str) -> Result<String, String> {
    match label(text) {
        label if label == text => Ok(label),
        label => Err(format!("a namespace of your own cannot be called so; `{label}` would do")),
    }
}

/// The name that a folder's name makes.
pub(super) fn of(folder: &Path) -> String {
    // A folder that is not there yet has no other path than this one.
    let real = folder.canonicalize().or_else(|_| std::path::absolute(folder)).unwrap_or_default();
    label(&real.file_name().unwrap_or_default().to_string_lossy())
}

/// The text as a name: with one hyphen for all that is not of a label.
fn label(text: &str) -> String {
    let kebab: String =
        kebab(text).chars().map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' }).collect();
    let words: Vec<&str> = kebab.split('-').filter(|word| !word.is_empty()).collect();
    let mut label = words.join("-");
    label.truncate(MAX_LENGTH);
    match label.trim_end_matches('-') {
        "" => NAMELESS.to_string(),
        label if CLUSTERS_OWN.contains(&label) => format!("my-{label}"),
        label => label.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_LENGTH, label};
    use crate::types::named;

    #[test]
    fn whatever_a_folder_is_called_makes_a_label() {
        let cases = [
            ("shop", "shop"),
            ("WebShop", "web-shop"),
            ("my web_shop", "my-web-shop"),
            ("shop.example.com", "shop-example-com"),
            ("--shop--", "shop"),
            ("größe", "gr-e"),
            ("日本", "project"),
            ("", "project"),
            ("${lib.x}\"';", "lib-x"),
            ("1.2", "1-2"),
            ("default", "my-default"),
        ];
        cases.iter().for_each(|(folder, name)| assert_eq!(label(folder), *name, "{folder}"));
        let long = label(&"ab-".repeat(100));
        let is_label = named("DnsLabel").expect("it is a built-in type").check;
        assert!(long.len() <= MAX_LENGTH && is_label(&long), "{long}");
        assert_eq!(label(&long), long, "a name stays as it is");
    }
}
