//! HIPAA: the Security Rule, as far as manifests show it.

use super::{BASELINE, Control, Framework, control};
use crate::policy::level::Level::{High, Low, Restricted, Standard};

pub(super) const HIPAA: Framework =
    Framework { key: "HIPAA", title: "HIPAA Security Rule, 45 CFR Part 164", table: CONTROLS, baseline: None };

const CONTROLS: &[Control] = &[
    control("164.308(a)(2)", "somebody answers for security", Low, &["owner"]),
    control(
        "164.308(a)(3)",
        "only those who need it reach health data",
        Standard,
        &["no-wildcard-rules", "no-broad-subjects", "no-cluster-admin", "own-service-account"],
    ),
    control(
        "164.308(a)(4)",
        "access is authorised, and not by oneself",
        Standard,
        &["no-escalation", "token-not-mounted"],
    ),
    control("164.308(a)(4)(ii)(A)", "functions are kept apart from each other", High, &["own-namespace"]),
    control("164.308(a)(5)(ii)(B)", "nothing malicious is run", Low, BASELINE),
    control(
        "164.308(a)(7)(ii)(C)",
        "operation goes on in an emergency",
        Standard,
        &["disruption-budget", "spread", "several-replicas"],
    ),
    control(
        "164.308(a)(8)",
        "what runs can be traced to what was evaluated",
        Standard,
        &["traceable", "committed-source"],
    ),
    control(
        "164.310(d)(1)",
        "media that hold health data are under control",
        High,
        &["restricted-volumes", "no-volume-creation"],
    ),
    control("164.312(a)(1)", "systems let in only those with rights", Standard, &["default-deny"]),
    control(
        "164.312(a)(2)(iv)",
        "keys and credentials are kept apart from the data",
        High,
        &["no-native-secrets", "no-secret-listing"],
    ),
    control("164.312(b)", "what happens with health data is audited", High, &["audit-label", "no-pod-access"]),
    control(
        "164.312(c)(1)",
        "health data is not changed or destroyed improperly",
        Standard,
        &[
            "read-only-root",
            "run-as-non-root",
            "no-root-user",
            "no-privilege-escalation",
            "drop-all-capabilities",
            "seccomp-profile",
        ],
    ),
    control("164.312(d)", "who asks is who they say they are", High, &["no-token-creation", "no-certificate-approval"]),
    control(
        "164.312(e)(1)",
        "health data on its way is guarded",
        Standard,
        &["ingress-tls", "gateway-tls", "ingress-host"],
    ),
    control(
        "164.312(e)(2)(i)",
        "health data on its way is not led elsewhere",
        High,
        &["no-open-policy", "no-external-ips", "no-node-port", "load-balancer-ranges"],
    ),
    control("164.316(b)(1)", "data and configurations are documented", High, &["data-classification"]),
    control(
        "164.316(b)(2)",
        "what is documented is what was built",
        Restricted,
        &["image-tag", "committed-source", "image-digest"],
    ),
];
