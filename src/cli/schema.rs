//! `nxk schema`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::BAD_INPUT;
use super::common::{Messages, answer};
use crate::diag::{Code, Diagnostic};
use crate::schema::crd::{self, CustomResource};
use crate::schema::{self, Catalogue, Version};
use crate::source::{ReadError, ReadErrorKind, SourceKind, SourceMap, Span, World};

/// The Kubernetes types that nxk knows
#[derive(Subcommand)]
pub(super) enum Schema {
    /// List the kinds of a Kubernetes version
    List(List),
    /// Show the fields of a kind, or of a part of it
    Show(Show),
    /// Read files of CustomResourceDefinitions, and say what they define and how a configuration takes it in
    Add(Add),
    /// Distil official OpenAPI documents, or the definitions of add-ons, into facts
    Import(Import),
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  nxk schema list                        the kinds of the newest version\n  nxk schema list --k8s-version 1.28     those of another one"
)]
pub(super) struct List {
    /// The Kubernetes minor; the newest known if left out
    #[arg(long, value_name = "VERSION")]
    k8s_version: Option<String>,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  nxk schema show Deployment.spec                         the fields, their types and what they mean\n  nxk schema show Ingress --k8s-version 1.28              as another version has it"
)]
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
#[command(
    after_help = "Examples:\n  nxk schema add crd.yaml     the kinds in it, and the line of the configuration that takes them in"
)]
pub(super) struct Add {
    /// The files, as their projects publish them
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  nxk schema import documents --into facts   documents/1.31/swagger.json, and its like"
)]
pub(super) struct Import {
    /// The folder with a folder for each minor, each holding swagger.json; of add-ons, with a folder for each, and in it one
    /// for each version, holding CustomResourceDefinitions
    documents: PathBuf,
    /// Distil the definitions of add-ons
    #[arg(long)]
    addons: bool,
    /// Where the facts go; specs/kubernetes or specs/addons if left out
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    #[command(flatten)]
    messages: Messages,
}

impl Schema {
    pub(super) fn run(&self) -> u8 {
        match self {
            Schema::List(list) => respond(version(&list.k8s_version).map(schema::list), &list.messages),
            Schema::Show(show) => {
                // The dots of a group in front of the kind are none of the way.
                let name = show.kind.rfind('/').map_or(0, |slash| slash + 1);
                let (kind, path) = match show.kind[name..].find('.') {
                    Some(dot) => (&show.kind[..name + dot], Some(&show.kind[name + dot + 1..])),
                    None => (show.kind.as_str(), None),
                };
                let text =
                    version(&show.k8s_version).and_then(|version| schema::show(version, kind, path).map_err(Box::new));
                respond(text, &show.messages)
            }
            Schema::Add(add) => add.run(),
            Schema::Import(import) => {
                let into = |name: &str| import.into.clone().unwrap_or_else(|| PathBuf::from(name));
                let summary = match import.addons {
                    true => schema::import::import_addons(&import.documents, &into("specs/addons")),
                    false => schema::import::import(&import.documents, &into("specs/kubernetes")),
                };
                respond(summary.map(|summary| report(&summary)).map_err(Box::new), &import.messages)
            }
        }
    }
}

impl Add {
    /// Nothing is kept: what a configuration takes in stands in the configuration.
    fn run(&self) -> u8 {
        let mut read = Vec::new();
        for file in &self.files {
            match Definitions::read(file) {
                Ok(definitions) => read.push(definitions),
                Err(finding) => {
                    self.messages.refuse(&finding);
                    return BAD_INPUT;
                }
            }
        }
        for definitions in &read {
            self.messages.show(&definitions.findings, &definitions.sources);
        }
        if read.iter().any(|definitions| !definitions.findings.is_empty()) {
            return BAD_INPUT;
        }
        let resources: Vec<CustomResource> = read.into_iter().flat_map(|definitions| definitions.resources).collect();
        let names: Vec<String> = self.files.iter().map(|file| as_path_literal(file)).collect();
        let text = format!("{}\nschemas = [ {} ];\n", schema::list_custom(&resources), names.join(" "));
        answer(&text, &self.messages)
    }
}

/// What a file of definitions holds.
struct Definitions {
    resources: Vec<CustomResource>,
    findings: Vec<Diagnostic>,
    sources: SourceMap,
}

impl Definitions {
    fn read(file: &Path) -> Result<Definitions, Box<Diagnostic>> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let unreadable = |failure: ReadError| {
            let code = match failure.kind {
                ReadErrorKind::NotFound => Code::FileNotFound,
                _ => Code::FileNotReadable,
            };
            let message = format!("the file `{}` cannot be read", file.display());
            Box::new(Diagnostic::new(code, Span::NONE, message).hint("check the name; it must be a text file"))
        };
        let name = file.file_name().map_or(file, Path::new);
        let text = World::new(folder).and_then(|world| world.read(name)).map_err(unreadable)?;
        let read = crd::read(&text);
        let mut sources = SourceMap::new();
        let source = sources.add(file.display().to_string(), None, text.as_str(), SourceKind::User);
        let at = sources.file(source);
        let findings = read.problems.iter().map(|problem| problem.finding(&text, at.base)).collect();
        Ok(Definitions { resources: read.resources, findings, sources })
    }
}

/// A path as a configuration in the working folder writes it.
fn as_path_literal(file: &Path) -> String {
    let text = file.display().to_string();
    let text =
        if file.is_absolute() || text.starts_with("..") || text.starts_with("./") { text } else { format!("./{text}") };
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte));
    if plain { text } else { format!("(./. + {:?})", format!("/{}", text.trim_start_matches("./"))) }
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
