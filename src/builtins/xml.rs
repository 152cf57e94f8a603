//! Values as XML, in the form that Nix gives them.

use std::fmt::Write;

use super::json::float;
use crate::diag::Code;
use crate::eval::error;
use crate::source::Span;
use crate::term::ParamTerm;
use crate::value::{Closure, Evaluator, Kind, Result, Thunk};

/// The whole document.
pub(super) fn document(machine: &mut Evaluator, value: &Thunk, span: Span) -> Result<String> {
    let mut writer = Writer { text: "<?xml version='1.0' encoding='utf-8'?>\n".to_string(), indent: 0, span };
    writer.element("expr", None, |writer| writer.value(machine, value))?;
    Ok(writer.text)
}

struct Writer {
    text: String,
    indent: usize,
    span: Span,
}

impl Writer {
    fn value(&mut self, machine: &mut Evaluator, thunk: &Thunk) -> Result<()> {
        let value = machine.force_at(thunk, self.span)?;
        machine.looks_into(&value);
        machine.deeper(self.span, |machine| {
            match &value.kind {
                Kind::Null => self.leaf("null", &[]),
                Kind::Bool(value) => self.leaf("bool", &[("value", &value.to_string())]),
                Kind::Int(number) => self.leaf("int", &[("value", &number.to_string())]),
                Kind::Float(number) => self.leaf("float", &[("value", &float(*number))]),
                Kind::Str(text) => self.leaf("string", &[("value", text)]),
                Kind::Path(path) => self.leaf("path", &[("value", &path.display().to_string())]),
                Kind::List(items) => {
                    return self
                        .element("list", None, |writer| items.iter().try_for_each(|item| writer.value(machine, item)));
                }
                Kind::Attrs(attrs) => {
                    return self.element("attrs", None, |writer| {
                        attrs.sorted().into_iter().try_for_each(|attr| {
                            let name = Some(("name", attr.name.as_str()));
                            writer.element("attr", name, |writer| writer.value(machine, &attr.value))
                        })
                    });
                }
                Kind::Secret(secret) => return Err(machine.visible(secret, self.span, "XML")),
                Kind::Lambda(closure) => return self.function(closure),
                Kind::Native(_) | Kind::Host(_) => self.leaf("unevaluated", &[]),
                Kind::Type(_) => {
                    return Err(error(Code::NotData, value.origin.or(self.span), "a type cannot be written as data")
                        .described(|finding| finding.hint("leave the type out")));
                }
            }
            Ok(())
        })
    }

    fn function(&mut self, closure: &Closure) -> Result<()> {
        self.element("function", None, |writer| match &closure.lambda.param {
            ParamTerm::Name(name) => {
                writer.leaf("varpat", &[("name", name.as_str())]);
                Ok(())
            }
            ParamTerm::Formals { formals, open, .. } => {
                let mut names: Vec<&str> = formals.iter().map(|formal| formal.name.as_str()).collect();
                names.sort_unstable();
                writer.element("attrspat", open.then_some(("ellipsis", "1")), |writer| {
                    names.iter().for_each(|name| writer.leaf("attr", &[("name", name)]));
                    Ok(())
                })
            }
        })
    }

    fn element(
        &mut self,
        name: &str,
        attribute: Option<(&str, &str)>,
        content: impl FnOnce(&mut Writer) -> Result<()>,
    ) -> Result<()> {
        self.tag(name, attribute.as_slice(), ">\n");
        self.indent += 2;
        content(self)?;
        self.indent -= 2;
        let _ = writeln!(self.text, "{:1$}</{name}>", "", self.indent);
        Ok(())
    }

    fn leaf(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, " />\n");
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        // Writing to a `String` cannot fail.
        let _ = write!(self.text, "{:1$}<{name}", "", self.indent);
        for (name, value) in attributes {
            let _ = write!(self.text, " {name}=\"");
            self.escaped(value);
            self.text.push('"');
        }
        self.text.push_str(end);
    }

    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '"' => self.text.push_str("&quot;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '&' => self.text.push_str("&amp;"),
                '\n' => self.text.push_str("&#xA;"),
                c => self.text.push(c),
            }
        }
    }
}
