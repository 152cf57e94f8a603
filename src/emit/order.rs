//! The order in which people write manifests: of the keys in an object, and of the objects.
//!
//! Keys that matter to a reader come first and bookkeeping last; everything else is alphabetical.
//! Objects come so that what others need is there before them, which is the order in which Helm
//! installs.

use crate::node::{Map, Node, NodeKind};

/// Puts the keys of `object`, at every depth, in the order in which people write them.
pub fn arrange(object: &mut Node) {
    arrange_below(object, "");
}

/// Puts `objects` in the order in which they can be installed.
pub fn install_order(objects: &mut [Node]) {
    objects.sort_by(|a, b| install_key(a).cmp(&install_key(b)));
}

/// What objects are compared by to install them: kind, then namespace, then name. Kinds that are
/// not known come last, by their names. The version only tells apart kinds of the same name.
pub fn install_key(object: &Node) -> impl Ord + '_ {
    let text = |keys: &[&str]| object.at(keys).and_then(Node::as_str).unwrap_or_default();
    let kind = text(&["kind"]);
    let rank = KINDS.iter().position(|known| *known == kind).unwrap_or(KINDS.len());
    (rank, [kind, text(&["metadata", "namespace"]), text(&["metadata", "name"]), text(&["apiVersion"])])
}

/// The keys that come first wherever they stand, unless their map is the user's own.
const FIRST: &[&str] = &["apiVersion", "kind", "metadata", "name", "namespace", "labels", "annotations"];
/// The keys that come last wherever they stand.
const LAST: &[&str] = &["data", "binaryData", "stringData", "status"];

/// Maps whose keys the user made up: plainly alphabetical.
const OWN_KEYS: &[&str] = &[
    "annotations",
    "binaryData",
    "data",
    "labels",
    "limits",
    "matchLabels",
    "nodeSelector",
    "parameters",
    "properties",
    "requests",
    "stringData",
];

/// The keys that come first below a certain key, whether that holds a map or a list of maps.
fn first_below(parent: &str) -> &'static [&'static str] {
    match parent {
        "" => &["apiVersion", "kind", "metadata", "type", "spec", "roleRef", "subjects", "rules"],
        "spec" => &[
            "type",
            "replicas",
            "schedule",
            "scaleTargetRef",
            "minReplicas",
            "maxReplicas",
            "minAvailable",
            "maxUnavailable",
            "selector",
            "podSelector",
            "policyTypes",
            "ingressClassName",
            "serviceName",
            "serviceAccountName",
            "strategy",
            "updateStrategy",
            "initContainers",
            "containers",
            "volumes",
            "template",
        ],
        "containers" | "initContainers" | "ephemeralContainers" => &[
            "name",
            "image",
            "imagePullPolicy",
            "command",
            "args",
            "workingDir",
            "ports",
            "envFrom",
            "env",
            "resources",
            "volumeMounts",
            "startupProbe",
            "livenessProbe",
            "readinessProbe",
            "lifecycle",
            "securityContext",
        ],
        "ingress" | "egress" => &["from", "to", "ports"],
        "ports" => &["name", "port", "containerPort", "targetPort", "nodePort", "protocol"],
        "env" => &["name", "value", "valueFrom"],
        "volumeMounts" => &["name", "mountPath", "subPath", "readOnly"],
        "resources" => &["requests", "limits"],
        "rules" => &["host", "apiGroups", "resources", "resourceNames", "verbs"],
        "paths" => &["path", "pathType", "backend"],
        "matchExpressions" | "tolerations" => &["key", "operator", "values", "value", "effect"],
        "items" | "secretKeyRef" | "configMapKeyRef" => &["name", "key", "path"],
        _ => &[],
    }
}

fn arrange_below(node: &mut Node, parent: &str) {
    match &mut node.kind {
        NodeKind::List(items) => items.iter_mut().for_each(|item| arrange_below(item, parent)),
        NodeKind::Map(map) => {
            arrange_keys(map, parent);
            for field in &mut map.fields {
                arrange_below(&mut field.value, &field.key);
            }
        }
        _ => {}
    }
}

fn arrange_keys(map: &mut Map, parent: &str) {
    if OWN_KEYS.contains(&parent) {
        map.fields.sort_by(|a, b| a.key.cmp(&b.key));
        return;
    }
    let first = first_below(parent);
    map.fields.sort_by(|a, b| rank(first, &a.key).cmp(&rank(first, &b.key)).then_with(|| a.key.cmp(&b.key)));
}

/// Where `key` belongs: in the first lists, in the alphabetical middle, or at the end.
fn rank(first: &[&str], key: &str) -> usize {
    let place = |list: &[&str]| list.iter().position(|entry| *entry == key);
    let middle = first.len() + FIRST.len();
    place(first)
        .or_else(|| place(FIRST).map(|at| first.len() + at))
        .or_else(|| place(LAST).map(|at| middle + 1 + at))
        .unwrap_or(middle)
}

/// The kinds in the order of their installation. Custom resource definitions come right after the
/// namespaces, since objects of their kinds may follow anywhere. Of custom resources those come before the workloads that
/// speak of what workloads may do or need; the others come last, those that are referred to in front.
const KINDS: &[&str] = &[
    "Namespace",
    "CustomResourceDefinition",
    "PriorityClass",
    "ClusterPolicy",
    "Policy",
    "ValidatingPolicy",
    "MutatingPolicy",
    "GeneratingPolicy",
    "DeletingPolicy",
    "ImageValidatingPolicy",
    "PolicyException",
    "NetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "CiliumNetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "SealedSecret",
    "ClusterSecretStore",
    "SecretStore",
    "ClusterExternalSecret",
    "ExternalSecret",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
    "ClusterIssuer",
    "Issuer",
    "Certificate",
    "GatewayClass",
    "Gateway",
    "ListenerSet",
    "ReferenceGrant",
    "BackendTLSPolicy",
    "GRPCRoute",
    "HTTPRoute",
    "TCPRoute",
    "TLSRoute",
    "UDPRoute",
    "PrometheusRule",
    "ServiceMonitor",
    "PodMonitor",
    "AppProject",
    "GitRepository",
    "HelmRepository",
    "OCIRepository",
    "HelmChart",
];

#[cfg(test)]
mod tests {
    use super::{KINDS, install_order};
    use crate::node::{Map, Node, NodeKind};
    use crate::source::Span;

    /// The kinds in the order in which Helm 3.18 and 4.0 install them, as both publish it.
    const HELM: &[&str] = &[
        "PriorityClass",
        "Namespace",
        "NetworkPolicy",
        "ResourceQuota",
        "LimitRange",
        "PodSecurityPolicy",
        "PodDisruptionBudget",
        "ServiceAccount",
        "Secret",
        "SecretList",
        "ConfigMap",
        "StorageClass",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "CustomResourceDefinition",
        "ClusterRole",
        "ClusterRoleList",
        "ClusterRoleBinding",
        "ClusterRoleBindingList",
        "Role",
        "RoleList",
        "RoleBinding",
        "RoleBindingList",
        "Service",
        "DaemonSet",
        "Pod",
        "ReplicationController",
        "ReplicaSet",
        "Deployment",
        "HorizontalPodAutoscaler",
        "StatefulSet",
        "Job",
        "CronJob",
        "IngressClass",
        "Ingress",
        "APIService",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
    ];

    fn object(kind: &str, namespace: &str, name: &str) -> Node {
        let map = |fields: Vec<(&str, Node)>| {
            let mut map = Map::default();
            fields.into_iter().for_each(|(key, value)| map.set(key, Span::NONE, value));
            Node::new(NodeKind::Map(map), Span::NONE)
        };
        let text = |text: &str| Node::string(text, Span::NONE);
        let metadata = map(vec![("namespace", text(namespace)), ("name", text(name))]);
        map(vec![("kind", text(kind)), ("metadata", metadata)])
    }

    /// The objects in the order of their installation, whichever they came in.
    fn installed<'a>(objects: &[[&'a str; 3]]) -> Vec<String> {
        let told = |order: Vec<[&'a str; 3]>| {
            let mut nodes: Vec<Node> =
                order.into_iter().map(|[kind, namespace, name]| object(kind, namespace, name)).collect();
            install_order(&mut nodes);
            let text = |node: &Node, path: &[&str]| node.at(path).and_then(Node::as_str).unwrap_or_default().to_owned();
            let words = |node: &Node| {
                [&["kind"] as &[&str], &["metadata", "namespace"], &["metadata", "name"]]
                    .map(|path| text(node, path))
                    .join(" ")
            };
            nodes.iter().map(words).collect::<Vec<_>>()
        };
        let forwards = told(objects.to_vec());
        assert_eq!(forwards, told(objects.iter().rev().copied().collect()));
        forwards
    }

    #[test]
    fn kinds_come_as_helm_installs_them_behind_namespaces_and_definitions() {
        let first = ["Namespace", "CustomResourceDefinition"];
        assert_eq!(KINDS[..2], first);
        let ours: Vec<&str> =
            KINDS.iter().copied().filter(|kind| HELM.contains(kind) && !first.contains(kind)).collect();
        let helm: Vec<&str> = HELM.iter().copied().filter(|kind| !first.contains(kind)).collect();
        assert_eq!(ours, helm);
        let mut once = KINDS.to_vec();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), KINDS.len(), "no kind is listed twice");
    }

    #[test]
    fn within_a_kind_names_decide_and_unknown_kinds_come_last() {
        let found = installed(&[
            ["Zebra", "", "a"],
            ["Deployment", "b", "a"],
            ["Aardvark", "", "z"],
            ["Deployment", "a", "b"],
            ["Deployment", "a", "a"],
            ["Namespace", "", "b"],
            ["", "", ""],
        ]);
        let expected =
            ["Namespace  b", "Deployment a a", "Deployment a b", "Deployment b a", "  ", "Aardvark  z", "Zebra  a"];
        assert_eq!(found, expected);
    }
}
