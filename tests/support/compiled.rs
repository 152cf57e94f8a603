//! A configuration as a test writes it, and what comes of it: objects, or findings.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::configuration::{find, names, pointed};

/// A configuration in a folder of its own.
pub struct Source {
    folder: tempfile::TempDir,
    text: String,
}

/// The objects of a configuration.
pub struct Objects(pub Vec<Value>);

/// A finding.
#[derive(Debug)]
pub struct Finding {
    /// `E0804`.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// The words of the source at which it points.
    pub at: String,
}

impl Source {
    /// A module with `lib` and `config` around `body`.
    pub fn new(body: &str) -> Source {
        Source {
            folder: tempfile::tempdir().expect("a scratch folder"),
            text: format!("{{ lib, config, ... }}:\n{{\n{body}\n}}\n"),
        }
    }

    /// The same with a file beside it.
    pub fn file(self, name: &str, content: &str) -> Source {
        fs::write(self.folder.path().join(name), content).expect("written");
        self
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the configuration; gives its file.
    pub fn written(&self) -> PathBuf {
        let main = self.folder.path().join("main.nxk");
        fs::write(&main, &self.text).expect("written");
        main
    }

    fn run(&self, arguments: &[&str]) -> std::process::Output {
        super::nxk().args(arguments).arg(self.written()).output().expect("the built program starts")
    }

    /// The objects that it compiles to.
    pub fn objects(&self) -> Objects {
        self.objects_with(&[])
    }

    /// The same with further arguments.
    pub fn objects_with(&self, arguments: &[&str]) -> Objects {
        let output = self.run(&[&["compile", "--format", "json"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}\ndoes not compile:\n{said}", self.text);
        let list: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
        Objects(list["items"].as_array().cloned().unwrap_or_default())
    }

    /// What is wrong with it.
    pub fn errors(&self) -> Vec<Finding> {
        self.findings(1).into_iter().filter(|finding| finding.code.starts_with('E')).collect()
    }

    /// All that is told of it, with this exit code.
    pub fn findings(&self, code: i32) -> Vec<Finding> {
        let output = self.run(&["check", "--message-format", "json"]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{}\n{told}", self.text);
        let lines = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|line| line["severity"].is_string()).map(|finding| self.finding(&finding)).collect()
    }

    /// The only thing that is wrong with it.
    pub fn error(&self) -> Finding {
        let mut errors = self.errors();
        assert_eq!(errors.len(), 1, "{}\n{errors:#?}", self.text);
        errors.remove(0)
    }

    fn finding(&self, finding: &Value) -> Finding {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_string();
        let at = if finding["line"].is_null() { "" } else { pointed(&self.text, finding) };
        Finding { code: text("code"), message: text("message"), hint: text("hint"), at: at.to_string() }
    }
}

/// What is written, then what is told of it: the code, the words pointed at, words of the message, words of the hint.
pub type Mistake = (&'static str, [&'static str; 4]);

/// That each mistake, within a configuration, is answered by one error, with its place and what to do.
pub fn answers_each(mistakes: &[Mistake], configuration: impl Fn(&str) -> Source) {
    let mut wrong = Vec::new();
    for (body, [code, at, message, hint]) in mistakes {
        let errors = configuration(body).errors();
        let fits = |error: &Finding| {
            error.code == *code && error.message.contains(message) && error.hint.contains(hint) && error.at.contains(at)
        };
        if !matches!(&errors[..], [error] if fits(error)) {
            wrong.push(format!("{body}\n  expected {code} at {at}: {message} ({hint})\n  got {errors:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

impl Objects {
    /// The object of this kind and name.
    pub fn get(&self, kind: &str, name: &str) -> &Value {
        find(&self.0, kind, name)
    }

    /// The same, if there is one.
    pub fn find(&self, kind: &str, name: &str) -> Option<&Value> {
        self.of(kind).into_iter().find(|object| object["metadata"]["name"] == name)
    }

    /// All objects of a kind.
    pub fn of(&self, kind: &str) -> Vec<&Value> {
        self.0.iter().filter(|object| object["kind"] == kind).collect()
    }

    /// What there is: `Service/web`.
    pub fn names(&self) -> Vec<String> {
        names(&self.0)
    }

    /// The `spec` of an object.
    pub fn spec(&self, kind: &str, name: &str) -> &Value {
        &self.get(kind, name)["spec"]
    }

    /// The `spec` of the pods of a Deployment.
    pub fn pod(&self, name: &str) -> &Value {
        &self.spec("Deployment", name)["template"]["spec"]
    }
}
