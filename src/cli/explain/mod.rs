//! `nxk explain`

mod build;
mod human;

use std::path::{Path, PathBuf};

use build::Build;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::common::{Input, Messages, answer, say};
use super::{BAD_INPUT, BAD_USAGE};
use crate::diag::Diagnostic;
use crate::driver::{self, Way};
use crate::schema::{self, Catalogue};
use crate::source::Span;

/// Explain an option, a field of an object, or a Kubernetes type
#[derive(Args)]
#[command(
    after_help = "Examples:\n  nxk explain shop/main.nxk                                 the options\n  nxk explain shop/main.nxk applications.web.replicas       who defined it, what lost, where it goes\n  nxk explain shop/main.nxk Deployment/web.spec.replicas    where a field of an object comes from\n  nxk explain k8s.Deployment.spec.strategy                  type, values, versions that have it\n  nxk explain k8s.core.v1.Container.ports --format json     the same for programs\n  nxk explain shop/main.nxk --build-id 591044ae             which inputs made this build"
)]
pub(super) struct Explain {
    /// The entry: a file, or a folder with a default.nxk; or a type: k8s.Deployment.spec
    #[arg(value_name = "FILE|TYPE")]
    subject: PathBuf,
    /// The option (applications.web.replicas) or the field (Deployment/web.spec.replicas); all options if left out
    #[arg(value_name = "PATH", value_parser = Way::parse)]
    way: Option<Way>,
    /// Tell what made the build: all inputs; given an id, whether it is the one of what is here
    #[arg(long, value_name = "ID", num_args = 0..=1, conflicts_with = "way")]
    build_id: Option<Option<String>>,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = AnswerFormat::Human, value_name = "FORMAT")]
    format: AnswerFormat,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    messages: Messages,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AnswerFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

impl Explain {
    pub(super) fn run(&self) -> u8 {
        if let Some(asked) = &self.build_id {
            return self.explain_build(asked.as_deref());
        }
        match self.type_path() {
            Some(path) if self.way.is_none() => self.explain_type(&path),
            Some(path) => {
                say(&format!("error: `{}` names a type: nothing may follow\n", path.join(".")));
                BAD_USAGE
            }
            None => self.explain_place(),
        }
    }

    /// `k8s.Deployment.spec`, unless there is a file of this name.
    fn type_path(&self) -> Option<Vec<String>> {
        let text = self.subject.to_str()?;
        let named = text == "k8s" || text.starts_with("k8s.");
        (named && !Path::new(text).exists()).then(|| parts(text))
    }

    fn explain_type(&self, path: &[String]) -> u8 {
        let catalogue = Catalogue::embedded();
        let version = match self.input.kubernetes_version() {
            Some(text) => catalogue.version(text, Span::NONE),
            None => Ok(catalogue.newest()),
        };
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match version.and_then(|version| schema::explain(version, &path)) {
            Ok(facts) => answer(&self.written(&facts, |facts| facts.text()), &self.messages),
            Err(finding) => self.refuse(&finding),
        }
    }

    fn refuse(&self, finding: &Diagnostic) -> u8 {
        self.messages.refuse(finding);
        BAD_INPUT
    }

    fn explain_place(&self) -> u8 {
        let mut session = match self.input.session(self.subject.clone(), &self.messages) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let way = self.way.clone().unwrap_or_default();
        let explanation = driver::explain(&mut session, &way);
        let code = self.messages.finish(&session, None);
        let code = match &explanation {
            Some(explanation) => answer(&self.written(explanation, human::text), &self.messages).max(code),
            None => code.max(BAD_INPUT),
        };
        std::mem::forget(session);
        code
    }

    fn explain_build(&self, asked: Option<&str>) -> u8 {
        let mut session = match self.input.session(self.subject.clone(), &self.messages) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let inputs = driver::inputs(&mut session);
        let code = self.messages.finish(&session, None);
        let Some((inputs, trace)) = inputs else { return code.max(BAD_INPUT) };
        let build = Build::new(&inputs, trace, asked);
        let code = if build.is_another() { code.max(BAD_INPUT) } else { code };
        let code = answer(&self.written(&build, Build::text), &self.messages).max(code);
        std::mem::forget(session);
        code
    }

    fn written<T: Serialize>(&self, told: &T, text: impl Fn(&T) -> String) -> String {
        match self.format {
            AnswerFormat::Human => text(told),
            AnswerFormat::Json => {
                let json = serde_json::to_string_pretty(told).expect("an explanation has only text for keys");
                json + "\n"
            }
        }
    }
}

/// The names between the dots. A group of custom resources has dots of its own, in quotes.
fn parts(text: &str) -> Vec<String> {
    let mut quoted = false;
    let parts = text.split(|c: char| {
        quoted ^= c == '"';
        c == '.' && !quoted
    });
    parts.map(|part| part.replace('"', "")).filter(|part| !part.is_empty()).collect()
}
