//! What layer 3 makes of applications: whole files in, objects out.

mod support;

use serde_json::{Value, json};
use support::nxk;

const VERSIONS: [&str; 3] = ["1.28", "1.31", "1.37"];

/// Compiles the body of a configuration for a version; gives the objects, or what is wrong.
fn compile(body: &str, version: &str) -> Result<Vec<Value>, String> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("main.nxk");
    std::fs::write(folder.path().join("nginx.conf"), "worker_processes 2;\n").expect("written");
    std::fs::write(&file, format!("{{ lib, config, ... }}: {{ {body} }}")).expect("written");
    let output = nxk().args(["compile", "--format", "json", "--k8s-version", version]).arg(&file).output();
    let output = output.expect("the built program starts");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let list: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
    Ok(list["items"].as_array().cloned().unwrap_or_default())
}

struct Objects(Vec<Value>);

/// The objects for the newest version.
fn objects(body: &str) -> Objects {
    objects_for(body, VERSIONS[2])
}

fn objects_for(body: &str, version: &str) -> Objects {
    Objects(compile(body, version).unwrap_or_else(|said| panic!("{body}\ndoes not compile for {version}:\n{said}")))
}

impl Objects {
    fn find(&self, kind: &str, name: &str) -> Option<&Value> {
        self.0.iter().find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
    }

    fn get(&self, kind: &str, name: &str) -> &Value {
        self.find(kind, name).unwrap_or_else(|| panic!("there is a {kind} {name} among {:?}", self.names()))
    }

    fn has(&self, kind: &str, name: &str) -> bool {
        self.find(kind, name).is_some()
    }

    fn names(&self) -> Vec<String> {
        self.0.iter().map(|object| format!("{} {}", object["kind"], object["metadata"]["name"])).collect()
    }

    /// The specification of the pods of the only workload.
    fn pod(&self) -> &Value {
        &self.template()["spec"]
    }

    fn template(&self) -> &Value {
        let of = |object: &'_ Value| match object["kind"].as_str() {
            Some("Deployment" | "StatefulSet" | "DaemonSet" | "Job") => Some("/spec/template"),
            Some("CronJob") => Some("/spec/jobTemplate/spec/template"),
            _ => None,
        };
        let found = self.0.iter().find_map(|object| object.pointer(of(object)?));
        found.expect("there is a workload")
    }

    fn container(&self) -> &Value {
        &self.pod()["containers"][0]
    }
}

const RESTRICTED: &str = r#"{
  "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] },
  "readOnlyRootFilesystem": true, "runAsNonRoot": true
}"#;

fn restricted() -> Value {
    serde_json::from_str(RESTRICTED).expect("JSON")
}

#[test]
fn every_kind_is_made_for_every_version() {
    let body = r#"applications = {
      web = { image = "a:1"; };
      db = { kind = "statefulset"; image = "a:1"; ports = [ 5432 ]; };
      agent = { kind = "daemonset"; image = "a:1"; };
      migrate = { kind = "job"; image = "a:1"; };
      backup = { kind = "cronjob"; schedule = "0 3 * * *"; image = "a:1"; };
    };"#;
    for version in VERSIONS {
        let objects = objects_for(body, version);
        for (kind, name) in [
            ("Deployment", "web"),
            ("StatefulSet", "db"),
            ("DaemonSet", "agent"),
            ("Job", "migrate"),
            ("CronJob", "backup"),
        ] {
            objects.get(kind, name);
            objects.get("ServiceAccount", name);
        }
        assert!(!objects.has("Service", "web"), "nothing without ports");
    }
}

#[test]
fn a_statefulset_has_claims_and_a_headless_service_beside_its_own() {
    let objects = objects(
        r#"applications.db = {
          kind = "statefulset"; image = "postgres:16.4"; replicas = 3; ports = [ { name = "sql"; port = 5432; } ];
          storage = { size = "10Gi"; storageClass = "fast"; mountPath = "/var/lib/postgresql"; };
        };"#,
    );
    let set = &objects.get("StatefulSet", "db")["spec"];
    assert_eq!(set["serviceName"], "db-headless");
    assert_eq!(set["volumeClaimTemplates"][0]["metadata"]["name"], "data");
    assert_eq!(
        set["volumeClaimTemplates"][0]["spec"],
        json!({
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "fast",
            "resources": { "requests": { "storage": "10Gi" } },
        })
    );
    let mounts = &objects.container()["volumeMounts"];
    assert_eq!(mounts, &json!([{ "name": "data", "mountPath": "/var/lib/postgresql" }]));
    assert!(objects.pod().get("volumes").is_none(), "the claim is the volume");
    assert_eq!(objects.pod()["securityContext"]["fsGroup"], 1000, "its user can write to it");
    let headless = &objects.get("Service", "db-headless")["spec"];
    assert_eq!(headless["clusterIP"], "None");
    assert_eq!(headless["publishNotReadyAddresses"], true);
    assert_eq!(headless["selector"], set["selector"]["matchLabels"]);
    assert!(objects.get("Service", "db")["spec"].get("clusterIP").is_none());
    assert!(!objects.has("PersistentVolumeClaim", "db-data"));
}

#[test]
fn the_headless_service_is_called_as_the_statefulset_says() {
    let own = objects(
        r#"applications.db = { kind = "statefulset"; image = "a:1"; ports = [ 5432 ]; serviceName = "nodes"; };"#,
    );
    assert_eq!(own.get("StatefulSet", "db")["spec"]["serviceName"], "nodes");
    assert_eq!(own.get("Service", "nodes")["spec"]["clusterIP"], "None");
    let same =
        objects(r#"applications.db = { kind = "statefulset"; image = "a:1"; ports = [ 5432 ]; serviceName = "db"; };"#);
    assert_eq!(same.get("Service", "db")["spec"]["clusterIP"], "None");
    assert!(!same.has("Service", "db-headless"));
    let without_ports = objects(r#"applications.db = { kind = "statefulset"; image = "a:1"; };"#);
    assert!(without_ports.has("Service", "db-headless") && !without_ports.has("Service", "db"));
}

#[test]
fn jobs_run_as_they_are_told() {
    let objects = objects(
        r#"applications.backup = {
          kind = "cronjob"; image = "a:1"; schedule = "0 3 * * *";
          job = { timeZone = "Europe/Berlin"; concurrencyPolicy = "Forbid"; backoffLimit = 2; restartPolicy = "OnFailure"; };
        };"#,
    );
    let spec = &objects.get("CronJob", "backup")["spec"];
    assert_eq!(spec["schedule"], "0 3 * * *");
    assert_eq!(spec["timeZone"], "Europe/Berlin");
    assert_eq!(spec["concurrencyPolicy"], "Forbid");
    assert_eq!(spec["jobTemplate"]["spec"]["backoffLimit"], 2);
    assert_eq!(objects.pod()["restartPolicy"], "OnFailure");
}

#[test]
fn configuration_is_mounted_and_its_digest_follows_its_content() {
    let body = |text: &str, further: &str| {
        format!(
            r#"applications.web = {{
              image = "a:1"; configMap."app.yaml" = "{text}"; configMountPath = "/etc/web";
              files."/etc/nginx/nginx.conf" = ./nginx.conf; {further}
            }};"#
        )
    };
    let one = objects(&body("level: 1", ""));
    assert_eq!(one.get("ConfigMap", "web-config")["data"], json!({ "app.yaml": "level: 1" }));
    assert_eq!(one.get("ConfigMap", "web-files")["data"], json!({ "etc_nginx_nginx.conf": "worker_processes 2;\n" }));
    assert_eq!(
        one.container()["volumeMounts"],
        json!([
            { "name": "config", "mountPath": "/etc/web", "readOnly": true },
            { "name": "files", "mountPath": "/etc/nginx/nginx.conf", "subPath": "etc_nginx_nginx.conf", "readOnly": true },
        ])
    );
    let digest = |objects: &Objects| {
        let text = objects.template()["metadata"]["annotations"]["checksum/config"].as_str().expect("a digest");
        assert_eq!(text.len(), 64, "{text}");
        text.to_string()
    };
    assert_eq!(digest(&one), digest(&objects(&body("level: 1", "replicas = 2; env.A = 1;"))), "content alone counts");
    assert_ne!(digest(&one), digest(&objects(&body("level: 2", ""))));
    let plain = objects(r#"applications.web.image = "a:1";"#);
    assert!(plain.template()["metadata"].get("annotations").is_none(), "nothing where there is nothing");
    assert!(!plain.has("ConfigMap", "web-config"));
}

#[test]
fn files_whose_paths_come_to_one_key_stay_apart() {
    let objects = objects(r#"applications.web = { image = "a:1"; files = { "/a/b" = "1"; "/a_b" = "2"; }; };"#);
    let data = objects.get("ConfigMap", "web-files")["data"].as_object().expect("data");
    assert_eq!(data.len(), 2, "{data:?}");
    for mount in objects.container()["volumeMounts"].as_array().expect("mounts") {
        let expected = if mount["mountPath"] == "/a/b" { "1" } else { "2" };
        assert_eq!(data[mount["subPath"].as_str().expect("a key")], expected);
    }
}

#[test]
fn there_are_folders_to_write_to() {
    let objects = objects(
        r#"applications.web = { image = "a:1"; scratch = [ "/tmp" { path = "/cache"; size = "64Mi"; memory = true; } ]; };"#,
    );
    assert_eq!(
        objects.pod()["volumes"],
        json!([
            { "name": "scratch-0", "emptyDir": {} },
            { "name": "scratch-1", "emptyDir": { "sizeLimit": "64Mi", "medium": "Memory" } },
        ])
    );
    assert_eq!(objects.container()["volumeMounts"][1], json!({ "name": "scratch-1", "mountPath": "/cache" }));
}

#[test]
fn storage_of_a_deployment_is_a_claim_and_its_pod_is_replaced_in_place() {
    let storage = objects(r#"applications.web = { image = "a:1"; storage = { size = "1Gi"; }; };"#);
    let claim = &storage.get("PersistentVolumeClaim", "web-data")["spec"];
    assert_eq!(claim["resources"]["requests"]["storage"], "1Gi");
    assert_eq!(
        storage.pod()["volumes"],
        json!([{ "name": "data", "persistentVolumeClaim": { "claimName": "web-data" } }])
    );
    assert_eq!(storage.get("Deployment", "web")["spec"]["strategy"], json!({ "type": "Recreate" }));
    let off = objects(r#"applications.web = { image = "a:1"; storage = { size = "1Gi"; enabled = false; }; };"#);
    assert!(!off.has("PersistentVolumeClaim", "web-data") && off.pod().get("volumes").is_none());
    let shared = objects(
        r#"applications.web = { image = "a:1"; replicas = 2; storage = { size = "1Gi"; accessModes = [ "ReadWriteMany" ]; }; };"#,
    );
    assert!(shared.get("Deployment", "web")["spec"].get("strategy").is_none());
}

#[test]
fn an_autoscaler_takes_the_number_of_pods_over() {
    let objects = objects(
        r#"applications.web = { image = "a:1"; replicas = 2; autoscaling = { max = 9; cpu = 70; memory = 85; }; };"#,
    );
    let spec = &objects.get("HorizontalPodAutoscaler", "web")["spec"];
    assert_eq!(spec["scaleTargetRef"], json!({ "apiVersion": "apps/v1", "kind": "Deployment", "name": "web" }));
    assert_eq!((&spec["minReplicas"], &spec["maxReplicas"]), (&json!(2), &json!(9)));
    let targets: Vec<_> =
        spec["metrics"].as_array().expect("metrics").iter().map(|metric| &metric["resource"]).collect();
    assert_eq!(targets[0]["target"], json!({ "type": "Utilization", "averageUtilization": 70 }));
    assert_eq!(targets[1]["name"], "memory");
    assert!(objects.get("Deployment", "web")["spec"].get("replicas").is_none());
    assert!(objects.has("PodDisruptionBudget", "web"), "there are never less than two");
}

#[test]
fn several_pods_are_spread_and_have_a_budget() {
    let several = objects(r#"applications.web = { image = "a:1"; replicas = 2; };"#);
    let selector = &several.get("Deployment", "web")["spec"]["selector"];
    let budget = &several.get("PodDisruptionBudget", "web")["spec"];
    assert_eq!(budget["maxUnavailable"], 1);
    assert_eq!(&budget["selector"], selector);
    let spread = several.pod()["topologySpreadConstraints"].as_array().expect("a list");
    let keys: Vec<_> = spread.iter().map(|one| one["topologyKey"].as_str().expect("a key")).collect();
    assert_eq!(keys, ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]);
    assert!(spread.iter().all(|one| one["whenUnsatisfiable"] == "ScheduleAnyway" && &one["labelSelector"] == selector));

    let single = objects(r#"applications.web = { image = "a:1"; };"#);
    assert!(!single.has("PodDisruptionBudget", "web") && single.pod().get("topologySpreadConstraints").is_none());
    let off =
        objects(r#"applications.web = { image = "a:1"; replicas = 2; spread = false; disruptionBudget = false; };"#);
    assert!(!off.has("PodDisruptionBudget", "web") && off.pod().get("topologySpreadConstraints").is_none());
    let own = objects(
        r#"applications.web = { image = "a:1"; replicas = 4; spread = "required"; disruptionBudget.minAvailable = "50%"; };"#,
    );
    let budget = &own.get("PodDisruptionBudget", "web")["spec"];
    assert_eq!(budget["minAvailable"], "50%");
    assert!(budget.get("maxUnavailable").is_none());
    assert_eq!(own.pod()["topologySpreadConstraints"][0]["whenUnsatisfiable"], "DoNotSchedule");
}

#[test]
fn probes_have_short_forms() {
    let objects = objects(
        r#"applications.web = {
          image = "a:1"; ports = [ { name = "http"; port = 80; containerPort = 8080; } ];
          livenessProbe = "/healthz"; readinessProbe = 9000; startupProbe.exec.command = [ "true" ];
        };"#,
    );
    let container = objects.container();
    assert_eq!(container["livenessProbe"], json!({ "httpGet": { "path": "/healthz", "port": 8080 } }));
    assert_eq!(container["readinessProbe"], json!({ "tcpSocket": { "port": 9000 } }));
    assert_eq!(container["startupProbe"], json!({ "exec": { "command": ["true"] } }));
}

#[test]
fn containers_beside_are_as_restricted_and_run_as_the_version_has_them() {
    let body = r#"applications.web = {
      image = "a:1";
      initContainers = [ { name = "migrate"; image = "m:1"; } { name = "assets"; image = "n:1"; } ];
      sidecars.proxy = { image = "p:1"; ports = [ 9000 ]; securityContext.capabilities.add = [ "NET_BIND_SERVICE" ]; };
    };"#;
    let names = |list: &Value| -> Vec<String> {
        let list = list.as_array().expect("containers");
        list.iter().map(|container| container["name"].as_str().expect("a name").to_string()).collect()
    };
    for version in VERSIONS {
        let objects = objects_for(body, version);
        let pod = objects.pod();
        if version == "1.28" {
            assert_eq!(names(&pod["containers"]), ["web", "proxy"]);
            assert_eq!(names(&pod["initContainers"]), ["migrate", "assets"]);
        } else {
            assert_eq!(names(&pod["containers"]), ["web"]);
            assert_eq!(names(&pod["initContainers"]), ["proxy", "migrate", "assets"]);
            assert_eq!(pod["initContainers"][0]["restartPolicy"], "Always");
        }
        for container in ["containers", "initContainers"].iter().flat_map(|list| pod[list].as_array().expect("a list"))
        {
            let mut context = container["securityContext"].clone();
            if container["name"] == "proxy" {
                let added = context["capabilities"].as_object_mut().expect("a set").remove("add");
                assert_eq!(added, Some(json!(["NET_BIND_SERVICE"])));
            }
            assert_eq!(context, restricted(), "{version} {}", container["name"]);
            assert_eq!(container["resources"]["limits"]["memory"], "512Mi");
        }
    }
}

#[test]
fn a_request_is_never_above_its_limit() {
    let resources = |said: &str| {
        objects(&format!("applications.web = {{ image = \"a:1\"; {said} }};")).container()["resources"].clone()
    };
    assert_eq!(
        resources(r#"resources.requests = { memory = "1Gi"; cpu = 2; };"#),
        json!({ "requests": { "memory": "1Gi", "cpu": 2 }, "limits": { "memory": "1Gi", "cpu": 2 } })
    );
    assert_eq!(
        resources(r#"resources.limits = { memory = "64Mi"; };"#),
        json!({ "requests": { "memory": "64Mi", "cpu": "100m" }, "limits": { "memory": "64Mi", "cpu": "500m" } })
    );
}

#[test]
fn what_is_said_of_pods_arrives_in_every_kind() {
    let said = r#"image = "a:1"; imagePullSecrets = [ "registry" ]; priorityClass = "high"; nodeSelector.disk = "ssd";
      tolerations = [ { key = "gpu"; operator = "Exists"; } ]; terminationGracePeriodSeconds = 60;
      affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution = [ ];
      labels.tier = "back"; annotations."example.com/a" = "b"; podSecurityContext.runAsGroup = 3000;"#;
    for kind in ["deployment", "statefulset", "daemonset", "job", "cronjob"] {
        let schedule = if kind == "cronjob" { "schedule = \"@daily\";" } else { "" };
        let objects = objects(&format!("applications.web = {{ kind = \"{kind}\"; {schedule} {said} }};"));
        let pod = objects.pod();
        assert_eq!(pod["imagePullSecrets"], json!([{ "name": "registry" }]), "{kind}");
        assert_eq!(pod["priorityClassName"], "high");
        assert_eq!(pod["nodeSelector"], json!({ "disk": "ssd" }));
        assert_eq!(pod["tolerations"], json!([{ "key": "gpu", "operator": "Exists" }]));
        assert_eq!(pod["terminationGracePeriodSeconds"], 60);
        assert_eq!(pod["securityContext"]["runAsGroup"], 3000);
        assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
        assert_eq!(pod["automountServiceAccountToken"], false);
        assert_eq!(objects.template()["metadata"]["labels"]["tier"], "back");
        assert_eq!(objects.template()["metadata"]["annotations"]["example.com/a"], "b");
        assert_eq!(objects.container()["securityContext"], restricted());
    }
}

#[test]
fn pods_are_replaced_as_the_strategy_says() {
    let deployment = objects(
        r#"applications.web = { image = "a:1"; strategy.rollingUpdate = { maxSurge = 1; maxUnavailable = 0; }; };"#,
    );
    assert_eq!(
        deployment.get("Deployment", "web")["spec"]["strategy"],
        json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 } })
    );
    let set =
        objects(r#"applications.db = { kind = "statefulset"; image = "a:1"; strategy.rollingUpdate.partition = 2; };"#);
    assert_eq!(
        set.get("StatefulSet", "db")["spec"]["updateStrategy"],
        json!({ "type": "RollingUpdate", "rollingUpdate": { "partition": 2 } })
    );
    let agent = objects(r#"applications.agent = { kind = "daemonset"; image = "a:1"; strategy = "OnDelete"; };"#);
    assert_eq!(agent.get("DaemonSet", "agent")["spec"]["updateStrategy"], json!({ "type": "OnDelete" }));
}

#[test]
fn the_service_can_be_told_what_it_is() {
    let objects = objects(
        r#"applications = {
          web = { image = "a:1"; ports = [ 80 ]; service = { type = "LoadBalancer"; annotations."example.com/lb" = "x"; }; };
          api = { image = "a:1"; ports = [ 80 ]; service.headless = true; };
          worker = { image = "a:1"; ports = [ 80 ]; service.enable = false; };
        };"#,
    );
    let web = objects.get("Service", "web");
    assert_eq!(web["spec"]["type"], "LoadBalancer");
    assert_eq!(web["metadata"]["annotations"]["example.com/lb"], "x");
    assert!(objects.get("Deployment", "web")["metadata"]["annotations"].get("example.com/lb").is_none());
    assert_eq!(objects.get("Service", "api")["spec"]["clusterIP"], "None");
    assert!(!objects.has("Service", "worker"));
}

#[test]
fn defaults_and_environments_stand_below_and_above_what_an_application_says() {
    let body = |environment: &str| {
        format!(
            r#"framework = {{
              {environment}
              defaults = {{ replicas = 2; imagePullSecrets = [ "registry" ]; env = {{ A = "all"; B = "all"; C = "all"; }}; }};
              environments.staging.defaults.env = {{ B = "staging"; C = "staging"; }};
              environments.staging.applications.web.env.D = "staging";
              environments.production.applications.web = {{ replicas = 5; env.C = "production"; }};
            }};
            applications.web = {{ image = "a:1"; replicas = 3; env = {{ C = "own"; D = "own"; }}; }};
            applications.api.image = "a:1";
            applications.agent = {{ kind = "daemonset"; image = "a:1"; }};"#
        )
    };
    let seen = |objects: &Objects, name: &str| {
        let spec = &objects.get("Deployment", name)["spec"];
        let env = spec["template"]["spec"]["containers"][0]["env"].as_array().expect("variables");
        let env: Vec<_> = env.iter().map(|one| one["value"].as_str().expect("a text").to_string()).collect();
        (spec["replicas"].as_i64().expect("a number"), env.join(" "))
    };
    let seen = |environment: &str| {
        let objects = objects(&body(environment));
        assert_eq!(
            objects.get("DaemonSet", "agent")["spec"]["template"]["spec"]["imagePullSecrets"][0]["name"],
            "registry"
        );
        (seen(&objects, "web"), seen(&objects, "api"))
    };
    let both = |web: (i64, &str), api: (i64, &str)| ((web.0, web.1.to_string()), (api.0, api.1.to_string()));
    assert_eq!(seen(""), both((3, "all all own own"), (2, "all all all")));
    assert_eq!(seen("environment = \"staging\";"), both((3, "all staging own staging"), (2, "all staging staging")));
    assert_eq!(seen("environment = \"production\";"), both((5, "all all production own"), (2, "all all all")));
}

#[test]
fn an_environment_cannot_speak_of_an_application_that_is_not_there() {
    let said = compile(
        r#"framework.environment = "staging"; framework.environments.staging.applications.wbe.replicas = 2;
           applications.web.image = "a:1";"#,
        "1.31",
    )
    .expect_err("it is wrong");
    assert!(said.contains("speaks of `wbe`, which is no application"), "{said}");
}

#[test]
fn what_a_layer_made_can_be_changed_in_each_layer_below() {
    let objects = objects(
        r#"applications.db = { kind = "statefulset"; image = "a:1"; storage.size = "1Gi"; replicas = 2; };
           statefulSets.db = { podManagementPolicy = "Parallel"; volumeClaimTemplates.data.storageClass = "fast"; };
           podDisruptionBudgets.db.maxUnavailable = 2;
           resources."StatefulSet/db".spec.template.spec.containers = [ { name = "db"; tty = true; } ];"#,
    );
    let spec = &objects.get("StatefulSet", "db")["spec"];
    assert_eq!(spec["podManagementPolicy"], "Parallel");
    assert_eq!(spec["volumeClaimTemplates"][0]["spec"]["storageClassName"], "fast");
    assert_eq!(spec["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"], "1Gi");
    assert_eq!(objects.container()["tty"], true);
    assert_eq!(objects.get("PodDisruptionBudget", "db")["spec"]["maxUnavailable"], 2);
}

#[test]
fn what_is_not_enabled_leaves_nothing() {
    let objects = objects(
        r#"applications.web = {
          enable = false; kind = "statefulset"; image = "a:1"; ports = [ 80 ]; replicas = 2; storage.size = "1Gi";
          configMap.a = "b"; autoscaling.max = 3; scratch = [ "/tmp" ];
        };"#,
    );
    assert_eq!(objects.names(), Vec::<String>::new());
}

#[test]
fn a_rule_of_the_library_can_be_left_out_and_replaced() {
    let objects = objects(
        r#"disabledModules = [ "layers/applications/scaling.nxk" ];
           imports = [
             ({ config, lib, modulesPath, ... }:
               let inherit (import (modulesPath + "/layers/applications/context.nxk") { inherit config lib; }) common define select;
               in {
                 config.configMaps = define (key: entry: common key entry // { data.replicas = toString entry.replicas; })
                   (select (entry: entry.replicas > 1));
               })
           ];
           applications.web = { image = "a:1"; replicas = 2; };
           applications.api.image = "a:1";"#,
    );
    assert!(!objects.has("PodDisruptionBudget", "web"));
    assert_eq!(objects.get("ConfigMap", "web")["data"]["replicas"], "2");
    assert!(!objects.has("ConfigMap", "api"));
}
