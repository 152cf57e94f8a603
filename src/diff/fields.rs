//! What changes in an object, field by field.
//!
//! The walk goes down both states at once and stops where they part: a field that is new is one change, however
//! much is in it. The schema goes along, as it knows what an item of a list is called by and what is a quantity. What
//! only the server writes, and the marks that every build leaves, are left out.

use super::lists::{self, By};
use super::same::{equal, matched, same_amount};
use crate::layers::Object;
use crate::node::{Map, Node, NodeKind};
use crate::schema::facts::Scalar;
use crate::schema::types::{SECRET_FIELDS, SERVER_METADATA};
use crate::schema::{FieldDef, Kind, Shape, Version, split_api};

/// A field that differs.
pub(super) struct Found<'a> {
    pub(super) path: Vec<Step<'a>>,
    pub(super) what: Difference<'a>,
}

/// How two states of a field differ.
#[derive(Clone, Copy)]
pub(super) enum Difference<'a> {
    Added(&'a Node),
    Removed(&'a Node),
    Changed(&'a Node, &'a Node),
    /// A list whose items are the same, in another order.
    Reordered(&'a Node, &'a Node),
    /// A secret of which one state cannot be read here.
    Unknown,
}

impl<'a> Difference<'a> {
    /// The old value and the new one.
    pub(super) fn sides(self) -> (Option<&'a Node>, Option<&'a Node>) {
        match self {
            Difference::Added(new) => (None, Some(new)),
            Difference::Removed(old) => (Some(old), None),
            Difference::Changed(old, new) | Difference::Reordered(old, new) => (Some(old), Some(new)),
            Difference::Unknown => (None, None),
        }
    }
}

/// A step on the way to a field.
#[derive(Clone, Debug)]
pub(super) enum Step<'a> {
    Key(&'a str),
    /// An item of a list, with its places in both.
    Item {
        label: String,
        old: Option<usize>,
        new: Option<usize>,
    },
}

/// What differs in an object.
#[derive(Default)]
pub(super) struct Differing<'a> {
    /// In the order of the new state, what is gone at the end of its map or list.
    pub(super) fields: Vec<Found<'a>>,
    /// The marks of the build: annotation, old and new value.
    pub(super) marks: Vec<(&'a str, &'a str, &'a str)>,
}

/// Annotations that kubectl and the server's own controllers write.
const NOTES: &[&str] = &["kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision"];

/// Compares two states of an object.
pub(super) fn compare<'a>(old: &'a Object, new: &'a Object, version: Version<'static>) -> Differing<'a> {
    if equal(&old.node, &new.node) {
        return Differing::default();
    }
    let kind = find_kind(new, version).or_else(|| find_kind(old, version));
    let (version, definition) = match kind {
        Some((version, kind)) => (version, Some(&*kind.type_name)),
        None => (version, None),
    };
    let mut walk = Walk { version, path: Vec::new(), differing: Differing::default() };
    let hold = definition.map_or(Hold::Unknown, Hold::Record);
    walk.node(&old.node, &new.node, hold);
    walk.differing
}

/// Whether an object keeps what nobody may see.
pub(super) fn is_secret(object: &Object) -> bool {
    object.kind() == "Secret" && object.api_version() == "v1"
}

/// Whether what is at this place of a Secret must not be seen.
pub(super) fn is_hidden(path: &[Step<'_>]) -> bool {
    matches!(path.first(), Some(Step::Key(key)) if SECRET_FIELDS.contains(key))
}

/// The kind of an object in this version, else in the newest that still has it.
fn find_kind(object: &Object, version: Version<'static>) -> Option<(Version<'static>, &'static Kind)> {
    let (group, api) = split_api(object.api_version());
    let mut versions = std::iter::once(version).chain(version.catalogue().versions().rev());
    versions.find_map(|version| Some((version, version.find(group, api, object.kind())?)))
}

/// What the schema says that a place holds.
#[derive(Clone, Copy)]
enum Hold {
    Unknown,
    Record(&'static str),
    Of(&'static Shape, Option<&'static FieldDef>),
}

struct Walk<'a> {
    version: Version<'static>,
    path: Vec<Step<'a>>,
    differing: Differing<'a>,
}

impl<'a> Walk<'a> {
    fn node(&mut self, old: &'a Node, new: &'a Node, hold: Hold) {
        match (&old.kind, &new.kind) {
            (NodeKind::Map(old), NodeKind::Map(new)) => self.map(old, new, hold),
            (NodeKind::List(olds), NodeKind::List(news)) => self.list((old, olds), (new, news), hold),
            _ if equal(old, new) => {}
            (NodeKind::Secret(_), _) | (_, NodeKind::Secret(_)) => self.tell(Difference::Unknown),
            _ if hold.is_quantity() && same_amount(old, new) => {}
            _ => self.tell(Difference::Changed(old, new)),
        }
    }

    fn map(&mut self, old: &'a Map, new: &'a Map, hold: Hold) {
        for (field, other) in matched(new, old) {
            self.field(&field.key, other, Some(&field.value), hold);
        }
        for (field, other) in matched(old, new) {
            if other.is_none() {
                self.field(&field.key, Some(&field.value), None, hold);
            }
        }
    }

    fn field(&mut self, key: &'a str, old: Option<&'a Node>, new: Option<&'a Node>, hold: Hold) {
        static NOTHING: Node =
            Node { kind: NodeKind::Map(Map { fields: Vec::new() }), span: crate::source::Span::NONE };
        if self.is_of_the_server(key) || self.is_mark(key, old, new) {
            return;
        }
        // What is left out of annotations must not bring them in as a whole.
        let maps = [old, new].into_iter().flatten().all(|node| node.as_map().is_some());
        let notes = maps && key == "annotations" && matches!(*self.path, [Step::Key("metadata")]);
        let (old, new) = if notes { (old.or(Some(&NOTHING)), new.or(Some(&NOTHING))) } else { (old, new) };
        self.path.push(Step::Key(key));
        match (old, new) {
            (Some(old), Some(new)) => self.node(old, new, hold.of_field(key, self.version)),
            (Some(old), None) => self.tell(Difference::Removed(old)),
            (None, Some(new)) => self.tell(Difference::Added(new)),
            (None, None) => {}
        }
        self.path.pop();
    }

    fn is_of_the_server(&self, key: &str) -> bool {
        match *self.path {
            [] => key == "status",
            [Step::Key("metadata")] => SERVER_METADATA.contains(&key),
            [Step::Key("metadata"), Step::Key("annotations")] => NOTES.contains(&key),
            _ => false,
        }
    }

    /// Whether it is the mark of a build, which is then taken down.
    fn is_mark(&mut self, key: &'a str, old: Option<&'a Node>, new: Option<&'a Node>) -> bool {
        let is_mark = matches!(*self.path, [Step::Key("metadata"), Step::Key("annotations")])
            && (key.ends_with("/build-id") || key.ends_with("/source-commit"));
        let text = |node: Option<&'a Node>| node.and_then(Node::as_str).unwrap_or_default();
        if is_mark && text(old) != text(new) {
            self.differing.marks.push((key, text(old), text(new)));
        }
        is_mark
    }

    fn list(&mut self, (old, olds): (&'a Node, &'a [Node]), (new, news): (&'a Node, &'a [Node]), hold: Hold) {
        if equal(old, new) {
            return;
        }
        let paired = lists::pair(olds, news, hold.field(), self.version);
        let item = hold.of_item();
        for pair in &paired.pairs {
            let (before, after) = (pair.old.map(|at| &olds[at]), pair.new.map(|at| &news[at]));
            if before.zip(after).is_some_and(|(before, after)| equal(before, after)) {
                continue;
            }
            let at = pair.new.or(pair.old).unwrap_or_default();
            let label = after.or(before).map(|node| paired.by.label(node, at)).unwrap_or_default();
            self.path.push(Step::Item { label, old: pair.old, new: pair.new });
            match (before, after) {
                (Some(before), Some(after)) => self.node(before, after, item),
                (Some(before), None) => self.tell(Difference::Removed(before)),
                (None, Some(after)) => self.tell(Difference::Added(after)),
                (None, None) => {}
            }
            self.path.pop();
        }
        let kept: Vec<usize> =
            paired.pairs.iter().filter(|pair| pair.new.is_some()).filter_map(|pair| pair.old).collect();
        if matches!(paired.by, By::Keys(_)) && !kept.is_sorted() {
            self.tell(Difference::Reordered(old, new));
        }
    }

    fn tell(&mut self, what: Difference<'a>) {
        self.differing.fields.push(Found { path: self.path.clone(), what });
    }
}

impl Hold {
    fn of_field(self, key: &str, version: Version<'static>) -> Hold {
        let record = match self {
            Hold::Record(name) => Some(name),
            Hold::Of(Shape::Named(name), _) => Some(&**name),
            Hold::Of(Shape::Map(value), _) => return Hold::Of(value, None),
            _ => None,
        };
        let field = record.and_then(|name| version.type_def(name)).and_then(|def| def.field(key));
        field.map_or(Hold::Unknown, |field| Hold::Of(&field.shape, Some(field)))
    }

    fn of_item(self) -> Hold {
        match self {
            Hold::Of(Shape::List(item), _) => Hold::Of(item, None),
            _ => Hold::Unknown,
        }
    }

    fn field(self) -> Option<&'static FieldDef> {
        match self {
            Hold::Of(_, field) => field,
            _ => None,
        }
    }

    fn is_quantity(self) -> bool {
        matches!(self, Hold::Of(Shape::Scalar(Scalar::Quantity), _))
    }
}
