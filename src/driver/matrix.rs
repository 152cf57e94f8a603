//! Several versions of Kubernetes at once: what is found for all of them is told once.

use rustc_hash::FxHashMap;

use super::coverage::ranges;
use crate::diag::{Code, Diagnostic};
use crate::schema::{Catalogue, Minor};
use crate::source::Span;

/// What makes a finding the same for two versions: where it is, and what it says but for the version's own name.
#[derive(PartialEq, Eq, Hash)]
struct Same {
    code: Code,
    span: Span,
    object: Option<String>,
    path: Option<String>,
    message: String,
}

/// What stands in front of a version where a message names its own.
const WORDS: [&str; 2] = ["Kubernetes", "k8s"];

/// A finding, and the versions that have it.
struct Told {
    finding: Diagnostic,
    versions: Vec<Minor>,
    /// Whether every version says it in just the same words.
    alike: bool,
}

/// The versions that a text names: `1.31`, `1.28..1.33`, or several of these with commas in between; in order, each once.
///
/// # Errors
/// When it names none, or one that is not known.
pub fn minors(text: &str) -> Result<Vec<Minor>, Diagnostic> {
    let known = |text: &str| Catalogue::embedded().version(text, Span::NONE).map(|version| version.minor());
    let mut minors = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once("..").unwrap_or((part, part));
        let (first, last) = (known(first)?, known(last)?);
        if last < first {
            let message = format!("`{}` names no version: {first} is newer than {last}", part.trim());
            let finding = Diagnostic::new(Code::UnknownVersion, Span::NONE, message);
            return Err(finding.hint(format!("write the older one first: `{last}..{first}`")));
        }
        minors.extend((first.0..=last.0).map(Minor));
    }
    minors.sort_unstable();
    minors.dedup();
    Ok(minors)
}

/// The findings for several versions: what holds for all is told once, what holds for some names them. The places of all
/// are in the same texts.
pub fn told_once(found: Vec<(Minor, Vec<Diagnostic>)>) -> Vec<Diagnostic> {
    let all = found.len();
    let (mut told, mut known): (Vec<Told>, FxHashMap<Same, usize>) = Default::default();
    for (minor, findings) in found {
        for finding in findings {
            let place = *known.entry(same(&finding, minor)).or_insert(told.len());
            match told.get_mut(place) {
                None => told.push(Told { finding, versions: vec![minor], alike: true }),
                Some(earlier) => {
                    earlier.alike &= earlier.finding.message == finding.message;
                    // The newest has the last word, as that is where a cluster goes.
                    earlier.finding = finding;
                    if earlier.versions.last() != Some(&minor) {
                        earlier.versions.push(minor);
                    }
                }
            }
        }
    }
    told.into_iter().map(|told| told.named(all)).collect()
}

impl Told {
    fn named(self, all: usize) -> Diagnostic {
        let Told { mut finding, mut versions, alike } = self;
        if alike && versions.len() < all {
            finding.message.push_str(&format!(" (in {})", ranges(&versions)));
        } else if !alike {
            versions.pop();
            finding.message.push_str(&format!(" (the same in {})", ranges(&versions)));
        }
        finding
    }
}

fn same(finding: &Diagnostic, minor: Minor) -> Same {
    Same {
        code: finding.code,
        span: finding.primary.span,
        object: finding.object.clone(),
        path: finding.path.clone(),
        message: WORDS
            .iter()
            .fold(finding.message.clone(), |text, word| text.replace(&format!("{word} {minor}"), word)),
    }
}

#[cfg(test)]
mod tests {
    use super::{minors, told_once};
    use crate::diag::{Code, Diagnostic};
    use crate::schema::Minor;
    use crate::source::Span;

    #[test]
    fn versions_are_named_by_ranges() {
        let read = |text: &str| minors(text).map(|minors| minors.iter().map(|minor| minor.0).collect::<Vec<_>>());
        assert_eq!(read("1.31"), Ok(vec![31]));
        assert_eq!(read("1.30..1.32, v1.29,1.30"), Ok(vec![29, 30, 31, 32]));
        for text in ["", "1.32..1.30", "1.1", "1.28..", "..", "1.28...1.30", "latest"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_holds_for_all_is_told_once() {
        let finding = |at: u32, message: &str| Diagnostic::new(Code::UnknownKind, Span::new(at, at + 1), message);
        let told = told_once(vec![
            (Minor(30), vec![finding(1, "bad"), finding(2, "Kubernetes 1.30 has no `X`"), finding(3, "old")]),
            (Minor(31), vec![finding(1, "bad"), finding(2, "Kubernetes 1.31 has no `X`")]),
            (Minor(32), vec![finding(1, "bad"), finding(2, "Kubernetes 1.32 has no `X`"), finding(4, "new")]),
        ]);
        let messages: Vec<&str> = told.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            ["bad", "Kubernetes 1.32 has no `X` (the same in 1.30, 1.31)", "old (in 1.30)", "new (in 1.32)"]
        );
    }
}
