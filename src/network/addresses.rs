//! Sets of IPv4 and IPv6 addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::intervals::Intervals;

/// A set of addresses of both families. Copies are cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Addresses {
    four: Intervals<u32>,
    six: Intervals<u128>,
}

impl Addresses {
    /// No address.
    pub fn none() -> Addresses {
        Addresses::default()
    }

    /// Every address of both families.
    pub fn all() -> Addresses {
        Addresses { four: Intervals::range(0, u32::MAX), six: Intervals::range(0, u128::MAX) }
    }

    /// One address.
    pub fn single(address: IpAddr) -> Addresses {
        match address {
            IpAddr::V4(address) => {
                Addresses { four: Intervals::range(address.into(), address.into()), ..Addresses::none() }
            }
            IpAddr::V6(address) => {
                Addresses { six: Intervals::range(address.into(), address.into()), ..Addresses::none() }
            }
        }
    }

    /// The addresses of a block such as `10.0.0.0/8` or `2001:db8::/32`; `None` for what is no block.
    ///
    /// As Kubernetes has it: bits behind the prefix are ignored, leading zeros mean nothing, and the prefix has to be there.
    pub fn block(cidr: &str) -> Option<Addresses> {
        let (address, length) = cidr.split_once('/')?;
        if address.contains(':') {
            let address = u128::from(address.parse::<Ipv6Addr>().ok()?);
            let behind = u128::MAX.checked_shr(decimal(length, 128)?).unwrap_or_default();
            return Some(Addresses { six: Intervals::range(address & !behind, address | behind), ..Addresses::none() });
        }
        let address = four(address)?;
        let behind = u32::MAX.checked_shr(decimal(length, 32)?).unwrap_or_default();
        Some(Addresses { four: Intervals::range(address & !behind, address | behind), ..Addresses::none() })
    }

    /// What is in either.
    pub fn union(&self, other: &Addresses) -> Addresses {
        Addresses { four: self.four.union(&other.four), six: self.six.union(&other.six) }
    }

    /// What is in any of them.
    pub fn union_of<'a>(sets: impl IntoIterator<Item = &'a Addresses>) -> Addresses {
        let sets: Vec<&Addresses> = sets.into_iter().collect();
        Addresses {
            four: Intervals::union_of(sets.iter().map(|set| &set.four)),
            six: Intervals::union_of(sets.iter().map(|set| &set.six)),
        }
    }

    /// What is in both.
    pub fn intersection(&self, other: &Addresses) -> Addresses {
        Addresses { four: self.four.intersection(&other.four), six: self.six.intersection(&other.six) }
    }

    /// What is in this and not in the other.
    pub fn difference(&self, other: &Addresses) -> Addresses {
        Addresses { four: self.four.difference(&other.four), six: self.six.difference(&other.six) }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.four.is_empty() && self.six.is_empty()
    }

    /// Whether none of these is in the other.
    pub fn is_disjoint(&self, other: &Addresses) -> bool {
        self.four.is_disjoint(&other.four) && self.six.is_disjoint(&other.six)
    }

    /// Whether all of these are in the other.
    pub fn is_subset(&self, other: &Addresses) -> bool {
        self.four.is_subset(&other.four) && self.six.is_subset(&other.six)
    }

    /// Whether an address is among them.
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.four.contains(address.into()),
            IpAddr::V6(address) => self.six.contains(address.into()),
        }
    }

    /// The fewest blocks that make up the set, IPv4 first, by address.
    pub fn blocks(&self) -> Vec<String> {
        let four = self.four.stretches().iter().flat_map(|&(first, last)| {
            // An IPv4 address is taken for the last 32 bits of a number of 128.
            blocks_of(first.into(), last.into())
                .map(|(start, bits)| format!("{}/{}", Ipv4Addr::from(start as u32), 32 - bits))
        });
        let six = self.six.stretches().iter().flat_map(|&(first, last)| {
            blocks_of(first, last).map(|(start, bits)| format!("{}/{}", Ipv6Addr::from(start), 128 - bits))
        });
        four.chain(six).collect()
    }
}

/// `10.0.0.0/8, 2001:db8::/32`; `none`
impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_empty() {
            true => f.write_str("none"),
            false => f.write_str(&self.blocks().join(", ")),
        }
    }
}

/// From `first` on, each time the largest block that starts there and does not go beyond `last`: its start, and how many
/// bits its addresses differ in.
fn blocks_of(first: u128, last: u128) -> impl Iterator<Item = (u128, u32)> {
    let mut next = Some(first);
    std::iter::from_fn(move || {
        let start = next.filter(|&start| start <= last)?;
        let span = last - start;
        // The block may hold at most `span + 1` addresses, a number that may not fit.
        let fits = if span == u128::MAX { 128 } else { (span + 1).ilog2() };
        let bits = start.trailing_zeros().min(fits);
        next = 1u128.checked_shl(bits).and_then(|size| start.checked_add(size));
        Some((start, bits))
    })
}

/// `10.0.0.1` as a number.
fn four(address: &str) -> Option<u32> {
    let mut octets = address.split('.').map(|octet| decimal(octet, 255));
    let number = (0..4).try_fold(0, |number, _| Some(number << 8 | octets.next()??))?;
    octets.next().is_none().then_some(number)
}

/// A number of decimal digits and nothing else.
fn decimal(text: &str, most: u32) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?.filter(|&number| number <= most)
}
