//! Who may do what: the roles, bindings and accounts of finished objects, read together.
//!
//! Kubernetes adds rights up and never takes any away. A **role** is a list of **rules**; a **binding** gives a role
//! to **subjects**, in the whole cluster (ClusterRoleBinding) or in one namespace (RoleBinding), where a cluster role then
//! counts in that namespace alone. What somebody may do is the union over all the bindings that speak of them by name, or of
//! a group that they are in. [`Access::of`] computes this union once for each subject, as **permissions** that do not
//! overlap (`permission`), and [`Access::allows`] answers single requests from them, as the API server would. What is
//! dangerous about it is told by [`danger`] (of a rule on its own) and `risk` (of who has it where).
//!
//! Invariants: everything is a function of the finished objects, in their order; what manifests refer to without containing
//! it is either one of the roles that every cluster has (`builtin`), or reported as missing; of objects that are there twice
//! the last counts, as it does for whoever applies them. What every cluster grants by itself (discovery to whoever has
//! shown who they are, the roles of its own components) is no part of the answer: it is about these manifests.

mod binding;
mod builtin;
pub mod danger;
mod permission;
pub mod report;
mod risk;
mod role;
mod rule;
mod scopes;
mod subject;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use ecow::EcoString;
use indexmap::IndexMap;

pub use binding::{Binding, Scope};
pub use permission::Permission;
pub use risk::{Grade, Risk};
pub use role::{Role, Roles, RuleAt};
pub use rule::{Request, Rule, Target};
pub use subject::{ANONYMOUS, BROAD_GROUPS, Broad, Subject};
pub use workload::{Workload, account_of};

use crate::layers::Object;
use crate::parallel;
use permission::{Granted, permissions};
use subject::MASTERS;

/// The group of the objects that this is about.
const GROUP: &str = "rbac.authorization.k8s.io";

/// Who may do what.
#[derive(Debug)]
pub struct Access<'a> {
    /// The roles.
    pub roles: Roles<'a>,
    /// The bindings, in the order of their objects.
    pub bindings: Vec<Binding<'a>>,
    /// Everybody who is granted something, is declared, or runs.
    pub holders: BTreeMap<Subject, Holder<'a>>,
    /// What the roles that are bound amount to; asked once, however many have them.
    amounts: BTreeMap<usize, Vec<RuleAt>>,
}

/// What is known of a subject.
#[derive(Debug, Default)]
pub struct Holder<'a> {
    /// What it may do itself; what its groups may do is theirs.
    pub permissions: Vec<Permission>,
    /// The bindings that name it, in order.
    pub bindings: Vec<usize>,
    /// Its ServiceAccount object.
    pub account: Option<&'a Object>,
    /// What runs as it.
    pub workloads: Vec<Workload<'a>>,
}

impl<'a> Access<'a> {
    /// Reads all of the objects.
    pub fn of(objects: &'a [Object]) -> Access<'a> {
        let roles = Roles::of(objects);
        let bindings = Binding::all(objects, &roles);
        let mut holders: BTreeMap<Subject, Holder<'a>> = BTreeMap::new();
        for account in objects.iter().filter(|object| object.kind() == "ServiceAccount" && object.api_version() == "v1")
        {
            let subject = Subject::account(namespace_of(account), account.name());
            holders.entry(subject).or_default().account = Some(account);
        }
        for object in objects {
            let wish = |subject: &Subject| workload::token_wish(&holders.get(subject)?.account?.node);
            let Some((subject, workload)) = workload::workload(object, wish) else { continue };
            holders.entry(subject).or_default().workloads.push(workload);
        }
        for (at, binding) in bindings.iter().enumerate() {
            for subject in binding.subjects.iter().filter_map(|(subject, _)| subject.as_ref()) {
                let known = &mut holders.entry(subject.clone()).or_default().bindings;
                if known.last() != Some(&at) {
                    known.push(at);
                }
            }
        }
        let bound: BTreeSet<usize> = bindings.iter().filter_map(|binding| binding.role).collect();
        let amounts = bound.into_iter().map(|role| (role, roles.rules(role))).collect();
        let mut access = Access { roles, bindings, holders, amounts };
        access.add_permissions();
        access
    }

    fn add_permissions(&mut self) {
        let (roles, bindings, amounts) = (&self.roles, &self.bindings, &self.amounts);
        let held: Vec<&[usize]> = self.holders.values().map(|holder| holder.bindings.as_slice()).collect();
        let all = parallel::each(&held, |held| {
            let mut granted = Vec::new();
            for &binding in *held {
                let Binding { scope, role, .. } = &bindings[binding];
                for &rule in role.and_then(|role| amounts.get(&role)).into_iter().flatten() {
                    granted.push(Granted { scope, rule: roles.rule(rule), binding });
                }
            }
            permissions(&granted)
        });
        for (holder, permissions) in self.holders.values_mut().zip(all) {
            holder.permissions = permissions;
        }
    }

    /// The rules that a binding grants.
    fn granted(&self, binding: &Binding<'_>) -> &[RuleAt] {
        binding.role.and_then(|role| self.amounts.get(&role)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether the API server would let this request pass, by what these objects grant.
    pub fn allows(&self, request: &Request<'_>) -> bool {
        let groups = || request.groups.iter().map(|group| Subject::Group(EcoString::from(*group)));
        request.groups.contains(&MASTERS)
            || std::iter::once(Subject::user(request.user))
                .chain(groups())
                .filter_map(|subject| self.holders.get(&subject))
                .any(|holder| holder.permissions.iter().any(|permission| permission.allows(request)))
    }

    /// The groups that a subject is in and that are granted something.
    pub fn groups(&self, subject: &Subject) -> impl Iterator<Item = Subject> {
        let groups = subject.groups().into_iter().map(Subject::Group);
        groups.filter(|group| self.holders.get(group).is_some_and(|holder| !holder.permissions.is_empty()))
    }
}

/// The objects of some kinds, each identity once: the last one that has it, at the place of the first.
struct Unique<'a>(Vec<&'a Object>);

impl<'a> Unique<'a> {
    fn of(objects: &'a [Object], kinds: &[&str]) -> Unique<'a> {
        let mut unique = IndexMap::new();
        for object in objects {
            let group = object.api_version().split_once('/').map_or("", |(group, _)| group);
            if group == GROUP && kinds.contains(&object.kind()) {
                let namespace = if object.kind().starts_with("Cluster") { "" } else { namespace_of(object) };
                unique.insert((object.kind(), namespace, object.name()), object);
            }
        }
        Unique(unique.into_values().collect())
    }
}

/// The namespace that an object of a namespace lives in.
fn namespace_of(object: &Object) -> &str {
    match object.namespace() {
        "" => "default",
        namespace => namespace,
    }
}
