//! nxk: from a small, typed, pure configuration language to checked Kubernetes manifests.
//!
//! The modules stand in the order of their floors: each may use only those above it. `tests/floors.rs`
//! holds them to it. `docs/architecture.md` is the guided tour.

// 0  the ground: plain data that knows nothing of the language
pub mod diag;
pub mod node;
pub mod order;
pub mod source;
pub mod symbol;
pub mod diag;
pub mod node;
// 1  text to tree
pub mod syntax;
// 2  what values may be
pub mod types;
// 3  the desugared tree
pub mod term;
// 4  values and their evaluation
pub mod builtins;
pub mod eval;
pub mod library;
pub mod value;
// 5  the layers
pub mod layers;
// 6  the graph and its policies
pub mod graph;
