//! Values against limits.

use ecow::EcoString;
use serde_json::Value;

use super::{Bound, Breach, Count, Limits};
use crate::diag::Code;
use crate::node::{Node, NodeKind};

impl Limits {
    /// Whether a value meets all of it. What could not be had meets everything. Every alternative is looked at once, however
    /// deep they stand inside each other.
    pub fn hold(&self, node: &Node) -> bool {
        if matches!(node.kind, NodeKind::Failed) {
            return true;
        }
        self.own_breaches(node).is_empty()
            && self.all_of.iter().all(|one| one.hold(node))
            && (self.any_of.is_empty() || self.any_of.iter().any(|one| one.hold(node)))
            && (self.one_of.is_empty() || self.one_of.iter().filter(|one| one.hold(node)).count() == 1)
            && self.not.as_ref().is_none_or(|not| !not.hold(node))
            && self.inside_holds(node)
    }

    /// Whether what is in a value meets what is demanded of it.
    fn inside_holds(&self, node: &Node) -> bool {
        match &node.kind {
            NodeKind::Map(map) => {
                let there = |name: &str| map.get(name).filter(|value| !matches!(value.kind, NodeKind::Null));
                self.required.iter().all(|name| there(name).is_some())
                    && self.fields.iter().all(|(name, limits)| there(name).is_none_or(|value| limits.hold(value)))
                    && self.each.as_ref().is_none_or(|each| map.fields.iter().all(|field| each.hold(&field.value)))
            }
            NodeKind::List(items) => self.each.as_ref().is_none_or(|each| items.iter().all(|item| each.hold(item))),
            _ => true,
        }
    }

    /// What a value does not meet, by itself.
    pub fn breaches(&self, node: &Node) -> Vec<Breach> {
        let mut breaches = self.own_breaches(node);
        if !matches!(node.kind, NodeKind::Failed) {
            self.alternatives(node, &mut breaches);
        }
        breaches
    }

    /// The same without the alternatives.
    fn own_breaches(&self, node: &Node) -> Vec<Breach> {
        let mut breaches = Vec::new();
        match &node.kind {
            // What a secret is, nobody knows.
            NodeKind::Failed | NodeKind::Secret(_) => return breaches,
            NodeKind::Int(number) => self.number(*number as f64, &mut breaches),
            NodeKind::Float(number) => self.number(*number, &mut breaches),
            NodeKind::Str(text) => self.text(text, &mut breaches),
            NodeKind::List(items) => self.items.judge(items.len() as u64, "item", &mut breaches),
            NodeKind::Map(map) => self.entries.judge(map.fields.len() as u64, "entry", &mut breaches),
            NodeKind::Null | NodeKind::Bool(_) => {}
        }
        if !self.values.is_empty() && !self.values.iter().any(|value| equal(value, node)) {
            let values: Vec<String> = self.values.iter().map(|value| format!("`{value}`")).collect();
            let list = values.join(", ");
            breaches.push(breach(Code::NotInEnum, format!("must be one of {list}"), format!("write one of {list}")));
        }
        breaches
    }

    fn number(&self, number: f64, breaches: &mut Vec<Breach>) {
        let mut told = |bound: String| {
            let hint = format!("write a number that is {bound}");
            breaches.push(breach(Code::ValueOutOfRange, format!("is {number}, but must be {bound}"), hint));
        };
        match self.least {
            Some(Bound { value, exclusive: true }) if number <= value => told(format!("greater than {value}")),
            Some(Bound { value, exclusive: false }) if number < value => told(format!("at least {value}")),
            _ => {}
        }
        match self.most {
            Some(Bound { value, exclusive: true }) if number >= value => told(format!("less than {value}")),
            Some(Bound { value, exclusive: false }) if number > value => told(format!("at most {value}")),
            _ => {}
        }
        if let Some(step) = self.multiple_of
            && (number / step).fract() != 0.0
        {
            told(format!("a multiple of {step}"));
        }
    }

    fn text(&self, text: &str, breaches: &mut Vec<Breach>) {
        let characters = text.chars().count() as u64;
        self.length.judge(characters, "character", breaches);
        if let Some(pattern) = self.pattern.as_ref().filter(|pattern| !pattern.is_in(text)) {
            let what = format!("does not have the form `{}`", pattern.source);
            breaches.push(breach(Code::BadFormat, what, "write it in this form".to_owned()));
        }
        if let Some(format) = self.format.filter(|format| !format.fits(text)) {
            let (what, example) = format.words();
            breaches.push(breach(
                Code::BadFormat,
                format!("is not {what}"),
                format!("write {what}, such as {example}"),
            ));
        }
    }

    fn alternatives(&self, node: &Node, breaches: &mut Vec<Breach>) {
        if !self.any_of.is_empty() && !self.any_of.iter().any(|one| one.hold(node)) {
            breaches.push(none_fits(&self.any_of, "at least one"));
        }
        if !self.one_of.is_empty() {
            match self.one_of.iter().filter(|one| one.hold(node)).count() {
                1 => {}
                0 => breaches.push(none_fits(&self.one_of, "exactly one")),
                _ => breaches.push(several_fit(&self.one_of, node)),
            }
        }
        for part in self.all_of.iter().filter(|part| !part.hold(node)) {
            let own = part.breaches(node);
            breaches.extend(if own.is_empty() { vec![none_fits(std::slice::from_ref(part), "all")] } else { own });
        }
        if self.not.as_ref().is_some_and(|not| not.hold(node)) {
            let asked = self.not.as_deref().filter(|not| not.fields.is_empty()).map(|not| not.required.as_slice());
            let (what, hint) = match asked {
                Some([name]) => (format!("must not have `{name}`"), "leave it out"),
                Some(names @ [_, _, ..]) => {
                    (format!("must not have {} together", in_words(names, "and")), "leave one of them out")
                }
                _ => ("has a form that its definition rules out".to_owned(), "choose another value"),
            };
            breaches.push(breach(Code::NotAllowedHere, what, hint.to_owned()));
        }
    }
}

/// Nothing of what is possible is there.
fn none_fits(alternatives: &[Limits], how_many: &str) -> Breach {
    match fields_asked(alternatives) {
        Some(names) => breach(
            Code::ExactlyOneOf,
            format!("needs {how_many} of {}", in_words(&names, "or")),
            format!("set {how_many} of them"),
        ),
        None => breach(
            Code::NotAllowedHere,
            format!("fits none of the {} forms that its definition allows", alternatives.len()),
            "hold it against the alternatives in the definition".to_owned(),
        ),
    }
}

/// More is there than is possible.
fn several_fit(alternatives: &[Limits], node: &Node) -> Breach {
    let fitting: Vec<&Limits> = alternatives.iter().filter(|one| one.hold(node)).collect();
    match fields_asked(alternatives) {
        Some(_) => {
            let mut names: Vec<EcoString> = fitting.iter().flat_map(|one| one.required.iter().cloned()).collect();
            names.dedup();
            let hint = format!("keep one of {}", in_words(&names, "or"));
            breach(Code::ExactlyOneOf, format!("can have only one of {}", in_words(&names, "and")), hint)
        }
        None => breach(
            Code::NotAllowedHere,
            format!("fits {} of the forms that its definition allows, but must fit one", fitting.len()),
            "hold it against the alternatives in the definition".to_owned(),
        ),
    }
}

/// The fields that alternatives ask for, if all ask for fields.
fn fields_asked(alternatives: &[Limits]) -> Option<Vec<EcoString>> {
    let mut names: Vec<EcoString> = Vec::new();
    for alternative in alternatives.iter().filter(|one| one.not.is_none()) {
        let [name] = alternative.required.as_slice() else { return None };
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    (names.len() > 1).then_some(names)
}

/// `` `a`, `b` or `c` ``
fn in_words(names: &[EcoString], last: &str) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
        None => String::new(),
    }
}

fn breach(code: Code, what: String, hint: String) -> Breach {
    Breach { code, what, hint }
}

impl Count {
    fn judge(self, number: u64, what: &str, breaches: &mut Vec<Breach>) {
        let bound = match self {
            Count { least: Some(least), .. } if number < least => format!("at least {least}"),
            Count { most: Some(most), .. } if number > most => format!("at most {most}"),
            _ => return,
        };
        let (code, word) = match what {
            "character" => (Code::BadFormat, "characters"),
            "entry" => (Code::ValueOutOfRange, "entries"),
            _ => (Code::ValueOutOfRange, "items"),
        };
        let word = if bound.ends_with(" 1") { what } else { word };
        breaches.push(breach(
            code,
            format!("has {number}, but must have {bound} {word}"),
            format!("give it {bound} {word}"),
        ));
    }
}

/// Whether a value is the one that a schema names.
fn equal(value: &Value, node: &Node) -> bool {
    match (value, &node.kind) {
        (_, NodeKind::Failed) | (Value::Null, NodeKind::Null) => true,
        (Value::Bool(value), NodeKind::Bool(flag)) => value == flag,
        (Value::Number(value), NodeKind::Int(number)) => value.as_f64() == Some(*number as f64),
        (Value::Number(value), NodeKind::Float(number)) => value.as_f64() == Some(*number),
        (Value::String(value), NodeKind::Str(text)) => value == text.as_str(),
        (Value::Array(values), NodeKind::List(items)) => {
            values.len() == items.len() && values.iter().zip(items).all(|(value, item)| equal(value, item))
        }
        (Value::Object(values), NodeKind::Map(map)) => {
            values.len() == map.fields.len()
                && values.iter().all(|(key, value)| map.get(key).is_some_and(|node| equal(value, node)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Limits;
    use crate::node::{Map, Node, NodeKind};
    use crate::source::Span;

    fn node(value: &Value) -> Node {
        let kind = match value {
            Value::Null => NodeKind::Null,
            Value::Bool(flag) => NodeKind::Bool(*flag),
            Value::Number(number) => number.as_i64().map_or(NodeKind::Failed, NodeKind::Int),
            Value::String(text) => NodeKind::Str(text.as_str().into()),
            Value::Array(items) => NodeKind::List(items.iter().map(node).collect()),
            Value::Object(fields) => {
                let mut map = Map::default();
                fields.iter().for_each(|(key, value)| map.set(key.as_str(), Span::NONE, node(value)));
                NodeKind::Map(map)
            }
        };
        Node::new(kind, Span::NONE)
    }

    fn told(schema: &Value, value: &Value) -> String {
        let breaches = Limits::of(schema).breaches(&node(value));
        breaches.into_iter().map(|breach| breach.what).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn fields_that_exclude_each_other_are_named() {
        let one = json!({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]});
        assert_eq!(told(&one, &json!({"a": 1})), "");
        assert_eq!(told(&one, &json!({"a": 1, "b": 1})), "can have only one of `a` and `b`");
        assert_eq!(told(&one, &json!({})), "needs exactly one of `a` or `b`");
        let not = |names: Value| json!({"not": {"required": names}});
        assert_eq!(told(&not(json!(["a"])), &json!({"a": 1})), "must not have `a`");
        assert_eq!(told(&not(json!(["a", "b"])), &json!({"a": 1, "b": 1})), "must not have `a` and `b` together");
        assert_eq!(told(&not(json!(["a", "b"])), &json!({"a": 1})), "");
    }

    #[test]
    fn null_is_as_good_as_absent_in_an_alternative() {
        let any = json!({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]});
        assert_eq!(told(&any, &json!({"a": null})), "needs at least one of `a` or `b`");
    }

    #[test]
    fn a_pattern_that_cannot_be_read_is_left_to_the_server() {
        assert_eq!(told(&json!({"pattern": "(?=x)"}), &json!("y")), "");
    }

    #[test]
    fn alternatives_deep_inside_each_other_take_no_longer() {
        let deep = |key: &str| (0..60).fold(json!({"minLength": 3}), |inner, _| json!({ key: [inner] }));
        for key in ["allOf", "anyOf", "oneOf"] {
            assert_ne!(told(&deep(key), &json!("ab")), "", "{key}");
            assert_eq!(told(&deep(key), &json!("abc")), "", "{key}");
        }
        let not = (0..60).fold(json!({"minLength": 3}), |inner, _| json!({ "not": inner }));
        assert_eq!(told(&not, &json!("abc")), "");
        assert_ne!(told(&not, &json!("ab")), "");
    }
}
