//! Where states come from: configurations, manifests, commits.

use serde_json::Value;

use crate::{run, support, write};

const OLD: &str = "{ ... }:\n{\n  framework.project = \"shop\";\n  applications = {\n    web = { image = \"web:1\"; ports = [ 8080 ]; dependencies = [ \"api\" ]; };\n\
    \x20   api = { image = \"api:1\"; ports = [ 8080 9090 ]; };\n  };\n}\n";

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
    // A path is one from the top, wherever one stands.
    let (code, _, said) = run(&at.join("out"), &["HEAD:a.yaml", "a.yaml"]);
    assert!(code == 2 && said.contains("did you mean `HEAD:./a.yaml`?"), "{code} {said}");
    // Nobody is told where the copy of a commit lies.
    let (code, _, said) = run(at, &["HEAD:shop", "shop/main.nxk"]);
    assert!(code == 1 && said.contains("in the folder `HEAD:shop`"), "{code} {said}");
    assert!(said.contains("name the configuration in it: `HEAD:shop/main.nxk`"), "{said}");
    ask(&["diff", "--quiet", "HEAD", "--cached"]);
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
