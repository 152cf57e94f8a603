//! Expressions of a type: what has it by construction, in every form that the language has for it.

use crate::declare::{NAMES, Types};
use crate::library::{Callable, callables};
use crate::random::Random;
use crate::scope::Scope;
use crate::tree::{Entry, Expr, Formal, Param};
use crate::types::{Body, Field, Presence, Ty};

/// An expression in the making.
pub struct Generator {
    pub random: Random,
    pub types: Types,
    pub scope: Scope,
    pub callables: Vec<Callable>,
    /// How many more expressions there may be that have others inside.
    pub fuel: i32,
    names: usize,
}

impl Generator {
    pub fn new(seed: u64) -> Generator {
        let mut random = Random::new(seed);
        let types = Types::random(&mut random);
        Generator { random, types, scope: Scope::default(), callables: callables(), fuel: 18, names: 0 }
    }

    /// A name that nothing has yet.
    pub fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    /// An expression of the type.
    pub fn expr(&mut self, ty: &Ty) -> Expr {
        self.fuel -= 1;
        if self.fuel <= 0 {
            return self.least(ty);
        }
        let form = self.random.below(24);
        let found = match form {
            0..=4 => self.reference(ty),
            5 | 6 => self.call(ty),
            7 => Some(self.conditional(ty)),
            8..=10 => self.narrowed(ty),
            11 => Some(self.binding(ty)),
            12 => self.with(ty),
            13 => Some(self.assertion(ty)),
            14 => self.select_or(ty),
            15 => Some(self.applied_lambda(ty)),
            16 => self.loop_of(ty),
            17 => self.selected(ty),
            _ => None,
        };
        found.unwrap_or_else(|| self.built(ty))
    }

    fn exprs(&mut self, types: &[Ty]) -> Vec<Expr> {
        types.iter().map(|ty| self.expr(ty)).collect()
    }

    /// Something in scope.
    pub fn reference(&mut self, ty: &Ty) -> Option<Expr> {
        let visible: Vec<(Expr, Ty)> = self.scope.visible().into_iter().filter(|(_, own)| own.is_part_of(ty)).collect();
        if visible.is_empty() { None } else { Some(self.random.pick(&visible).0.clone()) }
    }

    /// The smallest expression, or nearly.
    pub fn least(&mut self, ty: &Ty) -> Expr {
        if self.random.percent(50)
            && let Some(expr) = self.reference(ty)
        {
            return expr;
        }
        match ty.meaning() {
            Ty::Int => Expr::word(*self.random.pick(&["0", "1", "2", "42", "-3"])),
            Ty::Float => Expr::word(*self.random.pick(&["0.5", "2.25"])),
            Ty::Number => Expr::word(*self.random.pick(&["1", "1.5"])),
            Ty::Bool => Expr::word(*self.random.pick(&["true", "false"])),
            Ty::Str => Expr::word(*self.random.pick(&["\"\"", "\"a\"", "\"web\"", "\"x,y\""])),
            Ty::Null => Expr::word("null"),
            Ty::Literal(text, _) => Expr::word(text),
            Ty::Refined(refined) => Expr::word(*self.random.pick(refined.values)),
            Ty::List(_) => Expr::List(Vec::new()),
            Ty::Map(_) => Expr::Set { recursive: false, entries: Vec::new() },
            Ty::Record { fields, .. } => {
                let fields = fields.iter().filter(|field| field.presence != Presence::Optional);
                let entries = fields.map(|field| bound(field.name, self.least(&field.ty))).collect();
                Expr::Set { recursive: false, entries }
            }
            Ty::Function(from, to) => self.lambda(&from, &to),
            Ty::Union(members) => self.least(&members[0]),
            Ty::Named(..) | Ty::Var(_) => Expr::word("null"),
        }
    }

    /// Written out, or computed by an operator.
    fn built(&mut self, ty: &Ty) -> Expr {
        match ty.meaning() {
            Ty::Int => self.arithmetic(&Ty::Int),
            Ty::Float => self.arithmetic(&Ty::Float),
            Ty::Bool => self.boolean(),
            Ty::Str => self.string(),
            Ty::List(item) => self.list(&item),
            Ty::Map(item) => self.map(&item),
            Ty::Record { fields, open } => self.record(&fields, open),
            Ty::Function(from, to) => self.lambda(&from, &to),
            Ty::Union(members) => {
                let member = self.random.pick(&members).clone();
                self.expr(&member)
            }
            Ty::Number => {
                let member = if self.random.percent(70) { Ty::Int } else { Ty::Float };
                self.expr(&member)
            }
            _ => self.least(ty),
        }
    }

    fn arithmetic(&mut self, ty: &Ty) -> Expr {
        match self.random.below(5) {
            0 | 1 => {
                let operator = *self.random.pick(&["+", "-", "*"]);
                Expr::binary(operator, self.expr(ty), self.expr(ty))
            }
            2 => Expr::Unary("-", Box::new(self.expr(ty))),
            _ => self.least(ty),
        }
    }

    pub fn boolean(&mut self) -> Expr {
        match self.random.below(8) {
            0 => {
                let ty = self.random.pick(&[Ty::Int, Ty::Str, Ty::Number]).clone();
                let operator = *self.random.pick(&["<", "<=", ">", ">="]);
                Expr::binary(operator, self.expr(&ty), self.expr(&ty))
            }
            1 => {
                let ty = self.types.any(&mut self.random, 1);
                let operator = *self.random.pick(&["==", "!="]);
                Expr::binary(operator, self.expr(&ty), self.expr(&ty))
            }
            2 => {
                let operator = *self.random.pick(&["&&", "||", "->"]);
                Expr::binary(operator, self.expr(&Ty::Bool), self.expr(&Ty::Bool))
            }
            3 => Expr::Unary("!", Box::new(self.expr(&Ty::Bool))),
            4 => {
                let name = *self.random.pick(&NAMES);
                let ty = Ty::record(&[(*self.random.pick(&NAMES), self.types.any(&mut self.random, 1))]);
                Expr::Has(Box::new(self.expr(&ty)), name.into())
            }
            _ => self.least(&Ty::Bool),
        }
    }

    fn string(&mut self) -> Expr {
        match self.random.below(4) {
            0 => Expr::binary("+", self.expr(&Ty::Str), self.expr(&Ty::Str)),
            1 => Expr::Text(vec![("a-".into(), self.expr(&Ty::Str)), (".".into(), self.expr(&Ty::Str))]),
            _ => self.least(&Ty::Str),
        }
    }

    fn list(&mut self, item: &Ty) -> Expr {
        if self.random.percent(15) {
            let list = Ty::list(item.clone());
            return Expr::binary("++", self.expr(&list), self.expr(&list));
        }
        let count = self.random.below(4);
        Expr::List((0..count).map(|_| self.expr(item)).collect())
    }

    fn map(&mut self, item: &Ty) -> Expr {
        if self.random.percent(15) {
            let map = Ty::map(item.clone());
            return Expr::binary("//", self.expr(&map), self.expr(&map));
        }
        let mut names = NAMES;
        self.random.shuffle(&mut names);
        let count = self.random.below(4);
        let mut entries: Vec<Entry> = names[..count].iter().map(|name| bound(name, self.expr(item))).collect();
        if self.random.percent(20) {
            let name = Expr::Text(vec![("x".into(), self.least(&Ty::Str))]).print(true);
            entries.push(bound(name.trim_end(), self.expr(item)));
        }
        Expr::Set { recursive: false, entries }
    }

    fn record(&mut self, fields: &[Field], open: bool) -> Expr {
        if !open && !fields.is_empty() && self.random.percent(15) {
            return self.joined(fields);
        }
        let recursive = self.random.percent(15);
        let mark = self.scope.mark();
        let left_out: Vec<bool> =
            fields.iter().map(|field| field.presence == Presence::Optional && self.random.percent(50)).collect();
        let given: Vec<&Field> =
            fields.iter().zip(left_out).filter(|(_, left_out)| !left_out).map(|(field, _)| field).collect();
        if recursive {
            given.iter().for_each(|field| self.scope.bind(field.name, None));
        }
        let mut entries = Vec::new();
        for field in &given {
            let entry = self.field(field, recursive);
            if recursive {
                let declared = matches!(entry, Entry::Bind { ty: Some(_), .. });
                self.scope.bind_declared(field.name, Some(field.ty.clone()), declared);
            }
            entries.push(entry);
        }
        self.scope.back(mark);
        if open && self.random.percent(60) {
            entries.push(bound("extra", self.expr(&Ty::Bool)));
        }
        Expr::Set { recursive, entries }
    }

    /// A field by `=`, or by `inherit` where something in scope has it.
    fn field(&mut self, field: &Field, recursive: bool) -> Entry {
        let having: Vec<Expr> = self
            .scope
            .visible()
            .into_iter()
            .filter_map(|(expr, ty)| {
                let Expr::Select(of, name, None) = expr else { return None };
                (name == field.name && ty.is_part_of(&field.ty)).then_some(*of)
            })
            .collect();
        if !having.is_empty() && self.random.percent(40) {
            return Entry::Inherit { from: Some(self.random.pick(&having).clone()), name: field.name.into() };
        }
        let ty = (recursive && self.random.percent(30)).then(|| field.ty.show());
        Entry::Bind { name: field.name.into(), ty, value: self.expr(&field.ty) }
    }

    /// A record as `left // right`, of which the right one has the last word.
    fn joined(&mut self, fields: &[Field]) -> Expr {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for field in fields {
            match self.random.below(3) {
                0 => left.push(field.clone()),
                1 => right.push(field.clone()),
                _ => {
                    left.push(Field { ty: self.types.any(&mut self.random, 0), ..field.clone() });
                    right.push(Field { presence: Presence::Required, ..field.clone() });
                }
            }
        }
        let (left, right) = (self.record(&left, false), self.record(&right, false));
        Expr::binary("//", left, right)
    }

    /// A function, with or without annotations; of a record, by its fields or by a name.
    pub fn lambda(&mut self, from: &Ty, to: &Ty) -> Expr {
        let mark = self.scope.mark();
        let param = match from.meaning() {
            Ty::Record { fields, open } if self.random.percent(50) => self.formals(&fields, open, from),
            _ => {
                let name = self.name("x");
                self.scope.bind(&name, Some(from.clone()));
                Param::Name(name)
            }
        };
        let body = if self.fuel > 0 { self.expr(to) } else { self.least(to) };
        self.scope.back(mark);
        Expr::Lambda(param, Box::new(body))
    }

    fn formals(&mut self, fields: &[Field], open: bool, whole: &Ty) -> Param {
        let mut formals = Vec::new();
        fields.iter().for_each(|field| self.scope.bind(field.name, None));
        let alias = self.random.percent(30).then(|| self.name("all"));
        for field in fields {
            let default = (field.presence == Presence::Optional).then(|| self.least(&field.ty));
            let ty = self.random.percent(40).then(|| field.ty.show());
            formals.push(Formal { name: field.name.into(), ty, default });
        }
        for (field, formal) in fields.iter().zip(&formals) {
            self.scope.bind_declared(field.name, Some(field.ty.clone()), formal.ty.is_some());
        }
        if let Some(alias) = &alias {
            self.scope.bind(alias, Some(whole.clone()));
        }
        Param::Formals { formals, open: open || self.random.percent(20), alias }
    }

    fn conditional(&mut self, ty: &Ty) -> Expr {
        Expr::If(Box::new([self.expr(&Ty::Bool), self.expr(ty), self.expr(ty)]))
    }

    fn assertion(&mut self, ty: &Ty) -> Expr {
        let holds = Expr::binary("||", Expr::word("true"), self.expr(&Ty::Bool));
        Expr::Assert(Box::new([holds, self.expr(ty)]))
    }

    fn binding(&mut self, ty: &Ty) -> Expr {
        let mark = self.scope.mark();
        let entries = (0..=self.random.below(2)).map(|_| self.bind_any()).collect();
        let body = self.expr(ty);
        self.scope.back(mark);
        Expr::Let(entries, Box::new(body))
    }

    /// Binds a new name to something.
    pub fn bind_any(&mut self) -> Entry {
        let ty = match self.random.percent(30) {
            true => Ty::function(self.types.any(&mut self.random, 2), self.types.any(&mut self.random, 1)),
            false => self.types.any(&mut self.random, 2),
        };
        self.bind(&ty, 45)
    }

    /// Binds a new name to something of the type, which is written there so many times out of a hundred.
    pub fn bind(&mut self, ty: &Ty, annotated: u64) -> Entry {
        let annotated = self.random.percent(annotated);
        let value = match ty.meaning() {
            // Only here is something left out that a type fills in.
            Ty::Record { fields, open } if annotated && mentions_defaults(ty) => {
                let given: Vec<Field> =
                    fields.into_iter().filter(|field| !matches!(field.presence, Presence::Default(_))).collect();
                self.record(&given, open)
            }
            _ => self.expr(ty),
        };
        let name = self.name(if ty.is_data() { "v" } else { "f" });
        self.scope.bind_declared(&name, Some(ty.clone()), annotated);
        if let Ty::Function(from, to) = ty {
            self.callables.push(Callable {
                name: name.clone(),
                arguments: vec![(**from).clone()],
                result: (**to).clone(),
            });
        }
        Entry::Bind { name, ty: annotated.then(|| ty.show()), value }
    }

    fn with(&mut self, ty: &Ty) -> Option<Expr> {
        let other = self.types.any(&mut self.random, 2);
        let Ty::Record { fields, open: false } = other.meaning() else { return None };
        let scope = self.expr(&other);
        let mark = self.scope.mark();
        for field in &fields {
            // What is bound around is closer, and what a `with` around has is further away.
            let known = field.presence == Presence::Required && !self.scope.is_bound(field.name);
            self.scope.offer(field.name, known.then(|| field.ty.clone()));
        }
        let body = self.expr(ty);
        self.scope.back(mark);
        Some(Expr::With(Box::new([scope, body])))
    }

    /// `e.name or d` of an optional field.
    fn select_or(&mut self, ty: &Ty) -> Option<Expr> {
        let mut found = Vec::new();
        for (expr, own) in self.scope.visible() {
            if let Ty::Record { fields, .. } = own.meaning() {
                let fitting = fields.into_iter().filter(|field| field.ty.is_part_of(ty));
                found.extend(fitting.map(|field| (expr.clone(), field.name)));
            }
        }
        if found.is_empty() {
            return None;
        }
        let (expr, name) = self.random.pick(&found).clone();
        Some(Expr::Select(Box::new(expr), name.into(), Some(Box::new(self.expr(ty)))))
    }

    /// A field of a set that is written there.
    fn selected(&mut self, ty: &Ty) -> Option<Expr> {
        let name = *self.random.pick(&NAMES);
        let other = *self.random.pick(&NAMES);
        let mut fields = vec![(name, ty.clone())];
        if other != name {
            fields.push((other, self.types.any(&mut self.random, 1)));
        }
        let record = Ty::record(&fields);
        Some(self.expr(&record).select(name))
    }

    fn applied_lambda(&mut self, ty: &Ty) -> Expr {
        let from = self.types.any(&mut self.random, 2);
        let (function, argument) = (self.lambda(&from, ty), self.expr(&from));
        Expr::Call(Box::new(function), vec![argument])
    }

    /// A call of something whose result can have the type.
    fn call(&mut self, ty: &Ty) -> Option<Expr> {
        let mut fitting: Vec<(usize, Vec<(&'static str, Ty)>)> = Vec::new();
        for (at, callable) in self.callables.iter().enumerate() {
            let mut bound = Vec::new();
            let known = self.scope.is_bound(&callable.name) || callable.name.contains('.') || is_global(&callable.name);
            if known && callable.result.matches(ty, &mut bound) {
                fitting.push((at, bound));
            }
        }
        if fitting.is_empty() {
            return None;
        }
        let (at, mut bound) = self.random.pick(&fitting).clone();
        let callable = self.callables[at].clone();
        let mut variables = Vec::new();
        callable.arguments.iter().for_each(|argument| argument.variables(&mut variables));
        for name in variables {
            if bound.iter().all(|(variable, _)| *variable != name) {
                bound.push((name, self.types.any(&mut self.random, 1)));
            }
        }
        let arguments: Vec<Ty> = callable.arguments.iter().map(|argument| argument.with(&bound)).collect();
        let arguments = self.exprs(&arguments);
        Some(Expr::call(callable.name, arguments))
    }

    /// A function that calls itself, so many times.
    fn loop_of(&mut self, ty: &Ty) -> Option<Expr> {
        if !ty.is_data() {
            return None;
        }
        let [go, n, acc] = ["go", "n", "acc"].map(|kind| self.name(kind));
        let start = self.least(ty);
        let mark = self.scope.mark();
        self.scope.bind(&n, Some(Ty::Int));
        self.scope.bind(&acc, Some(ty.clone()));
        let step = self.expr(ty);
        self.scope.back(mark);
        let less = Expr::binary("-", Expr::word(&n), Expr::word("1"));
        let again = Expr::call(&go, vec![less, step]);
        let done = Expr::binary("<", Expr::word(&n), Expr::word("1"));
        let body = Expr::If(Box::new([done, Expr::word(&acc), again]));
        let inner = Expr::Lambda(Param::Name(acc), Box::new(body));
        let value = Expr::Lambda(Param::Name(n), Box::new(inner));
        let annotation = Ty::function(Ty::Int, Ty::function(ty.clone(), ty.clone())).show();
        let ty = self.random.percent(50).then_some(annotation);
        let times = Expr::word(*self.random.pick(&["0", "1", "2"]));
        let call = Expr::call(&go, vec![times, start]);
        Some(Expr::Let(vec![Entry::Bind { name: go, ty, value }], Box::new(call)))
    }
}

fn is_global(name: &str) -> bool {
    matches!(name, "map" | "toString")
}

pub fn bound(name: &str, value: Expr) -> Entry {
    Entry::Bind { name: name.into(), ty: None, value }
}

/// Whether values of the type have fields only because the type fills them in.
pub fn mentions_defaults(ty: &Ty) -> bool {
    match ty {
        Ty::Named(declared, arguments) => {
            matches!(&declared.body, Body::Plain(ty) if mentions_defaults(ty))
                || arguments.iter().any(mentions_defaults)
        }
        Ty::List(inner) | Ty::Map(inner) => mentions_defaults(inner),
        Ty::Function(from, to) => mentions_defaults(from) || mentions_defaults(to),
        Ty::Union(members) => members.iter().any(mentions_defaults),
        Ty::Record { fields, .. } => {
            fields.iter().any(|field| matches!(field.presence, Presence::Default(_)) || mentions_defaults(&field.ty))
        }
        _ => false,
    }
}
