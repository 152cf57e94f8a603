//! Expressions to terms.

use ecow::EcoString;

use super::scope::{Globals, Resolved, Scope};
use super::{Annotations, FormalTerm, Lambda, NameTerm, ParamTerm, StrTerm, Term, TermKind, TermRef, TypeTerm, types};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::ast::{AttrName, AttrNameKind, Expr, ExprKind, Formals, LambdaExpr, Param, StrPart};

/// A desugared file.
#[derive(Debug)]
pub struct Desugared {
    /// The file's expression.
    pub root: TermRef,
    /// Whether anything in it is not Nix: a type, an annotation, a declaration.
    pub typed: bool,
    /// What is wrong with names and sets, in the order of the walk.
    pub diagnostics: Vec<Diagnostic>,
}

/// Resolves names and removes sugar. Never fails: what is wrong is reported and becomes [`TermKind::Error`].
pub fn desugar(root: &Expr, globals: &Globals, by: Annotations) -> Desugared {
    let mut desugarer =
        Desugarer { scope: Scope::new(globals), plain: Vec::new(), by, typed: false, diagnostics: Vec::new() };
    let root = desugarer.expr(root);
    Desugared { root, typed: desugarer.typed, diagnostics: desugarer.diagnostics }
}

/// The walk: the scope around the current expression, and the findings so far.
pub(super) struct Desugarer<'g> {
    pub(super) scope: Scope<'g>,
    /// The names of the sets around the expression that are not recursive: no variables, but often taken for some.
    pub(super) plain: Vec<Vec<Symbol>>,
    /// Who sees to the annotations of this file.
    pub(super) by: Annotations,
    /// Whether a type has been met.
    pub(super) typed: bool,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Desugarer<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> TermRef {
        let kind = match &expr.kind {
            ExprKind::Error(parts) => {
                // The parts are walked for their own mistakes; their terms lead nowhere.
                for part in parts {
                    self.expr(part);
                }
                TermKind::Error
            }
            ExprKind::Int(number) => TermKind::Int(*number),
            ExprKind::Float(number) => TermKind::Float(*number),
            ExprKind::Str(parts) => self.string(parts),
            ExprKind::Path(parts) => TermKind::Path(self.parts(parts)),
            ExprKind::Var(name) => self.variable(*name, expr.span, 0),
            ExprKind::List(items) => TermKind::List(items.iter().map(|item| self.expr(item)).collect()),
            ExprKind::Attrs(attrs) => self.attrs(attrs, false),
            ExprKind::Let { entries, body } => self.let_in(entries, body),
            ExprKind::LegacyLet(entries) => self.legacy_let(entries, expr.span),
            ExprKind::Lambda(lambda) => self.lambda(lambda, expr.span),
            ExprKind::Apply { function, arguments } => TermKind::Apply {
                function: self.expr(function),
                arguments: arguments.iter().map(|argument| self.expr(argument)).collect(),
            },
            ExprKind::Select { subject, path, default } => TermKind::Select {
                subject: self.expr(subject),
                path: self.path(path),
                default: default.as_ref().map(|default| self.expr(default)),
            },
            ExprKind::HasAttr { subject, path } => {
                TermKind::HasAttr { subject: self.expr(subject), path: self.path(path) }
            }
            ExprKind::If { condition, then, otherwise } => {
                TermKind::If { condition: self.expr(condition), then: self.expr(then), otherwise: self.expr(otherwise) }
            }
            ExprKind::With { scope, body } => {
                let scope = self.expr(scope);
                self.scope.push_with();
                let body = self.expr(body);
                self.scope.pop();
                TermKind::With { scope, body }
            }
            ExprKind::Assert { condition, body } => {
                TermKind::Assert { condition: self.expr(condition), body: self.expr(body) }
            }
            ExprKind::Unary { op, operand } => TermKind::Unary { op: *op, operand: self.expr(operand) },
            ExprKind::Binary { op, op_span, left, right } => {
                TermKind::Binary { op: *op, op_span: *op_span, left: self.expr(left), right: self.expr(right) }
            }
            ExprKind::Paren(inner) => return self.expr(inner),
            ExprKind::Type(ty) => return types::type_term(self, ty),
        };
        Term::new(kind, expr.span)
    }

    /// The term of a name, passing over the `skip` innermost frames.
    pub(super) fn variable(&mut self, name: Symbol, span: Span, skip: usize) -> TermKind {
        match self.scope.resolve(name, skip) {
            Resolved::Term(kind) => kind,
            Resolved::Refused(reason) => {
                let message = format!("`{name}` is not in the language");
                self.diagnostics.push(Diagnostic::new(Code::NotInLanguage, span, message).hint(reason));
                TermKind::Error
            }
            Resolved::Undefined => self.scope.unknown(name).unwrap_or_else(|| {
                self.diagnostics.push(self.undefined("variable", name, span));
                TermKind::Error
            }),
        }
    }

    /// The term of a name in the place of a type.
    pub(super) fn type_variable(&mut self, name: Symbol, span: Span) -> TermKind {
        match self.scope.resolve(name, 0) {
            Resolved::Undefined if is_type_variable(name) => TermKind::Type(Box::new(TypeTerm::Variable(name))),
            Resolved::Undefined => self.scope.unknown(name).unwrap_or_else(|| {
                self.diagnostics.push(self.undefined("type", name, span));
                TermKind::Error
            }),
            _ => self.variable(name, span, 0),
        }
    }

    /// The finding for a name that is not bound; `kind` is what it stands for.
    pub(super) fn undefined(&self, kind: &str, name: Symbol, span: Span) -> Diagnostic {
        // Types begin with a capital letter and variables do not, so one is rarely meant for the other.
        let capital = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
        let alike = |other: &&str| kind == "type" || capital(other) == capital(name.as_str());
        let hint = if self.plain.iter().any(|names| names.contains(&name)) {
            format!(
                "`{name}` is an attribute of a set around it: for its value use `rec {{ … }}` or `let`, for its name quotes"
            )
        } else if let Some(hint) = did_you_mean(name.as_str(), self.scope.visible().filter(alike)) {
            hint
        } else if kind == "type" {
            format!("declare it: `type {name} = …;`")
        } else {
            "bind it with `let`, or take it as an argument of the function around".to_string()
        };
        Diagnostic::new(Code::UndefinedVariable, span, format!("undefined {kind} `{name}`"))
            .label("not bound here")
            .hint(hint)
    }

    fn string(&mut self, parts: &[StrPart]) -> TermKind {
        match parts {
            [] => TermKind::Str(EcoString::new()),
            [StrPart::Text(text)] => TermKind::Str(text.clone()),
            parts => TermKind::Interpolated(self.parts(parts)),
        }
    }

    fn parts(&mut self, parts: &[StrPart]) -> Vec<StrTerm> {
        let part = |part: &StrPart| match part {
            StrPart::Text(text) => StrTerm::Text(text.clone()),
            StrPart::Interpolation(expr) => StrTerm::Interpolation(self.expr(expr)),
        };
        parts.iter().map(part).collect()
    }

    fn path(&mut self, path: &[AttrName]) -> Vec<NameTerm> {
        path.iter().map(|name| self.name(name)).collect()
    }

    fn name(&mut self, name: &AttrName) -> NameTerm {
        match &name.kind {
            AttrNameKind::Fixed(symbol) => NameTerm::Fixed(*symbol, name.span),
            AttrNameKind::Dynamic(expr) => NameTerm::Dynamic(self.expr(expr)),
        }
    }

    fn lambda(&mut self, lambda: &LambdaExpr, span: Span) -> TermKind {
        let param = match &lambda.param {
            Param::Name(name, _) => {
                self.scope.push([*name]);
                ParamTerm::Name(*name)
            }
            Param::Formals(formals) => self.formals(formals),
        };
        let body = self.expr(&lambda.body);
        self.scope.pop();
        TermKind::Lambda(Lambda { param, body, span }.into())
    }

    /// Enters the frame of a call; the caller leaves it.
    fn formals(&mut self, formals: &Formals) -> ParamTerm {
        self.unique_arguments(formals);
        let names = formals.formals.iter().map(|formal| formal.name);
        self.scope.push(names.chain(formals.alias.map(|(name, _)| name)));
        let term = |formal: &crate::syntax::ast::Formal| FormalTerm {
            name: formal.name,
            span: formal.name_span,
            default: formal.default.as_ref().map(|default| self.expr(default)),
            ty: formal.annotation.as_ref().map(|ty| types::type_term(self, ty)),
            by: self.by,
        };
        let terms = formals.formals.iter().map(term).collect();
        ParamTerm::Formals { formals: terms, open: formals.open, alias: formals.alias.is_some() }
    }

    fn unique_arguments(&mut self, formals: &Formals) {
        let named = formals.formals.iter().map(|formal| (formal.name, formal.name_span)).chain(formals.alias);
        let mut seen = rustc_hash::FxHashMap::default();
        for (name, span) in named {
            if let Some(first) = seen.insert(name, span) {
                let finding =
                    Diagnostic::new(Code::DuplicateArgument, span, format!("the argument `{name}` is named twice"));
                self.diagnostics
                    .push(finding.label("again here").also(first, "first here").hint("remove one of the two"));
            }
        }
    }
}

/// Whether a name that is bound nowhere stands for any one type: a single small letter does.
fn is_type_variable(name: Symbol) -> bool {
    matches!(name.as_str().as_bytes(), [b'a'..=b'z'])
}
