//! What changes from one state to another, for those who review a change before it is applied.
//!
//! A [`Difference`] is plain data that is made once and shown in several forms: for a terminal ([`text`]), as the comment to a
//! pull request ([`markdown`]) and for programs ([`json`]). Its parts are independent of each other: [`Objects`] is
//! which objects come, go and change, field by field, and what of that is dangerous; [`connections`] is who
//! can newly connect to whom, and who no longer can.

mod align;
mod body;
pub mod connections;
mod danger;
mod fields;
mod lines;
mod lists;
mod markdown;
mod objects;
mod places;
mod ports;
mod same;
mod text;
pub mod told;
mod value;
mod words;

use serde::Serialize;

use crate::driver::Snapshot;
use connections::Connections;
use told::{Danger, Objects};

pub use danger::Effect;
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
    /// What is dangerous, the worst first: what loses data, what the API server refuses, what stops something.
    pub dangers: Vec<Danger>,
    /// Which objects come, go and change.
    pub objects: Objects,
    /// Who can connect to whom.
    pub connections: Connections,
}

impl Difference {
    /// What changes from `old` to `new`.
    pub fn between(old: &Snapshot, new: &Snapshot) -> Difference {
        let (objects, dangers) = objects::between(old, new);
        Difference {
            old: old.title.clone(),
            new: new.title.clone(),
            dangers,
            objects,
            connections: connections::between(&old.openings, &new.openings),
        }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.connections.is_empty()
    }
}

/// The difference for programs; `docs/guides/diff.md` documents it.
pub fn json(difference: &Difference) -> String {
    let mut text = serde_json::to_string_pretty(difference).expect("a difference is plain data with texts as keys");
    text.push('\n');
    text
}
