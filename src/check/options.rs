//! The options of a configuration as types: what `config` is, and what definitions may be.

use std::rc::Rc;

use indexmap::IndexMap;

use super::Checker;
use super::fit::Fit;
use super::need::{Need, Why};
use super::ty::{Extent, Field, Presence, Row, Ty, TyRef, row};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::schema::types::{self, Member};
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::quoted_name;
use crate::types::{Scalar, Type};

/// Options by name.
#[derive(Default)]
pub(super) struct Options {
    children: IndexMap<Symbol, (Node, Span)>,
    /// Whether there may be more.
    pub(super) open: bool,
}

enum Node {
    Option(TyRef),
    Group(Options),
}

impl Options {
    /// What `config` is.
    pub(super) fn config(&self) -> TyRef {
        self.as_row(Presence::Required, false)
    }

    /// What a module may define.
    pub(super) fn definitions(&self) -> TyRef {
        self.as_row(Presence::Optional, true)
    }

    fn as_row(&self, presence: Presence, is_options: bool) -> TyRef {
        let fields = self.children.iter().map(|(name, (node, span))| {
            let ty = match node {
                Node::Option(ty) => ty.clone(),
                Node::Group(inner) => inner.as_row(presence, is_options),
            };
            (*name, Field { ty, presence, span: *span, value: Span::NONE })
        });
        // `_module` is there without being declared.
        let hidden = (Symbol::new("_module"), hidden(presence));
        let fields = fields.chain([hidden]).collect();
        row(Row { fields, rest: self.open.then(Ty::any), is_options, ..Row::default() })
    }
}

fn hidden(presence: Presence) -> Field {
    Field { ty: Ty::any(), presence, span: Span::NONE, value: Span::NONE }
}

impl Checker<'_> {
    /// Takes in what a module declares.
    pub(super) fn add_options(&mut self, options: &mut Options, ty: &TyRef) {
        let shape = self.shape(ty);
        let Ty::Row(declared) = &*shape else {
            options.open = true;
            return;
        };
        options.open |= declared.rest.is_some();
        for (name, field) in &declared.fields {
            let shape = self.shape(&field.ty);
            let node = match &*shape {
                Ty::Option(ty) | Ty::Type(ty) => Node::Option(ty.clone()),
                Ty::Row(inner) if !is_marked(inner) => {
                    let (slot, _) =
                        options.children.entry(*name).or_insert_with(|| (Node::Group(Options::default()), field.span));
                    match slot {
                        Node::Group(group) => self.add_options(group, &shape),
                        Node::Option(_) => {}
                    }
                    continue;
                }
                _ => Node::Option(self.unknown()),
            };
            let joined = match (options.children.get(name), node) {
                (None, node) => node,
                (Some((Node::Option(one), _)), Node::Option(other)) => {
                    Node::Option(self.joined(&one.clone(), &other, &mut Joining { levels: 12, types: 10_000 }))
                }
                // What a set of options and an option of the same name come to is known when it is evaluated.
                _ => Node::Option(Ty::any()),
            };
            options.children.entry(*name).or_insert((Node::Option(Ty::any()), field.span)).0 = joined;
        }
    }

    /// The type of an option that is declared twice, as far as it can be told: of records, the fields of both.
    /// What modules make of it otherwise is known when it is evaluated.
    fn joined(&mut self, one: &TyRef, other: &TyRef, left: &mut Joining) -> TyRef {
        if is_same(one, other) {
            return one.clone();
        }
        if left.levels == 0 || left.types == 0 {
            return Ty::any();
        }
        left.levels -= 1;
        left.types -= 1;
        let (a, b) = (self.shape(one), self.shape(other));
        let joined = match (&*a, &*b) {
            _ if is_same(&a, &b) => one.clone(),
            (Ty::Row(x), Ty::Row(y)) => self.joined_rows(x, y, left),
            (Ty::List(x), Ty::List(y)) => Rc::new(Ty::List(self.joined(x, y, left))),
            (Ty::Union(x, sort), Ty::Union(y, _)) if x.len() == y.len() => {
                let members = x.iter().zip(y).map(|(x, y)| self.joined(x, y, left)).collect();
                Ty::union(members, *sort)
            }
            _ if self.fit(&a, &b) == Fit::Yes && self.fit(&b, &a) == Fit::Yes => one.clone(),
            _ => Ty::any(),
        };
        left.levels += 1;
        joined
    }

    fn joined_rows(&mut self, one: &Row, other: &Row, left: &mut Joining) -> TyRef {
        let mut fields = one.fields.clone();
        for (name, field) in &other.fields {
            let joined = match fields.get(name) {
                Some(known) => {
                    let presence = [Presence::Default, Presence::Required];
                    let presence = presence.into_iter().find(|any| [known.presence, field.presence].contains(any));
                    let ty = self.joined(&known.ty, &field.ty, left);
                    Field { ty, presence: presence.unwrap_or(known.presence), ..known.clone() }
                }
                None => field.clone(),
            };
            fields.insert(*name, joined);
        }
        let rest = match (&one.rest, &other.rest) {
            (Some(x), Some(y)) => Some(self.joined(x, y, left)),
            (x, y) => x.clone().or_else(|| y.clone()),
        };
        row(Row { fields, rest, ..Row::default() })
    }

    /// A name below `k8s`.
    pub(super) fn kubernetes_member(&mut self, path: &[Symbol], name: Symbol, at: Span) -> TyRef {
        let names: Vec<&str> = path.iter().chain([&name]).map(|name| name.as_str()).collect();
        match types::member(self.version, &names) {
            Some(Member::Type(ty)) => Rc::new(Ty::Type(Rc::new(Ty::Known(ty)))),
            Some(Member::Space) => Rc::new(Ty::Space(path.iter().copied().chain([name]).collect())),
            None if self.is_elsewhere(&names) => {
                self.report(types::absent(self.version, &names, at));
                Ty::any()
            }
            None if self.more_kinds => Ty::any(),
            None => {
                let around = types::members(self.version, &names[..names.len() - 1]);
                let hint = did_you_mean(name.as_str(), around.iter().map(String::as_str))
                    .unwrap_or_else(|| "`nxk schema list` shows all kinds".to_string());
                let written: Vec<String> = names.iter().map(|name| quoted_name(name)).collect();
                let message = format!("Kubernetes {} has no `k8s.{}`", self.version.minor(), written.join("."));
                let finding = Diagnostic::new(Code::MissingAttribute, at, message).label("not there").hint(hint);
                self.report(finding);
                Ty::any()
            }
        }
    }

    /// Whether a name that the target does not have is in another version, or several kinds are meant by it.
    fn is_elsewhere(&self, names: &[&str]) -> bool {
        let Some((name, around)) = names.split_last() else { return false };
        types::known_members(around).contains(name) || around.is_empty() && !self.version.ambiguous(name).is_empty()
    }

    /// The type of a Kubernetes object by its own `apiVersion` and `kind`, or by the key `"<Kind>/<name>"` it stands at.
    pub(super) fn object_type(&mut self, fields: &IndexMap<Symbol, Field>, need: &Need) -> Option<TyRef> {
        let mut text = |name: &str| {
            let ty = fields.get(&Symbol::new(name))?.ty.clone();
            match self.exact(&ty) {
                Some(Scalar::Str(text)) => Some(text),
                _ => None,
            }
        };
        let (kind, api) = (text("kind"), text("apiVersion"));
        // What names its own kind is an object of its own; what is under another's key is added to it.
        let extent = if kind.is_some() { Extent::Part } else { Extent::Patch };
        let kind = match (kind, &need.why) {
            (Some(kind), _) => kind,
            (None, Why::Typed { what, .. }) => {
                let key = what.last()?.as_str();
                key.split_once('/').filter(|(_, name)| !name.is_empty())?.0.into()
            }
            _ => return None,
        };
        let ty = types::object_type(self.version, api.as_deref(), &kind)?;
        Some(Rc::new(Ty::Definition(Rc::new(Ty::Known(ty)), extent)))
    }

    /// An option that nobody declares.
    pub(super) fn unknown_option(&mut self, name: Symbol, span: Span, group: &Row, need: &Need) {
        let Why::Typed { what, .. } = &need.why else { return };
        let path = what.field(name, span);
        let names = || group.fields.keys().map(|name| name.as_str()).filter(|name| *name != "_module");
        let hint = did_you_mean(name.as_str(), names()).unwrap_or_else(|| {
            let mut names: Vec<String> = names().map(|name| format!("`{name}`")).collect();
            names.sort_unstable();
            match names.len() {
                0 => "there are no options here".to_string(),
                _ => format!("the options are {}", names.join(", ")),
            }
        });
        let finding = Diagnostic::new(Code::UnknownOption, span, format!("there is no option `{path}`"))
            .label("not an option")
            .path(path.to_string())
            .hint(hint);
        self.report(finding);
    }
}

/// How much more is looked at to join two types: one that holds itself has no end.
struct Joining {
    levels: u32,
    types: u32,
}

fn is_same(one: &TyRef, other: &TyRef) -> bool {
    Rc::ptr_eq(one, other) || matches!((&**one, &**other), (Ty::Known(one), Ty::Known(other)) if Rc::ptr_eq(one, other))
}

/// Whether a set is marked as something by itself: `{ _type = "option"; … }`, written out.
fn is_marked(row: &Row) -> bool {
    row.fields.keys().any(|name| name.as_str() == "_type")
}

/// Whether a type is any Kubernetes object.
pub(super) fn is_object(ty: &Ty) -> bool {
    matches!(ty, Ty::Known(ty) if matches!(**ty, Type::Object))
}
