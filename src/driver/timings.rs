//! How long each stage took.

use std::fmt::Write;
use std::time::{Duration, Instant};

/// The stages of a run and their durations, in order.
#[derive(Debug, Default)]
pub struct Timings {
    stages: Vec<(&'static str, Duration)>,
}

impl Timings {
    /// Runs `work` as the stage `name`.
    pub fn measure<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.add(name, start.elapsed());
        result
    }

    /// Adds to the stage `name`, which may run in several parts.
    pub fn add(&mut self, name: &'static str, duration: Duration) {
        match self.stages.iter_mut().find(|(stage, _)| *stage == name) {
            Some((_, total)) => *total += duration,
            None => self.stages.push((name, duration)),
        }
    }

    /// A table for people.
    pub fn table(&self) -> String {
        let mut text = String::new();
        let total: Duration = self.stages.iter().map(|(_, duration)| *duration).sum();
        for (name, duration) in self.stages.iter().chain([&("total", total)]) {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{name:<10} {:>10.3} ms", duration.as_secs_f64() * 1e3);
        }
        text
    }
}
