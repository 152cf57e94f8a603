//! Which files an output consists of, and what is in them.
//!
//! There are two forms: all objects in one file (`manifests.yaml`), or each in a file of its own, named
//! so that people find it and no object can choose where it lands (see `names`). Beside them there can be a
//! `kustomization.yaml`, which lists the files in the order of installation.
//!
//! The objects of a GitOps tool say what is to be deployed from where, and are no part of what is deployed: an
//! Application that holds itself would never be done. So they get a file, or a folder, of their own, which
//! `kustomization.yaml` passes over.

mod kustomization;
mod names;

use super::NewFile;
use crate::emit::{json, kyaml, yaml};
use crate::lower::holds_data;
use crate::node::Node;
use crate::parallel;

/// How objects are laid out in files.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// How they are written.
    pub form: Form,
    /// Whether each has a file of its own.
    pub split: bool,
    /// Whether there is a `kustomization.yaml`.
    pub kustomization: bool,
}

/// How objects are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Documents, with `---` between them.
    Yaml,
    /// Documents in braces and quotes.
    Kyaml,
    /// One document, of several objects a `List`.
    Json,
}

/// Where the objects of a GitOps tool are: `gitops.yaml`, or this folder.
const GITOPS: &str = "gitops";

/// Whether a file of an output holds objects of a GitOps tool, apart from what they deploy.
pub fn is_apart(name: &str) -> bool {
    name.strip_prefix(GITOPS).is_some_and(|rest| rest.starts_with(['.', '/']))
}

impl Form {
    /// All `objects` in one text.
    pub fn all(self, objects: &[&Node]) -> String {
        match self {
            Form::Yaml => yaml::stream(objects),
            Form::Kyaml => kyaml::stream(objects),
            Form::Json => json::list(objects),
        }
    }

    /// One object.
    fn one(self, object: &Node) -> String {
        let mut text = String::new();
        match self {
            Form::Yaml => yaml::document(object, &mut text),
            Form::Kyaml => kyaml::document(object, &mut text),
            Form::Json => json::document(object, &mut text),
        }
        text
    }

    /// What its files end in.
    fn extension(self) -> &'static str {
        match self {
            Form::Yaml | Form::Kyaml => "yaml",
            Form::Json => "json",
        }
    }
}

impl Layout {
    /// The files for `objects`, which are deployed, and for those of a GitOps tool. Both are in the order of installation.
    pub fn files(&self, objects: &[&Node], gitops: &[&Node]) -> Vec<NewFile> {
        let mut files = self.place(objects, None);
        // GitOps tools deploy all that they find, but for what a kustomization leaves out.
        if self.kustomization || !gitops.is_empty() {
            let listed: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
            files.push(kustomization::file(&listed));
        }
        if !gitops.is_empty() {
            files.extend(self.place(gitops, Some(GITOPS)));
        }
        files
    }

    /// The files of some objects: those that are `apart` are called so, or in a folder that is.
    fn place(&self, objects: &[&Node], apart: Option<&str>) -> Vec<NewFile> {
        let extension = self.form.extension();
        if !self.split {
            let name = format!("{}.{extension}", apart.unwrap_or("manifests"));
            let private = objects.iter().any(|object| holds_data(object));
            return vec![NewFile { name, text: self.form.all(objects), private }];
        }
        let texts = parallel::each(objects, |object| (self.form.one(object), holds_data(object)));
        let names = names::of(objects, apart).into_iter();
        let file = |(name, (text, private))| NewFile { name: format!("{name}.{extension}"), text, private };
        names.zip(texts).map(file).collect()
    }
}
