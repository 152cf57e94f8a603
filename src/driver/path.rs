//! Ways through a configuration as people write them on the command line: `a."b.c".d`.

/// One step of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// The name.
    pub(super) name: String,
    /// Whether a part of it was in quotes.
    pub(super) quoted: bool,
}

/// The steps of `text` up to `end`, which is not a part of them, and what is behind it. Nothing if there is no `end`.
pub(super) fn read_until(text: &str, end: char) -> Option<(Vec<Step>, &str)> {
    let empty = || Step { name: String::new(), quoted: false };
    let mut steps = vec![];
    let mut step = empty();
    let mut inside = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => {
                inside = !inside;
                step.quoted = true;
            }
            '.' if !inside => steps.push(std::mem::replace(&mut step, empty())),
            c if c == end && !inside => {
                steps.push(step);
                return Some((steps, &text[at + c.len_utf8()..]));
            }
            c => step.name.push(c),
        }
    }
    None
}

/// The steps of a way that is all of `text`.
///
/// # Errors
/// Says what is wrong with it, in words for a message.
pub(super) fn read(text: &str) -> Result<Vec<Step>, String> {
    const END: char = '\0';
    let ended = format!("{text}{END}");
    match read_until(&ended, END) {
        Some((_, rest)) if !rest.is_empty() => Err(format!("`{}` is not a path", text.escape_default())),
        None => Err(format!("`{text}` has a quote that is never closed")),
        Some((steps, _)) if steps.iter().any(|step| step.name.is_empty()) => {
            Err(format!("`{text}` has an empty name in its path"))
        }
        Some((steps, _)) => Ok(steps),
    }
}
