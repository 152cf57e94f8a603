//! Every expression has its types: each field that it touches is one of the kinds that its policy matches, and what it
//! compares can be compared.
//!
//! A checker of its own, over the tree of a parser that is not ours, and the schemas of the target. It knows what the
//! server's checker knows, and is stricter in one thing: `dyn(…)` hides nothing from it.

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue, SelectExpr, StructExpr};
use cel::parser::Expression;
use nxk::schema::facts::{Scalar, Shape};
use nxk::schema::{Catalogue, Version};
use nxk::source::Span;
use serde_json::Value;

use crate::cel::parse;
use crate::door::{list, text};

/// What a part of an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    /// Of an empty list.
    Nothing,
    Bool,
    Int,
    Text,
    /// Anything, such as a number or a text.
    Any,
    Record(String),
    List(Box<Ty>),
    Map(Box<Ty>),
    Optional(Box<Ty>),
    /// One of several.
    Either(Vec<Ty>),
    /// A message of the server, such as a patch.
    Message,
}

/// The names in force, with the schemas of a version.
#[derive(Clone)]
pub struct Scope {
    pub version: Version<'static>,
    pub names: Vec<(String, Ty)>,
}

type Checked = Result<Ty, String>;

impl Scope {
    /// An object of a kind at the door, without variables.
    pub fn of(version: Version<'static>, group: &str, kind: &str) -> Scope {
        let found = version.served(kind).find(|found| found.group == group);
        let found = found.unwrap_or_else(|| panic!("{} has {group} {kind}", version.minor()));
        Scope { version, names: vec![("object".into(), Ty::Record(found.type_name.to_string()))] }
    }

    /// The type of an expression.
    pub fn check(&self, expression: &str) -> Checked {
        self.ty(&parse(expression)?)
    }

    fn with(&self, name: &str, ty: Ty) -> Scope {
        let mut scope = self.clone();
        scope.names.push((name.to_string(), ty));
        scope
    }

    fn ty(&self, tree: &Expression) -> Checked {
        match &tree.expr {
            Expr::Ident(name) => {
                let known = self.names.iter().rev().find(|(known, _)| known == name);
                known.map(|(_, ty)| ty.clone()).ok_or_else(|| format!("`{name}` is not known"))
            }
            Expr::Literal(literal) => Ok(match literal {
                LiteralValue::Boolean(_) => Ty::Bool,
                LiteralValue::Int(_) | LiteralValue::UInt(_) => Ty::Int,
                LiteralValue::String(_) => Ty::Text,
                _ => Ty::Any,
            }),
            Expr::List(items) => {
                let types = items.elements.iter().map(|item| self.ty(item)).collect::<Result<Vec<_>, _>>()?;
                types.into_iter().try_fold(Ty::Nothing, |all, one| same(&all, &one)).map(|ty| Ty::List(Box::new(ty)))
            }
            Expr::Map(map) => {
                let mut all = Ty::Nothing;
                for entry in &map.entries {
                    let EntryExpr::MapEntry(pair) = &entry.expr else { return Err("a field in a map".into()) };
                    expect(&self.ty(&pair.key)?, &Ty::Text, "a key")?;
                    // `dyn` is there for values of several types.
                    let hidden = matches!(&pair.value.expr, Expr::Call(call) if call.func_name == "dyn");
                    let value = self.ty(&pair.value)?;
                    all = same(&all, if hidden { &Ty::Any } else { &value })?;
                }
                Ok(Ty::Map(Box::new(all)))
            }
            Expr::Select(select) => self.select(select),
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(one) => self.comprehension(one),
            Expr::Struct(record) => self.message(record),
            Expr::Unspecified => Err("nothing stands here".into()),
        }
    }

    fn select(&self, select: &SelectExpr) -> Checked {
        // A variable of the policy.
        if matches!(&select.operand.expr, Expr::Ident(name) if name == "variables") {
            let name = format!("variables.{}", select.field);
            let known = self.names.iter().find(|(known, _)| *known == name);
            return known.map(|(_, ty)| ty.clone()).ok_or_else(|| format!("`{name}` is not known"));
        }
        let found = self.field(&self.ty(&select.operand)?, &select.field)?;
        Ok(if select.test { Ty::Bool } else { found })
    }

    /// The type of a field.
    fn field(&self, of: &Ty, name: &str) -> Checked {
        match of {
            Ty::Record(type_name) => {
                let def = self.version.type_def(type_name).ok_or_else(|| format!("no type {type_name}"))?;
                let field = def.field(name).ok_or_else(|| format!("`{type_name}` has no field `{name}`"))?;
                Ok(shape(&field.shape))
            }
            Ty::Map(value) => Ok((**value).clone()),
            Ty::Optional(inner) => self.field(inner, name),
            Ty::Either(all) => {
                let types = all.iter().map(|one| self.field(one, name)).collect::<Result<Vec<_>, _>>()?;
                Ok(either(types))
            }
            other => Err(format!("`{name}` of {other:?}")),
        }
    }

    fn call(&self, call: &CallExpr) -> Checked {
        let operands: Vec<&Expression> = call.target.as_deref().into_iter().chain(&call.args).collect();
        if call.func_name == "_?._" {
            let Expr::Literal(LiteralValue::String(name)) = &operands[1].expr else { return Err("no name".into()) };
            return self.field(&self.ty(operands[0])?, name.inner()).map(optional);
        }
        let types = operands.iter().map(|operand| self.ty(operand)).collect::<Result<Vec<_>, _>>()?;
        let all = |wanted: &Ty| types.iter().try_for_each(|ty| expect(ty, wanted, &call.func_name));
        match (call.func_name.as_str(), types.as_slice()) {
            ("_&&_" | "_||_" | "!_" | "@not_strictly_false", _) => all(&Ty::Bool).map(|()| Ty::Bool),
            ("startsWith" | "endsWith" | "contains" | "matches", [_, _]) => all(&Ty::Text).map(|()| Ty::Bool),
            ("indexOf", [_, _]) => all(&Ty::Text).map(|()| Ty::Int),
            ("substring", [of, from]) => {
                expect(of, &Ty::Text, "substring")?;
                expect(from, &Ty::Int, "substring").map(|()| Ty::Text)
            }
            ("_==_" | "_!=_", [a, b]) => same(a, b).map(|_| Ty::Bool),
            ("_<_" | "_>_" | "_<=_" | "_>=_", _) => all(&Ty::Int).map(|()| Ty::Bool),
            ("_+_", [Ty::List(a), Ty::List(b)]) => Ok(Ty::List(Box::new(either(vec![(**a).clone(), (**b).clone()])))),
            ("_+_", [a, b]) => same(a, b),
            ("_?_:_", [condition, a, b]) => {
                expect(condition, &Ty::Bool, "?")?;
                same(a, b)
            }
            ("@in", [one, Ty::List(of)]) => same(one, of).map(|_| Ty::Bool),
            ("@in", [key, Ty::Map(_)]) => expect(key, &Ty::Text, "in").map(|()| Ty::Bool),
            ("_[_]", [Ty::Map(of), key]) => expect(key, &Ty::Text, "[]").map(|()| (**of).clone()),
            ("_[?_]", [of, key]) => {
                expect(key, &Ty::Text, "[?]")?;
                match of {
                    Ty::Map(value) => Ok(optional((**value).clone())),
                    Ty::Optional(inner) => match &**inner {
                        Ty::Map(value) => Ok(optional((**value).clone())),
                        other => Err(format!("a key of {other:?}")),
                    },
                    other => Err(format!("a key of {other:?}")),
                }
            }
            ("orValue", [Ty::Optional(inner), otherwise]) => same(inner, otherwise),
            ("hasValue", [Ty::Optional(_)]) => Ok(Ty::Bool),
            ("size", [Ty::List(_) | Ty::Map(_) | Ty::Text]) => Ok(Ty::Int),
            ("dyn", [ty]) => Ok(ty.clone()),
            (name, types) => Err(format!("`{name}` of {types:?}")),
        }
    }

    /// A macro, written out as a loop.
    fn comprehension(&self, one: &ComprehensionExpr) -> Checked {
        let item = match self.ty(&one.iter_range)? {
            Ty::List(item) => *item,
            Ty::Map(_) => Ty::Text,
            other => return Err(format!("a loop over {other:?}")),
        };
        let start = self.ty(&one.accu_init)?;
        let inside = self.with(&one.iter_var, item).with(&one.accu_var, start);
        expect(&inside.ty(&one.loop_cond)?, &Ty::Bool, "the condition of a loop")?;
        let step = inside.ty(&one.loop_step)?;
        self.with(&one.accu_var, step).ty(&one.result)
    }

    /// `JSONPatch{…}`, or `Object.spec.containers{…}`, whose fields are those of the object at this path.
    fn message(&self, record: &StructExpr) -> Checked {
        let mut fields = Vec::new();
        for entry in &record.entries {
            let EntryExpr::StructField(field) = &entry.expr else { return Err("a pair in a message".into()) };
            fields.push((field.field.as_str(), self.ty(&field.value)?));
        }
        let mut path = record.type_name.split('.');
        match path.next() {
            Some("JSONPatch") => {
                let known = ["op", "path", "from", "value"];
                let stray = fields.iter().find(|(name, _)| !known.contains(name));
                stray.map_or(Ok(Ty::Message), |(name, _)| Err(format!("`JSONPatch` has no field `{name}`")))
            }
            Some("Object") => {
                let object = self.names[0].1.clone();
                let place = path.try_fold(object, |of, step| {
                    Ok::<Ty, String>(match self.field(&of, step)? {
                        Ty::List(item) => *item,
                        other => other,
                    })
                })?;
                for (name, given) in &fields {
                    let wanted = self.field(&place, name)?;
                    if !matches!(given, Ty::Message) && *given != Ty::List(Box::new(Ty::Message)) {
                        same(given, &wanted)?;
                    }
                }
                Ok(Ty::Message)
            }
            _ => Err(format!("no message `{}`", record.type_name)),
        }
    }
}

fn optional(ty: Ty) -> Ty {
    if matches!(ty, Ty::Optional(_)) { ty } else { Ty::Optional(Box::new(ty)) }
}

/// One of these, once each.
fn either(types: Vec<Ty>) -> Ty {
    let mut all: Vec<Ty> = Vec::new();
    for ty in types {
        let parts = if let Ty::Either(parts) = ty { parts } else { vec![ty] };
        parts.into_iter().filter(|part| *part != Ty::Nothing).for_each(|part| {
            if !all.contains(&part) {
                all.push(part);
            }
        });
    }
    match all.len() {
        0 => Ty::Nothing,
        1 => all.remove(0),
        _ => Ty::Either(all),
    }
}

/// What two parts are that have to be of one type.
fn same(a: &Ty, b: &Ty) -> Checked {
    match (a, b) {
        (Ty::Nothing, other) | (other, Ty::Nothing) => Ok(other.clone()),
        (Ty::Any, _) | (_, Ty::Any) => Ok(Ty::Any),
        (Ty::List(a), Ty::List(b)) => same(a, b).map(|ty| Ty::List(Box::new(ty))),
        (Ty::Map(a), Ty::Map(b)) => same(a, b).map(|ty| Ty::Map(Box::new(ty))),
        (a, b) if a == b => Ok(a.clone()),
        (a, b) => Err(format!("{a:?} and {b:?} are not of one type")),
    }
}

fn expect(ty: &Ty, wanted: &Ty, place: &str) -> Result<(), String> {
    match ty == wanted || *ty == Ty::Any {
        true => Ok(()),
        false => Err(format!("{ty:?} where {place} takes {wanted:?}")),
    }
}

fn shape(shape: &Shape<impl AsRef<str>>) -> Ty {
    match shape {
        Shape::Named(name) => Ty::Record(name.as_ref().to_string()),
        Shape::List(item) => Ty::List(Box::new(self::shape(item))),
        Shape::Map(value) => Ty::Map(Box::new(self::shape(value))),
        Shape::Scalar(Scalar::Boolean) => Ty::Bool,
        Shape::Scalar(scalar) => match scalar.word() {
            "int32" | "int64" | "integer" => Ty::Int,
            "int-or-string" | "any" | "object" | "number" | "double" | "quantity" => Ty::Any,
            _ => Ty::Text,
        },
        Shape::OneOf(_) => Ty::Any,
    }
}

/// The expressions of a policy, with what they have to be.
fn expressions(spec: &Value) -> Vec<(String, Ty)> {
    let all = |field: &'static str| list(&spec[field]).iter().map(|one| (text(&one["expression"]), Ty::Bool));
    let patches = list(&spec["mutations"]).iter().map(|one| match text(&one["patchType"]).as_str() {
        "JSONPatch" => (text(&one["jsonPatch"]["expression"]), Ty::List(Box::new(Ty::Message))),
        _ => (text(&one["applyConfiguration"]["expression"]), Ty::Message),
    });
    all("matchConditions").chain(all("validations")).chain(patches).collect()
}

/// What is wrong with the types of the policies among some objects, and how many expressions were looked at.
pub fn problems(objects: &[Value], minor: &str) -> (usize, Vec<String>) {
    let version = Catalogue::embedded().version(minor, Span::NONE).unwrap_or_else(|_| panic!("{minor} is known"));
    let (mut seen, mut wrong) = (0, Vec::new());
    let judging = ["ValidatingAdmissionPolicy", "MutatingAdmissionPolicy"];
    for policy in objects.iter().filter(|object| judging.iter().any(|kind| object["kind"] == *kind)) {
        let spec = &policy["spec"];
        for rule in list(&spec["matchConstraints"]["resourceRules"]) {
            let group = text(&rule["apiGroups"][0]);
            for resource in list(&rule["resources"]).iter().map(text).filter(|resource| !resource.contains('/')) {
                let mut scope = Scope::of(version, &group, &crate::door::kind_of(&resource));
                for variable in list(&spec["variables"]) {
                    let ty = scope.check(&text(&variable["expression"]));
                    match ty {
                        Ok(ty) => scope.names.push((format!("variables.{}", text(&variable["name"])), ty)),
                        Err(error) => {
                            wrong.push(format!("{} {resource}: {}: {error}", policy["metadata"]["name"], variable))
                        }
                    }
                }
                for (expression, wanted) in expressions(spec) {
                    seen += 1;
                    let ty = scope.check(&expression);
                    if ty.as_ref() != Ok(&wanted) {
                        wrong.push(format!("{} {resource}: {ty:?}\n  {expression}", policy["metadata"]["name"]));
                    }
                }
            }
        }
    }
    (seen, wrong)
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let newest = Catalogue::embedded().newest();
    let mut scope = Scope::of(newest, "apps", "Deployment");
    scope.names.push(("variables.pod".into(), scope.check("object.spec.template.spec").expect("it is there")));
    for expression in [
        "object.spec.replica == 1",
        "object.spec.replicas == 'one'",
        "object.spec.template.spec.containers.all(c, c.nam == 'web')",
        "object.spec.template.spec.?hostNetwrok.orValue(false)",
        "object.spec.template.spec.?hostNetwork.orValue('no')",
        "!has(object.spec.paused) && object.spec.template.spec.containers.all(c, c.image)",
        "has(object.spec.pausd)",
        "variables.pods == 1",
        "object.metadata.labels['a'].all(x, true)",
        "object.metadata.name.matches(1)",
        "object.spec.template.spec.containers.all(c, c.?ports.orValue([]).all(p, p.?hostPort.orValue('') == ''))",
        "1 in ['a']",
        "variables.pod.?securityContext.?runAsNonRoot == true",
        "Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{container: []}}}} == 1",
    ] {
        let ty = scope.check(expression);
        assert_ne!(ty, Ok(Ty::Bool), "{expression} should not pass");
    }
    for expression in [
        "object.spec.?replicas.orValue(1) == 1",
        "variables.pod.containers.all(c, c.?image.orValue('').contains('@'))",
        "object.metadata.?labels[?'a'].orValue('') == 'b'",
        "object.metadata.?labels.orValue({}).all(key, key.startsWith('a'))",
    ] {
        assert_eq!(scope.check(expression), Ok(Ty::Bool), "{expression}");
    }
}
