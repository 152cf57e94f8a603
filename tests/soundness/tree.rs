//! Programs as trees, so that they can be printed with and without their types, changed, and shrunk.

use std::fmt::Write;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A literal or a name (`lib.map`), as it is written.
    Word(String),
    /// A string with expressions between texts.
    Text(Vec<(String, Expr)>),
    List(Vec<Expr>),
    Set {
        recursive: bool,
        entries: Vec<Entry>,
    },
    Let(Vec<Entry>, Box<Expr>),
    Lambda(Param, Box<Expr>),
    Call(Box<Expr>, Vec<Expr>),
    /// `e.name`, `e.name or d`
    Select(Box<Expr>, String, Option<Box<Expr>>),
    Has(Box<Expr>, String),
    If(Box<[Expr; 3]>),
    With(Box<[Expr; 2]>),
    Assert(Box<[Expr; 2]>),
    Unary(&'static str, Box<Expr>),
    Binary(&'static str, Box<[Expr; 2]>),
}

/// What stands in a set or a `let`.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    Bind {
        name: String,
        ty: Option<String>,
        value: Expr,
    },
    /// `inherit (from) name;`
    Inherit {
        from: Option<Expr>,
        name: String,
    },
    /// `type …;`, of which nothing is left without types.
    Type(String),
}

/// What a function takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    Name(String),
    Formals { formals: Vec<Formal>, open: bool, alias: Option<String> },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Formal {
    pub name: String,
    pub ty: Option<String>,
    pub default: Option<Expr>,
}

impl Expr {
    pub fn word(text: impl Into<String>) -> Expr {
        Expr::Word(text.into())
    }

    pub fn call(function: impl Into<String>, arguments: Vec<Expr>) -> Expr {
        Expr::Call(Box::new(Expr::Word(function.into())), arguments)
    }

    pub fn select(self, name: impl Into<String>) -> Expr {
        Expr::Select(Box::new(self), name.into(), None)
    }

    pub fn binary(operator: &'static str, left: Expr, right: Expr) -> Expr {
        Expr::Binary(operator, Box::new([left, right]))
    }

    /// The expressions right inside this one.
    pub fn inside(&mut self) -> Vec<&mut Expr> {
        match self {
            Expr::Word(_) => Vec::new(),
            Expr::Text(parts) => parts.iter_mut().map(|(_, part)| part).collect(),
            Expr::List(items) => items.iter_mut().collect(),
            Expr::Set { entries, .. } => entries.iter_mut().filter_map(Entry::value).collect(),
            Expr::Let(entries, body) => {
                entries.iter_mut().filter_map(Entry::value).chain(std::iter::once(&mut **body)).collect()
            }
            Expr::Lambda(Param::Name(_), body) => vec![body],
            Expr::Lambda(Param::Formals { formals, .. }, body) => {
                let defaults = formals.iter_mut().filter_map(|formal| formal.default.as_mut());
                defaults.chain(std::iter::once(&mut **body)).collect()
            }
            Expr::Call(function, arguments) => std::iter::once(&mut **function).chain(arguments).collect(),
            Expr::Select(of, _, default) => {
                std::iter::once(&mut **of).chain(default.iter_mut().map(|default| &mut **default)).collect()
            }
            Expr::Has(of, _) | Expr::Unary(_, of) => vec![of],
            Expr::If(parts) => parts.iter_mut().collect(),
            Expr::With(parts) | Expr::Assert(parts) | Expr::Binary(_, parts) => parts.iter_mut().collect(),
        }
    }

    /// How many expressions this one is made of.
    pub fn size(&mut self) -> usize {
        1 + self.inside().into_iter().map(Expr::size).sum::<usize>()
    }

    /// The expression at a place, counted from the outside and from the left.
    pub fn at(&mut self, place: usize) -> Option<&mut Expr> {
        if place == 0 {
            return Some(self);
        }
        let mut left = place - 1;
        for inner in self.inside() {
            let size = inner.size();
            if left < size {
                return inner.at(left);
            }
            left -= size;
        }
        None
    }

    /// The program's text; `typed`: with its annotations and type declarations.
    pub fn print(&self, typed: bool) -> String {
        let mut printer = Printer { text: String::new(), typed, indent: 0 };
        printer.expr(self);
        printer.text.push('\n');
        printer.text
    }
}

impl Entry {
    fn value(&mut self) -> Option<&mut Expr> {
        match self {
            Entry::Bind { value, .. } => Some(value),
            Entry::Inherit { from, .. } => from.as_mut(),
            Entry::Type(_) => None,
        }
    }
}

struct Printer {
    text: String,
    typed: bool,
    indent: usize,
}

impl Printer {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("  ", self.indent));
    }

    /// Where anything may stand.
    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Let(entries, body) => {
                self.put("let");
                self.entries(entries);
                self.put("in");
                self.line();
                self.expr(body);
            }
            Expr::Lambda(param, body) => {
                self.param(param);
                self.put(": ");
                self.expr(body);
            }
            Expr::Call(function, arguments) => {
                self.atom(function);
                for argument in arguments {
                    self.put(" ");
                    self.atom(argument);
                }
            }
            Expr::If(parts) => self.words(["if ", " then ", " else "], parts),
            Expr::With(parts) => self.words(["with ", "; "], parts),
            Expr::Assert(parts) => self.words(["assert ", "; "], parts),
            Expr::Unary(operator, operand) => {
                self.put(operator);
                self.atom(operand);
            }
            Expr::Binary(operator, parts) => {
                self.atom(&parts[0]);
                let _ = write!(self.text, " {operator} ");
                self.atom(&parts[1]);
            }
            Expr::Has(of, name) => {
                self.atom(of);
                let _ = write!(self.text, " ? {name}");
            }
            _ => self.atom(expr),
        }
    }

    fn words<const N: usize>(&mut self, words: [&str; N], parts: &[Expr; N]) {
        for (word, part) in words.iter().zip(parts) {
            self.put(word);
            self.expr(part);
        }
    }

    /// Where only what holds together may stand.
    fn atom(&mut self, expr: &Expr) {
        match expr {
            Expr::Word(word) if !word.starts_with('-') => self.put(word),
            Expr::Text(parts) => self.string(parts),
            Expr::List(items) => {
                self.put("[ ");
                for item in items {
                    self.atom(item);
                    self.put(" ");
                }
                self.put("]");
            }
            Expr::Set { recursive, entries } => {
                self.put(if *recursive { "rec {" } else { "{" });
                self.entries(entries);
                self.put("}");
            }
            Expr::Select(of, name, default) => {
                self.put(if default.is_some() { "(" } else { "" });
                self.atom(of);
                let _ = write!(self.text, ".{name}");
                if let Some(default) = default {
                    self.put(" or ");
                    self.atom(default);
                    self.put(")");
                }
            }
            Expr::Word(word) => {
                let _ = write!(self.text, "({word})");
            }
            _ => {
                self.put("(");
                self.expr(expr);
                self.put(")");
            }
        }
    }

    fn string(&mut self, parts: &[(String, Expr)]) {
        self.put("\"");
        for (text, part) in parts {
            self.put(text);
            self.put("${");
            self.expr(part);
            self.put("}");
        }
        self.put("\"");
    }

    fn entries(&mut self, entries: &[Entry]) {
        self.indent += 1;
        for entry in entries {
            match entry {
                Entry::Type(_) if !self.typed => continue,
                _ => self.line(),
            }
            match entry {
                Entry::Bind { name, ty, value } => {
                    self.put(name);
                    self.ty(ty.as_ref());
                    self.put(" = ");
                    self.expr(value);
                }
                Entry::Inherit { from, name } => {
                    self.put("inherit ");
                    if let Some(from) = from {
                        self.put("(");
                        self.expr(from);
                        self.put(") ");
                    }
                    self.put(name);
                }
                Entry::Type(text) => self.put(text),
            }
            self.put(";");
        }
        self.indent -= 1;
        self.line();
    }

    fn ty(&mut self, ty: Option<&String>) {
        if let Some(ty) = ty.filter(|_| self.typed) {
            let _ = write!(self.text, " : {ty}");
        }
    }

    fn param(&mut self, param: &Param) {
        let (formals, open, alias) = match param {
            Param::Name(name) => return self.put(name),
            Param::Formals { formals, open, alias } => (formals, open, alias),
        };
        self.put("{ ");
        for (at, formal) in formals.iter().enumerate() {
            self.put(if at > 0 { ", " } else { "" });
            self.put(&formal.name);
            self.ty(formal.ty.as_ref());
            if let Some(default) = &formal.default {
                self.put(" ? ");
                self.expr(default);
            }
        }
        self.put(if *open && !formals.is_empty() {
            ", ... }"
        } else if *open {
            "... }"
        } else {
            " }"
        });
        if let Some(alias) = alias {
            let _ = write!(self.text, "@{alias}");
        }
    }
}
