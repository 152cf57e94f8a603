//! Help texts: every command says what it does, options mean the same everywhere, and the examples work.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::nxk;
use crate::{program_folder, said, scratch, support};

#[test]
fn every_command_says_what_it_does_and_shows_how() {
    let mut wrong = Vec::new();
    for_each_command(&nxk::cli::command(), "nxk", &mut |path, command| {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        if about.is_empty() || about.len() > 110 || about.ends_with('.') {
            wrong.push(format!("{path}: `{about}` is no line that says what it does"));
        }
        // The stages from inside are for those who work on nxk.
        if !command.has_subcommands() && !path.starts_with("nxk debug") && examples_of(path).is_empty() {
            wrong.push(format!("{path}: no examples"));
        }
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let broken = help.lines().filter(|line| line.starts_with("  ") && line.chars().count() > 100);
        wrong.extend(broken.map(|line| format!("{path}: a help text is no wider than 100: {line}")));
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            if help.is_empty() || help.ends_with('.') {
                wrong.push(format!("{path} {}: `{help}` does not help", argument.get_id()));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_option_means_the_same_everywhere() {
    let mut letters: BTreeMap<char, String> = BTreeMap::new();
    let mut wrong = Vec::new();
    for_each_command(&nxk::cli::command(), "nxk", &mut |path, command| {
        for argument in command.get_arguments() {
            let (Some(letter), Some(name)) = (argument.get_short(), argument.get_long()) else { continue };
            let known = letters.entry(letter).or_insert_with(|| name.to_string());
            if known != name {
                wrong.push(format!("{path}: -{letter} is --{name}, and elsewhere --{known}"));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Examples that end otherwise than with 0, and why.
const ENDS_OTHERWISE: &[(&str, i32)] = &[
    // There is no controller to fetch a certificate from.
    ("nxk seal ", 1),
    // Nobody's build has this id.
    ("nxk explain shop/main.nxk --build-id", 1),
];

#[test]
fn the_examples_of_the_help_texts_work() {
    let mut lines = Vec::new();
    for_each_command(&nxk::cli::command(), "nxk", &mut |path, _| lines.extend(examples_of(path)));
    assert!(lines.len() > 20, "only {} examples", lines.len());
    let wrong: Vec<String> = support::in_parallel(&lines, |line| {
        let desk = Desk::new();
        let output = desk.shell(line);
        let code = ENDS_OTHERWISE.iter().find(|(start, _)| line.starts_with(start)).map_or(0, |(_, code)| *code);
        (output.status.code() != Some(code))
            .then(|| format!("{line}\n  ends with {:?}: {}", output.status.code(), said(&output)))
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A folder in which everything lies that the examples name.
struct Desk {
    scratch: TempDir,
}

impl Desk {
    fn new() -> Desk {
        let desk = Desk { scratch: scratch() };
        let folders = ["here", "empty", "bin", "home/.zfunc", "home/.config/fish/completions"];
        let below = ["home/.local/share/bash-completion/completions"];
        folders.iter().chain(&below).for_each(|name| fs::create_dir_all(desk.path(name)).expect("made"));
        for place in ["here/shop", "here", "base"] {
            let init = nxk().args(["init", "--name", "shop"]).arg(desk.path(place)).output().expect("started");
            assert!(init.status.success(), "{}", said(&init));
        }
        for place in ["here/manifests", "here/deploy", "here/out"] {
            let compile =
                nxk().args(["compile", "-q", "-o"]).arg(desk.path(place)).arg(desk.path("base/main.nxk")).output();
            assert!(compile.expect("started").status.success());
        }
        fs::copy(desk.path("here/deploy/manifests.yaml"), desk.path("here/old.yaml")).expect("copied");
        desk.write("here/extra.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra, namespace: shop }\n");
        desk.write("here/values.nxk", "{ web.ports = [ 8080 ]; }\n");
        desk.write("here/crd.yaml", CRD);
        fs::create_dir_all(desk.path("here/documents/1.31")).expect("made");
        desk.write("here/documents/1.31/swagger.json", r#"{ "swagger": "2.0", "paths": {}, "definitions": {} }"#);
        desk.write("here/documents/lifecycle.json", r#"{ "kinds": [] }"#);
        let others = ["helm", "kubectl"].map(|name| (name, "cat deploy/manifests.yaml"));
        for (name, script) in others.into_iter().chain([("kubeseal", "echo none"), ("man", "cat")]) {
            desk.write(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}\n"));
            let executable = fs::Permissions::from_mode(0o755);
            fs::set_permissions(desk.path(&format!("bin/{name}")), executable).expect("set");
        }
        desk.git(&["init", "--quiet"]);
        desk.git(&["add", "--all"]);
        desk.git(&["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "a state"]);
        desk.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        desk
    }

    /// Makes the folder `here` what examples with commits expect.
    fn git(&self, arguments: &[&str]) {
        let done = Command::new("git").args(arguments).current_dir(self.path("here")).status();
        assert!(done.expect("git is there").success(), "git {arguments:?}");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).expect("written");
    }

    fn shell(&self, line: &str) -> Output {
        let path = std::env::var("PATH").unwrap_or_default();
        // A project is started where none is yet.
        let folder = if line.starts_with("nxk init") { "empty" } else { "here" };
        let path = format!("{}:{}:{path}", self.path("bin").display(), program_folder().display());
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(self.path(folder));
        command.env("PATH", path).env("HOME", self.path("home")).env("NO_COLOR", "1").stdin(Stdio::null());
        command.output().expect("sh starts")
    }
}

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.com
spec:
  group: example.com
  names: { kind: Thing, plural: things }
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object } } } }
";

/// Calls `look` with each command that is shown, and its path.
pub fn for_each_command(command: &clap::Command, path: &str, look: &mut impl FnMut(&str, &clap::Command)) {
    look(path, command);
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        for_each_command(inner, &format!("{path} {}", inner.get_name()), look);
    }
}

/// The examples in the help text of a command: without the words that stand beside them.
pub fn examples_of(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    for_each_command(&nxk::cli::command(), "nxk", &mut |at, command| {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let examples = help.split_once("Examples:\n").map(|(_, examples)| examples).unwrap_or_default();
        if at == path {
            let command = |line: &str| line.trim_start().split("  ").next().unwrap_or_default().trim_end().to_string();
            found = examples.lines().filter(|line| !line.is_empty()).map(command).collect();
        }
    });
    found
}
