//! The house rules that a machine can hold: floors, file lengths, reasons for dependencies.
//!
//! The floors are the order of the `mod` lines in `src/lib.rs`: a module may refer only to modules
//! above it there, itself included. Comments do not count, so a doc comment may point anywhere.
//! Neither does a `#[cfg(test)] mod tests { … }` that closes its file (or its file `tests.rs`): a
//! unit test may look at its subject from above. A test module anywhere else counts as code.

mod support;

use std::path::Path;

use support::rust_tokens::{Token, tokens};

/// More lines than this and a file is split.
const MAX_LINES: usize = 600;

#[test]
fn modules_use_only_what_is_below_them() {
    let floors = module_lines(&support::read("src/lib.rs"));
    assert!(floors.len() > 4, "the floors are read from src/lib.rs: {floors:?}");
    let mut wrong = Vec::new();
    for path in support::files_below("src", ".rs") {
        let name = path.strip_prefix(support::repository()).expect("found there").to_string_lossy().into_owned();
        wrong.extend(upward_references(&name, &support::read(&path), &floors));
    }
    assert!(wrong.is_empty(), "these references break the order of the floors:\n{}", wrong.join("\n"));
}

#[test]
fn the_program_is_a_guest_of_the_library() {
    let source = support::read("src/main.rs");
    let inside: Vec<_> =
        tokens(&source).into_iter().filter(|token| ["mod", "crate", "super"].contains(&token.text)).collect();
    assert!(inside.is_empty(), "src/main.rs may only use the library `nxk`: {inside:?}");
}

#[test]
fn files_can_be_read_in_one_go() {
    let lengths =
        support::files_below("src", ".rs").into_iter().map(|path| (support::read(&path).lines().count(), path));
    let long: Vec<_> = lengths.filter(|(lines, _)| *lines > MAX_LINES).collect();
    assert!(long.is_empty(), "files with more than {MAX_LINES} lines: {long:#?}");
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let bare = dependencies_without_reason(&support::read("Cargo.toml"));
    assert!(bare.is_empty(), "write in Cargo.toml what these are for, above or behind them: {bare:?}");
}

/// The modules that `src/lib.rs` declares, in order.
fn module_lines(lib: &str) -> Vec<String> {
    let tokens = tokens(lib);
    let declared = tokens.windows(3).filter(|three| three[0].text == "mod" && three[2].text == ";");
    declared.map(|three| three[1].text.to_owned()).collect()
}

/// One line `file:line: …` for each reference from the file to a floor above its own.
fn upward_references(file: &str, source: &str, floors: &[String]) -> Vec<String> {
    let module = module_path(file);
    let floor_of = |name: &str| floors.iter().position(|floor| floor == name);
    let Some(own) = module.first() else { return Vec::new() };
    if module.last().is_some_and(|name| name == "tests") {
        return Vec::new();
    }
    let Some(own_floor) = floor_of(own) else { return vec![format!("{file}: src/lib.rs does not declare `{own}`")] };
    let mut wrong = Vec::new();
    for (name, line) in root_references(without_tests(&tokens(source)), module.len()) {
        match floor_of(name) {
            Some(floor) if floor <= own_floor => {}
            Some(_) => wrong.push(format!("{file}:{line}: `{own}` uses `{name}`, which comes after it in src/lib.rs")),
            None => wrong.push(format!("{file}:{line}: `crate::{name}` is no module; name the one that it comes from")),
        }
    }
    wrong
}

/// `src/a/b.rs` and `src/a/b/mod.rs` are the module `a::b`; the crate's two roots are none.
fn module_path(file: &str) -> Vec<String> {
    let path = Path::new(file).strip_prefix("src").expect("a file of the library").with_extension("");
    let mut names: Vec<_> = path.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|name| name == "mod") || ["lib", "main"].contains(&names[0].as_str()) {
        names.pop();
    }
    names
}

/// The tokens up to a `#[cfg(test)] mod tests {` whose closing brace is the file's last token.
fn without_tests<'t, 'a>(tokens: &'t [Token<'a>]) -> &'t [Token<'a>] {
    const START: [&str; 10] = ["#", "[", "cfg", "(", "test", ")", "]", "mod", "tests", "{"];
    let Some(start) = tokens.windows(START.len()).position(|some| some.iter().map(|token| token.text).eq(START)) else {
        return tokens;
    };
    let body = start + START.len() - 1;
    if skip_braces(tokens, body) == tokens.len() { &tokens[..start] } else { tokens }
}

/// Every name that is looked up in the root of the crate, by `crate::` or by enough `super::`, with
/// its line. `depth` is how many modules deep the file is.
fn root_references<'a>(tokens: &[Token<'a>], depth: usize) -> Vec<(&'a str, usize)> {
    let mut found = Vec::new();
    // The brace depth at which each module inside the file ends.
    let mut inner: Vec<usize> = Vec::new();
    let mut braces = 0;
    for (at, token) in tokens.iter().enumerate() {
        let part_of_path = at > 0 && tokens[at - 1].text == "::";
        match token.text {
            "{" => {
                braces += 1;
                if at >= 2 && tokens[at - 2].text == "mod" {
                    inner.push(braces);
                }
            }
            "}" => {
                if inner.last() == Some(&braces) {
                    inner.pop();
                }
                braces = braces.saturating_sub(1);
            }
            "crate" | "super" if !part_of_path => follow(tokens, at, depth + inner.len(), &mut found),
            _ => {}
        }
    }
    found
}

/// Follows one path, or the paths of a `{ … }`, from the module that is `depth` deep.
fn follow<'a>(tokens: &[Token<'a>], mut at: usize, mut depth: usize, found: &mut Vec<(&'a str, usize)>) {
    while let Some(token) = tokens.get(at) {
        match token.text {
            "crate" => depth = 0,
            "super" => depth = depth.saturating_sub(1),
            "self" => return,
            "::" => {}
            "{" => return follow_each(tokens, at, depth, found),
            // `pub(super)`, `pub(in super::super)`
            ")" => return,
            name => {
                // A macro that is exported lives in the root whatever file it is written in.
                if depth == 0 && tokens.get(at + 1).is_none_or(|next| next.text != "!") {
                    found.push((name, token.line));
                }
                return;
            }
        }
        at += 1;
    }
}

fn follow_each<'a>(tokens: &[Token<'a>], open: usize, depth: usize, found: &mut Vec<(&'a str, usize)>) {
    let end = skip_braces(tokens, open);
    let mut at = open + 1;
    while at + 1 < end {
        follow(tokens, at, depth, found);
        while at + 1 < end && tokens[at].text != "," {
            at = if tokens[at].text == "{" { skip_braces(tokens, at) } else { at + 1 };
        }
        at += 1;
    }
}

/// The position behind the brace that closes the one at `open`.
fn skip_braces(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// The required dependencies that have a comment neither in the line above nor behind them.
fn dependencies_without_reason(manifest: &str) -> Vec<String> {
    let (mut bare, mut in_dependencies, mut above) = (Vec::new(), false, "");
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            in_dependencies = line.ends_with("dependencies]");
        } else if in_dependencies && !line.starts_with('#') {
            let (name, value) = line.split_once('=').unwrap_or((line, "#"));
            let has_reason = above.starts_with('#') || value.contains('#');
            if !has_reason && !value.contains("optional = true") {
                bare.push(name.trim().to_owned());
            }
        }
        above = line;
    }
    bare
}

/// The checks above, checked: each line of source with the names that it should be caught with.
#[test]
fn references_are_seen_in_every_form() {
    let floors = ["diag", "syntax", "value", "eval"].map(str::to_owned);
    let cases: [(&str, &str, &[&str]); 16] = [
        ("src/syntax/lexer.rs", "use crate::diag::Code;", &[]),
        ("src/syntax/lexer.rs", "use crate::value::Value;", &["value"]),
        ("src/syntax.rs", "use crate::{diag::{Code, Label}, eval::{self, x}, syntax::y};", &["eval"]),
        ("src/syntax/mod.rs", "fn f() -> crate::eval::Out { super::value::g() }", &["eval", "value"]),
        ("src/syntax/parser/expr.rs", "use super::super::super::value::V; use super::super::ast;", &["value"]),
        ("src/syntax/parser/expr.rs", "use super::{super::{super::value, ast}, recover};", &["value"]),
        ("src/eval/mod.rs", "use crate::value::Value; use super::diag; pub(super) fn f() {}", &[]),
        ("src/diag.rs", "/// [`crate::eval`] /* */\n// crate::eval\nconst S: &str = \"crate::eval\";", &[]),
        ("src/diag.rs", "/* /* crate::eval */ crate::eval */ const C: char = '\"'; use crate::eval; // \"", &["eval"]),
        (
            "src/diag.rs",
            "const R: &str = r#\"\" crate::eval \"#; fn f<'a>(_: &'a str) { crate::value::x() }",
            &["value"],
        ),
        ("src/diag.rs", "#[cfg(test)]\nmod tests { use crate::eval; fn f() {} }\n", &[]),
        ("src/diag.rs", "#[cfg(test)]\nmod tests { use crate::eval; }\nfn f() {}", &["eval"]),
        ("src/diag/tests.rs", "use crate::eval;", &[]),
        ("src/diag.rs", "mod inner { use super::super::eval; use super::eval; } use super::eval;", &["eval", "eval"]),
        ("src/diag.rs", "use crate::*; use crate::Shortcut; crate::some_macro!();", &["*", "Shortcut"]),
        ("src/eval.rs", "macro_rules! m { () => { $crate::value::x } }", &[]),
    ];
    for (file, source, expected) in cases {
        let found = upward_references(file, source, &floors);
        let named: Vec<_> = found.iter().filter_map(|line| line.rsplit('`').nth(1)).collect();
        let named: Vec<_> = named.iter().map(|name| name.trim_start_matches("crate::")).collect();
        assert_eq!(named, expected, "{file}: {source}");
    }
    let line = upward_references("src/syntax.rs", "\n\"\n\";\nuse crate::eval;", &floors);
    assert_eq!(line, ["src/syntax.rs:4: `syntax` uses `eval`, which comes after it in src/lib.rs"]);
}

#[test]
fn a_dependency_needs_a_reason_of_its_own() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\n# why\na = \"1\"\nc = \"1\" # why\nb = \"1\"\n\
                    d = { version = \"1\", optional = true }\n[dev-dependencies]\ne = \"1\"\n[lints.rust]\nf = \"warn\"\n";
    assert_eq!(dependencies_without_reason(manifest), ["b", "e"]);
}
