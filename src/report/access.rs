//! Who may do what, as text: for people, for programs, for a review.

use std::fmt::Write;

use super::words::{one_line, printable};
use crate::rbac::report::{GrantReport, PermissionReport, PlaceReport, Report, RiskReport, SubjectReport};

/// A table for people: subject by subject what it may do and by what, then the risks, the worst first.
pub fn human(report: &Report) -> String {
    let mut out = String::new();
    let (with, without): (Vec<&SubjectReport>, Vec<&SubjectReport>) =
        report.subjects.iter().partition(|one| has_rights(one));
    for subject in with {
        line(&mut out, format_args!("{}{}", name(subject), runs(subject)));
        table(&mut out, &rows(subject));
        if !subject.member_of.is_empty() {
            line(&mut out, format_args!("  and what {} may do", subject.member_of.join(", ")));
        }
        line(&mut out, format_args!(""));
    }
    if !without.is_empty() {
        let names: Vec<String> = without.into_iter().map(name).collect();
        line(&mut out, format_args!("without any rights: {}", names.join(", ")));
        line(&mut out, format_args!(""));
    }
    for risk in &report.risks {
        let place = risk.place.as_ref().map_or_else(String::new, |place| format!("  {}", shown(place)));
        line(&mut out, format_args!("{} {}  {}{place}", risk.grade, risk.id, risk.object));
        line(&mut out, format_args!("  {}", risk.message));
        line(&mut out, format_args!("  {}", risk.attack));
        line(&mut out, format_args!("  to narrow it: {}", risk.narrow));
        line(&mut out, format_args!(""));
    }
    line(&mut out, format_args!("{}", summary(report)));
    out
}

/// One JSON document, as `docs/guides/access.md` tells it.
pub fn json(report: &Report) -> String {
    // Everything in a report is text, numbers and lists of these.
    let document = serde_json::to_string_pretty(report).expect("a report is plain data");
    document + "\n"
}

/// A page for a review: a table of rights, and the risks as a list.
pub fn markdown(report: &Report) -> String {
    let mut out = String::new();
    let rights: Vec<&SubjectReport> =
        report.subjects.iter().filter(|subject| !subject.permissions.is_empty()).collect();
    if !rights.is_empty() {
        out.push_str("| who | where | may | what | by |\n| --- | --- | --- | --- | --- |\n");
    }
    for subject in rights {
        for row in rows(subject) {
            let cells: Vec<String> = row.into_iter().map(|cell| escaped(&cell)).collect();
            // Writing to a string does not fail.
            let _ = writeln!(out, "| {} | {} |", escaped(&name(subject)), cells.join(" | "));
        }
    }
    for (at, risk) in report.risks.iter().enumerate() {
        if at == 0 {
            out.push_str(if out.is_empty() { "" } else { "\n" });
        }
        let place = risk.place.as_ref().map_or_else(String::new, |place| format!(" ({})", escaped(&shown(place))));
        let RiskReport { grade, id, object, message, attack, narrow, .. } = risk;
        let _ = writeln!(
            out,
            "- **{grade}** `{id}` {}{place}: {}; {}. To narrow it: {}.",
            escaped(object),
            escaped(message),
            escaped(attack),
            escaped(narrow)
        );
    }
    let _ = writeln!(out, "{}{}", if out.is_empty() { "" } else { "\n" }, summary(report));
    out
}

/// Whether it may do anything, itself or by a group.
fn has_rights(subject: &SubjectReport) -> bool {
    !subject.permissions.is_empty() || !subject.member_of.is_empty()
}

/// `ServiceAccount shop/web`
fn name(subject: &SubjectReport) -> String {
    match &subject.namespace {
        Some(namespace) => format!("{} {namespace}/{}", subject.kind, subject.name),
        None => format!("{} {}", subject.kind, subject.name),
    }
}

/// `, of Deployment shop/web`
fn runs(subject: &SubjectReport) -> String {
    let with = |one: &crate::rbac::report::WorkloadReport| match one.token {
        true => one.object.clone(),
        false => format!("{} without its token", one.object),
    };
    let workloads: Vec<String> = subject.workloads.iter().map(with).collect();
    match (workloads.is_empty(), subject.declared) {
        (false, _) => format!(", of {}", workloads.join(", ")),
        (true, Some(false)) => ", not declared here".to_string(),
        (true, _) => String::new(),
    }
}

/// Where, what it may do, with what, and by what.
fn rows(subject: &SubjectReport) -> Vec<[String; 4]> {
    let row = |permission: &PermissionReport| {
        let place = permission.namespace.as_ref().map_or_else(|| "everywhere".to_string(), |name| format!("in {name}"));
        let by: Vec<String> = permission.granted_by.iter().map(granted).collect();
        [place, permission.verbs.join(" "), things(permission), by.join(", ")]
    };
    subject.permissions.iter().map(row).collect()
}

/// `RoleBinding shop/web to ClusterRole view`
fn granted(grant: &GrantReport) -> String {
    format!("{} to {}", grant.binding, grant.role)
}

/// Resources as `pods deployments.apps`, with the names that they are confined to; paths as they are.
fn things(permission: &PermissionReport) -> String {
    let resource = |group: &str, resource: &str| match group {
        "" => resource.to_string(),
        _ => format!("{resource}.{group}"),
    };
    let groups = permission.api_groups.iter();
    let resources = groups.flat_map(|group| permission.resources.iter().map(move |name| resource(group, name)));
    let things: Vec<String> = resources.chain(permission.non_resource_urls.iter().cloned()).collect();
    match permission.resource_names.as_slice() {
        [] => things.join(" "),
        names => format!("{} named {}", things.join(" "), names.join(", ")),
    }
}

/// Rows with columns of equal width; the last one is as long as it is.
fn table(out: &mut String, rows: &[[String; 4]]) {
    /// What is longer than this pushes its own row alone.
    const WIDEST: usize = 48;
    let width = |column: usize| {
        let lengths = rows.iter().map(|row| row[column].chars().count());
        lengths.filter(|length| *length <= WIDEST).max().unwrap_or_default()
    };
    let [place, verbs, things] = [0, 1, 2].map(width);
    for row in rows {
        line(out, format_args!("  {:place$}  {:verbs$}  {:things$}  {}", row[0], row[1], row[2], row[3]));
    }
}

fn shown(place: &PlaceReport) -> String {
    format!("{}:{}:{}", place.file, place.line, place.column)
}

/// `4 subjects with rights, 2 without; 1 grave risk, 0 serious, 3 notes`
fn summary(report: &Report) -> String {
    let with = report.subjects.iter().filter(|subject| has_rights(subject)).count();
    let count = |grade: &str| report.risks.iter().filter(|risk| risk.grade == grade).count();
    let many = |count: usize, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
    format!(
        "{} with rights, {} without; {}, {}, {}",
        many(with, "subject", "subjects"),
        report.subjects.len() - with,
        many(count("grave"), "grave risk", "grave risks"),
        many(count("serious"), "serious one", "serious ones"),
        many(count("note"), "note", "notes")
    )
}

/// Text in a cell or line of Markdown.
fn escaped(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' | '*' | '_' | '<' | '[' | '\\' => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.push_str(printable(text.to_string().trim_end()).as_ref());
    out.push('\n');
}
