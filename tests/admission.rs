//! Admission policies: the rules that nxk writes are run, by an evaluator of CEL that is not ours, over what nxk builds,
//! which must be let in, and over what it refuses to build, which must not.

#[path = "admission/cel.rs"]
mod cel;
#[path = "admission/checks.rs"]
mod checks;
#[path = "admission/door.rs"]
mod door;
#[path = "admission/examples.rs"]
mod examples;
#[path = "admission/findings.rs"]
mod findings;
#[path = "admission/made.rs"]
mod made;
#[path = "admission/mutations.rs"]
mod mutations;
#[path = "admission/options.rs"]
mod options;
#[path = "admission/types.rs"]
mod types;
mod support;
