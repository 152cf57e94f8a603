//! Containers, the application's own and those beside it: what each says besides the restrictive defaults.

use super::group::{Listens, copy, items, text};
use crate::import::compare::difference;
use crate::import::entries::pods::variables;
use crate::import::parts::{
    Fields, as_int, bool_node, int_node, list_node, map_node, says_something, single, text_node,
};
use crate::node::{Node, NodeKind};
use crate::schema::formats::quantity_value;

/// What a container asks for and gets at most, where nothing is said.
const USUAL: [(&str, &str, &str); 2] = [("cpu", "100m", "500m"), ("memory", "128Mi", "512Mi")];

/// A container beside the application's own; `None` where it has something that cannot be said.
pub(super) fn beside(container: &Node) -> Option<(Node, Vec<Listens>)> {
    let mut fields = Fields::default();
    let (ports, listens) = ports(container, None)?;
    copy(&mut fields, container, &["image", "imagePullPolicy"]);
    fields.put("ports", ports);
    runs(&mut fields, container);
    fields.put("env", environment(container)?);
    copy(&mut fields, container, &["envFrom"]);
    lives(&mut fields, container, &listens);
    copy(&mut fields, container, &["volumeMounts"]);
    Some((map_node(fields.0), listens))
}

/// What it runs.
pub(super) fn runs(fields: &mut Fields, container: &Node) {
    copy(fields, container, &["command", "args", "workingDir"]);
}

/// Its variables; `None` where their order cannot be kept.
pub(super) fn environment(container: &Node) -> Option<Option<Node>> {
    match container.get("env").filter(|env| says_something(env)) {
        Some(env) => variables(env).map(Some),
        None => Some(None),
    }
}

/// What it takes, when it is alive, and what it may do.
pub(super) fn lives(fields: &mut Fields, container: &Node, listens: &[Listens]) {
    fields.put("resources", resources(container));
    for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
        fields.put(key, container.get(key).map(|given| probe(given, listens)));
    }
    copy(fields, container, &["lifecycle"]);
    fields.put("securityContext", container.get("securityContext").and_then(security));
}

/// Ports, with the Service's in front of them; `None` where they say something that has no word.
pub(super) fn ports(container: &Node, service: Option<&Node>) -> Option<(Option<Node>, Vec<Listens>)> {
    let in_front = service.map(|service| items(service, &["spec", "ports"])).unwrap_or_default();
    let (mut written, mut listens) = (Vec::new(), Vec::new());
    for (at, given) in items(container, &["ports"]).iter().enumerate() {
        let port = as_int(given.get("containerPort")?)?;
        let name = text(given, &["name"]).map(Into::into);
        let protocol = text(given, &["protocol"]);
        let service_port = in_front.get(at).and_then(|port| as_int(port.get("port")?)).unwrap_or(port);
        written.push(if name.is_none() && protocol.is_none() {
            int_node(port)
        } else {
            let mut fields = Fields::default();
            fields.put_text("name", name.clone());
            fields.put("port", int_node(service_port));
            fields.put("containerPort", (service_port != port).then(|| int_node(port)));
            fields.put_text("protocol", protocol.filter(|protocol| *protocol != "TCP").map(Into::into));
            map_node(fields.0)
        });
        listens.push(Listens { port, protocol: protocol.unwrap_or("TCP").into(), name, service_port });
    }
    Some(((!written.is_empty()).then(|| list_node(written)), listens))
}

/// What of the requests and limits has to be said, where one of a pair moves the other.
fn resources(container: &Node) -> Option<Node> {
    let given = container.get("resources")?;
    let mut sides = [("requests", Fields::default()), ("limits", Fields::default())];
    for (name, request, limit) in USUAL {
        let all = ["requests", "limits"].map(|side| given.at(&[side, name]));
        let said = least(all, [request, limit]);
        for ((_, fields), amount) in sides.iter_mut().zip(said) {
            fields.put(name, amount.cloned());
        }
    }
    for (side, fields) in &mut sides {
        let others = given.get(side).and_then(Node::as_map).map(|map| map.fields.as_slice()).unwrap_or_default();
        for other in others.iter().filter(|other| USUAL.iter().all(|(name, ..)| *name != other.key)) {
            fields.put(&other.key, other.value.clone());
        }
    }
    let mut fields = Fields::default();
    sides.into_iter().for_each(|(side, said)| fields.put_map(side, said.0));
    (!fields.0.fields.is_empty()).then(|| map_node(fields.0))
}

/// The fewest of a request and a limit that make both.
fn least<'n>(all: [Option<&'n Node>; 2], usual: [&str; 2]) -> [Option<&'n Node>; 2] {
    let [request, limit] = all;
    let wanted = all.map(|amount| amount.cloned());
    let tries = [[None, None], [None, limit], [request, None]];
    let made = |[request, limit]: [Option<&Node>; 2]| {
        let moved = |usual: &str, by: Option<&Node>, less: bool| {
            let usual = text_node(usual);
            let moves = |by: &&Node| if less { amount(by) < amount(&usual) } else { amount(by) > amount(&usual) };
            by.filter(moves).cloned().unwrap_or(usual)
        };
        [
            Some(request.cloned().unwrap_or_else(|| moved(usual[0], limit, true))),
            Some(limit.cloned().unwrap_or_else(|| moved(usual[1], request, false))),
        ]
    };
    tries.into_iter().find(|said| made(*said) == wanted).unwrap_or(all)
}

fn amount(node: &Node) -> Option<f64> {
    match &node.kind {
        NodeKind::Int(number) => Some(*number as f64),
        NodeKind::Float(number) => Some(*number),
        _ => quantity_value(node.as_str()?),
    }
}

/// A probe in its short form, if it is one that has it.
fn probe(given: &Node, listens: &[Listens]) -> Node {
    let only = |node: &Node, wanted: usize| node.as_map().is_some_and(|map| map.fields.len() == wanted);
    if !only(given, 1) {
        return given.clone();
    }
    let first = listens.iter().find(|port| port.protocol == "TCP").map(|port| port.port);
    let asked = given.get("httpGet").filter(|asked| only(asked, 2)).and_then(|asked| {
        let usual = as_int(asked.get("port")?) == first && first.is_some();
        asked.get("path").filter(|path| usual && path.as_str().is_some())
    });
    let called = || {
        let port = given.get("tcpSocket").filter(|called| only(called, 1))?.get("port")?;
        as_int(port).map(|_| port)
    };
    asked.or_else(called).unwrap_or(given).clone()
}

/// What a container's context says besides the defaults.
fn security(given: &Node) -> Option<Node> {
    let adds = items(given, &["capabilities", "add"]).iter().any(|one| one.as_str() == Some("CAP_SYS_ADMIN"));
    let privileged = given.get("privileged").is_some_and(|it| it.kind == NodeKind::Bool(true));
    let mut usual = Fields::default();
    usual.put("allowPrivilegeEscalation", bool_node(adds || privileged));
    usual.put("capabilities", single("drop", list_node(vec![text_node("ALL")])));
    usual.put("readOnlyRootFilesystem", bool_node(true));
    usual.put("runAsNonRoot", bool_node(true));
    beyond(given, &map_node(usual.0))
}

/// What of a node is not as usual.
pub(super) fn beyond(given: &Node, usual: &Node) -> Option<Node> {
    match (given.as_map(), usual.as_map()) {
        (Some(map), Some(others)) => {
            let mut fields = Fields::default();
            for field in &map.fields {
                let own = match others.get(&field.key) {
                    Some(usual) => beyond(&field.value, usual),
                    None => Some(field.value.clone()),
                };
                fields.put(&field.key, own);
            }
            (!fields.0.fields.is_empty()).then(|| map_node(fields.0))
        }
        _ => difference(given, usual).map(|_| given.clone()),
    }
}
