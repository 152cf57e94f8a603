//! `nxk schema`

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::BAD_INPUT;
use super::common::{Messages, answer};
use crate::diag::Diagnostic;
use crate::schema::{self, Catalogue, Version};
use crate::source::Span;

/// The Kubernetes types that nxk knows
#[derive(Subcommand)]
pub(super) enum Schema {
    /// List the kinds of a Kubernetes version
    List(List),
    /// Show the fields of a kind, or of a part of it
    Show(Show),
    /// Distil official OpenAPI documents into facts
    Import(Import),
}

#[derive(Args)]
pub(super) struct List {
    /// The Kubernetes minor; the newest known if left out
    #[arg(long, value_name = "VERSION")]
    k8s_version: Option<String>,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Args)]
pub(super) struct Show {
    /// The kind, with a way inside: Deployment.spec.strategy
    kind: String,
    /// The Kubernetes minor; the newest known if left out
    #[arg(long, value_name = "VERSION")]
    k8s_version: Option<String>,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Args)]
pub(super) struct Import {
    /// The folder with a folder for each minor, each holding swagger.json
    swagger: PathBuf,
    /// Where the facts go
    #[arg(long, value_name = "DIR", default_value = "specs/kubernetes")]
    into: PathBuf,
    #[command(flatten)]
    messages: Messages,
}

impl Schema {
    pub(super) fn run(&self) -> u8 {
        match self {
            Schema::List(list) => respond(version(&list.k8s_version).map(schema::list), &list.messages),
            Schema::Show(show) => {
                let (kind, path) = match show.kind.split_once('.') {
                    Some((kind, path)) => (kind, Some(path)),
                    None => (show.kind.as_str(), None),
                };
                let text =
                    version(&show.k8s_version).and_then(|version| schema::show(version, kind, path).map_err(Box::new));
                respond(text, &show.messages)
            }
            Schema::Import(import) => {
                let summary = schema::import::import(&import.swagger, &import.into);
                respond(summary.map(|summary| report(&summary)).map_err(Box::new), &import.messages)
            }
        }
    }
}

/// A line for each version.
fn report(summary: &schema::import::Summary) -> String {
    let line = |(version, kinds, types): &(String, usize, usize)| format!("{version}: {kinds} kinds, {types} types\n");
    summary.versions.iter().map(line).collect()
}

fn version(text: &Option<String>) -> Result<Version<'static>, Box<Diagnostic>> {
    match text {
        Some(text) => Catalogue::embedded().version(text, Span::NONE).map_err(Box::new),
        None => Ok(Catalogue::embedded().newest()),
    }
}

fn respond(text: Result<String, Box<Diagnostic>>, messages: &Messages) -> u8 {
    match text {
        Ok(text) => answer(&text, messages),
        Err(finding) => {
            messages.refuse(&finding);
            BAD_INPUT
        }
    }
}
