//! The `nxk` program: run the command line on a thread with a stack that deep programs need, and exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    let worker =
        std::thread::Builder::new().name("nxk".into()).stack_size(nxk::eval::STACK_BYTES).spawn(nxk::cli::main);
    match worker.map(|worker| worker.join()) {
        Ok(Ok(code)) => ExitCode::from(code),
        // The thread has told about the panic itself.
        Ok(Err(_)) => ExitCode::from(101),
        Err(error) => {
            eprintln!("nxk: cannot start a thread: {error}");
            ExitCode::from(3)
        }
    }
}
