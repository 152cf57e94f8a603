//! Strings that are hard on a reader: picked by hand, and rolled from alphabets that make such strings likely.

/// Strings that some reader somewhere takes for something else, or that are hard to set off.
#[rustfmt::skip]
pub const NASTY: &[&str] = &[
    "", " ", "  ", "\t", "\n", "\n\n", "\r", "\r\n", "y", "Y", "n", "N", "yes", "Yes", "NO", "no", "on", "On", "OFF",
    "off", "true", "True", "TRUE", "false", "null", "Null", "NULL", "~", "nan", "NaN", ".nan", ".NaN", "inf", ".inf",
    "-.inf", "+.INF", "Infinity", "0", "-0", "+0", "00", "012", "0o14", "0O14", "0x1F", "0X1F", "0b101", "0B101",
    "1_000", "+1_000", "1_", "_1", "0_", "0b1_0", "0_x1F", "1:30", "22:22", "190:20:30", "12:34:56", "-1:30",
    "190:20:30.15", "1e3", "1E3", "1e+3", "1e_3", "e3", "E3", "e+3", "E-3", "e", "1.", ".5", "1.0", "1.5e21", "-1.5",
    "+.5", "1.2.3", "1,000", "2001-01-01", "2001-1-1", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5",
    "2001-12-15 2:59:43.10", "2001-01-01T00:00:00Z", "=", "<<", "<", ">", "|", "|-", ">-", "-", "--", "---", "...",
    "- a", "-a", "?", "? a", ":", ":a", "a:", "a: b", "a:b", "a :b", "a : b", "#", "# a", "a #b", "a#b", "a # b", "!",
    "!!str a", "&a", "*a", "a&b", "%", "%YAML 1.1", "@a", "`a`", "a@b", "[", "]", "[]", "[a]", "{", "}", "{}",
    "{a: b}", ",", "a,b", "\"", "'", "\"a\"", "'a'", "it's", "say \"a\"", "\\", "a\\b", "\\n", "a ", " a", "a\t",
    "\ta", "a\tb", "a\n", "a\nb", "a\nb\n", "a\n\nb", "a\n\n", "\na", " a\nb", "\ta\nb", "a\n\tb", "a\n b\n  c\n",
    "a \nb", "a\t\nb", "a\n \nb", "#a\nb", "a\n#b\n", "---\na", "a\n---\nb", "a\n...\nb", "a: b\nc: d\n",
    "- a\n- b\n", "a\r\nb", "a\rb", "#!/bin/sh\nset -eu\n\nif true; then\n\techo \"yes\"\nfi\n", "\0", "a\0b", "\x01",
    "\x07", "\x08", "\x0b", "\x0c", "\x1b[31m", "\x7f", "\u{80}", "\u{85}", "a\u{85}b", "a\u{85}\nb", "\u{9f}",
    "\u{a0}", "a\u{a0}", "\u{ad}", "\u{2028}", "a\u{2028}b\nc", "\u{2029}", "\u{200b}", "\u{202e}abc", "\u{feff}",
    "a\u{feff}b\nc", "\u{feff}a\nb", "\u{fffd}", "\u{fffe}", "\u{ffff}", "\u{10ffff}", "\u{1f600}",
    "\u{1f469}\u{200d}\u{1f4bb}", "ü", "日本語", "日本語\nです\n", "é", "e\u{301}", "100m", "128Mi", "1Gi", "5s", "30d",
    "1h30m", "10n", "1n", "2p", "0x1p4", "1i", "10.0.0.0/8", "10.0.0.1", "8080", "80:8080", "nginx:1.27",
    "nginx@sha256:00ff", "a=b", "$(A)", "${A}", "/", "/a b", "a;b", "a/b", "(a)", "_", "__", "_a", "~a", "a~", "a^b",
    "<a", "a<b", "a<<b", "^a$", "key", "name", "3y", "1y", "0y1", "12e03", "12e03k", "685_230.15", "0.1_0", "0o7k",
    "0b2", "09", "08:30", "1 2", "1 y", "2001-01-01 y", "...\na", "a\n...", "a\n---", "--- a", "---a",
    "%TAG ! tag:x:", "\n\na", "\n a\nb", "a\n\n\n", "  a\n b\nc\n\n", "a\n  ", "a\n\n  b \n", "a \n b\t\n\n",
    "\t\n\t\n", " \n \n", "\ta\n\tb\n", "a\r\n b\r\n", "a\\\nb\\\n", "\"a\"\n\'b\' \n", "a\x1b\n b\n", "- a\n  - b",
    "? a\n: b", "a: |\n  b\n", "|\n a", "&a a", "*a b", "!a b", "!!int 3", "{{ .Values.a }}", "a {{ b }}", "[a, b]",
    "{\"a\": [1, \"b\"]}", "it\'s \"a\"", "\\\\ \' \"", "a\'", "a\"", "\'", "\'\'", "*.example.com", "*/5 * * * *",
    "30 21 * * 1-5", "0 12 1 1 1", "25%", "0.0.0.0:4317", "::1", "2001:db8::/32", "1.2.3-rc.1+5", "-U", "-e", "-e3",
    "-y", "--flag=x", "--a: b", "-.5a", "./a", ".env", ".e3", ".5m", "../a", "..", ".", "+", "+a", "+49 30 1", "-_1",
    "1_a", "-no", "+yes", ".true", "-null", "-Inf", "0xg", "0__x_1_F", "-_0x1F", "_0x1F", "1_f", "+_1.5a", "-0x1", "6cd15bd3", "86499e03", "1f", "1d", "1L", "12:30 UTC", "2001-01-01 a",
    "2001-01-01T00:00:00+01:00", "123e4567-e89b-12d3-a456-426614174000", "!has(a)", "x != \'y\' && z", "\\d+", "a, b",
    "a\u{200e}b", "\u{61c}", "٣", "１２", "ｙ", "：a", "«a»", "– a", "¿a?", "क्षि", "\u{e000}", "\u{3000}a", "a\u{2003}",
    "\u{d7ff}", "\u{10fffe}", "\u{1fffe}",
];

/// A generator that gives the same values on every run.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    /// One of the `choices`.
    pub fn pick<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.roll(choices.len())]
    }

    /// At least one and at most `longest` of the alphabet's characters.
    pub fn word(&mut self, alphabet: &[char], longest: usize) -> String {
        (0..=self.roll(longest)).map(|_| *self.pick(alphabet)).collect()
    }
}

/// Where rolled strings are taken from.
pub struct Strings {
    alphabets: Vec<Vec<char>>,
}

impl Strings {
    /// Numbers and dates, quantities, indicators, what cannot be seen, the parts of texts of several lines.
    pub fn new() -> Strings {
        let alphabets = [
            "0123456789_.:-+eExXoObBaAfFtTzZ yYnN,",
            "0123456789.:-/",
            "abkmGi0123456789._-:/",
            "-?:,[]{}#&*!|>'\"%@`=<~\\ a1\n",
            " \t\n\r\u{85}\u{a0}\u{2028}\u{2029}\u{feff}\u{fffe}\0\x1b\x7f\u{9b}aé日\u{1f600}",
            "ab \n\t#-:",
            "a \n\n",
            "éß日ー–“„€₂→🎈\u{301}\u{ad}\u{200b} a:#",
        ];
        Strings { alphabets: alphabets.iter().map(|alphabet| alphabet.chars().collect()).collect() }
    }

    /// A picked string, or one of the alphabets' or several of them.
    pub fn roll(&self, dice: &mut Dice) -> String {
        match dice.roll(12) {
            0 => (*dice.pick(NASTY)).to_owned(),
            1 => format!("{}{}", dice.pick(NASTY), dice.pick(NASTY)),
            2 => format!("{}\n{}", dice.pick(NASTY), dice.pick(NASTY)),
            3 => {
                let alphabet = dice.pick(&self.alphabets);
                dice.word(alphabet, 60)
            }
            _ => {
                let alphabet = dice.pick(&self.alphabets);
                dice.word(alphabet, 9)
            }
        }
    }
}

/// Strings around the lengths at which forms change.
pub fn long() -> Vec<String> {
    let units = ["a", "b c ", "é", "\u{1b}", "x\ny", "1", "'", "\"", "x \n"];
    let lengths = [99, 100, 101, 1023, 1024, 1025];
    lengths.iter().flat_map(|length| units.map(|unit| unit.repeat(length / unit.len() + 1))).collect()
}
