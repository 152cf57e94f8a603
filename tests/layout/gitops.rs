//! The objects of GitOps tools: what they say of the repository, the waves, and that nothing deploys itself.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::support::compiled::Source;
use crate::{compile, names, written};

/// An application that needs another, and what stands around them.
const CHAIN: &str = r#"
  applications.database = { image = "postgres:17"; kind = "statefulset"; ports = [ 5432 ]; };
  applications.api = { image = "api:1"; ports = [ 8080 ]; dependencies = [ "database" ]; };
  applications.web = { image = "web:1"; ports = [ 8080 ]; dependencies = [ "api" ]; };
"#;

fn source(gitops: &str, rest: &str) -> Source {
    Source::new(&format!(
        "framework = {{ project = \"shop\"; namespace = \"shop\"; gitops = {{ repository = \"https://git.example.com/shop.git\"; path = \"out/prod\"; {gitops} }}; }};\n{CHAIN}{rest}"
    ))
}

/// The objects of the tool alone.
fn tool(source: &Source) -> Vec<Value> {
    source.objects_with(&["--gitops"]).0
}

fn only(objects: Vec<Value>) -> Value {
    assert_eq!(objects.len(), 1, "{objects:#?}");
    objects.into_iter().next().expect("one")
}

/// The wave of each deployed object, by `Kind/name`.
fn waves(source: &Source) -> BTreeMap<String, Option<i64>> {
    let name = |object: &Value| {
        format!(
            "{}/{}",
            object["kind"].as_str().unwrap_or_default(),
            object["metadata"]["name"].as_str().unwrap_or_default()
        )
    };
    let wave = |object: &Value| {
        let wave = object["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"].as_str()?;
        Some(wave.parse().expect("a whole number"))
    };
    source.objects().0.iter().map(|object| (name(object), wave(object))).collect()
}

#[test]
fn an_application_says_what_was_declared() {
    let found = only(tool(&source(r#"tool = "argocd"; revision = "v1.2";"#, "")));
    assert_eq!(found["kind"], "Application");
    assert_eq!(found["metadata"]["namespace"], "argocd");
    let expected = json!({
        "project": "default",
        "source": { "repoURL": "https://git.example.com/shop.git", "targetRevision": "v1.2", "path": "out/prod" },
        "destination": { "server": "https://kubernetes.default.svc", "namespace": "shop" },
        "syncPolicy": { "automated": { "prune": true, "selfHeal": true } },
    });
    assert_eq!(found["spec"], expected);
}

#[test]
fn options_reach_the_application() {
    let options = r#"tool = "argocd"; name = "store"; namespace = "ops"; prune = false;
        argoCd = { project = "team"; selfHeal = false; syncOptions = [ "ServerSideApply=true" ];
          spec = { revisionHistoryLimit = 3; syncPolicy.retry.limit = 5; }; };"#;
    let found = only(tool(&source(options, "")));
    assert_eq!(found["metadata"]["name"], "store");
    assert_eq!(found["metadata"]["namespace"], "ops");
    let spec = &found["spec"];
    assert_eq!(spec["project"], "team");
    assert_eq!(spec["syncPolicy"]["automated"], json!({ "prune": false, "selfHeal": false }));
    assert_eq!(spec["syncPolicy"]["syncOptions"], json!(["ServerSideApply=true"]));
    assert_eq!(spec["syncPolicy"]["retry"]["limit"], 5);
    assert_eq!(spec["revisionHistoryLimit"], 3);
    let manual = only(tool(&source(r#"tool = "argocd"; argoCd.automated = false;"#, "")));
    assert_eq!(manual["spec"]["syncPolicy"], Value::Null);
}

#[test]
fn several_environments_make_a_set() {
    let options = r#"tool = "argocd"; environments = {
        staging = { revision = "next"; };
        production = { path = "elsewhere"; cluster = "eu-1"; namespace = "live"; };
      };"#;
    let found = only(tool(&source(options, "")));
    assert_eq!(found["kind"], "ApplicationSet");
    assert_eq!(found["spec"]["syncPolicy"]["preserveResourcesOnDeletion"], true);
    let elements = json!([
        { "environment": "production", "path": "elsewhere", "revision": "main", "namespace": "live", "cluster": "eu-1", "server": "" },
        { "environment": "staging", "path": "out/prod/staging", "revision": "next", "namespace": "shop", "cluster": "", "server": "https://kubernetes.default.svc" },
    ]);
    assert_eq!(found["spec"]["generators"][0]["list"]["elements"], elements);
    // What the template asks for, every element has: Argo CD is told to fail otherwise.
    assert_eq!(found["spec"]["goTemplateOptions"], json!(["missingkey=error"]));
    let text = found["spec"]["template"].to_string();
    for (at, _) in text.match_indices("{{ .") {
        let name = text[at + 4..].split(' ').next().expect("a name");
        for element in elements.as_array().expect("a list") {
            assert!(element.get(name).is_some(), "{element} has {name}");
        }
    }
    assert_eq!(found["spec"]["template"]["metadata"]["name"], "shop-{{ .environment }}");
}

#[test]
fn flux_gets_a_source_and_kustomizations() {
    let found = tool(&source(r#"tool = "flux"; flux = { dependsOn = [ "infra" ]; secretRef = "deploy-key"; };"#, ""));
    let [git, kustomization] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!(git["kind"], "GitRepository");
    assert_eq!(git["spec"]["url"], "https://git.example.com/shop.git");
    assert_eq!(git["spec"]["ref"], json!({ "branch": "main" }));
    assert_eq!(git["spec"]["secretRef"]["name"], "deploy-key");
    assert_eq!(kustomization["apiVersion"], "kustomize.toolkit.fluxcd.io/v1");
    assert_eq!(kustomization["metadata"]["namespace"], "flux-system");
    let spec = &kustomization["spec"];
    assert_eq!(spec["path"], "./out/prod");
    assert_eq!(spec["sourceRef"], json!({ "kind": "GitRepository", "name": "shop" }));
    assert_eq!((&spec["prune"], &spec["wait"]), (&json!(true), &json!(true)));
    assert_eq!(spec["dependsOn"], json!([{ "name": "infra" }]));
    assert!(waves(&source(r#"tool = "flux";"#, "")).values().all(Option::is_none), "waves are Argo CD's");
}

#[test]
fn flux_knows_revisions_by_what_they_are() {
    let revision = |revision: &str| {
        let found = tool(&source(&format!("tool = \"flux\"; revision = \"{revision}\";"), ""));
        found[0]["spec"]["ref"].clone()
    };
    let commit = "0123456789abcdef0123456789abcdef01234567";
    assert_eq!(revision(commit), json!({ "commit": commit }));
    assert_eq!(revision("refs/tags/v1"), json!({ "name": "refs/tags/v1" }));
    assert_eq!(revision("release/1.2"), json!({ "branch": "release/1.2" }));
    let options =
        r#"tool = "flux"; environments = { a.revision = "one"; b = { kubeConfigSecret = "b-config"; }; c = { }; };"#;
    let found = tool(&source(options, ""));
    let of = |kind: &str| found.iter().filter(|object| object["kind"] == kind).collect::<Vec<_>>();
    assert_eq!((of("GitRepository").len(), of("Kustomization").len()), (2, 3));
    for kustomization in of("Kustomization") {
        let source = &kustomization["spec"]["sourceRef"]["name"];
        let git = of("GitRepository").into_iter().find(|git| git["metadata"]["name"] == *source).expect("its source");
        let first = kustomization["metadata"]["name"] == "shop-a";
        assert_eq!(git["spec"]["ref"]["branch"], if first { "one" } else { "main" });
    }
    assert_eq!(of("Kustomization")[1]["spec"]["kubeConfig"]["secretRef"]["name"], "b-config");
}

#[test]
fn waves_follow_the_dependencies() {
    let found = waves(&source(r#"tool = "argocd";"#, ""));
    assert!(found.values().all(Option::is_some), "every object says its wave: {found:#?}");
    let of = |name: &str| found[name].expect("a wave");
    assert_eq!([of("StatefulSet/database"), of("Deployment/api"), of("Deployment/web")], [0, 1, 2]);
    assert_eq!([of("Service/database"), of("ServiceAccount/api"), of("Service/web")], [0, 1, 2]);
    assert!(of("Namespace/shop") < of("NetworkPolicy/default-deny"));
    assert!(of("NetworkPolicy/web-egress") < of("StatefulSet/database"));
}

#[test]
fn no_wave_waits_for_a_later_one() {
    let rest = r#"
      resources.claim = { apiVersion = "v1"; kind = "PersistentVolumeClaim"; metadata = { name = "shared"; namespace = "shop"; };
        spec = { accessModes = [ "ReadWriteOnce" ]; resources.requests.storage = "1Gi"; }; };
      resources."Deployment/api".spec.template.spec.volumes = [ { name = "shared"; persistentVolumeClaim.claimName = "shared"; } ];
      resources.free = { apiVersion = "v1"; kind = "PersistentVolumeClaim"; metadata = { name = "free"; namespace = "shop"; };
        spec = { accessModes = [ "ReadWriteOnce" ]; resources.requests.storage = "1Gi"; }; };
      configMaps.settings.data.a = "1";
      ingresses.front.hosts = [ { host = "shop.example.com"; paths = [ { service = "web"; } ]; } ];
      resources."Deployment/web".metadata.annotations."argocd.argoproj.io/sync-wave" = "7";
    "#;
    let found = waves(&source(r#"tool = "argocd";"#, rest));
    let of = |name: &str| found[name].expect("a wave");
    assert_eq!(of("PersistentVolumeClaim/shared"), of("Deployment/api"), "it is bound when its pod is there");
    assert_eq!(of("PersistentVolumeClaim/free"), 2, "nobody waits for what nobody mounts");
    assert_eq!(of("Ingress/front"), 2);
    assert!(of("ConfigMap/settings") < 0);
    assert_eq!(of("Deployment/web"), 7, "what the user says holds");
}

/// Each object's annotation of this name.
fn annotations(source: &Source, name: &str) -> BTreeMap<String, String> {
    let objects = source.objects().0.into_iter();
    let told = objects.filter_map(|object| {
        let text = object["metadata"]["annotations"][name].as_str()?.to_owned();
        Some((format!("{}/{}", object["kind"].as_str()?, object["metadata"]["name"].as_str()?), text))
    });
    told.collect()
}

#[test]
fn what_holds_data_is_not_pruned() {
    let rest = r#"
      resources.claim = { apiVersion = "v1"; kind = "PersistentVolumeClaim"; metadata = { name = "uploads"; namespace = "shop"; };
        spec = { accessModes = [ "ReadWriteOnce" ]; resources.requests.storage = "1Gi"; }; };
      resources.own = { apiVersion = "v1"; kind = "PersistentVolumeClaim";
        metadata = { name = "cache"; namespace = "shop"; annotations = { "argocd.argoproj.io/sync-options" = "Replace=true, Prune=confirm";
          "kustomize.toolkit.fluxcd.io/prune" = "enabled"; }; };
        spec = { accessModes = [ "ReadWriteOnce" ]; resources.requests.storage = "1Gi"; }; };
    "#;
    let told = |entries: &[(&str, &str)]| {
        entries.iter().map(|(object, text)| ((*object).to_owned(), (*text).to_owned())).collect::<BTreeMap<_, _>>()
    };
    let never = "Prune=false,Delete=false";
    assert_eq!(
        annotations(&source(r#"tool = "argocd";"#, rest), "argocd.argoproj.io/sync-options"),
        told(&[
            ("Namespace/shop", never),
            ("PersistentVolumeClaim/cache", "Replace=true,Prune=confirm,Delete=false"),
            ("PersistentVolumeClaim/uploads", never),
        ])
    );
    assert_eq!(
        annotations(&source(r#"tool = "flux";"#, rest), "kustomize.toolkit.fluxcd.io/prune"),
        told(&[
            ("Namespace/shop", "disabled"),
            ("PersistentVolumeClaim/cache", "enabled"),
            ("PersistentVolumeClaim/uploads", "disabled"),
        ])
    );
    let without = source(r#"tool = "flux"; keepData = false;"#, rest);
    assert_eq!(annotations(&without, "kustomize.toolkit.fluxcd.io/prune").len(), 1);
    // Nobody is told anything where there is nobody to tell.
    let nobody = Source::new(CHAIN);
    assert!(annotations(&nobody, "kustomize.toolkit.fluxcd.io/prune").is_empty());
}

#[test]
fn what_deploys_is_not_deployed() {
    let source = source(r#"tool = "argocd";"#, "");
    let out = source.folder().join("out");
    let deployed = source.objects().0;
    assert!(deployed.iter().all(|object| object["kind"] != "Application"));
    written(&source, &[]);
    assert_eq!(names(&out), ["gitops.yaml", "kustomization.yaml", "manifests.yaml"]);
    assert!(!fs::read_to_string(out.join("manifests.yaml")).expect("text").contains("kind: Application"));
    let Some(found) = crate::kustomized(&out) else { return };
    assert_eq!(found, deployed);
    written(&source, &["--split"]);
    assert!(out.join("gitops/application-shop.yaml").exists());
    assert_eq!(crate::kustomized(&out), Some(deployed));
    // By themselves, they take no place of what is deployed unless somebody means it.
    for arguments in [&["--split"][..], &[], &["--format", "json"]] {
        written(&source, arguments);
        let before = names(&out);
        let refused = compile(&source, &["-o", "out", "--gitops"]);
        assert_eq!(refused.status.code(), Some(3));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("[E1014]"));
        assert_eq!(names(&out), before);
    }
    written(&source, &["--gitops", "--force"]);
    assert_eq!(names(&out), ["manifests.yaml"]);
    written(&source, &["--gitops"]);
}

#[test]
fn mistakes_are_told_where_they_are_made() {
    let cases = [
        (r#"tool = "argocd"; path = "../other";"#, "E0404", "outside of the repository"),
        (
            r#"tool = "argocd"; environments.a = { server = "https://a"; cluster = "a"; };"#,
            "E0706",
            "both `server` and `cluster`",
        ),
        (r#"tool = "argocd"; path = "/out";"#, "E0304", ""),
        (r#"tool = "jenkins";"#, "E0301", ""),
    ];
    for (options, code, words) in cases {
        let body = format!("framework.gitops = {{ repository = \"https://git.example.com/a.git\"; {options} }};");
        let errors = Source::new(&body).errors();
        assert!(
            errors.iter().any(|error| error.code == code && error.message.contains(words)),
            "{options}: {errors:#?}"
        );
    }
    let only = |body: &str| Source::new(body).errors();
    let found = only("framework.gitops.tool = \"argocd\";");
    assert!(found[0].message.contains("does not say where the output is kept"), "{found:#?}");
    let found =
        only("framework.gitops = { tool = \"argocd\"; repository = \"https://me:hunter2@git.example.com/a.git\"; };");
    assert!(found[0].message.contains("holds a password") && !found[0].message.contains("hunter2"), "{found:#?}");
    let found = only(
        "framework = { namespace = \"a\"; gitops = { tool = \"flux\"; repository = \"git@git.example.com:team/a.git\"; }; };",
    );
    assert!(found.iter().any(|error| error.hint.contains("ssh://git@git.example.com/team/a.git")), "{found:#?}");
}

#[test]
fn without_a_tool_there_is_nothing_to_tell_one() {
    let output = compile(&Source::new(CHAIN), &["--gitops"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("E1013"));
}
