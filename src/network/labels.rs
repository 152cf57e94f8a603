//! Labels, and the selectors that find what has them.

use ecow::EcoString;

use super::read::given;
use crate::node::Node;

/// The labels of an object. A value that is no text is no label.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Labels(Vec<(EcoString, EcoString)>);

impl Labels {
    /// No labels.
    pub fn new() -> Labels {
        Labels::default()
    }

    /// The labels that a map holds.
    pub fn read(node: Option<&Node>) -> Labels {
        let fields = node.and_then(Node::as_map).map(|map| map.fields.as_slice()).unwrap_or_default();
        fields.iter().filter_map(|field| Some((field.key.clone(), field.value.as_str()?.into()))).collect()
    }

    /// The value of a label.
    pub fn get(&self, key: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(own, _)| own.as_str().cmp(key)).ok()?;
        Some(&self.0[at].1)
    }

    /// Adds a label, or changes its value.
    pub fn set(&mut self, key: &str, value: &str) {
        match self.0.binary_search_by(|(own, _)| own.as_str().cmp(key)) {
            Ok(at) => self.0[at].1 = value.into(),
            Err(at) => self.0.insert(at, (key.into(), value.into())),
        }
    }

    /// Keys and values, by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&EcoString, &EcoString)> {
        self.0.iter().map(|(key, value)| (key, value))
    }
}

/// Of labels with the same key, the last counts.
impl FromIterator<(EcoString, EcoString)> for Labels {
    fn from_iter<I: IntoIterator<Item = (EcoString, EcoString)>>(labels: I) -> Labels {
        let mut all: Vec<(EcoString, EcoString)> = labels.into_iter().collect();
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                std::mem::swap(next, kept);
            }
            same
        });
        Labels(all)
    }
}

/// What labels have to be like (`matchLabels` and `matchExpressions`, all of which have to hold). The empty one selects
/// everything. Kubernetes: `meta/v1 LabelSelector`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selector {
    /// In order of their keys, so that selectors that say the same in another order are equal.
    requirements: Vec<Requirement>,
    /// Part of it has no meaning, so it selects nothing.
    meaningless: bool,
}

/// What one label has to be like.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Requirement {
    /// The label's key.
    pub key: EcoString,
    /// What is asked of it.
    pub test: Test,
}

/// What is asked of a label. Values are sorted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Test {
    /// It is there, with one of these values.
    In(Vec<EcoString>),
    /// It does not have one of these values; nor need it be there.
    NotIn(Vec<EcoString>),
    /// It is there.
    Exists,
    /// It is not there.
    DoesNotExist,
}

/// Who is told of what has no meaning, and where that stands.
pub(super) type Sink<'a> = &'a mut dyn FnMut(&Node, String);

/// Whether a selector selects something with these labels.
pub fn selects(selector: &Node, labels: Option<&Node>) -> bool {
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Node::as_str);
    Selector::read(selector, &mut |_, _| ()).matches(label)
}

impl Selector {
    /// The selector that selects everything.
    pub fn everything() -> Selector {
        Selector::default()
    }

    /// The selector that a map describes. What has no meaning is told to `fault`, and makes it select nothing.
    pub(super) fn read(node: &Node, fault: Sink<'_>) -> Selector {
        let mut selector = Selector::default();
        if node.as_map().is_none() {
            fault(node, format!("a selector is a map, not {}", node.describe()));
            selector.meaningless = true;
        }
        selector.read_labels(node, fault);
        selector.read_expressions(node, fault);
        selector.requirements.sort();
        selector.requirements.dedup();
        selector
    }

    /// The selector that asks all of this.
    pub(super) fn of(mut requirements: Vec<Requirement>) -> Selector {
        requirements.sort();
        requirements.dedup();
        Selector { requirements, meaningless: false }
    }

    /// The selector that selects nothing.
    pub(super) fn nothing() -> Selector {
        Selector { requirements: Vec::new(), meaningless: true }
    }

    /// Whether it selects everything.
    pub fn is_everything(&self) -> bool {
        self.requirements.is_empty() && !self.meaningless
    }

    /// Whether it selects what has these labels.
    pub fn matches<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        !self.meaningless && self.requirements.iter().all(|requirement| requirement.test.holds(label(&requirement.key)))
    }

    /// The value, if all that is asked is that a label has this one.
    pub(super) fn only_value(&self, key: &str) -> Option<&EcoString> {
        match self.requirements.as_slice() {
            [Requirement { key: own, test: Test::In(values) }] if own == key && !self.meaningless => {
                match values.as_slice() {
                    [value] => Some(value),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What is asked, by key; all of it has to hold.
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Whether part of it has no meaning, so that it selects nothing.
    pub fn is_meaningless(&self) -> bool {
        self.meaningless
    }

    fn read_labels(&mut self, node: &Node, fault: Sink<'_>) {
        let Some(labels) = given(node, "matchLabels") else { return };
        let Some(map) = labels.as_map() else {
            fault(labels, format!("`matchLabels` is a map, not {}", labels.describe()));
            self.meaningless = true;
            return;
        };
        for field in &map.fields {
            match field.value.as_str() {
                Some(value) => self.add(field.key.clone(), Test::In(vec![value.into()])),
                None => {
                    fault(
                        &field.value,
                        format!("the value of the label `{}` is {}", field.key, field.value.describe()),
                    );
                    self.meaningless = true;
                }
            }
        }
    }

    fn read_expressions(&mut self, node: &Node, fault: Sink<'_>) {
        let Some(expressions) = given(node, "matchExpressions") else { return };
        let Some(items) = expressions.as_list() else {
            fault(expressions, format!("`matchExpressions` is a list, not {}", expressions.describe()));
            self.meaningless = true;
            return;
        };
        for item in items {
            match expression(item) {
                Ok(requirement) => self.requirements.push(requirement),
                Err(words) => {
                    fault(item, words);
                    self.meaningless = true;
                }
            }
        }
    }

    fn add(&mut self, key: EcoString, test: Test) {
        self.requirements.push(Requirement { key, test });
    }
}

impl Test {
    /// Whether it holds for a label with this value, or for one that is not there.
    pub fn holds(&self, value: Option<&str>) -> bool {
        match (self, value) {
            (Test::In(values), Some(value)) => among(values, value),
            (Test::In(_), None) => false,
            (Test::NotIn(values), value) => !value.is_some_and(|value| among(values, value)),
            (Test::Exists, value) => value.is_some(),
            (Test::DoesNotExist, value) => value.is_none(),
        }
    }
}

fn among(sorted: &[EcoString], value: &str) -> bool {
    sorted.binary_search_by(|one| one.as_str().cmp(value)).is_ok()
}

/// An item of `matchExpressions`.
fn expression(item: &Node) -> Result<Requirement, String> {
    let key =
        item.get("key").and_then(Node::as_str).filter(|key| !key.is_empty()).ok_or("an expression needs a `key`")?;
    let operator = item.get("operator").and_then(Node::as_str).ok_or("an expression needs an `operator`")?;
    let values = values(item)?;
    let test = match (operator, values.is_empty()) {
        ("In", false) => Test::In(values),
        ("NotIn", false) => Test::NotIn(values),
        ("Exists", true) => Test::Exists,
        ("DoesNotExist", true) => Test::DoesNotExist,
        ("In" | "NotIn", true) => return Err(format!("`{operator}` needs `values`, and `{key}` is given none")),
        ("Exists" | "DoesNotExist", false) => return Err(format!("`{operator}` takes no `values`")),
        _ => return Err(format!("`{operator}` is no operator: `In`, `NotIn`, `Exists` or `DoesNotExist`")),
    };
    Ok(Requirement { key: key.into(), test })
}

/// The `values` of an expression, sorted.
fn values(item: &Node) -> Result<Vec<EcoString>, String> {
    let Some(values) = given(item, "values") else { return Ok(Vec::new()) };
    let items = values.as_list().ok_or_else(|| format!("`values` is a list, not {}", values.describe()))?;
    let text = |item: &Node| match item.as_str() {
        Some(text) => Ok(text.into()),
        None => Err(format!("an item of `values` is {}, not a string", item.describe())),
    };
    let mut values: Vec<EcoString> = items.iter().map(text).collect::<Result<_, _>>()?;
    values.sort();
    values.dedup();
    Ok(values)
}
