//! The command line: one file a command.
//!
//! Results go to stdout, findings to stderr. Exit codes: 0 fine, 1 the input has errors, 2 wrong
//! usage, 3 the output could not be written.

mod check;
mod common;
mod compile;
mod completions;
mod compliance;
mod debug;
mod diff;
mod eval;
mod explain;
mod graph;
mod import;
mod init;
mod man;
mod progress;
mod schema;
mod seal;

use clap::{CommandFactory, Parser, Subcommand};

/// Everything is fine.
pub const FINE: u8 = 0;
/// The input has errors.
pub const BAD_INPUT: u8 = 1;
/// The command line is wrong.
pub const BAD_USAGE: u8 = 2;
/// The output could not be written.
pub const NOT_WRITTEN: u8 = 3;

/// Typed configuration to checked Kubernetes manifests.
#[derive(Parser)]
#[command(name = "nxk", version, about, max_term_width = 100, propagate_version = true)]
#[command(
    after_help = "Examples:\n  nxk init shop                                a project to start from, in shop/\n  nxk check shop/main.nxk                      everything but the output\n  nxk compile shop/main.nxk                    YAML on stdout\n  nxk compile shop/main.nxk -o out             out/manifests.yaml, whole or not at all\n  nxk eval -E '1 + 1'                          an expression\n  nxk explain shop/main.nxk applications       who defined it, what lost, where it goes\n  nxk graph shop/main.nxk                      who may connect to whom, and the proof of it\n  nxk diff manifests/ shop/main.nxk            what would change, and what of it is dangerous\n  nxk import deploy/ -o shop.nxk               a configuration of existing manifests\n  nxk seal shop/main.nxk --cert cert.pem       what is new or stale, into shop/secrets.lock\n  nxk schema show Deployment.spec              the fields of a kind"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Compile(compile::Compile),
    Check(check::Check),
    Compliance(compliance::Compliance),
    Diff(diff::Diff),
    Eval(eval::Eval),
    Explain(explain::Explain),
    Graph(graph::Graph),
    Import(import::Import),
    Init(init::Init),
    Seal(seal::Seal),
    #[command(subcommand)]
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
    #[command(subcommand)]
    Debug(debug::Debug),
}

/// The whole command line as data: what the shells' completions, the man pages and the reference are made from.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the command line; gives the exit code.
pub fn main() -> u8 {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, not mistakes; clap knows which stream each goes to.
            let code = if error.use_stderr() { BAD_USAGE } else { FINE };
            let _ = error.print();
            return code;
        }
    };
    match arguments.command {
        Command::Compile(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Compliance(command) => command.run(),
        Command::Diff(command) => command.run(),
        Command::Eval(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Graph(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Seal(command) => command.run(),
        Command::Init(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(),
        Command::Debug(command) => command.run(),
    }
}

/// Says why the program cannot run at all.
pub fn refuse_to_start(why: &str) {
    common::say(&format!("error: nxk cannot start: {why}\n"));
}
