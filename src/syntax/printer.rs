//! A tree as a compact S-expression, for `nxk debug ast` and the tests.

use std::fmt::Write;

use super::ast::*;
use super::quote::quoted_name;

/// Shows an expression on one line.
pub fn sexpr(expr: &Expr) -> String {
    let mut out = String::new();
    write_expr(&mut out, expr);
    out
}

/// Writes `(head part part …)`.
fn list<T>(out: &mut String, head: &str, parts: impl IntoIterator<Item = T>, mut each: impl FnMut(&mut String, T)) {
    out.push('(');
    out.push_str(head);
    for part in parts {
        out.push(' ');
        each(out, part);
    }
    out.push(')');
}

fn write_expr(out: &mut String, expr: &Expr) {
    match &expr.kind {
        ExprKind::Error(parts) => list(out, "error", parts, write_expr),
        ExprKind::Int(value) => write_display(out, value),
        ExprKind::Float(value) => write_display(out, format_args!("{value:?}")),
        ExprKind::Str(parts) => write_parts(out, "str", parts),
        ExprKind::Path(parts) => write_parts(out, "path", parts),
        ExprKind::Var(name) => out.push_str(name.as_str()),
        ExprKind::List(elements) => list(out, "list", elements, write_expr),
        ExprKind::Attrs(attrs) => list(out, if attrs.recursive { "rec" } else { "set" }, &attrs.entries, write_entry),
        ExprKind::Let { entries, body } => {
            list(out, "let", entries, write_entry);
            out.pop();
            out.push_str(" in ");
            write_expr(out, body);
            out.push(')');
        }
        ExprKind::LegacyLet(entries) => list(out, "legacy-let", entries, write_entry),
        ExprKind::Lambda(lambda) => {
            out.push_str("(fn ");
            write_param(out, &lambda.param);
            out.push(' ');
            write_expr(out, &lambda.body);
            out.push(')');
        }
        ExprKind::Apply { function, arguments } => {
            list(out, "call", std::iter::once(&**function).chain(arguments), write_expr);
        }
        ExprKind::Select { subject, path, default } => {
            out.push_str("(. ");
            write_expr(out, subject);
            out.push(' ');
            write_path(out, path);
            if let Some(default) = default {
                out.push_str(" or ");
                write_expr(out, default);
            }
            out.push(')');
        }
        ExprKind::HasAttr { subject, path } => {
            out.push_str("(? ");
            write_expr(out, subject);
            out.push(' ');
            write_path(out, path);
            out.push(')');
        }
        ExprKind::If { condition, then, otherwise } => {
            list(out, "if", [condition, then, otherwise], |out, part| write_expr(out, part));
        }
        ExprKind::With { scope, body } => list(out, "with", [scope, body], |out, part| write_expr(out, part)),
        ExprKind::Assert { condition, body } => {
            list(out, "assert", [condition, body], |out, part| write_expr(out, part));
        }
        ExprKind::Unary { op, operand } => {
            list(out, if *op == UnaryOp::Not { "!" } else { "-" }, [operand], |out, part| write_expr(out, part));
        }
        ExprKind::Binary { op, left, right, .. } => {
            list(out, op.symbol(), [left, right], |out, part| write_expr(out, part));
        }
        ExprKind::Paren(inner) => list(out, "paren", [inner], |out, part| write_expr(out, part)),
        ExprKind::Type(ty) => list(out, "type", [ty], |out, part| write_type(out, part)),
    }
}

fn write_display(out: &mut String, value: impl std::fmt::Display) {
    // Writing to a string can't fail.
    let _ = write!(out, "{value}");
}

fn write_text(out: &mut String, text: &str) {
    write_display(out, format_args!("{text:?}"));
}

fn write_parts(out: &mut String, head: &str, parts: &[StrPart]) {
    match parts {
        [] if head == "str" => out.push_str("\"\""),
        [StrPart::Text(text)] if head == "str" => write_text(out, text),
        _ => list(out, head, parts, |out, part| match part {
            StrPart::Text(text) => write_text(out, text),
            StrPart::Interpolation(expr) => write_expr(out, expr),
        }),
    }
}

fn write_path(out: &mut String, path: &[AttrName]) {
    for (index, name) in path.iter().enumerate() {
        if index > 0 {
            out.push('.');
        }
        match &name.kind {
            AttrNameKind::Fixed(name) => write_name(out, name.as_str()),
            AttrNameKind::Dynamic(expr) => {
                out.push_str("${");
                write_expr(out, expr);
                out.push('}');
            }
        }
    }
}

fn write_name(out: &mut String, name: &str) {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-'".contains(&byte));
    if plain { out.push_str(name) } else { write_text(out, name) }
}

fn write_doc(out: &mut String, doc: Option<&ecow::EcoString>) {
    if let Some(doc) = doc {
        write_display(out, format_args!("#{doc:?} "));
    }
}

fn write_entry(out: &mut String, entry: &Entry) {
    match entry {
        Entry::Bind(binding) => {
            out.push_str("(= ");
            write_doc(out, binding.doc.as_ref());
            write_path(out, &binding.path);
            if let Some(ty) = &binding.annotation {
                out.push_str(" : ");
                write_type(out, ty);
            }
            out.push(' ');
            write_expr(out, &binding.value);
            out.push(')');
        }
        Entry::Inherit(inherit) => {
            out.push_str("(inherit");
            if let Some(from) = &inherit.from {
                out.push(' ');
                list(out, "from", [from], write_expr);
            }
            for name in &inherit.names {
                out.push(' ');
                write_path(out, std::slice::from_ref(name));
            }
            out.push(')');
        }
        Entry::Type(declaration) => {
            out.push_str("(type ");
            write_doc(out, declaration.doc.as_ref());
            out.push_str(declaration.name.as_str());
            for (param, _) in &declaration.params {
                out.push(' ');
                out.push_str(param.as_str());
            }
            out.push_str(" = ");
            write_type(out, &declaration.ty);
            out.push(')');
        }
        Entry::Declare(declaration) => {
            out.push_str("(: ");
            write_doc(out, declaration.doc.as_ref());
            write_path(out, &declaration.path);
            out.push(' ');
            write_type(out, &declaration.ty);
            out.push(')');
        }
        Entry::Error(parts) => list(out, "error", parts, write_expr),
    }
}

fn write_param(out: &mut String, param: &Param) {
    let formals = match param {
        Param::Name(name, _) => return out.push_str(name.as_str()),
        Param::Formals(formals) => formals,
    };
    list(out, "formals", &formals.formals, |out, formal| {
        write_doc(out, formal.doc.as_ref());
        out.push_str(formal.name.as_str());
        if let Some(ty) = &formal.annotation {
            out.push_str(" : ");
            write_type(out, ty);
        }
        if let Some(default) = &formal.default {
            out.push_str(" ? ");
            write_expr(out, default);
        }
    });
    out.pop();
    if formals.open {
        out.push_str(" ...");
    }
    if let Some((alias, _)) = formals.alias {
        out.push_str(" @");
        out.push_str(alias.as_str());
    }
    out.push(')');
}

fn write_type(out: &mut String, ty: &TypeExpr) {
    match &ty.kind {
        TypeKind::Error => out.push_str("(error)"),
        TypeKind::Name(path) => {
            for (index, (name, _)) in path.iter().enumerate() {
                if index > 0 {
                    out.push('.');
                }
                out.push_str(&quoted_name(name.as_str()));
            }
        }
        TypeKind::Apply { head, arguments } => {
            list(out, "call", std::iter::once(&**head).chain(arguments), write_type);
        }
        TypeKind::Literal(literal) => write_literal(out, literal),
        TypeKind::List(element) => list(out, "list", [element], |out, part| write_type(out, part)),
        TypeKind::Map(element) => list(out, "map", [element], |out, part| write_type(out, part)),
        TypeKind::Record(record) => {
            list(out, "record", &record.fields, write_field);
            if record.open {
                out.pop();
                out.push_str(" ...)");
            }
        }
        TypeKind::Function(from, to) => list(out, "->", [from, to], |out, part| write_type(out, part)),
        TypeKind::Union(members) => list(out, "|", members, write_type),
        TypeKind::Joined(parts) => list(out, "&", parts, write_type),
        TypeKind::Refined { base, by } => {
            out.push_str("(refine ");
            write_type(out, base);
            out.push(' ');
            match by {
                Refinement::Pattern(pattern) => write_display(out, format_args!("/{pattern}/")),
                Refinement::Range { min, max } => {
                    min.iter().for_each(|bound| write_literal(out, bound));
                    out.push_str("..");
                    max.iter().for_each(|bound| write_literal(out, bound));
                }
            }
            out.push(')');
        }
        TypeKind::Paren(inner) => list(out, "paren", [inner], |out, part| write_type(out, part)),
    }
}

fn write_field(out: &mut String, field: &FieldType) {
    write_doc(out, field.doc.as_ref());
    write_name(out, field.name.as_str());
    out.push_str(if field.optional { "? : " } else { " : " });
    write_type(out, &field.ty);
    if let Some(default) = &field.default {
        out.push_str(" = ");
        write_expr(out, default);
    }
}

fn write_literal(out: &mut String, literal: &Literal) {
    match literal {
        Literal::Str(text) => write_text(out, text),
        Literal::Int(value) => write_display(out, value),
        Literal::Float(value) => write_display(out, format_args!("{value:?}")),
    }
}
