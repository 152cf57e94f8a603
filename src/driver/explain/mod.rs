//! Why something is as it is: who defined an option or a field of an object, what lost, and where it goes.
//!
//! An [`Explanation`] is plain data; `cli` writes it for people and for programs. The configuration goes the
//! whole way first, so that everything that is wrong with it is found as in any other command; what is
//! looked at afterwards is looked at quietly.

mod data;
mod flow;
mod told;
mod way;

use rustc_hash::FxHashSet;

use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::eval::Depth;
use crate::layers::Object;
use crate::modules::{Examined, Fate, Part, Role, Unexamined};
use crate::node::{Node, NodeKind};
use crate::schema::{self, TypeFacts};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{Evaluator, Kind, Thunk, Value};

use super::{Evaluated, Session};
pub use data::{Child, Declared, Definition, Destination, Explanation, Found, Link, Place, Verdict};
use flow::Flow;
pub use way::Way;
use way::{in_resources, resources, written};

/// Explains what is at `way`. What is wrong with the configuration, or with the question, is in the findings.
pub fn explain(session: &mut Session, way: &Way) -> Option<Explanation> {
    let parsed = session.parse()?;
    let checked = session.check(parsed);
    let evaluated = session.evaluate(checked)?;
    let lowered = session.lower(&evaluated);
    let objects = lowered.objects.clone();
    session.prove(&evaluated, lowered);
    session.forget_what_was_found_early();
    let in_resources = in_resources(&objects, way);
    let by_object = in_resources.is_some();
    let path = in_resources.unwrap_or_else(|| way.parts());
    let examined = quietly(session, |session| evaluated.configuration.examine(&mut session.machine, &path));
    let question = Question { session, evaluated: &evaluated, objects: &objects, by_object };
    match examined {
        Ok(place) => Some(question.place(place)),
        Err(Unexamined::Failed(failure)) => {
            question.session.machine.report(&failure);
            None
        }
        Err(Unexamined::Unknown { way, known }) => {
            let rest = path[way.len()..].iter();
            let path: Vec<Part> = way.iter().chain(rest).copied().collect();
            question.undefined(path, way.len(), &known)
        }
    }
}

/// Does what may find something that has been found before, or that matters only here.
fn quietly<T>(session: &mut Session, work: impl FnOnce(&mut Session) -> T) -> T {
    let (findings, traces) = (session.machine.findings.len(), session.machine.traces.len());
    let answer = work(session);
    session.machine.findings.truncate(findings);
    session.machine.traces.truncate(traces);
    answer
}

/// What answering needs.
struct Question<'a> {
    session: &'a mut Session,
    evaluated: &'a Evaluated,
    objects: &'a [Object],
    /// Whether the way began with an object instead of an option.
    by_object: bool,
}

impl Question<'_> {
    /// A place that is declared or defined.
    fn place(mut self, place: Examined) -> Explanation {
        let path = place.path.clone();
        let object = self.object_at(&path).cloned();
        let value = self.value_at(&path);
        let node = value.clone().filter(|_| place.role != Role::Group).map(|value| self.node(value.into()));
        let (found, node) = match object {
            Some(object) => {
                let found = node_at(&object.node, &path[2..]).cloned();
                (Some(self.found(&object, &path[2..], found.as_ref())), found)
            }
            None => (None, node),
        };
        let role = place.role;
        let flow = match &node {
            Some(node) if role != Role::Group => self.flow(node, value.as_ref()),
            _ => Flow::default(),
        };
        let children = self.children(&place, node.as_ref());
        let unset = place.definitions.iter().all(|one| one.fate != Fate::Counts);
        let mut explanation = Explanation {
            path: written(&path),
            layer: layer_of(&path),
            option: self.declared(&place),
            value: node.as_ref().and_then(told::data),
            kind: value.as_ref().map(|value| value.describe().to_string()),
            incomplete: role != Role::Group
                && !unset
                && !value.as_ref().is_some_and(Value::is_function)
                && node.as_ref().is_none_or(told::is_incomplete),
            written: node.as_ref().and_then(|node| self.written_at(node)),
            definitions: place.definitions.iter().map(|one| self.definition(one, &place)).collect(),
            found,
            children,
            ..Explanation::default()
        };
        self.follow(&mut explanation, &flow, &path);
        explanation
    }

    /// A place that no definition names: nxk itself may have added it, or it may just not be set.
    fn undefined(mut self, path: Vec<Part>, at: usize, known: &[Symbol]) -> Option<Explanation> {
        if let Some(object) = self.object_at(&path).cloned()
            && path.len() > 2
        {
            let node = node_at(&object.node, &path[2..]).cloned();
            let found = self.found(&object, &path[2..], node.as_ref());
            if node.is_some() || found.field.is_some() {
                let flow = node.as_ref().map(|node| self.flow(node, None)).unwrap_or_default();
                let mut explanation = Explanation {
                    path: written(&path),
                    layer: layer_of(&path),
                    value: node.as_ref().and_then(told::data),
                    written: node.as_ref().and_then(|node| self.written_at(node)),
                    found: Some(found),
                    ..Explanation::default()
                };
                self.follow(&mut explanation, &flow, &path);
                return Some(explanation);
            }
        }
        let finding = self.unknown(&path, at, known);
        self.session.machine.findings.push(finding);
        None
    }

    fn unknown(&mut self, path: &[Part], at: usize, known: &[Symbol]) -> Diagnostic {
        let object = self.object_at(path).filter(|_| at >= 2);
        let fields = object.and_then(|object| self.schema_at(object, &path[2..at])).map(|facts| facts.fields);
        let fields: Vec<String> = fields.into_iter().flatten().map(|field| field.name).collect();
        // Who asks for `Deployment/web` reads it like that.
        let (path, at) = if self.by_object && at > 0 { (&path[1..], at - 1) } else { (path, at) };
        let whole = written(path);
        let (start, end) = (written(&path[..at]).len(), written(&path[..=at]).len());
        let step = whole[start..end].trim_start_matches('.');
        let text = self.session.command_line_text(&whole);
        let span = Span::new(text.lo + (end - step.len()) as u32, text.lo + end as u32);
        let message = match at {
            0 if self.by_object => format!("there is no object `{}`", step.trim_matches('"')),
            0 => format!("there is no option `{step}`"),
            _ => format!("`{}` has no `{step}`", written(&path[..at])),
        };
        let names = known.iter().map(|name| name.as_str());
        let all = names.clone().chain(fields.iter().map(String::as_str));
        let hint = did_you_mean(step.trim_matches('"'), all).unwrap_or_else(|| listed(names));
        Diagnostic::new(Code::UnknownOption, span, message).label("nothing is there").hint(hint)
    }

    fn object_at(&self, path: &[Part]) -> Option<&Object> {
        match path {
            [Part::Name(first), Part::Name(key), ..] if *first == resources() => {
                self.objects.iter().find(|object| object.key == key.as_str())
            }
            _ => None,
        }
    }

    /// The merged value at a path, if it can be computed.
    fn value_at(&mut self, path: &[Part]) -> Option<Value> {
        let mut thunk = self.evaluated.configuration.config.clone();
        let mut inside = |machine: &mut Evaluator| {
            for part in path {
                let value = machine.force(&thunk).ok()?;
                thunk = match (&value.kind, part) {
                    (Kind::Attrs(entries), Part::Name(name)) => entries.get(*name)?.value.clone(),
                    (Kind::List(items), Part::Item(at)) => items.get(*at)?.clone(),
                    _ => return None,
                };
            }
            machine.force(&thunk).ok()
        };
        quietly(self.session, |session| inside(&mut session.machine))
    }

    fn node(&mut self, value: Thunk) -> Node {
        let node = quietly(self.session, |session| {
            let machine = &mut session.machine;
            // A value without an end is none that could be shown.
            let whole = machine.force(&value).ok().and_then(|value| flow::leaves(machine, &value));
            whole.and_then(|_| machine.node(&value, Depth::Shown, Span::NONE).ok())
        });
        node.unwrap_or_else(|| Node::new(NodeKind::Failed, Span::NONE))
    }

    fn flow(&mut self, node: &Node, value: Option<&Value>) -> Flow {
        let mut found = Vec::new();
        flow::leaves_of_node(node, &mut Vec::new(), &mut found);
        if let Some(value) = value {
            found.extend(flow::leaves(&mut self.session.machine, value).unwrap_or_default());
        }
        // Also no place is a place: few values were written nowhere, and those can be told apart by marks.
        let origins: FxHashSet<Span> = found.into_iter().map(|(_, origin)| origin).collect();
        Flow::follow(self.session, self.evaluated, &origins)
    }

    /// The options before and behind, and the fields that are reached.
    fn follow(&mut self, explanation: &mut Explanation, flow: &Flow, path: &[Part]) {
        let option = |path: Vec<Part>| Link { layer: layer_of(&path), path: written(&path) };
        if let Some(object) = self.object_at(path) {
            let mut options: Vec<Vec<Part>> = Vec::new();
            let inside = |field: &&flow::Field| object.key == field.object && field.path.starts_with(&path[2..]);
            for option in flow.fields.iter().filter(inside).flat_map(|field| flow.way_to(field)) {
                if !options.contains(&option) {
                    options.push(option);
                }
            }
            options.sort_by_key(|option| layer_of(option).unwrap_or(u8::MAX));
            explanation.comes_from = options.into_iter().map(option).collect();
            return;
        }
        explanation.comes_from = flow.before(path).into_iter().map(option).collect();
        explanation.goes_through = flow.behind(path).into_iter().map(option).collect();
        let objects = self.objects;
        let called =
            |key: &str| objects.iter().find(|object| object.key == key).map_or_else(|| key.to_string(), called);
        let field = |field: &flow::Field| Destination {
            object: called(&field.object),
            key: field.object.clone(),
            path: written(&field.path),
        };
        explanation.goes_to = flow.fields_from(path).map(field).collect();
    }

    /// What the schema says of a field of an object.
    fn schema_at(&self, object: &Object, path: &[Part]) -> Option<TypeFacts> {
        let step = |part: &Part| match part {
            Part::Name(name) => name.as_str().to_owned(),
            Part::Item(at) => at.to_string(),
        };
        let steps: Vec<String> = path.iter().map(step).collect();
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        let version = self.evaluated.target.version;
        let (group, api) = schema::split_api(object.api_version());
        schema::object_field(version, version.find(group, api, object.kind())?, &steps).ok()
    }

    /// What is known of a field of a finished object.
    fn found(&self, object: &Object, path: &[Part], node: Option<&Node>) -> Found {
        let facts = self.schema_at(object, path);
        Found {
            object: object.to_string(),
            key: object.key.to_string(),
            field: facts.as_ref().and_then(|facts| facts.field.clone()),
            path: facts.as_ref().map(|facts| facts.path.clone()),
            ty: facts.and_then(|facts| facts.ty),
            set: node.is_some(),
        }
    }
}

/// What people call an object: a made one by its key, others by kind and name. Both can be asked about.
fn called(object: &Object) -> String {
    match object.key.contains('/') || object.name().is_empty() {
        true => object.key.to_string(),
        false => format!("{}/{}", object.kind(), object.name()),
    }
}

/// The layer that an option belongs to.
fn layer_of(path: &[Part]) -> Option<u8> {
    let Some(Part::Name(first)) = path.first() else { return None };
    match first.as_str() {
        "applications" => Some(3),
        "resources" => Some(1),
        name if super::prove::COLLECTIONS.contains(&name) => Some(2),
        _ => None,
    }
}

/// The node at a path inside an object.
fn node_at<'n>(node: &'n Node, path: &[Part]) -> Option<&'n Node> {
    path.iter().try_fold(node, |node, part| match part {
        Part::Name(name) => node.get(name.as_str()),
        Part::Item(at) => node.as_list()?.get(*at),
    })
}

/// `there are: api, postgres, web`
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 12;
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    match names.as_slice() {
        [] => "nothing is inside; explain what is around it".to_string(),
        all if all.len() <= MOST => format!("there are: {}", all.join(", ")),
        all => format!("there are: {} and {} more", all[..MOST].join(", "), all.len() - MOST),
    }
}
