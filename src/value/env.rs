//! Environments: what variables mean. A chain of frames, each with numbered slots.

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use super::{Thunk, reclaim};

/// A chain of frames; the innermost first. Cheap to copy.
#[derive(Clone, Default)]
pub struct Env(Option<Rc<Frame>>);

struct Frame {
    slots: Slots,
    parent: Env,
}

enum Slots {
    /// The frame of `x: …` or `with`; the commonest, so it saves an allocation.
    One(Thunk),
    /// The frame of `let`, `rec` and formals: filled once the thunks that point back to it exist.
    Many(OnceCell<Box<[Thunk]>>),
    /// What a frame holds while it is being dropped.
    Gone,
}

impl Drop for Frame {
    fn drop(&mut self) {
        let slots = std::mem::replace(&mut self.slots, Slots::Gone);
        reclaim::guarded((slots, std::mem::take(&mut self.parent)));
    }
}

impl Env {
    /// No frames.
    pub fn empty() -> Env {
        Env(None)
    }

    /// A frame with one slot inside this environment.
    pub fn bind(&self, value: Thunk) -> Env {
        Env(Some(Rc::new(Frame { slots: Slots::One(value), parent: self.clone() })))
    }

    /// A frame whose values may refer to the frame itself.
    pub fn bind_many(&self, values: impl FnOnce(&Env) -> Vec<Thunk>) -> Env {
        let frame = Rc::new(Frame { slots: Slots::Many(OnceCell::new()), parent: self.clone() });
        let env = Env(Some(frame));
        let values = values(&env).into_boxed_slice();
        if let Some(Frame { slots: Slots::Many(cell), .. }) = env.0.as_deref() {
            // The cell was made empty above and is filled nowhere else.
            let _ = cell.set(values);
        }
        env
    }

    /// The slot `slot` of the frame `depth` frames up, or `None` while that frame is still being filled.
    pub fn get(&self, depth: u32, slot: u32) -> Option<&Thunk> {
        let mut frame = self.0.as_deref()?;
        for _ in 0..depth {
            frame = frame.parent.0.as_deref()?;
        }
        match &frame.slots {
            Slots::One(value) => Some(value),
            Slots::Many(cell) => cell.get()?.get(slot as usize),
            Slots::Gone => None,
        }
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Environments are cyclic, so their content is never printed.
        f.write_str("Env")
    }
}
