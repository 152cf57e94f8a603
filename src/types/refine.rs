//! Types narrowed by ranges and patterns: `Int(1..10)`, `String(/[a-z]+/)`.

use super::{Bounds, Pattern, Text, Type};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{Literal, Refinement};

/// `base` narrowed `by` a range or a pattern.
///
/// # Errors
/// When it cannot be narrowed like this, or the pattern cannot be read.
pub fn refined(base: &Type, by: &Refinement, span: Span) -> Result<Type, Box<Diagnostic>> {
    let whole = |literal: &Option<Literal>| match literal {
        None => Ok(None),
        Some(Literal::Int(number)) => Ok(Some(*number)),
        Some(_) => Err(Box::new(
            Diagnostic::new(Code::NotAType, span, format!("the bounds of `{base}` must be integers"))
                .hint("write whole numbers, or narrow `Float` or `Number` instead"),
        )),
    };
    let real = |literal: &Option<Literal>| match literal {
        Some(Literal::Int(number)) => Some(*number as f64),
        Some(Literal::Float(number)) => Some(*number),
        _ => None,
    };
    match (base.peeled(), by) {
        (Type::Int(_), Refinement::Range { min, max }) => Ok(Type::Int(Bounds { min: whole(min)?, max: whole(max)? })),
        (Type::Float(_), Refinement::Range { min, max }) => Ok(Type::Float(Bounds { min: real(min), max: real(max) })),
        (Type::Number(_), Refinement::Range { min, max }) => {
            Ok(Type::Number(Bounds { min: real(min), max: real(max) }))
        }
        (Type::String(text), Refinement::Range { min, max }) => {
            let length = Some(Bounds { min: whole(min)?, max: whole(max)? });
            Ok(Type::String(Text { length, ..text.clone() }))
        }
        (Type::String(text), Refinement::Pattern(source)) => match Pattern::new(source) {
            Ok(pattern) => Ok(Type::String(Text { pattern: Some(pattern), ..text.clone() })),
            Err(why) => {
                let finding = Diagnostic::new(Code::BadRegex, span, format!("the pattern cannot be read: {why}"));
                let hint = "write a regular expression such as `/[a-z]+-[0-9]+/`; `\\` makes a sign plain";
                Err(Box::new(finding.hint(hint)))
            }
        },
        _ => {
            let finding = Diagnostic::new(Code::NotAType, span, format!("`{base}` cannot be narrowed like this"));
            let hint = "ranges narrow numbers and the length of strings, `/…/` narrows strings";
            Err(Box::new(finding.hint(hint)))
        }
    }
}
