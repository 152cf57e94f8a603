//! What the layers' rules find wrong with what people wrote: findings with a code, a place and what to do.

use crate::diag::{Code, Diagnostic};
use crate::layers::names::optional_text;
use crate::source::Span;
use crate::value::{Arguments, Evaluator, Result, Value};

/// What the rules find.
const CODES: &[Code] =
    &[Code::TypeMismatch, Code::UnknownField, Code::BadCombination, Code::UnknownSecret, Code::NativeSecret];

/// `__mistake { code, at, message, hint }` fails with this finding, at the first value of the list
/// `at` that a person wrote.
pub(super) fn mistake(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let request = machine.attrs_of(&call, 0)?;
    let code = optional_text(machine, &request, "code", call.span)?.unwrap_or_default();
    let message = optional_text(machine, &request, "message", call.span)?.unwrap_or_default();
    let hint = optional_text(machine, &request, "hint", call.span)?.unwrap_or_default();
    let mut place = Span::NONE;
    for value in super::ports::list_field(machine, &request, "at", call.span)? {
        let origin = machine.force_at(&value, call.span)?.origin;
        if machine.sources.is_user(origin) {
            place = origin;
            break;
        }
    }
    let known = CODES.iter().copied().find(|known| known.as_str() == code.as_str());
    let code = known.unwrap_or(Code::AssertionFailed);
    Err(Diagnostic::new(code, place, message.as_str()).hint(hint.as_str()).into())
}
