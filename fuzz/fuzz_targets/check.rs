//! Whatever the configuration, checking it ends with findings that can be shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nxk::driver::{Request, Session};
use nxk::eval::STACK_BYTES;
use nxk::report::{self, Format};

fuzz_target!(|text: &str| {
    let text = text.to_owned();
    // Evaluation wants a large stack of its own, as in the program.
    let work = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || check(&text));
    work.expect("a thread starts").join().expect("no panic");
});

fn check(text: &str) {
    let request = Request {
        entry: "main.nxk".into(),
        root: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz_targets").into()),
        source_commit: Some("0123456".into()),
        ..Request::default()
    };
    let mut session = Session::new(request).expect("the folder is there");
    let parsed = session.parse_text("main.nxk", text);
    let checked = session.check(parsed);
    if let Some(evaluated) = session.evaluate(checked) {
        let lowered = session.lower(&evaluated);
        let proved = session.prove(&evaluated, lowered);
        session.order(proved);
    }
    let machine = &session.machine;
    let show = |format| report::render(&machine.findings, &machine.sources, format, true);
    assert_eq!(show(Format::Human).is_empty(), machine.findings.is_empty());
    // A line is a finding, whatever names and texts it quotes.
    assert_eq!(show(Format::Short).lines().count(), show(Format::Json).lines().count());
}
