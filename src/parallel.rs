//! Finished data on all cores.
//!
//! Evaluation is one thread's work: values share what they are made of. What it gives is plain data, and
//! whatever is asked of each piece by itself (is it valid, what is its text) can be asked on every core: of pieces that
//! are there ([`each`]), or of pieces as they are made ([`alongside`]). The answers come in the order of the pieces,
//! whoever gave them, so a run says the same on every machine.
//!
//! Two evaluations that share nothing can run side by side ([`beside`]); what they tell each other is plain data as well.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::{self, Scope, ScopedJoinHandle};

/// Fewer pieces than this are not worth a thread.
const WORTH_A_THREAD: usize = 256;
/// More threads than this wait for memory rather than for each other.
const MOST_THREADS: usize = 8;
/// The stack of a thread: data may be nested deeper than the usual one allows. Untouched pages cost nothing.
const STACK_BYTES: usize = 256 << 20;

/// How many pieces are handed from thread to thread at a time.
const BATCH: usize = 64;

/// What `work` says of each stretch of `pieces`, in their order. `work` is given the number of the stretch's first piece.
pub fn stretches<T: Sync, R: Send>(pieces: &[T], work: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
    let length = pieces.len().div_ceil(cores()).max(WORTH_A_THREAD);
    let mut stretches = pieces.chunks(length).enumerate().map(|(at, stretch)| (at * length, stretch));
    let Some((from, first)) = stretches.next() else { return Vec::new() };
    let work = &work;
    thread::scope(|scope| {
        let others: Vec<_> =
            stretches.map(|(from, stretch)| spawn(scope, move || work(from, stretch)).ok_or((from, stretch))).collect();
        let mut answers = vec![work(from, first)];
        answers.extend(others.into_iter().map(|other| match other {
            Ok(thread) => answer_of(thread),
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

/// What `make` gives, and what `work` says of each of the pieces that it hands out on the way, in their order. The work
/// is done on the other cores while this one makes the next pieces, and on all of them once it is through.
pub fn alongside<T: Send, R: Send, M>(
    work: impl Fn(T) -> R + Sync,
    make: impl FnOnce(&mut dyn FnMut(T)) -> M,
) -> (M, Vec<R>) {
    let (sender, receiver) = mpsc::channel::<Batch<T>>();
    let receiver = Mutex::new(receiver);
    let work_off = || {
        let mut answers: Vec<Batch<R>> = Vec::new();
        // The lock is held while waiting; who waits for the lock would wait for a batch otherwise.
        while let Ok((number, batch)) = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv() {
            answers.push((number, batch.into_iter().map(&work).collect()));
        }
        answers
    };
    thread::scope(|scope| {
        let mut helpers = Vec::new();
        let mut batch = Vec::new();
        let mut number = 0;
        // Dropped when all is made, and where making it panics: then nobody waits any longer.
        let sender = sender;
        let made = make(&mut |piece| {
            batch.push(piece);
            if batch.len() == BATCH {
                if number == 0 {
                    helpers.extend((1..cores()).filter_map(|_| spawn(scope, work_off)));
                }
                // The receiver lives as long as this function.
                let _ = sender.send((number, std::mem::take(&mut batch)));
                number += 1;
            }
        });
        let _ = sender.send((number, batch));
        drop(sender);
        let mut answers = work_off();
        answers.extend(helpers.into_iter().flat_map(answer_of));
        answers.sort_unstable_by_key(|(number, _)| *number);
        (made, answers.into_iter().flat_map(|(_, answers)| answers).collect())
    })
}

/// What `work` gives, while `other` runs on a thread of its own, with a stack of so many bytes. Where the system gives none,
/// `other` is dropped: what it holds of channels tells `work`, which has to let it end by them.
pub fn beside<R>(stack: usize, other: impl FnOnce() + Send, work: impl FnOnce() -> R) -> R {
    thread::scope(|scope| {
        let other = thread::Builder::new().stack_size(stack).spawn_scoped(scope, other);
        let result = work();
        other.into_iter().for_each(answer_of);
        result
    })
}

/// Some pieces, and where among the others they are.
type Batch<T> = (usize, Vec<T>);

/// How many threads there should be.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS)
}

/// A thread for this work, if the system gives one.
fn spawn<'s, R: Send + 's>(
    scope: &'s Scope<'s, '_>,
    work: impl FnOnce() -> R + Send + 's,
) -> Option<ScopedJoinHandle<'s, R>> {
    thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).ok()
}

fn answer_of<R>(thread: ScopedJoinHandle<'_, R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::{alongside, beside, each, stretches};

    #[test]
    fn answers_come_in_the_order_of_the_pieces() {
        for count in [0, 1, 255, 256, 257, 10_000] {
            let pieces: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = pieces.iter().map(|piece| piece * 2).collect();
            assert_eq!(each(&pieces, |piece| piece * 2), doubled);
            let firsts = stretches(&pieces, |from, stretch| (from, stretch.first().copied()));
            assert!(firsts.iter().all(|(from, first)| Some(*from) == *first));
            let (made, tripled) = alongside(
                |piece: usize| piece * 3,
                |hand_out| {
                    pieces.iter().for_each(|&piece| hand_out(piece));
                    "made"
                },
            );
            assert_eq!(made, "made");
            assert_eq!(tripled, pieces.iter().map(|piece| piece * 3).collect::<Vec<_>>());
        }
    }

    #[test]
    fn two_run_side_by_side_and_end_by_their_channels() {
        let twice = |stack: usize| {
            let ((ask, asked), (tell, told)) = (mpsc::channel::<usize>(), mpsc::channel());
            let other = move || asked.iter().for_each(|number| tell.send(number * 2).expect("somebody listens"));
            beside(stack, other, move || ask.send(21).ok().and_then(|()| told.recv().ok()))
        };
        assert_eq!(twice(1 << 20), Some(42));
        assert_eq!(twice(1 << 60), None, "there is no such stack");
    }

    #[test]
    fn nobody_waits_for_pieces_that_a_panic_keeps_from_being_made() {
        let make = |hand_out: &mut dyn FnMut(usize)| {
            (0..1_000).for_each(hand_out);
            panic!("no more pieces");
        };
        let result = std::panic::catch_unwind(|| alongside(|piece| piece, make));
        assert!(result.is_err());
    }
}
