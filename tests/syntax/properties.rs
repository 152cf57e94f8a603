//! Whatever the text: no panic, spans inside the text, tokens in order, and trees no deeper than the cap.

use nxk::source::Span;
use nxk::syntax::ast::{AttrNameKind, Entry, Expr, ExprKind, StrPart};
use nxk::syntax::{Parsed, parse, printer::sexpr};
use proptest::prelude::*;

use super::BASE;

/// A file with something of everything, for random edits.
const SAMPLE: &str = r#"{ lib, config ? { }, ... }@args:
let
  /** A port. */
  type Port = Int(1..65535);
  type Image = String(/[^\s]+(:[^\s]+)?/);
  type Web = { image : Image; replicas : Int(0..) = 1; host? : String; env : { _ : String } = { }; ... };
  inherit (lib) map "a b";
  scale : Int -> Web -> Web = n: web: web // { replicas = n; };
  text = ''
    a ${toString 1} ''${b} '''
      c ''\n
  '';
  path = ./a/${text}/b;
in
assert config ? a.b && !config.c or false -> 1 + 2 * -3 <= 4;
with lib; # comment
rec {
  options = { web : Web; list = [ 1 2.5 "x\n${path}" (x: x) ]; };
  a."b c".${text} = if a == b then c ++ [ ] else let d = 1; in d |> f;
}
"#;

/// Pieces that mean something to the lexer.
const PIECES: &[&str] = &[
    "a",
    "B",
    "type",
    "or",
    "rec",
    "let",
    "in",
    "if",
    "then",
    "else",
    "with",
    "assert",
    "inherit",
    "options",
    "1",
    "1.5",
    "..",
    "...",
    ".",
    ";",
    ":",
    ",",
    "=",
    "==",
    "?",
    "@",
    "|",
    "||",
    "|>",
    "<|",
    "&&",
    "->",
    "//",
    "++",
    "+",
    "-",
    "*",
    "/",
    "!",
    "<",
    ">",
    "<=",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "''",
    "${",
    "$",
    "'",
    "\\",
    "/*",
    "*/",
    "#",
    "/**",
    "\n",
    "\r\n",
    " ",
    "  ",
    "./a",
    "a/b",
    "~/a",
    "<a>",
    "a:b",
    "é",
    "\u{a0}",
    "Int(1..2)",
    "String(/a/)",
    "String(/",
    "String(",
    "_",
    "''${",
    "''\\",
    "$${",
    "\u{0}",
];

fn check(text: &str) -> Parsed {
    let parsed = parse(text, BASE);
    let end = BASE + text.len() as u32;
    let mut at = BASE;
    for token in &parsed.tokens {
        assert!(token.span.lo >= at && token.span.hi <= end && token.span.lo <= token.span.hi, "{token:?}");
        assert!(
            text.is_char_boundary((token.span.lo - BASE) as usize)
                && text.is_char_boundary((token.span.hi - BASE) as usize)
        );
        at = token.span.hi;
    }
    for piece in &parsed.trivia.pieces {
        inside(piece.span, end);
    }
    assert!(parsed.trivia.pieces.is_sorted_by_key(|piece| (piece.before, piece.span)));
    assert!(parsed.diagnostics.is_sorted_by_key(|diagnostic| diagnostic.primary.span));
    for diagnostic in &parsed.diagnostics {
        let places = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
        for place in places {
            inside(place.span, end);
            assert!(text.is_char_boundary((place.span.lo - BASE) as usize), "{diagnostic:?}");
        }
        assert!(!diagnostic.message.ends_with('.') || diagnostic.message.ends_with("..."), "{}", diagnostic.message);
    }
    spans(&parsed.root, end);
    sexpr(&parsed.root);
    // A tree has a hole exactly where something was reported.
    assert!(!parsed.diagnostics.is_empty() || !sexpr(&parsed.root).contains("(error"), "{text}");
    parsed
}

fn inside(span: Span, end: u32) {
    assert!(span.lo >= BASE && span.lo <= span.hi && span.hi <= end, "{span:?} of {BASE}..{end}");
}

/// Every node's span is in the text, and holds its children's where the tree follows the text.
fn spans(expr: &Expr, end: u32) {
    inside(expr.span, end);
    let children: Vec<&Expr> = match &expr.kind {
        ExprKind::List(parts) | ExprKind::Error(parts) => parts.iter().collect(),
        ExprKind::Str(parts) | ExprKind::Path(parts) => parts
            .iter()
            .filter_map(|part| match part {
                StrPart::Interpolation(inner) => Some(inner),
                StrPart::Text(_) => None,
            })
            .collect(),
        ExprKind::Apply { function, arguments } => std::iter::once(&**function).chain(arguments).collect(),
        ExprKind::Binary { left, right, .. } => vec![left, right],
        ExprKind::Unary { operand: inner, .. } | ExprKind::Paren(inner) => vec![inner],
        ExprKind::If { condition, then, otherwise } => vec![condition, then, otherwise],
        ExprKind::With { scope: first, body } | ExprKind::Assert { condition: first, body } => vec![first, body],
        ExprKind::Lambda(lambda) => vec![&lambda.body],
        ExprKind::Attrs(set) => values(&set.entries),
        ExprKind::LegacyLet(entries) => values(entries),
        ExprKind::Let { entries, body } => values(entries).into_iter().chain([&**body]).collect(),
        ExprKind::Select { subject, .. } | ExprKind::HasAttr { subject, .. } => vec![subject],
        _ => Vec::new(),
    };
    for child in children {
        spans(child, end);
        let holds = expr.span.lo <= child.span.lo && child.span.hi <= expr.span.hi;
        assert!(holds, "{:?} does not hold {:?}: {}", expr.span, child.span, sexpr(expr));
    }
}

fn values(entries: &[Entry]) -> Vec<&Expr> {
    let mut values = Vec::new();
    for entry in entries {
        match entry {
            Entry::Bind(binding) => {
                values.push(&binding.value);
                values.extend(binding.path.iter().filter_map(|name| match &name.kind {
                    AttrNameKind::Dynamic(inner) => Some(&**inner),
                    AttrNameKind::Fixed(_) => None,
                }));
            }
            Entry::Inherit(inherit) => values.extend(&inherit.from),
            Entry::Error(parts) => values.extend(parts),
            _ => {}
        }
    }
    values
}

#[test]
fn the_sample_is_fine() {
    assert!(check(SAMPLE).diagnostics.is_empty(), "{:#?}", check(SAMPLE).diagnostics);
}

/// Every prefix of a file is what an editor shows while it is written.
#[test]
fn every_prefix_is_read() {
    for (at, _) in SAMPLE.char_indices() {
        check(&SAMPLE[..at]);
    }
}

/// Without any one of its tokens the sample still gives a tree, and never a flood of reports.
#[test]
fn every_missing_token_is_read() {
    for token in parse(SAMPLE, 0).tokens {
        let (lo, hi) = (token.span.lo as usize, token.span.hi as usize);
        let text = format!("{}{}", &SAMPLE[..lo], &SAMPLE[hi..]);
        let parsed = check(&text);
        assert!(parsed.diagnostics.len() <= 12, "without {:?}: {:#?}", &SAMPLE[lo..hi], parsed.diagnostics);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_soup_of_words_is_read(words in prop::collection::vec((prop::sample::select(PIECES), any::<bool>()), 0..60)) {
        let text: String = words.iter().map(|(word, blank)| if *blank { format!("{word} ") } else { (*word).to_owned() }).collect();
        check(&text);
    }

    #[test]
    fn any_text_is_read(text in "\\PC*") {
        check(&text);
    }

    #[test]
    fn any_edit_is_read(at in 0..SAMPLE.len(), length in 0..40usize, word in prop::sample::select(PIECES)) {
        let at = (0..=at).rev().find(|&at| SAMPLE.is_char_boundary(at)).unwrap_or(0);
        let end = (at + length).min(SAMPLE.len());
        let text = format!("{}{word}{}", &SAMPLE[..at], &SAMPLE[end..]);
        check(&text);
    }
}
