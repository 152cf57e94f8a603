//! The difference of two texts, line by line.

use rustc_hash::FxHashMap;

use super::align::equal;
use crate::draw::words::line;

/// So many lines around a change are shown.
const AROUND: usize = 2;

/// The lines that differ, with a sign in front and those around them; `⋯` where some are left out.
pub(super) fn difference(old: &str, new: &str) -> Vec<(char, String)> {
    let (olds, news) = (lines(old), lines(new));
    let mut numbers: FxHashMap<&str, u64> = FxHashMap::default();
    let mut number = |text| {
        let next = numbers.len() as u64;
        *numbers.entry(text).or_insert(next)
    };
    let old_numbers: Vec<u64> = olds.iter().map(|text| number(*text)).collect();
    let new_numbers: Vec<u64> = news.iter().map(|text| number(*text)).collect();
    let mut all: Vec<(char, &str)> = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (old, new) in equal(&old_numbers, &new_numbers).into_iter().chain([(olds.len(), news.len())]) {
        all.extend(olds[i..old].iter().map(|text| ('-', *text)));
        all.extend(news[j..new].iter().map(|text| ('+', *text)));
        all.extend(olds.get(old).map(|text| (' ', *text)));
        (i, j) = (old + 1, new + 1);
    }
    let mut shown = around(&all);
    if shown.is_empty() {
        // Only the ends of lines differ.
        let ending = |text: &str| format!("(ends with {:?})", text.chars().last().unwrap_or_default());
        shown = vec![('-', ending(old)), ('+', ending(new))];
    }
    shown
}

/// The lines of a text. A carriage return belongs to its line: a script with one is another script.
fn lines(text: &str) -> Vec<&str> {
    if text.is_empty() { Vec::new() } else { text.strip_suffix('\n').unwrap_or(text).split('\n').collect() }
}

/// The changes, and what is around them.
fn around(all: &[(char, &str)]) -> Vec<(char, String)> {
    let changed: Vec<usize> = (0..all.len()).filter(|at| all[*at].0 != ' ').collect();
    let mut shown = Vec::new();
    let mut next = 0;
    for at in changed {
        let from = at.saturating_sub(AROUND).max(next);
        if from > next {
            shown.push((' ', "⋯".to_owned()));
        }
        let to = (at + AROUND + 1).min(all.len());
        // The lines behind a change are those in front of the next one.
        let until = (at + 1..to).find(|at| all[*at].0 != ' ').unwrap_or(to);
        shown.extend(all[from..until.max(from)].iter().map(|(sign, text)| (*sign, line(text).into_owned())));
        next = until.max(next);
    }
    if next < all.len() && !shown.is_empty() {
        shown.push((' ', "⋯".to_owned()));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::difference;

    fn told(old: &str, new: &str) -> String {
        difference(old, new).iter().map(|(sign, text)| format!("{sign}{text}\n")).collect()
    }

    #[test]
    fn what_differs_is_shown_with_its_surroundings() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n";
        assert_eq!(told(old, &old.replace("e\n", "E\n")), " ⋯\n c\n d\n-e\n+E\n f\n g\n ⋯\n");
        assert_eq!(told("a\n", "a\nb\n"), " a\n+b\n");
        assert_eq!(told("a\nb\n", "b\n"), "-a\n b\n");
        let near = told("a\nb\nc\nd\ne\nf\n", "A\nb\nc\nd\ne\nF\n");
        assert_eq!(near, "-a\n+A\n b\n c\n d\n e\n-f\n+F\n");
        assert_eq!(told("a\r\nb\n", "a\nb\n"), "-a\\u{d}\n+a\n b\n");
        assert_eq!(told("", "a\n"), "+a\n");
        assert_eq!(told("a\n", "a\n\n"), " a\n+\n");
        assert_eq!(told("a\n", "a"), "-(ends with '\\n')\n+(ends with 'a')\n");
    }
}
