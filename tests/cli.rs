//! The program from outside: exit codes, what goes where, and input that nobody should have to survive.
//!
//! 0 is fine, 1 means errors in the input, 2 wrong usage, 3 an output that could not be written.
//! Whatever the input, there is a finding with a code on stderr, nothing on stdout, nothing left
//! half-written, and never a panic (101) or a signal.

mod support;

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const GOOD: &str = r#"{ applications.web = { image = "shop/web:1.4"; ports = [ 8080 ]; }; }"#;

#[test]
fn traces_and_warnings_are_told_as_they_are() {
    let folder = folder_with(&[]);
    let output = nxk(&folder, &["eval", "-E", r#"builtins.trace "seen" (builtins.warn "old" 1)"#]);
    assert_eq!(text(&output.stdout), "1\n");
    assert_eq!(text(&output.stderr), "trace: seen\nwarning: old\n");
}

#[test]
fn results_go_to_stdout_and_the_rest_to_stderr() {
    let folder = folder_with(&[("main.nxk", GOOD)]);
    let output = nxk(&folder, &["compile", "main.nxk", "-q"]);
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    assert!(text(&output.stdout).contains("kind: Deployment"), "{}", text(&output.stdout));
    // How much was checked is said beside the result, not in it.
    let told = nxk(&folder, &["compile", "main.nxk"]);
    assert_eq!(told.stdout, output.stdout, "every run writes the same");
    assert!(text(&told.stderr).contains("objects"), "{}", text(&told.stderr));

    let written = nxk(&folder, &["compile", "main.nxk", "-o", "out"]);
    assert_eq!((written.status.code(), text(&written.stdout).as_str()), (Some(0), ""));
    assert_eq!(fs::read(folder.path().join("out/manifests.yaml")).expect("written"), output.stdout);

    let dash = nxk(&folder, &["compile", "main.nxk", "-o", "-"]);
    assert_eq!(dash.stdout, output.stdout);
    assert!(!folder.path().join("-").exists());

    let json = nxk(&folder, &["compile", "main.nxk", "--format", "json"]);
    let list: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(list["kind"], "List");
    let checked = nxk(&folder, &["check", "main.nxk"]);
    assert_eq!((checked.status.code(), text(&checked.stdout).as_str()), (Some(0), ""));
}

#[test]
fn wrong_usage_is_told_apart_from_wrong_input() {
    let folder = folder_with(&[("main.nxk", GOOD)]);
    let usages: [&[&str]; 10] = [
        &[],
        &["frobnicate"],
        &["compile"],
        &["compile", "main.nxk", "--no-such-option"],
        &["compile", "main.nxk", "--format", "xml"],
        &["compile", "main.nxk", "-o", "out.yaml"],
        &["compile", "main.nxk", "-o", "deep/OUT.JSON", "--split"],
        &["compile", "main.nxk", "-o", "-", "--split"],
        &["compile", "main.nxk", "-o", "-", "--format", "helm"],
        &["eval"],
    ];
    for usage in usages {
        let output = nxk(&folder, usage);
        assert_eq!(output.status.code(), Some(2), "nxk {usage:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "nxk {usage:?}");
        assert!(!output.stderr.is_empty(), "nxk {usage:?} says nothing");
    }
    assert_eq!(files(folder.path()).len(), 1, "nothing is written");
    // A folder that is there may be called as it likes.
    fs::create_dir(folder.path().join("v1.yaml")).expect("made");
    assert_eq!(nxk(&folder, &["compile", "main.nxk", "-o", "v1.yaml"]).status.code(), Some(0));
    assert!(folder.path().join("v1.yaml/manifests.yaml").exists());
}

#[test]
fn what_is_no_configuration_is_refused() {
    let folder = folder_with(&[
        ("empty.nxk", ""),
        ("blank.nxk", " \n\t\n# nothing but a comment\n"),
        ("missing-import.nxk", "import ./nowhere.nxk"),
        ("not-a-module.nxk", "42"),
    ]);
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("folder.nxk")).expect("made");
    fs::write(at("binary.nxk"), b"\x7fELF\x02\x01\x01\0\0\0\0\0").expect("written");
    fs::write(at("latin1.nxk"), b"{ name = \"caf\xe9\"; }").expect("written");
    fs::write(at("utf16.nxk"), b"\xff\xfe{\0 \0}\0").expect("written");
    fs::write(at("huge.nxk"), vec![b' '; 50 * 1024 * 1024]).expect("written");
    symlink("dangling-target", at("dangling.nxk")).expect("linked");
    symlink("circle.nxk", at("circle.nxk")).expect("linked");
    let cases = [
        ("empty.nxk", "E0101"),
        ("blank.nxk", "E0101"),
        ("missing-import.nxk", "E1001"),
        ("not-a-module.nxk", "E0506"),
        ("nowhere.nxk", "E1001"),
        ("nowhere/main.nxk", "E1001"),
        ("binary.nxk", "E1003"),
        ("latin1.nxk", "E1003"),
        ("utf16.nxk", "E1003"),
        ("huge.nxk", "E1004"),
        ("dangling.nxk", "E1001"),
        ("circle.nxk", "E1002"),
        ("/dev/null", "E1002"),
    ];
    // A folder stands for the `default.nxk` in it, and this one has none.
    refused(&folder, &["compile", "folder.nxk"], 1, "E1001");
    let here = refused(&folder, &["compile", "."], 1, "E1001");
    assert!(here[0]["message"].as_str().is_some_and(|said| said.contains("the folder `.` has no")), "{here:?}");
    for (name, code) in cases {
        refused(&folder, &["compile", name], 1, code);
        refused(&folder, &["compile", name, "-o", "out"], 1, code);
        refused(&folder, &["check", name], 1, code);
        assert!(!folder.path().join("out").exists(), "{name} left an output");
    }
}

#[test]
fn imports_stay_in_the_project_and_do_not_run_in_circles() {
    let folder = folder_with(&[
        ("project/main.nxk", "import ../outside.nxk"),
        ("project/linked.nxk", "import ./link.nxk"),
        ("project/absolute.nxk", "import /etc/hostname"),
        ("project/read.nxk", "{ x = builtins.readFile ../outside.nxk; }"),
        ("project/module.nxk", "{ imports = [ ../outside.nxk ]; }"),
        ("project/a.nxk", "import ./b.nxk"),
        ("project/b.nxk", "import ./a.nxk"),
        ("project/self.nxk", "{ inherit (import ./self.nxk) x; }"),
        ("outside.nxk", GOOD),
    ]);
    symlink("../outside.nxk", folder.path().join("project/link.nxk")).expect("linked");
    let cases = [
        ("project/main.nxk", "E1005"),
        ("project/linked.nxk", "E1005"),
        ("project/absolute.nxk", "E1005"),
        ("project/module.nxk", "E1005"),
        ("project/a.nxk", "E1006"),
    ];
    for (name, code) in cases {
        refused(&folder, &["compile", name], 1, code);
    }
    refused(&folder, &["eval", "project/read.nxk", "--json"], 1, "E1005");
    // A wider root, said by the one who runs it, is another matter.
    let wider = nxk(&folder, &["compile", "--root", ".", "project/main.nxk"]);
    assert_eq!(wider.status.code(), Some(0), "{}", text(&wider.stderr));
}

#[test]
fn hostile_expressions_end_in_a_finding() {
    let folder = folder_with(&[]);
    let many = |text: &str| text.repeat(100_000);
    let syntax = [
        many("("),
        many("["),
        many("{ a = "),
        format!("{}1{}", many("("), many(")")),
        format!("{}1", many("!")),
        format!("{}1", many("- ")),
        format!("{}1", many("a: ")),
        format!("{}1", many("if true then 1 else ")),
        format!("{}1", many("let a = 1; in ")),
        format!("{}\"{}", many("\"${"), many("}\"")),
    ];
    for (at, text) in syntax.iter().enumerate() {
        let name = format!("deep-{at}.nxk");
        fs::write(folder.path().join(&name), text).expect("written");
        let findings = refused(&folder, &["check", &name], 1, "");
        assert_eq!(findings.len(), 1, "{name}, {} …: {findings:?}", &text[..20]);
    }
    let running = [
        ("let f = x: f x; in f 1", "E0412"),
        ("let f = x: 1 + f (x + 1); in f 0", "E0412"),
        ("let x = x; in x", "E0403"),
        ("let f = n: { a = f (n + 1); }; in f 0", "E0412"),
        ("let f = n: [ (f (n + 1)) ]; in builtins.toJSON (f 0)", "E0412"),
    ];
    for (expression, code) in running {
        refused(&folder, &["eval", "--json", "-E", expression], 1, code);
    }
}

/// Long is not deep: none of these is refused.
#[test]
fn long_inputs_are_fine() {
    let folder = folder_with(&[]);
    let terms = vec!["1"; 900].join(" + ");
    let list = format!("builtins.length [ {} ]", "1 ".repeat(100_000));
    let string = format!("builtins.stringLength \"{}\"", "x".repeat(1_000_000));
    let fold = "builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 100000)".to_owned();
    let attributes: String = (0..50_000).map(|n| format!("a{n} = {n}; ")).collect();
    let set = format!("({{ {attributes} }}).a49999");
    let cases = [(terms, "900"), (list, "100000"), (string, "1000000"), (fold, "4999950000"), (set, "49999")];
    for (at, (expression, expected)) in cases.iter().enumerate() {
        let name = format!("long-{at}.nxk");
        fs::write(folder.path().join(&name), expression).expect("written");
        let output = nxk(&folder, &["eval", "--json", &name]);
        assert_eq!(text(&output.stdout).trim(), *expected, "{name}: {}", text(&output.stderr));
    }
}

#[test]
fn an_output_that_cannot_be_written_is_told_apart() {
    let folder = folder_with(&[("main.nxk", GOOD), ("file", "mine")]);
    // A file where a folder is needed, and a place where not even root may write.
    for place in ["file", "file/out", "/proc/nxk-out"] {
        refused(&folder, &["compile", "main.nxk", "-o", place], 3, "E1007");
    }
    assert_eq!(fs::read_to_string(folder.path().join("file")).expect("still there"), "mine");
    // A pipe has no path of its own; no folder can be made there, however often it is tried.
    refused(&folder, &["compile", "main.nxk", "-o", "/dev/stdout"], 3, "E1007");
    // Somebody's folder is not overwritten.
    fs::create_dir(folder.path().join("home")).expect("made");
    fs::write(folder.path().join("home/manifests.yaml"), "mine").expect("written");
    refused(&folder, &["compile", "main.nxk", "-o", "home"], 3, "E1008");
    assert_eq!(fs::read_to_string(folder.path().join("home/manifests.yaml")).expect("still there"), "mine");
}

#[test]
fn a_full_disk_is_noticed() {
    let folder = folder_with(&[("main.nxk", &applications(200))]);
    let full = File::options().write(true).open("/dev/full").expect("a device that is always full");
    let output = command(&folder, &["compile", "main.nxk"]).stdout(full).output().expect("started");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("E1007"), "{}", text(&output.stderr));

    let Some(disk) = support::TinyDisk::mount() else { return };
    let out = disk.path().join("out");
    let place = out.to_str().expect("a plain name");
    refused(&folder, &["compile", "main.nxk", "-o", place], 3, "E1007");
    let left: Vec<_> = fs::read_dir(disk.path()).expect("readable").collect();
    assert!(left.is_empty(), "left on the full disk: {left:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let folder = folder_with(&[("main.nxk", &applications(200))]);
    let mut child = command(&folder, &["compile", "main.nxk"]).stdout(Stdio::piped()).spawn().expect("started");
    let mut first = [0; 10];
    child.stdout.take().expect("piped").read_exact(&mut first).expect("some output");
    let output = child.wait_with_output().expect("ended");
    assert!(!text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
    assert_ne!(output.status.code(), Some(101));
}

#[test]
fn a_killed_run_leaves_a_whole_output_or_none() {
    let folder = folder_with(&[("main.nxk", &applications(60))]);
    let complete = nxk(&folder, &["compile", "main.nxk", "-o", "complete"]);
    assert_eq!(complete.status.code(), Some(0), "{}", text(&complete.stderr));
    let expected = files(&folder.path().join("complete"));
    let out = folder.path().join("out");
    for round in 0..30 {
        let mut child = command(&folder, &["compile", "main.nxk", "-o", "out"]).spawn().expect("started");
        std::thread::sleep(std::time::Duration::from_millis(round * 5));
        // Ctrl-C is one of the ways to go.
        let signal = if round % 2 == 0 { "-KILL" } else { "-INT" };
        let _ = Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
        child.wait().expect("ended");
        if out.exists() {
            assert_eq!(files(&out), expected, "round {round}");
            fs::remove_dir_all(&out).expect("removed");
        }
    }
    let again = nxk(&folder, &["compile", "main.nxk", "-o", "out"]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
    assert_eq!(files(&out), expected);
}

/// Runs nxk and demands the exit code, findings and nothing else; the first has `code` unless that
/// is empty. The findings are looked at in the form for people and in the one for programs.
fn refused(folder: &TempDir, arguments: &[&str], exit: i32, code: &str) -> Vec<Value> {
    let people = nxk(folder, arguments);
    let told = text(&people.stderr);
    assert_eq!(people.status.code(), Some(exit), "nxk {arguments:?}: {told}");
    assert_eq!(text(&people.stdout), "", "nxk {arguments:?}");
    assert!(told.contains(&format!("[{code}")) && !told.contains("panicked"), "nxk {arguments:?}: {told}");

    let programs = nxk(folder, &[arguments, &["--message-format", "json"]].concat());
    assert_eq!((programs.status.code(), text(&programs.stdout).as_str()), (Some(exit), ""), "nxk {arguments:?}");
    let lines = text(&programs.stderr);
    let findings: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let first = findings.first().unwrap_or_else(|| panic!("nxk {arguments:?} finds nothing"));
    assert!(code.is_empty() || first["code"] == code, "nxk {arguments:?}: {first}");
    assert!(first["message"].as_str().is_some_and(|message| !message.is_empty()), "nxk {arguments:?}: {first}");
    findings
}

fn nxk(folder: &TempDir, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("started")
}

fn command(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = support::nxk();
    command.current_dir(folder.path()).args(arguments).stderr(Stdio::piped());
    command
}

fn folder_with(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    folder
}

/// A configuration of so many applications that do not know each other.
fn applications(count: usize) -> String {
    let entries: String =
        (0..count).map(|n| format!("applications.app-{n} = {{ image = \"a/b:{n}\"; ports = [ 80 ]; }};\n")).collect();
    format!("{{\n{entries}}}\n")
}

/// The names and texts of the files in a flat folder, by name.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("readable")
        .map(|entry| {
            let path = entry.expect("readable").path();
            let name = path.file_name().expect("named").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap_or_default())
        })
        .collect();
    files.sort();
    files
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_limit_on_memory_is_told_and_is_no_panic() {
    let program = env!("CARGO_BIN_EXE_nxk");
    let script = format!("ulimit -v 600000 && exec '{program}' eval -E '1 + 1'");
    let output = Command::new("sh").args(["-c", &script]).output().expect("the shell starts");
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stderr).starts_with("error: nxk cannot start: "), "{}", text(&output.stderr));
}
