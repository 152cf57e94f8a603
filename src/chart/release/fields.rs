//! The fields whose text is the name of an object, or a namespace.
//!
//! A field is told by the end of its path, in which lists do not count: `imagePullSecrets.name` is the name of each item,
//! in whatever kind of object. That may be generous, since a name is only opened if the chart makes an object of the
//! kind that the field means, in the namespace that it means.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use crate::chart::{Field, Form};

use super::text::{Defaults, field};

/// The ends of paths, and the kinds that the names there mean.
const NAMES: &[(&str, &[&str])] = &[
    // Pods and what they stand on.
    ("serviceAccountName", &["ServiceAccount"]),
    ("serviceAccount", &["ServiceAccount"]),
    ("serviceAccountRef.name", &["ServiceAccount"]),
    ("imagePullSecrets.name", &["Secret"]),
    ("secretName", &["Secret"]),
    ("secret.name", &["Secret"]),
    ("secrets.name", &["Secret"]),
    ("secretRef.name", &["Secret"]),
    ("secretKeyRef.name", &["Secret"]),
    ("configMap.name", &["ConfigMap"]),
    ("configMapRef.name", &["ConfigMap"]),
    ("configMapKeyRef.name", &["ConfigMap"]),
    ("claimName", &["PersistentVolumeClaim"]),
    ("claimRef.name", &["PersistentVolumeClaim"]),
    ("dataSource.name", &["PersistentVolumeClaim", "VolumeSnapshot"]),
    ("persistentVolumeClaimName", &["PersistentVolumeClaim"]),
    ("volumeName", &["PersistentVolume"]),
    ("volumeSnapshotClassName", &["VolumeSnapshotClass"]),
    ("volumeAttributesClassName", &["VolumeAttributesClass"]),
    ("priorityClassName", &["PriorityClass"]),
    ("runtimeClassName", &["RuntimeClass"]),
    ("storageClassName", &["StorageClass"]),
    ("storageClass", &["StorageClass"]),
    ("resourceClaimName", &["ResourceClaim"]),
    ("resourceClaimTemplateName", &["ResourceClaimTemplate"]),
    ("deviceClassName", &["DeviceClass"]),
    // The network.
    ("serviceName", &["Service"]),
    ("backend.service.name", &["Service"]),
    ("defaultBackend.service.name", &["Service"]),
    ("clientConfig.service.name", &["Service"]),
    ("webhook.clientConfig.service.name", &["Service"]),
    ("spec.service.name", &["Service"]),
    ("backendRefs.name", &["Service"]),
    ("backendRef.name", &["Service"]),
    ("services.name", &["Service"]),
    ("alertmanagers.name", &["Service"]),
    ("k8sService.serviceName", &["Service"]),
    ("ingressClassName", &["IngressClass"]),
    ("gatewayClassName", &["GatewayClass"]),
    ("parentRefs.name", &["Gateway"]),
    ("gateways", &["Gateway"]),
    ("certificateRefs.name", &["Secret"]),
    ("caCertificateRefs.name", &["ConfigMap", "Secret"]),
    ("credentialName", &["Secret"]),
    ("middlewares.name", &["Middleware"]),
    // Who may do what, and what may enter.
    ("roleRef.name", &["Role", "ClusterRole"]),
    ("subjects.name", &["ServiceAccount"]),
    ("policyName", &["ValidatingAdmissionPolicy", "MutatingAdmissionPolicy"]),
    // Scaling.
    ("scaleTargetRef.name", &["Deployment"]),
    ("targetRef.name", &["Deployment", "StatefulSet", "DaemonSet"]),
    ("authenticationRef.name", &["TriggerAuthentication"]),
    // Secrets and certificates from elsewhere.
    ("secretStoreRef.name", &["SecretStore", "ClusterSecretStore"]),
    ("storeRef.name", &["SecretStore", "ClusterSecretStore"]),
    ("target.name", &["Secret"]),
    ("destination.name", &["Secret"]),
    ("template.metadata.name", &["SealedSecret"]),
    ("vaultAuthRef", &["VaultAuth"]),
    ("vaultConnectionRef", &["VaultConnection"]),
    ("issuerRef.name", &["Issuer"]),
    ("cert-manager.io/issuer", &["Issuer"]),
    ("cert-manager.io/cluster-issuer", &["ClusterIssuer"]),
    ("cert-manager.io/inject-ca-from", &["Certificate"]),
    ("cert-manager.io/inject-ca-from-secret", &["Secret"]),
    // Delivery and operators.
    ("sourceRef.name", &["GitRepository", "OCIRepository", "HelmRepository", "Bucket"]),
    ("chartRef.name", &["OCIRepository", "HelmChart"]),
    ("dependsOn.name", &["Kustomization", "HelmRelease"]),
    ("project", &["AppProject"]),
    ("cluster.name", &["Cluster"]),
    // Annotations.
    ("kubernetes.io/service-account.name", &["ServiceAccount"]),
    ("kubernetes.io/ingress.class", &["IngressClass"]),
    ("nginx.ingress.kubernetes.io/auth-secret", &["Secret"]),
    ("nginx.ingress.kubernetes.io/auth-tls-secret", &["Secret"]),
    ("nginx.ingress.kubernetes.io/proxy-ssl-secret", &["Secret"]),
    ("nginx.ingress.kubernetes.io/default-backend", &["Service"]),
    ("secret.reloader.stakater.com/reload", &["Secret"]),
    ("configmap.reloader.stakater.com/reload", &["ConfigMap"]),
    // Labels that controllers give what they make, in selectors.
    ("job-name", &["Job"]),
    ("batch.kubernetes.io/job-name", &["Job"]),
    ("statefulset.kubernetes.io/pod-name", &["Pod"]),
    ("kubernetes.io/service-name", &["Service"]),
    ("gateway.networking.k8s.io/gateway-name", &["Gateway"]),
    ("io.cilium.k8s.policy.serviceaccount", &["ServiceAccount"]),
    ("cnpg.io/cluster", &["Cluster"]),
    ("strimzi.io/cluster", &["Kafka"]),
];

/// The fields whose texts are namespaces.
const NAMESPACES: [&str; 9] = [
    "namespace",
    "namespaces",
    "namespaceName",
    "matchNames",
    "targetNamespace",
    "storageNamespace",
    "watchNamespace",
    "kubernetes.io/metadata.name",
    "io.kubernetes.pod.namespace",
];

/// The table, by the last key.
pub(super) struct Fields(FxHashMap<&'static str, Vec<(&'static str, &'static [&'static str])>>);

impl Fields {
    /// The table.
    pub(super) fn new() -> Fields {
        let mut table: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for &(path, kinds) in NAMES {
            // Keys with a group have dots of their own, and are told by themselves.
            let (before, last) =
                if path.contains('/') { ("", path) } else { path.rsplit_once('.').unwrap_or(("", path)) };
            table.entry(last).or_default().push((before, kinds));
        }
        // This one has dots without a group.
        table.insert("io.cilium.k8s.policy.serviceaccount", vec![("", &["ServiceAccount"])]);
        Fields(table)
    }

    /// The kinds that a name at the end of this path means.
    pub(super) fn kinds(&self, path: &[EcoString]) -> &'static [&'static str] {
        let Some((last, before)) = path.split_last() else { return &[] };
        if let Some(kinds) = before.last().filter(|_| last == "name").and_then(|parent| by_parent(parent)) {
            return kinds;
        }
        let ends = |wanted: &str| {
            let same = wanted.rsplit('.').zip(before.iter().rev()).filter(|(wanted, key)| wanted == *key).count();
            wanted.is_empty() || same == wanted.split('.').count()
        };
        let found = self.0.get(plain_key(last)).into_iter().flatten().find(|(before, _)| ends(before));
        found.map_or(&[], |(_, kinds)| kinds)
    }
}

/// Fields of many kinds that end alike: `passwordSecretRef.name`.
fn by_parent(parent: &str) -> Option<&'static [&'static str]> {
    if parent.ends_with("SecretRef") || parent.ends_with("SecretKeyRef") || parent.ends_with("SecretKeySelector") {
        return Some(&["Secret"]);
    }
    (parent.ends_with("ConfigMapRef") || parent.ends_with("ConfigMapKeyRef")).then_some(&["ConfigMap"])
}

/// Whether the texts at this key are namespaces.
pub(super) fn is_namespace(key: &str) -> bool {
    NAMESPACES.contains(&plain_key(key))
}

/// A label key without what Cilium puts in front to say where the label comes from.
pub(super) fn plain_key(key: &str) -> &str {
    ["k8s:", "any:"].iter().find_map(|source| key.strip_prefix(source)).unwrap_or(key)
}

/// What the fields around a name say of the object that it means.
#[derive(Default)]
pub(super) struct Around {
    /// Its kind.
    pub kind: Option<String>,
    /// Its API group; none where that is not said.
    pub group: Option<String>,
    /// Its namespace.
    pub namespace: Option<String>,
}

impl Around {
    /// What a map says.
    pub(super) fn of(map: &[Field], defaults: &Defaults) -> Around {
        let said = |key: &str| field(map, key).and_then(|form: &Form| defaults.text(form)).map(String::from);
        if field(map, "name").is_none() {
            return Around { namespace: said("namespace"), ..Around::default() };
        }
        let version = said("apiVersion").map(|it| it.split_once('/').map_or("", |(group, _)| group).to_owned());
        let group = said("apiGroup").or_else(|| said("group")).or(version);
        Around {
            kind: said("kind"),
            group: group.filter(|_| field(map, "kind").is_some()),
            namespace: said("namespace"),
        }
    }
}
