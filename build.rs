//! Packs the text facts of `specs/kubernetes/` into the one block of bytes that the library embeds.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[allow(dead_code, unused_imports, missing_docs)]
#[path = "src/schema/facts/mod.rs"]
mod facts;
#[allow(dead_code, unused_imports, missing_docs)]
#[path = "src/schema/pack.rs"]
mod pack;

fn main() -> Result<(), Box<dyn Error>> {
    let specs = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("specs/kubernetes");
    for watched in ["build.rs", "src/schema/facts", "src/schema/pack.rs", "specs/kubernetes"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let versions = read_versions(&specs)?;
    let lifecycle = read_lifecycle(&specs.join("lifecycle.facts"))?;
    let block = pack::pack(&versions, &lifecycle)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("kubernetes.pack"), block)?;
    Ok(())
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
