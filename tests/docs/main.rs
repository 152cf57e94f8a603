//! The documentation: its examples do what they say, and what is made from the code is as the code is.
//!
//! A fenced block is an example when its language is `nxk`; the words behind say what it is:
//!
//! - ` ```nxk ` is a whole configuration; checking it finds nothing.
//! - ` ```nxk error=E0501 ` is a whole configuration in which this error (or, with `W…`, warning) is found,
//!   and no other error.
//! - ` ```nxk eval ` holds expressions, each followed by `# => ` and its value, or the code of its error.
//! - ` ```nxk check ` holds expressions, none of which is evaluated, each followed by `# => ` and `: ` with its type,
//!   or the codes of what is wrong.
//! - ` ```nxk file=stores.nxk ` is a file that lies beside the examples further down the page.
//!
//! A `yaml` block right behind a configuration is a stretch of what it compiles to; a `text` block right
//! behind one is a stretch of what `nxk check main.nxk` prints.
//!
//! What is made from the code (whole pages, and stretches between `<!-- made: … -->` and `<!-- end -->`) is
//! rewritten by `NXK_UPDATE_DOCS=1 cargo test --test docs`.

#[path = "../support/mod.rs"]
mod support;

mod admission;
mod cli;
mod compliance;
mod declared;
mod examples;
mod library;
mod made;
mod options;
mod pages;

use std::fs::File;
use std::path::Path;
use std::process::Command;

use support::{files_below, read, repository};

/// The pages: those below `docs/`, and the README. The pages of `docs/errors/` have a test of their own.
fn pages() -> Vec<String> {
    let inside = |path: &Path| path.strip_prefix(repository()).expect("in the repository").display().to_string();
    let mut pages: Vec<String> = files_below("docs", ".md").iter().map(|path| inside(path)).collect();
    pages.retain(|page| !page.starts_with("docs/errors/"));
    pages.push("README.md".to_string());
    pages
}

#[test]
fn examples_do_what_they_say() {
    let mut ran = 0;
    let mut wrong = Vec::new();
    for page in pages() {
        let blocks = pages::blocks(&read(&page));
        let (count, complaints) = examples::run(&page, &blocks);
        ran += count;
        wrong.extend(complaints);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(ran > 40, "only {ran} examples were found: are they still marked as such?");
}

#[test]
fn what_is_made_from_the_code_is_up_to_date() {
    made::page("docs/language/builtins.md", &library::builtins());
    made::page("docs/language/lib.md", &library::lib());
    made::page("docs/reference/options.md", &options::reference());
    made::page("docs/reference/compliance.md", &compliance::reference());
    made::page("docs/reference/admission.md", &admission::reference());
    made::page("docs/reference/cli.md", &cli::reference());
    made::stretch("docs/language/types.md", "named types", &library::named_types());
    made::stretch("docs/language/README.md", "left out", &library::left_out());
    made::stretch("README.md", "error", &mistyped());
    for (name, question) in [
        ("option", &["examples/shop/main.nxk", "applications.web.replicas"][..]),
        ("field", &["examples/shop/main.nxk", "Deployment/redis.spec.template.spec.containers.redis.image"]),
        ("unset", &["examples/shop/main.nxk", "Deployment/web.spec.strategy"]),
        ("type", &["k8s.core.v1.Container.ports", "--k8s-version", "1.31"]),
    ] {
        made::stretch("docs/guides/explain.md", name, &explained(question));
    }
}

/// Read off the compiled policies by the judge of `tests/network`, who does not know what was declared.
#[test]
fn the_connections_of_the_bookshop_are_up_to_date() {
    let Some(python) = support::python("yaml") else { return };
    let folder = tempfile::tempdir().expect("a scratch folder");
    let output = support::run_nxk(["compile", "examples/bookshop/main.nxk", "-o", &folder.path().to_string_lossy()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let judge = Command::new(python)
        .args(["-B", "tests/network/connections.py"])
        .current_dir(repository())
        .stdin(File::open(folder.path().join("manifests.yaml")).expect("it was written"))
        .output()
        .expect("Python starts");
    assert!(judge.status.success(), "{}", String::from_utf8_lossy(&judge.stderr));
    made::stretch("docs/guides/network.md", "bookshop", &String::from_utf8_lossy(&judge.stdout));
}

#[test]
fn links_lead_somewhere() {
    let mut dead = Vec::new();
    for page in pages().iter().filter(|page| page.starts_with("docs/")) {
        let folder = Path::new(page).parent().expect("pages are in a folder");
        for target in pages::links(&read(page)) {
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains("://") && !repository().join(folder).join(file).exists() {
                dead.push(format!("{page}: {target}"));
            }
        }
    }
    assert!(dead.is_empty(), "links to nothing:\n{}", dead.join("\n"));
}

/// What `nxk explain` answers, with the command that asks.
fn explained(question: &[&str]) -> String {
    let output = support::run_nxk([&["explain"], question].concat());
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    format!("```text\n$ nxk explain {}\n{}\n```\n", question.join(" "), answer.trim_end())
}

/// The README shows what is printed when a field of its example is mistyped.
fn mistyped() -> String {
    let blocks = pages::blocks(&read("README.md"));
    let example = blocks.iter().find(|block| block.info == "nxk").expect("the README has an example");
    let printed = examples::checked(&example.text.replace("replicas", "replcas"), &[]).findings;
    let finding = printed.split("\n\n").next().unwrap_or_default();
    format!("```text\n{}\n```\n", finding.trim_end())
}
