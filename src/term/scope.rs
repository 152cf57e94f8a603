//! Names in scope, innermost frame first.

use rustc_hash::{FxHashMap, FxHashSet};

use super::TermKind;
use crate::symbol::Symbol;

/// The names that are there without being bound.
#[derive(Debug, Default, Clone)]
pub struct Globals {
    /// Nix's own; they win over `with`.
    pub builtin: FxHashSet<Symbol>,
    /// nxk's additions (types, `lib`, `k8s`); a `with` wins over them.
    pub extra: FxHashSet<Symbol>,
    /// Nix features left out on purpose, with the reason.
    pub refused: FxHashMap<Symbol, &'static str>,
    /// Whether a name that nothing binds is taken for one of these without asking. So the library is read when
    /// it is built, where nobody knows them; what it names is held to be there by a test.
    pub unknown: bool,
}

/// What a name turned out to be.
pub(super) enum Resolved {
    /// This term.
    Term(TermKind),
    /// Left out of the language, for this reason.
    Refused(&'static str),
    /// Nothing; the nearest visible names are worth a hint.
    Undefined,
}

/// The frames around an expression.
pub(super) struct Scope<'g> {
    globals: &'g Globals,
    frames: Vec<Frame>,
}

enum Frame {
    Names(FxHashMap<Symbol, u32>),
    With,
}

impl<'g> Scope<'g> {
    pub(super) fn new(globals: &'g Globals) -> Scope<'g> {
        Scope { globals, frames: Vec::new() }
    }

    /// Enters a frame whose slots have these names. Of equal names the last counts.
    pub(super) fn push(&mut self, names: impl IntoIterator<Item = Symbol>) {
        self.frames.push(Frame::Names(names.into_iter().zip(0..).collect()));
    }

    /// Enters the frame of a `with`.
    pub(super) fn push_with(&mut self) {
        self.frames.push(Frame::With);
    }

    /// Leaves the innermost frame.
    pub(super) fn pop(&mut self) {
        self.frames.pop();
    }

    /// What `name` stands for, passing over the `skip` innermost frames (which still count as frames to go up).
    pub(super) fn resolve(&self, name: Symbol, skip: usize) -> Resolved {
        let mut withs = Vec::new();
        for (depth, frame) in (0u32..).zip(self.frames.iter().rev()).skip(skip) {
            match frame {
                Frame::Names(slots) => {
                    if let Some(&slot) = slots.get(&name) {
                        return Resolved::Term(TermKind::Local { depth, slot, name });
                    }
                }
                Frame::With => withs.push(depth),
            }
        }
        if self.globals.builtin.contains(&name) {
            return Resolved::Term(global(name));
        }
        let extra = self.globals.extra.contains(&name);
        match (withs.is_empty(), extra) {
            (true, true) => Resolved::Term(TermKind::Global(name)),
            (true, false) => match self.globals.refused.get(&name) {
                Some(reason) => Resolved::Refused(reason),
                None => Resolved::Undefined,
            },
            (false, global) => Resolved::Term(TermKind::Scoped { name, withs, global }),
        }
    }

    /// A name that is neither bound nor known, where such names are taken for global ones.
    pub(super) fn unknown(&self, name: Symbol) -> Option<TermKind> {
        self.globals.unknown.then(|| global(name))
    }

    /// Every name that could have been meant, in no particular order.
    pub(super) fn visible(&self) -> impl Iterator<Item = &'static str> {
        let bound = self.frames.iter().filter_map(|frame| match frame {
            Frame::Names(slots) => Some(slots.keys()),
            Frame::With => None,
        });
        // Names with two underscores are spare names of builtins; nobody means them.
        let global = self.globals.builtin.iter().chain(&self.globals.extra);
        bound.flatten().chain(global).map(|name| name.as_str()).filter(|name| !name.starts_with("__"))
    }
}

/// The few globals that are plain constants need no look-up at run time.
fn global(name: Symbol) -> TermKind {
    match name.as_str() {
        "true" => TermKind::Bool(true),
        "false" => TermKind::Bool(false),
        "null" => TermKind::Null,
        "__curPos" => TermKind::Position,
        _ => TermKind::Global(name),
    }
}
