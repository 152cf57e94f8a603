//! How the cases are held: compiled for an old, a middle and the newest version of Kubernetes.

use serde_json::Value;

use crate::support::configuration::{compile, compile_with, find};

/// The versions that every case is compiled for.
pub const VERSIONS: [&str; 3] = ["1.28", "1.31", "1.37"];

/// What the object of this kind and name holds beside its metadata and what names its type, for each version. It has to
/// be the same for all.
///
/// # Panics
/// When it is not `expected`.
pub fn makes(text: &str, kind: &str, name: &str, expected: Value) {
    for version in VERSIONS {
        let objects = compile_with(text, &["--k8s-version", version])
            .unwrap_or_else(|findings| panic!("{text}\ndoes not compile for {version}: {findings:#?}"));
        let mut object = find(&objects, kind, name).clone();
        let fields = object.as_object_mut().expect("objects are sets");
        fields.retain(|field, _| !["apiVersion", "kind", "metadata"].contains(&field.as_str()));
        assert_eq!(object, expected, "{text}\nfor {version}");
    }
}

/// The metadata of an object, without the annotations that say what made it.
pub fn metadata(text: &str, kind: &str, name: &str) -> Value {
    let objects = compile(text).unwrap_or_else(|findings| panic!("{text}\ndoes not compile: {findings:#?}"));
    let mut metadata = find(&objects, kind, name)["metadata"].clone();
    let annotations = metadata["annotations"].as_object_mut().expect("objects say what made them");
    annotations.retain(|key, _| !key.starts_with("enterprise.com/"));
    if annotations.is_empty() {
        metadata.as_object_mut().expect("it is a set").remove("annotations");
    }
    metadata
}

/// The findings of a text that is wrong: for each its code, the words it points at, and its hint.
pub fn findings(text: &str) -> Vec<(String, String, String)> {
    let said = match compile(text) {
        Ok(_) => panic!("{text}\nis not wrong"),
        Err(findings) => findings,
    };
    let word = |value: &Value| value.as_str().unwrap_or_default().to_string();
    said.iter()
        .map(|finding| {
            let place = crate::support::configuration::pointed(text, finding).to_string();
            (word(&finding["code"]), place, word(&finding["hint"]))
        })
        .collect()
}

/// Holds a wrong text to its one finding: its code, the words it points at, and a part of its hint.
pub fn fails(text: &str, code: &str, place: &str, hint: &str) {
    let found = findings(text);
    let [(said, at, help)] = found.as_slice() else { panic!("{text}\nhas not one finding: {found:#?}") };
    assert_eq!((said.as_str(), at.as_str()), (code, place), "{text}");
    assert!(help.contains(hint), "{text}\nhelps with {help:?}, not {hint:?}");
}
