//! Who can connect to whom, and cannot any more, in every form.

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
