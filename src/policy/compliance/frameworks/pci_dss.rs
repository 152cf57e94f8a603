//! PCI DSS 4.0, as far as manifests show it.

use super::{BASELINE, Control, Framework, control};
use crate::policy::level::Level::{High, Low, Restricted, Standard};

pub(super) const PCI_DSS: Framework =
    Framework { key: "PCI-DSS", title: "PCI DSS 4.0", table: CONTROLS, baseline: None };

const CONTROLS: &[Control] = &[
    control("1.2.5", "only ports and protocols that are needed are open", Standard, &["no-host-ports", "no-node-port"]),
    control(
        "1.3.1",
        "what comes into the cardholder environment is limited to what is declared",
        Standard,
        &["default-deny", "no-open-policy"],
    ),
    control(
        "1.4.1",
        "there are controls between networks that are trusted and those that are not",
        Standard,
        &["no-external-ips", "ingress-host"],
    ),
    control(
        "1.4.4",
        "systems with cardholder data are not reached directly from outside",
        High,
        &["load-balancer-ranges"],
    ),
    control("2.2.1", "systems are configured by a hardening standard", Low, BASELINE),
    control(
        "2.2.3",
        "functions of different protection do not share what separates them",
        Standard,
        &["own-service-account", "no-shared-processes"],
    ),
    control(
        "2.2.4",
        "only what is needed is switched on",
        Standard,
        &["drop-all-capabilities", "restricted-capabilities", "restricted-volumes"],
    ),
    control(
        "2.2.6",
        "what systems can be made to do is limited",
        Standard,
        &["no-privilege-escalation", "run-as-non-root", "no-root-user", "seccomp-profile"],
    ),
    control("2.2.7", "administration is encrypted and not left open", High, &["no-pod-access", "no-node-access"]),
    control(
        "3.6.1",
        "keys and credentials are protected from being seen",
        High,
        &["no-native-secrets", "no-secret-listing"],
    ),
    control("4.2.1", "cardholder data is encrypted on open networks", Standard, &["ingress-tls", "gateway-tls"]),
    control("6.3.2", "it is known which software runs", Standard, &["application-label", "traceable"]),
    control("6.5.1", "changes follow a procedure and can be traced", Restricted, &["committed-source"]),
    control("7.2.1", "access is given by need", Standard, &["no-wildcard-rules", "no-broad-subjects"]),
    control("7.2.2", "rights are the least that a job takes", Low, &["no-cluster-admin"]),
    control(
        "7.2.5",
        "accounts of systems have the least rights that they need",
        Standard,
        &["token-not-mounted", "no-escalation"],
    ),
    control(
        "7.3.3",
        "what is not granted is denied",
        High,
        &["pod-security-admission", "own-namespace", "no-admission-control"],
    ),
    control("8.6.2", "credentials are not built into what runs", Restricted, &["secrets-as-files"]),
    control("8.6.3", "tokens of systems are not made at will", High, &["no-token-creation", "no-certificate-approval"]),
    control("9.4.2", "data is classified", High, &["data-classification"]),
    control("10.2.1", "it is said what is audited", High, &["audit-label"]),
    control(
        "11.5.2",
        "what runs cannot be changed unseen",
        Restricted,
        &["image-tag", "image-digest", "image-registry", "image-pull", "read-only-root"],
    ),
    control("12.1.3", "somebody answers for everything that runs", Low, &["owner"]),
    control(
        "12.10.1",
        "systems go on, and are mended, when parts of them fail",
        High,
        &["disruption-budget", "several-replicas", "spread", "readiness-probe"],
    ),
];
