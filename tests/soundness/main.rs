//! Whatever the checker accepts without `Any` has no type errors at run time; what is well-typed is accepted; and types
//! never change a value.
//!
//! Random programs, each made from one number: first one that has no type errors by construction
//! ([`program`]), then the same with a slip or two ([`mutate`]). All are checked, and all that are accepted are
//! evaluated to the last field. `NXK_PROGRAMS` says how many, `NXK_SEED` with which to begin; so a program that failed
//! is made again by `NXK_SEED=… NXK_PROGRAMS=1`. Before it is shown it is made as small as it can be.

mod declare;
mod generate;
mod library;
mod mutate;
mod narrow;
mod program;
mod random;
mod run;
mod scope;
mod shrink;
mod tree;
mod types;

use std::collections::BTreeMap;

use nxk::eval::STACK_BYTES;

use mutate::mutated;
use program::program;
use random::Random;
use run::{Failure, Runner, Verdict};
use tree::Expr;

/// So many failures are shown.
const SHOWN: usize = 5;
const THREADS: u64 = 2;

#[test]
fn what_is_accepted_has_no_type_errors() {
    let number = |name: &str, otherwise| match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} must be a number")),
        Err(_) => otherwise,
    };
    let (first, programs) = (number("NXK_SEED", 0), number("NXK_PROGRAMS", 10_000));
    let threads = (0..THREADS).map(|at| {
        let seeds: Vec<u64> = (first..first + programs).filter(|seed| seed % THREADS == at).collect();
        let work = move || examine(&seeds);
        std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).expect("a thread")
    });
    let mut all = Tally::default();
    for thread in threads.collect::<Vec<_>>() {
        match thread.join() {
            Ok(tally) => all.add(tally),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    println!("{}", all.report());
    assert!(all.failed == 0, "\n{}\n{} programs failed", all.failures.join("\n"), all.failed);
    if programs >= 1000 {
        all.assert_that_it_says_something();
    }
}

/// What came out.
#[derive(Default)]
struct Tally {
    failed: usize,
    failures: Vec<String>,
    /// Of the programs as they are made, and of those with a slip.
    made: Counts,
    changed: Counts,
}

#[derive(Default)]
struct Counts {
    programs: usize,
    accepted: usize,
    /// Accepted without anything being left to run time.
    proved: usize,
    /// Proved, and with a value in the end.
    finished: usize,
    rejected: BTreeMap<String, usize>,
}

fn examine(seeds: &[u64]) -> Tally {
    let mut tally = Tally::default();
    let mut runner = Runner::new();
    for seed in seeds {
        let program = program(*seed);
        let verdict = runner.examine(&program.expr, true, program.erasable);
        tally.take(*seed, &program.expr, verdict, &mut runner, (true, program.erasable));
        let mut random = Random::new(!seed);
        let changed = mutated(&program.expr, &mut random);
        let verdict = runner.examine(&changed, false, program.erasable);
        tally.take(*seed, &changed, verdict, &mut runner, (false, program.erasable));
    }
    tally
}

impl Tally {
    fn take(
        &mut self,
        seed: u64,
        program: &Expr,
        verdict: Verdict,
        runner: &mut Runner,
        (made, erasable): (bool, bool),
    ) {
        let counts = if made { &mut self.made } else { &mut self.changed };
        counts.programs += 1;
        counts.accepted += usize::from(verdict.codes.is_empty());
        counts.proved += usize::from(verdict.proved);
        counts.finished += usize::from(verdict.proved && verdict.finished);
        for code in verdict.codes {
            *counts.rejected.entry(code).or_default() += 1;
        }
        let Some(failure) = verdict.failure else { return };
        self.failed += 1;
        if self.failures.len() < SHOWN {
            let mut shows = |smaller: &Expr| {
                let verdict = runner.examine(smaller, made, erasable);
                verdict.failure.is_some_and(|other| other.is_like(&failure))
            };
            let small = shrink::shrunk(program, matches!(failure, Failure::Rejected(_)), &mut shows);
            let told = runner.examine(&small, made, erasable).failure.unwrap_or_else(|| failure.clone());
            let kind = if made { "as it was made" } else { "with a slip" };
            self.failures.push(format!("NXK_SEED={seed} ({kind}): {}\n{}", told.words(), small.print(true)));
        }
    }

    fn add(&mut self, other: Tally) {
        self.failed += other.failed;
        self.failures.extend(other.failures);
        for (own, other) in [(&mut self.made, other.made), (&mut self.changed, other.changed)] {
            own.programs += other.programs;
            own.accepted += other.accepted;
            own.proved += other.proved;
            own.finished += other.finished;
            for (code, count) in other.rejected {
                *own.rejected.entry(code).or_default() += count;
            }
        }
    }

    fn report(&self) -> String {
        let line = |what: &str, counts: &Counts| {
            let Counts { programs, accepted, proved, finished, rejected } = counts;
            format!(
                "{what}: {programs} programs, {accepted} accepted, {proved} proved, {finished} of them finished; rejected {rejected:?}"
            )
        };
        format!("{}\n{}", line("well-typed", &self.made), line("with a slip", &self.changed))
    }

    /// A property that is never put to the test holds.
    fn assert_that_it_says_something(&self) {
        let Tally { made, changed, .. } = self;
        assert!(made.accepted == made.programs, "well-typed programs were rejected");
        assert!(made.proved * 100 > made.accepted * 40, "too little of the well-typed is proved");
        assert!(made.finished * 100 > made.proved * 80, "too many of the well-typed have no value");
        assert!(changed.accepted * 100 > changed.programs * 10, "too few of the changed are accepted");
        assert!(changed.proved * 100 > changed.accepted * 40, "too little of the changed is proved");
        assert!(changed.rejected.len() >= 8, "too few kinds of mistakes");
    }
}
