//! Selectors, and the labels by which they find what they mean.
//!
//! A selector of one release must find what it found before, and nothing of another release. So at least one label that
//! it asks for carries the release, wherever it stands: on pods, on objects, and in all selectors that mean them. Which
//! labels these are is read off the selectors:
//!
//! - A selector that finds something of the chart opens the pairs of key and value that it asks for and that name
//!   something ([`IDENTITY`]); if it asks for none of these, all pairs that it asks for.
//! - A selector that finds nothing of the chart means somebody else's pods and stays as it is, even if it asks for the same pair:
//!   what is called `prometheus` in another namespace is another `prometheus`.
//! - A selector that asks for no pair, such as the empty one, means every pod of a namespace, and still does.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::fields::{is_namespace, plain_key};
use super::own::{Head, Own};
use super::text::{Defaults, at, field, fields, items};
use crate::chart::{Chart, Field, Form};

/// The keys of labels that say which thing it is.
const IDENTITY: [&str; 5] = ["app.kubernetes.io/name", "app.kubernetes.io/instance", "app", "k8s-app", "name"];

/// The label that every namespace has.
const NAME_OF_NAMESPACE: &str = "kubernetes.io/metadata.name";

/// Selectors of what is no pod and no object of a chart.
const OTHERS: [&str; 6] =
    ["namespaceSelector", "nodeSelector", "nodeSelectorTerms", "preference", "objectSelector", "clusterSelector"];

/// What the chart can be found by.
#[derive(Default)]
pub(super) struct Labels {
    /// Everything that has labels.
    found: Vec<Found>,
    /// What has a pair, by its place in `found`.
    by_pair: FxHashMap<(EcoString, EcoString), Vec<usize>>,
    /// The pairs whose value carries the release.
    open: FxHashSet<(EcoString, EcoString)>,
    /// The labels of the namespaces that the chart makes.
    namespaces: FxHashMap<EcoString, Vec<(EcoString, EcoString)>>,
    /// All namespaces in which something of the chart is.
    places: Vec<EcoString>,
}

struct Found {
    namespace: EcoString,
    labels: Vec<(EcoString, EcoString)>,
}

/// Where a selector looks.
pub(super) enum Scope {
    /// In every namespace.
    Everywhere,
    /// In these.
    In(Vec<EcoString>),
}

/// A requirement of a selector.
struct Requirement {
    key: EcoString,
    operator: Operator,
    values: Vec<EcoString>,
}

#[derive(Clone, Copy, PartialEq)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

/// A selector as it is by default, with where it looks.
pub(super) struct Selector {
    requirements: Vec<Requirement>,
    scope: Scope,
    /// Whether it finds something of the chart.
    pub finds: bool,
}

impl Labels {
    /// What the chart can be found by, and by which pairs its selectors find it.
    pub(super) fn of(chart: &Chart, own: &Own, defaults: &Defaults) -> Labels {
        let mut labels = Labels::default();
        for template in &chart.templates {
            let head = Head::of(&template.form, defaults);
            if head.kind == "Namespace" && head.group.is_empty() {
                let written = at(&template.form, &["metadata", "labels"]).map_or(&[][..], fields);
                labels.namespaces.insert(head.name.clone(), pairs(written, defaults));
                continue;
            }
            let namespace = head.namespace.unwrap_or_else(|| own.namespace().clone());
            labels.collect(&template.form, &namespace, defaults);
        }
        labels.index();
        for template in &chart.templates {
            let head = Head::of(&template.form, defaults);
            labels.open_by(&template.form, &head, defaults);
        }
        labels
    }

    /// Takes in all labels below a form.
    fn collect(&mut self, form: &Form, namespace: &EcoString, defaults: &Defaults) {
        for Field { key, value, .. } in fields(form) {
            match key.ends_with("abels") && !pairs(fields(value), defaults).is_empty() {
                true if key != "matchLabels" => {
                    let labels = pairs(fields(value), defaults);
                    self.found.push(Found { namespace: namespace.clone(), labels });
                }
                _ => self.collect(value, namespace, defaults),
            }
        }
        for item in items(form) {
            self.collect(item, namespace, defaults);
        }
    }

    fn index(&mut self) {
        let mut places = FxHashSet::default();
        for (at, found) in self.found.iter().enumerate() {
            if places.insert(found.namespace.clone()) {
                self.places.push(found.namespace.clone());
            }
            for pair in &found.labels {
                self.by_pair.entry(pair.clone()).or_default().push(at);
            }
        }
    }

    /// Opens the pairs by which the selectors below a form find something.
    fn open_by(&mut self, form: &Form, head: &Head, defaults: &Defaults) {
        for Field { key, value, .. } in fields(form) {
            if is_selector(key, value, defaults) {
                let selector = self.read(value, fields(form), head, defaults);
                self.open_pairs(&selector);
            } else {
                self.open_by(value, head, defaults);
            }
        }
        for item in items(form) {
            // Cilium lists selectors without a name of their own.
            if is_selector("", item, defaults) {
                let selector = self.read(item, &[], head, defaults);
                self.open_pairs(&selector);
            } else {
                self.open_by(item, head, defaults);
            }
        }
    }

    fn open_pairs(&mut self, selector: &Selector) {
        if !selector.finds {
            return;
        }
        let asked = || selector.requirements.iter().filter(|asked| asked.operator == Operator::In);
        let names = asked().any(|asked| IDENTITY.contains(&asked.key.as_str()));
        for asked in asked().filter(|asked| !names || IDENTITY.contains(&asked.key.as_str())) {
            for value in &asked.values {
                if self.has(&asked.key, value, &selector.scope) {
                    self.open.insert((asked.key.clone(), value.clone()));
                }
            }
        }
    }

    /// Reads a selector that stands in a map, whose other fields may say where it looks.
    pub(super) fn read(&self, form: &Form, beside: &[Field], head: &Head, defaults: &Defaults) -> Selector {
        let mut requirements = requirements(form, defaults);
        let mut scope = self.scope(beside, head, defaults);
        // Cilium says the namespace as a label.
        let place = requirements.iter().position(|asked| asked.key.contains('.') && is_namespace(&asked.key));
        if let Some(place) = place.filter(|place| requirements[*place].operator == Operator::In) {
            scope = Scope::In(requirements.remove(place).values);
        }
        let finds = self.finds(&requirements, &scope);
        Selector { requirements, scope, finds }
    }

    /// Whether a value that a selector asks for carries the release.
    pub(super) fn is_asked(&self, selector: &Selector, key: &str, value: &str) -> bool {
        let key = plain_key(key);
        let excludes = selector.requirements.iter().any(|asked| asked.key == key && asked.operator == Operator::NotIn);
        (selector.finds || excludes) && self.is_open(key, value) && self.has(key, value, &selector.scope)
    }

    /// Whether a label carries the release.
    pub(super) fn is_open(&self, key: &str, value: &str) -> bool {
        self.open.contains(&(key.into(), value.into()))
    }

    /// Whether something that a selector looks at has this label.
    fn has(&self, key: &str, value: &str, scope: &Scope) -> bool {
        let having = self.by_pair.get(&(key.into(), value.into()));
        having.into_iter().flatten().any(|at| scope.covers(&self.found[*at].namespace))
    }

    fn finds(&self, requirements: &[Requirement], scope: &Scope) -> bool {
        // What asks for no pair finds everything, and is no way to tell releases apart.
        let asked = requirements.iter().filter(|asked| asked.operator == Operator::In);
        let having = |asked: &Requirement| -> Vec<&Vec<usize>> {
            let pairs = asked.values.iter().map(|value| (asked.key.clone(), value.clone()));
            pairs.filter_map(|pair| self.by_pair.get(&pair)).collect()
        };
        let rarest = asked.map(having).min_by_key(|having| having.iter().map(|all| all.len()).sum::<usize>());
        rarest
            .into_iter()
            .flatten()
            .flatten()
            .map(|at| &self.found[*at])
            .any(|found| scope.covers(&found.namespace) && requirements.iter().all(|asked| asked.holds(&found.labels)))
    }

    fn scope(&self, beside: &[Field], head: &Head, defaults: &Defaults) -> Scope {
        let named = field(beside, "namespaces").map(|list| defaults.texts(list)).unwrap_or_default();
        let Some(selector) = field(beside, "namespaceSelector") else {
            return match (&head.namespace, named.is_empty()) {
                (_, false) => Scope::In(named),
                (Some(namespace), true) => Scope::In(vec![namespace.clone()]),
                (None, true) => Scope::Everywhere,
            };
        };
        // Prometheus' operator has a selector of its own kind.
        if field(fields(selector), "any").is_some() {
            return Scope::Everywhere;
        }
        if let Some(names) = field(fields(selector), "matchNames") {
            return Scope::In(defaults.texts(names));
        }
        let asked = requirements(selector, defaults);
        // Most say the name of the namespace, which saves a look at all.
        let said = asked.iter().find(|asked| asked.key == NAME_OF_NAMESPACE && asked.operator == Operator::In);
        let candidates = said.map_or(&self.places, |said| &said.values);
        let mut places = named;
        places.extend(candidates.iter().filter(|place| self.is_selected(place, &asked)).cloned());
        Scope::In(places)
    }

    fn is_selected(&self, namespace: &EcoString, asked: &[Requirement]) -> bool {
        let mut labels = self.namespaces.get(namespace).cloned().unwrap_or_default();
        labels.push((NAME_OF_NAMESPACE.into(), namespace.clone()));
        asked.iter().all(|asked| asked.holds(&labels))
    }
}

impl Scope {
    fn covers(&self, namespace: &EcoString) -> bool {
        match self {
            Scope::Everywhere => true,
            Scope::In(namespaces) => namespaces.contains(namespace),
        }
    }
}

impl Requirement {
    fn holds(&self, labels: &[(EcoString, EcoString)]) -> bool {
        let value = labels.iter().find(|(key, _)| *key == self.key).map(|(_, value)| value);
        match self.operator {
            Operator::In => value.is_some_and(|value| self.values.contains(value)),
            Operator::NotIn => value.is_none_or(|value| !self.values.contains(value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }
}

/// Whether the value at `key` says which nodes or foreign objects are meant, in which nothing of a chart is named.
pub(super) fn is_other(key: &str) -> bool {
    OTHERS.contains(&key) && key != "namespaceSelector"
}

/// Whether the value at `key` finds pods or objects by their labels.
pub(super) fn is_selector(key: &str, form: &Form, defaults: &Defaults) -> bool {
    let inside = fields(form);
    if OTHERS.contains(&key) || inside.is_empty() {
        return false;
    }
    let is_text = |field: &Field| defaults.text(&field.value).is_some();
    field(inside, "matchLabels").is_some()
        || field(inside, "matchExpressions").is_some()
        || (key == "selector" && inside.iter().all(is_text))
}

fn requirements(form: &Form, defaults: &Defaults) -> Vec<Requirement> {
    let inside = fields(form);
    let (plain, expressions) = (field(inside, "matchLabels"), field(inside, "matchExpressions"));
    let plain = if plain.is_none() && expressions.is_none() { inside } else { plain.map_or(&[][..], fields) };
    let mut all: Vec<Requirement> = pairs(plain, defaults)
        .into_iter()
        .map(|(key, value)| Requirement { key, operator: Operator::In, values: vec![value] })
        .collect();
    all.extend(expressions.into_iter().flat_map(items).filter_map(|asked| {
        let operator = match defaults.text_at(fields(asked), "operator")?.as_str() {
            "In" => Operator::In,
            "NotIn" => Operator::NotIn,
            "Exists" => Operator::Exists,
            "DoesNotExist" => Operator::DoesNotExist,
            _ => return None,
        };
        let values = field(fields(asked), "values").map(|values| defaults.texts(values)).unwrap_or_default();
        Some(Requirement { key: plain_key(&defaults.text_at(fields(asked), "key")?).into(), operator, values })
    }));
    all
}

fn pairs(map: &[Field], defaults: &Defaults) -> Vec<(EcoString, EcoString)> {
    let pair = |field: &Field| Some((plain_key(&field.key).into(), defaults.text(&field.value)?));
    map.iter().filter_map(pair).collect()
}
