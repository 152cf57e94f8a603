//! The definitions that add-ons publish, to facts.

use std::fs;
use std::path::Path;

use super::sources::{names, save, source, unreadable};
use super::{Summary, bad};
use crate::diag::Diagnostic;
use crate::schema::crd::bundled::Release;
use crate::schema::crd::{self, Clash};
use crate::schema::facts::{self, AddonFacts};

/// The versions that are not for every Kubernetes, each with the first minor for which it is taken unasked. Older clusters were
/// out of support before it came; who runs it there all the same asks for it.
const FROM: &[(&str, &str, &str)] =
    &[("external-secrets", "0.16", "1.30"), ("external-secrets", "2.9", "1.30"), ("kyverno", "1.19", "1.30")];

/// Distils the definitions below `crds_dir` (a folder per add-on, in it one per version) into `out_dir`.
///
/// # Errors
/// When a file cannot be read, or something in it does not become facts.
pub fn import(crds_dir: &Path, out_dir: &Path) -> Result<Summary, Diagnostic> {
    let mut summary = Summary { versions: Vec::new(), files: Vec::new() };
    for addon in folders(crds_dir)? {
        let mut all: Vec<(Release, AddonFacts)> = Vec::new();
        for version in folders(&crds_dir.join(&addon))? {
            let name = format!("{addon}/{version}");
            let release: Release =
                version.parse().map_err(|()| bad(&name, "the folder is not named like a version"))?;
            if all.iter().any(|(known, _)| *known == release) {
                return Err(bad(&name, format!("there is another folder for {release}")));
            }
            all.push((release, distil(crds_dir, &addon, &version, release)?));
        }
        all.sort_by_key(|(release, _)| *release);
        for (_, facts) in all {
            let name = format!("{addon} {}", facts.version);
            let path = out_dir.join(&addon).join(format!("{}.facts", facts.version));
            let text = facts::write_addon(&facts);
            if facts::read_addon(&text).as_ref() != Ok(&facts) {
                return Err(bad(&name, "something in it cannot be said in a line of facts"));
            }
            summary.versions.push((name, facts.kinds.len(), facts.types.len()));
            summary.files.push(save(path, &text)?);
        }
    }
    Ok(summary)
}

/// The names of the folders in a folder, sorted.
fn folders(dir: &Path) -> Result<Vec<String>, Diagnostic> {
    let mut folders = names(dir)?;
    folders.retain(|name| dir.join(name).is_dir());
    match folders.is_empty() {
        true => Err(bad(&dir.display().to_string(), "there is no folder in it")),
        false => Ok(folders),
    }
}

fn distil(crds_dir: &Path, addon: &str, version: &str, release: Release) -> Result<AddonFacts, Diagnostic> {
    let (mut sources, mut resources) = (Vec::new(), Vec::new());
    let folder = crds_dir.join(addon).join(version);
    for file in names(&folder)?.into_iter().filter(|file| file.ends_with(".yaml")) {
        let (path, name) = (folder.join(&file), format!("{addon}/{version}/{file}"));
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
        let read = crd::read(&text);
        if let Some(problem) = read.problems.first() {
            return Err(bad(&name, &problem.message));
        }
        sources.push(source(format!("crds/{name}"), text.as_bytes()));
        resources.extend(read.resources);
    }
    let clash = |Clash(name)| bad(&format!("{addon}/{version}"), format!("two records would be called `{name}`"));
    let from = FROM.iter().find(|(of, from, _)| *of == addon && *from == release.to_string());
    Ok(AddonFacts {
        addon: addon.to_owned(),
        version: release.to_string(),
        kubernetes: from.map_or_else(String::new, |(.., minor)| (*minor).to_owned()),
        sources,
        ..crd::distil(&resources).map_err(clash)?
    })
}
