//! Completions: what bash offers, and that other shells can read theirs.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{not_run, peer};
use crate::{said, scratch, sorted, support, text};

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = support::run_nxk(["completions", shell]);
        assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), ""), "{shell}");
        let script = text(&output.stdout);
        let missing: Vec<_> = commands().into_iter().filter(|name| !script.contains(name.as_str())).collect();
        assert!(missing.is_empty(), "{shell} does not know {missing:?}");
        assert_eq!(script, text(&support::run_nxk(["completions", shell]).stdout), "{shell}: always the same");
    }
    assert_eq!(support::run_nxk(["completions", "cmd"]).status.code(), Some(2));
}

#[test]
fn bash_completes_commands_options_and_values() {
    let Some(bash) = peer("bash") else { return };
    let scratch = scratch();
    let script = scratch.path().join("nxk.bash");
    fs::write(&script, support::run_nxk(["completions", "bash"]).stdout).expect("written");
    let read = Command::new(&bash).arg("-n").arg(&script).output().expect("bash starts");
    assert_eq!((read.status.code(), said(&read).as_str()), (Some(0), ""));
    let all = |words: &[&str]| completed(&bash, &script, words);
    let starting = |word: &str| commands().into_iter().filter(|name| name.starts_with(word)).collect::<Vec<_>>();
    assert!(starting("com").len() >= 3, "compile, completions and compliance");
    assert_eq!(sorted(all(&["nxk", "com"])), sorted(starting("com")));
    assert_eq!(sorted(all(&["nxk", "ini"])), ["init"]);
    assert_eq!(sorted(all(&["nxk", "graph", "--form"])), ["--format"]);
    assert!(all(&["nxk", "graph", "--format", "m"]).contains(&"mermaid".to_string()));
    assert_eq!(sorted(all(&["nxk", "schema", "sh"])), ["show"]);
}

#[test]
fn other_shells_read_their_completions() {
    for (shell, arguments) in [("zsh", &["-n"][..]), ("fish", &["--no-execute"])] {
        let Some(program) = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .map(|folder| folder.join(shell))
            .find(|program| program.is_file())
        else {
            not_run(&format!("{shell} is not installed"));
            continue;
        };
        let scratch = scratch();
        let script = scratch.path().join("script");
        fs::write(&script, support::run_nxk(["completions", shell]).stdout).expect("written");
        let read = Command::new(program).args(arguments).arg(&script).output().expect("the shell starts");
        assert_eq!((read.status.code(), said(&read).as_str()), (Some(0), ""), "{shell}");
    }
}

/// What bash offers for the last of these words.
fn completed(bash: &Path, script: &Path, words: &[&str]) -> Vec<String> {
    let drive = r#"
        source "$1"; shift
        [[ $(complete -p nxk) =~ -F\ ([^ ]+) ]] || exit 1
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        "${BASH_REMATCH[1]}" nxk "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let mut command = Command::new(bash);
    command.args(["--norc", "-c", drive, "bash"]).arg(script).args(words);
    let output = command.output().expect("bash starts");
    assert!(output.status.success(), "{words:?}: {}", said(&output));
    text(&output.stdout).lines().map(str::to_string).collect()
}

/// The commands, without those below them.
fn commands() -> Vec<String> {
    nxk::cli::command().get_subcommands().map(|command| command.get_name().to_string()).collect()
}
