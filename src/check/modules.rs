//! Configurations: modules beside the layers.

use super::Checker;
use super::need::{Need, Why};
use super::ty::{Ty, TyRef};
use crate::schema::types::{self, Member};
use crate::source::Span;
use crate::symbol::Symbol;
use std::rc::Rc;

impl Checker<'_> {
    /// The entry of a configuration.
    pub(super) fn configuration(&mut self, at: usize) -> TyRef {
        self.file(at)
    }

    /// A name below `k8s`.
    pub(super) fn kubernetes_member(&mut self, path: &[Symbol], name: Symbol, at: Span) -> TyRef {
        let names: Vec<&str> = path.iter().chain([&name]).map(|name| name.as_str()).collect();
        match types::member(self.version, &names) {
            Some(Member::Type(ty)) => Rc::new(Ty::Type(Rc::new(Ty::Known(ty)))),
            Some(Member::Space) => Rc::new(Ty::Space(path.iter().copied().chain([name]).collect())),
            None => {
                let _ = (Need::of(Why::Silent, at), at);
                Ty::any()
            }
        }
    }
}
