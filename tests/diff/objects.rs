//! Objects and their fields: what belongs together, what is a change, and what must not be seen.

use crate::{difference, fields, object, run, support, write};

#[test]
fn a_configuration_and_its_own_output_are_the_same() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for example in support::files_below("examples", "main.nxk") {
        let example = example.display().to_string();
        let output = support::run_nxk(["compile", &example]);
        let file = write(folder.path(), "out.yaml", &String::from_utf8_lossy(&output.stdout)).display().to_string();
        for pair in [[&file, &example], [&example, &file], [&example, &example]] {
            let (code, told, said) = run(support::repository(), &["--exit-code", pair[0], pair[1]]);
            assert_eq!(code, 0, "{pair:?}\n{told}{said}");
            assert!(told.ends_with("nothing changes\n"), "{told}");
        }
    }
}

#[test]
fn items_of_lists_are_matched_as_kubernetes_merges_them() {
    let pods = |containers: &str| object("v1", "Pod", &format!("spec: {{ containers: [ {containers} ] }}"));
    let (a, b, c) =
        ("{ name: a, image: x, args: [ one, two, three ] }", "{ name: b, image: y }", "{ name: c, image: z }");
    let path = |rest: &str| format!("spec.containers{rest}");
    for (old, new, expected) in [
        (format!("{a}, {b}"), format!("{a}, {c}, {b}"), vec![path("[name=c] added")]),
        (format!("{a}, {b}"), format!("{b}, {a}"), vec![path(" reordered")]),
        (format!("{a}, {b}"), b.to_owned(), vec![path("[name=a] removed")]),
        (a.to_owned(), a.replace("image: x", "image: w"), vec![path("[name=a].image changed")]),
        (a.to_owned(), a.replace("one, ", "zero, one, "), vec![path("[name=a].args[0] added")]),
        (a.to_owned(), a.replace("two", "twice"), vec![path("[name=a].args[1] changed")]),
        (
            "{ name: a, ports: [ { containerPort: 80 } ] }".to_owned(),
            "{ name: a, ports: [ { containerPort: 80, protocol: TCP, name: http } ] }".to_owned(),
            vec![
                path("[name=a].ports[containerPort=80,protocol=TCP].protocol added"),
                path("[name=a].ports[containerPort=80,protocol=TCP].name added"),
            ],
        ),
        // Names that are there twice tell nothing apart.
        (
            format!("{a}, {a}"),
            format!("{a}, {b}"),
            vec![path("[1].name changed"), path("[1].image changed"), path("[1].args removed")],
        ),
    ] {
        assert_eq!(fields(&difference(&pods(&old), &pods(&new))), expected, "{old} {new}");
    }
    let finalizers = |all: &str| {
        object("v1", "ConfigMap", "").replace("namespace: shop", &format!("namespace: shop, finalizers: [ {all} ]"))
    };
    assert_eq!(fields(&difference(&finalizers("a/a, b/b"), &finalizers("b/b, a/a"))), [""; 0]);
    assert_eq!(fields(&difference(&finalizers("a/a, b/b"), &finalizers("b/b"))), ["metadata.finalizers[a/a] removed"]);
}

#[test]
fn what_means_the_same_is_no_change() {
    let pod = |limits: &str| {
        object(
            "v1",
            "Pod",
            &format!("spec: {{ containers: [ {{ name: a, resources: {{ limits: {{ {limits} }} }} }} ] }}"),
        )
    };
    let deployed = "status: { ready: 1 }";
    for (old, new) in [
        (pod("cpu: 1000m"), pod("cpu: 1")),
        (pod("cpu: 0.5, memory: 1Gi"), pod("memory: 1024Mi, cpu: 500m")),
        (object("v1", "ConfigMap", ""), object("v1", "ConfigMap", deployed)),
        (object("v1", "Secret", "data: { a: aHVudGVyMg== }"), object("v1", "Secret", "stringData: { a: hunter2 }")),
        (
            object("v1", "Service", "spec: { ports: [ { port: 80.0 } ] }"),
            object("v1", "Service", "spec: { ports: [ { port: 80 } ] }"),
        ),
        (
            object("v1", "ConfigMap", ""),
            object("v1", "ConfigMap", "")
                .replace("namespace: shop", "namespace: shop, annotations: { x.com/build-id: b }"),
        ),
    ] {
        let told = difference(&old, &new);
        assert_eq!((fields(&told), told["objects"]["unchanged"].as_u64()), (Vec::new(), Some(1)), "{old}{new}");
    }
    let port =
        |port: &str| object("v1", "Service", &format!("spec: {{ ports: [ {{ port: 80, targetPort: {port} }} ] }}"));
    assert_eq!(fields(&difference(&port("80"), &port("\"80\""))).len(), 1);
    assert_eq!(fields(&difference(&pod("cpu: 1"), &pod("cpu: 1001m"))).len(), 1);
}

#[test]
fn secrets_are_compared_and_never_shown() {
    let secret = |data: &str| object("v1", "Secret", data);
    for (old, new) in [
        ("data: { a: aHVudGVyMg== }", "data: { a: b3RoZXI= }"),
        ("data: { a: aHVudGVyMg== }", "stringData: { a: other }"),
        ("data: { a: aHVudGVyMg==, b: b3RoZXI= }", "data: { b: b3RoZXI= }"),
        ("type: Opaque", "data: { a: aHVudGVyMg== }"),
        ("data: { a: aHVudGVyMg== }", "data: oops"),
    ] {
        let folder = tempfile::tempdir().expect("a scratch folder");
        write(folder.path(), "old.yaml", &secret(old));
        write(folder.path(), "new.yaml", &secret(new));
        for format in ["human", "markdown", "json"] {
            let (code, told, said) = run(folder.path(), &["old.yaml", "new.yaml", "--exit-code", "--format", format]);
            assert!(code == 1 && told.contains("data"), "{old} {new}: {told}{said}");
            let seen =
                ["aHVudGVyMg", "b3RoZXI", "hunter2", "other", "oops"].into_iter().find(|word| told.contains(word));
            assert_eq!(seen, None, "{told}");
        }
    }
}

/// Every example with random changes, judged by a program that knows nothing of this one.
#[test]
fn a_peer_finds_what_is_told_and_nothing_else() {
    let Some(python) = support::python("yaml") else { return };
    let peer = support::repository().join("tests/diff.py");
    let folder = tempfile::tempdir().expect("a scratch folder");
    let ask = |arguments: &[&str]| {
        let output = std::process::Command::new(&python).arg(&peer).args(arguments).current_dir(folder.path()).output();
        let output = output.expect("it starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    for (at, example) in support::files_below("examples", "main.nxk").iter().enumerate() {
        let output = support::run_nxk([std::ffi::OsStr::new("compile"), example.as_os_str()]);
        write(folder.path(), "old.yaml", &String::from_utf8_lossy(&output.stdout));
        for seed in 0..6 {
            let seed = (at * 100 + seed).to_string();
            ask(&["mutate", &seed, "old.yaml", "new.yaml"]);
            let (code, told, said) = run(folder.path(), &["old.yaml", "new.yaml", "--format", "json"]);
            assert_eq!(code, 0, "{}, seed {seed}: {said}", example.display());
            write(folder.path(), "told.json", &told);
            assert_eq!(ask(&["judge", "old.yaml", "new.yaml", "told.json"]), "", "{}, seed {seed}", example.display());
        }
    }
}
