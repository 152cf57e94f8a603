//! What makes a container harder to abuse, beyond the Pod Security Standards.

use super::super::{Check, Context, Failure, Outcome, Subject};
use super::{each_container, is_for_windows, is_true, items, of_container, text};
use crate::node::Node;

pub(super) const CHECKS: &[Check] = &[
    Check { id: "read-only-root", title: "containers cannot change their own file system", run: read_only },
    Check { id: "no-shared-processes", title: "containers of a pod do not see each other's processes", run: shared },
    Check {
        id: "secrets-as-files",
        title: "secrets reach containers as files, which do not leak as variables do",
        run: files,
    },
    Check { id: "no-native-secrets", title: "secrets are kept outside of the manifests", run: native },
];

/// Windows cannot do without writing to it.
fn read_only(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.pod.is_some_and(is_for_windows) {
        return Outcome::NotApplicable;
    }
    each_container(subject, |container| {
        let value = container.at(&["securityContext", "readOnlyRootFilesystem"]);
        (!is_true(value)).then(|| {
            let message = format!("the container `{}` can change its own file system", container.name());
            let hint =
                "set `securityContext.readOnlyRootFilesystem = true;`, and give it an `emptyDir` where it writes";
            of_container(container, "securityContext.readOnlyRootFilesystem", [value, None], (message, hint))
        })
    })
}

fn shared(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    let Some(pod) = subject.pod else { return Outcome::NotApplicable };
    let failure = pod.spec.get("shareProcessNamespace").filter(|value| is_true(Some(value))).map(|value| Failure {
        path: format!("{}.shareProcessNamespace", pod.path.join(".")),
        span: value.span,
        message: "the containers of the pod see each other's processes".into(),
        hint: "remove `shareProcessNamespace`".into(),
    });
    Outcome::of(failure.into_iter().collect())
}

fn files(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    each_container(subject, |container| {
        let from = |list: &str, reference: &[&str]| {
            let entries = items(container.node, &[list]).iter().enumerate();
            let (at, entry) = entries.into_iter().find(|(_, entry)| entry.at(reference).is_some())?;
            Some((format!("{list}[{at}]"), entry))
        };
        let name = |entry: &Node, path: &[&str]| text(entry, path).unwrap_or_default().to_string();
        let (path, entry, what) = match from("env", &["valueFrom", "secretKeyRef"]) {
            Some((path, entry)) => (path, entry, format!("`{}` as a variable", name(entry, &["name"]))),
            None => {
                let (path, entry) = from("envFrom", &["secretRef"])?;
                (path, entry, format!("all of the secret `{}` as variables", name(entry, &["secretRef", "name"])))
            }
        };
        let message = format!("the container `{}` gets {what}", container.name());
        let hint = "mount the secret (`secrets.<name>.mountPath`), and let the program read the file";
        Some(of_container(container, &path, [Some(entry), None], (message, hint)))
    })
}

/// A Secret whose content the manifests carry; of one that only names a type, or that others fill, nothing is known.
fn native(subject: &Subject<'_>, _: &Context<'_>) -> Outcome {
    if subject.object.kind() != "Secret" || subject.object.api_version() != "v1" {
        return Outcome::NotApplicable;
    }
    let filled = ["data", "stringData"].into_iter().find_map(|field| {
        let node = subject.at(&[field])?;
        node.as_map().is_some_and(|map| !map.fields.is_empty()).then_some((field, node))
    });
    let failure = filled.map(|(field, node): (&str, &Node)| Failure {
        path: field.into(),
        span: node.span,
        message: format!("the manifests carry what is in the Secret `{}`", subject.object.name()),
        hint: "use the backend `external-secret` or `sealed-secret` of `secrets`".into(),
    });
    Outcome::of(failure.into_iter().collect())
}
