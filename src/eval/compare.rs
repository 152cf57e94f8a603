//! Equality and order.

use std::cmp::Ordering;
use std::rc::Rc;

use super::error;
use crate::diag::Code;
use crate::source::Span;
use crate::value::{Evaluator, Kind, Result, Thunk, Value};

impl Evaluator {
    /// `a == b`. Functions are never equal, except to themselves inside lists and sets (as in Nix).
    pub fn equal(&mut self, a: &Value, b: &Value, span: Span) -> Result<bool> {
        // Values of two kinds are never equal, whatever they are.
        if matches!(
            (&a.kind, &b.kind),
            (Kind::Str(_), Kind::Str(_))
                | (Kind::Bool(_), Kind::Bool(_))
                | (Kind::Int(_), Kind::Int(_) | Kind::Float(_))
                | (Kind::Float(_), Kind::Int(_))
        ) {
            self.compares(a, b, false);
        }
        self.deeper(span, |machine| match (&a.kind, &b.kind) {
            (Kind::Null, Kind::Null) => Ok(true),
            (Kind::Bool(a), Kind::Bool(b)) => Ok(a == b),
            (Kind::Int(a), Kind::Int(b)) => Ok(a == b),
            (Kind::Float(a), Kind::Float(b)) => Ok(a == b),
            (Kind::Int(a), Kind::Float(b)) | (Kind::Float(b), Kind::Int(a)) => Ok(*a as f64 == *b),
            (Kind::Str(a), Kind::Str(b)) => Ok(a == b),
            (Kind::Path(a), Kind::Path(b)) => Ok(a == b),
            (Kind::Type(a), Kind::Type(b)) => Ok(Rc::ptr_eq(a, b)),
            (Kind::List(a), Kind::List(b)) => {
                if a.same(b) {
                    return Ok(true);
                }
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (a, b) in a.iter().zip(b.iter()) {
                    if !machine.same_or_equal(a, b, span)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Kind::Attrs(a), Kind::Attrs(b)) => {
                if a.same(b) {
                    return Ok(true);
                }
                if a.len() != b.len() || a.iter().zip(b.iter()).any(|(a, b)| a.name != b.name) {
                    return Ok(false);
                }
                // By name, so that of several failures the same one is met on every run.
                for (a, b) in a.sorted().into_iter().zip(b.sorted()) {
                    if !machine.same_or_equal(&a.value, &b.value, span)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Kind::Secret(secret), Kind::Secret(_) | Kind::Str(_)) | (Kind::Str(_), Kind::Secret(secret)) => {
                Err(machine.compared(secret, span))
            }
            _ => Ok(false),
        })
    }

    fn same_or_equal(&mut self, a: &Thunk, b: &Thunk, span: Span) -> Result<bool> {
        if a.same(b) {
            // It is computed all the same: a failing value is not equal to itself.
            self.force_at(a, span)?;
            return Ok(true);
        }
        let (a, b) = (self.force_at(a, span)?, self.force_at(b, span)?);
        match (&a.kind, &b.kind) {
            (Kind::Lambda(a), Kind::Lambda(b)) if Rc::ptr_eq(a, b) => Ok(true),
            (Kind::Native(a), Kind::Native(b)) if Rc::ptr_eq(a, b) => Ok(true),
            _ => self.equal(&a, &b, span),
        }
    }

    /// `a < b`: numbers, strings by bytes, paths, and lists by their first difference.
    pub fn less(&mut self, a: &Value, b: &Value, span: Span) -> Result<bool> {
        self.compares(a, b, true);
        self.deeper(span, |machine| {
            let ordering = match (&a.kind, &b.kind) {
                (Kind::Int(a), Kind::Int(b)) => a.cmp(b),
                (Kind::Int(a), Kind::Float(b)) => return Ok((*a as f64) < *b),
                (Kind::Float(a), Kind::Int(b)) => return Ok(*a < *b as f64),
                (Kind::Float(a), Kind::Float(b)) => return Ok(a < b),
                (Kind::Str(a), Kind::Str(b)) => a.as_bytes().cmp(b.as_bytes()),
                (Kind::Path(a), Kind::Path(b)) => a.cmp(b),
                (Kind::List(a), Kind::List(b)) => {
                    for (a, b) in a.iter().zip(b.iter()) {
                        if !machine.same_or_equal(a, b, span)? {
                            let (a, b) = (machine.force_at(a, span)?, machine.force_at(b, span)?);
                            return machine.less(&a, &b, span);
                        }
                    }
                    a.len().cmp(&b.len())
                }
                (Kind::Secret(secret), _) | (_, Kind::Secret(secret)) => return Err(machine.compared(secret, span)),
                _ => {
                    // `a > b` asks whether `b < a`: people read them in the order of the text.
                    let (a, b) = if b.origin < a.origin { (b, a) } else { (a, b) };
                    let message = format!("cannot compare {} with {}", a.describe(), b.describe());
                    let hint = "only numbers, strings, paths and lists of these have an order";
                    return Err(error(Code::NotComparable, span, message).described(|finding| {
                        finding
                            .label("compared here")
                            .also(a.origin, format!("this is {}", a.describe()))
                            .also(b.origin, format!("this is {}", b.describe()))
                            .hint(hint)
                    }));
                }
            };
            Ok(ordering == Ordering::Less)
        })
    }
}
