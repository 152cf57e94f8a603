//! The analysis as it is shown: subjects with their permissions, and risks, with places instead of spans.
//!
//! Every form of `nxk graph --rbac` is made from it. Its JSON form is told in `docs/guides/access.md`.

use serde::Serialize;

use super::{Access, Grade, Holder, Permission, Risk, Scope, Subject};
use crate::layers::Object;
use crate::source::{SourceMap, Span};

/// Who may do what, and what is risky about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Everybody who is granted something, is declared, or runs: service accounts, users, groups, by name.
    pub subjects: Vec<SubjectReport>,
    /// The risks, the worst first.
    pub risks: Vec<RiskReport>,
}

/// What is known of a subject.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SubjectReport {
    /// `ServiceAccount`, `User` or `Group`.
    pub kind: &'static str,
    /// The namespace of a service account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether the objects have its ServiceAccount; nothing for others, who are declared nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<bool>,
    /// What runs as it.
    pub workloads: Vec<WorkloadReport>,
    /// The groups that it is in and that are granted something, which it then has as well.
    pub member_of: Vec<String>,
    /// What it may do.
    pub permissions: Vec<PermissionReport>,
    /// The risks that it is part of, by their place in the list of all.
    pub risks: Vec<usize>,
}

/// Pods that run as a service account.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadReport {
    /// `Deployment shop/web`
    pub object: String,
    /// Whether the pods get the account's token.
    pub token: bool,
}

/// What somebody may do.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PermissionReport {
    /// What may be done.
    pub verbs: Vec<String>,
    /// The API groups of the resources; `""` is the core group.
    pub api_groups: Vec<String>,
    /// The resources.
    pub resources: Vec<String>,
    /// The names of the objects; all if empty.
    pub resource_names: Vec<String>,
    /// Paths of the server.
    #[serde(rename = "nonResourceURLs")]
    pub non_resource_urls: Vec<String>,
    /// `cluster` or `namespace`.
    pub scope: &'static str,
    /// The namespace, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// What grants it.
    pub granted_by: Vec<GrantReport>,
}

/// What grants a permission.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GrantReport {
    /// `RoleBinding shop/web`
    pub binding: String,
    /// Where the binding is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding_place: Option<PlaceReport>,
    /// `ClusterRole view`
    pub role: String,
    /// Where the role is written; nothing for those that every cluster has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_place: Option<PlaceReport>,
}

/// What somebody could do with what is granted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RiskReport {
    /// Its stable name.
    pub id: &'static str,
    /// `grave`, `serious` or `note`.
    pub grade: &'static str,
    /// What is wrong.
    pub message: String,
    /// What an attacker could do.
    pub attack: String,
    /// How to narrow it.
    pub narrow: String,
    /// The object that it is told of: `ClusterRole reader`.
    pub object: String,
    /// Where in the object.
    pub path: String,
    /// Where that is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceReport>,
    /// Who is part of it.
    pub subjects: Vec<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceReport {
    /// The file, as diagnostics name it.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its column, from 1.
    pub column: usize,
}

impl Grade {
    /// `grave`, `serious` or `note`.
    pub fn name(self) -> &'static str {
        match self {
            Grade::Grave => "grave",
            Grade::Serious => "serious",
            Grade::Note => "note",
        }
    }
}

/// The analysis of finished objects, whose spans lie in `sources`.
pub fn report(objects: &[Object], sources: &SourceMap) -> Report {
    let access = Access::of(objects);
    let risks = access.risks();
    let maker = Maker { access: &access, sources };
    let mut subjects: Vec<SubjectReport> =
        access.holders.iter().map(|(subject, holder)| maker.subject(subject, holder)).collect();
    let places: Vec<&Subject> = access.holders.keys().collect();
    for (at, risk) in risks.iter().enumerate() {
        for (subject, _) in &risk.holders {
            let Ok(found) = places.binary_search(&subject) else { continue };
            let known = &mut subjects[found].risks;
            if known.last() != Some(&at) {
                known.push(at);
            }
        }
    }
    Report { subjects, risks: risks.iter().map(|risk| maker.risk(risk)).collect() }
}

/// Makes the parts of a report.
struct Maker<'a> {
    access: &'a Access<'a>,
    sources: &'a SourceMap,
}

impl Maker<'_> {
    fn subject(&self, subject: &Subject, holder: &Holder<'_>) -> SubjectReport {
        let workloads = holder.workloads.iter();
        SubjectReport {
            kind: subject.kind(),
            namespace: subject.namespace().map(str::to_string),
            name: subject.name().to_string(),
            declared: subject.namespace().map(|_| holder.account.is_some()),
            workloads: workloads
                .map(|one| WorkloadReport { object: one.object.to_string(), token: one.token })
                .collect(),
            member_of: self.access.groups(subject).map(|group| group.name().to_string()).collect(),
            permissions: holder.permissions.iter().map(|permission| self.permission(permission)).collect(),
            risks: Vec::new(),
        }
    }

    fn permission(&self, permission: &Permission) -> PermissionReport {
        let rule = &permission.rule;
        let list = |list: &[ecow::EcoString]| list.iter().map(|word| word.to_string()).collect();
        PermissionReport {
            verbs: list(&rule.verbs),
            api_groups: list(&rule.groups),
            resources: list(&rule.resources),
            resource_names: list(&rule.names),
            non_resource_urls: list(&rule.urls),
            scope: if permission.scope == Scope::Cluster { "cluster" } else { "namespace" },
            namespace: permission.scope.namespace().map(str::to_string),
            granted_by: permission.bindings.iter().map(|&at| self.grant(at)).collect(),
        }
    }

    fn grant(&self, binding: usize) -> GrantReport {
        let binding = &self.access.bindings[binding];
        let role = binding.role.and_then(|role| self.access.roles.all[role].object);
        GrantReport {
            binding: binding.object.to_string(),
            binding_place: self.place(binding.object.entry, binding.object.entry),
            role: role.map_or_else(|| format!("{} {}", binding.role_kind, binding.role_name), |role| role.to_string()),
            role_place: role.and_then(|role| self.place(role.entry, role.entry)),
        }
    }

    fn risk(&self, risk: &Risk<'_>) -> RiskReport {
        let mut subjects: Vec<String> = risk.holders.iter().map(|(subject, _)| subject.to_string()).collect();
        subjects.dedup();
        RiskReport {
            id: risk.id,
            grade: risk.grade.name(),
            message: risk.message.clone(),
            attack: risk.attack.clone(),
            narrow: risk.narrow.clone(),
            object: risk.object.to_string(),
            path: risk.path.clone(),
            place: self.place(self.nearest(risk), risk.object.entry),
            subjects,
        }
    }

    /// The place of a risk; where a layer made the part that it is about, that of what the user wrote into it.
    fn nearest(&self, risk: &Risk<'_>) -> Span {
        let is_user = |span: Span| self.sources.is_user(span);
        let part = || risk.object.node.at_path(&risk.path).and_then(|part| part.find_place(&is_user));
        if is_user(risk.span) { risk.span } else { part().unwrap_or(risk.span) }
    }

    /// The first of the places that is the user's.
    fn place(&self, span: Span, otherwise: Span) -> Option<PlaceReport> {
        let place = [span, otherwise].into_iter().find(|&place| self.sources.is_user(place))?;
        let place = self.sources.location(place)?;
        Some(PlaceReport { file: place.file, line: place.line, column: place.column })
    }
}
