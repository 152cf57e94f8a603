//! The `nxk` program: run the command line on a stack that deep programs need, and exit.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use nxk::cli;
use nxk::eval::STACK_BYTES;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    if !there_is_room() {
        cli::refuse_to_start(&format!("{} MiB of address space are needed for the stack", STACK_BYTES >> 20));
        return ExitCode::from(cli::NOT_WRITTEN);
    }
    // A second thread with a large stack would do as well, but its part of the heap grows by a few pages a
    // time, and a large compile then spends a tenth of its time asking the system for memory.
    ExitCode::from(stacker::grow(STACK_BYTES, cli::main))
}

/// Whether the system gives address space for the stack; under a limit (`ulimit -v`) it may not, and
/// `stacker` would panic. Asking costs two system calls and touches no memory.
fn there_is_room() -> bool {
    let mut space = Vec::<u8>::new();
    let room = space.try_reserve_exact(STACK_BYTES).is_ok();
    // Unseen, the optimiser may leave out memory that nobody uses, and the question with it.
    std::hint::black_box(&space);
    room
}
