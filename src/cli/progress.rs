//! What is being done, for somebody who waits at a terminal.
//!
//! One line, which goes again before anything else is said. Nothing of it is seen in a pipe, with `--quiet`, or where work is
//! done before anybody would wonder.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The line; it goes when this is dropped.
pub(super) struct Progress(Option<Shown>);

struct Shown {
    doing: Sender<String>,
    writer: JoinHandle<()>,
}

/// Nobody wonders before that.
const PATIENCE: Duration = Duration::from_millis(400);
/// Back to the start of the line, and nothing on it.
const CLEAR: &str = "\r\x1b[2K";

impl Progress {
    /// Shows what is said of the work, if somebody may want to know.
    pub(super) fn new(wanted: bool) -> Progress {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        if !wanted || dumb || !std::io::stderr().is_terminal() {
            return Progress(None);
        }
        let (doing, said) = mpsc::channel::<String>();
        let writer = thread::Builder::new().spawn(move || show(&said));
        Progress(writer.ok().map(|writer| Shown { doing, writer }))
    }

    /// Says what is being done now. `of`: how far it is, and how far there is to go.
    pub(super) fn say(&self, what: &str, of: Option<(usize, usize)>) {
        if let Some(shown) = &self.0 {
            let of = of.filter(|(_, all)| *all > 1).map_or_else(String::new, |(at, all)| format!(" ({at} of {all})"));
            // Whoever writes it may be gone, and then nobody reads it either.
            let _ = shown.doing.send(format!("{}{of}", crate::report::printable(what)));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(Shown { doing, writer }) = self.0.take() {
            drop(doing);
            let _ = writer.join();
        }
    }
}

/// Shows the latest of what is said, from when somebody may wonder until nobody says anything more.
fn show(said: &Receiver<String>) {
    let begin = Instant::now() + PATIENCE;
    let (mut latest, mut shown) = (None, false);
    loop {
        let patience = begin.saturating_duration_since(Instant::now());
        let news = match patience.is_zero() && latest.is_none() {
            true => said.recv().map_err(|_| RecvTimeoutError::Disconnected),
            false => said.recv_timeout(patience),
        };
        match news {
            Ok(what) => latest = Some(what),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(what) = latest.take() {
                    shown = true;
                    write(&format!("{CLEAR}{what} …"));
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    if shown {
        write(CLEAR);
    }
}

fn write(text: &str) {
    let mut out = std::io::stderr();
    // Where that is closed there is nobody to tell.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
