//! `nxk debug`: the stages from inside, for those who work on nxk.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::common::{Input, Messages, answer};
use crate::check::Goal;
use crate::emit::yaml;
use crate::syntax::printer;

/// Show what a stage made of a file
#[derive(Subcommand)]
pub(super) enum Debug {
    /// The words that the lexer sees
    Tokens(Stage),
    /// The tree
    Ast(Stage),
    /// The tree with names resolved
    Term(Stage),
    /// The type of the value, as the checker finds it out
    Types(Stage),
    /// Layer 1: the finished objects with their keys
    Layer1(Stage),
}

/// One file.
#[derive(Args)]
pub(super) struct Stage {
    /// The file
    file: PathBuf,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    messages: Messages,
}

impl Debug {
    pub(super) fn run(&self) -> u8 {
        let (Debug::Tokens(stage)
        | Debug::Ast(stage)
        | Debug::Term(stage)
        | Debug::Types(stage)
        | Debug::Layer1(stage)) = self;
        let mut session = match stage.input.session(stage.file.clone(), &stage.messages) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let text = session.parse().map(|parsed| match self {
            Debug::Tokens(_) => {
                let line = |token: &crate::syntax::Token| format!("{:?} {:?}\n", token.span, token.kind);
                parsed.tree().tokens.iter().map(line).collect()
            }
            Debug::Ast(_) => printer::sexpr(&parsed.tree().root) + "\n",
            Debug::Term(_) => format!("{:#?}\n", session.check(parsed).term()),
            Debug::Types(_) => {
                let checked = session.check_as(parsed, Goal::Expression);
                checked.ty().map_or_else(String::new, |ty| format!("{ty}\n"))
            }
            Debug::Layer1(_) => {
                let checked = session.check(parsed);
                let Some(evaluated) = session.evaluate(checked) else { return String::new() };
                let mut text = String::new();
                for object in session.lower(&evaluated).objects {
                    text.push_str(&format!("# {}\n", object.key));
                    yaml::document(&object.node, &mut text);
                }
                text
            }
        });
        let code = stage.messages.finish(&session, None);
        match text {
            Some(text) => answer(&text, &stage.messages).max(code),
            None => code,
        }
    }
}
