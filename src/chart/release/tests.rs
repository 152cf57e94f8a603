//! What is opened in objects as people write them. `^` is the prefix of the release, `@` its namespace.

use crate::chart::{Chart, Field, Form, Item, Opening, Piece, Template};
use crate::manifests;
use crate::node::{Node, NodeKind};
use crate::source::SourceMap;
use crate::types::Scalar;

use super::open_names;

/// A node as a form of which nothing is open.
fn form(node: Node) -> Form {
    match node.kind {
        NodeKind::Map(map) if !map.fields.is_empty() => {
            let field =
                |field: crate::node::Field| Field { key: field.key, when: Vec::new(), value: form(field.value) };
            Form::Map(map.fields.into_iter().map(field).collect())
        }
        NodeKind::List(items) if !items.is_empty() => {
            Form::List(items.into_iter().map(|item| Item { when: Vec::new(), value: form(item) }).collect())
        }
        _ => Form::Literal(node),
    }
}

fn chart(yaml: &str) -> Chart {
    let mut sources = SourceMap::new();
    let read = manifests::read_text("objects.yaml", yaml, &mut sources);
    assert!(read.findings.is_empty(), "{:#?}", read.findings);
    let template = |node| Template { key: "object".into(), when: Vec::new(), only_own: false, form: form(node) };
    Chart {
        name: "shop".to_owned(),
        namespace: "shop".to_owned(),
        kubernetes: "1.31".to_owned(),
        templates: read.finished().into_iter().map(|object| template(object.node)).collect(),
        openings: Vec::new(),
        guards: Vec::new(),
        environments: Vec::new(),
        longest_release: 0,
    }
}

fn shown(pieces: &[Piece]) -> String {
    let show = |piece: &Piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Value(opening) => format!("{{{opening}}}"),
        Piece::Prefix => "^".to_owned(),
        Piece::Namespace => "@".to_owned(),
        Piece::Meaning(opening, pieces) => format!("{{{opening}: {}}}", shown(pieces)),
    };
    pieces.iter().map(show).collect()
}

/// Every open text below a form, with its path.
fn opened(form: &Form, path: &str, into: &mut Vec<String>) {
    match form {
        Form::Text(pieces) => into.push(format!("{path} {}", shown(pieces))),
        Form::Map(map) => map.iter().for_each(|field| opened(&field.value, &format!("{path}.{}", field.key), into)),
        Form::List(items) => items.iter().for_each(|item| opened(&item.value, path, into)),
        _ => {}
    }
}

/// What is opened in the last of some objects, but for its own name.
fn in_last(yaml: &str) -> Vec<String> {
    let mut chart = chart(yaml);
    open_names(&mut chart);
    let mut lines = Vec::new();
    opened(&chart.templates.last().expect("there is one").form, "", &mut lines);
    lines.retain(|line| !line.starts_with(".metadata.name ") && !line.starts_with(".metadata.namespace "));
    lines
}

/// Services to talk to, a set of pods behind one of them, and a Service somewhere else.
const SERVICES: &str = "
apiVersion: v1
kind: Namespace
metadata: { name: data }
---
apiVersion: v1
kind: Service
metadata: { name: postgres, namespace: shop }
spec: { ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: shop }
spec: { ports: [{ port: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: db-headless, namespace: shop }
spec: { clusterIP: None, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: store, namespace: data }
spec: { ports: [{ port: 9000 }] }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: api, namespace: shop }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec:
  serviceName: db-headless
  volumeClaimTemplates: [{ metadata: { name: data } }]
---
";

/// What becomes of the texts of a ConfigMap in the namespace of the release.
fn texts(entries: &[(&str, &str)]) -> Vec<String> {
    let mut yaml =
        format!("{SERVICES}apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: c, namespace: shop }}\ndata:\n");
    for (key, text) in entries {
        yaml += &format!("  {key}: {}\n", serde_json::Value::from(*text));
    }
    in_last(&yaml).into_iter().map(|line| line.trim_start_matches(".data.").to_owned()).collect()
}

fn text(key: &str, text: &str) -> String {
    let found = texts(&[(key, text)]);
    found.into_iter().next().map_or("-".to_owned(), |line| line[key.len() + 1..].to_owned())
}

#[test]
fn hosts_are_opened_in_texts() {
    let cases = [
        ("a", "http://api:8080/x", "http://^api:8080/x"),
        ("a", "http://api", "http://^api"),
        (
            "a",
            "postgres://postgres:postgres@postgres:5432/postgres",
            "postgres://postgres:postgres@^postgres:5432/postgres",
        ),
        ("a", "postgres://u:p@postgres/db?host=api", "postgres://u:p@^postgres/db?host=^api"),
        ("a", "u:p@tcp(postgres:5432)/db", "u:p@tcp(^postgres:5432)/db"),
        ("a", "u:p@postgres/db", "u:p@^postgres/db"),
        ("a", "\u{2028}u:p@postgres/db", "\u{2028}u:p@^postgres/db"),
        ("a", "api.shop.svc.cluster.local", "^api.@.svc.cluster.local"),
        ("a", "https://api.shop/x", "https://^api.@/x"),
        ("a", "https://store.data.svc:9000", "https://^store.^data.svc:9000"),
        (
            "a",
            "db-0.db-headless.shop.svc:5432,db-1.db-headless.shop.svc:5432",
            "^db-0.^db-headless.@.svc:5432,^db-1.^db-headless.@.svc:5432",
        ),
        ("a", "mongodb://db-0.db-headless,db-1.db-headless/x", "mongodb://^db-0.^db-headless,^db-1.^db-headless/x"),
        ("a", "http://db-{0...3}.db-headless/data", "http://^db-{0...3}.^db-headless/data"),
        ("a", "$(POD_NAME).db-headless:7000", "$(POD_NAME).^db-headless:7000"),
        ("a", "_pg._tcp.postgres.shop.svc.cluster.local", "_pg._tcp.^postgres.@.svc.cluster.local"),
        ("DB_HOST", "postgres", "^postgres"),
        ("PGHOST", "postgres", "^postgres"),
        ("spring.datasource.host", "postgres", "^postgres"),
        ("a", "host=postgres port=5432 user=postgres", "host=^postgres port=5432 user=postgres"),
        ("a", "{\"host\":\"postgres\",\"user\":\"postgres\"}", "{\"host\":\"^postgres\",\"user\":\"postgres\"}"),
        ("a", "db:\n  host: postgres\n  name: postgres\n", "db:\n  host: ^postgres\n  name: postgres\n"),
        ("a", "pg_dump -h postgres -U postgres postgres", "pg_dump -h ^postgres -U postgres postgres"),
        ("a", "nc -z postgres 5432", "nc -z ^postgres 5432"),
        ("a", "proxy_pass http://api:8080;", "proxy_pass http://^api:8080;"),
        ("a", "up{namespace=\"shop\", service=~\"api\"}", "up{namespace=\"@\", service=~\"^api\"}"),
        (
            "a",
            "kubectl --namespace=shop rollout restart statefulset/db",
            "kubectl --namespace=@ rollout restart statefulset/^db",
        ),
        ("POD_NAMESPACE", "shop", "@"),
        ("a", "system:serviceaccount:shop:api", "system:serviceaccount:@:^api"),
        ("a", "cluster.local/ns/shop/sa/api", "cluster.local/ns/@/sa/^api"),
    ];
    let wrong: Vec<_> =
        cases.iter().map(|(key, was, is)| (text(key, was), is)).filter(|(got, is)| got != **is).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn long_texts_are_read_in_one_go() {
    for part in ["api,", "api:8080,", "api.", "db-0.", "http://api@", "ä", "-l app=api "] {
        let long = part.repeat(10_000) + "\nhttp://api:8080/";
        let opened = text("a", &long);
        assert!(opened.ends_with("\nhttp://^api:8080/"), "{part}");
    }
}

#[test]
fn words_that_are_no_hosts_stay() {
    let cases = [
        ("POSTGRES_DB", "postgres"),
        ("POSTGRES_USER", "postgres"),
        ("GF_DATABASE_TYPE", "postgres"),
        ("OTEL_SERVICE_NAME", "api"),
        ("DATABASE", "shop"),
        ("a", "postgres"),
        ("a", "postgres:16.4"),
        ("a", "registry.example.com/postgres:5432"),
        ("a", "https://example.com/api:8080"),
        ("a", "https://example.com/api"),
        ("a", "https://api.example.com"),
        ("a", "https://api.shop.example.com"),
        ("a", "https://my-api:8080"),
        ("a", "https://api-v2:8080"),
        ("a", "https://api_v2:8080"),
        ("a", "/etc/api.shop"),
        ("a", "https://postgres:word@db.example.com/postgres"),
        ("a", "mail to admin@api"),
        ("a", "store:9000"),
        ("a", "the api serves shop, and postgres has port 5432"),
        ("url", "api/v1"),
        ("a", "vault.shop.svc"),
        ("a", ""),
        ("a", "ä://ö@ü"),
        ("a", "日本: postgres"),
    ];
    let wrong: Vec<_> = cases.iter().map(|(key, was)| (was, text(key, was))).filter(|(_, got)| got != "-").collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn arguments_are_read_with_their_flags() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: shop }\nspec:\n  containers:\n  - name: api\n    image: postgres:5432\n";
    let lines = in_last(&format!(
        "{SERVICES}{pod}    args: [--host, postgres, --user, postgres, nc, postgres, '5432', --db-host=postgres, -n, shop]\n    env: [{{ name: DB_HOST, value: postgres }}, {{ name: DB_NAME, value: postgres }}]\n"
    ));
    let args = ["^postgres", "^postgres", "--db-host=^postgres", "@"].map(|arg| format!(".spec.containers.args {arg}"));
    let expected: Vec<String> = args.into_iter().chain([".spec.containers.env.value ^postgres".to_owned()]).collect();
    assert_eq!(lines, expected);
}

#[test]
fn claims_and_pods_of_sets_carry_the_release_inside() {
    let yaml = format!(
        "{SERVICES}apiVersion: v1\nkind: Pod\nmetadata: {{ name: p, namespace: shop }}\nspec:\n  serviceAccountName: api\n  volumes:\n  - {{ name: a, persistentVolumeClaim: {{ claimName: data-db-0 }} }}\n  - {{ name: b, persistentVolumeClaim: {{ claimName: data-x-0 }} }}\n"
    );
    let expected = [".spec.serviceAccountName ^api", ".spec.volumes.persistentVolumeClaim.claimName data-^db-0"];
    assert_eq!(in_last(&yaml), expected);
}

/// Pods of two applications.
const PODS: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop, labels: { app.kubernetes.io/name: api, tier: back } }
spec:
  selector: { matchLabels: { app.kubernetes.io/name: api } }
  template: { metadata: { labels: { app.kubernetes.io/name: api, tier: back, team: red } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: prometheus, namespace: shop }
spec:
  selector: { matchLabels: { app: prometheus } }
  template: { metadata: { labels: { app: prometheus, team: red } } }
---
";

#[test]
fn selectors_follow_the_pods_of_the_chart_alone() {
    let policy =
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p, namespace: shop }\nspec:\n";
    let rules =
        "  podSelector: { matchExpressions: [{ key: app.kubernetes.io/name, operator: In, values: [api, gone] }] }
  ingress:
  - from:
    - podSelector: { matchLabels: { app: prometheus } }
    - podSelector: { matchLabels: { app: prometheus } }
      namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } }
    - podSelector: { matchLabels: { app.kubernetes.io/name: api, team: red } }
      namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } }
    - podSelector: { matchLabels: { app: stranger } }
    - podSelector: {}
";
    let expected = [
        ".spec.podSelector.matchExpressions.values ^api",
        ".spec.ingress.from.podSelector.matchLabels.app ^prometheus",
        ".spec.ingress.from.podSelector.matchLabels.app.kubernetes.io/name ^api",
        ".spec.ingress.from.namespaceSelector.matchLabels.kubernetes.io/metadata.name @",
    ];
    let lines = in_last(&format!("{PODS}{policy}{rules}"));
    assert_eq!(lines, expected);
}

#[test]
fn labels_that_alone_are_asked_for_carry_the_release_everywhere() {
    let service =
        "apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: shop }\nspec: { selector: { team: red } }\n";
    let mut chart = chart(&format!("{PODS}{service}"));
    open_names(&mut chart);
    let mut lines = Vec::new();
    chart.templates.iter().for_each(|template| opened(&template.form, "", &mut lines));
    let teams: Vec<_> = lines.iter().filter(|line| line.contains("team")).collect();
    let at = ".spec.template.metadata.labels.team ^red";
    assert_eq!(teams, [at, at, ".spec.selector.team ^red"]);
    // Nothing asks for this one.
    assert!(lines.iter().all(|line| !line.contains("tier")), "{lines:#?}");
}

#[test]
fn labels_in_settings_follow() {
    let lines = in_last(&format!(
        "{PODS}apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: c, namespace: shop }}\ndata:\n  a: '{{ app.kubernetes.io/name: api, team: red }}'\n  b: kubectl get pods -l app=prometheus\n  c: app.kubernetes.io/name=apis\n"
    ));
    let expected =
        [".data.a { app.kubernetes.io/name: ^api, team: red }", ".data.b kubectl get pods -l app=^prometheus"];
    assert_eq!(lines, expected);
}

#[test]
fn what_has_no_name_of_its_own_is_there_once() {
    let mut chart = chart(
        "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n---
apiVersion: v1\nkind: Namespace\nmetadata: { name: data }\n---
apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: default, namespace: shop }\n---
apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: { name: v1.x.example.com }\n---
apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: x.example.com }\n---
apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: high }\n",
    );
    open_names(&mut chart);
    let once: Vec<bool> = chart.templates.iter().map(|template| template.only_own).collect();
    assert_eq!(once, [true, false, true, true, false, false]);
    let mut lines = Vec::new();
    chart.templates.iter().for_each(|template| opened(&template.form, "", &mut lines));
    assert_eq!(lines, [".metadata.name @", ".metadata.name ^data", ".metadata.namespace @", ".metadata.name ^high"]);
}

#[test]
fn a_default_is_opened_as_long_as_it_is_the_default() {
    let mut chart =
        chart(&format!("{SERVICES}apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: c, namespace: shop }}\n"));
    let opening = |default: Scalar| Opening {
        path: vec!["x".into()],
        item: None,
        default,
        ty: None,
        doc: None,
        contains: Vec::new(),
        differs: Vec::new(),
    };
    chart.openings = vec![
        opening(Scalar::Str("postgres".into())),
        opening(Scalar::Int(8080)),
        opening(Scalar::Str("http://api".into())),
    ];
    let open = |key: &str, value: Form| Field { key: key.into(), when: Vec::new(), value };
    let url = vec![Piece::Text("http://api:".into()), Piece::Value(1), Piece::Text("/".into())];
    let data = Form::Map(vec![
        open("DB_HOST", Form::Value(0)),
        open("URL", Form::Text(url)),
        open("PORTS", Form::Text(vec![Piece::Value(2), Piece::Text(":1/postgres".into())])),
    ]);
    if let Form::Map(map) = &mut chart.templates.last_mut().expect("there is one").form {
        map.push(open("data", data));
    }
    open_names(&mut chart);
    let mut lines = Vec::new();
    opened(&chart.templates.last().expect("there is one").form, "", &mut lines);
    let expected =
        [".data.DB_HOST {0: ^postgres}", ".data.URL http://^api:{1}/", ".data.PORTS {2: http://^api}:1/postgres"];
    assert_eq!(lines[2..], expected);
}

#[test]
fn names_leave_room_for_the_release() {
    let mut short = chart(SERVICES);
    open_names(&mut short);
    assert_eq!(short.longest_release, 49, "`db` is a StatefulSet: 52 letters, less its own and the dash");
    let mut long = chart(&format!("apiVersion: v1\nkind: Service\nmetadata: {{ name: {} }}\n", "a".repeat(63)));
    open_names(&mut long);
    assert_eq!(long.longest_release, 0);
}
