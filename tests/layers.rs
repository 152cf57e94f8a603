//! What each layer makes of what people write: whole files in, objects out.

mod support;

use serde_json::Value;
use support::configuration::{compile, errors, find, names, objects, pointed};
use support::nxk;

#[test]
fn layer_1_is_the_object_itself() {
    let objects = objects(
        r#"{ resources.myPod = { apiVersion = "v1"; kind = "Pod"; metadata = { name = "my-pod"; }; spec = { containers = [ { name = "c"; image = "nginx:1.27"; } ]; }; }; }"#,
    );
    assert_eq!(names(&objects), ["Pod/my-pod"]);
    assert_eq!(objects[0]["apiVersion"], "v1");
    assert_eq!(objects[0]["spec"], serde_json::json!({ "containers": [{ "name": "c", "image": "nginx:1.27" }] }));
}

#[test]
fn layer_2_makes_one_object_with_a_name_in_kebab_case() {
    let objects = objects(r#"{ deployments.myApp = { image = "myapp:1.0"; replicas = 3; ports = [ 8080 ]; }; }"#);
    assert_eq!(names(&objects), ["Deployment/my-app"]);
    let deployment = &objects[0];
    assert_eq!(deployment["apiVersion"], "apps/v1");
    assert_eq!(deployment["spec"]["replicas"], 3);
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["image"], "myapp:1.0");
    assert_eq!(container["ports"], serde_json::json!([{ "containerPort": 8080 }]));
    let selector = &deployment["spec"]["selector"]["matchLabels"];
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    for (name, value) in selector.as_object().expect("a selector") {
        assert_eq!(&labels[name], value, "the selector matches the template");
    }
}

const LAYER_3: &str = r#"{
  framework.compliance.owner = "payments";
  applications.myApp = {
    image = "myapp:1.0"; replicas = 3; ports = [ 8080 ];
    compliance.framework = "PCI-DSS"; compliance.level = "low";
    dependencies = [ "postgres" "redis" ];
  };
  applications.postgres = { image = "postgres:16.4"; ports = [ 5432 ]; };
  applications.redis = { image = "redis:7.4"; ports = [ { name = "redis"; port = 6379; containerPort = 6380; } ]; };
}"#;

#[test]
fn layer_3_makes_a_whole_application() {
    let objects = objects(LAYER_3);
    for name in ["my-app", "postgres", "redis"] {
        for kind in ["Deployment", "Service", "ServiceAccount"] {
            find(&objects, kind, name);
        }
    }
    let deployment = find(&objects, "Deployment", "my-app");
    let labels = &deployment["metadata"]["labels"];
    assert_eq!(labels["app.kubernetes.io/name"], "my-app");
    assert_eq!(labels["app.kubernetes.io/managed-by"], "nxk");
    assert_eq!(labels["enterprise.com/compliance-level"], "low");
    assert_eq!(labels["enterprise.com/regulatory-framework"], "PCI-DSS");
    assert_eq!(labels["enterprise.com/owner-team"], "payments");
    let template = &deployment["spec"]["template"];
    assert_eq!(template["metadata"]["labels"]["enterprise.com/compliance-level"], "low");
    let pod = &template["spec"];
    assert_eq!(pod["automountServiceAccountToken"], false);
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
    let container = &pod["containers"][0];
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(container["securityContext"]["allowPrivilegeEscalation"], false);
    assert_eq!(container["securityContext"]["capabilities"]["drop"], serde_json::json!(["ALL"]));
    assert_eq!(container["resources"]["requests"], serde_json::json!({ "cpu": "100m", "memory": "128Mi" }));
    assert_eq!(container["resources"]["limits"], serde_json::json!({ "cpu": "500m", "memory": "512Mi" }));
}

#[test]
fn policies_open_the_declared_connections_in_both_directions() {
    let objects = objects(LAYER_3);
    let deny = find(&objects, "NetworkPolicy", "default-deny");
    assert_eq!(deny["spec"]["podSelector"], serde_json::json!({}));
    assert_eq!(deny["spec"]["policyTypes"], serde_json::json!(["Ingress", "Egress"]));

    let egress = &find(&objects, "NetworkPolicy", "my-app-egress")["spec"];
    let to = |name: &str, port: u32| {
        serde_json::json!({
            "to": [{ "podSelector": { "matchLabels": { "app.kubernetes.io/name": name } } }],
            "ports": [{ "protocol": "TCP", "port": port }],
        })
    };
    let rules = egress["egress"].as_array().expect("rules");
    // On the container's port: policies are applied behind the Service.
    assert!(rules.contains(&to("postgres", 5432)) && rules.contains(&to("redis", 6380)), "{rules:#?}");
    let dns = serde_json::json!({
        "to": [{
            "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": "kube-system" } },
            "podSelector": { "matchLabels": { "k8s-app": "kube-dns" } },
        }],
        "ports": [{ "protocol": "UDP", "port": 53 }, { "protocol": "TCP", "port": 53 }],
    });
    assert!(rules.contains(&dns), "{rules:#?}");
    assert_eq!(rules.len(), 3);

    let ingress = &find(&objects, "NetworkPolicy", "redis-ingress")["spec"];
    assert_eq!(ingress["policyTypes"], serde_json::json!(["Ingress"]));
    assert_eq!(
        ingress["ingress"],
        serde_json::json!([{
            "from": [{ "podSelector": { "matchLabels": { "app.kubernetes.io/name": "my-app" } } }],
            "ports": [{ "protocol": "TCP", "port": 6380 }],
        }])
    );
    assert!(!names(&objects).iter().any(|name| name == "NetworkPolicy/postgres-egress"), "it needs nothing");
}

#[test]
fn dependencies_across_namespaces_name_pods_and_namespace_in_one_peer() {
    let objects = objects(
        r#"{
          framework.namespace = "front";
          applications.web = { image = "web:1"; dependencies = [ "back/db" ]; };
          applications.db = { image = "db:1"; namespace = "back"; ports = [ 5432 ]; };
        }"#,
    );
    find(&objects, "Namespace", "front");
    find(&objects, "Namespace", "back");
    let egress = &find(&objects, "NetworkPolicy", "web-egress")["spec"]["egress"][0];
    assert_eq!(
        egress["to"],
        serde_json::json!([{
            "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": "back" } },
            "podSelector": { "matchLabels": { "app.kubernetes.io/name": "db" } },
        }])
    );
    let ingress = find(&objects, "NetworkPolicy", "db-ingress");
    assert_eq!(ingress["metadata"]["namespace"], "back");
    let from = &ingress["spec"]["ingress"][0]["from"][0];
    assert_eq!(from["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"], "front");
}

#[test]
fn undeclared_dependencies_are_errors_at_their_places() {
    let text =
        LAYER_3.replace("applications.postgres", "applications.pg").replace("applications.redis", "applications.cache");
    let found = errors(&text);
    let codes: Vec<&Value> = found.iter().map(|finding| &finding["code"]).collect();
    assert_eq!(codes, ["E0801", "E0801"], "{found:#?}");
    assert_eq!(pointed(&text, &found[0]), "\"postgres\"");
    assert_eq!(pointed(&text, &found[1]), "\"redis\"");
}

#[test]
fn a_missing_owner_is_an_error_at_the_application() {
    let text = LAYER_3.replace("framework.compliance.owner = \"payments\";", "");
    let found = errors(&text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["code"], "E0901");
    assert_eq!(pointed(&text, &found[0]), "myApp");
}

#[test]
fn a_mistyped_option_is_answered_at_its_key() {
    let text = LAYER_3.replace("replicas", "replcas");
    let found = errors(&text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(pointed(&text, &found[0]), "replcas");
    assert_eq!(found[0]["hint"], "did you mean `replicas`?");
}

#[test]
fn layer_1_patches_what_the_layers_made() {
    let objects = objects(
        r#"{
          applications.web = { image = "web:1"; replicas = 2; ports = [ 80 ]; };
          resources."Deployment/web".spec.replicas = 7;
          resources."Deployment/web".spec.template.spec.containers = [ { name = "web"; tty = true; } { name = "log"; image = "log:1"; } ];
        }"#,
    );
    let spec = &find(&objects, "Deployment", "web")["spec"];
    assert_eq!(spec["replicas"], 7);
    let containers = spec["template"]["spec"]["containers"].as_array().expect("containers");
    assert_eq!(containers.len(), 2);
    assert_eq!(
        (&containers[0]["name"], &containers[0]["tty"], &containers[0]["image"]),
        (&"web".into(), &true.into(), &"web:1".into())
    );
    assert_eq!(containers[1]["name"], "log");
}

#[test]
fn one_run_shows_five_different_mistakes() {
    let text = r#"{
  applications.web = {
    image = "web:1"
    replicas = "three";
    imgae = "x";
    env.HOST = hostname;
    dependencies = [ "postgres" ];
  };
}"#;
    let found = errors(text);
    let mut codes: Vec<&str> = found.iter().filter_map(|finding| finding["code"].as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["E0102", "E0201", "E0301", "E0302", "E0801"], "{found:#?}");
}

#[test]
fn settings_have_the_last_word_and_are_read_by_type() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("main.nxk");
    std::fs::write(
        &file,
        r#"{ lib, ... }: { applications.web = { image = "web:1"; replicas = lib.mkForce 2; ports = [ 80 ]; }; }"#,
    )
    .expect("written");
    let output = nxk()
        .args([
            "compile",
            "--format",
            "json",
            "--set",
            "applications.web.replicas=5",
            "--set",
            "applications.web.image=web:2",
        ])
        .arg(&file)
        .output()
        .expect("the built program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let list: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
    let objects = list["items"].as_array().cloned().unwrap_or_default();
    let deployment = find(&objects, "Deployment", "web");
    assert_eq!(deployment["spec"]["replicas"], 5);
    assert_eq!(deployment["spec"]["template"]["spec"]["containers"][0]["image"], "web:2");
}

/// What a named type stands for is computed when it is needed, so a text may be read before.
#[test]
fn settings_are_read_by_each_member_of_a_union_of_named_types() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("main.nxk");
    let text = r#"{ applications.web = { image = "web:1"; ports = [ 80 ]; expose.host = "a.example.com"; }; }"#;
    std::fs::write(&file, text).expect("written");
    let set = |value: &str| {
        let setting = format!("applications.web.expose.host={value}");
        let arguments = ["compile", "--format", "json", "--message-format", "json", "--set", &setting];
        let output = nxk().args(arguments).arg(&file).output().expect("the built program starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let list: Value = serde_json::from_slice(&output.stdout).map_err(|_| said)?;
        let objects = list["items"].as_array().cloned().unwrap_or_default();
        let ingress = objects.into_iter().find(|object| object["kind"] == "Ingress").expect("it is exposed");
        Ok::<Value, String>(ingress["spec"]["rules"][0]["host"].clone())
    };
    for host in ["shop.example.com", "*.example.com", "true", "12"] {
        assert_eq!(set(host), Ok(host.into()), "it is text, whatever else it could be");
    }
    assert_eq!(set("null"), Ok(Value::Null));
    let refused = set("-not-a-host-").expect_err("it is no Host");
    assert!(refused.contains("E0304") && refused.contains("-not-a-host-"), "{refused}");
}

#[test]
fn a_mandatory_label_is_refused_once_wherever_it_is_written() {
    for entry in ["applications.web", "deployments.web"] {
        let text = format!(
            r#"{{ {entry} = {{ image = "web:1.0"; labels = {{ "enterprise.com/owner-team" = "web"; tier = "1"; }}; }}; }}"#
        );
        let errors = errors(&text);
        assert_eq!(errors.len(), 1, "{errors:#?}");
        assert_eq!(errors[0]["code"], "E0902");
        assert_eq!(pointed(&text, &errors[0]), r#""enterprise.com/owner-team""#);
    }
}

#[test]
fn messages_list_the_few_values_of_types_of_other_files() {
    let errors = errors(
        r#"{ applications.web = { image = "web:1.0"; compliance.dataClassification = 5; env.A = [ ]; }; framework.compliance.level = 5; }"#,
    );
    let said = errors.iter().filter_map(|finding| finding["message"].as_str());
    let level = said.into_iter().find(|message| message.contains("compliance.level")).expect("the level is wrong");
    assert!(level.contains(r#""low" | "standard""#), "{level}");
}

#[test]
fn modules_say_what_must_hold_and_what_to_look_at() {
    let text = r#"{
  warnings = [ "look here" ];
  assertions = [ { assertion = true; message = "never said"; } { assertion = 1 > 2; message = "one is less"; } ];
}"#;
    let findings = compile(text).expect_err("an assertion does not hold");
    let said: Vec<_> = findings.iter().map(|finding| (finding["code"].as_str(), finding["message"].as_str())).collect();
    assert_eq!(said, [(Some("W0501"), Some("look here")), (Some("E0404"), Some("one is less"))]);
    assert_eq!(pointed(text, &findings[1]), "assertion");
}

#[test]
fn a_dependency_that_is_switched_off_is_told_from_one_that_is_missing() {
    let text = r#"{
  applications.db = { image = "db:1"; ports = [ 5432 ]; enable = false; };
  applications.web = { image = "web:1"; dependencies = [ "db" ]; };
}"#;
    let found = errors(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["code"], "E0801");
    assert_eq!(pointed(text, &found[0]), "\"db\"");
    assert_eq!(found[0]["message"], "`web` depends on `db`, which is not enabled");
    assert_eq!(pointed(text, &found[0]["related"][0]), "enable");
}

#[test]
fn one_number_may_have_several_protocols() {
    let objects = objects(
        r#"{ applications.dns = { image = "dns:1"; ports = [ { port = 53; } { port = 53; protocol = "UDP"; } ]; }; }"#,
    );
    let ports = &find(&objects, "Service", "dns")["spec"]["ports"];
    assert_eq!((&ports[0]["name"], &ports[1]["name"]), (&"port-53".into(), &"port-53-udp".into()));
}

#[test]
fn labels_that_people_write_are_never_dropped() {
    let made = objects(r#"{ applications.web = { image = "web:1"; labels = { app = "mine"; tier = "front"; }; }; }"#);
    let labels = &find(&made, "Deployment", "web")["spec"]["template"]["metadata"]["labels"];
    assert_eq!((&labels["app"], &labels["tier"]), (&"mine".into(), &"front".into()));

    let text = r#"{
  framework.compliance = { framework = "CIS"; level = "low"; owner = "a"; };
  deployments.web = { image = "web:1"; labels."enterprise.com/owner-team" = "b"; };
}"#;
    let found = errors(text);
    assert!(!found.is_empty() && found.iter().all(|finding| finding["code"] == "E0902"), "{found:#?}");
    assert_eq!(pointed(text, &found[0]), "\"enterprise.com/owner-team\"");

    let text = r#"{ applications.web = { image = "web:1"; labels."app.kubernetes.io/name" = "other"; }; }"#;
    let found = errors(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["code"], "E0614");
    assert_eq!(pointed(text, &found[0]["related"][0]), "\"other\"");
}

#[test]
fn two_names_that_meet_are_one_finding() {
    let text = r#"{
  applications.myApp = { image = "a:1"; ports = [ 80 ]; };
  applications.my-app = { image = "a:1"; ports = [ 80 ]; };
  namespaces.foo = { };
  namespaces.Foo = { };
}"#;
    let found = errors(text);
    let codes: Vec<&Value> = found.iter().map(|finding| &finding["code"]).collect();
    assert_eq!(codes, ["E0702", "E0702"], "{found:#?}");
}

#[test]
fn what_collides_with_a_made_object_is_pointed_at_and_told_its_key() {
    let text = r#"{
  resources.mine = { kind = "NetworkPolicy"; metadata.name = "default-deny"; spec.podSelector = { }; };
  applications.web = { image = "web:1"; };
}"#;
    let found = errors(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0]["code"], "E0703");
    assert_eq!(pointed(text, &found[0]), "mine");
    let hint = found[0]["hint"].as_str().expect("a hint");
    assert!(hint.contains(r#"resources."NetworkPolicy/default-deny""#), "{hint}");
}

#[test]
fn an_entry_that_is_imported_back_counts_once() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let (main, other) = (folder.path().join("main.nxk"), folder.path().join("other.nxk"));
    let text = r#"{ imports = [ ./other.nxk ]; applications.web = { image = "web:1"; ports = [ 80 ]; }; }"#;
    std::fs::write(&main, text).expect("written");
    std::fs::write(&other, "{ imports = [ ./main.nxk ]; }").expect("written");
    let output = nxk().args(["compile", "--format", "json"]).arg(&main).output().expect("the built program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let list: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
    let objects = list["items"].as_array().expect("objects");
    assert_eq!(find(objects, "Service", "web")["spec"]["ports"].as_array().map(Vec::len), Some(1));
}

#[test]
fn opaque_kinds_are_taken_as_they_are_and_the_hint_says_how() {
    let text =
        r#"{ resources.x = { kind = "Widget"; apiVersion = "example.com/v1"; metadata.name = "x"; spec.a = 1; }; }"#;
    let found = errors(text);
    assert_eq!(found[0]["code"], "E0601");
    assert_eq!(
        found[0]["hint"],
        "name the file that defines it: `schemas = [ ./crd.yaml ]`; or take it as it is: \
         `framework.opaqueKinds = [ \"example.com/v1/Widget\" ]`"
    );
    let opaque = text.replacen('{', r#"{ framework.opaqueKinds = [ "example.com/v1/Widget" ];"#, 1);
    assert_eq!(names(&objects(&opaque)), ["Widget/x"]);
    let short = text.replacen('{', r#"{ framework.opaqueKinds = [ "Widget" ];"#, 1);
    assert_eq!(errors(&short)[0]["code"], "E0304");
}
