//! NIST SP 800-53 revision 5, as far as manifests show it.

use super::{Control, Framework, control};
use crate::policy::level::Level::{High, Low, Restricted, Standard};

pub(super) const NIST: Framework =
    Framework { key: "NIST", title: "NIST SP 800-53 revision 5", table: CONTROLS, baseline: None };

pub(super) const CONTROLS: &[Control] = &[
    control("AC-2", "accounts are made on purpose", Standard, &["own-service-account", "no-broad-subjects"]),
    control("AC-3", "what is granted is enforced", Standard, &["no-wildcard-rules"]),
    control("AC-4", "information flows only where it is meant to", Standard, &["default-deny", "no-open-policy"]),
    control("AC-5", "nobody both asks and grants", Standard, &["no-escalation"]),
    control("AC-6", "rights are the least that a task takes", Low, &["no-cluster-admin", "not-privileged"]),
    control("AC-6(9)", "privileged functions are audited", High, &["no-pod-access", "no-node-access", "audit-label"]),
    control(
        "AC-6(10)",
        "those without privileges cannot get any",
        Standard,
        &["no-privilege-escalation", "run-as-non-root", "no-root-user", "drop-all-capabilities"],
    ),
    control("AC-16", "information carries its classification", High, &["data-classification"]),
    control("AC-17", "access from outside is guarded", Standard, &["ingress-host", "no-external-ips"]),
    control(
        "AU-10",
        "nobody can deny what was done: who, and from what",
        Standard,
        &["owner", "traceable", "committed-source"],
    ),
    control(
        "CM-2",
        "there is a configuration that systems are held to",
        Low,
        &["app-armor", "se-linux", "proc-mount", "seccomp-not-off", "safe-sysctls"],
    ),
    control("CM-3", "changes are controlled", Restricted, &["committed-source"]),
    control("CM-5", "few may change what checks changes", High, &["no-admission-control", "pod-security-admission"]),
    control(
        "CM-6",
        "settings are as strict as operation allows",
        High,
        &["restricted-capabilities", "seccomp-profile", "restricted-volumes"],
    ),
    control(
        "CM-7",
        "only what is needed is switched on",
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
    control("CM-8", "it is known what runs, and who answers for it", Low, &["owner", "traceable"]),
    control("CM-14", "what is installed is what was signed", Restricted, &["image-digest", "image-tag"]),
    control(
        "CP-10",
        "systems come back after a failure",
        Standard,
        &["disruption-budget", "spread", "several-replicas"],
    ),
    control(
        "IA-5",
        "credentials are protected",
        High,
        &["no-native-secrets", "no-secret-listing", "no-token-creation", "no-certificate-approval"],
    ),
    control("IA-5(7)", "credentials do not stand in what runs", Restricted, &["secrets-as-files"]),
    control(
        "SC-2",
        "what users reach is kept apart from administration",
        High,
        &["own-namespace", "token-not-mounted"],
    ),
    control("SC-4", "what is shared leaks nothing", High, &["no-shared-processes", "no-volume-creation"]),
    control("SC-5", "nothing can use up what others need", Low, &["cpu-request", "memory-request", "memory-limit"]),
    control(
        "SC-6",
        "resources are handed out by plan",
        Restricted,
        &["namespace-quota", "namespace-limits", "cpu-limit"],
    ),
    control("SC-7", "there is a boundary, and it is guarded", High, &["no-node-port", "load-balancer-ranges"]),
    control("SC-8", "data on its way is encrypted", Standard, &["ingress-tls", "gateway-tls"]),
    control("SC-28", "data at rest is protected", High, &["restricted-volumes", "no-host-path"]),
    control("SI-7", "what runs cannot be changed unseen", High, &["read-only-root"]),
    control("SI-7(1)", "what runs is checked to be what was approved", Restricted, &["image-digest", "image-tag"]),
    control("SI-13", "failure is foreseen and noticed", High, &["readiness-probe"]),
    control("SI-13(4)", "what hangs is replaced", Restricted, &["liveness-probe"]),
    control("SR-3", "what is bought in is known", Restricted, &["image-registry", "image-pull"]),
];
