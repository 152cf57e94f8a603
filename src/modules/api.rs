//! Fields of Kubernetes' API: several definitions merge as the API says.
//!
//! Records of Kubernetes' types merge like other records, except that lists whose items have keys merge
//! item by item, and `null`, which leaves a field out, gives way to anything else. So an option of such a type
//! takes definitions as `resources` does, and so does an option that is a list of such records.

use super::definitions::{Definition, Definitions, Settled, Winners};
use super::site::Site;
use crate::schema::{list_rule, list_rule_of_items};
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
            let several = winners.definitions.len() + winners.beneath.len() > 1;
            let lists = several && winners.definitions.iter().all(list);
            match (item_type(ty).filter(|_| lists), winners.definitions.is_empty()) {
                (_, true) => Ok(None),
                (None, _) => self.merge_winners(ty, winners, site).map(Some),
                (Some(item), _) => self.merge_api_items(&list_rule(origin, name), &item, winners, site).map(Some),
            }
        });
        if let Err(failure) = &result {
            self.blame_definitions(failure, definitions, site);
        }
        result
    }

    /// How several lists become one whose items are of Kubernetes' API and have keys there.
    pub(super) fn rule_of_items(&mut self, item: &TypeRef, winners: &Winners) -> Result<Option<ListRule>> {
        let list = |settled: &Settled| matches!(settled.value.kind, Kind::List(_));
        if winners.definitions.len() + winners.beneath.len() < 2 || !winners.definitions.iter().all(list) {
            return Ok(None);
        }
        let item = self.resolve(item)?;
        let Type::Record(record) = item.peeled() else { return Ok(None) };
        let rule = record.origin.as_deref().map(list_rule_of_items);
        Ok(rule.filter(|rule| matches!(rule, ListRule::Keyed(_))))
    }

    pub(super) fn merge_api_items(
        &mut self,
        rule: &ListRule,
        item: &TypeRef,
        winners: Winners,
        site: &Site,
    ) -> Result<Value> {
        let place = self.origin_of(&winners.definitions);
        let mut items = Vec::new();
        for definitions in self.items_by_rule(rule, winners)? {
            if self.is_present(&definitions) {
                let site = site.item(items.len(), place);
                items.push(self.merged_later(item, Definitions::from(definitions), site));
            }
        }
        Ok(Value::list(items, place))
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
