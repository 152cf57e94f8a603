//! Secrets as applications get them, as files and as variables: those of `secrets`, their own, and what is in the cluster.

use ecow::{EcoString, eco_format};

use super::Known;
use super::group::{Group, items, text};
use crate::import::parts::{Fields, bool_node, map_node, text_node};
use crate::node::{Node, NodeKind};

/// How the pods get Secrets that are in the cluster.
#[derive(Default)]
pub(super) struct Secrets(Vec<Use>);

struct Use {
    key: EcoString,
    existing: EcoString,
    optional: bool,
    path: Option<EcoString>,
    variables: Fields,
    prefix: Option<EcoString>,
    whole: bool,
}

impl Secrets {
    /// Those that are mounted; `None` where a volume is one that no setting makes.
    pub fn mounted(pod: &Node, own: &Node) -> Option<Secrets> {
        let mut secrets = Secrets::default();
        for volume in items(pod, &["volumes"]) {
            let name = text(volume, &["name"])?;
            let Some(secret) = volume.get("secret") else {
                let known = matches!(name, "config" | "files" | "data") || name.starts_with("scratch-");
                known.then_some(())?;
                continue;
            };
            let mount = items(own, &["volumeMounts"]).iter().find(|mount| text(mount, &["name"]) == Some(name))?;
            let (key, existing) = (name.strip_prefix("secret-")?, text(secret, &["secretName"])?);
            let it = secrets.used(existing, is_true(secret.get("optional")), Some(key));
            it.path = Some(text(mount, &["mountPath"])?.into());
        }
        Some(secrets)
    }

    /// The use of a Secret: that of this key, or any.
    fn used(&mut self, existing: &str, optional: bool, key: Option<&str>) -> &mut Use {
        let known = self.0.iter().position(|it| it.existing == existing && it.optional == optional && key.is_none());
        let at = known.unwrap_or_else(|| {
            let key = key.unwrap_or(existing);
            let taken = self.0.iter().any(|it| it.key == key);
            let key = if taken { eco_format!("{key}-env") } else { key.into() };
            let existing = existing.into();
            let variables = Fields::default();
            self.0.push(Use { key, existing, optional, path: None, variables, prefix: None, whole: false });
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    /// Takes the variables that have the value of a key; gives the others back.
    pub fn take_variables(&mut self, env: Node) -> Node {
        let NodeKind::Map(mut env) = env.kind else { return env };
        env.fields.retain(|field| {
            let from = field.value.at(&["valueFrom", "secretKeyRef"]);
            let named =
                from.and_then(|from| Some((text(from, &["name"])?, text(from, &["key"])?, from.get("optional"))));
            let Some((name, key, optional)) = named else { return true };
            self.used(name, is_true(optional), None).variables.put(&field.key, text_node(key));
            false
        });
        map_node(env)
    }

    /// Takes sources of variables, if all are Secrets and their order is that of their names.
    pub fn take_all(&mut self, sources: &[Node]) -> bool {
        let mut found = Vec::new();
        for source in sources {
            let Some(name) = text(source, &["secretRef", "name"]) else { return false };
            found.push((name, is_true(source.at(&["secretRef", "optional"])), text(source, &["prefix"])));
        }
        let partly = |name: &str| self.0.iter().any(|it| it.existing == name && !it.variables.0.fields.is_empty());
        if !found.is_sorted_by(|a, b| a.0 < b.0) || found.iter().any(|(name, ..)| partly(name)) {
            return false;
        }
        for (name, optional, prefix) in found {
            let it = self.used(name, optional, None);
            it.whole = true;
            it.prefix = prefix.map(Into::into);
        }
        true
    }

    /// `secrets` of the application. It takes its own along.
    pub fn written(self, group: &mut Group, known: &Known<'_>) -> Option<Node> {
        let mut secrets = Fields::default();
        for it in self.0 {
            let (key, mut fields) = it.source(group, known);
            fields.put_text("mountPath", it.path);
            fields.put_map("env", it.variables.0);
            fields.put("env", it.whole.then(|| bool_node(true)));
            fields.put_text("envPrefix", it.prefix);
            fields.put("optional", it.optional.then(|| bool_node(true)));
            secrets.put(&key, map_node(fields.0));
        }
        secrets.0.fields.sort_by(|a, b| a.key.cmp(&b.key));
        (!secrets.0.fields.is_empty()).then(|| map_node(secrets.0))
    }
}

impl Use {
    /// The key in the application's `secrets`, and where the secret comes from.
    fn source(&self, group: &mut Group, known: &Known<'_>) -> (EcoString, Fields) {
        let part = self.existing.strip_prefix(group.name.as_str()).and_then(|rest| rest.strip_prefix('-'));
        let part = part.filter(|part| self.path.is_none() || self.key == *part);
        let own = part.and_then(|part| {
            let (at, fields) = known.external.own(&known.stock, &group.namespace, &self.existing, &group.name)?;
            (!group.members.contains(&at)).then_some((part, at, fields))
        });
        if let Some((part, at, fields)) = own {
            group.members.push(at);
            return (part.into(), fields);
        }
        let mut fields = Fields::default();
        match known.external.key(&group.namespace, &self.existing) {
            Some(key) if *key == self.key => {}
            Some(key) => fields.put_text("from", Some(key.clone())),
            None => fields.put_text("existing", Some(self.existing.clone())),
        }
        (self.key.clone(), fields)
    }
}

fn is_true(node: Option<&Node>) -> bool {
    node.is_some_and(|node| node.kind == NodeKind::Bool(true))
}
