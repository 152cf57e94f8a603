//! Exceptions, and the levels of environments.

use std::fs;

use super::nxk_in;
use super::support::nxk;
use serde_json::Value;

/// Findings as code and place, of an application that runs as root, with an exception.
fn told(control: &str, object: &str, options: &[&str]) -> Vec<(String, u64)> {
    let text = format!(
        "{{\n  framework.compliance = {{\n    framework = \"CIS\"; level = \"standard\"; owner = \"a\";\n    \
         exceptions = [ {{ control = \"{control}\"; object = \"{object}\"; reason = \"being rebuilt\";\n      \
         until = \"2026-06-30\"; }} ];\n  }};\n  applications.web = {{ image = \"web:1\";\n    \
         securityContext.runAsNonRoot = false; }};\n}}\n"
    );
    findings(&text, options)
}

fn findings(text: &str, options: &[&str]) -> Vec<(String, u64)> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs::write(folder.path().join("main.nxk"), text).expect("written");
    let (_, findings, _) = nxk_in(folder.path(), &[&["check"], options].concat());
    let told = |finding: &Value| {
        (finding["code"].as_str().unwrap_or_default().to_owned(), finding["line"].as_u64().unwrap_or_default())
    };
    findings.iter().map(told).collect()
}

fn is(told: &[(String, u64)], expected: &[(&str, u64)]) -> bool {
    told.iter().map(|(code, line)| (code.as_str(), *line)).eq(expected.iter().copied())
}

#[test]
fn an_exception_holds_through_its_last_day() {
    for (date, expected) in [
        ("2026-01-01", &[("W0906", 4)][..]),
        ("2026-06-30", &[("W0906", 4)]),
        ("2026-07-01", &[("E0907", 5), ("E0905", 8)]),
    ] {
        let told = told("5.2.7", "web", &["--date", date]);
        assert!(is(&told, expected), "{date}: {told:?}");
    }
}

#[test]
fn an_exception_names_its_control_and_its_objects_in_several_ways() {
    let names = ["5.2.7", "CIS 5.2.7", "run-as-non-root"];
    let objects = ["web", "*", "w*", "Deployment/web", "*/web", "Deployment/*"];
    for (control, object) in names.iter().flat_map(|name| objects.map(|object| (*name, object))) {
        let told = told(control, object, &["--date", "2026-01-01"]);
        assert!(is(&told, &[("W0906", 4)]), "{control} {object}: {told:?}");
    }
}

#[test]
fn an_exception_for_something_else_is_told_to_be_unused() {
    for (control, object) in [
        ("5.2.6", "web"),
        ("PCI-DSS 5.2.7", "web"),
        ("5.2", "web"),
        ("no-root-user", "web"),
        ("5.2.7", "api"),
        ("5.2.7", "Service/web"),
        ("5.2.7", "Deployment/other/web"),
        ("5.2.7", "a/b/c/d"),
    ] {
        let told = told(control, object, &["--date", "2026-01-01"]);
        assert!(is(&told, &[("W0908", 4), ("E0905", 8)]), "{control} {object}: {told:?}");
    }
}

#[test]
fn the_day_is_that_of_source_date_epoch() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let text = "{ framework.compliance = { framework = \"CIS\"; level = \"standard\"; owner = \"a\"; exceptions = [ { \
                control = \"5.2.7\"; object = \"web\"; reason = \"r\"; until = \"2026-06-30\"; } ]; }; \
                applications.web = { image = \"web:1\"; securityContext.runAsNonRoot = false; }; }";
    fs::write(folder.path().join("main.nxk"), text).expect("written");
    // The last second of the last day, and the next, in universal time.
    for (epoch, code) in [("1782863999", "W0906"), ("1782864000", "E0907")] {
        let mut command = nxk();
        command.current_dir(folder.path()).env("SOURCE_DATE_EPOCH", epoch).env("TZ", "UTC");
        let output = command.args(["check", "--message-format", "short", "main.nxk"]).output().expect("started");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(code), "{epoch}: {said}");
    }
}

#[test]
fn a_day_that_is_none_is_an_error() {
    let text = "{ framework.compliance = { framework = \"CIS\"; level = \"low\"; owner = \"a\"; exceptions = [ {\n\
                control = \"5.2.7\"; object = \"web\"; reason = \"r\";\n until = \"2026-02-30\"; } ]; }; }";
    let told = findings(text, &[]);
    assert!(is(&told, &[("E0907", 3)]), "{told:?}");
}

#[test]
fn each_environment_has_a_least_level() {
    let order = ["unrestricted", "low", "standard", "high", "restricted"];
    for (environment, least) in [("development", 1), ("staging", 2), ("production", 3), ("regulated", 4)] {
        for (at, level) in order.iter().enumerate() {
            let head = format!("{{ framework.environment = \"{environment}\";\n");
            let general = "framework.compliance.framework = \"CIS\"; framework.compliance.owner = \"a\";\n";
            let of_framework = format!("{head}{general}framework.compliance.level = \"{level}\"; }}");
            let strict = format!("{general}framework.compliance.level = \"restricted\";\n");
            let of_entry = format!("{head}{strict}configMaps.a.compliance.level = \"{level}\"; }}");
            for (text, line) in [(of_framework, 3), (of_entry, 4)] {
                let told = findings(&text, &[]);
                let low = told.iter().any(|(code, at)| code == "E0909" && *at == line);
                assert_eq!(low, at < least, "{text}\n{told:?}");
            }
        }
    }
}

#[test]
fn an_environment_may_ask_for_another_level() {
    let text = "{ framework.environment = \"production\"; framework.environments.production.level = \"low\";\n\
                framework.compliance = { framework = \"CIS\"; level = \"low\"; owner = \"a\"; }; }";
    assert!(findings(text, &[]).is_empty());
}
