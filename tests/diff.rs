//! `nxk diff`: what changes between configurations and manifests, in the objects and in who can connect to whom.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use nxk::diff::{self, Difference};
use nxk::driver::{Openings, Snapshot};
use nxk::graph::picture::{Connection, Party, PartyKind, Picture, State};
use serde_json::Value;

/// A state of which only the connections are told: `web -> api: TCP 80, TCP 443`; `*` is everybody.
fn state(title: &str, lines: &[&str]) -> Snapshot {
    let mut picture = Picture { title: title.to_owned(), ..Picture::default() };
    for line in lines {
        let (pair, ports) = line.split_once(": ").expect("ports");
        let (from, to) = pair.split_once(" -> ").expect("a pair");
        let [from, to] = [from, to].map(|name| party(&mut picture, name));
        let ports = ports.split(", ").map(str::to_owned).collect();
        let (reasons, policies, state) = (Vec::new(), vec!["shop/p".to_owned()], State::Open);
        picture.connections.push(Connection { from, to, ports, reasons, policies, state });
    }
    let openings = Openings { picture, ..Openings::default() };
    Snapshot { title: title.to_owned(), openings, ..Snapshot::default() }
}

fn party(picture: &mut Picture, name: &str) -> usize {
    let (id, kind) = match name {
        "*" => ("everybody".to_owned(), PartyKind::Everybody),
        name if name.contains('.') => (format!("network {name}"), PartyKind::Network),
        name => (format!("shop/{name}"), PartyKind::Workload),
    };
    if let Some(known) = picture.parties.iter().position(|party| party.id == id) {
        return known;
    }
    let namespace = (kind == PartyKind::Workload).then(|| "shop".to_owned());
    picture.parties.push(Party { id, name: name.to_owned(), namespace, kind, detail: None, wave: None, place: None });
    picture.parties.len() - 1
}

/// `+ web -> api: TCP 80`, for each change.
fn told(difference: &Difference) -> Vec<String> {
    let connections = &difference.connections;
    let all = [("+", &connections.gained), ("-", &connections.lost), ("~", &connections.changed)];
    let lines = all.iter().flat_map(|(sign, changes)| {
        changes.iter().map(move |change| {
            let ports = match *sign {
                "~" => format!("+[{}] -[{}]", change.opened.join(", "), change.closed.join(", ")),
                _ => change.ports.join(", "),
            };
            format!("{sign} {} -> {}: {ports}", change.from.party.name, change.to.party.name)
        })
    });
    lines.collect()
}

#[test]
fn connections_are_gained_lost_and_changed() {
    for (old, new, expected) in [
        (&["a -> b: TCP 80"][..], &["a -> b: TCP 80"][..], &[][..]),
        (&[], &["a -> b: TCP 80"], &["+ a -> b: TCP 80"]),
        (&["a -> b: TCP 80"], &[], &["- a -> b: TCP 80"]),
        (&["a -> b: TCP 80"], &["b -> a: TCP 80"], &["+ b -> a: TCP 80", "- a -> b: TCP 80"]),
        (&["a -> b: TCP 80"], &["a -> b: TCP 80, TCP 443"], &["~ a -> b: +[TCP 443] -[]"]),
        (&["a -> b: TCP 80-90"], &["a -> b: TCP 85"], &["~ a -> b: +[] -[TCP 80-84, TCP 86-90]"]),
        (&["a -> b: TCP 80"], &["a -> b: UDP 80"], &["~ a -> b: +[UDP 80] -[TCP 80]"]),
        (&["a -> b: TCP 80-90"], &["a -> b: TCP 80-85, TCP 86-90"], &[]),
        (
            &["a -> 10.0.0.0/8: TCP 1"],
            &["a -> 10.0.0.0/9: TCP 1"],
            &["+ a -> 10.0.0.0/9: TCP 1", "- a -> 10.0.0.0/8: TCP 1"],
        ),
    ] {
        assert_eq!(told(&Difference::between(&state("old", old), &state("new", new))), expected, "{old:?} {new:?}");
    }
}

#[test]
fn what_everybody_could_is_not_gained() {
    for (old, new, expected) in [
        // Policies come where there were none: what they name was open before.
        (
            &["a -> *: all", "* -> a: all", "b -> *: all", "* -> b: all"][..],
            &["a -> b: TCP 80"][..],
            &["- a -> everybody: all", "- b -> everybody: all", "- everybody -> a: all", "- everybody -> b: all"][..],
        ),
        // And the other way round.
        (&["a -> b: TCP 80"], &["a -> *: all", "* -> b: all"], &["+ a -> everybody: all", "+ everybody -> b: all"]),
        // A door that is open on one side only is closed.
        (&["a -> *: all"], &["a -> *: all", "a -> b: TCP 80"], &["+ a -> b: TCP 80"]),
        // On other ports than those that were open to everybody.
        (
            &["a -> *: all", "* -> b: TCP 80"],
            &["a -> *: all", "a -> b: TCP 80, TCP 81"],
            &["- everybody -> b: TCP 80", "~ a -> b: +[TCP 81] -[]"],
        ),
        // A network has no door of its own.
        (&["a -> *: all"], &["a -> 10.0.0.0/8: TCP 1"], &["- a -> everybody: all"]),
    ] {
        let difference = Difference::between(&state("old", old), &state("new", new));
        let told: Vec<String> = told(&difference).iter().map(|line| line.replace('*', "everybody")).collect();
        assert_eq!(told, expected, "{old:?} {new:?}");
    }
}

#[test]
fn every_form_tells_all_of_it() {
    let old = state("old", &["web -> api: TCP 80", "web -> 10.0.0.0/8: TCP 443"]);
    let new = state("new", &["web -> api: TCP 80, TCP 90", "cache -> api: TCP 6379"]);
    let difference = Difference::between(&old, &new);
    let text = diff::text(&difference, false);
    assert_eq!(
        text,
        "old → new: 1 connection gained, 1 lost, 1 changed\n\nconnections gained\n  + shop/cache (new) → shop/api  TCP 6379  policy shop/p\n\
         \nconnections lost\n  - shop/web → 10.0.0.0/8        TCP 443   policy shop/p\n\
         \nconnections changed\n  ~ shop/web → shop/api          + TCP 90  policy shop/p\n"
    );
    assert!(diff::text(&difference, true).contains("\x1b[32m  + shop/cache"));
    assert_eq!(
        diff::markdown(&difference),
        "### What changes\n\n**1 connection gained, 1 lost, 1 changed** from `old` to `new`\n\n#### Connections\n\n| | from | to | ports | why | where |\n\
         | --- | --- | --- | --- | --- | --- |\n| **gained** | `shop/cache (new)` | `shop/api` | TCP 6379 | policy shop/p |  |\n\
         | **lost** | `shop/web` | `10.0.0.0/8` | TCP 443 | policy shop/p |  |\n\
         | **changed** | `shop/web` | `shop/api` | + TCP 90 | policy shop/p |  |\n"
    );
    let json: Value = serde_json::from_str(&diff::json(&difference)).expect("JSON");
    assert_eq!(json["connections"]["gained"][0]["from"]["id"], "shop/cache");
    assert_eq!(json["connections"]["gained"][0]["from"]["presence"], "new");
    assert_eq!(json["connections"]["changed"][0]["opened"][0], "TCP 90");
    let same = Difference::between(&old, &old);
    assert_eq!(diff::text(&same, false), "old → old: nothing changes\n");
    assert!(same.is_empty() && !diff::markdown(&same).contains('|'));
}

#[test]
fn markdown_fits_into_a_comment_and_shows_no_markup() {
    let lines: Vec<String> = (0..1000).map(|number| format!("a{number} -> b`|@x: TCP 80")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let text = diff::markdown(&Difference::between(&state("old", &[]), &state("n|ew", &lines)));
    assert!(text.len() < 65_536 && text.contains(" more: `nxk diff` tells all of them"), "{}", text.len());
    let row = text.lines().find(|line| line.contains("a0")).expect("a row");
    assert_eq!(row.replace("\\|", "").matches('|').count(), 7, "{row}");
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(&path, text).expect("written");
    path
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = support::nxk().current_dir(folder).arg("diff").args(arguments).output().expect("it starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

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

const OLD: &str = "{ ... }:\n{\n  framework.project = \"shop\";\n  applications = {\n    web = { image = \"web:1\"; ports = [ 8080 ]; dependencies = [ \"api\" ]; };\n\
    \x20   api = { image = \"api:1\"; ports = [ 8080 9090 ]; };\n  };\n}\n";

#[test]
fn a_change_is_told_with_its_reason_and_line() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let at = folder.path();
    write(at, "old.nxk", OLD);
    let with_cache = OLD.replace(
        "  };\n}\n",
        "    cache = { image = \"redis:7\"; ports = [ 6379 ]; };\n  };\n  applications.api.dependencies = [ \"cache\" ];\n}\n",
    );
    write(at, "new.nxk", &with_cache);
    let (code, told, said) = run(at, &["old.nxk", "new.nxk"]);
    assert_eq!((code, &*said), (0, ""));
    assert!(told.starts_with("old.nxk → new.nxk: "), "{told}");
    let line = told.lines().find(|line| line.contains("default/cache (new)")).unwrap_or_else(|| panic!("{told}"));
    assert!(line.contains("+ default/api → default/cache (new)  TCP 6379") && line.ends_with("(new.nxk:9)"), "{told}");
    assert!(line.contains("api depends on cache"), "{told}");
    assert_eq!(run(at, &["--exit-code", "old.nxk", "new.nxk"]).0, 1);
    let (_, told, _) = run(at, &["new.nxk", "old.nxk"]);
    let lost = told.lines().find(|line| line.contains("default/cache (gone)")).unwrap_or_else(|| panic!("{told}"));
    assert!(lost.contains("- default/api → default/cache (gone)") && lost.ends_with("(new.nxk:9)"), "{told}");
}

const POLICY: &str = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: api, namespace: shop }\nspec:\n\
    \x20 podSelector: { matchLabels: { app: api } }\n  ingress:\n  - from: [ { podSelector: { matchLabels: { app: web } } } ]\n\
    \x20   ports: [ { port: 80 } ]\n";

fn pods(name: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata: {{ name: {name}, namespace: shop, labels: {{ app: {name} }} }}\nspec:\n\
         \x20 containers: [ {{ name: a, image: \"a:1\", ports: [ {{ containerPort: 80 }} ] }} ]\n"
    )
}

#[test]
fn manifests_are_compared_with_manifests() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let at = folder.path();
    let pods = format!("{}{}", pods("web"), pods("api"));
    write(at, "open.yaml", &pods);
    write(at, "closed.yaml", &format!("{POLICY}{pods}"));
    write(at, "wide/policy.yaml", &POLICY.replace("port: 80 ", "port: 80, endPort: 90 "));
    write(at, "wide/pods.yaml", &pods);
    let (_, told, _) = run(at, &["open.yaml", "closed.yaml"]);
    assert_eq!(
        told,
        "open.yaml → closed.yaml: 1 object added; 1 connection lost\n\nadded\n  + NetworkPolicy shop/api  (closed.yaml:1)\n\nconnections lost\n  - everybody → shop/api  all ports  without a policy  (open.yaml:8)\n"
    );
    let (_, told, _) = run(at, &["closed.yaml", "wide"]);
    assert_eq!(
        told,
        "closed.yaml → wide: 1 object changed; 1 connection changed\n\nchanged\n  NetworkPolicy shop/api  (wide/policy.yaml:1)\n    + spec.ingress[0].ports[0].endPort: 90  (wide/policy.yaml:8)\n\nconnections changed\n  ~ shop/web → shop/api  + TCP 81-90  policy shop/api  (wide/policy.yaml:1)\n"
    );
    let (_, told, _) = run(at, &["closed.yaml", "wide", "--format", "markdown"]);
    assert!(
        told.contains(
            "| **changed** | `shop/web` | `shop/api` | + TCP 81-90 | policy shop/api | `wide/policy.yaml:1` |"
        ),
        "{told}"
    );
    let (_, told, _) = run(at, &["closed.yaml", "wide", "--format", "json"]);
    let json: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(json["connections"]["changed"][0]["policies"][0]["place"]["file"], "wide/policy.yaml");
}

/// What the manifests `old` and `new` differ in, as the program tells programs.
fn difference(old: &str, new: &str) -> Value {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let at = folder.path();
    write(at, "old.yaml", old);
    write(at, "new.yaml", new);
    let (_, told, said) = run(at, &["old.yaml", "new.yaml", "--format", "json"]);
    serde_json::from_str(&told).unwrap_or_else(|_| panic!("{said}"))
}

/// An object of a kind with these fields.
fn object(api: &str, kind: &str, fields: &str) -> String {
    format!("---\napiVersion: {api}\nkind: {kind}\nmetadata: {{ name: a, namespace: shop }}\n{fields}\n")
}

/// `spec.replicas changed`, for each field of the only object that changes.
fn fields(told: &Value) -> Vec<String> {
    let fields = told["objects"]["changed"][0]["fields"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    fields.iter().map(|field| format!("{} {}", text(&field["path"]), text(&field["change"]))).collect()
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

/// Changes of one object, what comes of them, and the field that is to blame; an empty effect where nothing is dangerous.
const DANGERS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "apps/v1 Deployment",
        "spec: { selector: { matchLabels: { a: b } } }",
        "spec: { selector: { matchLabels: { a: c } } }",
        "refused",
        "spec.selector",
    ),
    ("apps/v1 Deployment", "spec: { replicas: 2 }", "spec: { replicas: 3 }", "", ""),
    ("apps/v1 Deployment", "spec: { replicas: 2 }", "spec: { replicas: 0 }", "outage", "spec.replicas"),
    ("apps/v1 StatefulSet", "spec: { serviceName: a }", "spec: { serviceName: b }", "refused", "spec.serviceName"),
    (
        "apps/v1 StatefulSet",
        "spec: { replicas: 1 }",
        "spec: { replicas: 1, podManagementPolicy: OrderedReady }",
        "",
        "",
    ),
    (
        "apps/v1 StatefulSet",
        "spec: { replicas: 1 }",
        "spec: { replicas: 1, podManagementPolicy: Parallel }",
        "refused",
        "spec.podManagementPolicy",
    ),
    (
        "apps/v1 StatefulSet",
        "spec: { template: { spec: { nodeName: a } } }",
        "spec: { template: { spec: { nodeName: b } } }",
        "",
        "",
    ),
    (
        "apps/v1 StatefulSet",
        "spec: { replicas: 1 }",
        "spec: { replicas: 1, persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete } }",
        "loss",
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
    ),
    ("batch/v1 Job", "spec: { parallelism: 1 }", "spec: { parallelism: 2 }", "", ""),
    (
        "batch/v1 Job",
        "spec: { template: { spec: { nodeName: a } } }",
        "spec: { template: { spec: { nodeName: b } } }",
        "refused",
        "spec.template",
    ),
    ("v1 Service", "spec: { clusterIP: 10.0.0.1 }", "spec: { clusterIP: None }", "refused", "spec.clusterIP"),
    ("v1 Service", "spec: { clusterIP: 10.0.0.1, ports: [] }", "spec: { ports: [] }", "", ""),
    ("v1 Service", "spec: { ports: [] }", "spec: { ports: [], type: ClusterIP }", "", ""),
    ("v1 Service", "spec: { type: LoadBalancer }", "spec: { type: ClusterIP }", "outage", "spec.type"),
    ("v1 Service", "spec: { selector: { a: b } }", "spec: { selector: { a: c } }", "outage", "spec.selector"),
    (
        "v1 PersistentVolumeClaim",
        "spec: { resources: { requests: { storage: 1Gi } } }",
        "spec: { resources: { requests: { storage: 2Gi } } }",
        "",
        "",
    ),
    (
        "v1 PersistentVolumeClaim",
        "spec: { resources: { requests: { storage: 2Gi } } }",
        "spec: { resources: { requests: { storage: 2000Mi } } }",
        "refused",
        "spec.resources.requests.storage",
    ),
    (
        "v1 PersistentVolumeClaim",
        "spec: { storageClassName: a }",
        "spec: { storageClassName: b }",
        "refused",
        "spec.storageClassName",
    ),
    (
        "v1 PersistentVolumeClaim",
        "spec: { accessModes: [ ReadWriteOnce ] }",
        "spec: { accessModes: [ ReadWriteMany ] }",
        "refused",
        "spec.accessModes",
    ),
    ("v1 PersistentVolumeClaim", "spec: { accessModes: [] }", "spec: { accessModes: [], volumeName: a }", "", ""),
    ("v1 PersistentVolume", "spec: { nfs: { path: /a } }", "spec: { nfs: { path: /b } }", "refused", "spec.nfs"),
    (
        "v1 PersistentVolume",
        "spec: { persistentVolumeReclaimPolicy: Retain }",
        "spec: { persistentVolumeReclaimPolicy: Delete }",
        "loss",
        "spec.persistentVolumeReclaimPolicy",
    ),
    ("storage.k8s.io/v1 StorageClass", "parameters: { a: b }", "parameters: { a: c }", "refused", "parameters"),
    ("rbac.authorization.k8s.io/v1 RoleBinding", "roleRef: { name: a }", "roleRef: { name: b }", "refused", "roleRef"),
    ("v1 ConfigMap", "immutable: true\ndata: { a: b }", "immutable: true\ndata: { a: c }", "refused", "data"),
    ("v1 ConfigMap", "data: { a: b }", "data: { a: c }", "", ""),
    ("v1 Secret", "type: a", "type: b", "refused", "type"),
    (
        "networking.k8s.io/v1 IngressClass",
        "spec: { controller: a }",
        "spec: { controller: b }",
        "refused",
        "spec.controller",
    ),
    ("scheduling.k8s.io/v1 PriorityClass", "value: 1", "value: 2", "refused", "value"),
    ("scheduling.k8s.io/v1 PriorityClass", "value: 1", "value: 1\nglobalDefault: true", "", ""),
    (
        "v1 Pod",
        "spec: { containers: [ { name: a, image: a } ] }",
        "spec: { containers: [ { name: a, image: b } ] }",
        "",
        "",
    ),
    (
        "v1 Pod",
        "spec: { containers: [ { name: a, image: a } ] }",
        "spec: { containers: [ { name: a, image: a, tty: true } ] }",
        "refused",
        "spec.containers[\"name=a\"].tty",
    ),
    ("v1 Pod", "spec: { nodeName: a }", "spec: { nodeName: b }", "refused", "spec.nodeName"),
    (
        "apiextensions.k8s.io/v1 CustomResourceDefinition",
        "spec: { scope: Namespaced }",
        "spec: { scope: Cluster }",
        "refused",
        "spec.scope",
    ),
    (
        "apiextensions.k8s.io/v1 CustomResourceDefinition",
        "spec: { versions: [ { name: v1 }, { name: v2 } ] }",
        "spec: { versions: [ { name: v2 } ] }",
        "refused",
        "spec.versions",
    ),
    (
        "apps/v1 Deployment",
        "spec: { selector: { matchLabels: { a: b } }, replicas: 1 }",
        "metadata2: a",
        "refused",
        "spec.selector",
    ),
];

#[test]
fn dangerous_changes_are_told_with_what_to_do() {
    for (kind, old, new, effect, path) in DANGERS {
        let (api, kind) = kind.split_once(' ').expect("an API and a kind");
        let told = difference(&object(api, kind, old), &object(api, kind, new));
        let dangers = told["dangers"].as_array().expect("a list");
        let found: Vec<(&str, &str)> = dangers
            .iter()
            .map(|one| (one["effect"].as_str().unwrap_or_default(), one["path"].as_str().unwrap_or_default()))
            .collect();
        let expected: &[(&str, &str)] = if effect.is_empty() { &[] } else { &[(effect, path)] };
        assert_eq!(found, expected, "{kind}: {old} → {new}");
        for danger in dangers {
            let remedy = danger["remedy"].as_str().expect("a remedy");
            assert!(!remedy.is_empty() && !remedy.contains('{'), "{remedy}");
            assert!(danger["place"]["line"].as_u64().is_some(), "{danger}");
        }
    }
}

#[test]
fn what_goes_with_a_dropped_object_is_told() {
    let kept = object("v1", "ConfigMap", "");
    for (kind, effect) in [
        ("v1 PersistentVolumeClaim", "loss"),
        ("v1 PersistentVolume", "loss"),
        ("v1 Namespace", "loss"),
        ("apps/v1 StatefulSet", "outage"),
        ("apiextensions.k8s.io/v1 CustomResourceDefinition", "loss"),
    ] {
        let (api, kind) = kind.split_once(' ').expect("an API and a kind");
        let told = difference(&format!("{kept}{}", object(api, kind, "")), &kept);
        assert_eq!(told["dangers"][0]["effect"], effect, "{kind}");
        assert_eq!(told["objects"]["removed"][0]["kind"], kind);
    }
    let moved = object("apps/v1", "Deployment", "");
    let told = difference(&moved, &moved.replace("namespace: shop", "namespace: store"));
    assert_eq!((&told["dangers"][0]["effect"], &told["dangers"][0]["namespace"]), (&"outage".into(), &"shop".into()));
    // Without a namespace it is in `default`.
    let told = difference(&moved.replace("shop", "default"), &moved.replace(", namespace: shop", ""));
    assert_eq!(fields(&told), ["metadata.namespace removed"]);
}

#[test]
fn pipelines_are_told_by_the_exit_code() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let at = folder.path();
    let deployment = |replicas: &str| object("apps/v1", "Deployment", &format!("spec: {{ replicas: {replicas} }}"));
    write(at, "two.yaml", &deployment("2"));
    write(at, "three.yaml", &deployment("3"));
    write(at, "none.yaml", &deployment("0"));
    for (arguments, code) in [
        (["two.yaml", "two.yaml", "--exit-code"], 0),
        (["two.yaml", "three.yaml", "--exit-code"], 1),
        (["two.yaml", "three.yaml", "--deny-dangerous"], 0),
        (["two.yaml", "none.yaml", "--deny-dangerous"], 1),
        (["two.yaml", "none.yaml", "--quiet"], 0),
    ] {
        assert_eq!(run(at, &arguments).0, code, "{arguments:?}");
    }
    let (_, plain, _) = run(at, &["two.yaml", "none.yaml"]);
    let (_, coloured, _) = run(at, &["two.yaml", "none.yaml", "--color", "always"]);
    assert!(!plain.contains('\x1b') && coloured.contains('\x1b'), "{coloured}");
}

#[test]
fn a_state_can_be_that_of_a_commit() {
    let Some(git) = support::peer("git") else { return };
    let folder = tempfile::tempdir().expect("a scratch folder");
    let at = folder.path();
    let ask = |arguments: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let output =
            std::process::Command::new(&git).args(who).args(arguments).current_dir(at).output().expect("it starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    write(at, "shop/main.nxk", OLD);
    write(at, "out/a.yaml", &pods("web"));
    ask(&["init", "--quiet"]);
    ask(&["add", "."]);
    ask(&["commit", "--quiet", "--message", "first"]);
    write(at, "shop/main.nxk", &OLD.replace("web:1", "web:2"));
    write(at, "out/a.yaml", &pods("web").replace("a:1", "a:2"));
    let (code, told, said) = run(at, &["HEAD:shop/main.nxk", "shop/main.nxk"]);
    assert_eq!((code, &*said), (0, ""));
    assert!(told.starts_with("HEAD:shop/main.nxk → shop/main.nxk: 1 object changed\n"), "{told}");
    assert!(told.contains("[name=web].image: \"web:1\" → \"web:2\"  (shop/main.nxk:5)"), "{told}");
    let (_, told, _) = run(at, &["shop/main.nxk", "HEAD:shop/main.nxk"]);
    assert!(told.contains("\"web:2\" → \"web:1\"  (HEAD:shop/main.nxk:5)"), "{told}");
    let (_, told, _) = run(&at.join("out"), &["a.yaml", "HEAD:./"]);
    assert!(told.contains("image: \"a:2\" → \"a:1\"  (HEAD:out/a.yaml:6)"), "{told}");
    for wrong in ["HEAD:none.yaml", "nowhere:out", "HEAD:../../etc/passwd", "--output=x:out"] {
        let (code, told, said) = run(at, &["--", wrong, "out"]);
        assert!(code > 0 && told.is_empty() && !said.is_empty(), "{wrong}: {code} {told}{said}");
    }
    ask(&["diff", "--quiet", "HEAD", "--cached"]);
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

#[test]
fn what_cannot_be_read_is_told_and_nothing_compared() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let at = folder.path();
    write(at, "good.yaml", POLICY);
    write(at, "bad.yaml", "a: b: c\n");
    write(at, "bad.nxk", "{ ... }: { applications = 1; }\n");
    for (pair, code) in
        [(["good.yaml", "bad.yaml"], "E0417"), (["bad.nxk", "good.yaml"], "E0"), (["no.yaml", "good.yaml"], "E1001")]
    {
        let (exit, told, said) = run(at, &pair);
        assert!(exit == 1 && told.is_empty() && said.contains(code), "{pair:?}: {exit} {told}{said}");
    }
    assert_eq!(run(at, &["-", "-"]).0, 2);
    assert_eq!(run(at, &["good.yaml"]).0, 2);
}

#[test]
fn the_guide_shows_what_is_told() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for file in support::files_below("examples/shop", "") {
        let name = file.strip_prefix(support::repository().join("examples/shop")).expect("there").display().to_string();
        let text = support::read(&file);
        write(folder.path(), &format!("base/shop/{name}"), &text);
        let changed = text
            .replace(
                "dependencies = [ \"api\" ];",
                "dependencies = [ \"redis\" { app = \"api\"; ports = [ 8080 ]; } ];",
            )
            .replace("shop/web:1.4.2", "shop/web:1.5.0")
            .replace("size = \"20Gi\"", "size = \"50Gi\"")
            .replace("      egress = [ { cidr = \"198.51.100.0/26\"; ports = [ 443 ]; } ];\n", "");
        write(folder.path(), &format!("shop/{name}"), &changed);
    }
    let guide = support::read("docs/guides/diff.md");
    for format in ["human", "markdown"] {
        let (code, told, said) = run(folder.path(), &["base/shop/main.nxk", "shop/main.nxk", "--format", format]);
        assert_eq!((code, &*said), (0, ""));
        assert!(guide.contains(&format!("text\n{told}```")), "docs/guides/diff.md does not show\n{told}");
    }
}
