//! What NetworkPolicies mean: which connections the finished objects of a cluster allow.
//!
//! **The idea.** Between two pods there are two doors: the sender's for going out, and the receiver's for coming in. A door
//! that no policy is about stands open. Once a policy selects the pod and is about that direction, the door is
//! *isolated*: shut, apart from what the policies that select the pod grant. Policies only ever add grants, so their order
//! means nothing. A connection is open where both doors let it through.
//!
//! **The way.** [`Cluster::read`] takes pods, namespaces and policies out of objects of any origin; whatever has no meaning
//! matches nothing and is kept as a [`Fault`]. [`Reach::new`] resolves every selector to the pods that it matches, and
//! answers who reaches whom on which [`Ports`]. Nothing here reads files, knows layers, or words findings.
//!
//! **Choices** where Kubernetes leaves them to whoever implements it:
//! - A block of addresses (`ipBlock`) never means pods, even where it holds the addresses that pods have today: those change
//!   with every start.
//! - Pods on the network of their host are the host, as far as the network can tell: policies do not isolate them, and
//!   selectors of pods do not find them. A rule for everybody lets them through.
//! - A named port that several containers of a pod have means all of them.
//! - A pod always reaches itself, and a node the pods that run on it; that cannot be forbidden and is not part of any answer
//!   here. A workload and itself as both ends means one replica and another.
//! - Replies belong to the connection that they answer.
//!
//! **Invariant.** Everything is given in the order of the objects, and never in that of a hash table.

mod addresses;
mod build;
mod cluster;
mod connections;
mod effect;
mod intervals;
mod labels;
mod ports;
mod reach;
mod read;
mod resolve;
mod towards;

pub use addresses::Addresses;
pub use cluster::{
    Cluster, Direction, Fault, NAME_LABEL, NamedPort, Namespace, Opaque, Peer, Pods, PodsWanted, Policy, PolicyKind,
    PortsWanted, Rule, Rules, Scope, Unjudged, Wanted, WhichPorts,
};
pub use labels::{Labels, Requirement, Selector, Test, selects};
pub use ports::{Ports, Protocol};
pub use reach::{Grant, Grantees, Reach, Side};
pub(crate) use resolve::Directory;
pub(crate) use towards::covers;
