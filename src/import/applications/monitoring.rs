//! How applications are observed: who scrapes their metrics, and where they send their traces.

use ecow::{EcoString, eco_format};

use super::cluster::Cluster;
use super::group::{Group, MANAGED_BY, NAME, Stock, items, label, metadata, most_common, text};
use super::network::Opening;
use super::pods::{Workload, is_workload, own_container};
use super::{Surroundings, Together};
use crate::import::compare::bare;
use crate::import::parts::{Fields, as_int, bool_node, int_node, map_node, says_something, single, text_node};
use crate::layers::Object;
use crate::node::{Map, Node};

/// What is observed of all applications.
pub(super) struct Observed {
    /// Whether ServiceMonitors are made.
    operator: bool,
    /// How often they have metrics scraped.
    interval: Option<Node>,
    /// The labels that they have and others do not.
    labels: Map,
    /// Where traces are sent to.
    pub collector: Option<Collector>,
}

impl Observed {
    /// What those that are `free` have in common.
    pub fn of(around: &Surroundings<'_>, project: &str, free: &impl Fn(usize) -> bool) -> Observed {
        let is_monitor = |(at, object): &(usize, &Object)| object.kind() == "ServiceMonitor" && free(*at);
        let monitors = around.objects.iter().enumerate().filter(is_monitor).map(|(_, object)| &object.node);
        let monitors: Vec<&Node> = monitors.filter(|node| label(node, MANAGED_BY) == Some("nxk")).collect();
        let collector = Collector::of(around, project, free);
        let mut observed =
            Observed { operator: !monitors.is_empty(), interval: None, labels: Map::default(), collector };
        let Some(first) = monitors.first() else { return observed };
        let endpoint = items(first, &["spec", "endpoints"]).first();
        observed.interval = endpoint.and_then(|endpoint| endpoint.get("interval")).map(bare);
        observed.labels = metadata(first, "labels");
        around.compliance.split(&mut observed.labels);
        let name = label(first, NAME);
        let own = |object: &&Object| is_workload(object) && Some(object.name()) == name;
        let own = around.objects.iter().find(own).map(|object| metadata(&object.node, "labels")).unwrap_or_default();
        observed.labels.fields.retain(|field| own.get(&field.key) != Some(&field.value));
        observed
    }

    /// `framework.observability`, and what applications say where they are not like most.
    pub fn said(&self, groups: &mut [Group], cluster: &Cluster) -> Map {
        let tracing = groups.iter().filter(|group| group.traced).count() * 2 > groups.len();
        for group in groups.iter_mut().filter(|group| group.traced != tracing) {
            let said = group.fields.0.get("monitoring").and_then(Node::as_map).cloned().unwrap_or_default();
            let mut said = Fields(said);
            said.put("tracing", bool_node(group.traced));
            group.fields.put("monitoring", map_node(said.0));
        }
        let mut fields = Fields::default();
        fields.put("enabled", (self.operator && tracing).then(|| bool_node(true)));
        fields.put("prometheus", (self.operator && !tracing).then(|| bool_node(true)));
        fields.put("tracing", (tracing && !self.operator).then(|| bool_node(true)));
        fields.put("interval", self.interval.clone().filter(says_something));
        fields.put_map("monitorLabels", self.labels.clone());
        if let Some(collector) = self.collector.as_ref().filter(|_| groups.iter().any(|group| group.traced)) {
            fields.put_map("collector", collector.said(cluster));
        }
        fields.0
    }
}

/// Says what is observed of one; `None` where that has no words.
pub(super) fn say(group: &mut Group, stock: &Stock<'_>, workload: &Workload, of: &Observed) -> Option<()> {
    let mut fields = Fields::default();
    let name = group.name.clone();
    if let Some(monitor) = group.claim(stock, "ServiceMonitor", &name) {
        let beside = group.claim_part(stock, "Service", "metrics");
        watched(group, &monitor, beside.as_ref(), &mut fields)?;
        let interval = items(&monitor, &["spec", "endpoints"]).first().and_then(|endpoint| endpoint.get("interval"));
        fields.put("interval", interval.filter(|interval| Some(*interval) != of.interval.as_ref()).cloned());
    } else if of.operator && group.ports.iter().any(|port| port.name.as_deref() == Some("metrics")) {
        fields.put("prometheus", bool_node(false));
    } else {
        annotated(group, workload, &mut fields)?;
    }
    group.fields.put_map("monitoring", fields.0);
    Some(())
}

/// What the annotations by which Prometheus finds pods say.
fn annotated(group: &mut Group, workload: &Workload, fields: &mut Fields) -> Option<()> {
    let annotations = workload.template.at(&["metadata", "annotations"]).and_then(Node::as_map);
    let said = |key: &str| annotations.and_then(|map: &Map| map.get(key)).and_then(Node::as_str);
    if said("prometheus.io/scrape") != Some("true") {
        return Some(());
    }
    let port: i64 = said("prometheus.io/port")?.parse().ok()?;
    group.scraped.push(port);
    let path = said("prometheus.io/path").filter(|path| *path != "/metrics").map(text_node);
    let declared = group.ports.is_empty() || group.ports.iter().chain(&group.beside).any(|known| known.port == port);
    if metrics_port(group) == Some(port) {
        fields.put("prometheus", bool_node(true));
    } else if !declared && path.is_none() {
        let (name, is_customary) = exporter_on(port);
        fields.put(&name, if is_customary { bool_node(true) } else { int_node(port) });
    } else {
        fields.put("metricsPort", int_node(port));
    }
    fields.put("metricsPath", path);
    Some(())
}

/// The container's port that is scraped where nobody says which.
fn metrics_port(group: &Group) -> Option<i64> {
    let called = group.ports.iter().find(|port| port.name.as_deref() == Some("metrics"));
    called.or_else(|| group.usual_port()).map(|port| port.port)
}

/// The exporters and the ports on which they customarily listen.
const EXPORTERS: &str = include_str!("../../../stdlib/layers/applications/exporters.nxk");

fn customary() -> impl Iterator<Item = (&'static str, i64)> {
    let exporter = |line: &'static str| {
        let (name, port) = line.trim().strip_suffix(';')?.split_once(" = ")?;
        Some((name, port.parse().ok()?))
    };
    EXPORTERS.lines().filter_map(exporter)
}

/// What an exporter on a port may be called, and whether it is the one that is customary there.
fn exporter_on(port: i64) -> (EcoString, bool) {
    let known = customary().find(|(_, customary)| *customary == port);
    known.map_or((EcoString::from("other_exporter"), false), |(name, _)| (name.into(), true))
}

/// What a ServiceMonitor says: the application's own port, and those of exporters.
fn watched(group: &mut Group, monitor: &Node, beside: Option<&Node>, fields: &mut Fields) -> Option<()> {
    let endpoints = items(monitor, &["spec", "endpoints"]);
    let in_front = beside.map(|service| items(service, &["spec", "ports"])).unwrap_or_default();
    for endpoint in endpoints {
        let name = text(endpoint, &["port"])?;
        let served = in_front.iter().find(|port| text(port, &["name"]) == Some(name));
        let served = served.and_then(|port| as_int(port.get("port")?));
        let own = group.ports.iter().find(|port| port.is_called(name));
        group.scraped.push(served.or(own.map(|own| own.port))?);
        let exporter = name.strip_suffix("-exporter").filter(|_| own.is_none());
        match (own, exporter) {
            (None, Some(exporter)) => {
                let exporter = eco_format!("{}_exporter", exporter.replace('-', "_"));
                let is_customary = customary().any(|(name, port)| name == exporter && Some(port) == served);
                fields.put(&exporter, if is_customary { Some(bool_node(true)) } else { served.map(int_node) });
                continue;
            }
            (None, None) => fields.put("metricsPort", served.map(int_node)),
            (Some(own), _) if metrics_port(group) != Some(own.port) => {
                let number = || int_node(own.service_port);
                fields.put("metricsPort", own.name.clone().map_or_else(number, text_node));
            }
            (Some(_), _) => fields.put("prometheus", (name != "metrics").then(|| bool_node(true))),
        }
        fields.put("metricsPath", text(endpoint, &["path"]).filter(|path| *path != "/metrics").map(text_node));
    }
    Some(())
}

// ── traces ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Where traces are sent to, as the variables of most applications that send some say it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Collector {
    service: EcoString,
    /// Its namespace.
    pub namespace: EcoString,
    /// Its port.
    pub port: i64,
    protocol: EcoString,
    /// `OTEL_RESOURCE_ATTRIBUTES`
    attributes: EcoString,
    /// The environment in which they run, if that is in the attributes.
    pub environment: Option<EcoString>,
}

const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
const EXPORTER: &str = "OTEL_TRACES_EXPORTER";
const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";

/// What `framework.environment` may be.
const ENVIRONMENTS: [&str; 4] = ["development", "staging", "production", "regulated"];

impl Collector {
    fn of(around: &Surroundings<'_>, project: &str, free: &impl Fn(usize) -> bool) -> Option<Collector> {
        let candidates = around.objects.iter().enumerate().filter(|(at, object)| free(*at) && is_workload(object));
        let named = |object: &Object| {
            let env = items(own_container(&object.node)?, &["env"]);
            let value = |name| text(env.iter().find(|one| text(one, &["name"]) == Some(name))?, &["value"]);
            let (place, port) = value(ENDPOINT)?.strip_prefix("http://")?.rsplit_once(':')?;
            let (service, namespace) = place.split_once('.')?;
            let usual = format!("service.namespace={project}");
            let rest = value(ATTRIBUTES)?.strip_prefix(&usual)?;
            let environment = rest.strip_prefix(",deployment.environment.name=");
            let may_be_said = around.together == Together::Everything;
            let environment = environment.filter(|name| ENVIRONMENTS.contains(name) && may_be_said);
            Some(Collector {
                service: service.into(),
                namespace: namespace.into(),
                port: port.parse().ok()?,
                protocol: value(PROTOCOL)?.into(),
                attributes: environment
                    .map_or(usual.clone(), |name| format!("{usual},deployment.environment.name={name}"))
                    .into(),
                environment: environment.map(EcoString::from),
            })
        };
        most_common(candidates.filter_map(|(_, object)| named(object)))
    }

    /// Takes the variables out of `env` that say where traces go; answers whether they do.
    pub fn take(&self, group: &Group, env: &mut Map, policies: bool) -> bool {
        let opening = |opening: &Opening| opening.is_to(&self.namespace, self.port);
        let wanted = [
            (SERVICE_NAME, group.name.clone()),
            (ENDPOINT, eco_format!("http://{}.{}:{}", self.service, self.namespace, self.port)),
            (PROTOCOL, self.protocol.clone()),
            (EXPORTER, "otlp".into()),
            (ATTRIBUTES, self.attributes.clone()),
        ];
        let all = wanted.iter().all(|(name, _)| env.get(name).is_some());
        let there = env.get(ENDPOINT).and_then(Node::as_str) == Some(&wanted[1].1);
        if !all || !there || policies && !group.to.iter().any(opening) {
            return false;
        }
        env.fields.retain(|field| {
            let usual = wanted.iter().find(|(name, _)| *name == field.key);
            usual.is_none_or(|(_, value)| field.value.as_str() != Some(value))
        });
        true
    }

    /// `framework.observability.collector`
    fn said(&self, cluster: &Cluster) -> Map {
        let mut fields = Fields::default();
        fields.put_text("namespace", Some(self.namespace.clone()).filter(|name| name != "observability"));
        fields.put_text("service", Some(self.service.clone()).filter(|name| name != "otel-collector"));
        if let Some(labels) = cluster.collector.as_ref().and_then(|party| party.said(None).0.get("podLabels").cloned())
        {
            let usual = single(NAME, text_node("opentelemetry-collector"));
            fields.put("podLabels", (labels != usual).then_some(labels));
        }
        fields.put("port", (self.port != 4317).then(|| int_node(self.port)));
        fields.put_text("protocol", Some(self.protocol.clone()).filter(|protocol| protocol != "grpc"));
        fields.0
    }
}
