//! Interned names.
//!
//! A [`Symbol`] is a small number that stands for a name; equal names have equal numbers, so attribute
//! look-ups compare integers. The table lives as long as the thread and is not shared between threads:
//! an evaluation runs on one thread, and nothing holding symbols may leave it (the marker below sees to that).
//!
//! The numbers follow the order in which names were first seen. They say nothing about alphabetical
//! order, so whatever reaches a user is sorted by [`Symbol::as_str`].

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use ecow::EcoString;
use rustc_hash::FxHashMap;

/// An interned name. Copying and comparing it is as cheap as for an integer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(u32, PhantomData<*const ()>);

#[derive(Default)]
struct Table {
    numbers: FxHashMap<&'static str, u32>,
    names: Vec<&'static str>,
    /// The names as shared texts, made when they are asked for.
    texts: Vec<Option<EcoString>>,
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::default();
}

impl Symbol {
    /// The symbol of `name`, made if this is the first time it is seen.
    pub fn new(name: &str) -> Symbol {
        TABLE.with_borrow_mut(|table| {
            if let Some(&number) = table.numbers.get(name) {
                return Symbol(number, PhantomData);
            }
            let number = u32::try_from(table.names.len()).expect("fewer than four billion names");
            // Names live as long as the thread's table does: the whole compile.
            let name: &'static str = Box::leak(name.into());
            table.names.push(name);
            table.texts.push(None);
            table.numbers.insert(name, number);
            Symbol(number, PhantomData)
        })
    }

    /// Its number. Names that were first seen one after the other have numbers one after the other.
    pub fn number(self) -> u32 {
        self.0
    }

    /// The name itself.
    pub fn as_str(self) -> &'static str {
        TABLE.with_borrow(|table| table.names[self.0 as usize])
    }

    /// The name as a text that all who ask share.
    pub fn text(self) -> EcoString {
        TABLE.with_borrow_mut(|table| {
            let at = self.0 as usize;
            table.texts[at].get_or_insert_with(|| table.names[at].into()).clone()
        })
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.as_str())
    }
}

impl From<&str> for Symbol {
    fn from(name: &str) -> Symbol {
        Symbol::new(name)
    }
}

#[cfg(test)]
mod tests {
    use super::Symbol;

    #[test]
    fn equal_names_have_equal_symbols() {
        assert_eq!(Symbol::new("image"), Symbol::new("image"));
        assert_ne!(Symbol::new("image"), Symbol::new("Image"));
        assert_eq!(Symbol::new("image").as_str(), "image");
    }
}
