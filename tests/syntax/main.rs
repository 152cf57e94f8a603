//! The parser from the outside: trees, diagnostics, hostile input, properties, and the written grammar.

mod depth;
mod grammar;
mod properties;
mod recovery;
mod trees;

use nxk::syntax::{Parsed, parse, printer::sexpr};

/// Where the texts of the tests begin in the numbering of positions.
const BASE: u32 = 100;

/// The tree of a text without mistakes.
fn tree(text: &str) -> String {
    let parsed = parse(text, BASE);
    assert!(parsed.diagnostics.is_empty(), "{text}\n{:#?}", complaints(text, &parsed));
    sexpr(&parsed.root)
}

/// The diagnostics as `E0101 1:2 message`.
fn complaints(text: &str, parsed: &Parsed) -> Vec<String> {
    let place = |position: u32| {
        let before = &text[..(position - BASE) as usize];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        format!("{}:{}", before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    };
    let diagnostics = parsed.diagnostics.iter();
    diagnostics.map(|d| format!("{} {} {}", d.code.as_str(), place(d.primary.span.lo), d.message)).collect()
}
