//! What runs pods: selectors, templates, replicas, schedules.

use super::Rules;
use super::constraint;
use super::pod;
use super::selectors::{mismatch, must_match_template};
use crate::diag::{Code, closest};
use crate::node::NodeKind;
use crate::schema::formats;
use crate::schema::validate::Cursor;

/// A ReplicationController, whose selector is a plain map.
pub fn replication_controller(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let labels = at.at(&["template", "metadata", "labels"]);
    for (key, value) in at.entries_of("selector") {
        if let Some(text) = value.str() {
            mismatch(&value, key, text, labels.as_ref(), rules);
        }
    }
    rules.require(at, "template");
    if at.has("template") && at.is_empty_at("selector") && labels.is_none() {
        rules.report.missing(at, "selector", "neither the selector nor the template has labels");
    }
    restart_policy(at, &["Always"], rules);
}

/// A Deployment.
pub fn deployment(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    always_running(at, rules);
    let Some(strategy) = at.get("strategy") else { return };
    let Some(rolling) = strategy.get("rollingUpdate") else { return };
    if strategy.str_of("type") == Some("Recreate") {
        rules.forbid(
            &rolling,
            "`Recreate` replaces all pods at once, so it takes no `rollingUpdate`",
            "leave `rollingUpdate` out",
        );
        return;
    }
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    for value in [&unavailable, &surge].into_iter().flatten() {
        count_or_percent(value, value.field_name() == "maxUnavailable", rules);
    }
    if let (Some(unavailable), Some(surge)) = (&unavailable, &surge)
        && is_zero(unavailable)
        && is_zero(surge)
    {
        rules.forbid(
            unavailable,
            "`maxUnavailable` and `maxSurge` cannot both be 0, for nothing could be replaced",
            "raise one of them",
        );
    }
    let (ready, deadline) = (at.int_of("minReadySeconds").unwrap_or(0), at.get("progressDeadlineSeconds"));
    if let Some(deadline) = deadline.filter(|deadline| deadline.int().is_some_and(|seconds| seconds <= ready)) {
        rules.forbid(&deadline, "`progressDeadlineSeconds` must be above `minReadySeconds`", "raise it");
    }
}

/// A ReplicaSet or StatefulSet, and what Deployments have in common with them.
pub fn always_running(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    must_match_template(at, rules);
    restart_policy(at, &["Always"], rules);
    if let Some(deadline) = at.at(&["template", "spec", "activeDeadlineSeconds"]) {
        rules.forbid(
            &deadline,
            format!(
                "pods of a {} run until they are stopped, so they take no `activeDeadlineSeconds`",
                rules.kind.kind
            ),
            "leave it out, or use a Job",
        );
    }
    if rules.kind.kind == "StatefulSet" {
        stateful_volumes(at, rules);
        let strategy = at.get("updateStrategy");
        if let Some(rolling) =
            strategy.filter(|all| all.str_of("type") == Some("OnDelete")).and_then(|all| all.get("rollingUpdate"))
        {
            rules.forbid(&rolling, "`OnDelete` waits for people, so it takes no `rollingUpdate`", "leave it out");
        }
    }
}

/// The volumes of a StatefulSet's pods are those of the template and the claims.
fn stateful_volumes(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(spec) = at.at(&["template", "spec"]) else { return };
    let volumes = spec.items_of("volumes");
    let claims =
        at.items_of("volumeClaimTemplates").into_iter().filter_map(|claim| claim.get("metadata")).collect::<Vec<_>>();
    let names: Vec<&str> = volumes.iter().chain(&claims).filter_map(|holder| holder.str_of("name")).collect();
    let lenient = rules.minor < crate::schema::minor::Minor(33);
    let before = rules.report.soften(lenient);
    for name in claims.iter().filter_map(|claim| claim.get("name")) {
        constraint::is(&name, "name", constraint::Format::DnsLabel, rules);
    }
    for container in ["initContainers", "containers"].iter().flat_map(|list| spec.items_of(list)) {
        pod::references(&container, &names, rules);
    }
    rules.report.restore(before);
}

/// A DaemonSet.
pub fn daemon_set(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    always_running(at, rules);
    let Some(rolling) = at.at(&["updateStrategy", "rollingUpdate"]) else { return };
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    for value in [&unavailable, &surge].into_iter().flatten() {
        count_or_percent(value, true, rules);
    }
    let zero = |value: &Option<Cursor<'_>>| value.as_ref().is_some_and(is_zero);
    let surges = surge.as_ref().is_some_and(|surge| !is_zero(surge));
    match &unavailable {
        Some(at) if zero(&unavailable) && !surges => rules.forbid(
            at,
            "`maxUnavailable` and `maxSurge` cannot both be 0, for nothing could be replaced",
            "raise one of them",
        ),
        Some(_) if !zero(&unavailable) && surges => {
            if let Some(surge) = &surge {
                rules.forbid(surge, "a DaemonSet's `maxSurge` needs a `maxUnavailable` of 0", "set one of them to 0");
            }
        }
        _ => {}
    }
}

/// A Job, or what a CronJob makes.
pub fn job(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    job_selector(at, rules);
    restart_policy(at, &["OnFailure", "Never"], rules);
    let indexed = at.str_of("completionMode") == Some("Indexed");
    if indexed && !at.has("completions") {
        rules.report.missing(at, "completions", "`completionMode` `Indexed` needs `completions`");
    }
    if let Some(completions) = at.int_of("completions").filter(|_| indexed) {
        pod_names(at, completions, rules);
    }
    if let (true, Some(parallelism)) = (indexed, at.get("parallelism")) {
        constraint::range(&parallelism, 0, 100_000, rules);
    }
    if let (false, Some(limit)) = (indexed, at.get("backoffLimitPerIndex")) {
        rules.forbid(
            &limit,
            "`backoffLimitPerIndex` needs `completionMode` `Indexed`",
            "set `completionMode = \"Indexed\"`",
        );
    }
    failed_indexes(at, rules);
    failure_policy(at, rules);
}

/// The server makes the selector of a job, unless it is told that there is one.
fn job_selector(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let selector = at.get("selector");
    let selects =
        |selector: &Cursor<'_>| ["matchLabels", "matchExpressions"].iter().any(|field| !selector.is_empty_at(field));
    match &selector {
        _ if at.is_true("manualSelector") && selector.is_some() => must_match_template(at, rules),
        None if at.is_true("manualSelector") => {
            rules.report.missing(at, "selector", "`manualSelector` needs a `selector`");
        }
        Some(selector) if selects(selector) => {
            rules.forbid(selector, "the selector of a Job is made by the server", "leave `selector` out");
        }
        _ => {}
    }
}

fn failed_indexes(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(most) = at.get("maxFailedIndexes") else { return };
    if !at.has("backoffLimitPerIndex") {
        rules.report.missing(at, "backoffLimitPerIndex", "`maxFailedIndexes` needs `backoffLimitPerIndex`");
    }
    if matches!((most.int(), at.int_of("completions")), (Some(most), Some(all)) if most > all) {
        rules.forbid(&most, "`maxFailedIndexes` is above `completions`", "lower it");
    }
}

/// The pods of an indexed job are named by the job and the index.
fn pod_names(at: &Cursor<'_>, completions: i64, rules: &mut Rules<'_>) {
    let Some(name) = rules.object_name.filter(|_| rules.kind.kind == "Job" && completions > 0) else { return };
    let length = name.len() + 1 + (completions - 1).to_string().len();
    if length > 63 {
        rules.forbid(
            at,
            format!("the names of this job's pods would have {length} characters, and at most 63 are allowed"),
            "shorten the job's name",
        );
    }
}

fn failure_policy(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(policy) = at.get("podFailurePolicy") else { return };
    if at
        .at(&["template", "spec", "restartPolicy"])
        .is_some_and(|policy| policy.str().is_some_and(|word| word != "Never"))
    {
        rules.forbid(
            &policy,
            "`podFailurePolicy` needs `restartPolicy` `Never`",
            "set `restartPolicy = \"Never\"` in the template",
        );
    }
    for rule in policy.items_of("rules") {
        let (codes, conditions) = (rule.has("onExitCodes"), !rule.is_empty_at("onPodConditions"));
        if codes == conditions && rule.map().is_some() {
            rules.at(&rule, Code::ExactlyOneOf, "a rule has one of `onExitCodes` and `onPodConditions`").hint =
                Some("split it into two rules, or add one".to_owned());
        }
        if let (Some("FailIndex"), false) = (rule.str_of("action"), at.has("backoffLimitPerIndex")) {
            rules.forbid(&rule, "`FailIndex` needs `backoffLimitPerIndex`", "set `backoffLimitPerIndex`");
        }
    }
}

/// What a CronJob makes.
pub fn job_template(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if !at.has("spec") {
        rules.report.missing(at, "spec", "the job's template has no `spec`, and so no `template` for its pods");
    }
}

/// Exit codes that end a job: each once, in order, and never the one of success.
pub fn exit_codes(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let values = at.items_of("values");
    let mut last = None;
    for value in &values {
        let Some(code) = value.int() else { return };
        if last.is_some_and(|last| last >= code) {
            rules.forbid(value, "exit codes are written in order, each once", "sort them");
        }
        if code == 0 && at.str_of("operator") == Some("In") {
            rules.forbid(value, "0 is success, and cannot be a failure", "leave it out");
        }
        last = Some(code);
    }
}

/// A CronJob.
pub fn cron_job(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    if let Some(zone) = at.get("timeZone") {
        time_zone(&zone, rules);
    }
    let Some(schedule) = at.get("schedule") else { return };
    let Some(text) = schedule.str().filter(|text| !text.is_empty()) else { return };
    if let Err(reason) = formats::check_cron(text) {
        rules.at(&schedule, Code::BadFormat, format!("{text:?} is not a schedule: {reason}")).hint =
            Some("write minute, hour, day, month and weekday, as in `30 3 * * *`".to_owned());
    }
}

/// A time zone is one of the IANA's names, to the letter.
fn time_zone(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    let Some(name) = at.str().filter(|name| !name.is_empty()) else { return };
    if formats::time_zones().any(|known| known == name) {
        return;
    }
    let near = closest(name, formats::time_zones());
    rules.at(at, Code::BadFormat, format!("{name:?} is not a time zone")).hint = Some(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write it as `Europe/Berlin` or `Etc/UTC`".to_owned(),
    });
}

/// A PodDisruptionBudget.
pub fn disruption_budget(at: &Cursor<'_>, rules: &mut Rules<'_>) {
    rules.one_of(at, &["minAvailable", "maxUnavailable"], false);
    for field in ["minAvailable", "maxUnavailable"] {
        if let Some(value) = at.get(field) {
            count_or_percent(&value, true, rules);
        }
    }
}

/// Pods that the kind restarts, or not.
fn restart_policy(at: &Cursor<'_>, allowed: &[&str], rules: &mut Rules<'_>) {
    let Some(spec) = at.at(&["template", "spec"]).filter(|spec| spec.map().is_some()) else { return };
    let words = allowed.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
    // What runs the pods: a CronJob's pods are run by a Job.
    let kind = if rules.kind.kind == "CronJob" { "Job" } else { rules.kind.kind.as_str() };
    let message = format!("the pods of a {kind} have the `restartPolicy` {words}");
    match spec.get("restartPolicy") {
        Some(policy) if policy.str().is_some_and(|word| !word.is_empty() && !allowed.contains(&word)) => {
            rules.at(&policy, Code::NotAllowedHere, message).hint = Some(format!("write {words}"));
        }
        None if !allowed.contains(&"Always") => rules.report.missing(&spec, "restartPolicy", message),
        _ => {}
    }
}

/// A number of pods, or a percentage of them.
fn count_or_percent(value: &Cursor<'_>, capped: bool, rules: &mut Rules<'_>) {
    let name = value.field_name();
    match &value.node().kind {
        NodeKind::Int(number) if *number < 0 => {
            rules.at(value, Code::ValueOutOfRange, format!("`{name}` is below zero")).hint =
                Some("write 0 or more".to_owned());
        }
        NodeKind::Str(text) if !formats::is_percent(text) => {
            rules.at(value, Code::BadFormat, format!("`{name}` {text:?} is neither a number nor a percentage")).hint =
                Some("write `1`, without quotes, or \"25%\"".to_owned());
        }
        NodeKind::Str(text)
            if capped && text.trim_end_matches('%').parse::<u64>().is_ok_and(|percent| percent > 100) =>
        {
            rules.at(value, Code::ValueOutOfRange, format!("`{name}` is above 100%")).hint =
                Some("write 100% or less".to_owned());
        }
        _ => {}
    }
}

fn is_zero(value: &Cursor<'_>) -> bool {
    value.int() == Some(0) || value.str().is_some_and(|text| text.trim_end_matches('%').parse::<u64>() == Ok(0))
}
