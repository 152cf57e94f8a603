//! Fields of Kubernetes' API: several definitions merge as the API says.
//!
//! Records of Kubernetes' types merge like other records, except that lists whose items have keys merge
//! item by item, and `null`, which leaves a field out, gives way to anything else. So an option of such a type
//! takes definitions as `resources` does.

use super::definitions::{Definition, Definitions, Settled};
use super::site::Site;
use crate::schema::list_rule;
use crate::symbol::Symbol;
use crate::types::{ListRule, Origin, Type, TypeRef};
use crate::value::{Evaluator, Kind, Result, Value};

impl Evaluator {
    /// The value of the field `name` of a definition, whose type is `ty`; nothing if no definition counts.
    pub(super) fn merge_api_field(
        &mut self,
        (origin, name): (&Origin, Symbol),
        ty: &TypeRef,
        definitions: &[Definition],
        site: &Site,
    ) -> Result<Option<Value>> {
        let result = self.settle(definitions).and_then(|mut winners| {
            let null = |settled: &Settled| matches!(settled.value.kind, Kind::Null);
            if !winners.definitions.iter().all(null) {
                winners.definitions.retain(|settled| !null(settled));
            }
            let list = |settled: &Settled| matches!(settled.value.kind, Kind::List(_));
            let several = winners.definitions.len() + winners.lowered.len() > 1;
            if winners.definitions.is_empty() {
                return Ok(None);
            }
            if several
                && winners.definitions.iter().all(list)
                && let Some(item) = item_type(ty)
                && let rule @ (ListRule::Keyed(_) | ListRule::Set) = list_rule(origin, name)
            {
                let place = self.origin_of(&winners.definitions);
                let items = self.items_by_rule(&rule, winners)?.into_iter().enumerate();
                let items = items.map(|(at, definitions)| {
                    self.merged_later(&item, Definitions::from(definitions), site.item(at, place))
                });
                return Ok(Some(Value::list(items.collect(), place)));
            }
            self.merge_winners(ty, winners, site).map(Some)
        });
        if let Err(failure) = &result {
            self.blame_definitions(failure, definitions, site);
        }
        result
    }
}

/// The items' type, if this is a type of lists, or of lists and `null`.
fn item_type(ty: &TypeRef) -> Option<TypeRef> {
    match ty.peeled() {
        Type::List(item) => Some(item.clone()),
        Type::Union(members) => members.iter().find_map(item_type),
        _ => None,
    }
}
