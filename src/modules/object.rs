//! Kubernetes objects: definitions merge by the object's schema.
//!
//! Structs and maps merge field by field. Lists whose items have keys (containers by name, ports by
//! port and protocol) merge item by item; other lists of equal priority are joined, like the lists of
//! options. `null` means that a field is absent, so it never contradicts a value of equal priority.
//! What the schema does not know merges the same way. Whether the result is a valid object is judged
//! elsewhere, on the finished data.

use rustc_hash::FxHashMap;

use super::definitions::{Definition, Definitions, OPTION_DEFAULT, PLAIN, Rank, Settled, Winners, by_name};
use super::site::Site;
use super::words::words;
use crate::eval::scalar_of;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ListKey, ListRule, Scalar, Shape, Type, TypeRef};
use crate::value::{Attr, Attrs, AttrsBuilder, Evaluator, Kind, Result, Thunk, Value};

/// The identity of a list's item: the values of its keys.
pub(super) type ItemKey = Vec<String>;

/// An item in the making: its identity, and its definitions so far.
type Merging = (Option<ItemKey>, Vec<Definition>);

impl Evaluator {
    /// A whole object.
    pub(super) fn merge_object(&mut self, ty: &TypeRef, winners: Winners, site: &Site) -> Result<Value> {
        let (shape, sets) = self.object_sets(ty, winners, site)?;
        Ok(self.merge_struct(shape, &sets, site))
    }

    /// What a whole object is merged of, and what the schema knows of it.
    pub(super) fn object_sets(
        &mut self,
        ty: &TypeRef,
        winners: Winners,
        site: &Site,
    ) -> Result<(Option<Shape>, Vec<Settled>)> {
        let mut sets = winners.merging();
        self.all_sets(ty, &sets, site)?;
        let shape = self.object_shape(&sets, site.path.last())?;
        let named = site.path.last().and_then(kind_and_name);
        // What a layer made is complete; what a user writes under `"<Kind>/<name>"` need not repeat these.
        if let Some((kind, name)) = named
            && !sets.iter().any(|settled| settled.rank.layered.get() == Some(Rank::LOWERED))
        {
            sets.push(identity(&kind, &name, site.path.key()));
        }
        Ok((shape, sets))
    }

    /// What the schema knows of an object: by its `kind`, or by the kind that its key says.
    pub(super) fn object_shape(&mut self, sets: &[Settled], key: Option<Symbol>) -> Result<Option<Shape>> {
        let kind = match self.text_at(sets, words().kind)? {
            Some(kind) => Some(kind),
            None => key.and_then(kind_and_name).map(|(kind, _)| kind),
        };
        let api_version = self.text_at(sets, words().api_version)?;
        Ok(match (&self.objects, kind) {
            (Some(schema), Some(kind)) => schema.root(api_version.as_deref(), &kind),
            _ => None,
        })
    }

    /// The text of a field that the shape depends on, from the strongest definition that has it.
    fn text_at(&mut self, sets: &[Settled], name: Symbol) -> Result<Option<String>> {
        let fields = sets
            .iter()
            .filter_map(|settled| settled.attrs()?.get(name).map(|attr| settled.inside(attr.value.clone(), attr.span)));
        let fields: Vec<Definition> = fields.collect();
        let winners = self.settle(&fields)?;
        Ok(winners.definitions.into_iter().find_map(|settled| match settled.value.kind {
            Kind::Str(text) => Some(text.to_string()),
            _ => None,
        }))
    }

    /// A struct or a map: field by field.
    pub(super) fn merge_struct(&mut self, shape: Option<Shape>, sets: &[Settled], site: &Site) -> Value {
        let mut entries = Vec::new();
        for (name, definitions) in by_name(sets) {
            let key = self.key_of(&definitions);
            if let Some(value) = ready(&definitions) {
                entries.push(Attr { name, span: key, value });
                continue;
            }
            if !self.is_present(definitions.as_slice()) {
                continue;
            }
            let site = site.clone();
            let value = Thunk::defer(move |machine| {
                let inner = shape.and_then(|shape| machine.objects.as_ref()?.field(shape, name));
                machine.merge_part(inner, definitions.as_slice(), &site.entry(name, key))
            });
            entries.push(Attr { name, span: key, value });
        }
        Value::attrs(Attrs::new(entries), self.origin_of(sets))
    }

    /// A part of an object, whatever it is.
    fn merge_part(&mut self, shape: Option<Shape>, definitions: &[Definition], site: &Site) -> Result<Value> {
        let result = self
            .settle_part(definitions)
            .and_then(|winners| self.deeper(site.declared, |machine| machine.merge_settled_part(shape, winners, site)));
        if let Err(failure) = &result {
            self.blame_definitions(failure, definitions, site);
        }
        result
    }

    /// The definitions of a part that count: `null` only where there is nothing else.
    pub(super) fn settle_part(&mut self, definitions: &[Definition]) -> Result<Winners> {
        let mut winners = self.settle(definitions)?;
        let null = |settled: &Settled| matches!(settled.value.kind, Kind::Null);
        if !winners.definitions.iter().all(null) {
            winners.definitions.retain(|settled| !null(settled));
        }
        Ok(winners)
    }

    fn merge_settled_part(&mut self, shape: Option<Shape>, winners: Winners, site: &Site) -> Result<Value> {
        let list = |settled: &Settled| matches!(settled.value.kind, Kind::List(_));
        match winners.definitions.first().map(|settled| &settled.value.kind) {
            None => Ok(Value::null(site.path.key())),
            Some(Kind::Attrs(_)) if winners.are_sets() => Ok(self.merge_struct(shape, &winners.merging(), site)),
            Some(Kind::List(_)) if winners.definitions.iter().all(list) => self.merge_items(shape, winners, site),
            Some(_) => self.merge_equal(&TypeRef::new(Type::Any), winners.definitions, site),
        }
    }

    fn merge_items(&mut self, shape: Option<Shape>, winners: Winners, site: &Site) -> Result<Value> {
        let item = shape.and_then(|shape| self.objects.as_ref()?.item(shape));
        let origin = self.origin_of(&winners.definitions);
        let items = self.items_of_part(shape, winners)?;
        let mut merged = Vec::with_capacity(items.len());
        for definitions in items {
            let definitions = Definitions::from(definitions);
            if let Some(value) = ready(&definitions) {
                merged.push(value);
            } else if self.is_present(definitions.as_slice()) {
                let site = site.item(merged.len(), origin);
                merged.push(Thunk::defer(move |machine| machine.merge_part(item, definitions.as_slice(), &site)));
            }
        }
        Ok(Value::list(merged, origin))
    }

    /// The items of a list in an object, each with its definitions.
    pub(super) fn items_of_part(&mut self, shape: Option<Shape>, winners: Winners) -> Result<Vec<Vec<Definition>>> {
        let alone = winners.definitions.len() == 1 && winners.beneath.is_empty();
        let rule = match (&self.objects, shape) {
            (Some(schema), Some(shape)) if !alone => schema.list(shape),
            _ => ListRule::Atomic,
        };
        self.items_by_rule(&rule, winners)
    }

    /// The items of lists that are defined together, each with its definitions.
    pub(super) fn items_by_rule(&mut self, rule: &ListRule, winners: Winners) -> Result<Vec<Vec<Definition>>> {
        let items = match rule {
            ListRule::Keyed(keys) => self.items_by_key(keys, winners)?,
            ListRule::Set => self.items_once(winners.definitions)?,
            ListRule::Atomic => items_of(&winners.definitions).map(|definition| (None, vec![definition])).collect(),
        };
        Ok(items.into_iter().map(|(_, definitions)| definitions).collect())
    }

    /// Items with equal keys become one. The made ones come first, so that a user's patch of one item
    /// does not move it to the front.
    fn items_by_key(&mut self, keys: &[ListKey], winners: Winners) -> Result<Vec<Merging>> {
        let mut lists = winners.definitions;
        lists.extend(winners.beneath.into_iter().filter(|settled| matches!(settled.value.kind, Kind::List(_))));
        lists.sort_by_key(|settled| std::cmp::Reverse(settled.rank.layered.get().unwrap_or(PLAIN)));
        let mut merging: Vec<Merging> = Vec::new();
        let mut known: FxHashMap<ItemKey, usize> = FxHashMap::default();
        for definition in items_of(&lists) {
            // One definition may repeat a key; that is judged on the finished object.
            let Some(key) = self.item_key(keys, &definition)? else {
                merging.push((None, vec![definition]));
                continue;
            };
            match known.get(&key) {
                Some(&at) if !same_list(&merging[at].1, &definition) => merging[at].1.push(definition),
                _ => {
                    known.insert(key.clone(), merging.len());
                    merging.push((Some(key), vec![definition]));
                }
            }
        }
        Ok(merging)
    }

    /// The values at the keys, or nothing if the item lacks one that has no default.
    pub(super) fn item_key(&mut self, keys: &[ListKey], item: &Definition) -> Result<Option<ItemKey>> {
        let winners = self.settle(std::slice::from_ref(item))?;
        let [settled] = winners.definitions.as_slice() else { return Ok(None) };
        let Some(attrs) = settled.attrs() else { return Ok(None) };
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            let given = match attrs.get(key.name) {
                Some(attr) => {
                    let definition = settled.inside(attr.value.clone(), attr.span);
                    let field = self.settle(&[definition])?.definitions;
                    field.first().and_then(|settled| scalar_of(&settled.value)).filter(|scalar| *scalar != Scalar::Null)
                }
                None => None,
            };
            match given.or_else(|| key.default.clone()) {
                Some(scalar) => values.push(scalar.to_string()),
                None => return Ok(None),
            }
        }
        Ok(Some(values))
    }

    /// Each value once.
    fn items_once(&mut self, lists: Vec<Settled>) -> Result<Vec<Merging>> {
        let mut merging: Vec<Merging> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for definition in items_of(&lists) {
            let settled = self.settle(std::slice::from_ref(&definition))?.definitions;
            let scalar = settled.first().and_then(|settled| scalar_of(&settled.value)).map(|scalar| scalar.to_string());
            if let Some(scalar) = scalar {
                if seen.contains(&scalar) {
                    continue;
                }
                seen.push(scalar);
            }
            merging.push((None, vec![definition]));
        }
        Ok(merging)
    }
}

/// The items of lists as definitions; each carries its list's origin as its key, which tells the lists apart.
fn items_of(lists: &[Settled]) -> impl Iterator<Item = Definition> {
    lists.iter().flat_map(|settled| {
        let items = match &settled.value.kind {
            Kind::List(items) => items.to_vec(),
            _ => Vec::new(),
        };
        items.into_iter().map(|item| settled.inside(item, settled.value.origin))
    })
}

fn same_list(definitions: &[Definition], other: &Definition) -> bool {
    definitions.last().is_some_and(|last| last.key == other.key)
}

/// A scalar that is there already and is the only definition: nothing is left to do.
pub(super) fn ready(definitions: &Definitions) -> Option<Thunk> {
    let Definitions::One(only) = definitions else { return None };
    if only.condition.is_some() {
        return None;
    }
    let value = only.value.peek()?;
    (!matches!(value.kind, Kind::Attrs(_) | Kind::List(_))).then(|| only.value.clone())
}

/// `"Deployment/web"`: the kind and the name that a key says.
fn kind_and_name(key: Symbol) -> Option<(String, String)> {
    let (kind, name) = key.as_str().split_once('/')?;
    let camel = kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.bytes().all(|b| b.is_ascii_alphanumeric());
    (camel && !name.is_empty()).then(|| (kind.to_string(), name.to_string()))
}

/// `{ kind = mkOptionDefault kind; metadata.name = mkOptionDefault name; }`
fn identity(kind: &str, name: &str, key: Span) -> Settled {
    let words = words();
    let weak = |text: &str| {
        let mut set = AttrsBuilder::new();
        set.add(words.mark, key, Value::string("override", key));
        set.add(words.priority, key, Value::int(OPTION_DEFAULT, key));
        set.add(words.content, key, Value::string(text, key));
        Value::attrs(set.build(), key)
    };
    let mut metadata = AttrsBuilder::new();
    metadata.add(words.name, key, weak(name));
    let mut object = AttrsBuilder::new();
    object.add(words.kind, key, weak(kind)).add(words.metadata, key, Value::attrs(metadata.build(), key));
    Settled { value: Value::attrs(object.build(), key), key, rank: Rank::default() }
}
