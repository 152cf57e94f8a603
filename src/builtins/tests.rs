//! The tables against their declarations.

use std::collections::BTreeSet;

use super::{CONSTANTS, TOPICS};
use crate::library;
use crate::syntax::ast::{ExprKind, RecordType, TypeKind};

/// The record type that a declaration file holds.
fn declarations(topic: &str) -> RecordType {
    let text = library::text(&format!("builtins/{topic}.nxk")).expect("every topic has a declaration file");
    let parsed = crate::syntax::parse(text, 1);
    assert_eq!(parsed.diagnostics, [], "stdlib/builtins/{topic}.nxk");
    match parsed.root.kind {
        ExprKind::Type(ty) => match ty.kind {
            TypeKind::Record(record) => record,
            other => panic!("stdlib/builtins/{topic}.nxk is not a record type: {other:?}"),
        },
        other => panic!("stdlib/builtins/{topic}.nxk is not a type: {other:?}"),
    }
}

/// How many arguments a type says that a function takes.
fn arrows(ty: &TypeKind) -> usize {
    match ty {
        TypeKind::Function(_, result) => 1 + arrows(&result.kind),
        _ => 0,
    }
}

#[test]
fn every_builtin_is_declared_with_its_type_and_nothing_else_is() {
    for (topic, natives) in TOPICS {
        let declared = declarations(topic);
        let names: Vec<&str> = declared.fields.iter().map(|field| field.name.as_str()).collect();
        let bodies: Vec<&str> = natives.iter().map(|native| native.name).collect();
        assert_eq!(bodies, names, "src/builtins/{topic}.rs and stdlib/builtins/{topic}.nxk, in the same order");
        for (field, native) in declared.fields.iter().zip(natives.iter()) {
            assert_eq!(arrows(&field.ty.kind), native.arity, "the arguments of `{}`", native.name);
            assert!(field.doc.as_ref().is_some_and(|doc| !doc.trim().is_empty()), "`{}` is documented", native.name);
        }
    }
}

#[test]
fn every_constant_is_declared() {
    let declared = declarations("constants");
    let declared: BTreeSet<&str> = declared.fields.iter().map(|field| field.name.as_str()).collect();
    let made: BTreeSet<&str> = CONSTANTS.iter().map(|(name, _)| *name).chain(["builtins"]).collect();
    assert_eq!(declared, made);
}

#[test]
fn every_declaration_file_belongs_to_a_topic() {
    let files: BTreeSet<&str> = library::paths().filter_map(|path| path.strip_prefix("builtins/")).collect();
    let topics = TOPICS.iter().map(|(topic, _)| *topic).chain(["constants", "internal"]);
    let wanted: BTreeSet<String> = topics.map(|topic| format!("{topic}.nxk")).collect();
    assert!(wanted.iter().map(String::as_str).eq(files.iter().copied()), "{files:?}");
}
