//! What is around the pods of an application: how many there are, and what they may do.

use ecow::eco_format;

use super::group::{Group, NAME, Stock, copy, items, text};
use super::pods::Workload;
use crate::import::compare::difference;
use crate::import::entries::scaling::usage;
use crate::import::parts::{Fields, as_int, bool_node, int_node, list_node, map_node, single, text_node};
use crate::node::{Node, NodeKind};
use crate::schema::Version;

/// Says all of it; `None` where something has no words.
pub(super) fn say(group: &mut Group, stock: &Stock<'_>, workload: &Workload, version: Version<'_>) -> Option<()> {
    scaling(group, stock, workload)?;
    access(group, stock, workload, version)
}

fn scaling(group: &mut Group, stock: &Stock<'_>, workload: &Workload) -> Option<()> {
    let name = group.name.clone();
    let replicas = workload.spec.get("replicas").and_then(as_int).unwrap_or(1);
    let (mut least, mut most) = (replicas, replicas);
    if let Some(scaler) = group.claim(stock, "HorizontalPodAutoscaler", &name) {
        let mut fields = Fields::default();
        least = scaler.at(&["spec", "minReplicas"]).and_then(as_int)?;
        most = scaler.at(&["spec", "maxReplicas"]).and_then(as_int)?;
        fields.put("min", (least != 1).then(|| int_node(least)));
        fields.put("max", int_node(most));
        let metrics = items(&scaler, &["spec", "metrics"]);
        for resource in ["cpu", "memory"] {
            let usual = resource == "cpu" && metrics.len() == 1;
            let share = metrics.iter().find_map(|metric| usage(metric, resource));
            fields.put(resource, share.filter(|share| !usual || as_int(share) != Some(80)));
        }
        group.fields.put_map("autoscaling", fields.0);
    }
    let budget = group.claim(stock, "PodDisruptionBudget", &name);
    let replicated = matches!(workload.kind.as_str(), "Deployment" | "StatefulSet");
    match budget {
        Some(budget) => {
            let mut fields = Fields::default();
            copy(&mut fields, budget.get("spec")?, &["minAvailable", "maxUnavailable"]);
            let usual = least > 1 && fields.0.get("maxUnavailable").and_then(as_int) == Some(1);
            group.fields.put("disruptionBudget", (!usual).then(|| map_node(fields.0)));
        }
        None if replicated && least > 1 => group.fields.put("disruptionBudget", bool_node(false)),
        None => {}
    }
    replaced(group, workload);
    spread(group, workload, most);
    Some(())
}

/// How pods are replaced.
fn replaced(group: &mut Group, workload: &Workload) {
    let given = ["strategy", "updateStrategy"].iter().find_map(|key| workload.spec.get(key));
    let Some((given, kind)) = given.and_then(|given| Some((given, text(given, &["type"])?))) else { return };
    if workload.kind == "Deployment" && kind == "Recreate" && Workload::keeps_one(group.fields.0.get("storage")) {
        return;
    }
    let strategy = match given.get("rollingUpdate") {
        Some(numbers) => single("rollingUpdate", numbers.clone()),
        None => text_node(kind),
    };
    group.fields.put("strategy", strategy);
}

fn spread(group: &mut Group, workload: &Workload, most: i64) {
    let given = items(&workload.pod, &["topologySpreadConstraints"]);
    let given = list_node(given.to_vec());
    let is = |otherwise: &str| difference(&given, &usual_spread(&group.name, otherwise)).is_none();
    let said = if most <= 1 || is("ScheduleAnyway") {
        return;
    } else if given.as_list().is_some_and(<[Node]>::is_empty) {
        bool_node(false)
    } else if is("DoNotSchedule") {
        text_node("required")
    } else {
        given
    };
    group.fields.put("spread", said);
}

/// Over nodes and over zones.
fn usual_spread(name: &str, otherwise: &str) -> Node {
    let over = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map(|key| {
        let mut fields = Fields::default();
        fields.put("labelSelector", single("matchLabels", single(NAME, text_node(name))));
        fields.put("maxSkew", int_node(1));
        fields.put("topologyKey", text_node(key));
        fields.put("whenUnsatisfiable", text_node(otherwise));
        map_node(fields.0)
    });
    list_node(over.into())
}

/// The service account and its rights.
fn access(group: &mut Group, stock: &Stock<'_>, workload: &Workload, version: Version<'_>) -> Option<()> {
    let name = group.name.clone();
    let used = text(&workload.pod, &["serviceAccountName"])?;
    let mut rules = Vec::new();
    if let Some(role) = group.claim(stock, "Role", &name) {
        group.claim(stock, "RoleBinding", &name);
        rules.extend(items(&role, &["rules"]).iter().map(|given| rule(given, false, version)));
    }
    let everywhere = eco_format!("{}-{name}", group.place());
    if let Some(role) = group.claim_in(stock, "ClusterRole", "", &everywhere) {
        group.claim_in(stock, "ClusterRoleBinding", "", &everywhere);
        rules.extend(items(&role, &["rules"]).iter().map(|given| rule(given, true, version)));
    }
    let account = group.claim(stock, "ServiceAccount", used);
    let usual = NodeKind::Bool(!rules.is_empty());
    let token = workload.pod.get("automountServiceAccountToken").filter(|token| token.kind != usual);
    if account.is_none() && token.is_none() {
        group.fields.put("serviceAccount", text_node(used));
    } else {
        let mut fields = Fields::default();
        fields.put("name", (used != name || account.is_none()).then(|| text_node(used)));
        fields.put("create", account.is_none().then(|| bool_node(false)));
        fields.put_map("annotations", account.map(|account| group.further_annotations(&account)).unwrap_or_default());
        fields.put("automountToken", token.cloned());
        group.fields.put_map("serviceAccount", fields.0);
    }
    group.fields.put("rbac", (!rules.is_empty()).then(|| list_node(rules)));
    Some(())
}

fn rule(given: &Node, everywhere: bool, version: Version<'_>) -> Node {
    let mut fields = Fields::default();
    copy(&mut fields, given, &["resources"]);
    fields.put("names", given.get("resourceNames").cloned());
    copy(&mut fields, given, &["nonResourceURLs", "verbs"]);
    let known = |resource: &Node| {
        let plural = resource.as_str()?.split('/').next()?;
        let kinds = || version.kinds().iter().filter(|kind| kind.plural == plural);
        kinds().find(|kind| kind.preferred).or_else(|| kinds().next()).map(|kind| kind.group.as_str())
    };
    let groups = items(given, &["apiGroups"]);
    let usual = match groups {
        [only] => items(given, &["resources"]).iter().all(|resource| known(resource) == only.as_str()),
        groups => groups.is_empty(),
    };
    fields.put("apiGroups", (!usual).then(|| list_node(groups.to_vec())));
    fields.put("clusterWide", everywhere.then(|| bool_node(true)));
    map_node(fields.0)
}
