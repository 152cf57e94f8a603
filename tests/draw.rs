//! The graph in every form in which it is drawn.
//!
//! Pictures are made here, so that names can be hostile and graphs large. What is drawn of a small shop is kept in
//! `tests/draw/` to be read (`NXK_UPDATE=1` writes it anew); Graphviz reads the graph for Graphviz, Python reads XML,
//! HTML and JSON.

mod support;

#[path = "draw/pictures.rs"]
mod pictures;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use nxk::draw;
use nxk::graph::picture::Picture;

/// Draws a picture.
type Form = fn(&Picture) -> String;

/// Every form, with the ending of its files.
const FORMS: [(&str, Form); 5] =
    [("dot", draw::dot), ("mmd", draw::mermaid), ("json", draw::json), ("md", draw::table), ("txt", draw::text)];

/// Pictures of all kinds, with what they are called.
fn all() -> Vec<(&'static str, Picture)> {
    vec![
        ("empty", pictures::empty()),
        ("alone", pictures::alone()),
        ("shop", pictures::shop()),
        ("circle", pictures::circle()),
        ("hostile", pictures::hostile()),
        ("200 workloads", pictures::large(200, 8, 3)),
        ("2000 workloads", pictures::large(2000, 40, 3)),
    ]
}

#[test]
fn the_shop_is_drawn_as_it_was_read() {
    let mut wrong = Vec::new();
    for (ending, form) in FORMS {
        let path = Path::new("tests/draw").join(format!("shop.{ending}"));
        let drawn = form(&pictures::shop());
        if std::env::var_os("NXK_UPDATE").is_some_and(|value| value == "1") {
            fs::write(support::repository().join(&path), &drawn).expect("written");
        }
        if support::read(&path) != drawn {
            wrong.push(path);
        }
    }
    assert!(wrong.is_empty(), "these differ from what is drawn now (NXK_UPDATE=1, then read the change): {wrong:?}");
}

#[test]
fn the_same_picture_gives_the_same_bytes() {
    for ((name, once), (_, again)) in all().iter().zip(&all()) {
        for (ending, form) in FORMS {
            assert!(form(once) == form(again), "{name} as {ending}");
        }
    }
}

#[test]
fn nothing_unseen_comes_through() {
    for (ending, form) in FORMS.iter().filter(|(ending, _)| *ending != "json") {
        let drawn = form(&pictures::hostile());
        let found: Vec<char> =
            drawn.chars().filter(|one| (one.is_control() && *one != '\n') || *one == '\u{202e}').collect();
        assert!(found.is_empty(), "{ending}: {found:?}");
    }
}

#[test]
fn graphviz_draws_what_is_drawn_for_it() {
    let Some(dot) = support::peer("dot") else { return };
    let small = (0..30).map(|seed| ("random", pictures::random(seed, seed as usize + 1, 2 * seed as usize, 4)));
    // Graphviz itself takes minutes for 2,000 workloads.
    let rest = all().into_iter().filter(|(name, _)| *name != "2000 workloads");
    let pictures: Vec<_> = small.chain(rest).collect();
    support::in_parallel(&pictures, |(name, picture)| {
        let drawn = run(Command::new(&dot).arg("-Tplain"), &draw::dot(picture));
        let count = |word: &str| drawn.lines().filter(|line| line.starts_with(word)).count();
        assert_eq!(count("node "), picture.parties.len(), "{name}");
        assert_eq!(count("edge "), picture.connections.len(), "{name}");
    });
}

#[test]
fn graphviz_reads_every_name_as_it_is() {
    let (Some(dot), Some(python)) = (support::peer("dot"), support::python("yaml")) else { return };
    let picture = pictures::hostile();
    let drawn = run(Command::new(&dot).arg("-Tsvg"), &draw::dot(&picture));
    let program = "import sys, xml.etree.ElementTree as tree\n\
                   for text in tree.fromstring(sys.stdin.buffer.read()).iter('{http://www.w3.org/2000/svg}text'):\n\
                   \x20   print(repr(text.text or ''))";
    let texts = run(Command::new(python).args(["-c", program]), &drawn);
    // A blank may have become one that does not break.
    let texts = texts.replace("\\xa0", " ");
    for name in [pictures::HOSTILE[0], "<!-- --> ]]> <b>bold</b> &amp; &#60;", "quote\" ] ; } back", r"\\N \\L \\G %%"]
    {
        assert!(texts.contains(name), "{name} is not in\n{texts}");
    }
}

/// What Mermaid's grammar takes, as far as we use it: one statement a line, texts in quotes without quotes, markup or
/// backslashes.
#[test]
fn a_flowchart_has_only_lines_that_mermaid_knows() {
    let text = r##""(?:[^"<>\\;`]|#\d+;|<br/>)+""##;
    let patterns = [
        r"^flowchart LR$".to_owned(),
        r"^  %% [a-zA-Z0-9 :]+$".to_owned(),
        format!(r"^ +(?:n\d+|none)(?:\({text}\)|\[{text}\]|\(\[{text}\]\))$"),
        format!(r"^  subgraph s\d+\[{text}\]$"),
        r"^  end$".to_owned(),
        format!(r"^  n\d+ (?:-->|-\.->|--x)\|{text}\| n\d+$"),
        r"^  linkStyle \d+(?:,\d+)* stroke:#[0-9a-f]{6},stroke-width:3px$".to_owned(),
    ];
    let patterns = patterns.map(|pattern| regex::Regex::new(&pattern).expect("a pattern"));
    for (name, picture) in all() {
        let drawn = draw::mermaid(&picture);
        let arrows = drawn.lines().filter(|line| line.contains(">|") || line.contains("x|")).count();
        assert!(arrows < 500 && drawn.len() < 50_000, "{name}: Mermaid draws {arrows} arrows, {} bytes", drawn.len());
        for line in drawn.lines() {
            assert!(patterns.iter().any(|pattern| pattern.is_match(line)), "{name}: {line}");
        }
    }
}

#[test]
fn json_is_the_picture() {
    for (name, picture) in all() {
        let read: serde_json::Value = serde_json::from_str(&draw::json(&picture)).expect("JSON");
        assert!(read == serde_json::to_value(&picture).expect("plain data"), "{name}");
    }
}

#[test]
fn a_table_has_five_cells_a_row() {
    for (name, picture) in all() {
        for line in draw::table(&picture).lines() {
            let bars = line.replace("\\|", "").matches('|').count();
            assert_eq!(bars, 6, "{name}: {line}");
        }
    }
}

/// What a program says to an input; it has to like it.
fn run(command: &mut Command, input: &str) -> String {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the peer starts");
    let mut stdin = child.stdin.take().expect("it has an input");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    let _ = writer.join().expect("writing does not panic");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
