//! The `nxk` program: run the command line on a stack that deep programs need, and exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A second thread with a large stack would do as well, but its part of the heap grows by a few pages a
    // time, and a large compile then spends a tenth of its time asking the system for memory.
    ExitCode::from(stacker::grow(nxk::eval::STACK_BYTES, nxk::cli::main))
}
