//! Pages, and stretches of pages, that are made from the code.

use crate::support::{read, repository};

/// Whether what is not up to date is to be rewritten.
fn updating() -> bool {
    std::env::var_os("NXK_UPDATE_DOCS").is_some()
}

/// The page is `content`, or becomes it.
pub fn page(path: &str, content: &str) {
    let file = repository().join(path);
    let old = std::fs::read_to_string(&file).unwrap_or_default();
    if old == content {
        return;
    }
    assert!(updating(), "{path} is not up to date; run `NXK_UPDATE_DOCS=1 cargo test --test docs`");
    std::fs::write(&file, content).expect("the page can be written");
}

/// The stretch `name` of a page is `content`, or becomes it.
pub fn stretch(path: &str, name: &str, content: &str) {
    let text = read(path);
    let start = format!("<!-- made: {name} -->\n");
    let (before, rest) = text.split_once(&start).unwrap_or_else(|| panic!("{path} has no stretch `{name}`"));
    let (_, behind) = rest.split_once("<!-- end -->").unwrap_or_else(|| panic!("`{name}` in {path} has no end"));
    page(path, &format!("{before}{start}\n{content}\n<!-- end -->{behind}"));
}
