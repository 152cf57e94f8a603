//! Changes that the API server refuses, that lose data, or that stop something.

use serde_json::Value;

use crate::{difference, fields, object, run, write};

/// A case of `dangers.txt`.
#[derive(Default)]
struct Case {
    kind: &'static str,
    old: Vec<&'static str>,
    new: Vec<&'static str>,
    dangers: Vec<&'static str>,
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut kind = "";
    for line in include_str!("dangers.txt").lines().skip_while(|line| !line.is_empty()) {
        match line.split_at_checked(2) {
            Some(("- ", old)) => {
                if cases.last().is_none_or(|case| case.kind != kind || !case.new.is_empty()) {
                    cases.push(Case { kind, ..Case::default() });
                }
                cases.last_mut().expect("a case").old.push(old);
            }
            Some(("+ ", new)) => cases.last_mut().expect("an old state").new.push(new),
            Some(("! ", danger)) => cases.last_mut().expect("a new state").dangers.push(danger),
            _ if line.is_empty() => {}
            _ => kind = line,
        }
    }
    cases
}

/// `refused spec.selector`, for each danger.
fn dangers(told: &Value) -> Vec<String> {
    let text = |danger: &Value, key: &str| danger[key].as_str().unwrap_or_default().to_owned();
    let dangers = told["dangers"].as_array().expect("a list").iter();
    dangers.map(|danger| format!("{} {}", text(danger, "effect"), text(danger, "path"))).collect()
}

#[test]
fn dangerous_changes_are_told_with_what_to_do() {
    let cases = cases();
    assert!(cases.len() > 100, "{}", cases.len());
    for Case { kind, old, new, dangers: expected } in cases {
        let (api, kind) = kind.split_once(' ').expect("an API and a kind");
        let told = difference(&object(api, kind, &old.join("\n")), &object(api, kind, &new.join("\n")));
        let (mut found, mut expected) = (dangers(&told), expected);
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{kind}: {old:?} → {new:?}");
        assert!(!told["objects"]["changed"].as_array().expect("a list").is_empty(), "{kind}: {old:?} → {new:?}");
        for danger in told["dangers"].as_array().expect("a list") {
            let remedy = danger["remedy"].as_str().expect("a remedy");
            assert!(!remedy.is_empty() && !remedy.contains('{'), "{remedy}");
            assert!(danger["place"]["line"].as_u64().is_some(), "{danger}");
        }
    }
}

/// What is to be done about the claims of a StatefulSet depends on what becomes of them.
#[test]
fn nobody_is_told_to_enlarge_what_shrinks() {
    let claims = |fields: &str| {
        let claim = format!("{{ metadata: {{ name: a }}, spec: {{ {fields} }} }}");
        object("apps/v1", "StatefulSet", &format!("spec: {{ volumeClaimTemplates: [ {claim} ] }}"))
    };
    let size = |size: &str| format!("resources: {{ requests: {{ storage: {size} }} }}");
    let old = claims(&size("10Gi"));
    for (new, remedy) in [
        (claims(&size("20Gi")), "enlarge the claims"),
        (claims(&size("5Gi")), "keep the size"),
        (claims(&format!("{}, storageClassName: fast", size("10Gi"))), "leave them"),
        (claims(&format!("{}, storageClassName: fast", size("20Gi"))), "leave them"),
        (claims(&size("20Gi")).replace("name: a },", "name: b },"), "leave them"),
    ] {
        let told = difference(&old, &new);
        assert_eq!(dangers(&told), ["refused spec.volumeClaimTemplates"], "{new}");
        let said = told["dangers"][0]["remedy"].as_str().expect("a remedy");
        assert!(said.starts_with(remedy), "{new}: {said}");
    }
}

/// What a newer server takes is no danger to who compiles for it.
#[test]
fn a_danger_of_the_past_is_told_for_the_past_alone() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (name, limit) in [("old", 3), ("new", 4)] {
        let text = format!(
            "{{ statefulSets.a.image = \"a:1\"; resources.\"StatefulSet/a\".spec.revisionHistoryLimit = {limit}; }}\n"
        );
        write(folder.path(), &format!("{name}.nxk"), &text);
    }
    for (version, count) in [("1.32", 1), ("1.33", 0)] {
        let arguments = ["old.nxk", "new.nxk", "--format", "json", "--k8s-version", version];
        let (code, told, said) = run(folder.path(), &arguments);
        assert_eq!(code, 0, "{said}");
        let told: Value = serde_json::from_str(&told).expect("JSON");
        assert_eq!((dangers(&told).len(), fields(&told).len()), (count, 1), "{version}: {told}");
    }
}

#[test]
fn what_goes_with_a_dropped_object_is_told() {
    let kept = object("v1", "ConfigMap", "");
    for (kind, spec, effect) in [
        ("v1 PersistentVolumeClaim", "", "loss"),
        ("v1 PersistentVolume", "", "loss"),
        ("v1 Namespace", "", "loss"),
        ("apps/v1 StatefulSet", "", "outage"),
        ("apps/v1 StatefulSet", "persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete }", "loss"),
        ("apiextensions.k8s.io/v1 CustomResourceDefinition", "", "loss"),
        ("snapshot.storage.k8s.io/v1 VolumeSnapshot", "", "loss"),
        ("postgresql.cnpg.io/v1 Cluster", "", "loss"),
        ("v1 Service", "type: LoadBalancer", "outage"),
    ] {
        let (api, kind) = kind.split_once(' ').expect("an API and a kind");
        let told = difference(&format!("{kept}{}", object(api, kind, &format!("spec: {{ {spec} }}"))), &kept);
        assert_eq!(told["dangers"][0]["effect"], effect, "{kind}");
        assert_eq!(told["objects"]["removed"][0]["kind"], kind);
    }
    for kind in ["v1 ConfigMap", "v1 Service", "apps/v1 Deployment", "batch/v1 Job"] {
        let (api, kind) = kind.split_once(' ').expect("an API and a kind");
        let gone = object(api, kind, "").replace("name: a", "name: b");
        assert_eq!(dangers(&difference(&format!("{kept}{gone}"), &kept)), [""; 0], "{kind}");
    }
}

#[test]
fn what_moves_to_another_namespace_is_made_anew() {
    let moved = object("apps/v1", "Deployment", "");
    let told = difference(&moved, &moved.replace("namespace: shop", "namespace: store"));
    assert_eq!((&told["dangers"][0]["effect"], &told["dangers"][0]["namespace"]), (&"outage".into(), &"shop".into()));
    // Without a namespace it is in `default`.
    let told = difference(&moved.replace("shop", "default"), &moved.replace(", namespace: shop", ""));
    assert_eq!(fields(&told), ["metadata.namespace removed"]);
    // The data stays behind.
    let claim = object("v1", "PersistentVolumeClaim", "");
    let told = difference(&claim, &claim.replace("namespace: shop", "namespace: store"));
    assert_eq!(dangers(&told), ["loss "]);
}
