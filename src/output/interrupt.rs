//! Ctrl-C, and the system's request to end: nothing half-written stays behind.
//!
//! While a [`Watch`] is held, such a signal is only noted. The work looks at it between two files, gives up if nothing
//! counts yet, and cleans up on its way out; what is committed is put in place. The last watch that is dropped does what
//! the signal would have done, so that a shell sees why the program ended. At all other times signals do what they always do.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// Somebody writes who must not be ended half-way.
pub(super) struct Watch(Option<&'static Signals>);

struct Signals {
    /// Whether nobody writes, so that a signal ends the program.
    idle: Arc<AtomicBool>,
    /// The signal that came while somebody wrote; 0 is none.
    noted: Arc<AtomicUsize>,
    /// How many write.
    writers: Mutex<usize>,
}

impl Watch {
    /// Holds signals back. Where the system lets nobody do that, they end the program as ever.
    pub(super) fn begin() -> Watch {
        static SIGNALS: OnceLock<Option<Signals>> = OnceLock::new();
        let signals = SIGNALS.get_or_init(|| Signals::register().ok()).as_ref();
        if let Some(signals) = signals {
            let mut writers = signals.writers.lock().unwrap_or_else(PoisonError::into_inner);
            *writers += 1;
            signals.idle.store(false, Ordering::SeqCst);
        }
        Watch(signals)
    }

    /// Fails once a signal has come.
    pub(super) fn check(&self) -> io::Result<()> {
        let noted = self.0.is_some_and(|signals| signals.noted.load(Ordering::SeqCst) != 0);
        if noted { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(signals) = self.0 else { return };
        let mut writers = signals.writers.lock().unwrap_or_else(PoisonError::into_inner);
        *writers -= 1;
        if *writers > 0 {
            return;
        }
        signals.idle.store(true, Ordering::SeqCst);
        let signal = i32::try_from(signals.noted.swap(0, Ordering::SeqCst)).unwrap_or_default();
        if signal != 0 {
            // Ends the program; if it cannot, the caller tells that the output was not written.
            let _ = low_level::emulate_default_handler(signal);
        }
    }
}

impl Signals {
    fn register() -> io::Result<Signals> {
        let (idle, noted) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        for signal in [SIGINT, SIGTERM] {
            flag::register_conditional_default(signal, idle.clone())?;
            flag::register_usize(signal, noted.clone(), usize::try_from(signal).unwrap_or_default())?;
        }
        // A file that may not grow is a failure to write like any other, of which nothing stays behind.
        #[cfg(unix)]
        flag::register(signal_hook::consts::SIGXFSZ, Arc::default())?;
        Ok(Signals { idle, noted, writers: Mutex::new(0) })
    }
}
