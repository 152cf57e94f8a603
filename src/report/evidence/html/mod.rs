//! Evidence as one page for an auditor.
//!
//! The page is whole by itself: no network, no fonts, no images; its script only filters and unfolds, and a policy in
//! the page lets no other run. Whatever comes from the configuration is text ([`words::Escaped`]) and stands between
//! tags, never in one. The bytes depend on nothing but the evidence.

mod control;
mod sets;
mod words;

use sha2::{Digest, Sha256};

use self::sets::Sets;
use self::words::{At, Badge, Escaped, Prose, class, count, put};
use crate::driver::evidence::{Evidence, ExceptionEvidence, FrameworkEvidence, Status};
use crate::secret::base64;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// From bad to good, as they are told.
const STATUSES: [Status; 5] =
    [Status::Failed, Status::Excepted, Status::Met, Status::NotApplicable, Status::NotBinding];

/// The page.
pub fn html(evidence: &Evidence) -> String {
    let mut out = String::new();
    let mut sets = Sets::default();
    head(&mut out, evidence);
    out.push_str("<body>\n<a class=\"skip\" href=\"#main\">Skip to the controls</a>\n");
    header(&mut out, evidence);
    out.push_str("<main id=\"main\">\n");
    if !evidence.frameworks.is_empty() {
        tools(&mut out, evidence);
    }
    for (at, framework) in evidence.frameworks.iter().enumerate() {
        section(&mut out, framework, at + 1, &mut sets);
    }
    exceptions(&mut out, &evidence.exceptions);
    limits(&mut out);
    sets.write(&mut out);
    out.push_str("</main>\n");
    footer(&mut out, evidence);
    put(&mut out, format_args!("<script>{SCRIPT}</script>\n</body>\n</html>\n"));
    out
}

fn head(out: &mut String, evidence: &Evidence) {
    let hash = base64(&Sha256::digest(SCRIPT));
    let policy = format!("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'");
    out.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    put(out, format_args!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n"));
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    put(
        out,
        format_args!(
            "<title>Compliance evidence: {}</title>\n<style>\n{STYLE}</style>\n</head>\n",
            Escaped(&evidence.project)
        ),
    );
}

fn header(out: &mut String, evidence: &Evidence) {
    put(
        out,
        format_args!(
            "<header>\n<p class=\"kicker\">Compliance evidence</p>\n<h1>{}</h1>\n",
            Escaped(&evidence.project)
        ),
    );
    let regulations: Vec<&str> = evidence.frameworks.iter().map(|one| one.framework.title).collect();
    put(out, format_args!("<p class=\"soft\">{}</p>\n", Escaped(&regulations.join(", "))));
    let (class, words) = verdict(evidence);
    put(out, format_args!("<div class=\"card verdict {class}\">\n<p>{words}</p>\n"));
    if evidence.errors > 0 {
        let errors = count(evidence.errors, "other error");
        put(
            out,
            format_args!(
                "<p>The configuration has {errors}: what is kept from being made by that is not judged here.</p>\n"
            ),
        );
    }
    if !evidence.frameworks.is_empty() {
        bar(out, evidence);
    }
    out.push_str("</div>\n<dl class=\"facts\">\n");
    let environment = if evidence.environment.is_empty() { "not said" } else { &evidence.environment };
    let judged = format!("{} of {}", evidence.judged, evidence.objects);
    for (term, text) in [
        ("Environment", environment),
        ("Kubernetes", &evidence.kubernetes),
        ("Objects judged", &judged),
        ("As of", &evidence.date),
    ] {
        put(out, format_args!("<div><dt>{term}</dt><dd>{}</dd></div>\n", Escaped(text)));
    }
    let commit = evidence.source_commit.as_deref().unwrap_or("none: the sources are in no repository");
    for (term, text) in [("Build", evidence.build_id.as_str()), ("Commit", commit)] {
        put(out, format_args!("<div class=\"wide\"><dt>{term}</dt><dd><code>{}</code></dd></div>\n", Escaped(text)));
    }
    out.push_str("</dl>\n</header>\n");
}

/// The whole in one sentence, with the class of its colour.
fn verdict(evidence: &Evidence) -> (&'static str, String) {
    let of = |status: Status| evidence.controls().filter(|control| control.status == status).count();
    match (of(Status::Failed), of(Status::Excepted)) {
        _ if evidence.frameworks.is_empty() && evidence.errors > 0 => {
            ("failed", "Nothing could be judged.".to_string())
        }
        (0, _) if evidence.errors > 0 => ("failed", "What could be judged is met, but not all could be.".to_string()),
        _ if evidence.frameworks.is_empty() => ("none", "No regulation holds for any object.".to_string()),
        (0, 0) => ("met", "Every control that binds is met.".to_string()),
        (0, 1) => ("excepted", "Every control that binds is met, but for 1 with an exception.".to_string()),
        (0, excepted) => ("excepted", format!("Every control that binds is met, but for {excepted} with exceptions.")),
        (1, _) => ("failed", "1 control is not met.".to_string()),
        (failed, _) => ("failed", format!("{failed} controls are not met.")),
    }
}

/// How many controls stand how: as a bar, and in words below it.
fn bar(out: &mut String, evidence: &Evidence) {
    let counts = STATUSES.map(|status| (status, evidence.controls().filter(|one| one.status == status).count()));
    let there = || counts.iter().filter(|(_, count)| *count > 0);
    out.push_str("<div class=\"bar\" aria-hidden=\"true\">");
    there().for_each(|(status, count)| {
        put(out, format_args!("<span class=\"{}\" style=\"flex-grow:{count}\"></span>", class(*status)))
    });
    out.push_str("</div>\n<ul class=\"legend\">\n");
    there().for_each(|(status, count)| put(out, format_args!("<li><b>{count}</b> {}</li>\n", Badge(*status))));
    out.push_str("</ul>\n");
}

/// What the script needs; without it, it stays hidden.
fn tools(out: &mut String, evidence: &Evidence) {
    out.push_str(
        "<form class=\"card tools\" id=\"tools\" hidden aria-label=\"Filter\"><fieldset><legend>Show</legend>\n",
    );
    for status in STATUSES {
        if evidence.controls().any(|control| control.status == status) {
            let (class, words) = (class(status), status.words());
            put(out, format_args!("<label><input type=\"checkbox\" value=\"{class}\" checked> {words}</label>\n"));
        }
    }
    out.push_str("</fieldset><span class=\"push\"><button type=\"button\" id=\"open\">Expand all</button> ");
    out.push_str("<button type=\"button\" id=\"close\">Collapse all</button></span></form>\n");
}

fn section<'a>(out: &mut String, evidence: &'a FrameworkEvidence, number: usize, sets: &mut Sets<'a>) {
    let title = Escaped(evidence.framework.title);
    put(
        out,
        format_args!(
            "<section class=\"framework\" aria-labelledby=\"f{number}\">\n<h2 id=\"f{number}\">{title}</h2>\n"
        ),
    );
    put(out, format_args!("<div class=\"card\"><table role=\"table\" aria-labelledby=\"f{number}\">\n"));
    out.push_str("<colgroup><col class=\"c1\"><col class=\"c2\"><col class=\"c3\"><col class=\"c4\"><col class=\"c5\"></colgroup>\n");
    columns(out, &["Status", "Control", "What it asks for", "From level", "Results"]);
    out.push_str("<tbody role=\"rowgroup\">\n");
    evidence.controls.iter().for_each(|one| control::row(out, one, sets));
    out.push_str("</tbody></table></div>\n</section>\n");
}

fn columns(out: &mut String, names: &[&str]) {
    out.push_str("<thead role=\"rowgroup\"><tr role=\"row\">");
    names.iter().for_each(|name| put(out, format_args!("<th role=\"columnheader\" scope=\"col\">{name}</th>")));
    out.push_str("</tr></thead>\n");
}

fn exceptions(out: &mut String, exceptions: &[ExceptionEvidence]) {
    out.push_str(
        "<section class=\"exceptions\" aria-labelledby=\"exceptions\">\n<h2 id=\"exceptions\">Exceptions</h2>\n",
    );
    if exceptions.is_empty() {
        out.push_str("<p>None was granted.</p>\n</section>\n");
        return;
    }
    out.push_str("<div class=\"card\"><table role=\"table\" aria-labelledby=\"exceptions\">\n");
    columns(out, &["Exception", "Control", "Objects", "Until", "Reason", "Covers"]);
    out.push_str("<tbody role=\"rowgroup\">\n");
    exceptions.iter().enumerate().for_each(|(at, one)| exception(out, at + 1, one));
    out.push_str("</tbody></table></div>\n</section>\n");
}

fn exception(out: &mut String, number: usize, evidence: &ExceptionEvidence) {
    let exception = &evidence.exception;
    put(
        out,
        format_args!(
            "<tr role=\"row\" id=\"exception-{number}\"><th role=\"rowheader\" scope=\"row\">Exception {number}"
        ),
    );
    if let Some(place) = &evidence.place {
        put(out, format_args!("<br><span class=\"small soft\">{}</span>", At(place)));
    }
    out.push_str("</th>");
    for text in [&exception.control, &exception.object] {
        put(out, format_args!("<td role=\"cell\"><code>{}</code></td>", Escaped(text)));
    }
    let covers = count(evidence.covers, "result");
    let state = match evidence {
        ExceptionEvidence { expired: true, covers: 0, .. } => {
            "<span class=\"status failed\">expired</span>".to_string()
        }
        ExceptionEvidence { expired: true, .. } => {
            format!("<span class=\"status failed\">expired</span> would cover {covers}")
        }
        ExceptionEvidence { covers: 0, .. } => "<span class=\"status none\">not needed</span>".to_string(),
        _ => covers,
    };
    let (until, reason) = (exception.until, Prose(&exception.reason));
    put(
        out,
        format_args!(
            "<td role=\"cell\">{until}</td><td role=\"cell\" class=\"reason\">{reason}</td><td role=\"cell\">{state}</td></tr>\n"
        ),
    );
}

/// What nobody should read into the page.
fn limits(out: &mut String) {
    out.push_str(
        "<section aria-labelledby=\"limits\">\n<h2 id=\"limits\">How to read this page, and what it does not show</h2>\n\
         <div class=\"card limits\">\n<ul>\n\
         <li>It judges the objects of one build as they are handed to Kubernetes, after everything that made or changed \
         them. It does not look at a running cluster: what was applied, changed by hand or made by others is not seen.</li>\n\
         <li>The controls listed are those of which manifests can show something. Each regulation asks for more: people, \
         procedures, training, contracts, buildings, and how systems are run. A control that is met here is met as far as \
         manifests show it.</li>\n\
         <li>What happens inside images, on nodes, in the network below Kubernetes and in its control plane \
         (encryption of its storage, audit logs, authentication) is not shown by manifests.</li>\n\
         <li><b>Failed</b>: an object does not pass a check, and no exception covers it. <b>Excepted</b>: the same, but an \
         exception names a reason and a last day. <b>Met</b>: every object that the checks speak of passes. \
         <b>Not applicable</b>: the control binds, but no object is of a kind that it speaks of. <b>Not binding</b>: no \
         object has a level from which it binds.</li>\n\
         </ul>\n</div>\n</section>\n",
    );
}

fn footer(out: &mut String, evidence: &Evidence) {
    let (version, date) = (env!("CARGO_PKG_VERSION"), &evidence.date);
    put(
        out,
        format_args!(
            "<footer>\n<p class=\"small\">Made by nxk {version}. The same sources, checked out at the same commit, give the \
             same page, byte for byte: <code>nxk compliance FILE --format html --date {}</code></p>\n</footer>\n",
            Escaped(date)
        ),
    );
}
