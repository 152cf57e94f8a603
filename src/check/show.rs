//! Types as people see them: back to the types of the floor below, which know how they are written.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Checker;
use super::ty::{Family, Op, Presence, Row, Sort, Ty, TyRef, VarId};
use crate::symbol::Symbol;
use crate::types::findings::Look;
use crate::types::{self, Record, Scalar, Type, TypeRef};

/// Deeper, a type is not spelled out.
const MAX_DEPTH: u32 = 12;

/// Of further fields only the names are shown, if at all.
const MAX_FIELDS: usize = 8;

/// Deeper, what is below a name is not looked at.
const MAX_NAMED: u32 = 4;

/// A type on its way to people.
struct Shower<'c, 'f> {
    checker: &'c mut Checker<'f>,
    names: FxHashMap<VarId, Symbol>,
    /// The variables whose bounds are being spelled out, and inside how many lists, sets and functions.
    inside: Vec<(VarId, u32)>,
    /// The variables that stand for something that is taken. Others give nothing of their own.
    taken: FxHashSet<VarId>,
    depth: u32,
    layers: u32,
}

impl Checker<'_> {
    /// The type as a type of the floor below: for messages, and for those who ask what has been inferred.
    pub(super) fn reify(&mut self, ty: &TyRef) -> TypeRef {
        self.shown(ty, true)
    }

    /// The same for a type that is demanded.
    pub(super) fn reify_demand(&mut self, ty: &TyRef) -> TypeRef {
        self.shown(ty, false)
    }

    fn shown(&mut self, ty: &TyRef, giving: bool) -> TypeRef {
        let mut shower = Shower {
            checker: self,
            names: FxHashMap::default(),
            inside: Vec::new(),
            taken: FxHashSet::default(),
            depth: 0,
            layers: 0,
        };
        // Which variables are taken is known when all has been looked at.
        let first = shower.ty(ty, giving);
        if shower.names.is_empty() {
            return first;
        }
        shower.names.clear();
        shower.ty(ty, giving)
    }

    pub(super) fn show(&mut self, ty: &TyRef) -> String {
        self.reify(ty).to_string()
    }

    /// What something is, in words: `a string`, `a set`.
    pub(super) fn describe(&mut self, ty: &TyRef) -> String {
        match self.look(ty) {
            Look::Unknown => format!("a value of type {}", self.show(ty)),
            look => look.describe().to_string(),
        }
    }

    pub(super) fn look(&mut self, ty: &TyRef) -> Look {
        match &*self.shape(ty) {
            Ty::Known(ty) => Look::of(ty),
            Ty::Value(scalar) => Look::of(&Type::Literal(scalar.clone())),
            Ty::List(_) => Look::List,
            Ty::Row(_) | Ty::Option(_) | Ty::Space(_) => Look::Set,
            Ty::Function(..) => Look::Function,
            Ty::Type(_) => Look::Type,
            Ty::Union(members, _) => {
                let looks: Vec<Look> = members.iter().map(|member| self.look(member)).collect();
                if looks.windows(2).all(|pair| pair[0] == pair[1]) { looks[0] } else { Look::Unknown }
            }
            _ => Look::Unknown,
        }
    }

    /// The value, where it is known exactly.
    pub(super) fn exact(&mut self, ty: &TyRef) -> Option<Scalar> {
        match &*self.shape(ty) {
            Ty::Value(scalar) => Some(scalar.clone()),
            Ty::Known(ty) => match &**ty {
                Type::Literal(scalar) => Some(scalar.clone()),
                Type::Null => Some(Scalar::Null),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Shower<'_, '_> {
    /// `giving`: whether it is about what comes out, or about what is taken.
    fn ty(&mut self, ty: &TyRef, giving: bool) -> TypeRef {
        if self.depth > MAX_DEPTH {
            return Rc::new(Type::Any);
        }
        self.depth += 1;
        let shown = self.form(ty, giving);
        self.depth -= 1;
        shown
    }

    fn form(&mut self, ty: &TyRef, giving: bool) -> TypeRef {
        let ty = self.checker.linked(ty);
        let ty = match &*ty {
            Ty::Lazy(_) => self.checker.shape(&ty),
            _ => ty,
        };
        Rc::new(match &*ty {
            Ty::Known(ty) => return ty.clone(),
            Ty::Value(_) => return self.ty(&super::flow::widened(&ty), giving),
            Ty::List(item) => Type::List(self.below(item, giving)),
            Ty::Row(row) => return self.row(row, giving),
            Ty::Function(from, to) => {
                let from = self.below(from, !giving);
                Type::Function(from, self.below(to, giving))
            }
            Ty::Union(members, sort) => return self.union(members, *sort, giving),
            Ty::Declared(name, inner, _) => {
                // What is below the name matters to hints, not to how it is shown; a little of it is enough.
                let below = if self.depth < MAX_NAMED { self.ty(inner, giving) } else { Rc::new(Type::Any) };
                // A handful of values says more than their name.
                if !giving && is_choice(&below) {
                    return below;
                }
                Type::Declared(*name, below)
            }
            Ty::Var(id) => return self.variable(*id, giving),
            Ty::Type(inner) => return self.applied("Type", inner, giving),
            Ty::Option(inner) => return self.applied("Option", inner, giving),
            // What is demanded of a definition is its content; that `mkIf` and its like may stand around it is no news.
            Ty::Definition(inner, _) if !giving => return self.ty(inner, giving),
            Ty::Definition(inner, _) => return self.applied("Definition", inner, giving),
            Ty::Part(inner) => match &*self.ty(inner, giving) {
                Type::Declared(name, _) => word(&format!("Part {name}")),
                other => other.clone(),
            },
            Ty::Op(op) => return self.operator(op, giving),
            Ty::Space(path) => {
                let names: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
                word(["k8s"].into_iter().chain(names).collect::<Vec<_>>().join(".").as_str())
            }
            Ty::Lazy(_) => Type::Any,
        })
    }

    fn applied(&mut self, function: &str, inner: &TyRef, giving: bool) -> TypeRef {
        let inner = self.ty(inner, giving).to_string();
        let text = match inner.contains(' ') && !inner.starts_with(['[', '{']) {
            true => format!("{function} ({inner})"),
            false => format!("{function} {inner}"),
        };
        Rc::new(word(&text))
    }

    fn row(&mut self, row: &Row, giving: bool) -> TypeRef {
        if let Some(shown) = &row.shown {
            return self.ty(shown, giving);
        }
        // `{ ... }` is written otherwise than `{ _ : Any }`, and means the same.
        if let (true, Some(rest)) = (row.fields.is_empty() && row.made.is_none(), &row.rest) {
            return Rc::new(Type::Map(self.below(rest, giving)));
        }
        let fields = row.fields.iter().enumerate().map(|(at, (name, field))| {
            let ty = if at < MAX_FIELDS { self.below(&field.ty, giving) } else { Rc::new(Type::Any) };
            let default = field.presence == Presence::Default;
            // What a function does without is `name?` to those who call it.
            let optional = field.presence.may_be_absent() || (default && (row.is_formals || !field.value.is_none()));
            let default = default.then(|| Rc::new(Scalar::Null) as types::Opaque);
            (*name, types::Field { ty, optional, default, doc: None, span: field.span })
        });
        let fields = fields.collect();
        let record = Record { fields, open: row.rest.is_some(), origin: row.origin.clone(), ..Record::default() };
        let record = Rc::new(Type::Record(Rc::new(record)));
        match row.name {
            Some(name) => Rc::new(Type::Declared(name, record)),
            None => record,
        }
    }

    /// What is inside a list, a set or a function.
    fn below(&mut self, ty: &TyRef, giving: bool) -> TypeRef {
        self.layers += 1;
        let shown = self.ty(ty, giving);
        self.layers -= 1;
        shown
    }

    /// Where branches came together, lists are shown as one list of what any of them holds.
    fn union(&mut self, members: &[TyRef], sort: Sort, giving: bool) -> TypeRef {
        let mut shown: Vec<TypeRef> = Vec::new();
        for member in members {
            if !(giving && self.gives_nothing(member)) {
                let member = self.ty(member, giving);
                together(&mut shown, &member, giving && sort == Sort::Inferred);
            }
        }
        match (shown.len(), members) {
            (0, [first, ..]) => self.ty(first, giving),
            (1, _) => shown.remove(0),
            _ => Rc::new(Type::Union(shown)),
        }
    }

    /// Whether a member of a union adds nothing to it: a variable that nothing flows into, or the union itself.
    fn gives_nothing(&self, ty: &TyRef) -> bool {
        let Ty::Var(id) = &*self.checker.linked(ty) else { return false };
        let store = &self.checker.store;
        let empty = store.lower(*id).is_empty() && store.rigid_name(*id).is_none() && !self.taken.contains(id);
        empty || self.inside.contains(&(*id, self.layers))
    }

    /// What is known of a variable: what it gives is what flows into it, what it takes is what its uses demand.
    fn variable(&mut self, id: VarId, giving: bool) -> TypeRef {
        let store = &self.checker.store;
        if let Some(name) = store.rigid_name(id) {
            return Rc::new(word(name.as_str()));
        }
        let bounds: Vec<TyRef> = match giving {
            true => store.lower(id).iter().map(|lower| lower.ty.clone()).collect(),
            false => {
                let uppers = store.upper(id).iter().map(|upper| upper.ty.clone());
                uppers.filter(|ty| !matches!(**ty, Ty::Var(_))).collect()
            }
        };
        if !giving {
            self.taken.insert(id);
        }
        if bounds.is_empty() || self.inside.iter().any(|(other, _)| *other == id) {
            return self.letter(id);
        }
        self.inside.push((id, self.layers));
        let shown = match giving {
            true => self.union(&bounds, Sort::Inferred, giving),
            false => self.demands(&bounds),
        };
        self.inside.pop();
        shown
    }

    /// Several demands on one argument: the sets flow together, of others the first is shown.
    fn demands(&mut self, bounds: &[TyRef]) -> TypeRef {
        let rows: Vec<Rc<Row>> = bounds
            .iter()
            .filter_map(|bound| match &**bound {
                Ty::Row(row) => Some(row.clone()),
                _ => None,
            })
            .collect();
        let Some(first) = rows.first().filter(|_| rows.len() == bounds.len()) else {
            return self.ty(&bounds[0], false);
        };
        let mut all = super::records::updated(first, &Row::default());
        for row in &rows[1..] {
            for (name, field) in &row.fields {
                all.fields.entry(*name).or_insert_with(|| field.clone());
            }
        }
        self.row(&all, false)
    }

    fn operator(&mut self, op: &Op, giving: bool) -> TypeRef {
        Rc::new(match op {
            Op::Negated { .. } => Type::Number(types::Bounds::NONE),
            Op::Left { operator, .. } | Op::Right { operator, .. } => match operator.family {
                Family::Arithmetic => Type::Number(types::Bounds::NONE),
                Family::Plus => word("Number | String | Path"),
                Family::Comparison => word("Number | String | Path | [Any]"),
            },
            Op::UpdateLeft { .. } | Op::UpdateRight { .. } => Type::Map(Rc::new(Type::Any)),
            Op::Or { name, result } => {
                let ty = self.ty(result, giving);
                let field = types::Field { ty, optional: true, default: None, doc: None, span: Default::default() };
                let fields = indexmap::IndexMap::from_iter([(*name, field)]);
                Type::Record(Rc::new(Record { fields, open: true, ..Record::default() }))
            }
        })
    }

    fn letter(&mut self, id: VarId) -> TypeRef {
        let next = self.names.len();
        let name = *self.names.entry(id).or_insert_with(|| {
            let letter = (b'a' + (next % 26) as u8) as char;
            match next / 26 {
                0 => Symbol::new(&letter.to_string()),
                round => Symbol::new(&format!("{letter}{round}")),
            }
        });
        Rc::new(Type::Declared(name, Rc::new(Type::Any)))
    }
}

/// Whether a type is a few plain values.
fn is_choice(ty: &Type) -> bool {
    let plain = |member: &TypeRef| matches!(**member, Type::Literal(_) | Type::Null);
    matches!(ty, Type::Union(members) if members.iter().all(plain))
}

/// Adds a type to those of a union, each of which stands there once; lists may become one list.
fn together(shown: &mut Vec<TypeRef>, ty: &TypeRef, one_list: bool) {
    match &**ty {
        Type::Union(members) => members.iter().for_each(|member| together(shown, member, one_list)),
        Type::Never if !shown.is_empty() => {}
        Type::List(item) if one_list && shown.iter().any(|other| matches!(**other, Type::List(_))) => {
            for other in shown.iter_mut() {
                if let Type::List(known) = &**other {
                    let mut items = Vec::new();
                    together(&mut items, known, true);
                    together(&mut items, item, true);
                    let item = if items.len() == 1 { items.remove(0) } else { Rc::new(Type::Union(items)) };
                    *other = Rc::new(Type::List(item));
                    return;
                }
            }
        }
        _ => {
            shown.retain(|other| !matches!(**other, Type::Never));
            let text = ty.to_string();
            if !shown.iter().any(|other| other.to_string() == text) {
                shown.push(ty.clone());
            }
        }
    }
}

/// A type that is shown as these words.
fn word(text: &str) -> Type {
    Type::Declared(Symbol::new(text), Rc::new(Type::Any))
}
