//! What changes from one state to another, for those who review a change before it is applied.
//!
//! A [`Difference`] is plain data that is made once and shown in several forms: for a terminal ([`text`]), as the comment to a
//! pull request ([`markdown`]) and for programs ([`json`]). Its parts are independent of each other; [`connections`] is who
//! can newly connect to whom, and who no longer can.

pub mod connections;
mod markdown;
mod ports;
mod text;
mod words;

use serde::Serialize;

use crate::driver::Openings;
use connections::Connections;

pub use markdown::markdown;
pub use text::text;

/// What changes from one state to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// What the old state is called.
    pub old: String,
    /// What the new one is called.
    pub new: String,
    /// Who can connect to whom.
    pub connections: Connections,
}

impl Difference {
    /// What changes from `old` to `new`.
    pub fn between(old: &Openings, new: &Openings) -> Difference {
        Difference {
            old: old.picture.title.clone(),
            new: new.picture.title.clone(),
            connections: connections::between(old, new),
        }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }
}

/// The difference for programs; `docs/guides/diff.md` documents it.
pub fn json(difference: &Difference) -> String {
    let mut text = serde_json::to_string_pretty(difference).expect("a difference is plain data with texts as keys");
    text.push('\n');
    text
}
