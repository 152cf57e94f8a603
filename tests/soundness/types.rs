//! The types that programs are made for. They are the test's own idea of types, apart from the checker's: what
//! values there are, which type is part of which, and how types are written.

use std::rc::Rc;

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    Int,
    Float,
    Number,
    Bool,
    Str,
    Null,
    /// One value, as it is written; its type.
    Literal(String, Box<Ty>),
    /// A part of a scalar type.
    Refined(&'static Refined),
    List(Box<Ty>),
    Map(Box<Ty>),
    Record {
        fields: Vec<Field>,
        open: bool,
    },
    Function(Box<Ty>, Box<Ty>),
    Union(Vec<Ty>),
    /// A declared type, with its arguments.
    Named(Rc<Declared>, Vec<Ty>),
    /// A type variable: of a function that takes whatever there is, or a parameter of a declared type.
    Var(&'static str),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: &'static str,
    pub ty: Ty,
    pub presence: Presence,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Presence {
    Required,
    Optional,
    /// With a value that stands in.
    Default(String),
}

/// A declared type.
#[derive(Debug)]
pub struct Declared {
    pub name: String,
    pub parameters: Vec<&'static str>,
    pub body: Body,
}

/// What a declared type means.
#[derive(Debug)]
pub enum Body {
    /// A type; where it is `None` inside, it is the declared one.
    Plain(Ty),
    /// A type that holds itself, as made by this function.
    Recursive(fn(Ty) -> Ty),
    /// A value that is a type, as it is written.
    Value(&'static str, Ty),
}

impl PartialEq for Declared {
    fn eq(&self, other: &Declared) -> bool {
        self.name == other.name
    }
}

/// A rule on a scalar type.
#[derive(Debug, PartialEq)]
pub struct Refined {
    pub text: &'static str,
    pub integer: bool,
    /// Some values that keep it.
    pub values: &'static [&'static str],
}

pub static REFINED: [Refined; 7] = [
    Refined { text: "Int(0..4)", integer: true, values: &["0", "1", "2", "3"] },
    Refined { text: "Int(0..)", integer: true, values: &["0", "7", "100"] },
    Refined { text: "Port", integer: true, values: &["80", "443", "8080"] },
    Refined { text: "String(1..8)", integer: false, values: &["\"a\"", "\"web\""] },
    Refined { text: "String(/[a-z]+/)", integer: false, values: &["\"abc\"", "\"x\""] },
    Refined { text: "DnsLabel", integer: false, values: &["\"shop\"", "\"db-1\""] },
    Refined { text: "Quantity", integer: false, values: &["\"128Mi\"", "\"0.5\""] },
];

impl Refined {
    pub fn base(&self) -> Ty {
        if self.integer { Ty::Int } else { Ty::Str }
    }
}

/// A small number, for what is done so many times.
pub fn small() -> Ty {
    Ty::Refined(&REFINED[0])
}

impl Ty {
    pub fn list(item: Ty) -> Ty {
        Ty::List(Box::new(item))
    }

    pub fn map(item: Ty) -> Ty {
        Ty::Map(Box::new(item))
    }

    pub fn function(from: Ty, to: Ty) -> Ty {
        Ty::Function(Box::new(from), Box::new(to))
    }

    pub fn text(value: &str) -> Ty {
        Ty::Literal(format!("\"{value}\""), Box::new(Ty::Str))
    }

    pub fn record(fields: &[(&'static str, Ty)]) -> Ty {
        let field = |(name, ty): &(&'static str, Ty)| Field { name, ty: ty.clone(), presence: Presence::Required };
        Ty::Record { fields: fields.iter().map(field).collect(), open: false }
    }

    /// The type behind a name, one level.
    pub fn meaning(&self) -> Ty {
        let Ty::Named(declared, arguments) = self else { return self.clone() };
        let body = match &declared.body {
            Body::Plain(ty) | Body::Value(_, ty) => ty.clone(),
            Body::Recursive(make) => make(self.clone()),
        };
        let bound: Vec<(&str, Ty)> = declared.parameters.iter().copied().zip(arguments.iter().cloned()).collect();
        body.with(&bound).meaning()
    }

    /// The type with types for its variables.
    pub fn with(&self, bound: &[(&str, Ty)]) -> Ty {
        let inside = |ty: &Ty| Box::new(ty.with(bound));
        match self {
            Ty::Var(name) => {
                bound.iter().find(|(variable, _)| variable == name).map_or_else(|| self.clone(), |(_, ty)| ty.clone())
            }
            Ty::List(item) => Ty::List(inside(item)),
            Ty::Map(item) => Ty::Map(inside(item)),
            Ty::Function(from, to) => Ty::Function(inside(from), inside(to)),
            Ty::Union(members) => Ty::Union(members.iter().map(|member| member.with(bound)).collect()),
            Ty::Named(declared, arguments) => {
                Ty::Named(declared.clone(), arguments.iter().map(|argument| argument.with(bound)).collect())
            }
            Ty::Record { fields, open } => {
                let fields = fields.iter().map(|field| Field { ty: field.ty.with(bound), ..field.clone() });
                Ty::Record { fields: fields.collect(), open: *open }
            }
            _ => self.clone(),
        }
    }

    /// Whether all values of this type are values of the other.
    pub fn is_part_of(&self, other: &Ty) -> bool {
        self.is_part(other, 6)
    }

    fn is_part(&self, other: &Ty, depth: u32) -> bool {
        if self == other {
            return true;
        }
        if depth == 0 {
            return false;
        }
        let (l, r) = (self.meaning(), other.meaning());
        match (&l, &r) {
            (Ty::Union(members), _) => members.iter().all(|member| member.is_part(&r, depth - 1)),
            (_, Ty::Union(members)) => members.iter().any(|member| l.is_part(member, depth - 1)),
            (Ty::Int | Ty::Float, Ty::Number) => true,
            (Ty::Literal(text, base), Ty::Literal(other, _)) => text == other && base.is_part(base, depth - 1),
            (Ty::Literal(_, base), _) => base.is_part(&r, depth - 1),
            (Ty::Refined(l), Ty::Refined(r)) => std::ptr::eq(*l, *r),
            (Ty::Refined(l), _) => l.base().is_part(&r, depth - 1),
            (Ty::List(l), Ty::List(r)) | (Ty::Map(l), Ty::Map(r)) => l.is_part(r, depth - 1),
            (Ty::Function(a, b), Ty::Function(from, to)) => from.is_part(a, depth - 1) && b.is_part(to, depth - 1),
            (Ty::Record { fields, open: false }, Ty::Map(item)) => {
                fields.iter().all(|field| field.ty.is_part(item, depth - 1))
            }
            (Ty::Record { fields: l, open: from }, Ty::Record { fields: r, open: to }) => {
                let fits = |wanted: &Field| match l.iter().find(|own| own.name == wanted.name) {
                    Some(own) => {
                        let there = own.presence != Presence::Optional || wanted.presence != Presence::Required;
                        there && own.ty.is_part(&wanted.ty, depth - 1)
                    }
                    None => wanted.presence == Presence::Optional && !from,
                };
                let known = |own: &Field| r.iter().any(|wanted| wanted.name == own.name);
                r.iter().all(fits) && (*to || (!from && l.iter().all(known)))
            }
            _ => l == r,
        }
    }

    /// The variables for which this type is part of the other.
    pub fn matches(&self, other: &Ty, bound: &mut Vec<(&'static str, Ty)>) -> bool {
        match (self, &other.meaning()) {
            (Ty::Var(name), _) => match bound.iter().find(|(variable, _)| variable == name) {
                Some((_, ty)) => ty.is_part_of(other),
                None => {
                    bound.push((name, other.clone()));
                    true
                }
            },
            (Ty::List(l), Ty::List(r)) | (Ty::Map(l), Ty::Map(r)) => l.matches(r, bound),
            (Ty::Record { fields: l, open: false }, Ty::Record { fields: r, .. }) if l.len() == r.len() => {
                l.iter().zip(r).all(|(l, r)| l.name == r.name && l.ty.matches(&r.ty, bound))
            }
            (_, Ty::Union(members)) => members.iter().any(|member| {
                let before = bound.len();
                let fits = self.matches(member, bound);
                if !fits {
                    bound.truncate(before);
                }
                fits
            }),
            _ => !self.has_variables() && self.is_part_of(other),
        }
    }

    /// The variables of the type, in the order of the text.
    pub fn variables(&self, found: &mut Vec<&'static str>) {
        match self {
            Ty::Var(name) if !found.contains(name) => found.push(name),
            Ty::List(inner) | Ty::Map(inner) => inner.variables(found),
            Ty::Function(from, to) => {
                from.variables(found);
                to.variables(found);
            }
            Ty::Union(members) | Ty::Named(_, members) => members.iter().for_each(|member| member.variables(found)),
            Ty::Record { fields, .. } => fields.iter().for_each(|field| field.ty.variables(found)),
            _ => {}
        }
    }

    pub fn has_variables(&self) -> bool {
        let mut found = Vec::new();
        self.variables(&mut found);
        !found.is_empty()
    }

    /// Whether values of the type can be printed and compared.
    pub fn is_data(&self) -> bool {
        match self {
            Ty::Function(..) | Ty::Var(_) => false,
            Ty::List(inner) | Ty::Map(inner) => inner.is_data(),
            Ty::Union(members) | Ty::Named(_, members) => members.iter().all(Ty::is_data),
            Ty::Record { fields, .. } => fields.iter().all(|field| field.ty.is_data()),
            _ => true,
        }
    }

    /// The type as it is written.
    pub fn show(&self) -> String {
        self.shown(0)
    }

    /// `tightness`: 0 where anything may stand, 1 in a union or in front of `->`, 2 as an argument.
    fn shown(&self, tightness: u32) -> String {
        let (text, own) = match self {
            Ty::Int => ("Int".into(), 2),
            Ty::Float => ("Float".into(), 2),
            Ty::Number => ("Number".into(), 2),
            Ty::Bool => ("Bool".into(), 2),
            Ty::Str => ("String".into(), 2),
            Ty::Null => ("Null".into(), 2),
            Ty::Literal(text, _) => (text.clone(), 2),
            Ty::Refined(refined) => (refined.text.into(), 2),
            Ty::List(item) => (format!("[{}]", item.shown(0)), 2),
            Ty::Map(item) => (format!("{{ _ : {}; }}", item.shown(0)), 2),
            Ty::Record { fields, open } => (shown_record(fields, *open), 2),
            Ty::Function(from, to) => (format!("{} -> {}", from.shown(1), to.shown(0)), 0),
            Ty::Union(members) => {
                let members: Vec<String> = members.iter().map(|member| member.shown(2)).collect();
                (members.join(" | "), 0)
            }
            Ty::Named(declared, arguments) if arguments.is_empty() => (declared.name.clone(), 2),
            Ty::Named(declared, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(|argument| argument.shown(2)).collect();
                (format!("{} {}", declared.name, arguments.join(" ")), 1)
            }
            Ty::Var(name) => ((*name).into(), 2),
        };
        if own < tightness { format!("({text})") } else { text }
    }
}

fn shown_record(fields: &[Field], open: bool) -> String {
    let mut text = String::from("{ ");
    for field in fields {
        let ty = field.ty.shown(0);
        text += &match &field.presence {
            Presence::Required => format!("{} : {ty}; ", field.name),
            Presence::Optional => format!("{}? : {ty}; ", field.name),
            Presence::Default(value) => format!("{} : {ty} = {value}; ", field.name),
        };
    }
    text + if open { "... }" } else { "}" }
}
