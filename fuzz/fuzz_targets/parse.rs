//! Whatever the text, it becomes a tree, and all that is said of it points into it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nxk::source::Span;
use nxk::syntax::{parse, printer};
use nxk::term::{Annotations, Globals, desugar};

/// Texts do not start at position 0, which is no place.
const BASE: u32 = 1;

fuzz_target!(|text: &str| {
    let parsed = parse(text, BASE);
    let end = BASE + text.len() as u32;
    let check = |span: Span, what: &str| {
        assert!(span.is_none() || (BASE <= span.lo && span.hi <= end), "{what} lies outside of the text: {span:?}");
        let bounds = [span.lo, span.hi].map(|position| position.saturating_sub(BASE) as usize);
        assert!(bounds.iter().all(|&at| text.is_char_boundary(at)), "{what} cuts a character: {span:?}");
    };

    let mut last = BASE;
    for token in &parsed.tokens {
        check(token.span, "a token");
        assert!(last <= token.span.lo, "the tokens are out of order at {:?}", token.span);
        last = token.span.hi;
    }
    parsed.trivia.pieces.iter().for_each(|piece| check(piece.span, "trivia"));

    let desugared = desugar(&parsed.root, &Globals::default(), Annotations::Held);
    for finding in parsed.diagnostics.iter().chain(&desugared.diagnostics) {
        check(finding.primary.span, "a finding");
        finding.secondary.iter().for_each(|label| check(label.span, "a label"));
        assert!(!finding.message.is_empty(), "{finding:?}");
    }

    // Showing a tree walks all of it.
    assert!(!printer::sexpr(&parsed.root).is_empty());
});
