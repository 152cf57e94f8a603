//! nxk: from a small, typed, pure configuration language to checked Kubernetes manifests.
//!
//! The modules stand in the order of their floors: each may use only those above it. `tests/floors.rs`
//! holds them to it. `docs/architecture.md` is the guided tour.

// 0  the ground: plain data that knows nothing of the language
pub mod source;
pub mod diag;
pub mod secret;
pub mod node;
pub mod order;
pub mod parallel;
pub mod symbol;
// 1  text to tree
pub mod syntax;
// 2  what values may be, and what Kubernetes knows of its objects
pub mod types;
pub mod schema;
// 3  the desugared tree, and what can be said of it before anything is evaluated
pub mod term;
pub mod library;
pub mod check;
// 4  values and their evaluation
pub mod value;
pub mod eval;
pub mod modules;
pub mod builtins;
// 5  the layers
pub mod layers;
pub mod lower;
// 6  the graph and its policies
pub mod manifests;
pub mod network;
pub mod rbac;
pub mod graph;
pub mod policy;
pub mod gitops;
pub mod seal;
// 7  data to text
pub mod emit;
pub mod chart;
// 8  the pipeline
pub mod driver;
pub mod import;
// 9  findings to text, and results to the disk
pub mod report;
pub mod draw;
pub mod diff;
pub mod output;
pub mod cli;
