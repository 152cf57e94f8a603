//! One program: checked, evaluated, and evaluated without its types.

use nxk::check::Goal;
use nxk::diag::{Code, Diagnostic};
use nxk::driver::{Request, Session};
use nxk::eval::print;
use nxk::term::{self, Annotations};
use nxk::value::{Env, Thunk};

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
        let (checked, value) = self.run(&program.print(true));
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
            let untyped = self.value_of(&program.print(false)).unwrap_or_else(|(_, words)| words);
            if untyped != *typed {
                return verdict(Some(Failure::Changed(typed.clone(), untyped)));
            }
        }
        verdict(None)
    }

    /// What the checker says, and the value of what it accepts.
    fn run(&mut self, text: &str) -> (Said, Result<String, Failed>) {
        let session = &mut self.session;
        session.machine.findings.clear();
        let parsed = session.parse_text("program.nxk", text);
        let checked = session.check_as(parsed, Goal::Expression);
        let findings = std::mem::take(&mut session.machine.findings);
        let said = |finding: &Diagnostic| (finding.code.as_str().into(), words(finding));
        let said = Said { findings: findings.iter().map(said).collect(), dynamic: checked.is_dynamic() };
        if !said.findings.is_empty() {
            return (said, Err((None, String::new())));
        }
        let value = session.value(&checked);
        (said, self.printed(&value))
    }

    /// The value of a text that nobody has checked.
    fn value_of(&mut self, text: &str) -> Result<String, Failed> {
        let parsed = self.session.parse_text("program.nxk", text);
        let names = self.session.machine.names.clone();
        let term = term::desugar(&parsed.tree().root, &names, Annotations::Held).root;
        self.printed(&Thunk::suspend(term, Env::empty()))
    }

    fn printed(&mut self, value: &Thunk) -> Result<String, Failed> {
        let machine = &mut self.session.machine;
        let printed = print(machine, value);
        machine.depth = 0;
        printed.map_err(|failure| match failure.diagnostic() {
            Some(finding) => (Some(finding.code), words(&finding)),
            None => (None, "no finding".into()),
        })
    }
}

/// The code of a failure, and its words.
type Failed = (Option<Code>, String);

fn words(finding: &Diagnostic) -> String {
    format!("{} {}", finding.code.as_str(), finding.message)
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
