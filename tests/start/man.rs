//! Man pages: one for each command, which groff can set.

use std::fs;
use std::process::Command;

use crate::help::{examples_of, for_each_command};
use crate::support::peer;
use crate::{contents, names_in, run, said, scratch, text};

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

fn pages_of(command: &clap::Command) -> Vec<String> {
    let mut names = Vec::new();
    for_each_command(command, "nxk", &mut |path, _| names.push(path.replace(' ', "-")));
    names
}
