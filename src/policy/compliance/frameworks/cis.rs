//! CIS Kubernetes Benchmark: the part about policies (chapter 5), as far as manifests show it.

use super::{Control, Framework};
use crate::policy::level::Level;

/// The CIS Kubernetes Benchmark.
pub(super) const CIS: Framework = Framework {
    key: "CIS",
    title: "CIS Kubernetes Benchmark 1.10",
    controls: &[Control {
        id: "5.2.7",
        title: "containers do not run as root",
        checks: &["run-as-non-root"],
        from: Level::Standard,
    }],
};
