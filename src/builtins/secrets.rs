//! Secrets: recipes are made here, and joined; nothing is read. See [`crate::secret`].

use super::json;
use crate::diag::Code;
use crate::eval::{Depth, error};
use crate::node::{Node, NodeKind};
use crate::secret::{Encoding, Secret, Source, TooComplex};
use crate::source::Span;
use crate::value::{Arguments, Error, Evaluator, Kind, Native, Result, Value};

pub(super) const NATIVES: &[Native] = &[
    Native { name: "__secretBase64", arity: 1, run: |machine, call| encoded(machine, call, Encoding::Base64) },
    Native { name: "__secretEscapeURL", arity: 1, run: |machine, call| encoded(machine, call, Encoding::Url) },
    Native { name: "__secretFile", arity: 1, run: secret_of },
    Native { name: "__secretJoin", arity: 1, run: join },
    Native { name: "__secretJSON", arity: 1, run: to_json },
    Native { name: "__secretLine", arity: 1, run: |machine, call| encoded(machine, call, Encoding::Line) },
];

/// A secret, or the one in the file that a path names. That there is such a file is seen when it is read.
fn secret_of(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let secret = given(machine, &call)?;
    Ok(Value::new(Kind::Secret(secret), call.span))
}

fn given(machine: &mut Evaluator, call: &Arguments) -> Result<Secret> {
    let value = machine.value_of(call, 0)?;
    match &value.kind {
        Kind::Secret(secret) => Ok(secret.clone()),
        Kind::Path(path) => match machine.world.confine(path) {
            Ok(_) => Ok(Secret::from(Source::File((**path).clone()), call.span)),
            Err(failure) => Err(machine.unreadable(&failure, call.span)),
        },
        _ => Err(machine.bad_argument(call, 0, "a path or a secret", &value)),
    }
}

fn encoded(machine: &mut Evaluator, call: Arguments, encoding: Encoding) -> Result<Value> {
    let secret = given(machine, &call)?;
    made(secret.encoded(encoding, call.span), call.span)
}

fn join(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    let list = machine.list_of(&call, 0)?;
    let mut parts = Vec::with_capacity(list.len());
    for item in list.iter() {
        let value = machine.force_at(item, call.span)?;
        parts.push(match value.kind {
            Kind::Str(text) => Secret::text(text, value.origin),
            Kind::Secret(secret) => secret,
            _ => {
                return Err(machine.wrong_kind(
                    &value,
                    "a string or a secret",
                    "every item given to `lib.secret.concat`",
                    Span::NONE,
                ));
            }
        });
    }
    made(Secret::joined(parts, call.span), call.span)
}

fn to_json(machine: &mut Evaluator, call: Arguments) -> Result<Value> {
    machine.force_deep(&call[0], call.span)?;
    let node = machine.node(&call[0], Depth::Shown, call.span)?;
    let mut writer = Writer { parts: Vec::new(), text: String::new(), span: call.span };
    let whole = writer.node(&node)?.finished();
    made(whole, call.span)
}

fn made(secret: std::result::Result<Secret, TooComplex>, span: Span) -> Result<Value> {
    match secret {
        Ok(secret) => Ok(Value::new(Kind::Secret(secret), span)),
        Err(TooComplex) => Err(too_complex(span)),
    }
}

fn too_complex(span: Span) -> Error {
    error(Code::TooDeep, span, "the secret is made of too many pieces")
        .described(|finding| finding.label("made here").hint("put what belongs together into one file"))
}

/// JSON with secrets in it, in pieces.
struct Writer {
    parts: Vec<Secret>,
    /// What follows the last part.
    text: String,
    span: Span,
}

impl Writer {
    fn node(&mut self, node: &Node) -> Result<&mut Writer> {
        match &node.kind {
            // It has been reported.
            NodeKind::Failed => return Err(Error::silent()),
            NodeKind::Secret(secret) => {
                let inside = secret.encoded(Encoding::Json, secret.made()).map_err(|_| too_complex(self.span))?;
                self.text.push('"');
                self.end_text();
                self.parts.push(inside);
                self.text.push('"');
            }
            NodeKind::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.text.push(if at == 0 { '[' } else { ',' });
                    self.node(item)?;
                }
                self.text.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            NodeKind::Map(map) => {
                for (at, field) in map.fields.iter().enumerate() {
                    self.text.push(if at == 0 { '{' } else { ',' });
                    self.text.push_str(&json::compact(&Node::string(field.key.clone(), field.key_span)));
                    self.text.push(':');
                    self.node(&field.value)?;
                }
                self.text.push_str(if map.fields.is_empty() { "{}" } else { "}" });
            }
            NodeKind::Null | NodeKind::Bool(_) | NodeKind::Int(_) | NodeKind::Float(_) | NodeKind::Str(_) => {
                self.text.push_str(&json::compact(node));
            }
        }
        Ok(self)
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.parts.push(Secret::text(text, self.span));
    }

    fn finished(&mut self) -> std::result::Result<Secret, TooComplex> {
        self.end_text();
        Secret::joined(std::mem::take(&mut self.parts), self.span)
    }
}
