//! The network of a configuration: what is declared, held against what the finished policies allow.

use petgraph::graph::{EdgeIndex, NodeIndex};

use super::evaluate::placed;
use super::{Evaluated, Session};
use crate::diag::{Code, Diagnostic};
use crate::graph::declared::{Graph, Whom};
use crate::graph::picture::Picture;
use crate::graph::proof::{Guard, Judged, Places, Proof, add_missing, add_strangers, changed, findings, prove};
use crate::graph::show::{self, Shown};
use crate::graph::webhooks::{Webhook, webhooks};
use crate::layers::Object;
use crate::network::{Cluster, Reach, Unjudged};
use crate::node::{Node, NodeKind};
use crate::source::SourceMap;

/// A network that has been judged.
#[derive(Default)]
pub(super) struct Network {
    /// What is declared.
    pub(super) graph: Graph,
    /// What is there.
    pub(super) cluster: Cluster,
    /// Where in the cluster those are of whom the graph speaks.
    places: Places,
    /// How the policies differ from the graph.
    pub(super) proof: Proof,
    /// Whether they are to do what the graph declares.
    is_proved: bool,
    /// The calls of webhooks that nobody accepts.
    cut_off: Vec<EdgeIndex>,
}

/// The picture of a configuration's network. What is wrong is in the session's findings; `None` where the network cannot
/// be told.
pub fn picture(session: &mut Session) -> Option<Picture> {
    let (evaluated, proved) = super::proved(session)?;
    let title = evaluated.framework.get("project").and_then(Node::as_str).unwrap_or_default().to_string();
    let network = proved.network?;
    Some(network.picture(title, &session.machine.sources))
}

/// The picture of manifests, whoever wrote them: what their policies allow.
pub fn picture_of_manifests(title: String, objects: &[Object], sources: &SourceMap) -> (Picture, Vec<Diagnostic>) {
    let mut cluster = cluster(objects);
    let mut findings: Vec<Diagnostic> = Vec::new();
    findings.extend(without_effect(&Reach::new(&cluster), objects).into_iter().map(|(_, finding)| finding));
    findings.extend(not_judged(&cluster, objects));
    add_missing(&mut cluster);
    let mut graph = Graph::default();
    let reach = Reach::new(&cluster);
    let webhooks = webhooks(objects, &cluster);
    let edges = graph.add_webhooks(&webhooks, &reach);
    findings.extend(cut_off(&webhooks, &reach, objects));
    let network = Network { graph, cluster, cut_off: edges, ..Network::default() };
    (network.picture(title, sources), findings)
}

impl Network {
    pub(super) fn picture(&self, title: String, sources: &SourceMap) -> Picture {
        let reach = Reach::new(&self.cluster);
        let (graph, places, proof) = (&self.graph, &self.places, &self.proof);
        let (is_proved, cut_off) = (self.is_proved, &self.cut_off);
        show::picture(&Shown { title, graph, reach: &reach, places, proof, is_proved, cut_off, sources })
    }
}

impl Session {
    /// Proves that the policies of the objects allow what is declared and nothing else.
    pub(super) fn prove_network(&mut self, evaluated: &Evaluated, objects: &[Object]) -> Network {
        let mut graph = evaluated.graph.clone();
        let mut cluster = cluster(objects);
        let places = Places::new(&graph, &mut cluster, objects);
        let policies = || cluster.policies.iter().map(|policy| &objects[policy.object]);
        // The policies of the layers are as they should be, and many.
        if policies().any(|policy| changed(policy, &self.machine.sources).is_some()) {
            let found = without_effect(&Reach::new(&cluster), objects).into_iter();
            let own = found.filter(|(object, _)| changed(object, &self.machine.sources).is_some());
            let placed: Vec<Diagnostic> = own.map(|(object, finding)| placed(finding, &self.machine, object)).collect();
            self.machine.findings.extend(placed);
        }
        self.machine.findings.extend(not_judged(&cluster, objects));
        add_strangers(&graph, &mut cluster);
        let reach = Reach::new(&cluster);
        let webhooks = webhooks(objects, &cluster);
        let guard = guard(&evaluated.framework);
        let mut proof = prove(&graph, &reach, &places, guard.unwrap_or_default());
        if guard.is_some() {
            let sources = &self.machine.sources;
            let judged = Judged { graph: &graph, reach: &reach, places: &places, proof: &proof, objects, sources };
            let mut found = findings(&judged);
            found.extend(not_there(&graph, &places));
            found.extend(unprotected(&graph, &places, &cluster));
            found.extend(of_one_name(&graph, &places, &cluster, objects));
            found.extend(cut_off(&webhooks, &reach, objects));
            self.machine.findings.extend(found);
        } else {
            // Nobody wants it otherwise.
            proof.undeclared.clear();
        }
        let cut_off = graph.add_webhooks(&webhooks, &reach);
        Network { graph, cluster, places, proof, is_proved: guard.is_some(), cut_off }
    }
}

/// Rules that can never match, and what of the policies is not judged.
fn without_effect<'o>(reach: &Reach<'_>, objects: &'o [Object]) -> Vec<(&'o Object, Diagnostic)> {
    let faults = reach.without_effect().into_iter().map(|fault| {
        let object = &objects[fault.object];
        let finding =
            Diagnostic::new(Code::RuleWithoutEffect, fault.span, format!("this has no effect: {}", fault.words));
        (
            object,
            finding
                .object(object.to_string())
                .hint("correct it, or leave it out; what is made elsewhere is not known here"),
        )
    });
    let opaque = reach.cluster().policies.iter().flat_map(|policy| {
        let object = &objects[policy.object];
        policy.opaque.iter().map(move |part| {
            let message = format!("{} of {object} is not judged: what it opens or shuts is unknown", part.words);
            let hint = "look at it by hand; what is proved holds for the other policies";
            (object, Diagnostic::new(Code::PolicyNotJudged, part.span, message).object(object.to_string()).hint(hint))
        })
    });
    faults.chain(opaque).collect()
}

/// Policies of kinds that are not understood.
fn not_judged(cluster: &Cluster, objects: &[Object]) -> Vec<Diagnostic> {
    let finding = |policy: &Unjudged| {
        let object = &objects[policy.object];
        let message = format!("{object} is not judged: what policies of its kind open or shut is unknown");
        let hint = "look at it by hand; what is proved holds for the NetworkPolicies and those of Cilium";
        let span = if policy.span.is_none() { object.entry } else { policy.span };
        Diagnostic::new(Code::PolicyNotJudged, span, message).object(object.to_string()).hint(hint)
    };
    cluster.unjudged.iter().map(finding).collect()
}

/// Applications of which no object makes pods, so that nothing of what they declare can be judged.
fn not_there(graph: &Graph, places: &Places) -> Vec<Diagnostic> {
    let missing = graph.net.node_indices().filter(|&party| graph.net[party].application && places.of(party).is_empty());
    let finding = |party: NodeIndex| {
        let Whom::Workload { name, .. } = &graph.net[party].whom else { return None };
        let message =
            format!("no object makes the pods of `{name}`, so what is declared of its connections is not judged");
        let hint = format!(
            "leave its workload in `resources` what the layers make it, or its pods the label `app.kubernetes.io/name: {name}`"
        );
        Some(Diagnostic::new(Code::PodsNotThere, graph.net[party].span, message).label("declared here").hint(hint))
    };
    missing.filter_map(finding).collect()
}

/// Workloads of different kinds with the name of one application: policies and Services cannot tell their pods apart.
fn of_one_name(graph: &Graph, places: &Places, cluster: &Cluster, objects: &[Object]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for party in graph.net.node_indices().filter(|&party| graph.net[party].application) {
        let Whom::Workload { name, .. } = &graph.net[party].whom else { continue };
        let namesakes = places.of(party).iter().map(|&pods| &cluster.pods[pods]).filter(|pods| pods.name == *name);
        let mut made = namesakes.filter_map(|pods| Some(&objects[pods.object?]));
        let Some(first) = made.next() else { continue };
        for second in made {
            let (own, other) = if second.entry == graph.net[party].span { (second, first) } else { (first, second) };
            let message = format!("{own} and {other} have one name, by which policies find the pods of both");
            let finding = Diagnostic::new(Code::NameCollision, other.entry, message).label("the second one");
            found.push(finding.also(own.entry, "the first one").hint("give one of the two another name"));
        }
    }
    found
}

/// Webhooks whose pods accept nothing on their port from any address.
fn cut_off<'a>(
    webhooks: &'a [Webhook],
    reach: &'a Reach<'_>,
    objects: &'a [Object],
) -> impl Iterator<Item = Diagnostic> + 'a {
    webhooks.iter().flat_map(move |webhook| {
        let them = webhook.pods.iter().copied().filter(move |&pods| webhook.is_cut_off(pods, reach));
        them.map(move |pods| {
            let (name, object) = (&reach.cluster().pods[pods].name, &objects[webhook.object]);
            let message =
                format!("{object} has the API server call `{name}` on {}, which accepts it from nobody", webhook.ports);
            let hint =
                format!("let its addresses in: `allowFrom = [ {{ cidr = \"…\"; ports = [ … ]; }} ]` in `{name}`");
            let place = if webhook.span.is_none() { object.entry } else { webhook.span };
            Diagnostic::new(Code::WebhookCutOff, place, message).object(object.to_string()).hint(hint)
        })
    })
}

/// The cluster that objects describe.
pub(super) fn cluster(objects: &[Object]) -> Cluster {
    let nodes: Vec<&Node> = objects.iter().map(|object| &object.node).collect();
    Cluster::read(&nodes)
}

/// Which doors the configuration wants shut; `None` where it wants no policies at all.
fn guard(framework: &Node) -> Option<Guard> {
    let network = framework.get("network")?;
    let denied = |name: &str| network.get(name).is_some_and(|node| node.kind == NodeKind::Bool(true));
    match network.get("policyMode").and_then(Node::as_str)? {
        "off" => None,
        "deny-all" => Some(Guard { ingress: denied("defaultDenyIngress"), egress: denied("defaultDenyEgress") }),
        _ => Some(Guard::default()),
    }
}

/// Applications whose pods are on the network of their host, where no policy holds.
fn unprotected(graph: &Graph, places: &Places, cluster: &Cluster) -> Vec<Diagnostic> {
    let exposed = graph.net.node_indices().filter(|&party| {
        let on_host = |&pods: &usize| cluster.pods[pods].host_network;
        graph.net[party].application && places.of(party).iter().any(on_host)
    });
    let finding = |party: NodeIndex| {
        let Whom::Workload { name, .. } = &graph.net[party].whom else { return None };
        let message = format!("the pods of `{name}` are on the network of their host, where no policy holds");
        let hint = "leave out `hostNetwork`; where it is needed, what is declared of its connections is not enforced";
        Some(Diagnostic::new(Code::UnprotectedPods, graph.net[party].span, message).hint(hint))
    };
    exposed.filter_map(finding).collect()
}
