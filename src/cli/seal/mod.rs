//! `nxk seal`

mod account;
mod certificate;

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use super::common::{Input, Messages, answer, say};
use super::{BAD_INPUT, BAD_USAGE, FINE, NOT_WRITTEN};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::driver::{NamedSecret, SecretSetting, Session};
use crate::output;
use crate::seal::{self, Certificate, Lock, Plan, SecretId, Step, Wanted};
use crate::source::MAX_SECRET_BYTES;
use account::Account;

/// Encrypt the secrets that a configuration names into its lock file
///
/// The values of `sealedSecrets` are encrypted for the controller of Sealed Secrets, whose certificate is public, and
/// written to `secrets.lock` beside the entry, which is meant to be committed. What is sealed already stays as it is.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  kubeseal --fetch-cert > cert.pem                             the certificate, once\n  nxk seal main.nxk --cert cert.pem                            what is new or stale\n  nxk seal main.nxk --cert cert.pem --reseal --only shop/db    its values have changed\n  nxk seal main.nxk --cert cert.pem --check                    1 where something is stale"
)]
pub(super) struct Seal {
    /// The entry: a file, or a folder with a default.nxk
    file: PathBuf,
    /// The controller's certificate in PEM; `-` is the standard input
    #[arg(long, value_name = "CERT", required_unless_present = "check")]
    cert: Option<PathBuf>,
    /// Look at this secret alone: its entry, its name, or namespace/name; may be given again
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Seal again what is sealed already, because its values have changed
    #[arg(long, conflicts_with = "check")]
    reseal: bool,
    /// Write nothing, and exit with 1 where something is to be sealed
    #[arg(long)]
    check: bool,
    /// Drop from the lock file what the configuration does not name
    #[arg(long, conflicts_with_all = ["check", "only"])]
    prune: bool,
    /// Seal even with a certificate that has expired
    #[arg(long)]
    allow_expired: bool,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    messages: Messages,
}

/// What is being sealed, and for whom.
struct Sealing {
    /// The secrets that the configuration names.
    secrets: Vec<NamedSecret>,
    /// The place of the lock file.
    path: PathBuf,
    certificate: Option<Certificate>,
    today: Date,
}

impl Seal {
    pub(super) fn run(&self) -> u8 {
        let mut session = match self.input.session(self.file.clone(), &self.messages) {
            Ok(session) => session,
            Err(code) => return code,
        };
        let from_stdin = self.cert.as_deref() == Some(Path::new("-"));
        if from_stdin && session.request.secrets.iter().any(SecretSetting::reads_stdin) {
            say("error: both --cert and --set-secret read the standard input: name a file for one of them\n");
            return BAD_USAGE;
        }
        let today = session.today();
        let read = |path: &PathBuf| certificate::read(path, today, self.allow_expired);
        let certificate = match self.cert.as_ref().map(read).transpose() {
            Ok(certificate) => certificate,
            Err(finding) => {
                self.messages.refuse(&finding);
                return BAD_INPUT;
            }
        };
        let Some((secrets, path)) = named_secrets(&mut session).filter(|_| !session.has_errors()) else {
            return self.messages.finish(&session, None).max(BAD_INPUT);
        };
        let mut sealing = Sealing { secrets, path, certificate, today };
        if let Err(message) = self.choose(&mut sealing.secrets) {
            say(&format!("error: {message}\n"));
            return BAD_USAGE;
        }
        // Two runs at once would otherwise lose what one of them has sealed.
        let _held = (!self.check).then(|| output::hold(sealing.path.parent().unwrap_or(Path::new("."))));
        let outcome = self.seal(&mut session, &sealing);
        match (self.messages.finish(&session, None), outcome) {
            (FINE, Some((plan, text))) => self.conclude(&sealing, &plan, text),
            (code, _) => code.max(BAD_INPUT),
        }
    }

    /// Leaves those that `--only` speaks of.
    fn choose(&self, secrets: &mut Vec<NamedSecret>) -> Result<(), String> {
        for asked in &self.only {
            if !secrets.iter().any(|secret| is_called(secret, asked)) {
                let known: Vec<String> = secrets.iter().flat_map(names).collect();
                let hint = did_you_mean(asked, known.iter().map(String::as_str));
                let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
                return Err(format!("--only: there is no sealed secret `{asked}`{hint}"));
            }
        }
        if !self.only.is_empty() {
            secrets.retain(|secret| self.only.iter().any(|asked| is_called(secret, asked)));
        }
        Ok(())
    }

    /// What is to be done, and the new text of the lock file where it changes. Nothing when it cannot be done.
    fn seal(&self, session: &mut Session, sealing: &Sealing) -> Option<(Plan, Option<String>)> {
        let former = read_lock(session, &sealing.path)?;
        let wanted: Vec<Wanted> = sealing.secrets.iter().map(|secret| secret.wanted.clone()).collect();
        let fingerprint = sealing.certificate.as_ref().map(Certificate::fingerprint);
        let mut plan = Plan::new(&former, &wanted, fingerprint, self.reseal);
        if !self.only.is_empty() {
            plan.unnamed.clear();
        }
        let Some(certificate) = sealing.certificate.as_ref().filter(|_| !self.check) else { return Some((plan, None)) };
        let mut lock = former.clone();
        for step in plan.steps.iter().filter(|step| step.reason.is_some()) {
            let sealed = seal_values(session, &sealing.secrets[step.of], step, certificate)?;
            lock.take_in(&wanted[step.of], step, sealed, (certificate.fingerprint(), sealing.today));
            check_size(session, &sealing.secrets[step.of], &lock)?;
        }
        if self.prune {
            lock.prune(&wanted);
        }
        let text = (lock != former).then(|| lock.text());
        Some((plan, text))
    }

    /// Writes the lock file, and tells what was done.
    fn conclude(&self, sealing: &Sealing, plan: &Plan, text: Option<String>) -> u8 {
        if let Some(text) = &text
            && let Err(finding) = output::write_file(&sealing.path, text)
        {
            self.messages.refuse(&finding);
            return NOT_WRITTEN;
        }
        let account =
            Account { plan, sealing, checked: self.check, pruned: self.prune, written: text.is_some() }.to_string();
        let told = if self.messages.quiet() { FINE } else { answer(&account, &self.messages) };
        let stale = self.check && plan.steps.iter().any(|step| step.reason.is_some());
        if stale { BAD_INPUT } else { told }
    }
}

/// The secrets that the configuration names, and the place of its lock file.
fn named_secrets(session: &mut Session) -> Option<(Vec<NamedSecret>, PathBuf)> {
    let parsed = session.parse()?;
    let checked = session.check(parsed);
    let evaluated = session.evaluate(checked)?;
    // What the rules of the layers refuse, they refuse when objects are made.
    session.lower(&evaluated);
    Some((session.named_secrets(&evaluated), evaluated.secrets_lock))
}

fn names(secret: &NamedSecret) -> [String; 3] {
    let SecretId(id) = secret.wanted.id();
    [secret.entry.clone(), secret.wanted.name.clone(), id]
}

fn is_called(secret: &NamedSecret, name: &str) -> bool {
    names(secret).iter().any(|known| known == name)
}

/// The lock file as it is; an empty one where there is none. Nothing when it cannot be read.
fn read_lock(session: &mut Session, path: &Path) -> Option<Lock> {
    match Lock::open(&mut session.machine, path) {
        Ok(lock) => Some(lock.unwrap_or_default()),
        Err(failure) => {
            session.machine.report(&failure);
            None
        }
    }
}

/// The values of one secret that are to be sealed, sealed. Nothing when one of them cannot be had.
fn seal_values(
    session: &mut Session,
    secret: &NamedSecret,
    step: &Step,
    certificate: &Certificate,
) -> Option<Vec<String>> {
    let values = session.values_of(secret, &step.seal)?;
    let label = secret.wanted.label();
    let sealed: Result<Vec<String>, _> = values.iter().map(|value| seal::seal(value, &label, certificate)).collect();
    sealed
        .map_err(|seal::CannotSeal| {
            let SecretId(id) = secret.wanted.id();
            let message = format!("`{id}` cannot be sealed: the system gives no random numbers");
            session.machine.findings.push(
                Diagnostic::new(Code::OutputNotWritten, secret.span, message)
                    .hint("run it where `/dev/urandom` is there"),
            );
        })
        .ok()
}

/// Kubernetes takes no more in one Secret; the controller would find out, and nobody would see it.
fn check_size(session: &mut Session, secret: &NamedSecret, lock: &Lock) -> Option<()> {
    let id = secret.wanted.id();
    let bytes = lock.secrets.get(&id)?.plain_bytes();
    if bytes as u64 <= MAX_SECRET_BYTES {
        return Some(());
    }
    let SecretId(id) = id;
    let message = format!("`{id}` has {bytes} bytes, and at most {MAX_SECRET_BYTES} are allowed in a Secret");
    session.machine.findings.push(
        Diagnostic::new(Code::ValueOutOfRange, secret.span, message).hint("split it up into several sealed secrets"),
    );
    None
}
