//! One program: checked, evaluated, and evaluated without its types.

use nxk::check::Goal;
use nxk::diag::Code;
use nxk::driver::{Request, Session};
use nxk::eval::print;

use crate::tree::Expr;

/// What is found wrong with the checker or the evaluator.
#[derive(Clone, PartialEq)]
pub enum Failure {
    /// A well-typed program is rejected.
    Rejected(String),
    /// An accepted program fails with a type error.
    Unsound(String),
    /// A program without types has another value.
    Changed(String, String),
}

/// What came of a program.
pub struct Verdict {
    pub failure: Option<Failure>,
    /// The findings' codes.
    pub codes: Vec<String>,
    /// Accepted, with nothing left to run time.
    pub proved: bool,
    /// It has a value.
    pub finished: bool,
}

/// Checks and evaluates; what is known of the library is kept for some programs.
pub struct Runner {
    session: Session,
    left: u32,
    folder: tempfile::TempDir,
}

/// So many programs share what has been read.
const SHARED: u32 = 500;
/// No program calls deeper.
const DEPTH: u32 = 2_000;

/// What a type excludes. Ranges and patterns are among it: a proved program keeps them as well.
const TYPE_ERRORS: [Code; 12] = [
    Code::TypeMismatch,
    Code::UnknownField,
    Code::MissingField,
    Code::OutOfRange,
    Code::NotAType,
    Code::UndefinedVariable,
    Code::WrongKind,
    Code::MissingAttribute,
    Code::NotAFunction,
    Code::UnexpectedArgument,
    Code::MissingArgument,
    Code::NoCoercion,
];

impl Runner {
    pub fn new() -> Runner {
        let folder = tempfile::tempdir().expect("a scratch folder");
        Runner { session: session(&folder), left: SHARED, folder }
    }

    pub fn examine(&mut self, program: &Expr, well_typed: bool, erasable: bool) -> Verdict {
        self.left -= 1;
        if self.left == 0 {
            (self.session, self.left) = (session(&self.folder), SHARED);
        }
        let (checked, value) = self.run(&program.print(true), true);
        let codes: Vec<String> = checked.findings.iter().map(|(code, _)| code.clone()).collect();
        let proved = codes.is_empty() && !checked.dynamic;
        let finished = value.is_ok();
        let verdict = |failure| Verdict { failure, codes, proved, finished };
        if let (Some((_, words)), true) = (checked.findings.first(), well_typed) {
            return verdict(Some(Failure::Rejected(words.clone())));
        }
        if let (true, Err((code, words))) = (proved, &value)
            && code.is_some_and(is_type_error)
        {
            return verdict(Some(Failure::Unsound(words.clone())));
        }
        if let (true, true, Ok(typed)) = (erasable, checked.findings.is_empty(), &value) {
            let untyped = self.run(&program.print(false), false).1;
            let untyped = untyped.unwrap_or_else(|(_, words)| words);
            if untyped != *typed {
                return verdict(Some(Failure::Changed(typed.clone(), untyped)));
            }
        }
        verdict(None)
    }

    /// What the checker says, and the value; the code of the failure and its words where there is none.
    fn run(&mut self, text: &str, checks: bool) -> (Said, Result<String, (Option<Code>, String)>) {
        let session = &mut self.session;
        session.machine.findings.clear();
        let parsed = session.parse_text("program.nxk", text);
        let goal = if checks { Goal::Expression } else { Goal::Evaluation };
        let checked = session.check_as(parsed, goal);
        let findings = std::mem::take(&mut session.machine.findings);
        let findings: Vec<(String, String)> = findings
            .iter()
            .map(|finding| (finding.code.as_str().into(), format!("{} {}", finding.code.as_str(), finding.message)))
            .collect();
        let said = Said { findings, dynamic: checked.is_dynamic() };
        if checks && !said.findings.is_empty() {
            return (said, Err((None, String::new())));
        }
        let value = session.value(&checked);
        let printed = print(&mut session.machine, &value);
        session.machine.depth = 0;
        let failed = |failure: nxk::value::Error| match failure.diagnostic() {
            Some(finding) => (Some(finding.code), format!("{} {}", finding.code.as_str(), finding.message)),
            None => (None, "no finding".into()),
        };
        (said, printed.map_err(failed))
    }
}

struct Said {
    findings: Vec<(String, String)>,
    dynamic: bool,
}

fn session(folder: &tempfile::TempDir) -> Session {
    let entry = folder.path().join("program.nxk");
    let mut session = Session::new(Request { entry, ..Request::default() }).expect("the folder is there");
    session.machine.limits.depth = DEPTH;
    session
}

fn is_type_error(code: Code) -> bool {
    TYPE_ERRORS.contains(&code) || matches!(code, Code::NotComparable)
}

impl Failure {
    /// Whether it is of the same kind.
    pub fn is_like(&self, other: &Failure) -> bool {
        let code = |words: &str| words.split(' ').next().unwrap_or_default().to_string();
        match (self, other) {
            (Failure::Rejected(a), Failure::Rejected(b)) => code(a) == code(b),
            (Failure::Unsound(a), Failure::Unsound(b)) => code(a) == code(b),
            (Failure::Changed(..), Failure::Changed(..)) => true,
            _ => false,
        }
    }

    pub fn words(&self) -> String {
        match self {
            Failure::Rejected(words) => format!("a well-typed program is rejected: {words}"),
            Failure::Unsound(words) => format!("an accepted program fails: {words}"),
            Failure::Changed(typed, untyped) => format!("with types {typed}\nwithout {untyped}"),
        }
    }
}
