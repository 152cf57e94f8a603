//! Running the examples.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use nxk::check::Goal;
use nxk::driver::{Request, Session};
use tempfile::TempDir;

use crate::pages::Block;
use crate::support::nxk;

/// What a check said.
pub struct Checked {
    /// Everything that was printed.
    pub findings: String,
    /// The codes of the errors.
    pub errors: Vec<String>,
    /// The codes of the warnings.
    pub warnings: Vec<String>,
}

/// A file that lies beside an example.
type Beside = (String, String);

/// Runs the examples of a page; gives their number, and what is wrong with them.
pub fn run(page: &str, blocks: &[Block]) -> (usize, Vec<String>) {
    let mut beside: Vec<Beside> = Vec::new();
    let mut wrong = Vec::new();
    let mut ran = 0;
    for (at, block) in blocks.iter().enumerate() {
        let mut words = block.info.split_whitespace();
        let language = words.next();
        if let Some(name) = words.clone().next().and_then(|word| word.strip_prefix("file=")) {
            beside.push((name.to_string(), block.text.clone()));
            ran += 1;
            continue;
        }
        if language != Some("nxk") {
            continue;
        }
        ran += 1;
        let next = blocks.get(at + 1).filter(|next| next.follows);
        let complaint = match words.next() {
            Some("eval") => each(&block.text, |expression| value_of(expression, &beside)),
            Some("check") => each(&block.text, |expression| type_of(expression, &beside)),
            Some(word) if word.starts_with("error=") => {
                configuration(block, Some(&word["error=".len()..]), next, &beside)
            }
            Some(word) => Some(format!("`{word}` says nothing about an example")),
            None => configuration(block, None, next, &beside),
        };
        wrong.extend(complaint.map(|complaint| format!("{page}:{}: {complaint}", block.line)));
    }
    (ran, wrong)
}

/// What `nxk check main.nxk` says of a text.
pub fn checked(text: &str, beside: &[Beside]) -> Checked {
    let findings = in_folder(text, beside, &["check", "main.nxk"]);
    let findings = String::from_utf8_lossy(&findings.stderr).into_owned();
    let codes = |severity: &str| {
        let start = format!("{severity}[");
        let code = |line: &str| line.strip_prefix(&start).and_then(|rest| rest.split(']').next()).map(String::from);
        findings.lines().filter_map(code).collect::<Vec<_>>()
    };
    Checked { errors: codes("error"), warnings: codes("warning"), findings }
}

fn configuration(block: &Block, code: Option<&str>, next: Option<&Block>, beside: &[Beside]) -> Option<String> {
    let checked = checked(&block.text, beside);
    let wanted =
        |warning: bool| -> Vec<&str> { code.iter().copied().filter(|code| code.starts_with('W') == warning).collect() };
    let mut errors: Vec<&str> = checked.errors.iter().map(String::as_str).collect();
    errors.dedup();
    if errors != wanted(false) || checked.warnings != wanted(true) {
        return Some(format!("wanted {}, but found\n{}", code.unwrap_or("nothing"), checked.findings));
    }
    let next = next?;
    match next.info.as_str() {
        "text" if !checked.findings.contains(next.text.trim_end()) => {
            Some(format!("the text behind it is not what is printed:\n{}", checked.findings))
        }
        "yaml" => {
            let output = in_folder(&block.text, beside, &["compile", "--quiet", "main.nxk"]);
            let output = String::from_utf8_lossy(&output.stdout).into_owned();
            (!output.contains(&next.text)).then(|| format!("the YAML behind it is not what comes out:\n{output}"))
        }
        _ => None,
    }
}

/// Each expression up to a `# => ` is what stands behind it.
fn each(text: &str, is: impl Fn(&str) -> String) -> Option<String> {
    let mut expression = String::new();
    let mut complaints = Vec::new();
    for line in text.lines() {
        let Some((code, wanted)) = line.split_once("# => ") else {
            expression.push_str(line);
            expression.push('\n');
            continue;
        };
        expression.push_str(code);
        let found = is(&expression);
        if found != wanted.trim() {
            complaints.push(format!("{}\nis {found}, not {wanted}", expression.trim()));
        }
        expression.clear();
    }
    if !expression.trim().is_empty() {
        complaints.push(format!("{}\nhas no `# => ` behind it", expression.trim()));
    }
    (!complaints.is_empty()).then(|| complaints.join("\n"))
}

/// What `nxk eval` says of an expression: its value, or the code of its first error.
fn value_of(expression: &str, beside: &[Beside]) -> String {
    let output = in_folder(expression, beside, &["eval", "main.nxk"]);
    match output.status.success() {
        true => String::from_utf8_lossy(&output.stdout).trim_end().to_string(),
        false => first_code(&String::from_utf8_lossy(&output.stderr)),
    }
}

/// What the checker says of an expression: `: ` and its type, or the codes of what is wrong with it.
fn type_of(expression: &str, beside: &[Beside]) -> String {
    let (_scratch, folder) = folder(expression, beside);
    let request = Request { entry: folder.join("main.nxk"), ..Request::default() };
    let mut session = Session::new(request).expect("the folder is there");
    let parsed = session.parse().expect("the file is there");
    let checked = session.check_as(parsed, Goal::Expression);
    let codes: Vec<&str> = session.machine.findings.iter().map(|finding| finding.code.as_str()).collect();
    match (codes.as_slice(), checked.ty()) {
        ([], Some(ty)) => format!(": {ty}"),
        _ => codes.join(" "),
    }
}

fn first_code(findings: &str) -> String {
    let code = findings.strip_prefix("error[").and_then(|rest| rest.split(']').next());
    code.unwrap_or(findings).to_string()
}

/// Runs nxk in a folder `example` with the text as `main.nxk`.
fn in_folder(text: &str, beside: &[Beside], arguments: &[&str]) -> Output {
    let (_scratch, folder) = folder(text, beside);
    nxk().current_dir(&folder).args(arguments).output().expect("the built program starts")
}

/// A folder `example`, as long as the first of the two is kept, with the text as `main.nxk`.
fn folder(text: &str, beside: &[Beside]) -> (TempDir, PathBuf) {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let folder = scratch.path().join("example");
    let files = beside.iter().map(|(name, text)| (name.as_str(), text.as_str())).chain([("main.nxk", text)]);
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("made");
        fs::write(path, text).expect("written");
    }
    (scratch, folder)
}
