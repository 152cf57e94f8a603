//! What the checker says of programs, good and bad, before anything of them is evaluated.
//!
//! A case in `tests/corpus/check/*.cases` is a title, a program, and what is expected of it:
//!
//! ```text
//! --- a string where a number is needed
//! +++ ports.nxk                              where there are further files of the project: one of them
//! { type Web = Int(8000..8999); }
//! +++ main                                   and the program behind them
//! let ports = import ./ports.nxk; p : ports.Web = "80"; in p
//! => E0301 1:49 `p` must be Int(8000..8999)  a finding: code, line:column, words of its message
//! => hint remove the quotes                  words of the hint of the finding above
//! => E0301 ports.nxk:1:14 …                  a finding in another file
//! => : Int                                   or the type of the program, which has no findings
//! => ok                                      or no findings, whatever the type
//! ```
//!
//! A program whose title begins with `configuration:` is checked as one, beside the layers.
//!
//! The findings are complete and in the order in which people see them. With `NXK_UPDATE=1` the
//! expectations of the cases that fail are written anew, for the next run and its reader; titles and
//! programs never are.

mod support;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use nxk::check::Goal;
use nxk::diag::Diagnostic;
use nxk::driver::{Request, Session};
use nxk::eval::STACK_BYTES;

const CASES: &str = "tests/corpus/check";
const TITLE: &str = "--- ";
const FILE: &str = "+++ ";
/// How the title of a program begins that is a module beside the layers.
const CONFIGURATION: &str = "configuration: ";
const EXPECTED: &str = "=> ";
/// What the program's own file is called.
const MAIN: &str = "main";

/// One program.
struct Case {
    title: String,
    /// The line of the title, from 1.
    line: usize,
    /// The files by name; the program is `main`.
    files: Vec<(String, String)>,
    expected: Vec<String>,
}

/// What the checker says of a program.
struct Outcome {
    findings: Vec<Found>,
    ty: Option<String>,
}

/// A finding, as far as cases speak of it.
struct Found {
    code: String,
    /// `line:column`, with the file in front where it is not the program's own.
    place: String,
    message: String,
    hint: Option<String>,
}

#[test]
fn programs_have_the_types_and_findings_that_are_written_below_them() {
    with_a_deep_stack(|| {
        let mut failures: Vec<String> = Vec::new();
        let (mut good, mut bad) = (0, 0);
        for path in support::files_below(CASES, ".cases") {
            let text = support::read(&path);
            let cases = cases(&path, &text);
            good += cases.iter().filter(|case| case.is_good()).count();
            bad += cases.iter().filter(|case| !case.is_good()).count();
            let checked = cases.iter().map(|case| (case, outcome(case)));
            let wrong: Vec<(&Case, Outcome)> = checked.filter(|(case, outcome)| !case.agrees(outcome)).collect();
            failures.extend(wrong.iter().map(|(case, outcome)| case.failure(&path, outcome)));
            if std::env::var_os("NXK_UPDATE").is_some_and(|value| value == "1") {
                // From the last to the first, so that the lines in front stay where they are.
                let now = wrong.iter().rev().fold(text, |text, (case, outcome)| case.rewritten(&text, outcome));
                fs::write(&path, now).expect("the corpus is writable");
            }
        }
        assert!(good >= 100 && bad >= 100 && good + bad >= 250, "only {good} good and {bad} bad programs were found");
        let count = failures.len();
        assert!(count == 0, "\n{}\n{count} of {} programs failed", failures.join("\n"), good + bad);
    });
}

/// Files that are checked nest deeply, so they have a thread with a stack of its own, as the program does.
fn with_a_deep_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn cases(path: &Path, text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(title) = line.strip_prefix(TITLE) {
            let twice = cases.iter().any(|case| case.title == title);
            assert!(!twice, "{}:{number}: a second case of this title", path.display());
            cases.push(Case { title: title.into(), line: number, files: Vec::new(), expected: Vec::new() });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(expected) = line.strip_prefix(EXPECTED) {
            case.expected.push(expected.into());
        } else if let Some(file) = line.strip_prefix(FILE) {
            case.files.push((file.into(), String::new()));
        } else {
            assert!(case.expected.is_empty(), "{}:{number}: text behind the expectation", path.display());
            if case.files.is_empty() {
                case.files.push((MAIN.into(), String::new()));
            }
            let (_, program) = case.files.last_mut().expect("there is one");
            program.push_str(line);
            program.push('\n');
        }
    }
    for case in &cases {
        assert!(!case.expected.is_empty(), "{}:{}: nothing is expected of it", path.display(), case.line);
    }
    cases
}

fn outcome(case: &Case) -> Outcome {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    for (name, text) in &case.files {
        let path = scratch.path().join(if name == MAIN { "main.nxk" } else { name });
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    let folder = scratch.path().canonicalize().expect("it has just been made");
    let entry = folder.join("main.nxk");
    let mut session = Session::new(Request { entry, ..Request::default() }).expect("the folder is there");
    let mut ty = None;
    if let Some(parsed) = session.parse() {
        let goal = if case.title.starts_with(CONFIGURATION) { Goal::Configuration } else { Goal::Expression };
        ty = session.check_as(parsed, goal).ty().map(ToString::to_string);
    }
    let findings = session.machine.findings.iter().map(|finding| found(&session, finding, &folder)).collect();
    Outcome { findings, ty }
}

fn found(session: &Session, finding: &Diagnostic, folder: &Path) -> Found {
    let place = match session.machine.sources.location(finding.primary.span) {
        None => "-".to_string(),
        Some(place) => {
            let file = Path::new(&place.file);
            let file = file.strip_prefix(folder).unwrap_or(file);
            let file = if file == Path::new("main.nxk") { String::new() } else { format!("{}:", file.display()) };
            format!("{file}{}:{}", place.line, place.column)
        }
    };
    let code = finding.code.as_str().to_string();
    Found { code, place, message: finding.message.clone(), hint: finding.hint.clone() }
}

impl Case {
    /// Whether no finding is expected.
    fn is_good(&self) -> bool {
        self.expected.iter().all(|expected| expected == "ok" || expected.starts_with(": "))
    }

    fn agrees(&self, outcome: &Outcome) -> bool {
        let mut findings = outcome.findings.iter();
        let mut last: Option<&Found> = None;
        let each = self.expected.iter().all(|expected| {
            if let Some(words) = expected.strip_prefix("hint ") {
                return last.and_then(|found| found.hint.as_ref()).is_some_and(|hint| hint.contains(words));
            }
            match expected.strip_prefix(": ") {
                _ if expected == "ok" => true,
                Some(ty) => outcome.ty.as_deref() == Some(ty),
                None => {
                    last = findings.next();
                    last.is_some_and(|found| found.is(expected))
                }
            }
        });
        each && findings.next().is_none()
    }

    fn failure(&self, path: &Path, outcome: &Outcome) -> String {
        let name = path.file_name().expect("it is a file").to_string_lossy();
        let mut text = format!("{name}:{} {}\n", self.line, self.title);
        for (file, program) in &self.files {
            let heading = if self.files.len() > 1 { format!("{FILE}{file}\n") } else { String::new() };
            for line in format!("{heading}{program}").lines() {
                writeln!(text, "    {line}").expect("strings take everything");
            }
        }
        let got: Vec<String> = outcome.lines(|_| true, true);
        for (what, lines) in [("expected", &self.expected), ("got", &got)] {
            writeln!(text, "  {what}\n    {}", lines.join("\n    ")).expect("strings take everything");
        }
        text
    }

    /// The text of the file with what the checker says now below the program.
    fn rewritten(&self, text: &str, outcome: &Outcome) -> String {
        // Of the findings that have a hint below them the hint is written anew; so is a type.
        let mut hinted: Vec<bool> = Vec::new();
        for expected in &self.expected {
            match (expected.starts_with("hint "), hinted.last_mut()) {
                (true, Some(last)) => *last = true,
                _ => hinted.push(false),
            }
        }
        let hinted = |at: usize| hinted.get(at).is_some_and(|hinted| *hinted);
        let now = outcome.lines(hinted, !self.expected.iter().any(|expected| expected == "ok"));
        let is_expected = |line: &&str| line.starts_with(EXPECTED);
        let before = text.lines().take(self.line);
        let program = text.lines().skip(self.line).take_while(|line| !is_expected(line));
        let behind = text.lines().skip(self.line).skip_while(|line| !is_expected(line)).skip_while(is_expected);
        let now: Vec<String> = now.iter().map(|line| format!("{EXPECTED}{line}")).collect();
        let lines = before.chain(program).chain(now.iter().map(String::as_str)).chain(behind);
        lines.flat_map(|line| [line, "\n"]).collect()
    }
}

impl Outcome {
    /// The expectations that it meets, with the hints of the findings that `hinted` asks for.
    fn lines(&self, hinted: impl Fn(usize) -> bool, typed: bool) -> Vec<String> {
        let mut lines = Vec::new();
        for (at, finding) in self.findings.iter().enumerate() {
            lines.push(format!("{} {} {}", finding.code, finding.place, finding.message));
            lines.extend(finding.hint.iter().filter(|_| hinted(at)).map(|hint| format!("hint {hint}")));
        }
        if lines.is_empty() {
            lines.push(match &self.ty {
                Some(ty) if typed => format!(": {ty}"),
                _ => "ok".to_string(),
            });
        }
        lines
    }
}

impl Found {
    /// Whether it is the expected finding: `CODE place words`.
    fn is(&self, expected: &str) -> bool {
        let mut parts = expected.splitn(3, ' ');
        let (code, place, words) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
        code == Some(self.code.as_str()) && place == Some(self.place.as_str()) && self.message.contains(words)
    }
}

/// Nix expressions, and expressions that use the library; a line `=> ` behind one has its value, or `error`.
const EXPRESSIONS: [&str; 2] = ["tests/corpus/eval", "tests/corpus/lib"];

#[test]
fn nothing_is_told_of_expressions_that_have_a_value() {
    with_a_deep_stack(|| {
        let (mut told, mut count) = (Vec::new(), 0);
        for path in EXPRESSIONS.iter().flat_map(|folder| support::files_below(folder, ".nix-cases")) {
            let text = support::read(&path);
            let name = path.file_name().expect("it is a file").to_string_lossy();
            for (at, case) in text.split("\n---\n").enumerate() {
                let (expression, value) = case.rsplit_once("\n=> ").unwrap_or((case, ""));
                let findings = findings_of(expression);
                let fails = value.trim() == "error" || path.parent().is_some_and(|folder| folder.ends_with("failing"));
                if !fails && !findings.is_empty() {
                    told.push(format!("{name}, case {}:\n{expression}\n  {}", at + 1, findings.join("\n  ")));
                }
                count += 1;
            }
        }
        assert!(count > 2000, "only {count} expressions were found");
        assert!(told.is_empty(), "\n{}\n{} of {count} expressions", told.join("\n"), told.len());
    });
}

/// What the checker says of an expression that is going to be read by people.
fn findings_of(expression: &str) -> Vec<String> {
    let entry = support::repository().join("tests/corpus/lib");
    let mut session = Session::new(Request { entry, ..Request::default() }).expect("the folder is there");
    let parsed = session.parse_text("expression", expression);
    session.check_as(parsed, Goal::Expression);
    let findings = session.machine.findings.iter();
    findings.map(|finding| format!("{} {}", finding.code.as_str(), finding.message)).collect()
}
