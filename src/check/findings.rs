//! What is said about mistakes: the same as at run time, where the same is known.

use std::rc::Rc;

use super::fit::Fit;
use super::flow::Doubt;
use super::need::{Need, Why};
use super::scope::Env;
use super::ty::{Row, Sort, Ty, TyRef};
use super::{Checker, Via};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::schema::{belongs, version_of};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::term::TermRef;
use crate::types::findings::{self, Demand, Found, Look};
use crate::types::{Field, Mismatch, Record, Scalar, Type, TypeRef, check_scalar};

impl Checker<'_> {
    /// Takes in a finding; about a variable, unless something else in it turns out to fit.
    pub(super) fn report(&mut self, finding: Diagnostic) {
        self.dynamic |= finding.primary.span.is_none();
        match self.via.clone() {
            Some(Via { var, lower, upper }) => self.doubts.push(Doubt { var, lower, upper, finding }),
            None => self.findings.push(finding),
        }
    }

    /// The findings about variables in which nothing fits.
    pub(super) fn settle_doubts(&mut self) {
        for doubt in std::mem::take(&mut self.doubts) {
            let others: Vec<TyRef> = self.store.lower(doubt.var).iter().map(|lower| lower.ty.clone()).collect();
            let others = others.iter().filter(|other| !Rc::ptr_eq(other, &doubt.lower));
            let mut fits = false;
            for other in others {
                fits |= self.fit(other, &doubt.upper) != Fit::No;
            }
            match fits {
                true => self.dynamic = true,
                false => self.findings.push(doubt.finding),
            }
        }
    }

    /// The place of the user's that a finding is about: the value, or else where it is used.
    fn blamed(&self, place: Span, need: &Need) -> Span {
        if self.is_told(place) || !self.is_told(need.place) { place } else { need.place }
    }

    /// Whether findings at a place are told.
    pub(super) fn is_told(&self, place: Span) -> bool {
        !place.is_none() && (self.proves_library || self.files.is_user(place))
    }

    /// Something of the wrong type.
    pub(super) fn mismatch(&mut self, l: &TyRef, place: Span, r: &TyRef, need: &Rc<Need>) {
        let place = self.blamed(place, need);
        let finding = match &need.why {
            Why::Silent => return,
            Why::Typed { .. } if self.takes_any_set(r) => {
                let message = format!("{need} must be a set, not {}", self.describe(l));
                self.wrong_kind(l, place, message, "a set", need)
            }
            Why::Typed { .. } => self.wrong_type(l, place, r, need),
            Why::Kind { what, wanted } => {
                let words = self.describe(l);
                let message = format!("{what} must be {wanted}, not {words}");
                self.wrong_kind(l, place, message, wanted, need)
            }
            Why::Selected(name) => {
                let name = *name;
                return self.not_a_set(l, name, need.place);
            }
            Why::Called => {
                let words = self.describe(l);
                let message = format!("{words} is called as if it were a function");
                Diagnostic::new(Code::NotAFunction, need.place, message)
                    .label("called here")
                    .hint("is an operator or a `;` missing between the two?")
            }
            Why::Text => self.no_text(l, place, need),
            Why::Type => return self.not_a_type(l, place),
        };
        self.report(finding);
    }

    /// Whether a type is that of a function's arguments by name, of which nobody wrote the types.
    fn takes_any_set(&mut self, ty: &TyRef) -> bool {
        let shape = self.shape(ty);
        let Ty::Row(row) = &*shape else { return false };
        let is_free = |field: &super::ty::Field| matches!(*field.ty, Ty::Var(_) | Ty::Union(_, Sort::Inferred));
        row.is_formals && row.fields.values().all(is_free)
    }

    fn wrong_type(&mut self, l: &TyRef, place: Span, r: &TyRef, need: &Rc<Need>) -> Diagnostic {
        let ty = self.reify_demand(r);
        let look = self.look(l);
        let scalar = self.exact(l);
        let words = match (look, self.look(r)) {
            (Look::Unknown, _) => Some(self.describe(l).into()),
            (Look::Function, Look::Function) => Some(format!("a function of type {}", self.show(l)).into()),
            _ => None,
        };
        let demand = self.demand(need, place);
        let sample = scalar.clone().or_else(|| self.sample(l));
        let source = self.files.text(place);
        let found = Found { look, scalar, source, words };
        let ty = if look == Look::Null { ty } else { without_null(&ty) };
        // A value of the right kind breaks a rule.
        let finding = match sample.as_ref().and_then(|scalar| check_scalar(ty.peeled(), scalar)) {
            Some(Err(Mismatch::Rule(rule))) => findings::out_of_rule(&demand, &ty, &rule, &found),
            _ => findings::mismatch(&demand, &ty, &found),
        };
        with_path(finding, need, None)
    }

    /// A number of a range: whether it breaks a rule or is of another kind, so do all others.
    fn sample(&mut self, ty: &TyRef) -> Option<Scalar> {
        match &*self.shape(ty) {
            Ty::Known(ty) => match &**ty {
                Type::Int(bounds) => bounds.max.or(bounds.min).map(Scalar::Int),
                Type::Float(bounds) | Type::Number(bounds) => bounds.max.or(bounds.min).map(Scalar::Float),
                _ => None,
            },
            _ => None,
        }
    }

    /// The name of a function in a list, followed by what it was meant to be called with.
    pub(super) fn missing_parentheses(&mut self, term: &TermRef, item: &TyRef, need: &Rc<Need>) {
        let function = Ty::function(Ty::any(), Ty::any());
        let finding = self.wrong_type(&function, term.span, item, need);
        let name = self.files.text(term.span).to_string();
        self.report(finding.hint(format!("a call that is an item needs parentheses: `({name} …)`")));
    }

    fn demand(&self, need: &Need, place: Span) -> Demand<'static> {
        let origin = match &need.why {
            Why::Typed { what, .. } => what.api_field(),
            _ => None,
        };
        Demand {
            what: need.to_string().into(),
            place,
            // Where a layer mentions a type of Kubernetes' is no news beside the type itself.
            declared: if origin.is_some() && !self.files.is_user(need.declared) { Span::NONE } else { need.declared },
            own: origin.is_none() && self.files.is_user(need.declared),
            origin: origin.map(Into::into),
        }
    }

    fn wrong_kind(&mut self, l: &TyRef, place: Span, message: String, wanted: &str, need: &Need) -> Diagnostic {
        if self.look(l) == Look::Secret && wanted == "a string" {
            return visible_in(&need.to_string(), place, need.place);
        }
        let words = self.describe(l);
        let finding = Diagnostic::new(Code::WrongKind, place, message).label(format!("this is {words}"));
        let finding =
            if place == need.place { finding } else { finding.also(need.place, format!("{wanted} is needed here")) };
        let (look, scalar) = (self.look(l), self.exact(l));
        let hint = findings::conversion(wanted, &Found { look, scalar, source: self.files.text(place), words: None });
        finding.maybe_hint(hint)
    }

    /// A secret that would become a part of a string.
    pub(super) fn visible_text(&mut self, place: Span, needed: Span) {
        let finding = visible_in("a string", place, needed);
        self.report(finding);
    }

    fn no_text(&mut self, l: &TyRef, place: Span, need: &Need) -> Diagnostic {
        if self.look(l) == Look::Secret {
            return visible_in("a string", place, need.place);
        }
        let words = self.describe(l);
        let hint = match self.look(l) {
            Look::Int | Look::Float | Look::Bool | Look::Null | Look::List => "convert it with `toString`",
            Look::Set => "select the attribute that is meant, or use `builtins.toJSON`",
            _ => "call the function, or use another value",
        };
        let finding = Diagnostic::new(Code::NoCoercion, need.place, format!("{words} cannot become a string here"));
        let finding = finding.label("made a string here");
        if place == need.place {
            finding.hint(hint)
        } else {
            finding.also(place, format!("this is {words}")).hint(hint)
        }
    }

    /// A value in the place of a type.
    pub(super) fn not_a_type(&mut self, ty: &TyRef, place: Span) {
        let words = self.describe(ty);
        let message = format!("a type is needed here, not {words}");
        let hint = "types are `Int`, `String`, `[T]`, `{ a : T; }` and the like, or a name declared with `type`";
        self.report(Diagnostic::new(Code::NotAType, place, message).hint(hint));
    }

    /// A field that the set may lack, where it has to be there.
    pub(super) fn may_be_absent(&mut self, name: Symbol, declared: Span, place: Span, need: &Rc<Need>) {
        if matches!(need.why, Why::Silent) {
            return;
        }
        let place = self.blamed(place, need);
        let finding = Diagnostic::new(Code::MissingAttribute, place, format!("the attribute `{name}` may be missing"))
            .label("not always there")
            .also(declared, "declared with `?` here")
            .hint(format!("give a default: `… .{name} or …`, or ask first: `… ? {name}`"));
        self.report(finding);
    }

    /// A field that is not there.
    pub(super) fn missing_field(&mut self, name: Symbol, (l, r): (&Rc<Row>, &Rc<Row>), place: Span, need: &Rc<Need>) {
        match &need.why {
            Why::Silent | Why::Kind { .. } | Why::Text | Why::Type => {}
            Why::Selected(_) => self.missing_attribute(l, name, need.place),
            Why::Called => {
                let place = self.blamed(place, need);
                self.missing_argument(name, r, place);
            }
            Why::Typed { of, what } => {
                if self.is_argument(of.as_deref(), what, r) {
                    let place = self.blamed(place, need);
                    return self.missing_argument(name, r, place);
                }
                let place = self.blamed(place, need);
                let record = self.record_of(r);
                let demand = self.demand(need, place);
                let finding = match record.fields.get(&name) {
                    Some(field) => with_path(findings::missing_field(&demand, name, field, &record), need, None),
                    None => return,
                };
                self.report(finding);
            }
        }
    }

    /// Whether the set is the argument of a function that names what it takes.
    fn is_argument(&self, of: Option<&str>, what: &crate::types::Path, r: &Row) -> bool {
        what.is_empty() && r.is_formals && of.is_some_and(|of| of.starts_with("the ") && of.contains("argument"))
    }

    fn missing_argument(&mut self, name: Symbol, r: &Row, place: Span) {
        let declared = r.fields.get(&name).map_or(Span::NONE, |field| field.span);
        let finding = Diagnostic::new(Code::MissingArgument, place, format!("the function needs an argument `{name}`"))
            .label("called here without it")
            .also(declared, "declared here")
            .hint(format!("add `{name} = …;`, or give it a default with `{name} ? …`"));
        self.report(finding);
    }

    /// A field that the type does not have.
    pub(super) fn unknown_field(&mut self, name: Symbol, span: Span, r: &Rc<Row>, ty: &TyRef, need: &Rc<Need>) {
        let place = self.blamed(span, need);
        let Why::Typed { of, what } = &need.why else { return };
        if r.is_options {
            return self.unknown_option(name, place, r, need);
        }
        if self.is_argument(of.as_deref(), what, r) {
            let names = r.fields.keys().map(|name| name.as_str());
            let hint = did_you_mean(name.as_str(), names)
                .unwrap_or_else(|| "remove it, or allow further arguments with `...`".into());
            let finding =
                Diagnostic::new(Code::UnexpectedArgument, place, format!("the function takes no argument `{name}`"))
                    .label("not an argument")
                    .also(r.made, "the function")
                    .hint(hint);
            return self.report(finding);
        }
        let elsewhere = r.origin.as_ref().and_then(|origin| {
            let version = version_of(origin)?;
            match what.inside_api() {
                Some((root, names)) => belongs::hint(version, &root.definition, &names, name.as_str(), Look::Unknown),
                None => belongs::hint(version, &origin.definition, &[], name.as_str(), Look::Unknown),
            }
        });
        let record = self.record_of(r);
        let ty = self.reify_demand(ty);
        let demand = self.demand(need, place);
        let finding = findings::unknown_field(&demand, name, &record, &ty, elsewhere);
        self.report(with_path(finding, need, Some(name)));
    }

    fn record_of(&mut self, row: &Rc<Row>) -> Rc<Record> {
        let fields = row.fields.iter().map(|(name, field)| {
            let ty = self.reify_demand(&field.ty);
            (*name, Field { ty, optional: false, default: None, doc: None, span: field.span })
        });
        let fields = fields.collect();
        Rc::new(Record { fields, open: row.rest.is_some(), origin: row.origin.clone(), ..Record::default() })
    }

    /// A set without the attribute that is selected.
    pub(super) fn missing_attribute(&mut self, row: &Rc<Row>, name: Symbol, at: Span) {
        // Only in `builtins` itself is a left-out name missing on purpose.
        if let Some(reason) = self.files.refused(name).filter(|_| self.is_builtins(row)) {
            let message = format!("`builtins.{name}` is not in the language");
            return self.report(Diagnostic::new(Code::NotInLanguage, at, message).hint(reason));
        }
        let names: Vec<&str> = row.fields.keys().map(|name| name.as_str()).collect();
        let made = if row.made == at || !self.is_told(row.made) { Span::NONE } else { row.made };
        let finding = Diagnostic::new(Code::MissingAttribute, at, format!("the attribute `{name}` is missing"))
            .label("not there")
            .also(made, "the set was made here")
            .maybe_hint(did_you_mean(name.as_str(), names.iter().copied()).or_else(|| listing(names)));
        self.report(finding);
    }

    /// An attribute that some members of a declared union lack.
    pub(super) fn missing_in_some(&mut self, row: &Rc<Row>, name: Symbol, at: Span) {
        let finding = Diagnostic::new(Code::MissingAttribute, at, format!("the attribute `{name}` may be missing"))
            .label("not in every case")
            .also(row.made, "a value of this type has none")
            .hint(format!("ask first: `… ? {name}`, or give a default: `… .{name} or …`"));
        self.report(finding);
    }

    /// Something else than a set, from which is selected.
    pub(super) fn not_a_set(&mut self, ty: &TyRef, name: Symbol, span: Span) {
        let words = self.describe(ty);
        let hint = match self.look(ty) {
            Look::List => format!("select from one of its items: `map (item: item.{name}) list`"),
            Look::Null => format!("ask first whether it is `null`, or give a default: `… .{name} or …`"),
            Look::Function => format!("call the function first: `(f x).{name}`"),
            _ => "only sets have attributes: make this one a set, or select from another value".to_string(),
        };
        let message = format!("{words} has no attributes, so not `{name}` either");
        self.report(Diagnostic::new(Code::WrongKind, span, message).label("selected from here").hint(hint));
    }

    /// A call of something else than a function.
    pub(super) fn not_a_function(
        &mut self,
        ty: &TyRef,
        function: &TermRef,
        argument: &TermRef,
        (at, of, span): (usize, usize, Span),
    ) {
        let words = self.describe(ty);
        if at > 0 {
            let plural = if at == 1 { "" } else { "s" };
            let message = format!("the function takes {at} argument{plural}, but is given {of}");
            let finding = Diagnostic::new(Code::NotAFunction, argument.span, message)
                .label("one too many")
                .also(function.span, format!("after {at}, the result is {words}"))
                .hint("remove it, or put parentheses around a call that is itself an argument");
            return self.report(finding);
        }
        let hint = match self.look(ty) {
            Look::Set => "two sets are joined with `//`; or is an operator or a `;` missing between the two?",
            Look::List => "two lists are joined with `++`; or is an operator or a `;` missing between the two?",
            Look::Type => "a range is written with dots: `Int(1..10)`, `Int(0..)`",
            _ => "is an operator or a `;` missing between the two?",
        };
        let message = format!("{words} is called as if it were a function");
        let finding = Diagnostic::new(Code::NotAFunction, span, message).label("called here");
        self.report(finding.also(function.span, format!("this is {words}")).hint(hint));
    }

    /// A name that nothing binds, and that no set behind a `with` has.
    pub(super) fn undefined(&mut self, name: Symbol, withs: &[u32], env: &Env, span: Span) -> TyRef {
        let mut names: Vec<Symbol> = Vec::new();
        for depth in withs {
            if let Some(frame) = self.up(env, *depth) {
                let scope = self.slot(frame, 0);
                if let Ty::Row(row) = &*self.shape(&scope) {
                    names.extend(row.fields.keys());
                }
            }
        }
        let hint = did_you_mean(name.as_str(), names.iter().map(|name| name.as_str()));
        let hint =
            hint.unwrap_or_else(|| "bind it with `let`, or take it as an argument of the function around".into());
        let finding = Diagnostic::new(Code::UndefinedVariable, span, format!("undefined variable `{name}`"));
        self.report(finding.label("not bound here").hint(hint));
        Ty::any()
    }

    /// A type that is nothing but its own name.
    pub(super) fn depends_on_itself(&mut self, name: Symbol, span: Span) {
        let finding = Diagnostic::new(Code::InfiniteRecursion, span, format!("`{name}` depends on itself"));
        let hint = "a type may mention itself inside a field, a list, a map or a function only";
        self.report(finding.label("this is the type itself").hint(hint));
    }

    /// A function that takes its argument by other names than its type says.
    pub(super) fn other_names(&mut self, message: String, place: Span, declared: Span, need: &Need) {
        let finding = Diagnostic::new(Code::TypeMismatch, place, message)
            .label("not what the type says")
            .also(declared, "declared here")
            .also(need.declared, "the type")
            .hint("let the names in the type and in the function be the same");
        self.report(finding);
    }

    /// What an interpolation takes.
    pub(super) fn text(&mut self) -> TyRef {
        let text = |name: &str| {
            super::records::with_field(Symbol::new(name), Ty::any(), super::ty::Presence::Required, Span::NONE)
        };
        let plain = [super::ty::known(Type::string()), super::ty::known(Type::Path)];
        let members = plain.into_iter().chain([text("outPath"), text("__toString")]).collect();
        self.text_type.get_or_insert_with(|| Ty::union(members, super::ty::Sort::Declared)).clone()
    }
}

/// A secret, made at `place`, that would end up in something that can be read.
fn visible_in(what: &str, place: Span, needed: Span) -> Diagnostic {
    let finding = Diagnostic::new(Code::VisibleSecret, needed, format!("a secret would become visible in {what}"));
    let finding = match place == needed {
        true => finding.label("this is a secret"),
        false => finding.label("it would be visible here").also(place, "this is a secret"),
    };
    finding.hint(findings::JOIN_SECRETS)
}

/// The finding with its path in the configuration; `inside` is what is selected there.
fn with_path(finding: Diagnostic, need: &Need, inside: Option<Symbol>) -> Diagnostic {
    match &need.why {
        Why::Typed { what, of: None } if need.is_option => {
            let path = inside.map_or_else(|| what.clone(), |name| what.field(name, Span::NONE));
            finding.path(path.to_string())
        }
        _ => finding,
    }
}

/// The type without `null`, which what is there is not, and which nobody would write instead.
fn without_null(ty: &TypeRef) -> TypeRef {
    let Type::Union(members) = ty.peeled() else { return ty.clone() };
    let mut rest: Vec<TypeRef> = members.iter().filter(|member| !matches!(***member, Type::Null)).cloned().collect();
    match (rest.len() == members.len(), rest.len()) {
        (true, _) | (_, 0) => ty.clone(),
        (_, 1) => rest.remove(0),
        _ => TypeRef::new(Type::Union(rest)),
    }
}

/// The fields of a type that a value lacks and has to have.
pub(super) fn lacking(row: &Row, given: impl Fn(Symbol) -> bool) -> Vec<Symbol> {
    let needed = row.fields.iter().filter(|(name, field)| !field.presence.may_be_left_out() && !given(**name));
    needed.map(|(name, _)| *name).collect()
}

/// Those of the missing fields that are told. For every missing one there may be one that is not known, and was meant
/// to be it; what is said of that one names those that there are.
pub(super) fn untold(missing: &[Symbol], unknown: usize) -> &[Symbol] {
    if missing.len() > unknown { missing } else { &[] }
}

/// What a small set holds.
fn listing(mut names: Vec<&str>) -> Option<String> {
    names.sort_unstable();
    match names.len() {
        0 => Some("the set is empty".to_string()),
        1..=8 => {
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            Some(format!("it has {}", quoted.join(", ")))
        }
        _ => None,
    }
}
