//! What is done to pods: the patches of all back ends are applied, and come to the same pod, which is let in.

use serde_json::{Value, json};

use crate::cel;
use crate::door::{Backend, Door, list, text};
use crate::made;
use crate::support::compiled::Source;
use crate::support::in_parallel;

const POLICIES: &str = "
  pullPolicy.staging = \"Always\";
  exclude = [ { name = \"old-*\"; } ];
  sidecars.meshProxy = {
    image = \"registry.example.com/mesh/proxy:1.2\";
    podLabels.mesh = \"on\";
    container = {
      args = [ \"--it's\" \"a \\\\ \\\"word\\\"\" ];
      ports = [ { containerPort = 15001; name = \"mesh\"; } ];
      env = [ { name = \"NODE\"; valueFrom.fieldRef.fieldPath = \"spec.nodeName\"; } ];
      resources = { requests = { cpu = \"10m\"; memory = \"16Mi\"; }; limits = { cpu = \"100m\"; memory = \"64Mi\"; }; };
      securityContext = { allowPrivilegeEscalation = false; runAsNonRoot = true; capabilities.drop = [ \"ALL\" ];
        seccompProfile.type = \"RuntimeDefault\"; readOnlyRootFilesystem = true; runAsUser = 1337; };
      volumeMounts = [ { name = \"certs\"; mountPath = \"/certs\"; } ];
    };
    volumes = [ { name = \"certs\"; emptyDir.medium = \"Memory\"; } { name = \"logs\"; emptyDir = { }; } ];
  };";

const ALL: &str = "\"vap\" \"kyverno\" \"kyverno-cel\"";

fn objects(version: &str, backends: &str) -> Vec<Value> {
    let body = format!(
        "framework = {{ project = \"shop\"; namespace = \"shop\"; environment = \"staging\"; kubernetesVersion = \"{version}\";
           addons.kyverno = \"1.19\";
           compliance = {{ framework = \"PCI-DSS\"; level = \"medium\"; owner = \"payments\"; }}; policies = {{ backends = [ {backends} ]; {POLICIES} }}; }};
         applications.web = {{ image = \"registry.example.com/shop/web:1.4\"; ports = [ 8080 ]; labels.mesh = \"on\";
           livenessProbe = \"/live\"; readinessProbe = \"/ready\"; }};"
    );
    Source::new(&body).objects().0
}

/// A pod of the application, as it comes to the door.
fn pod(objects: &[Value]) -> Value {
    let deployment = objects.iter().find(|object| object["kind"] == "Deployment").expect("there is one");
    let mut pod = made::by_controllers(deployment).into_iter().find(|object| object["kind"] == "Pod").expect("its pod");
    made::by_server(&mut pod);
    pod
}

/// The pod as a back end lets it in.
fn changed(backend: Backend, objects: &[Value], pod: &Value) -> Value {
    let mut pod = pod.clone();
    let kind = match backend {
        Backend::Kubernetes => "MutatingAdmissionPolicy",
        Backend::KyvernoCel => "MutatingPolicy",
        Backend::Kyverno => "ClusterPolicy",
    };
    let policies: Vec<&Value> = objects.iter().filter(|object| object["kind"] == kind).collect();
    assert!(policies.len() >= 2, "{kind}: {}", policies.len());
    // What one adds, another may have to change: policies are asked again (`reinvocationPolicy`), and rules of Kyverno
    // see what those before them have done.
    for policy in policies.iter().chain(&policies) {
        match backend {
            Backend::Kyverno => list(&policy["spec"]["rules"]).iter().for_each(|rule| merge_rule(rule, &mut pod)),
            _ => change(policy, &mut pod),
        }
    }
    pod
}

/// A policy in CEL.
fn change(policy: &Value, pod: &mut Value) {
    let spec = &policy["spec"];
    assert_eq!(spec["reinvocationPolicy"], "IfNeeded");
    assert_eq!(spec["matchConstraints"]["resourceRules"][0]["operations"], json!(["CREATE"]));
    let holds = |condition: &Value| {
        let value = cel::evaluate(&text(&condition["expression"]), pod, &Vec::new());
        value.unwrap_or_else(|error| panic!("{error}")) == json!(true)
    };
    if !list(&spec["matchConditions"]).iter().all(holds) {
        return;
    }
    for mutation in list(&spec["mutations"]) {
        let expression = match text(&mutation["patchType"]).as_str() {
            "JSONPatch" => text(&mutation["jsonPatch"]["expression"]),
            _ => text(&mutation["applyConfiguration"]["expression"]),
        };
        let patch = cel::evaluate(&expression, pod, &Vec::new()).unwrap_or_else(|error| panic!("{error}"));
        match patch {
            Value::Array(operations) => operations.iter().for_each(|operation| add(pod, operation)),
            configuration => merge(pod, &configuration),
        }
    }
}

/// The operation `add` of RFC 6902.
fn add(pod: &mut Value, operation: &Value) {
    assert_eq!(operation["op"], "add");
    let path = text(&operation["path"]);
    let (parent, key) = path.rsplit_once('/').expect("a path");
    let value = operation["value"].clone();
    match pod.pointer_mut(parent).unwrap_or_else(|| panic!("{path} is nowhere")) {
        Value::Array(items) if key == "-" => items.push(value),
        Value::Array(items) => items.insert(key.parse().expect("a place"), value),
        Value::Object(fields) => drop(fields.insert(key.to_string(), value)),
        other => panic!("{path} in {other}"),
    }
}

/// Merges as the server and Kyverno do: lists of named things by their names. `(name): "?*"` is each of them.
fn merge(into: &mut Value, patch: &Value) {
    match (into, patch) {
        (Value::Object(into), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(items), Value::Array(patches)) if patches.iter().all(is_named) => {
            for patch in patches {
                if patch["(name)"] == "?*" {
                    let mut rest = patch.clone();
                    rest.as_object_mut().expect("a map").remove("(name)");
                    items.iter_mut().for_each(|item| merge(item, &rest));
                    continue;
                }
                match items.iter_mut().find(|item| item["name"] == patch["name"]) {
                    Some(item) => merge(item, patch),
                    None => items.push(patch.clone()),
                }
            }
        }
        (into, patch) => *into = patch.clone(),
    }
}

fn is_named(value: &Value) -> bool {
    value["name"].is_string() || value["(name)"].is_string()
}

/// A rule of a ClusterPolicy that merges a patch.
fn merge_rule(rule: &Value, pod: &mut Value) {
    let patch = &rule["mutate"]["patchStrategicMerge"];
    if patch.is_null() {
        return;
    }
    let matched = &rule["match"]["any"][0]["resources"];
    assert_eq!(matched["kinds"], json!(["v1/Pod"]));
    assert_eq!(matched["operations"], json!(["CREATE"]));
    let labels = matched["selector"]["matchLabels"].as_object();
    let is_chosen = labels.into_iter().flatten().all(|(key, value)| pod["metadata"]["labels"][key.as_str()] == *value);
    let name = text(&pod["metadata"]["name"]);
    let is_excluded = list(&rule["exclude"]["any"]).iter().any(|one| {
        let pattern = text(&one["resources"]["names"][0]);
        name.starts_with(pattern.trim_end_matches('*'))
    });
    let holds = |condition: &Value| precondition(condition, pod);
    if is_chosen && !is_excluded && list(&rule["preconditions"]["all"]).iter().all(holds) {
        merge(pod, patch);
    }
}

/// The two conditions that there are, read as JMESPath says.
fn precondition(condition: &Value, pod: &Value) -> bool {
    let inside = |text: &str| text.trim_start_matches("{{ ").trim_end_matches(" }}").to_string();
    match text(&condition["operator"]).as_str() {
        "AllNotIn" => {
            let path = inside(&text(&condition["value"]));
            let field = path.strip_prefix("request.object.spec.").and_then(|rest| rest.strip_suffix("[].name || `[]`"));
            let field = field.unwrap_or_else(|| panic!("{path}"));
            !list(&pod["spec"][field]).iter().any(|one| one["name"] == condition["key"])
        }
        "GreaterThan" => {
            let path = inside(&text(&condition["key"]));
            let field =
                path.strip_prefix("request.object.spec.").and_then(|rest| rest.strip_suffix(" || `[]` | length(@)"));
            let field = field.unwrap_or_else(|| panic!("{path}"));
            list(&pod["spec"][field]).len() as u64 > condition["value"].as_u64().expect("a number")
        }
        other => panic!("{other}"),
    }
}

/// Named things in the order of their names: back ends add at different ends.
fn sorted(mut pod: Value) -> Value {
    for field in ["containers", "initContainers", "volumes"] {
        if let Some(items) = pod["spec"].get_mut(field).and_then(Value::as_array_mut) {
            items.sort_by_key(|item| text(&item["name"]));
        }
    }
    pod
}

const BACKENDS: [Backend; 3] = [Backend::Kubernetes, Backend::Kyverno, Backend::KyvernoCel];

#[test]
fn all_back_ends_come_to_the_same_pod_and_let_it_in() {
    let objects = objects("1.37", ALL);
    let pod = pod(&objects);
    let mut expected = pod.clone();
    expected["spec"]["containers"][0]["imagePullPolicy"] = json!("Always");
    expected["spec"]["initContainers"] = json!([{
        "name": "mesh-proxy",
        "image": "registry.example.com/mesh/proxy:1.2",
        "restartPolicy": "Always",
        "imagePullPolicy": "Always",
        "args": ["--it's", "a \\ \"word\""],
        "ports": [{"containerPort": 15001, "name": "mesh"}],
        "env": [{"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "100m", "memory": "64Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": false, "runAsNonRoot": true, "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"}, "readOnlyRootFilesystem": true, "runAsUser": 1337,
        },
        "volumeMounts": [{"name": "certs", "mountPath": "/certs"}],
    }]);
    let volumes = expected["spec"].as_object_mut().expect("a pod").entry("volumes").or_insert(json!([]));
    let volumes = volumes.as_array_mut().expect("a list");
    volumes
        .extend([json!({"name": "certs", "emptyDir": {"medium": "Memory"}}), json!({"name": "logs", "emptyDir": {}})]);
    for backend in BACKENDS {
        let changed = changed(backend, &objects, &pod);
        assert_eq!(sorted(changed.clone()), sorted(expected.clone()), "{backend:?}");
        assert_eq!(self::changed(backend, &objects, &changed), changed, "{backend:?}: the second time nothing changes");
        assert_eq!(Door::of(backend, &objects).judge(&changed), [], "{backend:?}");
    }
    // It starts before the others.
    let changed = changed(Backend::Kubernetes, &objects, &{
        let mut pod = pod.clone();
        pod["spec"]["initContainers"] = json!([{"name": "migrate", "image": "registry.example.com/shop/web:1.4"}]);
        pod
    });
    assert_eq!(changed["spec"]["initContainers"][0]["name"], "mesh-proxy");
    assert_eq!(changed["spec"]["initContainers"][1]["imagePullPolicy"], "Always");
}

#[test]
fn pods_that_are_not_meant_are_left_as_they_are() {
    let objects = objects("1.37", ALL);
    for backend in BACKENDS {
        let mut other = pod(&objects);
        other["metadata"]["labels"].as_object_mut().expect("labels").remove("mesh");
        let after = changed(backend, &objects, &other);
        assert!(after["spec"].get("initContainers").is_none(), "{backend:?}: it is not chosen");
        assert_eq!(after["spec"]["containers"][0]["imagePullPolicy"], "Always");

        let mut own = pod(&objects);
        own["spec"]["initContainers"] = json!([{"name": "mesh-proxy", "image": "own:1"}]);
        let after = changed(backend, &objects, &own);
        assert_eq!(list(&after["spec"]["initContainers"]).len(), 1, "{backend:?}: it has one of its own");
        assert_eq!(after["spec"]["initContainers"][0]["image"], "own:1");

        let mut brought = pod(&objects);
        brought["spec"]["volumes"] = json!([{"name": "certs", "emptyDir": {"medium": "Memory"}}]);
        let after = changed(backend, &objects, &brought);
        let names: Vec<String> = list(&sorted(after)["spec"]["volumes"]).iter().map(|one| text(&one["name"])).collect();
        assert_eq!(names, ["certs", "logs"], "{backend:?}");

        let mut excluded = pod(&objects);
        excluded["metadata"]["name"] = json!("old-web");
        assert_eq!(changed(backend, &objects, &excluded), excluded, "{backend:?}");
    }
}

#[test]
fn every_version_takes_what_is_written_for_it() {
    // What is compiled has been held against the schemas of the version.
    let minors: Vec<u32> = (28..=37).collect();
    in_parallel(&minors, |minor| {
        let kubernetes = if *minor >= 30 { "\"vap\"" } else { "" };
        let objects = objects(&format!("1.{minor}"), &format!("{kubernetes} \"kyverno\" \"kyverno-cel\""));
        let has = |kind: &str| objects.iter().any(|object| object["kind"] == kind);
        for kind in ["ClusterPolicy", "ValidatingPolicy", "MutatingPolicy"] {
            assert!(has(kind), "1.{minor} {kind}");
        }
        assert_eq!(has("ValidatingAdmissionPolicy"), *minor >= 30, "1.{minor}");
        assert_eq!(has("ValidatingAdmissionPolicyBinding"), *minor >= 30, "1.{minor}");
        assert_eq!(has("MutatingAdmissionPolicy"), *minor >= 36, "1.{minor}");
        assert_eq!(has("MutatingAdmissionPolicyBinding"), *minor >= 36, "1.{minor}");
    });
}

#[test]
fn the_first_kyverno_is_told_what_happens_for_all_rules_of_a_policy() {
    let body = "framework = { project = \"shop\"; namespace = \"shop\"; kubernetesVersion = \"1.31\"; addons.kyverno = \"1.12\";
      policies = { backends = [ \"kyverno\" ]; requireTag = true; rules.image-tag = \"Warn\"; registries = [ \"a.example.com\" ]; }; };";
    let objects = Source::new(body).objects().0;
    let action = |name: &str| {
        let mut policies = objects.iter().filter(|object| object["metadata"]["name"] == name);
        let policy = policies.next().unwrap_or_else(|| panic!("there is {name}"));
        assert!(policy["spec"]["rules"][0]["validate"].get("failureAction").is_none());
        policy["spec"]["validationFailureAction"].clone()
    };
    assert_eq!(action("shop-pods"), "Enforce");
    assert_eq!(action("shop-pods-warn"), "Audit");
}

#[test]
fn before_there_are_sidecars_they_are_containers() {
    // Kyverno changes pods where Kubernetes cannot.
    let objects = objects("1.28", "\"kyverno\" \"kyverno-cel\"");
    assert!(!objects.iter().any(|object| object["kind"] == "MutatingAdmissionPolicy"));
    for backend in [Backend::Kyverno, Backend::KyvernoCel] {
        let after = changed(backend, &objects, &pod(&objects));
        let names: Vec<String> =
            list(&sorted(after)["spec"]["containers"]).iter().map(|one| text(&one["name"])).collect();
        assert_eq!(names, ["mesh-proxy", "web"], "{backend:?}");
    }
}
