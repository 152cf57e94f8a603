//! The ports of a picture as a set again.

use crate::network::{Ports, Protocol};

/// The set of ports that these texts show: `TCP 8080`, `UDP 5000-5010`, `all`.
pub(super) fn set(shown: &[String]) -> Ports {
    let sets: Vec<Ports> = shown.iter().filter_map(|text| stretch(text)).collect();
    Ports::union_of(&sets)
}

fn stretch(text: &str) -> Option<Ports> {
    if text == "all" {
        return Some(Ports::all());
    }
    let (protocol, ports) = text.split_once(' ')?;
    let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
    Some(Ports::range(Protocol::named(protocol)?, first.parse().ok()?, last.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::set;
    use crate::network::{Ports, Protocol};

    #[test]
    fn what_is_shown_is_read_again() {
        let some = Ports::range(Protocol::Udp, 5000, 5010).union(&Ports::one(Protocol::Tcp, 80));
        for ports in [Ports::all(), Ports::none(), Ports::of(Protocol::Sctp), some] {
            assert_eq!(set(&ports.shown()), ports);
        }
    }
}
