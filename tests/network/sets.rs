//! Sets of ports and addresses, held to what is true of each member by itself.
//!
//! A set is made by a chain of operations on ranges. For a single port or address, the same chain is plain logic: it is in,
//! or it is not. Sets only change at the ends of ranges, so these and their neighbours are all that has to be asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nxk::network::{Addresses, Ports, Protocol};
use proptest::prelude::*;

/// What is done with the set so far and the next range.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Union,
    Intersection,
    Difference,
}

impl Operation {
    fn of_member(self, before: bool, next: bool) -> bool {
        match self {
            Operation::Union => before || next,
            Operation::Intersection => before && next,
            Operation::Difference => before && !next,
        }
    }

    fn of_ports(self, before: &Ports, next: &Ports) -> Ports {
        match self {
            Operation::Union => before.union(next),
            Operation::Intersection => before.intersection(next),
            Operation::Difference => before.difference(next),
        }
    }

    fn of_addresses(self, before: &Addresses, next: &Addresses) -> Addresses {
        match self {
            Operation::Union => before.union(next),
            Operation::Intersection => before.intersection(next),
            Operation::Difference => before.difference(next),
        }
    }
}

fn operation() -> impl Strategy<Value = Operation> {
    // Sets grow more often than they shrink, so that there is something to take away from.
    prop_oneof![3 => Just(Operation::Union), 1 => Just(Operation::Intersection), 2 => Just(Operation::Difference)]
}

type PortStep = (Operation, Protocol, u16, u16);

fn port_steps() -> impl Strategy<Value = Vec<PortStep>> {
    let port = || prop_oneof![0u16..20, 65_520u16..=65_535, any::<u16>()];
    let protocol = prop_oneof![Just(Protocol::Tcp), Just(Protocol::Udp), Just(Protocol::Sctp)];
    prop::collection::vec((operation(), protocol, port(), port()), 0..12)
}

fn ports(steps: &[PortStep]) -> Ports {
    steps.iter().fold(Ports::none(), |set, &(operation, protocol, first, last)| {
        operation.of_ports(&set, &Ports::range(protocol, first, last))
    })
}

fn has_port(steps: &[PortStep], protocol: Protocol, port: u16) -> bool {
    steps.iter().fold(false, |is_in, &(operation, own, first, last)| {
        operation.of_member(is_in, own == protocol && port > 0 && first <= port && port <= last)
    })
}

/// The ports at which something may change.
fn port_probes(steps: &[PortStep]) -> Vec<(Protocol, u16)> {
    let ends = steps.iter().flat_map(|&(_, _, first, last)| [first, last]).chain([0, 1, u16::MAX]);
    let near = ends.flat_map(|port| [port.saturating_sub(1), port, port.saturating_add(1)]);
    near.flat_map(|port| Protocol::ALL.map(|protocol| (protocol, port))).collect()
}

/// An address with its width, as a number: 32 bits or 128.
#[derive(Clone, Copy, Debug)]
struct Block {
    width: u32,
    address: u128,
    length: u32,
}

impl Block {
    fn shown(self) -> String {
        format!("{}/{}", self.at(self.address), self.length)
    }

    fn at(self, number: u128) -> IpAddr {
        match self.width {
            32 => IpAddr::V4(Ipv4Addr::from(number as u32)),
            _ => IpAddr::V6(Ipv6Addr::from(number)),
        }
    }

    /// Whether the leading bits are the same, one after the other.
    fn has(self, width: u32, number: u128) -> bool {
        let bit = |number: u128, at: u32| number >> (width - 1 - at) & 1;
        self.width == width && (0..self.length).all(|at| bit(self.address, at) == bit(number, at))
    }

    /// The ends of the block and what lies beside them.
    fn probes(self) -> Vec<(u32, u128)> {
        let behind = (self.length..self.width).fold(0, |mask, at| mask | 1 << (self.width - 1 - at));
        let most = if self.width == 32 { u128::from(u32::MAX) } else { u128::MAX };
        let (first, last) = (self.address & !behind, self.address | behind);
        let near = [first, first.saturating_sub(1), last, last.saturating_add(1).min(most)];
        near.into_iter().map(|number| (self.width, number)).collect()
    }
}

type BlockStep = (Operation, Block);

fn block_steps() -> impl Strategy<Value = Vec<BlockStep>> {
    // Few different leading bits, so that blocks meet.
    let four = (0u32..4, any::<u8>(), 0u32..=32).prop_map(|(high, low, length)| Block {
        width: 32,
        address: u128::from(high << 30 | u32::from(low)),
        length,
    });
    let six = (0u128..4, any::<u8>(), 0u32..=128).prop_map(|(high, low, length)| Block {
        width: 128,
        address: high << 126 | u128::from(low),
        length,
    });
    let near_the_end = (any::<u8>(), 22u32..=32).prop_map(|(low, length)| Block {
        width: 32,
        address: u128::from(u32::MAX << 8 | u32::from(low)),
        length,
    });
    prop::collection::vec((operation(), prop_oneof![four, six, near_the_end]), 0..12)
}

fn addresses(steps: &[BlockStep]) -> Addresses {
    steps.iter().fold(Addresses::none(), |set, (operation, block)| {
        operation.of_addresses(&set, &Addresses::block(&block.shown()).expect("a block"))
    })
}

fn has_address(steps: &[BlockStep], width: u32, number: u128) -> bool {
    steps.iter().fold(false, |is_in, &(operation, block)| operation.of_member(is_in, block.has(width, number)))
}

fn address_probes(steps: &[BlockStep]) -> Vec<(u32, u128)> {
    let borders = [(32, 0), (32, u128::from(u32::MAX)), (128, 0), (128, u128::MAX)];
    steps.iter().flat_map(|(_, block)| block.probes()).chain(borders).collect()
}

fn at((width, number): (u32, u128)) -> IpAddr {
    Block { width, address: number, length: width }.at(number)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn ports_are_those_that_each_step_leaves(steps in port_steps()) {
        let set = ports(&steps);
        let mut any = false;
        for (protocol, port) in port_probes(&steps) {
            let expected = has_port(&steps, protocol, port);
            any |= expected;
            prop_assert_eq!(set.contains(protocol, port), expected, "{} {}", protocol.as_str(), port);
        }
        prop_assert_eq!(set.is_empty(), !any);
    }

    #[test]
    fn equal_ports_are_equal_values(steps in port_steps()) {
        let set = ports(&steps);
        let parts: Vec<Ports> = set.ranges().map(|(protocol, first, last)| Ports::range(protocol, first, last)).collect();
        prop_assert_eq!(&Ports::union_of(&parts), &set);
        prop_assert_eq!(&parts.iter().rev().fold(Ports::none(), |set, part| part.union(&set)), &set);
        let ranges: Vec<_> = set.ranges().collect();
        for pair in ranges.windows(2) {
            let apart = pair[0].0 < pair[1].0 || u32::from(pair[0].2) + 1 < u32::from(pair[1].1);
            prop_assert!(apart, "{set} is in order and has no stretches that meet");
        }
        prop_assert_eq!(set.shown().is_empty(), set.is_empty());
    }

    #[test]
    fn laws_of_ports(one in port_steps(), other in port_steps()) {
        let (one, other) = (ports(&one), ports(&other));
        let common = one.intersection(&other);
        prop_assert_eq!(&common, &other.intersection(&one));
        prop_assert_eq!(&one.difference(&other).union(&common), &one);
        prop_assert_eq!(&one.difference(&one.difference(&other)), &common);
        prop_assert!(common.is_subset(&one) && one.is_subset(&one.union(&other)));
        prop_assert_eq!(one.is_subset(&other), one.difference(&other).is_empty());
        prop_assert_eq!(&Ports::all().difference(&Ports::all().difference(&one)), &one);
    }

    #[test]
    fn addresses_are_those_that_each_step_leaves(steps in block_steps()) {
        let set = addresses(&steps);
        let mut any = false;
        for (width, number) in address_probes(&steps) {
            let expected = has_address(&steps, width, number);
            any |= expected;
            prop_assert_eq!(set.contains(at((width, number))), expected, "{}", at((width, number)));
        }
        prop_assert_eq!(set.is_empty(), !any);
    }

    #[test]
    fn addresses_are_shown_as_the_fewest_blocks(steps in block_steps()) {
        let set = addresses(&steps);
        let shown = set.blocks();
        let blocks: Vec<Addresses> = shown.iter().map(|block| Addresses::block(block).expect("a block")).collect();
        prop_assert_eq!(&Addresses::union_of(&blocks), &set);
        for text in &shown {
            let (address, length) = text.split_once('/').expect("a block");
            let length: u32 = length.parse().expect("a length");
            if let Some(wider) = length.checked_sub(1) {
                let wider = Addresses::block(&format!("{address}/{wider}")).expect("a block");
                prop_assert!(!wider.is_subset(&set), "{text} is part of a larger block of {set}");
            }
        }
    }

    #[test]
    fn laws_of_addresses(one in block_steps(), other in block_steps()) {
        let (one, other) = (addresses(&one), addresses(&other));
        let common = one.intersection(&other);
        prop_assert_eq!(&common, &other.intersection(&one));
        prop_assert_eq!(&one.difference(&other).union(&common), &one);
        prop_assert!(common.is_subset(&one) && one.is_subset(&one.union(&other)));
        prop_assert_eq!(one.is_disjoint(&other), common.is_empty());
        prop_assert_eq!(one.is_subset(&other), one.difference(&other).is_empty());
        prop_assert_eq!(&Addresses::all().difference(&Addresses::all().difference(&one)), &one);
    }

    #[test]
    fn no_text_upsets_the_reader_of_blocks(text in "[0-9a-f:./ ]{0,24}|\\PC{0,8}/?\\PC{0,4}") {
        if let Some(addresses) = Addresses::block(&text) {
            prop_assert_eq!(addresses.blocks().len(), 1);
        }
    }
}

#[test]
fn ports_are_shown_for_people() {
    let udp = Ports::range(Protocol::Udp, 5000, 5010);
    assert_eq!(Ports::none().to_string(), "none");
    assert_eq!(Ports::all().shown(), ["all"]);
    assert_eq!(Ports::one(Protocol::Tcp, 8080).union(&udp).shown(), ["TCP 8080", "UDP 5000-5010"]);
    assert_eq!(
        Ports::all().difference(&Ports::one(Protocol::Udp, 1)).to_string(),
        "TCP 1-65535, UDP 2-65535, SCTP 1-65535"
    );
    assert!(Ports::one(Protocol::Tcp, 0).is_empty());
}

#[test]
fn addresses_are_shown_as_blocks() {
    let block = |text| Addresses::block(text).expect("a block");
    assert_eq!(block("10.1.2.3/8").to_string(), "10.0.0.0/8");
    assert_eq!(block("010.000.0.0/08").to_string(), "10.0.0.0/8");
    assert_eq!(block("2001:DB8::5/64").to_string(), "2001:db8::/64");
    assert_eq!(Addresses::all().to_string(), "0.0.0.0/0, ::/0");
    let rest = block("10.0.0.0/8").difference(&block("10.128.0.0/9"));
    assert_eq!(rest.union(&block("::1/128")).to_string(), "10.0.0.0/9, ::1/128");
    let but_one = block("0.0.0.0/30").difference(&block("0.0.0.1/32"));
    assert_eq!(but_one.blocks(), ["0.0.0.0/32", "0.0.0.2/31"]);
}
