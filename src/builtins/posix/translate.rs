//! From POSIX extended syntax to the engine's.

/// Groups inside each other, and repetitions of repetitions; the engine has a bound of its own not far above.
const MAX_NESTING: u32 = 100;

/// The expression in the engine's dialect.
pub(super) fn translate(source: &str) -> Result<String, String> {
    let mut translator = Translator { rest: source, out: String::new(), atom: None, groups: Vec::new(), stacked: 0 };
    while let Some(c) = translator.take() {
        translator.piece(c)?;
    }
    match translator.groups.is_empty() {
        true => Ok(translator.out),
        false => Err("a `(` is never closed".to_string()),
    }
}

struct Translator<'a> {
    rest: &'a str,
    out: String,
    /// Where in `out` the piece starts that a repetition would repeat.
    atom: Option<usize>,
    /// Where in `out` the open groups start.
    groups: Vec<usize>,
    /// Repetitions of repetitions so far.
    stacked: u32,
}

impl Translator<'_> {
    fn take(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn takes(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn piece(&mut self, c: char) -> Result<(), String> {
        let start = self.out.len();
        match c {
            '(' => {
                if self.groups.len() as u32 >= MAX_NESTING {
                    return Err(format!("its groups are nested more than {MAX_NESTING} levels deep"));
                }
                self.groups.push(start);
                self.out.push('(');
                self.atom = None;
            }
            ')' => {
                self.out.push(')');
                self.atom = Some(self.groups.pop().ok_or("a `)` closes nothing")?);
            }
            '|' | '^' | '$' => {
                self.out.push(c);
                self.atom = None;
            }
            '*' | '+' | '?' | '{' => self.repetition(c)?,
            _ => {
                match c {
                    '.' => self.out.push('.'),
                    '[' => self.bracket()?,
                    '\\' => {
                        let escaped = self.take().ok_or("it ends in the middle of an escape")?;
                        if escaped.is_alphanumeric() {
                            return Err(format!("`\\{escaped}` has no meaning in a POSIX expression"));
                        }
                        literal(escaped, &mut self.out);
                    }
                    _ => literal(c, &mut self.out),
                }
                self.atom = Some(start);
            }
        }
        Ok(())
    }

    fn repetition(&mut self, c: char) -> Result<(), String> {
        let start = self.atom.ok_or_else(|| format!("there is nothing in front of `{c}` that it could repeat"))?;
        if c != '{' {
            self.out.push(c);
        } else {
            let (count, behind) = self.rest.split_once('}').ok_or("a `{` is never closed")?;
            let (min, max) = count.split_once(',').unwrap_or((count, count));
            let number =
                |text: &str| text.parse::<u16>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
            let sound = match (number(min), max) {
                (Some(_), "") => true,
                (Some(min), max) => number(max).is_some_and(|max| min <= max),
                (None, _) => false,
            };
            if !sound {
                return Err(format!("`{{{count}}}` is not a repetition such as `{{2}}`, `{{2,}}` or `{{2,5}}`"));
            }
            self.out.push_str(&format!("{{{count}}}"));
            self.rest = behind;
        }
        // A repetition of a repetition: in the engine's dialect a `?` behind one would mean something else.
        if self.rest.starts_with(['*', '+', '?', '{']) {
            self.stacked += 1;
            if self.stacked > MAX_NESTING {
                return Err(format!("it stacks more than {MAX_NESTING} repetitions"));
            }
            self.out.insert_str(start, "(?:");
            self.out.push(')');
        }
        Ok(())
    }

    /// A bracket expression, its `[` taken already. A `\` in it is an ordinary character.
    fn bracket(&mut self) -> Result<(), String> {
        const UNCLOSED: &str = "a `[` is never closed";
        self.out.push('[');
        if self.takes("^") {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            if !first && self.takes("]") {
                self.out.push(']');
                return Ok(());
            }
            first = false;
            if self.takes("[:") {
                let (name, behind) = self.rest.split_once(":]").ok_or(UNCLOSED)?;
                self.out.push_str(class(name)?);
                self.rest = behind;
                continue;
            }
            let low = self.element()?.ok_or(UNCLOSED)?;
            literal(low, &mut self.out);
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
                self.takes("-");
                let high = self.element()?.ok_or(UNCLOSED)?;
                if high < low {
                    return Err(format!("the range `{low}-{high}` runs backwards"));
                }
                self.out.push('-');
                literal(high, &mut self.out);
                if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
                    return Err(format!("a range cannot continue behind `{low}-{high}`"));
                }
            }
        }
    }

    /// One character of a bracket expression, plain or as `[.c.]` or `[=c=]`.
    fn element(&mut self) -> Result<Option<char>, String> {
        for (open, close) in [("[.", ".]"), ("[=", "=]")] {
            if self.takes(open) {
                let (name, behind) = self.rest.split_once(close).ok_or("a `[` is never closed")?;
                self.rest = behind;
                let mut characters = name.chars();
                return match (characters.next(), characters.next()) {
                    (Some(c), None) => Ok(Some(c)),
                    _ if name == "space" => Ok(Some(' ')),
                    _ => Err(format!("the collating element `{name}` is not known; write the character itself")),
                };
            }
        }
        Ok(self.take())
    }
}

/// The character itself, whatever it means elsewhere. (A backslash in front of any punctuation would
/// not do: `\<` is a word boundary.)
fn literal(c: char, out: &mut String) {
    out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
}

fn class(name: &str) -> Result<&'static str, String> {
    Ok(match name {
        "alnum" => "[:alnum:]",
        "alpha" => "[:alpha:]",
        "blank" => "[:blank:]",
        "cntrl" => "[:cntrl:]",
        "digit" | "d" => "[:digit:]",
        "graph" => "[:graph:]",
        "lower" => "[:lower:]",
        "print" => "[:print:]",
        "punct" => "[:punct:]",
        "space" | "s" => "[:space:]",
        "upper" => "[:upper:]",
        "xdigit" => "[:xdigit:]",
        "w" => "[:word:]",
        _ => return Err(format!("the character class `[:{name}:]` is not known")),
    })
}
