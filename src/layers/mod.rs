//! The three layers as data.
//!
//! Layers 3 and 2 live in the configuration, as the options that `stdlib/layers/` declares; their
//! entries become definitions of the layer below by rules written in nxk. What this floor holds is
//! what those rules cannot say themselves: how an entry gets its object's name and key
//! ([`names`]), which fields of it say anything, and layer 1 itself, the finished [`Object`]s.

mod fields;
pub mod names;
mod object;
mod select;

use crate::value::Native;

pub use object::{Identity, Object, pod_spec_path};

/// The natives that the layers' rules call.
pub const NATIVES: &[Native] = &[
    Native { name: "__entries", arity: 1, run: names::entries },
    Native { name: "__didYouMean", arity: 2, run: names::did_you_mean },
    Native { name: "__kebabCase", arity: 1, run: names::kebab_case },
    Native { name: "__filterAttrs", arity: 2, run: fields::filter_attrs },
    Native { name: "__said", arity: 2, run: fields::said },
    Native { name: "__select", arity: 2, run: select::select },
    Native { name: "__containsText", arity: 2, run: fields::contains_text },
];
