//! A control: a row of its regulation's table, with its checks inside.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::sets::Sets;
use super::words::{At, Badge, Escaped, Prose, class, put};
use crate::driver::evidence::{ControlEvidence, Failing, Status, Verdict};
use crate::policy::compliance::Check;

/// A control with more failures than these is opened by whoever wants to read them.
const MOST_OPEN: usize = 20;

/// The row. What is not met is open from the start, unless it is long.
pub(super) fn row<'a>(out: &mut String, evidence: &'a ControlEvidence, sets: &mut Sets<'a>) {
    let (control, status) = (evidence.control, evidence.status);
    let (class, badge) = (class(status), Badge(status));
    put(out, format_args!("<tr role=\"row\" class=\"{class}\" data-status=\"{class}\"><td role=\"cell\">{badge}</td>"));
    put(
        out,
        format_args!(
            "<th role=\"rowheader\" scope=\"row\">{}</th><td role=\"cell\" class=\"demand\">",
            Escaped(control.id)
        ),
    );
    if evidence.verdicts.is_empty() {
        put(out, format_args!("<span class=\"bare\">{}</span>", Escaped(&sentence(control.title))));
    } else {
        let told = evidence.verdicts.iter().map(|verdict| verdict.failures.len()).sum::<usize>();
        let open = if (1..=MOST_OPEN).contains(&told) { " open" } else { "" };
        put(
            out,
            format_args!(
                "<details{open}><summary>{}</summary>\n<div class=\"inside\">\n",
                Escaped(&sentence(control.title))
            ),
        );
        by_check(&evidence.verdicts).iter().for_each(|(check, verdicts)| of_check(out, check, verdicts, sets));
        out.push_str("</div></details>");
    }
    let from = control.from;
    put(out, format_args!("</td><td role=\"cell\" class=\"from\">{from}</td><td role=\"cell\" class=\"count\">"));
    out.push_str(&results(evidence));
    out.push_str("</td></tr>\n");
}

/// A title as people write the start of a sentence.
fn sentence(title: &str) -> String {
    let mut characters = title.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// `2 of 14 fail`
fn results(evidence: &ControlEvidence) -> String {
    let all = evidence.verdicts.len();
    let of = |status: Status| evidence.verdicts.iter().filter(|verdict| verdict.status == status).count();
    match (of(Status::Failed), of(Status::Excepted)) {
        (0, 0) if all == 0 => "nothing judged".to_string(),
        (0, 0) => format!("{all} of {all} pass"),
        (0, excepted) => format!("{excepted} of {all} excepted"),
        (failed, 0) => format!("{failed} of {all} fail"),
        (failed, excepted) => format!("{failed} of {all} fail, {excepted} excepted"),
    }
}

/// The verdicts check by check; checks that fail come first.
fn by_check(verdicts: &[Verdict]) -> Vec<(&'static Check, Vec<&Verdict>)> {
    let mut checks: Vec<(&'static Check, Vec<&Verdict>)> = Vec::new();
    for verdict in verdicts {
        match checks.iter_mut().find(|(check, _)| check.id == verdict.check.id) {
            Some((_, of_check)) => of_check.push(verdict),
            None => checks.push((verdict.check, vec![verdict])),
        }
    }
    checks.sort_by_key(|(_, verdicts)| std::cmp::Reverse(worst(verdicts)));
    checks
}

fn worst(verdicts: &[&Verdict]) -> Status {
    verdicts.iter().map(|verdict| verdict.status).max().unwrap_or(Status::NotApplicable)
}

fn of_check<'a>(out: &mut String, check: &Check, verdicts: &[&'a Verdict], sets: &mut Sets<'a>) {
    let worst = worst(verdicts);
    put(out, format_args!("<div class=\"check {}\"><p>{} {} ", class(worst), Badge(worst), Escaped(check.title)));
    put(out, format_args!("<code class=\"name\">{}</code></p>\n", Escaped(check.id)));
    let (passed, not): (Vec<&Verdict>, Vec<&Verdict>) =
        verdicts.iter().partition(|verdict| verdict.status == Status::Met);
    let failures: Vec<(&Verdict, &Failing)> =
        not.iter().flat_map(|&verdict| verdict.failures.iter().map(move |failure| (verdict, failure))).collect();
    // What all of them are told to do is told once.
    let shared = failures.first().map(|(_, first)| first.hint.as_str());
    let shared = shared.filter(|hint| failures.iter().all(|(_, failure)| failure.hint == *hint));
    if let Some(hint) = shared {
        put(out, format_args!("<p class=\"hint\">To mend it: {}</p>\n", Prose(hint)));
    }
    if !failures.is_empty() {
        out.push_str("<ul>\n");
        for alike in alike(&failures) {
            item(out, &alike, shared.is_none(), sets);
        }
        out.push_str("</ul>\n");
    }
    if !passed.is_empty() {
        out.push_str("<p class=\"passed\">Passes for ");
        sets.mention(out, passed.iter().map(|verdict| verdict.object.as_str()).collect());
        out.push_str("</p>\n");
    }
    out.push_str("</div>\n");
}

/// Failures that come from one place and are of one field: what an entry lacks, all objects lack that are made from it.
fn alike<'a>(failures: &[(&'a Verdict, &'a Failing)]) -> Vec<Vec<(&'a Verdict, &'a Failing)>> {
    let mut groups: IndexMap<_, Vec<(&Verdict, &Failing)>, FxBuildHasher> = IndexMap::default();
    for (at, &(verdict, failure)) in failures.iter().enumerate() {
        let place = failure.place.as_ref().map(|place| (&place.file, place.line, place.column));
        // Those without a place have nothing in common.
        let alone = if place.is_none() { Some(at) } else { None };
        let key = (alone, place, &failure.path, &failure.hint, verdict.exception);
        groups.entry(key).or_default().push((verdict, failure));
    }
    groups.into_values().collect()
}

fn item<'a>(out: &mut String, alike: &[(&'a Verdict, &'a Failing)], with_hint: bool, sets: &mut Sets<'a>) {
    let Some(&(verdict, failure)) = alike.first() else { return };
    let excepted = verdict.status == Status::Excepted;
    let badge = if excepted { format!("{} ", Badge(verdict.status)) } else { String::new() };
    put(out, format_args!("<li><p>{badge}<b>{}</b>: {}</p>", Escaped(&verdict.object), Prose(&failure.message)));
    if alike.len() > 1 {
        out.push_str("<p>And so for ");
        sets.mention(out, alike[1..].iter().map(|(verdict, _)| verdict.object.as_str()).collect());
        out.push_str("</p>");
    }
    out.push_str("<p class=\"small\">");
    if let Some(place) = &failure.place {
        put(out, format_args!("{} ", At(place)));
    }
    if !failure.path.is_empty() {
        put(out, format_args!("<span class=\"soft\">makes <code>{}</code></span>", Escaped(&failure.path)));
    }
    out.push_str("</p>");
    if let Some(at) = verdict.exception {
        let (number, words) = (at + 1, if excepted { "Covered by" } else { "No longer covered by" });
        put(out, format_args!("<p class=\"small\">{words} <a href=\"#exception-{number}\">exception {number}</a></p>"));
    }
    if with_hint {
        put(out, format_args!("<p class=\"hint small\">To mend it: {}</p>", Prose(&failure.hint)));
    }
    out.push_str("</li>\n");
}
