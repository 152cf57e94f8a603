//! Bindings: who gets a role, and where.

use std::fmt;

use ecow::EcoString;

use super::role::Roles;
use super::subject::Subject;
use super::{Unique, namespace_of};
use crate::layers::Object;
use crate::node::Node;

/// Where a permission holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// In all namespaces, and for what has none.
    Cluster,
    /// In one namespace.
    Namespace(EcoString),
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Debug)]
pub struct Binding<'a> {
    /// Its object.
    pub object: &'a Object,
    /// Where it grants.
    pub scope: Scope,
    /// The kind of the role that it names.
    pub role_kind: EcoString,
    /// The name of the role.
    pub role_name: EcoString,
    /// The role, if it is known.
    pub role: Option<usize>,
    /// To whom, in the order in which they are written, each with its node; `None` for what is nobody.
    pub subjects: Vec<(Option<Subject>, &'a Node)>,
}

impl<'a> Binding<'a> {
    pub(super) fn all(objects: &'a [Object], roles: &Roles<'a>) -> Vec<Binding<'a>> {
        let own = Unique::of(objects, &["RoleBinding", "ClusterRoleBinding"]).0;
        own.into_iter().map(|object| Binding::read(object, roles)).collect()
    }

    fn read(object: &'a Object, roles: &Roles<'a>) -> Binding<'a> {
        let namespace = (object.kind() == "RoleBinding").then(|| namespace_of(object));
        let part = |key: &str| object.node.at(&["roleRef", key]).and_then(Node::as_str).unwrap_or_default();
        let (role_kind, role_name) = (part("kind"), part("name"));
        let role = match (role_kind, namespace) {
            ("ClusterRole", _) => roles.cluster(role_name),
            ("Role", Some(namespace)) => roles.local(namespace, role_name),
            _ => None,
        };
        let subjects = object.node.get("subjects").and_then(Node::as_list).unwrap_or_default();
        Binding {
            object,
            scope: namespace.map_or(Scope::Cluster, |namespace| Scope::Namespace(namespace.into())),
            role_kind: role_kind.into(),
            role_name: role_name.into(),
            role,
            subjects: subjects.iter().map(|node| (Subject::read(node, namespace), node)).collect(),
        }
    }
}

impl Binding<'_> {
    /// Who gets the role, and where.
    pub(super) fn holders(&self) -> impl Iterator<Item = (Subject, Scope)> {
        let subjects = self.subjects.iter().filter_map(|(subject, _)| subject.clone());
        subjects.map(|subject| (subject, self.scope.clone()))
    }
}

impl Scope {
    /// The namespace, if it is one.
    pub fn namespace(&self) -> Option<&str> {
        match self {
            Scope::Cluster => None,
            Scope::Namespace(namespace) => Some(namespace),
        }
    }
}

/// As the end of a sentence: `in the whole cluster`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Cluster => f.write_str("in the whole cluster"),
            Scope::Namespace(namespace) => write!(f, "in the namespace `{namespace}`"),
        }
    }
}
