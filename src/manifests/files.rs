//! What the command line names to the texts that are read: files, folders with all that is in them, the standard input.

use std::path::{Path, PathBuf};

use crate::diag::{Code, Diagnostic};
use crate::source::{MAX_FILE_BYTES, ReadError, ReadErrorKind, SourceId, SourceKind, SourceMap, Span};
use crate::source::{files_below, read_given, read_stdin};

/// How the standard input is named.
pub const STDIN: &str = "-";
/// More text than this is not read in one run.
const MAX_TOTAL_BYTES: u64 = 1 << 30;

/// The texts, in the order of their names, and what could not be read.
pub(super) fn texts(paths: &[PathBuf], sources: &mut SourceMap) -> (Vec<SourceId>, Vec<Diagnostic>) {
    let (mut texts, mut findings, mut total) = (Vec::new(), Vec::new(), 0);
    for path in paths {
        for (path, text) in read(path, &mut findings) {
            total += text.len() as u64;
            if total > MAX_TOTAL_BYTES {
                let message = format!("there are more than {} MiB of manifests", MAX_TOTAL_BYTES >> 20);
                let finding = Diagnostic::new(Code::FileTooLarge, Span::NONE, message);
                findings.push(finding.hint("read them in several runs"));
                return (texts, findings);
            }
            let (name, path) = match path {
                Some(path) => (path.display().to_string(), std::path::absolute(path).ok()),
                None => ("<stdin>".to_owned(), None),
            };
            texts.push(sources.add(name, path, text, SourceKind::User));
        }
    }
    (texts, findings)
}

/// Whether a file is one of manifests, by its name.
pub fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml" || extension == "json")
}

/// The texts of one argument, as they are asked for.
fn read(path: &Path, findings: &mut Vec<Diagnostic>) -> Vec<(Option<PathBuf>, String)> {
    if path == Path::new(STDIN) {
        let text = read_stdin().map_err(|failure| findings.push(unreadable(&failure))).ok();
        return text.map(|text| (None, text)).into_iter().collect();
    }
    let files = match path.is_dir() {
        true => folder(path, findings),
        false => vec![path.to_path_buf()],
    };
    let mut texts = Vec::new();
    for file in files {
        match read_given(&file) {
            Ok(text) => texts.push((Some(file), text)),
            Err(failure) => findings.push(unreadable(&failure)),
        }
    }
    texts
}

/// The files of manifests in a folder.
fn folder(path: &Path, findings: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let mut files = match files_below(path, is_manifest) {
        Ok(files) => files,
        Err(failure) => {
            findings.push(unreadable(&failure));
            return Vec::new();
        }
    };
    if files.is_empty() {
        let message = format!("there is no manifest in the folder `{}`", path.display());
        let finding = Diagnostic::new(Code::FileNotFound, Span::NONE, message);
        let main = path.join("main.nxk");
        findings.push(match main.is_file() {
            true => finding.hint(format!("name the configuration in it: `{}`", main.display())),
            false => finding.hint(
                "name a folder with files `.yaml`, `.yml` or `.json`, or a configuration: a folder with a `default.nxk`",
            ),
        });
    }
    // The templates of a chart are no YAML, and its values no objects: one finding stands for all of them.
    let is_chart = |file: &&PathBuf| file.file_name().is_some_and(|name| name == "Chart.yaml");
    let charts: Vec<PathBuf> = files.iter().filter(is_chart).filter_map(|file| Some(file.parent()?.into())).collect();
    for chart in &charts {
        let inside = |other: &PathBuf| other != chart && chart.starts_with(other);
        if !charts.iter().any(inside) {
            findings.push(is_a_chart(chart));
        }
    }
    files.retain(|file| !charts.iter().any(|chart| file.starts_with(chart)));
    if made_by_nxk(path, KUSTOMIZATION) {
        files.retain(|file| *file != path.join(KUSTOMIZATION));
    }
    files
}

/// In an output of nxk's it lists the files beside it, all of which are read anyway.
const KUSTOMIZATION: &str = "kustomization.yaml";

/// Whether a file of the folder is nxk's own, as the list of those says.
fn made_by_nxk(folder: &Path, name: &str) -> bool {
    let list = std::fs::read_to_string(folder.join(".nxk-output"));
    list.is_ok_and(|list| list.lines().any(|line| line == name))
}

fn is_a_chart(folder: &Path) -> Diagnostic {
    let folder = folder.display();
    Diagnostic::new(
        Code::MissingKind,
        Span::NONE,
        format!("the folder `{folder}` is a Helm chart, and holds no objects"),
    )
    .hint(format!("check what it makes: `helm template {folder} | nxk check -`"))
}

fn unreadable(failure: &ReadError) -> Diagnostic {
    let path = match failure.path.as_path() {
        path if path == Path::new(STDIN) => "the standard input".to_owned(),
        path => format!("`{}`", path.display()),
    };
    let (code, message, hint) = match &failure.kind {
        ReadErrorKind::NotFound => {
            (Code::FileNotFound, format!("there is no file {path}"), "check the name and the folder".to_owned())
        }
        ReadErrorKind::IsFolder => {
            (Code::FileNotReadable, format!("{path} is a folder"), "name the files in it".to_owned())
        }
        ReadErrorKind::TooLarge(bytes) => (
            Code::FileTooLarge,
            format!("{path} is too large: {} MiB", bytes >> 20),
            format!("at most {} MiB are read; split it over several files", MAX_FILE_BYTES >> 20),
        ),
        ReadErrorKind::NotUtf8(offset) => (
            Code::NotUtf8,
            format!("{path} is not UTF-8 text: byte {} is not valid", offset + 1),
            "convert it to UTF-8".to_owned(),
        ),
        ReadErrorKind::Binary => (
            Code::NotUtf8,
            format!("{path} is not UTF-8 text: it holds NUL bytes"),
            "convert it to UTF-8 if it is UTF-16, as some shells write it".to_owned(),
        ),
        ReadErrorKind::NotRegular | ReadErrorKind::OutsideRoot => {
            (Code::FileNotReadable, format!("{path} is no file"), "name a file or a folder".to_owned())
        }
        ReadErrorKind::Other(system) => {
            (Code::FileNotReadable, format!("{path} cannot be read: {system}"), "check its permissions".to_owned())
        }
    };
    Diagnostic::new(code, Span::NONE, message).hint(hint)
}
