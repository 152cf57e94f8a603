//! Dropping long chains without deep recursion.
//!
//! A fold can build a chain of a million values, each holding the next. Dropping the first would
//! recurse a million times. Every link that can take part in such a chain (thunk, list, set, frame)
//! therefore hands its content to [`guarded`], which lets a few hundred levels recurse as usual and
//! parks what lies deeper until the outermost drop has come back.

use std::any::Any;
use std::cell::{Cell, RefCell};

/// Levels that may recurse; each costs a few hundred bytes of stack.
const LEVELS: u32 = 200;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static PARKED: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

/// Drops `content`, now or when the drop in progress has unwound.
pub(super) fn guarded<T: 'static>(content: T) {
    // During the thread's own teardown the counters are gone; then plain recursion has to do.
    let Ok(depth) = DEPTH.try_with(Cell::get) else { return };
    if depth >= LEVELS {
        let _ = PARKED.try_with(|parked| parked.borrow_mut().push(Box::new(content)));
        return;
    }
    set_depth(depth + 1);
    drop(content);
    if depth == 0 {
        while let Some(parked) = PARKED.with(|parked| parked.borrow_mut().pop()) {
            drop(parked);
        }
    }
    set_depth(depth);
}

/// Every value passes here when it dies, and `LocalKey::set` is a call where this is one store.
fn set_depth(depth: u32) {
    DEPTH.with(|levels| levels.set(depth));
}

#[cfg(test)]
mod tests {
    use crate::source::Span;
    use crate::value::Value;

    #[test]
    fn a_chain_of_a_million_drops_on_a_small_stack() {
        let mut chain = Value::null(Span::NONE);
        for _ in 0..1_000_000 {
            chain = Value::list(vec![chain.into()], Span::NONE);
        }
        drop(chain);
    }
}
