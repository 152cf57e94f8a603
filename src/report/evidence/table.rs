//! Evidence as a table for people.

use std::fmt::Write;

use crate::driver::evidence::{ControlEvidence, Evidence, ExceptionEvidence, Status, Verdict};

/// One table a regulation, what failed below each control, the exceptions and a summary at the end. With `all`,
/// what is met is listed object by object as well.
pub fn table(evidence: &Evidence, all: bool) -> String {
    let mut out = String::new();
    for framework in &evidence.frameworks {
        line(&mut out, format_args!("{}", framework.framework.title));
        let width = framework.controls.iter().map(|one| one.control.id.chars().count()).max().unwrap_or_default();
        for control in &framework.controls {
            of_control(&mut out, control, width, all);
        }
        line(&mut out, format_args!(""));
    }
    if !evidence.exceptions.is_empty() {
        line(&mut out, format_args!("exceptions"));
        evidence.exceptions.iter().for_each(|one| of_exception(&mut out, one));
        line(&mut out, format_args!(""));
    }
    summary(&mut out, evidence);
    out
}

fn of_control(out: &mut String, evidence: &ControlEvidence, width: usize, all: bool) {
    let control = evidence.control;
    let count = match evidence.verdicts.len() {
        0 if evidence.status == Status::NotBinding => format!("from level {}", control.from),
        0 => "nothing to check".to_string(),
        1 => "1 result".to_string(),
        many => format!("{many} results"),
    };
    let status = evidence.status.words();
    line(out, format_args!("  {status:<14}  {:<width$}  {} ({count})", control.id, control.title));
    for verdict in evidence.verdicts.iter().filter(|verdict| all || verdict.status != Status::Met) {
        of_verdict(out, verdict);
    }
}

fn of_verdict(out: &mut String, verdict: &Verdict) {
    if verdict.failures.is_empty() {
        line(out, format_args!("      {}: {}", verdict.object, verdict.check.title));
    }
    for failure in &verdict.failures {
        let excepted = if verdict.status == Status::Excepted { " (excepted)" } else { "" };
        line(out, format_args!("      {}: {}{excepted}", verdict.object, failure.message));
        if let Some(place) = &failure.place {
            line(out, format_args!("        {}:{}:{}", place.file, place.line, place.column));
        }
        line(out, format_args!("        {}", failure.hint));
    }
}

fn of_exception(out: &mut String, evidence: &ExceptionEvidence) {
    let exception = &evidence.exception;
    let state = match evidence {
        ExceptionEvidence { expired: true, .. } => "expired".to_string(),
        ExceptionEvidence { covers: 0, .. } => "not needed".to_string(),
        ExceptionEvidence { covers: 1, .. } => "covers 1 result".to_string(),
        ExceptionEvidence { covers, .. } => format!("covers {covers} results"),
    };
    line(
        out,
        format_args!(
            "  {} for {} until {} ({state}): {}",
            exception.control, exception.object, exception.until, exception.reason
        ),
    );
}

fn summary(out: &mut String, evidence: &Evidence) {
    let count = |status: Status| evidence.controls().filter(|control| control.status == status).count();
    let counts = [Status::Failed, Status::Excepted, Status::Met, Status::NotApplicable, Status::NotBinding]
        .map(|status| (count(status), status.words()));
    let counts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}")).collect();
    match evidence.judged {
        0 => line(out, format_args!("no regulation holds for any of the {} objects", evidence.objects)),
        judged => {
            line(out, format_args!("controls: {}", counts.join(", ")));
            line(out, format_args!("{judged} of {} objects judged for {}", evidence.objects, evidence.kubernetes));
        }
    }
    match evidence.errors {
        0 => {}
        1 => {
            line(out, format_args!("the configuration has 1 other error: what it keeps from being made is not judged"))
        }
        many => line(
            out,
            format_args!("the configuration has {many} other errors: what they keep from being made is not judged"),
        ),
    }
    let commit = evidence.source_commit.as_deref().unwrap_or("no commit");
    line(out, format_args!("build {} of {commit}, as of {}", evidence.build_id, evidence.date));
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = out.write_fmt(text);
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}
