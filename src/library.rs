//! The embedded standard library: the texts of `stdlib/`, by their path in it.
//!
//! The program carries its library inside, so that a build of it means the same on every machine. Each file is there
//! twice: as its text, for messages, and as the terms that the build made of it, so that no run reads the text.

/// The folder under which the library stands. No file of a user's can have this name.
pub const ROOT: &str = "/<nxk>";

/// The text of a file of the standard library (`lib/strings.nxk`).
pub fn text(path: &str) -> Option<&'static str> {
    find(path).map(|file| file.text)
}

/// The packed terms of a file, for [`unpack`](crate::term::pack::unpack).
pub fn terms(path: &str) -> Option<&'static [u8]> {
    find(path).map(|file| file.terms)
}

fn find(path: &str) -> Option<&'static File> {
    FILES.binary_search_by_key(&path, |file| file.path).ok().map(|at| &FILES[at])
}

/// The paths of all files, sorted.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|file| file.path)
}

struct File {
    path: &'static str,
    text: &'static str,
    terms: &'static [u8],
}

macro_rules! files {
    ($( $path:literal )*) => {
        &[ $( File {
            path: $path,
            text: include_str!(concat!("../stdlib/", $path)),
            terms: include_bytes!(concat!(env!("OUT_DIR"), "/library/", $path, ".terms")),
        }, )* ]
    };
}

/// One line a file, sorted by path.
const FILES: &[File] = files! {
    "builtins/arithmetic.nxk"
    "builtins/constants.nxk"
    "builtins/control.nxk"
    "builtins/data.nxk"
    "builtins/files.nxk"
    "builtins/internal.nxk"
    "builtins/lists.nxk"
    "builtins/modules.nxk"
    "builtins/regex.nxk"
    "builtins/sets.nxk"
    "builtins/strings.nxk"
    "builtins/types.nxk"
    "builtins/versions.nxk"
    "layers/access.nxk"
    "layers/addons.nxk"
    "layers/applications/access.nxk"
    "layers/applications/combinations.nxk"
    "layers/applications/configuration.nxk"
    "layers/applications/containers.nxk"
    "layers/applications/context.nxk"
    "layers/applications/default.nxk"
    "layers/applications/environments.nxk"
    "layers/applications/exporters.nxk"
    "layers/applications/exposure.nxk"
    "layers/applications/gateway.nxk"
    "layers/applications/mistakes.nxk"
    "layers/applications/monitoring.nxk"
    "layers/applications/network.nxk"
    "layers/applications/openings.nxk"
    "layers/applications/scaling.nxk"
    "layers/applications/secrets.nxk"
    "layers/applications/service.nxk"
    "layers/applications/storage.nxk"
    "layers/applications/stores.nxk"
    "layers/applications/types.nxk"
    "layers/applications/types/access.nxk"
    "layers/applications/types/configuration.nxk"
    "layers/applications/types/connections.nxk"
    "layers/applications/types/exposure.nxk"
    "layers/applications/types/monitoring.nxk"
    "layers/applications/types/scaling.nxk"
    "layers/applications/types/secrets.nxk"
    "layers/applications/types/storage.nxk"
    "layers/applications/types/workload.nxk"
    "layers/applications/workload.nxk"
    "layers/checks.nxk"
    "layers/compliance.nxk"
    "layers/configuration.nxk"
    "layers/default.nxk"
    "layers/framework.nxk"
    "layers/gitops/argo-cd.nxk"
    "layers/gitops/default.nxk"
    "layers/gitops/flux.nxk"
    "layers/gitops/types.nxk"
    "layers/lowering.nxk"
    "layers/networking.nxk"
    "layers/objects.nxk"
    "layers/pods.nxk"
    "layers/policies/default.nxk"
    "layers/policies/demands.nxk"
    "layers/policies/kyverno-cel.nxk"
    "layers/policies/kyverno.nxk"
    "layers/policies/mutations.nxk"
    "layers/policies/types.nxk"
    "layers/policies/vap.nxk"
    "layers/quotas.nxk"
    "layers/references.nxk"
    "layers/routing.nxk"
    "layers/scaling.nxk"
    "layers/sealed-secrets.nxk"
    "layers/services.nxk"
    "layers/storage.nxk"
    "layers/types.nxk"
    "layers/workloads.nxk"
    "lib/asserts.nxk"
    "lib/attrsets.nxk"
    "lib/cli.nxk"
    "lib/customisation.nxk"
    "lib/debug.nxk"
    "lib/default.nxk"
    "lib/filesystem.nxk"
    "lib/fixed-points.nxk"
    "lib/generators.nxk"
    "lib/kubernetes.nxk"
    "lib/lists.nxk"
    "lib/modules.nxk"
    "lib/options.nxk"
    "lib/path.nxk"
    "lib/secret.nxk"
    "lib/strings.nxk"
    "lib/trivial.nxk"
    "lib/types.nxk"
    "lib/versions.nxk"
};

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn every_file_of_the_library_is_embedded() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("stdlib");
        let mut on_disk = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder of the repository") {
                let path = entry.expect("an entry").path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => on_disk.push(path.strip_prefix(&root).expect("below it").display().to_string()),
                }
            }
        }
        on_disk.sort();
        let embedded: Vec<String> = super::paths().map(str::to_string).collect();
        assert_eq!(embedded, on_disk, "the table in src/library.rs, sorted, and the files below stdlib/");
        assert!(super::text("lib/default.nxk").is_some_and(|text| !text.is_empty()));
        assert_eq!(super::text("lib/nothing.nxk"), None);
    }
}
