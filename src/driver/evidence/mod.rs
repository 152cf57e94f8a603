//! Evidence: what every control says of every object, for whoever audits.

mod data;

pub use data::{ControlEvidence, Evidence, ExceptionEvidence, Failing, FrameworkEvidence, Status, Verdict};

use super::{Evaluated, Lowered, Session};
use crate::diag::Code;
use crate::layers::Object;
use crate::node::Node;
use crate::policy::compliance::{Control, Exception, Framework, Judged, Outcome, assess, held_by, regulations};
use crate::policy::level::Level;
use crate::source::{Location, SourceMap, Span};

/// The evidence of the session's entry. What is wrong with it in other ways is in the session's findings; nothing if it
/// is so wrong that there are no objects.
pub fn evidence(session: &mut Session) -> Option<Evidence> {
    let parsed = session.parse()?;
    let checked = session.check(parsed);
    let evaluated = session.evaluate(checked)?;
    let lowered = session.lower(&evaluated);
    let mut evidence = session.collect(&evaluated, &lowered);
    session.prove(&evaluated, lowered);
    session.forget_what_was_found_early();
    let errors = session.machine.findings.iter().filter(|finding| finding.is_error());
    evidence.errors = errors.filter(|finding| finding.code != Code::ControlFailed).count();
    Some(evidence)
}

impl Session {
    fn collect(&mut self, evaluated: &Evaluated, lowered: &Lowered) -> Evidence {
        let objects = &lowered.objects;
        let assessment = evaluated.assessment(lowered);
        let judged = assess(&assessment, |_| true);
        let today = self.today();
        let mut exceptions: Vec<ExceptionEvidence> = self
            .exceptions(evaluated)
            .into_iter()
            .map(|exception| {
                let place = self.machine.sources.location(exception.span);
                ExceptionEvidence { expired: exception.until < today, covers: 0, place, exception }
            })
            .collect();
        let holds: Vec<(&'static Framework, Level)> =
            objects.iter().filter_map(|object| held_by(object, assessment.prefix)).collect();
        let mut verdicts: Vec<(&Judged, Verdict)> = Vec::with_capacity(judged.len());
        for one in &judged {
            let verdict = verdict(one, &objects[one.object], &mut exceptions, &self.machine.sources);
            verdicts.push((one, verdict));
        }
        let frameworks = regulations()
            .filter(|framework| holds.iter().any(|(held, _)| held.key == framework.key))
            .map(|framework| of_framework(framework, &holds, &verdicts))
            .collect();
        Evidence {
            project: text(evaluated, "project"),
            environment: evaluated.environment().to_string(),
            kubernetes: evaluated.target.version.minor().to_string(),
            build_id: lowered.trace.build_id.clone(),
            source_commit: lowered.trace.source_commit.clone(),
            date: today.to_string(),
            objects: objects.len(),
            judged: holds.len(),
            errors: 0,
            frameworks,
            exceptions,
        }
    }
}

fn text(evaluated: &Evaluated, key: &str) -> String {
    evaluated.framework.get(key).and_then(Node::as_str).unwrap_or_default().to_string()
}

fn verdict(judged: &Judged, object: &Object, exceptions: &mut [ExceptionEvidence], sources: &SourceMap) -> Verdict {
    let failures: Vec<Failing> = match &judged.outcome {
        Outcome::Failed(failures) => failures
            .iter()
            .map(|failure| Failing {
                path: failure.path.clone(),
                message: failure.message.clone(),
                hint: failure.hint.clone(),
                place: user_place(sources, [failure.span, object.entry]),
            })
            .collect(),
        _ => Vec::new(),
    };
    let covers = |exception: &Exception| exception.covers(judged, object);
    let covering = |one: &ExceptionEvidence| !failures.is_empty() && covers(&one.exception);
    let valid = exceptions.iter().position(|one| covering(one) && !one.expired);
    let exception = valid.or_else(|| exceptions.iter().position(covering));
    if let Some(at) = exception {
        exceptions[at].covers += 1;
    }
    let status = match (failures.is_empty(), valid) {
        (true, _) => Status::Met,
        (false, Some(_)) => Status::Excepted,
        (false, None) => Status::Failed,
    };
    Verdict { object: object.to_string(), level: judged.level, check: judged.check, status, exception, failures }
}

/// The first of the places that is the user's.
fn user_place(sources: &SourceMap, places: [Span; 2]) -> Option<Location> {
    places.into_iter().find(|&place| sources.is_user(place)).and_then(|place| sources.location(place))
}

fn of_framework(
    framework: &'static Framework,
    holds: &[(&'static Framework, Level)],
    verdicts: &[(&Judged, Verdict)],
) -> FrameworkEvidence {
    let highest = holds.iter().filter(|(held, _)| held.key == framework.key).map(|(_, level)| *level).max();
    let of_control = |control: &'static Control| {
        let asked = |judged: &Judged| {
            judged.framework.key == framework.key && judged.controls.iter().any(|one| one.id == control.id)
        };
        let verdicts: Vec<Verdict> =
            verdicts.iter().filter(|(judged, _)| asked(judged)).map(|(_, verdict)| verdict.clone()).collect();
        let worst = verdicts.iter().map(|verdict| verdict.status).max();
        let status = match worst {
            Some(status) => status,
            None if highest.is_some_and(|level| level >= control.from) => Status::NotApplicable,
            None => Status::NotBinding,
        };
        ControlEvidence { control, status, verdicts }
    };
    FrameworkEvidence { framework, controls: framework.controls().map(of_control).collect() }
}
