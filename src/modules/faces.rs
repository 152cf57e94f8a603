//! Types as nixpkgs' libraries know them: sets with `name`, `description`, `check`, `merge` and so on.
//!
//! A type is plain data here, and closed. This is the face it shows to those who ask for an attribute
//! (`lib.types.str.check`), made when it is asked for, and `type // { … }`, which changes it.

use std::rc::Rc;

use super::definitions::{Rank, Settled, Winners};
use super::phrase::phrase;
use super::site::{Site, path_value};
use super::submodule::Submodule;
use super::types::custom;
use super::words::words;
use crate::eval::Path;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{Custom, ModuleType, Record, Type, TypeRef};
use crate::value::{Attrs, AttrsBuilder, Evaluator, Host, Kind, Result, Thunk, TypeFaces, Value};

/// How types are read and changed as if they were sets.
pub const FACES: TypeFaces = TypeFaces { attributes, changed };

/// What a host function of one argument does.
type Body = dyn Fn(&mut Evaluator, Thunk, Span) -> Result<Value>;

fn changed(machine: &mut Evaluator, ty: &TypeRef, by: &Attrs, span: Span) -> Result<Value> {
    let changed = match ty.peeled() {
        // What has been changed before is changed further.
        Type::Module(ModuleType::Custom(custom_type)) => {
            custom(machine, custom_type.base.clone(), says(custom_type).update(by))?
        }
        _ => custom(machine, Some(ty.clone()), by.clone())?,
    };
    Ok(Value::new(Kind::Type(Rc::new(changed.into())), span))
}

fn says(custom: &Custom) -> Attrs {
    custom.says.downcast_ref::<Attrs>().cloned().unwrap_or_default()
}

/// All there is to know about a type, each computed when it is needed.
fn attributes(machine: &mut Evaluator, ty: &TypeRef, span: Span) -> Attrs {
    let ty = machine.resolve(ty).unwrap_or_else(|_| ty.clone());
    let (about, words) = (phrase(&ty), words());
    let mut set = AttrsBuilder::new();
    set.add(words.mark, span, Value::string("option-type", span));
    set.add(words.name, span, Value::string(about.name.clone(), span));
    set.add(words.description, span, Value::string(about.text, span));
    set.add("descriptionClass", span, Value::string(about.class, span));
    set.add("deprecationMessage", span, Value::null(span));
    for (name, method) in METHODS {
        let on = ty.clone();
        set.add(*name, span, function(name, move |machine, argument, span| method(machine, &on, argument, span)));
    }
    for (name, facet) in LATER {
        let on = ty.clone();
        set.add(*name, span, Thunk::defer(move |machine| facet(machine, &on, span)));
    }
    match ty.peeled() {
        Type::Module(ModuleType::Custom(custom)) => set.build().update(&says(custom)),
        _ => set.build(),
    }
}

/// A facet that is a function of one argument.
type Method = fn(&mut Evaluator, &TypeRef, Thunk, Span) -> Result<Value>;

const METHODS: &[(&str, Method)] = &[
    ("check", |machine, ty, value, span| {
        let value = machine.force_at(&value, span)?;
        Ok(Value::bool(machine.fits(&value, ty)?, span))
    }),
    ("merge", |_, ty, location, _| Ok(merge_at(ty.clone(), location))),
    ("typeMerge", |machine, ty, functor, span| type_merge(machine, ty, &functor, span)),
    ("getSubOptions", |machine, ty, prefix, span| {
        let path = machine.path_of(&prefix, span)?;
        Ok(Value::attrs(machine.options_inside(ty, path)?, span))
    }),
];

/// A facet that is a value rather than a function.
type Facet = fn(&mut Evaluator, &TypeRef, Span) -> Result<Value>;

const LATER: &[(&str, Facet)] = &[
    ("emptyValue", |machine, ty, span| {
        let mut set = AttrsBuilder::new();
        if let Some(empty) = machine.empty_value(ty)? {
            set.add(words().value, span, empty);
        }
        Ok(Value::attrs(set.build(), span))
    }),
    ("nestedTypes", |_, ty, span| Ok(Value::attrs(nested_types(ty, span), span))),
    ("getSubModules", |_, ty, span| {
        Ok(match submodule_in(ty) {
            Some(submodule) => Value::list(submodule.modules.clone(), span),
            None => Value::null(span),
        })
    }),
    ("functor", |_, ty, span| {
        let mut set = AttrsBuilder::new();
        let itself = Value::new(Kind::Type(ty.clone()), span);
        set.add(words().name, span, Value::string(phrase(ty).name, span)).add(words().ty, span, itself);
        set.add("payload", span, Value::null(span)).add("wrapped", span, wrapped_type(ty, span));
        Ok(Value::attrs(set.build(), span))
    }),
];

/// `type.merge loc defs`
fn merge_at(ty: TypeRef, location: Thunk) -> Value {
    function("merge", move |machine, definitions, span| {
        let path = machine.path_of(&location, span)?;
        let definitions = machine.force_at(&definitions, span)?;
        let Kind::List(items) = &definitions.kind else {
            return Err(machine.wrong_kind(&definitions, "a list", "the second argument of `merge`", span));
        };
        let mut settled = Vec::with_capacity(items.len());
        for item in items.iter() {
            let definition = machine.force_at(item, span)?;
            let attr = match &definition.kind {
                Kind::Attrs(set) => set.get(words().value).cloned(),
                _ => None,
            };
            let Some(attr) = attr else {
                return Err(machine.missing_attribute(&definition, words().value, span));
            };
            settled.push(Settled {
                value: machine.force_at(&attr.value, span)?,
                key: attr.span,
                rank: Rank::default(),
            });
        }
        let site = Site::at(path, span);
        if settled.is_empty() {
            return Err(super::errors::undefined(machine, &site, &ty));
        }
        machine.merge_winners(&ty, Winners::equals(settled), &site)
    })
}

/// `type.typeMerge functor`: the joined type, or `null`.
fn type_merge(machine: &mut Evaluator, ty: &TypeRef, functor: &Thunk, span: Span) -> Result<Value> {
    let functor = machine.force_at(functor, span)?;
    let Kind::Attrs(set) = &functor.kind else {
        return Err(machine.wrong_kind(&functor, "a set", "the argument of `typeMerge`", span));
    };
    let Some(other) = set.get(words().ty).cloned() else { return Ok(Value::null(span)) };
    let other = machine.force_at(&other.value, span)?;
    let Kind::Type(other) = &other.kind else { return Ok(Value::null(span)) };
    Ok(match machine.joined_type(ty, other)? {
        Some(joined) => Value::new(Kind::Type(joined), span),
        None => Value::null(span),
    })
}

/// The types that a type is made of, under nixpkgs' names.
fn nested_types(ty: &Type, span: Span) -> Attrs {
    let named: Vec<(&str, &TypeRef)> = match ty.peeled() {
        Type::List(item) | Type::Map(item) | Type::Function(_, item) => vec![("elemType", item)],
        Type::Module(ModuleType::LazyMap(item) | ModuleType::Unique(item, _)) => vec![("elemType", item)],
        Type::Module(ModuleType::Coerced(from, _, to)) => vec![("coercedType", from), ("finalType", to)],
        Type::Module(ModuleType::Checked(inner, _)) => return nested_types(inner, span),
        Type::Union(members) => match members.as_slice() {
            [inner, null] if matches!(null.peeled(), Type::Null) => vec![("elemType", inner)],
            [left, right] => vec![("left", left), ("right", right)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let mut set = AttrsBuilder::new();
    for (name, ty) in named {
        set.add(name, span, Value::new(Kind::Type(ty.clone()), span));
    }
    set.build()
}

fn wrapped_type(ty: &Type, span: Span) -> Value {
    match nested_types(ty, span).named("elemType").map(|attr| &attr.value) {
        Some(Thunk::Done(inner)) => inner.clone(),
        _ => Value::null(span),
    }
}

/// The submodule in a type, through what only holds it.
fn submodule_in(ty: &Type) -> Option<Rc<Submodule>> {
    match ty.peeled() {
        Type::Module(ModuleType::Submodule(opaque)) => Some(Submodule::of(opaque)),
        Type::List(inner) | Type::Map(inner) => submodule_in(inner),
        Type::Module(ModuleType::LazyMap(inner) | ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _)) => {
            submodule_in(inner)
        }
        Type::Union(members) if members.iter().any(|member| matches!(member.peeled(), Type::Null)) => {
            members.iter().find_map(|member| submodule_in(member))
        }
        _ => None,
    }
}

fn function(name: &'static str, run: impl Fn(&mut Evaluator, Thunk, Span) -> Result<Value> + 'static) -> Value {
    let run: Box<Body> = Box::new(run);
    Value::new(Kind::Host(Rc::new(Host { name, of: None, run })), Span::NONE)
}

impl Evaluator {
    /// What an option of the type is that exists without being defined, where the type has such a value.
    pub(super) fn empty_value(&mut self, ty: &TypeRef) -> Result<Option<Value>> {
        let ty = self.resolve(ty)?;
        let empty_set = || Some(Value::attrs(Attrs::empty(), Span::NONE));
        Ok(match ty.peeled() {
            Type::Map(_) | Type::Module(ModuleType::Attrs | ModuleType::LazyMap(_)) => empty_set(),
            Type::Module(ModuleType::Submodule(_)) => empty_set(),
            Type::List(_) => Some(Value::list(Vec::new(), Span::NONE)),
            Type::Module(ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _)) => self.empty_value(inner)?,
            Type::Module(ModuleType::Coerced(_, _, to)) => self.empty_value(to)?,
            Type::Union(members) if members.iter().any(|member| matches!(member.peeled(), Type::Null)) => {
                Some(Value::null(Span::NONE))
            }
            Type::Module(ModuleType::Custom(custom)) => self.empty_value_of(custom)?,
            _ => None,
        })
    }

    fn empty_value_of(&mut self, custom: &Custom) -> Result<Option<Value>> {
        match (says(custom).named("emptyValue"), &custom.base) {
            (Some(attr), _) => match self.force_at(&attr.value, attr.span)?.kind {
                Kind::Attrs(set) => {
                    set.get(words().value).map(|attr| self.force_at(&attr.value, attr.span)).transpose()
                }
                _ => Ok(None),
            },
            (None, Some(base)) => self.empty_value(base),
            (None, None) => Ok(None),
        }
    }

    /// The options inside values of a type, as `options` shows them, at `path`.
    fn options_inside(&mut self, ty: &TypeRef, path: Path) -> Result<Attrs> {
        let ty = self.resolve(ty)?;
        let step = |name: &str| path.field(Symbol::new(name), Span::NONE);
        self.deeper(Span::NONE, |machine| match ty.peeled() {
            Type::Module(ModuleType::Submodule(opaque)) => {
                let group = machine.options_below(&Submodule::of(opaque), path.clone())?;
                let options = machine.group_options(&group);
                let Kind::Attrs(options) = options.kind else { return Ok(Attrs::empty()) };
                match machine.freeform_of(&group)? {
                    None => Ok(options),
                    Some(freeform) => {
                        let mut further = AttrsBuilder::new();
                        let inside = machine.options_inside(&freeform, path.clone())?;
                        further.add("_freeformOptions", Span::NONE, Value::attrs(inside, Span::NONE));
                        Ok(options.update(&further.build()))
                    }
                }
            }
            Type::Record(record) => Ok(fields_as_options(record, &path)),
            Type::List(item) => machine.options_inside(item, step("*")),
            Type::Map(item) | Type::Module(ModuleType::LazyMap(item)) => machine.options_inside(item, step("<name>")),
            Type::Function(_, to) => machine.options_inside(to, step("<function body>")),
            Type::Module(ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _)) => {
                machine.options_inside(inner, path.clone())
            }
            Type::Module(ModuleType::Coerced(_, _, to)) => machine.options_inside(to, path.clone()),
            Type::Module(ModuleType::Custom(custom)) => machine.options_inside_custom(custom, path.clone()),
            Type::Union(members) => {
                let mut all = Attrs::empty();
                for member in members {
                    all = all.update(&machine.options_inside(member, path.clone())?);
                }
                Ok(all)
            }
            _ => Ok(Attrs::empty()),
        })
    }

    fn options_inside_custom(&mut self, custom: &Custom, path: Path) -> Result<Attrs> {
        let says = says(custom);
        if let Some(attr) = says.named("getSubOptions") {
            let function = self.force_at(&attr.value, attr.span)?;
            let options = self.apply(&function, path_value(&path).into(), attr.span)?;
            return Ok(match options.kind {
                Kind::Attrs(options) => options,
                _ => Attrs::empty(),
            });
        }
        let Some(base) = &custom.base else { return Ok(Attrs::empty()) };
        match (self.text_in(&says, words().placeholder.as_str())?, base.peeled()) {
            (Some(placeholder), Type::Map(item) | Type::Module(ModuleType::LazyMap(item))) => {
                let name = format!("<{placeholder}>");
                self.options_inside(item, path.field(Symbol::new(&name), Span::NONE))
            }
            _ => self.options_inside(base, path),
        }
    }

    /// A path that is given as a list of names.
    fn path_of(&mut self, names: &Thunk, span: Span) -> Result<Path> {
        let names = self.force_at(names, span)?;
        let Kind::List(items) = &names.kind else {
            return Err(self.wrong_kind(&names, "a list of names", "the path of an option", span));
        };
        let mut path = Path::default();
        for item in items.iter() {
            match self.force_at(item, span)? {
                Value { kind: Kind::Str(name), .. } => path = path.field(Symbol::new(&name), Span::NONE),
                other => return Err(self.wrong_kind(&other, "a string", "a part of an option's path", span)),
            }
        }
        Ok(path)
    }
}

/// The fields of a record as options, for documentation.
fn fields_as_options(record: &Record, path: &Path) -> Attrs {
    let mut options = AttrsBuilder::new();
    for (name, field) in &record.fields {
        let span = field.span;
        let mut option = AttrsBuilder::new();
        option.add(words().mark, span, Value::string("option", span));
        option.add(words().loc, span, path_value(&path.field(*name, span)));
        option.add(words().ty, span, Value::new(Kind::Type(field.ty.clone()), span));
        if let Some(default) = crate::eval::field_default(field) {
            option.add(words().default, span, default);
        }
        if let Some(doc) = &field.doc {
            option.add(words().description, span, Value::string(doc.clone(), span));
        }
        options.add(*name, span, Value::attrs(option.build(), span));
    }
    options.build()
}
