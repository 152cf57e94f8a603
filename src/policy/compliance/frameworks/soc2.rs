//! SOC 2: the Trust Services Criteria, as far as manifests show them.

use super::{BASELINE, Control, Framework, control};
use crate::policy::level::Level::{High, Low, Restricted, Standard};

pub(super) const SOC2: Framework = Framework {
    key: "SOC2",
    title: "SOC 2, Trust Services Criteria 2017 (revised 2022)",
    table: CONTROLS,
    baseline: None,
};

const CONTROLS: &[Control] = &[
    control("CC1.3", "somebody answers for everything that runs", Low, &["owner"]),
    control("CC5.2", "technology enforces what policies say", High, &["pod-security-admission", "own-namespace"]),
    control(
        "CC6.1",
        "access is limited to what is needed, and systems are kept apart",
        Standard,
        &["no-wildcard-rules", "no-escalation", "own-service-account", "token-not-mounted", "default-deny"],
    ),
    control("CC6.2", "nobody gets rights without being named", Low, &["no-broad-subjects"]),
    control("CC6.3", "rights follow from roles, and the widest are not given", Low, &["no-cluster-admin"]),
    control(
        "CC6.6",
        "what comes from outside passes a guarded door",
        Standard,
        &["ingress-tls", "gateway-tls", "ingress-host", "no-external-ips"],
    ),
    control(
        "CC6.7",
        "data on its way is protected, and secrets do not travel in the open",
        High,
        &["no-native-secrets", "no-secret-listing", "no-open-policy", "no-node-port", "load-balancer-ranges"],
    ),
    control("CC6.8", "nothing unknown is run, and what runs cannot take over its node", Low, BASELINE),
    control(
        "CC7.1",
        "what runs is built from known parts and cannot change unseen",
        High,
        &[
            "read-only-root",
            "restricted-volumes",
            "no-privilege-escalation",
            "run-as-non-root",
            "no-root-user",
            "seccomp-profile",
            "drop-all-capabilities",
            "restricted-capabilities",
        ],
    ),
    control(
        "CC7.2",
        "who may watch or enter running systems is known",
        High,
        &["no-pod-access", "no-node-access", "audit-label"],
    ),
    control("CC8.1", "every change can be traced to its source", Low, &["traceable", "committed-source"]),
    control(
        "A1.1",
        "there is room for what runs, and nothing takes all of it",
        Low,
        &["cpu-request", "memory-request", "memory-limit"],
    ),
    control(
        "A1.2",
        "applications outlive the loss of a node",
        Standard,
        &["disruption-budget", "spread", "several-replicas"],
    ),
    control("A1.3", "failure is noticed and mended", High, &["readiness-probe"]),
    control("C1.1", "confidential data is known as such", High, &["data-classification"]),
    control(
        "PI1.3",
        "what runs is what was specified",
        Restricted,
        &["image-tag", "committed-source", "image-digest", "image-registry", "image-pull"],
    ),
    control("P4.1", "secrets reach only whom they are for", Restricted, &["secrets-as-files", "no-shared-processes"]),
];
