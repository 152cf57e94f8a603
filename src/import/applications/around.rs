//! What is around the pods of an application: how many there are, what they may do, how they are reached and observed.

use ecow::eco_format;

use super::group::{Group, NAME, Stock, copy, items, text};
use super::pods::Workload;
use crate::import::compare::difference;
use crate::import::entries::scaling::usage;
use crate::import::parts::{Fields, as_int, bool_node, int_node, list_node, map_node, single, text_node};
use crate::node::{Map, Node, NodeKind};
use crate::schema::Version;

/// Says all of it; `None` where something has no words.
pub(super) fn say(group: &mut Group, stock: &Stock<'_>, workload: &Workload, of: Settings<'_>) -> Option<()> {
    scaling(group, stock, workload)?;
    access(group, stock, workload, of.version)?;
    expose(group, stock)?;
    monitoring(group, stock, workload, of)
}

/// What rules ask of the configuration as a whole.
#[derive(Clone, Copy)]
pub(super) struct Settings<'a> {
    /// What the objects are for.
    pub version: Version<'a>,
    /// Whether ServiceMonitors are made.
    pub operator: bool,
    /// How often they have metrics scraped.
    pub interval: Option<&'a Node>,
}

fn scaling(group: &mut Group, stock: &Stock<'_>, workload: &Workload) -> Option<()> {
    let name = group.name.clone();
    let replicas = workload.spec.get("replicas").and_then(as_int).unwrap_or(1);
    let (mut least, mut most) = (replicas, replicas);
    if let Some(scaler) = group.claim(stock, "HorizontalPodAutoscaler", &name) {
        let mut fields = Fields::default();
        least = scaler.at(&["spec", "minReplicas"]).and_then(as_int)?;
        most = scaler.at(&["spec", "maxReplicas"]).and_then(as_int)?;
        fields.put("min", (least != 1).then(|| int_node(least)));
        fields.put("max", int_node(most));
        let metrics = items(&scaler, &["spec", "metrics"]);
        for resource in ["cpu", "memory"] {
            let usual = resource == "cpu" && metrics.len() == 1;
            let share = metrics.iter().find_map(|metric| usage(metric, resource));
            fields.put(resource, share.filter(|share| !usual || as_int(share) != Some(80)));
        }
        group.fields.put_map("autoscaling", fields.0);
    }
    let budget = group.claim(stock, "PodDisruptionBudget", &name);
    let replicated = matches!(workload.kind.as_str(), "Deployment" | "StatefulSet");
    match budget {
        Some(budget) => {
            let mut fields = Fields::default();
            copy(&mut fields, budget.get("spec")?, &["minAvailable", "maxUnavailable"]);
            let usual = least > 1 && fields.0.get("maxUnavailable").and_then(as_int) == Some(1);
            group.fields.put("disruptionBudget", (!usual).then(|| map_node(fields.0)));
        }
        None if replicated && least > 1 => group.fields.put("disruptionBudget", bool_node(false)),
        None => {}
    }
    replaced(group, workload);
    spread(group, workload, most);
    Some(())
}

/// How pods are replaced.
fn replaced(group: &mut Group, workload: &Workload) {
    let given = ["strategy", "updateStrategy"].iter().find_map(|key| workload.spec.get(key));
    let Some((given, kind)) = given.and_then(|given| Some((given, text(given, &["type"])?))) else { return };
    if workload.kind == "Deployment" && kind == "Recreate" && Workload::keeps_one(group.fields.0.get("storage")) {
        return;
    }
    let strategy = match given.get("rollingUpdate") {
        Some(numbers) => single("rollingUpdate", numbers.clone()),
        None => text_node(kind),
    };
    group.fields.put("strategy", strategy);
}

fn spread(group: &mut Group, workload: &Workload, most: i64) {
    let given = items(&workload.pod, &["topologySpreadConstraints"]);
    let given = list_node(given.to_vec());
    let is = |otherwise: &str| difference(&given, &usual_spread(&group.name, otherwise)).is_none();
    let said = if most <= 1 || is("ScheduleAnyway") {
        return;
    } else if given.as_list().is_some_and(<[Node]>::is_empty) {
        bool_node(false)
    } else if is("DoNotSchedule") {
        text_node("required")
    } else {
        given
    };
    group.fields.put("spread", said);
}

/// Over nodes and over zones.
fn usual_spread(name: &str, otherwise: &str) -> Node {
    let over = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map(|key| {
        let mut fields = Fields::default();
        fields.put("labelSelector", single("matchLabels", single(NAME, text_node(name))));
        fields.put("maxSkew", int_node(1));
        fields.put("topologyKey", text_node(key));
        fields.put("whenUnsatisfiable", text_node(otherwise));
        map_node(fields.0)
    });
    list_node(over.into())
}

/// The service account and its rights.
fn access(group: &mut Group, stock: &Stock<'_>, workload: &Workload, version: Version<'_>) -> Option<()> {
    let name = group.name.clone();
    let used = text(&workload.pod, &["serviceAccountName"])?;
    let mut rules = Vec::new();
    if let Some(role) = group.claim(stock, "Role", &name) {
        group.claim(stock, "RoleBinding", &name);
        rules.extend(items(&role, &["rules"]).iter().map(|given| rule(given, false, version)));
    }
    let everywhere = eco_format!("{}-{name}", group.place());
    if let Some(role) = group.claim_in(stock, "ClusterRole", "", &everywhere) {
        group.claim_in(stock, "ClusterRoleBinding", "", &everywhere);
        rules.extend(items(&role, &["rules"]).iter().map(|given| rule(given, true, version)));
    }
    let account = group.claim(stock, "ServiceAccount", used);
    let usual = NodeKind::Bool(!rules.is_empty());
    let token = workload.pod.get("automountServiceAccountToken").filter(|token| token.kind != usual);
    if account.is_none() && token.is_none() {
        group.fields.put("serviceAccount", text_node(used));
    } else {
        let mut fields = Fields::default();
        fields.put("name", (used != name || account.is_none()).then(|| text_node(used)));
        fields.put("create", account.is_none().then(|| bool_node(false)));
        fields.put_map("annotations", account.map(|account| group.further_annotations(&account)).unwrap_or_default());
        fields.put("automountToken", token.cloned());
        group.fields.put_map("serviceAccount", fields.0);
    }
    group.fields.put("rbac", (!rules.is_empty()).then(|| list_node(rules)));
    Some(())
}

fn rule(given: &Node, everywhere: bool, version: Version<'_>) -> Node {
    let mut fields = Fields::default();
    copy(&mut fields, given, &["resources"]);
    fields.put("names", given.get("resourceNames").cloned());
    copy(&mut fields, given, &["nonResourceURLs", "verbs"]);
    let known = |resource: &Node| {
        let plural = resource.as_str()?.split('/').next()?;
        let kinds = || version.kinds().iter().filter(|kind| kind.plural == plural);
        kinds().find(|kind| kind.preferred).or_else(|| kinds().next()).map(|kind| kind.group.as_str())
    };
    let groups = items(given, &["apiGroups"]);
    let usual = match groups {
        [only] => items(given, &["resources"]).iter().all(|resource| known(resource) == only.as_str()),
        groups => groups.is_empty(),
    };
    fields.put("apiGroups", (!usual).then(|| list_node(groups.to_vec())));
    fields.put("clusterWide", everywhere.then(|| bool_node(true)));
    map_node(fields.0)
}

/// How it is reached from outside.
fn expose(group: &mut Group, stock: &Stock<'_>) -> Option<()> {
    let name = group.name.clone();
    let Some(ingress) = group.claim(stock, "Ingress", &name) else { return Some(()) };
    let mut fields = Fields::default();
    let rules = items(&ingress, &["spec", "rules"]);
    let hosts: Vec<Node> = rules.iter().filter_map(|rule| rule.get("host")).cloned().collect();
    match hosts.as_slice() {
        [] => {}
        [host] => fields.put("host", host.clone()),
        _ => fields.put("hosts", list_node(hosts)),
    }
    let paths = items(rules.first()?, &["http", "paths"]);
    let routes = paths.iter().map(|path| route(group, path)).collect::<Option<Vec<_>>>()?;
    group.exposed = routes.iter().map(|route| route.to).collect();
    say_routes(&mut fields, routes, usual_port(group)?);
    fields.put("className", ingress.at(&["spec", "ingressClassName"]).cloned());
    certificate(group, &ingress, &mut fields);
    group.fields.put_map("expose", fields.0);
    Some(())
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

fn route(group: &Group, path: &Node) -> Option<Route> {
    let port = path.at(&["backend", "service", "port", "number"]).and_then(as_int)?;
    let to = group.ports.iter().find(|listens| listens.service_port == port)?.port;
    Some(Route { path: path.get("path")?.clone(), kind: path.get("pathType")?.clone(), port, to })
}

/// The Service's port that is meant where nobody says which.
fn usual_port(group: &Group) -> Option<i64> {
    let mut candidates = group.ports.iter().filter(|port| port.protocol == "TCP");
    let first = candidates.clone().next();
    candidates.find(|port| port.name.as_deref() == Some("http")).or(first).map(|port| port.service_port)
}

fn say_routes(fields: &mut Fields, routes: Vec<Route>, usual: i64) {
    let Some(Route { kind, port, .. }) = routes.first() else { return };
    let kind = kind.clone();
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
}

fn certificate(group: &Group, ingress: &Node, fields: &mut Fields) {
    let mut annotations = group.further_annotations(ingress);
    let mut issued = false;
    if let Some(tls) = items(ingress, &["spec", "tls"]).first() {
        for (annotation, option) in
            [("cert-manager.io/issuer", "issuer"), ("cert-manager.io/cluster-issuer", "clusterIssuer")]
        {
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

/// Who scrapes its metrics.
fn monitoring(group: &mut Group, stock: &Stock<'_>, workload: &Workload, of: Settings<'_>) -> Option<()> {
    let mut fields = Fields::default();
    let name = group.name.clone();
    if let Some(monitor) = group.claim(stock, "ServiceMonitor", &name) {
        let beside = group.claim_part(stock, "Service", "metrics");
        watched(group, &monitor, beside.as_ref(), &mut fields)?;
        let interval = items(&monitor, &["spec", "endpoints"]).first().and_then(|endpoint| endpoint.get("interval"));
        fields.put("interval", interval.filter(|interval| Some(*interval) != of.interval).cloned());
    } else if of.operator && group.ports.iter().any(|port| port.name.as_deref() == Some("metrics")) {
        fields.put("prometheus", bool_node(false));
    } else {
        let annotations = workload.template.at(&["metadata", "annotations"]).and_then(Node::as_map);
        let said = |key: &str| annotations.and_then(|map: &Map| map.get(key)).and_then(Node::as_str);
        if said("prometheus.io/scrape") == Some("true") {
            let port: i64 = said("prometheus.io/port")?.parse().ok()?;
            group.scraped.push(port);
            let usual = metrics_port(group) == Some(port);
            fields.put("prometheus", usual.then(|| bool_node(true)));
            fields.put("metricsPort", (!usual).then(|| int_node(port)));
            fields.put("metricsPath", said("prometheus.io/path").filter(|path| *path != "/metrics").map(text_node));
        }
    }
    group.fields.put_map("monitoring", fields.0);
    Some(())
}

/// The container's port that is scraped where nobody says which.
fn metrics_port(group: &Group) -> Option<i64> {
    let called = group.ports.iter().find(|port| port.name.as_deref() == Some("metrics"));
    let usual = || usual_port(group).and_then(|usual| group.ports.iter().find(|port| port.service_port == usual));
    called.or_else(usual).map(|port| port.port)
}

/// What a ServiceMonitor says: the application's own port, and those of exporters.
fn watched(group: &mut Group, monitor: &Node, beside: Option<&Node>, fields: &mut Fields) -> Option<()> {
    let endpoints = items(monitor, &["spec", "endpoints"]);
    let in_front = beside.map(|service| items(service, &["spec", "ports"])).unwrap_or_default();
    for endpoint in endpoints {
        let name = text(endpoint, &["port"])?;
        let served = in_front.iter().find(|port| text(port, &["name"]) == Some(name));
        let served = served.and_then(|port| as_int(port.get("port")?));
        let own = group.ports.iter().find(|port| port.name.as_deref() == Some(name)).map(|port| port.port);
        group.scraped.push(served.or(own)?);
        if let Some(exporter) = name.strip_suffix("-exporter").filter(|_| own.is_none()) {
            fields.put(&eco_format!("{}_exporter", exporter.replace('-', "_")), served.map(int_node));
            continue;
        }
        let usual = own.is_some() && own == metrics_port(group);
        let said = if name == "metrics" && usual { None } else { Some(text_node(name)) };
        match said {
            Some(_) if usual => fields.put("prometheus", bool_node(true)),
            said => fields.put("metricsPort", said),
        }
        fields.put("metricsPath", text(endpoint, &["path"]).filter(|path| *path != "/metrics").map(text_node));
    }
    Some(())
}
