//! ISO/IEC 27001:2022: Annex A, as far as manifests show it.

use super::{Control, Framework, control};
use crate::policy::level::Level::{High, Low, Restricted, Standard};

pub(super) const ISO27001: Framework =
    Framework { key: "ISO27001", title: "ISO/IEC 27001:2022, Annex A", table: CONTROLS, baseline: None };

const CONTROLS: &[Control] = &[
    control("A.5.2", "somebody answers for everything that runs", Low, &["owner"]),
    control("A.5.12", "information is classified", High, &["data-classification"]),
    control("A.5.15", "access follows from need", Standard, &["no-wildcard-rules", "no-broad-subjects"]),
    control("A.5.17", "credentials are kept from being seen", High, &["no-native-secrets", "secrets-as-files"]),
    control("A.5.18", "rights are given on purpose", Low, &["no-cluster-admin"]),
    control("A.5.21", "what is bought in is known", Restricted, &["image-registry", "image-pull"]),
    control("A.5.28", "what happened can be shown", Standard, &["traceable", "committed-source"]),
    control(
        "A.8.2",
        "privileged rights are few",
        Standard,
        &["not-privileged", "no-escalation", "no-privilege-escalation", "run-as-non-root", "no-root-user"],
    ),
    control("A.8.3", "access to information is restricted", High, &["no-secret-listing", "no-token-creation"]),
    control(
        "A.8.5",
        "who asks proves who they are",
        Standard,
        &["own-service-account", "token-not-mounted", "no-certificate-approval"],
    ),
    control(
        "A.8.6",
        "there is room for what runs, and nothing takes all of it",
        Low,
        &["cpu-request", "memory-request", "memory-limit"],
    ),
    control(
        "A.8.7",
        "nothing malicious is run",
        Low,
        &[
            "no-host-process",
            "no-host-namespaces",
            "baseline-capabilities",
            "no-host-path",
            "no-host-ports",
            "no-host-probes",
        ],
    ),
    control(
        "A.8.9",
        "systems are configured by a standard",
        Low,
        &["app-armor", "se-linux", "proc-mount", "seccomp-not-off", "safe-sysctls"],
    ),
    control(
        "A.8.14",
        "systems outlive the loss of a part",
        Standard,
        &["disruption-budget", "spread", "several-replicas"],
    ),
    control("A.8.15", "it is said what is logged and audited", High, &["audit-label"]),
    control("A.8.16", "failure is noticed", High, &["readiness-probe"]),
    control(
        "A.8.18",
        "programs that get around controls are kept away",
        High,
        &["no-pod-access", "no-node-access", "drop-all-capabilities", "restricted-capabilities"],
    ),
    control("A.8.19", "only what was approved is installed", High, &["read-only-root", "pod-security-admission"]),
    control("A.8.20", "networks are guarded", Standard, &["default-deny", "no-external-ips"]),
    control("A.8.21", "what is offered on networks is secured", Standard, &["ingress-host", "no-node-port"]),
    control("A.8.22", "networks are kept apart", High, &["no-open-policy", "own-namespace", "load-balancer-ranges"]),
    control("A.8.24", "data on its way is encrypted", Standard, &["ingress-tls", "gateway-tls"]),
    control("A.8.26", "applications ask for what security they need", Standard, &["seccomp-profile"]),
    control(
        "A.8.31",
        "development, test and production are kept apart",
        High,
        &["restricted-volumes", "no-shared-processes"],
    ),
    control("A.8.32", "changes follow a procedure", Restricted, &["image-tag", "committed-source", "image-digest"]),
];
