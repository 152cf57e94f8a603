//! Text to tokens, in one pass and without recursion.
//!
//! What a character means depends on where it stands: in code, between `"`, or between `''`. Strings
//! hold code (`${…}`), which holds strings, so the lexer keeps a stack of [`Mode`]s. The stack also
//! tells the `}` that ends an interpolation from the `}` that ends a set; the passes behind it
//! never have to guess. Where two rules match, the longer match wins, as in Nix: `a/b` is a path,
//! `1.5` a number, `x:x` a URL. Look-ahead over a run of characters is remembered (see [`Run`]), so
//! that `1+1+1+…` does not look at the same run once per character.
//!
//! The lexer always gets to the end of the text. A string that is never closed ends with its first
//! line (between `''`: in front of the first line that is indented no more than the opening one), and
//! reading goes on behind it; this happens once a file, a second one takes the rest of the text.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;

use super::scan;
use super::token::{Token, TokenKind};
use super::trivia::{Trivia, TriviaKind, TriviaPiece};

/// What the lexer makes of a text.
pub(super) struct Lexed {
    pub tokens: Vec<Token>,
    pub trivia: Trivia,
    pub diagnostics: Vec<Diagnostic>,
    /// Where a string that is never closed was taken to end: what is missing there is part of the same mistake.
    pub cut: Option<u32>,
}

/// Cuts a text into tokens; the first byte stands at `base`.
pub(super) fn lex(text: &str, base: u32) -> Lexed {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        base,
        at: 0,
        modes: Vec::new(),
        path_run: Run::default(),
        scheme_run: Run::default(),
        regex_free: 0,
        rewound: false,
        out: Lexed {
            tokens: Vec::with_capacity(text.len() / 5),
            trivia: Trivia::default(),
            diagnostics: Vec::new(),
            cut: None,
        },
    };
    lexer.run();
    lexer.out
}

/// What the innermost unfinished construct is. An empty stack means code at the top of the file.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// Between `{` and `}`.
    Brace,
    /// Between `${` and `}`; where its opening stands.
    Interpolation { open: usize },
    /// Between `"`; where its opening stands and how many tokens and modes there were before.
    String { open: usize, token: usize },
    /// Between `''`, likewise.
    Indented { open: usize, token: usize },
    /// In a path with interpolations, behind some text; whether it ends in `/`.
    Path { slash: bool },
}

/// The end of the last looked-at run of characters of one class: from anywhere inside, the end is the same.
#[derive(Default)]
struct Run {
    end: usize,
    seen: bool,
}

impl Run {
    fn end_from(&mut self, bytes: &[u8], at: usize, member: fn(u8) -> bool) -> usize {
        if !self.seen || at >= self.end {
            self.end = scan::run_end(bytes, at, member);
            self.seen = true;
        }
        self.end
    }
}

struct Lexer<'s> {
    text: &'s str,
    bytes: &'s [u8],
    base: u32,
    at: usize,
    modes: Vec<Mode>,
    path_run: Run,
    scheme_run: Run,
    /// Up to here no `/` closes a regular expression.
    regex_free: usize,
    rewound: bool,
    out: Lexed,
}

impl Lexer<'_> {
    fn run(&mut self) {
        loop {
            if self.at >= self.bytes.len() {
                if !self.finish() {
                    return;
                }
                continue;
            }
            match self.modes.last().copied() {
                Some(Mode::String { .. }) => self.string(),
                Some(Mode::Indented { .. }) => self.indented(),
                Some(Mode::Path { slash }) => self.path_rest(slash),
                _ => self.code(),
            }
        }
    }

    /// At the end of the text: reports what is still open. `true` when reading goes on elsewhere.
    fn finish(&mut self) -> bool {
        while let Some(mode) = self.modes.pop() {
            match mode {
                Mode::String { open, token } | Mode::Indented { open, token } => {
                    let indented = matches!(mode, Mode::Indented { .. });
                    if !self.rewound && self.unclosed_interpolation(open) {
                        return true;
                    }
                    self.report_unterminated(open, indented);
                    if !self.rewound {
                        let end =
                            if indented { scan::outdent(self.bytes, open) } else { scan::line_end(self.bytes, open) };
                        self.end_text(open, token, indented, end);
                        return true;
                    }
                    let end = self.bytes.len();
                    self.push(if indented { TokenKind::IndClose } else { TokenKind::StrClose }, end, end);
                }
                Mode::Path { slash } => self.path_end(slash),
                Mode::Brace | Mode::Interpolation { .. } => {}
            }
        }
        false
    }

    fn report_unterminated(&mut self, open: usize, indented: bool) {
        if self.out.diagnostics.len() >= super::MAX_DIAGNOSTICS {
            return;
        }
        let quote = if indented { "''" } else { "\"" };
        let span = self.span(open, (open + quote.len()).min(self.bytes.len()));
        self.out.diagnostics.push(
            Diagnostic::new(Code::UnterminatedString, span, "this string is never closed")
                .hint(format!("add `{quote}` where the string ends")),
        );
    }

    /// `"a ${b"`: a quote that seems to open a string in the interpolation of another string on its line
    /// far more often closes that one, and the `}` is missing.
    fn unclosed_interpolation(&mut self, quote: usize) -> bool {
        let [.., Mode::String { open, token }, Mode::Interpolation { open: interpolation }] = self.modes[..] else {
            return false;
        };
        if self.bytes[quote] != b'"' || self.bytes[open..quote].contains(&b'\n') {
            return false;
        }
        let span = self.span(interpolation, interpolation + 2);
        self.out.diagnostics.push(
            Diagnostic::new(Code::UnclosedDelimiter, span, "this `${` is never closed")
                .hint("add `}` where the interpolation ends"),
        );
        self.modes.truncate(self.modes.len() - 2);
        self.end_text(open, token, false, quote);
        self.at = quote + 1;
        true
    }

    /// Takes an unclosed string to end at `end`, in front of a final `;`, `)` and the like, and goes back there.
    fn end_text(&mut self, open: usize, token: usize, indented: bool, end: usize) {
        self.rewound = true;
        self.out.tokens.truncate(token);
        let limit = self.base + open as u32;
        self.out.trivia.pieces.retain(|piece| piece.span.hi <= limit);
        let quote = if indented { 2 + scan::blank_first_line(&self.bytes[open + 2..]) } else { 1 };
        let from = (open + quote).min(end);
        let content = self.text[from..end].trim_end_matches([';', ',', ')', ']', '}', ' ', '\t', '\r']);
        self.at = from + content.len();
        // What lies behind is read once more: look-ahead and reports of the first time do not hold.
        (self.path_run, self.scheme_run, self.regex_free) = (Run::default(), Run::default(), 0);
        let again = self.base + self.at as u32;
        self.out.diagnostics.retain(|report| report.primary.span.lo < again);
        // An interpolation on that line is left out: it may be what never ends.
        let content = from + content.find("${").unwrap_or(content.len());
        self.out.cut = Some(self.base + content as u32);
        let (opening, text, closing) = match indented {
            true => (TokenKind::IndOpen, TokenKind::IndText, TokenKind::IndClose),
            false => (TokenKind::StrOpen, TokenKind::StrText, TokenKind::StrClose),
        };
        self.push(opening, open, from);
        if content > from {
            self.push(text, from, content);
        }
        self.push(closing, content, content);
    }

    fn code(&mut self) {
        self.blanks();
        let Some(&byte) = self.bytes.get(self.at) else { return };
        match byte {
            b'#' => self.line_comment(),
            b'/' if self.next(1) == Some(b'*') => self.block_comment(),
            b'"' => {
                self.modes.push(Mode::String { open: self.at, token: self.out.tokens.len() });
                self.take(TokenKind::StrOpen, 1);
            }
            b'\'' if self.next(1) == Some(b'\'') => {
                self.modes.push(Mode::Indented { open: self.at, token: self.out.tokens.len() });
                self.take(TokenKind::IndOpen, 2 + scan::blank_first_line(&self.bytes[self.at + 2..]));
            }
            b'$' if self.next(1) == Some(b'{') => {
                self.modes.push(Mode::Interpolation { open: self.at });
                self.take(TokenKind::InterpOpen, 2);
            }
            b'{' => {
                self.modes.push(Mode::Brace);
                self.take(TokenKind::LBrace, 1);
            }
            b'}' => match self.modes.pop() {
                Some(Mode::Interpolation { .. }) => self.take(TokenKind::InterpClose, 1),
                _ => self.take(TokenKind::RBrace, 1),
            },
            _ => self.word(byte),
        }
    }

    /// Everything whose reading depends on the longest match.
    fn word(&mut self, byte: u8) {
        if scan::is_path_char(byte) || byte == b'/' || byte == b'~' {
            if self.path() || (byte.is_ascii_alphabetic() && self.url()) {
                return;
            }
            if byte.is_ascii_alphabetic() || byte == b'_' {
                return self.identifier();
            }
            if let Some((kind, length)) = scan::number(&self.bytes[self.at..]) {
                return self.number(kind, length);
            }
        }
        if byte == b'<'
            && let Some(length) = scan::search_path(&self.bytes[self.at..])
        {
            return self.search_path(length);
        }
        match scan::symbol(&self.bytes[self.at..]) {
            Some((kind, length)) => {
                let open = self.at;
                self.take(kind, length);
                if kind == TokenKind::LParen {
                    self.refinement(open);
                }
            }
            None => self.bad_characters(),
        }
    }

    fn identifier(&mut self) {
        let length = scan::run_end(self.bytes, self.at, scan::is_name_char) - self.at;
        let kind = TokenKind::keyword(&self.text[self.at..self.at + length]).unwrap_or(TokenKind::Ident);
        self.take(kind, length);
    }

    fn number(&mut self, kind: TokenKind, length: usize) {
        let text = &self.text[self.at..self.at + length];
        if kind == TokenKind::Int && text.parse::<i64>().is_err() {
            let span = self.span(self.at, self.at + length);
            self.out.diagnostics.push(
                Diagnostic::new(Code::BadNumber, span, format!("`{text}` does not fit in 64 bits"))
                    .hint(format!("the largest integer is {}; a larger number needs a decimal point", i64::MAX)),
            );
        }
        self.take(kind, length);
    }

    fn url(&mut self) -> bool {
        let colon = self.scheme_run.end_from(self.bytes, self.at, scan::is_scheme_char);
        if self.bytes.get(colon) != Some(&b':') {
            return false;
        }
        let end = scan::run_end(self.bytes, colon + 1, scan::is_url_char);
        if end == colon + 1 {
            return false;
        }
        let (scheme, rest) = (&self.text[self.at..colon], &self.text[colon + 1..end]);
        let hint = match rest.starts_with("//") {
            true => format!("quote it: `\"{scheme}:{rest}\"`"),
            false => format!("put a blank after the colon for a function or a type (`{scheme}: {rest}`), or quote it"),
        };
        let span = self.span(self.at, end);
        let message = format!("`{scheme}:{rest}` is a URL literal, which the language does not have");
        self.out.diagnostics.push(Diagnostic::new(Code::UrlLiteral, span, message).hint(hint));
        self.take(TokenKind::Url, end - self.at);
        true
    }

    fn search_path(&mut self, length: usize) {
        let span = self.span(self.at, self.at + length);
        let text = &self.text[self.at..self.at + length];
        self.out.diagnostics.push(
            Diagnostic::new(
                Code::SearchPath,
                span,
                format!("`{text}` looks outside the project, so it has no meaning"),
            )
            .hint("import a file of the project by its path; the standard library is in scope as `lib`"),
        );
        self.take(TokenKind::SearchPath, length);
    }

    fn path(&mut self) -> bool {
        let home = self.bytes[self.at] == b'~';
        let slash = match home {
            true => self.at + 1,
            false => self.path_run.end_from(self.bytes, self.at, scan::is_path_char),
        };
        if self.bytes.get(slash) != Some(&b'/') {
            return false;
        }
        let rest = &self.bytes[slash + 1..];
        let interpolated = rest.starts_with(b"${");
        if !interpolated && !rest.first().is_some_and(|&byte| scan::is_path_char(byte)) {
            return false;
        }
        let end = scan::run_end(self.bytes, slash, scan::is_path_or_slash);
        if home {
            let span = self.span(self.at, end);
            let message = "a path into a home directory means something else on every machine";
            let hint = "use a path relative to this file, such as `./values.nxk`";
            self.out.diagnostics.push(Diagnostic::new(Code::HomePath, span, message).hint(hint));
        }
        let slash = self.bytes[end - 1] == b'/';
        if self.bytes[end..].starts_with(b"${") {
            self.take(TokenKind::PathOpen, end - self.at);
            self.modes.push(Mode::Path { slash });
        } else {
            if self.text[self.at..end].contains("//") {
                let span = self.span(self.at, end);
                let message = "a path cannot hold `//`";
                let hint = "write one `/`, or put blanks around `//` to update a set";
                self.out.diagnostics.push(Diagnostic::new(Code::BadPath, span, message).hint(hint));
            }
            self.take(TokenKind::Path, end - self.at);
            if slash {
                self.trailing_slash();
            }
        }
        true
    }

    /// In a path with interpolations: `${`, more text, or its end.
    fn path_rest(&mut self, slash: bool) {
        if self.bytes[self.at..].starts_with(b"${") {
            self.modes.pop();
            self.modes.push(Mode::Path { slash: false });
            self.modes.push(Mode::Interpolation { open: self.at });
            return self.take(TokenKind::InterpOpen, 2);
        }
        let end = scan::run_end(self.bytes, self.at, scan::is_path_or_slash);
        self.modes.pop();
        if end > self.at {
            self.take(TokenKind::PathText, end - self.at);
            self.modes.push(Mode::Path { slash: self.bytes[end - 1] == b'/' });
        } else {
            self.path_end(slash);
        }
    }

    fn path_end(&mut self, slash: bool) {
        if slash {
            self.trailing_slash();
        }
        self.push(TokenKind::PathClose, self.at, self.at);
    }

    fn trailing_slash(&mut self) {
        let span = self.span(self.at - 1, self.at);
        self.out
            .diagnostics
            .push(Diagnostic::new(Code::BadPath, span, "a path cannot end in `/`").hint("remove the last `/`"));
    }

    /// Between `"`: text up to `"` or `${`. A `$` takes the next character with it, so `$${` is text.
    fn string(&mut self) {
        match self.bytes[self.at] {
            b'"' => {
                self.modes.pop();
                return self.take(TokenKind::StrClose, 1);
            }
            b'$' if self.next(1) == Some(b'{') => {
                self.modes.push(Mode::Interpolation { open: self.at });
                return self.take(TokenKind::InterpOpen, 2);
            }
            _ => {}
        }
        let end = scan::string_text(self.bytes, self.at);
        self.take(TokenKind::StrText, end - self.at);
    }

    /// Between `''`: text, one escape, an interpolation or the end.
    fn indented(&mut self) {
        let rest = &self.bytes[self.at..];
        match rest {
            [b'$', b'{', ..] => {
                self.modes.push(Mode::Interpolation { open: self.at });
                self.take(TokenKind::InterpOpen, 2);
            }
            [b'\'', b'\'', b'$' | b'\'', ..] => self.take(TokenKind::IndEscape, 3),
            [b'\'', b'\'', b'\\', ..] if rest.len() > 3 => {
                let escaped = self.text[self.at + 3..].chars().next().map_or(0, char::len_utf8);
                self.take(TokenKind::IndEscape, 3 + escaped);
            }
            [b'\'', b'\'', ..] => {
                self.modes.pop();
                self.take(TokenKind::IndClose, 2);
            }
            _ => match scan::indented_text(self.bytes, self.at) {
                end if end > self.at => self.take(TokenKind::IndText, end - self.at),
                _ => self.take(TokenKind::IndEscape, 1),
            },
        }
    }

    /// Behind the `(` of `Int(`: a range up to the `)`; behind that of `String(`: a pattern or a range.
    fn refinement(&mut self, open: usize) {
        let Some(name) = self.out.tokens.iter().rev().nth(1).copied() else { return };
        if name.kind != TokenKind::Ident || name.span.hi != self.base + open as u32 {
            return;
        }
        let name = &self.text[(name.span.lo - self.base) as usize..open];
        if name == "String" && self.next(0) == Some(b'/') && self.at >= self.regex_free {
            match scan::regex(self.bytes, self.at) {
                Ok(end) => return self.take(TokenKind::Regex, end - self.at),
                Err(line_end) => self.regex_free = line_end,
            }
        }
        if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
            return;
        }
        for (kind, start, end) in scan::range(self.bytes, self.at).into_iter().flatten() {
            self.at = start;
            match kind {
                TokenKind::Int | TokenKind::Float => self.number(kind, end - start),
                _ => self.take(kind, end - start),
            }
        }
    }

    /// `'web'`, `“web”`: a string between the wrong marks.
    fn foreign_string(&mut self, content: std::ops::Range<usize>, end: usize) {
        let start = self.at;
        let (mark, text) = (&self.text[start..content.start], &self.text[content.clone()]);
        let span = self.span(start, end);
        self.out.diagnostics.push(
            Diagnostic::new(Code::BadCharacter, span, format!("`{mark}` does not begin a string"))
                .hint(format!("strings stand between `\"`: `\"{text}\"`")),
        );
        self.push(TokenKind::StrOpen, start, content.start);
        self.push(TokenKind::StrText, content.start, content.end);
        self.push(TokenKind::StrClose, content.end, end);
        self.at = end;
    }

    fn bad_characters(&mut self) {
        let start = self.at;
        if let Some((content, end)) = scan::foreign_quotes(self.text, start) {
            return self.foreign_string(content, end);
        }
        let bad = |rest: &[u8]| match rest.first() {
            Some(byte) if !byte.is_ascii() => true,
            Some(b'\'') => rest.get(1) != Some(&b'\''),
            Some(b'$') => rest.get(1) != Some(&b'{'),
            Some(b'~') => rest.get(1) != Some(&b'/'),
            Some(b'%' | b'^' | b'\\' | b'`' | 0..=8 | 11 | 12 | 14..=31 | 127) => true,
            _ => false,
        };
        self.at += 1;
        while bad(&self.bytes[self.at..]) {
            self.at += 1;
        }
        // A run ends in front of an ASCII byte or the end, so on a character boundary.
        let run = &self.text[start..self.at];
        let hint = match run {
            "'" | "`" => "strings stand between `\"` or between `''`",
            "$" => "an interpolation is written `${…}`",
            "%" => "the remainder of a division is `lib.mod a b`",
            "\u{feff}" => "save the file as UTF-8 without a byte order mark",
            _ if run.contains(['“', '”', '„', '‘', '’']) => "strings stand between plain `\"` quotes",
            _ if run.contains(scan::is_blank) => "replace it by a plain blank",
            _ => "remove it, or put it in a string",
        };
        let message = match run {
            "\u{a0}" => "a no-break space has no meaning here".to_owned(),
            "\u{feff}" => "a byte order mark has no meaning here".to_owned(),
            _ => {
                let shown: String = run.chars().take(20).flat_map(scan::shown).collect();
                format!("`{shown}` has no meaning here")
            }
        };
        let span = self.span(start, self.at);
        self.out.diagnostics.push(Diagnostic::new(Code::BadCharacter, span, message).hint(hint));
        self.push(TokenKind::Unknown, start, self.at);
    }

    fn blanks(&mut self) {
        let start = self.at;
        let mut lines = 0;
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.bytes.get(self.at) {
            lines += usize::from(self.bytes[self.at] == b'\n');
            self.at += 1;
        }
        if lines > 1 {
            self.trivia(TriviaKind::BlankLines, start);
        }
    }

    fn line_comment(&mut self) {
        let start = self.at;
        self.at = scan::run_end(self.bytes, self.at, |byte| byte != b'\n' && byte != b'\r');
        self.trivia(TriviaKind::Line, start);
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let Some(length) = self.text[start + 2..].find("*/") else {
            let span = self.span(start, start + 2);
            self.out.diagnostics.push(
                Diagnostic::new(Code::UnterminatedComment, span, "this comment is never closed")
                    .hint("add `*/` where the comment ends"),
            );
            self.at = self.bytes.len();
            return self.trivia(TriviaKind::Block, start);
        };
        self.at = start + 2 + length + 2;
        let doc = length > 0 && self.bytes[start + 2] == b'*';
        self.trivia(if doc { TriviaKind::Doc } else { TriviaKind::Block }, start);
    }

    fn trivia(&mut self, kind: TriviaKind, start: usize) {
        let previous = self.out.tokens.last().map(|token| (token.span.hi - self.base) as usize);
        let same_line = |end: usize| !self.bytes[end..start].contains(&b'\n');
        // Only the first comment behind a token can be on its line, so the look back is short.
        let first = self.out.trivia.pieces.last().is_none_or(|piece| piece.before != self.out.tokens.len() as u32);
        let trailing = kind != TriviaKind::BlankLines && first && previous.is_some_and(same_line);
        let before = self.out.tokens.len() as u32;
        let span = self.span(start, self.at);
        self.out.trivia.pieces.push(TriviaPiece { before, kind, span, trailing });
    }

    fn next(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn take(&mut self, kind: TokenKind, length: usize) {
        let start = self.at;
        self.at += length;
        self.push(kind, start, self.at);
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        let span = self.span(start, end);
        self.out.tokens.push(Token { kind, span });
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.base + start as u32, self.base + end as u32)
    }
}
