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
use nxk::graph::picture::{Picture, ReasonKind, State};
use proptest::prelude::*;

/// Draws a picture.
type Form = fn(&Picture) -> String;

/// Every form, with the ending of its files.
const FORMS: [(&str, Form); 7] = [
    ("dot", draw::dot),
    ("mmd", draw::mermaid),
    ("json", draw::json),
    ("svg", draw::svg),
    ("html", draw::html),
    ("md", draw::table),
    ("txt", draw::text),
];

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
    // The page is the drawing and what stands in `src/draw/html/`.
    for (ending, form) in FORMS.into_iter().filter(|(ending, _)| *ending != "html") {
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

/// A rectangle: left, top, width, height.
type Rect = [f64; 4];

/// The numbers of a drawing: the size of the paper, the boxes of the parties, the lanes, and the paths of the lines.
struct Drawn {
    paper: [f64; 2],
    parties: Vec<Rect>,
    lanes: Vec<Rect>,
    lines: Vec<String>,
}

impl Drawn {
    fn of(svg: &str) -> Drawn {
        let rect = r#"<rect x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)""#;
        let numbers = |pattern: String| -> Vec<Vec<f64>> {
            let pattern = regex::Regex::new(&pattern).expect("a pattern");
            let number = |text: regex::Match| text.as_str().parse().expect("a number");
            pattern.captures_iter(svg).map(|found| found.iter().skip(1).flatten().map(number).collect()).collect()
        };
        let rects = |pattern: String| -> Vec<Rect> {
            numbers(pattern).into_iter().map(|four| four.try_into().expect("four numbers")).collect()
        };
        let paper = numbers(r#"^<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)""#.to_owned()).remove(0);
        let line = regex::Regex::new(r#"<path class="edge [^"]*" data-c="\d+" d="([^"]*)""#).expect("a pattern");
        Drawn {
            paper: [paper[0], paper[1]],
            parties: rects(format!(r#"(?s)<g class="party [a-z]+" data-p="\d+"><title>[^<]*</title>{rect}"#)),
            lanes: rects(format!(r#"<g class="lane" data-namespace="[^"]*">{rect}"#)),
            lines: line.captures_iter(svg).map(|found| found[1].to_owned()).collect(),
        }
    }

    /// The points of all lines, those that only bend a curve included, with whether a straight line leads there.
    fn points(path: &str) -> Vec<(f64, f64, bool)> {
        let mut points: Vec<(f64, f64, bool)> = Vec::new();
        let commands: Vec<(usize, &str)> = path.match_indices(['M', 'C', 'H']).collect();
        for (at, (start, command)) in commands.iter().enumerate() {
            let end = commands.get(at + 1).map_or(path.len(), |(next, _)| *next);
            let numbers = path[start + 1..end].split(' ').map(|number| number.parse::<f64>().expect("a number"));
            let numbers: Vec<f64> = numbers.collect();
            match *command {
                "H" => points.push((numbers[0], points[points.len() - 1].1, true)),
                _ => points.extend(numbers.chunks(2).map(|pair| (pair[0], pair[1], false))),
            }
        }
        points
    }
}

fn touch(one: &Rect, other: &Rect) -> bool {
    one[0] < other[0] + other[2]
        && other[0] < one[0] + one[2]
        && one[1] < other[1] + other[3]
        && other[1] < one[1] + one[3]
}

/// What must hold of every drawing: all is on the paper, nothing lies on something else, no line runs through a party.
fn assert_is_readable(name: &str, picture: &Picture) {
    let drawn = Drawn::of(&draw::svg(picture));
    assert_eq!(drawn.parties.len(), picture.parties.len(), "{name}");
    let on_paper = |x: f64, y: f64| x >= 0.0 && y >= 0.0 && x <= drawn.paper[0] && y <= drawn.paper[1];
    for [x, y, width, height] in drawn.parties.iter().chain(&drawn.lanes) {
        assert!(on_paper(*x, *y) && on_paper(x + width, y + height), "{name}: a box at {x} {y}");
    }
    for boxes in [&drawn.parties, &drawn.lanes] {
        let mut sorted = boxes.clone();
        sorted.sort_by(|one, other| one[0].total_cmp(&other[0]));
        for (at, one) in sorted.iter().enumerate() {
            let near = sorted[at + 1..].iter().take_while(|other| other[0] < one[0] + one[2]);
            near.for_each(|other| assert!(!touch(one, other), "{name}: {one:?} lies on {other:?}"));
        }
    }
    for line in &drawn.lines {
        let points = Drawn::points(line);
        assert!(points.iter().all(|(x, y, _)| on_paper(*x, *y)), "{name}: {line} leaves the paper");
        for two in points.windows(2).filter(|two| two[1].2) {
            let (from, to) = (two[0].0.min(two[1].0), two[0].0.max(two[1].0));
            let run = [from + 0.5, two[0].1 - 0.1, (to - from - 1.0).max(0.0), 0.2];
            let crossed = drawn.parties.iter().find(|party| touch(&run, party));
            assert!(crossed.is_none(), "{name}: {line} runs through {crossed:?}");
        }
    }
}

#[test]
fn a_drawing_is_readable_whatever_it_shows() {
    for (name, picture) in all() {
        assert_is_readable(name, &picture);
    }
    let one_side = pictures::random(3, 60, 0, 1);
    assert_is_readable("no connections", &one_side);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn a_drawing_of_chance_is_readable(seed: u64, parties in 0..90_usize, connections in 0..300_usize, namespaces in 1..9_usize) {
        assert_is_readable("of chance", &pictures::random(seed, parties, connections, namespaces));
    }
}

#[test]
fn drawings_are_xml() {
    let program = "import sys, xml.etree.ElementTree as tree\n\
                   root = tree.fromstring(sys.stdin.buffer.read())\n\
                   print(root.tag, sum(len(one.get('class', '').split()) > 1 and one.get('data-p') is not None for one in root.iter()))";
    let Some(python) = support::python("yaml") else { return };
    for (name, picture) in all() {
        let said = run(Command::new(&python).args(["-c", program]), &draw::svg(&picture));
        assert_eq!(said.trim(), format!("{{http://www.w3.org/2000/svg}}svg {}", picture.parties.len()), "{name}");
    }
}

/// Reads a page as a browser does: gives the data, and says what the page would load or let run.
const READ_PAGE: &str = r#"
import base64, hashlib, html.parser, json, sys

class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.inside, self.texts, self.policy, self.wrong = None, {}, "", []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag in ("style", "script"):
            self.inside = attributes.get("type", tag)
            if self.inside in self.texts: self.wrong.append(f"a second {self.inside}")
            self.texts[self.inside] = ""
        if attributes.get("http-equiv") == "Content-Security-Policy": self.policy = attributes["content"]
        for name in attributes:
            if name in ("src", "href", "style", "action") or name.startswith("on"): self.wrong.append(f"{tag} {name}")

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, text):
        if self.inside: self.texts[self.inside] += text

page = Page()
page.feed(sys.stdin.buffer.read().decode())
page.close()
allowed = lambda text: "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
for kind in ("style", "module"):
    if allowed(page.texts[kind]) not in page.policy: page.wrong.append(f"the policy does not allow the {kind}")
if "default-src 'none'" not in page.policy: page.wrong.append("the policy lets the page load things")
print(json.dumps(page.wrong))
print(page.texts["application/json"])
"#;

#[test]
fn a_page_holds_the_picture_and_nothing_that_others_wrote() {
    let Some(python) = support::python("yaml") else { return };
    for (name, picture) in all() {
        let said = run(Command::new(&python).args(["-c", READ_PAGE]), &draw::html(&picture));
        let (wrong, data) = said.split_once('\n').expect("two lines");
        assert_eq!(wrong, "[]", "{name}");
        let read: serde_json::Value = serde_json::from_str(data).expect("JSON");
        assert!(read == serde_json::to_value(&picture).expect("plain data"), "{name}");
    }
}

#[test]
fn what_everybody_does_is_drawn_once() {
    let picture = pictures::large(200, 8, 3);
    let shared = picture.connections.iter().filter(|connection| {
        connection
            .reasons
            .iter()
            .any(|reason| matches!(reason.kind, ReasonKind::Dns | ReasonKind::Monitoring | ReasonKind::Tracing))
    });
    let (all, shared) = (picture.connections.len(), shared.count());
    assert!(shared > 400, "{shared}");
    assert_eq!(Drawn::of(&draw::svg(&picture)).lines.len(), all - shared);
    assert!(draw::table(&picture).lines().count() < all - shared + 10);
    assert_eq!(draw::dot(&picture).matches(" -> ").count(), all);
    // What is not as it is declared is never background.
    let mut picture = pictures::shop();
    let before = Drawn::of(&draw::svg(&picture)).lines.len();
    let dns =
        picture.connections.iter_mut().find(|one| one.reasons.iter().any(|reason| reason.kind == ReasonKind::Dns));
    dns.expect("somebody asks").state = State::Closed;
    assert_eq!(Drawn::of(&draw::svg(&picture)).lines.len(), before + 1);
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

#[test]
fn the_reference_names_all_that_is_in_the_json() {
    let page = support::read("docs/reference/graph.md");
    let picture = serde_json::to_value(pictures::shop()).expect("plain data");
    let mut names = Vec::new();
    collect_names(&picture, &mut names);
    let missing: Vec<&String> = names.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(names.len() > 20 && missing.is_empty(), "docs/reference/graph.md does not name {missing:?}");
}

/// The names of fields, and the texts that are one of some words.
fn collect_names(value: &serde_json::Value, names: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                names.push(name.clone());
                names.extend(value.as_str().filter(|_| ["kind", "state"].contains(&name.as_str())).map(str::to_owned));
                collect_names(value, names);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        _ => {}
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
