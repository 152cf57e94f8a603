//! Lists: which definitions made which item.

use super::Part;
use super::pieces::{Tracked, winners};
use super::walk::{Api, Here, Opened, Result, Spot};
use crate::modules::definitions::Definition;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ListRule, TypeRef};
use crate::value::Evaluator;

impl Opened<'_> {
    /// One item, by its number or by its only key: the container of this name.
    pub(super) fn item(&self, machine: &mut Evaluator, ty: &TypeRef, part: Part) -> Result<(Here, Part)> {
        let items = self.items(machine)?;
        let names = self.item_names(machine, &items)?;
        let at = match part {
            Part::Item(at) => Some(at),
            Part::Name(name) => {
                let called = names.iter().position(|known| *known == name);
                called.or_else(|| name.as_str().parse().ok())
            }
        };
        let found = at.and_then(|at| Some((at, items.get(at)?)));
        let Some((at, definitions)) = found else { return Err(self.unknown(names)) };
        let api = match self.spot.api {
            Api::Object(shape) => Api::Object(shape.and_then(|shape| machine.objects.as_ref()?.item(shape))),
            _ => Api::Silent,
        };
        let tracked = definitions.iter().cloned().map(Tracked::from).collect();
        let site = self.spot.site.item(at, Span::NONE);
        Ok((Spot { tracked, api, ..Spot::part(site, ty.clone()) }.into(), Part::Item(at)))
    }

    /// The items of the merged list, each with its definitions, whose keys are the places of their lists.
    pub(super) fn items(&self, machine: &mut Evaluator) -> Result<Vec<Vec<Definition>>> {
        let lists = winners(&self.pieces);
        let rule = match lists.definitions.len() + lists.beneath.len() {
            0 | 1 => None,
            _ => machine.list_rule(&self.spot.api),
        };
        let items = machine.items_by_rule(&rule.unwrap_or(ListRule::Atomic), lists)?;
        Ok(items.into_iter().filter(|item| machine.is_present(item)).collect())
    }

    /// What items can be called: by their only key if they have one, else by number.
    fn item_names(&self, machine: &mut Evaluator, items: &[Vec<Definition>]) -> Result<Vec<Symbol>> {
        let rule = machine.list_rule(&self.spot.api);
        let mut names = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let key = match (&rule, item.first()) {
                (Some(ListRule::Keyed(keys)), Some(first)) if keys.len() == 1 => machine.item_key(keys, first)?,
                _ => None,
            };
            let number = at.to_string();
            // Keys are scalars as they are written, strings in quotes.
            let name = key.as_ref().and_then(|key| key.first()).map_or(number.as_str(), |key| key.trim_matches('"'));
            names.push(Symbol::new(name));
        }
        Ok(names)
    }
}

impl Evaluator {
    /// How lists merge at a place that the API knows.
    pub(super) fn list_rule(&self, api: &Api) -> Option<ListRule> {
        match api {
            Api::Object(Some(shape)) => Some(self.objects.as_ref()?.list(*shape)),
            Api::Field(rule) => Some(rule.clone()),
            _ => None,
        }
    }
}
