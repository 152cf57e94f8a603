//! Every code is used, and has a page in `docs/errors` whose example produces it.
//!
//! A page is `docs/errors/<code>.md` and begins with `# <code>: <title>`. The fenced blocks up to
//! `## What to do` are the example, those behind it the corrected program. A block `nxk` is
//! `main.nxk`, which is checked; `nxk eval` is `main.nxk`, which is evaluated; a block with
//! `file=<name>` is a file beside it; `sh` holds commands that are run instead. The corrected
//! program has all files of the example that it does not replace.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use nxk::diag::Code;
use support::rust_tokens::tokens;

const PAGES: &str = "docs/errors";

#[test]
fn every_code_is_used() {
    let mut used = BTreeSet::new();
    for path in support::files_below("src", ".rs") {
        let source = support::read(&path);
        let tokens: Vec<_> = tokens(&source).into_iter().map(|token| token.text).collect();
        used.extend(tokens.windows(3).filter(|some| some[..2] == ["Code", "::"]).map(|some| some[2].to_owned()));
    }
    let unused: Vec<_> = Code::ALL.iter().filter(|code| !used.contains(&format!("{code:?}"))).collect();
    assert!(unused.is_empty(), "nothing in src/ uses these: {unused:?}");
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    assert_eq!(codes.len(), Code::ALL.len(), "two codes are spelt alike");
    let pages: BTreeSet<_> = support::files_below(PAGES, ".md")
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .filter(|name| name != "README")
        .collect();
    let missing: Vec<_> = codes.difference(&pages).collect();
    let stray: Vec<_> = pages.difference(&codes).collect();
    assert!(missing.is_empty() && stray.is_empty(), "pages missing: {missing:?}; pages without a code: {stray:?}");
}

#[test]
fn the_index_lists_every_page_with_its_title() {
    let index = support::read(format!("{PAGES}/README.md"));
    let row = |code: &Code| format!("| [{0}]({0}.md) | {1} |", code.as_str(), code.title());
    let missing: Vec<_> = Code::ALL.iter().map(row).filter(|row| !index.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "missing in {PAGES}/README.md:\n{}", missing.join("\n"));
}

#[test]
fn every_page_shows_what_it_explains() {
    let wrong: Vec<_> = support::in_parallel(Code::ALL, problems).into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is wrong with the page of a code.
fn problems(code: &Code) -> Vec<String> {
    let name = code.as_str();
    let page = support::read(format!("{PAGES}/{name}.md"));
    let mut problems = Vec::new();
    let title = format!("# {name}: {}", code.title());
    if page.lines().next() != Some(&title) {
        problems.push(format!("{PAGES}/{name}.md does not begin with `{title}`"));
    }
    let Some((example, corrected)) = page.split_once("\n## What to do\n") else {
        problems.push(format!("{PAGES}/{name}.md has no part `## What to do`"));
        return problems;
    };
    let example = Program::of(example);
    let shown = example.said();
    if !shown.text.contains(&format!("[{name}]")) {
        problems.push(format!("the example of {PAGES}/{name}.md shows something else:\n{}", shown.text));
    }
    let shown = example.corrected(Program::of(corrected)).said();
    if !shown.fine || shown.text.contains("error[") || shown.text.contains("warning[") {
        problems.push(format!("the corrected program of {PAGES}/{name}.md is not fine:\n{}", shown.text));
    }
    problems
}

/// The fenced blocks of a part of a page.
struct Program {
    /// Name and text.
    files: Vec<(String, String)>,
    /// What is run on `main.nxk`.
    command: Option<&'static str>,
    /// What is run instead.
    script: Option<String>,
}

/// What a program led to.
struct Said {
    text: String,
    fine: bool,
}

impl Program {
    fn of(part: &str) -> Program {
        let mut program = Program { files: Vec::new(), command: None, script: None };
        // Between two fences lies, in turn, text and a block.
        for block in part.split("\n```").skip(1).step_by(2) {
            let (info, body) = block.split_once('\n').unwrap_or((block, ""));
            let body = body.to_owned() + "\n";
            match info.split_once(' ').unwrap_or((info, "")) {
                ("sh", _) => program.script = Some(body),
                (_, file) if file.starts_with("file=") => program.files.push((file["file=".len()..].to_owned(), body)),
                ("nxk", mode) => {
                    program.command = Some(if mode == "eval" { "eval" } else { "check" });
                    program.files.push(("main.nxk".to_owned(), body));
                }
                _ => panic!("a block `{info}` has no meaning here"),
            }
        }
        program
    }

    /// This program with what the correction replaces.
    fn corrected(&self, correction: Program) -> Program {
        let replaced = |name: &String| correction.files.iter().any(|(other, _)| other == name);
        let kept = self.files.iter().filter(|(name, _)| !replaced(name)).cloned();
        // A script that makes the mistake is not part of the correction.
        let script = if correction.command.is_some() { None } else { self.script.clone() };
        Program {
            files: kept.chain(correction.files.iter().cloned()).collect(),
            command: correction.command.or(self.command),
            script: correction.script.or(script),
        }
    }

    fn said(&self) -> Said {
        let folder = tempfile::tempdir().expect("a scratch folder");
        for (name, text) in &self.files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("below the folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        let mut command = match &self.script {
            Some(script) => shell(script),
            None => {
                let mut command = support::nxk();
                command.args([self.command.unwrap_or("check"), "main.nxk"]);
                command
            }
        };
        let output = command.current_dir(folder.path()).output().expect("started");
        Said { text: String::from_utf8_lossy(&output.stderr).into_owned(), fine: output.status.success() }
    }
}

/// A shell for which `nxk` is the built program.
fn shell(script: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_nxk"));
    let folder = program.parent().expect("it is in a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("sh");
    command.args(["-c", script]).env("PATH", format!("{}:{path}", folder.display())).env("NO_COLOR", "1");
    command
}
