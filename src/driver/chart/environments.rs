//! The environments of a configuration, as values of its chart.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::candidates;
use super::forms;
use crate::chart::{Environment, Opening, Template};
use crate::diag::{Code, Diagnostic};
use crate::driver::{Evaluated, Session, Setting};
use crate::emit::order;
use crate::node::{Node, NodeKind};
use crate::types::Scalar;

/// What the environments that the configuration is not made for change of a chart. One that changes more than values can is
/// a warning.
pub(super) fn environments(
    session: &mut Session,
    evaluated: &Evaluated,
    templates: &[Template],
    openings: &[Opening],
) -> Vec<Environment> {
    let mut environments = Vec::new();
    for name in others(evaluated) {
        match environment(session, evaluated, &name, (templates, openings)) {
            Ok(values) => environments.push(Environment { name, values }),
            Err(object) => {
                let message = match object {
                    Some(object) => format!(
                        "the chart does not reach the environment `{name}`: `{object}` differs in more than values"
                    ),
                    None => format!("the chart does not reach the environment `{name}`, for which there are errors"),
                };
                let place =
                    evaluated.framework.at(&["environments", &name]).map_or(evaluated.framework.span, |node| node.span);
                let hint = format!("make a chart of its own: `--set framework.environment={name}`");
                session.machine.findings.push(Diagnostic::new(Code::EnvironmentBeyondChart, place, message).hint(hint));
            }
        }
    }
    environments
}

/// The environments of which the configuration says something, without the one that it is made for.
fn others(evaluated: &Evaluated) -> Vec<String> {
    let Some(all) = evaluated.framework.get("environments").and_then(Node::as_map) else { return Vec::new() };
    let says = |environment: &Node, what: &str| {
        environment.get(what).and_then(Node::as_map).is_some_and(|map| !map.fields.is_empty())
    };
    let others = all.fields.iter().filter(|field| field.key != evaluated.environment());
    others
        .filter(|field| says(&field.value, "defaults") || says(&field.value, "applications"))
        .map(|field| field.key.to_string())
        .collect()
}

/// The values that differ in an environment; the key of an object that values do not reach, if there are no errors.
fn environment(
    session: &Session,
    evaluated: &Evaluated,
    name: &str,
    (templates, openings): (&[Template], &[Opening]),
) -> Result<Vec<(usize, Scalar)>, Option<String>> {
    let mut request = session.request.clone();
    let path = vec!["framework".to_string(), "environment".to_string()];
    request.settings.push(Setting { path, value: name.to_string() });
    let mut there = Session::new(request).map_err(|_| None)?;
    let (changed, proved) = crate::driver::proved(&mut there).filter(|_| !there.has_errors()).ok_or(None)?;
    let candidates = candidates::candidates(&mut there.machine, &changed.configuration);
    let real: FxHashMap<(Vec<EcoString>, Option<usize>), &Scalar> =
        candidates.iter().map(|candidate| ((candidate.names(), candidate.item), &candidate.real)).collect();
    let values: Vec<Scalar> = openings
        .iter()
        .map(|opening| real.get(&(opening.path.clone(), opening.item)).map_or(&opening.default, |value| *value).clone())
        .collect();

    let (build, own) = (there.trace(&changed).build_id, session.trace(evaluated).build_id);
    let mut objects = FxHashMap::default();
    for mut object in proved.objects {
        if !changed.apart.contains(&object.key) {
            order::arrange(&mut object.node);
            replace(&mut object.node, &build, &own);
            objects.insert(object.key, object.node);
        }
    }
    let value = |at: usize| &values[at];
    for template in templates.iter().filter(|template| forms::are_met(&template.when, &value)) {
        match objects.remove(&template.key) {
            Some(node) if forms::agrees(&template.form, &node, &value) => {}
            _ => return Err(Some(template.key.to_string())),
        }
    }
    if let Some(key) = objects.into_keys().min() {
        return Err(Some(key.to_string()));
    }
    let differing = |at: usize| openings[at].default != values[at];
    let changed: FxHashSet<&[EcoString]> =
        (0..openings.len()).filter(|&at| differing(at)).map(|at| openings[at].path.as_slice()).collect();
    // A list is given whole.
    let given = values.iter().enumerate().filter(|(at, _)| changed.contains(openings[*at].path.as_slice()));
    Ok(given.map(|(at, value)| (at, value.clone())).collect())
}

/// Puts one text in the place of another. Builds of two environments differ in their ids if in nothing else.
fn replace(node: &mut Node, text: &str, by: &str) {
    match &mut node.kind {
        NodeKind::Str(found) if found == text => *found = by.into(),
        NodeKind::List(items) => items.iter_mut().for_each(|item| replace(item, text, by)),
        NodeKind::Map(map) => map.fields.iter_mut().for_each(|field| replace(&mut field.value, text, by)),
        _ => {}
    }
}
