//! Thunks: values, now or later.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::{Env, Error, Evaluator, Result, Value, reclaim};
use crate::term::TermRef;

/// A value that may still have to be computed. Cheap to copy; all copies share the work.
#[derive(Clone)]
pub enum Thunk {
    /// There already.
    Done(Value),
    /// To be computed when it is first needed.
    Lazy(Rc<Lazy>),
}

/// The shared cell of a lazy value.
pub struct Lazy(pub RefCell<State>);

/// The life of a lazy value: suspended, then running, then done or failed.
pub enum State {
    /// An expression and what its variables mean.
    Suspended(TermRef, Env),
    /// A computation of the compiler's own.
    #[expect(clippy::type_complexity, reason = "the one place where this type is written")]
    Deferred(Box<dyn FnOnce(&mut Evaluator) -> Result<Value>>),
    /// Being computed now. Whoever needs it meanwhile has found an infinite recursion.
    Running,
    /// Computed.
    Done(Value),
    /// Tried in vain; trying again would fail the same way.
    Failed(Error),
}

impl Drop for Lazy {
    fn drop(&mut self) {
        match std::mem::replace(self.0.get_mut(), State::Running) {
            State::Running | State::Failed(_) => {}
            state => reclaim::guarded(state),
        }
    }
}

impl Thunk {
    /// An expression for later.
    pub fn suspend(term: TermRef, env: Env) -> Thunk {
        Thunk::Lazy(Rc::new(Lazy(RefCell::new(State::Suspended(term, env)))))
    }

    /// A computation for later.
    pub fn defer(compute: impl FnOnce(&mut Evaluator) -> Result<Value> + 'static) -> Thunk {
        Thunk::Lazy(Rc::new(Lazy(RefCell::new(State::Deferred(Box::new(compute))))))
    }

    /// A failure for later: whoever needs the value meets the error.
    pub fn failed(error: Error) -> Thunk {
        Thunk::Lazy(Rc::new(Lazy(RefCell::new(State::Failed(error)))))
    }

    /// The value, if it has been computed.
    pub fn peek(&self) -> Option<Value> {
        match self {
            Thunk::Done(value) => Some(value.clone()),
            Thunk::Lazy(lazy) => match &*lazy.0.borrow() {
                State::Done(value) => Some(value.clone()),
                _ => None,
            },
        }
    }

    /// The same computation once more, if it has not begun and can be done again.
    pub fn again(&self) -> Option<Thunk> {
        let Thunk::Lazy(lazy) = self else { return None };
        match &*lazy.0.borrow() {
            State::Suspended(term, env) => Some(Thunk::suspend(term.clone(), env.clone())),
            _ => None,
        }
    }

    /// Whether it was tried in vain.
    pub fn has_failed(&self) -> bool {
        matches!(self, Thunk::Lazy(lazy) if matches!(&*lazy.0.borrow(), State::Failed(_)))
    }

    /// Whether it is being computed at the moment.
    pub fn is_running(&self) -> bool {
        matches!(self, Thunk::Lazy(lazy) if matches!(&*lazy.0.borrow(), State::Running))
    }

    /// Whether both are the same cell.
    pub fn same(&self, other: &Thunk) -> bool {
        matches!((self, other), (Thunk::Lazy(a), Thunk::Lazy(b)) if Rc::ptr_eq(a, b))
    }
}

impl From<Value> for Thunk {
    fn from(value: Value) -> Thunk {
        Thunk::Done(value)
    }
}

impl fmt::Debug for Thunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Thunk::Done(value) => write!(f, "{:?}", value.describe()),
            Thunk::Lazy(_) => f.write_str("…"),
        }
    }
}

/// A shared, immutable list.
#[derive(Clone, Debug)]
pub struct List(Rc<Items>);

#[derive(Debug)]
struct Items(Vec<Thunk>);

impl Drop for Items {
    fn drop(&mut self) {
        reclaim::guarded(std::mem::take(&mut self.0));
    }
}

impl List {
    /// The list of these items.
    pub fn new(items: Vec<Thunk>) -> List {
        List(Rc::new(Items(items)))
    }

    /// Whether both are the very same list in memory.
    pub fn same(&self, other: &List) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// A number that no other list has while this one lives.
    pub fn address(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }
}

impl std::ops::Deref for List {
    type Target = [Thunk];

    fn deref(&self) -> &[Thunk] {
        &self.0.0
    }
}
