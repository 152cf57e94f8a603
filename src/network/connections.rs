//! All pairs of pods between which something is open.
//!
//! Pods whose policies are the same share their side, and lists of many pods are kept once. So who lets in many is sorted by
//! its lists once for each side of those who go out to many, and then only pairs are looked at of which each end grants the
//! other something.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Ports;
use super::cluster::Direction;
use super::reach::Reach;
use super::towards::Towards;

impl Reach<'_> {
    /// All pairs of pods between which something is open, and what, in the order of the pods.
    pub fn connections(&self) -> impl Iterator<Item = (usize, usize, Ports)> + '_ {
        let hosts = Hosts::new(self);
        let mut by_side: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for from in 0..self.of_pods.len() {
            by_side.entry(self.of_pods[from][Direction::Egress as usize]).or_default().push(from);
        }
        let mut all: Vec<Vec<usize>> = vec![Vec::new(); self.of_pods.len()];
        for (side, guests) in by_side {
            let out = &self.sides[side].towards;
            let broad = hosts.among(out);
            for from in guests {
                all[from] = hosts.of(from, out, &broad);
            }
        }
        all.into_iter().enumerate().flat_map(move |(from, to)| {
            to.into_iter().map(move |to| (from, to, self.open(from, to))).filter(|(_, _, ports)| !ports.is_empty())
        })
    }
}

/// Who lets in whom.
struct Hosts<'r> {
    reach: &'r Reach<'r>,
    /// Those that let in everybody.
    open: Vec<usize>,
    /// Those that let in the pods of a list of many, by the list.
    by_list: Vec<Vec<usize>>,
    /// The lists by which each lets in many.
    lists: Vec<Vec<usize>>,
    /// The lists that each of the pods is in.
    lists_with: Vec<Vec<usize>>,
    /// Those that let in one of few pods, by that.
    by_guest: Vec<Vec<usize>>,
}

/// Those of whom a side goes out to many or to all: who lets in everybody, and who lets in a list.
type Among = (Vec<usize>, FxHashMap<usize, Vec<usize>>);

impl<'r> Hosts<'r> {
    fn new(reach: &'r Reach<'r>) -> Hosts<'r> {
        let number = reach.of_pods.len();
        let of_each = || vec![Vec::new(); number];
        let (open, by_list) = Default::default();
        let mut hosts = Hosts { reach, open, by_list, lists: of_each(), lists_with: of_each(), by_guest: of_each() };
        let mut known: FxHashMap<*const usize, usize> = FxHashMap::default();
        for to in 0..number {
            let inwards = hosts.inwards(to);
            if !inwards.everybody.is_empty() {
                hosts.open.push(to);
            }
            for list in inwards.lists() {
                let at = *known.entry(Arc::as_ptr(list).cast()).or_insert(hosts.by_list.len());
                if at == hosts.by_list.len() {
                    hosts.by_list.push(Vec::new());
                    list.iter().for_each(|&from| hosts.lists_with[from].push(at));
                }
                hosts.by_list[at].push(to);
                hosts.lists[to].push(at);
            }
            for from in inwards.few() {
                hosts.by_guest[from].push(to);
            }
        }
        hosts
    }

    fn inwards(&self, to: usize) -> &'r Towards {
        &self.reach.side(to, Direction::Ingress).towards
    }

    /// Those that a side goes out to because it does so to many.
    fn among(&self, out: &Towards) -> Among {
        let (mut open, mut by_list): Among = Default::default();
        // Where it goes to everybody, those are the lists themselves.
        if out.everybody.is_empty() {
            let mut many: Vec<usize> = out.many().collect();
            many.sort_unstable();
            many.dedup();
            for to in many {
                if !self.inwards(to).everybody.is_empty() {
                    open.push(to);
                }
                for &list in &self.lists[to] {
                    by_list.entry(list).or_default().push(to);
                }
            }
        }
        (open, by_list)
    }

    /// Whom some pods may reach, in order.
    fn of(&self, from: usize, out: &Towards, (open, by_list): &Among) -> Vec<usize> {
        let mut to: Vec<usize> = out.few().collect();
        if out.is_broad() {
            to.extend(&self.by_guest[from]);
        }
        let lists = self.lists_with[from].iter();
        if out.everybody.is_empty() {
            to.extend(open);
            to.extend(lists.filter_map(|list| by_list.get(list)).flatten());
        } else {
            to.extend(&self.open);
            to.extend(lists.flat_map(|&list| &self.by_list[list]));
        }
        to.sort_unstable();
        to.dedup();
        to
    }
}
