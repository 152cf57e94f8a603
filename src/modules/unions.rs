//! Unions: which member the definitions belong to.
//!
//! A value is judged by the member it fits. Definitions are parts of a value, so no single one of them may fit: then
//! the only member of their shape will do.

use super::definitions::{Settled, Winners};
use super::errors;
use super::site::Site;
use crate::source::Span;
use crate::types::{ModuleType, Type, TypeRef};
use crate::value::{Evaluator, Kind, Result, Value};

impl Evaluator {
    /// The member of a union that all definitions belong to, and their merge by it.
    pub(super) fn merge_union(
        &mut self,
        ty: &TypeRef,
        members: &[TypeRef],
        mut winners: Winners,
        site: &Site,
    ) -> Result<Value> {
        // What is beneath a set and is none has lost: it may be of another member.
        winners.beneath.retain(|settled| settled.attrs().is_some());
        // The usual union needs no search: sets of one type, or nothing.
        if winners.are_sets()
            && let Some(member) = only_member(members)
        {
            let member = self.resolve(member)?;
            if holds_names(member.peeled()) {
                return self.merge_winners(&member, winners, site);
            }
        }
        let members = self.flattened(members)?;
        let null = |settled: &Settled| matches!(settled.value.kind, Kind::Null);
        if winners.definitions.iter().any(null) && !winners.definitions.iter().all(null) {
            self.all_fit(ty, &winners.definitions, site)?;
            return Err(errors::conflict(self, &winners.definitions, site));
        }
        if let Some(member) = self.common_member(&members, &winners.definitions)? {
            return self.merge_winners(&member, winners, site);
        }
        self.merge_equal(ty, winners.definitions, site)
    }

    pub(super) fn common_member(&mut self, members: &[TypeRef], settled: &[Settled]) -> Result<Option<TypeRef>> {
        for member in members {
            let mut all = true;
            for settled in settled {
                all = all && self.fits(&settled.value, member)?;
            }
            if all {
                return Ok(Some(member.clone()));
            }
        }
        // Parts of one record need not be complete each, so the only member of their shape will do.
        let shaped = |member: &&TypeRef| {
            settled.iter().all(|settled| match (&settled.value.kind, member.peeled()) {
                (Kind::Attrs(_), ty) => holds_names(ty),
                (Kind::List(_), ty) => matches!(ty, Type::List(_)),
                _ => false,
            })
        };
        let mut shaped = members.iter().filter(shaped);
        Ok(match (shaped.next(), shaped.next()) {
            (Some(member), None) => Some(member.clone()),
            _ => None,
        })
    }

    /// The members of a union, those of unions inside it included.
    pub(super) fn flattened(&mut self, members: &[TypeRef]) -> Result<Vec<TypeRef>> {
        let mut flat = Vec::with_capacity(members.len());
        for member in members {
            let member = self.resolve(member)?;
            match member.peeled() {
                Type::Union(inner) => flat.extend(self.deeper(Span::NONE, |machine| machine.flattened(inner))?),
                _ => flat.push(member),
            }
        }
        Ok(flat)
    }

    /// Fails if a definition cannot be one of the type's, such as a function of a submodule.
    fn all_fit(&mut self, ty: &TypeRef, settled: &[Settled], site: &Site) -> Result<()> {
        let mut misfits = Vec::new();
        for settled in settled {
            if !self.fits(&settled.value, ty)? {
                misfits.push(settled.clone());
            }
        }
        self.all_held(ty, &misfits, site)
    }
}

/// The only member besides `null`.
fn only_member(members: &[TypeRef]) -> Option<&TypeRef> {
    let mut others = members.iter().filter(|member| !matches!(***member, Type::Null));
    others.next().filter(|_| others.next().is_none())
}

/// Whether values of the type are sets.
fn holds_names(ty: &Type) -> bool {
    match ty {
        Type::Map(_) | Type::Record(_) | Type::Object => true,
        Type::Module(module) => {
            matches!(module, ModuleType::Submodule(_) | ModuleType::LazyMap(_) | ModuleType::Attrs)
        }
        _ => false,
    }
}
