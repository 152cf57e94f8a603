//! Types to terms. A type evaluates like any expression; only its written forms differ.

use super::desugar::Desugarer;
use super::{FieldTypeTerm, NameTerm, Term, TermKind, TermRef, TypeTerm};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::ast::{FieldType, RecordType, TypeDecl, TypeExpr, TypeKind};

/// The term of a written type.
pub(super) fn type_term(walk: &mut Desugarer, ty: &TypeExpr) -> TermRef {
    walk.typed = true;
    let form = match &ty.kind {
        TypeKind::Error => return Term::new(TermKind::Error, ty.span),
        TypeKind::Paren(inner) => return type_term(walk, inner),
        TypeKind::Name(path) => return name(walk, path, ty.span),
        TypeKind::Apply { head, arguments } => {
            let function = type_term(walk, head);
            let arguments = arguments.iter().map(|argument| type_term(walk, argument)).collect();
            return Term::new(TermKind::Apply { function, arguments }, ty.span);
        }
        TypeKind::Literal(literal) => TypeTerm::Literal(literal.clone()),
        TypeKind::List(item) => TypeTerm::List(type_term(walk, item)),
        TypeKind::Map(item) => TypeTerm::Map(type_term(walk, item)),
        TypeKind::Record(record) => record_term(walk, record),
        TypeKind::Function(from, to) => TypeTerm::Function(type_term(walk, from), type_term(walk, to)),
        TypeKind::Union(members) => TypeTerm::Union(members.iter().map(|member| type_term(walk, member)).collect()),
        TypeKind::Joined(parts) => TypeTerm::Joined(parts.iter().map(|part| type_term(walk, part)).collect()),
        TypeKind::Refined { base, by } => TypeTerm::Refined(type_term(walk, base), by.clone()),
    };
    Term::new(TermKind::Type(Box::new(form)), ty.span)
}

/// The value of a type declaration: the type under its name, behind a function if it has parameters.
pub(super) fn declaration(walk: &mut Desugarer, decl: &TypeDecl) -> TermRef {
    for (param, _) in &decl.params {
        walk.scope.push([*param]);
    }
    let ty = type_term(walk, &decl.ty);
    let mut term = Term::new(TermKind::Type(Box::new(TypeTerm::Declared(decl.name, ty))), decl.name_span);
    for (param, span) in decl.params.iter().rev() {
        walk.scope.pop();
        let lambda = super::Lambda { param: super::ParamTerm::Name(*param), body: term, span: *span };
        term = Term::new(TermKind::Lambda(lambda.into()), decl.span);
    }
    term
}

fn name(walk: &mut Desugarer, path: &[(Symbol, Span)], span: Span) -> TermRef {
    let (&(first, first_span), rest) = path.split_first().expect("a type name has at least one part");
    let subject = Term::new(walk.type_variable(first, first_span), first_span);
    if rest.is_empty() {
        return subject;
    }
    let path = rest.iter().map(|&(name, span)| NameTerm::Fixed(name, span)).collect();
    Term::new(TermKind::Select { subject, path, default: None }, span)
}

fn record_term(walk: &mut Desugarer, record: &RecordType) -> TypeTerm {
    let mut seen = rustc_hash::FxHashMap::default();
    let field = |field: &FieldType| {
        if let Some(first) = seen.insert(field.name, field.name_span) {
            let message = format!("the field `{}` is declared twice", field.name);
            let finding = Diagnostic::new(Code::DuplicateAttribute, field.name_span, message);
            walk.diagnostics.push(finding.label("again here").also(first, "first here").hint("remove one of the two"));
        }
        FieldTypeTerm {
            name: field.name,
            span: field.name_span,
            optional: field.optional,
            ty: type_term(walk, &field.ty),
            default: field.default.as_ref().map(|default| walk.expr(default)),
            doc: field.doc.clone(),
        }
    };
    TypeTerm::Record { fields: record.fields.iter().map(field).collect(), open: record.open }
}
