//! Types for later: how a type mentions itself, and how a large type is made only where it is looked at.

use std::cell::OnceCell;

use super::{Opaque, Type, TypeRef};
use crate::symbol::Symbol;

/// A type for later.
pub struct Deferred {
    done: OnceCell<TypeRef>,
    pending: Pending,
    /// What to call it until then.
    pub name: Symbol,
}

/// What a type for later waits for.
pub enum Pending {
    /// An evaluation: only the evaluator, who put this in, can make it.
    Evaluated(Opaque),
    /// Nothing but being looked at.
    Made(Box<dyn Fn() -> TypeRef>),
    /// Another type, of which it is made.
    Derived(TypeRef, fn(&TypeRef) -> TypeRef),
}

impl Deferred {
    /// A type called `name` that waits for this.
    pub fn new(name: Symbol, pending: Pending) -> Deferred {
        Deferred { done: OnceCell::new(), pending, name }
    }

    /// The type, if that takes no evaluation, or what it took has been done.
    pub fn known(&self) -> Option<&TypeRef> {
        if let Some(done) = self.done.get() {
            return Some(done);
        }
        let made = match &self.pending {
            Pending::Evaluated(_) => return None,
            Pending::Made(make) => make(),
            Pending::Derived(of, derive) => {
                let of = of.as_known();
                if matches!(*of, Type::Deferred(_)) {
                    return None;
                }
                derive(&of)
            }
        };
        Some(self.settle(made))
    }

    /// What it waits for.
    pub fn pending(&self) -> &Pending {
        &self.pending
    }

    /// The type is known now; what was known first counts.
    pub fn settle(&self, ty: TypeRef) -> &TypeRef {
        self.done.get_or_init(|| ty)
    }
}

impl std::fmt::Debug for Deferred {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the type itself: it may well contain this very node.
        write!(f, "Deferred({:?})", self.name)
    }
}

impl Type {
    /// The type below its names, as far as it is known.
    pub fn peeled(&self) -> &Type {
        match self {
            Type::Declared(_, inner) => inner.peeled(),
            Type::Deferred(deferred) => deferred.known().map_or(self, |inner| inner.peeled()),
            other => other,
        }
    }
}

/// What a shared type offers on top.
pub trait Known {
    /// The type that a deferred one stands for, as far as it is known; itself otherwise.
    fn as_known(&self) -> TypeRef;
}

impl Known for TypeRef {
    fn as_known(&self) -> TypeRef {
        let mut ty = self;
        while let Type::Deferred(deferred) = &**ty {
            match deferred.known() {
                Some(known) => ty = known,
                None => break,
            }
        }
        ty.clone()
    }
}
