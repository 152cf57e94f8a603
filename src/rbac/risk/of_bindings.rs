//! Risks of bindings: who is bound, and how widely.

use ecow::EcoString;
use rustc_hash::FxHashSet;

use super::{FoundAt, Grade, Risk, called, place_in, words};
use crate::rbac::binding::{Binding, Scope};
use crate::rbac::danger::Found;
use crate::rbac::scopes::is_namespaced;
use crate::rbac::subject::{Broad, Subject};
use crate::rbac::{Access, builtin, namespace_of};
use crate::source::Span;

impl<'a> Access<'a> {
    /// The risks of bindings on their own.
    pub(super) fn of_bindings(&self) -> Vec<Risk<'a>> {
        let lived_in: FxHashSet<&str> =
            self.holders.values().filter_map(|holder| holder.account).map(namespace_of).collect();
        let mut risks = Vec::new();
        for binding in &self.bindings {
            risks.extend(missing_role(binding));
            risks.extend(self.too_wide(binding));
            for (at, (subject, _)) in binding.subjects.iter().enumerate() {
                let Some(subject) = subject else { continue };
                let path = format!("subjects[{at}].name");
                let grants = !self.granted(binding).is_empty();
                risks.extend(
                    broad(binding, subject, &path).or_else(|| default_account(binding, subject, &path, grants)),
                );
                let known = |namespace: &str| lived_in.contains(namespace);
                risks.extend(self.missing_subject(binding, subject, &path, known));
            }
        }
        risks
    }

    /// The dangers of a role that every cluster has, at its binding. It cannot be narrowed, and those who look after a
    /// namespace are given such a role for good reasons; so in a namespace it is serious for who runs there, and for others to
    /// be known.
    pub(super) fn of_built_in(&self, binding: &Binding<'a>, found: &[FoundAt]) -> Option<Risk<'a>> {
        if found.is_empty() {
            return None;
        }
        let everything = found.iter().any(|(rule, _)| self.roles.rule(*rule).is_everything());
        let runs_there =
            |(subject, scope): &(Subject, Scope)| subject.namespace().is_some_and(|own| scope.namespace() == Some(own));
        let mut holders: Vec<(Subject, Scope)> = binding.holders().collect();
        holders.sort();
        holders.dedup();
        let grade = match &binding.scope {
            Scope::Cluster => Grade::Grave,
            _ if everything => Grade::Grave,
            Scope::Namespace(_) if holders.iter().any(runs_there) => Grade::Serious,
            Scope::Namespace(_) => Grade::Note,
        };
        let mut may: Vec<String> = Vec::new();
        for (rule, Found { danger, .. }) in found {
            let one = words::may(*danger, self.roles.rule(*rule));
            if !may.contains(&one) {
                may.push(one);
            }
        }
        let may = if everything { "do everything".to_string() } else { words::joined(&may) };
        let message = format!("{} by the role `{}`", words::message(&may, &holders), binding.role_name);
        let attack = match &binding.scope {
            Scope::Cluster => "whoever takes over one of them has the cluster",
            Scope::Namespace(_) => {
                "whoever takes over one of them has the namespace, with its secrets and its service accounts"
            }
        };
        let id = if everything { "no-cluster-admin" } else { "no-built-in-role" };
        let narrow = "bind a role that names what is needed".to_string();
        Some(Risk { grade, holders, ..note(binding, (id, "roleRef.name"), message, attack, narrow) })
    }

    /// Bound in the whole cluster, with nothing that is not in a namespace.
    fn too_wide(&self, binding: &Binding<'a>) -> Option<Risk<'a>> {
        let role = binding.role.filter(|_| binding.scope == Scope::Cluster)?;
        let rules = self.granted(binding);
        let local = rules.iter().all(|&rule| {
            let rule = self.roles.rule(rule);
            let in_namespace = |group: &EcoString, resource: &EcoString| is_namespaced(group, resource) == Some(true);
            rule.urls.is_empty()
                && rule.groups.iter().all(|group| rule.resources.iter().all(|resource| in_namespace(group, resource)))
        });
        let homes: Vec<&str> =
            binding.subjects.iter().map_while(|(subject, _)| subject.as_ref()?.namespace()).collect();
        if rules.is_empty() || !local || homes.is_empty() || homes.len() < binding.subjects.len() {
            return None;
        }
        let message = format!(
            "`{}` grants {} in all namespaces, and nothing in it needs the whole cluster",
            binding.object.name(),
            called(&self.roles.all[role])
        );
        let narrow = format!("if it is for one namespace, such as `{}`, bind it there with a RoleBinding", homes[0]);
        let attack = "whoever takes over its subjects reaches the namespaces of everybody else";
        Some(note(binding, ("cluster-wide-binding", "kind"), message, attack, narrow))
    }

    fn missing_subject(
        &self,
        binding: &Binding<'a>,
        subject: &Subject,
        path: &str,
        known: impl Fn(&str) -> bool,
    ) -> Option<Risk<'a>> {
        let namespace = subject.namespace()?;
        let there = self.holders.get(subject).is_some_and(|holder| holder.account.is_some());
        if there || subject.name() == "default" || !known(namespace) {
            return None;
        }
        let message = format!("`{}` is for {subject}, which is not among these objects", binding.object.name());
        let attack = "whoever may create a service account of this name there gets what it is granted";
        let narrow = "remove it, or declare the account".to_string();
        let risk = note(binding, ("missing-subject", path), message, attack, narrow);
        Some(Risk { holders: vec![(subject.clone(), binding.scope.clone())], ..risk })
    }
}

/// A role that is neither here nor in every cluster.
fn missing_role<'a>(binding: &Binding<'a>) -> Option<Risk<'a>> {
    let name = binding.role_name.as_str();
    let cluster = binding.role_kind == "ClusterRole";
    if binding.role.is_some() || name.is_empty() || cluster && builtin::is_reserved(name) {
        return None;
    }
    let role = match (cluster, binding.scope.namespace()) {
        (false, Some(namespace)) => format!("{} `{namespace}/{name}`", binding.role_kind),
        _ => format!("{} `{name}`", binding.role_kind),
    };
    let message = format!("`{}` is about the {role}, which is not among these objects", binding.object.name());
    let attack = "if it is nowhere, the binding grants nothing until somebody makes a role of this name, with whatever is in it then";
    let narrow = "declare the role beside the binding, or remove the binding".to_string();
    Some(note(binding, ("missing-role", "roleRef.name"), message, attack, narrow))
}

/// A subject that is more than somebody.
fn broad<'a>(binding: &Binding<'a>, subject: &Subject, path: &str) -> Option<Risk<'a>> {
    let (grade, who) = match subject.broad()? {
        Broad::Anonymous => (Grade::Grave, "everybody who reaches the server, with no credentials"),
        Broad::Authenticated => (Grade::Serious, "everybody with any credentials, every pod with a token included"),
        Broad::Accounts => (Grade::Serious, "every pod of the cluster that has a token"),
        Broad::Masters => {
            (Grade::Serious, "administrators, who may do everything without it, and whom no role confines")
        }
        Broad::AccountsOfNamespace => {
            (Grade::Note, "every pod of that namespace that has a token, also those made later")
        }
    };
    let message = format!("`{}` is for everybody in `{}`", binding.object.name(), subject.name());
    let narrow = "name the users, groups or service accounts that need it".to_string();
    let attack = format!("this is {who}");
    let risk = note(binding, ("no-broad-subjects", path), message, &attack, narrow);
    Some(Risk { grade, holders: vec![(subject.clone(), binding.scope.clone())], ..risk })
}

/// What `default` is granted, every pod has that says nothing else.
fn default_account<'a>(binding: &Binding<'a>, subject: &Subject, path: &str, grants: bool) -> Option<Risk<'a>> {
    let namespace = subject.namespace().filter(|_| grants && subject.name() == "default")?;
    let message =
        format!("`{}` grants rights to the service account `default` of `{namespace}`", binding.object.name());
    let attack = "every pod of the namespace that names no account of its own has these rights, whatever it is for";
    let narrow = "make a service account for who needs it, and name it in the pods and here".to_string();
    let risk = note(binding, ("default-account", path), message, attack, narrow);
    Some(Risk { grade: Grade::Serious, holders: vec![(subject.clone(), binding.scope.clone())], ..risk })
}

/// A note on a binding.
fn note<'a>(
    binding: &Binding<'a>,
    (id, path): (&'static str, &str),
    message: String,
    attack: &str,
    narrow: String,
) -> Risk<'a> {
    let span = place_in(binding.object, path);
    let span = if span == Span::NONE { binding.object.entry } else { span };
    Risk {
        id,
        grade: Grade::Note,
        object: binding.object,
        path: path.to_string(),
        span,
        holders: Vec::new(),
        bindings: Vec::new(),
        message,
        attack: attack.to_string(),
        narrow,
    }
}
