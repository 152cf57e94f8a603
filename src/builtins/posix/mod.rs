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

mod translate;

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use ecow::EcoString;
use regex_automata::meta::{BuildError, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};
use rustc_hash::FxHashMap;

use translate::translate;

/// The memory that one compiled expression may take.
const MAX_BYTES: usize = 10 << 20;

/// Compiled expressions that are kept; a configuration uses a few dozen.
const MAX_KEPT: usize = 500;

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
    // Engines that are built ahead take longer to build than all that most expressions are ever asked.
    let config = Regex::config().match_kind(kind).nfa_size_limit(Some(MAX_BYTES)).dfa(false).onepass(false);
    Regex::builder().configure(config).syntax(syntax::Config::new().dot_matches_new_line(true)).build(pattern).map_err(
        |error: BuildError| match error.size_limit() {
            Some(_) => "it is too large once its repetitions are written out".to_string(),
            // The translator refuses what the engine cannot read; what remains are its own bounds.
            None => "it is beyond what can be matched in linear time".to_string(),
        },
    )
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
            ("<a>", "<a>"),
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
