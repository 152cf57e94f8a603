//! Who may do what: cases with a reason each, an authorizer of its own that has to agree, and what a compile says.
//!
//! Cases are YAML in `tests/corpus/rbac`; the head of `grants.yaml` tells their form. The other authorizer is
//! `tests/rbac.py`, written from Kubernetes' documentation alone: it makes objects and requests, and says which pass.

mod support;

use std::collections::BTreeSet;
use std::process::Command;

use nxk::driver::{self, Session};
use nxk::layers::Object;
use nxk::node::{Field, Map, Node, NodeKind};
use nxk::rbac::danger::Danger;
use nxk::rbac::report::Report;
use nxk::rbac::{Access, Permission, Request, Target};
use nxk::report;
use nxk::source::{SourceMap, Span};
use serde_json::{Value, json};
use support::configuration::compile_with;
use support::{files_below, python, read, repository};

const GROUP: &str = "rbac.authorization.k8s.io";

/// JSON as finished data.
fn node(value: &Value) -> Node {
    let kind = match value {
        Value::Null => NodeKind::Null,
        Value::Bool(value) => NodeKind::Bool(*value),
        Value::Number(number) => NodeKind::Int(number.as_i64().unwrap_or_default()),
        Value::String(text) => NodeKind::Str(text.into()),
        Value::Array(items) => NodeKind::List(items.iter().map(node).collect()),
        Value::Object(fields) => {
            let field =
                |(key, value): (&String, &Value)| Field { key: key.into(), key_span: Span::NONE, value: node(value) };
            NodeKind::Map(Map { fields: fields.iter().map(field).collect() })
        }
    };
    Node::new(kind, Span::NONE)
}

/// Objects; where `apiVersion` is left out, it is the usual one.
fn objects(values: &[Value]) -> Vec<Object> {
    let object = |value: &Value| {
        let mut value = value.clone();
        if value["apiVersion"].is_null() {
            let core = value["kind"] == "ServiceAccount";
            value["apiVersion"] = json!(if core { "v1".to_string() } else { format!("{GROUP}/v1") });
        }
        Object { key: "".into(), node: node(&value), entry: Span::NONE }
    };
    values.iter().map(object).collect()
}

/// One case of the corpus.
struct Case {
    origin: String,
    value: Value,
}

fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    for path in files_below("tests/corpus/rbac", ".yaml") {
        let file = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        let list: Vec<Value> = serde_yaml::from_str(&read(&path)).unwrap_or_else(|error| panic!("{file}: {error}"));
        for value in list {
            let origin = format!("{file}: {}", value["why"].as_str().expect("a case says why"));
            all.push(Case { origin, value });
        }
    }
    all
}

impl Case {
    fn objects(&self) -> Vec<Object> {
        let Value::Array(given) = &self.value["objects"] else {
            let (scope, rules) = match &self.value["cluster"] {
                Value::Null => ("shop", &self.value["namespace"]),
                rules => ("", rules),
            };
            return objects(&bound(scope, rules));
        };
        objects(given)
    }

    fn strings(&self, key: &str) -> Vec<&str> {
        let list = self.value[key].as_array().into_iter().flatten();
        list.map(|one| one.as_str().unwrap_or_else(|| panic!("{}: `{key}` is not text: {one}", self.origin))).collect()
    }

    fn problems(&self) -> Vec<String> {
        let objects = self.objects();
        let access = Access::of(&objects);
        let mut problems = Vec::new();
        for (key, expected) in [("allows", true), ("denies", false)] {
            for request in self.strings(key) {
                if Asked::parse(request).allowed_by(&access) != expected {
                    problems.push(format!("`{request}` is {}", if expected { "not allowed" } else { "allowed" }));
                }
            }
        }
        for (subject, expected) in self.value["permissions"].as_object().into_iter().flatten() {
            let holder = access.holders.iter().find(|(one, _)| one.to_string() == *subject);
            let found: Vec<String> = holder.iter().flat_map(|(_, holder)| &holder.permissions).map(shown).collect();
            if json!(found) != *expected {
                problems.push(format!("{subject} has {found:?}"));
            }
        }
        if self.value["risks"].is_array() {
            let mut expected = self.strings("risks");
            let risks = access.risks();
            let mut found: Vec<String> =
                risks.iter().map(|risk| format!("{} {} {}", risk.grade.name(), risk.id, risk.object)).collect();
            expected.sort_unstable();
            found.sort_unstable();
            if found != expected {
                problems.push(format!("the risks are {found:#?}"));
            }
            let empty =
                risks.iter().find(|risk| risk.message.is_empty() || risk.attack.is_empty() || risk.narrow.is_empty());
            problems.extend(empty.map(|risk| format!("{} does not say enough", risk.id)));
        }
        problems
    }
}

/// A role with these rules, bound to shop/web: in a namespace, or in the cluster.
fn bound(namespace: &str, rules: &Value) -> Vec<Value> {
    let (role, binding) =
        if namespace.is_empty() { ("ClusterRole", "ClusterRoleBinding") } else { ("Role", "RoleBinding") };
    let metadata =
        if namespace.is_empty() { json!({ "name": "r" }) } else { json!({ "name": "r", "namespace": namespace }) };
    vec![
        json!({ "kind": role, "metadata": metadata, "rules": rules }),
        json!({
            "kind": binding,
            "metadata": metadata,
            "roleRef": { "kind": role, "name": "r" },
            "subjects": [{ "kind": "ServiceAccount", "name": "web", "namespace": "shop" }],
        }),
    ]
}

/// A request as cases write it: `shop/web get deployments.apps/scale named x in shop`, `user:ann get /metrics`.
#[derive(Debug)]
struct Asked {
    user: String,
    groups: Vec<String>,
    verb: String,
    /// Group, resource, subresource, name, namespace; or a path alone.
    target: Vec<String>,
}

impl Asked {
    fn parse(text: &str) -> Asked {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [who, verb, what, rest @ ..] = words.as_slice() else { panic!("`{text}` is no request") };
        let owned = |list: &[&str]| list.iter().map(|word| word.to_string()).collect::<Vec<_>>();
        let (user, groups) = match who.split_once('/') {
            Some((namespace, account)) => (
                format!("system:serviceaccount:{namespace}:{account}"),
                owned(&[
                    "system:serviceaccounts",
                    &format!("system:serviceaccounts:{namespace}"),
                    "system:authenticated",
                ]),
            ),
            None if *who == "anonymous" => ("system:anonymous".to_string(), owned(&["system:unauthenticated"])),
            None => match who.split_once(':') {
                Some(("group", group)) => ("somebody".to_string(), owned(&[group, "system:authenticated"])),
                Some(("user", user)) => (user.to_string(), owned(&["system:authenticated"])),
                _ => panic!("`{who}` is nobody"),
            },
        };
        let target = if what.starts_with('/') {
            owned(&[what])
        } else {
            let (whole, part) = what.split_once('/').unwrap_or((what, ""));
            let (resource, group) = whole.split_once('.').unwrap_or((whole, ""));
            let behind = |word: &str| rest.iter().position(|one| *one == word).map_or("", |at| rest[at + 1]);
            owned(&[group, resource, part, behind("named"), behind("in")])
        };
        Asked { user, groups, verb: verb.to_string(), target }
    }

    /// A request as the other authorizer writes it.
    fn read(value: &Value) -> Asked {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_string();
        let groups = value["groups"].as_array().into_iter().flatten();
        let target = match value["url"].as_str() {
            Some(url) => vec![url.to_string()],
            None => ["group", "resource", "subresource", "name", "namespace"].map(text).to_vec(),
        };
        Asked {
            user: text("user"),
            groups: groups.map(|one| one.as_str().unwrap_or_default().into()).collect(),
            verb: text("verb"),
            target,
        }
    }

    fn allowed_by(&self, access: &Access<'_>) -> bool {
        let groups: Vec<&str> = self.groups.iter().map(String::as_str).collect();
        let target = match self.target.as_slice() {
            [url] => Target::Url(url),
            [group, resource, subresource, name, namespace] => {
                Target::Resource { group, resource, subresource, name, namespace }
            }
            other => panic!("{other:?}"),
        };
        access.allows(&Request { user: &self.user, groups: &groups, verb: &self.verb, target })
    }
}

/// `in shop: get list on pods of apps named x`
fn shown(permission: &Permission) -> String {
    let rule = &permission.rule;
    let list = |list: &[ecow::EcoString]| {
        list.iter().map(|word| if word.is_empty() { "core" } else { word }).collect::<Vec<_>>().join(" ")
    };
    let place = permission.scope.namespace().map_or_else(|| "everywhere".to_string(), |name| format!("in {name}"));
    let mut text = format!("{place}: {}", list(&rule.verbs));
    if !rule.urls.is_empty() {
        return format!("{text} at {}", list(&rule.urls));
    }
    text.push_str(&format!(" on {}", list(&rule.resources)));
    if rule.groups != [""] {
        text.push_str(&format!(" of {}", list(&rule.groups)));
    }
    if !rule.names.is_empty() {
        text.push_str(&format!(" named {}", list(&rule.names)));
    }
    text
}

#[test]
fn cases_are_as_they_say() {
    let cases = cases();
    assert!(cases.len() >= 50, "there are {} cases", cases.len());
    let reasons: BTreeSet<&str> = cases.iter().map(|case| case.origin.as_str()).collect();
    assert_eq!(reasons.len(), cases.len(), "two cases have one reason");
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let problems = case.problems();
            (!problems.is_empty()).then(|| format!("{}\n  {}", case.origin, problems.join("\n  ")))
        })
        .collect();
    assert!(wrong.is_empty(), "{} cases are wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// The answers of the other authorizer: clusters, each with its objects and requests.
fn other_authorizer(clusters: usize, requests: usize) -> Option<Vec<Value>> {
    let python = python("json")?;
    let seed = std::env::var("NXK_SEED").unwrap_or_else(|_| "1".to_string());
    let output = Command::new(python)
        .arg(repository().join("tests/rbac.py"))
        .args([seed, clusters.to_string(), requests.to_string()])
        .output()
        .expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("it is text");
    Some(lines.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect())
}

#[test]
fn another_authorizer_lets_the_same_requests_pass() {
    let Some(clusters) = other_authorizer(400, 60) else { return };
    let (mut asked, mut allowed, mut wrong) = (0, 0, Vec::new());
    for cluster in &clusters {
        let objects = objects(cluster["objects"].as_array().expect("it has objects"));
        let access = Access::of(&objects);
        for request in cluster["requests"].as_array().into_iter().flatten() {
            let expected = request["allowed"] == true;
            (asked, allowed) = (asked + 1, allowed + usize::from(expected));
            if Asked::read(request).allowed_by(&access) != expected {
                wrong.push(format!("{request}\n{:#}", cluster["objects"]));
            }
        }
        overlaps(&access);
    }
    assert!(wrong.is_empty(), "{} of {asked} differ:\n{}", wrong.len(), wrong[0]);
    assert!(asked >= 2000 && allowed * 20 > asked, "{allowed} of {asked} pass, which tests little");
}

/// No permission of a subject allows what another one does: each is told once.
fn overlaps(access: &Access<'_>) {
    for (subject, holder) in &access.holders {
        for (at, permission) in holder.permissions.iter().enumerate() {
            let namespace = permission.scope.namespace().unwrap_or_default();
            for target in targets(permission, namespace) {
                for verb in &permission.rule.verbs {
                    let request = Request { user: "", groups: &[], verb, target };
                    let others = holder.permissions.iter().enumerate().filter(|(other, _)| *other != at);
                    let twice = others.map(|(_, other)| other).find(|other| other.allows(&request));
                    assert!(twice.is_none(), "{subject}: {request:?} is allowed by {permission:?} and {twice:?}");
                }
            }
        }
    }
}

/// What a permission speaks of, one by one.
fn targets<'a>(permission: &'a Permission, namespace: &'a str) -> Vec<Target<'a>> {
    let rule = &permission.rule;
    let mut targets: Vec<Target<'a>> = rule.urls.iter().map(|url| Target::Url(url)).collect();
    let names: Vec<&str> =
        if rule.names.is_empty() { vec![""] } else { rule.names.iter().map(|name| name.as_str()).collect() };
    for group in &rule.groups {
        for resource in &rule.resources {
            let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
            let one = |name: &&'a str| Target::Resource { group, resource, subresource, name, namespace };
            targets.extend(names.iter().map(one));
        }
    }
    targets
}

/// The findings about permissions of a configuration at a level, as `code at-words`.
fn findings(level: &str, body: &str) -> Vec<(String, Value)> {
    let text = format!(
        r#"{{
          framework.namespace = "shop";
          framework.compliance = {{
            framework = "SOC2"; level = "{level}"; owner = "payments"; dataClassification = "internal"; auditRequired = true;
          }};
          {body}
        }}"#
    );
    // Warnings are told as findings where they are denied.
    let findings = compile_with(&text, &["--deny-warnings", "--date", "2026-11-21"]).err().unwrap_or_default();
    let about = findings.into_iter().filter(|finding| ["E0930", "W0930"].iter().any(|code| finding["code"] == *code));
    about.map(|finding| (finding["code"].as_str().unwrap_or_default().to_string(), finding)).collect()
}

/// A cluster role bound to an account.
fn role(rules: &str) -> String {
    format!(
        r#"clusterRoles.r.rules = [ {rules} ];
           serviceAccounts.bot = {{ }};
           clusterRoleBindings.r = {{ clusterRole = "r"; subjects = [ "bot" ]; }};"#
    )
}

#[test]
fn what_is_too_much_is_told_by_level() {
    // No control of this regulation is about any of these.
    let grave = role(r#"{ resources = [ "persistentvolumes" ]; verbs = [ "create" ]; }"#);
    let serious = r#"
      roles.r.rules = [ { resources = [ "pods" ]; verbs = [ "create" ]; } ];
      serviceAccounts.bot = { };
      roleBindings.r = { role = "r"; subjects = [ "bot" ]; };"#;
    let harmless = role(r#"{ resources = [ "nodes" ]; verbs = [ "get" ]; }"#);
    for (level, of_grave, of_serious) in [
        ("unrestricted", None, None),
        ("low", Some("W0930"), None),
        ("standard", Some("W0930"), None),
        ("high", Some("E0930"), Some("W0930")),
        ("restricted", Some("E0930"), Some("E0930")),
    ] {
        for (body, expected) in [(grave.as_str(), of_grave), (serious, of_serious), (harmless.as_str(), None)] {
            let found: Vec<String> = findings(level, body).into_iter().map(|(code, _)| code).collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{level}: {body}");
        }
    }
}

#[test]
fn a_finding_says_who_may_what_where_and_how_to_narrow_it() {
    let body = role(r#"{ resources = [ "persistentvolumes" ]; verbs = [ "create" ]; }"#);
    let [(code, finding)] = &findings("high", &body)[..] else { panic!("there is one") };
    assert_eq!(code, "E0930");
    assert_eq!(finding["message"], "ServiceAccount shop/bot may create persistent volumes in the whole cluster");
    assert!(finding["hint"].as_str().is_some_and(|hint| hint.contains("persistentvolumeclaims")), "{finding:#}");
    assert_eq!((&finding["object"], &finding["path"]), (&json!("ClusterRole r"), &json!("rules[0].resources")));
}

#[test]
fn what_a_control_has_said_is_not_said_again() {
    // SOC2 asks for these at this level.
    let body = role(r#"{ resources = [ "secrets" ]; verbs = [ "get" ]; }"#);
    assert_eq!(findings("high", &body), []);
    // And does not below.
    let [(code, _)] = &findings("low", &body)[..] else { panic!("there is one") };
    assert_eq!(code, "W0930");
}

#[test]
fn exceptions_cover_what_is_too_much() {
    let body = role(r#"{ resources = [ "persistentvolumes" ]; verbs = [ "create" ]; }"#);
    let excepted = |until: &str| {
        format!(
            r#"{body}
               framework.compliance.exceptions = [
                 {{ control = "no-volume-creation"; object = "ClusterRole/r"; reason = "a provisioner"; until = "{until}"; }}
               ];"#
        )
    };
    assert_eq!(findings("high", &excepted("2027-01-31")), []);
    assert_eq!(findings("high", &excepted("2026-01-31")).len(), 1, "it has expired");
}

#[test]
fn applications_get_what_they_ask_for_and_no_more() {
    let text = r#"{
      framework.namespace = "shop";
      applications.operator = {
        image = "shop/operator:0.3";
        rbac = [
          { resources = [ "services" "routes" ]; verbs = [ "get" ]; apiGroups = null; }
          { resources = [ "configmaps" "deployments" ]; verbs = [ "list" ]; }
          { resources = [ "configmaps" ]; names = [ "state" ]; verbs = [ "update" ]; }
        ];
      };
      applications.web = { image = "shop/web:1.0"; };
    }"#;
    let text = text.replace(r#""services" "routes""#, r#""services" "deployments/scale""#);
    let made = compile_with(&text, &[]).expect("it compiles");
    let objects = objects(&made);
    let access = Access::of(&objects);
    let rights = |name: &str| -> Vec<String> {
        let holder =
            access.holders.iter().find(|(subject, _)| subject.to_string() == format!("ServiceAccount shop/{name}"));
        holder.iter().flat_map(|(_, holder)| &holder.permissions).map(shown).collect()
    };
    assert_eq!(
        rights("operator"),
        [
            "in shop: list on configmaps",
            "in shop: update on configmaps named state",
            "in shop: get on services",
            "in shop: list on deployments of apps",
            "in shop: get on deployments/scale of apps",
        ]
    );
    assert_eq!(rights("web"), [] as [String; 0]);
    let tokens: Vec<(String, bool)> = access
        .holders
        .values()
        .flat_map(|holder| &holder.workloads)
        .map(|one| (one.object.to_string(), one.token))
        .collect();
    assert_eq!(tokens, [("Deployment shop/operator".to_string(), true), ("Deployment shop/web".to_string(), false)]);
}

/// The report of a configuration.
fn report_of(text: &str) -> Report {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let entry = folder.path().join("main.nxk");
    std::fs::write(&entry, text).expect("written");
    // Evaluation goes deeper than the stack of a test allows.
    let run = move || {
        let mut session =
            Session::new(driver::Request { entry, ..driver::Request::default() }).expect("the folder is there");
        driver::access(&mut session).expect("there are objects")
    };
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(run).expect("a thread");
    let mut report = thread.join().expect("it ends");
    for place in report.risks.iter_mut().filter_map(|risk| risk.place.as_mut()) {
        place.file = place.file.rsplit('/').next().unwrap_or_default().to_string();
    }
    report
}

#[test]
fn the_guide_shows_what_is_shown() {
    let guide = read("docs/guides/access.md");
    let block = |fence: &str| {
        let (_, rest) = guide.split_once(fence).expect("the guide has it");
        rest.split_once("```").expect("it ends").0.to_string()
    };
    assert_eq!(block("```text\n"), report::access::human(&report_of(&block("```nxk\n"))));
}

#[test]
fn the_guide_names_every_risk() {
    let guide = read("docs/guides/access.md");
    let mut named: BTreeSet<String> = Danger::all().map(|danger| danger.words().id.to_string()).collect();
    assert_eq!(named.len(), Danger::all().count(), "two dangers have one name");
    for case in cases() {
        // `grave no-secret-listing Role shop/r`
        named.extend(case.strings("risks").into_iter().filter_map(|risk| risk.split(' ').nth(1)).map(str::to_string));
    }
    let missing: Vec<&String> = named.iter().filter(|name| !guide.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "docs/guides/access.md does not name {missing:?}");
}

#[test]
fn a_report_is_for_programs_and_reviews_as_well() {
    let report = report_of(
        r#"{
          framework.namespace = "shop";
          applications.api = { image = "api:1.0"; rbac = [ { resources = [ "secrets" ]; verbs = [ "get" ]; } ]; };
        }"#,
    );
    let read: Value = serde_json::from_str(&report::access::json(&report)).expect("it is JSON");
    let api = &read["subjects"][0];
    assert_eq!(
        (&api["kind"], &api["namespace"], &api["name"], &api["declared"]),
        (&json!("ServiceAccount"), &json!("shop"), &json!("api"), &json!(true))
    );
    assert_eq!(api["workloads"], json!([{ "object": "Deployment shop/api", "token": true }]));
    assert_eq!(api["permissions"][0]["grantedBy"][0]["role"], "Role shop/api");
    assert_eq!(
        (&api["permissions"][0]["scope"], &api["permissions"][0]["namespace"]),
        (&json!("namespace"), &json!("shop"))
    );
    let risk = &read["risks"][api["risks"][0].as_u64().expect("it has one") as usize];
    assert_eq!(
        (&risk["id"], &risk["grade"], &risk["place"]["line"]),
        (&json!("no-secret-listing"), &json!("serious"), &json!(3))
    );
    let page = report::access::markdown(&report);
    let row = "| ServiceAccount shop/api | in shop | get | secrets | RoleBinding shop/api to Role shop/api |";
    assert!(
        page.contains(row) && page.contains("- **serious** `no-secret-listing` Role shop/api (main.nxk:3:"),
        "{page}"
    );
}

#[test]
fn names_steer_neither_a_terminal_nor_a_page() {
    let name = "a\u{1b}[2Jb|c\nd<script>";
    let objects = objects(&[
        json!({ "kind": "ClusterRole", "metadata": { "name": name }, "rules": [{ "apiGroups": ["*"], "resources": ["*"], "verbs": ["*"] }] }),
        json!({
            "kind": "ClusterRoleBinding",
            "metadata": { "name": name },
            "roleRef": { "kind": "ClusterRole", "name": name },
            "subjects": [{ "kind": "User", "name": name }],
        }),
    ]);
    let report = nxk::rbac::report::report(&objects, &SourceMap::new());
    let (human, page) = (report::access::human(&report), report::access::markdown(&report));
    assert!(!human.contains('\u{1b}') && !page.contains('\u{1b}'), "{human}{page}");
    assert!(page.contains("\\|c") && !page.contains("d<script>"), "{page}");
    assert_eq!(page.lines().filter(|line| line.starts_with("| User")).count(), 1, "{page}");
}

#[test]
fn a_risk_names_whom_it_leads_to() {
    let bot = json!({ "kind": "ServiceAccount", "name": "bot", "namespace": "shop" });
    let mut values = bound("shop", &json!([{ "apiGroups": [""], "resources": ["pods"], "verbs": ["create"] }]));
    values.push(json!({
        "kind": "ClusterRoleBinding",
        "metadata": { "name": "strong" },
        "roleRef": { "kind": "ClusterRole", "name": "cluster-admin" },
        "subjects": [bot],
    }));
    let objects = objects(&values);
    let risks = Access::of(&objects).risks();
    let pods = risks.iter().find(|risk| risk.id == "no-pod-creation").expect("it is told");
    let words = "there is ServiceAccount shop/bot, with rights in the whole cluster";
    assert!(pods.attack.ends_with(words), "{}", pods.attack);
}

#[test]
fn thousands_of_accounts_are_no_burden() {
    let many = 3_000;
    let mut values: Vec<Value> = (0..many)
        .map(|at| {
            json!({
                "kind": "RoleBinding",
                "metadata": { "name": "b", "namespace": format!("n{at}") },
                "roleRef": { "kind": "ClusterRole", "name": if at % 2 == 0 { "view" } else { "r" } },
                "subjects": [{ "kind": "ServiceAccount", "name": "a", "namespace": format!("n{at}") }],
            })
        })
        .collect();
    values.push(json!({ "kind": "ClusterRole", "metadata": { "name": "r" }, "rules": [{ "apiGroups": [""], "resources": ["secrets"], "verbs": ["get"] }] }));
    let objects = objects(&values);
    let access = Access::of(&objects);
    assert_eq!(access.holders.len(), many);
    let risks = access.risks();
    let [risk] = &risks[..] else { panic!("one rule is one risk") };
    assert_eq!(risk.holders.len(), many / 2);
    assert!(risk.message.len() < 300, "{}", risk.message);
}
