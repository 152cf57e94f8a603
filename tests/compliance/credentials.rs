//! Credentials in plain text: what is one, and what only speaks of one, a line each.
//!
//! A line of `leaks.txt` and `innocents.txt` says where a text stands, under which name, and what it is. A `+` in
//! what begins like a token is left out, so that no scanner takes the file for a leak.

use super::support::{in_parallel, read};
use super::{CASES, nxk_in};

#[test]
fn credentials_are_found_wherever_they_stand_and_never_repeated() {
    let text = read(format!("{CASES}/leaks.txt"));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() >= 40);
    let wrong = in_parallel(&lines, |line| {
        let (told, output) = told(line);
        let value = value(line);
        let shown = value.len() > 4 && output.contains(&value);
        match (told, shown) {
            (1, false) => None,
            (count, _) => Some(format!("{line}: {count} findings, value shown: {shown}\n{output}")),
        }
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_only_speaks_of_credentials_is_left_alone() {
    let text = read(format!("{CASES}/innocents.txt"));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() >= 40);
    let wrong =
        in_parallel(&lines, |line| Some(told(line)).filter(|(count, _)| *count > 0).map(|found| (*line, found.1)));
    let wrong: Vec<(&str, String)> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The text of a line, without what keeps scanners away.
fn value(line: &str) -> String {
    let mut parts = line.splitn(3, ' ');
    let (place, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let text = match parts.next() {
        Some(text) => text,
        None if place == "arg" => name.split_once('=').map_or("", |(_, value)| value),
        None => "",
    };
    text.replacen('+', "", 1)
}

/// How many findings of credentials there are, and all that nxk says.
fn told(line: &str) -> (usize, String) {
    let mut parts = line.splitn(3, ' ');
    let (place, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\\\"").replace("${", "\\${"));
    let text = quoted(&value(line));
    let entry = match place {
        "env" => format!("{{ deployments.web = {{ image = \"web:1\"; env.{} = {text}; }}; }}", quoted(name)),
        "arg" => format!("{{ deployments.web = {{ image = \"web:1\"; args = [ {} ]; }}; }}", quoted(name)),
        "args" => format!("{{ deployments.web = {{ image = \"web:1\"; args = [ {} {text} ]; }}; }}", quoted(name)),
        "file" => format!("{{ configMaps.web.data.{} = {text}; }}", quoted(name)),
        "annotation" => format!("{{ configMaps.web.annotations.{} = {text}; }}", quoted(name)),
        "secret" => format!("{{ resources.\"Secret/web\".stringData.{} = {text}; }}", quoted(name)),
        _ => panic!("{line}: nothing is known of `{place}`"),
    };
    let folder = tempfile::tempdir().expect("a scratch folder");
    std::fs::write(folder.path().join("main.nxk"), entry).expect("written");
    let (_, findings, code) = nxk_in(folder.path(), &["check"]);
    let others: Vec<_> = findings.iter().filter(|finding| finding["code"] != "W0910").collect();
    assert!(code == Some(0) && others.is_empty(), "{line}: {others:#?}");
    (findings.len(), findings.iter().map(|finding| format!("{finding:#}\n")).collect())
}
