//! The first minutes with nxk: a project to start from, completions, man pages, and help texts whose examples work.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::{TinyDisk, not_run, nxk, peer};
use tempfile::TempDir;

// --- nxk init

#[test]
fn a_new_project_checks_and_compiles_without_a_word_against_it() {
    let scratch = scratch();
    let output = run(&scratch, &["init", "shop"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(said(&output), "", "what was made is a result, and there is nothing else to say");
    let folder = scratch.path().join("shop");
    assert_eq!(names_in(&folder), ["README.md", "main.nxk"], "the files are the user's: no list of nxk's own");

    // What it says to type next is what works.
    let told = text(&output.stdout);
    let next: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    assert_eq!(next, ["cd shop", "nxk check main.nxk", "nxk compile main.nxk -o manifests"], "{told}");
    let script = next.join(" && ");
    assert_eq!(shell(scratch.path(), &format!("{script} --deny-warnings")).status.code(), Some(0));
    assert!(folder.join("manifests/manifests.yaml").is_file());

    // For every version, and with no finding.
    let checked =
        run(&scratch, &["check", "shop/main.nxk", "--k8s-versions", "1.28..1.37", "-q", "--message-format=json"]);
    assert_eq!((checked.status.code(), said(&checked).as_str()), (Some(0), ""));
}

#[test]
fn whoever_names_the_folder_is_led_to_the_file() {
    let scratch = scratch();
    run(&scratch, &["init", "shop"]);
    for command in ["check", "compile", "graph", "explain"] {
        let output = run(&scratch, &[command, "shop"]);
        assert_eq!(output.status.code(), Some(1), "{command}");
        assert!(said(&output).contains("in it: `shop/main.nxk`"), "{command}: {}", said(&output));
    }
}

#[test]
fn the_project_shows_what_the_language_is_for() {
    let scratch = scratch();
    run(&scratch, &["init", "shop"]);
    let objects = compiled(&scratch.path().join("shop"));
    let count = |kind: &str| objects.iter().filter(|object| object["kind"] == kind).count();
    assert_eq!((count("Namespace"), count("Deployment"), count("Service"), count("Ingress")), (1, 2, 2, 1));
    let ingress = objects.iter().find(|object| object["kind"] == "Ingress").expect("one");
    assert_eq!(ingress["spec"]["rules"][0]["host"], "shop.example.com");
    for deployment in objects.iter().filter(|object| object["kind"] == "Deployment") {
        let container = &deployment["spec"]["template"]["spec"]["containers"][0];
        assert!(container["resources"]["limits"]["memory"].is_string(), "{container}");
    }
    // The dependency is the only connection between the two, and the proof says so.
    let graph = run(&scratch, &["graph", "shop/main.nxk"]);
    assert_eq!(graph.status.code(), Some(0));
    assert!(text(&graph.stdout).contains("→ api"), "{}", text(&graph.stdout));
}

#[test]
fn the_readme_is_ten_lines_and_each_of_its_commands_works() {
    let scratch = scratch();
    run(&scratch, &["init", "shop"]);
    let folder = scratch.path().join("shop");
    let readme = fs::read_to_string(folder.join("README.md")).expect("written");
    assert!(readme.lines().count() <= 12, "{readme}");
    let commands: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("    nxk ")).collect();
    assert!(commands.len() >= 4, "{readme}");
    for command in commands {
        let output = shell(&folder, &format!("nxk {command}"));
        assert_eq!(output.status.code(), Some(0), "nxk {command}: {}", said(&output));
    }
    // What the commands wrote is where the last line of the README looks for it.
    assert!(readme.contains("kubectl apply -f manifests") && folder.join("manifests/manifests.yaml").is_file());
}

#[test]
fn the_project_is_written_as_the_examples_are() {
    let scratch = scratch();
    run(&scratch, &["init", "shop"]);
    let source = fs::read_to_string(scratch.path().join("shop/main.nxk")).expect("written");
    let odd = |line: &&str| line.ends_with(' ') || line.contains('\t') || line.len() > 120;
    assert_eq!(source.lines().filter(odd).collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(source.lines().all(|line| (line.len() - line.trim_start().len()).is_multiple_of(2)), "two blanks a level");
    assert!(source.ends_with("}\n") && !source.contains('@'));
}

#[test]
fn a_project_can_be_started_beside_what_is_there() {
    let scratch = scratch();
    let folder = scratch.path().join("web-shop");
    fs::create_dir_all(folder.join(".git")).expect("made");
    fs::write(folder.join(".git/HEAD"), "ref: refs/heads/main\n").expect("written");
    fs::write(folder.join("LICENSE"), "mine").expect("written");
    let output = nxk().current_dir(&folder).arg("init").output().expect("started");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(!text(&output.stdout).contains("cd "), "one is there already: {}", text(&output.stdout));
    assert_eq!(names_in(&folder), [".git", "LICENSE", "README.md", "main.nxk"]);
    assert_eq!(fs::read_to_string(folder.join("LICENSE")).expect("there"), "mine");
    assert_eq!(namespace(&folder), "web-shop", "the project is called as the folder is");
    assert_eq!(fs::metadata(folder.join("main.nxk")).expect("there").permissions().mode() & 0o777, usual_mode(&folder));
}

#[test]
fn nothing_is_ever_written_over() {
    let scratch = scratch();
    fs::write(scratch.path().join("main.nxk"), "mine").expect("written");
    let output = run(&scratch, &["init", "."]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(text(&output.stdout), "");
    assert!(said(&output).contains("error[E1040]") && said(&output).contains("`main.nxk`"), "{}", said(&output));
    assert_eq!(names_in(scratch.path()), ["main.nxk"], "all of it or nothing");
    assert_eq!(fs::read_to_string(scratch.path().join("main.nxk")).expect("there"), "mine");
    // So it is a second time, and a folder is in the way as well.
    run(&scratch, &["init", "shop"]);
    let before = contents(&scratch.path().join("shop"));
    let again = run(&scratch, &["init", "shop"]);
    assert!(again.status.code() == Some(3) && said(&again).contains("`main.nxk`"), "{}", said(&again));
    assert_eq!(contents(&scratch.path().join("shop")), before);
    fs::create_dir_all(scratch.path().join("a/main.nxk")).expect("made");
    assert_eq!(run(&scratch, &["init", "a"]).status.code(), Some(3));
    assert_eq!(names_in(&scratch.path().join("a")), ["main.nxk"]);
}

/// As in every repository that comes from somewhere.
#[test]
fn a_readme_that_is_there_stays() {
    let scratch = scratch();
    fs::write(scratch.path().join("README.md"), "mine").expect("written");
    let output = run(&scratch, &["init"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(text(&output.stdout).contains("beside your README.md"), "{}", text(&output.stdout));
    assert_eq!(names_in(scratch.path()), ["README.md", "main.nxk"]);
    assert_eq!(fs::read_to_string(scratch.path().join("README.md")).expect("there"), "mine");
    assert!(!compiled(scratch.path()).is_empty());
    // Nobody knows what a link is to become that leads nowhere.
    fs::create_dir(scratch.path().join("b")).expect("made");
    symlink("nowhere", scratch.path().join("b/README.md")).expect("linked");
    assert_eq!(run(&scratch, &["init", "b"]).status.code(), Some(0));
    assert_eq!(names_in(&scratch.path().join("b")), ["README.md", "main.nxk"]);
    assert!(!scratch.path().join("b/nowhere").exists());
}

#[test]
fn where_a_project_cannot_be_nothing_is_left() {
    let scratch = scratch();
    fs::write(scratch.path().join("file"), "mine").expect("written");
    for place in ["file", "file/below", "/proc/nxk", "/dev/null"] {
        let output = run(&scratch, &["init", place]);
        assert_eq!(output.status.code(), Some(3), "{place}: {}", said(&output));
        assert!(said(&output).contains("error[E1007]"), "{place}: {}", said(&output));
    }
    assert_eq!(contents(scratch.path()), BTreeMap::from([("file".to_string(), "mine".to_string())]));
}

#[test]
fn on_a_full_disk_there_is_no_half_a_project() {
    let Some(disk) = TinyDisk::mount() else { return };
    let mut filled = vec![b'x'; 256 * 1024];
    while fs::write(disk.path().join("filler"), &filled).is_err() {
        filled.truncate(filled.len() - 4096);
    }
    for place in ["shop", "."] {
        let output = nxk().current_dir(disk.path()).args(["init", place]).output().expect("started");
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        assert!(
            said(&output).contains("error[E1007]") && said(&output).contains("free some space"),
            "{}",
            said(&output)
        );
        assert_eq!(names_in(disk.path()), ["filler"]);
    }
}

#[test]
fn of_many_who_start_one_project_one_does() {
    for place in ["shop", "."] {
        let scratch = scratch();
        let start = |name: String| {
            let mut command = nxk();
            command.current_dir(scratch.path()).args(["init", place, "--name", &name]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started")
        };
        let children: Vec<_> = (0..8).map(|at| start(format!("shop-{at}"))).collect();
        let codes: Vec<_> = children.into_iter().map(|mut child| child.wait().expect("ended").code()).collect();
        assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
        assert!(codes.iter().all(|code| [Some(0), Some(3)].contains(code)), "{codes:?}");
        let won = codes.iter().position(|code| *code == Some(0)).expect("one of them");
        assert_eq!(names_in(&scratch.path().join(place)), ["README.md", "main.nxk"]);
        assert_eq!(namespace(&scratch.path().join(place)), format!("shop-{won}"));
    }
}

#[test]
fn whatever_the_folder_is_called_the_project_compiles() {
    let long = "x".repeat(255);
    let cases = [
        ("my shop", "my-shop"),
        ("Größe", "gr-e"),
        ("日本", "project"),
        ("${builtins.abort 1}", "builtins-abort-1"),
        ("\"; evil = ''", "evil"),
        ("'$(touch evil)'", "touch-evil"),
        ("a\nb", "a-b"),
        ("-v", "v"),
        ("...", "project"),
        ("WebShop_2", "web-shop-2"),
        ("1", "1"),
        ("null", "null"),
        ("yes", "yes"),
        ("default", "my-default"),
        ("kube-system", "my-kube-system"),
        (long.as_str(), &"x".repeat(63)),
    ];
    let wrong: Vec<_> = support::in_parallel(&cases, |(folder, name)| {
        let scratch = scratch();
        let output = run(&scratch, &["init", "--", folder]);
        let made = scratch.path().join(folder);
        if output.status.code() != Some(0) {
            return Some(format!("{folder:?}: {}", said(&output)));
        }
        let entry = ["check", "-q", "--deny-warnings", "main.nxk"];
        let checked = nxk().current_dir(&made).args(entry).output().expect("started");
        let found = namespace(&made);
        // What is to be typed next leads into the folder, whatever is in its name.
        let cd = text(&output.stdout).lines().find(|line| line.starts_with("  cd ")).map(str::to_string);
        let leads =
            cd.is_none_or(|cd| text(&shell(scratch.path(), &format!("{cd} && ls")).stdout).contains("main.nxk"));
        let fine = checked.status.success() && said(&checked).is_empty() && found == *name && leads;
        (!fine).then(|| format!("{folder:?} gives {found}: {} {}", text(&output.stdout), said(&checked)))
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_name_can_be_asked_for_and_has_to_be_one() {
    let scratch = scratch();
    assert_eq!(run(&scratch, &["init", "k8s", "--name", "web-shop"]).status.code(), Some(0));
    assert_eq!(namespace(&scratch.path().join("k8s")), "web-shop");
    for (name, meant) in [
        ("Web Shop", "web-shop"),
        ("a.b", "a-b"),
        ("", "project"),
        ("-x-", "x"),
        ("${x}", "x"),
        ("kube-system", "my-kube-system"),
    ] {
        let output = run(&scratch, &["init", "other", &format!("--name={name}")]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(said(&output).contains(&format!("`{meant}`")), "{name}: {}", said(&output));
        assert!(!scratch.path().join("other").exists());
    }
}

// --- nxk completions

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

// --- nxk man

#[test]
fn every_command_has_a_man_page() {
    let scratch = scratch();
    let output = run(&scratch, &["man", "-o", "share/man1"]);
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(0), ""));
    let folder = scratch.path().join("share/man1");
    let pages = pages_of(&nxk::cli::command());
    let mut expected: Vec<String> = pages.iter().map(|name| format!("{name}.1")).collect();
    expected.sort();
    assert_eq!(names_in(&folder), expected);
    for name in &pages {
        let page = fs::read_to_string(folder.join(format!("{name}.1"))).expect("written");
        for part in [".TH ", ".SH NAME\n", ".SH SYNOPSIS\n", ".SH DESCRIPTION\n", ".SH OPTIONS\n"] {
            assert!(page.contains(part), "{name} has no {part}");
        }
        let title = page.lines().find(|line| line.starts_with(".TH ")).expect("it has a title");
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(title, format!(".TH {name} 1 \"\" \"nxk {version}\" nxk"), "no date, and no other version");
    }
    assert_eq!(text(&run(&scratch, &["man"]).stdout), contents(&folder)["nxk.1"]);
    // A second time over the first, and elsewhere: the same bytes.
    let first = contents(&folder);
    assert_eq!(run(&scratch, &["man", "-o", "share/man1"]).status.code(), Some(0));
    assert_eq!(contents(&folder), first);
    fs::write(scratch.path().join("file"), "").expect("written");
    assert_eq!(run(&scratch, &["man", "-o", "file"]).status.code(), Some(3));
}

#[test]
fn groff_sets_the_pages_without_a_warning() {
    let Some(groff) = peer("groff") else { return };
    let scratch = scratch();
    run(&scratch, &["man", "-o", "man1"]);
    for name in names_in(&scratch.path().join("man1")) {
        let page = scratch.path().join("man1").join(&name);
        let set = Command::new(&groff).args(["-man", "-ww", "-rF0", "-Tutf8", "-P-cbou"]).arg(&page).output();
        let set = set.expect("groff starts");
        assert_eq!((set.status.code(), said(&set).as_str()), (Some(0), ""), "{name}");
        let shown = text(&set.stdout);
        assert!(shown.contains("NAME") && shown.contains("SYNOPSIS"), "{name}: {shown}");
        // The examples stand there a line each, as they can be typed.
        let command = name.trim_end_matches(".1").replace('-', " ");
        for example in examples_of(&command) {
            assert!(shown.contains(&example), "{name} does not show `{example}`:\n{shown}");
        }
    }
}

// --- the help texts

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
        for (name, script) in [("helm", "cat deploy/manifests.yaml"), ("kubeseal", "echo none"), ("man", "cat")] {
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
fn for_each_command(command: &clap::Command, path: &str, look: &mut impl FnMut(&str, &clap::Command)) {
    look(path, command);
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        for_each_command(inner, &format!("{path} {}", inner.get_name()), look);
    }
}

/// The examples in the help text of a command: without the words that stand beside them.
fn examples_of(path: &str) -> Vec<String> {
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

/// The commands, without those below them.
fn commands() -> Vec<String> {
    nxk::cli::command().get_subcommands().map(|command| command.get_name().to_string()).collect()
}

fn pages_of(command: &clap::Command) -> Vec<String> {
    let mut names = Vec::new();
    for_each_command(command, "nxk", &mut |path, _| names.push(path.replace(' ', "-")));
    names
}

fn scratch() -> TempDir {
    tempfile::tempdir().expect("a scratch folder")
}

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    nxk().current_dir(folder.path()).args(arguments).output().expect("the built program starts")
}

/// Runs a line in a shell for which `nxk` is the built program.
fn shell(folder: &Path, line: &str) -> Output {
    let path = format!("{}:{}", program_folder().display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env("PATH", path).env("NO_COLOR", "1");
    command.stdin(Stdio::null()).output().expect("sh starts")
}

fn program_folder() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_nxk")).parent().expect("it is in a folder")
}

/// The objects of the project in a folder.
fn compiled(folder: &Path) -> Vec<Value> {
    let arguments = ["compile", "-q", "--format", "json", "main.nxk"];
    let output = nxk().current_dir(folder).args(arguments).output().expect("started");
    let list: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    list["items"].as_array().cloned().unwrap_or_default()
}

/// What the namespace of the project in a folder is called.
fn namespace(folder: &Path) -> String {
    let objects = compiled(folder);
    let namespace = objects.iter().find(|object| object["kind"] == "Namespace").expect("there is one");
    namespace["metadata"]["name"].as_str().unwrap_or_default().to_string()
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("readable");
    sorted(entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect())
}

/// The files in a folder, with their text.
fn contents(folder: &Path) -> BTreeMap<String, String> {
    let text = |name: String| (name.clone(), fs::read_to_string(folder.join(name)).expect("text"));
    names_in(folder).into_iter().map(text).collect()
}

/// The permissions that any file gets.
fn usual_mode(folder: &Path) -> u32 {
    fs::metadata(folder.join("LICENSE")).expect("there").permissions().mode() & 0o777
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn said(output: &Output) -> String {
    text(&output.stderr)
}
