//! `services`, `networkPolicies`, `ingresses`, `httpRoutes`, and the `ingress` of workloads.

use serde_json::json;

use super::cases::{fails, findings, makes};
use crate::support::configuration::{find, names, objects};

/// Two Services, one of them with two ports.
const SERVICES: &str = r#"
  deployments = { web = { image = "web:1.0"; ports = [ 8080 9090 ]; }; api = { image = "api:1.0"; ports = [ 80 ]; }; };
  services.web = {
    ports = [ { name = "http"; port = 80; targetPort = 8080; } { name = "metrics"; port = 9090; } ];
    selector."app.kubernetes.io/name" = "web";
  };
  services.api = { ports = [ 80 ]; selector."app.kubernetes.io/name" = "api"; };
"#;

fn with_services(text: &str) -> String {
    format!("{{ {SERVICES} {text} }}")
}

#[test]
fn services() {
    let text = r#"{
      deployments.a = { image = "a:1.0"; };
      services.a = { ports = [ 80 { port = 53; protocol = "UDP"; } ]; selector."app.kubernetes.io/name" = "a"; };
      services.b = {
        type = "LoadBalancer"; loadBalancerSourceRanges = [ "10.0.0.0/8" ]; externalTrafficPolicy = "Local"; sessionAffinity = "ClientIP";
        internalTrafficPolicy = "Local"; loadBalancerClass = "example.com/lb"; selector."app.kubernetes.io/name" = "a";
        ports = [ { name = "web"; port = 80; targetPort = "http"; nodePort = 30080; appProtocol = "http"; } ];
        spec.ipFamilyPolicy = "PreferDualStack";
      };
      services.c = { headless = true; publishNotReadyAddresses = true; selector."app.kubernetes.io/name" = "a"; };
      services.d = { type = "ExternalName"; externalName = "db.example.com"; };
      resources."Service/a".spec.ports = [ { port = 80; nodePort = 30081; } ];
      resources."Service/a".spec.type = "NodePort";
    }"#;
    let selector = json!({ "app.kubernetes.io/name": "a" });
    makes(
        text,
        "Service",
        "a",
        json!({ "spec": {
            "type": "NodePort", "selector": selector,
            "ports": [
                { "name": "port-80", "port": 80, "targetPort": 80, "nodePort": 30081 },
                { "name": "port-53-udp", "port": 53, "targetPort": 53, "protocol": "UDP" },
            ],
        } }),
    );
    makes(
        text,
        "Service",
        "b",
        json!({ "spec": {
            "type": "LoadBalancer", "selector": selector, "loadBalancerSourceRanges": ["10.0.0.0/8"],
            "externalTrafficPolicy": "Local", "internalTrafficPolicy": "Local", "sessionAffinity": "ClientIP",
            "loadBalancerClass": "example.com/lb", "ipFamilyPolicy": "PreferDualStack",
            "ports": [{
                "name": "web", "port": 80, "targetPort": "http", "nodePort": 30080, "protocol": "TCP", "appProtocol": "http",
            }],
        } }),
    );
    makes(
        text,
        "Service",
        "c",
        json!({ "spec": { "clusterIP": "None", "publishNotReadyAddresses": true, "selector": selector } }),
    );
    makes(text, "Service", "d", json!({ "spec": { "type": "ExternalName", "externalName": "db.example.com" } }));
}

#[test]
fn an_ingress_finds_the_ports_of_services() {
    let text = with_services(
        r#"
      ingresses.shop = {
        className = "nginx"; service = "web"; port = "http"; tls = true; annotations.a = "b";
        hosts = [
          "shop.example.com"
          { host = "*.example.com"; paths = [ { path = "/api"; pathType = "Exact"; service = "api"; } { path = "/m"; service = "web"; port = 9090; } ]; }
        ];
        defaultBackend.service = "api";
      };"#,
    );
    let backend = |name: &str, port| json!({ "service": { "name": name, "port": port } });
    makes(
        &text,
        "Ingress",
        "shop",
        json!({ "spec": {
            "ingressClassName": "nginx",
            "defaultBackend": backend("api", json!({ "number": 80 })),
            "rules": [
                { "host": "shop.example.com", "http": { "paths": [
                    { "path": "/", "pathType": "Prefix", "backend": backend("web", json!({ "name": "http" })) },
                ] } },
                { "host": "*.example.com", "http": { "paths": [
                    { "path": "/api", "pathType": "Exact", "backend": backend("api", json!({ "number": 80 })) },
                    { "path": "/m", "pathType": "Prefix", "backend": backend("web", json!({ "number": 9090 })) },
                ] } },
            ],
            "tls": [{ "hosts": ["shop.example.com", "*.example.com"], "secretName": "shop-tls" }],
        } }),
    );
}

#[test]
fn certificates_of_an_ingress() {
    let tls = |written: &str| {
        let text = with_services(&format!(
            r#"ingresses.a = {{ hosts = [ "a.example.com" "b.example.com" ]; service = "api"; tls = {written}; }};"#
        ));
        find(&objects(&text), "Ingress", "a")["spec"]["tls"].clone()
    };
    let both = json!(["a.example.com", "b.example.com"]);
    assert_eq!(tls("false"), json!(null));
    assert_eq!(tls(r#""wild""#), json!([{ "secretName": "wild", "hosts": both }]));
    assert_eq!(
        tls(r#"[ { secretName = "a"; hosts = [ "a.example.com" ]; } { secretName = "all"; } ]"#),
        json!([{ "secretName": "a", "hosts": ["a.example.com"] }, { "secretName": "all", "hosts": both }])
    );
}

#[test]
fn a_workload_has_an_ingress_of_its_own() {
    let text = r#"{
      deployments.webShop = { image = "web:1.0"; namespace = "shop"; ingress = { hosts = [ "a.example.com" ]; annotations.a = "b"; tls = "cert"; }; };
      services.webShop = { namespace = "shop"; ports = [ 80 ]; selector."app.kubernetes.io/name" = "web-shop"; };
      daemonSets.off = { image = "off:1.0"; ingress = { enabled = false; hosts = [ "b.example.com" ]; }; };
      ingresses.webShop.className = "nginx";
    }"#;
    let made = objects(text);
    assert_eq!(names(&made).iter().filter(|name| name.starts_with("Ingress/")).count(), 1);
    let ingress = find(&made, "Ingress", "web-shop");
    assert_eq!(
        (&ingress["metadata"]["namespace"], &ingress["metadata"]["annotations"]["a"]),
        (&json!("shop"), &json!("b"))
    );
    assert_eq!(ingress["spec"]["ingressClassName"], "nginx");
    assert_eq!(
        ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"],
        json!({ "service": { "name": "web-shop", "port": { "number": 80 } } })
    );
}

#[test]
fn rules_of_an_ingress_are_replaced_as_a_whole() {
    let text = with_services(
        r#"
      ingresses.a = { hosts = [ "a.example.com" ]; service = "api"; spec.ingressClassName = "nginx"; };
      ingresses.b = { spec.rules = [ { http.paths = [ { pathType = "Prefix"; path = "/"; backend.resource = { kind = "Bucket"; name = "b"; }; } ]; } ]; };
      resources."Ingress/a".spec.rules = [ { host = "b.example.com"; } ];"#,
    );
    makes(
        &text,
        "Ingress",
        "a",
        json!({ "spec": { "ingressClassName": "nginx", "rules": [{ "host": "b.example.com" }] } }),
    );
    let resource = json!({ "resource": { "kind": "Bucket", "name": "b" } });
    makes(
        &text,
        "Ingress",
        "b",
        json!({ "spec": { "rules": [{ "http": { "paths": [{ "pathType": "Prefix", "path": "/", "backend": resource }] } }] } }),
    );
}

#[test]
fn http_routes() {
    let text = with_services(
        r#"
      httpRoutes.shop = {
        gateways = [ "public" "infra/internal" { name = "third"; sectionName = "https"; port = 443; } ];
        hostnames = [ "*.example.com" ]; service = "web"; port = "http";
        rules = [
          { path = "/v1"; pathType = "Exact"; method = "GET"; headers.x-canary = "yes"; service = "api"; timeout = "10s"; }
          { backends = [ { service = "api"; weight = 1; } { service = "web"; port = 80; weight = 9; } ]; }
          { path = "/old"; filters = [ { type = "RequestRedirect"; requestRedirect.statusCode = 301; } ]; }
        ];
      };
      httpRoutes.raw.spec.rules = [ { name = "all"; } ];
      httpRoutes.plain = { service = "api"; };"#,
    );
    let path = |kind: &str, value: &str| json!({ "type": kind, "value": value });
    makes(
        &text,
        "HTTPRoute",
        "shop",
        json!({ "spec": {
            "parentRefs": [
                { "name": "public" }, { "name": "internal", "namespace": "infra" },
                { "name": "third", "sectionName": "https", "port": 443 },
            ],
            "hostnames": ["*.example.com"],
            "rules": [
                {
                    "matches": [{
                        "path": path("Exact", "/v1"), "method": "GET", "headers": [{ "name": "x-canary", "value": "yes" }],
                    }],
                    "backendRefs": [{ "name": "api", "port": 80 }],
                    "timeouts": { "request": "10s" },
                },
                {
                    "matches": [{ "path": path("PathPrefix", "/") }],
                    "backendRefs": [{ "name": "api", "port": 80, "weight": 1 }, { "name": "web", "port": 80, "weight": 9 }],
                },
                {
                    "matches": [{ "path": path("PathPrefix", "/old") }],
                    "backendRefs": [{ "name": "web", "port": 80 }],
                    "filters": [{ "type": "RequestRedirect", "requestRedirect": { "statusCode": 301 } }],
                },
            ],
        } }),
    );
    makes(&text, "HTTPRoute", "raw", json!({ "spec": { "rules": [{ "name": "all" }] } }));
    let rule =
        json!({ "matches": [{ "path": path("PathPrefix", "/") }], "backendRefs": [{ "name": "api", "port": 80 }] });
    makes(&text, "HTTPRoute", "plain", json!({ "spec": { "rules": [rule] } }));
}

#[test]
fn a_route_to_nowhere_is_told() {
    let fails = |entry: &str, place: &str, hint: &str| fails(&with_services(entry), "E0404", place, hint);
    fails(r#"ingresses.a = { hosts = [ "a.b" ]; service = "wbe"; port = 80; };"#, "\"wbe\"", "did you mean `web`?");
    fails(
        r#"ingresses.a = { hosts = [ "a.b" ]; service = "web"; port = 81; };"#,
        "81",
        "80 (`http`), 9090 (`metrics`)",
    );
    fails(r#"ingresses.a = { hosts = [ "a.b" ]; service = "web"; };"#, "\"web\"", "write `port`: one of 80 (`http`)");
    fails(r#"ingresses.a = { hosts = [ "a.b" ]; };"#, r#"[ "a.b" ]"#, "write `service`");
    fails(r#"ingresses.a = { className = "nginx"; };"#, r#"{ className = "nginx"; }"#, "write `hosts`");
    fails(r#"httpRoutes.a = { service = "pai"; };"#, "\"pai\"", "did you mean `api`?");
    fails(r#"httpRoutes.a = { rules = [ { path = "/x"; } ]; };"#, r#"{ path = "/x"; }"#, "write `service`");
    fails(
        r#"deployments.lonely = { image = "a:1.0"; ingress.hosts = [ "a.b" ]; };"#,
        r#"[ "a.b" ]"#,
        "declare `services.lonely`",
    );
    super::cases::fails(
        &with_services(r#"httpRoutes.a.rules = [ { service = "api"; backends = [ { service = "api"; } ]; } ];"#),
        "E0706",
        r#"[ { service = "api"; } ]"#,
        "`backends`",
    );
}

#[test]
fn services_of_layer_1_and_of_other_namespaces() {
    let text = r#"{
      resources."Service/raw".spec = { clusterIP = "None"; };
      ingresses.a = { hosts = [ "a.b" ]; service = "raw"; port = 80; };
    }"#;
    assert_eq!(
        find(&objects(text), "Ingress", "a")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"],
        "raw"
    );
    let found =
        findings(&with_services(r#"ingresses.a = { namespace = "other"; hosts = [ "a.b" ]; service = "api"; };"#));
    assert_eq!(found.len(), 1, "{found:#?}");
}

#[test]
fn one_wrong_entry_hides_no_other() {
    let found = findings(&with_services(
        r#"ingresses.a = { hosts = [ 5 ]; service = "api"; };
        ingresses.b = { hosts = [ "a.b" ]; service = "wbe"; };
        ingresses.c = { hosts = [ "a.b" ]; service = "pai"; };"#,
    ));
    let codes: Vec<&str> = found.iter().map(|(code, ..)| code.as_str()).collect();
    assert_eq!(codes, ["E0301", "E0404", "E0404"], "{found:#?}");
}
