//! The types of a program: those that it declares, and any that can be made of them.

use std::rc::Rc;

use crate::random::Random;
use crate::types::{Body, Declared, Field, Presence, REFINED, Ty};

/// The names of fields.
pub const NAMES: [&str; 9] = ["name", "port", "host", "size", "items", "left", "right", "value", "kind"];

const A: Ty = Ty::Var("A");
const B: Ty = Ty::Var("B");

fn field(name: &'static str, ty: Ty, presence: Presence) -> Field {
    Field { name, ty, presence }
}

fn required(name: &'static str, ty: Ty) -> Field {
    field(name, ty, Presence::Required)
}

fn closed(fields: Vec<Field>) -> Ty {
    Ty::Record { fields, open: false }
}

fn tree(of: Ty, own: Ty) -> Ty {
    closed(vec![required("value", of), required("items", Ty::list(own))])
}

fn chain(of: Ty, own: Ty) -> Ty {
    Ty::Union(vec![Ty::Null, closed(vec![required("value", of), required("right", own)])])
}

fn term(own: Ty) -> Ty {
    Ty::Union(vec![
        closed(vec![required("kind", Ty::text("number")), required("value", Ty::Int)]),
        closed(vec![required("kind", Ty::text("sum")), required("left", own.clone()), required("right", own)]),
    ])
}

/// The declarations that there may be.
fn declarations() -> Vec<Declared> {
    let plain = |name: &str, parameters: &[&'static str], ty| Declared {
        name: name.into(),
        parameters: parameters.to_vec(),
        body: Body::Plain(ty),
    };
    let recursive = |name: &str, parameters: &[&'static str], make| Declared {
        name: name.into(),
        parameters: parameters.to_vec(),
        body: Body::Recursive(make),
    };
    let value = |name: &str, text, ty| Declared { name: name.into(), parameters: vec![], body: Body::Value(text, ty) };
    let shape = Ty::Union(vec![
        closed(vec![required("kind", Ty::text("circle")), required("size", Ty::Number)]),
        closed(vec![required("kind", Ty::text("box")), required("left", Ty::Int), required("right", Ty::Int)]),
        closed(vec![required("kind", Ty::text("none"))]),
    ]);
    let web = vec![
        required("name", Ty::Str),
        field("host", Ty::Str, Presence::Optional),
        field("port", Ty::Union(vec![Ty::Int, Ty::Str]), Presence::Optional),
    ];
    let defaults = vec![
        required("name", Ty::Str),
        field("size", Ty::Int, Presence::Default("1".into())),
        field("items", Ty::list(Ty::Str), Presence::Default("[ ]".into())),
    ];
    let result = Ty::Union(vec![
        closed(vec![required("kind", Ty::text("ok")), required("value", A)]),
        closed(vec![required("kind", Ty::text("error")), required("name", Ty::Str)]),
    ]);
    vec![
        plain("Level", &[], Ty::Union(vec![Ty::text("low"), Ty::text("mid"), Ty::text("high")])),
        plain("Text", &[], Ty::Union(vec![Ty::Int, Ty::Str, Ty::Null])),
        plain("Shape", &[], shape),
        plain("Web", &[], closed(web)),
        plain("Sized", &[], Ty::Record { fields: vec![required("size", Ty::Int)], open: true }),
        plain("Filled", &[], closed(defaults)),
        plain("Pair", &["A", "B"], closed(vec![required("left", A), required("right", B)])),
        plain("Maybe", &["A"], Ty::Union(vec![A, Ty::Null])),
        plain("Result", &["A"], result),
        recursive("Term", &[], term),
        recursive("Chain", &[], |own| chain(Ty::Int, own)),
        recursive("Tree", &["A"], |own| tree(A, own)),
        value("aText", "lib.types.str", Ty::Str),
        value("texts", "lib.types.listOf lib.types.str", Ty::list(Ty::Str)),
        value("count", "lib.types.nullOr lib.types.int", Ty::Union(vec![Ty::Int, Ty::Null])),
        value("numberMap", "lib.types.attrsOf lib.types.int", Ty::map(Ty::Int)),
        value("mixed", "lib.types.either lib.types.bool lib.types.str", Ty::Union(vec![Ty::Bool, Ty::Str])),
    ]
}

/// The types that a program declares.
#[derive(Default)]
pub struct Types {
    pub declared: Vec<Rc<Declared>>,
}

impl Types {
    pub fn random(random: &mut Random) -> Types {
        let mut all = declarations();
        random.shuffle(&mut all);
        all.truncate(random.below(5));
        Types { declared: all.into_iter().map(Rc::new).collect() }
    }

    /// Whether any of them fills in what is left out.
    pub fn have_defaults(&self) -> bool {
        self.declared.iter().any(|declared| declared.name == "Filled")
    }

    /// A type, no more than so deep.
    pub fn any(&self, random: &mut Random, depth: u32) -> Ty {
        if depth == 0 || random.percent(35) {
            return self.plain(random);
        }
        match random.below(10) {
            0 | 1 => Ty::list(self.any(random, depth - 1)),
            2 => Ty::map(self.any(random, depth - 1)),
            3..=5 => self.record(random, depth),
            6 => Ty::Union(distinct(random)),
            7 => Ty::Union(vec![Ty::Null, self.record(random, depth)]),
            _ => self.named(random, depth),
        }
    }

    fn plain(&self, random: &mut Random) -> Ty {
        match random.below(12) {
            0..=2 => Ty::Int,
            3 | 4 => Ty::Str,
            5 | 6 => Ty::Bool,
            7 => Ty::Number,
            8 => Ty::Float,
            9 => Ty::Union(vec![Ty::text("low"), Ty::text("high")]),
            10 => Ty::Refined(random.pick(&REFINED)),
            _ => self.named(random, 0),
        }
    }

    fn record(&self, random: &mut Random, depth: u32) -> Ty {
        let mut names = NAMES;
        random.shuffle(&mut names);
        let count = random.below(4);
        let fields = names.into_iter().take(count).map(|name| {
            let presence = if random.percent(25) { Presence::Optional } else { Presence::Required };
            field(name, self.any(random, depth - 1), presence)
        });
        Ty::Record { fields: fields.collect(), open: random.percent(10) }
    }

    fn named(&self, random: &mut Random, depth: u32) -> Ty {
        if self.declared.is_empty() {
            return Ty::Int;
        }
        let declared = random.pick(&self.declared).clone();
        let arguments = declared.parameters.iter().map(|_| self.any(random, depth.saturating_sub(1).min(1)));
        let arguments: Vec<Ty> = arguments.collect();
        Ty::Named(declared, arguments)
    }
}

/// Some types of which no two have a value in common.
fn distinct(random: &mut Random) -> Vec<Ty> {
    let mut all = vec![Ty::Int, Ty::Str, Ty::Bool, Ty::Null, Ty::list(Ty::Int), Ty::map(Ty::Str)];
    random.shuffle(&mut all);
    all.truncate(2 + random.below(2));
    all
}
