//! Names that carry the release.
//!
//! # The idea
//!
//! A release that is called like the chart gives the objects of YAML mode. Any other release puts its own name in front
//! of every name that it makes, so that two of them can live in one namespace; and whatever means one of these
//! names has to follow, or one release would talk to the other's database. So this is a renaming, in two passes:
//!
//! 1. What does the chart make? `own` gathers the names that it may choose, with what controllers make for its objects (the
//!    Secret of an ExternalSecret, the claims of a StatefulSet). `labels` reads off the selectors by which labels
//!    pods and objects are found.
//! 2. Where is one of them meant? `walk` goes through all texts: names in fields that are known to be names (`fields`),
//!    labels and selectors, and hosts in the settings of programs (`hosts`).
//!
//! A text that means nothing of the chart is somebody else's and stays. Nothing is renamed by its looks alone.
//!
//! # What has no name of its own
//!
//! - The namespace of the release is where Helm installs it; its object, if there is one, takes that name. Only the release
//!   that is called like the chart has it, since a namespace has one owner. Further namespaces are objects like others.
//! - Objects whose name says what they are for (an APIService, `default` ServiceAccounts) keep it, and exist once as well.
//!
//! Text that is the default of an opening is renamed as long as it is the default ([`Piece::Meaning`]): an operator
//! who sets another database's host means that one.
//!
//! [`Piece::Meaning`]: super::Piece::Meaning

mod fields;
mod hosts;
mod labels;
mod own;
mod text;
mod walk;

use super::{Chart, Template};
use crate::parallel;
use labels::Labels;
use own::{Head, Own};
use text::Defaults;
use walk::Walk;

/// Helm's own bound.
const LONGEST_RELEASE: usize = 53;

/// Opens all names of a chart, and all that mean them, for releases of any name.
pub fn open_names(chart: &mut Chart) {
    let defaults = Defaults::of(chart);
    let own = Own::of(chart, &defaults);
    let labels = Labels::of(chart, &own, &defaults);
    let walk = Walk::new(&own, &labels, &defaults);
    let opened = |mut template: Template| {
        let head = Head::of(&template.form, &defaults);
        let is_fixed = head.is_fixed(&template.form, &defaults);
        let is_place = own.is_place(&head);
        // Custom resources are defined once for all releases, in a folder of their own.
        template.only_own = is_place || (is_fixed && !head.is_definition());
        let room = if is_fixed || is_place { LONGEST_RELEASE } else { head.room() };
        walk.object(&mut template.form, &head, is_fixed);
        (room, template)
    };
    let templates = std::mem::take(&mut chart.templates);
    let ((), opened) = parallel::alongside(opened, |hand_out| templates.into_iter().for_each(hand_out));
    let (rooms, templates): (Vec<usize>, Vec<Template>) = opened.into_iter().unzip();
    chart.longest_release = rooms.into_iter().fold(LONGEST_RELEASE, usize::min);
    chart.templates = templates;
}

#[cfg(test)]
mod tests;
