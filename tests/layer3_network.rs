//! Who reaches whom: what layer 3 makes of `dependencies`, `egress`, `allowFrom`, `expose`, `monitoring`,
//! `serviceAccount` and `rbac`. Whole files in, objects out.
//!
//! What policies open is not read off their text but asked of a small model of NetworkPolicy ([`Network`]), which
//! knows nothing of how nxk writes them.

mod support;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use support::compiled::{Mistake, Objects, Source, answers_each};

const SHOP: &str = r#"framework = { project = "shop"; namespace = "shop"; };"#;

fn shop(body: &str) -> Source {
    Source::new(&format!("{SHOP}\n{body}"))
}

/// Pods by namespace and labels, or an address.
enum End {
    Pod { namespace: String, labels: BTreeMap<String, String> },
    Address(std::net::Ipv4Addr),
}

/// The NetworkPolicies of some objects, as a cluster would apply them.
struct Network<'a>(Vec<&'a Value>);

impl Network<'_> {
    fn of(objects: &Objects) -> Network<'_> {
        Network(objects.of("NetworkPolicy"))
    }

    /// Whether a connection is open: some policy of each pod allows it, or none is about the pod in this direction.
    fn open(&self, from: &End, to: &End, port: u16, protocol: &str) -> bool {
        self.allows("Egress", from, to, port, protocol) && self.allows("Ingress", to, from, port, protocol)
    }

    fn allows(&self, direction: &str, pod: &End, other: &End, port: u16, protocol: &str) -> bool {
        let End::Pod { namespace, labels } = pod else { return true };
        let mut about = self.0.iter().filter(|policy| {
            policy["metadata"]["namespace"].as_str().unwrap_or("default") == namespace
                && policy["spec"]["policyTypes"].as_array().is_some_and(|types| types.contains(&json!(direction)))
                && selects(&policy["spec"]["podSelector"], labels)
        });
        let (rules, peers) = if direction == "Egress" { ("egress", "to") } else { ("ingress", "from") };
        let mut isolated = false;
        let opened = about.any(|policy| {
            isolated = true;
            policy["spec"][rules].as_array().into_iter().flatten().any(|rule| {
                rule[peers].as_array().is_none_or(|peers| peers.iter().any(|peer| is_peer(peer, other, namespace)))
                    && rule["ports"].as_array().is_none_or(|ports| ports.iter().any(|it| is_port(it, port, protocol)))
            })
        });
        opened || !isolated
    }
}

fn selects(selector: &Value, labels: &BTreeMap<String, String>) -> bool {
    assert!(selector.get("matchExpressions").is_none(), "the model knows no expressions");
    selector["matchLabels"]
        .as_object()
        .is_none_or(|wanted| wanted.iter().all(|(name, value)| labels.get(name).map(String::as_str) == value.as_str()))
}

fn is_peer(peer: &Value, other: &End, here: &str) -> bool {
    match other {
        End::Pod { namespace, labels } => {
            let place = BTreeMap::from([("kubernetes.io/metadata.name".to_string(), namespace.clone())]);
            peer.get("ipBlock").is_none()
                && peer.get("namespaceSelector").map_or(namespace == here, |selector| selects(selector, &place))
                && peer.get("podSelector").is_none_or(|selector| selects(selector, labels))
        }
        End::Address(address) => peer.get("ipBlock").is_some_and(|block| {
            within(&block["cidr"], *address)
                && !block["except"].as_array().into_iter().flatten().any(|part| within(part, *address))
        }),
    }
}

fn within(cidr: &Value, address: std::net::Ipv4Addr) -> bool {
    let (base, bits) = cidr.as_str().and_then(|text| text.split_once('/')).expect("a network");
    let base: std::net::Ipv4Addr = base.parse().expect("an address");
    let bits: u32 = bits.parse().expect("a number");
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    u32::from(base) & mask == u32::from(address) & mask
}

fn is_port(rule: &Value, port: u16, protocol: &str) -> bool {
    let number = |key: &str| rule[key].as_u64();
    let first = number("port").expect("ports are numbers here");
    let last = number("endPort").unwrap_or(first);
    rule["protocol"].as_str().unwrap_or("TCP") == protocol && (first..=last).contains(&u64::from(port))
}

fn pod(namespace: &str, name: &str) -> End {
    labelled(namespace, &[("app.kubernetes.io/name", name)])
}

fn labelled(namespace: &str, labels: &[(&str, &str)]) -> End {
    let labels = labels.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    End::Pod { namespace: namespace.to_string(), labels }
}

fn address(text: &str) -> End {
    End::Address(text.parse().expect("an address"))
}

fn dns() -> End {
    labelled("kube-system", &[("k8s-app", "kube-dns")])
}

#[test]
fn a_dependency_is_open_on_its_container_ports_and_nothing_else_is() {
    let objects = shop(
        r#"applications.web = { image = "web:1.0"; ports = [ 8080 ]; dependencies = [ "api" ]; };
           applications.api = { image = "api:1.0"; ports = [ { name = "http"; port = 80; containerPort = 8080; } ]; };
           applications.idle = { image = "idle:1.0"; ports = [ 8080 ]; };"#,
    )
    .objects();
    let network = Network::of(&objects);
    let (web, api, idle) = (pod("shop", "web"), pod("shop", "api"), pod("shop", "idle"));
    assert!(network.open(&web, &api, 8080, "TCP"));
    assert!(!network.open(&web, &api, 80, "TCP"), "the Service's port is not one of the pod's");
    assert!(!network.open(&web, &api, 8080, "UDP"));
    assert!(!network.open(&api, &web, 8080, "TCP"), "not the other way round");
    assert!(!network.open(&idle, &api, 8080, "TCP") && !network.open(&web, &idle, 8080, "TCP"));
    for protocol in ["TCP", "UDP"] {
        assert!(network.open(&web, &dns(), 53, protocol));
        assert!(!network.open(&idle, &dns(), 53, protocol), "who connects to nobody asks for no names");
    }
    assert!(!network.open(&web, &address("1.2.3.4"), 443, "TCP"));
}

#[test]
fn peers_with_the_same_ports_stand_in_one_rule_of_one_policy() {
    let objects = shop(
        r#"applications = {
             a = { image = "a:1.0"; dependencies = [ "db" ]; };
             b = { image = "b:1.0"; dependencies = [ "db" ]; };
             c = { image = "c:1.0"; dependencies = [ { app = "db"; ports = [ "admin" ]; } ]; };
             db = { image = "db:1.0"; ports = [ 5432 { name = "admin"; port = 9000; } ]; };
           };"#,
    )
    .objects();
    let policies: Vec<_> = objects.names().into_iter().filter(|name| name.starts_with("NetworkPolicy/")).collect();
    assert_eq!(
        policies,
        ["a-egress", "b-egress", "c-egress", "db-ingress", "default-deny"].map(|name| format!("NetworkPolicy/{name}"))
    );
    let rules = objects.spec("NetworkPolicy", "db-ingress")["ingress"].as_array().expect("rules");
    assert_eq!(rules.iter().map(|rule| rule["from"].as_array().map(Vec::len)).collect::<Vec<_>>(), [Some(2), Some(1)]);
}

#[test]
fn jobs_and_cron_jobs_are_consumers_like_others() {
    let objects = shop(
        r#"applications.report = { kind = "cronjob"; schedule = "0 3 * * *"; image = "report:1.0"; dependencies = [ "db" ]; };
           applications.migrate = { kind = "job"; image = "migrate:1.0"; dependencies = [ "db" ]; };
           applications.db = { kind = "statefulset"; image = "postgres:16.4"; ports = [ 5432 ]; };"#,
    )
    .objects();
    let network = Network::of(&objects);
    for consumer in ["report", "migrate"] {
        assert!(network.open(&pod("shop", consumer), &pod("shop", "db"), 5432, "TCP"), "{consumer}");
        assert!(network.open(&pod("shop", consumer), &dns(), 53, "UDP"), "{consumer}");
    }
}

#[test]
fn a_dependency_may_be_an_entry_of_layer_2_and_live_elsewhere() {
    let objects = shop(
        r#"applications.web = { image = "web:1.0"; dependencies = [ "data/cache" "legacyDb" ]; };
           deployments.cache = { namespace = "data"; image = "redis:7.4"; ports = [ 6379 ]; };
           statefulSets.legacyDb = { image = "postgres:12.1"; ports = [ 5432 ]; };
           deployments.other = { image = "other:1.0"; ports = [ 80 ]; };"#,
    )
    .objects();
    let network = Network::of(&objects);
    let web = pod("shop", "web");
    assert!(network.open(&web, &pod("data", "cache"), 6379, "TCP"));
    assert!(network.open(&web, &pod("shop", "legacy-db"), 5432, "TCP"));
    assert!(!network.open(&pod("data", "web"), &pod("data", "cache"), 6379, "TCP"), "a namesake elsewhere");
    assert!(objects.find("NetworkPolicy", "other-ingress").is_none());
}

#[test]
fn an_application_may_connect_to_its_own_siblings() {
    let source = shop(
        r#"applications.db = { kind = "statefulset"; image = "db:1.0"; ports = [ 7000 ]; dependencies = [ "db" ]; };"#,
    );
    let objects = source.objects_with(&["--deny-warnings"]);
    assert!(Network::of(&objects).open(&pod("shop", "db"), &pod("shop", "db"), 7000, "TCP"));
}

#[test]
fn declared_egress_and_allowed_callers_are_open_with_names() {
    let objects = shop(
        r#"applications.web = {
             image = "web:1.0";
             ports = [ { name = "http"; port = 80; containerPort = 8080; } { name = "admin"; port = 9000; } ];
             egress = [
               { cidr = "10.0.0.0/8"; except = [ "10.9.0.0/16" ]; ports = [ 443 { port = 5000; endPort = 5010; protocol = "UDP"; } ]; }
               { namespace = "mail"; podLabels.app = "smtp"; ports = [ 25 ]; }
             ];
             allowFrom = [
               { namespace = "ops"; podLabels.role = "prober"; ports = [ "admin" ]; }
               { podLabels.tool = "debug"; }
               { namespace = "gate"; ports = [ 80 ]; }
               { cidr = "192.0.2.0/24"; ports = [ 80 ]; }
             ];
           };"#,
    )
    .objects();
    let network = Network::of(&objects);
    let web = pod("shop", "web");
    assert!(network.open(&web, &address("10.1.2.3"), 443, "TCP"));
    assert!(network.open(&web, &address("10.1.2.3"), 5007, "UDP"));
    assert!(
        !network.open(&web, &address("10.9.2.3"), 443, "TCP") && !network.open(&web, &address("11.0.0.1"), 443, "TCP")
    );
    assert!(network.allows("Egress", &web, &labelled("mail", &[("app", "smtp")]), 25, "TCP"));
    assert!(!network.allows("Egress", &web, &labelled("mail", &[("app", "imap")]), 25, "TCP"));
    assert!(network.open(&web, &dns(), 53, "UDP"), "for the names of whom it connects to");

    let prober = labelled("ops", &[("role", "prober")]);
    assert!(network.open(&prober, &web, 9000, "TCP") && !network.open(&prober, &web, 8080, "TCP"));
    let debugger = labelled("shop", &[("tool", "debug")]);
    assert!(
        network.allows("Ingress", &web, &debugger, 8080, "TCP")
            && network.allows("Ingress", &web, &debugger, 9000, "TCP")
    );
    assert!(!network.open(&labelled("elsewhere", &[("tool", "debug")]), &web, 8080, "TCP"));
    assert!(network.open(&labelled("gate", &[]), &web, 8080, "TCP"), "every pod of the namespace");
    assert!(
        network.open(&address("192.0.2.7"), &web, 8080, "TCP")
            && !network.open(&address("192.0.3.7"), &web, 8080, "TCP")
    );
}

#[test]
fn a_number_means_all_protocols_and_the_port_of_the_service_first() {
    let objects = shop(
        r#"applications.dns = {
            image = "a:1";
            ports = [
              { name = "dns"; port = 53; containerPort = 5353; protocol = "UDP"; }
              { name = "dns-tcp"; port = 53; containerPort = 5354; }
              { name = "web"; port = 80; containerPort = 8080; }
              { name = "admin"; port = 8080; containerPort = 9000; }
            ];
            allowFrom = [ { cidr = "10.0.0.0/8"; } ];
            expose = { host = "dns.example.com"; port = 53; };
          };
          applications.a = { image = "a:1"; dependencies = [ { app = "dns"; ports = [ 53 ]; } ]; };
          applications.b = { image = "a:1"; dependencies = [ { app = "dns"; ports = [ 8080 ]; } ]; };
          applications.c = { image = "a:1"; dependencies = [ { app = "dns"; ports = [ 9000 ]; } ]; };"#,
    )
    .objects();
    let network = Network::of(&objects);
    let ports = [("UDP", 5353), ("TCP", 5354), ("TCP", 8080), ("TCP", 9000)];
    let opened = |from: &End| -> Vec<u16> {
        let open = ports.iter().filter(|(protocol, port)| network.open(from, &pod("shop", "dns"), *port, protocol));
        open.map(|(_, port)| *port).collect()
    };
    assert_eq!(opened(&pod("shop", "a")), [5353, 5354]);
    assert_eq!(opened(&pod("shop", "b")), [9000], "8080 is a port of the Service, and so not the container's");
    assert_eq!(opened(&pod("shop", "c")), [9000], "no port of the Service is 9000");
    assert_eq!(opened(&address("10.1.1.1")), [5353, 5354, 8080, 9000]);
    assert_eq!(opened(&pod("ingress-nginx", "ingress-nginx")), [5354], "requests come with TCP");
}

#[test]
fn the_ingress_controller_and_monitoring_reach_just_their_ports() {
    let objects = shop(
        r#"applications.web = {
             image = "web:1.0";
             ports = [ { name = "http"; port = 80; containerPort = 8080; } { name = "admin"; port = 9000; } ];
             expose.host = "shop.example.com";
             monitoring = { metricsPort = "admin"; redis_exporter = true; };
           };
           framework.network.monitoring = { namespace = "observe"; podLabels.app = "vm"; };"#,
    )
    .objects();
    let network = Network::of(&objects);
    let web = pod("shop", "web");
    let controller = pod("ingress-nginx", "ingress-nginx");
    assert!(network.open(&controller, &web, 8080, "TCP") && !network.open(&controller, &web, 9000, "TCP"));
    let scraper = labelled("observe", &[("app", "vm")]);
    assert!(network.open(&scraper, &web, 9000, "TCP") && network.open(&scraper, &web, 9121, "TCP"));
    assert!(!network.open(&scraper, &web, 8080, "TCP"));
    assert!(objects.find("NetworkPolicy", "web-egress").is_none(), "it connects to nobody");
}

#[test]
fn policies_can_be_left_out() {
    let body = r#"applications.web = { image = "web:1.0"; ports = [ 80 ]; expose.host = "a.example.com"; egress = [ { host = "b.example.com"; } ]; };"#;
    let objects = shop(&format!(r#"{body} framework.network.policyMode = "off";"#)).objects();
    assert!(objects.of("NetworkPolicy").is_empty());
}

#[test]
fn hosts_need_a_network_plug_in_that_knows_names() {
    let body = r#"applications.web = { image = "web:1.0"; egress = [ { host = "api.example.com"; ports = [ 443 ]; } { host = "*.cdn.example.com"; } ]; };"#;
    let errors = shop(body).errors();
    assert_eq!(
        errors.iter().map(|error| error.at.as_str()).collect::<Vec<_>>(),
        ["\"api.example.com\"", "\"*.cdn.example.com\""]
    );
    assert!(errors[0].message.contains("by its name"), "{errors:?}");
    assert!(errors[0].hint.contains("framework.network.cni = \"cilium\""), "{errors:?}");

    let objects = shop(&format!(r#"{body} framework.network.cni = "cilium";"#)).objects();
    let spec = objects.spec("CiliumNetworkPolicy", "web-hosts");
    assert_eq!(spec["endpointSelector"], json!({ "matchLabels": { "app.kubernetes.io/name": "web" } }));
    assert_eq!(spec["egress"][0]["toPorts"][0]["rules"], json!({ "dns": [{ "matchPattern": "*" }] }));
    assert_eq!(
        spec["egress"][1],
        json!({ "toFQDNs": [{ "matchName": "api.example.com" }], "toPorts": [{ "ports": [{ "port": "443", "protocol": "TCP" }] }] })
    );
    assert_eq!(spec["egress"][2], json!({ "toFQDNs": [{ "matchPattern": "*.cdn.example.com" }] }));
    let network = Network::of(&objects);
    assert!(network.open(&pod("shop", "web"), &dns(), 53, "UDP"));
}

#[test]
fn an_application_is_exposed_with_an_ingress() {
    let objects = shop(
        r#"framework.network.expose = { className = "nginx"; clusterIssuer = "letsencrypt"; annotations.team = "web"; };
           applications.web = {
             image = "web:1.0";
             ports = [ 9000 { name = "http"; port = 80; containerPort = 8080; } ];
             expose = { host = "shop.example.com"; hosts = [ "www.example.com" ]; paths = [ "/" { path = "/admin"; pathType = "Exact"; port = 9000; } ]; tls = true; };
           };
           applications.plain = { image = "web:1.0"; ports = [ 80 ]; expose = { path = "/plain"; className = "other"; annotations.team = "b"; }; };"#,
    )
    .objects();
    let web = objects.get("Ingress", "web");
    assert_eq!(web["metadata"]["annotations"]["cert-manager.io/cluster-issuer"], "letsencrypt");
    assert_eq!(web["metadata"]["annotations"]["team"], "web");
    let backend = |port: u16| json!({ "service": { "name": "web", "port": { "number": port } } });
    let paths = json!([
        { "path": "/", "pathType": "Prefix", "backend": backend(80) },
        { "path": "/admin", "pathType": "Exact", "backend": backend(9000) },
    ]);
    assert_eq!(
        web["spec"],
        json!({
            "ingressClassName": "nginx",
            "rules": [
                { "host": "shop.example.com", "http": { "paths": paths } },
                { "host": "www.example.com", "http": { "paths": paths } },
            ],
            "tls": [{ "hosts": ["shop.example.com", "www.example.com"], "secretName": "web-tls" }],
        })
    );
    let plain = objects.get("Ingress", "plain");
    assert_eq!(plain["spec"]["ingressClassName"], "other");
    assert_eq!(plain["spec"]["rules"][0]["http"]["paths"][0]["path"], "/plain");
    assert!(plain["spec"].get("tls").is_none() && plain["spec"]["rules"][0].get("host").is_none());
    assert_eq!(plain["metadata"]["annotations"]["team"], "b");
    let network = Network::of(&objects);
    let controller = pod("ingress-nginx", "ingress-nginx");
    assert!(
        network.open(&controller, &pod("shop", "web"), 8080, "TCP")
            && network.open(&controller, &pod("shop", "web"), 9000, "TCP")
    );
}

#[test]
fn an_application_is_exposed_with_a_route() {
    let objects = shop(
        r#"framework.network.expose = { via = "gateway"; gateway = { name = "public"; namespace = "gateways"; }; };
           applications.web = { image = "web:1.0"; ports = [ { name = "http"; port = 80; containerPort = 8080; } ]; expose = { host = "shop.example.com"; tls = true; }; };
           applications.api = { image = "api:1.0"; ports = [ 8080 ]; expose = { host = "api.example.com"; path = "/v1"; gateway = "internal"; }; };"#,
    )
    .objects();
    assert_eq!(
        *objects.spec("HTTPRoute", "web"),
        json!({
            "parentRefs": [{ "name": "public", "namespace": "gateways", "sectionName": "https" }],
            "hostnames": ["shop.example.com"],
            "rules": [{ "matches": [{ "path": { "type": "PathPrefix", "value": "/" } }], "backendRefs": [{ "name": "web", "port": 80 }] }],
        })
    );
    assert_eq!(objects.spec("HTTPRoute", "api")["parentRefs"], json!([{ "name": "internal" }]));
    assert!(objects.of("Ingress").is_empty());
    let network = Network::of(&objects);
    let proxy = |namespace: &str, name: &str| labelled(namespace, &[("gateway.networking.k8s.io/gateway-name", name)]);
    assert!(network.open(&proxy("gateways", "public"), &pod("shop", "web"), 8080, "TCP"));
    assert!(network.allows("Ingress", &pod("shop", "api"), &proxy("shop", "internal"), 8080, "TCP"));
    assert!(!network.open(&proxy("gateways", "public"), &pod("shop", "api"), 8080, "TCP"));
    assert!(!network.open(&pod("ingress-nginx", "ingress-nginx"), &pod("shop", "web"), 8080, "TCP"));
}

#[test]
fn metrics_may_be_those_of_a_sidecar() {
    let body = r#"applications.web = {
          image = "web:1.0";
          ports = [ 8080 ];
          monitoring.metricsPort = 9113;
          sidecars.exporter = { image = "exporter:1.0"; ports = [ 9113 ]; };
        };"#;
    let objects = shop(body).objects();
    let annotations = &objects.spec("Deployment", "web")["template"]["metadata"]["annotations"];
    assert_eq!(annotations["prometheus.io/port"], "9113");
}

#[test]
fn metrics_are_told_by_annotations_or_a_service_monitor() {
    let body = r#"applications.web = { image = "web:1.0"; ports = [ 8080 { name = "metrics"; port = 9090; } ]; monitoring.prometheus = true; };
        applications.db = { image = "postgres:16.4"; ports = [ 5432 ]; monitoring.postgres_exporter = true; };
        applications.worker = { image = "worker:1.0"; monitoring = { metricsPort = 2112; metricsPath = "/m"; interval = "15s"; }; };
        applications.quiet = { image = "quiet:1.0"; ports = [ 80 ]; };"#;
    let objects = shop(body).objects();
    let annotations = |name: &str| objects.spec("Deployment", name)["template"]["metadata"]["annotations"].clone();
    let told = |port: &str, path: &str| json!({ "prometheus.io/scrape": "true", "prometheus.io/port": port, "prometheus.io/path": path });
    assert_eq!(annotations("web"), told("9090", "/metrics"));
    assert_eq!(annotations("db"), told("9187", "/metrics"));
    assert_eq!(annotations("worker"), told("2112", "/m"));
    assert_eq!(annotations("quiet"), Value::Null);
    assert!(objects.of("ServiceMonitor").is_empty());

    let objects = shop(&format!(
        r#"{body} framework.observability = {{ prometheus = true; monitorLabels.release = "stack"; }};"#
    ))
    .objects();
    let web = objects.get("ServiceMonitor", "web");
    assert_eq!(web["metadata"]["labels"]["release"], "stack");
    assert_eq!(web["spec"]["endpoints"], json!([{ "port": "metrics", "path": "/metrics" }]));
    assert_eq!(
        objects.spec("ServiceMonitor", "worker")["endpoints"],
        json!([{ "port": "metrics-2112", "path": "/m", "interval": "15s" }])
    );
    assert!(objects.find("ServiceMonitor", "quiet").is_none());
    assert_eq!(objects.spec("Deployment", "web")["template"]["metadata"].get("annotations"), None);
    for (name, count) in [("web", 1), ("db", 1), ("worker", 1)] {
        let monitor = objects.spec("ServiceMonitor", name);
        let labels = |service: &Value| serde_json::from_value(service["metadata"]["labels"].clone()).expect("labels");
        let found = objects.of("Service").into_iter().filter(|service| selects(&monitor["selector"], &labels(service)));
        let found: Vec<&Value> = found.collect();
        assert_eq!(found.len(), count, "{name} is scraped once: {found:?}");
        let has_port = found[0]["spec"]["ports"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|port| port["name"] == monitor["endpoints"][0]["port"]);
        assert!(has_port, "{name}: {found:?}");
    }
    assert_eq!(objects.spec("Service", "db-metrics")["ports"][0]["targetPort"], 9187);
}

#[test]
fn a_statefulset_is_scraped_once() {
    let objects = shop(
        r#"framework.observability.enabled = true; framework.observability.tracing = false;
           applications.db = { kind = "statefulset"; image = "db:1.0"; ports = [ { name = "metrics"; port = 9090; } ]; };"#,
    )
    .objects();
    let monitor = objects.spec("ServiceMonitor", "db");
    let found = objects.of("Service").into_iter().filter(|service| {
        selects(&monitor["selector"], &serde_json::from_value(service["metadata"]["labels"].clone()).expect("labels"))
    });
    assert_eq!(found.map(|service| service["metadata"]["name"].clone()).collect::<Vec<_>>(), ["db-metrics"]);
}

#[test]
fn traces_find_their_way_to_the_collector() {
    let objects = shop(
        r#"framework.observability.tracing = true;
           framework.environment = "staging";
           applications.web = { image = "web:1.0"; env.OTEL_SERVICE_NAME = "front"; compliance = { level = "medium"; framework = "SOC2"; owner = "web"; }; };
           applications.quiet = { image = "quiet:1.0"; monitoring.tracing = false; compliance = { level = "medium"; framework = "SOC2"; owner = "web"; }; };"#,
    )
    .objects();
    let env = |name: &str| objects.pod(name)["containers"][0]["env"].as_array().cloned().unwrap_or_default();
    let value = |name: &str| env("web").iter().find(|it| it["name"] == name).map(|it| it["value"].clone());
    assert_eq!(value("OTEL_SERVICE_NAME"), Some(json!("front")), "the application's own word counts");
    assert_eq!(value("OTEL_EXPORTER_OTLP_ENDPOINT"), Some(json!("http://otel-collector.observability:4317")));
    assert_eq!(value("OTEL_EXPORTER_OTLP_PROTOCOL"), Some(json!("grpc")));
    assert_eq!(
        value("OTEL_RESOURCE_ATTRIBUTES"),
        Some(json!("service.namespace=shop,deployment.environment.name=staging"))
    );
    assert!(env("quiet").is_empty());
    let network = Network::of(&objects);
    let collector = pod("observability", "opentelemetry-collector");
    assert!(
        network.open(&pod("shop", "web"), &collector, 4317, "TCP")
            && network.open(&pod("shop", "web"), &dns(), 53, "UDP")
    );
    assert!(!network.open(&pod("shop", "quiet"), &collector, 4317, "TCP"));
}

#[test]
fn tokens_are_for_those_with_rights() {
    let objects = shop(
        r#"applications.web.image = "web:1.0";
           applications.operator = {
             image = "operator:1.0";
             serviceAccount.annotations."eks.amazonaws.com/role-arn" = "arn:aws:iam::1:role/operator";
             rbac = [
               { resources = [ "configmaps" "deployments" "pods/log" ]; verbs = [ "get" "list" ]; }
               { resources = [ "configmaps" ]; names = [ "state" ]; verbs = [ "update" ]; }
               { resources = [ "nodes" ]; verbs = [ "list" ]; clusterWide = true; }
               { resources = [ "widgets" ]; apiGroups = [ "acme.example.com" ]; verbs = [ "get" ]; }
             ];
           };
           applications.guest = { image = "guest:1.0"; serviceAccount = "shared"; };
           applications.talker = { image = "talker:1.0"; serviceAccount = { name = "special"; automountToken = true; }; };"#,
    )
    .objects();
    let token = |name: &str| objects.pod(name)["automountServiceAccountToken"].clone();
    let account = |name: &str| objects.pod(name)["serviceAccountName"].clone();
    assert_eq!(
        [token("web"), token("operator"), token("guest"), token("talker")],
        [json!(false), json!(true), json!(false), json!(true)]
    );
    assert_eq!(
        [account("web"), account("operator"), account("guest"), account("talker")],
        ["web", "operator", "shared", "special"]
    );
    let accounts: Vec<_> = objects.names().into_iter().filter(|name| name.starts_with("ServiceAccount/")).collect();
    assert_eq!(accounts, ["ServiceAccount/operator", "ServiceAccount/special", "ServiceAccount/web"]);
    let operator = objects.get("ServiceAccount", "operator");
    assert_eq!(operator["metadata"]["annotations"]["eks.amazonaws.com/role-arn"], "arn:aws:iam::1:role/operator");
    assert_eq!(operator["automountServiceAccountToken"], false, "pods that want the token say so");

    assert_eq!(
        objects.get("Role", "operator")["rules"],
        json!([
            { "apiGroups": [""], "resources": ["configmaps", "pods/log"], "verbs": ["get", "list"] },
            { "apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list"] },
            { "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["state"], "verbs": ["update"] },
            { "apiGroups": ["acme.example.com"], "resources": ["widgets"], "verbs": ["get"] },
        ])
    );
    assert_eq!(objects.get("ClusterRole", "shop-operator")["rules"][0]["resources"], json!(["nodes"]));
    for (kind, role, name) in
        [("RoleBinding", "Role", "operator"), ("ClusterRoleBinding", "ClusterRole", "shop-operator")]
    {
        let binding = objects.get(kind, name);
        assert_eq!(binding["roleRef"], json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": name }));
        assert_eq!(binding["subjects"], json!([{ "kind": "ServiceAccount", "name": "operator", "namespace": "shop" }]));
    }
    assert_eq!(objects.of("Role").len() + objects.of("ClusterRole").len(), 2, "roles are for those that ask");
}

#[test]
fn what_is_made_can_be_overridden() {
    let objects = shop(
        r#"applications.web = { image = "web:1.0"; ports = [ 80 ]; expose.host = "a.example.com"; rbac = [ { resources = [ "pods" ]; verbs = [ "get" ]; } ]; };
           ingresses.web.className = "special";
           deployments.web.automountServiceAccountToken = false;
           resources."NetworkPolicy/web-ingress".metadata.annotations.note = "reviewed";"#,
    )
    .objects();
    assert_eq!(objects.spec("Ingress", "web")["ingressClassName"], "special");
    assert_eq!(objects.pod("web")["automountServiceAccountToken"], false);
    assert_eq!(objects.get("NetworkPolicy", "web-ingress")["metadata"]["annotations"]["note"], "reviewed");
}

/// Mistakes, each with its code, the words it points at, words of the message, and words of the hint.
const MISTAKES: &[Mistake] = &[
    (r#"ports = [ 8080 ]; expose.port = 8081;"#, ["E0804", "8081", "`web` has no port 8081", "it listens on 8080"]),
    (
        r#"ports = [ { name = "http"; port = 80; } ]; expose.paths = [ { path = "/x"; port = "admin"; } ];"#,
        ["E0804", "\"admin\"", "no port `admin`", "80 (`http`)"],
    ),
    (r#"expose.host = "a.example.com";"#, ["E0804", "expose", "no port to open", "add `ports"]),
    (
        r#"ports = [ { port = 53; protocol = "UDP"; } ]; expose.path = "/";"#,
        ["E0804", "expose", "no port that speaks TCP", "listens on 53"],
    ),
    (
        r#"ports = [ 80 ]; service.enable = false; expose.path = "/";"#,
        ["E0706", "false", "no Service", "service.enable"],
    ),
    (
        r#"ports = [ 80 ]; expose = { tls = false; issuer = "ca"; host = "a.example.com"; };"#,
        ["E0706", "false", "no TLS", "tls = true"],
    ),
    (
        r#"ports = [ 80 ]; expose = { clusterIssuer = "le"; issuer = "ca"; host = "a.example.com"; };"#,
        ["E0706", "\"ca\"", "both an `issuer`", "remove one"],
    ),
    (r#"ports = [ 80 ]; expose.issuer = "ca";"#, ["E0706", "expose", "no host", "add `host"]),
    (r#"ports = [ 80 ]; expose.gateway = "public";"#, ["E0706", "\"public\"", "names a Gateway", "via = \"gateway\""]),
    (
        r#"ports = [ 80 ]; expose.via = "gateway";"#,
        ["E0706", "\"gateway\"", "no Gateway", "framework.network.expose.gateway.name"],
    ),
    (
        r#"ports = [ 80 ]; expose = { via = "gateway"; gateway = "g"; tls = "cert"; };"#,
        ["E0706", "\"cert\"", "is its Gateway's", "tls = true"],
    ),
    (
        r#"ports = [ 80 ]; expose = { via = "gateway"; gateway = "g"; className = "nginx"; };"#,
        ["E0706", "\"nginx\"", "no class", "remove `className`"],
    ),
    (
        r#"ports = [ 80 ]; expose = { via = "gateway"; gateway = "g"; pathType = "ImplementationSpecific"; };"#,
        ["E0706", "\"ImplementationSpecific\"", "cannot compare", "`Prefix` or `Exact`"],
    ),
    (
        r#"egress = [ { cidr = "10.0.0.0/8"; namespace = "x"; } ];"#,
        ["E0706", "\"10.0.0.0/8\"", "both a network and pods", "an item for each"],
    ),
    (
        r#"egress = [ { ports = [ 443 ]; } ];"#,
        ["E0706", "{ ports = [ 443 ]; }", "nobody to connect to", "`cidr`, `host`"],
    ),
    (
        r#"egress = [ { namespace = "x"; except = [ "10.1.0.0/16" ]; } ];"#,
        ["E0706", "[ \"10.1.0.0/16\" ]", "`except` without `cidr`", "cidr ="],
    ),
    (r#"egress = [ { cidr = "10.0.0.0"; } ];"#, ["E0304", "\"10.0.0.0\"", "a network", ""]),
    (
        r#"ports = [ 80 ]; allowFrom = [ { ports = [ "admin" ]; } ];"#,
        ["E0804", "\"admin\"", "no port `admin`", "listens on 80"],
    ),
    (
        r#"rbac = [ { resources = [ "configmap" ]; verbs = [ "get" ]; } ];"#,
        ["E0706", "\"configmap\"", "no resource", "did you mean `configmaps`?"],
    ),
    (
        r#"rbac = [ { resources = [ "Deployment" ]; verbs = [ "get" ]; } ];"#,
        ["E0706", "\"Deployment\"", "no resource", "did you mean `deployments`?"],
    ),
    (
        r#"rbac = [ { resources = [ "nodes" ]; verbs = [ "get" ]; } ];"#,
        ["E0706", "\"nodes\"", "in no namespace", "clusterWide = true"],
    ),
    (
        r#"rbac = [ { resources = [ "pods" ]; verbs = [ "lst" ]; } ];"#,
        ["E0706", "\"lst\"", "the verb `lst`", "did you mean `list`?"],
    ),
    (
        r#"rbac = [ { resources = [ "configmaps" ]; names = [ "state" ]; verbs = [ "get" "create" ]; } ];"#,
        ["E0706", "\"create\"", "such a request has no name", "without `names`"],
    ),
    (r#"rbac = [ { resources = [ "pods" ]; verbs = [ ]; } ];"#, ["E0706", "[ ]", "allows nothing", "verbs ="]),
    (r#"rbac = [ { verbs = [ "get" ]; } ];"#, ["E0706", "{ verbs = [ \"get\" ]; }", "no resources", "resources ="]),
    (
        r#"rbac = [ { nonResourceURLs = [ "/metrics" ]; verbs = [ "get" ]; } ];"#,
        ["E0706", "[ \"/metrics\" ]", "in no namespace", "clusterWide = true"],
    ),
    (r#"monitoring.metricPort = 9090;"#, ["E0302", "9090", "no field `metricPort`", "did you mean `metricsPort`?"]),
    (
        r#"monitoring.foo_exporter = true;"#,
        ["E0706", "true", "customary port of `foo_exporter`", "foo_exporter = 9100"],
    ),
    (
        r#"monitoring.redis_exporter = "yes";"#,
        ["E0301", "\"yes\"", "neither a boolean nor a port", "redis_exporter = true"],
    ),
    (
        r#"ports = [ 80 { name = "metrics"; port = 9090; } ]; monitoring.metricsPort = 9009;"#,
        ["E0804", "9009", "`web` has no port 9009", "listens on 80, 9090 (`metrics`)"],
    ),
    (r#"monitoring.prometheus = true;"#, ["E0804", "monitoring", "no port to open", "add `ports"]),
];

#[test]
fn each_mistake_is_answered_with_its_place_and_what_to_do() {
    answers_each(MISTAKES, |body| shop(&format!(r#"applications.web = {{ image = "web:1.0"; {body} }};"#)));
}
