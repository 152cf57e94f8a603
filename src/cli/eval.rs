//! `nxk eval`

use std::path::PathBuf;

use clap::Args;

use super::common::{Input, Messages, answer, say};
use super::{BAD_INPUT, BAD_USAGE};
use crate::check::Goal;
use crate::driver::{Checked, Session, Setting};
use crate::emit::yaml;
use crate::eval::{Depth, print};
use crate::source::Span;
use crate::value::{Kind, Result, Thunk};

/// Evaluate an expression, strict all the way down
#[derive(Args)]
#[command(after_help = "Examples:\n  nxk eval -E 'builtins.length [ 1 2 ]'\n  nxk eval --json values.nxk web.ports")]
pub(super) struct Eval {
    /// The file, unless -E gives an expression; then the attribute path
    #[arg(value_name = "FILE")]
    first: Option<String>,
    /// The part of the value to show: a.b.c
    #[arg(value_name = "ATTRPATH")]
    second: Option<String>,
    /// The expression itself
    #[arg(short = 'E', long = "expr", value_name = "EXPR", allow_hyphen_values = true)]
    expression: Option<String>,
    /// As JSON, on one line
    #[arg(long, conflicts_with_all = ["yaml", "raw"])]
    json: bool,
    /// As YAML
    #[arg(long, conflicts_with = "raw")]
    yaml: bool,
    /// A string as it is, without quotes
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    messages: Messages,
}

impl Eval {
    pub(super) fn run(&self) -> u8 {
        let (file, path) = match (&self.expression, &self.first, &self.second) {
            (Some(_), path, None) => (None, path),
            (None, Some(file), path) => (Some(file), path),
            (Some(_), _, Some(_)) => return usage("-E takes the place of FILE: at most an attribute path may follow"),
            (None, None, _) => return usage("name a file, or give an expression with -E"),
        };
        let entry = file.map_or_else(|| PathBuf::from("."), PathBuf::from);
        let mut session = match self.input.session(entry, &self.messages) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let parsed = match &self.expression {
            Some(text) => Some(session.parse_text("<command line>", text)),
            None => session.parse(),
        };
        let text = match parsed.map(|parsed| session.check_as(parsed, Goal::Evaluation)) {
            Some(checked) if !session.has_errors() => self.evaluate(&mut session, &checked, path.as_deref()),
            _ => None,
        };
        let code = self.messages.finish(&session, None);
        let code = match text {
            Some(text) if code == super::FINE => answer(&text, &self.messages),
            _ => code.max(BAD_INPUT),
        };
        std::mem::forget(session);
        code
    }

    fn evaluate(&self, session: &mut Session, checked: &Checked, path: Option<&str>) -> Option<String> {
        let whole = session.value(checked);
        let result = select(session, whole, path).and_then(|value| self.show(session, &value));
        match result {
            Ok(text) => Some(text),
            Err(failure) => {
                session.machine.report(&failure);
                None
            }
        }
    }

    fn show(&self, session: &mut Session, value: &Thunk) -> Result<String> {
        let machine = &mut session.machine;
        if self.raw {
            let value = machine.force(value)?;
            return match &value.kind {
                Kind::Str(text) => Ok(text.to_string()),
                _ => Err(machine.wrong_kind(&value, "a string", "what --raw shows", Span::NONE)),
            };
        }
        if self.json {
            return Ok(format!("{}\n", crate::builtins::json_text(machine, value, Span::NONE)?));
        }
        if self.yaml {
            let node = machine.node(value, Depth::Strict, Span::NONE)?;
            let mut text = String::new();
            yaml::document(&node, &mut text);
            return Ok(text);
        }
        Ok(print(machine, value)? + "\n")
    }
}

/// The part of `value` at an attribute path.
fn select(session: &mut Session, value: Thunk, path: Option<&str>) -> Result<Thunk> {
    let Some(path) = path else { return Ok(value) };
    // The path is read like that of `--set`, whose value is not looked at.
    let setting = match Setting::parse(&format!("{path}=")) {
        Ok(setting) => setting,
        Err(message) => {
            let error = crate::eval::error(crate::diag::Code::BadSetting, Span::NONE, message);
            return Err(error);
        }
    };
    let mut value = value;
    for name in setting.symbols() {
        let set = session.machine.force(&value)?;
        let found = match &set.kind {
            Kind::Attrs(attrs) => attrs.get(name).cloned(),
            Kind::List(items) => {
                let at = name.as_str().parse::<usize>().ok();
                match at.and_then(|at| items.get(at)) {
                    Some(item) => {
                        value = item.clone();
                        continue;
                    }
                    None => None,
                }
            }
            _ => None,
        };
        match found {
            Some(attr) => value = attr.value,
            None => return Err(session.machine.missing_attribute(&set, name, set.origin)),
        }
    }
    Ok(value)
}

fn usage(message: &str) -> u8 {
    say(&format!("error: {message}\n"));
    BAD_USAGE
}
