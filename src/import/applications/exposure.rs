//! How applications are reached from outside: an Ingress, or an HTTPRoute on a Gateway; and what of it the framework can say
//! for all of them.

use std::collections::BTreeSet;

use ecow::{EcoString, eco_format};

use super::Together;
use super::cluster::Cluster;
use super::group::{Group, Stock, items, most_common, text};
use crate::import::parts::{Fields, as_int, bool_node, int_node, list_node, map_node, text_node};
use crate::node::{Map, Node};

/// The Gateway that a route hangs on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gateway {
    /// Its name.
    pub name: EcoString,
    /// Where it lives; with the route if nothing is said.
    pub namespace: Option<EcoString>,
}

/// A route's place on a Gateway.
pub(super) struct Hung {
    /// The Gateway.
    pub gateway: Gateway,
    /// The listener; all of them if none is named.
    listener: Option<EcoString>,
}

/// Says how it is reached; `None` where that has no words.
pub(super) fn say(group: &mut Group, stock: &Stock<'_>) -> Option<()> {
    let name = group.name.clone();
    if let Some(ingress) = group.claim(stock, "Ingress", &name) {
        return through_ingress(group, &ingress);
    }
    match group.claim(stock, "HTTPRoute", &name) {
        Some(route) => through_gateway(group, &route),
        None => Some(()),
    }
}

fn through_ingress(group: &mut Group, ingress: &Node) -> Option<()> {
    let mut fields = Fields::default();
    let rules = items(ingress, &["spec", "rules"]);
    say_hosts(&mut fields, rules.iter().filter_map(|rule| rule.get("host")).cloned().collect());
    let route = |path: &Node| {
        let port = path.at(&["backend", "service", "port", "number"]).and_then(as_int)?;
        leads(group, path.get("path")?, path.get("pathType")?.clone(), port)
    };
    let paths = items(rules.first()?, &["http", "paths"]);
    let routes = paths.iter().map(route).collect::<Option<Vec<_>>>()?;
    say_routes(&mut fields, group, routes)?;
    fields.put("className", ingress.at(&["spec", "ingressClassName"]).cloned());
    certificate(group, ingress, &mut fields);
    group.fields.put("expose", map_node(fields.0));
    Some(())
}

fn through_gateway(group: &mut Group, route: &Node) -> Option<()> {
    let [parent] = items(route, &["spec", "parentRefs"]) else { return None };
    let mut fields = Fields::default();
    say_hosts(&mut fields, items(route, &["spec", "hostnames"]).to_vec());
    let rule = |rule: &Node| {
        let path = items(rule, &["matches"]).first()?.get("path")?;
        let kind = text(path, &["type"])?;
        let kind = text_node(if kind == "PathPrefix" { "Prefix" } else { kind });
        let port = items(rule, &["backendRefs"]).first()?.get("port").and_then(as_int)?;
        leads(group, path.get("value")?, kind, port)
    };
    let routes = items(route, &["spec", "rules"]).iter().map(rule).collect::<Option<Vec<_>>>()?;
    say_routes(&mut fields, group, routes)?;
    let named = |key: &str| text(parent, &[key]).map(EcoString::from);
    let gateway = Gateway { name: named("name")?, namespace: named("namespace") };
    group.hung = Some(Hung { gateway, listener: named("sectionName") });
    fields.put_map("annotations", group.further_annotations(route));
    group.fields.put("expose", map_node(fields.0));
    Some(())
}

fn say_hosts(fields: &mut Fields, hosts: Vec<Node>) {
    match hosts.as_slice() {
        [] => {}
        [host] => fields.put("host", host.clone()),
        _ => fields.put("hosts", list_node(hosts)),
    }
}

/// A path, and where it leads.
struct Route {
    path: Node,
    kind: Node,
    /// The Service's port.
    port: i64,
    /// The container's.
    to: i64,
}

fn leads(group: &Group, path: &Node, kind: Node, port: i64) -> Option<Route> {
    let to = group.ports.iter().find(|listens| listens.service_port == port)?.port;
    Some(Route { path: path.clone(), kind, port, to })
}

fn say_routes(fields: &mut Fields, group: &mut Group, routes: Vec<Route>) -> Option<()> {
    let usual = group.usual_port()?.service_port;
    let Route { kind, port, .. } = routes.first()?;
    let kind = kind.clone();
    group.exposed = routes.iter().map(|route| route.to).collect();
    let together = Some(*port).filter(|port| routes.iter().all(|route| route.port == *port));
    let standard = together.unwrap_or(usual);
    let alone = routes.len() == 1;
    let mut paths: Vec<Node> = Vec::new();
    for route in routes {
        let mut one = Fields::default();
        one.put("path", route.path.clone());
        one.put("pathType", (route.kind != kind).then_some(route.kind));
        one.put("port", (route.port != standard).then(|| int_node(route.port)));
        paths.push(if one.0.fields.len() == 1 { route.path } else { map_node(one.0) });
    }
    match paths.as_slice() {
        [only] if alone && only.as_str() == Some("/") => {}
        [only] if alone => fields.put("path", only.clone()),
        _ => fields.put("paths", list_node(paths)),
    }
    fields.put("pathType", (kind.as_str() != Some("Prefix")).then_some(kind));
    fields.put("port", (standard != usual).then(|| int_node(standard)));
    Some(())
}

/// The annotations by which cert-manager is asked for a certificate, and the options.
const ISSUERS: [(&str, &str); 2] =
    [("cert-manager.io/issuer", "issuer"), ("cert-manager.io/cluster-issuer", "clusterIssuer")];

fn certificate(group: &Group, ingress: &Node, fields: &mut Fields) {
    let mut annotations = group.further_annotations(ingress);
    let mut issued = false;
    if let Some(tls) = items(ingress, &["spec", "tls"]).first() {
        for (annotation, option) in ISSUERS {
            let found = annotations.fields.iter().position(|field| field.key == annotation);
            let issuer = found.map(|at| annotations.fields.remove(at).value);
            issued |= issuer.is_some();
            fields.put(option, issuer);
        }
        let secret = text(tls, &["secretName"]).unwrap_or_default();
        let usual = secret == eco_format!("{}-tls", group.name);
        fields.put("tls", if usual { (!issued).then(|| bool_node(true)) } else { Some(text_node(secret)) });
    }
    fields.put_map("annotations", annotations);
}

// ── what holds for all ─────────────────────────────────────────────────────────────────────────────────────────────────

/// `framework.network.expose`: what all that is exposed has in common is said there, and each says the rest. If it is to be
/// little, each says all of it.
pub(super) fn share(groups: &mut [Group], cluster: &Cluster, together: Together) -> Map {
    let mut exposing = Fields::default();
    let exposed = || groups.iter().filter(|group| group.fields.0.get("expose").is_some());
    let routes = exposed().filter(|group| group.hung.is_some()).count();
    let by_gateway = together != Together::Little && routes * 2 > exposed().count();
    exposing.put("via", by_gateway.then(|| text_node("gateway")));
    if together != Together::Little {
        let mut ingresses: Vec<&mut Map> = exposures(groups, |group| group.hung.is_none());
        exposing.put("className", take_common(&mut ingresses, "className"));
        issuer(&mut ingresses, &mut exposing);
        exposing.put_map("annotations", common_annotations(&mut exposures(groups, |_| true)));
    }
    gateways(groups, cluster, by_gateway, &mut exposing);
    exposing.0
}

/// What is said of `expose` by those of the applications that are meant.
fn exposures(groups: &mut [Group], meant: impl Fn(&Group) -> bool) -> Vec<&mut Map> {
    let those = groups.iter_mut().filter(|group| meant(group));
    those.filter_map(|group| group.fields.0.get_mut("expose")?.as_map_mut()).collect()
}

/// Takes an option that several have, and all in the same way.
fn take_common(all: &mut [&mut Map], option: &str) -> Option<Node> {
    let value = all.first()?.get(option)?.clone();
    if all.len() < 2 || all.iter().any(|map| map.get(option) != Some(&value)) {
        return None;
    }
    all.iter_mut().for_each(|map| map.fields.retain(|field| field.key != option));
    Some(value)
}

/// Who makes the certificates, if it is the same one for all that have one.
fn issuer(ingresses: &mut Vec<&mut Map>, exposing: &mut Fields) {
    let has_tls = |map: &Map| ["tls", "issuer", "clusterIssuer"].iter().any(|option| map.get(option).is_some());
    ingresses.retain(|map| has_tls(map));
    for (_, option) in ISSUERS {
        let Some(common) = take_common(ingresses, option) else { continue };
        exposing.put(option, common);
        for map in ingresses.iter_mut().filter(|map| map.get("tls").is_none()) {
            insert(map, "tls", bool_node(true));
        }
    }
}

fn common_annotations(all: &mut [&mut Map]) -> Map {
    let of = |map: &Map| map.get("annotations").and_then(Node::as_map).cloned().unwrap_or_default();
    let mut common = all.first().filter(|_| all.len() > 1).map(|map| of(map)).unwrap_or_default();
    common.fields.retain(|field| all.iter().all(|map| of(map).get(&field.key) == Some(&field.value)));
    for map in all.iter_mut() {
        let mut left = of(map);
        left.fields.retain(|field| common.get(&field.key).is_none());
        match left.fields.is_empty() {
            true => map.fields.retain(|field| field.key != "annotations"),
            false => map.set("annotations", Default::default(), map_node(left)),
        }
    }
    common
}

/// Says an option before the annotations, which are the last.
fn insert(map: &mut Map, option: &str, value: Node) {
    let last = map.fields.iter().position(|field| field.key == "annotations");
    let annotations = last.map(|at| map.fields.remove(at));
    map.set(option, Default::default(), value);
    map.fields.extend(annotations);
}

/// The listeners of a Gateway that are meant without a word, and with `tls = true`.
#[derive(Clone, PartialEq, Eq)]
struct Listeners {
    plain: Option<EcoString>,
    encrypted: EcoString,
}

impl Listeners {
    /// What the name of a listener tells of it.
    fn usual() -> Listeners {
        Listeners { plain: None, encrypted: "https".into() }
    }

    /// Those that most routes name.
    fn of<'g>(routes: impl Iterator<Item = &'g Hung>) -> Listeners {
        let (encrypted, plain): (Vec<_>, Vec<_>) = routes
            .map(|hung| hung.listener.clone())
            .partition(|listener| listener.as_deref().is_some_and(is_encrypted));
        Listeners {
            plain: most_common(plain).flatten(),
            encrypted: most_common(encrypted).flatten().unwrap_or("https".into()),
        }
    }

    fn say(&self, fields: &mut Fields) {
        fields.put_text("listener", self.plain.clone());
        fields.put_text("tlsListener", Some(self.encrypted.clone()).filter(|name| name != "https"));
    }

    /// Whether a route says `tls = true` to get to its listener; `None` if it cannot get there.
    fn reach(&self, listener: &Option<EcoString>) -> Option<bool> {
        match listener {
            Some(name) if *name == self.encrypted => Some(true),
            listener => (*listener == self.plain).then_some(false),
        }
    }
}

fn is_encrypted(listener: &str) -> bool {
    ["https", "tls"].iter().any(|word| listener.contains(word))
        || listener.contains("secure") && !listener.contains("insecure")
}

/// Which Gateway each route hangs on: most of them on that of the framework.
fn gateways(groups: &mut [Group], cluster: &Cluster, by_gateway: bool, exposing: &mut Fields) {
    let hung = || groups.iter().filter_map(|group| group.hung.as_ref());
    let shared = most_common(hung().map(|hung| hung.gateway.clone())).filter(|_| by_gateway);
    let mut listeners = Listeners::usual();
    if let Some(shared) = &shared {
        listeners = Listeners::of(hung().filter(|hung| hung.gateway == *shared));
        let there = groups.iter().filter(|group| group.hung.as_ref().is_some_and(|hung| hung.gateway == *shared));
        let places: BTreeSet<&str> = there.map(Group::place).collect();
        let place = places.first().filter(|_| places.len() == 1).copied();
        exposing.put_map("gateway", whole(shared, place, &listeners, cluster).0);
    }
    for group in groups {
        let Some(mut expose) = group.fields.0.get("expose").and_then(Node::as_map).cloned() else { continue };
        match &group.hung {
            None if by_gateway => insert(&mut expose, "via", text_node("ingress")),
            None => continue,
            Some(hung) => {
                let common = listeners.reach(&hung.listener).filter(|_| shared.as_ref() == Some(&hung.gateway));
                let (encrypted, gateway) = match common {
                    Some(encrypted) => (encrypted, None),
                    None => own_gateway(hung, group.place(), &listeners, cluster),
                };
                let mut said = Fields::default();
                said.put("tls", encrypted.then(|| bool_node(true)));
                said.put("via", (!by_gateway).then(|| text_node("gateway")));
                said.put("gateway", gateway);
                said.0.fields.into_iter().for_each(|field| insert(&mut expose, &field.key, field.value));
            }
        }
        group.fields.put("expose", map_node(expose));
    }
}

/// A Gateway as an application names it, and whether it says `tls = true` for its listener there: the name alone stands for
/// listeners such as the framework's.
fn own_gateway(hung: &Hung, place: &str, common: &Listeners, cluster: &Cluster) -> (bool, Option<Node>) {
    let Gateway { name, namespace } = &hung.gateway;
    if let Some(encrypted) = common.reach(&hung.listener).filter(|_| !cluster.gateways.contains_key(&hung.gateway)) {
        let place = namespace.as_ref().map(|namespace| eco_format!("{namespace}/")).unwrap_or_default();
        return (encrypted, Some(text_node(eco_format!("{place}{name}"))));
    }
    let listeners = Listeners::of(std::iter::once(hung));
    let encrypted = listeners.reach(&hung.listener) == Some(true);
    (encrypted, Some(map_node(whole(&hung.gateway, Some(place), &listeners, cluster).0)))
}

/// All that is to be said of a Gateway, to routes in the namespace `place`, if all are in one.
fn whole(gateway: &Gateway, place: Option<&str>, listeners: &Listeners, cluster: &Cluster) -> Fields {
    let mut fields = Fields::default();
    fields.put_text("name", Some(gateway.name.clone()));
    fields.put_text("namespace", gateway.namespace.clone());
    listeners.say(&mut fields);
    if let Some(pods) = cluster.gateways.get(gateway) {
        fields.put_map("pods", pods.said(gateway.namespace.as_deref().or(place)).0);
    }
    fields
}
