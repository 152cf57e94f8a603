//! Mistakes that people make in configurations, each answered with the line and what to do.
//!
//! Every file of `tests/corpus/mistakes/` is a configuration as a platform engineer would write it, with one
//! mistake that is found before anything is evaluated; those of `tests/corpus/mistakes-layer3/` are omissions and
//! contradictions of applications, of which many show only when options come together. A file begins with what is expected:
//!
//! ```text
//! # Service: the type is misspelt                   what is wrong, for people
//! # error: E0304 9:14 `….spec.type` must be …       code, line:column, and words of the message
//! # hint: did you mean `"LoadBalancer"`?            words of its hint
//! # fix: 9: type = "LoadBalancer";                  what the line should be instead; nothing: it is one too many
//! ```
//!
//! Between words that belong together, ` … ` stands for any text. Lines count from the top of the file. A
//! mistake that shows in several places has several errors, each with its hint.
//!
//! A file is checked twice: as it is (those of the first folder without evaluation), where it must have just the
//! expected findings; and corrected, with evaluation, where it must have none. So a checker that is too strict fails as well as one that
//! is too lax.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A folder of cases, the least number of them, and how they are checked.
struct Corpus {
    folder: &'static str,
    at_least: usize,
    options: &'static [&'static str],
}

const BEFORE_EVALUATION: Corpus = Corpus { folder: "tests/corpus/mistakes", at_least: 100, options: &["--no-eval"] };
const OF_APPLICATIONS: Corpus = Corpus { folder: "tests/corpus/mistakes-layer3", at_least: 40, options: &[] };

#[test]
fn every_mistake_is_found_without_evaluation_and_nothing_else() {
    BEFORE_EVALUATION.hold();
}

#[test]
fn every_mistake_in_an_application_is_answered() {
    OF_APPLICATIONS.hold();
}

impl Corpus {
    fn hold(&self) {
        let cases: Vec<Case> = support::files_below(self.folder, ".nxk").into_iter().map(Case::read).collect();
        assert!(cases.len() >= self.at_least, "only {} cases were found", cases.len());
        let problems = |case: &Case| case.problems(self.options);
        let wrong: Vec<String> = support::in_parallel(&cases, problems).into_iter().flatten().collect();
        assert!(wrong.is_empty(), "{} problems:\n\n{}", wrong.len(), wrong.join("\n\n"));
    }
}

/// A configuration with a mistake, what is to be said about it, and its correction.
struct Case {
    path: PathBuf,
    text: String,
    expected: Vec<Expected>,
    fixes: Vec<(usize, String)>,
}

/// An error that is to be found.
struct Expected {
    code: String,
    place: String,
    words: String,
    hint: String,
}

impl Case {
    fn read(path: PathBuf) -> Case {
        let text = fs::read_to_string(&path).expect("a case is readable");
        let mut case = Case { path, text: String::new(), expected: Vec::new(), fixes: Vec::new() };
        for line in text.lines().skip(1).map_while(|line| line.strip_prefix("# ")) {
            case.take(line).unwrap_or_else(|| panic!("{}: cannot be read: {line}", case.name()));
        }
        let complete = !case.fixes.is_empty()
            && !case.expected.is_empty()
            && case.expected.iter().all(|expected| !expected.hint.is_empty());
        assert!(complete, "{}: an error, its hint or the correction is not given", case.name());
        Case { text, ..case }
    }

    /// Takes in a line of the head, if it is one.
    fn take(&mut self, line: &str) -> Option<()> {
        let (what, rest) = line.split_once(": ")?;
        match what {
            "error" => {
                let mut parts = rest.splitn(3, ' ').map(str::to_owned);
                let (code, place, words) = (parts.next()?, parts.next()?, parts.next()?);
                self.expected.push(Expected { code, place, words, hint: String::new() });
            }
            "hint" => rest.clone_into(&mut self.expected.last_mut()?.hint),
            "fix" => {
                let (number, line) = rest.split_once(':')?;
                self.fixes.push((number.parse().ok()?, line.trim().to_owned()));
            }
            _ => return None,
        }
        Some(())
    }

    fn name(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn problems(&self, options: &[&str]) -> Vec<String> {
        let found = findings(&self.text, options);
        let fits = |(expected, finding): (&Expected, &Value)| expected.is(finding);
        let mut problems = Vec::new();
        if found.len() != self.expected.len() || !self.expected.iter().zip(&found).all(fits) {
            problems.push(format!("should be\n{}\nand is\n{}", self.shown(), shown(&found)));
        }
        let left = findings(&self.corrected(), &[]);
        if !left.is_empty() {
            problems.push(format!("even when corrected there is\n{}", shown(&left)));
        }
        problems.into_iter().map(|problem| format!("{}: {problem}", self.name())).collect()
    }

    /// The text with the corrections in place of the lines that they are for.
    fn corrected(&self) -> String {
        let mut lines: Vec<String> = self.text.lines().map(str::to_owned).collect();
        for (number, correction) in &self.fixes {
            let line = number.checked_sub(1).and_then(|at| lines.get_mut(at));
            let line = line.unwrap_or_else(|| panic!("{}: there is no line {number}", self.name()));
            let indent = line.len() - line.trim_start().len();
            line.replace_range(indent.., correction);
        }
        lines.join("\n") + "\n"
    }

    fn shown(&self) -> String {
        let line = |it: &Expected| format!("# error: {} {} {}\n# hint: {}", it.code, it.place, it.words, it.hint);
        self.expected.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

impl Expected {
    fn is(&self, finding: &Value) -> bool {
        let text = |name: &str| finding[name].as_str().unwrap_or_default();
        let severity = if self.code.starts_with('W') { "warning" } else { "error" };
        text("severity") == severity
            && text("code") == self.code
            && place(finding) == self.place
            && says(text("message"), &self.words)
            && says(text("hint"), &self.hint)
    }
}

/// Whether the text holds all the words, in their order.
fn says(text: &str, words: &str) -> bool {
    let mut rest = text;
    words.split(" … ").all(|part| match rest.split_once(part) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => false,
    })
}

/// What `nxk check` says of the text, in the order in which it says it.
fn findings(text: &str, options: &[&str]) -> Vec<Value> {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let entry = write_entry(scratch.path(), text);
    let mut command = support::nxk();
    let output = command.args(["check", "--message-format", "json"]).args(options).arg(entry).output();
    let output = output.expect("the built program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "ended with {:?}\n{said}\n{text}", output.status.code());
    let findings: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let failed = findings.iter().any(|finding| finding["severity"] == "error");
    assert_eq!(output.status.code(), Some(i32::from(failed)), "the exit code says something else than\n{said}");
    findings
}

/// Writes the entry into a folder whose name can be that of a project.
fn write_entry(scratch: &Path, text: &str) -> PathBuf {
    let folder = scratch.join("shop");
    fs::create_dir(&folder).expect("made");
    let entry = folder.join("main.nxk");
    fs::write(&entry, text).expect("written");
    entry
}

/// `line:column`
fn place(finding: &Value) -> String {
    format!("{}:{}", finding["line"], finding["column"])
}

/// Findings in the words of a case's head.
fn shown(findings: &[Value]) -> String {
    let line = |finding: &Value| {
        let text = |name: &str| finding[name].as_str().unwrap_or_default();
        format!(
            "# {}: {} {} {}\n# hint: {}",
            text("severity"),
            text("code"),
            place(finding),
            text("message"),
            text("hint")
        )
    };
    if findings.is_empty() { "nothing".to_owned() } else { findings.iter().map(line).collect::<Vec<_>>().join("\n") }
}

#[test]
fn words_are_found_in_their_order() {
    assert!(says("`web.replicas` must be Int, not the string \"3\"", "`web.replicas` must be … the string"));
    assert!(!says("not the string, must be Int", "must be … the string"));
    assert!(!says("", "must be"));
}
