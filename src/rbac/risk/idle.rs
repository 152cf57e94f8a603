//! What has no effect: roles that nobody has, rules that no request matches, bindings that add nothing.
//!
//! It harms nobody today. But whoever reads it believes that it does something, and it is only a change elsewhere away from
//! doing it.

use rustc_hash::FxHashSet;

use super::{Grade, Risk, called, place_in};
use crate::layers::Object;
use crate::rbac::Access;
use crate::rbac::binding::{Binding, Scope};
use crate::rbac::rule::Rule;
use crate::rbac::scopes::is_namespaced;

impl<'a> Access<'a> {
    /// What has no effect.
    pub(super) fn of_idle(&self) -> Vec<Risk<'a>> {
        let mut risks = self.idle_rules();
        risks.extend(self.idle_roles());
        risks.extend(self.idle_bindings());
        risks
    }

    /// Roles that no binding names, and that no other role takes over.
    fn idle_roles(&self) -> Vec<Risk<'a>> {
        let mut used: FxHashSet<usize> = self.bindings.iter().filter_map(|binding| binding.role).collect();
        used.extend((0..self.roles.all.len()).flat_map(|role| self.roles.taken_over(role)));
        let idle = self.roles.all.iter().enumerate().filter(|(at, _)| !used.contains(at));
        let told = idle.filter_map(|(_, role)| {
            let message = format!("nobody here is bound to {}", called(role));
            let attack = "a role that lies about is bound in a hurry, by somebody who has not read it";
            Some(note(
                role.object?,
                ("unbound-role", "metadata.name"),
                message,
                attack,
                "remove it, or bind it to who needs it",
            ))
        });
        told.collect()
    }

    /// Rules, or parts of them, that no request matches.
    fn idle_rules(&self) -> Vec<Risk<'a>> {
        let mut everywhere: FxHashSet<usize> = FxHashSet::default();
        for binding in self.bindings.iter().filter(|binding| binding.scope == Scope::Cluster) {
            everywhere.extend(self.granted(binding).iter().map(|(role, _)| role));
        }
        let local: FxHashSet<usize> = self.bindings.iter().filter_map(|binding| binding.role).collect();
        let mut risks = Vec::new();
        for (at, role) in self.roles.all.iter().enumerate() {
            let Some(object) = role.object.filter(|_| !role.is_aggregated()) else { continue };
            let confined = role.namespace.is_some() || local.contains(&at) && !everywhere.contains(&at);
            for (index, rule) in role.rules.iter().enumerate() {
                let Some((field, why, narrow)) = idle(rule, confined) else { continue };
                let message = format!("a rule of {} {why}", called(role));
                let attack =
                    "who reads it believes that it grants something, and mends what does not work with a wider one";
                let path = format!("rules[{index}].{field}");
                risks.push(note(object, ("rule-without-effect", &path), message, attack, narrow));
            }
        }
        risks
    }

    /// Bindings that give all their subjects nothing that these do not have by others.
    fn idle_bindings(&self) -> Vec<Risk<'a>> {
        let felt: FxHashSet<usize> = self
            .holders
            .values()
            .flat_map(|holder| holder.permissions.iter().flat_map(|permission| permission.bindings.iter().copied()))
            .collect();
        let idle = self.bindings.iter().enumerate().filter(|(at, binding)| {
            let grants = self.amounts_to_something(binding);
            grants && !felt.contains(at) && binding.subjects.iter().any(|(subject, _)| subject.is_some())
        });
        let told = idle.map(|(_, binding)| {
            let message =
                format!("`{}` adds nothing to what its subjects may do by other bindings", binding.object.name());
            let attack = "whoever takes the wider binding away believes that the rights are gone";
            note(
                binding.object,
                ("binding-without-effect", "roleRef.name"),
                message,
                attack,
                "remove it, or the wider one",
            )
        });
        told.collect()
    }

    fn amounts_to_something(&self, binding: &Binding<'_>) -> bool {
        self.granted(binding).iter().any(|&rule| {
            let rule = self.roles.rule(rule);
            !rule.verbs.is_empty() && !rule.groups.is_empty() && !rule.resources.is_empty()
        })
    }
}

/// The field of a rule that keeps requests from matching it, why, and what to do; `confined` to namespaces.
fn idle(rule: &Rule, confined: bool) -> Option<(&'static str, String, &'static str)> {
    let parts = rule.resources.iter().find(|resource| resource.ends_with("/*"));
    let unnamed = rule.verbs.iter().find(|verb| ["create", "deletecollection"].contains(&verb.as_str()));
    let outside = rule.resources.iter().find(|resource| {
        let known = |group: &ecow::EcoString| is_namespaced(group, resource) == Some(false);
        // A namespace counts as being in itself, and binding a cluster role as being where the binding is.
        let there = *resource == "namespaces" || *resource == "clusterroles" && rule.has_verb(&["bind"]);
        !there && !rule.groups.is_empty() && rule.groups.iter().all(known)
    });
    if rule.verbs.is_empty() {
        Some(("verbs", "allows no verb".to_string(), "name the verbs, or remove the rule"))
    } else if rule.urls.is_empty() && (rule.resources.is_empty() || rule.groups.is_empty()) {
        Some(("resources", "is about nothing".to_string(), "name `apiGroups` and `resources`, or remove the rule"))
    } else if let Some(parts) = parts {
        let why = format!("speaks of `{parts}`, which means nothing to the server");
        Some((
            "resources",
            why,
            "name the subresources; a star alone means everything, and `*/scale` one subresource of all",
        ))
    } else if let Some(verb) =
        unnamed.filter(|_| !rule.names.is_empty() && rule.resources.iter().any(|one| !one.contains('/')))
    {
        let why = format!("allows `{verb}` for certain names, and such a request has no name");
        Some(("resourceNames", why, "write a rule without names for it, or leave the verb out"))
    } else if confined && !rule.urls.is_empty() {
        let why = "speaks of paths of the server, and is bound in namespaces alone".to_string();
        Some(("nonResourceURLs", why, "bind it with a ClusterRoleBinding, or leave it out"))
    } else if let Some(outside) = outside.filter(|_| confined) {
        let why = format!("speaks of `{outside}`, which are in no namespace, and is bound in namespaces alone");
        Some(("resources", why, "bind it with a ClusterRoleBinding, or leave it out"))
    } else {
        None
    }
}

/// A note on an object.
fn note<'a>(
    object: &'a Object,
    (id, path): (&'static str, &str),
    message: String,
    attack: &str,
    narrow: &str,
) -> Risk<'a> {
    Risk {
        id,
        grade: Grade::Note,
        object,
        path: path.to_string(),
        span: place_in(object, path),
        holders: Vec::new(),
        bindings: Vec::new(),
        message,
        attack: attack.to_string(),
        narrow: narrow.to_string(),
    }
}
