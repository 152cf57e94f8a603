//! A configuration with secrets, and the controller that they are sealed for.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::support;

/// A configuration in a folder of its own, with the plaintext beside it.
pub struct Project {
    pub folder: tempfile::TempDir,
    pub keys: &'static Keys,
}

/// The certificates and keys that the peer makes, once for all tests.
pub struct Keys {
    pub folder: tempfile::TempDir,
    python: PathBuf,
}

impl Keys {
    /// Nothing where there is no Python with what it takes.
    pub fn made() -> Option<&'static Keys> {
        static KEYS: OnceLock<Option<Keys>> = OnceLock::new();
        let make = || {
            let python = support::python("cryptography")?;
            let folder = tempfile::tempdir().expect("a scratch folder");
            let made = peer(&python).arg("make").arg(folder.path()).status().expect("Python starts");
            assert!(made.success(), "the keys are made");
            Some(Keys { folder, python })
        };
        KEYS.get_or_init(make).as_ref()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Project {
    /// With this configuration, in which `s ./file` is the secret in the file.
    pub fn new(text: &str) -> Option<Project> {
        let project = Project { folder: tempfile::tempdir().expect("a scratch folder"), keys: Keys::made()? };
        project.configure(text);
        Some(project)
    }

    /// The text begins in the second line.
    pub fn configure(&self, text: &str) -> &Project {
        self.write("main.nxk", &format!("let s = lib.secret.file; in\n{text}"))
    }

    pub fn write(&self, name: &str, content: &(impl AsRef<[u8]> + ?Sized)) -> &Project {
        fs::write(self.path(name), content).expect("written");
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn key(&self, name: &str) -> String {
        self.keys.path(&format!("{name}.pem")).display().to_string()
    }

    pub fn command(&self, command: &str, arguments: &[&str]) -> Command {
        let mut nxk = support::nxk();
        nxk.current_dir(self.folder.path()).arg(command).arg("main.nxk").args(arguments);
        nxk.stdout(Stdio::piped()).stderr(Stdio::piped());
        nxk
    }

    pub fn nxk(&self, command: &str, arguments: &[&str]) -> Output {
        self.command(command, arguments).output().expect("it runs")
    }

    pub fn fed(&self, command: &str, arguments: &[&str], input: &[u8]) -> Output {
        run(&mut self.command(command, arguments), input)
    }

    pub fn seal(&self, arguments: &[&str]) -> Output {
        self.nxk("seal", arguments)
    }

    pub fn seals(&self, arguments: &[&str]) {
        let output = self.seal(arguments);
        assert!(output.status.success(), "{}", stderr(&output));
    }

    pub fn compiled(&self) -> String {
        let output = self.nxk("compile", &[]);
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    }

    /// The findings of a check: code, line and the beginning of the message.
    pub fn says(&self, wanted: &[&str]) {
        let output = self.nxk("check", &["--message-format", "json"]);
        let found: Vec<String> = stderr(&output)
            .lines()
            .map(|line| {
                let finding: Value = serde_json::from_str(line).expect("one JSON object a line");
                let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
                format!("{} {} {}", text("code"), finding["line"], text("message"))
            })
            .collect();
        assert_eq!(found, wanted);
    }

    pub fn lock(&self) -> String {
        fs::read_to_string(self.path("secrets.lock")).expect("it is there")
    }

    pub fn ciphertext(&self, id: &str, key: &str) -> String {
        let lock: Value = serde_json::from_str(&self.lock()).expect("it is JSON");
        lock["secrets"][id]["data"][key].as_str().expect("it is sealed").to_owned()
    }

    /// What the controller with this key makes of the compiled objects, by namespace and name.
    pub fn unsealed(&self, key: &str) -> BTreeMap<String, Value> {
        let key = self.keys.path(&format!("{key}.key"));
        let output = run(peer(&self.keys.python).arg("unseal").arg(key), self.compiled().as_bytes());
        let secrets: Vec<Value> = serde_json::from_slice(&output.stdout).expect("the peer answers");
        let named = |secret: Value| {
            let text = |name: &str| secret["metadata"][name].as_str().unwrap_or_default().to_owned();
            (format!("{}/{}", text("namespace"), text("name")), secret)
        };
        secrets.into_iter().map(named).collect()
    }

    /// What the holder of this key opens of each text with its label.
    pub fn opened(&self, key: &str, values: &[(&str, String)]) -> Vec<Option<Vec<u8>>> {
        let asked: Vec<Value> = values.iter().map(|(label, text)| json!({ "label": label, "text": text })).collect();
        let key = self.keys.path(&format!("{key}.key"));
        let output = run(peer(&self.keys.python).arg("open").arg(key), Value::Array(asked).to_string().as_bytes());
        let opened: Vec<Option<String>> = serde_json::from_slice(&output.stdout).expect("the peer answers");
        opened.into_iter().map(|text| text.map(|text| decoded(&text))).collect()
    }

    /// The same configuration and lock file in another folder.
    pub fn copied(&self) -> Project {
        let folder = tempfile::tempdir().expect("a scratch folder");
        for name in ["main.nxk", "secrets.lock"] {
            fs::copy(self.path(name), folder.path().join(name)).expect("copied");
        }
        Project { folder, keys: self.keys }
    }
}

fn peer(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg(support::repository().join("tests/seal/controller.py"));
    command
}

/// Runs a command that is fed through its standard input.
fn run(command: &mut Command, input: &[u8]) -> Output {
    let mut running = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    // One that does not read to the end has its reasons.
    let _ = running.stdin.take().expect("it was asked for").write_all(input);
    running.wait_with_output().expect("it ends")
}

pub fn assert_says(output: &Output, code: i32, words: &str) {
    let said = stdout(output);
    assert_eq!(output.status.code(), Some(code), "{said}{}", stderr(output));
    assert!(said.contains(words), "`{words}` is expected in\n{said}");
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn bytes(value: &Value) -> Vec<u8> {
    decoded(value.as_str().unwrap_or_else(|| panic!("it opens: {value}")))
}

pub fn decoded(text: &str) -> Vec<u8> {
    nxk::schema::formats::decode_base64(text).expect("it is base 64")
}

pub fn encoded(bytes: &[u8]) -> String {
    nxk::secret::base64(bytes)
}
