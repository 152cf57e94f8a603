//! Who is granted something: service accounts, users, groups.
//!
//! To the API server everybody is a name with groups. A service account is the user `system:serviceaccount:<namespace>:<name>`
//! in three groups, so that a binding may speak of it in four ways; the way by its user name is read here as the account that
//! it means.

use std::fmt;

use ecow::{EcoString, eco_format};

use crate::node::Node;

/// Everybody who has shown who they are.
const AUTHENTICATED: &str = "system:authenticated";
/// Everybody who has not.
const UNAUTHENTICATED: &str = "system:unauthenticated";
/// The user that everybody is who has not.
pub const ANONYMOUS: &str = "system:anonymous";
/// All service accounts; with `:<namespace>` behind it, those of a namespace.
const ACCOUNTS: &str = "system:serviceaccounts";
/// Who may do everything without any role.
pub(super) const MASTERS: &str = "system:masters";

/// The groups that mean more than somebody, wherever the subject is.
pub const BROAD_GROUPS: [&str; 4] = [MASTERS, UNAUTHENTICATED, AUTHENTICATED, ACCOUNTS];

/// Whom a subject means that is more than somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broad {
    /// Everybody who has not shown who they are.
    Anonymous,
    /// Everybody who has.
    Authenticated,
    /// All service accounts.
    Accounts,
    /// All service accounts of a namespace.
    AccountsOfNamespace,
    /// Administrators, who need no role.
    Masters,
}

/// What the user names of service accounts begin with.
const ACCOUNT_USER: &str = "system:serviceaccount:";

/// Somebody who can be granted something. The order is the one in which they are told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// What pods run as.
    Account {
        /// Its namespace.
        namespace: EcoString,
        /// Its name.
        name: EcoString,
    },
    /// A user that somebody outside of the cluster vouches for.
    User(EcoString),
    /// Whoever is in it.
    Group(EcoString),
}

impl Subject {
    /// A service account.
    pub fn account(namespace: &str, name: &str) -> Subject {
        Subject::Account { namespace: namespace.into(), name: name.into() }
    }

    /// A user; the user name of a service account means the account.
    pub fn user(name: &str) -> Subject {
        match name.strip_prefix(ACCOUNT_USER).and_then(|rest| rest.split_once(':')) {
            Some((namespace, account)) if !namespace.is_empty() && !account.is_empty() => {
                Subject::account(namespace, account)
            }
            _ => Subject::User(name.into()),
        }
    }

    /// Reads a subject of a binding, which lives in `namespace`, or in none. A service account without a namespace is
    /// one of the binding's own.
    pub fn read(node: &Node, namespace: Option<&str>) -> Option<Subject> {
        let part = |key: &str| node.get(key).and_then(Node::as_str).filter(|text| !text.is_empty());
        let name = part("name")?;
        match part("kind")? {
            "ServiceAccount" => Some(Subject::account(part("namespace").or(namespace)?, name)),
            "User" => Some(Subject::user(name)),
            "Group" => Some(Subject::Group(name.into())),
            _ => None,
        }
    }

    /// Whom it means, if it is more than somebody.
    pub fn broad(&self) -> Option<Broad> {
        match self {
            Subject::User(name) if name == ANONYMOUS => Some(Broad::Anonymous),
            Subject::Group(name) => match name.as_str() {
                UNAUTHENTICATED => Some(Broad::Anonymous),
                AUTHENTICATED => Some(Broad::Authenticated),
                ACCOUNTS => Some(Broad::Accounts),
                MASTERS => Some(Broad::Masters),
                name => name.strip_prefix(ACCOUNTS)?.starts_with(':').then_some(Broad::AccountsOfNamespace),
            },
            _ => None,
        }
    }

    /// `ServiceAccount`, `User` or `Group`.
    pub fn kind(&self) -> &'static str {
        match self {
            Subject::Account { .. } => "ServiceAccount",
            Subject::User(_) => "User",
            Subject::Group(_) => "Group",
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Subject::Account { name, .. } | Subject::User(name) | Subject::Group(name) => name,
        }
    }

    /// The namespace of a service account.
    pub fn namespace(&self) -> Option<&str> {
        match self {
            Subject::Account { namespace, .. } => Some(namespace),
            _ => None,
        }
    }

    /// The groups that it is in whatever anybody says.
    pub fn groups(&self) -> Vec<EcoString> {
        match self {
            Subject::Account { namespace, .. } => {
                vec![ACCOUNTS.into(), eco_format!("{ACCOUNTS}:{namespace}"), AUTHENTICATED.into()]
            }
            Subject::User(name) if name == ANONYMOUS => vec![UNAUTHENTICATED.into()],
            Subject::User(_) => vec![AUTHENTICATED.into()],
            Subject::Group(_) => Vec::new(),
        }
    }
}

/// `ServiceAccount shop/web`
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace() {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind(), self.name()),
            None => write!(f, "{} {}", self.kind(), self.name()),
        }
    }
}
