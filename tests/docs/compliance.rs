//! The reference of compliance: every regulation with its controls, and every check, out of the tables.

use std::collections::BTreeMap;
use std::fmt::Write;

use nxk::policy::compliance::{Control, Framework, all_checks, regulations};

use crate::declared::cell;

const HEAD: &str = "# Regulations, controls and checks

<!-- Made from the code: NXK_UPDATE_DOCS=1 cargo test --test docs -->

A control binds from a level on, and is met when all its checks pass for every object that they speak of. Numbers are
the regulation's, titles are in our words, and only what manifests can show is listed. How it is used: [the
guide](../guides/compliance.md).
";

/// The page.
pub fn reference() -> String {
    let mut page = HEAD.to_string();
    regulations().for_each(|framework| regulation(&mut page, framework));
    page.push_str("\n## Checks\n\nWhat each check shows where it passes, and the controls that ask for it.\n\n");
    page.push_str("| check | shows that | asked for by |\n| --- | --- | --- |\n");
    for check in all_checks() {
        let asked = by_regulation(check.id);
        assert!(!asked.is_empty(), "nothing asks for {}", check.id);
        line(&mut page, &format!("| <a id=\"{0}\"></a>`{0}` | {1} | {asked} |", check.id, cell(check.title)));
    }
    page
}

fn regulation(page: &mut String, framework: &Framework) {
    line(page, &format!("\n## {}\n\n`framework = \"{}\";`\n", framework.title, framework.key));
    line(page, "| control | asks that | from level | checks |\n| --- | --- | --- | --- |");
    for Control { id, title, from, checks } in framework.controls() {
        let checks: Vec<String> = checks.iter().map(|check| format!("[`{check}`](#{check})")).collect();
        line(page, &format!("| {id} | {} | {from} | {} |", cell(title), checks.join(" ")));
    }
}

/// `SOC2 CC6.1, CC6.8; PCI-DSS 2.2.1`
fn by_regulation(check: &str) -> String {
    let mut asking: BTreeMap<usize, String> = BTreeMap::new();
    for (at, framework) in regulations().enumerate() {
        for control in framework.controls().filter(|control| control.checks.contains(&check)) {
            match asking.get_mut(&at) {
                Some(text) => write!(text, ", {}", control.id).expect("strings take everything"),
                None => drop(asking.insert(at, format!("{} {}", framework.key, control.id))),
            }
        }
    }
    asking.into_values().collect::<Vec<_>>().join("; ")
}

fn line(page: &mut String, line: &str) {
    page.push_str(line);
    page.push('\n');
}
