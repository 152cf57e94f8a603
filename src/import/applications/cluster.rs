//! Who is in the cluster beside the applications: those who resolve names, bring requests, scrape metrics and take traces.
//! Policies open the way to them without a word where they are the customary ones, or those that `framework` names.

use std::collections::{BTreeMap, BTreeSet};

use super::exposure::Gateway;
use super::group::{Group, NAME};
use super::monitoring::Collector;
use super::network::{Opening, Party};
use crate::import::parts::Fields;

/// What policies say of the cluster.
pub(super) struct Cluster {
    dns: Party,
    controller: Party,
    monitoring: Party,
    /// The pods that requests come from, of Gateways where these are not the customary ones.
    pub gateways: BTreeMap<Gateway, Party>,
    /// The pods that traces go to, if anybody sends some.
    pub collector: Option<Party>,
    /// Their port.
    traces: Option<i64>,
}

impl Cluster {
    /// What fits the most of what applications open to somebody who is no application.
    pub fn of(groups: &[Group], dns: Option<Party>, collector: Option<&Collector>) -> Cluster {
        let scraped = groups.iter().map(|group| (group, group.scraped.as_slice(), usual_monitoring()));
        let direct = groups.iter().filter(|group| group.hung.is_none());
        let exposed = direct.map(|group| (group, group.exposed.as_slice(), usual_controller()));
        let mut cluster = Cluster {
            dns: dns.unwrap_or_else(usual_dns),
            controller: unusual(exposed.map(comes_in)).unwrap_or_else(usual_controller),
            monitoring: unusual(scraped.map(comes_in)).unwrap_or_else(usual_monitoring),
            gateways: BTreeMap::new(),
            collector: None,
            traces: None,
        };
        cluster.hang(groups);
        cluster.listen(groups, collector);
        cluster
    }

    /// Finds the pods of Gateways.
    fn hang(&mut self, groups: &[Group]) {
        let hung = |group: &Group| group.hung.as_ref().map(|hung| hung.gateway.clone());
        for gateway in groups.iter().filter_map(hung).collect::<BTreeSet<_>>() {
            let those = groups.iter().filter(|group| hung(group).as_ref() == Some(&gateway));
            let exposed = those.map(|group| (group, group.exposed.as_slice(), usual_proxies(&gateway, group)));
            if let Some(party) = unusual(exposed.map(comes_in)) {
                self.gateways.insert(gateway, party);
            }
        }
    }

    /// Finds the pods that traces go to.
    fn listen(&mut self, groups: &[Group], collector: Option<&Collector>) {
        let Some(collector) = collector else { return };
        let usual = Party::named(&collector.namespace, NAME, "opentelemetry-collector");
        let is_to = |opening: &Opening| opening.is_to(&collector.namespace, collector.port);
        let traced = groups.iter().filter(|group| group.traced);
        let traced = traced.map(|group| Some((usual.clone(), parties(&group.to, is_to))));
        self.collector = Some(unusual(traced).unwrap_or(usual));
        self.traces = Some(collector.port);
    }

    /// Whether somebody whose traces go to the collector connects to it without a word.
    pub fn takes_traces(&self, group: &Group, opening: &Opening) -> bool {
        let there = |party: &Party| self.traces.is_some_and(|port| opening.party == *party && opening.is_for(&[port]));
        group.traced && self.collector.as_ref().is_some_and(there)
    }

    /// Whether who exposes or scrapes an application connects to it without a word.
    pub fn comes_in(&self, group: &Group, opening: &Opening) -> bool {
        let proxies = match &group.hung {
            None => self.controller.clone(),
            Some(hung) => {
                self.gateways.get(&hung.gateway).cloned().unwrap_or_else(|| usual_proxies(&hung.gateway, group))
            }
        };
        opening.party == proxies && opening.is_for(&group.exposed)
            || opening.party == self.monitoring && opening.is_for(&group.scraped)
    }

    /// What has to be said in `framework.network`.
    pub fn say(&self, network: &mut Fields) {
        for (option, party, usual) in [
            ("dns", &self.dns, usual_dns()),
            ("ingressController", &self.controller, usual_controller()),
            ("monitoring", &self.monitoring, usual_monitoring()),
        ] {
            if *party != usual {
                network.put_map(option, party.said(None).0);
            }
        }
    }
}

fn usual_dns() -> Party {
    Party::named("kube-system", "k8s-app", "kube-dns")
}

fn usual_controller() -> Party {
    Party::named("ingress-nginx", NAME, "ingress-nginx")
}

fn usual_monitoring() -> Party {
    Party::named("monitoring", NAME, "prometheus")
}

/// The pods of a Gateway, as its implementation labels them.
fn usual_proxies(gateway: &Gateway, group: &Group) -> Party {
    let namespace = gateway.namespace.as_deref().unwrap_or(group.place());
    Party::named(namespace, "gateway.networking.k8s.io/gateway-name", &gateway.name)
}

/// The customary party, and those to whom an application opens just these ports; nothing if there are none.
fn comes_in<'g>((group, ports, usual): (&'g Group, &'g [i64], Party)) -> Option<(Party, BTreeSet<&'g Party>)> {
    (!ports.is_empty()).then(|| (usual, parties(&group.from, |opening| opening.is_for(ports))))
}

/// The parties of the openings that are meant.
fn parties(openings: &[Opening], meant: impl Fn(&Opening) -> bool) -> BTreeSet<&Party> {
    openings.iter().filter(|opening| meant(opening)).map(|opening| &opening.party).collect()
}

/// The party that all have, where not all have the usual one.
fn unusual<'g>(all: impl Iterator<Item = Option<(Party, BTreeSet<&'g Party>)>>) -> Option<Party> {
    let mut left: Option<BTreeSet<&Party>> = None;
    let mut as_usual = true;
    for (usual, here) in all.flatten() {
        as_usual &= here.contains(&usual);
        left = Some(match left {
            Some(left) => left.intersection(&here).copied().collect(),
            None => here,
        });
    }
    left?.first().filter(|_| !as_usual).map(|party| (*party).clone())
}
