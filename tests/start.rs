//! The first minutes with nxk: a project to start from, completions, man pages, and help texts whose examples work.

#[path = "start/completions.rs"]
mod completions;
#[path = "start/help.rs"]
mod help;
#[path = "start/man.rs"]
mod man;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::{TinyDisk, nxk};
use tempfile::TempDir;

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
