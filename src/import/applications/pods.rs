//! What runs: the workload, its containers, and the volumes that its settings bring along.

use ecow::{EcoString, eco_format};

use super::Known;
use super::containers::{beside, beyond, environment, lives, ports, runs};
use super::group::{Group, MANAGED_BY, NAME, PART_OF, Stock, copy, items, label, text};
use super::secrets::Secrets;
use crate::import::compare::bare;
use crate::import::entries::pods::names_alone;
use crate::import::parts::{
    Fields, as_int, bool_node, int_node, list_node, map_node, says_something, single, text_node,
};
use crate::layers::Object;
use crate::node::Node;
use crate::schema::Minor;

/// A workload and its parts.
pub(super) struct Workload {
    /// `Deployment`, `StatefulSet` …
    pub kind: EcoString,
    /// Its `spec`.
    pub spec: Node,
    /// The `spec` of what has a template of pods: its own, or that of a cronjob's jobs.
    pub job: Node,
    /// The template of its pods.
    pub template: Node,
    /// Their `spec`.
    pub pod: Node,
    /// The application's own container.
    pub own: Node,
}

/// The kinds of Kubernetes and those of applications.
const KINDS: [(&str, &str); 5] = [
    ("Deployment", "deployment"),
    ("StatefulSet", "statefulset"),
    ("DaemonSet", "daemonset"),
    ("Job", "job"),
    ("CronJob", "cronjob"),
];

/// Whether it is something that runs.
fn runs_pods(object: &Object) -> bool {
    KINDS.iter().any(|(kind, _)| *kind == object.kind()) && matches!(object.api_version(), "apps/v1" | "batch/v1")
}

/// Whether it is the workload of an application.
pub(super) fn is_workload(object: &Object) -> bool {
    let label = |key| label(&object.node, key);
    runs_pods(object)
        && label(NAME) == Some(object.name())
        && [PART_OF, MANAGED_BY, "app"].into_iter().all(|key| label(key).is_some())
}

/// The container of a workload that is the application's own.
pub(super) fn own_container(node: &Node) -> Option<&Node> {
    let spec = node.get("spec")?;
    let spec = spec.at(&["jobTemplate", "spec"]).unwrap_or(spec);
    items(spec, &["template", "spec", "containers"]).first()
}

impl Workload {
    /// `None` where the object is not in the form that all applications have.
    pub fn of(object: &Object, name: &str) -> Option<Workload> {
        let node = bare(&object.node);
        let spec = node.get("spec")?.clone();
        let job = if object.kind() == "CronJob" { spec.at(&["jobTemplate", "spec"])?.clone() } else { spec.clone() };
        let template = job.get("template")?.clone();
        let pod = template.get("spec")?.clone();
        let own = items(&pod, &["containers"]).first()?.clone();
        (text(&own, &["name"]) == Some(name)).then(|| Workload {
            kind: object.kind().into(),
            spec,
            job,
            template,
            pod,
            own,
        })
    }

    /// Says what runs, and how it is reached by others; `None` where something has no words.
    pub fn say(&self, group: &mut Group, known: &Known<'_>) -> Option<()> {
        let stock = &known.stock;
        let kind = KINDS.iter().find(|(kind, _)| *kind == self.kind).map(|(_, kind)| *kind)?;
        group.fields.put("kind", (kind != "deployment").then(|| text_node(kind)));
        copy(&mut group.fields, &self.own, &["image", "imagePullPolicy"]);
        self.times(&mut group.fields);
        self.service(group, stock)?;
        runs(&mut group.fields, &self.own);
        self.surroundings(group, known)?;
        lives(&mut group.fields, &self.own, &group.ports);
        self.others(group, known.version.minor() >= Minor(29))?;
        self.files(group, stock)?;
        self.scratch(group);
        let stored = self.storage(group, stock);
        let usual = self.usual_security(stored);
        let context = self.pod.get("securityContext").and_then(|context| beyond(context, &usual));
        group.fields.put("podSecurityContext", context);
        self.placed(group);
        Some(())
    }

    /// How many pods there are, or when they run.
    fn times(&self, fields: &mut Fields) {
        let replicas = self.spec.get("replicas").filter(|replicas| as_int(replicas) != Some(1));
        fields.put("replicas", replicas.cloned());
        copy(fields, &self.spec, &["schedule"]);
        let mut job = Fields::default();
        if self.kind == "CronJob" {
            let of_schedule = [
                "timeZone",
                "concurrencyPolicy",
                "suspend",
                "startingDeadlineSeconds",
                "successfulJobsHistoryLimit",
                "failedJobsHistoryLimit",
            ];
            copy(&mut job, &self.spec, &of_schedule);
        }
        if matches!(self.kind.as_str(), "Job" | "CronJob") {
            let of_job = [
                "completions",
                "completionMode",
                "parallelism",
                "backoffLimit",
                "activeDeadlineSeconds",
                "ttlSecondsAfterFinished",
            ];
            copy(&mut job, &self.job, if self.kind == "Job" { &["suspend"] } else { &[] });
            copy(&mut job, &self.job, &of_job);
            let restart = text(&self.pod, &["restartPolicy"]).filter(|restart| *restart != "Never");
            job.put("restartPolicy", restart.map(text_node));
        }
        fields.put_map("job", job.0);
    }

    /// Its ports and the Services in front of them.
    fn service(&self, group: &mut Group, stock: &Stock<'_>) -> Option<()> {
        let name = group.name.clone();
        let found = group.claim(stock, "Service", &name);
        let named = text(&self.spec, &["serviceName"]).unwrap_or(&name);
        if named != name {
            group.claim(stock, "Service", named);
        }
        let (written, listens) = ports(&self.own, found.as_ref())?;
        group.ports = listens;
        let mut service = Fields::default();
        if let Some(found) = &found {
            service.put("type", found.at(&["spec", "type"]).cloned());
            let headless = text(found, &["spec", "clusterIP"]) == Some("None");
            let usual = self.kind == "StatefulSet" && named == name;
            service.put("headless", (headless && !usual).then(|| bool_node(true)));
            service.put_map("annotations", group.further_annotations(found));
        } else if written.is_some() {
            service.put("enable", bool_node(false));
        }
        let usual = named == name && self.kind != "StatefulSet" || named == eco_format!("{name}-headless");
        group.fields.put("serviceName", (!usual).then(|| text_node(named)));
        group.fields.put("ports", written);
        group.fields.put_map("service", service.0);
        Some(())
    }

    /// Environment variables and secrets.
    fn surroundings(&self, group: &mut Group, known: &Known<'_>) -> Option<()> {
        let mut secrets = Secrets::mounted(&self.pod, &self.own)?;
        let mut env = environment(&self.own)?.map(|env| secrets.take_variables(env));
        if let (Some(collector), Some(env)) = (&known.observed.collector, env.as_mut().and_then(Node::as_map_mut)) {
            group.traced = collector.take(group, env, known.policies);
        }
        group.fields.put("env", env.filter(says_something));
        if !secrets.take_all(items(&self.own, &["envFrom"])) {
            copy(&mut group.fields, &self.own, &["envFrom"]);
        }
        let secrets = secrets.written(group, known);
        group.fields.put("secrets", secrets);
        Some(())
    }

    /// The containers beside its own.
    fn others(&self, group: &mut Group, native_sidecars: bool) -> Option<()> {
        let restarted = |node: &Node| text(node, &["restartPolicy"]) == Some("Always");
        let init = items(&self.pod, &["initContainers"]);
        let leading = init.iter().take_while(|node| native_sidecars && restarted(node)).count();
        let further = &items(&self.pod, &["containers"])[1..];
        if native_sidecars && !further.is_empty() {
            return None;
        }
        let mut sidecars = Fields::default();
        for container in init[..leading].iter().chain(further) {
            let (sidecar, listens) = beside(container)?;
            sidecars.put(text(container, &["name"])?, sidecar);
            group.beside.extend(listens);
        }
        group.fields.put_map("sidecars", sidecars.0);
        let mut before = Vec::new();
        for container in &init[leading..] {
            let (said, _) = beside(container)?;
            let mut fields = Fields::default();
            copy(&mut fields, container, &["name"]);
            fields.0.fields.extend(said.as_map()?.fields.iter().cloned());
            before.push(map_node(fields.0));
        }
        group.fields.put("initContainers", (!before.is_empty()).then(|| list_node(before)));
        Some(())
    }

    /// The mounts of one volume in its own container.
    fn mounts<'n>(&'n self, volume: &'n str) -> impl Iterator<Item = &'n Node> {
        items(&self.own, &["volumeMounts"]).iter().filter(move |mount| text(mount, &["name"]) == Some(volume))
    }

    fn mount_path<'n>(&'n self, volume: &'n str) -> Option<&'n str> {
        self.mounts(volume).next().and_then(|mount| text(mount, &["mountPath"]))
    }

    /// The ConfigMaps that are made of its files.
    fn files(&self, group: &mut Group, stock: &Stock<'_>) -> Option<()> {
        if self.mount_path("config").is_some() {
            let map = group.claim_part(stock, "ConfigMap", "config")?;
            group.fields.put("configMap", map.get("data")?.clone());
            let path = self.mount_path("config").filter(|path| *path != "/etc/config");
            group.fields.put("configMountPath", path.map(text_node));
        }
        if self.mount_path("files").is_some() {
            let map = group.claim_part(stock, "ConfigMap", "files")?;
            let mut files = Fields::default();
            for mount in self.mounts("files") {
                let content = map.at(&["data", text(mount, &["subPath"])?])?;
                files.put(text(mount, &["mountPath"])?, content.clone());
            }
            group.fields.put_map("files", files.0);
        }
        Some(())
    }

    /// Folders to write to.
    fn scratch(&self, group: &mut Group) {
        let folder = |volume: &Node| {
            let name = text(volume, &["name"])?;
            let (empty, path) = (volume.get("emptyDir")?, self.mount_path(name)?);
            let mut fields = Fields::default();
            fields.put("path", text_node(path));
            fields.put("size", empty.get("sizeLimit").cloned());
            fields.put("memory", text(empty, &["medium"]).map(|medium| bool_node(medium == "Memory")));
            Some(if fields.0.fields.len() == 1 { text_node(path) } else { map_node(fields.0) })
        };
        let folders: Vec<Node> = items(&self.pod, &["volumes"]).iter().filter_map(folder).collect();
        group.fields.put("scratch", (!folders.is_empty()).then(|| list_node(folders)));
    }

    /// What it keeps. Answers whether there is anything.
    fn storage(&self, group: &mut Group, stock: &Stock<'_>) -> bool {
        let claim = match self.kind.as_str() {
            "StatefulSet" => items(&self.spec, &["volumeClaimTemplates"]).first().cloned(),
            _ => group.claim_part(stock, "PersistentVolumeClaim", "data"),
        };
        let Some(claim) = claim else { return false };
        let mut fields = Fields::default();
        fields.put("size", claim.at(&["spec", "resources", "requests", "storage"]).cloned());
        fields.put("storageClass", claim.at(&["spec", "storageClassName"]).cloned());
        let path = self.mount_path("data").filter(|path| *path != "/data");
        fields.put("mountPath", path.map(text_node));
        let modes = items(&claim, &["spec", "accessModes"]);
        let usual = matches!(modes, [only] if only.as_str() == Some("ReadWriteOnce"));
        fields.put("accessModes", (!usual).then(|| list_node(modes.to_vec())));
        group.fields.put_map("storage", fields.0);
        true
    }

    /// Whether one pod at a time has its volume.
    pub fn keeps_one(storage: Option<&Node>) -> bool {
        let once = |mode: &Node| matches!(mode.as_str(), Some("ReadWriteOnce" | "ReadWriteOncePod"));
        storage.is_some_and(|storage| items(storage, &["accessModes"]).iter().all(once))
    }

    /// The settings of the pod where nothing is said; its volumes belong to whoever writes to them.
    fn usual_security(&self, stored: bool) -> Node {
        let mut usual = Fields::default();
        usual.put("runAsNonRoot", bool_node(true));
        usual.put("runAsUser", int_node(1000));
        usual.put("seccompProfile", single("type", text_node("RuntimeDefault")));
        let ids =
            [&self.own, &self.pod].map(|of| ["runAsGroup", "runAsUser"].map(|id| of.at(&["securityContext", id])));
        let group = ids.into_iter().flatten().flatten().next().cloned();
        usual.put("fsGroup", group.filter(|_| stored));
        map_node(usual.0)
    }

    /// Where its pods run.
    fn placed(&self, group: &mut Group) {
        let names = self.pod.get("imagePullSecrets").and_then(names_alone);
        group.fields.put("imagePullSecrets", names);
        copy(
            &mut group.fields,
            &self.pod,
            &["terminationGracePeriodSeconds", "nodeSelector", "tolerations", "affinity"],
        );
        group.fields.put("priorityClass", self.pod.get("priorityClassName").cloned());
    }
}
