//! Bindings: found out when they are first asked for, and generalised.

use std::rc::Rc;

use super::Checker;
use super::need::{Need, Why};
use super::scope::{FrameId, Slot};
use super::ty::{Ty, TyRef};
use crate::source::Span;
use crate::term::{TermKind, TermRef, TypeTerm};

/// A binding that is being found out.
pub(super) struct Running {
    frame: FrameId,
    slot: u32,
    level: u32,
    /// The outermost binding on the way that this one needs: with that one it is done.
    low: usize,
    /// Whether anybody has asked for it meanwhile.
    used: bool,
}

impl Checker<'_> {
    /// The type of a slot, a copy of its own if it is general.
    pub(super) fn slot(&mut self, frame: FrameId, slot: u32) -> TyRef {
        match self.frames[frame as usize].slots.get(slot as usize).cloned() {
            None => self.unknown(),
            Some(Slot::Mono(ty)) => ty,
            Some(Slot::Poly(ty)) => {
                let above = self.frames[frame as usize].level;
                self.store.instantiate(&ty, above, self.level)
            }
            Some(Slot::Running(ty)) => {
                self.meet_running(frame, slot);
                ty
            }
            Some(Slot::Fresh(term)) => {
                self.solve(frame, slot, &term);
                self.slot(frame, slot)
            }
        }
    }

    /// Everything that runs since this slot began depends on it, and it on them.
    fn meet_running(&mut self, frame: FrameId, slot: u32) {
        let Some(at) = self.running.iter().position(|running| (running.frame, running.slot) == (frame, slot)) else {
            return;
        };
        self.running[at].used = true;
        let level = self.running[at].level;
        for running in &mut self.running[at + 1..] {
            if running.level <= level {
                running.low = running.low.min(at);
            }
        }
    }

    fn solve(&mut self, frame: FrameId, slot: u32, term: &TermRef) {
        let (level, env) = (self.frames[frame as usize].level, self.frames[frame as usize].env.clone());
        let outer_level = std::mem::replace(&mut self.level, level + 1);
        let outer_via = self.via.take();
        let depth = std::mem::take(&mut self.depth);
        let name = self.store.fresh(self.level);
        self.set(frame, slot, Slot::Running(name.clone()));
        // An annotated binding has its type from the beginning, also for itself.
        let ty = match &term.kind {
            TermKind::Annotated { ty, value, name: called, .. } => {
                let wanted = self.annotation(ty, &env);
                self.set(frame, slot, Slot::Poly(wanted.clone()));
                if self.looks_at_values(&env) {
                    let need = Need::typed(*called, ty.span, value.span);
                    self.expect(value, &env, &wanted, &need);
                }
                self.given(&wanted, value)
            }
            _ => {
                let at = self.running.len();
                self.running.push(Running { frame, slot, level, low: at, used: false });
                let ty = self.infer(term, &env);
                let done = self.running.pop().expect("it was pushed above");
                if done.used {
                    self.tie(&ty, &name, term.span);
                    self.check_grounded(term, &ty);
                }
                if done.low < at {
                    // Its group is done with the binding further out; until then it has one type.
                    self.group.push((frame, slot));
                    self.set(frame, slot, Slot::Mono(ty.clone()));
                    self.close(outer_level, outer_via, depth);
                    return;
                }
                self.generalize_group(at);
                ty
            }
        };
        self.generalize(frame, slot, ty);
        self.close(outer_level, outer_via, depth);
    }

    fn close(&mut self, level: u32, via: Option<super::Via>, depth: u32) {
        (self.level, self.via, self.depth) = (level, via, depth);
    }

    /// What the binding is and what its own uses take it for come together.
    fn tie(&mut self, ty: &TyRef, name: &TyRef, span: Span) {
        let need = Need::of(Why::Silent, span);
        match (&**ty, &**name) {
            (super::ty::Ty::Type(inner), super::ty::Ty::Var(_)) => {
                let again: TyRef = Rc::new(super::ty::Ty::Type(inner.clone()));
                self.flow(&again, span, name, &need);
            }
            _ => self.flow(ty, span, name, &need),
        }
    }

    /// A type that is nothing but itself would never be known.
    fn check_grounded(&mut self, term: &TermRef, ty: &TyRef) {
        if let TermKind::Type(form) = &term.kind
            && let TypeTerm::Declared(name, inner) = &**form
            && let Some(var) = self.store.own_name(ty)
        {
            self.depends_on_itself(*name, inner.span);
            self.store.set_link(var, Ty::any());
        }
    }

    /// The bindings that waited for the one whose place on the way this is.
    fn generalize_group(&mut self, at: usize) {
        if at > 0 && self.running.iter().any(|running| running.low < at) {
            return;
        }
        for (frame, slot) in std::mem::take(&mut self.group) {
            if let Slot::Mono(ty) = &self.frames[frame as usize].slots[slot as usize] {
                let ty = ty.clone();
                self.generalize(frame, slot, ty);
            }
        }
    }

    fn generalize(&mut self, frame: FrameId, slot: u32, ty: TyRef) {
        let general = self.store.is_general(&ty, self.frames[frame as usize].level);
        self.set(frame, slot, if general { Slot::Poly(ty) } else { Slot::Mono(ty) });
    }

    fn set(&mut self, frame: FrameId, slot: u32, state: Slot) {
        self.frames[frame as usize].slots[slot as usize] = state;
    }
}
