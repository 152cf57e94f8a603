//! `nxk seal` against the other side: `controller.py`, which has the keys and opens what was sealed.

#[path = "../support/mod.rs"]
mod support;

mod project;
mod refused;

use std::fs;
use std::process::Output;

use project::{Project, assert_says, bytes, decoded, encoded, stderr};
use serde_json::{Value, json};

/// What stands in a secret of the tests, and nowhere else.
const CANARY: &str = "CANARY-0f3a";

#[test]
fn what_is_sealed_opens_again_in_every_scope() {
    let Some(project) = Project::new(
        r#"{
          sealedSecrets = {
            strict = { data = { password = s ./password; empty = s ./empty; }; type = "shop/own"; labels.tier = "db"; };
            inNamespace = { scope = "namespace-wide"; data.binary = s ./binary; namespace = "other"; template.annotations.a = "b"; };
            anywhere = { scope = "cluster-wide"; data.large = s ./large; template.immutable = true; };
          };
        }"#,
    ) else {
        return;
    };
    let binary: Vec<u8> = (0..=255).chain([0, 10, 13, 255, 254]).collect();
    let large: Vec<u8> = (0..1_048_576u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    project.write("binary", &binary).write("large", &large).write("password", "ü→password\n").write("empty", "");
    for certificate in ["first", "second", "chain"] {
        project.seals(&["--cert", &project.key(certificate), "--reseal"]);
        let secrets = project.unsealed(if certificate == "second" { "second" } else { "first" });
        let data = |name: &str, key: &str| bytes(&secrets[name]["data"][key]);
        assert_eq!(data("default/strict", "password"), "ü→password\n".as_bytes());
        assert_eq!(data("default/strict", "empty"), b"");
        assert_eq!(data("other/in-namespace", "binary"), binary);
        assert!(data("default/anywhere", "large") == large, "a large value comes back as it was");
        assert_eq!(secrets["default/strict"]["type"], "shop/own");
        assert_eq!(secrets["default/strict"]["metadata"]["labels"]["tier"], "db");
        assert_eq!(secrets["other/in-namespace"]["metadata"]["annotations"]["a"], "b");
    }
}

#[test]
fn secrets_of_applications_are_sealed_for_the_names_that_pods_refer_to() {
    let Some(project) = Project::new(
        r#"{
          framework = { namespace = "shop"; secrets.backend = "sealed-secret"; };
          secrets.database.values.password = s ./password;
          secrets.everywhere = { scope = "cluster-wide"; type = "shop/own"; values.key = s ./key; };
          applications.web = {
            image = "shop/web:1.4.2";
            secrets = {
              database.env.DB_PASSWORD = "password";
              apiToken = { values.token = s ./token; mountPath = "/run/token"; };
            };
          };
        }"#,
    ) else {
        return;
    };
    project.write("password", CANARY).write("token", "a token").write("key", "a key");
    project.seals(&["--cert", &project.key("first")]);
    let secrets = project.unsealed("first");
    let names: Vec<&str> = secrets.keys().map(String::as_str).collect();
    assert_eq!(names, ["shop/database", "shop/everywhere", "shop/web-api-token"]);
    assert_eq!(bytes(&secrets["shop/database"]["data"]["password"]), CANARY.as_bytes());
    assert_eq!(bytes(&secrets["shop/web-api-token"]["data"]["token"]), b"a token");
    assert_eq!(bytes(&secrets["shop/everywhere"]["data"]["key"]), b"a key");
    assert_eq!(secrets["shop/everywhere"]["type"], "shop/own");

    let compiled = project.compiled();
    assert!(!compiled.contains(CANARY));
    for reference in
        ["secretKeyRef:\n              name: database\n              key: password", "secretName: web-api-token"]
    {
        assert!(compiled.contains(reference), "{reference}\n{compiled}");
    }
    // What is renamed has to be sealed again: it would not open under its new name.
    project.configure(r#"{ framework = { namespace = "shop"; secrets.backend = "sealed-secret"; }; secrets.other.values.password = s ./password; }"#);
    let output = project.nxk("check", &[]);
    assert!(stderr(&output).contains("E0912"), "{}", stderr(&output));
}

#[test]
fn nothing_opens_under_another_label_or_after_a_change() {
    let Some(project) = Project::new("{ sealedSecrets.db.data.password = s ./password; }") else { return };
    project.write("password", CANARY);
    for (scope, label) in [("strict", "default/db"), ("namespace-wide", "default"), ("cluster-wide", "")] {
        project
            .configure(&format!(r#"{{ sealedSecrets.db = {{ scope = "{scope}"; data.password = s ./password; }}; }}"#));
        project.seals(&["--cert", &project.key("first")]);
        let sealed = project.ciphertext("default/db", "password");
        let labels = ["default/db", "default", "", "default/other", "other/db", "other", "default/db "];
        let opened = project.opened("first", labels.map(|label| (label, sealed.clone())).as_slice());
        for (tried, value) in labels.iter().zip(&opened) {
            let wanted = (*tried == label).then_some(CANARY.as_bytes().to_vec());
            assert_eq!(*value, wanted, "sealed for {label:?}, opened with {tried:?}");
        }
        assert_eq!(project.opened("second", &[(label, sealed.clone())]), [None], "only the right key opens it");
        let bytes = decoded(&sealed);
        let flipped = |at: usize| {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1;
            (label, encoded(&bytes))
        };
        let places = [0, 2, 100, 257, 258, 260, bytes.len() - 17, bytes.len() - 16, bytes.len() - 1];
        let tampered: Vec<_> =
            places.into_iter().map(flipped).chain([(label, encoded(&bytes[..bytes.len() - 1]))]).collect();
        assert_eq!(project.opened("first", &tampered), vec![None; tampered.len()]);
    }
}

#[test]
fn sealing_is_random_and_compiling_is_not() {
    let Some(project) = Project::new("{ sealedSecrets.db.data = { a = s ./same; b = s ./same; }; }") else { return };
    project.write("same", CANARY);
    project.seals(&["--cert", &project.key("first")]);
    let (a, b) = (project.ciphertext("default/db", "a"), project.ciphertext("default/db", "b"));
    assert_ne!(a, b, "one value sealed twice gives two texts");
    let first = project.compiled();
    // Whoever compiles does not need the plaintext, and does not need this folder.
    fs::remove_file(project.path("same")).expect("it was there");
    assert_eq!(project.compiled(), first);
    let elsewhere = project.copied();
    assert_eq!(elsewhere.compiled(), first);
    let build_id = |text: &str| text.lines().find(|line| line.contains("build-id")).map(str::to_owned);
    project.write("same", CANARY);
    project.seals(&["--cert", &project.key("first"), "--reseal"]);
    assert_ne!(build_id(&project.compiled()), build_id(&first), "the lock file is an input of the build");
}

#[test]
fn what_is_right_is_kept_and_what_is_stale_is_told() {
    let Some(project) = Project::new("{ sealedSecrets.db.data.a = s ./a; }") else { return };
    let (first, second) = (project.key("first"), project.key("second"));
    project.write("a", "1").write("b", "2");
    assert_says(&project.seal(&["--check"]), 1, "stale    default/db  a (never sealed before)");
    assert!(!project.path("secrets.lock").exists(), "a check writes nothing");
    assert_says(&project.seal(&["--cert", &first]), 0, "sealed   default/db  a (never sealed before)");
    let (before, a) = (project.lock(), project.ciphertext("default/db", "a"));
    // The plaintext of what is kept is not read.
    fs::remove_file(project.path("a")).expect("it was there");
    assert_says(&project.seal(&["--cert", &first]), 0, "kept     default/db  sealed today");
    assert_says(&project.seal(&["--check"]), 0, "kept");
    assert_eq!(project.lock(), before);

    project.configure("{ sealedSecrets.db.data = { a = s ./a; b = s ./b; }; }");
    assert_says(&project.seal(&["--check"]), 1, "stale    default/db  b (has new keys)");
    assert_says(&project.seal(&["--cert", &first]), 0, "sealed   default/db  b (has new keys)");
    assert_eq!(project.ciphertext("default/db", "a"), a);

    assert_says(&project.seal(&["--cert", &second, "--check"]), 1, "a, b (sealed with another certificate before)");
    let refused = project.seal(&["--cert", &second]);
    assert_eq!(refused.status.code(), Some(1), "`a` is stale, and no longer there");
    assert_eq!(project.ciphertext("default/db", "a"), a, "all of it is sealed, or nothing");
    project.write("a", "1");
    assert_says(
        &project.seal(&["--cert", &second]),
        0,
        "sealed   default/db  a, b (sealed with another certificate before)",
    );
    assert_eq!(project.unsealed("first")["default/db"]["data"], json!({ "a": null, "b": null }));

    project.configure(r#"{ sealedSecrets.db = { scope = "cluster-wide"; data.b = s ./b; }; }"#);
    let outcome = project.seal(&["--cert", &second]);
    assert_says(&outcome, 0, "sealed   default/db  b (sealed for the scope `strict` before)");
    assert_says(&outcome, 0, "dropped  default/db  a: the configuration does not name it");
    assert_eq!(bytes(&project.unsealed("second")["default/db"]["data"]["b"]), b"2");
}

#[test]
fn what_is_not_named_stays_until_it_is_pruned() {
    let Some(project) = Project::new("{ sealedSecrets = { a.data = { x = s ./x; y = s ./x; }; b.data.x = s ./x; }; }")
    else {
        return;
    };
    let first = project.key("first");
    project.write("x", "1");
    project.seals(&["--cert", &first]);
    let before = project.lock();
    project.configure("{ sealedSecrets.a.data.x = s ./x; }");
    let outcome = project.seal(&["--cert", &first]);
    assert_says(&outcome, 0, "unnamed  default/a  y: the configuration does not name it; --prune drops it");
    assert_says(&outcome, 0, "unnamed  default/b  the configuration does not name it; --prune drops it");
    assert_eq!(project.lock(), before);
    let outcome = project.seal(&["--cert", &first, "--prune"]);
    assert_says(&outcome, 0, "dropped  default/b  the configuration does not name it");
    let lock: Value = serde_json::from_str(&project.lock()).expect("it is JSON");
    let names: Vec<&String> = lock["secrets"].as_object().expect("a map").keys().collect();
    assert_eq!(names, ["default/a"]);
    assert_eq!(lock["secrets"]["default/a"]["data"].as_object().map(serde_json::Map::len), Some(1));
    project.configure("{ }");
    assert_says(&project.seal(&["--cert", &first]), 0, "the configuration has no sealed secrets");
}

#[test]
fn changed_values_are_sealed_when_asked_for() {
    let Some(project) = Project::new("{ sealedSecrets = { a.data.x = s ./x; bigName.data.x = s ./x; }; }") else {
        return;
    };
    let first = project.key("first");
    project.write("x", "1");
    project.seals(&["--cert", &first]);
    project.write("x", "2");
    assert_says(&project.seal(&["--cert", &first]), 0, "kept");
    for name in ["bigName", "big-name", "default/big-name"] {
        let a = project.ciphertext("default/a", "x");
        assert_says(
            &project.seal(&["--cert", &first, "--reseal", "--only", name]),
            0,
            "default/big-name  x (asked for)",
        );
        assert_eq!(project.ciphertext("default/a", "x"), a);
    }
    let secrets = project.unsealed("first");
    assert_eq!(bytes(&secrets["default/a"]["data"]["x"]), b"1");
    assert_eq!(bytes(&secrets["default/big-name"]["data"]["x"]), b"2");
    let given = ["--cert", &first, "--set-secret", "sealedSecrets.a.data.x=env:SEAL_TEST", "--reseal", "--only", "a"];
    let output = project.command("seal", &given).env("SEAL_TEST", "3").output().expect("it runs");
    assert_says(&output, 0, "default/a  x (asked for)");
    assert_eq!(bytes(&project.unsealed("first")["default/a"]["data"]["x"]), b"3");
    let moved = project.nxk("check", &["--set", "framework.namespace=shop", "--message-format", "short"]);
    assert_eq!(stderr(&moved).matches("E0912").count(), 2, "each once: {}", stderr(&moved));
    let wrong = project.seal(&["--cert", &first, "--only", "default/bigname"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("did you mean `default/big-name`"), "{}", stderr(&wrong));
}

#[test]
fn ages_and_ends_are_told() {
    let Some(project) = Project::new("{ sealedSecrets = { a.data.x = s ./x; b.data.x = s ./x; }; }") else { return };
    project.write("x", "1");
    project.seals(&["--cert", &project.key("soon")]);
    let lock = project.lock();
    let today = lock.split("\"sealedAt\": \"").nth(1).and_then(|rest| rest.get(..10)).expect("a day");
    project.write("secrets.lock", &lock.replacen(today, "2020-02-29", 1));
    let told = project.seal(&["--cert", &project.key("soon")]);
    assert_says(&told, 0, "kept     default/a  sealed on 2020-02-29, ");
    assert_says(&told, 0, " days ago");
    assert_says(&told, 0, " in 10 days: time for a new one");
    assert_says(&project.seal(&["--cert", &project.key("chain"), "--check"]), 1, "; the first of two in its file");

    // One secret is sealed with the new certificate: a compile says so of the other, and goes on.
    project.seals(&["--cert", &project.key("first"), "--only", "b"]);
    let output = project.nxk("compile", &[]);
    assert_eq!(output.status.code(), Some(0));
    let warning = "warning[W0913]: the secret `default/a` is sealed with an older certificate than `default/b`";
    assert!(stderr(&output).contains(warning), "{}", stderr(&output));
}

#[test]
fn values_are_shown_nowhere() {
    let Some(project) =
        Project::new("{ sealedSecrets.db.data = { a = s ./a; b = lib.secret.concat [ \"x\" (s ./a) ]; }; }")
    else {
        return;
    };
    project.write("a", CANARY);
    let first = project.key("first");
    let shown = |output: Output| {
        let all = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8_lossy(&all).contains(CANARY), "{}", String::from_utf8_lossy(&all));
    };
    for format in ["human", "short", "json"] {
        shown(project.seal(&["--cert", &first, "--reseal", "--message-format", format, "--timings"]));
    }
    shown(project.nxk("compile", &[]));
    shown(project.nxk("explain", &["sealedSecrets.db"]));
    assert!(!project.lock().contains(CANARY));
    // One that cannot be read ends it, and says nothing of the others.
    project.configure("{ sealedSecrets.db.data = { a = s ./a; z = s ./missing; }; }");
    let before = project.lock();
    let failed = project.seal(&["--cert", &first]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(stderr(&failed).contains("error[E1001]"), "{}", stderr(&failed));
    shown(failed);
    assert_eq!(project.lock(), before);
    // More than a Secret takes is found before the controller finds it.
    project.write("a", &"x".repeat(600_000)).write("missing", &"y".repeat(600_000));
    let failed = project.seal(&["--cert", &first, "--reseal"]);
    assert!(stderr(&failed).contains("`default/db` has 1200000 bytes, and at most 1048576 are allowed in a Secret"));
}

#[test]
fn runs_at_once_lose_nothing() {
    let count = 12;
    let entries: String = (0..count).map(|at| format!("s{at}.data.x = s ./x; ")).collect();
    let Some(project) = Project::new(&format!("{{ sealedSecrets = {{ {entries} }}; }}")) else { return };
    project.write("x", CANARY);
    let first = project.key("first");
    let names: Vec<String> = (0..count).map(|at| format!("s{at}")).collect();
    let running: Vec<_> = names
        .iter()
        .map(|name| project.command("seal", &["--cert", &first, "--only", name]).spawn().expect("it starts"))
        .collect();
    for mut run in running {
        assert!(run.wait().expect("it ends").success());
    }
    assert_says(&project.seal(&["--check"]), 0, "kept");
    let secrets = project.unsealed("first");
    assert!(names.iter().all(|name| bytes(&secrets[&format!("default/{name}")]["data"]["x"]) == CANARY.as_bytes()));
    let left: Vec<_> =
        fs::read_dir(project.folder.path()).expect("listed").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

/// The definition is the project's own, by version.
#[test]
fn the_objects_are_what_the_controller_defines() {
    let Some(project) = Project::new(
        r#"{
          sealedSecrets.db = {
            scope = "namespace-wide"; namespace = "shop"; labels.a = "b"; annotations.c = "d"; type = "kubernetes.io/basic-auth";
            data.password = s ./x;
            template = { labels.e = "f"; annotations.g = "h"; data.url = "x://{{ index . \"password\" }}"; immutable = true; };
            metadata.finalizers = [ "example.com/keep" ];
            spec.template.metadata.finalizers = [ "example.com/keep" ];
          };
        }"#,
    ) else {
        return;
    };
    project.write("x", CANARY);
    project.seals(&["--cert", &project.key("first")]);
    let output = project.nxk("compile", &[]);
    assert!(stderr(&output).starts_with("2 objects, 2 checked against "), "{}", stderr(&output));
    let secret = &project.unsealed("first")["shop/db"];
    assert_eq!(bytes(&secret["data"]["password"]), CANARY.as_bytes());
    assert_eq!(
        secret["metadata"],
        json!({
            "name": "db", "namespace": "shop", "labels": { "a": "b", "e": "f" }, "finalizers": ["example.com/keep"],
            "annotations": { "c": "d", "g": "h", "sealedsecrets.bitnami.com/namespace-wide": "true" },
        })
    );
}
