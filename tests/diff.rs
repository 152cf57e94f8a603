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
