//! What controllers of a cluster make of objects, and what the server fills in.

use serde_json::{Value, json};

/// The pods of a workload, and what stands between: as the controllers of Kubernetes make them.
pub fn by_controllers(object: &Value) -> Vec<Value> {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let namespace = &object["metadata"]["namespace"];
    match object["kind"].as_str().unwrap_or_default() {
        "Deployment" => {
            let template = &object["spec"]["template"];
            let mut set = of_template("apps/v1", "ReplicaSet", &format!("{name}-5d8f7c"), (template, namespace));
            set["spec"] = json!({"replicas": 1, "selector": object["spec"]["selector"], "template": template});
            let pods = by_controllers(&set);
            [vec![set], pods].concat()
        }
        "CronJob" => {
            let template = &object["spec"]["jobTemplate"];
            let mut job = of_template("batch/v1", "Job", &format!("{name}-28301"), (template, namespace));
            job["spec"] = template["spec"].clone();
            let pods = by_controllers(&job);
            [vec![job], pods].concat()
        }
        "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => {
            let template = &object["spec"]["template"];
            let mut pod = of_template("v1", "Pod", &format!("{name}-x7k2p"), (template, namespace));
            pod["spec"] = template["spec"].clone();
            vec![pod]
        }
        _ => Vec::new(),
    }
}

/// An object with the labels and annotations of a template.
fn of_template(api: &str, kind: &str, name: &str, (template, namespace): (&Value, &Value)) -> Value {
    let mut metadata = template["metadata"].clone();
    if !metadata.is_object() {
        metadata = json!({});
    }
    metadata["name"] = json!(name);
    if namespace.is_string() {
        metadata["namespace"] = namespace.clone();
    }
    json!({"apiVersion": api, "kind": kind, "metadata": metadata})
}

/// What the server fills in before policies are asked, as far as rules look at it.
pub fn by_server(object: &mut Value) {
    for pod in pod_specs(object) {
        for list in ["containers", "initContainers"] {
            for container in items(pod, list) {
                let moves = container["image"].as_str().is_some_and(|image| image.ends_with(":latest"));
                let policy = if moves { "Always" } else { "IfNotPresent" };
                let fields = container.as_object_mut().expect("a container");
                fields.entry("imagePullPolicy").or_insert(json!(policy));
            }
        }
        for volume in items(pod, "volumes") {
            let fields = volume.as_object_mut().expect("a volume");
            if fields.len() == 1 {
                fields.insert("emptyDir".into(), json!({}));
            }
        }
    }
    if ["Deployment", "StatefulSet"].iter().any(|kind| object["kind"] == *kind) {
        let spec = object["spec"].as_object_mut().expect("a workload");
        spec.entry("replicas").or_insert(json!(1));
    }
}

/// The pod specification of an object, if it has one.
pub fn pod_specs(object: &mut Value) -> Vec<&mut Value> {
    let path = match object["kind"].as_str().unwrap_or_default() {
        "Pod" => "/spec",
        "CronJob" => "/spec/jobTemplate/spec/template/spec",
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => "/spec/template/spec",
        _ => return Vec::new(),
    };
    object.pointer_mut(path).into_iter().collect()
}

fn items<'v>(pod: &'v mut Value, list: &str) -> impl Iterator<Item = &'v mut Value> {
    pod.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten()
}
