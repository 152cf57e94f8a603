//! The options of one evaluation as a tree, and the definitions that belong to each.
//!
//! A [`Group`] is a set of options, a [`Leaf`] an option. Both are made when they are first asked for:
//! a group knows the names of its children, but whether a child is an option or another group is
//! found out by looking at its declarations. Definitions are handed out in one go the first time that
//! any option of a group is needed ([`Evaluator::opened`]); an option's value is merged once and kept.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use super::declared::Declared;
use super::definitions::Definition;
use super::errors;
use super::site::Site;
use super::words::words;
use crate::diag::closest;
use crate::eval::Path;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::TypeRef;
use crate::value::{Attr, Attrs, AttrsBuilder, Error, Evaluator, Kind, Result, Thunk, Value};

/// A set of options.
pub(super) struct Group {
    pub(super) path: Path,
    /// By symbol.
    pub(super) children: Vec<Child>,
    pub(super) source: Source,
    /// The type of what no option is declared for.
    pub(super) freeform: OnceCell<Result<Option<TypeRef>>>,
    /// Whether definitions are missing because something was wrong with them.
    incomplete: Cell<bool>,
    /// Whether definitions are let go of once they are merged.
    forgets: Cell<bool>,
    opened: RefCell<Opening>,
    config: OnceCell<Value>,
    /// Whether what no option is declared for has been reported.
    pub(super) reported: Cell<bool>,
}

/// One name in a group.
pub(super) struct Child {
    pub(super) name: Symbol,
    /// Where the name was declared first.
    pub(super) span: Span,
    declarations: Vec<Attr>,
    node: OnceCell<Result<Node>>,
}

/// What a name in a group is.
#[derive(Clone)]
pub(super) enum Node {
    Leaf(Rc<Leaf>),
    Group(Rc<Group>),
}

/// An option.
pub(super) struct Leaf {
    pub(super) site: Site,
    /// What its declarations say.
    pub(super) declared: Declared,
    ty: OnceCell<Result<TypeRef>>,
    /// The merged definitions.
    pub(super) merged: Thunk,
    /// The same behind the option's `apply`.
    pub(super) value: Thunk,
    pub(super) group: Rc<Group>,
    at: usize,
}

/// Where a group's definitions come from.
pub(super) enum Source {
    Modules(RefCell<Vec<Definition>>),
    Parent(Rc<Group>, usize),
}

/// The state of handing out definitions.
enum Opening {
    Closed,
    Running,
    Done(Rc<Content>),
}

/// A group's definitions, by child.
pub(super) struct Content {
    pub(super) by_child: Vec<RefCell<Vec<Definition>>>,
    /// For names that are not declared.
    pub(super) unknown: Vec<(Symbol, Definition)>,
}

impl Group {
    /// The group of these declarations and definitions.
    pub(super) fn root(path: Path, declared: &[Attrs], definitions: Vec<Definition>) -> Group {
        Group::new(path, declared, Source::Modules(RefCell::new(definitions)))
    }

    fn new(path: Path, declared: &[Attrs], source: Source) -> Group {
        let mut all: Vec<&Attr> = declared.iter().flat_map(Attrs::iter).collect();
        // The sort is stable, so the declarations of a name stay in the order of the modules.
        all.sort_by_key(|attr| attr.name);
        let mut children: Vec<Child> = Vec::new();
        for attr in all {
            match children.last_mut() {
                Some(last) if last.name == attr.name => last.declarations.push(attr.clone()),
                _ => children.push(Child {
                    name: attr.name,
                    span: attr.span,
                    declarations: vec![attr.clone()],
                    node: OnceCell::new(),
                }),
            }
        }
        Group {
            path,
            children,
            source,
            freeform: OnceCell::new(),
            incomplete: Cell::new(false),
            forgets: Cell::new(false),
            opened: RefCell::new(Opening::Closed),
            config: OnceCell::new(),
            reported: Cell::new(false),
        }
    }

    /// Says that definitions are missing because something was wrong with them.
    pub(super) fn mark_incomplete(&self) {
        self.incomplete.set(true);
    }

    /// Lets go of definitions once they are merged. They are the greater part of a configuration, and merged one
    /// entry at a time, an entry's definitions die before the next one's are made.
    pub(super) fn forget_what_is_merged(&self) {
        self.forgets.set(true);
    }

    /// Whether its definitions are being handed out at the moment.
    pub(super) fn is_being_opened(&self) -> bool {
        matches!(&*self.opened.borrow(), Opening::Running)
    }

    /// Whether definitions may be missing here or further out.
    pub(super) fn is_incomplete(&self) -> bool {
        self.incomplete.get() || matches!(&self.source, Source::Parent(parent, _) if parent.is_incomplete())
    }

    /// Where `name` is among the children.
    pub(super) fn find(&self, name: Symbol) -> Option<usize> {
        self.children.binary_search_by_key(&name, |child| child.name).ok()
    }

    /// The children by name.
    pub(super) fn sorted(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.children.len()).collect();
        order.sort_by_key(|&at| self.children[at].name.as_str());
        order
    }

    /// The outermost group.
    pub(super) fn outermost(self: &Rc<Group>) -> Rc<Group> {
        let mut group = self;
        while let Source::Parent(parent, _) = &group.source {
            group = parent;
        }
        group.clone()
    }
}

impl Child {
    /// Whether it is left out where nobody defines it: all its declarations are fields that may be.
    fn is_optional(&self) -> bool {
        self.declarations.iter().all(|declaration| {
            let Some(Value { kind: Kind::Attrs(set), .. }) = declaration.value.peek() else { return false };
            let optional = set.get(words().optional).and_then(|attr| attr.value.peek());
            matches!(optional, Some(Value { kind: Kind::Bool(true), .. }))
        })
    }
}

impl Leaf {
    /// What the declarations say of `name`.
    pub(super) fn says(&self, name: Symbol) -> Option<&Attr> {
        self.declared.says.get(name)
    }

    /// The option's type.
    pub(super) fn ty(&self, machine: &mut Evaluator) -> Result<TypeRef> {
        if let Some(ty) = self.ty.get() {
            return ty.clone();
        }
        let ty = machine.declared_type(&self.declared, &self.site);
        self.ty.get_or_init(|| ty).clone()
    }

    /// The definitions, the option's own default first.
    pub(super) fn definitions(&self, machine: &mut Evaluator) -> Result<Vec<Definition>> {
        let content = machine.opened(&self.group)?;
        let default = self.says(words().default);
        let default = default.map(|attr| Definition::default(attr.value.clone(), attr.span));
        Ok(default.into_iter().chain(content.by_child[self.at].borrow().iter().cloned()).collect())
    }

    /// Lets go of the definitions, which have been merged, where nobody will ask for them.
    pub(super) fn forget_definitions(&self) {
        if self.group.forgets.get()
            && let Opening::Done(content) = &*self.group.opened.borrow()
        {
            content.by_child[self.at].take();
        }
    }

    /// A switch of the declaration, such as `internal`.
    pub(super) fn switch(&self, machine: &mut Evaluator, name: Symbol, otherwise: bool) -> bool {
        let Some(attr) = self.says(name) else { return otherwise };
        match machine.force(&attr.value) {
            Ok(Value { kind: Kind::Bool(value), .. }) => value,
            _ => otherwise,
        }
    }
}

impl Evaluator {
    /// What the child `at` of a group is.
    pub(super) fn node_at(&mut self, group: &Rc<Group>, at: usize) -> Result<Node> {
        let child = &group.children[at];
        if let Some(node) = child.node.get() {
            return node.clone();
        }
        let node = self.make_node(group, at);
        // Making it may have asked for it, and then the first answer stands.
        child.node.get_or_init(|| node).clone()
    }

    fn make_node(&mut self, group: &Rc<Group>, at: usize) -> Result<Node> {
        let child = &group.children[at];
        let site = Site::at(group.path.field(child.name, Span::NONE), child.span);
        let (mut options, mut groups) = (Vec::new(), Vec::new());
        for declaration in &child.declarations {
            let value = self.force_at(&declaration.value, declaration.span)?;
            match value.kind {
                Kind::Attrs(set) if self.is_option(&set)? => options.push((set, declaration.span)),
                Kind::Attrs(set) => groups.push((set, declaration.span)),
                Kind::Type(_) => options.push((option_of(value, declaration.span), declaration.span)),
                _ => return Err(errors::not_a_declaration(&value, &site)),
            }
        }
        if options.is_empty() {
            let declared: Vec<Attrs> = groups.into_iter().map(|(set, _)| set).collect();
            return Ok(Node::Group(Rc::new(Group::new(site.path, &declared, Source::Parent(group.clone(), at)))));
        }
        let declared = self.one_declaration(options, groups, &site)?;
        Ok(Node::Leaf(Rc::new(leaf(group, at, site, declared))))
    }

    fn is_option(&mut self, set: &Attrs) -> Result<bool> {
        let Some(mark) = set.get(words().mark) else { return Ok(false) };
        let mark = self.force(&mark.value)?;
        Ok(matches!(&mark.kind, Kind::Str(mark) if mark == "option"))
    }

    /// A group's definitions, handed out to its children.
    pub(super) fn opened(&mut self, group: &Rc<Group>) -> Result<Rc<Content>> {
        match &*group.opened.borrow() {
            Opening::Done(content) => return Ok(content.clone()),
            Opening::Running => return Err(errors::circular(&group.path)),
            Opening::Closed => {}
        }
        group.opened.replace(Opening::Running);
        let content = self.distribute(group);
        group.opened.replace(match &content {
            Ok(content) => Opening::Done(content.clone()),
            Err(_) => Opening::Closed,
        });
        content
    }

    fn distribute(&mut self, group: &Rc<Group>) -> Result<Rc<Content>> {
        let definitions = match &group.source {
            Source::Modules(definitions) if group.forgets.get() => definitions.take(),
            Source::Modules(definitions) => definitions.borrow().clone(),
            Source::Parent(outer, at) => self.opened(outer)?.by_child[*at].borrow().clone(),
        };
        let mut content = Content { by_child: vec![RefCell::default(); group.children.len()], unknown: Vec::new() };
        let mut opened = Vec::new();
        for definition in &definitions {
            if let Err(failure) = self.open(definition, &mut opened) {
                self.report(&failure);
                group.mark_incomplete();
            }
        }
        for set in opened {
            for attr in set.attrs.iter() {
                let definition = Definition {
                    value: attr.value.clone(),
                    key: attr.span,
                    rank: set.rank,
                    condition: set.condition.clone(),
                };
                match group.find(attr.name) {
                    Some(at) => content.by_child[at].get_mut().push(definition),
                    None => content.unknown.push((attr.name, definition)),
                }
            }
        }
        Ok(Rc::new(content))
    }

    /// Whether a definition beside the option is most likely meant for it; then that is the mistake to tell.
    pub(super) fn is_mistyped(&mut self, leaf: &Leaf) -> Result<bool> {
        let content = self.opened(&leaf.group)?;
        let name = leaf.group.children[leaf.at].name.as_str();
        let names = || leaf.group.children.iter().map(|child| child.name.as_str());
        Ok(content.unknown.iter().any(|(stray, _)| closest(stray.as_str(), names()) == Some(name)))
    }

    /// A group's part of `config`: a set of lazy values.
    pub(super) fn group_config(&mut self, group: &Rc<Group>) -> Result<Value> {
        if let Some(config) = group.config.get() {
            return Ok(config.clone());
        }
        let mut entries = Vec::with_capacity(group.children.len());
        for (at, child) in group.children.iter().enumerate() {
            if child.is_optional() && !self.is_defined(group, at)? {
                continue;
            }
            let inside = group.clone();
            let value = Thunk::defer(move |machine| machine.child_config(&inside, at));
            entries.push(Attr { name: child.name, span: child.span, value });
        }
        if let Some(ty) = self.freeform_of(group)? {
            entries.extend(self.freeform_entries(group, &ty)?);
        }
        let config = Value::attrs(Attrs::new(entries), Span::NONE);
        Ok(group.config.get_or_init(|| config).clone())
    }

    /// Whether anything is defined for the child `at` of a group.
    fn is_defined(&mut self, group: &Rc<Group>, at: usize) -> Result<bool> {
        let definitions = self.opened(group)?.by_child[at].borrow().clone();
        Ok(self.is_present(&definitions))
    }

    fn child_config(&mut self, group: &Rc<Group>, at: usize) -> Result<Value> {
        match self.node_at(group, at)? {
            Node::Leaf(leaf) if leaf.value.is_running() => Err(self.option_in_circle(&leaf)),
            Node::Leaf(leaf) => self.force(&leaf.value),
            Node::Group(inner) => self.group_config(&inner),
        }
    }

    /// The failure of an option that is needed while it is being computed.
    fn option_in_circle(&mut self, leaf: &Leaf) -> Error {
        let definitions = leaf.definitions(self).unwrap_or_default();
        let mut keys = definitions.iter().map(|definition| definition.key);
        let defined = keys.find(|&key| self.sources.is_user(key)).unwrap_or_default();
        errors::needs_itself(&leaf.site, defined)
    }
}

/// A bare type in the place of a declaration: an option of this type.
fn option_of(ty: Value, span: Span) -> Attrs {
    let words = words();
    let mut set = AttrsBuilder::new();
    set.add(words.mark, span, Value::string("option", span)).add(words.ty, span, ty);
    set.build()
}

fn leaf(group: &Rc<Group>, at: usize, site: Site, declared: Declared) -> Leaf {
    let inside = group.clone();
    let merged = Thunk::defer(move |machine| match machine.node_at(&inside, at)? {
        Node::Leaf(leaf) => machine.merge_option(&leaf),
        Node::Group(group) => machine.group_config(&group),
    });
    let value = match declared.says.get(words().apply).cloned() {
        None => merged.clone(),
        Some(apply) => {
            let merged = merged.clone();
            Thunk::defer(move |machine| {
                let function = machine.force_at(&apply.value, apply.span)?;
                machine.apply(&function, merged, apply.span)
            })
        }
    };
    Leaf { site, declared, ty: OnceCell::new(), merged, value, group: group.clone(), at }
}
