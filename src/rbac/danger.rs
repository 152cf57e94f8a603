//! What is dangerous about a rule on its own, whoever has it: the one list that both the compliance checks and the
//! analysis of who can do what go by.
//!
//! Each danger is a few patterns: verbs on resources of an API group. A rule has the danger if it allows one of the verbs on
//! one of the resources, in whatever way it says so. Some resources are in no namespace; a RoleBinding gives nothing of
//! them, so these patterns do not count [within](Within) a namespace.

use super::rule::{Rule, has};

/// A kind of danger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Danger {
    /// `*` where things could be named.
    Wildcard,
    /// Giving oneself what one does not have, or acting as somebody else.
    Escalation,
    /// Writing roles and bindings.
    Granting,
    /// Reading secrets that are not named.
    Secrets,
    /// Making pods.
    Pods,
    /// Making or changing what makes pods.
    Workloads,
    /// Getting into pods that run.
    Shells,
    /// Speaking to kubelets.
    Nodes,
    /// Making tokens of service accounts.
    Tokens,
    /// Deciding what enters the cluster.
    Admission,
    /// Approving certificates.
    Certificates,
    /// Making volumes.
    Volumes,
    /// Relabelling namespaces.
    Namespaces,
}

/// Where a rule is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Within {
    /// In the whole cluster, or it is not known.
    Cluster,
    /// In a namespace.
    Namespace,
}

/// A danger of a rule, and the field of the rule that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The danger.
    pub danger: Danger,
    /// `verbs`, `resources`, `apiGroups` or `nonResourceURLs`.
    pub field: &'static str,
}

/// What is to be said of a danger.
#[derive(Debug)]
pub struct Words {
    /// The danger.
    pub of: Danger,
    /// Its stable name, which exceptions use; where a compliance check is about it, the check's.
    pub id: &'static str,
    /// What is wrong with a role that has it: `it reads secrets that it does not name`.
    pub fault: &'static str,
    /// What its holder may do: `read secrets by any name`.
    pub may: &'static str,
    /// What somebody could do who has taken over the holder.
    pub attack: &'static str,
    /// How to narrow it.
    pub narrow: &'static str,
}

/// Verbs on resources of a group.
pub struct Pattern {
    danger: Danger,
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The resources, and subresources as `pods/exec`.
    pub resources: &'static [&'static str],
    /// The verbs; `*` is one of them, too.
    pub verbs: &'static [&'static str],
    /// Whether a RoleBinding grants it.
    namespaced: bool,
}

const RBAC: &str = super::GROUP;
const WRITING: &[&str] = &["create", "update", "patch"];
const CHANGING: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];

const PATTERNS: &[Pattern] = &[
    pattern(Danger::Escalation, RBAC, &["roles"], &["escalate", "bind"], true),
    // In a namespace, a cluster role can be bound, and not widened.
    pattern(Danger::Escalation, RBAC, &["clusterroles"], &["bind"], true),
    pattern(Danger::Escalation, RBAC, &["clusterroles"], &["escalate"], false),
    pattern(Danger::Escalation, "", &["serviceaccounts"], &["impersonate"], true),
    pattern(Danger::Escalation, "", &["users", "groups"], &["impersonate"], false),
    pattern(Danger::Granting, RBAC, &["roles", "rolebindings"], WRITING, true),
    pattern(Danger::Granting, RBAC, &["clusterroles", "clusterrolebindings"], WRITING, false),
    pattern(Danger::Secrets, "", &["secrets"], &["get", "list", "watch"], true),
    pattern(Danger::Pods, "", &["pods"], &["create"], true),
    pattern(Danger::Workloads, "", &["replicationcontrollers", "podtemplates"], WRITING, true),
    pattern(Danger::Workloads, "apps", &["deployments", "statefulsets", "daemonsets", "replicasets"], WRITING, true),
    pattern(Danger::Workloads, "batch", &["jobs", "cronjobs"], WRITING, true),
    pattern(Danger::Shells, "", &["pods/exec", "pods/attach", "pods/portforward"], &["create", "get"], true),
    pattern(Danger::Shells, "", &["pods/ephemeralcontainers"], &["update", "patch"], true),
    pattern(Danger::Nodes, "", &["nodes/proxy"], &["get", "create", "update", "patch", "delete"], false),
    pattern(Danger::Tokens, "", &["serviceaccounts/token"], &["create"], true),
    pattern(
        Danger::Admission,
        "admissionregistration.k8s.io",
        &[
            "validatingwebhookconfigurations",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
        ],
        CHANGING,
        false,
    ),
    pattern(
        Danger::Certificates,
        "certificates.k8s.io",
        &["certificatesigningrequests/approval"],
        &["update", "patch"],
        false,
    ),
    pattern(Danger::Certificates, "certificates.k8s.io", &["signers"], &["approve", "sign"], false),
    pattern(Danger::Volumes, "", &["persistentvolumes"], &["create"], false),
    // A namespace counts as being in itself.
    pattern(Danger::Namespaces, "", &["namespaces"], &["update", "patch"], true),
];

const fn pattern(
    danger: Danger,
    group: &'static str,
    resources: &'static [&'static str],
    verbs: &'static [&'static str],
    namespaced: bool,
) -> Pattern {
    Pattern { danger, group, resources, verbs, namespaced }
}

/// The dangers of a rule, each once, in their order.
pub fn dangers(rule: &Rule, within: Within) -> Vec<Found> {
    let wildcard = wildcard(rule).map(|field| Found { danger: Danger::Wildcard, field });
    let mut found: Vec<Found> = wildcard.into_iter().collect();
    for pattern in PATTERNS {
        let counts = pattern.namespaced || within == Within::Cluster;
        if counts && pattern.is_in(rule) && !found.iter().any(|known| known.danger == pattern.danger) {
            let field = if pattern.danger == Danger::Escalation { "verbs" } else { "resources" };
            found.push(Found { danger: pattern.danger, field });
        }
    }
    // Who can escalate has no need to grant.
    if found.iter().any(|one| one.danger == Danger::Escalation) {
        found.retain(|one| one.danger != Danger::Granting);
    }
    found
}

/// The first field that has a star for everything.
fn wildcard(rule: &Rule) -> Option<&'static str> {
    let fields = [("verbs", &rule.verbs), ("resources", &rule.resources), ("apiGroups", &rule.groups)];
    let starred = fields.into_iter().find(|(_, list)| has(list, &["*"])).map(|(field, _)| field);
    starred.or_else(|| has(&rule.urls, &["*", "/*"]).then_some("nonResourceURLs"))
}

impl Pattern {
    fn is_in(&self, rule: &Rule) -> bool {
        let about = |resource: &&str| {
            let (resource, part) = resource.split_once('/').unwrap_or((resource, ""));
            rule.is_about(self.group, resource, part)
        };
        rule.has_verb(self.verbs) && self.resources.iter().any(about) && !self.is_confined(rule)
    }

    fn is_confined(&self, rule: &Rule) -> bool {
        !rule.names.is_empty() && self.is_confined_by_names()
    }

    /// Whether names in a rule take the danger away. A request for a secret or for an account's token always has a
    /// name: `list` and `watch` with names let pass only who asks for one object of such a name.
    pub fn is_confined_by_names(&self) -> bool {
        let asked_by_name = matches!(self.danger, Danger::Secrets | Danger::Tokens);
        // Nothing that is made has a name before it is there.
        let nameless = self.verbs == ["create"] && !self.resources[0].contains('/');
        asked_by_name || nameless
    }
}

impl Danger {
    /// All of them, in their order.
    pub fn all() -> impl Iterator<Item = Danger> {
        WORDS.iter().map(|words| words.of)
    }

    /// How rules may have it; a wildcard has no pattern.
    pub fn patterns(self) -> impl Iterator<Item = &'static Pattern> {
        PATTERNS.iter().filter(move |pattern| pattern.danger == self)
    }

    /// What is to be said of it.
    pub fn words(self) -> &'static Words {
        &WORDS[self as usize]
    }
}

/// What is to be said, in the order of the dangers.
static WORDS: [Words; 13] = [
    Words {
        of: Danger::Wildcard,
        id: "no-wildcard-rules",
        fault: "it allows everything in",
        may: "do more than is named",
        attack: "whoever takes over its holder can do all that the API offers there, also what is added to it later",
        narrow: "name what is needed instead of `*`",
    },
    Words {
        of: Danger::Escalation,
        id: "no-escalation",
        fault: "its holder can grant itself more",
        may: "take rights that it does not have",
        attack: "whoever takes over its holder makes it an administrator: binds any role to it, widens its own, or acts as somebody who is one",
        narrow: "name the verbs, without `bind`, `escalate` and `impersonate`",
    },
    Words {
        of: Danger::Granting,
        id: "no-granting",
        fault: "it writes roles or bindings",
        may: "write roles or bindings",
        attack: "whoever takes over its holder hands its rights to an account of their own, and keeps them when the holder loses them",
        narrow: "leave roles and bindings to who installs them; `get`, `list` and `watch` are harmless",
    },
    Words {
        of: Danger::Secrets,
        id: "no-secret-listing",
        fault: "it reads secrets that it does not name",
        may: "read secrets by any name",
        attack: "whoever takes over its holder reads every password, key and token there; `list` and `watch` show the values as `get` does",
        narrow: "name them in `resourceNames`, with the verb `get` alone",
    },
    Words {
        of: Danger::Pods,
        id: "no-pod-creation",
        fault: "it creates pods of any service account",
        may: "create pods",
        attack: "whoever takes over its holder starts a pod as any service account of the namespace, with any of its secrets mounted",
        narrow: "leave pods to controllers, or give it a namespace with nothing else in it",
    },
    Words {
        of: Danger::Workloads,
        id: "no-workload-creation",
        fault: "it makes or changes workloads of any service account",
        may: "make or change workloads",
        attack: "whoever takes over its holder runs their own image as any service account of the namespace, with any of its secrets mounted",
        narrow: "give it a namespace with nothing else in it; for scaling alone, `deployments/scale` is enough",
    },
    Words {
        of: Danger::Shells,
        id: "no-pod-access",
        fault: "it opens a shell in other pods",
        may: "get into running pods",
        attack: "whoever takes over its holder has what every pod there has: its files, its secrets, its token, its connections",
        narrow: "leave this to people, for as long as they need it; `pods/log` is enough to read logs",
    },
    Words {
        of: Danger::Nodes,
        id: "no-node-access",
        fault: "it reaches all that runs on a node",
        may: "speak to kubelets through `nodes/proxy`",
        attack: "whoever takes over its holder runs commands in every pod of every node, unseen by admission and the audit log",
        narrow: "grant `nodes/metrics`, `nodes/stats` or `nodes/log` instead",
    },
    Words {
        of: Danger::Tokens,
        id: "no-token-creation",
        fault: "it makes tokens of any service account",
        may: "make tokens of any service account",
        attack: "whoever takes over its holder becomes any service account there is, with all that it may do",
        narrow: "name the accounts in `resourceNames`",
    },
    Words {
        of: Danger::Admission,
        id: "no-admission-control",
        fault: "it decides what enters the cluster",
        may: "change webhooks and admission policies",
        attack: "whoever takes over its holder reads and changes all that enters the cluster, secrets included, or lets anything in",
        narrow: "leave this to the cluster's administrators, or name its own configuration in `resourceNames`",
    },
    Words {
        of: Danger::Certificates,
        id: "no-certificate-approval",
        fault: "it makes certificates of anybody",
        may: "approve or sign certificates",
        attack: "whoever takes over its holder has a certificate made in the name of an administrator or of a node",
        narrow: "leave this to the cluster's administrators, or name the signer in `resourceNames`",
    },
    Words {
        of: Danger::Volumes,
        id: "no-volume-creation",
        fault: "it makes volumes out of nodes' folders",
        may: "create persistent volumes",
        attack: "whoever takes over its holder makes a `hostPath` volume of a node's disk, with the keys of the node on it",
        narrow: "grant `persistentvolumeclaims`, and leave the volumes to a provisioner",
    },
    Words {
        of: Danger::Namespaces,
        id: "no-namespace-relabelling",
        fault: "it relabels namespaces",
        may: "change the labels of namespaces",
        attack: "whoever takes over its holder takes the pod security labels off a namespace, or gives it labels that network policies let in",
        narrow: "leave out `update` and `patch`",
    },
];

#[cfg(test)]
mod tests {
    use super::WORDS;

    #[test]
    fn every_danger_has_its_own_words() {
        for (at, words) in WORDS.iter().enumerate() {
            assert_eq!(words.of as usize, at, "{}", words.id);
        }
    }
}
