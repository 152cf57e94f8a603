//! Packs the text facts of `specs/` into the two blocks of bytes that the library embeds: Kubernetes, and the add-ons.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[allow(dead_code, unused_imports, missing_docs)]
#[path = "src/schema/facts/mod.rs"]
mod facts;
#[allow(dead_code, unused_imports, missing_docs)]
#[path = "src/schema/pack/mod.rs"]
mod pack;

fn main() -> Result<(), Box<dyn Error>> {
    let specs = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("specs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for watched in ["build.rs", "src/schema/facts", "src/schema/pack", "specs"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let kubernetes = specs.join("kubernetes");
    let versions = read_versions(&kubernetes)?;
    let lifecycle = read_lifecycle(&kubernetes.join("lifecycle.facts"))?;
    fs::write(out.join("kubernetes.pack"), pack::pack(&versions, &lifecycle)?)?;
    fs::write(out.join("addons.pack"), pack::addons::pack_addons(&read_addons(&specs.join("addons"))?)?)?;
    Ok(())
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
