//! GDPR, as far as manifests show it.

use super::{BASELINE, Control, Framework, control};
use crate::policy::level::Level::{High, Low, Restricted, Standard};

pub(super) const GDPR: Framework =
    Framework { key: "GDPR", title: "GDPR, Regulation (EU) 2016/679", table: CONTROLS, baseline: None };

const CONTROLS: &[Control] = &[
    control("Art. 5(1)(f)", "personal data is kept from those whom it does not concern", Low, BASELINE),
    control("Art. 5(2)", "somebody answers for it, and can show it", Low, &["owner", "traceable"]),
    control("Art. 9", "data of special kinds is known as such", Standard, &["data-classification"]),
    control(
        "Art. 25(1)",
        "protection is built in",
        Standard,
        &[
            "run-as-non-root",
            "no-root-user",
            "no-privilege-escalation",
            "drop-all-capabilities",
            "seccomp-profile",
            "default-deny",
        ],
    ),
    control(
        "Art. 25(2)",
        "by default, only what is needed is reached",
        Standard,
        &["no-wildcard-rules", "token-not-mounted", "own-service-account", "no-open-policy"],
    ),
    control(
        "Art. 28(3)",
        "whoever processes data is limited to what was agreed",
        High,
        &["own-namespace", "pod-security-admission"],
    ),
    control("Art. 30", "it is known what is processed, and audited", High, &["audit-label"]),
    control(
        "Art. 32(1)(a)",
        "personal data on its way is encrypted, and secrets are kept safe",
        Standard,
        &["ingress-tls", "gateway-tls"],
    ),
    control(
        "Art. 32(1)(b)",
        "systems stay confidential, whole and available",
        Standard,
        &["disruption-budget", "spread", "memory-limit"],
    ),
    control("Art. 32(1)(c)", "systems come back after an incident", High, &["readiness-probe", "several-replicas"]),
    control(
        "Art. 32(1)(d)",
        "what was tested is what runs",
        Restricted,
        &["image-tag", "image-digest", "committed-source"],
    ),
    control(
        "Art. 32(2)",
        "data is not disclosed or changed by accident",
        High,
        &["no-native-secrets", "no-secret-listing", "read-only-root", "no-cluster-admin", "no-broad-subjects"],
    ),
    control(
        "Art. 32(4)",
        "nobody processes data but on instructions",
        High,
        &["no-pod-access", "no-node-access", "no-escalation"],
    ),
];
