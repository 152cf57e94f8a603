//! The two opinions on a case: that of Nix with the rendition, and that of nxk.

use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use nxk::diag::Diagnostic;
use nxk::eval::STACK_BYTES;
use nxk::modules;
use nxk::source::{SourceKind, World};
use nxk::value::{Env, Evaluator, Kind, Thunk};
use serde_json::Value;

use super::{CORPUS, support};

/// An expression that both evaluate.
pub struct Case {
    /// `file:line title`.
    pub title: String,
    /// A function of `lib`.
    pub program: String,
}

/// What the two say to a case.
pub struct Verdict {
    /// The value under Nix, or why there is none.
    pub expected: Result<Value, Refusal>,
    /// The value under nxk, or what it found.
    pub found: Result<Value, Vec<Diagnostic>>,
}

/// Why a case has no value.
pub enum Refusal {
    /// The rendition found this class of mistake, at this option.
    Rule { class: String, path: String },
    /// The case itself threw.
    Thrown,
    /// Nix gave up; its words.
    Stopped(String),
}

/// The real Nix.
pub struct Judge(PathBuf);

impl Case {
    /// The file that it is from.
    pub fn file(&self) -> &str {
        self.title.split(':').next().unwrap_or_default()
    }
}

impl Judge {
    /// The one on this machine.
    pub fn find() -> Option<Judge> {
        support::peer("nix-instantiate").map(Judge)
    }

    /// What the two say to each of the cases.
    pub fn verdicts(&self, cases: &[Case]) -> Vec<Verdict> {
        let expected = self.expected(cases);
        expected.into_iter().zip(found(cases)).map(|(expected, found)| Verdict { expected, found }).collect()
    }

    /// All cases in one run of Nix; where that gives up, a further run for those behind.
    fn expected(&self, cases: &[Case]) -> Vec<Result<Value, Refusal>> {
        let mut done = Vec::new();
        while done.len() < cases.len() {
            let first = done.len();
            let list: String = cases[first..].iter().map(|case| format!("({}\n)\n", case.program)).collect();
            let told = self.run(&format!("import ./judge.nix {first} [\n{list}]"));
            for (at, told) in told.split("trace: case ").skip(1).enumerate() {
                let (number, told) = told.split_once('\n').unwrap_or((told, ""));
                assert_eq!(number, (first + at).to_string(), "the cases come in order");
                done.push(outcome(told));
            }
            assert!(done.len() > first, "Nix cannot read the cases from {} on:\n{told}", cases[first].title);
        }
        done
    }

    /// What Nix says on stderr.
    fn run(&self, program: &str) -> String {
        let mut nix = Command::new(&self.0);
        nix.args(["--eval", "--strict", "-"]).current_dir(support::repository().join(CORPUS));
        let mut nix =
            nix.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("Nix starts");
        // It may stop before it has read everything; then it says why.
        let _ = nix.stdin.take().expect("piped").write_all(program.as_bytes());
        let output = nix.wait_with_output().expect("Nix ends");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

/// What became of a case, by what `judge.nix` tells.
fn outcome(told: &str) -> Result<Value, Refusal> {
    let last = told.lines().rev().find_map(|line| line.strip_prefix("trace: ")).unwrap_or_default();
    if let Some(json) = last.strip_prefix("value ") {
        return Ok(serde_json::from_str(json).expect("Nix writes JSON"));
    }
    if last != "none" {
        return Err(Refusal::Stopped(told.trim().to_string()));
    }
    // A failure that was not the end of it was met again, or stands before the last one.
    let rule = told.lines().rev().find_map(|line| line.strip_prefix("trace: fail "));
    Err(match rule.and_then(|rule| rule.split_once(": ")) {
        Some((class, path)) => Refusal::Rule { class: class.to_string(), path: path.to_string() },
        None => Refusal::Thrown,
    })
}

/// What nxk says to each of the cases.
fn found(cases: &[Case]) -> Vec<Result<Value, Vec<Diagnostic>>> {
    // Evaluation nests deeply, so it has a thread with a stack of its own, as the program does.
    std::thread::scope(|scope| {
        let work = || {
            let mut machine = machine();
            cases.iter().map(|case| evaluated(&mut machine, case)).collect()
        };
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).expect("a thread");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn machine() -> Evaluator {
    let world = World::new(&support::repository().join(CORPUS)).expect("the folder is there");
    let mut machine = Evaluator::new(world);
    machine.install(&[modules::NATIVES]);
    machine
}

fn evaluated(machine: &mut Evaluator, case: &Case) -> Result<Value, Vec<Diagnostic>> {
    machine.findings.clear();
    let path = machine.world.root().join("case.nxk");
    let text = format!("builtins.toJSON (({}\n) lib)", case.program);
    let source = machine.sources.add("case.nxk", Some(path), text, SourceKind::User);
    let term = machine.understand(source);
    let value = machine.force(&Thunk::suspend(term, Env::empty()));
    if let Err(failure) = &value {
        machine.report(failure);
    }
    let errors: Vec<Diagnostic> = machine.findings.drain(..).filter(Diagnostic::is_error).collect();
    match value.map(|value| value.kind) {
        Ok(Kind::Str(json)) if errors.is_empty() => Ok(serde_json::from_str(&json).expect("nxk writes JSON")),
        _ => Err(errors),
    }
}

impl Verdict {
    /// Whether the two say the same.
    pub fn agrees(&self) -> bool {
        match (&self.expected, &self.found) {
            (Ok(expected), Ok(found)) => expected == found,
            (Err(refusal), Err(findings)) => findings.iter().any(|finding| refusal.is(finding)),
            _ => false,
        }
    }
}

impl Refusal {
    /// Whether this finding is the same mistake.
    fn is(&self, finding: &Diagnostic) -> bool {
        let code = finding.code.as_str();
        match self {
            Refusal::Thrown => code == "E0405",
            Refusal::Stopped(words) if words.contains("infinite recursion") => code == "E0403",
            Refusal::Stopped(_) => false,
            Refusal::Rule { class, path } => {
                let here = finding.path.as_ref().is_none_or(|found| outside(found) == outside(path));
                here && codes(class).contains(&code)
            }
        }
    }
}

/// What nxk calls a class of the rendition's.
fn codes(class: &str) -> &'static [&'static str] {
    match class {
        "argument" => &["E0411"],
        "condition" => &["E0401"],
        "conflict" | "readonly" => &["E0502"],
        "declared" => &["E0505"],
        "declaration" => &["E0305"],
        "module" => &["E0506", "E0508"],
        "type" => &["E0301", "E0304", "E0504"],
        "undefined" => &["E0503"],
        "unknown" => &["E0501"],
        other => panic!("the rendition has no class {other}"),
    }
}

/// A path up to the list or function that it goes into: the two count the items differently.
fn outside(path: &str) -> &str {
    path.split(['[', '<']).next().unwrap_or_default().trim_end_matches('.')
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match &self.expected {
            Ok(value) => writeln!(f, "  nix: {value}")?,
            Err(Refusal::Rule { class, path }) => writeln!(f, "  nix: {class}: {path}")?,
            Err(Refusal::Thrown) => writeln!(f, "  nix: the case throws")?,
            Err(Refusal::Stopped(words)) => writeln!(f, "  nix stops: {words}")?,
        }
        match &self.found {
            Ok(value) => write!(f, "  nxk: {value}"),
            Err(findings) => {
                let told = |finding: &Diagnostic| {
                    let path = finding.path.as_deref().unwrap_or("no path");
                    format!("{} ({path}) {}", finding.code.as_str(), finding.message)
                };
                write!(f, "  nxk: {}", findings.iter().map(told).collect::<Vec<_>>().join("\n       "))
            }
        }
    }
}
