//! Pure Nix syntax, judged by Nix itself: what `nix-instantiate --parse` takes, the parser takes, and
//! what it refuses, the parser refuses; strings have the values that Nix gives them.
//!
//! Nix resolves names and finds double definitions in the same step; that is a later floor's work here,
//! so those complaints count as taken.

use std::process::Command;

use nxk::diag::Code;
use nxk::syntax::ast::{BinaryOp, Expr, ExprKind, StrPart, UnaryOp};
use nxk::syntax::{parse, printer::sexpr};

/// Runs Nix on an expression: what it prints, or its complaint. `None`: it is not installed.
fn nix(mode: &[&str], expression: &str) -> Option<Result<String, String>> {
    // The blank keeps a leading `-` from being taken for an option.
    let expression = format!(" {expression}");
    let output = Command::new("nix-instantiate")
        .args(mode)
        .args(["--expr", &expression])
        .env("NIX_STATE_DIR", std::env::temp_dir())
        .env("NIX_STORE_DIR", "/nix/store")
        .output()
        .ok()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    Some(if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) })
}

fn installed() -> bool {
    let installed = nix(&["--parse"], "1").is_some();
    if !installed {
        println!("not run: nix-instantiate is not installed");
    }
    installed
}

/// Why Nix's grammar refuses a snippet, if it does.
fn refusal(snippet: &str) -> Option<String> {
    let complaint = nix(&["--parse"], snippet)?.err()?;
    let later = ["undefined variable", "already defined", "dynamic attributes not allowed", "duplicate formal"];
    (!later.iter().any(|words| complaint.contains(words))).then_some(complaint)
}

/// What Nix has and the language leaves out, each with an error of its own.
const LEFT_OUT: [Code; 3] = [Code::UrlLiteral, Code::SearchPath, Code::HomePath];

/// Our first complaint about a snippet.
fn complaint(snippet: &str) -> Option<String> {
    let mut parsed = parse(snippet, 1);
    parsed.diagnostics.retain(|diagnostic| !LEFT_OUT.contains(&diagnostic.code));
    parsed.diagnostics.into_iter().next().map(|diagnostic| diagnostic.message)
}

#[test]
fn accepts_and_refuses_what_nix_does() {
    if !installed() {
        return;
    }
    let snippets: Vec<String> = SNIPPETS.iter().map(|snippet| (*snippet).to_owned()).chain(combinations()).collect();
    let (refused, taken): (Vec<_>, Vec<_>) = snippets.iter().partition(|snippet| complaint(snippet).is_some());
    let mut wrong = Vec::new();
    for snippet in refused {
        if refusal(snippet).is_none() {
            wrong.push(format!("Nix takes {snippet:?}, here: {}", complaint(snippet).unwrap_or_default()));
        }
    }
    // Many at once as long as nothing is wrong with any: starting Nix takes longer than reading.
    for chunk in taken.chunks(100) {
        let list: String = chunk.iter().map(|snippet| format!("({snippet}\n)")).collect();
        if nix(&["--parse"], &format!("with {{ }}; [ {list} ]")).is_some_and(|judged| judged.is_ok()) {
            continue;
        }
        for snippet in chunk {
            if let Some(why) = refusal(snippet) {
                let why = why.lines().next().unwrap_or_default().to_owned();
                wrong.push(format!("Nix refuses {snippet:?}: {why}; here: {}", sexpr(&parse(snippet, 1).root)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn strings_have_the_values_that_nix_gives_them() {
    if !installed() {
        return;
    }
    let snippets: Vec<String> = STRINGS.iter().map(|snippet| (*snippet).to_owned()).chain(indented_strings()).collect();
    let ours: Vec<String> = snippets.iter().map(|snippet| string_value(&parse(snippet, 1).root)).collect();
    let list = format!("let x = \"@\"; in [ {} ]", snippets.join(" "));
    let theirs = nix(&["--eval", "--strict", "--json"], &list).expect("it is installed").expect("all are strings");
    let theirs: Vec<String> = serde_json::from_str(&theirs).expect("Nix writes JSON");
    assert_eq!(ours.len(), theirs.len());
    for ((snippet, ours), theirs) in snippets.iter().zip(ours).zip(theirs) {
        assert_eq!(ours, theirs, "{snippet:?}");
    }
}

/// The value of a string where `x` is `@`.
fn string_value(expr: &Expr) -> String {
    let ExprKind::Str(parts) = &expr.kind else { panic!("not a string: {}", sexpr(expr)) };
    let part = |part: &StrPart| match part {
        StrPart::Text(text) => text.to_string(),
        // Every interpolation is `${x}`.
        StrPart::Interpolation(_) => "@".to_owned(),
    };
    parts.iter().map(part).collect()
}

#[test]
fn operators_bind_as_in_nix() {
    if !installed() {
        return;
    }
    let operators = ["==", "!=", "<", "<=", ">", ">=", "&&", "||", "->", "//", "++", "+", "-", "*", "/", "? a.b", "or"];
    let mut snippets = Vec::new();
    for first in operators {
        for second in operators {
            for prefix in ["", "!", "-", "! -", "- !"] {
                let infix = |operator: &str| match operator {
                    "? a.b" => "? a.b &&".to_owned(),
                    "or" => ".b or".to_owned(),
                    other => other.to_owned(),
                };
                let (first, second) = (infix(first), infix(second));
                snippets.push(format!("{prefix} a {first} b {second} f c"));
                snippets.push(format!("a {first} {prefix} b {second} c"));
                snippets.push(format!("a {first} b {second} {prefix} c {first} d"));
            }
        }
    }
    snippets.retain(|snippet| complaint(snippet).is_none());
    assert!(snippets.len() > 2_000, "{}", snippets.len());
    for chunk in snippets.chunks(500) {
        let list: String = chunk.iter().map(|snippet| format!("({snippet}) ")).collect();
        let theirs = nix(&["--parse"], &format!("with {{ }}; [ {list}]")).expect("it is installed");
        let ours: String = chunk.iter().map(|snippet| format!("({}) ", nix_form(&parse(snippet, 1).root))).collect();
        assert_eq!(format!("(with {{ }}; [ {ours}])"), theirs.expect("all are expressions"));
    }
}

/// An expression of names and operators as Nix prints it: arithmetic and order are calls there.
fn nix_form(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Var(name) => name.to_string(),
        ExprKind::Unary { op: UnaryOp::Not, operand } => format!("(! {})", nix_form(operand)),
        ExprKind::Unary { op: UnaryOp::Negate, operand } => format!("(__sub 0 {})", nix_form(operand)),
        ExprKind::Apply { function, arguments } => {
            let parts: Vec<String> = std::iter::once(&**function).chain(arguments).map(nix_form).collect();
            format!("({})", parts.join(" "))
        }
        ExprKind::HasAttr { subject, .. } => format!("(({}) ? a.b)", nix_form(subject)),
        ExprKind::Select { subject, default, .. } => {
            let default = default.as_ref().map_or(String::new(), |default| format!(" or ({})", nix_form(default)));
            format!("({}).b{default}", nix_form(subject))
        }
        ExprKind::Binary { op, left, right, .. } => {
            let (left, right) = (nix_form(left), nix_form(right));
            match op {
                BinaryOp::Subtract => format!("(__sub {left} {right})"),
                BinaryOp::Multiply => format!("(__mul {left} {right})"),
                BinaryOp::Divide => format!("(__div {left} {right})"),
                BinaryOp::Less => format!("(__lessThan {left} {right})"),
                BinaryOp::Greater => format!("(__lessThan {right} {left})"),
                BinaryOp::LessEqual => format!("(! (__lessThan {right} {left}))"),
                BinaryOp::GreaterEqual => format!("(! (__lessThan {left} {right}))"),
                other => format!("({left} {} {right})", spelled(*other)),
            }
        }
        _ => panic!("not of names and operators: {}", sexpr(expr)),
    }
}

fn spelled(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Concat => "++",
        BinaryOp::Update => "//",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::And => "&&",
        BinaryOp::Or => "||",
        BinaryOp::Implies => "->",
        _ => panic!("printed as a call"),
    }
}

/// Indented strings made of all short sequences of the pieces that matter.
fn indented_strings() -> Vec<String> {
    let pieces = ["a", " ", "  ", "\n", "\t", "'", "$", "'''", "''$", "''\\n", "${x}", "''\\ ", "\r\n"];
    let mut snippets = Vec::new();
    // A plain pseudo-random walk: the same snippets in every run.
    let mut state = 12345u64;
    for _ in 0..400 {
        let mut body = String::new();
        for _ in 0..(4 + state % 8) {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            body.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        // What ends the string early would make another snippet of it.
        let snippet = format!("''{body}''");
        let parsed = parse(&snippet, 1);
        if parsed.diagnostics.is_empty() && matches!(parsed.root.kind, ExprKind::Str(_)) {
            snippets.push(snippet);
        }
    }
    snippets
}

/// All pairs of operators, and all pairs of heads and places.
fn combinations() -> Vec<String> {
    let operators = ["==", "!=", "<", "<=", ">", ">=", "&&", "||", "->", "//", "++", "+", "-", "*", "/", "?", " "];
    let mut snippets = Vec::new();
    for first in operators {
        for second in operators {
            snippets.push(format!("a: b: c: a {first} b {second} c"));
        }
        snippets.push(format!("a: b: !a {first} !b"));
        snippets.push(format!("a: b: -a {first} -b"));
        snippets.push(format!("a: b: a {first} (-b)"));
        snippets.push(format!("a: b: a {first} x: x"));
        snippets.push(format!("a: b: a {first} if a then b else b"));
        snippets.push(format!("a: b: a {first} let c = 1; in c"));
        snippets.push(format!("a: b: a {first} a.b or b"));
    }
    for head in [
        "x: ",
        "{ }: ",
        "{ x ? 1, ... }@y: ",
        "y@{ x }: ",
        "with { }; ",
        "assert true; ",
        "let y = 1; in ",
        "if true then 1 else ",
        "rec ",
    ] {
        for place in [
            "_1",
            "[ _1 ]",
            "(_1)",
            "{ a = _1; }",
            "{ a = _1 }",
            "f: f _1",
            "f: f (_1)",
            "\"${_1}\"",
            "1 + _1",
            "!_1",
            "-_1",
            "_1.a",
            "(_1).a or _1",
        ] {
            snippets.push(place.replace("_1", &format!("{head}1")));
            snippets.push(place.replace("_1", &format!("{head}{{ }}")));
        }
    }
    snippets
}

const STRINGS: &[&str] = &[
    r#""""#,
    r#""a""#,
    r#""a\nb\tc\rd""#,
    r#""\"\\\$\x""#,
    r#""$""#,
    r#""$$""#,
    r#""$${x}""#,
    r#""$$${x}""#,
    r#""\${x}""#,
    r#""$\{true}""#,
    r#""a${x}b""#,
    r#""${x}b${x}""#,
    "\"a\r\nb\rc\nd\"",
    "\"a\\\r\nb\"",
    r#""''""#,
    r#""'${x}'""#,
    "''''",
    "'' ''",
    "''\n''",
    "''\n  ''",
    "'' a''",
    "''\n  a\n    b\n''",
    "''\n  a\n    b\n  ''",
    "''\n  a\n\n    b\n  c''",
    "''\n  a\n \n    b\n  c''",
    "''\n\ta\n\t\tb\n''",
    "''\n  ${x}\n    a\n''",
    "''  ${x}  ''",
    "''a\n  ${x} b\n  c''",
    "''$''",
    "''$$''",
    "''$${x}''",
    "''''${x}''",
    "'''''${x}''",
    "''\n  ''${x}\n  ''",
    "''\n  ''\\n a\n  b''",
    "''\n  ''\\t\n  b''",
    "''\n  '''a\n  b''",
    "''\r\n  a\r\n  b\r\n''",
    "''\n  a\r\n  b''",
    "''a'b''",
    "''a''\\\\b''",
    "''\n    a\n  b\n      ''",
    "''   \n   a\n   ''",
    "''x\n   a\n   ''",
    "''\n  a ${x}\n b\n''",
    "''é\n  ü''",
    "''${x}${x}\n ''",
];

const SNIPPETS: &[&str] = &[
    "",
    " ",
    "# only a comment",
    "/* c */",
    "1",
    "01",
    "1.",
    "1.5",
    ".5",
    "0.5",
    "01.5",
    "1e5",
    "1.e5",
    "1.5e-3",
    "1.5E+3",
    ".5e3",
    "1..5",
    "1.5.5",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "0x10",
    "1a",
    "1_000",
    "a1",
    "a'b",
    "a-b",
    "a'-",
    "_",
    "_a",
    "'a",
    "-a",
    "- -a",
    "--a",
    "!a",
    "!!a",
    "!-a",
    "-!a",
    "a-1",
    "a - 1",
    "a -1",
    "f -1",
    "[ -1 ]",
    "[ (-1) ]",
    "[ !a ]",
    "[ 1 2 3 ]",
    "[1,2]",
    "[ a.b or c d ]",
    "[ a: b ]",
    "[ (a: b) ]",
    "[ if a then b else c ]",
    "[ let a = 1; in a ]",
    "[ { } [ ] ]",
    "[ rec { } ]",
    "[ let { body = 1; } ]",
    "[ a or b ]",
    "[ a ? b ]",
    "{}",
    "{ }",
    "{ ; }",
    "{ a = 1; }",
    "{ a = 1 }",
    "{ a = 1; b = 2 }",
    "{ a = 1; ; }",
    "{ a = ; }",
    "{ a; }",
    "{ a }",
    "{ a = 1;; b = 2; }",
    "{ = 1; }",
    "{ a.b = 1; }",
    "{ a.b.c = 1; a.b.d = 2; }",
    "{ a. = 1; }",
    "{ .a = 1; }",
    "{ \"a\" = 1; }",
    "{ \"a b\".c = 1; }",
    "{ ${\"a\"} = 1; }",
    "a: { ${a} = 1; }",
    "{ ''a'' = 1; }",
    "a: a.''b''",
    "a: a.\"b\"",
    "a: a.\"b${a}\"",
    "a: a.${a}",
    "a: a.${a}.b",
    "a: a.b.\"c\".d",
    "a: a.1",
    "a: a.b.",
    "a: .b",
    "{ a = 1, b = 2; }",
    "{ a == 1; }",
    "{ 1 = 2; }",
    "{ if = 1; }",
    "{ or = 1; }",
    "{ or = 1; }.or",
    "{ a.or = 1; }.a.or",
    "{ inherit or; }",
    "{ inherit ({ }) or a; }",
    "{ inherit; }",
    "{ inherit a; }",
    "{ inherit a b; }",
    "{ inherit a, b; }",
    "{ inherit (a) b; }",
    "{ inherit (a); }",
    "{ inherit (a) \"b\" ${\"c\"}; }",
    "{ inherit a.b; }",
    "{ inherit (a) b.c; }",
    "{ inherit a }",
    "{ inherit (a) (b); }",
    "{ inherit \"a\"; }",
    "{ inherit \"a${b}\"; }",
    "{ inherit 1; }",
    "{ a = 1; inherit b; }",
    "{ inherit a = 1; }",
    "rec { }",
    "rec { a = 1; b = a; }",
    "rec",
    "rec 1",
    "rec a: a",
    "rec { }.a",
    "a: a rec { }",
    "a: rec a",
    "rec rec { }",
    "{ rec = 1; }",
    "let in 1",
    "let a = 1; in a",
    "let a = 1 in a",
    "let a = 1; b = a; in b",
    "let a = 1;",
    "let",
    "let in",
    "let a in a",
    "let inherit ({ }) a; in a",
    "let a.b = 1; in a",
    "let ${\"a\"} = 1; in a",
    "let { }",
    "let { body = 1; }",
    "let { body = 1; }.body",
    "let { body = 1 }",
    "let { a = 1; } in a",
    "let { a }: a",
    "in 1",
    "let a = 1; in in a",
    "let let a = 1; in a",
    "let x = let y = 1; in y; in x",
    "let x = with { }; 1; in x",
    "let x = assert true; 1; in x",
    "let f = a: b: a; in f",
    "let f = { a }: a; g = 1; in f",
    "with { }; 1",
    "with { } 1",
    "with { }",
    "with; 1",
    "with 1; with 2; 3",
    "assert true; 1",
    "assert 1",
    "assert true; assert false; 1",
    "{ a = with { }; 1; b = 2; }",
    "{ a = with { } 1; b = 2; }",
    "with { }: 1",
    "(with { }; 1) + 1",
    "1 + with { }; 1",
    "with { }; a: a",
    "with a: a; 1",
    "assert a: a; 1",
    "with if 1 then 2 else 3; 4",
    "if 1 then 2 else 3",
    "if 1 then 2",
    "if 1 else 3",
    "if then else",
    "if 1 then 2 else if 3 then 4 else 5",
    "if if 1 then 2 else 3 then 4 else 5",
    "(if 1 then 2 else 3) + 1",
    "if 1 then 2 else 3 + 1",
    "if a: a then b: b else c: c",
    "if 1 then 2 else 3 else 4",
    "then 1",
    "else 1",
    "if 1 then if 2 then 3 else 4",
    "if (1) then(2)else(3)",
    "if 1then 2else 3",
    "a: a",
    "a : a",
    "a:a",
    "a: b: c: a",
    "{ }: 1",
    "{ a }: a",
    "{ a, b }: a",
    "{ a, b, }: a",
    "{ , }: 1",
    "{ a,, b }: a",
    "{ ... }: 1",
    "{ a, ... }: a",
    "{ ..., a }: a",
    "{ a, ..., }: a",
    "{ a ... }: a",
    "{ a b }: a",
    "{ a; b }: a",
    "{ a ? 1 }: a",
    "{ a ? 1, b ? 2 }: a",
    "{ a ? }: a",
    "{ a ? b ? c }: a",
    "{ a ? b: b }: a",
    "{ a ? { } }: a",
    "{ a = 1 }: a",
    "{ a.b }: a",
    "{ \"a\" }: a",
    "{ or }: 1",
    "{ a ? if 1 then 2 else 3, b }: a",
    "{ a }@b: a",
    "{ a } @ b : a",
    "b@{ a }: a",
    "b @ { a } : a",
    "a@b: a",
    "{ a }@{ b }: a",
    "{ }@{ }: 1",
    "@a: a",
    "a@: a",
    "{ a }@: a",
    "b@{ a }@c: a",
    "{ a } a",
    "{ a }",
    "{ a, b }",
    "{ a ? 1 }",
    "a: { b }: c@{ d }: a",
    "{ a }: { b }: a b",
    "1: 2",
    "\"a\": 1",
    "(a): a",
    "a.b: a",
    "a: : a",
    "{ x = 1; }: x",
    "or: 1",
    "a or: 1",
    "if: 1",
    "f: f 1 2 3",
    "f: f f f",
    "f: f { } [ ] \"a\" ''b'' ./c (1) 1.5 rec { }",
    "f: f a: a",
    "f: f (a: a)",
    "f: f let a = 1; in a",
    "f: f if 1 then 2 else 3",
    "f: f.a f.b or f.c f",
    "(a: a) 1",
    "{ } { }",
    "1 2",
    "\"a\" \"b\"",
    "f: f ./a ./b",
    "a: a.b or 1",
    "a: a.b or a.c or 1",
    "a: a.b or a c",
    "a: a.b or (a c)",
    "a: a or",
    "a: a or 1",
    "a: a or 1 2",
    "a: map or [ ]",
    "a: a.b or or",
    "a: a.b or c or d",
    "a: (a.b or) 1",
    "or",
    "or 1",
    "a: a.or",
    "a: a.b.or or 1",
    "a: a.or or 1",
    "a: a.b or",
    "a: a.b or -1",
    "a: a.b or !a",
    "a: a.b or { }",
    "a: a.b or rec { }",
    "a: a.b or let { body = 1; }",
    "a: a.b or { }.c",
    "a: a ? b",
    "a: a ? b.c",
    "a: a ? \"b\"",
    "a: a ? ${a}",
    "a: a ? b or c",
    "a: a ? (b)",
    "a: a ? 1",
    "a: a ?b",
    "a: a?b",
    "a: !a ? b",
    "a: a ? b && a ? c",
    "a: a.b ? c",
    "a: a b ? c",
    "a: { } ? b",
    "a: a ? b ? c",
    "a: a ? ",
    "a: ? b",
    "a: a ? or",
    "./a",
    "../a",
    "a/b",
    "a/b/c",
    "/a",
    "/a/b",
    "./a/b.c",
    "./.",
    "./..",
    "..",
    ".",
    "./",
    "a/",
    "a/ b",
    "a /b",
    "a / b",
    "/",
    "//",
    "a//b",
    "a: b: a//b",
    "a: b: a //b",
    "a: b: a// b",
    "./a//b",
    "1/2",
    "1 / 2",
    "a.b/c",
    "-a/b",
    "+a/b",
    "a+b/c",
    "./a/",
    "/a/",
    "./a${\"b\"}",
    "./a/${\"b\"}",
    "./${\"a\"}",
    "a/${\"b\"}",
    "a/${\"b\"}c",
    "a/${\"b\"}/c",
    "a/${\"b\"}/",
    "a/b${\"c\"}${\"d\"}",
    "/${\"a\"}",
    "a${\"b\"}",
    "./a/${\"b\"} 1",
    "[ ./a/${\"b\"} ./c ]",
    "~/a",
    "~/${\"a\"}",
    "~a",
    "~",
    "./a/${\"b\"",
    "./a/${}",
    "./a.b-c+d_e",
    "./a~b",
    "./a b",
    "./a'b",
    ".../a",
    "a/b:c",
    "a/../b",
    "<a>",
    "<a/b>",
    "<a/>",
    "< a >",
    "<a b>",
    "<>",
    "<a.b/c-d>",
    "a: b: a<b",
    "a: b: a<b>a",
    "a: b: c: a <b> c",
    "</a>",
    "<a//b>",
    "a:b",
    "http://a.b/c?d=e",
    "x:x",
    "x:1",
    "x:-1",
    "x:'a'",
    "x:\"a\"",
    "x:[1]",
    "x:{}",
    "x:(1)",
    "mailto:a@b",
    "a.b:c",
    "a+b:c",
    "a_b:c",
    "1:b",
    "a:;",
    "{ a = b:c; }",
    "a::b",
    "a:$b",
    "x:x:x",
    "x: y:y",
    "\"",
    "\"a",
    "''",
    "''a",
    "\"${",
    "\"${\"",
    "\"${}\"",
    "\"${1}\"",
    "\"${\"a\"}\"",
    "\"${\"${\"a\"}\"}\"",
    "\"${{ a = 1; }.a}\"",
    "\"}\"",
    "\"{\"",
    "\"$\"",
    "''${1}''",
    "''${''a''}''",
    "''${\"a\"}''",
    "''\"''",
    "\"''\"",
    "\"\\\"",
    "\"\\\\\"",
    "\"a\nb\"",
    "${1}",
    "${",
    "$",
    "a: ${a}",
    "\"${1\"",
    "\"${1} ${2}\"",
    "\"a\"b\"",
    "''a'''",
    "'''",
    "'' '' ''",
    "(",
    ")",
    "()",
    "(1",
    "1)",
    "((1))",
    "[",
    "]",
    "[ ]",
    "[",
    "[ 1",
    "1 ]",
    "{",
    "}",
    "{ a = 1;",
    "a = 1; }",
    "( ]",
    "[ )",
    "{ )",
    "([)]",
    "(1 2)",
    "(1; 2)",
    "(1, 2)",
    "( a: a )",
    "1 +",
    "+ 1",
    "1 + + 1",
    "1 ++ 2",
    "1 + - 1",
    "1 * -1",
    "1 - -1",
    "1--1",
    "1 == == 2",
    "a: a == !a",
    "a: a && !a",
    "a: !a && a",
    "1 =",
    "= 1",
    "1 = 2",
    "1 != 2",
    "1 ! = 2",
    "1 =! 2",
    "1 & 2",
    "1 && 2",
    "1 | 2",
    "1 || 2",
    "1 -> 2",
    "1 - > 2",
    "1 < = 2",
    "1 <= 2",
    "1 => 2",
    "1 >= 2",
    "1 <> 2",
    "1 % 2",
    "1 ^ 2",
    "a ` b",
    "a \\ b",
    "1 , 2",
    "1 ; 2",
    "1 : 2",
    "1 . 2",
    "1 .. 2",
    "1 ... 2",
    "...",
    "1 ? 2",
    "@",
    "1 @ 2",
    "# c\n1",
    "1 # c",
    "1 /* c */",
    "/* c */ 1",
    "/** d */ 1",
    "/* a /* b */ 1",
    "/* a */ */ 1",
    "/*",
    "/* a",
    "/**/ 1",
    "/***/ 1",
    "/* * / */ 1",
    "1 # a\n+ 2",
    "# a\r\n1",
    "1 /*/ 2 */",
    "{ /* a */ b /* c */ = /* d */ 1 /* e */ ; }",
    "1\r\n+\r\n2",
    "\t1",
    "\u{a0}1",
    "1\u{c}",
    "é",
    "\"é\"",
    "# é\n1",
    "{ é = 1; }",
    "{ \"é\" = 1; }",
    "__curPos",
    "a: __add 1 2",
    "true",
    "null",
    "a: a null",
    "builtins.true",
    "{ a = { b = { c = 1; }; }; }.a.b.c",
    "(x: x.y) { y = 1; }",
    "let f = x: x; in f f f (f f)",
    "{ config, lib, ... }: with lib; { options = { }; config = mkIf config.a { b = c: d: e; }; }",
];
