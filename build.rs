//! Packs the text facts of `specs/` into the two blocks of bytes that the library embeds: Kubernetes, and the add-ons;
//! and the texts of `stdlib/` into the terms that a run starts from.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[allow(dead_code, unused_imports, missing_docs)]
#[path = "src/schema/facts/mod.rs"]
mod facts;
#[allow(dead_code, unused_imports, missing_docs)]
#[path = "src/schema/pack/mod.rs"]
mod pack;

// What it takes to make terms of texts. The floors allow it: these modules use nothing further up.
#[allow(dead_code, unused_imports, missing_docs)]
#[path = "src/diag/mod.rs"]
mod diag;
#[allow(dead_code, missing_docs)]
#[path = "src/source/span.rs"]
mod span;
#[allow(dead_code, missing_docs)]
#[path = "src/symbol.rs"]
mod symbol;
#[allow(dead_code, unused_imports, missing_docs)]
#[path = "src/syntax/mod.rs"]
mod syntax;
#[allow(dead_code, unused_imports, missing_docs)]
#[path = "src/term/mod.rs"]
mod term;

mod source {
    pub use crate::span::Span;
}

fn main() -> Result<(), Box<dyn Error>> {
    let specs = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("specs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let sources = ["src/diag", "src/source/span.rs", "src/symbol.rs", "src/syntax", "src/term", "stdlib"];
    for watched in ["build.rs", "src/schema/facts", "src/schema/pack", "specs"].into_iter().chain(sources) {
        println!("cargo::rerun-if-changed={watched}");
    }
    let kubernetes = specs.join("kubernetes");
    let versions = read_versions(&kubernetes)?;
    let lifecycle = read_lifecycle(&kubernetes.join("lifecycle.facts"))?;
    fs::write(out.join("kubernetes.pack"), pack::pack(&versions, &lifecycle)?)?;
    fs::write(out.join("addons.pack"), pack::addons::pack_addons(&read_addons(&specs.join("addons"))?)?)?;
    let library = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("stdlib");
    pack_library(&library, &out.join("library"))
}

/// Packs the terms of all files below `folder` into files of the same names below `out`.
fn pack_library(folder: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(out)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            pack_library(&path, &out.join(name))?;
        } else {
            fs::write(out.join(format!("{name}.terms")), pack_text(&path)?)?;
        }
    }
    Ok(())
}

fn pack_text(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let parsed = syntax::parse(&text, 1);
    let globals = term::Globals { unknown: true, ..term::Globals::default() };
    let desugared = term::desugar(&parsed.root, &globals, term::Annotations::Trusted);
    if let Some(finding) = parsed.diagnostics.iter().chain(&desugared.diagnostics).next() {
        let line = text[..(finding.primary.span.lo as usize).clamp(1, text.len()) - 1].lines().count().max(1);
        return Err(format!("{}:{line}: {}", path.display(), finding.message).into());
    }
    Ok(term::pack::pack(&desugared))
}

/// The facts of all add-ons: by their names, of one add-on the oldest version first.
fn read_addons(specs: &Path) -> Result<Vec<facts::AddonFacts>, Box<dyn Error>> {
    let mut all = Vec::new();
    for addon in fs::read_dir(specs)? {
        for version in fs::read_dir(addon?.path())? {
            let path = version?.path();
            let text = fs::read_to_string(&path)?;
            all.push(facts::read_addon(&text).map_err(|bad| describe(&path, &bad))?);
        }
    }
    let parts = |version: &str| -> Vec<u32> { version.split('.').filter_map(|part| part.parse().ok()).collect() };
    all.sort_by_cached_key(|facts| (facts.addon.clone(), parts(&facts.version)));
    Ok(all)
}

/// The facts of all versions, oldest first.
fn read_versions(specs: &Path) -> Result<Vec<facts::Facts>, Box<dyn Error>> {
    let mut files: Vec<(u32, PathBuf)> = Vec::new();
    for entry in fs::read_dir(specs)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(minor) = name.strip_prefix("1.").and_then(|rest| rest.strip_suffix(".facts")) {
            files.push((minor.parse()?, path));
        }
    }
    files.sort();
    files
        .iter()
        .map(|(_, path)| {
            let text = fs::read_to_string(path)?;
            Ok(facts::read(&text).map_err(|bad| describe(path, &bad))?)
        })
        .collect()
}

fn read_lifecycle(path: &Path) -> Result<Vec<facts::Lifecycle<String>>, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    Ok(facts::read_lifecycle(&text).map_err(|bad| describe(path, &bad))?)
}

fn describe(path: &Path, bad: &facts::BadFacts) -> String {
    format!("{}:{}: {}", path.display(), bad.line, bad.reason)
}
