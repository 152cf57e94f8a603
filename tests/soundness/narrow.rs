//! Conditions that say something of a value, and the branches that rely on it.

use crate::generate::Generator;
use crate::tree::Expr;
use crate::types::{Field, Presence, Ty};

/// A condition on a value, and what the value is where it holds and where it does not.
struct Question {
    condition: Expr,
    of: Expr,
    holds: Ty,
    fails: Ty,
}

impl Generator {
    /// `if` with a condition on something in scope.
    pub fn narrowed(&mut self, ty: &Ty) -> Option<Expr> {
        let question = self.question()?;
        let own = self.scope.visible().into_iter().find(|(expr, _)| *expr == question.of)?.1;
        let Question { condition, of, holds, fails } = question;
        let (condition, holds, fails) = match self.random.below(6) {
            0 => (Expr::Unary("!", Box::new(condition)), fails, holds),
            1 => (self.extended("&&", condition, &of, &holds), holds, own),
            2 => (self.extended("||", condition, &of, &fails), own, fails),
            _ => (condition, holds, fails),
        };
        let then = self.knowing(&of, holds, |generator| generator.expr(ty));
        let otherwise = self.knowing(&of, fails, |generator| generator.expr(ty));
        Some(Expr::If(Box::new([condition, then, otherwise])))
    }

    /// The condition and another one, which may rely on it.
    fn extended(&mut self, operator: &'static str, condition: Expr, of: &Expr, known: &Ty) -> Expr {
        let other = self.knowing(of, known.clone(), Generator::boolean);
        Expr::binary(operator, condition, other)
    }

    fn knowing(&mut self, of: &Expr, ty: Ty, make: impl FnOnce(&mut Generator) -> Expr) -> Expr {
        let mark = self.scope.mark();
        self.scope.learn(of, ty);
        let made = make(self);
        self.scope.back(mark);
        made
    }

    fn question(&mut self) -> Option<Question> {
        let mut questions = Vec::new();
        for (of, ty) in self.scope.visible() {
            if self.scope.can_be_learned(&of) {
                presence(&of, &ty, &mut questions);
                let mut members = Vec::new();
                flatten(&ty, &mut members);
                if members.len() > 1 {
                    kinds(&of, &members, &mut questions);
                    values(&of, &members, &mut questions);
                    // What a tag goes with is known only where it is said.
                    if self.scope.is_declared(&of) {
                        tags(&of, &members, &mut questions);
                    }
                }
            }
        }
        if questions.is_empty() { None } else { Some(questions.swap_remove(self.random.below(questions.len()))) }
    }
}

/// The members of a union, and of the unions among them.
fn flatten(ty: &Ty, members: &mut Vec<Ty>) {
    match ty.meaning() {
        Ty::Union(inner) => inner.iter().for_each(|member| flatten(member, members)),
        other => members.push(other),
    }
}

/// The two halves of a union; nothing if one of them is empty.
fn halves(members: &[Ty], holds: impl Fn(&Ty) -> bool) -> Option<(Ty, Ty)> {
    let (yes, no): (Vec<Ty>, Vec<Ty>) = members.iter().cloned().partition(holds);
    let union = |mut members: Vec<Ty>| match members.len() {
        0 => None,
        1 => members.pop(),
        _ => Some(Ty::Union(members)),
    };
    Some((union(yes)?, union(no)?))
}

/// What `builtins.typeOf` says of all values of a type; nothing if it says several things.
fn kind(ty: &Ty) -> Option<&'static str> {
    Some(match ty.meaning() {
        Ty::Int => "int",
        Ty::Float => "float",
        Ty::Bool => "bool",
        Ty::Str => "string",
        Ty::Null => "null",
        Ty::Literal(_, base) => return kind(&base),
        Ty::Refined(refined) => return kind(&refined.base()),
        Ty::List(_) => "list",
        Ty::Map(_) | Ty::Record { .. } => "set",
        Ty::Function(..) => "lambda",
        _ => return None,
    })
}

/// `builtins.isString x`, `builtins.typeOf x == "string"`
fn kinds(of: &Expr, members: &[Ty], questions: &mut Vec<Question>) {
    if members.iter().any(|member| kind(member).is_none()) {
        return;
    }
    let tests = [("isString", "string"), ("isInt", "int"), ("isBool", "bool"), ("isList", "list"), ("isAttrs", "set")];
    for (test, wanted) in tests {
        let Some((holds, fails)) = halves(members, |member| kind(member) == Some(wanted)) else { continue };
        let asked = Expr::call("builtins.typeOf", vec![of.clone()]);
        let by_name = Expr::binary("==", asked, Expr::word(format!("\"{wanted}\"")));
        for condition in [Expr::call(format!("builtins.{test}"), vec![of.clone()]), by_name] {
            questions.push(Question { condition, of: of.clone(), holds: holds.clone(), fails: fails.clone() });
        }
    }
}

/// `x == null`, `x != "low"`
fn values(of: &Expr, members: &[Ty], questions: &mut Vec<Question>) {
    for member in members {
        let (text, base) = match member {
            Ty::Null => ("null".to_string(), Ty::Null),
            Ty::Literal(text, base) => (text.clone(), (**base).clone()),
            _ => continue,
        };
        if members.iter().any(|other| matches!(other, Ty::Refined(_)) || (base.is_part_of(other) && base != Ty::Null)) {
            continue;
        }
        let Some((holds, fails)) = halves(members, |other| other == member) else { continue };
        let ask = |operator| Expr::binary(operator, of.clone(), Expr::word(&text));
        let (yes, no) = (holds.clone(), fails.clone());
        questions.push(Question { condition: ask("=="), of: of.clone(), holds, fails });
        questions.push(Question { condition: ask("!="), of: of.clone(), holds: no, fails: yes });
    }
}

/// `x.kind == "circle"`
fn tags(of: &Expr, members: &[Ty], questions: &mut Vec<Question>) {
    let tag = |member: &Ty| match member {
        Ty::Record { fields, .. } => fields.iter().find_map(|field| match &field.ty {
            Ty::Literal(text, _) if field.name == "kind" => Some(text.clone()),
            _ => None,
        }),
        _ => None,
    };
    // Who has no tag has to be told apart first.
    let Some(tags) = members.iter().map(tag).collect::<Option<Vec<String>>>() else { return };
    for text in &tags {
        let Some((holds, fails)) = halves(members, |member| tag(member).as_ref() == Some(text)) else { continue };
        let condition = Expr::binary("==", of.clone().select("kind"), Expr::word(text));
        questions.push(Question { condition, of: of.clone(), holds, fails });
    }
}

/// `x ? name` of a field that may be there.
fn presence(of: &Expr, ty: &Ty, questions: &mut Vec<Question>) {
    let Ty::Record { fields, open } = ty.meaning() else { return };
    for (at, field) in fields.iter().enumerate() {
        if field.presence == Presence::Optional {
            let mut there = fields.clone();
            there[at] = Field { presence: Presence::Required, ..field.clone() };
            let condition = Expr::Has(Box::new(of.clone()), field.name.into());
            let holds = Ty::Record { fields: there, open };
            questions.push(Question { condition, of: of.clone(), holds, fails: ty.clone() });
        }
    }
}
