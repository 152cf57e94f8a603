//! What was done, and why: a line for each secret, one for the certificate, and one for the file.

use std::fmt;

use jiff::civil::Date;

use super::Sealing;
use crate::seal::{Certificate, LOCK_FILE, Plan, SecretId, Step};

/// A run, to be told.
pub(super) struct Account<'a> {
    pub(super) plan: &'a Plan,
    pub(super) sealing: &'a Sealing,
    /// Whether it was only to be found out what is stale.
    pub(super) checked: bool,
    /// Whether what is not named has been dropped.
    pub(super) pruned: bool,
    /// Whether the lock file has changed.
    pub(super) written: bool,
}

/// A certificate with fewer days left is worth a word.
const SOON: i64 = 30;

impl fmt::Display for Account<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<String> = self.plan.steps.iter().map(|step| self.id(step)).collect();
        let unnamed = self.plan.unnamed.iter().map(|SecretId(id)| id);
        let width = ids.iter().chain(unnamed.clone()).map(String::len).max().unwrap_or_default();
        for (step, id) in self.plan.steps.iter().zip(&ids) {
            self.step(f, step, &format!("{id:width$}"))?;
        }
        for id in unnamed {
            match self.pruned {
                true => writeln!(f, "dropped  {id:width$}  the configuration does not name it")?,
                false => writeln!(f, "unnamed  {id:width$}  the configuration does not name it; --prune drops it")?,
            }
        }
        if self.plan.steps.is_empty() {
            writeln!(f, "the configuration has no sealed secrets")?;
        }
        if let Some(certificate) = &self.sealing.certificate {
            self.certificate(f, certificate)?;
        }
        match (self.checked, self.written) {
            (true, _) => Ok(()),
            (false, true) => writeln!(f, "{LOCK_FILE} is written: commit it"),
            (false, false) if self.plan.steps.is_empty() => Ok(()),
            (false, false) => writeln!(f, "{LOCK_FILE} is as it was"),
        }
    }
}

impl Account<'_> {
    fn id(&self, step: &Step) -> String {
        self.sealing.secrets[step.of].wanted.id().0
    }

    fn step(&self, f: &mut fmt::Formatter<'_>, step: &Step, id: &str) -> fmt::Result {
        match step.reason {
            Some(reason) => {
                let done = if self.checked { "stale " } else { "sealed" };
                writeln!(f, "{done}   {id}  {} ({reason})", step.seal.join(", "))?;
            }
            None => {
                let age = step.sealed_at.map_or_else(String::new, |sealed_at| self.age(sealed_at));
                writeln!(f, "kept     {id}  {age}")?;
            }
        }
        if step.unnamed.is_empty() {
            return Ok(());
        }
        let keys = step.unnamed.join(", ");
        match self.pruned || (step.replaces_all() && !self.checked) {
            true => writeln!(f, "dropped  {id}  {keys}: the configuration does not name it"),
            false => writeln!(f, "unnamed  {id}  {keys}: the configuration does not name it; --prune drops it"),
        }
    }

    fn age(&self, sealed_at: Date) -> String {
        match days(sealed_at, self.sealing.today) {
            ..0 => format!("sealed on {sealed_at}, which is yet to come"),
            0 => "sealed today".to_owned(),
            1 => "sealed yesterday".to_owned(),
            days => format!("sealed on {sealed_at}, {days} days ago"),
        }
    }

    fn certificate(&self, f: &mut fmt::Formatter<'_>, certificate: &Certificate) -> fmt::Result {
        let validity = certificate.validity;
        let left = days(self.sealing.today, validity.until);
        let (bits, until) = (certificate.bits(), validity.until);
        write!(f, "certificate {}…, RSA {bits}, ", &certificate.fingerprint()[..12])?;
        match left {
            _ if validity.from > self.sealing.today => write!(f, "valid from {} on", validity.from)?,
            ..0 => write!(f, "expired on {until}")?,
            0..=SOON => write!(f, "expires on {until}, in {left} days: time for a new one")?,
            _ => write!(f, "valid until {until}")?,
        }
        match certificate.others {
            0 => writeln!(f),
            1 => writeln!(f, "; the first of two in its file"),
            others => writeln!(f, "; the first of {} in its file", others + 1),
        }
    }
}

/// How many days lie between the two; negative when the second one comes first.
fn days(from: Date, until: Date) -> i64 {
    from.duration_until(until).as_hours() / 24
}
