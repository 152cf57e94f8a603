//! Whether what was sealed can be opened where it ends up.
//!
//! A finished object may have been changed in layer 1, or made by hand: another name, another namespace, a scope taken
//! away, a ciphertext copied from elsewhere. The controller would find out, long after; the lock file knows now.

use rustc_hash::FxHashMap;

use super::lock::{Ciphertext, Lock, Sealed, SecretId};
use super::{DOMAIN, Scope};
use crate::diag::{Code, Diagnostic};
use crate::layers::Object;
use crate::node::{Map, Node, NodeKind};
use crate::source::Span;

/// What each ciphertext of the lock file was sealed as.
type Known<'a> = FxHashMap<&'a str, (&'a SecretId, &'a Sealed)>;

/// One finding for each SealedSecret with a value that opens elsewhere only.
pub fn check_placement(objects: &[Object], lock: &Lock) -> Vec<Diagnostic> {
    let mut known: Known = FxHashMap::default();
    for entry @ (_, sealed) in &lock.secrets {
        known.extend(sealed.data.values().map(|Ciphertext(text)| (text.as_str(), entry)));
    }
    objects.iter().filter(|object| is_sealed_secret(object)).filter_map(|object| misplaced(object, &known)).collect()
}

/// Whether it is for the controller of Sealed Secrets.
pub fn is_sealed_secret(object: &Object) -> bool {
    object.kind() == "SealedSecret" && object.api_version().starts_with("bitnami.com/")
}

fn misplaced(object: &Object, known: &Known) -> Option<Diagnostic> {
    let (namespace, name) = (object.namespace(), object.name());
    let (scope, scope_span) = scope(object);
    let label = scope.label(namespace, name);
    let NodeKind::Map(Map { fields }) = &object.node.at(&["spec", "encryptedData"])?.kind else { return None };
    for field in fields {
        let Some((SecretId(id), sealed)) = field.value.as_str().and_then(|text| known.get(text)) else { continue };
        let (for_namespace, for_name) = id.split_once('/')?;
        if sealed.scope.label(for_namespace, for_name) == label {
            continue;
        }
        let place = |path: &[&str]| object.node.at(path).map_or(Span::NONE, |node| node.span);
        let (span, difference) = match () {
            () if sealed.scope != scope => {
                let (sealed, here) = (sealed.scope.as_str(), scope.as_str());
                (scope_span, format!("the scope `{sealed}`, and this object has the scope `{here}`"))
            }
            () if for_namespace != namespace => {
                let difference = format!("the namespace `{for_namespace}`, and this object is in `{namespace}`");
                (place(&["metadata", "namespace"]), difference)
            }
            () => {
                let difference = format!("the name `{for_name}`, and this object is called `{name}`");
                (place(&["metadata", "name"]), difference)
            }
        };
        let message = format!("`{}` is sealed for {difference}", field.key);
        return Some(
            Diagnostic::new(Code::UnsealedSecret, span.or(object.entry), message)
                .object(object.to_string())
                .hint("say it in the entry of `sealedSecrets`, and seal it again: `nxk seal FILE --cert CERTIFICATE`"),
        );
    }
    None
}

/// The scope as the controller takes it from the annotations, and where that was written.
fn scope(object: &Object) -> (Scope, Span) {
    let annotation = |scope: Scope| {
        let name = format!("{DOMAIN}/{}", scope.as_str());
        let node: Option<&Node> = object.node.at(&["metadata", "annotations", &name]);
        node.filter(|node| node.as_str() == Some("true")).map(|node| (scope, node.span))
    };
    annotation(Scope::Cluster).or_else(|| annotation(Scope::Namespace)).unwrap_or((Scope::Strict, Span::NONE))
}
