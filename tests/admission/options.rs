//! The rules that options state, exceptions, and what is left alone: what comes to the door of one configuration, and what
//! is said of it.

use serde_json::{Value, json};

use crate::door::{Backend, Door};
use crate::made;
use crate::support::compiled::Source;

/// A configuration with all back ends, whose door is asked.
struct Shop {
    doors: [Door; 3],
    objects: Vec<Value>,
}

impl Shop {
    fn new(policies: &str, further: &str) -> Shop {
        let body = format!(
            "framework = {{ project = \"shop\"; namespace = \"shop\"; environment = \"staging\"; kubernetesVersion = \"1.37\";
               compliance = {{ framework = \"PCI-DSS\"; level = \"medium\"; owner = \"payments\"; }};
               policies = {{ backends = [ \"vap\" \"kyverno\" \"kyverno-cel\" ]; {policies} }}; }};
             applications.web = {{ image = \"registry.example.com/shop/web:1.4@sha256:{DIGEST}\"; ports = [ 8080 ];
               livenessProbe = \"/live\"; readinessProbe = \"/ready\"; labels.team = \"web\"; }};
             {further}"
        );
        let objects = Source::new(&body).objects().0;
        let doors =
            [Backend::Kubernetes, Backend::Kyverno, Backend::KyvernoCel].map(|backend| Door::of(backend, &objects));
        Shop { doors, objects }
    }

    /// A pod of the Deployment `web`.
    fn pod(&self) -> Value {
        let is_web = |object: &&Value| object["kind"] == "Deployment" && object["metadata"]["name"] == "web";
        let deployment = self.objects.iter().find(is_web).expect("there is one");
        let pod = made::by_controllers(deployment).into_iter().find(|object| object["kind"] == "Pod");
        pod.expect("it has pods")
    }

    fn object(&self, kind: &str) -> Value {
        self.objects
            .iter()
            .find(|object| object["kind"] == kind)
            .cloned()
            .unwrap_or_else(|| panic!("there is a {kind}"))
    }

    /// What all doors say of an object: the same.
    fn judge(&self, object: &Value) -> Vec<(String, String)> {
        let mut all = self.doors.iter().map(|door| {
            let mut said: Vec<(String, String)> =
                door.judge(object).into_iter().map(|refusal| (refusal.rule, refusal.action)).collect();
            said.sort();
            said
        });
        let first = all.next().expect("there are doors");
        assert!(all.all(|other| other == first), "all back ends say the same of {object:#}");
        first
    }

    fn rules(&self, object: &Value) -> Vec<String> {
        self.judge(object).into_iter().map(|(rule, _)| rule).collect()
    }
}

const DIGEST: &str = "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a";

/// The object with some of it changed, as in a JSON merge patch.
fn with(mut object: Value, patch: Value) -> Value {
    merge(&mut object, &patch);
    object
}

fn merge(into: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *into = patch.clone();
        return;
    };
    if !into.is_object() {
        *into = json!({});
    }
    for (key, value) in fields {
        match value {
            Value::Null => drop(into.as_object_mut().expect("a map").remove(key)),
            value => merge(&mut into[key.as_str()], value),
        }
    }
}

/// The pod with another image.
fn running(pod: Value, image: &str) -> Value {
    let mut pod = pod;
    pod["spec"]["containers"][0]["image"] = json!(image);
    pod
}

#[test]
fn labels_and_levels_are_demanded() {
    let shop = Shop::new("labels = [ \"team\" ];", "framework.compliance.labels.\"team\" = \"all\";");
    let pod = shop.pod();
    assert_eq!(shop.rules(&pod), [""; 0]);
    let label = |name: &str, value: Value| with(pod.clone(), json!({"metadata": {"labels": {name: value}}}));
    let none = with(pod.clone(), json!({"metadata": {"labels": null}}));
    for (object, rules) in [
        (label("enterprise.com/owner-team", Value::Null), &["mandatory-labels", "owner"][..]),
        (label("enterprise.com/owner-team", json!("")), &["mandatory-labels", "owner"]),
        (label("enterprise.com/compliance-level", Value::Null), &["mandatory-labels"]),
        (label("enterprise.com/regulatory-framework", Value::Null), &["mandatory-labels"]),
        (label("team", Value::Null), &["mandatory-labels"]),
        (none, &["application-label", "mandatory-labels", "owner"]),
        (label("enterprise.com/compliance-level", json!("low")), &["compliance-level"]),
        (label("enterprise.com/compliance-level", json!("unrestricted")), &["compliance-level"]),
        (label("enterprise.com/compliance-level", json!("nonsense")), &["compliance-level"]),
        (label("enterprise.com/regulatory-framework", json!("SOC2")), &["compliance-framework"]),
        // Near misses.
        (label("enterprise.com/compliance-level", json!("standard")), &[]),
        (label("enterprise.com/owner-team", json!("others")), &[]),
        (label("further", json!("label")), &[]),
    ] {
        assert_eq!(shop.rules(&object), rules, "{:#}", object["metadata"]);
    }
}

#[test]
fn images_come_from_known_registries() {
    let shop = Shop::new(
        "registries = [ \"registry.example.com\" \"ghcr.io/shop\" \"*.mirror.example.org\" \"docker.io/library\" ];",
        "",
    );
    let pod = shop.pod();
    for (image, admitted) in [
        ("registry.example.com/shop/web:1", true),
        ("ghcr.io/shop/web:1", true),
        ("eu.mirror.example.org/web:1", true),
        ("nginx:1.27", true),
        ("library/nginx:1.27", true),
        ("docker.io/library/nginx:1.27", true),
        ("quay.io/shop/web:1", false),
        ("ghcr.io/shopping/web:1", false),
        ("registry.example.com.evil.org/web:1", false),
        ("registryXexample.com/web:1", false),
        ("registry.example.com:5000/web:1", false),
        ("a.b/eu.mirror.example.org/web:1", false),
        ("shop/web:1", false),
        ("localhost/nginx:1", false),
    ] {
        let refused = shop.rules(&running(pod.clone(), image)).contains(&"registries".to_string());
        assert_eq!(refused, !admitted, "{image}");
        let mut init = pod.clone();
        init["spec"]["initContainers"] =
            json!([{"name": "init", "image": image, "resources": {"limits": {"cpu": "1", "memory": "1Mi"}}}]);
        assert_eq!(shop.rules(&init).contains(&"registries".to_string()), !admitted, "{image} of an init container");
        let mut debug = pod.clone();
        debug["spec"]["ephemeralContainers"] = json!([{"name": "debug", "image": image}]);
        assert_eq!(
            shop.rules(&debug).contains(&"registries".to_string()),
            !admitted,
            "{image} of an ephemeral container"
        );
    }
}

#[test]
fn tags_and_digests_are_demanded_where_options_say_so() {
    let shop = Shop::new("requireTag = true; requireDigest = true;", "");
    let pod = shop.pod();
    for (image, rules) in [
        ("web", &["image-digest", "image-tag"][..]),
        ("web:latest", &["image-digest", "image-tag"]),
        ("registry:5000/web", &["image-digest", "image-tag"]),
        ("web:1", &["image-digest"]),
        (&format!("web@sha256:{DIGEST}"), &[]),
        (&format!("web:latest@sha256:{DIGEST}"), &[]),
    ] {
        assert_eq!(shop.rules(&running(pod.clone(), image)), rules, "{image}");
    }
}

#[test]
fn rules_bind_by_the_level_on_the_object() {
    // One application is held to more than the others.
    let high = "applications.vault = { image = \"registry.example.com/shop/vault:2@sha256:4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a\";
        compliance = { level = \"high\"; dataClassification = \"restricted\"; auditRequired = true; }; };";
    let shop = Shop::new("", high);
    let pod = shop.pod();
    let at =
        |level: &str| with(pod.clone(), json!({"metadata": {"labels": {"enterprise.com/compliance-level": level}}}));
    assert_eq!(shop.rules(&at("medium")), [""; 0]);
    let high = shop.rules(&at("high"));
    assert!(high.contains(&"data-classification".to_string()), "{high:?}");
    assert_eq!(high, shop.rules(&at("strict")));
}

#[test]
fn exceptions_hold_at_the_door() {
    let exception = "framework.compliance.exceptions = [
        { control = \"run-as-non-root\"; object = \"legacy\"; reason = \"soon\"; until = \"2999-01-01\"; } ];
      applications.legacy = { image = \"registry.example.com/shop/legacy:1\"; securityContext.runAsNonRoot = false; };";
    let shop = Shop::new("", exception);
    let root = json!({"spec": {"securityContext": {"runAsNonRoot": false}}});
    let named = |name: &str| json!({"metadata": {"labels": {"app.kubernetes.io/name": name}}});
    let legacy = with(with(shop.pod(), root.clone()), named("legacy"));
    assert_eq!(shop.rules(&legacy), [""; 0]);
    assert_eq!(shop.rules(&with(legacy, named("legacy-2"))), ["run-as-non-root"]);
    assert_eq!(shop.rules(&with(shop.pod(), root)), ["run-as-non-root"]);
}

#[test]
fn what_is_excluded_or_elsewhere_is_left_alone() {
    let shop = Shop::new(
        "exclude = [ { kind = \"Pod\"; name = \"old-*\"; } { labels.tool = \"debug*\"; } { kind = \"Job\"; } ];",
        "namespaces.tools = { };",
    );
    let bad = with(shop.pod(), json!({"spec": {"hostNetwork": true}}));
    let refused = ["no-host-namespaces".to_string()];
    assert_eq!(shop.rules(&bad), refused);
    for (patch, rules) in [
        (json!({"metadata": {"name": "old-web"}}), &[][..]),
        (json!({"metadata": {"name": "bold-web"}}), &refused),
        (json!({"metadata": {"labels": {"tool": "debugger"}}}), &[]),
        (json!({"metadata": {"labels": {"tool": "bug"}}}), &refused),
        (json!({"metadata": {"namespace": "tools"}}), &refused),
        (json!({"metadata": {"namespace": "kube-system"}}), &[]),
        (json!({"metadata": {"deletionTimestamp": "2030-01-01T00:00:00Z"}}), &[]),
    ] {
        assert_eq!(shop.rules(&with(bad.clone(), patch.clone())), rules, "{patch}");
    }
}

#[test]
fn actions_are_chosen_for_all_rules_and_for_one() {
    let shop = Shop::new(
        "action = \"Audit\"; rules = { no-host-namespaces = \"Deny\"; no-host-ports = \"Warn\"; not-privileged = \"Off\"; };",
        "",
    );
    let mut pod = with(shop.pod(), json!({"spec": {"hostNetwork": true}}));
    pod["spec"]["containers"][0]["ports"][0]["hostPort"] = json!(80);
    pod["spec"]["containers"][0]["securityContext"]["privileged"] = json!(true);
    pod["spec"]["containers"][0]["securityContext"]["runAsNonRoot"] = json!(false);
    let said = shop.judge(&pod);
    let said: Vec<(&str, &str)> = said.iter().map(|(rule, action)| (rule.as_str(), action.as_str())).collect();
    assert_eq!(said, [("no-host-namespaces", "Deny"), ("no-host-ports", "Warn"), ("run-as-non-root", "Audit")]);
}

#[test]
fn the_lowest_level_only_warns() {
    let body =
        "framework = { namespace = \"shop\"; compliance = { framework = \"CIS\"; level = \"low\"; owner = \"web\"; };
      policies.backends = [ \"vap\" ]; }; deployments.web.image = \"web:1\";";
    let objects = Source::new(body).objects().0;
    let door = Door::of(Backend::Kubernetes, &objects);
    assert!(!door.policies.is_empty() && door.policies.iter().all(|policy| policy.action == "Warn"));
}

#[test]
fn services_and_roles_are_judged() {
    let shop = Shop::new("", "roles.reader = { rules = [ { resources = [ \"pods\" ]; verbs = [ \"get\" ]; } ]; };");
    let service = shop.object("Service");
    assert_eq!(shop.rules(&service), [""; 0]);
    let node_port = with(service.clone(), json!({"spec": {"type": "NodePort"}}));
    assert!(shop.rules(&node_port).contains(&"no-node-port".to_string()));
    let external = with(service, json!({"spec": {"externalIPs": ["192.0.2.1"]}}));
    assert!(shop.rules(&external).contains(&"no-external-ips".to_string()));
    let role = shop.object("Role");
    assert_eq!(shop.rules(&role), [""; 0]);
    let all = with(role, json!({"rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]}]}));
    let rules = shop.rules(&all);
    assert!(rules.contains(&"no-wildcard-rules".to_string()), "{rules:?}");
}

#[test]
fn nothing_that_is_missing_keeps_a_rule_from_answering() {
    // Each part of an object is left out in turn, but for what the server demands.
    let demanded = ["kind", "apiVersion", "metadata", "spec", "template", "jobTemplate", "containers", "roleRef"];
    let shop = Shop::new("registries = [ \"registry.example.com\" ];", "roles.reader.rules = [ { resources = [ \"pods\" ]; verbs = [ \"get\" ]; } ];
        applications.nightly = { kind = \"cronjob\"; image = \"registry.example.com/shop/web:1\"; schedule = \"0 3 * * *\"; };
        ingresses.web = { hosts = [ { host = \"shop.example.com\"; paths = [ { service = \"web\"; } ]; } ]; tls = true; };");
    let mut tried = 0;
    for object in shop.objects.iter().chain(&[shop.pod()]) {
        for path in paths(object) {
            let (parent, key) = path.rsplit_once('/').expect("a path");
            if demanded.contains(&key) || object.pointer(parent).is_some_and(Value::is_array) {
                continue;
            }
            let mut hollow = object.clone();
            let parent = hollow.pointer_mut(parent).and_then(Value::as_object_mut).expect("a map");
            let unescaped = key.replace("~1", "/");
            // The name of a thing in a list is its key.
            if unescaped == "name" && path.matches('/').count() > 2 || parent.remove(&unescaped).is_none() {
                continue;
            }
            tried += 1;
            self::Door::judge(&shop.doors[0], &hollow);
        }
    }
    assert!(tried > 300, "{tried} objects with something left out");
}

/// The paths of everything in a value.
fn paths(value: &Value) -> Vec<String> {
    let below = |key: String, value: &Value| {
        let inner = paths(value).into_iter().map(|path| format!("/{key}{path}"));
        std::iter::once(format!("/{key}")).chain(inner).collect::<Vec<_>>()
    };
    match value {
        Value::Object(fields) => fields.iter().flat_map(|(key, value)| below(key.replace('/', "~1"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().flat_map(|(at, item)| below(at.to_string(), item)).collect(),
        _ => Vec::new(),
    }
}
