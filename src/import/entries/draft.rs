//! An object on its way to an entry: what of it is not said yet, and what the entry says so far.

use ecow::EcoString;

use super::Surroundings;
use crate::import::compare::bare;
use crate::import::parts::{Fields, Parts, map_node};
use crate::layers::Object;
use crate::node::{Map, Node};
use crate::source::Span;

/// See the module.
pub(super) struct Draft<'a> {
    /// What rules ask of all objects.
    pub around: &'a Surroundings<'a>,
    /// The object's name.
    pub name: EcoString,
    /// The object's namespace; empty where it names none.
    pub namespace: EcoString,
    /// Its labels, without those of compliance.
    pub labels: Map,
    /// Its annotations.
    pub annotations: Map,
    /// What its labels say of compliance.
    pub compliance: [Option<EcoString>; 5],
    /// What is left of its metadata.
    pub metadata: Parts,
    /// What is left of it, apart from its metadata.
    pub rest: Parts,
    /// What the entry says, behind what all entries say.
    pub fields: Fields,
}

impl<'a> Draft<'a> {
    /// All of an object, and nothing said; `None` where it is not in the form that all entries have.
    pub fn of(object: &Object, around: &'a Surroundings<'a>) -> Option<Draft<'a>> {
        let mut rest = Parts::of(bare(&object.node))?;
        rest.take("apiVersion");
        rest.take("kind");
        let mut metadata = rest.map("metadata")?;
        let name = metadata.text("name")?;
        let namespace = metadata.text("namespace").unwrap_or_default();
        let mut labels = metadata.map("labels")?.0;
        let annotations = metadata.map("annotations")?.0;
        let compliance = around.compliance.split(&mut labels);
        let fields = Fields::default();
        Some(Draft { around, name, namespace, labels, annotations, compliance, metadata, rest, fields })
    }

    /// The namespace in which references of the entry are looked up.
    pub fn own_namespace(&self) -> &str {
        if self.namespace.is_empty() { self.around.namespace.unwrap_or("default") } else { &self.namespace }
    }

    /// What is left of `spec` goes to the entry's own.
    pub fn raw_spec(&mut self, spec: Parts) {
        self.fields.put("spec", spec.rest());
    }

    /// Says of the metadata what a rule did not say; `None` where something of the object was never said.
    pub fn finish(mut self) -> Option<Map> {
        if !self.rest.is_empty() {
            return None;
        }
        let mut fields = Fields::default();
        if self.around.namespace != Some(self.namespace.as_str()) && !self.namespace.is_empty() {
            fields.put_text("namespace", Some(self.namespace.clone()));
        }
        let mut said = Parts(self.fields.0);
        // What people look for first.
        fields.put("image", said.take("image"));
        fields.put("compliance", self.around.compliance.of_entry(&self.compliance)?);
        fields.put_map("labels", std::mem::take(&mut self.labels));
        fields.put_map("annotations", std::mem::take(&mut self.annotations));
        fields.put("metadata", self.metadata.rest());
        fields.0.fields.append(&mut said.0.fields);
        Some(fields.0)
    }

    /// Lets the labels and annotations of a workload's object stand for its pods as well, as far as they agree. `found`
    /// are the labels by which the pods are found.
    pub fn share_with_pods(&mut self, found: &Map, mut labels: Map, annotations: Map) -> Option<()> {
        if self.around.compliance.split(&mut labels) != self.compliance {
            return None;
        }
        if found.fields.iter().any(|field| labels.get(&field.key).and_then(Node::as_str) != field.value.as_str()) {
            return None;
        }
        let own = share(&mut self.labels, found, labels, &mut self.metadata, "labels");
        self.fields.put_map("podLabels", own);
        let own = share(&mut self.annotations, &Map::default(), annotations, &mut self.metadata, "annotations");
        self.fields.put_map("podAnnotations", own);
        Some(())
    }
}

/// What pods have besides what an entry's `labels` (or `annotations`) give them. Those that pods do not have become the
/// object's alone, in `metadata`.
fn share(of_object: &mut Map, found: &Map, mut of_pods: Map, metadata: &mut Parts, key: &str) -> Map {
    if !of_object.fields.iter().all(|field| of_pods.get(&field.key).is_some()) {
        let alone = std::mem::take(of_object);
        metadata.0.set(key, Span::NONE, map_node(alone));
    }
    let given = |key: &str| of_object.get(key).or_else(|| found.get(key)).and_then(Node::as_str);
    of_pods.fields.retain(|field| field.value.as_str().is_none() || given(&field.key) != field.value.as_str());
    of_pods
}
