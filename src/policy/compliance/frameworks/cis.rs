//! CIS Kubernetes Benchmark: chapter 5, policies, as far as manifests show it.

use super::{Control, Framework, control};
use crate::policy::level::Level::{High, Low, Restricted, Standard};

pub(super) const CIS: Framework =
    Framework { key: "CIS", title: "CIS Kubernetes Benchmark 1.10", table: CONTROLS, baseline: None };

const CONTROLS: &[Control] = &[
    control("5.1.1", "only those who need it administer the cluster", Low, &["no-cluster-admin"]),
    control("5.1.2", "few may read secrets", High, &["no-secret-listing"]),
    control("5.1.3", "roles name what they allow", Standard, &["no-wildcard-rules"]),
    control("5.1.4", "few may create pods, or reach into them", High, &["no-pod-creation", "no-pod-access"]),
    control("5.1.5", "the service account that a namespace shares is not used", Standard, &["own-service-account"]),
    control("5.1.6", "API tokens are mounted only where they are needed", Standard, &["token-not-mounted"]),
    control("5.1.7", "nobody is made a master", Low, &["no-broad-subjects"]),
    control("5.1.8", "few may grant rights to themselves", Standard, &["no-escalation"]),
    control("5.1.9", "few may create persistent volumes", High, &["no-volume-creation"]),
    control("5.1.10", "few may reach through to nodes", High, &["no-node-access"]),
    control("5.1.11", "few may approve certificates", High, &["no-certificate-approval"]),
    control("5.1.12", "few may change who checks what enters the cluster", High, &["no-admission-control"]),
    control("5.1.13", "few may make tokens", High, &["no-token-creation"]),
    control("5.2.1", "each namespace is told which pods it admits", High, &["pod-security-admission"]),
    control("5.2.2", "containers are not privileged", Low, &["not-privileged"]),
    control("5.2.3", "pods do not see their node's processes, channels and network", Low, &["no-host-namespaces"]),
    control("5.2.6", "processes do not gain rights", Standard, &["no-privilege-escalation"]),
    control("5.2.7", "containers do not run as root", Standard, &["run-as-non-root", "no-root-user"]),
    control("5.2.8", "containers do not forge packets", Standard, &["drop-all-capabilities"]),
    control("5.2.9", "containers add no capabilities beyond the usual", Low, &["baseline-capabilities"]),
    control("5.2.10", "containers keep no capabilities that they do not need", High, &["restricted-capabilities"]),
    control("5.2.11", "no Windows container runs as a process of its host", Low, &["no-host-process"]),
    control("5.2.12", "pods do not mount folders of their node", Low, &["no-host-path"]),
    control("5.2.13", "containers take no ports of their node", Low, &["no-host-ports"]),
    control("5.3.2", "each namespace has network policies", Standard, &["default-deny", "no-open-policy"]),
    control("5.4.1", "secrets are files rather than variables", Restricted, &["secrets-as-files"]),
    control("5.4.2", "secrets are kept outside of the cluster's manifests", High, &["no-native-secrets"]),
    control(
        "5.5.1",
        "images are what they were when they were approved",
        Restricted,
        &["image-digest", "image-registry", "image-pull"],
    ),
    control("5.7.2", "pods have a seccomp profile", Standard, &["seccomp-profile", "seccomp-not-off"]),
    control(
        "5.7.3",
        "pods and containers are confined",
        High,
        &[
            "read-only-root",
            "app-armor",
            "se-linux",
            "proc-mount",
            "safe-sysctls",
            "no-shared-processes",
            "no-host-probes",
            "restricted-volumes",
        ],
    ),
    control("5.7.4", "the namespace `default` is not used", High, &["own-namespace"]),
];
