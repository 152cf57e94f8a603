//! The graph as it is shown: parties and connections with their ports, reasons and places, free of values and spans.
//!
//! Every output of `nxk graph` and the connections of `nxk diff` are made from it. Its JSON form is documented in
//! `docs/reference/graph.md`.

use serde::Serialize;

/// A graph to be shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// What it is of: the project, or the folder of the manifests.
    pub title: String,
    /// Who takes part, by kind, namespace and name.
    pub parties: Vec<Party>,
    /// Who may connect to whom; in the order of `from` and `to`, at most one for each pair.
    pub connections: Vec<Connection>,
}

/// Who takes part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// The same in every compile, and nobody else's: `shop/web`, `network 10.0.0.0/8`, `host api.example.com`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where it lives, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// What it is.
    pub kind: PartyKind,
    /// More about it: the kind of the workload, the labels of the pods, what is left out of the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When it can start: wave 0 needs nobody. Applications have one, unless they wait for each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wave: Option<usize>,
    /// Where it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// What a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PartyKind {
    /// An application of layer 3.
    Application,
    /// A workload of layer 2 or 1, or of plain manifests.
    Workload,
    /// Pods of the cluster that are not part of this configuration.
    Pods,
    /// Where requests to exposed ports come from.
    IngressController,
    /// Who scrapes metrics.
    Monitoring,
    /// Who answers names.
    Dns,
    /// Who collects traces.
    Collector,
    /// The API server, as the caller of webhooks.
    ApiServer,
    /// Addresses.
    Network,
    /// A name outside of the cluster.
    Host,
    /// Whoever there is: what a policy without peers lets in.
    Everybody,
}

/// Who may connect to whom.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// Who connects, as an index into the parties.
    pub from: usize,
    /// To whom.
    pub to: usize,
    /// On which ports of the target's containers: `TCP 8080`, `UDP 5000-5010`; `all` for every port.
    pub ports: Vec<String>,
    /// Why, in the order in which it is declared; none for what is open by itself.
    pub reasons: Vec<Reason>,
    /// The policies that make it possible, as `namespace/name`.
    pub policies: Vec<String>,
    /// Whether the policies do what is declared.
    pub state: State,
}

/// Why a connection is there.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// What declares it.
    pub kind: ReasonKind,
    /// In words, for people: `web depends on api`.
    pub words: String,
    /// Where it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// What declares a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ReasonKind {
    /// `dependencies`
    Dependency,
    /// `expose`
    Expose,
    /// `monitoring`
    Monitoring,
    /// `egress`
    Egress,
    /// `allowFrom`
    AllowFrom,
    /// Whoever connects to somebody asks for names first.
    Dns,
    /// `monitoring.tracing`
    Tracing,
    /// A webhook of the configuration.
    Webhook,
}

/// Whether a connection is both declared and open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Declared, and open: proved.
    Proved,
    /// Open, and declared by nobody.
    Undeclared,
    /// Declared, and closed by the policies.
    Closed,
    /// Open, in plain manifests or where no policy is wanted: nobody declares anything there.
    Open,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The file, as diagnostics name it.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its column, from 1.
    pub column: usize,
}
