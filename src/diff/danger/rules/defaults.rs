//! What the server fills in, of fields that cannot change: to write it out, or to leave it out again, changes nothing.

use crate::node::{Node, NodeKind};

enum Default {
    Text(&'static str),
    Number(i64),
    Flag(bool),
}

use Default::{Flag, Number, Text};

const DEFAULTS: &[(&str, Default)] = &[
    ("apiGroup", Text("rbac.authorization.k8s.io")),
    ("attachRequired", Flag(true)),
    ("completionMode", Text("NonIndexed")),
    ("defaultMode", Number(0o644)),
    ("dnsPolicy", Text("ClusterFirst")),
    ("enableServiceLinks", Flag(true)),
    ("failureThreshold", Number(3)),
    ("fsGroupPolicy", Text("ReadWriteOnceWithFSType")),
    ("hostIPC", Flag(false)),
    ("hostNetwork", Flag(false)),
    ("hostPID", Flag(false)),
    ("immutable", Flag(false)),
    ("periodSeconds", Number(10)),
    ("podInfoOnMount", Flag(false)),
    ("podManagementPolicy", Text("OrderedReady")),
    ("preemptionPolicy", Text("PreemptLowerPriority")),
    ("protocol", Text("TCP")),
    ("reclaimPolicy", Text("Delete")),
    ("revisionHistoryLimit", Number(10)),
    ("schedulerName", Text("default-scheduler")),
    ("scheme", Text("HTTP")),
    ("start", Number(0)),
    ("stdin", Flag(false)),
    ("stdinOnce", Flag(false)),
    ("successThreshold", Number(1)),
    ("terminationGracePeriodSeconds", Number(30)),
    ("terminationMessagePath", Text("/dev/termination-log")),
    ("terminationMessagePolicy", Text("File")),
    ("timeoutSeconds", Number(1)),
    ("tty", Flag(false)),
    ("type", Text("ClusterIP")),
    ("type", Text("Opaque")),
    ("volumeBindingMode", Text("Immediate")),
    ("volumeMode", Text("Filesystem")),
];

/// Whether the server fills in `value` where there is no `key`. Nothing and what is empty are the same to it.
pub(in crate::diff::danger) fn is_default(key: &str, value: &Node) -> bool {
    let is_empty = match &value.kind {
        NodeKind::Null => true,
        NodeKind::Map(map) => map.fields.is_empty() && !MEANS_ALL.contains(&key),
        NodeKind::List(items) => items.is_empty(),
        _ => false,
    };
    let is_same = |default: &Default| match default {
        Text(text) => value.as_str() == Some(text),
        Number(number) => value.kind == NodeKind::Int(*number),
        Flag(flag) => value.kind == NodeKind::Bool(*flag),
    };
    is_empty || DEFAULTS.iter().any(|(known, default)| *known == key && is_same(default))
}

/// Fields that say something by being there.
const MEANS_ALL: &[&str] = &["emptyDir", "namespaceSelector", "selector"];
