//! `deployments`, `statefulSets`, `daemonSets`, `jobs` and `cronJobs`.

use serde_json::{Value, json};

use super::cases::{fails, makes};
use crate::support::configuration::{compile_with, find, objects};

/// What a workload without any words of its own has in its pods.
fn pods(name: &str) -> Value {
    json!({
        "metadata": { "labels": { "app.kubernetes.io/name": name } },
        "spec": { "containers": [{ "name": name, "image": format!("{name}:1.0") }] },
    })
}

fn selector(name: &str) -> Value {
    json!({ "matchLabels": { "app.kubernetes.io/name": name } })
}

#[test]
fn each_kind_takes_an_image() {
    let text = r#"{
      deployments.a.image = "a:1.0";
      statefulSets.a.image = "a:1.0";
      daemonSets.a.image = "a:1.0";
      jobs.a.image = "a:1.0";
      cronJobs.a = { image = "a:1.0"; schedule = "0 3 * * *"; };
    }"#;
    let mut run = pods("a");
    run["spec"]["restartPolicy"] = "Never".into();
    makes(
        text,
        "Deployment",
        "a",
        json!({ "spec": { "replicas": 1, "selector": selector("a"), "template": pods("a") } }),
    );
    makes(
        text,
        "StatefulSet",
        "a",
        json!({ "spec": { "replicas": 1, "serviceName": "a-headless", "selector": selector("a"), "template": pods("a") } }),
    );
    makes(text, "DaemonSet", "a", json!({ "spec": { "selector": selector("a"), "template": pods("a") } }));
    makes(text, "Job", "a", json!({ "spec": { "template": run } }));
    let template = json!({ "metadata": run["metadata"], "spec": { "template": run } });
    makes(text, "CronJob", "a", json!({ "spec": { "schedule": "0 3 * * *", "jobTemplate": template } }));
}

/// Everything that is said of pods, in every kind of workload, in the same words.
const POD: &str = r#"
  image = "a:1.0"; imagePullPolicy = "Always"; command = [ "run" ]; args = [ "-v" ]; workingDir = "/srv";
  ports = [ 80 { name = "metrics"; port = 90; containerPort = 9090; protocol = "UDP"; } ];
  env = { B = 2; A = "x"; C = true; D.valueFrom.fieldRef.fieldPath = "metadata.name"; };
  envFrom = [ { configMapRef.name = "settings"; } ];
  resources = { requests.cpu = "1"; limits.memory = "1Gi"; };
  livenessProbe.tcpSocket.port = 80; readinessProbe.httpGet.port = 80; startupProbe.exec.command = [ "true" ];
  lifecycle.preStop.exec.command = [ "sleep" "5" ];
  securityContext.runAsNonRoot = true; podSecurityContext.fsGroup = 1000;
  volumes = [ { name = "tmp"; emptyDir = { }; } ]; volumeMounts = [ { name = "tmp"; mountPath = "/tmp"; } ];
  initContainers = [ { name = "first"; image = "first:1.0"; } ];
  containers = [ { name = "more"; image = "more:1.0"; } ];
  serviceAccount = "runner"; automountServiceAccountToken = false; imagePullSecrets = [ "registry" ];
  nodeSelector.disk = "ssd"; tolerations = [ { operator = "Exists"; } ]; priorityClass = "high";
  affinity.nodeAffinity = { }; terminationGracePeriodSeconds = 5; runtimeClassName = "gvisor"; schedulerName = "mine";
  topologySpreadConstraints = [ { maxSkew = 1; topologyKey = "zone"; whenUnsatisfiable = "ScheduleAnyway"; } ];
  dnsPolicy = "None"; dnsConfig.nameservers = [ "10.0.0.10" ]; hostAliases = [ { ip = "10.0.0.1"; hostnames = [ "a" ]; } ];
  shareProcessNamespace = true; enableServiceLinks = false;
  labels.team = "x"; annotations.note = "n"; podLabels.tier = "web"; podAnnotations.more = "m";
  container.tty = true; pod.hostname = "host";
"#;

fn whole_pod() -> Value {
    json!({
        "metadata": {
            "labels": { "app.kubernetes.io/name": "a", "team": "x", "tier": "web" },
            "annotations": { "note": "n", "more": "m" },
        },
        "spec": {
            "containers": [
                {
                    "name": "a", "image": "a:1.0", "imagePullPolicy": "Always", "command": ["run"], "args": ["-v"],
                    "workingDir": "/srv",
                    "ports": [{ "containerPort": 80 }, { "name": "metrics", "containerPort": 9090, "protocol": "UDP" }],
                    "env": [
                        { "name": "A", "value": "x" }, { "name": "B", "value": "2" }, { "name": "C", "value": "true" },
                        { "name": "D", "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } } },
                    ],
                    "envFrom": [{ "configMapRef": { "name": "settings" } }],
                    "resources": { "requests": { "cpu": "1" }, "limits": { "memory": "1Gi" } },
                    "livenessProbe": { "tcpSocket": { "port": 80 } },
                    "readinessProbe": { "httpGet": { "port": 80 } },
                    "startupProbe": { "exec": { "command": ["true"] } },
                    "lifecycle": { "preStop": { "exec": { "command": ["sleep", "5"] } } },
                    "securityContext": { "runAsNonRoot": true },
                    "volumeMounts": [{ "name": "tmp", "mountPath": "/tmp" }],
                    "tty": true,
                },
                { "name": "more", "image": "more:1.0" },
            ],
            "initContainers": [{ "name": "first", "image": "first:1.0" }],
            "volumes": [{ "name": "tmp", "emptyDir": {} }],
            "securityContext": { "fsGroup": 1000 },
            "serviceAccountName": "runner", "automountServiceAccountToken": false,
            "imagePullSecrets": [{ "name": "registry" }],
            "nodeSelector": { "disk": "ssd" }, "tolerations": [{ "operator": "Exists" }],
            "affinity": { "nodeAffinity": {} }, "priorityClassName": "high",
            "topologySpreadConstraints": [{ "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway" }],
            "terminationGracePeriodSeconds": 5, "runtimeClassName": "gvisor", "schedulerName": "mine",
            "dnsPolicy": "None", "dnsConfig": { "nameservers": ["10.0.0.10"] },
            "hostAliases": [{ "ip": "10.0.0.1", "hostnames": ["a"] }],
            "shareProcessNamespace": true, "enableServiceLinks": false, "hostname": "host",
        },
    })
}

#[test]
fn pods_are_said_in_the_same_words_everywhere() {
    let mut run = whole_pod();
    run["spec"]["restartPolicy"] = "OnFailure".into();
    let kinds = [
        ("deployments", "Deployment", "", "/spec/template", whole_pod()),
        ("statefulSets", "StatefulSet", "", "/spec/template", whole_pod()),
        ("daemonSets", "DaemonSet", "", "/spec/template", whole_pod()),
        ("jobs", "Job", r#"restartPolicy = "OnFailure";"#, "/spec/template", run.clone()),
        (
            "cronJobs",
            "CronJob",
            r#"restartPolicy = "OnFailure"; schedule = "@daily";"#,
            "/spec/jobTemplate/spec/template",
            run,
        ),
    ];
    for (collection, kind, more, place, expected) in kinds {
        let objects = objects(&format!("{{ {collection}.a = {{ {POD} {more} }}; }}"));
        assert_eq!(find(&objects, kind, "a").pointer(place), Some(&expected), "{collection}");
    }
}

#[test]
fn what_only_one_kind_has() {
    let text = r#"{
      deployments.a = {
        image = "a:1.0"; replicas = null; strategy = "Recreate"; minReadySeconds = 5; revisionHistoryLimit = 2;
        progressDeadlineSeconds = 60; paused = true;
      };
      deployments.b = { image = "b:1.0"; strategy.rollingUpdate.maxSurge = "50%"; };
      statefulSets.a = {
        image = "a:1.0"; replicas = 3; serviceName = "peers"; podManagementPolicy = "Parallel"; updateStrategy = "OnDelete";
        minReadySeconds = 5; revisionHistoryLimit = 2;
        persistentVolumeClaimRetentionPolicy.whenDeleted = "Delete";
      };
      daemonSets.a = { image = "a:1.0"; updateStrategy.rollingUpdate.maxUnavailable = 2; minReadySeconds = 5; };
    }"#;
    let with = |mut spec: Value| {
        spec["selector"] = selector("a");
        spec["template"] = pods("a");
        json!({ "spec": spec })
    };
    let spec = json!({
        "strategy": { "type": "Recreate" }, "minReadySeconds": 5, "revisionHistoryLimit": 2,
        "progressDeadlineSeconds": 60, "paused": true,
    });
    makes(text, "Deployment", "a", with(spec));
    let made = objects(text);
    assert_eq!(find(&made, "Deployment", "b")["spec"]["strategy"], json!({ "rollingUpdate": { "maxSurge": "50%" } }));
    let spec = json!({
        "replicas": 3, "serviceName": "peers", "podManagementPolicy": "Parallel", "updateStrategy": { "type": "OnDelete" },
        "minReadySeconds": 5, "revisionHistoryLimit": 2,
        "persistentVolumeClaimRetentionPolicy": { "whenDeleted": "Delete" },
    });
    makes(text, "StatefulSet", "a", with(spec));
    let spec = json!({ "updateStrategy": { "rollingUpdate": { "maxUnavailable": 2 } }, "minReadySeconds": 5 });
    makes(text, "DaemonSet", "a", with(spec));
}

#[test]
fn jobs_say_how_they_run() {
    let run = r#"image = "a:1.0"; backoffLimit = 2; completions = 3; parallelism = 2; completionMode = "Indexed";
      activeDeadlineSeconds = 60; ttlSecondsAfterFinished = 5; suspend = true;
      podFailurePolicy.rules = [ { action = "FailJob"; onExitCodes = { operator = "In"; values = [ 42 ]; }; } ];"#;
    let text = format!(
        r#"{{
      jobs.a = {{ {run} spec.manualSelector = false; }};
      cronJobs.a = {{
        {run} schedule = "@daily"; timeZone = "Europe/Berlin"; concurrencyPolicy = "Forbid"; startingDeadlineSeconds = 10;
        successfulJobsHistoryLimit = 1; failedJobsHistoryLimit = 2; spec.jobTemplate.spec.manualSelector = false;
      }};
    }}"#
    );
    let mut template = pods("a");
    template["spec"]["restartPolicy"] = "Never".into();
    let job = json!({
        "backoffLimit": 2, "completions": 3, "parallelism": 2, "completionMode": "Indexed", "activeDeadlineSeconds": 60,
        "ttlSecondsAfterFinished": 5, "manualSelector": false,
        "podFailurePolicy": { "rules": [{ "action": "FailJob", "onExitCodes": { "operator": "In", "values": [42] } }] },
        "template": template,
    });
    let mut alone = job.clone();
    alone["suspend"] = true.into();
    makes(&text, "Job", "a", json!({ "spec": alone }));
    let spec = json!({
        "schedule": "@daily", "timeZone": "Europe/Berlin", "concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 10,
        "suspend": true, "successfulJobsHistoryLimit": 1, "failedJobsHistoryLimit": 2,
        "jobTemplate": { "metadata": template["metadata"], "spec": job },
    });
    makes(&text, "CronJob", "a", json!({ "spec": spec }));
}

#[test]
fn sidecars_are_what_the_version_has() {
    let text = r#"{ deployments.a = {
      image = "a:1.0"; initContainers = [ { name = "first"; image = "f:1.0"; } ];
      sidecars = [ { name = "proxy"; image = "p:1.0"; } ];
    }; }"#;
    let lists = |version: &str| {
        let objects = compile_with(text, &["--k8s-version", version]).expect("it compiles");
        let pod = find(&objects, "Deployment", "a")["spec"]["template"]["spec"].clone();
        (pod["initContainers"].clone(), pod["containers"].as_array().map(Vec::len))
    };
    let (proxy, first) = (
        json!({ "name": "proxy", "image": "p:1.0", "restartPolicy": "Always" }),
        json!({ "name": "first", "image": "f:1.0" }),
    );
    assert_eq!(lists("1.28"), (json!([first]), Some(2)));
    assert_eq!(lists("1.29"), (json!([proxy, first]), Some(1)));
}

#[test]
fn a_statefulset_mounts_its_claims() {
    let text = r#"{ statefulSets.db = {
      image = "db:1.0";
      volumeClaimTemplates = {
        data = { size = "10Gi"; mountPath = "/data"; labels.tier = "gold"; };
        log = { size = "1Gi"; storageClass = "fast"; accessModes = [ "ReadWriteOncePod" ]; spec.resources.limits.storage = "2Gi"; };
      };
    }; }"#;
    let made = objects(text);
    let spec = &find(&made, "StatefulSet", "db")["spec"];
    assert_eq!(
        spec["volumeClaimTemplates"],
        json!([
            {
                "metadata": { "name": "data", "labels": { "tier": "gold" } },
                "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "10Gi" } } },
            },
            {
                "metadata": { "name": "log" },
                "spec": {
                    "accessModes": ["ReadWriteOncePod"], "storageClassName": "fast",
                    "resources": { "requests": { "storage": "1Gi" }, "limits": { "storage": "2Gi" } },
                },
            },
        ])
    );
    let container = &spec["template"]["spec"]["containers"][0];
    assert_eq!(container["volumeMounts"], json!([{ "name": "data", "mountPath": "/data" }]));
}

#[test]
fn lists_with_keys_merge_in_entries_as_in_objects() {
    let text = r#"{ lib, ... }: {
      deployments.a = lib.mkMerge [
        (lib.mkLowered {
          image = "a:1.0";
          volumes = [ { name = "made"; emptyDir = { }; } ];
          volumeMounts = [ { name = "made"; mountPath = "/made"; } ];
          tolerations = [ { operator = "Exists"; } ];
        })
        {
          volumes = [ { name = "mine"; emptyDir = { }; } { name = "made"; emptyDir.medium = "Memory"; } ];
          tolerations = [ { key = "gpu"; operator = "Exists"; } ];
        }
      ];
      resources."Deployment/a".spec.template.spec = {
        containers = [ { name = "a"; volumeMounts = [ { mountPath = "/made"; readOnly = true; } { name = "mine"; mountPath = "/mine"; } ]; } ];
        volumes = [ { name = "mine"; emptyDir.sizeLimit = "1Gi"; } ];
        tolerations = [ { key = "arm"; operator = "Exists"; } ];
      };
    }"#;
    let made = objects(text);
    let pod = &find(&made, "Deployment", "a")["spec"]["template"]["spec"];
    assert_eq!(
        pod["volumes"],
        json!([
            { "name": "made", "emptyDir": { "medium": "Memory" } },
            { "name": "mine", "emptyDir": { "sizeLimit": "1Gi" } },
        ])
    );
    assert_eq!(
        pod["containers"][0]["volumeMounts"],
        json!([{ "name": "made", "mountPath": "/made", "readOnly": true }, { "name": "mine", "mountPath": "/mine" }])
    );
    // Tolerations have no keys, so the last word counts.
    assert_eq!(pod["tolerations"], json!([{ "key": "arm", "operator": "Exists" }]));
}

#[test]
fn nested_parts_are_held_to_kubernetes_types() {
    fails(r#"{ jobs.a = { image = "a:1.0"; livenessProbe.httpGet = { prot = 80; }; }; }"#, "E0302", "prot", "`port`");
    fails(r#"{ daemonSets.a = { image = "a:1.0"; replicas = 2; }; }"#, "E0302", "replicas", "");
    fails(r#"{ cronJobs.a = { image = "a:1.0"; schedule = "daily"; }; }"#, "E0304", "\"daily\"", "");
    fails(r#"{ statefulSets.a = { image = "a:1.0"; pod.hostnam = "b"; }; }"#, "E0302", "hostnam", "`hostname`");
}

#[test]
fn selectors_and_containers_can_be_called_otherwise() {
    let text = r#"{
      deployments.web = {
        image = "web:1.0"; labels.app = "web"; selector.app = "web"; podLabels.tier = "front";
        container = { name = "nginx"; tty = true; };
        containers = [ { name = "web"; image = "more:1.0"; } ];
      };
      podDisruptionBudgets.web.target = "web";
      jobs.migrate = { image = "migrate:1.0"; selector = { }; };
    }"#;
    let selector = json!({ "matchLabels": { "app": "web" } });
    let containers =
        json!([{ "name": "nginx", "image": "web:1.0", "tty": true }, { "name": "web", "image": "more:1.0" }]);
    let template =
        json!({ "metadata": { "labels": { "app": "web", "tier": "front" } }, "spec": { "containers": containers } });
    let spec = json!({ "replicas": 1, "selector": selector, "template": template });
    makes(text, "Deployment", "web", json!({ "spec": spec }));
    let spec = json!({ "selector": selector, "maxUnavailable": 1 });
    makes(text, "PodDisruptionBudget", "web", json!({ "spec": spec }));
    let pods =
        json!({ "spec": { "containers": [{ "name": "migrate", "image": "migrate:1.0" }], "restartPolicy": "Never" } });
    makes(text, "Job", "migrate", json!({ "spec": { "template": pods } }));
}
