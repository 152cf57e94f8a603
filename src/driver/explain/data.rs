//! What an explanation consists of: plain data, without spans and values, written for people and programs alike.

use serde::Serialize;
use serde_json::Value as Json;

use crate::schema::FieldFacts;

/// All that is known about a place.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The place: `applications.web.replicas`. Empty for the whole configuration.
    pub path: String,
    /// The layer it belongs to.
    pub layer: Option<u8>,
    /// What was declared.
    pub option: Option<Declared>,
    /// The value, if it is data; parts that cannot be computed, or are no data, are `null`.
    pub value: Option<Json>,
    /// What the value is, in words: `an integer`, `a function`.
    pub kind: Option<String>,
    /// Whether the value or a part of it cannot be computed, or is no data.
    pub incomplete: bool,
    /// Where the value was written.
    pub written: Option<Place>,
    /// Of a field of an object: what the schema says.
    pub found: Option<Found>,
    /// All definitions: first those that count, then those that lost; the strongest first.
    pub definitions: Vec<Definition>,
    /// The options that the value was copied from, the nearest first.
    pub comes_from: Vec<Link>,
    /// The options that the value is copied to.
    pub goes_through: Vec<Link>,
    /// The fields of objects that the value, or a part of it, ends in.
    pub goes_to: Vec<Destination>,
    /// What is inside.
    pub children: Vec<Child>,
}

/// A declaration.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Declared {
    /// The type: `Int(0..)`.
    #[serde(rename = "type")]
    pub ty: Option<String>,
    /// What it is for.
    pub doc: Option<String>,
    /// What stands in where nothing is defined, if it is data.
    pub default: Option<Json>,
    /// Where it was declared.
    pub place: Option<Place>,
}

/// A place in a text. Line and column count from 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The file's name, `<nxk>/…` in the standard library, `<command line>` for `--set`.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What the line says.
    pub text: String,
    /// Where in it the place is, in characters.
    #[serde(skip)]
    pub at: usize,
}

/// A definition, and what became of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    /// Where it stands.
    pub place: Option<Place>,
    /// Where its value was written, if that is not on the same line.
    pub written: Option<Place>,
    /// The value, if it is data and can be computed.
    pub value: Option<Json>,
    /// The priority; the lowest number counts.
    pub priority: i64,
    /// What gave it this priority: `plain`, `mkForce`, `--set`, `layer`, `default`, ….
    pub by: String,
    /// Its `mkOrder`, if it has one.
    pub order: Option<i64>,
    /// What became of it.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: Option<String>,
    /// Where the condition that does not hold was made false.
    pub condition: Option<Place>,
    /// The items of the merged list that come from it.
    pub items: Vec<usize>,
}

/// What became of a definition.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// It is the value.
    Counts,
    /// It is a part of the value.
    Merged,
    /// It is not in the value.
    Lost,
}

/// An option on the way of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// The layer it belongs to.
    pub layer: Option<u8>,
    /// The option, or the part of its value.
    pub path: String,
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// The object: `Deployment/web`.
    pub object: String,
    /// Its key in `resources`.
    pub key: String,
    /// The field: `spec.replicas`.
    pub path: String,
}

/// What the schema says of a field of an object.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// `Deployment shop/web`
    pub object: String,
    /// Its key in `resources`.
    pub key: String,
    /// The field's type: `int32`.
    #[serde(rename = "type")]
    pub ty: Option<String>,
    /// The field as `nxk explain` takes it: `k8s.apps.v1.Deployment.spec.replicas`.
    pub path: Option<String>,
    /// What is known about the field.
    pub field: Option<FieldFacts>,
    /// Whether the finished object has it.
    pub set: bool,
}

/// What is inside of what is explained.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Child {
    /// Its name, or its number in a list.
    pub name: String,
    /// Its type, if it is an option.
    #[serde(rename = "type")]
    pub ty: Option<String>,
    /// What it is for.
    pub doc: Option<String>,
    /// Its value, if it is data.
    pub value: Option<Json>,
    /// Whether the value or a part of it cannot be computed, or is no data.
    pub incomplete: bool,
    /// Where the strongest definition stands that counts; nothing if it is only the default.
    pub place: Option<Place>,
    /// How many definitions there are, defaults not counted.
    pub definitions: usize,
}
