//! `__admission`: the rules of a configuration, grouped into policies.

use std::collections::BTreeMap;

use super::backends::{Backend, is_served, kyverno};
use super::registries::Registry;
use super::rules::{Demands, Ready, ready};
use super::subject::Resources;
use super::{Facts, Subject, exempt, refused};
use crate::eval::Depth;
use crate::layers::names::record;
use crate::node::{Node, NodeKind};
use crate::policy::compliance::{Exception, Framework, framework};
use crate::policy::level::Level;
use crate::source::Span;
use crate::value::{Arguments, Evaluator, Result, Thunk, Value};

/// What happens to what breaks a rule, the strictest first.
const ACTIONS: [&str; 3] = ["Deny", "Warn", "Audit"];

/// `__admission { … }`: what the target has (`served`, `kyverno`), and the policies, each with the objects that it is
/// about, its variables, conditions and rules, and what happens to what breaks one. `pods` are the conditions for whatever
/// else is done to pods.
pub(super) fn admission(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let request = machine.force_at(&call[0], call.span)?;
    let request = machine.node(&request.into(), Depth::Everything, call.span)?;
    let version = machine.kubernetes()?;
    let minor = version.minor();
    let (environment, prefix) = (text(&request, "environment"), text(&request, "prefix"));
    let facts = Facts { minor, environment, prefix };
    let demands = demands(&request, facts);
    let mut policies: BTreeMap<(usize, usize), Vec<Ready>> = BTreeMap::new();
    let general = refused::action(request.get("action").and_then(Node::as_str), demands.level);
    for rule in ready(&demands) {
        let action = request.at(&["rules", rule.name]).and_then(Node::as_str).unwrap_or(general);
        let Some(action) = ACTIONS.iter().position(|known| *known == action) else { continue };
        let subject = Subject::ALL.iter().position(|known| *known == rule.subject).unwrap_or_default();
        policies.entry((subject, action)).or_default().push(rule);
    }
    let exclude = request.get("exclude").and_then(Node::as_list).unwrap_or_default();
    let policies = policies.into_iter().map(|((subject, action), rules)| {
        Thunk::Done(policy(Subject::ALL[subject], ACTIONS[action], &rules, (&demands, exclude), call.span))
    });
    let policies = Value::list(policies.collect(), call.span);
    let served = Backend::KINDS.into_iter().filter(|kind| is_served(version, kind));
    let kyverno = kyverno(version).map_or_else(String::new, |release| release.to_string());
    Ok(record(
        [
            ("served", words(served, call.span)),
            ("kyverno", Value::string(kyverno, call.span)),
            ("pods", pairs(&exempt::excluded(exclude, Subject::Pods), call.span)),
            ("policies", policies),
        ],
        call.span,
    ))
}

fn demands<'a>(request: &'a Node, facts: Facts<'a>) -> Demands<'a> {
    let level =
        |node: &Node, key: &str| node.get(key).and_then(Node::as_str).and_then(Level::named).unwrap_or_default();
    let list = |key: &str| request.get(key).and_then(Node::as_list).unwrap_or_default();
    let mut used: Vec<(&'static Framework, Level)> = Vec::new();
    for pair in list("used") {
        let Some(framework) = pair.get("framework").and_then(Node::as_str).and_then(framework) else { continue };
        let level = level(pair, "level");
        match used.iter_mut().find(|(known, _)| known.key == framework.key) {
            Some((_, highest)) => *highest = level.max(*highest),
            None => used.push((framework, level)),
        }
    }
    Demands {
        facts,
        level: level(request, "level"),
        framework: framework(text(request, "framework")),
        least: level(request, "least"),
        used,
        exceptions: request.get("exceptions").map(|list| Exception::read(list).0).unwrap_or_default(),
        labels: list("labels").iter().filter_map(Node::as_str).map(str::to_string).collect(),
        registries: list("registries").iter().filter_map(Node::as_str).filter_map(Registry::read).collect(),
        tag: is_true(request, "requireTag"),
        digest: is_true(request, "requireDigest"),
    }
}

fn policy(
    subject: Subject,
    action: &str,
    rules: &[Ready],
    (demands, exclude): (&Demands<'_>, &[Node]),
    span: Span,
) -> Value {
    let word = |text: &str| Value::string(text, span);
    let framework = demands.framework.map_or("", |framework| framework.key);
    let variables = subject.variables(&demands.facts, demands.level.name(), framework);
    let used = used_variables(variables, rules);
    let conditions = exempt::excluded(exclude, subject);
    let resources = subject.resources().iter().map(|api| Thunk::Done(resources(api, span)));
    let rules = rules.iter().map(|rule| {
        let said = [("name", rule.name), ("expression", &rule.expression), ("message", &rule.message)];
        Thunk::Done(record(said.map(|(field, text)| (field, word(text))), span))
    });
    record(
        [
            ("subject", word(subject.name())),
            ("action", word(action)),
            ("resources", Value::list(resources.collect(), span)),
            ("variables", pairs(&used, span)),
            ("conditions", pairs(&conditions, span)),
            ("rules", Value::list(rules.collect(), span)),
        ],
        span,
    )
}

fn resources(api: &Resources, span: Span) -> Value {
    let kinds = api.kinds.iter().map(|(_, kind)| *kind).filter(|kind| !kind.is_empty());
    record(
        [
            ("group", Value::string(api.group, span)),
            ("version", Value::string(api.version, span)),
            ("resources", words(api.kinds.iter().map(|(name, _)| *name), span)),
            ("kinds", words(kinds, span)),
        ],
        span,
    )
}

/// Those that the rules speak of, and those that these speak of.
fn used_variables(all: Vec<(&'static str, String)>, rules: &[Ready]) -> Vec<(&'static str, String)> {
    let mut used: Vec<(&'static str, String)> = Vec::new();
    for (name, expression) in all.into_iter().rev() {
        let mut texts = rules.iter().map(|rule| &rule.expression).chain(used.iter().map(|(_, text)| text));
        if texts.any(|text| speaks_of(text, name)) {
            used.push((name, expression));
        }
    }
    used.reverse();
    used
}

fn speaks_of(expression: &str, variable: &str) -> bool {
    let mut behind = expression.split("variables.").skip(1).filter_map(|rest| rest.strip_prefix(variable));
    behind.any(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
}

/// Expressions with their names.
fn pairs(pairs: &[(&str, String)], span: Span) -> Value {
    let word = |text: &str| Value::string(text, span);
    let pair = |(name, expression): &(&str, String)| {
        Thunk::Done(record([("name", word(name)), ("expression", word(expression))], span))
    };
    Value::list(pairs.iter().map(pair).collect(), span)
}

fn words<'t>(texts: impl Iterator<Item = &'t str>, span: Span) -> Value {
    Value::list(texts.map(|text| Thunk::Done(Value::string(text, span))).collect(), span)
}

fn text<'n>(node: &'n Node, key: &str) -> &'n str {
    node.get(key).and_then(Node::as_str).unwrap_or_default()
}

fn is_true(node: &Node, key: &str) -> bool {
    node.get(key).is_some_and(|node| node.kind == NodeKind::Bool(true))
}
