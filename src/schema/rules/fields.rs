//! The demands on single fields, as one table: group and type, then field and demand.
//!
//! What the documents themselves say (types, required fields, the enumerations they list) is not repeated here.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::constraint::Constraint::{
    self, Filled, InPods, Is, Labels, Needed, NotBelowZero, OneOf, Present, Range, Since,
};
use super::constraint::Format::*;

type Fields = &'static [(&'static str, Constraint)];

/// The demands on the fields of a type, in order.
pub fn of(group: &str, name: &str) -> impl Iterator<Item = (&'static str, &'static Constraint)> {
    static INDEX: OnceLock<FxHashMap<&'static str, Vec<(&'static str, Fields)>>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (of, fields) in TABLE {
            let (group, name) = of.split_once('.').unwrap_or(("", of));
            index.entry(name).or_default().push((group, *fields));
        }
        index
    });
    let same_name = index.get(name).map_or(&[][..], Vec::as_slice);
    let fields = same_name.iter().find(|(of, _)| *of == group).map_or(&[][..], |(_, fields)| *fields);
    fields.iter().map(|(field, constraint)| (*field, constraint))
}

const ZERO_UP: Constraint = Range(0, i64::MAX);
const ONE_UP: Constraint = Range(1, i64::MAX);
const USER_ID: Constraint = Range(0, 2_147_483_647);
const FILE_MODE: Constraint = Range(0, 0o777);
const PORT: Constraint = Range(1, 65535);

const TABLE: &[(&str, Fields)] = &[
    ("meta.ObjectMeta", &[("finalizers", Is(QualifiedName))]),
    // containers
    ("core.Container", &[("name", Needed), ("name", Is(DnsLabel)), ("image", InPods(&Is(Trimmed)))]),
    (
        "core.EphemeralContainer",
        &[("name", Needed), ("name", Is(DnsLabel)), ("image", Needed), ("image", InPods(&Is(Trimmed)))],
    ),
    (
        "core.ContainerPort",
        &[
            ("hostIP", Is(Ip)),
            ("containerPort", Needed),
            ("containerPort", PORT),
            ("hostPort", Range(0, 65535)),
            ("name", Is(PortName)),
            ("protocol", OneOf(&["TCP", "UDP", "SCTP"])),
        ],
    ),
    ("core.EnvVar", &[("name", Needed)]),
    ("core.ConfigMapKeySelector", &[("name", Is(DnsSubdomain)), ("key", Needed), ("key", Is(ConfigKey))]),
    ("core.SecretKeySelector", &[("name", Is(DnsSubdomain)), ("key", Needed), ("key", Is(ConfigKey))]),
    ("core.ObjectFieldSelector", &[("fieldPath", Needed), ("apiVersion", OneOf(&["v1"]))]),
    ("core.ResourceFieldSelector", &[("resource", Needed)]),
    (
        "core.Probe",
        &[
            ("initialDelaySeconds", ZERO_UP),
            ("timeoutSeconds", ZERO_UP),
            ("periodSeconds", ZERO_UP),
            ("successThreshold", ZERO_UP),
            ("failureThreshold", ZERO_UP),
            ("terminationGracePeriodSeconds", ONE_UP),
        ],
    ),
    ("core.HTTPGetAction", &[("path", Filled), ("port", Is(Port)), ("scheme", OneOf(&["HTTP", "HTTPS"]))]),
    ("core.TCPSocketAction", &[("port", Is(Port))]),
    ("core.GRPCAction", &[("port", PORT)]),
    ("core.ExecAction", &[("command", Needed)]),
    (
        "core.VolumeMount",
        &[("name", Needed), ("mountPath", Needed), ("subPath", Is(RelativePath)), ("subPathExpr", Is(RelativePath))],
    ),
    ("core.VolumeDevice", &[("name", Needed), ("devicePath", Needed), ("devicePath", Is(NoBacksteps))]),
    (
        "core.SecurityContext",
        &[("runAsUser", USER_ID), ("runAsGroup", USER_ID), ("procMount", OneOf(&["Default", "Unmasked"]))],
    ),
    // pods
    (
        "core.PodSpec",
        &[
            ("preemptionPolicy", OneOf(&["PreemptLowerPriority", "Never"])),
            ("containers", Needed),
            ("activeDeadlineSeconds", Range(1, 2_147_483_647)),
            ("nodeName", Is(DnsSubdomain)),
            ("serviceAccountName", Is(DnsSubdomain)),
            ("priorityClassName", Is(DnsSubdomain)),
            ("runtimeClassName", Is(DnsSubdomain)),
            ("hostname", Is(DnsLabel)),
            ("hostnameOverride", Is(DnsSubdomain)),
            ("subdomain", Is(DnsLabel)),
            ("nodeSelector", Labels),
            ("restartPolicy", OneOf(&["Always", "OnFailure", "Never"])),
            ("dnsPolicy", OneOf(&["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"])),
        ],
    ),
    (
        "core.PodSecurityContext",
        &[
            ("fsGroupChangePolicy", OneOf(&["OnRootMismatch", "Always"])),
            ("runAsUser", USER_ID),
            ("runAsGroup", USER_ID),
            ("fsGroup", USER_ID),
            ("seLinuxChangePolicy", OneOf(&["Recursive", "MountOption"])),
        ],
    ),
    ("core.Sysctl", &[("name", Needed)]),
    ("core.PodSchedulingGate", &[("name", Needed), ("name", Is(QualifiedName))]),
    ("core.PodDNSConfigOption", &[("name", Needed)]),
    ("core.PodReadinessGate", &[("conditionType", Is(QualifiedName))]),
    ("core.HostAlias", &[("hostnames", Is(DnsSubdomain)), ("ip", Is(Ip))]),
    ("core.PreferredSchedulingTerm", &[("weight", Range(1, 100))]),
    ("core.WeightedPodAffinityTerm", &[("weight", Range(1, 100))]),
    (
        "core.PodAffinityTerm",
        &[
            ("topologyKey", Needed),
            ("topologyKey", Is(QualifiedName)),
            ("namespaces", Is(DnsLabel)),
            ("matchLabelKeys", Is(QualifiedName)),
            ("mismatchLabelKeys", Is(QualifiedName)),
        ],
    ),
    (
        "core.TopologySpreadConstraint",
        &[
            ("nodeAffinityPolicy", OneOf(&["Honor", "Ignore"])),
            ("nodeTaintsPolicy", OneOf(&["Honor", "Ignore"])),
            ("maxSkew", ONE_UP),
            ("minDomains", ONE_UP),
            ("topologyKey", Needed),
            ("whenUnsatisfiable", OneOf(&["DoNotSchedule", "ScheduleAnyway"])),
        ],
    ),
    // volumes
    ("core.Volume", &[("name", Needed), ("name", Is(DnsLabel))]),
    ("core.ConfigMapVolumeSource", &[("name", Needed), ("defaultMode", FILE_MODE)]),
    ("core.ConfigMapProjection", &[("name", Needed)]),
    ("core.SecretProjection", &[("name", Needed)]),
    ("core.SecretVolumeSource", &[("secretName", Needed), ("defaultMode", FILE_MODE)]),
    ("core.ProjectedVolumeSource", &[("defaultMode", FILE_MODE)]),
    ("core.DownwardAPIVolumeSource", &[("defaultMode", FILE_MODE)]),
    ("core.DownwardAPIVolumeFile", &[("path", Needed), ("path", Is(RelativePath)), ("mode", FILE_MODE)]),
    ("core.KeyToPath", &[("key", Needed), ("path", Needed), ("path", Is(RelativePath)), ("mode", FILE_MODE)]),
    (
        "core.ServiceAccountTokenProjection",
        &[("path", Needed), ("path", Since(30, &Is(RelativePath))), ("expirationSeconds", Range(600, 1 << 32))],
    ),
    ("core.HostPathVolumeSource", &[("path", Needed), ("path", Is(NoBacksteps))]),
    ("core.EmptyDirVolumeSource", &[("sizeLimit", NotBelowZero)]),
    ("core.NFSVolumeSource", &[("server", Needed), ("path", Needed), ("path", Is(AbsolutePath))]),
    ("core.PersistentVolumeClaimVolumeSource", &[("claimName", Needed)]),
    ("core.CSIVolumeSource", &[("driver", Needed)]),
    ("core.ImageVolumeSource", &[("reference", InPods(&Needed))]),
    ("core.GitRepoVolumeSource", &[("repository", Needed), ("directory", Is(RelativePath))]),
    ("core.ISCSIVolumeSource", &[("targetPortal", Needed), ("iqn", Needed), ("lun", Range(0, 255))]),
    ("core.AzureDiskVolumeSource", &[("diskName", Needed), ("diskURI", Needed)]),
    ("core.AzureFileVolumeSource", &[("secretName", Needed), ("shareName", Needed)]),
    ("core.AWSElasticBlockStoreVolumeSource", &[("volumeID", Needed)]),
    ("core.GCEPersistentDiskVolumeSource", &[("pdName", Needed)]),
    ("core.CinderVolumeSource", &[("volumeID", Needed)]),
    ("core.RBDVolumeSource", &[("monitors", Needed), ("image", Needed)]),
    ("core.CephFSVolumeSource", &[("monitors", Needed)]),
    ("core.GlusterfsVolumeSource", &[("endpoints", Needed), ("path", Needed)]),
    ("core.VsphereVirtualDiskVolumeSource", &[("volumePath", Needed)]),
    // workloads
    ("core.ReplicationControllerSpec", &[("replicas", ZERO_UP), ("minReadySeconds", ZERO_UP)]),
    ("apps.ReplicaSetSpec", &[("replicas", ZERO_UP), ("minReadySeconds", ZERO_UP)]),
    (
        "apps.DeploymentSpec",
        &[
            ("replicas", ZERO_UP),
            ("minReadySeconds", ZERO_UP),
            ("revisionHistoryLimit", ZERO_UP),
            ("progressDeadlineSeconds", ZERO_UP),
        ],
    ),
    ("apps.DeploymentStrategy", &[("type", OneOf(&["Recreate", "RollingUpdate"]))]),
    ("apps.DaemonSetSpec", &[("minReadySeconds", ZERO_UP), ("revisionHistoryLimit", ZERO_UP)]),
    ("apps.DaemonSetUpdateStrategy", &[("type", OneOf(&["RollingUpdate", "OnDelete"]))]),
    (
        "apps.StatefulSetSpec",
        &[
            ("replicas", ZERO_UP),
            ("minReadySeconds", ZERO_UP),
            ("podManagementPolicy", OneOf(&["OrderedReady", "Parallel"])),
        ],
    ),
    ("apps.StatefulSetUpdateStrategy", &[("type", OneOf(&["RollingUpdate", "OnDelete"]))]),
    ("apps.StatefulSetOrdinals", &[("start", ZERO_UP)]),
    (
        "apps.StatefulSetPersistentVolumeClaimRetentionPolicy",
        &[("whenDeleted", OneOf(&["Retain", "Delete"])), ("whenScaled", OneOf(&["Retain", "Delete"]))],
    ),
    ("apps.ControllerRevision", &[("revision", ZERO_UP), ("data", Present)]),
    (
        "batch.JobSpec",
        &[
            ("parallelism", ZERO_UP),
            ("completions", ZERO_UP),
            ("backoffLimit", ZERO_UP),
            ("backoffLimitPerIndex", ZERO_UP),
            ("maxFailedIndexes", ZERO_UP),
            ("activeDeadlineSeconds", ZERO_UP),
            ("ttlSecondsAfterFinished", ZERO_UP),
        ],
    ),
    (
        "batch.CronJobSpec",
        &[
            ("timeZone", Filled),
            ("schedule", Needed),
            ("startingDeadlineSeconds", ZERO_UP),
            ("successfulJobsHistoryLimit", ZERO_UP),
            ("failedJobsHistoryLimit", ZERO_UP),
            ("concurrencyPolicy", OneOf(&["Allow", "Forbid", "Replace"])),
        ],
    ),
    // network
    (
        "core.ServicePort",
        &[
            ("appProtocol", Is(QualifiedName)),
            ("port", PORT),
            ("name", Is(DnsLabel)),
            ("targetPort", Is(TargetPort)),
            ("nodePort", Range(0, 65535)),
            ("protocol", OneOf(&["TCP", "UDP", "SCTP"])),
        ],
    ),
    (
        "core.ServiceSpec",
        &[
            ("internalTrafficPolicy", OneOf(&["Cluster", "Local"])),
            ("externalTrafficPolicy", OneOf(&["Cluster", "Local"])),
            ("ipFamilies", OneOf(&["IPv4", "IPv6"])),
            ("ipFamilyPolicy", OneOf(&["SingleStack", "PreferDualStack", "RequireDualStack"])),
            ("loadBalancerClass", Is(QualifiedName)),
            ("selector", Labels),
            ("type", OneOf(&["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"])),
            ("sessionAffinity", OneOf(&["None", "ClientIP"])),
            ("loadBalancerSourceRanges", Is(Cidr)),
            ("externalIPs", Is(Ip)),
        ],
    ),
    ("networking.HTTPIngressPath", &[("path", Is(AbsolutePath)), ("pathType", Needed)]),
    ("networking.IngressServiceBackend", &[("name", Needed), ("name", Is(DnsLabel1035))]),
    ("networking.ServiceBackendPort", &[("number", Range(0, 65535)), ("name", Is(PortName))]),
    ("networking.IngressTLS", &[("secretName", Is(DnsSubdomain))]),
    ("networking.IngressClassSpec", &[("controller", Needed), ("controller", Is(DomainPath))]),
    ("networking.IngressClassParametersReference", &[("kind", Needed), ("name", Needed)]),
    ("networking.IPBlock", &[("cidr", Needed)]),
    ("networking.NetworkPolicyPort", &[("protocol", OneOf(&["TCP", "UDP", "SCTP"])), ("port", Is(TargetPort))]),
    ("networking.NetworkPolicySpec", &[("policyTypes", OneOf(&["Ingress", "Egress"]))]),
    ("networking.ParentReference", &[("resource", Needed), ("name", Needed)]),
    (
        "discovery.EndpointPort",
        &[
            ("protocol", OneOf(&["TCP", "UDP", "SCTP"])),
            ("name", Is(DnsLabel)),
            ("appProtocol", Is(QualifiedName)),
            ("port", PORT),
        ],
    ),
    ("discovery.EndpointSlice", &[("addressType", Needed)]),
    ("discovery.Endpoint", &[("addresses", Needed), ("hostname", Is(DnsLabel)), ("nodeName", Is(DnsSubdomain))]),
    // access
    ("rbac.RoleRef", &[("name", Is(PathSegment)), ("name", Needed)]),
    ("rbac.Subject", &[("name", Needed), ("kind", OneOf(&["ServiceAccount", "User", "Group"]))]),
    ("rbac.PolicyRule", &[("verbs", Needed)]),
    // storage
    ("core.PersistentVolumeClaimSpec", &[("storageClassName", Is(DnsSubdomain))]),
    (
        "storage.StorageClass",
        &[
            ("provisioner", Needed),
            ("reclaimPolicy", OneOf(&["Delete", "Retain"])),
            ("volumeBindingMode", OneOf(&["Immediate", "WaitForFirstConsumer"])),
        ],
    ),
    ("storage.VolumeAttachmentSpec", &[("attacher", Needed), ("nodeName", Needed)]),
    ("storage.VolumeAttributesClass", &[("driverName", Needed), ("parameters", Needed)]),
    (
        "storage.CSIDriverSpec",
        &[
            ("fsGroupPolicy", OneOf(&["File", "None", "ReadWriteOnceWithFSType"])),
            ("volumeLifecycleModes", OneOf(&["Persistent", "Ephemeral"])),
        ],
    ),
    ("storage.TokenRequest", &[("expirationSeconds", Range(600, 1 << 32))]),
    ("storage.CSIStorageCapacity", &[("capacity", NotBelowZero)]),
    ("core.TopologySelectorLabelRequirement", &[("key", Is(QualifiedName)), ("values", Needed)]),
    // scaling
    (
        "autoscaling.HorizontalPodAutoscalerSpec",
        &[("minReplicas", ONE_UP), ("maxReplicas", Needed), ("maxReplicas", ONE_UP)],
    ),
    (
        "autoscaling.CrossVersionObjectReference",
        &[("kind", Needed), ("name", Needed), ("name", Is(PathSegment)), ("apiVersion", Since(36, &Is(ApiVersion)))],
    ),
    (
        "autoscaling.HPAScalingRules",
        &[
            ("stabilizationWindowSeconds", Range(0, 3600)),
            ("selectPolicy", OneOf(&["Max", "Min", "Disabled"])),
            ("tolerance", NotBelowZero),
        ],
    ),
    (
        "autoscaling.HPAScalingPolicy",
        &[("type", OneOf(&["Pods", "Percent"])), ("value", ONE_UP), ("periodSeconds", Range(1, 1800))],
    ),
    ("autoscaling.ResourceMetricSource", &[("name", Needed)]),
    ("autoscaling.MetricSpec", &[("type", OneOf(&["Resource", "ContainerResource", "Pods", "Object", "External"]))]),
    (
        "autoscaling.MetricTarget",
        &[("type", OneOf(&["Utilization", "Value", "AverageValue"])), ("averageUtilization", ONE_UP)],
    ),
    // scheduling
    (
        "scheduling.PriorityClass",
        &[("preemptionPolicy", Filled), ("preemptionPolicy", OneOf(&["PreemptLowerPriority", "Never"]))],
    ),
    ("node.RuntimeClass", &[("handler", Needed), ("handler", Is(DnsLabel))]),
    ("node.Scheduling", &[("nodeSelector", Labels)]),
    // admission
    (
        "admissionregistration.ValidatingWebhook",
        &[
            ("name", Needed),
            ("timeoutSeconds", Range(1, 30)),
            ("sideEffects", OneOf(&["None", "NoneOnDryRun"])),
            ("failurePolicy", OneOf(&["Ignore", "Fail"])),
            ("matchPolicy", OneOf(&["Exact", "Equivalent"])),
        ],
    ),
    (
        "admissionregistration.MutatingWebhook",
        &[
            ("name", Needed),
            ("timeoutSeconds", Range(1, 30)),
            ("sideEffects", OneOf(&["None", "NoneOnDryRun"])),
            ("failurePolicy", OneOf(&["Ignore", "Fail"])),
            ("matchPolicy", OneOf(&["Exact", "Equivalent"])),
            ("reinvocationPolicy", OneOf(&["Never", "IfNeeded"])),
        ],
    ),
    (
        "admissionregistration.RuleWithOperations",
        &[
            ("operations", OneOf(&["*", "CONNECT", "CREATE", "DELETE", "UPDATE"])),
            ("scope", OneOf(&["*", "Cluster", "Namespaced"])),
        ],
    ),
    ("admissionregistration.MatchCondition", &[("name", Needed), ("name", Is(QualifiedName)), ("expression", Needed)]),
    ("admissionregistration.Validation", &[("expression", Needed)]),
    ("admissionregistration.Variable", &[("name", Needed), ("expression", Needed)]),
    ("admissionregistration.ParamKind", &[("apiVersion", Needed), ("kind", Needed), ("apiVersion", Is(ApiVersion))]),
    (
        "admissionregistration.ValidatingAdmissionPolicySpec",
        &[("failurePolicy", OneOf(&["Ignore", "Fail"])), ("matchConstraints", Needed)],
    ),
    (
        "admissionregistration.ValidatingAdmissionPolicyBindingSpec",
        &[("policyName", Needed), ("validationActions", Needed)],
    ),
    ("admissionregistration.ServiceReference", &[("port", PORT), ("name", Needed), ("namespace", Needed)]),
    (
        "apiextensions.CustomResourceDefinitionNames",
        &[
            ("kind", Needed),
            ("plural", Needed),
            ("plural", Is(DnsLabel1035)),
            ("singular", Is(DnsLabel1035)),
            ("shortNames", Is(DnsLabel1035)),
            ("categories", Is(DnsLabel1035)),
        ],
    ),
    ("apiextensions.CustomResourceDefinitionVersion", &[("name", Needed), ("name", Is(DnsLabel1035))]),
    ("apiextensions.CustomResourceConversion", &[("strategy", OneOf(&["None", "Webhook"]))]),
    (
        "apiextensions.JSONSchemaProps",
        &[("type", OneOf(&["array", "boolean", "integer", "number", "object", "string"]))],
    ),
    ("apiextensions.ValidationRule", &[("rule", Needed)]),
    (
        "apiregistration.APIServiceSpec",
        &[
            ("groupPriorityMinimum", Range(1, 20000)),
            ("versionPriority", Range(1, 1000)),
            ("group", Needed),
            ("version", Needed),
            ("version", Is(DnsLabel1035)),
        ],
    ),
    ("apiregistration.ServiceReference", &[("name", Needed), ("namespace", Needed)]),
    ("flowcontrol.PriorityLevelConfigurationSpec", &[("type", OneOf(&["Exempt", "Limited"]))]),
    ("flowcontrol.LimitResponse", &[("type", OneOf(&["Queue", "Reject"]))]),
    (
        "flowcontrol.LimitedPriorityLevelConfiguration",
        &[
            ("nominalConcurrencyShares", ZERO_UP),
            ("lendablePercent", Range(0, 100)),
            ("borrowingLimitPercent", ZERO_UP),
        ],
    ),
    (
        "certificates.CertificateSigningRequestSpec",
        &[("usages", Needed), ("signerName", Is(DomainPath)), ("expirationSeconds", Range(600, i64::MAX))],
    ),
    ("resource.ExactDeviceRequest", &[("deviceClassName", Needed), ("count", ONE_UP)]),
    ("resource.DeviceRequest", &[("name", Needed), ("name", Is(DnsLabel))]),
    (
        "core.ContainerResizePolicy",
        &[("resourceName", OneOf(&["cpu", "memory"])), ("restartPolicy", OneOf(&["NotRequired", "RestartContainer"]))],
    ),
    ("core.HTTPHeader", &[("name", Needed), ("name", Is(HeaderName))]),
    ("core.PodOS", &[("name", OneOf(&["linux", "windows"]))]),
    ("core.SeccompProfile", &[("type", Needed), ("type", OneOf(&["Localhost", "RuntimeDefault", "Unconfined"]))]),
    (
        "core.Taint",
        &[
            ("key", Needed),
            ("key", Is(QualifiedName)),
            ("effect", OneOf(&["NoSchedule", "PreferNoSchedule", "NoExecute"])),
        ],
    ),
    ("core.EndpointAddress", &[("ip", Needed), ("ip", Is(Ip))]),
    ("core.EndpointPort", &[("port", PORT), ("name", Is(DnsLabel)), ("protocol", OneOf(&["TCP", "UDP", "SCTP"]))]),
    ("core.ClientIPConfig", &[("timeoutSeconds", Range(1, 86400))]),
    (
        "core.PersistentVolumeSpec",
        &[
            ("capacity", Needed),
            ("accessModes", Needed),
            ("persistentVolumeReclaimPolicy", OneOf(&["Retain", "Delete", "Recycle"])),
        ],
    ),
    ("apps.RollingUpdateStatefulSetStrategy", &[("partition", ZERO_UP)]),
    ("batch.PodFailurePolicyOnExitCodesRequirement", &[("operator", OneOf(&["In", "NotIn"])), ("values", Needed)]),
    (
        "batch.PodFailurePolicyOnPodConditionsPattern",
        &[("type", Needed), ("type", Is(QualifiedName)), ("status", OneOf(&["True", "False", "Unknown"]))],
    ),
    ("batch.PodFailurePolicyRule", &[("action", OneOf(&["FailJob", "FailIndex", "Ignore", "Count"]))]),
    ("policy.PodDisruptionBudgetSpec", &[("unhealthyPodEvictionPolicy", OneOf(&["IfHealthyBudget", "AlwaysAllow"]))]),
    ("networking.IngressSpec", &[("ingressClassName", Is(DnsSubdomain))]),
    ("autoscaling.MetricIdentifier", &[("name", Needed), ("name", Is(PathSegment))]),
    ("autoscaling.ContainerResourceMetricSource", &[("name", Needed), ("container", Needed)]),
    ("coordination.LeaseSpec", &[("leaseDurationSeconds", ONE_UP), ("leaseTransitions", ZERO_UP)]),
    ("flowcontrol.FlowSchemaSpec", &[("matchingPrecedence", Range(0, 10000))]),
    ("flowcontrol.PriorityLevelConfigurationReference", &[("name", Needed)]),
    ("flowcontrol.FlowDistinguisherMethod", &[("type", OneOf(&["ByUser", "ByNamespace"]))]),
    ("flowcontrol.PolicyRulesWithSubjects", &[("subjects", Needed)]),
    ("flowcontrol.Subject", &[("kind", OneOf(&["User", "Group", "ServiceAccount"]))]),
];
