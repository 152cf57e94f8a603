//! The module system against a second opinion: the rules in plain Nix, run by the real `nix-instantiate`.
//!
//! `tests/corpus/modules-peer/rendition.nix` says the rules of modules once more, small and slow. Every
//! case is an expression that both evaluate; the values must be the same JSON. Where the rendition
//! refuses a case, nxk must refuse it too, for a reason of the same class and at the same option.
//!
//! - `*.cases`: a title (`## …`) and an expression, most often a list of modules (see [`program`]).
//! - `generate`: random sets of modules from fixed seeds.

mod declare;
mod define;
mod generate;
mod peers;
mod random;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;

use peers::{Case, Judge, Verdict};

const CORPUS: &str = "tests/corpus/modules-peer";

/// How many random configurations there are, and how many go to Nix in one go.
const CONFIGURATIONS: u64 = 600;
const AT_ONCE: u64 = 75;

#[test]
fn the_cases_mean_what_the_rules_say() {
    let Some(judge) = Judge::find() else { return };
    let cases = cases();
    assert!(cases.len() >= 150, "the corpus has only {} cases", cases.len());
    report(&disagreements(&judge, &cases), cases.len());
}

#[test]
fn random_modules_mean_what_the_rules_say() {
    let Some(judge) = Judge::find() else { return };
    let seeds: Vec<u64> = (0..CONFIGURATIONS).collect();
    let batches: Vec<Vec<Case>> = seeds
        .chunks(AT_ONCE as usize)
        .map(|seeds| seeds.iter().flat_map(|&seed| generate::cases(seed)).collect())
        .collect();
    let cases = batches.iter().map(Vec::len).sum();
    let verdicts = support::in_parallel(&batches, |batch| judge.verdicts(batch));
    let refused = verdicts.iter().flatten().filter(|verdict| verdict.expected.is_err()).count();
    // Random modules that hardly ever fail, or hardly ever do not, would show little.
    assert!((cases / 20..cases / 2).contains(&refused), "{refused} of {cases} are refused");
    let wrong: Vec<Disagreement> =
        batches.iter().zip(verdicts).flat_map(|(batch, verdicts)| differing(batch, verdicts)).collect();
    report(&wrong, cases);
}

/// A case on which the two do not agree.
struct Disagreement {
    title: String,
    words: String,
}

fn disagreements(judge: &Judge, cases: &[Case]) -> Vec<Disagreement> {
    let files: Vec<&[Case]> = cases.chunk_by(|a, b| a.file() == b.file()).collect();
    let verdicts = support::in_parallel(&files, |file| judge.verdicts(file)).into_iter().flatten().collect();
    differing(cases, verdicts)
}

fn differing(cases: &[Case], verdicts: Vec<Verdict>) -> Vec<Disagreement> {
    assert_eq!(cases.len(), verdicts.len(), "every case has a verdict");
    let both = cases.iter().zip(verdicts).filter(|(_, verdict)| !verdict.agrees());
    both.map(|(case, verdict)| Disagreement {
        title: case.title.clone(),
        words: format!("{}\n{verdict}", case.program),
    })
    .collect()
}

/// Fails with the first few that differ.
fn report(wrong: &[Disagreement], of: usize) {
    const SHOWN: usize = 12;
    let shown: Vec<String> = wrong.iter().take(SHOWN).map(|one| format!("{}\n{}", one.title, one.words)).collect();
    assert!(wrong.is_empty(), "{} of {of} differ, among them:\n\n{}", wrong.len(), shown.join("\n\n"));
}

/// The cases of the corpus.
fn cases() -> Vec<Case> {
    support::files_below(CORPUS, ".cases").iter().flat_map(|path| cases_of(path)).collect()
}

fn cases_of(path: &Path) -> Vec<Case> {
    let text = support::read(path);
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        match (line.strip_prefix("## "), cases.last_mut()) {
            (Some(title), _) => {
                cases.push(Case { title: format!("{name}:{} {title}", number + 1), program: String::new() });
            }
            (None, Some(case)) => case.program.extend([line, "\n"]),
            // What stands above the first title is about the file.
            (None, None) => {}
        }
    }
    for case in &mut cases {
        case.program = program(case.program.trim());
    }
    cases
}

/// The function of `lib` that a case stands for. A list is one of modules, and stands for their `config`;
/// what starts with `lib:` stands for itself, anything else for an expression in the same scope as the modules.
fn program(text: &str) -> String {
    if text.starts_with("lib:") {
        return text.to_string();
    }
    let scope = "with lib; with lib.types; let
  opt = type: mkOption { inherit type; };
  dft = type: default: mkOption { inherit type default; };
  eval = modules: evalModules { inherit modules; };
in";
    match text.starts_with('[') {
        true => format!("lib: {scope} (eval {text}\n).config"),
        false => format!("lib: {scope}\n{text}"),
    }
}
