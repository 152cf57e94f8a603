//! Folders are written whole or not at all, and nothing that is the user's is lost.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use nxk::diag::{Code, Diagnostic};
use nxk::output::{NewFile, Rules};
use tempfile::TempDir;

type Files = Vec<NewFile>;

fn file(name: impl Into<String>, text: impl Into<String>) -> NewFile {
    NewFile { name: name.into(), text: text.into(), private: false }
}

fn files(entries: &[(&str, &str)]) -> Files {
    entries.iter().map(|(name, text)| file(*name, *text)).collect()
}

/// As [`content`] tells it.
fn texts(files: Files) -> BTreeMap<String, String> {
    files.into_iter().map(|file| (file.name, file.text)).collect()
}

fn write_folder(dir: &Path, files: &[NewFile], force: bool) -> Result<(), Diagnostic> {
    nxk::output::write_folder(dir, files, Rules { force, sources: &[] })
}

fn scratch() -> TempDir {
    tempfile::tempdir().expect("a scratch folder")
}

/// Every file below `folder` with its text, without the list of nxk's files.
fn content(folder: &Path) -> BTreeMap<String, String> {
    fn gather(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).expect("readable") {
            let entry = entry.expect("an entry");
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().expect("known").is_dir() {
                found.insert(format!("{name}/"), String::new());
                gather(&entry.path(), &format!("{name}/"), found);
            } else {
                found.insert(name, fs::read_to_string(entry.path()).expect("text"));
            }
        }
    }
    let mut found = BTreeMap::new();
    gather(folder, "", &mut found);
    found.remove(".nxk-output");
    found
}

fn expected(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    texts(files(entries))
}

fn refused(result: Result<(), Diagnostic>, code: Code, words: &str) {
    let finding = result.expect_err("refused");
    assert_eq!(finding.code, code, "{}", finding.message);
    assert!(finding.message.contains(words), "{}", finding.message);
    assert!(finding.hint.is_some());
}

#[test]
fn a_folder_may_have_the_longest_name_that_there_is() {
    let scratch = scratch();
    for name in ["x".repeat(255), "ü".repeat(127)] {
        let out = scratch.path().join(&name);
        write_folder(&out, &files(&[("x.yaml", "1")]), false).expect("written");
        assert_eq!(content(&out), expected(&[("x.yaml", "1")]));
    }
}

#[test]
fn a_missing_folder_is_made_with_its_parents() {
    let scratch = scratch();
    let out = scratch.path().join("a/b/out");
    write_folder(&out, &files(&[("x.yaml", "1"), ("t/y.yaml", "2")]), false).expect("written");
    assert_eq!(content(&out), expected(&[("t/", ""), ("t/y.yaml", "2"), ("x.yaml", "1")]));
    assert_eq!(fs::read_dir(scratch.path().join("a/b")).expect("readable").count(), 1);
    let plain = scratch.path().join("plain");
    fs::create_dir(&plain).expect("made");
    fs::write(plain.join("f"), "").expect("written");
    let mode = |path: &Path| fs::metadata(path).expect("there").mode();
    assert_eq!(mode(&out), mode(&plain));
    assert_eq!(mode(&out.join("x.yaml")), mode(&plain.join("f")));
}

#[test]
fn what_is_private_is_never_open_to_others() {
    let scratch = scratch();
    let mode = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
    let write = |out: &Path, text: &str, private: bool| {
        write_folder(out, &[NewFile { private, ..file("a", text) }], false).expect("written");
    };
    let (fresh, open) = (scratch.path().join("fresh"), scratch.path().join("open"));
    write(&fresh, "1", true);
    assert_eq!(mode(&fresh.join("a")), 0o600);
    // One that others could read is closed, whether its text changes or not; a private one is not opened again.
    for text in ["1", "2"] {
        write(&open, "1", false);
        fs::set_permissions(open.join("a"), fs::Permissions::from_mode(0o644)).expect("set");
        write(&open, text, true);
        assert_eq!(mode(&open.join("a")), 0o600);
        write(&open, "3", false);
        assert_eq!(mode(&open.join("a")), 0o600);
    }
}

#[test]
fn stale_files_go_and_foreign_ones_stay() {
    let scratch = scratch();
    let out = scratch.path();
    write_folder(out, &files(&[("a", "1"), ("old/b", "2"), ("old/c", "3"), ("mixed/d", "4")]), false).expect("written");
    fs::write(out.join("README"), "mine").expect("written");
    fs::write(out.join("mixed/mine"), "mine").expect("written");
    let before = fs::metadata(out).expect("there").ino();
    write_folder(out, &files(&[("a", "1"), ("new/e", "5")]), false).expect("written");
    let now = [("README", "mine"), ("a", "1"), ("mixed/", ""), ("mixed/mine", "mine"), ("new/", ""), ("new/e", "5")];
    assert_eq!(content(out), expected(&now));
    assert_eq!(fs::metadata(out).expect("there").ino(), before, "shells and mounts stay where they are");
    write_folder(out, &[], false).expect("written");
    assert_eq!(content(out), expected(&[("README", "mine"), ("mixed/", ""), ("mixed/mine", "mine")]));
}

#[test]
fn what_does_not_change_is_not_touched() {
    let scratch = scratch();
    let out = scratch.path().join("out");
    let output = files(&[("a", "1"), ("b", "2")]);
    write_folder(&out, &output, false).expect("written");
    fs::set_permissions(out.join("b"), fs::Permissions::from_mode(0o600)).expect("set");
    let inode = |name: &str| fs::metadata(out.join(name)).expect("there").ino();
    let before = [inode("a"), inode(".nxk-output")];
    write_folder(&out, &files(&[("a", "1"), ("b", "changed")]), false).expect("written");
    assert_eq!([inode("a"), inode(".nxk-output")], before);
    assert_eq!(fs::metadata(out.join("b")).expect("there").mode() & 0o777, 0o600, "closed files stay closed");
}

#[test]
fn a_foreign_folder_is_refused_until_forced() {
    let scratch = scratch();
    let out = scratch.path();
    fs::write(out.join("mine"), "mine").expect("written");
    fs::write(out.join("a"), "mine as well").expect("written");
    refused(write_folder(out, &files(&[("a", "1")]), false), Code::ForeignOutput, "such as `a`");
    assert_eq!(content(out), expected(&[("a", "mine as well"), ("mine", "mine")]));
    write_folder(out, &files(&[("a", "1")]), true).expect("written");
    assert_eq!(content(out), expected(&[("a", "1"), ("mine", "mine")]));
    refused(write_folder(out, &files(&[("mine", "2")]), false), Code::ForeignOutput, "such as `mine`");
    assert_eq!(content(out), expected(&[("a", "1"), ("mine", "mine")]));
}

#[test]
fn a_list_that_cannot_be_read_is_not_what_is_in_the_way() {
    let scratch = scratch();
    write_folder(scratch.path(), &files(&[("a", "1")]), false).expect("written");
    fs::write(scratch.path().join(".nxk-output"), "garbage").expect("written");
    refused(write_folder(scratch.path(), &files(&[("a", "2")]), false), Code::ForeignOutput, "`a`");
    fs::remove_file(scratch.path().join("a")).expect("removed");
    write_folder(scratch.path(), &files(&[("a", "2")]), false).expect("written");
    assert_eq!(content(scratch.path()), expected(&[("a", "2")]));
}

#[test]
fn a_file_has_to_be_in_a_folder() {
    let scratch = scratch();
    let file = scratch.path().join("file");
    fs::write(&file, "mine").expect("written");
    for place in ["below", "far/below"] {
        refused(nxk::output::write_file(&file.join(place), "a"), Code::OutputNotWritten, "not a directory");
    }
    refused(nxk::output::write_file(scratch.path(), "a"), Code::OutputNotWritten, "a folder stands there");
    nxk::output::write_file(&scratch.path().join("deep/down/new"), "a").expect("written");
    assert_eq!(content(scratch.path()).len(), 4);
    assert_eq!(fs::read_to_string(&file).expect("there"), "mine");
}

#[test]
fn a_link_to_a_folder_is_followed() {
    let scratch = scratch();
    let (real, link) = (scratch.path().join("real"), scratch.path().join("link"));
    fs::create_dir(&real).expect("made");
    symlink(&real, &link).expect("linked");
    write_folder(&link, &files(&[("a", "1")]), false).expect("written");
    assert_eq!(content(&real), expected(&[("a", "1")]));
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    let nowhere = scratch.path().join("nowhere");
    symlink(scratch.path().join("missing"), &nowhere).expect("linked");
    refused(write_folder(&nowhere, &files(&[("a", "1")]), false), Code::OutputNotWritten, "not a directory");
}

#[test]
fn nothing_is_written_or_removed_outside() {
    let scratch = scratch();
    let (out, outside) = (scratch.path().join("out"), scratch.path().join("outside"));
    fs::create_dir(&outside).expect("made");
    fs::write(outside.join("x"), "mine").expect("written");
    for name in ["../outside/x", "/etc/x", "a/../../outside/x", "", ".nxk-output"] {
        refused(write_folder(&out, &files(&[(name, "1")]), true), Code::OutputNotWritten, "cannot be the name");
    }
    assert!(!out.exists());
    write_folder(&out, &files(&[("a", "1")]), false).expect("written");
    symlink(&outside, out.join("way")).expect("linked");
    refused(write_folder(&out, &files(&[("way/x", "1")]), true), Code::OutputNotWritten, "`way` in it is not a folder");
    let list = fs::read_to_string(out.join(".nxk-output")).expect("there");
    fs::write(out.join(".nxk-output"), format!("{list}way/x\n../outside/x\n")).expect("written");
    write_folder(&out, &files(&[("b", "1")]), false).expect("written");
    assert_eq!(content(&outside), expected(&[("x", "mine")]));
}

#[test]
fn a_stage_that_somebody_else_made_leads_nowhere() {
    let scratch = scratch();
    let (out, outside) = (scratch.path().join("out"), scratch.path().join("outside"));
    fs::create_dir(&outside).expect("made");
    fs::write(outside.join("x"), "mine").expect("written");
    write_folder(&out, &files(&[("a", "1")]), false).expect("written");
    let stage = out.join(".nxk-commit");

    // Through a link beside it, a file would go out.
    fs::create_dir_all(stage.join("new/way")).expect("made");
    fs::write(stage.join("new/way/x"), "theirs").expect("written");
    symlink(&outside, out.join("way")).expect("linked");
    refused(write_folder(&out, &files(&[("a", "2")]), true), Code::OutputNotWritten, "`way` in it is not a folder");
    fs::remove_dir_all(&stage).expect("removed");

    // Through a link in it, a file would come in.
    fs::create_dir(&stage).expect("made");
    symlink(&outside, stage.join("new")).expect("linked");
    fs::copy(out.join(".nxk-output"), outside.join(".nxk-output")).expect("copied");
    write_folder(&out, &files(&[("a", "2")]), false).expect("written");
    assert_eq!(fs::read_to_string(out.join("a")).expect("there"), "2");
    assert_eq!(content(&outside), expected(&[("x", "mine")]));
    assert!(outside.join(".nxk-output").exists());
}

#[test]
fn what_stands_in_the_way_leaves_the_old_output() {
    let scratch = scratch();
    let file = scratch.path().join("file");
    fs::write(&file, "mine").expect("written");
    refused(write_folder(&file, &files(&[("a", "1")]), true), Code::OutputNotWritten, "not a directory");
    refused(write_folder(&file.join("b/out"), &files(&[("a", "1")]), true), Code::OutputNotWritten, "not a directory");
    let out = scratch.path().join("out");
    write_folder(&out, &files(&[("a", "1"), ("b", "2")]), false).expect("written");
    fs::create_dir(out.join("c")).expect("made");
    refused(write_folder(&out, &files(&[("a", "new"), ("c", "3"), ("d/e", "")]), true), Code::OutputNotWritten, "`c`");
    assert_eq!(content(&out), expected(&[("a", "1"), ("b", "2"), ("c/", "")]));
    assert_eq!(fs::read_dir(scratch.path()).expect("readable").count(), 2, "no temporary folder stays");
}

#[test]
fn leftovers_of_killed_runs_are_cleared() {
    let scratch = scratch();
    let out = scratch.path().join("out");
    fs::create_dir_all(scratch.path().join(".out.nxk-new-Ab12Cd/t")).expect("made");
    fs::create_dir_all(scratch.path().join(".out.nxk-new-mine")).expect("made");
    write_folder(&out, &files(&[("a", "1")]), false).expect("written");
    fs::create_dir_all(out.join(".nxk-new-Ab12Cd/new")).expect("made");
    fs::write(out.join(".nxk-new-Ab12Cd/new/a"), "never committed").expect("written");
    write_folder(&out, &files(&[("a", "1")]), false).expect("written");
    assert_eq!(content(&out), expected(&[("a", "1")]));
    assert!(!scratch.path().join(".out.nxk-new-Ab12Cd").exists());
    assert!(scratch.path().join(".out.nxk-new-mine").exists(), "not a name that nxk gives");
}

#[test]
fn a_committed_output_is_finished_by_the_next_run() {
    let scratch = scratch();
    let out = scratch.path();
    write_folder(out, &files(&[("a", "1"), ("stale", "1")]), false).expect("written");
    // What a run leaves that is killed after its first rename: `a` is new, `t/b` and the list are not.
    fs::write(out.join("a"), "2").expect("written");
    let list = fs::read_to_string(out.join(".nxk-output")).expect("there").replace("\nstale", "\nt/b");
    fs::create_dir_all(out.join(".nxk-commit/new/t")).expect("made");
    fs::write(out.join(".nxk-commit/new/t/b"), "2").expect("written");
    fs::write(out.join(".nxk-commit/new/.nxk-output"), list).expect("written");
    let wanted = files(&[("a", "2"), ("t/b", "2")]);
    write_folder(out, &wanted, false).expect("written");
    assert_eq!(content(out), expected(&[("a", "2"), ("t/", ""), ("t/b", "2")]));
}

#[test]
fn runs_into_one_folder_do_not_mix() {
    let scratch = scratch();
    let output =
        |run: usize| -> Files { (0..20).map(|at| file(format!("{}/{at}", run % 3), format!("{run}"))).collect() };
    for round in 0..3 {
        let out = scratch.path().join(format!("{round}/out"));
        std::thread::scope(|scope| {
            for run in 0..8 {
                let out = &out;
                scope.spawn(move || {
                    for _ in 0..3 {
                        write_folder(out, &output(run), false).expect("written");
                    }
                });
            }
        });
        let found = content(&out);
        let one = found.values().find(|text| !text.is_empty()).expect("some text").clone();
        let run: usize = one.parse().expect("a number");
        let mut wanted = texts(output(run));
        wanted.insert(format!("{}/", run % 3), String::new());
        assert_eq!(found, wanted);
        assert_eq!(fs::read_dir(out.parent().expect("a parent")).expect("readable").count(), 1);
    }
}

/// The outputs between which the killed runs change; they share some names.
fn alternating(at: usize) -> Files {
    (0..200).map(|one| file(format!("{}/{}", one % 7, one + at % 2 * 50), format!("{at}"))).collect()
}

/// Not a test of its own: the process that [`killed_runs_leave_one_output_or_a_repairable_one`] kills.
#[test]
fn helper_that_writes_until_it_is_killed() {
    let Some(out) = std::env::var_os("NXK_TEST_WRITE_INTO") else { return };
    for at in 0.. {
        write_folder(Path::new(&out), &alternating(at), false).expect("written");
    }
}

#[test]
fn killed_runs_leave_one_output_or_a_repairable_one() {
    let scratch = scratch();
    let out = scratch.path().join("out");
    let (mut whole, mut repaired) = (0, 0);
    for round in 0..15_u64 {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "helper_that_writes_until_it_is_killed"])
            .env("NXK_TEST_WRITE_INTO", &out)
            .stdout(Stdio::null())
            .spawn()
            .expect("started");
        // From its first output on it may be killed at any moment.
        while !out.join(".nxk-output").exists() || out.join("last").exists() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        std::thread::sleep(std::time::Duration::from_micros(round * 1_777));
        child.kill().expect("killed");
        child.wait().expect("gone");
        fs::write(out.join("mine"), "mine").expect("written");
        if out.join(".nxk-commit").exists() {
            repaired += 1;
        } else {
            whole += 1;
            let found: BTreeMap<_, _> = content(&out)
                .into_iter()
                .filter(|(name, _)| name != "mine" && !name.ends_with('/') && !name.starts_with(".nxk-"))
                .collect();
            let at: usize = found.values().next().expect("a file").parse().expect("a number");
            assert_eq!(found, texts(alternating(at)), "round {round}");
        }
        write_folder(&out, &files(&[("last", "1")]), false).expect("written");
        assert_eq!(content(&out), expected(&[("last", "1"), ("mine", "mine")]), "round {round}");
        assert_eq!(fs::read_dir(scratch.path()).expect("readable").count(), 1);
    }
    println!("{whole} killed runs left a whole output, {repaired} a repairable one");
}

#[test]
fn a_folder_that_may_not_be_written_is_left_alone() {
    let scratch = scratch();
    let out = scratch.path().join("out");
    write_folder(&out, &files(&[("a", "1")]), false).expect("written");
    let set = |mode: u32| fs::set_permissions(&out, fs::Permissions::from_mode(mode)).expect("set");
    set(0o555);
    let is_held = fs::write(out.join("probe"), "").is_err();
    if is_held {
        refused(write_folder(&out, &files(&[("a", "2")]), false), Code::OutputNotWritten, "permission denied");
        refused(
            write_folder(&out.join("b/c"), &files(&[("a", "2")]), false),
            Code::OutputNotWritten,
            "permission denied",
        );
        write_folder(&out, &files(&[("a", "1")]), false).expect("there is nothing to write");
        assert_eq!(content(&out), expected(&[("a", "1")]));
    } else {
        support::not_run("this user may write everywhere");
    }
    set(0o755);
}

#[test]
fn a_change_that_fails_half_way_is_taken_back() {
    let scratch = scratch();
    let out = scratch.path();
    let old = [("a", "1"), ("stale", "1"), ("t/", ""), ("t/b", "1")];
    write_folder(out, &files(&[("a", "1"), ("stale", "1"), ("t/b", "1")]), false).expect("written");
    let set = |mode: u32| fs::set_permissions(out.join("t"), fs::Permissions::from_mode(mode)).expect("set");
    set(0o555);
    if fs::write(out.join("t/probe"), "").is_err() {
        // `a` and `n/c` are in their places already when `t/b` turns out not to be replaceable.
        let new = files(&[("a", "2"), ("n/c", "2"), ("t/b", "2")]);
        refused(write_folder(out, &new, false), Code::OutputNotWritten, "permission denied");
        assert_eq!(content(out), expected(&old));
    } else {
        support::not_run("this user may write everywhere");
    }
    set(0o755);
}

#[test]
fn a_full_disk_leaves_the_old_output() {
    let Some(disk) = support::TinyDisk::mount() else { return };
    let out = disk.path().join("out");
    let big = "x".repeat(100_000);
    refused(
        write_folder(&out.join("deep"), &files(&[("a", &big), ("b", &big), ("c", &big)]), false),
        Code::OutputNotWritten,
        "no space left on device",
    );
    assert_eq!(content(disk.path()), expected(&[]));
    write_folder(&out, &files(&[("a", "1"), ("b", "2")]), false).expect("written");
    let finding = write_folder(&out, &files(&[("a", &big), ("b", &big), ("t/c", &big)]), false).expect_err("full");
    assert_eq!(finding.hint.as_deref(), Some("free some space, or write to another disk"));
    assert_eq!(
        content(disk.path()),
        expected(&[("out/", ""), ("out/.nxk-output", LIST), ("out/a", "1"), ("out/b", "2")])
    );
    // The root of a mount cannot be renamed, but it can be written.
    fs::remove_dir_all(&out).expect("removed");
    write_folder(disk.path(), &files(&[("a", "1")]), false).expect("written");
    assert_eq!(content(disk.path()), expected(&[("a", "1")]));
}

const LIST: &str = "nxk output 1: nxk writes, replaces and removes the files below\na\nb\n";

#[test]
fn sources_are_neither_written_over_nor_removed() {
    let scratch = scratch();
    let out = scratch.path().join("out");
    write_folder(&out, &files(&[("a.yaml", "1"), ("t/b.yaml", "2")]), false).expect("written");
    let sources = [out.join("t/../a.yaml"), scratch.path().join("main.nxk")];
    let rules = Rules { force: true, sources: &sources };
    let write = |entries: &[(&str, &str)]| nxk::output::write_folder(&out, &files(entries), rules);
    refused(write(&[("a.yaml", "2")]), Code::OutputOverSource, "`a.yaml`");
    write(&[("c.yaml", "3")]).expect("written");
    assert_eq!(content(&out), expected(&[("a.yaml", "1"), ("c.yaml", "3")]), "a stale source stays");
    // Where the program lies there is no output at all, however the folder is named.
    fs::write(scratch.path().join("main.nxk"), "{ }").expect("written");
    let link = scratch.path().join("link");
    symlink(scratch.path(), &link).expect("linked");
    for folder in [scratch.path(), &link] {
        let written = nxk::output::write_folder(folder, &files(&[("z.yaml", "1")]), rules);
        refused(written, Code::OutputOverSource, "`main.nxk`");
    }
    assert!(!scratch.path().join("z.yaml").exists());
}

/// The process that writes into `out` until it is ended.
fn writer(out: &Path) -> std::process::Child {
    let child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "helper_that_writes_until_it_is_killed"])
        .env("NXK_TEST_WRITE_INTO", out)
        .stdout(Stdio::null())
        .spawn();
    child.expect("started")
}

/// The output, which has to be one of those that [`writer`]s write, whole.
fn one_of_the_alternating(out: &Path) {
    let found: BTreeMap<_, _> = content(out).into_iter().filter(|(name, _)| !name.ends_with('/')).collect();
    let at: usize = found.values().next().expect("a file").parse().expect("a number");
    assert_eq!(found, texts(alternating(at)));
}

#[test]
fn an_interrupted_run_leaves_nothing_half_written() {
    use std::os::unix::process::ExitStatusExt;
    let scratch = scratch();
    for round in 0..24_u64 {
        let out = scratch.path().join(format!("{round}/out"));
        let mut child = writer(&out);
        while !out.join(".nxk-output").exists() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        std::thread::sleep(std::time::Duration::from_micros(round * 1_313));
        let (name, number) = if round % 2 == 0 { ("-INT", 2) } else { ("-TERM", 15) };
        Command::new("kill").args([name, &child.id().to_string()]).status().expect("sent");
        assert_eq!(child.wait().expect("ended").signal(), Some(number), "a shell sees why it ended");
        // Not even the next run has to clear anything away.
        one_of_the_alternating(&out);
        let beside: Vec<_> = fs::read_dir(out.parent().expect("a parent")).expect("readable").flatten().collect();
        assert_eq!(beside.len(), 1, "{beside:?}");
    }
}

#[test]
fn a_run_that_is_interrupted_before_its_first_output_leaves_nothing() {
    let scratch = scratch();
    for round in 0..24_u64 {
        let top = scratch.path().join(round.to_string());
        let out = top.join("deep/out");
        let mut child = writer(&out);
        // The process needs some milliseconds to begin.
        while !top.exists() {
            std::thread::yield_now();
        }
        std::thread::sleep(std::time::Duration::from_micros(round * 97));
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("sent");
        child.wait().expect("ended");
        if out.exists() {
            one_of_the_alternating(&out);
            assert_eq!(fs::read_dir(top.join("deep")).expect("readable").count(), 1);
        } else if top.exists() {
            // Ended before it began to write: then there are no more than folders.
            assert!(content(&top).keys().all(|name| name.ends_with('/') && !name.contains(".nxk-")));
        }
    }
}

#[test]
fn processes_that_write_into_one_folder_do_not_mix() {
    let scratch = scratch();
    let out = scratch.path().join("out");
    for round in 0..4_u64 {
        let mut children: Vec<_> = (0..4).map(|_| writer(&out)).collect();
        while !out.join(".nxk-output").exists() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        std::thread::sleep(std::time::Duration::from_millis(100 + round * 37));
        for child in &mut children {
            Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("sent");
        }
        for child in &mut children {
            child.wait().expect("ended");
        }
        one_of_the_alternating(&out);
        assert_eq!(fs::read_dir(scratch.path()).expect("readable").count(), 1);
    }
}

#[test]
fn a_file_that_may_not_grow_leaves_the_old_output() {
    let scratch = scratch();
    let out = scratch.path().join("out");
    write_folder(&out, &files(&[("a", "1")]), false).expect("written");
    // The system would end a process that writes more than it may into one file, in the middle of it.
    let this = std::env::current_exe().expect("this test");
    let limited = Command::new("sh")
        .args(["-c", "ulimit -f 16 && exec \"$0\" --exact helper_that_writes_one_big_file"])
        .arg(this)
        .env("NXK_TEST_WRITE_BIG_INTO", &out)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(limited.expect("started").success(), "it is told as any failure to write is");
    assert_eq!(content(&out), expected(&[("a", "1")]), "and nothing is left behind");
}

/// Not a test of its own: the process of [`a_file_that_may_not_grow_leaves_the_old_output`].
#[test]
fn helper_that_writes_one_big_file() {
    let Some(out) = std::env::var_os("NXK_TEST_WRITE_BIG_INTO") else { return };
    let written = write_folder(Path::new(&out), &[file("a", "x".repeat(1 << 20))], false);
    refused(written, Code::OutputNotWritten, "file too large");
}
