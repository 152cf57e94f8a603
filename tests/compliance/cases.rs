//! Cases of checks, as people read them.
//!
//! A file of `tests/corpus/compliance/` holds the cases of a topic:
//!
//! ```text
//! -- no-host-path: a folder of the node outlives the pod      the check, and the sentence why
//! options: --k8s-version 1.30                                 for all cases up to the next check
//! pass:                                                       the check is met, and looks at something
//! { … }                                                       the configuration
//! fail: is a folder of the node                               it is not met, in these words, at the marked place
//! { … hostPath = ⟨{ path = "/"; }⟩; … }
//! silent:                                                     the check has nothing to say
//! ```
//!
//! Below `pass:` and `fail:` may stand `options:` of this case, `without:` what the framework leaves out of its
//! compliance data, `code:` another code than `E0905`, and `besides:` one that is no matter here. The regulation and the level are the test's to choose, so
//! that each case serves all controls that ask for its check. What has no mark fails where the level is said.

use std::path::Path;

/// A configuration, and what a check says of it.
pub struct Case {
    pub check: String,
    pub why: String,
    pub verdict: Verdict,
    pub options: Vec<String>,
    pub without: String,
    /// The code of its finding.
    pub code: String,
    /// The code of another finding that the configuration cannot do without.
    pub besides: String,
    /// Without the mark.
    pub text: String,
    /// Line and column of the mark.
    pub place: Option<(u64, u64)>,
    /// File and line, for people.
    pub origin: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Pass,
    /// With words of the message.
    Fail(String),
    Silent,
}

/// The cases of a file.
pub fn read(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).expect("a file of cases is readable");
    let mut cases: Vec<Case> = Vec::new();
    let (mut check, mut why, mut options) = (String::new(), String::new(), Vec::new());
    let mut within = false;
    for (number, line) in text.lines().enumerate() {
        let origin = format!("{}:{}", path.display(), number + 1);
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
        if let Some(head) = line.strip_prefix("-- ") {
            let (id, sentence) = head.split_once(": ").unwrap_or_else(|| panic!("{origin}: no sentence says why"));
            (check, why, options, within) = (id.to_owned(), sentence.to_owned(), Vec::new(), false);
            continue;
        }
        let verdict = match line.split_once(':').map(|(word, rest)| (word, rest.trim().to_owned())) {
            Some(("pass", _)) => Verdict::Pass,
            Some(("silent", _)) => Verdict::Silent,
            Some(("fail", words)) => Verdict::Fail(words),
            Some(("options", rest)) if !within => {
                options = words(&rest);
                continue;
            }
            Some(("options", rest)) => {
                cases.last_mut().expect("a case").options = words(&rest);
                continue;
            }
            Some(("without", part)) => {
                cases.last_mut().expect("a case").without = part;
                continue;
            }
            Some(("code", code)) => {
                cases.last_mut().expect("a case").code = code;
                continue;
            }
            Some(("besides", code)) => {
                cases.last_mut().expect("a case").besides = code;
                continue;
            }
            _ if line.is_empty() => continue,
            _ => {
                let case = cases.last_mut().unwrap_or_else(|| panic!("{origin}: a configuration of no case"));
                case.text.push_str(line);
                case.text.push('\n');
                continue;
            }
        };
        within = true;
        cases.push(Case {
            check: check.clone(),
            why: why.clone(),
            verdict,
            options: options.clone(),
            without: String::new(),
            code: "E0905".to_owned(),
            besides: String::new(),
            text: String::new(),
            place: None,
            origin,
        });
    }
    cases.iter_mut().for_each(Case::take_mark);
    cases
}

impl Case {
    fn take_mark(&mut self) {
        let marked = self.text.lines().enumerate().find_map(|(at, line)| Some((at, line.split_once('⟨')?.0)));
        self.place = marked.map(|(at, before)| (at as u64 + 1, before.chars().count() as u64 + 1));
        self.text = self.text.replace(['⟨', '⟩'], "");
    }

    /// Whether the message of a failure is the expected one.
    pub fn is_said_by(&self, message: &str) -> bool {
        matches!(&self.verdict, Verdict::Fail(words) if message.contains(words.as_str()))
    }
}
