//! The standard library under nxk: every case of `tests/corpus/lib` has the value that is written
//! beside it. (`tests/lib_cases.py` holds the same cases against Nix.)
//!
//! Cases are separated by a line `---`; each is an expression in which `lib` is in scope, and a line
//! `=> ` with the JSON of its value, or `=> error`.

mod support;

use serde_json::Value;

struct Case {
    place: String,
    text: String,
    expected: String,
}

#[test]
fn the_library_gives_the_expected_values() {
    let cases = cases();
    assert!(cases.len() > 350, "the corpus has only {} cases", cases.len());
    let found = support::in_parallel(&cases, |case| {
        let folder = support::repository().join("tests/corpus/lib");
        let mut command = support::nxk();
        command.current_dir(folder).args(["eval", "--quiet", "--json", "-E", &case.text]);
        command.output().expect("the built program starts")
    });
    let wrong: Vec<String> = cases
        .iter()
        .zip(&found)
        .filter_map(|(case, output)| {
            let text = String::from_utf8_lossy(&output.stdout);
            let value: Option<Value> = serde_json::from_str(&text).ok().filter(|_| output.status.success());
            let fits = match case.expected.as_str() {
                "error" => output.status.code() == Some(1),
                expected => value.is_some() && value == serde_json::from_str(expected).ok(),
            };
            let shown = if output.status.success() { text } else { String::from_utf8_lossy(&output.stderr) };
            (!fits).then(|| format!("{}: {}\n  expected {}\n  found {shown}", case.place, case.text, case.expected))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

fn cases() -> Vec<Case> {
    let mut files = support::files_below("tests/corpus/lib", ".nix-cases");
    files.extend(support::files_below("tests/corpus/lib", ".nxk-cases"));
    let mut cases = Vec::new();
    for file in files {
        let name = file.file_name().expect("it is a file").to_string_lossy().into_owned();
        for (at, case) in support::read(&file).split("\n---\n").enumerate() {
            let Some((text, expected)) = case.rsplit_once("\n=> ") else { continue };
            let case =
                Case { place: format!("{name} case {}", at + 1), text: text.into(), expected: expected.trim().into() };
            cases.push(case);
        }
    }
    cases
}
