//! Whole programs: declarations, bindings, and a value in which all of it is used.

use crate::declare::Types;
use crate::generate::{Generator, bound};
use crate::library::{Callable, helpers};
use crate::tree::{Entry, Expr};
use crate::types::{Body, Declared, Ty};

/// A program.
#[derive(Clone)]
pub struct Program {
    pub expr: Expr,
    /// Whether its value is the same without types: none of them fills anything in.
    pub erasable: bool,
}

/// The program of a seed, which has no type errors.
pub fn program(seed: u64) -> Program {
    let mut generator = Generator::new(seed);
    let mut entries: Vec<Entry> = declarations(&generator.types);
    let erasable = !generator.types.have_defaults();
    let known = generator.callables.len();
    entries.extend(bind_helpers(&mut generator));
    let mut values = Vec::new();
    for _ in 0..2 + generator.random.below(3) {
        generator.fuel = generator.fuel.max(7);
        let entry = generator.bind_any();
        if let Entry::Bind { name, .. } = &entry {
            values.push(name.clone());
        }
        entries.push(entry);
    }
    let result = result(&mut generator, &values, known);
    generator.random.shuffle(&mut entries);
    Program { expr: Expr::Let(entries, Box::new(result)), erasable }
}

fn declarations(types: &Types) -> Vec<Entry> {
    let declaration = |declared: &std::rc::Rc<Declared>| {
        let parameters: String = declared.parameters.iter().map(|name| format!(" {name}")).collect();
        let own = declared.parameters.iter().map(|name| Ty::Var(name)).collect();
        let ty = match &declared.body {
            Body::Value(text, _) => return bound(&declared.name, Expr::word(*text)),
            Body::Plain(ty) => ty.show(),
            Body::Recursive(make) => make(Ty::Named(declared.clone(), own)).show(),
        };
        Entry::Type(format!("type {}{parameters} = {ty}", declared.name))
    };
    types.declared.iter().map(declaration).collect()
}

fn bind_helpers(generator: &mut Generator) -> Vec<Entry> {
    let mut all = helpers();
    generator.random.shuffle(&mut all);
    all.truncate(generator.random.below(4));
    let mut entries = Vec::new();
    for helper in all {
        let ty = helper.annotation.filter(|_| generator.random.percent(50)).map(str::to_string);
        generator.scope.bind(helper.name, None);
        entries.push(Entry::Bind { name: helper.name.into(), ty, value: Expr::word(helper.text) });
        let callable = Callable { name: helper.name.into(), arguments: helper.arguments, result: helper.result };
        // Rather these than what everybody has.
        generator.callables.extend(std::iter::repeat_n(callable, 3));
    }
    entries
}

/// A set of everything that was bound; of functions, what they make of an argument.
fn result(generator: &mut Generator, values: &[String], known: usize) -> Expr {
    let mut entries = Vec::new();
    for name in values {
        let callable = generator.callables[known..].iter().find(|callable| callable.name == *name).cloned();
        generator.fuel = generator.fuel.max(4);
        match callable {
            None => entries.push(Entry::Inherit { from: None, name: name.clone() }),
            Some(callable) => {
                let arguments = callable.arguments.iter().map(|ty| generator.expr(ty)).collect();
                entries.push(bound(&format!("of-{name}"), Expr::call(name, arguments)));
            }
        }
    }
    generator.fuel = generator.fuel.max(6);
    let ty = generator.types.any(&mut generator.random, 2);
    entries.push(bound("result", generator.expr(&ty)));
    Expr::Set { recursive: false, entries }
}
