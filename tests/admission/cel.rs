//! An evaluator of CEL with what a Kubernetes API server gives to expressions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use cel::common::ast::{EntryExpr, Expr, IdedEntryExpr, LiteralValue, MapEntryExpr, MapExpr};
use cel::objects::{Key, Map};
use cel::parser::{Expression, Parser};
use cel::{Context, Env, extensions};
use serde_json::Value;

/// The tree of an expression.
pub fn parse(expression: &str) -> Result<Expression, String> {
    static KNOWN: OnceLock<Mutex<HashMap<String, Result<Expression, String>>>> = OnceLock::new();
    let known = KNOWN.get_or_init(Mutex::default);
    if let Some(parsed) = known.lock().expect("nobody panics with it").get(expression) {
        return parsed.clone();
    }
    let parsed = Parser::new().enable_optional_syntax(true).parse(expression).map_err(|error| error.to_string());
    known.lock().expect("nobody panics with it").insert(expression.to_string(), parsed.clone());
    parsed
}

/// The value of an expression with the object at the door, and the variables of its policy.
pub fn evaluate(expression: &str, object: &Value, variables: &Variables) -> Result<Value, String> {
    static ENV: OnceLock<Arc<Env>> = OnceLock::new();
    let env = ENV.get_or_init(|| {
        let mut env = Env::stdlib();
        env.add_extension(extensions::strings).expect("nothing has these names");
        Arc::new(env)
    });
    let mut tree = parse(expression)?;
    records_as_maps(&mut tree);
    let mut context = Context::with_env(env.clone());
    context.add_variable_from_value("object", convert(object));
    context.add_variable_from_value("variables", map(variables.iter().map(|(name, value)| (name.as_str(), value))));
    let value = context.resolve(&tree).map_err(|error| format!("{error}\nin {expression}"))?;
    value.json().map_err(|error| error.to_string())
}

/// The variables of a policy, with their values.
pub type Variables = Vec<(String, Value)>;

/// JSON as CEL has it: whole numbers are `int`, as in objects of Kubernetes.
fn convert(value: &Value) -> cel::Value {
    match value {
        Value::Null => cel::Value::Null,
        Value::Bool(value) => cel::Value::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => cel::Value::Int(whole),
            None => cel::Value::Float(number.as_f64().expect("a number")),
        },
        Value::String(text) => cel::Value::String(Arc::new(text.clone())),
        Value::Array(items) => cel::Value::List(Arc::new(items.iter().map(convert).collect())),
        Value::Object(fields) => map(fields.iter().map(|(key, value)| (key.as_str(), value))),
    }
}

fn map<'v>(fields: impl Iterator<Item = (&'v str, &'v Value)>) -> cel::Value {
    let fields = fields.map(|(key, value)| (Key::from(key.to_string()), convert(value)));
    cel::Value::Map(Map { map: Arc::new(fields.collect()) })
}

/// `Object{…}` and `JSONPatch{…}` are messages that only the API server knows: maps do as well.
fn records_as_maps(tree: &mut Expression) {
    each_child(tree, &mut records_as_maps);
    if let Expr::Struct(record) = &mut tree.expr {
        let entries = std::mem::take(&mut record.entries).into_iter().map(|entry| {
            let EntryExpr::StructField(field) = entry.expr else { return entry };
            let key = Expression { id: entry.id, expr: Expr::Literal(LiteralValue::String(field.field.into())) };
            let pair = MapEntryExpr { key, value: field.value, optional: field.optional };
            IdedEntryExpr { id: entry.id, expr: EntryExpr::MapEntry(pair) }
        });
        tree.expr = Expr::Map(MapExpr { entries: entries.collect() });
    }
}

/// Looks at the parts of an expression.
pub fn each_child(tree: &mut Expression, look: &mut dyn FnMut(&mut Expression)) {
    match &mut tree.expr {
        Expr::Call(call) => {
            call.target.iter_mut().for_each(|target| look(target));
            call.args.iter_mut().for_each(look);
        }
        Expr::Comprehension(one) => {
            let parts =
                [&mut one.iter_range, &mut one.accu_init, &mut one.loop_cond, &mut one.loop_step, &mut one.result];
            parts.into_iter().for_each(look);
        }
        Expr::List(list) => list.elements.iter_mut().for_each(look),
        Expr::Select(select) => look(&mut select.operand),
        Expr::Map(MapExpr { entries }) => each_entry(entries, look),
        Expr::Struct(record) => each_entry(&mut record.entries, look),
        Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => {}
    }
}

fn each_entry(entries: &mut [IdedEntryExpr], look: &mut dyn FnMut(&mut Expression)) {
    for entry in entries {
        match &mut entry.expr {
            EntryExpr::MapEntry(pair) => {
                look(&mut pair.key);
                look(&mut pair.value);
            }
            EntryExpr::StructField(field) => look(&mut field.value),
        }
    }
}
