//! The reference of admission: what of each check the cluster can ask, out of the table.

use nxk::policy::admission::{On, Says, Subject, says};
use nxk::policy::compliance::all_checks;

use crate::declared::cell;

const HEAD: &str = "# Rules of admission

<!-- Made from the code: NXK_UPDATE_DOCS=1 cargo test --test docs -->

Which of the [checks](compliance.md#checks) the cluster is asked as well, of what, and why not of the others. A rule is
called like its check. It binds where the check does: by the regulation and the level on the labels of the object that
wants in. How rules are chosen and written for one back end or another: [the guide](../guides/policies.md).
";

const OWN: &str = "
## Rules that options state

| rule | asks that | option |
| --- | --- | --- |
| `mandatory-labels` | every object has the labels of the configuration | `framework.compliance`, `framework.policies.labels` |
| `compliance-level` | every object is at the least level or above | `framework.environment`, `framework.policies.level` |
| `compliance-framework` | every object is held to a regulation of the configuration | `framework.compliance.framework` |
| `registries` | images come from known registries | `framework.policies.registries` |
| `image-tag` | images have a tag that does not change, whatever the level | `framework.policies.requireTag` |
| `image-digest` | images are pinned to one content, in every environment | `framework.policies.requireDigest` |
";

/// The page.
pub fn reference() -> String {
    let mut page = HEAD.to_string();
    page.push_str("\n## Checks\n\n| check | asks that | of |\n| --- | --- | --- |\n");
    for check in all_checks() {
        let of = match says(check) {
            Says::Rule(rule) => objects(rule.on),
            Says::Not(why) => format!("no rule: {}", cell(why)),
        };
        page.push_str(&format!("| [`{0}`](compliance.md#{0}) | {1} | {of} |\n", check.id, cell(check.title)));
    }
    page.push_str("\n## What rules look at\n\n| name | kinds |\n| --- | --- |\n");
    for subject in Subject::ALL {
        let kinds: Vec<&str> = subject.kinds().collect();
        page.push_str(&format!("| <a id=\"{0}\"></a>`{0}` | {1} |\n", subject.name(), kinds.join(", ")));
    }
    page + OWN
}

fn objects(on: On) -> String {
    let subjects = on.subjects().into_iter().map(|subject| format!("[{0}](#{0})", subject.name()));
    subjects.collect::<Vec<_>>().join(", ")
}
