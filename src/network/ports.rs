//! Sets of ports, each with its protocol.

use std::fmt;

use super::intervals::Intervals;

/// A protocol that NetworkPolicies know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// What is meant where nothing is said.
    Tcp,
    /// `UDP`
    Udp,
    /// `SCTP`
    Sctp,
}

impl Protocol {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Protocol; 3] = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];

    /// The protocol of this name, as manifests spell it.
    pub fn named(name: &str) -> Option<Protocol> {
        Protocol::ALL.into_iter().find(|protocol| protocol.as_str() == name)
    }

    /// `TCP`, `UDP` or `SCTP`.
    pub fn as_str(self) -> &'static str {
        match self {
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
            Protocol::Sctp => "SCTP",
        }
    }
}

/// The highest port.
const LAST_PORT: u16 = u16::MAX;

/// Every port, as numbers.
const ALL: [(u32, u32); 3] = [
    (number(Protocol::Tcp, 1), number(Protocol::Tcp, LAST_PORT)),
    (number(Protocol::Udp, 1), number(Protocol::Udp, LAST_PORT)),
    (number(Protocol::Sctp, 1), number(Protocol::Sctp, LAST_PORT)),
];

/// A set of (protocol, port) with ports from 1 to 65535. Copies are cheap.
///
/// A port is kept as one number, its protocol in front. Port 0 does not exist, so those of two protocols never touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ports(Intervals<u32>);

impl Ports {
    /// No port.
    pub fn none() -> Ports {
        Ports::default()
    }

    /// Every port of every protocol.
    pub fn all() -> Ports {
        Ports::union_of(&Protocol::ALL.map(Ports::of))
    }

    /// Every port of a protocol.
    pub fn of(protocol: Protocol) -> Ports {
        Ports::range(protocol, 1, LAST_PORT)
    }

    /// One port; none for port 0, which does not exist.
    pub fn one(protocol: Protocol, port: u16) -> Ports {
        Ports::range(protocol, port, port)
    }

    /// The ports from `first` to `last`, both included; none where `last` is below `first`.
    pub fn range(protocol: Protocol, first: u16, last: u16) -> Ports {
        Ports(Intervals::range(number(protocol, first.max(1)), number(protocol, last)))
    }

    /// What is in either.
    pub fn union(&self, other: &Ports) -> Ports {
        Ports(self.0.union(&other.0))
    }

    /// What is in any of them.
    pub fn union_of<'a>(sets: impl IntoIterator<Item = &'a Ports>) -> Ports {
        Ports(Intervals::union_of(sets.into_iter().map(|ports| &ports.0)))
    }

    /// What is in both.
    pub fn intersection(&self, other: &Ports) -> Ports {
        // Nearly always one is all, or they are the same.
        if other.is_all() || self == other {
            return self.clone();
        }
        if self.is_all() {
            return other.clone();
        }
        Ports(self.0.intersection(&other.0))
    }

    /// What is in this and not in the other.
    pub fn difference(&self, other: &Ports) -> Ports {
        Ports(self.0.difference(&other.0))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is every port of every protocol.
    pub fn is_all(&self) -> bool {
        self.0.stretches().iter().copied().eq(ALL)
    }

    /// Whether all of these are in the other.
    pub fn is_subset(&self, other: &Ports) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Whether a port is among them.
    pub fn contains(&self, protocol: Protocol, port: u16) -> bool {
        port > 0 && self.0.contains(number(protocol, port))
    }

    /// The stretches: protocol, first and last port of each, in order.
    pub fn ranges(&self) -> impl Iterator<Item = (Protocol, u16, u16)> + '_ {
        self.0.stretches().iter().map(|&(first, last)| {
            let protocol = Protocol::ALL[(first >> 16) as usize];
            (protocol, first as u16, last as u16)
        })
    }

    /// For people, a text for each stretch: `TCP 8080`, `UDP 5000-5010`; `all` alone for every port.
    pub fn shown(&self) -> Vec<String> {
        if self.is_all() {
            return vec!["all".to_owned()];
        }
        let shown = |(protocol, first, last): (Protocol, u16, u16)| match first == last {
            true => format!("{} {first}", protocol.as_str()),
            false => format!("{} {first}-{last}", protocol.as_str()),
        };
        self.ranges().map(shown).collect()
    }
}

/// `TCP 8080, UDP 5000-5010`; `all`; `none`
impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_empty() {
            true => f.write_str("none"),
            false => f.write_str(&self.shown().join(", ")),
        }
    }
}

const fn number(protocol: Protocol, port: u16) -> u32 {
    (protocol as u32) << 16 | port as u32
}
