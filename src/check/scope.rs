//! The frames around a term, as at run time, but with types in their slots; and what conditions say of them.
//!
//! A slot of a `let` or a recursive set is found out when it is first asked for, so that every
//! binding is generalised before its users see it, whatever the order of the text. Slots that need each
//! other form a group and are generalised together, when the first of them is done.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::ty::TyRef;
use crate::symbol::Symbol;
use crate::term::TermRef;

/// A frame, by its place among all.
pub(super) type FrameId = u32;

/// Where a term stands.
#[derive(Clone)]
pub(super) struct Env {
    /// The innermost frame.
    pub(super) frame: Option<FrameId>,
    /// What the conditions around say.
    pub(super) facts: Option<Rc<Fact>>,
    /// The files that the conditions around ask for.
    pub(super) asked_for: Option<Rc<AskedFor>>,
    /// The file.
    pub(super) file: usize,
}

/// One frame.
pub(super) struct Frame {
    pub(super) up: Option<FrameId>,
    /// Variables of a level above this belong to a slot alone and are generalised with it.
    pub(super) level: u32,
    pub(super) slots: Vec<Slot>,
    /// Where its slots' terms stand.
    pub(super) env: Env,
}

/// What is known of a slot.
#[derive(Clone)]
pub(super) enum Slot {
    /// One type for all uses: an argument.
    Mono(TyRef),
    /// Not looked at yet.
    Fresh(TermRef),
    /// Being found out; uses meanwhile share this type.
    Running(TyRef),
    /// Done: every use gets its own copy of the variables above the frame's level.
    Poly(TyRef),
}

/// What a condition says of a value.
pub(super) struct Fact {
    /// The value: a slot, and the names selected from it.
    pub(super) subject: Subject,
    /// Its type where the condition holds.
    pub(super) ty: TyRef,
    /// What else is known.
    pub(super) more: Option<Rc<Fact>>,
}

/// A file that a condition asks for: whether it is there is not known before.
pub(super) struct AskedFor {
    path: PathBuf,
    more: Option<Rc<AskedFor>>,
}

/// Something whose type a condition can narrow: nothing changes in the language, so a path is as good as a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Subject {
    pub(super) frame: FrameId,
    pub(super) slot: u32,
    pub(super) path: Vec<Symbol>,
}

impl Env {
    /// The same place with one more thing known.
    pub(super) fn knowing(&self, subject: Subject, ty: TyRef) -> Env {
        Env { facts: Some(Rc::new(Fact { subject, ty, more: self.facts.clone() })), ..self.clone() }
    }

    /// The same place where a file is said to be there.
    pub(super) fn asking_for(&self, path: PathBuf) -> Env {
        Env { asked_for: Some(Rc::new(AskedFor { path, more: self.asked_for.clone() })), ..self.clone() }
    }

    /// Whether a condition asks for a file.
    pub(super) fn asks_for(&self, path: &Path) -> bool {
        let mut asked = &self.asked_for;
        while let Some(one) = asked {
            if one.path == path {
                return true;
            }
            asked = &one.more;
        }
        false
    }

    /// What conditions say of a subject; the innermost says most.
    pub(super) fn fact(&self, subject: &Subject) -> Option<TyRef> {
        let mut facts = &self.facts;
        while let Some(fact) = facts {
            if fact.subject == *subject {
                return Some(fact.ty.clone());
            }
            facts = &fact.more;
        }
        None
    }
}
