//! What findings look like, to the letter, and that no finding, however broken, breaks the drawing.

use nxk::diag::{Code, Diagnostic};
use nxk::report::{Format, render};
use nxk::source::{SourceId, SourceKind, SourceMap, Span};
use proptest::prelude::*;

const WEB: &str = "{\n  applications.web = {\n    image = \"nginx\";\n    replicas = \"two\";\n  };\n}\n";

/// The span of the first `text` in the file.
fn at(sources: &SourceMap, file: SourceId, text: &str) -> Span {
    let file = sources.file(file);
    let start = file.text.find(text).expect("it is there");
    file.span(start..start + text.len())
}

fn one_file(text: &str) -> (SourceMap, SourceId) {
    let mut sources = SourceMap::new();
    let id = sources.add("web.nxk", None, text, SourceKind::User);
    (sources, id)
}

fn human(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    render(diagnostics, sources, Format::Human, false)
}

fn wrong_replicas(sources: &SourceMap, file: SourceId) -> Diagnostic {
    Diagnostic::new(
        Code::WrongFieldType,
        at(sources, file, "\"two\""),
        "`replicas` must be an integer, this is a string",
    )
    .label("a string")
    .also(at(sources, file, "applications.web"), "in this application")
    .hint("write a number, such as `2`")
    .object("Deployment shop/web")
    .path("spec.replicas")
}

#[test]
fn a_finding_with_everything() {
    let (mut sources, web) = one_file(WEB);
    let library = sources.add("lib/application.nxk", None, "a\nb\n", SourceKind::Library);
    let finding = wrong_replicas(&sources, web).also(at(&sources, library, "b"), "declared here");
    let expected = r#"error[E0604]: `replicas` must be an integer, this is a string
   ╭─[ web.nxk:4:16 ]
   │
 2 │   applications.web = {
   │   ────────┬───────
   │           ╰───────── in this application
   │
 4 │     replicas = "two";
   │                ──┬──
   │                  ╰──── a string
   │
   │ in Deployment shop/web, spec.replicas
   │ in the standard library: lib/application.nxk:2 (declared here)
   │ help: write a number, such as `2`
───╯

1 error
"#;
    assert_eq!(human(&[finding], &sources), expected);
}

#[test]
fn the_short_and_the_json_form() {
    let (sources, web) = one_file(WEB);
    let all = [
        Diagnostic::new(Code::DeprecatedApi, Span::NONE, "v1beta1 is\n  old"),
        wrong_replicas(&sources, web),
        wrong_replicas(&sources, web),
    ];
    let short = "\
web.nxk:4:16: error[E0604]: `replicas` must be an integer, this is a string (write a number, such as `2`)
warning[W0601]: v1beta1 is old
";
    assert_eq!(render(&all, &sources, Format::Short, true), short);
    let json = concat!(
        r#"{"code":"E0604","severity":"error","message":"`replicas` must be an integer, this is a string","#,
        r#""hint":"write a number, such as `2`","file":"web.nxk","line":4,"column":16,"endLine":4,"endColumn":21,"#,
        r#""path":"spec.replicas","object":"Deployment shop/web","related":[{"file":"web.nxk","line":2,"column":3,"#,
        r#""endLine":2,"endColumn":19,"message":"in this application"}]}"#,
        "\n",
        r#"{"code":"W0601","severity":"warning","message":"v1beta1 is\n  old","hint":null,"file":null,"line":null,"#,
        r#""column":null,"endLine":null,"endColumn":null,"path":null,"object":null,"related":[]}"#,
        "\n",
    );
    assert_eq!(render(&all, &sources, Format::Json, true), json);
}

#[test]
fn several_files_tabs_crlf_and_wide_characters() {
    let (mut sources, web) = one_file(WEB);
    let other = sources.add("other.nxk", None, "x\r\n\t日本 = 1;\r\n", SourceKind::User);
    let finding = Diagnostic::new(Code::DuplicateAttribute, at(&sources, other, "日本"), "`日本` is defined twice")
        .also(at(&sources, web, "replicas"), "first defined here");
    let expected = r#"error[E0202]: `日本` is defined twice
   ╭─[ other.nxk:2:2 ]
   │
 2 │     日本 = 1;
   │     ──┬─
   │       ╰─── here
   │
   ├─[ web.nxk:4:5 ]
   │
 4 │     replicas = "two";
   │     ────┬───
   │         ╰───── first defined here
───╯

1 error
"#;
    assert_eq!(human(&[finding], &sources), expected);
}

#[test]
fn several_lines() {
    let (sources, web) = one_file(WEB);
    let block = at(&sources, web, "{\n    image = \"nginx\";\n    replicas = \"two\";\n  }");
    let finding =
        Diagnostic::new(Code::WrongKind, block, "a set cannot be called\nhere").label("a set").hint("one\ntwo");
    let expected = r#"error[E0401]: a set cannot be called
    here
   ╭─[ web.nxk:2:22 ]
   │
 2 │ ╭─▶   applications.web = {
   ┆ ┆
 5 │ ├─▶   };
   │ │
   │ ╰────────── a set
   │
   │ help: one
   │       two
───╯

1 error
"#;
    assert_eq!(human(&[finding], &sources), expected);
}

#[test]
fn without_an_excerpt() {
    let mut sources = SourceMap::new();
    let library = sources.add("lib/a.nxk", None, "a\nb\n", SourceKind::Library);
    let all = [
        Diagnostic::new(Code::OutputNotWritten, Span::NONE, "`out` could not be written: no space")
            .hint("free some space"),
        Diagnostic::new(Code::BadArgument, at(&sources, library, "b"), "no such name").label("asked here").path("a.b"),
        Diagnostic::new(Code::DeprecatedApi, Span::NONE, "v1beta1 is old").object("Deployment shop/web"),
    ];
    let expected = "\
error[E0414]: no such name
  at a.b
  in the standard library: lib/a.nxk:2 (asked here)

error[E1007]: `out` could not be written: no space
  help: free some space

warning[W0601]: v1beta1 is old
  in Deployment shop/web

2 errors, 1 warning
";
    assert_eq!(human(&all, &sources), expected);
    assert_eq!(human(&[], &sources), "");
}

#[test]
fn the_end_of_a_text_can_be_shown() {
    for (text, line) in [("", 1), ("a", 1), ("a\n", 2), ("a\r\n", 2), ("a\n\n", 3)] {
        let (sources, id) = one_file(text);
        let end = sources.file(id).span(text.len()..text.len());
        let shown = human(&[Diagnostic::new(Code::UnclosedDelimiter, end, "`{` is never closed")], &sources);
        assert!(shown.contains(&format!("[ web.nxk:{line}:")), "{text:?}\n{shown}");
        assert!(shown.contains("╰── here"), "{text:?}\n{shown}");
    }
}

#[test]
fn of_a_line_of_a_megabyte_only_a_window_is_shown() {
    let (mut sources, web) = one_file(WEB);
    let text = format!("\n{}\"two\"{}\n", "a, ".repeat(300_000), ", b".repeat(9));
    let long = sources.add("long.json", None, text, SourceKind::User);
    let finding = Diagnostic::new(Code::WrongKind, at(&sources, long, "\"two\""), "a string where a number is needed")
        .label("a string")
        .also(at(&sources, web, "image"), "and this");
    let expected = r#"error[E0401]: a string where a number is needed
   ╭─[ long.json:2:900001 ]
   │
 2 │ …a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, "two", b, b, b, b, b, b, b, b, b
   │                                                              ──┬──
   │                                                                ╰──── a string
   │
   │ see also: web.nxk:3:5 (and this)
───╯

1 error
"#;
    assert_eq!(human(&[finding], &sources), expected);
}

#[test]
fn nothing_from_a_text_steers_the_terminal() {
    let (sources, id) = one_file("a\x1b[2J\u{202e}\u{85}\u{2028}\x0cb\rc = 1");
    let span = at(&sources, id, "c");
    let shown = human(&[Diagnostic::new(Code::Thrown, span, "bad \x1b[2J\u{202e}\ttext\u{9b}")], &sources);
    assert!(shown.contains("a␛[2J���␌b␍c = 1"), "{shown}");
    assert!(shown.contains("bad \\u{1b}[2J\\u{202e}    text\\u{9b}"), "{shown}");
    assert!(shown.contains("[ web.nxk:1:12 ]"), "{shown}");
}

#[test]
fn a_huge_message_is_cut_off_for_people_only() {
    let (sources, _) = one_file(WEB);
    let all = [Diagnostic::new(Code::Thrown, Span::NONE, "ü".repeat(1_000_000)).hint("x ".repeat(1_000_000))];
    for format in [Format::Human, Format::Short] {
        let shown = render(&all, &sources, format, false);
        assert!(shown.chars().count() < 5000 && shown.contains("üü…"));
    }
    assert!(render(&all, &sources, Format::Json, false).len() > 4_000_000);
}

#[test]
fn colours_are_set_only_where_they_change() {
    let (sources, web) = one_file(WEB);
    let shown = render(&[wrong_replicas(&sources, web)], &sources, Format::Human, true);
    assert!(shown.starts_with("\x1b[1;31merror[E0604]\x1b[0m\x1b[1m: `replicas` must"));
    assert!(shown.contains("\x1b[31m\"two\"\x1b[0m\x1b[38;5;249m;\x1b[0m"), "{shown:?}");
    let mut plain = String::new();
    for part in shown.split("\x1b[") {
        plain.push_str(if plain.is_empty() && part.is_empty() {
            part
        } else {
            part.split_once('m').map_or(part, |(_, rest)| rest)
        });
    }
    assert_eq!(plain, human(&[wrong_replicas(&sources, web)], &sources));
}

#[test]
fn a_flood_is_counted() {
    let (sources, web) = one_file(WEB);
    let all: Vec<Diagnostic> = (0..130)
        .map(|at| {
            Diagnostic::new(Code::UnknownField, sources.file(web).span(at % 40..at % 40 + 1), format!("finding {at}"))
        })
        .collect();
    let shown = human(&all, &sources);
    assert_eq!(shown.matches("error[E0302]").count(), 100);
    assert!(shown.ends_with("\n\n… and 30 more\n\n130 errors\n"), "{shown}");
}

#[test]
fn findings_come_in_the_order_of_the_texts() {
    let (mut sources, first) = one_file(WEB);
    let second = sources.add("second.nxk", None, "abc", SourceKind::User);
    let finding =
        |code, file, range, message: &str| Diagnostic::new(code, SourceMap::file(&sources, file).span(range), message);
    let all = [
        Diagnostic::new(Code::OutputNotWritten, Span::NONE, "last"),
        finding(Code::UnknownField, second, 0..1, "5"),
        finding(Code::UnknownField, first, 9..10, "4"),
        finding(Code::UnknownField, first, 2..3, "2"),
        finding(Code::WrongKind, first, 2..3, "3"),
        finding(Code::UnknownField, first, 0..1, "1"),
        finding(Code::UnknownField, first, 2..3, "2b"),
        finding(Code::UnknownField, first, 2..3, "2"),
    ];
    let shown = render(&all, &sources, Format::Short, false);
    let messages: Vec<&str> = shown.lines().filter_map(|line| line.rsplit(": ").next()).collect();
    assert_eq!(messages, ["1", "2", "2b", "3", "4", "5", "last"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    /// Past the end, inside a character, reversed, in no file: whatever the span, something is shown.
    #[test]
    fn no_span_breaks_the_drawing(
        texts in prop::collection::vec("(?s)([a-c é日\u{1f600}\t\r\n\u{85}\u{2028}\x0b\x1b]{0,30}|[ab日]{190,260}\n?)", 1..4),
        spans in prop::collection::vec((0u32..400, 0u32..400, "[a日\n]{0,3}"), 1..6),
        color: bool,
    ) {
        let mut sources = SourceMap::new();
        for (at, text) in texts.iter().enumerate() {
            let kind = if at == 2 { SourceKind::Library } else { SourceKind::User };
            sources.add(format!("{at}.nxk"), None, text.as_str(), kind);
        }
        let mut finding = Diagnostic::new(Code::WrongKind, Span { lo: spans[0].0, hi: spans[0].1 }, "message");
        for (lo, hi, text) in &spans[1..] {
            finding = finding.also(Span { lo: *lo, hi: *hi }, text.as_str());
        }
        for format in [Format::Human, Format::Short, Format::Json] {
            prop_assert!(render(&[finding.clone()], &sources, format, color).contains("message"));
        }
        let shown = render(&[finding.clone()], &sources, Format::Human, false);
        prop_assert!(shown.lines().all(|line| line.trim_end() == line), "{}", shown);
        if let Some(place) = sources.location(finding.primary.span).filter(|_| sources.is_user(finding.primary.span)) {
            let header = format!("[ {}:{}:{} ]", place.file, place.line, place.column);
            prop_assert!(shown.contains(&header), "{} is missing in\n{}", header, shown);
        }
    }
}
