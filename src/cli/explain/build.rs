//! `nxk explain FILE --build-id [ID]`: what made a build.

use std::fmt::Write;

use serde::Serialize;

use crate::policy::{Inputs, Trace, hexadecimal};

/// The inputs of a build, for people and for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Build {
    build_id: String,
    source_commit: Option<String>,
    /// The id that was asked for, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<String>,
    nxk: &'static str,
    files: Vec<File>,
    questions: Vec<(String, String)>,
    settings: Vec<(String, String)>,
}

#[derive(Serialize)]
struct File {
    path: String,
    sha256: String,
}

impl Build {
    /// The build of these inputs, held against the id that was asked for.
    pub(super) fn new(inputs: &Inputs, trace: Trace, asked: Option<&str>) -> Build {
        let file = |(path, digest): (&std::path::PathBuf, &[u8; 32])| File {
            path: path.to_string_lossy().into_owned(),
            sha256: hexadecimal(digest),
        };
        // The first digits will do, as with commits.
        let other = |asked: &&str| asked.len() < 7 || !trace.build_id.starts_with(&asked.to_ascii_lowercase());
        Build {
            asked: asked.filter(other).map(str::to_string),
            build_id: trace.build_id.clone(),
            source_commit: trace.source_commit,
            nxk: inputs.version,
            files: inputs.files.iter().map(file).collect(),
            questions: inputs.answers.clone().into_iter().collect(),
            settings: inputs.settings.clone(),
        }
    }

    /// Whether these inputs are not those of the build that was asked for.
    pub(super) fn is_another(&self) -> bool {
        self.asked.is_some()
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a `String` cannot fail.
        let mut line = |text: String| {
            let _ = writeln!(out, "{text}");
        };
        line(format!("build {}", self.build_id));
        if let Some(commit) = &self.source_commit {
            line(format!("commit {commit}"));
        }
        line(format!("nxk {}", self.nxk));
        line("files".into());
        self.files.iter().for_each(|file| line(format!("  {}  {}", file.sha256, file.path)));
        for (title, pairs) in [("asked of the file system", &self.questions), ("settings", &self.settings)] {
            if !pairs.is_empty() {
                line(title.into());
                pairs.iter().for_each(|(name, value)| line(format!("  {name} = {value}")));
            }
        }
        if let Some(asked) = &self.asked {
            line(format!("\nthis is not the build {asked}"));
            line("check out the commit that its objects name in `source-commit`, and give the same settings".into());
        }
        out
    }
}
