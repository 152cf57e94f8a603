//! Which fields people have to write.

use super::catalogue::{FieldDef, TypeDef};

/// Fields that the documents list as required, because they are never left out of what the server sends, but
/// that the server fills in or does without when it is sent an object. Group, type, field (`*`: all).
const SERVER_FILLS_IN: &[(&str, &str)] = &[
    ("apps.StatefulSetSpec", "serviceName"),
    ("batch.PodFailurePolicy", "rules"),
    ("batch.PodFailurePolicyOnPodConditionsPattern", "status"),
    ("apiextensions.CustomResourceDefinitionVersion", "served"),
    ("apiextensions.CustomResourceDefinitionVersion", "storage"),
    ("apps.ControllerRevision", "revision"),
    ("core.Event", "involvedObject"),
    ("core.HTTPHeader", "value"),
    ("core.ISCSIPersistentVolumeSource", "lun"),
    ("core.ISCSIVolumeSource", "lun"),
    ("core.PreferredSchedulingTerm", "preference"),
    ("core.Sysctl", "value"),
    ("discovery.EndpointSlice", "endpoints"),
    ("rbac.RoleRef", "apiGroup"),
    ("scheduling.PriorityClass", "value"),
    ("storage.CSINodeSpec", "drivers"),
    ("core.Event", "metadata"),
    ("core.LimitRangeSpec", "limits"),
    ("core.SleepAction", "seconds"),
    ("core.TypedLocalObjectReference", "*"),
    ("core.TypedObjectReference", "*"),
    ("networking.NetworkPolicySpec", "podSelector"),
    ("resource.DeviceClass", "spec"),
    ("storage.CSIDriver", "spec"),
    ("storage.TokenRequest", "audience"),
];

/// Whether an object that people write must have the field.
pub fn of_users(def: &TypeDef, field: &FieldDef) -> bool {
    // Most fields are optional, and this is asked for each of them.
    if !field.required {
        return false;
    }
    let (group, name) = def.group_and_name();
    let exempt = |(of, exempt): &(&str, &str)| {
        (*exempt == "*" || field.name == *exempt) && of.split_once('.') == Some((group, name))
    };
    !SERVER_FILLS_IN.iter().any(exempt)
}
