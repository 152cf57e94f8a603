//! Labels that are said again and again get a name, as the helpers of a chart have: what many objects are labelled with, and
//! what their pods are found by.
//!
//! Candidates are the sets of labels that occur, and what two of them have in common. The one that saves most is taken, and
//! then the next, as long as it is worth a name. A set that has more says so: `commonLabels // { tier = "web"; }`.

use std::collections::BTreeMap;

use ecow::{EcoString, eco_format};

use crate::node::{Map, Node, NodeKind};
use crate::source::Span;

/// The fields that hold labels.
const HOLDERS: &[&str] = &["labels", "matchLabels", "podLabels", "selector"];
/// So many names are given, at most: more would have to be looked up.
const MOST: usize = 4;
/// A name has to save so many characters.
const WORTH: usize = 160;
/// What so many of the most frequent sets have in common is looked at.
const FREQUENT: usize = 24;

/// Labels in the order of their keys.
type Labels = Vec<(EcoString, EcoString)>;

/// The sets of labels that have a name, the smallest first.
#[derive(Default)]
pub(super) struct Shared(Vec<Named>);

struct Named {
    name: EcoString,
    labels: Labels,
    /// In the order in which they were written.
    written: Map,
}

/// Labels that have a name, with what they say beyond it.
pub(super) struct Known<'a> {
    pub name: &'a str,
    pub rest: Option<Node>,
}

/// Labels as they occur.
struct Occurrence {
    count: usize,
    /// Whether they are the labels of an object somewhere, and do not only find some.
    are_given: bool,
    written: Map,
}

impl Shared {
    /// The names that are worth it in these values.
    pub fn of<'n>(values: impl Iterator<Item = &'n Node>) -> Shared {
        let mut found = BTreeMap::new();
        values.for_each(|value| collect(value, &mut found));
        let mut chosen: Vec<Labels> = Vec::new();
        let candidates = candidates(&found);
        while chosen.len() < MOST {
            let saved = |labels: &Labels| saving(labels, &found, &chosen);
            let best =
                candidates.iter().map(|labels| (saved(labels), labels)).max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1)));
            match best {
                Some((saved, labels)) if saved >= WORTH => chosen.push(labels.clone()),
                _ => break,
            }
        }
        chosen.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        Shared(named(chosen, &found))
    }

    /// Whether nothing has a name.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names, each with the one that it goes on from, and with what it says itself.
    pub fn names(&self) -> impl Iterator<Item = (&str, Option<&str>, Node)> {
        self.0.iter().enumerate().map(|(at, named)| {
            let whole = || Node::new(NodeKind::Map(named.written.clone()), Span::NONE);
            match largest(&self.0[..at], &named.labels) {
                Some(of) => (
                    named.name.as_str(),
                    Some(of.name.as_str()),
                    rest(&named.written, &of.labels).unwrap_or_else(whole),
                ),
                None => (named.name.as_str(), None, whole()),
            }
        })
    }

    /// The name for what a field says.
    pub fn find(&self, key: &str, value: &Node) -> Option<Known<'_>> {
        if self.0.is_empty() || !HOLDERS.contains(&key) {
            return None;
        }
        let map = value.as_map()?;
        let named = largest(&self.0, &labels(map)?)?;
        Some(Known { name: &named.name, rest: rest(map, &named.labels) })
    }
}

/// The largest of some sets that is a part of the labels.
fn largest<'a>(sets: &'a [Named], labels: &Labels) -> Option<&'a Named> {
    sets.iter().rev().find(|named| is_part(&named.labels, labels))
}

/// What is said beyond some labels.
fn rest(map: &Map, labels: &Labels) -> Option<Node> {
    let said = |key: &str| labels.binary_search_by(|(known, _)| known.as_str().cmp(key)).is_ok();
    let fields: Vec<_> = map.fields.iter().filter(|field| !said(&field.key)).cloned().collect();
    (!fields.is_empty()).then(|| Node::new(NodeKind::Map(Map { fields }), Span::NONE))
}

/// The labels that a map is; nothing if it is something else.
fn labels(map: &Map) -> Option<Labels> {
    let label = |field: &crate::node::Field| Some((field.key.clone(), field.value.as_str()?.into()));
    let mut labels = map.fields.iter().map(label).collect::<Option<Labels>>()?;
    labels.sort_unstable();
    Some(labels)
}

/// Whether all of some labels are among the others. Both are in the order of their keys.
fn is_part(labels: &Labels, of: &Labels) -> bool {
    let mut others = of.iter();
    labels.len() <= of.len() && labels.iter().all(|label| others.any(|other| other == label))
}

fn collect(value: &Node, found: &mut BTreeMap<Labels, Occurrence>) {
    match &value.kind {
        NodeKind::List(items) => items.iter().for_each(|item| collect(item, found)),
        NodeKind::Map(map) => {
            for field in &map.fields {
                let holds = HOLDERS.contains(&field.key.as_str()).then(|| field.value.as_map()).flatten();
                match holds.and_then(|map| Some((map, labels(map)?))) {
                    Some((map, labels)) if labels.len() > 1 => {
                        let occurrence = || Occurrence { count: 0, are_given: false, written: map.clone() };
                        let occurrence = found.entry(labels).or_insert_with(occurrence);
                        occurrence.count += 1;
                        occurrence.are_given |= field.key.ends_with("abels") && field.key != "matchLabels";
                    }
                    _ => collect(&field.value, found),
                }
            }
        }
        _ => {}
    }
}

/// The sets that occur more than once, and what the most frequent ones have in common.
fn candidates(found: &BTreeMap<Labels, Occurrence>) -> Vec<Labels> {
    let mut frequent: Vec<(&Labels, usize)> = found.iter().map(|(labels, seen)| (labels, seen.count)).collect();
    frequent.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    frequent.truncate(FREQUENT);
    let mut candidates: Vec<Labels> = frequent.iter().map(|(labels, _)| (*labels).clone()).collect();
    for (at, (labels, _)) in frequent.iter().enumerate() {
        for (other, _) in &frequent[at + 1..] {
            let common: Labels = labels.iter().filter(|label| other.contains(label)).cloned().collect();
            candidates.extend((common.len() > 1).then_some(common));
        }
    }
    candidates.sort_unstable();
    candidates.dedup();
    candidates
}

/// How many characters a name saves beyond those that are chosen.
fn saving(labels: &Labels, found: &BTreeMap<Labels, Occurrence>, chosen: &[Labels]) -> usize {
    /// What it costs to say a name, at its place and where it is given.
    const NAME: usize = 16;
    let (mut saved, mut uses) = (0, 0);
    for (set, seen) in found.iter().filter(|(set, _)| is_part(labels, set)) {
        let known = chosen.iter().filter(|known| is_part(known, set)).map(length).max();
        let own = length(labels).saturating_sub(NAME);
        saved += seen.count * own.saturating_sub(known.map_or(0, |known| known.saturating_sub(NAME)));
        uses += seen.count;
    }
    // Each of those that are chosen is said once itself.
    let known = chosen.iter().any(|known| known == labels);
    if known || uses < 3 { 0 } else { saved.saturating_sub(length(labels) + NAME) }
}

/// How long labels are when they are written.
fn length(labels: &Labels) -> usize {
    labels.iter().map(|(key, value)| key.len() + value.len() + 10).sum()
}

/// Gives names: by what the labels are for where they are for most, else by what they call the application.
fn named(chosen: Vec<Labels>, found: &BTreeMap<Labels, Occurrence>) -> Vec<Named> {
    let mut named: Vec<Named> = Vec::new();
    for labels in &chosen {
        let own = found.iter().filter(|(set, _)| is_called(labels, set, &chosen)).map(|(_, seen)| seen);
        let (are_given, uses) = own.fold((false, 0), |(given, uses), seen| (given | seen.are_given, uses + seen.count));
        let all: usize = found.values().filter(|seen| seen.are_given == are_given).map(|seen| seen.count).sum();
        let sort = if are_given { "Labels" } else { "Selector" };
        let name = match (uses * 2 > all, are_given) {
            (true, true) => "commonLabels".into(),
            (true, false) => "selectorLabels".into(),
            (false, _) => eco_format!("{}{sort}", camel(called(labels, &chosen))),
        };
        let numbered = (2..).map(|number| eco_format!("{name}{number}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let free = names.find(|name| named.iter().all(|other| other.name != *name));
        named.push(Named { name: free.unwrap_or(name), labels: labels.clone(), written: written(labels, found) });
    }
    named
}

/// Labels in the order in which they are written somewhere.
fn written(labels: &Labels, found: &BTreeMap<Labels, Occurrence>) -> Map {
    let source = found.iter().find(|(set, _)| is_part(labels, set)).map(|(_, seen)| seen.written.fields.as_slice());
    let fields = source.unwrap_or_default().iter().filter(|field| labels.iter().any(|(key, _)| *key == field.key));
    Map { fields: fields.cloned().collect() }
}

/// Whether these labels are what a set is called by, and no larger ones.
fn is_called(labels: &Labels, set: &Labels, chosen: &[Labels]) -> bool {
    chosen.iter().rfind(|known| is_part(known, set)) == Some(labels)
}

/// What tells labels from the other chosen ones: the first that says what something is called.
fn called<'l>(labels: &'l Labels, chosen: &[Labels]) -> &'l str {
    const CALLS: [&str; 5] =
        ["app.kubernetes.io/component", "app.kubernetes.io/name", "app", "k8s-app", "app.kubernetes.io/instance"];
    let value =
        |labels: &'l Labels, key: &str| labels.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
    let tells = |key: &&str| {
        let own = value(labels, key);
        own.is_some()
            && chosen
                .iter()
                .filter(|other| other.iter().any(|(known, value)| known == key && Some(value.as_str()) == own))
                .count()
                == 1
    };
    CALLS.iter().find(|key| tells(key)).and_then(|key| value(labels, key)).unwrap_or("common")
}

/// `web-front` is `webFront`.
fn camel(text: &str) -> String {
    let mut camel = String::new();
    for part in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        let first =
            part.chars().next().map(|c| if camel.is_empty() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() });
        camel.extend(first);
        camel.push_str(&part[1..]);
    }
    let named = camel.starts_with(|c: char| c.is_ascii_alphabetic());
    if named { camel } else { format!("app{camel}") }
}

#[cfg(test)]
mod tests {
    use super::Shared;
    use crate::manifests::documents;
    use crate::node::Node;
    use crate::source::SourceMap;

    fn read(text: &str) -> Vec<Node> {
        documents("a", text, &mut SourceMap::new()).0
    }

    /// The names for what these documents say, each with what it goes on from.
    fn names(text: &str) -> Vec<String> {
        let values = read(text);
        let shared = Shared::of(values.iter());
        let name = |(name, of, _): (&str, Option<&str>, Node)| match of {
            Some(of) => format!("{name} of {of}"),
            None => name.to_owned(),
        };
        shared.names().map(name).collect()
    }

    const CHART: &str =
        "example.com/a-chart-with-a-name: of-some-length-1.0.0, example.com/release: this-is-the-release";

    #[test]
    fn what_many_say_has_a_name() {
        let object = |more: &str| format!("---\nlabels: {{ {CHART}{more} }}\n");
        assert_eq!(names(&object("").repeat(2)), [""; 0], "two are not many");
        assert_eq!(names(&object("").repeat(4)), ["commonLabels"]);
        let parts: String = [", app: front", ", app: back", ", app: db", ", app: queue"].map(object).concat();
        assert_eq!(names(&parts), ["commonLabels"], "what they have in common");
        assert_eq!(names(&"---\nlabels: { a: b, c: d }\n".repeat(9)), [""; 0], "short ones need none");
        assert_eq!(names(&format!("---\ndata: {{ {CHART} }}\n").repeat(9)), [""; 0], "these are no labels");
    }

    #[test]
    fn selectors_are_a_part_of_labels() {
        let more = "example.com/version: of-some-length-as-well-1.0.0, example.com/maker: that-is-a-tool-of-somebody";
        let object = format!("---\nlabels: {{ {CHART}, {more} }}\n").repeat(4);
        let selector = format!("---\nspec: {{ selector: {{ matchLabels: {{ {CHART} }} }} }}\n").repeat(6);
        assert_eq!(names(&(object + &selector)), ["selectorLabels", "commonLabels of selectorLabels"]);
    }

    #[test]
    fn several_applications_have_names_of_their_own() {
        let object = |app: &str| {
            let long = "of-a-length-that-is-worth-a-name";
            format!(
                "---\nlabels: {{ app: {app}, example.com/{app}-chart: {long}, example.com/{app}-release: {long} }}\n"
            )
            .repeat(6)
        };
        assert_eq!(names(&(object("web-front") + &object("db"))), ["dbLabels", "webFrontLabels"]);
    }

    #[test]
    fn what_is_more_is_said() {
        let values = read(&format!("labels: {{ {CHART} }}\n---\n").repeat(5));
        let shared = Shared::of(values.iter());
        let more = read(&format!("{{ {CHART}, app: a }}")).remove(0);
        let known = shared.find("labels", &more).expect("it is a part");
        assert_eq!(known.rest.and_then(|rest| rest.get("app").cloned()).as_ref().and_then(Node::as_str), Some("a"));
        assert!(shared.find("data", &more).is_none());
        assert!(
            shared
                .find("labels", values[0].get("labels").expect("they are there"))
                .is_some_and(|known| known.rest.is_none())
        );
        assert!(shared.find("labels", &read("{ app: a }")[0]).is_none());
    }
}
