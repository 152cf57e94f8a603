//! What is told of objects, as plain data: the same for every form.

use serde::Serialize;
use serde_json::Value;

use super::danger::{Effect, Warned};
use crate::graph::picture::Place;
use crate::layers::Object;

/// What changes in the objects. Each list is in the order in which objects are installed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Objects {
    /// They were not there.
    pub added: Vec<Listed>,
    /// They are not there any more.
    pub removed: Vec<Listed>,
    /// They are there as before, with other fields.
    pub changed: Vec<Changed>,
    /// How many are as they were.
    pub unchanged: usize,
    /// The marks that a build leaves in its objects.
    pub builds: Vec<Build>,
    /// What of secrets could not be compared, as it cannot be read here.
    pub not_compared: Vec<NotCompared>,
}

/// An object by its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Name {
    /// `apps/v1`
    pub api_version: String,
    /// `Deployment`
    pub kind: String,
    /// The namespace, if it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

/// An object that comes or goes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// Which one.
    #[serde(flatten)]
    pub object: Name,
    /// Where it is, or was, written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// An object that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// Which one, as it is now.
    #[serde(flatten)]
    pub object: Name,
    /// Where it is written now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_place: Option<Place>,
    /// What changes in it.
    pub fields: Vec<FieldChange>,
}

/// A field that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    /// How.
    pub change: Kind,
    /// Which one: `spec.template.spec.containers[name=web].image`.
    pub path: String,
    /// The same as a JSON pointer (RFC 6901) into the old object; none where it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_pointer: Option<String>,
    /// And into the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_pointer: Option<String>,
    /// The old value; of a list in another order, what its items were called in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// The new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
    /// Whether the values are left out since they are secret.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    /// Where the old value is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_place: Option<Place>,
    /// Where the new one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// How a field changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// It was not there.
    Added,
    /// It is not there any more.
    Removed,
    /// It has another value.
    Changed,
    /// It is a list with its items in another order.
    Reordered,
}

/// The mark of a build, which is another one in every build.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Build {
    /// The annotation.
    pub annotation: String,
    /// What it was; empty where there was none.
    pub old: String,
    /// What it is.
    pub new: String,
    /// In how many objects.
    pub objects: usize,
}

/// A piece of a secret that could not be compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotCompared {
    /// Which object.
    #[serde(flatten)]
    pub object: Name,
    /// Which field.
    pub path: String,
}

/// A change that the API server refuses, that loses data, or that cuts traffic.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Danger {
    /// What comes of it.
    pub effect: Effect,
    /// Which object.
    #[serde(flatten)]
    pub object: Name,
    /// Which field; none where it is the whole object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The fact.
    pub fact: String,
    /// What to do, with `{it}` and `{name}` for the object where several share it.
    #[serde(skip)]
    pub(super) advice: &'static str,
    /// What to do.
    pub remedy: String,
    /// Where it is written; of what goes, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl Objects {
    /// Whether nothing changes. The marks of builds are no change, and neither is what could not be compared.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

impl Name {
    pub(super) fn of(object: &Object) -> Name {
        Name {
            api_version: object.api_version().to_owned(),
            kind: object.kind().to_owned(),
            namespace: Some(object.namespace().to_owned()).filter(|namespace| !namespace.is_empty()),
            name: object.name().to_owned(),
        }
    }
}

impl Danger {
    pub(super) fn of(object: &Object, warned: &Warned, place: Option<Place>) -> Danger {
        let object = Name::of(object);
        Danger {
            effect: warned.effect,
            path: warned.path.clone(),
            fact: warned.fact.to_owned(),
            advice: warned.remedy,
            remedy: filled(warned.remedy, Some(&object)),
            object,
            place,
        }
    }
}

/// An advice with the object's name in it; without one, with a word that stands for it.
pub(super) fn filled(advice: &str, object: Option<&Name>) -> String {
    let Some(Name { kind, namespace, name, .. }) = object else {
        return advice.replace("{it}", "KIND NAME -n NAMESPACE").replace("{name}", "NAME");
    };
    let namespace = namespace.as_ref().map(|namespace| format!(" -n {namespace}")).unwrap_or_default();
    advice.replace("{it}", &format!("{} {name}{namespace}", kind.to_lowercase())).replace("{name}", name)
}
