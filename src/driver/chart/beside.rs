//! A second thread that watches as well.
//!
//! Values stay on the thread that made them, and an evaluation under watch begins with values. So the helper evaluates the
//! configuration for itself, from the same texts, while the first thread still compiles it and looks for what is wrong with it;
//! nobody asks the helper for that. It begins with the job that every chart begins with before anybody asks, and does
//! further ones as they come. What the two tell each other is plain data.
//!
//! A helper that cannot do what it is asked for is gone: then the first thread does everything, with the same result.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use super::candidates;
use super::watcher::{Job, Seen, Watcher};
use crate::driver::Session;
use crate::eval::STACK_BYTES;
use crate::parallel;

/// The second thread, as the first one sees it. It stops when this is dropped.
pub(super) struct Helper<'a> {
    jobs: Sender<Job>,
    seen: Receiver<Seen>,
    enough: &'a AtomicBool,
    /// What it began with, until somebody asks for it.
    begun: Option<Job>,
}

/// What `work` gives, with a helper if there may be a second thread.
pub(super) fn with_helper<R>(
    session: &mut Session,
    threads: usize,
    work: impl FnOnce(&mut Session, Option<Helper<'_>>) -> R,
) -> R {
    if threads < 2 {
        return work(session, None);
    }
    let enough = &AtomicBool::new(false);
    let ((jobs, asked), (answers, seen)) = (mpsc::channel(), mpsc::channel());
    let mut helper = Helper { jobs, seen, enough, begun: Some(Job::first()) };
    helper.ask(Job::first());
    let (world, request) = (session.machine.world.twin(), session.request.clone());
    let watch = move || {
        let mut session = Session::within(world, request);
        serve(&mut session, enough, asked, &answers);
        // Taking everything apart would take longer than leaving it to the system.
        std::mem::forget(session);
    };
    parallel::beside(STACK_BYTES, watch, || work(session, Some(helper)))
}

/// Does the jobs that come, as long as somebody wants to know.
fn serve(session: &mut Session, enough: &AtomicBool, jobs: Receiver<Job>, answers: &Sender<Seen>) {
    session.forgets = true;
    let Some(evaluated) = session.evaluate_trusting().filter(|_| !session.has_errors()) else { return };
    let candidates = candidates::candidates(&mut session.machine, &evaluated.configuration);
    for job in jobs {
        let seen = Watcher { session, evaluated: &evaluated, candidates: &candidates, enough }.watch(&job);
        if answers.send(seen).is_err() {
            break;
        }
    }
    std::mem::forget((evaluated, candidates));
}

impl Helper<'_> {
    /// Hands over a job; `false` if nobody is there who could do it.
    pub(super) fn ask(&mut self, job: Job) -> bool {
        self.jobs.send(job).is_ok()
    }

    /// What came of the job that was asked for; nothing if the helper is gone.
    pub(super) fn answer(&mut self) -> Option<Seen> {
        self.seen.recv().ok()
    }

    /// What came of the job that it began with, if it is this one.
    pub(super) fn answer_begun(&mut self, job: &Job) -> Option<Seen> {
        let begun = self.begun.take()?;
        self.answer().filter(|_| begun == *job)
    }
}

impl Drop for Helper<'_> {
    fn drop(&mut self) {
        self.enough.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::watcher::{Job, Seen, Share};
    use super::with_helper;
    use crate::driver::{Request, Session};

    const TEXT: &str = "{ applications.web = { image = \"a:1\"; ports = [ 80 ]; }; applications.api.image = \"b:1\"; }";

    fn keys(seen: &Seen) -> Vec<&str> {
        seen.objects.iter().map(|object| object.key.as_str()).collect()
    }

    #[test]
    fn the_helper_begins_before_it_is_asked_and_makes_what_it_is_asked_for() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        std::fs::write(folder.path().join("main.nxk"), TEXT).expect("written");
        let request = Request { entry: folder.path().join("main.nxk"), ..Request::default() };
        let mut session = Session::new(request).expect("the folder is there");
        with_helper(&mut session, 1, |_, helper| assert!(helper.is_none()));
        with_helper(&mut session, 2, |_, helper| {
            let mut helper = helper.expect("there may be two threads");
            let whole = helper.answer_begun(&Job::first()).expect("it has begun with this");
            assert!(keys(&whole).contains(&"Deployment/web") && keys(&whole).contains(&"Deployment/api"));
            assert!(helper.answer_begun(&Job::first()).is_none(), "it begins once");
            let mut parts = Vec::new();
            for share in [Share::Before("w".into()), Share::From("w".into())] {
                assert!(helper.ask(Job { share, ..Job::first() }));
                let part = helper.answer().expect("it is still there");
                assert!(!keys(&part).is_empty() && keys(&part).len() < keys(&whole).len());
                parts.extend(part.objects.into_iter().map(|object| object.key));
            }
            parts.sort();
            assert_eq!(parts, keys(&whole), "the shares are all objects, each once");
        });
    }

    #[test]
    fn a_helper_that_understands_nothing_is_gone() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        std::fs::write(folder.path().join("main.nxk"), "{ applications = ").expect("written");
        let request = Request { entry: folder.path().join("main.nxk"), ..Request::default() };
        let mut session = Session::new(request).expect("the folder is there");
        with_helper(&mut session, 2, |_, helper| {
            assert!(helper.and_then(|mut helper| helper.answer_begun(&Job::first())).is_none());
        });
    }
}
