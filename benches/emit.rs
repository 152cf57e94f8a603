//! Measures how fast finished objects become text: `cargo bench --bench emit [FILE]`.
//!
//! The objects are those of the configuration FILE, or of 2,000 applications as `benches/generate.py` writes them. Every writer puts
//! one document after the other into a buffer that is used again, on one core; the last rows are whole streams on all cores.
//! `serde_yaml` writes the same data from its own values. Rows hold the size of the text and the shortest and the median of ten runs;
//! docs/performance.md holds what was measured.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nxk::driver::{self, Request, Session};
use nxk::emit::{json, kyaml, yaml};
use nxk::eval::STACK_BYTES;
use nxk::node::Node;
use serde::Deserialize;

const RUNS: usize = 10;
const APPLICATIONS: &str = "2000";

fn main() {
    // Cargo adds options of its own.
    let file = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).map(PathBuf::from);
    let folder = tempfile::tempdir().expect("a scratch folder");
    let objects = stacker::grow(STACK_BYTES, || compiled(file.unwrap_or_else(|| generated(folder.path()))));
    let objects: Vec<&Node> = objects.iter().collect();
    println!("{} objects", objects.len());

    for (name, write) in
        [("YAML", yaml::document as fn(&Node, &mut String)), ("KYAML", kyaml::document), ("JSON", json::document)]
    {
        let mut out = String::new();
        timed(name, || {
            out.clear();
            objects.iter().for_each(|node| write(node, &mut out));
            out.len()
        });
    }
    serde(&yaml::stream(&objects));
    timed("YAML, all cores", || yaml::stream(&objects).len());
    timed("JSON list", || json::list(&objects).len());
}

/// The configuration of many applications, in `folder`.
fn generated(folder: &Path) -> PathBuf {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/generate.py");
    let status = Command::new("python3").arg(script).arg(APPLICATIONS).arg(folder).status();
    assert!(status.is_ok_and(|status| status.success()), "benches/generate.py needs python3");
    folder.join("main.nxk")
}

fn compiled(entry: PathBuf) -> Vec<Node> {
    let commit = "0123456789abcdef0123456789abcdef01234567".to_owned();
    let request = Request { entry, source_commit: Some(commit), ..Request::default() };
    let mut session = Session::new(request).unwrap_or_else(|finding| panic!("{}", finding.message));
    let ordered = driver::compile(&mut session).filter(|_| !session.has_errors()).expect("the configuration compiles");
    ordered.objects
}

/// The writer of `serde_yaml`, over what it reads from `text`.
fn serde(text: &str) {
    let values: Vec<serde_yaml::Value> = serde_yaml::Deserializer::from_str(text)
        .map(|document| serde_yaml::Value::deserialize(document).expect("what is emitted is YAML"))
        .collect();
    let mut out = Vec::new();
    timed("serde_yaml", || {
        out.clear();
        values.iter().for_each(|value| serde_yaml::to_writer(&mut out, value).expect("memory takes everything"));
        out.len()
    });
}

/// Runs `write`, which says how many bytes it has written, several times.
fn timed(name: &str, mut write: impl FnMut() -> usize) {
    let mut bytes = 0;
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..RUNS {
        let start = Instant::now();
        bytes = write();
        times.push(start.elapsed());
    }
    times.sort();
    let rate = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    let (shortest, median) = (times[0], times[RUNS / 2]);
    let megabytes = bytes as f64 / 1e6;
    println!(
        "  {name:<16} {megabytes:>7.1} MB {shortest:>9.2?} {:>5.0} MB/s {median:>9.2?} {:>5.0} MB/s",
        rate(shortest),
        rate(median)
    );
}
