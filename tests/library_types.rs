//! The annotations of the standard library, which nobody enforces at run time: they are proved here. So are the
//! terms that the build makes of its texts: they must be those that a run would make.

use std::path::Path;

use nxk::check::{Files, Goal, check};
use nxk::eval::STACK_BYTES;
use nxk::library;
use nxk::modules;
use nxk::source::{Span, World};
use nxk::term::pack::unpack;
use nxk::value::Evaluator;

#[test]
fn the_library_has_the_types_that_it_says() {
    let run = || {
        let mut wrong = std::collections::BTreeSet::new();
        for path in library::paths().filter(|path| path.starts_with("lib/") || path.starts_with("layers/")) {
            let scratch = tempfile::tempdir().expect("a scratch folder");
            let mut machine = Evaluator::new(World::new(scratch.path()).expect("a root"));
            machine.install(&[modules::NATIVES, nxk::layers::NATIVES, nxk::graph::NATIVES]);
            let path = Path::new(library::ROOT).join(path);
            let opened = machine.open(&path, Span::NONE).expect("it is embedded");
            let checked = check(&mut machine, opened, Goal::Library, None);
            for finding in checked.findings {
                let place = machine.sources.location(finding.primary.span);
                let place = place.map_or_else(String::new, |at| format!("{}:{}:{}", at.file, at.line, at.column));
                wrong.insert(format!("{place} {} {}\n", finding.code.as_str(), finding.message));
            }
        }
        wrong.into_iter().collect::<String>()
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run).expect("a thread");
    let wrong = thread.join().expect("no panic");
    assert!(wrong.is_empty(), "{} findings:\n{wrong}", wrong.lines().count());
}

#[test]
fn the_packed_terms_are_those_of_the_texts() {
    let run = || {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let mut machine = Evaluator::new(World::new(scratch.path()).expect("a root"));
        machine.install(&[modules::NATIVES, nxk::layers::NATIVES, nxk::graph::NATIVES]);
        for name in library::paths() {
            let path = Path::new(library::ROOT).join(name);
            let source = machine.load(&path, Span::NONE).expect("it is embedded");
            let read = machine.understand(source);
            let packed = library::terms(name).expect("it is embedded");
            let (unpacked, _) = unpack(packed, machine.sources.file(source).base);
            assert_eq!(format!("{unpacked:?}"), format!("{read:?}"), "{name}");
        }
        assert!(machine.findings.is_empty(), "{:?}", machine.findings);
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run).expect("a thread");
    thread.join().expect("no panic");
}
