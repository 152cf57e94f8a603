//! What a chart is, before it is text.

use std::fmt;

use ecow::EcoString;

use crate::node::Node;
use crate::types::{Scalar, TypeRef};

/// A chart, as data.
#[derive(Debug)]
pub struct Chart {
    /// `framework.project`: the chart's name, and that of the release that gives the objects of YAML mode.
    pub name: String,
    /// The namespace of the configuration; `default` where it names none.
    pub namespace: String,
    /// The Kubernetes minor that it is for, such as `1.31`.
    pub kubernetes: String,
    /// The objects, in the order in which they can be installed, with their keys in the order in which people write them.
    pub templates: Vec<Template>,
    /// What an operator can change, by path. Conditions and forms mean these by their index.
    pub openings: Vec<Opening>,
    /// What must hold between openings: with other values the objects would be others than the chart has.
    pub guards: Vec<Guard>,
    /// What is different in environments of the configuration, each a file of values.
    pub environments: Vec<Environment>,
    /// How long the name of a release may be, so that no name with it in front is longer than Kubernetes takes. Binds
    /// only releases that are not called like the chart.
    pub longest_release: usize,
}

/// An object of a chart.
#[derive(Clone, Debug)]
pub struct Template {
    /// The object's key in `resources`: `Deployment/web`.
    pub key: EcoString,
    /// When the object is there: all of these hold.
    pub when: Vec<Condition>,
    /// Whether only the release that is called like the chart has it: there can be one, whatever a release is called.
    pub only_own: bool,
    /// The object; always a [`Form::Map`].
    pub form: Form,
}

/// Finished data, some of it open.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// What no value changes. Never a map or a list that is not empty: these are [`Form::Map`] and [`Form::List`].
    Literal(Node),
    /// The value of an opening, as it is.
    Value(usize),
    /// A text with open pieces.
    Text(Vec<Piece>),
    /// A map. Two fields may have one key if their conditions exclude each other. At least one field is always there.
    Map(Vec<Field>),
    /// A list.
    List(Vec<Item>),
}

/// An entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its key.
    pub key: EcoString,
    /// When it is there: all of these hold.
    pub when: Vec<Condition>,
    /// What it holds.
    pub value: Form,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// When it is there: all of these hold.
    pub when: Vec<Condition>,
    /// The item.
    pub value: Form,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// What no value changes.
    Text(EcoString),
    /// The value of an opening, a string as it is, an integer in decimal digits, a boolean in its word.
    Value(usize),
    /// What the release puts before every name: nothing when it is called like the chart, else `<release>-`.
    Prefix,
    /// The namespace of the release, where the configuration says its own.
    Namespace,
    /// The value of an opening whose default means something of this chart: as long as it is the default, the pieces,
    /// which give the default where the release is called like the chart; a value of the operator as it is.
    Meaning(usize, Vec<Piece>),
}

/// Whether an integer opening is within bounds. Both are inclusive. Of a boolean, false is 0 and true is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Which opening.
    pub opening: usize,
    /// The least that it may be.
    pub least: Option<i64>,
    /// The most that it may be.
    pub most: Option<i64>,
}

impl Condition {
    /// Whether a number is within the bounds.
    pub fn holds(self, number: i64) -> bool {
        self.least.is_none_or(|least| number >= least) && self.most.is_none_or(|most| number <= most)
    }
}

/// What must hold between two openings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// Amounts such as `128Mi`, of which one is not above the other.
    Amounts {
        /// The one that must not be greater.
        lesser: usize,
        /// The one that must not be less.
        greater: usize,
    },
    /// Integers in an order.
    Order {
        /// The one that must not be greater.
        lesser: usize,
        /// The one that must not be less.
        greater: usize,
        /// Whether they must not be equal either.
        strict: bool,
    },
    /// Texts that are not the same.
    Differ {
        /// The one.
        one: usize,
        /// The other.
        other: usize,
    },
    /// One is what the other is for as long as nobody says it: whoever changes the other says it.
    Follows {
        /// The one that nobody says.
        follower: usize,
        /// The one that decides it.
        leader: usize,
    },
}

/// A value that an operator can change.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The way to the option: `applications`, `web`, `env`, `LOG_LEVEL`. The values have the same shape as the options.
    pub path: Vec<EcoString>,
    /// Which item it is, where the option is a list. All items of a list are open, one after the other.
    pub item: Option<usize>,
    /// Its value in the configuration; never `null`. Whoever changes it gives the same kind of value.
    pub default: Scalar,
    /// The type of the option.
    pub ty: Option<TypeRef>,
    /// What the option is for, in its own documentation.
    pub doc: Option<String>,
    /// Texts that the value has to contain, or must not contain (`false`), since the objects would be others.
    pub contains: Vec<(EcoString, bool)>,
    /// Texts that the value must not be, for the same reason.
    pub differs: Vec<EcoString>,
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path.join("."))?;
        self.item.map_or(Ok(()), |item| write!(f, "[{item}]"))
    }
}

/// An environment that the configuration knows, as what differs from the values of the chart.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name: `production`.
    pub name: String,
    /// The values that differ.
    pub values: Vec<(usize, Scalar)>,
}
