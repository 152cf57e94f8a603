//! The committed facts are what the importer makes of the published documents.

mod support;

use std::fs;
use std::path::Path;

use nxk::schema::import::import;

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
