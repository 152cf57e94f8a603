//! The way in, step by step, as merging goes it.

use std::rc::Rc;

use ecow::EcoString;

use super::pieces::{Piece, Tracked, inside, judge_absent, names_in, of_each, revive_items, winners};
use super::{Author, Examined, Fate, Part, Role, Unexamined};
use crate::eval::Path;
use crate::eval::field_default;
use crate::modules::definitions::{Definition, Settled};
use crate::modules::site::Site;
use crate::modules::submodule::Submodule;
use crate::modules::tree::{Group, Leaf, Node};
use crate::modules::words::words;
use crate::schema::list_rule;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{ListRule, ModuleType, Opaque, Record, Shape, Type, TypeRef};
use crate::value::{Evaluator, Kind, Thunk, Value};

pub(super) type Result<T> = std::result::Result<T, Unexamined>;

/// Where the walk is.
pub(super) enum Here {
    /// At a set of options, with what has lost further out.
    Group(Rc<Group>, Vec<Tracked>),
    /// At an option, or inside one.
    Spot(Box<Spot>),
}

/// A place at or inside an option.
#[derive(Clone)]
pub(super) struct Spot {
    pub(super) role: Role,
    pub(super) site: Path,
    pub(super) ty: TypeRef,
    pub(super) doc: Option<EcoString>,
    pub(super) declared: Span,
    pub(super) default: Option<Thunk>,
    pub(super) tracked: Vec<Tracked>,
    pub(super) api: Api,
}

/// What Kubernetes' API says of how definitions merge.
#[derive(Clone)]
pub(super) enum Api {
    /// It says nothing here.
    Silent,
    /// It is inside an object, which may have a schema.
    Object(Option<Shape>),
    /// It is a field of a record of the API's types, with the rule for its lists.
    Field(ListRule),
}

/// A place whose definitions have been taken apart, to go on from.
pub(super) struct Opened<'w> {
    pub(super) spot: Spot,
    pub(super) pieces: Vec<Piece>,
    /// The way there.
    way: &'w [Part],
}

impl Evaluator {
    pub(super) fn examine_below(&mut self, root: &Rc<Group>, path: &[Part]) -> Result<Examined> {
        let mut here = Here::Group(root.clone(), Vec::new());
        let mut way = Vec::with_capacity(path.len());
        for &part in path {
            let (next, part) = match here {
                Here::Group(group, lost) => (self.enter_group(&group, &lost, part, &way)?, part),
                Here::Spot(spot) => {
                    let opened = self.open_spot(*spot, &way)?;
                    opened.enter(self, &opened.spot.ty, part)?
                }
            };
            here = next;
            way.push(part);
        }
        match here {
            Here::Group(group, _) => Ok(group_itself(&group, way)),
            Here::Spot(spot) => self.spot_itself(*spot, way),
        }
    }

    fn enter_group(&mut self, group: &Rc<Group>, lost: &[Tracked], part: Part, way: &[Part]) -> Result<Here> {
        let unknown = || unknown(way, option_names(group));
        let Part::Name(name) = part else { return Err(unknown()) };
        let lost = inside(&self.pieces(lost, way.len()), name);
        let Some(at) = group.find(name) else {
            let Some(freeform) = self.freeform_of(group)? else { return Err(unknown()) };
            let content = self.opened(group)?;
            let same = content.unknown.iter().filter(|(other, _)| *other == name);
            let mut tracked: Vec<Tracked> = same.map(|(_, definition)| definition.clone().into()).collect();
            tracked.extend(lost);
            if tracked.is_empty() {
                return Err(unknown());
            }
            let ty = self.type_inside(&freeform, &[name]).unwrap_or_else(|| Rc::new(Type::Any));
            return Ok(Spot { tracked, ..Spot::part(group.path.field(name, Span::NONE), ty) }.into());
        };
        Ok(match self.node_at(group, at)? {
            Node::Group(inner) => Here::Group(inner, lost),
            Node::Leaf(leaf) => self.option(&leaf, lost)?.into(),
        })
    }

    fn option(&mut self, leaf: &Leaf, lost: Vec<Tracked>) -> Result<Spot> {
        let default = leaf.says(words().default).map(|attr| attr.value.clone());
        let mut tracked: Vec<Tracked> = leaf.definitions(self)?.into_iter().map(Tracked::from).collect();
        if let (Some(first), Some(_)) = (tracked.first_mut(), &default) {
            first.author = Author::Declaration;
        }
        tracked.extend(lost);
        let description = leaf.says(words().description).cloned();
        let doc = match description.map(|attr| self.force(&attr.value)) {
            Some(Ok(Value { kind: Kind::Str(text), .. })) => Some(text),
            _ => None,
        };
        let spot = Spot::part(leaf.site.path.clone(), leaf.ty(self)?);
        Ok(Spot { role: Role::Option, declared: leaf.site.declared, doc, default, tracked, ..spot })
    }

    fn open_spot<'w>(&mut self, mut spot: Spot, way: &'w [Part]) -> Result<Opened<'w>> {
        let mut pieces = self.pieces(&spot.tracked, way.len());
        spot.ty = self.resolve(&spot.ty)?;
        if matches!(spot.ty.peeled(), Type::Object) {
            let sets = winners(&pieces).merging();
            spot.api = Api::Object(self.object_shape(&sets, spot.site.last())?);
        }
        if !matches!(spot.api, Api::Silent) {
            judge_absent(&mut pieces);
        }
        if let Some(ListRule::Keyed(_)) = self.list_rule(&spot.api) {
            revive_items(&mut pieces, way.len());
        }
        Ok(Opened { spot, pieces, way })
    }
}

impl Opened<'_> {
    /// One step further in, the place being of type `ty`. A list's item gets its number.
    fn enter(&self, machine: &mut Evaluator, ty: &TypeRef, part: Part) -> Result<(Here, Part)> {
        let ty = machine.resolve(ty)?;
        match (ty.peeled(), part) {
            (Type::Map(item) | Type::Module(ModuleType::LazyMap(item)), Part::Name(name)) => {
                Ok((self.entry(machine, item, name)?, part))
            }
            (Type::Record(record), Part::Name(name)) => Ok((self.field(machine, record, name)?, part)),
            (Type::List(item), _) => self.item(machine, item, part),
            (Type::Union(members), _) => match self.member_with(machine, members, part)? {
                Some(member) => self.enter(machine, &member, part),
                None => Err(self.unknown(names_in(&self.pieces))),
            },
            (Type::Module(ModuleType::Unique(inner, _) | ModuleType::Checked(inner, _)), _) => {
                self.enter(machine, inner, part)
            }
            (Type::Module(ModuleType::Coerced(from, function, to)), _) => {
                self.coerced(machine, from, function)?.enter(machine, to, part)
            }
            (Type::Module(ModuleType::Submodule(opaque)), _) => {
                Ok((self.option_of(machine, &Submodule::of(opaque), part)?, part))
            }
            (Type::Module(ModuleType::Custom(custom)), _) => match (&custom.base, &custom.merge) {
                (Some(base), None) => self.enter(machine, base, part),
                _ => self.untyped(machine, part),
            },
            _ => self.untyped(machine, part),
        }
    }

    /// One step further into what no type describes.
    fn untyped(&self, machine: &mut Evaluator, part: Part) -> Result<(Here, Part)> {
        let any = Rc::new(Type::Any);
        match part {
            _ if self.is_list() => self.item(machine, &any, part),
            Part::Name(name) => Ok((self.entry(machine, &any, name)?, part)),
            Part::Item(_) => Err(self.unknown(names_in(&self.pieces))),
        }
    }

    fn is_list(&self) -> bool {
        self.pieces.iter().any(|piece| piece.fate == Fate::Counts && piece.is_list())
    }

    /// The entry of a set.
    fn entry(&self, machine: &mut Evaluator, ty: &TypeRef, name: Symbol) -> Result<Here> {
        let joined_at_the_top = matches!(self.spot.ty.peeled(), Type::Module(ModuleType::Attrs));
        let mut pieces = self.pieces.clone();
        if joined_at_the_top {
            pieces.sort_by_key(|piece| std::cmp::Reverse(piece.rank.strength()));
        }
        let mut tracked = inside(&pieces, name);
        if tracked.is_empty() {
            return Err(self.unknown(names_in(&pieces)));
        }
        tracked.extend(of_each(&pieces, name));
        if joined_at_the_top {
            // The last definition's entry hides those of the others.
            let alive = tracked.iter_mut().filter(|one| one.fate == Fate::Counts);
            alive.rev().skip(1).for_each(|one| one.fate = Fate::Shadowed);
        }
        let api = match self.spot.api {
            Api::Object(shape) => Api::Object(shape.and_then(|shape| machine.objects.as_ref()?.field(shape, name))),
            _ => Api::Silent,
        };
        let site = self.spot.site.field(name, tracked[0].definition.key);
        Ok(Spot { tracked, api, ..Spot::part(site, ty.clone()) }.into())
    }

    /// The field of a record.
    fn field(&self, machine: &mut Evaluator, record: &Record, name: Symbol) -> Result<Here> {
        let Some(field) = record.fields.get(&name) else {
            return match record.open {
                true => self.entry(machine, &Rc::new(Type::Any), name),
                false => Err(self.unknown(record.fields.keys().copied().collect())),
            };
        };
        let default = field_default(field);
        let as_definition = |value: Thunk| Tracked {
            author: Author::Declaration,
            ..Tracked::from(Definition::default(value, field.span))
        };
        let mut tracked: Vec<Tracked> = default.clone().map(as_definition).into_iter().collect();
        tracked.extend(inside(&self.pieces, name));
        let key = tracked.last().map_or(Span::NONE, |one| one.definition.key);
        let inner = Spot::part(self.spot.site.field(name, key), field.ty.clone());
        let doc = field.doc.clone();
        let api = record.origin.as_ref().map_or(Api::Silent, |origin| Api::Field(list_rule(origin, name)));
        Ok(Spot { role: Role::Option, doc, declared: field.span, default, tracked, api, ..inner }.into())
    }

    /// An option of a submodule, whose values are evaluations of their own.
    fn option_of(&self, machine: &mut Evaluator, submodule: &Submodule, part: Part) -> Result<Here> {
        let (alive, lost): (Vec<Piece>, Vec<Piece>) =
            self.pieces.iter().cloned().partition(|piece| piece.fate == Fate::Counts);
        let settled: Vec<Settled> = alive.iter().filter_map(Piece::settled).collect();
        let site = Site::at(self.spot.site.clone(), self.spot.declared);
        let instance = machine.submodule_instance(submodule, &settled, &site)?;
        let lost: Vec<Tracked> = lost.into_iter().map(Tracked::from).collect();
        machine.enter_group(&instance.root, &lost, part, self.way)
    }

    /// The member of a union that has a way on: the one that all definitions belong to, else the first.
    fn member_with(&self, machine: &mut Evaluator, members: &[TypeRef], part: Part) -> Result<Option<TypeRef>> {
        let members = machine.flattened(members)?;
        let settled = winners(&self.pieces).definitions;
        if !settled.is_empty()
            && let Some(member) = machine.common_member(&members, &settled)?
        {
            return Ok(Some(member));
        }
        let leads_on = |member: &&TypeRef| match (member.peeled(), part) {
            (Type::Record(record), Part::Name(name)) => record.open || record.fields.contains_key(&name),
            (Type::List(_), Part::Item(_)) => true,
            (ty, Part::Name(_)) => matches!(ty, Type::Map(_) | Type::Object | Type::Any | Type::Module(_)),
            _ => false,
        };
        Ok(members.iter().find(leads_on).cloned())
    }

    /// The same place behind the function of a `coercedTo`.
    fn coerced(&self, machine: &mut Evaluator, from: &TypeRef, function: &Opaque) -> Result<Self> {
        let function = function.downcast_ref::<Value>().expect("the coercion is a value").clone();
        let mut pieces = self.pieces.clone();
        for piece in pieces.iter_mut().filter(|piece| piece.fate == Fate::Counts) {
            let Some(value) = piece.value.clone() else { continue };
            if machine.fits(&value, from)? {
                let origin = value.origin;
                piece.value = Some(machine.apply(&function, value.into(), origin)?.at(origin));
            }
        }
        Ok(Opened { spot: self.spot.clone(), pieces, way: self.way })
    }

    pub(super) fn unknown(&self, known: Vec<Symbol>) -> Unexamined {
        unknown(self.way, known)
    }
}

/// The end of the way.
impl Evaluator {
    fn spot_itself(&mut self, spot: Spot, path: Vec<Part>) -> Result<Examined> {
        let opened = self.open_spot(spot, &path)?;
        let items = if opened.is_list() { opened.items(self)? } else { Vec::new() };
        let Opened { spot, mut pieces, .. } = opened;
        let mut inside = self.declared_inside(&spot.ty);
        let known = inside.len();
        inside.extend(names_in(&pieces).into_iter().filter(|name| !inside[..known].contains(name)).collect::<Vec<_>>());
        pieces.retain(|piece| !piece.is_of_each());
        pieces.sort_by_key(|piece| (piece.fate != Fate::Counts, piece.rank.strength()));
        let definitions = pieces.into_iter().map(|piece| piece.told(&items)).collect();
        let Spot { role, ty, doc, declared, default, .. } = spot;
        Ok(Examined { role, path, ty: Some(ty), doc, declared, default, inside, definitions })
    }

    /// The names that the type gives to what is inside.
    fn declared_inside(&mut self, ty: &TypeRef) -> Vec<Symbol> {
        match ty.peeled() {
            Type::Record(record) => record.fields.keys().copied().collect(),
            Type::Module(ModuleType::Submodule(opaque)) => {
                let group = self.bare_options(&Submodule::of(opaque));
                group.map_or_else(|_| Vec::new(), |group| option_names(&group))
            }
            _ => Vec::new(),
        }
    }
}

impl Spot {
    /// A place that is only a part of a value.
    pub(super) fn part(site: Path, ty: TypeRef) -> Spot {
        Spot {
            role: Role::Part,
            site,
            ty,
            doc: None,
            declared: Span::NONE,
            default: None,
            tracked: Vec::new(),
            api: Api::Silent,
        }
    }
}

impl From<Spot> for Here {
    fn from(spot: Spot) -> Here {
        Here::Spot(Box::new(spot))
    }
}

fn group_itself(group: &Rc<Group>, path: Vec<Part>) -> Examined {
    Examined {
        role: Role::Group,
        path,
        ty: None,
        doc: None,
        declared: group.path.key(),
        default: None,
        inside: option_names(group),
        definitions: Vec::new(),
    }
}

/// The options that people write, by name.
fn option_names(group: &Group) -> Vec<Symbol> {
    let names = group.sorted().into_iter().map(|at| group.children[at].name);
    names.filter(|name| *name != words().module).collect()
}

fn unknown(way: &[Part], known: Vec<Symbol>) -> Unexamined {
    Unexamined::Unknown { way: way.to_vec(), known }
}
