//! POSIX extended regular expressions, on top of an engine with another dialect.
//!
//! `match` and `split` speak POSIX; the engine speaks Perl's dialect, in linear time. Two things
//! differ. The *syntax*: a small translator reads POSIX and writes the engine's form, so that a
//! character which is special in one dialect alone keeps its POSIX meaning. And the *choice between
//! matches*: POSIX takes the longest at the leftmost place, Perl the first alternative that works.
//! So the end of a match is asked of a second program that reports all matches, and of those the
//! longest; the groups are then the first ones that reach that end.
//!
//! Characters are whole characters here: `.` takes an `é` in one piece.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use ecow::EcoString;
use regex_automata::meta::{BuildError, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};
use rustc_hash::FxHashMap;

/// The memory that one compiled expression may take.
const MAX_BYTES: usize = 10 << 20;

/// Compiled expressions that are kept; a configuration uses a few dozen.
const MAX_KEPT: usize = 500;

/// Groups inside each other, so that reading an expression needs little stack.
const MAX_NESTING: u32 = 100;

/// A compiled expression.
pub(super) struct Posix {
    /// Finds where a match starts, and its groups in Perl's choice.
    search: Regex,
    /// Anchored: how long a match can be.
    longest: Regex,
    /// Over a whole text.
    whole: Regex,
}

/// The groups of a match; those that took no part are `None`.
pub(super) type Groups = Vec<Option<Range<usize>>>;

thread_local! {
    static KEPT: RefCell<FxHashMap<EcoString, Rc<Posix>>> = RefCell::default();
}

impl Posix {
    /// The expression `source`, compiled unless it is known already.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(super) fn new(source: &EcoString) -> Result<Rc<Posix>, String> {
        if let Some(known) = KEPT.with_borrow(|kept| kept.get(source).cloned()) {
            return Ok(known);
        }
        let translated = translate(source)?;
        let compiled = Rc::new(Posix {
            search: compile(&translated, MatchKind::LeftmostFirst)?,
            longest: compile(&translated, MatchKind::All)?,
            whole: compile(&format!("\\A(?:{translated})\\z"), MatchKind::LeftmostFirst)?,
        });
        KEPT.with_borrow_mut(|kept| {
            if kept.len() >= MAX_KEPT {
                kept.clear();
            }
            kept.insert(source.clone(), compiled.clone());
        });
        Ok(compiled)
    }

    /// The groups, if the whole of `text` matches.
    pub(super) fn matches(&self, text: &str) -> Option<Groups> {
        let mut captures = self.whole.create_captures();
        self.whole.captures(text, &mut captures);
        captures.is_match().then(|| groups(&captures, 0))
    }

    /// The leftmost longest match at or behind `from`, with its groups.
    pub(super) fn find(&self, text: &str, from: usize) -> Option<(Range<usize>, Groups)> {
        let mut captures = self.search.create_captures();
        self.search.search_captures(&Input::new(text).range(from..), &mut captures);
        let found = captures.get_match()?;
        let anchored = Input::new(text).range(found.start()..).anchored(Anchored::Yes);
        let end = self.longest.search_half(&anchored).map_or(found.end(), |half| half.offset());
        let range = found.start()..end;
        if end == found.end() {
            return Some((range, groups(&captures, 0)));
        }
        // Perl's choice ends earlier: take the groups of the choice that fills the longest match.
        let mut filling = self.whole.create_captures();
        self.whole.captures(&text[range.clone()], &mut filling);
        let groups = groups(if filling.is_match() { &filling } else { &captures }, range.start);
        Some((range, groups))
    }
}

fn groups(captures: &Captures, offset: usize) -> Groups {
    let shifted = |span: regex_automata::Span| span.start + offset..span.end + offset;
    captures.iter().skip(1).map(|group| group.map(shifted)).collect()
}

fn compile(pattern: &str, kind: MatchKind) -> Result<Regex, String> {
    let config = Regex::config().match_kind(kind).nfa_size_limit(Some(MAX_BYTES));
    Regex::builder().configure(config).syntax(syntax::Config::new().dot_matches_new_line(true)).build(pattern).map_err(
        |error: BuildError| match error.size_limit() {
            Some(_) => "it is too large once its repetitions are written out".to_string(),
            // The translator refuses what the engine cannot read; what remains are its own bounds.
            None => "it is beyond what can be matched in linear time".to_string(),
        },
    )
}

/// The expression in the engine's dialect.
fn translate(source: &str) -> Result<String, String> {
    let mut translator = Translator { rest: source, out: String::new(), atom: None, groups: Vec::new(), stacked: 0 };
    while let Some(c) = translator.take() {
        translator.piece(c)?;
    }
    match translator.groups.is_empty() {
        true => Ok(translator.out),
        false => Err("a `(` is never closed".to_string()),
    }
}

struct Translator<'a> {
    rest: &'a str,
    out: String,
    /// Where in `out` the piece starts that a repetition would repeat.
    atom: Option<usize>,
    /// Where in `out` the open groups start.
    groups: Vec<usize>,
    /// Repetitions of repetitions so far.
    stacked: u32,
}

impl Translator<'_> {
    fn take(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn takes(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn piece(&mut self, c: char) -> Result<(), String> {
        let start = self.out.len();
        match c {
            '(' => {
                if self.groups.len() as u32 >= MAX_NESTING {
                    return Err(format!("its groups are nested more than {MAX_NESTING} levels deep"));
                }
                self.groups.push(start);
                self.out.push('(');
                self.atom = None;
            }
            ')' => {
                self.out.push(')');
                self.atom = Some(self.groups.pop().ok_or("a `)` closes nothing")?);
            }
            '|' | '^' | '$' => {
                self.out.push(c);
                self.atom = None;
            }
            '*' | '+' | '?' | '{' => self.repetition(c)?,
            _ => {
                match c {
                    '.' => self.out.push('.'),
                    '[' => self.bracket()?,
                    '\\' => {
                        let escaped = self.take().ok_or("it ends in the middle of an escape")?;
                        if escaped.is_alphanumeric() {
                            return Err(format!("`\\{escaped}` has no meaning in a POSIX expression"));
                        }
                        literal(escaped, &mut self.out);
                    }
                    _ => literal(c, &mut self.out),
                }
                self.atom = Some(start);
            }
        }
        Ok(())
    }

    fn repetition(&mut self, c: char) -> Result<(), String> {
        let start = self.atom.ok_or_else(|| format!("there is nothing in front of `{c}` that it could repeat"))?;
        if c != '{' {
            self.out.push(c);
        } else {
            let (count, behind) = self.rest.split_once('}').ok_or("a `{` is never closed")?;
            let (min, max) = count.split_once(',').unwrap_or((count, count));
            let number =
                |text: &str| text.parse::<u16>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
            let sound = match (number(min), max) {
                (Some(_), "") => true,
                (Some(min), max) => number(max).is_some_and(|max| min <= max),
                (None, _) => false,
            };
            if !sound {
                return Err(format!("`{{{count}}}` is not a repetition such as `{{2}}`, `{{2,}}` or `{{2,5}}`"));
            }
            self.out.push_str(&format!("{{{count}}}"));
            self.rest = behind;
        }
        // A repetition of a repetition: in the engine's dialect a `?` behind one would mean something else.
        if self.rest.starts_with(['*', '+', '?', '{']) {
            self.stacked += 1;
            if self.stacked > MAX_NESTING {
                return Err(format!("it stacks more than {MAX_NESTING} repetitions"));
            }
            self.out.insert_str(start, "(?:");
            self.out.push(')');
        }
        Ok(())
    }

    /// A bracket expression, its `[` taken already. A `\` in it is an ordinary character.
    fn bracket(&mut self) -> Result<(), String> {
        const UNCLOSED: &str = "a `[` is never closed";
        self.out.push('[');
        if self.takes("^") {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            if !first && self.takes("]") {
                self.out.push(']');
                return Ok(());
            }
            first = false;
            if self.takes("[:") {
                let (name, behind) = self.rest.split_once(":]").ok_or(UNCLOSED)?;
                self.out.push_str(class(name)?);
                self.rest = behind;
                continue;
            }
            let low = self.element()?.ok_or(UNCLOSED)?;
            literal(low, &mut self.out);
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
                self.takes("-");
                let high = self.element()?.ok_or(UNCLOSED)?;
                if high < low {
                    return Err(format!("the range `{low}-{high}` runs backwards"));
                }
                self.out.push('-');
                literal(high, &mut self.out);
                if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
                    return Err(format!("a range cannot continue behind `{low}-{high}`"));
                }
            }
        }
    }

    /// One character of a bracket expression, plain or as `[.c.]` or `[=c=]`.
    fn element(&mut self) -> Result<Option<char>, String> {
        for (open, close) in [("[.", ".]"), ("[=", "=]")] {
            if self.takes(open) {
                let (name, behind) = self.rest.split_once(close).ok_or("a `[` is never closed")?;
                self.rest = behind;
                let mut characters = name.chars();
                return match (characters.next(), characters.next()) {
                    (Some(c), None) => Ok(Some(c)),
                    _ if name == "space" => Ok(Some(' ')),
                    _ => Err(format!("the collating element `{name}` is not known; write the character itself")),
                };
            }
        }
        Ok(self.take())
    }
}

/// The character itself, whatever it means elsewhere. (A backslash in front of any punctuation would
/// not do: `\<` is a word boundary.)
fn literal(c: char, out: &mut String) {
    out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
}

fn class(name: &str) -> Result<&'static str, String> {
    Ok(match name {
        "alnum" => "[:alnum:]",
        "alpha" => "[:alpha:]",
        "blank" => "[:blank:]",
        "cntrl" => "[:cntrl:]",
        "digit" | "d" => "[:digit:]",
        "graph" => "[:graph:]",
        "lower" => "[:lower:]",
        "print" => "[:print:]",
        "punct" => "[:punct:]",
        "space" | "s" => "[:space:]",
        "upper" => "[:upper:]",
        "xdigit" => "[:xdigit:]",
        "w" => "[:word:]",
        _ => return Err(format!("the character class `[:{name}:]` is not known")),
    })
}

#[cfg(test)]
mod tests {
    use super::Posix;

    fn groups(pattern: &str, text: &str) -> Option<Vec<Option<String>>> {
        let posix = Posix::new(&pattern.into()).expect("is sound");
        let own = |group: &Option<std::ops::Range<usize>>| group.clone().map(|range| text[range].to_string());
        posix.matches(text).map(|groups| groups.iter().map(own).collect())
    }

    #[test]
    fn brackets_are_posix() {
        for (pattern, text) in [
            (r"[\n]", "n"),
            (r"[\]", r"\"),
            ("[]a]", "]"),
            ("[a-]", "-"),
            ("[--/]", "."),
            ("[^]]", "a"),
            ("[[.space.]]", " "),
            ("[[=a=]]", "a"),
            ("[a&&b]", "&"),
            ("[a~~b]", "b"),
            ("[a-z[:digit:]_]+", "a1_"),
            ("[[:w:]]", "_"),
            ("a*?", "aa"),
            ("a{2}{3}", "aaaaaa"),
            ("a}", "a}"),
            ("a]", "a]"),
            (".", "\n"),
            ("a||b", ""),
        ] {
            assert!(groups(pattern, text).is_some(), "{pattern} takes {text:?}");
        }
        assert_eq!(groups(r"[\]]", "]"), None);
    }

    #[test]
    fn groups_that_take_no_part_are_none() {
        assert_eq!(groups("(x)|(y)", "y"), Some(vec![None, Some("y".to_string())]));
        let parts = ["a", "bcd", ""].map(|part| Some(part.to_string()));
        assert_eq!(groups("(a|ab)(c|bcd)(d*)", "abcd"), Some(parts.to_vec()));
    }

    #[test]
    fn a_search_takes_the_longest() {
        let posix = Posix::new(&"(a|ab)".into()).expect("is sound");
        assert_eq!(posix.find("xabc", 0), Some((1..3, vec![Some(1..3)])));
    }

    #[test]
    fn what_posix_does_not_have_is_refused() {
        for pattern in [
            r"\d",
            r"\n",
            "*a",
            "a{,3}",
            "a{x",
            "(?:a)",
            "^*a",
            "[z-a]",
            "[[:foo:]]",
            "(a",
            "a)",
            "[a",
            "a\\",
            "{",
            "a|*b",
            "(+b)",
            "[a-c-e]",
            "(a{1000}){1000}",
            "a{3,2}",
            "a{99999}",
            "[",
            "[[:alpha:",
            "[[.ab.]]",
        ] {
            let error = Posix::new(&pattern.into()).err();
            assert!(error.is_some_and(|why| !why.is_empty()), "{pattern} is refused");
        }
        for hostile in ["(".repeat(100_000), format!("a{}", "*".repeat(100_000)), "()".repeat(1_000_000)] {
            assert!(Posix::new(&hostile.into()).is_err());
        }
    }
}
