//! Compliance in a compile: what fails is an error, what is excepted a warning, what has expired both.

use indexmap::IndexMap;
use indexmap::map::Entry;
use jiff::civil::Date;
use rustc_hash::FxHashSet;

use super::access::Told;
use super::evaluate::placed;
use super::{Evaluated, Lowered, Session};
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::Node;
use crate::policy::Trace;
use crate::policy::compliance::{Assessment, Exception, Failure, Judged, Outcome, assess};
use crate::source::{Span, today};
use crate::value::Evaluator;

impl Session {
    /// Reports every control that binds and is not met, and the rights that are too much for a level.
    pub(super) fn comply(&mut self, evaluated: &Evaluated, lowered: &Lowered) {
        let objects = &lowered.objects;
        let mut exceptions = Exceptions::new(self.exceptions(evaluated), self.today());
        let mut failures = Failures::default();
        let mut told = Told::default();
        for judged in assess(&evaluated.assessment(lowered), Outcome::has_failed) {
            let object = &objects[judged.object];
            if let Outcome::Failed(failed) = &judged.outcome {
                told.extend(failed.iter().map(|failure| (judged.check.id, object.key.clone(), failure.span)));
            }
            if !exceptions.cover(|exception| exception.covers(&judged, object)) {
                failures.add(&judged, object, &self.machine);
            }
        }
        self.report_failures(failures);
        self.check_access(evaluated, objects, &told, &mut exceptions);
        for (exception, needed) in &exceptions.list {
            self.report_exception(exception, *needed);
        }
    }

    /// `framework.compliance.exceptions`; what is wrong with them is reported.
    pub(super) fn exceptions(&mut self, evaluated: &Evaluated) -> Vec<Exception> {
        let list = evaluated.framework.at(&["compliance", "exceptions"]);
        let (exceptions, findings) = list.map(Exception::read).unwrap_or_default();
        self.machine.findings.extend(findings);
        exceptions
    }

    /// The day that decides whether an exception still holds, and that secrets are sealed on.
    pub fn today(&self) -> Date {
        self.request.date.unwrap_or_else(today)
    }

    /// What one code says of a place no other has to say again.
    fn report_failures(&mut self, mut failures: Failures) {
        let tags = self.machine.findings.iter().filter(|finding| finding.code == Code::MutableTag);
        let tags: FxHashSet<Span> = tags.map(|finding| finding.primary.span).collect();
        let overridden = self.machine.findings.iter().any(|finding| finding.code == Code::MandatoryLabel);
        let incomplete = self.machine.findings.iter().any(|finding| finding.code == Code::MissingCompliance);
        failures.0.retain(|key, _| match key.check {
            "image-tag" => !tags.contains(&key.place),
            "owner" => !incomplete,
            "traceable" => !overridden,
            _ => true,
        });
        let said: FxHashSet<(&str, Span)> = failures.0.keys().map(|key| (key.check, key.place)).collect();
        self.machine.findings.retain(|finding| {
            let checks: &[&str] = match finding.code {
                Code::MutableTagWarning => &["image-tag"],
                Code::MissingDigest => &["image-digest", "image-pull"],
                _ => &[],
            };
            !checks.iter().any(|check| said.contains(&(*check, finding.primary.span)))
        });
        self.machine.findings.extend(failures.0.into_values().map(Failed::finding));
    }

    fn report_exception(&mut self, exception: &Exception, needed: usize) {
        let Exception { control, object, reason, until, .. } = exception;
        let finding = if *until < self.today() {
            let message = format!("the exception from {control} for `{object}` held until {until}");
            Diagnostic::new(Code::ExpiredException, exception.until_span, message)
                .also(exception.span, "the exception")
                .hint("meet the control, or have the exception renewed by those who granted it")
        } else if needed == 0 {
            let message = format!("nothing needs the exception from {control} for `{object}`");
            Diagnostic::new(Code::UnusedException, exception.span, message)
                .hint("remove it; names are written `Kind/name`, `Kind/namespace/name`, or as the application's name")
        } else {
            let message = format!("{control} is not met by `{object}`, excepted until {until}: {reason}");
            Diagnostic::new(Code::ControlExempted, exception.span, message)
                .hint("`nxk compliance` lists what it covers")
        };
        self.machine.findings.push(finding);
    }
}

impl Evaluated {
    /// What compliance judges.
    pub(super) fn assessment<'a>(&'a self, lowered: &'a Lowered) -> Assessment<'a> {
        self.assessment_of(&lowered.objects, &lowered.trace)
    }

    /// The same of other objects of the same build.
    pub(super) fn assessment_of<'a>(&'a self, objects: &'a [Object], trace: &'a Trace) -> Assessment<'a> {
        let prefix = self.framework.at(&["compliance", "labelPrefix"]).and_then(Node::as_str);
        Assessment {
            objects,
            minor: self.target.version.minor(),
            prefix: prefix.unwrap_or("enterprise.com"),
            trace,
            environment: self.environment(),
            environment_span: self.framework.get("environment").map_or(Span::NONE, |node| node.span),
        }
    }
}

/// The exceptions, each with how much needs it.
pub(super) struct Exceptions {
    list: Vec<(Exception, usize)>,
    today: Date,
}

impl Exceptions {
    fn new(list: Vec<Exception>, today: Date) -> Exceptions {
        Exceptions { list: list.into_iter().map(|exception| (exception, 0)).collect(), today }
    }

    /// Whether one that still holds is about this. One that has expired is needed as well, which is why it is told.
    pub(super) fn cover(&mut self, is_about: impl Fn(&Exception) -> bool) -> bool {
        let holds = |exception: &Exception| exception.until >= self.today;
        let mut covering = self.list.iter().enumerate().filter(|(_, (exception, _))| is_about(exception));
        let valid = covering.clone().find(|(_, (exception, _))| holds(exception));
        let Some((at, (exception, _))) = valid.or_else(|| covering.next()) else { return false };
        let holds = holds(exception);
        self.list[at].1 += 1;
        holds
    }
}

/// What failed, once for each check and place: an entry that lacks something lacks it in all its objects.
#[derive(Default)]
struct Failures(IndexMap<Place, Failed>);

/// Where a check of a regulation fails.
#[derive(PartialEq, Eq, Hash)]
struct Place {
    check: &'static str,
    framework: &'static str,
    place: Span,
}

/// A failure of one object, and of how many more.
struct Failed {
    finding: Diagnostic,
    /// `PCI-DSS 2.2.6, 6.3.2`
    controls: String,
    /// The last object, by its place among the objects: one of several containers is one object all the same.
    last: usize,
    further: usize,
}

impl Failures {
    fn add(&mut self, judged: &Judged, object: &Object, machine: &Evaluator) {
        let Outcome::Failed(failures) = &judged.outcome else { return };
        for failure in failures {
            let finding = placed(control_failed(failure, object), machine, object);
            let (check, framework) = (judged.check.id, judged.framework.key);
            match self.0.entry(Place { check, framework, place: finding.primary.span }) {
                Entry::Occupied(mut known) => known.get_mut().repeat(judged.object),
                Entry::Vacant(place) => {
                    let ids: Vec<&str> = judged.controls.iter().map(|control| control.id).collect();
                    let controls = format!("{framework} {}", ids.join(", "));
                    place.insert(Failed { finding, controls, last: judged.object, further: 0 });
                }
            }
        }
    }
}

impl Failed {
    fn repeat(&mut self, object: usize) {
        self.further += usize::from(object != self.last);
        self.last = object;
    }

    /// `the container `web` may run as root; the same holds for 2 more objects (PCI-DSS 2.2.6)`
    fn finding(mut self) -> Diagnostic {
        let message = &mut self.finding.message;
        match self.further {
            0 => {}
            1 => message.push_str("; the same holds for 1 more object"),
            more => message.push_str(&format!("; the same holds for {more} more objects")),
        }
        message.push_str(&format!(" ({})", self.controls));
        self.finding
    }
}

fn control_failed(failure: &Failure, object: &Object) -> Diagnostic {
    Diagnostic::new(Code::ControlFailed, failure.span, failure.message.clone())
        .hint(failure.hint.clone())
        .object(object.to_string())
        .path(failure.path.clone())
}
