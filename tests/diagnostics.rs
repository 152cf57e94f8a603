//! What users are told about the mistakes that they make, to the letter.
//!
//! Every case below `tests/corpus/diagnostics/` is a small program with one mistake: a file, or a
//! folder whose entry is `main.nxk`. The entry begins with what is expected of it, a line each:
//!
//! ```text
//! #! eval --json                  how to run it, where that is not `check`
//! #! setup truncate -s 1M a.txt   a command of the shell that makes what cannot be kept here
//! #! E0102 3:14 add `;`           a finding: code, line:column, and how its hint begins
//! #! E0401 other.nxk:1:5 …        one in another file
//! #! E1001 - …                    one without a place
//! #! W0501 <nxk>/lib/a.nxk …      one in the standard library, wherever in the file
//! ```
//!
//! Beside it stand the findings as people see them (`.human`) and as programs do (`.json`). With
//! `NXK_UPDATE=1` both are written anew; the expectations never are.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nxk::diag::Code;
use regex::Regex;
use serde_json::Value;

const CASES: &str = "tests/corpus/diagnostics";

/// Codes whose text is the user's own, or says by itself what to do.
const WITHOUT_HINT: [&str; 5] = ["E0404", "E0405", "E0406", "E0414", "W0501"];

#[test]
fn every_mistake_is_reported_as_it_should_be() {
    let cases = cases();
    assert!(cases.len() >= 70, "only {} cases were found", cases.len());
    let wrong: Vec<String> = support::in_parallel(&cases, Case::problems).into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} problems:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_golden_belongs_to_a_case() {
    let known: Vec<PathBuf> = cases().iter().flat_map(|case| [case.golden("human"), case.golden("json")]).collect();
    for ending in [".human", ".json"] {
        for golden in support::files_below(CASES, ending) {
            let part_of_a_case = golden.with_file_name("main.nxk").exists();
            assert!(part_of_a_case || known.contains(&golden), "{} has no case", golden.display());
        }
    }
}

/// A program and what is expected of it.
struct Case {
    /// The entry.
    entry: PathBuf,
    /// The file or folder without its ending: where the goldens are.
    stem: PathBuf,
    arguments: Vec<String>,
    setup: Vec<String>,
    expected: Vec<Expected>,
}

struct Expected {
    code: String,
    place: String,
    hint: String,
}

fn cases() -> Vec<Case> {
    let is_part = |path: &PathBuf| {
        let name = path.file_name().is_some_and(|name| name == "main.nxk");
        let folder = path.ancestors().skip(1).find(|folder| folder.join("main.nxk").exists());
        folder.is_some_and(|folder| !name || folder.join("main.nxk") != **path)
    };
    support::files_below(CASES, ".nxk").into_iter().filter(|path| !is_part(path)).map(Case::read).collect()
}

impl Case {
    fn read(entry: PathBuf) -> Case {
        let folder = entry.parent().expect("it is below the folder of cases");
        let stem = if entry.ends_with("main.nxk") { folder.to_owned() } else { entry.with_extension("") };
        let text = fs::read(&entry).expect("a case is readable");
        let text = String::from_utf8_lossy(&text).into_owned();
        let mut case = Case { entry, stem, arguments: vec!["check".into()], setup: Vec::new(), expected: Vec::new() };
        for line in text.lines().map_while(|line| line.strip_prefix("#! ")) {
            match line.split_once(' ').unwrap_or((line, "")) {
                ("setup", command) => case.setup.push(command.to_owned()),
                (code, rest) if code.starts_with(['E', 'W']) => {
                    let (place, hint) = rest.split_once(' ').unwrap_or((rest, ""));
                    case.expected.push(Expected { code: code.into(), place: place.into(), hint: hint.into() });
                }
                _ => case.arguments = line.split_whitespace().map(str::to_owned).collect(),
            }
        }
        case
    }

    fn name(&self) -> String {
        let below = self.stem.strip_prefix(support::repository().join(CASES)).unwrap_or(&self.stem);
        below.display().to_string()
    }

    fn golden(&self, form: &str) -> PathBuf {
        let name = self.stem.file_name().expect("a case has a name").to_string_lossy();
        self.stem.with_file_name(format!("{name}.{form}"))
    }

    fn problems(&self) -> Vec<String> {
        let human = self.said("human");
        let json = self.said("json");
        let mut problems = Vec::new();
        let findings: Vec<Value> = json.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if findings.len() != json.lines().count() {
            problems.push(format!("not one JSON object a line:\n{json}"));
        }
        problems.extend(self.compare(&findings));
        problems.extend(findings.iter().flat_map(faults_of_style));
        problems.extend(self.compare_golden("human", &human));
        problems.extend(self.compare_golden("json", &json));
        problems.into_iter().map(|problem| format!("{}: {problem}", self.name())).collect()
    }

    fn compare(&self, findings: &[Value]) -> Option<String> {
        let fits = |(expected, finding): (&Expected, &Value)| {
            let hint = finding["hint"].as_str().unwrap_or_default();
            finding["code"] == expected.code.as_str()
                && self.place(finding) == expected.place
                && hint.starts_with(&expected.hint)
                && hint.is_empty() == expected.hint.is_empty()
        };
        if findings.len() == self.expected.len() && self.expected.iter().zip(findings).all(fits) {
            return None;
        }
        let line = |finding: &Value| {
            let hint = finding["hint"].as_str().unwrap_or_default();
            format!("#! {} {} {hint}", finding["code"].as_str().unwrap_or_default(), self.place(finding))
        };
        let found: Vec<String> = findings.iter().map(line).collect();
        Some(format!("the findings are not those that are expected, but\n{}", found.join("\n")))
    }

    fn place(&self, finding: &Value) -> String {
        let Some(file) = finding["file"].as_str() else { return "-".to_owned() };
        if file.starts_with("<nxk>/") {
            return file.to_owned();
        }
        let position = format!("{}:{}", finding["line"], finding["column"]);
        let own = self.entry.file_name().is_some_and(|name| name.to_string_lossy() == file);
        // Blanks end a place.
        if own { position } else { format!("{}:{position}", file.replace(' ', "-")) }
    }

    fn compare_golden(&self, form: &str, now: &str) -> Option<String> {
        let path = self.golden(form);
        if std::env::var_os("NXK_UPDATE").is_some_and(|value| value == "1") {
            fs::write(&path, now).expect("the golden is writable");
            return None;
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        (golden != now).then(|| format!("{form} was\n{golden}\nand is\n{now}"))
    }

    /// What nxk says to it, in the given form.
    fn said(&self, form: &str) -> String {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        // The folder's name is that of the project.
        let folder = scratch.path().join("shop");
        self.place_files(&folder);
        let entry = self.entry.file_name().expect("an entry has a name");
        let mut command = support::nxk();
        command.current_dir(&folder).args(&self.arguments).arg(entry).args(["--message-format", form]);
        let output = command.output().expect("the built program starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 1)), "{}: ended with {code:?}\n{said}", self.name());
        settled(&said, &folder)
    }

    fn place_files(&self, folder: &Path) {
        fs::create_dir(folder).expect("made");
        let parts = match self.stem.is_dir() {
            true => support::files_below(self.stem.to_str().expect("cases have plain names"), ""),
            false => vec![self.entry.clone()],
        };
        for part in parts {
            let from = self.entry.parent().expect("it is in a folder");
            let to = folder.join(part.strip_prefix(from).expect("a part is beside the entry"));
            fs::create_dir_all(to.parent().expect("it is in a folder")).expect("made");
            fs::copy(&part, to).expect("copied");
        }
        for command in &self.setup {
            let status = Command::new("sh").args(["-c", command]).current_dir(folder).status();
            assert!(status.is_ok_and(|status| status.success()), "{}: {command}", self.name());
        }
    }
}

/// The text without what differs from one machine or build to another.
fn settled(said: &str, folder: &Path) -> String {
    let home = folder.parent().and_then(|home| home.canonicalize().ok()).unwrap_or_default();
    let said = said.replace(&home.display().to_string(), "/home/ada");
    // The library's own lines move with every edit of it.
    let places = [
        (r#"(<nxk>/[^": ]+):\d+"#, "$1"),
        (r#"("file":"<nxk>/[^"]+","line":)\d+,"column":\d+,"endLine":\d+,"endColumn":\d+"#, "${1}0"),
    ];
    let said = places.iter().fold(said, |said, (place, kept)| {
        let place = Regex::new(place).expect("the expression is right");
        place.replace_all(&said, *kept).into_owned()
    });
    // A build without optimisation needs more stack for each level.
    said.replace("more than 12000 levels", "more than 60000 levels")
}

/// What is wrong with the words of a finding, whatever it is about.
fn faults_of_style(finding: &Value) -> Vec<String> {
    let code = finding["code"].as_str().unwrap_or_default();
    let message = finding["message"].as_str().unwrap_or_default();
    let hint = finding["hint"].as_str().unwrap_or_default();
    let mut faults = Vec::new();
    if !Code::ALL.iter().any(|known| known.as_str() == code) {
        faults.push(format!("`{code}` is no code"));
    }
    if hint.is_empty() && !WITHOUT_HINT.contains(&code) {
        faults.push(format!("no hint: {message}"));
    }
    let related = finding["related"].as_array().into_iter().flatten().filter_map(|place| place["message"].as_str());
    for text in [message, hint].into_iter().chain(related) {
        let first = text.chars().next().unwrap_or('`');
        if text.ends_with('.') && !text.ends_with("...") || text.ends_with('!') || first.is_uppercase() && !named(text)
        {
            faults.push(format!("not in the voice of a finding: {text}"));
        }
        let lower = text.to_lowercase();
        if let Some(word) = FORBIDDEN.iter().find(|word| lower.contains(*word)) {
            faults.push(format!("`{word}` is no word for people: {text}"));
        }
    }
    faults
}

/// A name may stand first as it is written: `ConfigMap`, `HTTP`, `CPU`.
fn named(text: &str) -> bool {
    let word = text.split(' ').next().unwrap_or_default();
    word.chars().skip(1).any(char::is_uppercase)
        || ["Kubernetes", "Nix", "Deployment", "Service", "Pod"].contains(&word)
}

/// Words of the implementation.
const FORBIDDEN: [&str; 10] =
    ["panicked", "unwrap", "thunk", "option<", "some(", "usize", "i64", "serde", "chumsky", "none)"];
