//! The way through all texts of an object, and what is done to each.

use ecow::EcoString;

use super::fields::{Around, Fields, is_namespace};
use super::hosts::{Context, Search};
use super::labels::{Labels, Selector, is_other, is_selector};
use super::own::{Head, Own};
use super::text::{Defaults, Edit, field};
use crate::chart::{Field, Form, Item};

/// What is looked up on the way.
pub(super) struct Walk<'a> {
    own: &'a Own,
    labels: &'a Labels,
    defaults: &'a Defaults,
    fields: Fields,
}

/// Where the walk is.
struct Here<'a> {
    head: &'a Head,
    /// Whether the object keeps its name.
    is_fixed: bool,
    /// The keys from the object on; lists do not count.
    path: Vec<EcoString>,
}

/// What is known of a text from what stands beside it.
#[derive(Default)]
struct Beside {
    around: Around,
    /// The `name` beside a `value`, or the flag in front of an argument.
    variable: Option<EcoString>,
    /// The argument behind it.
    next: Option<EcoString>,
    /// The resources of a rule of a role.
    resources: Vec<EcoString>,
    /// Whether the values of a requirement are namespaces.
    are_namespaces: bool,
}

impl<'a> Walk<'a> {
    /// A walk through the objects of a chart.
    pub(super) fn new(own: &'a Own, labels: &'a Labels, defaults: &'a Defaults) -> Walk<'a> {
        Walk { own, labels, defaults, fields: Fields::new() }
    }

    /// Opens the names in an object.
    pub(super) fn object(&self, form: &mut Form, head: &Head, is_fixed: bool) {
        self.value(form, &mut Here { head, is_fixed, path: Vec::new() }, &mut Beside::default());
    }

    fn value(&self, form: &mut Form, here: &mut Here, beside: &mut Beside) {
        match form {
            Form::Map(map) => self.map(map, here),
            Form::List(items) => self.list(items, here, beside),
            _ => {
                let Some(text) = self.defaults.text(form) else { return };
                self.defaults.apply(form, self.edits(&text, here, beside));
            }
        }
    }

    fn map(&self, map: &mut [Field], here: &mut Here) {
        let text = |key: &str| self.defaults.text_at(map, key);
        let name = text("name");
        let mut beside = Beside {
            around: Around::of(map, self.defaults),
            resources: field(map, "resources").map(|all| self.defaults.texts(all)).unwrap_or_default(),
            are_namespaces: text("key").is_some_and(|key| is_namespace(&key)),
            ..Beside::default()
        };
        let selectors: Vec<Option<Selector>> = map.iter().map(|field| self.selector(field, map, here)).collect();
        for (Field { key, value, .. }, selector) in map.iter_mut().zip(selectors) {
            beside.variable = name.clone().filter(|_| key == "value");
            here.path.push(key.clone());
            match selector {
                Some(selector) => self.selected(value, Some(&selector), here),
                None if is_other(key) => {}
                None if key.ends_with("abels") && key != "matchLabels" && !self.is_about_namespace(here) => {
                    self.selected(value, None, here);
                }
                None => self.value(value, here, &mut beside),
            }
            here.path.pop();
        }
    }

    fn list(&self, items: &mut [Item], here: &mut Here, beside: &mut Beside) {
        let texts: Vec<Option<EcoString>> = items.iter().map(|item| self.defaults.text(&item.value)).collect();
        for (at, Item { value, .. }) in items.iter_mut().enumerate() {
            if is_selector("", value, self.defaults) {
                let selector = self.labels.read(value, &[], here.head, self.defaults);
                self.selected(value, Some(&selector), here);
                continue;
            }
            let before = at.checked_sub(1).and_then(|before| texts[before].clone());
            beside.variable = before.filter(|flag| flag.starts_with('-') && !flag.contains('='));
            beside.next = texts.get(at + 1).cloned().flatten();
            self.value(value, here, beside);
        }
    }

    /// The selector at a field, if it is one of pods or objects.
    fn selector(&self, field: &Field, map: &[Field], here: &Here) -> Option<Selector> {
        let is = is_selector(&field.key, &field.value, self.defaults);
        is.then(|| self.labels.read(&field.value, map, here.head, self.defaults))
    }

    /// Whether these are the labels of a namespace, which others look for.
    fn is_about_namespace(&self, here: &Here) -> bool {
        here.head.kind == "Namespace" && here.path.len() == 2
    }

    /// The values of labels, or what a selector asks of them.
    fn selected(&self, form: &mut Form, selector: Option<&Selector>, here: &mut Here) {
        let Form::Map(map) = form else { return };
        for Field { key, value, .. } in map {
            match (key.as_str(), &mut *value) {
                ("matchLabels", Form::Map(_)) => self.selected(value, selector, here),
                ("matchExpressions", Form::List(items)) => {
                    for item in items {
                        self.expression(&mut item.value, selector, here);
                    }
                }
                (key, value) => self.label(key, value, selector, here),
            }
        }
    }

    fn expression(&self, form: &mut Form, selector: Option<&Selector>, here: &Here) {
        let Form::Map(map) = form else { return };
        let Some(key) = self.defaults.text_at(map, "key") else { return };
        let values = map.iter_mut().filter(|field| field.key == "values");
        for Field { value, .. } in values {
            if let Form::List(items) = value {
                items.iter_mut().for_each(|item| self.label(&key, &mut item.value, selector, here));
            }
        }
    }

    /// The value of a label.
    fn label(&self, key: &str, form: &mut Form, selector: Option<&Selector>, here: &Here) {
        let Some(text) = self.defaults.text(form) else { return };
        let opens = match selector {
            Some(selector) => self.labels.is_asked(selector, key, &text),
            None => self.labels.is_open(key, &text),
        };
        let edits = match self.own.namespace_edit(&text).filter(|_| is_namespace(key)) {
            Some(edit) => vec![edit],
            None if opens => vec![Edit::prefix(0)],
            None => self.references(&text, self.fields.kinds(&[key.into()]), None, here.head.namespace.as_deref()),
        };
        self.defaults.apply(form, edits);
    }

    /// What is to be done to a text.
    fn edits(&self, text: &str, here: &Here, beside: &Beside) -> Vec<Edit> {
        let path: Vec<&str> = here.path.iter().map(EcoString::as_str).collect();
        let last = path.last().copied().unwrap_or_default();
        match path[..] {
            ["metadata", "name" | "generateName"] => return self.name(here),
            ["apiVersion" | "kind"] | [.., "image"] => return Vec::new(),
            _ => {}
        }
        if (is_namespace(last) || beside.are_namespaces)
            && let Some(edit) = self.own.namespace_edit(text)
        {
            return vec![edit];
        }
        let place = here.head.namespace.as_deref().unwrap_or(self.own.namespace());
        if last == "resourceNames" {
            // The rules of a ClusterRole hold in every namespace.
            let place = here.head.namespace.as_deref();
            let named = |resource: &EcoString| self.own.named_in_api(resource, place, text);
            return beside.resources.iter().any(named).then(|| Edit::prefix(0)).into_iter().collect();
        }
        let there = beside.around.namespace.as_deref().unwrap_or(place);
        let told = beside.around.kind.as_deref().filter(|_| last == "name").map(|kind| [kind]);
        let kinds = told.as_ref().map_or_else(|| self.fields.kinds(&here.path), |kind| &kind[..]);
        let edits = self.references(text, kinds, beside.around.group.as_deref(), Some(there));
        if !edits.is_empty() {
            return edits;
        }
        let key = beside.variable.as_deref().unwrap_or(last);
        let context = Context { namespace: place, key, next: beside.next.as_deref() };
        Search { own: self.own, labels: self.labels }.edits(text, &context)
    }

    /// What is to be done to the name of the object itself.
    fn name(&self, here: &Here) -> Vec<Edit> {
        if here.is_fixed {
            return Vec::new();
        }
        match self.own.is_place(here.head) {
            true => self.own.namespace_edit(&here.head.name).into_iter().collect(),
            false => vec![Edit::prefix(0)],
        }
    }

    /// What is to be done to the name of an object, or to several: `api`, `shop/api`, `api,web`.
    fn references(&self, text: &str, kinds: &[&str], group: Option<&str>, place: Option<&str>) -> Vec<Edit> {
        if kinds.is_empty() {
            return Vec::new();
        }
        let (mut edits, mut at) = (Vec::new(), 0);
        for part in text.split(',') {
            let start = at + part.len() - part.trim_start().len();
            at += part.len() + 1;
            let (namespace, name) = match part.trim().split_once('/') {
                Some((namespace, name)) => (Some(namespace), name),
                None => (None, part.trim()),
            };
            let Some(inside) = self.own.named(kinds, group, namespace.or(place), name) else { continue };
            let name_start = start + namespace.map_or(0, |namespace| namespace.len() + 1);
            edits.extend(namespace.and_then(|it| self.own.namespace_edit(it)).map(|edit| edit.moved(start)));
            edits.push(Edit::prefix(name_start + inside));
        }
        edits
    }
}
