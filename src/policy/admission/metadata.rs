//! What is asked of labels and annotations.

use super::cel::{text, texts};
use super::{Facts, Row, Subject, always, not, on, on_pods};

pub(super) const ROWS: &[Row] = &[
    on(Subject::Labelled, "owner", |facts| labelled(facts, "owner-team")),
    on(Subject::Labelled, "data-classification", |facts| labelled(facts, "data-classification")),
    on(Subject::Labelled, "audit-label", |facts| labelled(facts, "audit-required")),
    on_pods("application-label", |_| always("variables.podLabels[?'app.kubernetes.io/name'].orValue('') != ''")),
    // Which build it was is the build's to check; the cluster sees whether it was one.
    on(Subject::Written, "traceable", |facts| {
        let key = text(&format!("{}/build-id", facts.prefix));
        always(format!("object.metadata.?annotations[?{key}].orValue('').matches('^[0-9a-f]{{64}}$')"))
    }),
    on(Subject::Written, "committed-source", |facts| {
        if facts.environment != "regulated" {
            return None;
        }
        let key = text(&format!("{}/source-commit", facts.prefix));
        let commit = format!("object.metadata.?annotations[?{key}].orValue('-dirty')");
        always(format!("!{commit}.endsWith('-dirty')"))
    }),
    not("own-namespace", "policies hold in the configuration's own namespaces, where they do not see the others"),
    on(Subject::Namespaces, "pod-security-admission", |_| {
        let label = "'pod-security.kubernetes.io/enforce'";
        always(format!("variables.labels[?{label}].orValue('') in {}", texts(["baseline", "restricted"])))
    }),
];

fn labelled(facts: &Facts<'_>, name: &str) -> Option<String> {
    let key = text(&format!("{}/{name}", facts.prefix));
    always(format!("variables.labels[?{key}].orValue('') != ''"))
}
