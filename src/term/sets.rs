//! Sets and `let`: nested paths and repeated sets flow together before any name is resolved.
//!
//! `a.b = 1; a.c = 2;` and `a = { b = 1; }; a.c = 2;` both mean `a = { b = 1; c = 2; }`. So the
//! entries are first collected into a [`SetBuilder`] (which still points into the syntax tree), and
//! only the finished set is walked. A name that is bound twice to anything but sets is an error.

use std::cell::OnceCell;
use std::rc::Rc;

use indexmap::IndexMap;
use indexmap::map::Entry as Slot;

use super::desugar::Desugarer;
use super::{AttrsTerm, FieldTerm, NameTerm, OptionTerm, Term, TermKind, TermRef, types};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::ast::{
    AttrName, AttrNameKind, AttrsExpr, Binding, Declaration, Entry, Expr, ExprKind, Inherit, StrPart, TypeDecl,
};

/// The longest chain of names in one binding; each is a set inside the one before.
const MAX_PATH: usize = 500;

/// A set in the making.
struct SetBuilder<'a> {
    recursive: bool,
    /// Whether `name : T = d;` declares an option here.
    options: bool,
    span: Span,
    fields: IndexMap<Symbol, Field<'a>>,
    dynamic: Vec<(&'a Expr, Value<'a>)>,
}

struct Field<'a> {
    span: Span,
    value: Value<'a>,
}

/// What a name is bound to, not yet walked.
enum Value<'a> {
    Set(SetBuilder<'a>),
    /// A binding; whether it stands where an annotation declares an option.
    Bound(&'a Binding, bool),
    Declared(&'a Declaration),
    Inherited,
    /// `inherit (e) x`: the one term of `e` is shared by all names of its `inherit`.
    From(&'a Expr, Rc<OnceCell<TermRef>>),
    Type(&'a TypeDecl),
}

impl<'a> SetBuilder<'a> {
    fn new(recursive: bool, options: bool, span: Span) -> SetBuilder<'a> {
        SetBuilder { recursive, options, span, fields: IndexMap::new(), dynamic: Vec::new() }
    }
}

impl Desugarer<'_> {
    /// `{ … }`; `options` says whether annotated bindings declare options.
    pub(super) fn attrs(&mut self, attrs: &AttrsExpr, options: bool) -> TermKind {
        let mut set = SetBuilder::new(attrs.recursive, options, Span::NONE);
        self.collect(&mut set, &attrs.entries);
        self.finish(set)
    }

    pub(super) fn let_in(&mut self, entries: &[Entry], body: &Expr) -> TermKind {
        let mut set = SetBuilder::new(true, false, Span::NONE);
        self.collect(&mut set, entries);
        self.scope.push(set.fields.keys().copied());
        for (name, value) in std::mem::take(&mut set.dynamic) {
            let message = "a name in `let` cannot be computed";
            let finding = Diagnostic::new(Code::DynamicInLet, name.span, message);
            self.diagnostics.push(finding.hint("bind a set with computed names, and select from it"));
            self.expr(name);
            self.value(value);
        }
        let values = set.fields.into_iter().map(|(name, field)| self.field(name, field, 1)).collect::<Vec<_>>();
        let body = self.expr(body);
        self.scope.pop();
        TermKind::Let { values: values.into_iter().map(|field| field.value).collect(), body }
    }

    /// `let { …; body = e; }` is `(rec { …; body = e; }).body`.
    pub(super) fn legacy_let(&mut self, entries: &[Entry], span: Span) -> TermKind {
        let mut set = SetBuilder::new(true, false, Span::NONE);
        self.collect(&mut set, entries);
        let subject = Term::new(self.finish(set), span);
        TermKind::Select { subject, path: vec![NameTerm::Fixed(Symbol::new("body"), span)], default: None }
    }

    fn collect<'a>(&mut self, set: &mut SetBuilder<'a>, entries: &'a [Entry]) {
        for entry in entries {
            match entry {
                Entry::Bind(binding) => self.bind(set, binding),
                Entry::Declare(declaration) => self.insert(set, &declaration.path, Value::Declared(declaration)),
                Entry::Inherit(inherit) => self.inherit(set, inherit),
                Entry::Type(decl) => self.place(set, decl.name, decl.name_span, Value::Type(decl)),
                Entry::Error(parts) => {
                    for part in parts {
                        self.expr(part);
                    }
                }
            }
        }
    }

    fn bind<'a>(&mut self, set: &mut SetBuilder<'a>, binding: &'a Binding) {
        let literal = match &peel(&binding.value).kind {
            ExprKind::Attrs(attrs) if binding.annotation.is_none() => Some(attrs),
            _ => None,
        };
        let value = match literal {
            Some(attrs) => {
                let options = set.options || starts_options(&binding.path);
                let mut inner = SetBuilder::new(attrs.recursive, options, binding.value.span);
                self.collect(&mut inner, &attrs.entries);
                Value::Set(inner)
            }
            None => Value::Bound(binding, set.options || starts_options(&binding.path)),
        };
        self.insert(set, &binding.path, value);
    }

    fn inherit<'a>(&mut self, set: &mut SetBuilder<'a>, inherit: &'a Inherit) {
        let shared = Rc::new(OnceCell::new());
        for name in &inherit.names {
            match (fixed(name), &inherit.from) {
                (Some(symbol), Some(from)) => {
                    self.place(set, symbol, name.span, Value::From(from, shared.clone()));
                }
                (Some(symbol), None) => self.place(set, symbol, name.span, Value::Inherited),
                (None, _) => {
                    let finding =
                        Diagnostic::new(Code::DynamicInLet, name.span, "an inherited name cannot be computed");
                    self.diagnostics.push(finding.hint("write `${name} = set.${name};` instead"));
                }
            }
        }
    }

    /// Puts `value` at the end of `path`, making the sets in between.
    fn insert<'a>(&mut self, set: &mut SetBuilder<'a>, path: &'a [AttrName], value: Value<'a>) {
        let Some((head, rest)) = path.split_first() else { return };
        if path.len() > MAX_PATH {
            let message = format!("a path of {} names is nested too deeply", path.len());
            let finding = Diagnostic::new(Code::NestingTooDeep, head.span, message);
            return self.diagnostics.push(finding.hint(format!("at most {MAX_PATH} names are allowed")));
        }
        let options = set.options || starts_options(std::slice::from_ref(head));
        let span = head.span;
        let name = match (&head.kind, fixed(head)) {
            (_, Some(name)) => Ok(name),
            (AttrNameKind::Dynamic(name), None) => Err(name),
            (AttrNameKind::Fixed(name), None) => Ok(*name),
        };
        match name {
            Ok(name) if rest.is_empty() => self.place(set, name, head.span, value),
            Ok(name) => match set.fields.entry(name) {
                Slot::Vacant(slot) => {
                    let mut inner = SetBuilder::new(false, options, span);
                    self.insert(&mut inner, rest, value);
                    slot.insert(Field { span: head.span, value: Value::Set(inner) });
                }
                Slot::Occupied(mut slot) => match slot.get_mut() {
                    Field { value: Value::Set(inner), .. } => self.insert(inner, rest, value),
                    Field { span, .. } => {
                        let first = *span;
                        self.duplicate(name, head.span, first);
                    }
                },
            },
            Err(name) if rest.is_empty() => set.dynamic.push((name, value)),
            Err(name) => {
                let mut inner = SetBuilder::new(false, options, span);
                self.insert(&mut inner, rest, value);
                set.dynamic.push((name, Value::Set(inner)));
            }
        }
    }

    /// Binds `name`, letting two sets flow together.
    fn place<'a>(&mut self, set: &mut SetBuilder<'a>, name: Symbol, span: Span, value: Value<'a>) {
        match set.fields.entry(name) {
            Slot::Vacant(slot) => {
                slot.insert(Field { span, value });
            }
            Slot::Occupied(mut slot) => {
                let first = slot.get().span;
                match (&mut slot.get_mut().value, value) {
                    (Value::Set(into), Value::Set(from)) => self.flow(into, from),
                    _ => self.duplicate(name, span, first),
                }
            }
        }
    }

    fn flow<'a>(&mut self, into: &mut SetBuilder<'a>, from: SetBuilder<'a>) {
        for (name, field) in from.fields {
            self.place(into, name, field.span, field.value);
        }
        into.dynamic.extend(from.dynamic);
    }

    fn duplicate(&mut self, name: Symbol, span: Span, first: Span) {
        let finding =
            Diagnostic::new(Code::DuplicateAttribute, span, format!("the attribute `{name}` is defined twice"));
        self.diagnostics.push(finding.label("again here").also(first, "first here").hint("remove one of the two"));
    }

    fn finish(&mut self, set: SetBuilder) -> TermKind {
        // The frame of a recursive set is passed over by `inherit x`, which means the `x` outside.
        let skip = usize::from(set.recursive);
        if set.recursive {
            self.scope.push(set.fields.keys().copied());
        } else {
            self.plain.push(set.fields.keys().copied().collect());
        }
        let fields = set.fields.into_iter().map(|(name, field)| self.field(name, field, skip)).collect();
        let dynamic = |(name, value)| (self.expr(name), self.value(value));
        let dynamic = set.dynamic.into_iter().map(dynamic).collect();
        if set.recursive {
            self.scope.pop();
        } else {
            self.plain.pop();
        }
        TermKind::Attrs(Box::new(AttrsTerm { recursive: set.recursive, fields, dynamic }))
    }

    fn field(&mut self, name: Symbol, field: Field, skip: usize) -> FieldTerm {
        let span = field.span;
        let value = match field.value {
            Value::Inherited => {
                // The set's own attribute, which this makes, is not the one that is meant.
                let own = if skip == 0 { self.plain.pop() } else { None };
                let term = Term::new(self.variable(name, span, skip), span);
                self.plain.extend(own);
                term
            }
            Value::From(from, shared) => {
                let subject = shared.get_or_init(|| self.expr(from)).clone();
                let path = vec![NameTerm::Fixed(name, span)];
                Term::new(TermKind::Select { subject, path, default: None }, span)
            }
            value => self.value(value),
        };
        FieldTerm { name, span, value }
    }

    fn value(&mut self, value: Value) -> TermRef {
        match value {
            Value::Set(set) => {
                let span = set.span;
                Term::new(self.finish(set), span)
            }
            Value::Bound(binding, options) => self.bound(binding, options),
            Value::Declared(declaration) => {
                let ty = types::type_term(self, &declaration.ty);
                let option = OptionTerm { ty, default: None, doc: declaration.doc.clone() };
                Term::new(TermKind::Option(Box::new(option)), declaration.span)
            }
            Value::Type(decl) => types::declaration(self, decl),
            Value::Inherited | Value::From(..) => unreachable!("inherited names are fixed, so `field` sees them"),
        }
    }

    /// The value of a plain or annotated binding.
    fn bound(&mut self, binding: &Binding, options: bool) -> TermRef {
        let Some(annotation) = &binding.annotation else { return self.expr(&binding.value) };
        let ty = types::type_term(self, annotation);
        let value = self.expr(&binding.value);
        if options {
            let option = OptionTerm { ty, default: Some(value), doc: binding.doc.clone() };
            return Term::new(TermKind::Option(Box::new(option)), binding.span);
        }
        let name = binding.path.iter().rev().find_map(fixed).unwrap_or_else(|| Symbol::new("value"));
        Term::new(TermKind::Annotated { name, value, ty, by: self.by }, binding.value.span)
    }
}

/// Whether what stands behind this path declares options.
fn starts_options(path: &[AttrName]) -> bool {
    path.iter().filter_map(fixed).any(|name| name.as_str() == "options")
}

/// The name, if it is known without evaluating anything: `${"a"}` is as fixed as `a`.
fn fixed(name: &AttrName) -> Option<Symbol> {
    match &name.kind {
        AttrNameKind::Fixed(symbol) => Some(*symbol),
        AttrNameKind::Dynamic(expr) => match &expr.kind {
            ExprKind::Str(parts) => match parts.as_slice() {
                [] => Some(Symbol::new("")),
                [StrPart::Text(text)] => Some(Symbol::new(text)),
                _ => None,
            },
            _ => None,
        },
    }
}

/// The expression inside any parentheses.
fn peel(mut expr: &Expr) -> &Expr {
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    expr
}
