//! The files of a chart.

use std::collections::HashMap;

use crate::emit::yaml;
use crate::lower::holds_data;
use crate::node::{Map, Node, NodeKind};
use crate::parallel;
use crate::source::Span;

use super::expression::{Speller, prefix_helper, quoted};
use super::forms::settled;
use super::model::{Chart, Form, Template};
use super::values::{self, Tree};
use super::{checks, connection, json_schema, notes, readme, template};

/// A file of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Its path below the chart's folder.
    pub path: String,
    /// What is in it.
    pub text: String,
    /// Whether it holds the data of a Secret, which is not for everybody to read.
    pub private: bool,
}

/// The files of `chart`.
///
/// No path leaves the folder, and none differs from another just in the case of its letters.
pub fn files(chart: &Chart) -> Vec<File> {
    let name = name(chart);
    let speller = Speller::new(chart, &name);
    let tests = connection::templates(chart, &name);
    // The templates are written on the other cores while the documents are written on this one.
    let (mut files, objects) = objects(chart, &speller, || documents(chart, &speller, &name, !tests.is_empty()));
    files.extend(objects);
    files.extend(tests.iter().map(|(path, test)| File::open(path.clone(), template::text(test, &speller))));
    files
}

/// What there is in a chart besides its objects.
fn documents(chart: &Chart, speller: &Speller, name: &str, has_tests: bool) -> Vec<File> {
    let tree = Tree::of(&chart.openings, 0..chart.openings.len());
    let mut files = vec![
        File::open("Chart.yaml", chart_yaml(chart, name)),
        File::open(".helmignore", HELMIGNORE.to_string()),
        File::open("README.md", readme::text(chart, name, has_tests)),
        File::open("values.yaml", values::yaml(chart, &tree)),
        File::open("values.schema.json", json_schema::text(chart, &tree)),
    ];
    for (environment, path) in chart.environments.iter().zip(environment_files(chart)) {
        files.push(File::open(path, values::environment(chart, &environment.name, &environment.values)));
    }
    files.push(File::open("templates/_helpers.tpl", helpers(chart, name)));
    files.push(File::open("templates/NOTES.txt", notes::text(chart, speller, has_tests)));
    files.extend(checks::text(chart, speller, name).map(|text| File::open("templates/checks.yaml", text)));
    files
}

impl File {
    /// A file for everybody to read.
    fn open(path: impl Into<String>, text: String) -> File {
        File { path: path.into(), text, private: false }
    }
}

/// What the chart is called: the name of the project, as far as Helm takes it.
pub fn name(chart: &Chart) -> String {
    file_word(&chart.name.replace('.', "-"), "chart")
}

/// The names of the files with the values of the environments.
pub(super) fn environment_files(chart: &Chart) -> Vec<String> {
    let mut names = Names::default();
    chart.environments.iter().map(|environment| names.unique("values-", &environment.name, ".yaml")).collect()
}

/// Each object in a file of its own; definitions of custom resources apart, where Helm installs them before everything else.
/// What `meanwhile` gives comes with them.
fn objects<T>(chart: &Chart, speller: &Speller, meanwhile: impl FnOnce() -> T) -> (T, Vec<File>) {
    let mut names = Names::default();
    let (mut templates, mut definitions) = (Vec::new(), Vec::new());
    for template in &chart.templates {
        match is_definition(template) {
            true => definitions.push((names.of("crds/", template), template)),
            false => templates.push((names.of("templates/", template), template)),
        }
    }
    let plain = |template: &Template| {
        let mut text = String::new();
        yaml::document(&settled(&template.form, chart), &mut text);
        text
    };
    let text = |template: &Template| template::text(template, speller);
    let (beside, texts) = parallel::alongside(text, |hand_out| {
        templates.iter().for_each(|(_, template)| hand_out(template));
        meanwhile()
    });
    let definitions = definitions.into_iter().map(|(path, template)| File::open(path, plain(template)));
    let file = |((path, template), text)| File { path, text, private: is_private(template, chart) };
    (beside, templates.into_iter().zip(texts).map(file).chain(definitions).collect())
}

fn is_definition(template: &Template) -> bool {
    template.form.at(&["kind"]).and_then(Form::as_str) == Some("CustomResourceDefinition")
}

fn is_private(template: &Template, chart: &Chart) -> bool {
    template.form.at(&["kind"]).and_then(Form::as_str) == Some("Secret") && holds_data(&settled(&template.form, chart))
}

fn chart_yaml(chart: &Chart, name: &str) -> String {
    let mut map = Map::default();
    for (key, text) in [
        ("apiVersion", "v2".to_string()),
        ("name", name.to_string()),
        ("description", format!("{}, as nxk compiles it", values::one_line(&chart.name))),
        ("type", "application".to_string()),
        ("version", "0.1.0".to_string()),
        ("kubeVersion", format!(">= {}.0-0", chart.kubernetes)),
    ] {
        map.set(key, Span::NONE, Node::string(text, Span::NONE));
    }
    let mut text = String::new();
    yaml::document(&Node::new(NodeKind::Map(map), Span::NONE), &mut text);
    text
}

fn helpers(chart: &Chart, name: &str) -> String {
    let helper = quoted(&prefix_helper(name));
    let prefix = format!(
        "{{{{- /*\n\
         What stands before the name of every object: nothing in a release that is called like the chart, else the release's\n\
         name. So two releases of the chart can live in one namespace.\n\
         */ -}}}}\n\
         {{{{- define {helper} -}}}}\n\
         {{{{- if ne .Release.Name .Chart.Name }}}}{{{{ .Release.Name }}}}-{{{{ end -}}}}\n\
         {{{{- end -}}}}\n"
    );
    prefix + &checks::helper(chart, name).unwrap_or_default()
}

const HELMIGNORE: &str = "\
# What does not belong into the package.
.DS_Store
.nxk-output
.git/
.gitignore
.idea/
.vscode/
*.bak
*.orig
*.swp
*.tmp
*~
";

/// Names of files that nobody else has.
#[derive(Default)]
struct Names {
    /// The paths that are taken, each with the last number that was put behind it.
    taken: HashMap<String, usize>,
}

impl Names {
    /// `<kind>-<name>.yaml` for an object.
    fn of(&mut self, folder: &str, template: &Template) -> String {
        let text = |keys: &[&str]| template.form.at(keys).and_then(Form::pieces).map(|pieces| fixed(&pieces));
        let kind = text(&["kind"]).unwrap_or_default();
        let name = text(&["metadata", "name"]).unwrap_or_else(|| template.key.to_string());
        self.unique(folder, &format!("{kind}-{name}"), ".yaml")
    }

    fn unique(&mut self, before: &str, name: &str, behind: &str) -> String {
        let stem = format!("{before}{}", file_word(name, "object"));
        let mut path = format!("{stem}{behind}");
        while let Some(&last) = self.taken.get(&path) {
            // The next number that nobody has asked for with this name, which another name may be all the same.
            let number = last + 1;
            self.taken.insert(path, number);
            path = format!("{stem}-{number}{behind}");
            if !self.taken.contains_key(&path) {
                break;
            }
            path = format!("{stem}{behind}");
        }
        self.taken.insert(path.clone(), 1);
        path
    }
}

/// What no value changes of a text.
fn fixed(pieces: &[super::Piece]) -> String {
    let text = |piece: &super::Piece| match piece {
        super::Piece::Text(text) => text.to_string(),
        _ => String::new(),
    };
    pieces.iter().map(text).collect()
}

/// The text as a part of the name of a file: lower case, nothing that a file system minds.
fn file_word(text: &str, fallback: &str) -> String {
    /// File systems take 255 bytes.
    const MAX_BYTES: usize = 120;
    let sign = |c: char| match c.to_ascii_lowercase() {
        c @ ('a'..='z' | '0'..='9' | '.' | '-') => c,
        _ => '-',
    };
    let word: String = text.chars().take(MAX_BYTES).map(sign).collect();
    let word = word.trim_matches(['.', '-']);
    if word.is_empty() { fallback.to_string() } else { word.to_string() }
}
