//! `values.schema.json`: what the values may be, strictly. Helm holds them to it before it renders anything.
//!
//! No key is unknown, no leaf is missing, and every leaf is what its option may be. Where a schema cannot say all that a type
//! says (a check by a function, say), the compiler still would: the schema is about mistakes, not about proofs.

use std::collections::HashMap;

use ecow::EcoString;

use crate::emit::json;
use crate::node::{Map, Node, NodeKind};
use crate::source::Span;
use crate::types::{Bounds, ModuleType, Scalar, Text, Type};

use super::model::{Chart, Opening};
use super::pattern::{self, Portable};
use super::values::{MAX_INT, Tree, explanation, scalar};

/// The schema's text.
pub(super) fn text(chart: &Chart, tree: &Tree) -> String {
    let mut schema = Schema { chart, patterns: HashMap::new() };
    let mut root = object([("$schema", string("http://json-schema.org/draft-07/schema#"))]);
    root.fields.extend(schema.tree(tree).fields);
    if let Some(NodeKind::Map(properties)) = root.get_mut("properties").map(|node| &mut node.kind)
        && properties.get("global").is_none()
    {
        let about = "What a chart that has this one as a part shares with all its parts; nothing here reads it.";
        let global = object([("description", string(about)), ("type", string("object"))]);
        properties.set("global", Span::NONE, map(global));
    }
    let mut out = String::new();
    json::document(&map(root), &mut out);
    out
}

struct Schema<'a> {
    chart: &'a Chart,
    /// Patterns of the language as they are written in a schema; many options share one.
    patterns: HashMap<EcoString, Option<Portable>>,
}

/// The keywords of one alternative.
type Demands = Map;

impl Schema<'_> {
    fn tree(&mut self, tree: &Tree) -> Map {
        let branch = match tree {
            Tree::Leaf(opening) => return self.leaf(&self.chart.openings[*opening]),
            Tree::List(items) => return self.items(items),
            Tree::Branch(branch) => branch,
        };
        let mut properties = Map::default();
        for (key, tree) in branch {
            let schema = map(self.tree(tree));
            properties.fields.push(entry(key.clone(), schema));
        }
        let required = branch.keys().map(|key| string(key.clone())).collect();
        let mut schema = object([
            ("type", string("object")),
            ("additionalProperties", Node::new(NodeKind::Bool(false), Span::NONE)),
        ]);
        if !branch.is_empty() {
            schema.fields.push(entry("required", list(required)));
        }
        schema.fields.push(entry("properties", map(properties)));
        schema
    }

    /// A list as long as it is, for each of its items has its place in the objects.
    fn items(&mut self, openings: &[usize]) -> Map {
        let length = Node::new(NodeKind::Int(openings.len() as i64), Span::NONE);
        let mut description = None;
        let mut items = Vec::new();
        for &opening in openings {
            let mut item = self.leaf(&self.chart.openings[opening]);
            let at = item.fields.iter().position(|field| field.key == "description");
            let field = at.map(|at| item.fields.remove(at));
            description = description.or(field);
            items.push(map(item));
        }
        let alike = items.windows(2).all(|pair| pair[0] == pair[1]);
        let items = if alike { items.swap_remove(0) } else { list(items) };
        let mut schema = Map { fields: description.into_iter().collect() };
        schema.fields.extend(
            object([("type", string("array")), ("minItems", length.clone()), ("maxItems", length), ("items", items)])
                .fields,
        );
        schema
    }

    fn leaf(&mut self, opening: &Opening) -> Map {
        let mut schema = Map::default();
        let words = explanation(opening).join(" ");
        if !words.is_empty() {
            schema.set("description", Span::NONE, string(words));
        }
        schema.set("type", Span::NONE, string(kind_of(&opening.default)));
        let mut all_of = Vec::new();
        if let Some(alternatives) = opening.ty.as_ref().and_then(|ty| self.alternatives(ty, &opening.default)) {
            demand_one_of(&mut schema, alternatives);
        }
        match &opening.default {
            Scalar::Int(default) => within_exact(&mut schema, *default),
            Scalar::Str(default) if pattern::is_carried(default) && !closed(&schema) => {
                demand_pattern(&mut schema, &mut all_of, pattern::CARRIED.into());
            }
            _ => {}
        }
        for (text, wanted) in &opening.contains {
            demand_text(&mut schema, &mut all_of, text, *wanted);
        }
        if !opening.differs.is_empty() {
            let known = object([("enum", list(opening.differs.iter().cloned().map(string).collect()))]);
            all_of.push(map(object([("not", map(known))])));
        }
        if !all_of.is_empty() {
            schema.set("allOf", Span::NONE, list(all_of));
        }
        schema
    }

    /// What the type demands of values of the default's kind, one of these. Nothing: no more than the kind.
    fn alternatives(&mut self, ty: &Type, default: &Scalar) -> Option<Vec<Demands>> {
        match (ty.peeled(), default) {
            (Type::Union(members), _) => {
                let members = members.iter().filter(|member| may_be(member, default));
                let alternatives: Option<Vec<_>> = members.map(|member| self.alternatives(member, default)).collect();
                alternatives
                    .map(|alternatives| alternatives.into_iter().flatten().collect())
                    .filter(|all: &Vec<_>| !all.is_empty())
            }
            (Type::Module(ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _)), _) => {
                self.alternatives(inner, default)
            }
            (Type::Module(ModuleType::Custom(custom)), _) => self.alternatives(custom.base.as_deref()?, default),
            (Type::Literal(value), _) => Some(vec![object([("const", scalar(value))])]),
            (Type::Int(bounds), Scalar::Int(_)) => Some(vec![within(bounds, NodeKind::Int)]),
            (Type::Float(bounds) | Type::Number(bounds), Scalar::Float(_) | Scalar::Int(_)) => {
                Some(vec![within(bounds, NodeKind::Float)])
            }
            (Type::String(text), Scalar::Str(default)) => self.of_text(text, default).map(|demands| vec![demands]),
            (Type::Named(named), Scalar::Int(_)) if named.integer => {
                Some(vec![within(&Bounds { min: Some(1), max: Some(i64::from(u16::MAX)) }, NodeKind::Int)])
            }
            (Type::Named(named), Scalar::Str(default)) if !named.integer => {
                let portable = pattern::named_pattern(named).filter(|pattern| pattern.admits(default))?;
                let mut demands = object([("pattern", string(portable.source.as_str()))]);
                let longest = pattern::longest(named);
                demands
                    .fields
                    .extend(longest.map(|longest| entry("maxLength", Node::new(NodeKind::Int(longest), Span::NONE))));
                Some(vec![demands])
            }
            _ => None,
        }
    }

    fn of_text(&mut self, text: &Text, default: &str) -> Option<Demands> {
        let mut demands = Map::default();
        let length = text.length.unwrap_or(Bounds::NONE);
        for (keyword, bound) in [("minLength", length.min), ("maxLength", length.max)] {
            demands
                .fields
                .extend(bound.map(|bound| entry(keyword, Node::new(NodeKind::Int(bound.max(0)), Span::NONE))));
        }
        if let Some(pattern) = &text.pattern {
            let source = &pattern.source;
            let portable = self.patterns.entry(source.clone()).or_insert_with(|| pattern::portable(source));
            let admitted = portable.as_ref().filter(|portable| portable.admits(default));
            demands.fields.extend(admitted.map(|portable| entry("pattern", string(portable.source.as_str()))));
        }
        (!demands.fields.is_empty()).then_some(demands)
    }
}

/// Whether a value of the kind of `default` can have the type at all.
fn may_be(ty: &Type, default: &Scalar) -> bool {
    match (ty.peeled(), default) {
        (
            Type::Null
            | Type::List(_)
            | Type::Map(_)
            | Type::Record(_)
            | Type::Function(..)
            | Type::Never
            | Type::Object,
            _,
        ) => false,
        (Type::Bool, value) => matches!(value, Scalar::Bool(_)),
        (Type::Int(_), value) => matches!(value, Scalar::Int(_)),
        (Type::Float(_), value) => matches!(value, Scalar::Float(_)),
        (Type::Number(_), value) => matches!(value, Scalar::Int(_) | Scalar::Float(_)),
        (Type::Named(named), value) if named.integer => matches!(value, Scalar::Int(_)),
        (Type::String(_) | Type::Named(_) | Type::Path, value) => matches!(value, Scalar::Str(_)),
        (Type::Literal(one), value) => std::mem::discriminant(one) == std::mem::discriminant(value),
        _ => true,
    }
}

fn demand_one_of(schema: &mut Map, mut alternatives: Vec<Demands>) {
    let values: Option<Vec<Node>> = alternatives.iter().map(|demands| demands.get("const").cloned()).collect();
    match (values, alternatives.len()) {
        (Some(values), _) => schema.set("enum", Span::NONE, list(values)),
        (None, 1) => schema.fields.extend(alternatives.remove(0).fields),
        (None, _) => schema.set("anyOf", Span::NONE, list(alternatives.into_iter().map(map).collect())),
    }
}

fn demand_text(schema: &mut Map, all_of: &mut Vec<Node>, text: &str, wanted: bool) {
    let pattern = pattern::literal(text);
    match wanted {
        true => demand_pattern(schema, all_of, pattern.into()),
        false => {
            let without = object([("pattern", string(pattern))]);
            all_of.push(map(object([("not", map(without))])));
        }
    }
}

/// A pattern more; the first stands in the schema itself.
fn demand_pattern(schema: &mut Map, all_of: &mut Vec<Node>, pattern: EcoString) {
    match schema.get("pattern") {
        None => schema.set("pattern", Span::NONE, string(pattern)),
        Some(_) => all_of.push(map(object([("pattern", string(pattern))]))),
    }
}

/// Whether the demands leave no text with characters that a template cannot carry.
fn closed(schema: &Map) -> bool {
    schema.get("enum").is_some() || schema.get("pattern").and_then(Node::as_str).is_some_and(pattern::is_named)
}

fn within<T: Copy + PartialOrd>(bounds: &Bounds<T>, number: fn(T) -> NodeKind) -> Demands {
    let mut demands = Map::default();
    for (keyword, bound) in [("minimum", bounds.min), ("maximum", bounds.max)] {
        demands.fields.extend(bound.map(|bound| entry(keyword, Node::new(number(bound), Span::NONE))));
    }
    demands
}

/// No integers that Helm would round.
fn within_exact(schema: &mut Map, default: i64) {
    let bound = |schema: &Map, keyword: &str| match schema.get(keyword).map(|node| &node.kind) {
        Some(NodeKind::Int(bound)) => Some(*bound),
        _ => None,
    };
    if schema.get("enum").is_some() || default.unsigned_abs() > MAX_INT.unsigned_abs() {
        return;
    }
    let least = bound(schema, "minimum").unwrap_or(i64::MIN).max(-MAX_INT);
    let most = bound(schema, "maximum").unwrap_or(i64::MAX).min(MAX_INT);
    schema.set("minimum", Span::NONE, Node::new(NodeKind::Int(least), Span::NONE));
    schema.set("maximum", Span::NONE, Node::new(NodeKind::Int(most), Span::NONE));
}

fn kind_of(value: &Scalar) -> &'static str {
    match value {
        Scalar::Null => "null",
        Scalar::Bool(_) => "boolean",
        Scalar::Int(_) => "integer",
        Scalar::Float(_) => "number",
        Scalar::Str(_) => "string",
    }
}

fn object<const N: usize>(fields: [(&str, Node); N]) -> Map {
    Map { fields: fields.into_iter().map(|(key, value)| entry(key, value)).collect() }
}

fn entry(key: impl Into<EcoString>, value: Node) -> crate::node::Field {
    crate::node::Field { key: key.into(), key_span: Span::NONE, value }
}

fn map(map: Map) -> Node {
    Node::new(NodeKind::Map(map), Span::NONE)
}

fn list(items: Vec<Node>) -> Node {
    Node::new(NodeKind::List(items), Span::NONE)
}

fn string(text: impl Into<EcoString>) -> Node {
    Node::string(text, Span::NONE)
}
