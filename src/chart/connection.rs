//! `helm test`: a pod that opens a connection to every port of every Service.
//!
//! Where the chart has network policies, nothing may connect that nobody declared, this pod included. So policies that
//! let it through come with it, and go with it: they are hooks of the test as well.

use crate::node::NodeKind;

use super::model::{Chart, Condition, Form, Item, Piece, Template};

/// The image that the pod runs; all it needs is a shell and `nc`.
pub(super) const IMAGE: &str = "busybox:1.37";
/// Tries every `host:port` that it is given, and fails if one of them cannot be reached.
const SCRIPT: &str = "\
failed=0
for target in \"$@\"; do
  if nc -z -w 5 \"${target%:*}\" \"${target##*:}\"; then
    echo \"$target: connected\"
  else
    echo \"$target: no connection\"
    failed=1
  fi
done
exit $failed
";

/// The templates of the test, with their paths; none where no Service can be tried.
pub(super) fn templates(chart: &Chart, name: &str) -> Vec<(String, Template)> {
    let services: Vec<Service<'_>> = chart.templates.iter().filter_map(|template| service(template, chart)).collect();
    let targets: Vec<Item> = services.iter().flat_map(Service::targets).collect();
    if targets.is_empty() {
        return Vec::new();
    }
    let test = Test { name };
    let template = |file: &str, form: Form| {
        (format!("templates/tests/{file}.yaml"), Template { key: file.into(), when: Vec::new(), only_own: false, form })
    };
    let mut templates = vec![template("connection", test.pod(targets))];
    if chart.templates.iter().any(has_policies) {
        let mut elsewhere: Vec<&str> = services.iter().filter_map(|service| service.namespace).collect();
        elsewhere.sort_unstable();
        elsewhere.dedup();
        templates.push(template("egress", test.egress(&elsewhere)));
        templates.push(template("ingress", test.ingress(namespace(None))));
        for (at, other) in elsewhere.into_iter().enumerate() {
            templates.push(template(&format!("ingress-{}", at + 2), test.ingress(namespace(Some(other)))));
        }
    }
    templates
}

/// Whether the chart closes connections.
fn has_policies(template: &Template) -> bool {
    template.form.at(&["kind"]).and_then(Form::as_str).is_some_and(|kind| kind.ends_with("NetworkPolicy"))
}

/// A Service that has an address of its own, with pods behind it.
struct Service<'a> {
    when: &'a [Condition],
    name: Vec<Piece>,
    /// Its namespace, if it is not that of the release.
    namespace: Option<&'a str>,
    ports: &'a [Item],
}

fn service<'a>(template: &'a Template, chart: &Chart) -> Option<Service<'a>> {
    let form = &template.form;
    let is = |keys: &[&str], text: &str| form.at(keys).and_then(Form::as_str) == Some(text);
    let reachable = is(&["kind"], "Service")
        && is(&["apiVersion"], "v1")
        && !is(&["spec", "type"], "ExternalName")
        && !is(&["spec", "clusterIP"], "None")
        && matches!(form.at(&["spec", "selector"]), Some(Form::Map(_)));
    let namespace = form.at(&["metadata", "namespace"]).and_then(Form::as_str);
    reachable.then_some(())?;
    Some(Service {
        when: &template.when,
        name: form.at(&["metadata", "name"])?.pieces()?,
        namespace: namespace.filter(|namespace| *namespace != chart.namespace),
        ports: form.at(&["spec", "ports"])?.items(),
    })
}

impl Service<'_> {
    /// `host:port` for each of its TCP ports.
    fn targets(&self) -> Vec<Item> {
        let tcp = |port: &&Item| match port.value.at(&["protocol"]) {
            None => true,
            Some(protocol) => protocol.as_str() == Some("TCP"),
        };
        let target = |port: &Item| {
            let mut pieces = self.name.clone();
            pieces.extend(self.namespace.map(|namespace| Piece::Text(format!(".{namespace}").into())));
            pieces.push(Piece::Text(":".into()));
            pieces.extend(port.value.at(&["port"])?.pieces()?);
            let when = self.when.iter().chain(&port.when).copied().collect();
            Some(Item { when, value: Form::Text(pieces) })
        };
        self.ports.iter().filter(tcp).filter_map(target).collect()
    }
}

struct Test<'a> {
    name: &'a str,
}

impl Test<'_> {
    fn pod(&self, targets: Vec<Item>) -> Form {
        let no = || Form::scalar(NodeKind::Bool(false));
        let yes = || Form::scalar(NodeKind::Bool(true));
        let nobody = || Form::scalar(NodeKind::Int(65534));
        let amounts = |cpu: &str, memory: &str| Form::map([("cpu", Form::text(cpu)), ("memory", Form::text(memory))]);
        let container = Form::map([
            ("name", Form::text("connect")),
            ("image", Form::text(IMAGE)),
            ("command", Form::list(["/bin/sh", "-c", SCRIPT, "connect"].map(Form::text))),
            ("args", Form::List(targets)),
            ("resources", Form::map([("requests", amounts("10m", "16Mi")), ("limits", amounts("100m", "32Mi"))])),
            (
                "securityContext",
                Form::map([
                    ("allowPrivilegeEscalation", no()),
                    ("capabilities", Form::map([("drop", Form::list([Form::text("ALL")]))])),
                    ("readOnlyRootFilesystem", yes()),
                ]),
            ),
        ]);
        let security = Form::map([
            ("runAsNonRoot", yes()),
            ("runAsUser", nobody()),
            ("runAsGroup", nobody()),
            ("seccompProfile", Form::map([("type", Form::text("RuntimeDefault"))])),
        ]);
        let spec = Form::map([
            ("restartPolicy", Form::text("Never")),
            ("automountServiceAccountToken", no()),
            ("enableServiceLinks", no()),
            ("securityContext", security),
            ("containers", Form::list([container])),
        ]);
        self.hook("v1", "Pod", "", namespace(None), "0", spec)
    }

    /// The pod reaches the pods of the chart, and the names of their Services.
    fn egress(&self, elsewhere: &[&str]) -> Form {
        let namespaces = std::iter::once(None).chain(elsewhere.iter().copied().map(Some));
        let peers = namespaces.map(|other| Form::map([("namespaceSelector", called(namespace(other)))]));
        let port =
            |protocol: &str| Form::map([("port", Form::scalar(NodeKind::Int(53))), ("protocol", Form::text(protocol))]);
        let spec = Form::map([
            ("podSelector", Form::map([("matchLabels", self.labels())])),
            ("policyTypes", Form::list([Form::text("Egress")])),
            (
                "egress",
                Form::list([
                    Form::map([("to", Form::list(peers))]),
                    Form::map([("ports", Form::list([port("UDP"), port("TCP")]))]),
                ]),
            ),
        ]);
        self.hook("networking.k8s.io/v1", "NetworkPolicy", "-egress", namespace(None), "-1", spec)
    }

    /// The pods of a namespace are reached by the pod.
    fn ingress(&self, reached: Form) -> Form {
        let from = Form::map([
            ("namespaceSelector", called(namespace(None))),
            ("podSelector", Form::map([("matchLabels", self.labels())])),
        ]);
        let spec = Form::map([
            ("podSelector", Form::scalar(NodeKind::Map(crate::node::Map::default()))),
            ("policyTypes", Form::list([Form::text("Ingress")])),
            ("ingress", Form::list([Form::map([("from", Form::list([from]))])])),
        ]);
        self.hook("networking.k8s.io/v1", "NetworkPolicy", "-ingress", reached, "-1", spec)
    }

    /// An object that is there while the test runs.
    fn hook(&self, api: &str, kind: &str, suffix: &str, namespace: Form, weight: &str, spec: Form) -> Form {
        let name = Piece::Text(format!("{}-connection-test{suffix}", self.name).into());
        let annotations = Form::map([
            ("helm.sh/hook", Form::text("test")),
            ("helm.sh/hook-weight", Form::text(weight)),
            ("helm.sh/hook-delete-policy", Form::text("before-hook-creation,hook-succeeded")),
        ]);
        let metadata = Form::map([
            ("name", Form::Text(vec![Piece::Prefix, name])),
            ("namespace", namespace),
            ("labels", self.labels()),
            ("annotations", annotations),
        ]);
        Form::map([("apiVersion", Form::text(api)), ("kind", Form::text(kind)), ("metadata", metadata), ("spec", spec)])
    }

    /// Labels by which no Service selects. A label has 63 characters, a release's name up to 53.
    fn labels(&self) -> Form {
        Form::map([
            ("app.kubernetes.io/component", Form::text("connection-test")),
            ("app.kubernetes.io/instance", Form::Text(vec![Piece::Prefix, Piece::Text("test".into())])),
        ])
    }
}

fn called(name: Form) -> Form {
    Form::map([("matchLabels", Form::map([("kubernetes.io/metadata.name", name)]))])
}

/// The name of a namespace; without one, that of the release.
fn namespace(other: Option<&str>) -> Form {
    other.map_or_else(|| Form::Text(vec![Piece::Namespace]), Form::text)
}
