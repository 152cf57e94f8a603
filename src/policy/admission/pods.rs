//! What is asked of pods, and of whatever makes some.

use super::cel::texts;
use super::{Facts, Row, Subject, always, not, on, on_pods};
use crate::policy::compliance::lists;

pub(super) const ROWS: &[Row] = &[
    // Pod Security Standards, baseline
    on_pods("no-host-process", |_| {
        throughout("windowsOptions.?hostProcess", |value| format!("!{value}.orValue(false)"))
    }),
    on_pods("no-host-namespaces", |_| {
        let shared =
            ["hostNetwork", "hostPID", "hostIPC"].map(|field| format!("!variables.pod.?{field}.orValue(false)"));
        always(shared.join(" && "))
    }),
    on_pods("not-privileged", |_| each("!c.?securityContext.?privileged.orValue(false)")),
    on_pods("baseline-capabilities", |_| each(&added_among(lists::BASELINE_CAPABILITIES))),
    on_pods("no-host-path", |_| always("variables.pod.?volumes.orValue([]).all(v, !has(v.hostPath))")),
    on_pods("no-host-ports", |_| each("c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)")),
    on_pods("no-host-probes", |facts| if facts.minor.0 < 34 { None } else { each(&own_hosts()) }),
    on_pods("app-armor", app_armor),
    on_pods("se-linux", se_linux),
    on_pods("proc-mount", |_| each("c.?securityContext.?procMount.orValue('Default') == 'Default'")),
    on_pods("seccomp-not-off", |_| {
        throughout("seccompProfile.?type", |value| format!("{value}.orValue('RuntimeDefault') in {PROFILES}"))
    }),
    on_pods("safe-sysctls", |facts| {
        let safe = lists::SAFE_SYSCTLS.iter().filter(|(_, since)| *since <= facts.minor.0).map(|(name, _)| *name);
        always(format!("variables.pod.?securityContext.?sysctls.orValue([]).all(s, s.name in {})", texts(safe)))
    }),
    // Pod Security Standards, restricted
    on_pods("restricted-volumes", |_| {
        let kinds: Vec<String> = lists::RESTRICTED_VOLUMES.iter().map(|kind| format!("has(v.{kind})")).collect();
        always(format!("variables.pod.?volumes.orValue([]).all(v, {})", kinds.join(" || ")))
    }),
    on_pods("no-privilege-escalation", |_| {
        each_on_linux("!c.?securityContext.?allowPrivilegeEscalation.orValue(true)")
    }),
    on_pods("run-as-non-root", |_| {
        let general = "variables.pod.?securityContext.?runAsNonRoot";
        let own = each(&format!("c.?securityContext.?runAsNonRoot.orValue({general}.orValue(false))"))?;
        always(format!("{general}.orValue(true) && {own}"))
    }),
    on_pods("no-root-user", |_| throughout("runAsUser", |value| format!("{value}.orValue(1) != 0"))),
    on_pods("seccomp-profile", |_| {
        let profile = "securityContext.?seccompProfile.?type";
        each_on_linux(&format!("c.?{profile}.orValue(variables.pod.?{profile}.orValue('')) in {PROFILES}"))
    }),
    on_pods("drop-all-capabilities", |_| each_on_linux("'ALL' in c.?securityContext.?capabilities.?drop.orValue([])")),
    on_pods("restricted-capabilities", |_| each_on_linux(&added_among(&["NET_BIND_SERVICE"]))),
    // hardening
    on_pods("read-only-root", |_| each_on_linux("c.?securityContext.?readOnlyRootFilesystem.orValue(false)")),
    on_pods("no-shared-processes", |_| always("!variables.pod.?shareProcessNamespace.orValue(false)")),
    on_pods("secrets-as-files", |_| {
        each(
            "c.?env.orValue([]).all(e, !e.?valueFrom.?secretKeyRef.hasValue()) && \
             c.?envFrom.orValue([]).all(e, !has(e.secretRef))",
        )
    }),
    not(
        "no-native-secrets",
        "what stores and sealed secrets are opened into is a Secret as well, and the cluster makes some of its own",
    ),
    // images
    on_pods("image-tag", |_| each(TAGGED)),
    on_pods("image-digest", |facts| if facts.environment == "regulated" { each(PINNED) } else { None }),
    on_pods("image-registry", |_| each("!has(c.image) || c.image.matches('^([^/]*[.:][^/]*|localhost)/')")),
    on_pods("image-pull", |_| {
        each("!has(c.image) || c.image.contains('@') || c.?imagePullPolicy.orValue('') == 'Always'")
    }),
    // resources
    on_pods("cpu-request", |_| started(&requested("cpu"))),
    on_pods("memory-request", |_| started(&requested("memory"))),
    on_pods("cpu-limit", |_| started(&limited("cpu"))),
    on_pods("memory-limit", |_| started(&limited("memory"))),
    not("namespace-quota", "a quota is another object than the namespace that has it"),
    not("namespace-limits", "limits are another object than the namespace that has them"),
    // availability
    on(Subject::Running, "readiness-probe", |_| probe("readinessProbe")),
    on(Subject::Running, "liveness-probe", |_| probe("livenessProbe")),
    not("disruption-budget", "a budget is another object than the workload that it is for"),
    not("several-replicas", "an autoscaler, which is another object, may decide how many there are"),
    on(Subject::Replicated, "spread", |_| {
        always(
            "object.spec.?replicas.orValue(1) < 2 || \
             size(variables.pod.?topologySpreadConstraints.orValue([])) > 0 || \
             variables.pod.?affinity.?podAntiAffinity.hasValue()",
        )
    }),
];

/// An image with a tag that does not move, or with a digest.
pub(super) const TAGGED: &str = "!has(c.image) || c.image.contains('@') || \
     c.image.matches(':[^/]*$') && !c.image.endsWith(':latest')";

/// An image with a digest.
pub(super) const PINNED: &str = "!has(c.image) || c.image.contains('@')";

const PROFILES: &str = "['RuntimeDefault', 'Localhost']";

/// What holds for each container `c`.
pub(super) fn each(holds: &str) -> Option<String> {
    always(format!("variables.containers.all(c, {holds})"))
}

fn each_on_linux(holds: &str) -> Option<String> {
    always(format!("!variables.linux || {}", each(holds)?))
}

/// The same without ephemeral containers, which may not ask for resources.
fn started(holds: &str) -> Option<String> {
    always(format!("variables.started.all(c, {holds})"))
}

/// What holds for a security setting of the pod and of each container.
fn throughout(field: &str, holds: impl Fn(&str) -> String) -> Option<String> {
    let general = holds(&format!("variables.pod.?securityContext.?{field}"));
    always(format!("{general} && {}", each(&holds(&format!("c.?securityContext.?{field}")))?))
}

fn added_among(allowed: &[&str]) -> String {
    let allowed = texts(allowed.iter().copied());
    format!("c.?securityContext.?capabilities.?add.orValue([]).all(name, name in {allowed})")
}

/// Probes and hooks that ask no other host.
fn own_hosts() -> String {
    let handlers = lists::HANDLERS.iter().flat_map(|handler| ["httpGet", "tcpSocket"].map(|how| (handler, how)));
    let hosts = handlers.map(|(handler, how)| format!("c.?{}.?{how}.?host.orValue('') == ''", handler.join(".?")));
    hosts.collect::<Vec<_>>().join(" && ")
}

/// By the field, which is there from 1.30 on, and by annotations, which are older.
fn app_armor(facts: &Facts<'_>) -> Option<String> {
    let key = "key.startsWith('container.apparmor.security.beta.kubernetes.io/')";
    let profile = "variables.annotations[key]";
    let annotated = format!(
        "variables.annotations.all(key, !{key} || {profile} in ['', 'runtime/default'] || \
         {profile}.startsWith('localhost/'))"
    );
    if facts.minor.0 < 30 {
        return Some(annotated);
    }
    let fields =
        throughout("appArmorProfile.?type", |value| format!("{value}.orValue('RuntimeDefault') in {PROFILES}"))?;
    always(format!("{fields} && {annotated}"))
}

fn se_linux(facts: &Facts<'_>) -> Option<String> {
    let confined = texts(lists::se_linux_types(facts.minor));
    let types = throughout("seLinuxOptions.?type", |value| format!("{value}.orValue('') in {confined}"))?;
    let others = ["user", "role"].into_iter().filter_map(|part| {
        throughout(&format!("seLinuxOptions.?{part}"), |value| format!("{value}.orValue('') == ''"))
    });
    always(format!("{types} && {}", others.collect::<Vec<_>>().join(" && ")))
}

/// A limit without a request is the request as well.
fn requested(resource: &str) -> String {
    format!("c.?resources.?requests.?{resource}.hasValue() || {}", limited(resource))
}

fn limited(resource: &str) -> String {
    format!("c.?resources.?limits.?{resource}.hasValue()")
}

/// Of the main containers with ports.
fn probe(field: &str) -> Option<String> {
    always(format!("variables.pod.containers.all(c, size(c.?ports.orValue([])) == 0 || has(c.{field}))"))
}
