//! Text to tree. [`parse`] never fails: whatever the text, it returns a tree and all diagnostics.

pub mod ast;
