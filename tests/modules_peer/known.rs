//! What nxk is known to do differently, and the random modules therefore do without.
//!
//! Each line names the cases in `pending/` that show it. When these agree, the line is to be turned off
//! here, or rather removed with what it guards.

/// "lists in a submodule": what several definitions of a submodule are merged to, in their order.
pub const ORDER_IN_SUBMODULES: bool = true;
/// "a condition inside mkForce does not hold, in a map" and the like.
pub const CONDITIONS_IN_PRIORITIES: bool = true;
/// "no set for a lazy map", "no set for a set type".
pub const REFUSED_IN_SILENCE: bool = true;
/// "a lazy map of lines has no value for what is dropped".
pub const LAZY_LINES: bool = true;
/// "null or a submodule, null and a function".
pub const NULL_AND_FUNCTIONS: bool = true;
