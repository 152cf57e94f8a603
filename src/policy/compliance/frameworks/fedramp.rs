//! FedRAMP: the moderate baseline of NIST SP 800-53 revision 5, as far as manifests show it.

use super::{Framework, nist};

pub(super) const FEDRAMP: Framework = Framework {
    key: "FedRAMP",
    title: "FedRAMP Moderate, revision 5",
    table: nist::CONTROLS,
    baseline: Some(MODERATE),
};

/// What the baseline takes of the catalogue.
const MODERATE: &[&str] = &[
    "AC-2", "AC-3", "AC-4", "AC-5", "AC-6", "AC-6(9)", "AC-6(10)", "AC-17", "CM-2", "CM-3", "CM-5", "CM-6", "CM-7",
    "CM-8", "CP-10", "IA-5", "IA-5(7)", "SC-2", "SC-4", "SC-5", "SC-7", "SC-8", "SC-28", "SI-7", "SI-7(1)", "SR-3",
];
