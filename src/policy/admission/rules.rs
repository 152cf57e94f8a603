//! From the table and the options to the rules of one configuration.

use std::fmt;

use super::registries::Registry;
use super::{Facts, On, Says, Subject, cel, exempt, pods, says};
use crate::policy::compliance::{Check, Control, Exception, Framework, all_checks};
use crate::policy::level::Level;

/// What a configuration demands, as far as rules depend on it.
pub(super) struct Demands<'a> {
    pub(super) facts: Facts<'a>,
    /// What holds for objects that say nothing of it.
    pub(super) level: Level,
    /// The same.
    pub(super) framework: Option<&'static Framework>,
    /// The least level that is let in.
    pub(super) least: Level,
    /// The regulations that hold for some object, each with the highest level that it is held to.
    pub(super) used: Vec<(&'static Framework, Level)>,
    /// What is knowingly not met.
    pub(super) exceptions: Vec<Exception>,
    /// The labels that every object has.
    pub(super) labels: Vec<String>,
    /// Where images may come from; nowhere in particular if empty.
    pub(super) registries: Vec<Registry>,
    /// Whether every image needs a tag that does not move.
    pub(super) tag: bool,
    /// Whether every image needs a digest.
    pub(super) digest: bool,
}

/// A rule, ready to be written down.
pub(super) struct Ready {
    /// Its name.
    pub(super) name: &'static str,
    /// Of what.
    pub(super) subject: Subject,
    /// What has to hold.
    pub(super) expression: String,
    /// What is told where it does not.
    pub(super) message: String,
}

/// The names of the rules that options make, beside those of the checks.
pub(super) const OWN: [&str; 4] = [LABELS, LEVEL, FRAMEWORK, REGISTRIES];

const LABELS: &str = "mandatory-labels";
const LEVEL: &str = "compliance-level";
const FRAMEWORK: &str = "compliance-framework";
const REGISTRIES: &str = "registries";

/// All rules of a configuration, in the order of the tables.
pub(super) fn ready(demands: &Demands<'_>) -> Vec<Ready> {
    let mut ready = Vec::new();
    own(demands, &mut ready);
    for check in all_checks() {
        let Says::Rule(rule) = says(check) else { continue };
        let Some(bound) = demands.bound(check) else { continue };
        // A digest that is demanded is asked for in every environment.
        let holds = match check.id {
            "image-digest" if demands.digest => pods::each(pods::PINNED),
            _ => (rule.holds)(&demands.facts),
        };
        let Some(holds) = holds else { continue };
        for subject in rule.on.subjects() {
            let mut unless: Vec<String> = bound.guard.iter().map(|guard| format!("!({guard})")).collect();
            unless.extend(exempt::from(check, subject, demands));
            let expression = cel::unless(&holds, &unless);
            let message = told(check.title, check.id, &bound.controls);
            ready.push(Ready { name: check.id, subject, expression, message });
        }
    }
    ready
}

/// The rules that options state.
fn own(demands: &Demands<'_>, ready: &mut Vec<Ready>) {
    let mut labelled = |name, expression, title: String| {
        let message = told(&title, name, &[]);
        ready.push(Ready { name, subject: Subject::Labelled, expression, message });
    };
    if !demands.labels.is_empty() {
        let keys = cel::texts(demands.labels.iter().map(String::as_str));
        let title = format!("every object has the labels {}", demands.labels.join(", "));
        labelled(LABELS, format!("{keys}.all(key, variables.labels[?key].orValue('') != '')"), title);
    }
    if demands.least > Level::Unrestricted {
        let title = format!("every object is at the level {} or above", demands.least);
        labelled(LEVEL, format!("variables.level in {}", levels(demands.least)), title);
    }
    if demands.framework.is_some() && !demands.used.is_empty() {
        let keys: Vec<&str> = demands.used.iter().map(|(framework, _)| framework.key).collect();
        let title = format!("every object is held to {}", keys.join(" or "));
        labelled(FRAMEWORK, format!("variables.framework in {}", cel::texts(keys)), title);
    }
    if !demands.registries.is_empty() {
        let known: Vec<String> = demands.registries.iter().map(|registry| registry.condition("c.image")).collect();
        let holds = format!("!has(c.image) || {}", known.join(" || "));
        let shown: Vec<String> = demands.registries.iter().map(Registry::to_string).collect();
        let message = told(&format!("images come from {}", shown.join(", ")), REGISTRIES, &[]);
        for subject in On::Pods.subjects() {
            let expression = pods::each(&holds).unwrap_or_default();
            ready.push(Ready { name: REGISTRIES, subject, expression, message: message.clone() });
        }
    }
}

/// When a check binds.
struct Bound {
    /// The objects that it binds, as a condition; all if there is none.
    guard: Option<String>,
    /// Who asks for it.
    controls: Vec<(&'static Framework, &'static Control)>,
}

impl Demands<'_> {
    /// When a check binds; `None`: never.
    fn bound(&self, check: &Check) -> Option<Bound> {
        let asks = |control: &&Control| control.checks.contains(&check.id);
        let mut controls = Vec::new();
        let mut from: Vec<(&str, Level)> = Vec::new();
        for (framework, highest) in &self.used {
            let asking = framework.controls().filter(asks).filter(|control| control.from <= *highest);
            let asking: Vec<&'static Control> = asking.collect();
            if let Some(least) = asking.iter().map(|control| control.from).min() {
                from.push((framework.key, least));
            }
            controls.extend(asking.into_iter().map(|control| (*framework, control)));
        }
        let always = match check.id {
            "image-tag" => self.tag,
            "image-digest" => self.digest || self.facts.environment == "regulated",
            _ => false,
        };
        if always {
            return Some(Bound { guard: None, controls });
        }
        let mut guards = self.guards(&from);
        // What moves is an error at the highest level, whatever the regulation.
        if check.id == "image-tag" {
            guards.get_or_insert_default().push(format!("variables.level in {}", levels(Level::Restricted)));
        }
        let guards = guards?;
        let everything = guards.iter().any(String::is_empty);
        Some(Bound { guard: (!everything).then(|| guards.join(" || ")), controls })
    }

    /// The conditions under which regulations ask for something from these levels on; an empty one is none. `None`: no
    /// regulation asks for it.
    fn guards(&self, from: &[(&str, Level)]) -> Option<Vec<String>> {
        if from.is_empty() {
            return None;
        }
        let all = from.len() == self.used.len() && self.framework.is_some();
        let mut guards = Vec::new();
        for level in Level::ALL {
            let keys: Vec<&str> = from.iter().filter(|(_, least)| *least == level).map(|(key, _)| *key).collect();
            if keys.is_empty() {
                continue;
            }
            let is_level = (level > self.least).then(|| format!("variables.level in {}", levels(level)));
            let is_framework = match (all && keys.len() == from.len(), keys.as_slice()) {
                (true, _) => None,
                (false, [one]) => Some(format!("variables.framework == {}", cel::text(one))),
                (false, keys) => Some(format!("variables.framework in {}", cel::texts(keys.iter().copied()))),
            };
            guards.push(is_framework.into_iter().chain(is_level).collect::<Vec<_>>().join(" && "));
        }
        Some(guards)
    }
}

/// The names of a level and of those above it.
fn levels(from: Level) -> String {
    const NAMES: [&str; 7] = ["unrestricted", "low", "standard", "medium", "high", "strict", "restricted"];
    cel::texts(NAMES.into_iter().filter(|name| Level::named(name).is_some_and(|level| level >= from)))
}

/// `no container may run as root (run-as-non-root; PCI-DSS 2.2.1, 2.2.6)`
fn told(title: &str, name: &str, controls: &[(&Framework, &Control)]) -> String {
    let mut message = format!("{title} ({name}");
    let mut last = "";
    for (framework, control) in controls {
        let joined: &dyn fmt::Display = if framework.key == last { &"," } else { &format_args!("; {}", framework.key) };
        message.push_str(&format!("{joined} {}", control.id));
        last = framework.key;
    }
    message.push(')');
    message
}
