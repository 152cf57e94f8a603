//! Each construct and the tree it becomes.

use nxk::diag::Code;
use nxk::syntax::ast::{Entry, ExprKind};
use nxk::syntax::{TriviaKind, parse};

use super::{BASE, tree};

fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(tree(text), *expected, "{text}");
    }
}

#[test]
fn words() {
    check(&[
        ("42", "42"),
        ("007", "7"),
        ("9223372036854775807", "9223372036854775807"),
        ("1.", "1.0"),
        (".5", "0.5"),
        ("1.5e-3", "0.0015"),
        ("01.5", "(call 1 0.5)"),
        ("1..5", "(call 1.0 0.5)"),
        ("a'-b", "a'-b"),
        ("./a", r#"(path "./a")"#),
        ("1/2", r#"(path "1/2")"#),
        ("1 / 2", "(/ 1 2)"),
        ("a//b", "(// a b)"),
        ("./a/${b}.nxk", r#"(path "./a/" b ".nxk")"#),
        ("[./${a} ./b]", r#"(list (path "./" a) (path "./b"))"#),
        (r#""a${b}c""#, r#"(str "a" b "c")"#),
        (r#""$${a} \${b} $""#, r#""$${a} ${b} $""#),
        ("''\n  a\n   b${c}\n''", r#"(str "a\n b" c "\n")"#),
        ("\"a\r\nb\rc\"", r#""a\nb\nc""#),
        ("\"${\"${a}\"}\"", "(str (str a))"),
        ("\"${{ a = \"}\"; }.a}\"", "(str (. (set (= a \"}\")) a))"),
    ]);
}

#[test]
fn operators_bind_as_in_nix() {
    check(&[
        ("a + b * c - d", "(- (+ a (* b c)) d)"),
        ("a ++ b ++ c", "(++ a (++ b c))"),
        ("a // b // c", "(// a (// b c))"),
        ("a -> b -> c", "(-> a (-> b c))"),
        ("a && b || c && d", "(|| (&& a b) (&& c d))"),
        ("a == b && c != d", "(&& (== a b) (!= c d))"),
        ("a < b == c >= d", "(== (< a b) (>= c d))"),
        ("!a == b", "(== (! a) b)"),
        ("!a + b", "(! (+ a b))"),
        ("!a ? b", "(! (? a b))"),
        ("-a ? b", "(? (- a) b)"),
        ("a * !b + c", "(* a (! (+ b c)))"),
        ("a // !b == c", "(== (// a (! b)) c)"),
        ("- - a", "(- (- a))"),
        ("-f x", "(- (call f x))"),
        ("f -1", "(- f 1)"),
        ("a ? b.\"c d\".${e}", "(? a b.\"c d\".${e})"),
        ("a ++ b ? c", "(++ a (? b c))"),
        ("a |> b |> c", "(|> (|> a b) c)"),
        ("a <| b <| c", "(<| a (<| b c))"),
        ("a -> b |> c", "(|> (-> a b) c)"),
    ]);
}

#[test]
fn calls_and_selections() {
    check(&[
        ("f a b c", "(call f a b c)"),
        ("f (g a) b", "(call f (paren (call g a)) b)"),
        ("a.b.c", "(. a b.c)"),
        ("a.b or c", "(. a b or c)"),
        ("a.b or c.d or e", "(. a b or (. c d or e))"),
        ("f a.b or c d", "(call f (. a b or c) d)"),
        ("[ a.b or c d ]", "(list (. a b or c) d)"),
        ("map or [ ]", "(call (call map or) (list))"),
        ("{ or = 1; }.or", "(. (set (= or 1)) or)"),
        ("(a: a) 1", "(call (paren (fn a a)) 1)"),
    ]);
}

#[test]
fn functions_and_heads() {
    check(&[
        ("a: b: a", "(fn a (fn b a))"),
        ("{ }: 1", "(fn (formals) 1)"),
        ("{ a, b ? 1, ... }: a", "(fn (formals a b ? 1 ...) a)"),
        ("{ a, }: a", "(fn (formals a) a)"),
        ("{ a }@b: a", "(fn (formals a @b) a)"),
        ("b @ { a }: a", "(fn (formals a @b) a)"),
        ("{ a : Int ? 1, b : [String], ... }: a", "(fn (formals a : Int ? 1 b : (list String) ...) a)"),
        ("with a; assert b; c", "(with a (assert b c))"),
        ("if a then b else if c then d else e", "(if a b (if c d e))"),
        ("let a = 1; in let b = a; in b", "(let (= a 1) in (let (= b a) in b))"),
        ("let { a = 1; body = a; }", "(legacy-let (= a 1) (= body a))"),
        ("let in 1", "(let in 1)"),
        ("x: with x; if a then y: b else c", "(fn x (with x (if a (fn y b) c)))"),
    ]);
}

#[test]
fn sets() {
    check(&[
        ("{ }", "(set)"),
        ("rec { a = 1; }", "(rec (= a 1))"),
        ("{ a.b.\"c\".${d}.\"e${f}\" = 1; }", "(set (= a.b.c.${d}.${(str \"e\" f)} 1))"),
        (
            "{ inherit a b; inherit (c.d) e \"f g\"; inherit; }",
            "(set (inherit a b) (inherit (from (. c d)) e \"f g\") (inherit))",
        ),
        ("{ a = with b; c; d = assert e; f; }", "(set (= a (with b c)) (= d (assert e f)))"),
        ("{ type = \"x\"; type.a = 1; }", "(set (= type \"x\") (= type.a 1))"),
        ("{ a : Int = 1; b.c : [Int] = [ 1 ]; }", "(set (= a : Int 1) (= b.c : (list Int) (list 1)))"),
        ("{ a = 1; b : Int; }", "(set (= a 1) (: b Int))"),
    ]);
}

#[test]
fn braces_mean_what_their_place_wants() {
    check(&[
        ("{ a : Int; }", "(type (record a : Int))"),
        ("{ a : Int; b : Int = 1; }", "(type (record a : Int b : Int = 1))"),
        ("{ a : Int = 1; }", "(set (= a : Int 1))"),
        ("{ a? : Int; }", "(type (record a? : Int))"),
        ("{ _ : Int }", "(type (map Int))"),
        ("{ ... }", "(type (record ...))"),
        ("{ a : Int; ... }", "(type (record a : Int ...))"),
        ("mkOption { type = { a : Int; }; }", "(call mkOption (set (= type (type (record a : Int)))))"),
        ("{ options = { a : Int; }; }", "(set (= options (set (: a Int))))"),
        ("{ options = ({ a : Int; }); }", "(set (= options (paren (set (: a Int)))))"),
        (
            "{ options = { a = { b : Int; c : Int = 1; }; }; }",
            "(set (= options (set (= a (set (: b Int) (= c : Int 1))))))",
        ),
        ("{ options.a.b = { c : { d : Int; }; }; }", "(set (= options.a.b (set (: c (record d : Int)))))"),
        ("{ web.options = { a : Int; }; }", "(set (= web.options (set (: a Int))))"),
        ("{ options = f { a : Int; }; }", "(set (= options (call f (type (record a : Int)))))"),
        ("{ optional = { a : Int; }; }", "(set (= optional (type (record a : Int))))"),
        ("{ \"my key\" : Int; }", "(type (record \"my key\" : Int))"),
    ]);
}

#[test]
fn types() {
    let ty =
        |text: &str| tree(&format!("{{ z : {text} = 1; }}")).replacen("(set (= z : ", "", 1).replacen(" 1))", "", 1);
    for (text, expected) in [
        ("Int", "Int"),
        ("k8s.core.v1.Pod", "k8s.core.v1.Pod"),
        ("[Port]", "(list Port)"),
        ("[ A | B ]", "(list (| A B))"),
        ("{ _ : [String] }", "(map (list String))"),
        ("A -> B -> C", "(-> A (-> B C))"),
        ("A | B -> C", "(-> (| A B) C)"),
        ("(A -> B) -> C", "(-> (paren (-> A B)) C)"),
        ("\"low\" | \"high\" | 1 | -1 | 1.5", "(| \"low\" \"high\" 1 -1 1.5)"),
        ("| A | B", "(| A B)"),
        ("Env String [Int]", "(call Env String (list Int))"),
        ("{ a : Int = 1 }", "(record a : Int = 1)"),
        ("{ a : Int = 1; b? : { c : Int }; ... }", "(record a : Int = 1 b? : (record c : Int) ...)"),
        ("{ a : (x) = { b : Int; }; }", "(record a : (paren x) = (type (record b : Int)))"),
        ("Int(1..65535)", "(refine Int 1..65535)"),
        ("Int(0..)", "(refine Int 0..)"),
        ("Int(..10)", "(refine Int ..10)"),
        ("Int(-5..5)", "(refine Int -5..5)"),
        ("Int( -5 .. -1 )", "(refine Int -5..-1)"),
        ("Float(0.0..1.0)", "(refine Float 0.0..1.0)"),
        ("Float(.. 1.5e3)", "(refine Float ..1500.0)"),
        ("String(1..63)", "(refine String 1..63)"),
        ("String(/a b/)", "(refine String /a b/)"),
        ("String(/a\\/b\\d/ )", "(refine String /a/b\\d/)"),
        ("String(/[/)]/)", "(refine String /[/)]/)"),
        ("[String(/a/)] | String(/b/)", "(| (list (refine String /a/)) (refine String /b/))"),
    ] {
        assert_eq!(ty(text), expected, "{text}");
    }
}

#[test]
fn type_declarations() {
    check(&[
        ("let type A = Int; in 1", "(let (type A = Int) in 1)"),
        ("let type Env T = { _ : T }; in 1", "(let (type Env T = (map T)) in 1)"),
        ("rec { type A = { a : A | Null; }; }", "(rec (type A = (record a : (| A Null))))"),
        ("let type = 1; in type", "(let (= type 1) in type)"),
    ]);
}

#[test]
fn an_expression_keeps_what_only_looks_like_a_type() {
    check(&[
        ("Foo(1.5)", "(call Foo (paren 1.5))"),
        ("foo(1..5)", "(call foo (paren (call 1.0 0.5)))"),
        ("Foo (1..5)", "(call Foo (paren (call 1.0 0.5)))"),
        ("String(/a)", "(call String (paren (path \"/a\")))"),
        ("x String(/a) (b / c)", "(call x String (paren (path \"/a\")) (paren (/ b c)))"),
    ]);
}

#[test]
fn documentation_goes_with_what_it_stands_in_front_of() {
    check(&[
        ("{ /** A. */ a = 1; /* no */ b = 2; # no\n c = 3; }", "(set (= #\"A.\" a 1) (= b 2) (= c 3))"),
        ("{ /** A\n     * B\n     *\n     *   C\n     */\n a : Int; }", "(type (record #\"A\\nB\\n\\n  C\" a : Int))"),
        ("{ /**\n    A\n      B\n  */ # and\n a = 1; }", "(set (= #\"A\\n  B\" a 1))"),
        ("{ /** A */ a, /** B */ b ? 1 }: a", "(fn (formals #\"A\" a #\"B\" b ? 1) a)"),
        ("let /** T */ type A = Int; in 1", "(let (type #\"T\" A = Int) in 1)"),
        ("{ /** D */ \"a b\" = 1; /**/ c = 1; }", "(set (= #\"D\" \"a b\" 1) (= c 1))"),
    ]);
}

#[test]
fn left_out_constructs_have_their_own_codes() {
    for (text, code) in [
        ("https://example.org/a?b=c", Code::UrlLiteral),
        ("x:x", Code::UrlLiteral),
        ("<nixpkgs>", Code::SearchPath),
        ("<a/b>", Code::SearchPath),
        ("~/a", Code::HomePath),
        ("~/${a}/b", Code::HomePath),
    ] {
        let codes: Vec<Code> = parse(text, BASE).diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, [code], "{text}");
    }
}

#[test]
fn spans_point_at_the_text() {
    let text = "{ a.b = f 1; c : Int = 2; }";
    let parsed = parse(text, BASE);
    let at = |span: nxk::source::Span| &text[(span.lo - BASE) as usize..(span.hi - BASE) as usize];
    assert_eq!(at(parsed.root.span), text);
    let ExprKind::Attrs(set) = &parsed.root.kind else { panic!("a set") };
    let [Entry::Bind(first), Entry::Bind(second)] = set.entries.as_slice() else { panic!("two bindings") };
    assert_eq!(at(first.span), "a.b = f 1");
    assert_eq!(at(first.path[1].span), "b");
    assert_eq!(at(first.value.span), "f 1");
    assert_eq!(at(second.annotation.as_ref().expect("a type").span), "Int");
}

#[test]
fn trivia_keeps_all_that_is_no_token() {
    let text = "# first\n\n{ # behind\n  /* in */ a = 1;\n\n\n  /** d */ b = 2;\n} # last\n";
    let parsed = parse(text, BASE);
    let kinds: Vec<(TriviaKind, bool, &str)> = parsed
        .trivia
        .pieces
        .iter()
        .map(|piece| {
            (piece.kind, piece.trailing, text[(piece.span.lo - BASE) as usize..(piece.span.hi - BASE) as usize].trim())
        })
        .collect();
    use TriviaKind::{BlankLines, Block, Doc, Line};
    assert_eq!(
        kinds,
        [
            (Line, false, "# first"),
            (BlankLines, false, ""),
            (Line, true, "# behind"),
            (Block, false, "/* in */"),
            (BlankLines, false, ""),
            (Doc, false, "/** d */"),
            (Line, true, "# last"),
        ]
    );
    let words: String = parsed
        .tokens
        .iter()
        .map(|token| &text[(token.span.lo - BASE) as usize..(token.span.hi - BASE) as usize])
        .collect();
    assert_eq!(words, "{a=1;b=2;}");
}
