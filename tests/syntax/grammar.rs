//! The written grammar and the parser name the same rules.

use std::collections::BTreeSet;

use nxk::syntax::RULES;

fn written() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/grammar/nxk.ebnf");
    std::fs::read_to_string(path).expect("the grammar is part of the repository")
}

/// The grammar without its comments and without what it says in words or spells out.
fn bare(text: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(['(', '"', '\'', '?']) {
        let (before, from) = rest.split_at(start);
        bare.push_str(before);
        let close = match from.as_bytes() {
            [b'(', b'*', ..] => from.find("*)").map(|at| at + 2),
            [b'"', ..] => from[1..].find('"').map(|at| at + 2),
            [b'\'', ..] => from[1..].find('\'').map(|at| at + 2),
            // Words stand behind `= ?`; a bare `?` repeats what is in front of it.
            [b'?', ..] if before.ends_with("= ") => from.find("? ;").map(|at| at + 1),
            _ => Some(1),
        };
        rest = &from[close.expect("every comment and quote is closed")..];
        bare.push(' ');
    }
    bare + rest
}

#[test]
fn every_written_rule_has_its_parser_and_every_parser_its_rule() {
    let bare = bare(&written());
    let defined: BTreeSet<&str> =
        bare.split(';').filter_map(|rule| rule.split_once('=')).map(|(name, _)| name.trim()).collect();
    let parsed: BTreeSet<&str> = RULES.iter().map(|(rule, _, _)| *rule).collect();
    assert_eq!(defined, parsed);
    assert_eq!(parsed.len(), RULES.len(), "a rule is named twice");
}

#[test]
fn every_used_rule_is_defined() {
    let bare = bare(&written());
    let defined: BTreeSet<&str> = RULES.iter().map(|(rule, _, _)| *rule).collect();
    let words = bare.split(|char: char| !char.is_ascii_alphanumeric() && char != '_').filter(|word| !word.is_empty());
    let unknown: BTreeSet<&str> = words.filter(|word| !defined.contains(word)).collect();
    assert_eq!(unknown, BTreeSet::new());
}

#[test]
fn every_parser_exists() {
    for (rule, file, function) in RULES {
        let path = format!("{}/src/syntax/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let defined = text.contains(&format!("fn {function}(")) || text.contains(&format!("fn {function}<"));
        assert!(defined, "{rule}: there is no `{function}` in {file}");
    }
}
