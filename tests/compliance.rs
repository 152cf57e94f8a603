//! The compliance engine: every check with a passing and a failing configuration, every control of every regulation
//! through its checks, exceptions, environments, and credentials in plain text.

#[path = "compliance/cases.rs"]
mod cases;
#[path = "compliance/credentials.rs"]
mod credentials;
#[path = "compliance/exceptions.rs"]
mod exceptions;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use cases::{Case, Verdict};
use nxk::policy::compliance::{Framework, all_checks, regulations};
use nxk::policy::level::Level;
use serde_json::Value;
use support::{files_below, in_parallel, nxk};

const CASES: &str = "tests/corpus/compliance";

fn all_cases() -> Vec<Case> {
    files_below(CASES, ".cases").iter().flat_map(|path| cases::read(path)).collect()
}

#[test]
fn every_check_has_a_passing_and_a_failing_case() {
    let known: BTreeSet<&str> = all_checks().map(|check| check.id).collect();
    let cases = all_cases();
    for case in &cases {
        assert!(known.contains(case.check.as_str()), "{}: there is no check `{}`", case.origin, case.check);
        assert!(!case.why.is_empty(), "{}: no sentence says why", case.origin);
    }
    for check in known {
        let of = |wanted: fn(&Verdict) -> bool| cases.iter().any(|case| case.check == check && wanted(&case.verdict));
        assert!(of(|verdict| *verdict == Verdict::Pass), "`{check}` has no passing case");
        assert!(of(|verdict| matches!(verdict, Verdict::Fail(_))), "`{check}` has no failing case");
    }
}

#[test]
fn checks_say_what_is_wrong_where_it_was_written() {
    let cases = all_cases();
    let wrong: Vec<String> = in_parallel(&cases, |case| {
        let (framework, level) = first_that_asks(&case.check);
        let run = Run::new(case, framework, level);
        run.problems(case)
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(wrong.is_empty(), "{} problems:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn what_all_objects_lack_together_is_told_once() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let text = "{\n  framework = {\n    environment =\n      \"regulated\";\n    compliance = {\n      framework = \"SOC2\";\n      \
                level =\n        \"restricted\";\n      owner = \"a\";\n    };\n  };\n  \
                configMaps = { a = { }; b = { }; c = { }; };\n}\n";
    fs::write(folder.path().join("main.nxk"), text).expect("written");
    let (_, findings, _) = nxk_in(folder.path(), &["check"]);
    let told: Vec<(&str, u64)> =
        findings.iter().filter_map(|finding| Some((finding["message"].as_str()?, finding["line"].as_u64()?))).collect();
    let lacking = ["has no data classification", "has no word on audit", "is built from no commit"];
    for (what, place) in lacking.into_iter().zip([8, 8, 4]) {
        let of: Vec<_> = told.iter().filter(|(message, _)| message.contains(what)).collect();
        assert!(
            matches!(of[..], [(message, line)] if *line == place && message.contains("2 more objects")),
            "{told:#?}"
        );
    }
    assert_eq!(told.len(), 3, "{told:#?}");
}

#[test]
fn every_control_fails_and_holds_through_each_of_its_checks() {
    let cases = all_cases();
    let first = |check: &str, fails: bool| {
        cases
            .iter()
            .find(|case| case.check == check && if fails { case.fails() } else { case.verdict == Verdict::Pass })
    };
    let mut runs: BTreeMap<(&str, Level, &str, bool), &'static Framework> = BTreeMap::new();
    for framework in regulations() {
        for control in framework.controls() {
            for check in control.checks {
                if *check == control.checks[0] {
                    runs.insert((framework.key, control.from, check, false), framework);
                }
                runs.insert((framework.key, control.from, check, true), framework);
            }
        }
    }
    let runs: Vec<_> = runs.into_iter().collect();
    let wrong: Vec<String> = in_parallel(&runs, |((_, level, check, fails), framework)| {
        let case = first(check, *fails).unwrap_or_else(|| panic!("`{check}` has a case"));
        let run = Run::new(case, framework, *level);
        control_problems(&run, framework, *level, (check, *fails))
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(wrong.is_empty(), "{} problems:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// What is wrong with what controls say of the case of a check: those that ask for it and bind must answer by it, and
/// those that bind from a higher level on must say nothing.
fn control_problems(run: &Run, framework: &Framework, level: Level, (check, fails): (&str, bool)) -> Vec<String> {
    let said = |id: &str| run.controls(framework.key).into_iter().find(|control| control["id"] == id);
    let mut wrong = Vec::new();
    for control in framework.controls() {
        let name = format!("{} {} at {level}, `{check}`", framework.key, control.id);
        let Some(evidence) = said(control.id) else {
            wrong.push(format!("{name}: it is not listed"));
            continue;
        };
        let results: Vec<&Value> = evidence["results"].as_array().into_iter().flatten().collect();
        let status = evidence["status"].as_str().unwrap_or_default();
        if control.from > level {
            if status != "not binding" || !results.is_empty() {
                wrong.push(format!("{name}: it does not bind below {}, and is {status}", control.from));
            }
            continue;
        }
        if !control.checks.contains(&check) {
            continue;
        }
        let mut own = results.iter().filter(|result| result["check"] == check).peekable();
        let fine = own.peek().is_some() && own.all(|result| result["status"] == "met");
        if fails && (fine || status != "failed") || !fails && !fine {
            wrong.push(format!("{name}: is {status}, and its check {}", if fine { "met" } else { "not" }));
        }
    }
    wrong
}

/// The first regulation that asks for a check, and the level from which it does.
fn first_that_asks(check: &str) -> (&'static Framework, Level) {
    let asks = |framework: &'static Framework| {
        let controls = framework.controls().filter(|control| control.checks.contains(&check));
        Some((framework, controls.map(|control| control.from).min()?))
    };
    regulations().find_map(asks).unwrap_or_else(|| panic!("nothing asks for `{check}`"))
}

impl Case {
    fn fails(&self) -> bool {
        matches!(self.verdict, Verdict::Fail(_))
    }
}

/// A case, judged by a regulation at a level.
struct Run {
    folder: tempfile::TempDir,
    framework: &'static str,
    /// Where the level is said, for what is missing altogether.
    level: (u64, u64),
    evidence: Value,
    /// What kept the evidence from being made, or is wrong beside it.
    findings: Vec<Value>,
}

impl Run {
    fn new(case: &Case, framework: &'static Framework, level: Level) -> Run {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let given = [("owner", "\"payments\""), ("dataClassification", "\"internal\""), ("auditRequired", "true")];
        let given = given.iter().filter(|(part, _)| *part != case.without);
        let given: String = given.map(|(part, value)| format!(" {part} = {value};")).collect();
        let before = format!(
            "{{ imports = [ ./case.nxk ]; framework.compliance = {{ framework = \"{}\"; level = ",
            framework.key
        );
        let main = format!("{before}\"{level}\";{given} }}; }}\n");
        fs::write(folder.path().join("main.nxk"), main).expect("written");
        fs::write(folder.path().join("case.nxk"), &case.text).expect("written");
        let said = run(folder.path(), &["compliance", "--format", "json"], case);
        let evidence = serde_json::from_str(&said.0).unwrap_or(Value::Null);
        Run { level: (1, before.len() as u64 + 1), folder, framework: framework.key, evidence, findings: said.1 }
    }

    fn controls(&self, framework: &str) -> Vec<&Value> {
        let all = self.evidence["frameworks"].as_array().into_iter().flatten();
        let of = all.filter(|one| one["key"] == framework);
        of.flat_map(|one| one["controls"].as_array().into_iter().flatten()).collect()
    }

    /// What one check says of each object, and the controls that ask for it.
    fn results(&self, check: &str) -> Vec<(&str, &Value)> {
        let of = |control: &'_ Value| control["results"].as_array().cloned().unwrap_or_default().len();
        let controls = self.controls(self.framework).into_iter().filter(|control| of(control) > 0);
        controls
            .flat_map(|control| {
                let id = control["id"].as_str().unwrap_or_default();
                control["results"].as_array().into_iter().flatten().map(move |result| (id, result))
            })
            .filter(|(_, result)| result["check"] == check)
            .collect()
    }

    fn problems(&self, case: &Case) -> Vec<String> {
        let mut wrong = Vec::new();
        let others = self.findings.iter().filter(|finding| {
            let code = finding["code"].as_str().unwrap_or_default();
            !(code[1..].starts_with("09") || code == "W0705" || code == case.besides)
        });
        wrong.extend(
            others.map(|finding| format!("it has another mistake: {} {}", finding["code"], finding["message"])),
        );
        let results = self.results(&case.check);
        let failed: Vec<&(&str, &Value)> = results.iter().filter(|(_, result)| result["status"] == "failed").collect();
        match &case.verdict {
            Verdict::Silent if results.is_empty() => {}
            Verdict::Silent => wrong.push("the check should have nothing to say".to_owned()),
            Verdict::Pass if results.is_empty() => wrong.push("the check looks at nothing".to_owned()),
            Verdict::Pass => wrong.extend(failed.iter().map(|(_, result)| format!("it fails: {result:#}"))),
            Verdict::Fail(_) => wrong.extend(self.failure_problem(case, &failed)),
        }
        wrong.into_iter().map(|problem| format!("{} ({}): {problem}", case.origin, case.check)).collect()
    }

    /// That the failure is told in the evidence and by `nxk check`, at its place, with a hint and its controls.
    fn failure_problem(&self, case: &Case, failed: &[&(&str, &Value)]) -> Option<String> {
        let (file, place) = case.place.map_or(("main.nxk", self.level), |place| ("case.nxk", place));
        let failures = failed.iter().flat_map(|(_, result)| result["failures"].as_array().into_iter().flatten());
        let is_it = |failure: &Value| {
            is_at(failure, file, place)
                && case.is_said_by(failure["message"].as_str().unwrap_or_default())
                && !failure["hint"].as_str().unwrap_or_default().is_empty()
        };
        let failures: Vec<&Value> = failures.collect();
        if !failures.iter().any(|failure| is_it(failure)) {
            return Some(format!("should fail at {file}:{}:{}, and the evidence is {failures:#?}", place.0, place.1));
        }
        let (_, findings) = run(self.folder.path(), &["check"], case);
        let told = findings.iter().any(|finding| {
            let message = finding["message"].as_str().unwrap_or_default();
            let controls = || failed.iter().all(|(id, _)| message.contains(id)) && message.contains(self.framework);
            finding["code"] == case.code.as_str()
                && finding["severity"] == "error"
                && is_at(finding, file, place)
                && finding["hint"].is_string()
                && (case.code != "E0905" || case.is_said_by(message) && controls())
        });
        (!told).then(|| format!("`nxk check` does not tell it at {file}:{}:{}: {findings:#?}", place.0, place.1))
    }
}

fn is_at(finding: &Value, file: &str, (line, column): (u64, u64)) -> bool {
    finding["file"].as_str().is_some_and(|path| path.ends_with(file))
        && finding["line"] == line
        && finding["column"] == column
}

/// Runs a command of nxk on the entry in a folder: its output, and its findings.
fn run(folder: &Path, command: &[&str], case: &Case) -> (String, Vec<Value>) {
    let options: Vec<&str> = case.options.iter().map(String::as_str).collect();
    let output = nxk_in(folder, &[command, &options].concat());
    (output.0, output.1)
}

/// The output, the findings, and the exit code.
fn nxk_in(folder: &Path, arguments: &[&str]) -> (String, Vec<Value>, Option<i32>) {
    let mut command = nxk();
    command.current_dir(folder).args(&arguments[..1]).arg("main.nxk").args(&arguments[1..]);
    let output = command.args(["--message-format", "json"]).output().expect("the built program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "ended with {:?}\n{said}", output.status.code());
    let findings = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    (String::from_utf8_lossy(&output.stdout).into_owned(), findings, output.status.code())
}
