//! `lib.types`: nixpkgs' option types, as the types of the language.

use std::rc::Rc;

use super::submodule::Submodule;
use super::words::words;
use crate::diag::Code;
use crate::eval::{error, scalar_of};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{
    Bounds, Custom, Deferred, Field, ModuleType, Opaque, Pattern, Pending, Record, Scalar, Text, Type, TypeRef,
};
use crate::value::{Arguments, Attrs, AttrsBuilder, Evaluator, Kind, Native, Partial, Result, Thunk, Value};

/// The functions that make types of types.
const MAKERS: &[Native] = &[
    Native { name: "addCheck", arity: 2, run: add_check },
    Native { name: "attrTag", arity: 1, run: attr_tag },
    Native { name: "attrsOf", arity: 1, run: |machine, call| of(machine, call, Type::Map) },
    Native { name: "attrsWith", arity: 1, run: attrs_with },
    Native { name: "coercedTo", arity: 3, run: coerced_to },
    Native { name: "deferredModuleWith", arity: 1, run: deferred_module },
    Native { name: "either", arity: 2, run: either },
    Native { name: "enum", arity: 1, run: enumeration },
    Native { name: "functionTo", arity: 1, run: |machine, call| of(machine, call, function_to) },
    Native {
        name: "lazyAttrsOf",
        arity: 1,
        run: |machine, call| of(machine, call, |ty| ModuleType::LazyMap(ty).into()),
    },
    Native { name: "listOf", arity: 1, run: |machine, call| of(machine, call, Type::List) },
    Native { name: "mkOptionType", arity: 1, run: option_type },
    Native { name: "nonEmptyListOf", arity: 1, run: non_empty_list },
    Native {
        name: "nullOr",
        arity: 1,
        run: |machine, call| of(machine, call, |ty| union(vec![ty, Type::Null.into()])),
    },
    Native { name: "oneOf", arity: 1, run: one_of },
    Native { name: "separatedString", arity: 1, run: separated },
    Native { name: "strMatching", arity: 1, run: matching },
    Native { name: "submodule", arity: 1, run: submodule },
    Native { name: "submoduleWith", arity: 1, run: submodule_with },
    Native {
        name: "uniq",
        arity: 1,
        run: |machine, call| of(machine, call, |ty| ModuleType::Unique(ty, "".into()).into()),
    },
    Native { name: "unique", arity: 2, run: unique },
];

/// What strings that are not empty match, and those of one line.
pub(super) const NOT_EMPTY: &str = r"\s*\S[\s\S]*";
pub(super) const SINGLE_LINE: &str = r"[^\n\r]*\n?";

/// The functions of `ints` and `numbers`.
const INTS: &[Native] = &[Native { name: "between", arity: 2, run: int_between }];
const NUMBERS: &[Native] = &[Native { name: "between", arity: 2, run: number_between }];
/// The predicates and merges of types that are made of others.
static NON_EMPTY: Native = Native { name: "nonEmptyListOf", arity: 1, run: is_non_empty };
static POSITIVE: Native = Native { name: "numbers.positive", arity: 1, run: is_positive };
static ANY_TRUE: Native = Native { name: "boolByOr", arity: 2, run: any_true };
static BOOL: Native = Native { name: "bool", arity: 1, run: is_bool };

/// The modules that belong to every value of a `deferredModule` type.
#[derive(Default)]
pub(super) struct DeferredModules(pub(super) Vec<Thunk>);

impl DeferredModules {
    /// What a `deferredModule` type holds.
    pub(super) fn of(opaque: Option<&Opaque>) -> Rc<DeferredModules> {
        match opaque {
            Some(opaque) => opaque.clone().downcast().expect("the types of modules put it there"),
            None => Rc::default(),
        }
    }
}

impl From<ModuleType> for Type {
    fn from(ty: ModuleType) -> Type {
        Type::Module(ty)
    }
}

/// All of them under their names.
pub fn types_set() -> Value {
    let mut set = AttrsBuilder::new();
    for (name, ty) in plain_types() {
        set.add(name, Span::NONE, type_value(ty));
    }
    functions(&mut set, MAKERS);
    let whole = |min: Option<i64>, max: Option<i64>| type_value(Type::Int(Bounds { min, max }));
    let mut ints = AttrsBuilder::new();
    ints.add("unsigned", Span::NONE, whole(Some(0), None)).add("positive", Span::NONE, whole(Some(1), None));
    for bits in [8u32, 16, 32] {
        let half = 1i64 << (bits - 1);
        ints.add(format!("u{bits}").as_str(), Span::NONE, whole(Some(0), Some(2 * half - 1)));
        ints.add(format!("s{bits}").as_str(), Span::NONE, whole(Some(-half), Some(half - 1)));
    }
    functions(&mut ints, INTS);
    set.add("ints", Span::NONE, Value::attrs(ints.build(), Span::NONE));
    let mut numbers = AttrsBuilder::new();
    numbers.add("nonnegative", Span::NONE, type_value(Type::Number(Bounds { min: Some(0.0), max: None })));
    let positive = ModuleType::Checked(Type::Number(Bounds::NONE).into(), Rc::new(native_value(&POSITIVE)));
    numbers.add("positive", Span::NONE, type_value(positive.into()));
    functions(&mut numbers, NUMBERS);
    set.add("numbers", Span::NONE, Value::attrs(numbers.build(), Span::NONE));
    Value::attrs(set.build(), Span::NONE)
}

/// The types that are no functions.
fn plain_types() -> Vec<(&'static str, Type)> {
    let joined = |between: &str| Type::Module(ModuleType::Joined(between.into()));
    let text = |text: Text| Type::String(text);
    let pattern = |source: &str| Pattern::new(source).expect("the pattern is a constant");
    let not_empty = Text { length: Some(Bounds { min: Some(1), max: None }), pattern: Some(pattern(NOT_EMPTY)) };
    let by_or = Custom {
        name: "Bool".into(),
        base: None,
        check: Some(Rc::new(native_value(&BOOL))),
        merge: Some(Rc::new(native_value(&ANY_TRUE))),
        says: Rc::new(Attrs::empty()),
    };
    let absolute = text(Text { length: None, pattern: Some(pattern("/.*")) });
    vec![
        ("unspecified", ModuleType::Unspecified.into()),
        ("raw", ModuleType::Raw.into()),
        ("anything", ModuleType::Anything.into()),
        ("attrs", ModuleType::Attrs.into()),
        ("deferredModule", ModuleType::DeferredModule(None).into()),
        ("optionType", ModuleType::OptionType.into()),
        ("bool", Type::Bool),
        ("boolByOr", ModuleType::Custom(Rc::new(by_or)).into()),
        ("int", Type::int()),
        ("port", Type::Int(Bounds { min: Some(0), max: Some(65535) })),
        ("float", Type::Float(Bounds::NONE)),
        ("number", Type::Number(Bounds::NONE)),
        ("str", Type::string()),
        ("nonEmptyStr", text(not_empty)),
        ("singleLineStr", text(Text { length: None, pattern: Some(pattern(SINGLE_LINE)) })),
        ("lines", joined("\n")),
        ("commas", joined(",")),
        ("envVar", joined(":")),
        ("path", union(vec![Type::Path.into(), absolute.into()])),
    ]
}

fn functions(set: &mut AttrsBuilder, natives: &'static [Native]) {
    for native in natives {
        set.add(native.name, Span::NONE, native_value(native));
    }
}

fn native_value(native: &'static Native) -> Value {
    Value::new(Kind::Native(Rc::new(Partial { native, arguments: Vec::new() })), Span::NONE)
}

/// A type as a value.
pub(super) fn type_value(ty: Type) -> Value {
    Value::new(Kind::Type(Rc::new(ty)), Span::NONE)
}

fn made(ty: Type, call: Arguments) -> Value {
    type_value(ty).at(call.span)
}

/// At least two members make a union; one is itself.
fn union(mut members: Vec<TypeRef>) -> Type {
    match members.len() {
        0 => Type::Never,
        1 => (*members.remove(0)).clone(),
        _ => Type::Union(members),
    }
}

fn function_to(to: TypeRef) -> Type {
    Type::Function(Rc::new(Type::Any), to)
}

fn type_argument(machine: &mut Evaluator, call: &Arguments, at: usize) -> Result<TypeRef> {
    type_at(machine, &call[at], call.span)
}

/// The type that a thunk computes. One that is being computed is made of itself, and stands for later.
fn type_at(machine: &mut Evaluator, thunk: &Thunk, span: Span) -> Result<TypeRef> {
    if thunk.is_running() {
        let pending: Opaque = Rc::new(thunk.clone());
        let later = Deferred::new(Symbol::new("…"), Pending::Evaluated(pending));
        return Ok(Rc::new(Type::Deferred(Rc::new(later))));
    }
    let value = machine.force_at(thunk, span)?;
    machine.type_of_value(&value, span)
}

fn of(machine: &mut Evaluator, call: Arguments, make: fn(TypeRef) -> Type) -> Result<Value> {
    let inner = type_argument(machine, &call, 0)?;
    Ok(made(make(inner), call))
}

fn add_check(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let inner = type_argument(machine, &call, 0)?;
    let predicate: Opaque = Rc::new(machine.function_of(&call, 1)?);
    Ok(made(ModuleType::Checked(inner, predicate).into(), call))
}

fn non_empty_list(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let item = type_argument(machine, &call, 0)?;
    let predicate: Opaque = Rc::new(native_value(&NON_EMPTY));
    Ok(made(ModuleType::Checked(Rc::new(Type::List(item)), predicate).into(), call))
}

fn is_non_empty(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let items = machine.list_of(&call, 0)?;
    Ok(Value::bool(!items.is_empty(), call.span))
}

fn is_bool(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let value = machine.value_of(&call, 0)?;
    Ok(Value::bool(matches!(value.kind, Kind::Bool(_)), call.span))
}

fn is_positive(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let positive = match machine.value_of(&call, 0)?.kind {
        Kind::Int(number) => number > 0,
        Kind::Float(number) => number > 0.0,
        _ => false,
    };
    Ok(Value::bool(positive, call.span))
}

/// The merge of `boolByOr`: whether any definition is true.
fn any_true(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let mut any = false;
    for definition in machine.list_of(&call, 1)?.iter() {
        let definition = machine.force_at(definition, call.span)?;
        let Kind::Attrs(set) = &definition.kind else { continue };
        let Some(value) = set.named("value") else { continue };
        let value = machine.force_at(&value.value, call.span)?;
        machine.decides(&value);
        any |= matches!(value.kind, Kind::Bool(true));
    }
    Ok(Value::bool(any, call.span))
}

fn either(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let members = vec![type_argument(machine, &call, 0)?, type_argument(machine, &call, 1)?];
    Ok(made(union(members), call))
}

fn one_of(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let mut members = Vec::new();
    for item in machine.list_of(&call, 0)?.iter() {
        members.push(type_at(machine, item, call.span)?);
    }
    Ok(made(union(members), call))
}

fn enumeration(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let mut members = Vec::new();
    for item in machine.list_of(&call, 0)?.iter() {
        let value = machine.force_at(item, call.span)?;
        match scalar_of(&value) {
            Some(Scalar::Null) => members.push(Rc::new(Type::Null)),
            Some(scalar) => members.push(Rc::new(Type::Literal(scalar))),
            None => {
                let message = format!("the values of `enum` must be scalars, not {}", value.describe());
                let hint = "write strings, numbers, booleans or `null`";
                return Err(error(Code::BadArgument, value.origin.or(call.span), message)
                    .described(|finding| finding.hint(hint)));
            }
        }
    }
    Ok(made(union(members), call))
}

fn attr_tag(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let tags = machine.attrs_of(&call, 0)?;
    let mut members = Vec::new();
    for tag in tags.sorted() {
        let option = machine.force_at(&tag.value, tag.span)?;
        let ty = match &option.kind {
            Kind::Attrs(set) => match set.get(words().ty).cloned() {
                Some(attr) => {
                    let value = machine.force_at(&attr.value, attr.span)?;
                    machine.type_of_value(&value, attr.span)?
                }
                None => Rc::new(Type::Any),
            },
            _ => machine.type_of_value(&option, tag.span)?,
        };
        let field = Field { ty, optional: false, default: None, doc: None, span: tag.span };
        let record = Record { fields: [(tag.name, field)].into_iter().collect(), ..Record::default() };
        members.push(Rc::new(Type::Record(Rc::new(record))));
    }
    // A union even of one, so that further declarations of the option may add tags.
    Ok(made(Type::Union(members), call))
}

fn attrs_with(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let given = machine.attrs_of(&call, 0)?;
    let Some(item) = given.named("elemType") else {
        return Err(machine.refused(&call, "an attribute `elemType` is needed"));
    };
    let item = type_at(machine, &item.value, item.span)?;
    let lazy = flag(machine, &given, Symbol::new("lazy"), false)?;
    let map: Type = if lazy { ModuleType::LazyMap(item).into() } else { Type::Map(item) };
    match given.named("placeholder") {
        None => Ok(made(map, call)),
        Some(_) => {
            let says = given.filtered(|attr| attr.name == words().placeholder);
            Ok(made(custom(machine, Some(map.into()), says)?.into(), call))
        }
    }
}

fn coerced_to(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let from = type_argument(machine, &call, 0)?;
    let function: Opaque = Rc::new(machine.function_of(&call, 1)?);
    let to = type_argument(machine, &call, 2)?;
    Ok(made(ModuleType::Coerced(from, function, to).into(), call))
}

fn unique(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let says = machine.attrs_of(&call, 0)?;
    let message = machine.text_in(&says, "message")?.unwrap_or_default();
    let inner = type_argument(machine, &call, 1)?;
    Ok(made(ModuleType::Unique(inner, message).into(), call))
}

fn separated(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let between = machine.string_of(&call, 0)?;
    Ok(made(ModuleType::Joined(between).into(), call))
}

fn matching(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let source = machine.string_of(&call, 0)?;
    match Pattern::new(&source) {
        Ok(pattern) => Ok(made(Type::String(Text { length: None, pattern: Some(pattern) }), call)),
        Err(why) => Err(error(Code::BadRegex, call.span, format!("the pattern cannot be read: {why}"))
            .described(|finding| finding.hint("write a regular expression such as `[a-z]+-[0-9]+`"))),
    }
}

fn int_between(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let (min, max) = (machine.int_of(&call, 0)?, machine.int_of(&call, 1)?);
    Ok(made(Type::Int(Bounds { min: Some(min), max: Some(max) }), call))
}

fn number_between(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let bound = |machine: &mut Evaluator, at: usize| match machine.value_of(&call, at)? {
        Value { kind: Kind::Int(number), .. } => Ok(number as f64),
        Value { kind: Kind::Float(number), .. } => Ok(number),
        other => Err(machine.bad_argument(&call, at, "a number", &other)),
    };
    let (min, max) = (bound(machine, 0)?, bound(machine, 1)?);
    Ok(made(Type::Number(Bounds { min: Some(min), max: Some(max) }), call))
}

fn submodule(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let modules = match machine.value_of(&call, 0)? {
        Value { kind: Kind::List(modules), .. } => modules.to_vec(),
        single => vec![single.into()],
    };
    let submodule = Submodule { modules, only_config: true, ..Submodule::default() };
    Ok(made(ModuleType::Submodule(Rc::new(submodule)).into(), call))
}

fn submodule_with(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let given = machine.attrs_of(&call, 0)?;
    if given.named("modules").is_none() {
        return Err(machine.refused(&call, "an attribute `modules` is needed"));
    }
    let submodule = Submodule {
        modules: machine.list_in(&given, "modules")?,
        special_args: machine.set_in(&given, "specialArgs")?,
        only_config: flag(machine, &given, Symbol::new("shorthandOnlyDefinesConfig"), false)?,
        class: machine.text_in(&given, "class")?,
        description: machine.text_in(&given, "description")?,
        ..Submodule::default()
    };
    Ok(made(ModuleType::Submodule(Rc::new(submodule)).into(), call))
}

fn deferred_module(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let given = machine.attrs_of(&call, 0)?;
    let modules = machine.list_in(&given, "staticModules")?;
    Ok(made(ModuleType::DeferredModule(Some(Rc::new(DeferredModules(modules)))).into(), call))
}

fn option_type(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let given = machine.attrs_of(&call, 0)?;
    Ok(made(custom(machine, None, given)?.into(), call))
}

/// A type that says of itself what the set says, and else is as `base`.
pub(super) fn custom(machine: &mut Evaluator, base: Option<TypeRef>, says: Attrs) -> Result<ModuleType> {
    let name = match machine.text_in(&says, "description")? {
        Some(description) => description,
        None => match (machine.text_in(&says, "name")?, &base) {
            (Some(name), _) => name,
            (None, Some(base)) => base.to_string().into(),
            (None, None) => "a custom type".into(),
        },
    };
    let mut function = |name: &str| -> Result<Option<Opaque>> {
        let Some(attr) = says.named(name) else { return Ok(None) };
        Ok(Some(Rc::new(machine.force_at(&attr.value, attr.span)?)))
    };
    let (check, merge) = (function("check")?, function("merge")?);
    Ok(ModuleType::Custom(Rc::new(Custom { name, base, check, merge, says: Rc::new(says) })))
}

fn flag(machine: &mut Evaluator, given: &Attrs, name: Symbol, otherwise: bool) -> Result<bool> {
    let Some(attr) = given.get(name) else { return Ok(otherwise) };
    match machine.force_at(&attr.value, attr.span)? {
        Value { kind: Kind::Bool(value), .. } => Ok(value),
        other => Err(machine.wrong_kind(&other, "a boolean", &format!("`{name}`"), attr.span)),
    }
}
