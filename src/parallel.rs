//! Finished data on all cores.
//!
//! Evaluation is one thread's work: values share what they are made of. What it gives is plain data, and
//! whatever is asked of each piece by itself (is it valid, what is its text) can be asked on every core. The answers
//! come in the order of the pieces, whoever gave them, so a run says the same on every machine.

use std::num::NonZero;
use std::thread;

/// Fewer pieces than this are not worth a thread.
const WORTH_A_THREAD: usize = 256;
/// More threads than this wait for memory rather than for each other.
const MOST_THREADS: usize = 8;
/// The stack of a thread: data may be nested deeper than the usual one allows. Untouched pages cost nothing.
const STACK_BYTES: usize = 256 << 20;

/// What `work` says of each stretch of `pieces`, in their order. `work` is given the number of the stretch's first piece.
pub fn stretches<T: Sync, R: Send>(pieces: &[T], work: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
    let length = pieces.len().div_ceil(cores).max(WORTH_A_THREAD);
    let mut stretches = pieces.chunks(length).enumerate().map(|(at, stretch)| (at * length, stretch));
    let Some((from, first)) = stretches.next() else { return Vec::new() };
    let work = &work;
    thread::scope(|scope| {
        let others: Vec<_> = stretches
            .map(|(from, stretch)| {
                let thread = thread::Builder::new().stack_size(STACK_BYTES);
                thread.spawn_scoped(scope, move || work(from, stretch)).map_err(|_| (from, stretch))
            })
            .collect();
        let mut answers = vec![work(from, first)];
        answers.extend(others.into_iter().map(|other| match other {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            // The system gives no further thread; then this one does the work.
            Err((from, stretch)) => work(from, stretch),
        }));
        answers
    })
}

/// What `work` says of each of the `pieces`, in their order.
pub fn each<T: Sync, R: Send>(pieces: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let answers = stretches(pieces, |_, stretch| stretch.iter().map(&work).collect::<Vec<R>>());
    answers.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::{each, stretches};

    #[test]
    fn answers_come_in_the_order_of_the_pieces() {
        for count in [0, 1, 255, 256, 257, 10_000] {
            let pieces: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = pieces.iter().map(|piece| piece * 2).collect();
            assert_eq!(each(&pieces, |piece| piece * 2), doubled);
            let firsts = stretches(&pieces, |from, stretch| (from, stretch.first().copied()));
            assert!(firsts.iter().all(|(from, first)| Some(*from) == *first));
        }
    }
}
