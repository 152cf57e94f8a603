//! Over which versions something exists.

use super::minor::Minor;

/// Whether something is there in one version.
#[derive(Clone, Copy, Debug)]
pub struct Presence {
    /// The version.
    pub minor: Minor,
    /// Whether it is there.
    pub there: bool,
}

/// Over which of the known versions something exists.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct History {
    /// The first version that has it; `None` when the oldest known one does already, or none does.
    pub since: Option<Minor>,
    /// The first version after it that no longer has it; `None` when the newest known one still does.
    pub until: Option<Minor>,
    /// Whether any known version has it.
    pub known: bool,
}

impl History {
    /// Summarises what each version says, oldest first.
    pub fn of(versions: impl Iterator<Item = Presence>) -> History {
        let mut history = History::default();
        let mut first = true;
        for Presence { minor, there } in versions {
            if there {
                if !history.known && !first {
                    history.since = Some(minor);
                }
                history.known = true;
                history.until = None;
            } else if history.known && history.until.is_none() {
                history.until = Some(minor);
            }
            first = false;
        }
        history
    }

    /// `since 1.29`, `until 1.32`, both, or nothing when it was always there.
    pub fn describe(&self) -> Option<String> {
        match (self.since, self.until) {
            (Some(since), Some(until)) => Some(format!("since {since}, gone in {until}")),
            (Some(since), None) => Some(format!("since {since}")),
            (None, Some(until)) => Some(format!("gone in {until}")),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{History, Minor, Presence};

    fn history(there: &[bool]) -> History {
        let minors = (28..).map(Minor);
        History::of(minors.zip(there).map(|(minor, &there)| Presence { minor, there }))
    }

    #[test]
    fn tells_when_something_came_and_went() {
        assert_eq!(history(&[false, false]), History::default());
        assert_eq!(history(&[true, true]), History { known: true, ..History::default() });
        assert_eq!(history(&[false, true]), History { since: Some(Minor(29)), known: true, until: None });
        assert_eq!(history(&[true, false, false]), History { since: None, known: true, until: Some(Minor(29)) });
        assert_eq!(history(&[true, false, true]), History { since: None, known: true, until: None });
    }
}
