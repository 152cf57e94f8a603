//! What a release makes and may call as it likes: the names that carry the release.

use ecow::{EcoString, eco_format};
use rustc_hash::{FxHashMap, FxHashSet};

use super::text::{Defaults, Edit, at, field, fields, items};
use crate::chart::{Chart, Form, Piece};

/// The names of a chart.
#[derive(Default)]
pub(super) struct Own {
    /// The namespace of the release.
    namespace: EcoString,
    /// Namespaces that the chart makes besides.
    namespaces: FxHashSet<EcoString>,
    made: FxHashMap<EcoString, Vec<Made>>,
    hosts: FxHashMap<EcoString, Vec<Host>>,
}

/// Something that has a name in the cluster: an object, or what a controller makes for one.
struct Made {
    kind: EcoString,
    group: EcoString,
    /// Its namespace; none where it is in no namespace, or does not say.
    namespace: Option<EcoString>,
    /// Where in the name the prefix goes.
    at: usize,
}

/// A Service, which is a name in DNS.
pub(super) struct Host {
    /// Its namespace.
    pub namespace: EcoString,
    /// Its ports, in digits; none where it has every port of its pods.
    pub ports: Vec<EcoString>,
}

/// The claims of a StatefulSet, and its pods, by what stands in front of their number.
const CLAIMS: &str = "claims of a StatefulSet";

/// Which Secrets and Services operators make for an object: its group and kind, what they add to its name, and the kind.
const BESIDE: [(&str, &str, &str, &str); 12] = [
    ("postgresql.cnpg.io", "Cluster", "-app", "Secret"),
    ("postgresql.cnpg.io", "Cluster", "-superuser", "Secret"),
    ("postgresql.cnpg.io", "Cluster", "-ca", "Secret"),
    ("postgresql.cnpg.io", "Cluster", "-rw", "Service"),
    ("postgresql.cnpg.io", "Cluster", "-ro", "Service"),
    ("postgresql.cnpg.io", "Cluster", "-r", "Service"),
    ("postgresql.cnpg.io", "Pooler", "", "Service"),
    ("kafka.strimzi.io", "Kafka", "-kafka-bootstrap", "Service"),
    ("kafka.strimzi.io", "Kafka", "-cluster-ca-cert", "Secret"),
    ("kafka.strimzi.io", "KafkaUser", "", "Secret"),
    ("rabbitmq.com", "RabbitmqCluster", "", "Service"),
    ("rabbitmq.com", "RabbitmqCluster", "-default-user", "Secret"),
];

/// The ends of API groups in which objects called `default` or `cluster` are settings.
const SETTINGS: [&str; 4] = ["security.istio.io", "telemetry.istio.io", "projectcalico.org", "openshift.io"];

impl Own {
    /// What the chart makes.
    pub(super) fn of(chart: &Chart, defaults: &Defaults) -> Own {
        let mut own = Own { namespace: chart.namespace.as_str().into(), ..Own::default() };
        for template in &chart.templates {
            let head = Head::of(&template.form, defaults);
            if !head.is_fixed(&template.form, defaults) {
                own.take(&head, &template.form, defaults);
            }
        }
        own
    }

    fn take(&mut self, head: &Head, form: &Form, defaults: &Defaults) {
        if head.kind == "Namespace" && head.group.is_empty() {
            if head.name != self.namespace {
                self.namespaces.insert(head.name.clone());
            }
            return;
        }
        self.add(head, &head.kind, head.name.clone(), 0);
        for (kind, name) in secrets(head, form, defaults) {
            self.add(head, kind, name, 0);
        }
        for (_, _, suffix, kind) in BESIDE.iter().filter(|(group, of, ..)| *group == head.group && *of == head.kind) {
            let name = eco_format!("{}{suffix}", head.name);
            self.add(head, kind, name.clone(), 0);
            if *kind == "Service" {
                self.host(head, name, Vec::new());
            }
        }
        match head.kind.as_str() {
            "Service" if head.group.is_empty() => self.host(head, head.name.clone(), ports(form, defaults)),
            "StatefulSet" => {
                for claim in at(form, &["spec", "volumeClaimTemplates"]).into_iter().flat_map(items) {
                    let name = at(claim, &["metadata", "name"]).and_then(|name| defaults.text(name));
                    let name = name.unwrap_or_default();
                    self.add(head, CLAIMS, eco_format!("{name}-{}", head.name), name.len() + 1);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, head: &Head, kind: &str, name: EcoString, at: usize) {
        // What a controller makes is Kubernetes' own.
        let group = if kind == head.kind { head.group.clone() } else { EcoString::new() };
        let made = Made { kind: kind.into(), group, namespace: head.namespace.clone(), at };
        self.made.entry(name).or_default().push(made);
    }

    fn host(&mut self, head: &Head, name: EcoString, ports: Vec<EcoString>) {
        let namespace = head.namespace.clone().unwrap_or_else(|| self.namespace.clone());
        self.hosts.entry(name).or_default().push(Host { namespace, ports });
    }

    /// The namespace of the release, as the configuration says it.
    pub(super) fn namespace(&self) -> &EcoString {
        &self.namespace
    }

    /// Whether an object is the namespace of the release.
    pub(super) fn is_place(&self, head: &Head) -> bool {
        head.kind == "Namespace" && head.group.is_empty() && head.name == self.namespace
    }

    /// What is to be done to a text that is a namespace.
    pub(super) fn namespace_edit(&self, name: &str) -> Option<Edit> {
        if *name == *self.namespace {
            return Some(Edit { start: 0, end: name.len(), piece: Piece::Namespace });
        }
        self.namespaces.contains(name).then(|| Edit::prefix(0))
    }

    /// Where the prefix goes in a name that means something of these kinds in a namespace, or in any.
    pub(super) fn named(
        &self,
        kinds: &[&str],
        group: Option<&str>,
        namespace: Option<&str>,
        name: &str,
    ) -> Option<usize> {
        let find = |kinds: &[&str], name: &str| {
            let all = self.made.get(name)?;
            let fits = |made: &&Made| {
                let there = made.namespace.as_deref().zip(namespace).is_none_or(|(made, wanted)| made == wanted);
                there && kinds.contains(&made.kind.as_str()) && group.is_none_or(|group| group == made.group)
            };
            all.iter().find(fits).map(|made| made.at)
        };
        find(kinds, name).or_else(|| match (kinds, numbered(name)?) {
            (["PersistentVolumeClaim"], set) => find(&[CLAIMS], set),
            (["Pod"], set) => find(&["StatefulSet"], set),
            _ => None,
        })
    }

    /// Whether `name` means something of a kind that an API calls `resource`: `secrets`, `networkpolicies`.
    pub(super) fn named_in_api(&self, resource: &str, namespace: Option<&str>, name: &str) -> bool {
        let resource = resource.split('/').next().unwrap_or(resource);
        let there = |made: &Made| made.namespace.as_deref().zip(namespace).is_none_or(|(made, wanted)| made == wanted);
        self.made
            .get(name)
            .is_some_and(|all| all.iter().any(|made| there(made) && made.at == 0 && is_plural(&made.kind, resource)))
    }

    /// The Services of this name.
    pub(super) fn hosts(&self, name: &str) -> &[Host] {
        self.hosts.get(name).map_or(&[], Vec::as_slice)
    }
}

/// What an object says of itself.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub group: EcoString,
    pub kind: EcoString,
    pub name: EcoString,
    pub namespace: Option<EcoString>,
}

impl Head {
    /// The head of an object.
    pub(super) fn of(form: &Form, defaults: &Defaults) -> Head {
        let text = |keys: &[&str]| at(form, keys).and_then(|value| defaults.text(value));
        let version = text(&["apiVersion"]).unwrap_or_default();
        Head {
            group: version.split_once('/').map_or("", |(group, _)| group).into(),
            kind: text(&["kind"]).unwrap_or_default(),
            name: text(&["metadata", "name"]).unwrap_or_default(),
            namespace: text(&["metadata", "namespace"]),
        }
    }

    /// Whether the object is found by its very name, whoever makes it.
    pub(super) fn is_fixed(&self, form: &Form, defaults: &Defaults) -> bool {
        match (self.group.as_str(), self.kind.as_str(), self.name.as_str()) {
            // The name is made of the API that the object is for.
            ("apiextensions.k8s.io" | "apiregistration.k8s.io" | "storage.k8s.io", kind, _)
                if ["CustomResourceDefinition", "APIService", "CSIDriver", "CSINode"].contains(&kind) =>
            {
                true
            }
            ("", "Node", _) | ("", "ServiceAccount", "default") => true,
            ("", "ConfigMap", "kube-root-ca.crt" | "aws-auth" | "coredns" | "coredns-custom" | "kube-proxy") => true,
            ("rbac.authorization.k8s.io", _, name) => name.starts_with("system:"),
            // Sealed for its name: under another one the controller cannot open it.
            ("bitnami.com", "SealedSecret", _) => !is_free(form, defaults),
            // Operators take the object of this name for the settings of a namespace, or of the cluster.
            ("argoproj.io", "AppProject", "default") => true,
            (group, _, "default" | "cluster") => SETTINGS.iter().any(|owner| group.ends_with(owner)),
            _ => false,
        }
    }

    /// How long a name in front of its own may be, with what joins them.
    pub(super) fn room(&self) -> usize {
        let limit: usize = match self.kind.as_str() {
            // What their controllers add has to fit into a label.
            "StatefulSet" | "CronJob" => 52,
            "Service" | "Namespace" | "Job" | "Pod" | "Deployment" | "DaemonSet" | "ReplicaSet" => 63,
            _ => 253,
        };
        limit.saturating_sub(self.name.len() + 1)
    }

    /// Whether it is a CustomResourceDefinition, which Helm keeps apart and makes once for all releases.
    pub(super) fn is_definition(&self) -> bool {
        self.kind == "CustomResourceDefinition"
    }
}

fn is_free(sealed: &Form, defaults: &Defaults) -> bool {
    let annotations = at(sealed, &["metadata", "annotations"]).map_or(&[][..], fields);
    ["sealedsecrets.bitnami.com/cluster-wide", "sealedsecrets.bitnami.com/namespace-wide"]
        .iter()
        .any(|wide| defaults.text_at(annotations, wide).is_some_and(|value| value == "true"))
}

/// The Secrets that controllers make because an object says so.
fn secrets(head: &Head, form: &Form, defaults: &Defaults) -> Vec<(&'static str, EcoString)> {
    let said = |keys: &[&str]| at(form, keys).and_then(|name| defaults.text(name));
    let list = |keys: &[&str], inner: &dyn Fn(&Form) -> Vec<EcoString>| {
        at(form, keys).into_iter().flat_map(items).flat_map(inner).collect::<Vec<_>>()
    };
    let names = match head.kind.as_str() {
        "ExternalSecret" => vec![said(&["spec", "target", "name"]).unwrap_or_else(|| head.name.clone())],
        "SealedSecret" => vec![said(&["spec", "template", "metadata", "name"]).unwrap_or_else(|| head.name.clone())],
        "Certificate" => said(&["spec", "secretName"]).into_iter().collect(),
        "VaultStaticSecret" | "VaultDynamicSecret" | "VaultPKISecret" => {
            said(&["spec", "destination", "name"]).into_iter().collect()
        }
        "Ingress" if asks_for_certificates(form) => {
            list(&["spec", "tls"], &|tls| defaults.text_at(fields(tls), "secretName").into_iter().collect())
        }
        "Gateway" if asks_for_certificates(form) => list(&["spec", "listeners"], &|listener| {
            let certificates = at(listener, &["tls", "certificateRefs"]).into_iter().flat_map(items);
            certificates.filter_map(|certificate| defaults.text_at(fields(certificate), "name")).collect()
        }),
        _ => Vec::new(),
    };
    names.into_iter().map(|name| ("Secret", name)).collect()
}

/// Whether cert-manager makes the certificates that an object names.
fn asks_for_certificates(form: &Form) -> bool {
    let annotations = at(form, &["metadata", "annotations"]).map_or(&[][..], fields);
    ["cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme"]
        .iter()
        .any(|asks| field(annotations, asks).is_some())
}

/// The ports of a Service, in digits. A headless one is the names of its pods, which have ports of their own.
fn ports(service: &Form, defaults: &Defaults) -> Vec<EcoString> {
    let headless = at(service, &["spec", "clusterIP"]).and_then(|ip| defaults.text(ip)).is_some_and(|ip| ip == "None");
    if headless {
        return Vec::new();
    }
    let ports = at(service, &["spec", "ports"]).into_iter().flat_map(items);
    ports.filter_map(|port| defaults.digits(field(fields(port), "port")?)).collect()
}

/// A name without the number behind it: `db` of `db-0`.
pub(super) fn numbered(name: &str) -> Option<&str> {
    let (set, number) = name.rsplit_once('-')?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(set)
}

/// Whether an API calls objects of `kind` so.
fn is_plural(kind: &str, resource: &str) -> bool {
    let one = kind.to_lowercase();
    let rest = resource.strip_prefix(one.as_str());
    rest.is_some_and(|rest| ["s", "es", ""].contains(&rest))
        || one.strip_suffix('y').and_then(|stem| resource.strip_prefix(stem)).is_some_and(|rest| rest == "ies")
}
