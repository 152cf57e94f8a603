//! Broken input: exactly the reports that a person should see, and a tree that keeps all the rest.

use nxk::syntax::{parse, printer::sexpr};

use super::{BASE, complaints};

/// Text, tree, reports.
type Row = (&'static str, &'static str, &'static [&'static str]);

#[test]
fn one_mistake_is_one_report_and_the_rest_survives() {
    for (text, tree, expected) in TABLE {
        let parsed = parse(text, BASE);
        assert_eq!((sexpr(&parsed.root).as_str(), complaints(text, &parsed)), (*tree, owned(expected)), "{text}");
    }
}

#[test]
fn most_rows_have_one_report() {
    let many = TABLE.iter().filter(|(_, _, reports)| reports.len() > 1).count();
    assert!(many * 8 < TABLE.len(), "{many} of {}", TABLE.len());
}

#[test]
fn every_report_but_of_a_strange_character_has_a_hint() {
    for (text, _, _) in TABLE {
        for diagnostic in parse(text, BASE).diagnostics {
            let strange = diagnostic.code == nxk::diag::Code::BadCharacter;
            assert!(diagnostic.hint.is_some() || strange, "{text}: {}", diagnostic.message);
        }
    }
}

fn owned(expected: &[&str]) -> Vec<String> {
    expected.iter().map(|line| (*line).to_owned()).collect()
}

const TABLE: &[Row] = &[
    (
        // What was first read as an interpolation is a comment, and says nothing.
        "{ a = \"abc;\n  b = foo; # ${x:y}\n}",
        "(set (= a \"abc\") (= b foo))",
        &["E0105 1:7 this string is never closed"],
    ),
    ("{ a = 1 b = 2; c = 3; }", "(set (= a 1) (= b 2) (= c 3))", &["E0102 1:8 expected `;` behind this entry"]),
    (
        "{\n  a = f x\n  b.c = 2;\n  d = 3;\n}",
        "(set (= a (call f x)) (= b.c 2) (= d 3))",
        &["E0102 2:10 expected `;` behind this entry"],
    ),
    (
        "{\n  a = 1\n  b : Int = 2;\n  c = 3;\n}",
        "(set (= a 1) (= b : Int 2) (= c 3))",
        &["E0102 2:8 expected `;` behind this entry"],
    ),
    (
        "{\n  a = x\n  inherit b;\n  c = 3;\n}",
        "(set (= a x) (inherit b) (= c 3))",
        &["E0102 2:8 expected `;` behind this entry"],
    ),
    (
        "{\n  inherit (x) a b\n  c = 3;\n}",
        "(set (inherit (from x) a b) (= c 3))",
        &["E0102 2:18 expected `;` behind this entry"],
    ),
    (
        "{\n  a = { b = 1; }\n  c = 3;\n}",
        "(set (= a (set (= b 1))) (= c 3))",
        &["E0102 2:17 expected `;` behind this entry"],
    ),
    ("{ a = 1; b = 2 }", "(set (= a 1) (= b 2))", &["E0102 1:15 expected `;` behind this entry"]),
    ("let\n  a = 1\nin a", "(let (= a 1) in a)", &["E0102 2:8 expected `;` behind this entry"]),
    (
        "let\n  a = 1\n  type B = Int;\nin a",
        "(let (= a 1) (type B = Int) in a)",
        &["E0102 2:8 expected `;` behind this entry"],
    ),
    (
        "{ a = 1;\n  type B = Int\n  c = 2; }",
        "(set (= a 1) (type B = Int) (= c 2))",
        &["E0102 2:15 expected `;` behind this entry"],
    ),
    (
        "{ a : Int\n  b : String;\n c = 1; }",
        "(set (: a Int) (: b String) (= c 1))",
        &["E0102 1:10 expected `;` behind this entry"],
    ),
    ("{ a = [ 1 2; b = 3; }", "(set (= a (list 1 2)) (= b 3))", &["E0103 1:7 this `[` is never closed"]),
    ("{ a = (1 + 2; b = 3; }", "(set (= a (paren (+ 1 2))) (= b 3))", &["E0103 1:7 this `(` is never closed"]),
    ("{ a = { b = 1; c = 3; }", "(set (= a (set (= b 1) (= c 3))))", &["E0103 1:1 this `{` is never closed"]),
    (
        "{ a = [ { b = 1; ]; c = 3; }",
        "(set (= a (list (set (= b 1)))) (= c 3))",
        &["E0103 1:9 this `{` is never closed"],
    ),
    ("{ a = 1; } }", "(set (= a 1))", &["E0104 1:12 this `}` closes nothing"]),
    ("{ a = 1; ) b = 2; }", "(set (= a 1) (= b 2))", &["E0104 1:10 this `)` closes nothing"]),
    ("let a = 1; in in a", "(let (= a 1) in a)", &["E0104 1:15 this `in` has no `let`"]),
    (r#"{ a = "x; b = 2; }"#, r#"(set (= a "x; b = 2"))"#, &["E0105 1:7 this string is never closed"]),
    ("{\n  a = \"x;\n  b = 2;\n}", r#"(set (= a "x") (= b 2))"#, &["E0105 2:7 this string is never closed"]),
    ("{\n  a = ''\n   x\n  b = 2;\n}", r#"(set (= a "x") (= b 2))"#, &["E0105 2:7 this string is never closed"]),
    (r#"{ a = "x ${b" ; c = 1; }"#, r#"(set (= a "x ") (= c 1))"#, &["E0103 1:10 this `${` is never closed"]),
    (
        "{ a = \"x ${b.c }\n\"; d = ; }",
        "(set (= a (str \"x \" (. b c) \"\\n\")) (= d (error)))",
        &["E0101 2:8 expected an expression, found `;`"],
    ),
    ("if a then b", "(error)", &["E0114 1:1 this `if` has no `else`"]),
    ("{ a = if b then c; d = 1; }", "(set (= a (error)) (= d 1))", &["E0114 1:7 this `if` has no `else`"]),
    ("{ a = if b else c; d = 1; }", "(set (= a (error)) (= d 1))", &["E0101 1:12 expected `then`, found `else`"]),
    (
        "{ a = if b then c else; d = 1; }",
        "(set (= a (error)) (= d 1))",
        &["E0101 1:23 expected an expression, found `;`"],
    ),
    ("let a = 1; b", "(let (= a 1) in b)", &["E0115 1:1 this `let` has no `in`"]),
    (
        "{ x = let a = 1; b = 2; a; y = 1; }",
        "(set (= x (let (= a 1) (= b 2) (= y 1) in a)))",
        &["E0115 1:7 this `let` has no `in`"],
    ),
    (
        r#"{ "a": 1, "b": { "c": [1, 2] } }"#,
        "(set (= a 1) (= b (set (= c (list 1 2)))))",
        &["E0101 1:6 expected `=` behind the name in a set, found `:`"],
    ),
    ("{ a: 1, b: true }", "(set (= a 1) (= b true))", &["E0101 1:4 expected `=` behind the name in a set, found `:`"]),
    ("{ a = 1, b = 2, }", "(set (= a 1) (= b 2))", &["E0101 1:8 expected `;` behind an entry of a set, found `,`"]),
    ("{ a == 1; b = 2; }", "(set (= a 1) (= b 2))", &["E0101 1:5 expected `=` behind the name in a set, found `==`"]),
    ("[ 1, 2, 3 ]", "(list 1 2 3)", &["E0101 1:4 expected an element or `]`, found `,`"]),
    ("{ a = ; b = 2; }", "(set (= a (error)) (= b 2))", &["E0101 1:7 expected an expression, found `;`"]),
    ("{ a = 1;; b = 2; }", "(set (= a 1) (= b 2))", &["E0101 1:9 expected an entry, found `;`"]),
    ("{ a; b = 2; }", "(set (error) (= b 2))", &["E0101 1:4 expected `=`, found `;`"]),
    ("{ a.b; b = 2; }", "(set (error) (= b 2))", &["E0101 1:6 expected `=`, found `;`"]),
    ("{ 1 = 2; b = 2; }", "(set (error) (= b 2))", &["E0101 1:3 expected a name, found `1`"]),
    ("{ if = 2; b = 2; }", "(set (error) (= b 2))", &["E0101 1:3 expected a name, found `if`"]),
    ("{ a. = 2; b = 2; }", "(set (error) (= b 2))", &["E0101 1:6 expected a name behind the `.`"]),
    ("{ a = 1 + ; b = 2; }", "(set (= a (error)) (= b 2))", &["E0101 1:11 expected an expression, found `;`"]),
    ("{ a = + 1; b = 2; }", "(set (= a (error)) (= b 2))", &["E0101 1:7 expected an expression, found `+`"]),
    ("{ a = f x: y; b = 2; }", "(set (= a (error)) (= b 2))", &["E0101 1:9 a function needs parentheses here"]),
    (
        "{ a = 1 + if b then c else d; b = 2; }",
        "(set (= a (error)) (= b 2))",
        &["E0101 1:11 `if` needs parentheses here"],
    ),
    ("{ a = x == y == z; b = 2; }", "(set (= a (error)) (= b 2))", &["E0117 1:14 `==` cannot be chained"]),
    ("{ a = x |> y <| z; b = 2; }", "(set (= a (error)) (= b 2))", &["E0117 1:14 `|>` and `<|` cannot be mixed"]),
    ("{ a = [ -1 ]; b = 2; }", "(set (= a (list (error))) (= b 2))", &["E0101 1:9 expected `]`, found `-`"]),
    (
        "{ a = [ if x then y else z ]; b = 2; }",
        "(set (= a (list (error))) (= b 2))",
        &["E0101 1:9 expected `]`, found `if`"],
    ),
    ("{ a b = 1; c = 2; }", "(set (error) (= c 2))", &["E0101 1:5 expected `=`, found `b`"]),
    ("{ a = x & y; b = 2; }", "(set (= a (error)) (= b 2))", &["E0101 1:9 expected `;`, found `&`"]),
    ("{ a = 'x'; b = 2; }", "(set (= a \"x\") (= b 2))", &["E0107 1:7 `'` does not begin a string"]),
    ("{ a = “x”; b = 2; }", "(set (= a \"x\") (= b 2))", &["E0107 1:7 `“` does not begin a string"]),
    ("{ a = x ? ; b = 2; }", "(set (= a (error)) (= b 2))", &["E0101 1:11 expected a name, found `;`"]),
    ("{ a = x. ; b = 2; }", "(set (= a (error)) (= b 2))", &["E0101 1:10 expected a name, found `;`"]),
    (
        "{ a = 99999999999999999999; b = 2; }",
        "(set (= a (error)) (= b 2))",
        &["E0108 1:7 `99999999999999999999` does not fit in 64 bits"],
    ),
    ("{ a = ./x/; b = 2; }", r#"(set (= a (path "./x/")) (= b 2))"#, &["E0112 1:10 a path cannot end in `/`"]),
    ("{ a = x = 1; b = 2; }", "(set (= a (error)) (= b 2))", &["E0101 1:9 expected `;`, found `=`"]),
    ("{ a : = 1; b = 2; }", "(set (= a : (error) 1) (= b 2))", &["E0101 1:7 expected a type, found `=`"]),
    ("{ a : Int | = 1; b = 2; }", "(set (= a : (error) 1) (= b 2))", &["E0101 1:13 expected a type, found `=`"]),
    (
        "{ a : Int(1.. = 1; b = 2; }",
        "(set (= a : (call Int (paren (error))) 1) (= b 2))",
        &["E0103 1:10 this `(` is never closed", "E0101 1:13 `..` makes a range only between numbers"],
    ),
    (
        "{ a : Int(1..x) = 1; b = 2; }",
        "(set (= a : (call Int (paren (error))) 1) (= b 2))",
        &["E0101 1:13 `..` makes a range only between numbers"],
    ),
    ("{ a : [Int = 1; b = 2; }", "(set (= a : (list Int) 1) (= b 2))", &["E0103 1:7 this `[` is never closed"]),
    ("{ a? : Int; b = 2; }", "(type (record a? : Int))", &["E0101 1:13 a field of a record type needs a type"]),
    ("{ a : Int; b = 2; ... }", "(type (record a : Int ...))", &["E0101 1:12 a field of a record type needs a type"]),
    (
        "{ _ : Int; a : Int; }",
        "(type (record a : Int))",
        &["E0101 1:3 `_ : T` makes a map type, and this type has other fields"],
    ),
    ("{ a.b : Int; ... }", "(type (record ...))", &["E0101 1:3 a field of a record type has one plain name"]),
    ("{ a, b } 1", "(error)", &["E0101 1:10 expected `:`, found `1`"]),
    (
        "{ a, b: a",
        "(error)",
        &["E0103 1:1 this `{` is never closed", "E0101 1:10 expected `:`, found the end of the file"],
    ),
    ("{ a; b }: a", "(fn (formals a b) a)", &["E0101 1:4 expected `,` between arguments, found `;`"]),
    ("{ a = 1 }: a", "(fn (formals a) a)", &["E0101 1:5 expected `?` in front of an argument's default, found `=`"]),
    ("{ a b }: a", "(fn (formals a b) a)", &["E0101 1:4 expected `,` between two arguments"]),
    ("{ ..., a }: a", "(fn (formals a ...) a)", &["E0101 1:3 `...` comes last among the arguments"]),
    (
        "{ a, ..., }: a",
        "(fn (formals a ...) a)",
        &["E0101 1:9 `...` comes last among the arguments, without a `,` behind it"],
    ),
    ("x: { a, b ? }: a", "(fn x (fn (formals a b ? (error)) a))", &["E0101 1:13 expected an expression, found `}`"]),
    ("a = 1; b = 2;", "(error)", &["E0101 1:3 expected the end of the file, found `=`"]),
    ("1 2 )", "(call 1 2)", &["E0104 1:5 this `)` closes nothing"]),
    ("{ a = 1; } b = 2;", "(error (set (= a 1)))", &["E0101 1:14 expected the end of the file, found `=`"]),
    ("with x y", "(error)", &["E0102 1:1 this `with` needs a `;` and an expression behind it"]),
    ("assert x y", "(error)", &["E0102 1:1 this `assert` needs a `;` and an expression behind it"]),
    (
        "{ a = with x y; b = 2; }",
        "(set (= a (error)) (= b 2))",
        &["E0102 1:7 this `with` needs a `;` and an expression behind it"],
    ),
    ("{ a = rec x; b = 2; }", "(set (= a (error)) (= b 2))", &["E0101 1:11 expected `{`, found `x`"]),
    (
        "rec { a : Int; }",
        "(type (record a : Int))",
        &["E0101 1:1 `rec` stands in front of a set, and this is a record type"],
    ),
    ("/* abc", "(error)", &["E0106 1:1 this comment is never closed"]),
    ("{ a = 1; /* x }", "(set (= a 1))", &["E0106 1:10 this comment is never closed"]),
    ("{ inherit (a b; c = 1; }", "(set (inherit (from (call a b))) (= c 1))", &["E0103 1:11 this `(` is never closed"]),
    ("{ inherit a.b; c = 1; }", "(set (error) (= c 1))", &["E0101 1:12 expected `;`, found `.`"]),
    (
        "{ inherit a, b; c = 1; }",
        "(set (inherit a b) (= c 1))",
        &["E0101 1:12 expected a name or `;` behind `inherit`, found `,`"],
    ),
    (
        "{ a = b c d = 1; e = 2; }",
        "(set (= a (call b c)) (= d 1) (= e 2))",
        &["E0102 1:10 expected `;` behind this entry"],
    ),
    ("{ foo = bar; baz }", "(set (= foo bar) (error))", &["E0101 1:18 expected `=`, found `}`"]),
    ("a.b.", "(error)", &["E0101 1:5 expected a name, found the end of the file"]),
    ("\\", "(error)", &["E0107 1:1 `\\` has no meaning here"]),
    (
        "{ a = <nixpkgs>; b = ~/x; c = http://x.y/z; }",
        r#"(set (= a (error)) (= b (path "~/x")) (= c (error)))"#,
        &[
            "E0111 1:7 `<nixpkgs>` looks outside the project, so it has no meaning",
            "E0116 1:22 a path into a home directory means something else on every machine",
            "E0110 1:31 `http://x.y/z` is a URL literal, which the language does not have",
        ],
    ),
    ("{ a = x:y; }", "(set (= a (error)))", &["E0110 1:7 `x:y` is a URL literal, which the language does not have"]),
    ("{ a = x: y; b }", "(set (= a (fn x y)) (error))", &["E0101 1:15 expected `=`, found `}`"]),
    (
        "{ a = foo; b = (bar ]; c = 1; }",
        "(set (= a foo) (= b (paren bar)) (= c 1))",
        &["E0104 1:21 `]` cannot close this `(`"],
    ),
    ("{ a = then; b = 1; }", "(set (= a (error)) (= b 1))", &["E0101 1:7 expected an expression, found `then`"]),
    ("{ a = b else c; d = 1; }", "(set (= a (error)) (= d 1))", &["E0101 1:9 expected `;`, found `else`"]),
    ("let type a = ; in 1", "(let (type a = (error)) in 1)", &["E0101 1:14 expected a type, found `;`"]),
    (
        "let type A = Int | ; b = 1; in b",
        "(let (type A = (error)) (= b 1) in b)",
        &["E0101 1:20 expected a type, found `;`"],
    ),
    (
        "{ a = String(/x/); b = Int(1..2); }",
        "(set (= a (call String (error))) (= b (call Int (error))))",
        &[
            "E0101 1:13 a range or a pattern narrows a type, and this is an expression",
            "E0101 1:27 a range or a pattern narrows a type, and this is an expression",
        ],
    ),
    (
        r#"{ a = "${}"; b = 1; }"#,
        "(set (= a (str (error))) (= b 1))",
        &["E0101 1:10 expected an expression, found `}`"],
    ),
    (
        r#"{ a = "${x y: z}"; b = 1; }"#,
        "(set (= a (str (error))) (= b 1))",
        &["E0101 1:12 a function needs parentheses here"],
    ),
    ("x ? a.b or c", "(error)", &["E0101 1:9 expected the end of the file, found `or`"]),
    ("{ a = () ; b = 1; }", "(set (= a (paren (error))) (= b 1))", &["E0101 1:8 expected an expression, found `)`"]),
    ("{ type A = ; }", "(set (type A = (error)))", &["E0101 1:12 expected a type, found `;`"]),
    (
        "{ a = [ 1 2 ; b = { c = ( ; }; d = 1; }",
        "(set (= a (list 1 2)) (= b (set (= c (paren (error))))) (= d 1))",
        &[
            "E0103 1:7 this `[` is never closed",
            "E0103 1:25 this `(` is never closed",
            "E0101 1:27 expected an expression, found `;`",
        ],
    ),
    ("${a}", "(error a)", &["E0101 1:1 expected an expression, found `${`"]),
    ("@", "(error)", &["E0101 1:1 expected an expression, found `@`"]),
    ("{ a = @b; }", "(set (= a (error)))", &["E0101 1:7 expected an expression, found `@`"]),
    (
        "{a = 1; b = let c = 2; in; d = 3;}",
        "(set (= a 1) (= b (error (let (= c 2) in (error)))) (= d 3))",
        &["E0101 1:26 expected an expression, found `;`"],
    ),
    (
        "{ a = -; b = !; }",
        "(set (= a (error)) (= b (error)))",
        &["E0101 1:8 expected an expression, found `;`", "E0101 1:15 expected an expression, found `;`"],
    ),
    (
        "{ a = (x; y); b = 1; }",
        "(set (= a (paren x)) (error) (= b 1))",
        &[
            "E0103 1:7 this `(` is never closed",
            "E0104 1:12 this `)` closes nothing",
            "E0101 1:13 expected `=`, found `;`",
        ],
    ),
    (
        "f: { a = 1; }: b",
        "(fn f (fn (formals a) b))",
        &[
            "E0101 1:8 expected `?` in front of an argument's default, found `=`",
            "E0101 1:11 expected `,` between arguments, found `;`",
        ],
    ),
    (
        "{ a = 1 b : Int = 2; c = 3; }",
        "(set (= a 1) (= b : Int 2) (= c 3))",
        &["E0102 1:8 expected `;` behind this entry"],
    ),
    (
        "{ a : Int = 1 b : Int; c = 3; }",
        "(set (= a : Int (error)) (= c 3))",
        &["E0101 1:15 a function needs parentheses here"],
    ),
    (
        "{ a = [ 1 2\n  b = 3; c = 4; }",
        "(set (= a (list 1 2)) (= b 3) (= c 4))",
        &["E0103 1:7 this `[` is never closed", "E0102 2:4 expected `;` behind this entry"],
    ),
    (
        "{ a = f [ (1 2\n  b.c = 3; c = 4; }",
        "(set (= a (call f (list (paren (call 1 2))))) (= b.c 3) (= c 4))",
        &[
            "E0103 1:9 this `[` is never closed",
            "E0103 1:11 this `(` is never closed",
            "E0102 2:6 expected `;` behind this entry",
        ],
    ),
    (
        "{ a = with x; y\n  b = 2; c = 1; }",
        "(set (= a (with x y)) (= b 2) (= c 1))",
        &["E0102 1:16 expected `;` behind this entry"],
    ),
    (
        "{ a = {\n b = 1;\n c = {\n d = 1; };\n e = ''x'' }",
        r#"(set (= a (set (= b 1) (= c (set (= d 1))) (= e "x"))))"#,
        &["E0103 1:1 this `{` is never closed", "E0102 5:11 expected `;` behind this entry"],
    ),
    ("{ a = x % 2; b = 1; }", "(set (= a (call x (error) 2)) (= b 1))", &["E0107 1:9 `%` has no meaning here"]),
    ("{ 'a' = 1; b = 1; }", "(set (= a 1) (= b 1))", &["E0107 1:3 `'` does not begin a string"]),
    (
        "{ a : Int % 1 = 1; b = 1; }",
        "(set (= a : (call Int (error) 1) 1) (= b 1))",
        &["E0107 1:11 `%` has no meaning here"],
    ),
    (
        "{\n  a = f\n    x\n    y\n  b = 1; }",
        "(set (= a (call f x y)) (= b 1))",
        &["E0102 4:6 expected `;` behind this entry"],
    ),
    (
        "{ a = [\n  x\n  y\n ]\n  b = 1; }",
        "(set (= a (list x y)) (= b 1))",
        &["E0102 4:3 expected `;` behind this entry"],
    ),
    ("{ a = x\n  type B T = Int; }", "(set (= a x) (type B T = Int))", &["E0102 1:8 expected `;` behind this entry"]),
    ("{ a = f\n  { }: 1; b = 2; }", "(set (= a (error)) (= b 2))", &["E0101 2:3 a function needs parentheses here"]),
    (
        "{ a = 1\n  \"b c\" = 2;\n  ${d} = 3; }",
        r#"(set (= a 1) (= "b c" 2) (= ${d} 3))"#,
        &["E0102 1:8 expected `;` behind this entry"],
    ),
    ("{ type A = Int B = 2; }", "(set (type A = Int) (= B 2))", &["E0102 1:15 expected `;` behind this entry"]),
    (
        "let a = 1 b = 2 in a",
        "(let (= a 1) (= b 2) in a)",
        &["E0102 1:10 expected `;` behind this entry", "E0102 1:16 expected `;` behind this entry"],
    ),
    ("let a = 1\n inherit b;\n in a", "(let (= a 1) (inherit b) in a)", &["E0102 1:10 expected `;` behind this entry"]),
    (
        "{\n  a = {\n    b = 1;\n  c = 2;\n}",
        "(set (= a (set (= b 1) (= c 2))))",
        &["E0103 2:7 this `{` is never closed"],
    ),
    ("{\n  a = [\n    1\n  ;\n  c = 2;\n}", "(set (= a (list 1)) (= c 2))", &["E0103 2:7 this `[` is never closed"]),
    (
        "f: {\n  a = g {\n    b = 1;\n    c = {\n      d = 1;\n    };\n  e = 1;\n}",
        "(fn f (set (= a (call g (set (= b 1) (= c (set (= d 1))) (= e 1))))))",
        &["E0103 2:9 this `{` is never closed"],
    ),
    (
        "{\n  a = ''\n    x ${y}\n    z\n\n    w\n  b = 2;\n}",
        r#"(set (= a "x ") (= b 2))"#,
        &["E0105 2:7 this string is never closed"],
    ),
];
