//! nxk against Nix: the expressions of `tests/corpus/eval` mean in both the same.
//!
//! A `*.nix-cases` file holds expressions, one a case, with a line `---` between two cases. Each of
//! them has a value that `nix-instantiate --eval --strict --json` prints; nxk must print the same
//! JSON, where `1` and `1.0` differ. Each of those below `failing/` is refused by Nix; nxk must
//! refuse it too, with a diagnostic. Nothing in them depends on the place, the time or the machine.

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const CORPUS: &str = "tests/corpus/eval";

/// One expression of the corpus.
#[derive(Clone)]
struct Case {
    /// Its file, relative to the corpus.
    file: String,
    /// The line where it starts, from 1.
    line: usize,
    text: String,
}

#[test]
fn expressions_have_the_value_that_they_have_in_nix() {
    let Some(nix) = support::peer("nix-instantiate") else { return };
    let cases = cases(|path| !is_failing(path));
    let files: Vec<&[Case]> = cases.chunk_by(|a, b| a.file == b.file).collect();
    let expected = support::in_parallel(&files, |file| nix_values(&nix, file)).concat();
    let found = support::in_parallel(&cases, |case| value(&support::run_nxk(["eval", "--json", "-E", &case.text])));
    let wrong: Vec<_> = cases
        .iter()
        .zip(expected.iter().zip(&found))
        .filter(|(_, (expected, found))| expected.is_err() || expected != found)
        .map(|(case, (expected, found))| format!("{}\n  nix: {}\n  nxk: {}", case.show(), show(expected), show(found)))
        .collect();
    assert!(cases.len() > 400, "the corpus has only {} cases", cases.len());
    assert!(wrong.is_empty(), "{} of {} differ:\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

#[test]
fn what_has_no_value_in_nix_is_refused() {
    let cases = cases(is_failing);
    let outputs = support::in_parallel(&cases, |case| support::run_nxk(["eval", "--json", "-E", &case.text]));
    let wrong: Vec<_> = cases
        .iter()
        .zip(&outputs)
        .filter(|(_, output)| output.status.code() != Some(1) || output.stderr.is_empty())
        .map(|(case, output)| format!("{}\n  {}, nxk: {}", case.show(), output.status, show(&value(output))))
        .collect();
    assert!(cases.len() > 60, "the corpus has only {} failing cases", cases.len());
    assert!(wrong.is_empty(), "{} of {} are not refused:\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

#[test]
fn the_failing_cases_fail_in_nix() {
    let Some(nix) = support::peer("nix-instantiate") else { return };
    let cases = cases(is_failing);
    let outputs = support::in_parallel(&cases, |case| run_nix(&nix, &case.text));
    let wrong: Vec<_> =
        cases.iter().zip(&outputs).filter(|(_, output)| output.status.success()).map(|(case, _)| case.show()).collect();
    assert!(wrong.is_empty(), "Nix accepts these:\n\n{}", wrong.join("\n\n"));
}

impl Case {
    fn show(&self) -> String {
        format!("{CORPUS}/{}:{}: {}", self.file, self.line, self.text)
    }
}

fn is_failing(path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.ends_with("failing"))
}

/// The cases of the files that `wanted` takes, in order.
fn cases(wanted: impl Fn(&Path) -> bool) -> Vec<Case> {
    let files = support::files_below(CORPUS, ".nix-cases").into_iter().filter(|path| wanted(path));
    files.flat_map(|path| cases_of(&path)).collect()
}

fn cases_of(path: &PathBuf) -> Vec<Case> {
    let text = support::read(path);
    let folder = support::repository().join(CORPUS);
    let file = path.strip_prefix(folder).expect("found below it").display().to_string();
    let lines: Vec<_> = text.lines().collect();
    let mut line = 1;
    let mut cases = Vec::new();
    for case in lines.split(|line| *line == "---") {
        cases.push(Case { file: file.clone(), line, text: case.join("\n") });
        line += case.len() + 1;
    }
    cases
}

/// What Nix says to the cases of one file: all in one list, or one by one when that has no value.
fn nix_values(nix: &Path, cases: &[Case]) -> Vec<Result<Value, String>> {
    let list: String = cases.iter().map(|case| format!("({}\n)\n", case.text)).collect();
    match value(&run_nix(nix, &format!("[\n{list}]"))) {
        Ok(Value::Array(values)) if values.len() == cases.len() => values.into_iter().map(Ok).collect(),
        _ => cases.iter().map(|case| value(&run_nix(nix, &case.text))).collect(),
    }
}

fn run_nix(nix: &Path, expression: &str) -> Output {
    // The line feed keeps an expression that starts with `-` from being taken for an option.
    let expression = format!("\n{expression}");
    let arguments = ["--eval", "--strict", "--json", "-E", &expression];
    Command::new(nix).args(arguments).current_dir(support::repository()).output().expect("Nix starts")
}

/// The JSON on stdout of a run that went well, or what stands on its stderr.
fn value(output: &Output) -> Result<Value, String> {
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("no JSON ({error}): {}", String::from_utf8_lossy(&output.stdout)))
}

fn show(result: &Result<Value, String>) -> String {
    match result {
        Ok(value) => value.to_string(),
        Err(message) => format!("refused, {message}"),
    }
}
