//! The reference of the layers: every option, from the types that `stdlib/layers/` declares.

use nxk::syntax::ast::{AttrNameKind, AttrsExpr, Entry, Expr, ExprKind, FieldType, RecordType, TypeExpr, TypeKind};

use crate::declared::{Source, cell, code, doc_of, sentence};

/// The files that declare options, in the order of the page.
const FILES: &[&str] = &[
    "layers/framework.nxk",
    "layers/applications.nxk",
    "layers/workloads.nxk",
    "layers/objects.nxk",
    "layers/checks.nxk",
];

const HEAD: &str = "# The options of the layers

<!-- Made from the code: NXK_UPDATE_DOCS=1 cargo test --test docs -->

Every option of a configuration, with its type, its default and what it means. The types are those of
[types.md](../language/types.md). *Required* means that an entry is wrong without it. How the layers work together is told
in [layers.md](../guides/layers.md).
";

/// `docs/reference/layers.md`
pub fn reference() -> String {
    let mut page = HEAD.to_string();
    for file in FILES {
        let source = Source::read(file);
        for (name, ty, doc) in options(&source) {
            page.push_str(&format!("\n## `{name}`\n\n"));
            if !doc.is_empty() {
                page.push_str(&format!("{doc}\n\n"));
            }
            option(&source, &name, &ty, &mut page);
        }
        for helper in helpers(&source) {
            shared(&source, helper, &mut page);
        }
    }
    let types = Source::read("layers/types.nxk");
    page.push_str("\n## Types that the layers share\n");
    for name in declared_names(&types) {
        shared(&types, &name, &mut page);
    }
    page
}

/// The declared options: name, type, documentation.
fn options(source: &Source) -> Vec<(String, TypeExpr, String)> {
    let (inner, _) = source.entries();
    let set = inner.into_iter().find_map(|entry| match entry {
        Entry::Bind(binding) => match (&binding.path[0].kind, &binding.value.kind) {
            (AttrNameKind::Fixed(name), ExprKind::Attrs(set)) if name.as_str() == "options" => Some(set),
            _ => None,
        },
        _ => None,
    });
    let set: &AttrsExpr = set.expect("the file declares options");
    let option = |entry: &Entry| match entry {
        Entry::Bind(binding) => {
            let AttrNameKind::Fixed(name) = binding.path[0].kind else { panic!("options have plain names") };
            let ty = binding.annotation.clone().expect("options have types");
            (name.as_str().to_string(), ty, sentence(binding.doc.as_deref()))
        }
        _ => panic!("the layers' options have defaults"),
    };
    set.entries.iter().map(option).collect()
}

/// The table of an option: a record, or a map of records.
fn option(source: &Source, name: &str, ty: &TypeExpr, page: &mut String) {
    let (path, inner) = match &ty.kind {
        TypeKind::Map(item) => (format!("{name}.<key>"), &**item),
        TypeKind::List(item) => (format!("{name}[]"), &**item),
        _ => (name.to_string(), ty),
    };
    match record_of(source, inner) {
        Some(record) => {
            table_head(page);
            rows(source, &path, record, page);
        }
        None => page.push_str(&format!("Each `{path}` is of type `{}`.\n", source.text(inner.span))),
    }
}

fn table_head(page: &mut String) {
    page.push_str("| option | type | default | |\n| --- | --- | --- | --- |\n");
}

/// A row a field; the fields of a record inside follow behind it.
fn rows(source: &Source, path: &str, record: &RecordType, page: &mut String) {
    for field in &record.fields {
        let inner = format!("{path}.{}", field.name);
        match &field.ty.kind {
            TypeKind::Record(record) => rows(source, &inner, record, page),
            _ => row(source, &inner, field, page),
        }
    }
}

fn row(source: &Source, path: &str, field: &FieldType, page: &mut String) {
    let default = match &field.default {
        Some(default) => code(&default_text(source, default)),
        None if field.optional => "absent".to_string(),
        None => "*required*".to_string(),
    };
    let doc = doc_of(field);
    assert!(!doc.is_empty(), "{path} has no documentation in stdlib/layers");
    let ty = code(&source.text(field.ty.span).replace("types.", ""));
    page.push_str(&format!("| `{path}` | {ty} | {default} | {} |\n", cell(&doc)));
}

/// What is worked out when it is needed is told by the words beside it.
fn default_text(source: &Source, default: &Expr) -> String {
    let text = source.text(default.span);
    if text.starts_with("defaults.") { "…".to_string() } else { text }
}

/// The record that a type is, or that its name stands for.
fn record_of<'a>(source: &'a Source, ty: &'a TypeExpr) -> Option<&'a RecordType> {
    match &ty.kind {
        TypeKind::Record(record) => Some(record),
        TypeKind::Name(path) if path.len() == 1 => {
            source.type_named(path[0].0.as_str()).and_then(|decl| record_of(source, &decl.ty))
        }
        _ => None,
    }
}

/// The types of a file that are used inside of its options' types.
fn helpers(source: &Source) -> Vec<&'static str> {
    ["Peer", "Dependency", "ServicePort"].into_iter().filter(|name| source.type_named(name).is_some()).collect()
}

fn declared_names(source: &Source) -> Vec<String> {
    let (inner, _) = source.entries();
    let name = |entry: &&Entry| match entry {
        Entry::Type(decl) => Some(decl.name.as_str().to_string()),
        _ => None,
    };
    inner.iter().filter_map(name).collect()
}

/// A section of its own for a type.
fn shared(source: &Source, name: &str, page: &mut String) {
    let decl = source.type_named(name).expect("the type is declared");
    page.push_str(&format!("\n### {name}\n\n"));
    let doc = sentence(decl.doc.as_deref());
    assert!(!doc.is_empty(), "the type {name} has no documentation in stdlib/layers");
    page.push_str(&format!("{doc}\n\n"));
    match record_of(source, &decl.ty) {
        Some(record) => {
            table_head(page);
            record.fields.iter().for_each(|field| row(source, field.name.as_str(), field, page));
        }
        None => {
            let members = match &decl.ty.kind {
                TypeKind::Union(members) => members.as_slice(),
                _ => std::slice::from_ref(&decl.ty),
            };
            let records = members.iter().filter_map(|member| record_of(source, member));
            let plain = members.iter().filter(|member| record_of(source, member).is_none());
            let plain: Vec<String> = plain.map(|member| format!("`{}`", source.text(member.span))).collect();
            page.push_str(&format!("{}\n", plain.join(" or ")));
            for record in records {
                page.push_str("\nor a set:\n\n");
                table_head(page);
                record.fields.iter().for_each(|field| row(source, field.name.as_str(), field, page));
            }
        }
    }
}
