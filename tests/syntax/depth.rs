//! A hundred thousand levels of anything end in one diagnostic, on a test's small stack.

use nxk::diag::Code;
use nxk::syntax::parse;

use super::BASE;

const LEVELS: usize = 100_000;

/// An opening that is repeated, what is innermost, and a closing that is repeated.
const KINDS: &[(&str, &str, &str)] = &[
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("[ ", "", " ]"),
    ("{ a = ", "1", "; }"),
    ("rec { a = ", "1", "; }"),
    ("{ a = [ (", "1", ") ]; }"),
    ("\"${", "1", "}\""),
    ("''${", "1", "}''"),
    ("./a${", "1", "}"),
    ("!", "a", ""),
    ("-", "a", ""),
    ("- !", "a", ""),
    ("a: ", "a", ""),
    ("{ a }: ", "a", ""),
    ("{ a ? ", "1", " }: a"),
    ("a@{ b }: ", "a", ""),
    ("if a then ", "b", " else c"),
    ("if a then b else ", "c", ""),
    ("if ", "a", " then b else c"),
    ("with a; ", "b", ""),
    ("with ", "a", "; b"),
    ("assert a; ", "b", ""),
    ("let a = 1; in ", "b", ""),
    ("let a = ", "1", "; in a"),
    ("let { body = ", "1", "; }"),
    ("1 + ", "1", ""),
    ("1 * 1 + ", "1", ""),
    ("a // ", "a", ""),
    ("a ++ ", "a", ""),
    ("a -> ", "a", ""),
    ("a && ", "a", ""),
    ("a |> ", "a", ""),
    ("a <| ", "a", ""),
    ("x.${", "a", "}"),
    ("x.a or ", "x", ""),
    ("x ? a or ", "x", ""),
    ("a", "", " ? b"),
    ("f (", "x", ")"),
    ("{ inherit (", "x", ") a; }"),
    ("{ ${", "a", "} = 1; }"),
    ("{ a : ", "Int", "; }"),
    ("[ { a : [", "Int", "]; } ]"),
];

/// The same for types.
const TYPES: &[(&str, &str, &str)] = &[
    ("[", "Int", "]"),
    ("(", "Int", ")"),
    ("{ a : ", "Int", "; }"),
    ("{ _ : ", "Int", " }"),
    ("A -> ", "Int", ""),
    ("F (", "Int", ")"),
    ("{ a : Int = ", "1", "; }"),
];

fn deep(prefix: &str, (open, inner, close): (&str, &str, &str), suffix: &str) -> String {
    format!("{prefix}{}{inner}{}{suffix}", open.repeat(LEVELS), close.repeat(LEVELS))
}

/// One report, of the depth: what is too deep is not read, so nothing else can be wrong with it.
fn check(text: &str, what: &str) {
    let parsed = parse(text, BASE);
    let too_deep = parsed.diagnostics.iter().filter(|diagnostic| diagnostic.code == Code::NestingTooDeep).count();
    assert_eq!(too_deep, 1, "{what}: {:?}", &parsed.diagnostics[..parsed.diagnostics.len().min(3)]);
    assert_eq!(parsed.diagnostics.len(), 1, "{what}: {:?}", &parsed.diagnostics[..parsed.diagnostics.len().min(3)]);
}

#[test]
fn deep_expressions_end_in_one_diagnostic() {
    for kind in KINDS {
        check(&deep("", *kind, ""), kind.0);
        check(&deep("{ z = ", *kind, "; }"), kind.0);
    }
}

#[test]
fn deep_types_end_in_one_diagnostic() {
    for kind in TYPES {
        check(&deep("{ z : ", *kind, " = 1; }"), kind.0);
        check(&deep("let type Z = ", *kind, "; in 1"), kind.0);
        check(&deep("{ z : ", *kind, " ? 1 }: z"), kind.0);
    }
}

/// Without their closers the openers are reported one by one; what counts is that it ends, and soon.
#[test]
fn deep_unclosed_input_ends() {
    for (open, _, _) in KINDS.iter().chain(TYPES).filter(|(open, _, _)| *open != "a") {
        let parsed = parse(&open.repeat(LEVELS), BASE);
        assert!(!parsed.diagnostics.is_empty(), "{open}");
        parse(&format!("{{ z : {} = 1; }}", open.repeat(LEVELS)), BASE);
    }
    for closer in [")", "]", "}", " in ", ";", ",", "else ", "= ", ": ", "? "] {
        assert!(!parse(&closer.repeat(LEVELS), BASE).diagnostics.is_empty(), "{closer}");
    }
}

/// Where every repetition is a mistake, or could be one, the work stays in proportion: anything quadratic
/// would be noticed here.
#[test]
fn long_broken_input_ends() {
    for piece in [
        "String(/[/)",
        "String(/[/)] ",
        "String(/a ",
        "Int(1.. ",
        "type ",
        "type\n",
        "inherit ",
        "inherit a, ",
        "a = 1 b = 2\n",
        "a : b\n",
        "a.b ",
        "a = 1\n",
        "a = [ 1\n",
        "a,",
        "a: 1, ",
        "\"a\": [",
        "1 == ",
        "if a then ",
        "a b c = ",
        "let a = ",
        "\"a\n",
        "\"${",
        "''",
        "/* ",
        "/** */",
        "<a",
        "a+",
        "a:",
        "é",
        ") ",
        "in ",
        "}\n",
        "{\n",
        "with a ",
        "? ",
        "@ ",
        "a@ ",
        "{ a }@",
    ] {
        let many = piece.repeat(LEVELS / 5);
        for text in [format!("{{ z = {many} }}"), format!("{{ {many} z = 1; }}"), format!("[ {many} ]"), many] {
            parse(&text, BASE);
        }
    }
}

/// What is long but not deep has no cap.
#[test]
fn long_flat_input_is_fine() {
    let many = |one: &str| one.repeat(20_000);
    for text in [
        format!("[ {} ]", many("1 ")),
        format!("[ {} ]", many("a.b or c ")),
        format!("{{ {} }}", many("a = b.c or d; ")),
        format!("{{ {} }}", many("a = with b; c; ")),
        format!("f {}", many("a ")),
        format!("a.b{}", many(".c")),
        format!("\"{}\"", many("x ${a} ")),
        format!("{{ {} ... }}: a", many("a ? 1, ")),
        format!("let type A = {} B; in 1", many("\"a\" | ")),
        format!("{{ inherit (a) {}; }}", many("b ")),
        many("# comment\n") + "1",
    ] {
        let parsed = parse(&text, BASE);
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics.first());
    }
}

/// Below the cap everything is an ordinary tree, and small stacks hold it.
#[test]
fn nesting_up_to_the_cap_is_fine() {
    for (open, inner, close) in KINDS {
        let text = format!("{}{inner}{}", open.repeat(150), close.repeat(150));
        let parsed = parse(&text, BASE);
        let deep = parsed.diagnostics.iter().any(|diagnostic| diagnostic.code == Code::NestingTooDeep);
        assert!(!deep, "{open}: {:?}", parsed.diagnostics);
    }
}
