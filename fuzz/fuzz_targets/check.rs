//! Whatever the configuration, checking it ends with findings that can be shown.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use nxk::eval::{Depth, STACK_BYTES};
use nxk::report::{self, Format};
use nxk::source::{SourceKind, Span, World};
use nxk::value::{Env, Evaluator};

fuzz_target!(|text: &str| {
    let text = text.to_owned();
    // Evaluation wants a large stack of its own, as in the program.
    let work = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || check(text));
    work.expect("a thread starts").join().expect("no panic");
});

fn check(text: String) {
    let world = World::new(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the folder is there");
    let mut machine = Evaluator::new(world);
    let source = machine.sources.add("main.nxk", None, text.as_str(), SourceKind::User);
    let term = machine.understand(source);
    match machine.eval(&term, &Env::empty()) {
        Ok(value) => drop(machine.node(&value.into(), Depth::Everything, Span::NONE)),
        Err(error) => machine.report(&error),
    }
    let show = |format| report::render(&machine.findings, &machine.sources, format, true);
    assert_eq!(show(Format::Human).is_empty(), machine.findings.is_empty());
    // A line is a finding, whatever names and texts it quotes.
    assert_eq!(show(Format::Short).lines().count(), show(Format::Json).lines().count());
}
