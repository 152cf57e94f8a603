//! Regular expressions: `match` and `split`.

use std::rc::Rc;

use super::posix::{Groups, Posix};
use crate::diag::Code;
use crate::eval::error;
use crate::source::Span;
use crate::value::{Arguments, Evaluator, Native, Result, Value};

pub(super) const NATIVES: &[Native] =
    &[Native { name: "match", arity: 2, run: matching }, Native { name: "split", arity: 2, run: split }];

fn matching(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let regex = regex_of(machine, &call)?;
    let text = machine.string_of(&call, 1)?;
    Ok(match regex.matches(&text) {
        Some(groups) => list_of_groups(&groups, &text, call.span),
        None => Value::null(call.span),
    })
}

/// The stretches between the matches, and between them the groups of each match.
fn split(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let regex = regex_of(machine, &call)?;
    let text = machine.string_of(&call, 1)?;
    let mut pieces = Vec::new();
    let (mut behind, mut from) = (0, 0);
    while from <= text.len()
        && let Some((found, groups)) = regex.find(&text, from)
    {
        pieces.push(Value::string(&text[behind..found.start], call.span).into());
        pieces.push(list_of_groups(&groups, &text, call.span).into());
        behind = found.end;
        // The next match may be empty right here, but not after an empty one.
        let step = text[found.end..].chars().next().map_or(1, char::len_utf8);
        from = if found.is_empty() { found.end + step } else { found.end };
    }
    pieces.push(Value::string(&text[behind..], call.span).into());
    Ok(Value::list(pieces, call.span))
}

fn list_of_groups(groups: &Groups, text: &str, span: Span) -> Value {
    let group = |group: &Option<std::ops::Range<usize>>| match group {
        Some(range) => Value::string(&text[range.clone()], span).into(),
        None => Value::null(span).into(),
    };
    Value::list(groups.iter().map(group).collect(), span)
}

fn regex_of(machine: &mut Evaluator, call: &Arguments) -> Result<Rc<Posix>> {
    let source = machine.string_of(call, 0)?;
    Posix::new(&source).map_err(|why| {
        let origin = machine.value_of(call, 0).map_or(call.span, |value| value.origin);
        let message = format!("`{}` cannot read the regular expression: {why}", call.name);
        error(Code::BadRegex, origin.or(call.span), message).described(|finding| {
            let used = if origin == call.span { Span::NONE } else { call.span };
            finding
                .also(used, "used here")
                .hint("POSIX extended expressions, such as `([a-z]+)-([0-9]+)`, are expected")
        })
    })
}
