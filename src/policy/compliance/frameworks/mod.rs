//! The regulations, a file each: tables of controls.
//!
//! A table holds what manifests can show of a regulation, not all that it demands; who is to be told what, who has to be
//! asked, and what has to be practised, no manifest shows. Titles are our words, numbers the regulation's.

mod cis;
mod fedramp;
mod gdpr;
mod hipaa;
mod iso27001;
mod nist;
mod pci_dss;
mod soc2;

use crate::policy::level::Level;

/// A regulation.
#[derive(Debug)]
pub struct Framework {
    /// As configurations name it: `PCI-DSS`.
    pub key: &'static str,
    /// Its full name with the edition that the controls are numbered by: `PCI DSS 4.0`.
    pub title: &'static str,
    /// The table that holds its controls.
    table: &'static [Control],
    /// Those of the table that it demands, by number, in the table's order; all where it has no choice of its own.
    baseline: Option<&'static [&'static str]>,
}

/// A demand of a regulation that can be seen in manifests.
#[derive(Debug)]
pub struct Control {
    /// Its number there: `2.2.1`.
    pub id: &'static str,
    /// What it asks for, in our words.
    pub title: &'static str,
    /// The level from which it binds.
    pub from: Level,
    /// The checks that show it, by [`Check::id`](super::Check::id); all of them must pass.
    pub checks: &'static [&'static str],
}

impl Framework {
    /// Its controls, in its own order.
    pub fn controls(&self) -> impl Iterator<Item = &'static Control> {
        let demanded = |control: &&Control| self.baseline.is_none_or(|baseline| baseline.contains(&control.id));
        self.table.iter().filter(demanded)
    }
}

/// All regulations.
pub const FRAMEWORKS: &[&Framework] = &[
    &soc2::SOC2,
    &pci_dss::PCI_DSS,
    &hipaa::HIPAA,
    &gdpr::GDPR,
    &iso27001::ISO27001,
    &nist::NIST,
    &fedramp::FEDRAMP,
    &cis::CIS,
];

/// The regulation of this name.
pub fn framework(key: &str) -> Option<&'static Framework> {
    FRAMEWORKS.iter().copied().find(|framework| framework.key == key)
}

/// The checks of the Pod Security Standards' baseline.
const BASELINE: &[&str] = &[
    "no-host-process",
    "no-host-namespaces",
    "not-privileged",
    "baseline-capabilities",
    "no-host-path",
    "no-host-ports",
    "no-host-probes",
    "app-armor",
    "se-linux",
    "proc-mount",
    "seccomp-not-off",
    "safe-sysctls",
];

/// A row of a table.
const fn control(id: &'static str, title: &'static str, from: Level, checks: &'static [&'static str]) -> Control {
    Control { id, title, from, checks }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::all_checks;
    use super::FRAMEWORKS;
    use crate::policy::level::Level;

    #[test]
    fn controls_name_checks_that_there_are() {
        let known: BTreeSet<&str> = all_checks().map(|check| check.id).collect();
        for framework in FRAMEWORKS {
            let mut ids = BTreeSet::new();
            for control in framework.controls() {
                assert!(ids.insert(control.id), "{} {} is there twice", framework.key, control.id);
                assert!(control.from > Level::Unrestricted, "{} {}", framework.key, control.id);
                assert!(!control.checks.is_empty(), "{} {} shows nothing", framework.key, control.id);
                for check in control.checks {
                    assert!(known.contains(check), "{} {} asks for `{check}`", framework.key, control.id);
                }
            }
        }
    }

    #[test]
    fn baselines_choose_controls_that_their_tables_have() {
        for framework in FRAMEWORKS {
            let Some(baseline) = framework.baseline else { continue };
            let found: Vec<&str> = framework.controls().map(|control| control.id).collect();
            assert_eq!(found, baseline, "{}", framework.key);
        }
    }

    #[test]
    fn every_check_is_asked_for_and_has_a_name_of_its_own() {
        let asked: BTreeSet<&str> = FRAMEWORKS
            .iter()
            .flat_map(|framework| framework.controls())
            .flat_map(|control| control.checks)
            .copied()
            .collect();
        let mut names = BTreeSet::new();
        for check in all_checks() {
            assert!(names.insert(check.id), "{} is there twice", check.id);
            assert!(asked.contains(check.id), "nothing asks for {}", check.id);
        }
        assert!(names.len() >= 40);
    }
}
