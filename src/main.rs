//! The `nxk` program: parse the arguments, run, exit.

fn main() {}
