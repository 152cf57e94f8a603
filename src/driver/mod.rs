//! The pipeline on one screen: every stage takes what the stage before gives, so that none can be skipped.
//!
//! ```text
//! parse → check → evaluate → lower → prove → order → (emit)
//! ```
//!
//! A stage never stops at the first mistake: what it finds goes to the session's findings and it
//! passes on what it can, so that one run shows everything that is wrong. Only the last step looks
//! at them: [`Ordered::objects`] is for writing when [`Session::has_errors`] says no.

mod access;
mod admission;
pub mod chart;
mod comply;
mod coverage;
mod evaluate;
pub mod evidence;
mod examine;
mod explain;
mod gather;
mod inputs;
mod manifests;
mod matrix;
mod network;
mod news;
mod openings;
mod path;
mod prove;
mod schema;
mod secrets;
mod session;
mod settings;
mod timings;

pub use access::access;
pub use coverage::Coverage;
pub use evaluate::{Evaluated, Lowered};
pub use explain::{Child, Declared, Definition, Destination, Explanation, Found, Link, Place, Verdict, Way, explain};
pub use gather::Gathered;
pub use inputs::inputs;
pub use manifests::check_manifests;
pub use matrix::{minors, told_once};
pub use network::{picture, picture_of_manifests};
pub use openings::{Openings, Snapshot, snapshot, snapshot_of_manifests};
pub use prove::{Ordered, Proved};
pub use secrets::NamedSecret;
pub use session::{Checked, Parsed, Request, Session};
pub use settings::{SecretSetting, Setting};
pub use timings::Timings;

/// The way from the entry file to objects of which all is proved. What is wrong is in the session's findings.
fn proved(session: &mut Session) -> Option<(Evaluated, Proved)> {
    let parsed = session.parse()?;
    let checked = session.check(parsed);
    let evaluated = session.evaluate(checked)?;
    let lowered = session.lower(&evaluated);
    let proved = session.prove(&evaluated, lowered);
    session.forget_what_was_found_early();
    Some((evaluated, proved))
}

/// The whole way from the entry file to objects in the order in which they can be installed.
/// What is wrong is in the session's findings.
pub fn compile(session: &mut Session) -> Option<Ordered> {
    session.forgets = true;
    let parsed = session.parse()?;
    let checked = session.check(parsed);
    let evaluated = session.evaluate(checked)?;
    let lowered = session.lower(&evaluated);
    let proved = session.prove(&evaluated, lowered);
    let ordered = session.order(proved);
    session.forget_what_was_found_early();
    Some(ordered)
}
