//! The committed facts are what the importer makes of the published documents, and the program carries all of them.

mod support;

use std::fs;
use std::path::Path;

use nxk::schema::import::{import, import_addons};
use nxk::schema::{Catalogue, facts};
use nxk::source::Span;

#[test]
fn importing_again_changes_nothing() {
    let Some(shared) = support::shared() else {
        support::not_run("no folder with OpenAPI documents (set NXK_SHARED)");
        return;
    };
    let made = tempfile::tempdir().expect("a temporary folder");
    let summary = import(&shared.join("specs/kubernetes"), made.path()).expect("the documents can be distilled");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/kubernetes");
    for file in &summary.files {
        let name = file.file_name().expect("a file");
        let (new, old) = (fs::read_to_string(file), fs::read_to_string(committed.join(name)));
        assert!(new.ok() == old.ok(), "{} is stale: run `nxk schema import`", name.display());
    }
    let count = fs::read_dir(&committed).expect("the committed facts").count();
    assert_eq!(count, summary.files.len(), "a facts file has no document any more");
}

#[test]
fn importing_add_ons_again_changes_nothing() {
    let Some(crds) = support::shared().map(|shared| shared.join("specs/crds")).filter(|folder| folder.is_dir()) else {
        support::not_run("no folder with custom resource definitions (set NXK_SHARED)");
        return;
    };
    let made = tempfile::tempdir().expect("a temporary folder");
    let summary = import_addons(&crds, made.path()).expect("the definitions can be distilled");
    let committed = support::files_below("specs/addons", ".facts");
    assert_eq!(committed.len(), summary.files.len(), "a facts file has no definitions any more");
    for old in &committed {
        let name = old.strip_prefix(support::repository().join("specs/addons")).expect("found there");
        let new = fs::read_to_string(made.path().join(name));
        let same = new.ok() == fs::read_to_string(old).ok();
        assert!(same, "{} is stale: run `nxk schema import --addons`", name.display());
    }
}

#[test]
fn reading_and_writing_facts_of_add_ons_are_inverse() {
    let files = support::files_below("specs/addons", ".facts");
    assert!(files.len() >= 12, "the facts of nine add-ons are there");
    for path in &files {
        let text = fs::read_to_string(path).expect("committed facts can be read");
        let facts = facts::read_addon(&text).expect("committed facts can be read");
        assert!(facts::write_addon(&facts) == text, "{}", path.display());
        let named = format!("{}/{}.facts", facts.addon, facts.version);
        assert!(path.ends_with(&named), "{} says that it is {named}", path.display());
    }
    let bad = [
        ("addon a\nfield", 2),
        ("  name string", 1),
        ("    [{}]", 1),
        ("type a.v1.B\n  c strng\n    [{}]", 2),
        ("kind a.io/v1 B bs cluster a.v1.B stale", 1),
    ];
    for (text, line) in bad {
        assert_eq!(facts::read_addon(text).map_err(|bad| bad.line), Err(line), "{text:?}");
    }
}

/// The text of every facts file, by version.
fn committed() -> Vec<(String, String)> {
    let paths = support::files_below("specs/kubernetes", ".facts");
    let name = |path: &std::path::PathBuf| path.file_stem().map(|name| name.to_string_lossy().into_owned());
    let files = paths.iter().filter_map(|path| Some((name(path)?, fs::read_to_string(path).ok()?)));
    files.filter(|(name, _)| name != "lifecycle").collect()
}

#[test]
fn reading_and_writing_facts_are_inverse() {
    let files = committed();
    assert!(files.len() >= 10, "the facts of ten minors are there");
    for (version, text) in &files {
        let facts = facts::read(text).expect("committed facts can be read");
        assert!(facts::write(&facts) == *text, "{version}");
    }
    let bad = [
        ("version 1.31\nfield", 2),
        ("  name string", 1),
        ("type a.v1.B\n  name strng", 2),
        ("type a.v1.B\n  c string odd", 2),
    ];
    for (text, line) in bad {
        assert_eq!(facts::read(text).map_err(|bad| bad.line), Err(line), "{text:?}");
    }
}

#[test]
fn the_program_carries_the_committed_facts() {
    for (version, text) in &committed() {
        let facts = facts::read(text).expect("committed facts can be read");
        let version = Catalogue::embedded().version(version, Span::NONE).expect("an embedded version");
        assert_eq!(version.kinds().len(), facts.kinds.len());
        for (embedded, kind) in version.kinds().iter().zip(&facts.kinds) {
            assert_eq!(embedded.map(&mut |name| name.to_string()), *kind);
        }
        for def in &facts.types {
            let embedded = version.type_def(&def.name).expect("an embedded type");
            assert_eq!(embedded.map(&mut |name| name.to_string()), *def);
        }
    }
}
