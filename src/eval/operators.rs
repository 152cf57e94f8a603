//! The operators, with Nix's meaning; overflow is an error.

use super::{Coercion, error};
use crate::diag::Code;
use crate::source::Span;
use crate::term::{BinaryOp, TermRef};
use crate::value::{Env, Error, Evaluator, Kind, List, Result, Value};

impl Evaluator {
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        left: &TermRef,
        right: &TermRef,
        env: &Env,
        span: Span,
    ) -> Result<Value> {
        let kind = match op {
            BinaryOp::And => Kind::Bool(
                self.condition(left, env, "the left operand of `&&`")?
                    && self.condition(right, env, "the right operand of `&&`")?,
            ),
            BinaryOp::Or => Kind::Bool(
                self.condition(left, env, "the left operand of `||`")?
                    || self.condition(right, env, "the right operand of `||`")?,
            ),
            BinaryOp::Implies => Kind::Bool(
                !self.condition(left, env, "the left operand of `->`")?
                    || self.condition(right, env, "the right operand of `->`")?,
            ),
            BinaryOp::PipeRight => {
                let argument = self.delay(left, env);
                let function = self.eval(right, env)?;
                return self.apply(&function, argument, span);
            }
            BinaryOp::PipeLeft => {
                let function = self.eval(left, env)?;
                let argument = self.delay(right, env);
                return self.apply(&function, argument, span);
            }
            op => {
                let a = self.eval(left, env)?;
                let b = self.eval(right, env)?;
                self.strict(op, &a, &b, (left.span, right.span), span)?
            }
        };
        Ok(Value::new(kind, span))
    }

    /// The operators that need both operands.
    fn strict(&mut self, op: BinaryOp, a: &Value, b: &Value, sides: (Span, Span), span: Span) -> Result<Kind> {
        let operand = |side: &str| format!("the {side} operand of `{}`", op.symbol());
        Ok(match op {
            BinaryOp::Equal => Kind::Bool(self.equal(a, b, span)?),
            BinaryOp::NotEqual => Kind::Bool(!self.equal(a, b, span)?),
            BinaryOp::Less => Kind::Bool(self.less(a, b, span)?),
            BinaryOp::Greater => Kind::Bool(self.less(b, a, span)?),
            BinaryOp::LessEqual => Kind::Bool(!self.less(b, a, span)?),
            BinaryOp::GreaterEqual => Kind::Bool(!self.less(a, b, span)?),
            BinaryOp::Concat => match (&a.kind, &b.kind) {
                (Kind::List(a), Kind::List(b)) if a.is_empty() => Kind::List(b.clone()),
                (Kind::List(a), Kind::List(b)) if b.is_empty() => Kind::List(a.clone()),
                (Kind::List(a), Kind::List(b)) => Kind::List(List::new([&**a, &**b].concat())),
                (Kind::List(_), _) => return Err(self.wrong_kind(b, "a list", &operand("right"), sides.1)),
                _ => return Err(self.wrong_kind(a, "a list", &operand("left"), sides.0)),
            },
            BinaryOp::Update => match (&a.kind, &b.kind) {
                (Kind::Attrs(a), Kind::Attrs(b)) => Kind::Attrs(a.update(b)),
                (Kind::Type(ty), Kind::Attrs(b)) if let Some(faces) = self.type_faces => {
                    (faces.changed)(self, ty, b, span)?.kind
                }
                (Kind::Attrs(_), _) => return Err(self.wrong_kind(b, "a set", &operand("right"), sides.1)),
                _ => return Err(self.wrong_kind(a, "a set", &operand("left"), sides.0)),
            },
            BinaryOp::Add => self.plus(a, b, sides, span)?,
            op => self.arithmetic(op, a, b, sides, span)?,
        })
    }

    /// `+`: numbers, strings, paths.
    fn plus(&mut self, a: &Value, b: &Value, sides: (Span, Span), span: Span) -> Result<Kind> {
        match (&a.kind, &b.kind) {
            (Kind::Int(_) | Kind::Float(_), _) => self.arithmetic(BinaryOp::Add, a, b, sides, span),
            (Kind::Path(path), _) => {
                let text = self.coerce(b, Coercion::Path, sides.1)?;
                Ok(Kind::Path(std::rc::Rc::new(super::strings::normalized(&format!("{}{text}", path.display())))))
            }
            (Kind::Str(_) | Kind::Attrs(_), _) => {
                let mut text = self.coerce(a, Coercion::Interpolation, sides.0)?;
                text.push_str(&self.coerce(b, Coercion::Interpolation, sides.1)?);
                Ok(Kind::Str(text))
            }
            (Kind::Secret(secret), Kind::Str(_) | Kind::Secret(_)) => Err(self.visible(secret, sides.0, "a string")),
            _ => Err(self.wrong_kind(a, "a number, a string or a path", "the left operand of `+`", sides.0)),
        }
    }

    /// Numbers: of two integers an integer, else a float.
    pub fn arithmetic(&mut self, op: BinaryOp, a: &Value, b: &Value, sides: (Span, Span), span: Span) -> Result<Kind> {
        self.looks_into(a);
        self.looks_into(b);
        let (x, y) = match (&a.kind, &b.kind) {
            (Kind::Int(_), Kind::Int(0)) if op == BinaryOp::Divide => return Err(division_by_zero(b, span)),
            (Kind::Int(a), Kind::Int(b)) => return integers(op, *a, *b, span).map(Kind::Int),
            (Kind::Int(a), Kind::Float(b)) => (*a as f64, *b),
            (Kind::Float(a), Kind::Int(b)) => (*a, *b as f64),
            (Kind::Float(a), Kind::Float(b)) => (*a, *b),
            (Kind::Int(_) | Kind::Float(_), _) => {
                return Err(self.wrong_kind(
                    b,
                    "a number",
                    &format!("the right operand of `{}`", op.symbol()),
                    sides.1,
                ));
            }
            _ => {
                return Err(self.wrong_kind(a, "a number", &format!("the left operand of `{}`", op.symbol()), sides.0));
            }
        };
        Ok(Kind::Float(match op {
            BinaryOp::Add => x + y,
            BinaryOp::Subtract => x - y,
            BinaryOp::Multiply => x * y,
            _ if y == 0.0 => return Err(division_by_zero(b, span)),
            _ => x / y,
        }))
    }

    pub(super) fn negate(&mut self, operand: &TermRef, env: &Env, span: Span) -> Result<Kind> {
        let value = self.eval(operand, env)?;
        self.looks_into(&value);
        match value.kind {
            Kind::Int(number) => integers(BinaryOp::Subtract, 0, number, span).map(Kind::Int),
            // As in Nix a subtraction from zero, so that there is no `-0.0`.
            Kind::Float(number) => Ok(Kind::Float(0.0 - number)),
            _ => Err(self.wrong_kind(&value, "a number", "the operand of `-`", operand.span)),
        }
    }
}

fn integers(op: BinaryOp, a: i64, b: i64, span: Span) -> Result<i64> {
    let result = match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Subtract => a.checked_sub(b),
        BinaryOp::Multiply => a.checked_mul(b),
        _ => a.checked_div(b),
    };
    result.ok_or_else(|| {
        let message = format!("the result of `{a} {} {b}` does not fit in 64 bits", op.symbol());
        let hint = "integers end at 9223372036854775807; for larger numbers make one of the two a float";
        error(Code::Overflow, span, message).described(|finding| finding.hint(hint))
    })
}

fn division_by_zero(divisor: &Value, span: Span) -> Error {
    error(Code::DivisionByZero, span, "division by zero").described(|finding| {
        finding
            .label("divided here")
            .also(divisor.origin, "this is 0")
            .hint("ask first: `if divisor == 0 then … else …`")
    })
}
