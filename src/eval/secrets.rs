//! What is said of secrets: where one would become visible, and why one cannot be read.

use super::{error, shown_at};
use crate::diag::Code;
use crate::secret::{Obstacle, Secret, Unrevealed};
use crate::source::{MAX_SECRET_BYTES, ReadErrorKind, Span};
use crate::types::findings;
use crate::value::{Error, Evaluator, Kind, Value};

impl Evaluator {
    /// The error for a secret that would end up in something that can be read: `a string`, `data`.
    pub fn visible(&self, secret: &Secret, span: Span, what: &str) -> Error {
        let message = format!("a secret would become visible in {what}");
        let finding = error(Code::VisibleSecret, span.or(secret.made()), message);
        finding.described(|finding| {
            let value = Value::new(Kind::Secret(secret.clone()), secret.made());
            shown_at(finding, &value, span, "it would be visible here").hint(findings::JOIN_SECRETS)
        })
    }

    /// The error for a secret that is compared.
    pub(super) fn compared(&self, secret: &Secret, span: Span) -> Error {
        error(Code::VisibleSecret, span.or(secret.made()), findings::COMPARED_SECRET).described(|finding| {
            let made = if secret.made() == span { Span::NONE } else { secret.made() };
            finding.label("compared here").also(made, "this is a secret").hint(findings::ASK_SECRET)
        })
    }

    /// The error for a secret whose bytes cannot be had. `needed` is where they are written to.
    pub fn unrevealed(&self, failure: &Unrevealed, needed: Span) -> Error {
        let place = failure.made.or(needed);
        let failed =
            |code, message: String, hint: String| error(code, place, message).described(|finding| finding.hint(hint));
        let error = match &failure.why {
            // What the command line names may be the secret itself, by mistake.
            Obstacle::Unreadable(why) if failure.given => failed(
                Code::FileNotReadable,
                format!("the file that `--set-secret` names cannot be read: {}", obstacle(&why.kind)),
                "name a file, `-` for the standard input, or `env:NAME`".into(),
            ),
            Obstacle::Unreadable(why) => self.unreadable(why, place),
            Obstacle::Unset(name) => failed(
                Code::BadSetting,
                format!("the environment variable `{name}` is not set"),
                format!("set it for this run: `{name}=… nxk …`"),
            ),
            Obstacle::TooLarge => failed(
                Code::FileTooLarge,
                format!("the secret is larger than {} MiB", MAX_SECRET_BYTES >> 20),
                "Kubernetes takes no more in one Secret; keep it elsewhere, and a key to it here".into(),
            ),
            Obstacle::NotText => failed(
                Code::NotUtf8,
                "the secret is not UTF-8 text".into(),
                "text is needed for `stringData` and for JSON; bytes go into `data`".into(),
            ),
        };
        let needed = if needed == place { Span::NONE } else { needed };
        error.described(|finding| finding.label("this secret").also(needed, "needed here"))
    }
}

/// In words, without the name.
fn obstacle(kind: &ReadErrorKind) -> &str {
    match kind {
        ReadErrorKind::NotFound => "it is not there",
        ReadErrorKind::IsFolder => "it is a folder",
        ReadErrorKind::Other(system) => system,
        _ => "it is no file",
    }
}
