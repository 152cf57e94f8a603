//! Rules for texts as regular expressions that the readers of a chart's schema understand.
//!
//! Both Helm 3 and Helm 4 judge values with Go's `regexp`: no look-around, no back references, at most 1,000 repetitions, and
//! `\d` and its like in ASCII. Editors read the same schema with the engine of JavaScript. So a pattern is written in what
//! all of them share. Where that cannot say exactly what the type says, it says less: a value that the chart takes is one
//! that the compiler takes.

use std::sync::LazyLock;

use regex::Regex;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};

use crate::types::{Named, Scalar, Type};

use super::model::Opening;

/// A pattern for whole texts.
#[derive(Clone, Debug)]
pub(super) struct Portable {
    /// The pattern, with `^` and `$`.
    pub source: String,
    /// Where it takes less than the type: itself, compiled.
    pub narrower: Option<Regex>,
}

impl Portable {
    /// Whether `text`, which the type takes, is taken here too.
    pub(super) fn admits(&self, text: &str) -> bool {
        self.narrower.as_ref().is_none_or(|pattern| pattern.is_match(text))
    }
}

/// What JSON writes as it is, and YAML does not take as it is: no value of a chart has it.
pub(super) const CARRIED: &str = "^[^\u{7f}-\u{9f}\u{fffe}\u{ffff}]*$";

/// Whether a text gets through a template unharmed.
pub(super) fn is_carried(text: &str) -> bool {
    !text.contains(|c| matches!(c, '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}'))
}

/// Whether the opening's values can stand inside quotes, and inside of blocks, as they are: never empty, no blanks, nothing
/// that needs an escape.
pub(super) fn is_word(opening: &Opening) -> bool {
    const WORDS: [&str; 9] =
        ["DnsLabel", "DnsSubdomain", "LabelKey", "Quantity", "Duration", "Cidr", "IpAddress", "ImageRef", "Percent"];
    let (Some(ty), Scalar::Str(default)) = (&opening.ty, &opening.default) else { return false };
    match ty.peeled() {
        Type::Named(named) => WORDS.contains(&named.name) && named_pattern(named).is_some_and(|p| p.admits(default)),
        _ => false,
    }
}

const NAMES: &str = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
const WORD: &str = "[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?";
const NUMBER: &str = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)";

static NAMED: LazyLock<Vec<(&str, Portable)>> = LazyLock::new(|| {
    let exact = |source: String| Portable { source: format!("^{source}$"), narrower: None };
    let narrower = |source: &str| {
        let source = format!("^{source}$");
        let narrower = Regex::new(&source).ok();
        Portable { source, narrower }
    };
    let (v4, v6) = (ipv4(), ipv6());
    let field = "[A-Za-z0-9*/,?#-]+";
    vec![
        ("DnsLabel", exact("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?".to_string())),
        ("DnsSubdomain", exact(format!(r"{NAMES}(?:\.{NAMES})*"))),
        ("LabelKey", exact(format!(r"(?:{NAMES}(?:\.{NAMES})*/)?{WORD}"))),
        ("LabelValue", exact(format!("(?:{WORD})?"))),
        ("Quantity", exact(format!("[+-]?{NUMBER}(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?"))),
        ("Duration", exact(format!("[+-]?(?:0|(?:{NUMBER}(?:ns|us|µs|ms|s|m|h))+)"))),
        ("Cidr", exact(format!("(?:{v4}/(?:[0-9]|[12][0-9]|3[0-2])|{v6}/(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))"))),
        ("IpAddress", exact(format!("(?:{v4}|{v6})"))),
        // A URL is anything to the type that has a scheme and no blanks, the name of a digest's algorithm anything at all.
        (
            "ImageRef",
            narrower(
                "(?:[A-Za-z0-9._:-]+/)*(?:[A-Za-z0-9._:-]+:[A-Za-z0-9._-]{1,128}|[A-Za-z0-9._-]+)\
                 (?:@[A-Za-z0-9+._-]+:[0-9a-fA-F]{32,})?",
            ),
        ),
        (
            "Url",
            narrower(
                "[A-Za-z][A-Za-z0-9+.-]*://[^\t\n\u{b}\u{c}\r \u{7f}-\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\
                 \u{205f}\u{3000}\u{fffe}\u{ffff}]+",
            ),
        ),
        ("Percent", exact("[0-9]+%".to_string())),
        // To the type the fields may be apart by anything that is blank somewhere.
        (
            "CronSchedule",
            narrower(&format!(
                "(?:@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|{field}(?: +{field}){{4}})"
            )),
        ),
    ]
});

/// The pattern of a named type of texts. It knows no lengths.
pub(super) fn named_pattern(named: &Named) -> Option<&'static Portable> {
    NAMED.iter().find(|(name, _)| *name == named.name).map(|(_, pattern)| pattern)
}

/// Whether `source` is the pattern of a named type.
pub(super) fn is_named(source: &str) -> bool {
    NAMED.iter().any(|(_, pattern)| pattern.source == source)
}

/// The most characters that a named type takes, where its pattern does not say it.
pub(super) fn longest(named: &Named) -> Option<i64> {
    match named.name {
        "DnsSubdomain" => Some(253),
        // The domain, the slash and the name.
        "LabelKey" => Some(253 + 1 + 63),
        _ => None,
    }
}

/// The pattern of texts that contain `text`.
pub(super) fn literal(text: &str) -> String {
    let mut writer = Writer { out: String::new(), narrowed: false };
    text.chars().for_each(|c| writer.escaped(c, SIGNS));
    writer.out
}

fn ipv4() -> String {
    let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    format!(r"{octet}(?:\.{octet}){{3}}")
}

/// Eight groups; `::` stands for at least one; the last two may be written as an IPv4 address.
fn ipv6() -> String {
    let (group, v4) = ("[0-9A-Fa-f]{1,4}", ipv4());
    let mut forms = vec![format!("(?:{group}:){{7}}{group}"), format!("(?:{group}:){{6}}{v4}")];
    // So many groups before the `::`, and so many at most behind it.
    for before in 0..=7 {
        let head = match before {
            0 => ":".to_string(),
            before => format!("(?:{group}:){{{before}}}"),
        };
        let behind = 7 - before;
        forms.push(match behind {
            0 => format!("{head}:"),
            behind => format!("{head}:(?:{group}(?::{group}){{0,{}}})?", behind - 1),
        });
        if behind >= 2 {
            forms.push(format!("{head}:(?:{group}:){{0,{}}}{v4}", behind - 2));
        }
    }
    format!("(?:{})", forms.join("|"))
}

/// What means something in a pattern.
const SIGNS: &str = r"\.+*?()|[]{}^$";
/// Go's bound for repetitions, those inside of others multiplied.
const MAX_REPETITIONS: u32 = 1000;
/// A class with more ranges is one of Unicode's; what it has in ASCII is what people mean.
const MAX_RANGES: usize = 16;

/// A pattern of the language for whole texts, as all engines read it; nothing where it needs what they do not have.
pub(super) fn portable(source: &str) -> Option<Portable> {
    let hir = regex_syntax::parse(source).ok()?;
    if repetitions(&hir)? > MAX_REPETITIONS {
        return None;
    }
    let mut writer = Writer { out: String::new(), narrowed: false };
    writer.write(&hir)?;
    let body = match is_common(source) {
        true => source,
        false => &writer.out,
    };
    let source = if body.contains('|') { format!("^(?:{body})$") } else { format!("^{body}$") };
    let narrower = writer.narrowed.then(|| Regex::new(&source).ok()).flatten();
    Some(Portable { source, narrower })
}

/// Whether all engines read the pattern alike as it stands: its signs are old, and none of them means a class of Unicode's.
fn is_common(source: &str) -> bool {
    const PLAIN: &str = " _-.,:;/@%=~+*?()[]{}|^$!#&<>\"'";
    let plain = source.chars().all(|c| c.is_ascii_alphanumeric() || c == '\\' || PLAIN.contains(c));
    let escapes = source
        .split('\\')
        .skip(1)
        .all(|behind| behind.starts_with(['.', '-', '+', '*', '?', '(', ')', '[', ']', '/', '|', '$', '^']));
    let strange = [
        "&&", "--", "~~", "[[", "[]", "[^]", "(?", "{,", "**", "*+", "+*", "++", "?*", "?+", "}*", "}+", "}{", "*{",
        "+{", "?{",
    ];
    let nested = {
        let opened: Vec<&str> = source.split('[').skip(1).collect();
        opened.iter().rev().skip(1).any(|part| !part.contains(']'))
    };
    plain && escapes && !nested && !strange.iter().any(|strange| source.replace("(?:", "(").contains(strange))
}

/// How often the innermost piece can be repeated by counted repetitions.
fn repetitions(hir: &Hir) -> Option<u32> {
    match hir.kind() {
        HirKind::Repetition(Repetition { min, max, sub, .. }) => {
            repetitions(sub)?.checked_mul(max.unwrap_or(*min).max(1))
        }
        HirKind::Capture(capture) => repetitions(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().try_fold(1, |most, part| Some(most.max(repetitions(part)?)))
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => Some(1),
    }
}

/// Writes a parsed pattern; nothing where an engine has no word for a part.
struct Writer {
    out: String,
    /// Whether a class was cut down to ASCII.
    narrowed: bool,
}

impl Writer {
    fn write(&mut self, hir: &Hir) -> Option<()> {
        match hir.kind() {
            HirKind::Empty => self.out.push_str("(?:)"),
            HirKind::Literal(literal) => {
                std::str::from_utf8(&literal.0).ok()?.chars().for_each(|c| self.escaped(c, SIGNS));
            }
            HirKind::Class(class) => self.class(class)?,
            HirKind::Look(Look::Start) => self.out.push('^'),
            HirKind::Look(Look::End) => self.out.push('$'),
            HirKind::Look(_) => return None,
            HirKind::Repetition(repetition) => self.repetition(repetition)?,
            HirKind::Capture(capture) => self.group(&capture.sub)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| match part.kind() {
                HirKind::Alternation(_) => self.group(part),
                _ => self.write(part),
            })?,
            HirKind::Alternation(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    self.out.push_str(if at > 0 { "|" } else { "" });
                    self.write(part)?;
                }
            }
        }
        Some(())
    }

    fn group(&mut self, hir: &Hir) -> Option<()> {
        self.out.push_str("(?:");
        self.write(hir)?;
        self.out.push(')');
        Some(())
    }

    fn repetition(&mut self, repetition: &Repetition) -> Option<()> {
        match repetition.sub.kind() {
            HirKind::Class(_) | HirKind::Capture(_) => self.write(&repetition.sub)?,
            _ => self.group(&repetition.sub)?,
        }
        match (repetition.min, repetition.max) {
            (0, Some(1)) => self.out.push('?'),
            (0, None) => self.out.push('*'),
            (1, None) => self.out.push('+'),
            (min, None) => self.out.push_str(&format!("{{{min},}}")),
            (min, Some(max)) if min == max => self.out.push_str(&format!("{{{min}}}")),
            (min, Some(max)) => self.out.push_str(&format!("{{{min},{max}}}")),
        }
        Some(())
    }

    fn class(&mut self, class: &Class) -> Option<()> {
        let mut class = match class {
            Class::Unicode(class) => class.clone(),
            Class::Bytes(class) => class.to_unicode_class()?,
        };
        if class.ranges().len() > MAX_RANGES {
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\u{7f}')]));
            self.narrowed = true;
        }
        if class.ranges().is_empty() {
            return None;
        }
        // What is all but a little is written as that little.
        let from_start = class.ranges().first().is_some_and(|range| range.start() == '\0');
        let to_end = class.ranges().last().is_some_and(|range| range.end() == char::MAX);
        let negated = from_start && to_end && class.ranges().len() > 1;
        self.out.push_str(if negated { "[^" } else { "[" });
        if negated {
            class.negate();
        }
        for range in class.ranges() {
            self.escaped(range.start(), r"\[]^-");
            if range.start() != range.end() {
                self.out.push('-');
                self.escaped(range.end(), r"\[]^-");
            }
        }
        self.out.push(']');
        Some(())
    }

    fn escaped(&mut self, c: char, signs: &str) {
        if signs.contains(c) {
            self.out.push('\\');
        }
        self.out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::NAMED as TYPES;

    /// Texts near the borders of all named types.
    const SAMPLES: &[&str] = &[
        "",
        "a",
        "-a",
        "a-",
        "a.b",
        "a..b",
        ".a",
        "a.",
        "a.-b",
        "A",
        "a_b",
        "A_b",
        "0a",
        "my-app",
        "shop.example.com",
        "app",
        "app.kubernetes.io/name",
        "a/b/c",
        "/a",
        "a/",
        "a b",
        "-",
        "é",
        "v1.2",
        "100m",
        "0.5",
        "1e3",
        "1.5Gi",
        "-1",
        "+1",
        ".5",
        "5.",
        ".",
        "12E",
        "1E3",
        "1E",
        "1e",
        "1e+",
        "1e-3",
        "Mi",
        "1 Gi",
        "1KB",
        "1K",
        "1Ki",
        "1.2.3",
        "e3",
        "30s",
        "1h30m",
        "1.5h",
        "0",
        "+0",
        "00",
        "30",
        "s",
        "1x",
        "1d",
        "5µs",
        "1ms",
        "1m5",
        "10.0.0.0/8",
        "0.0.0.0/0",
        "::/0",
        "10.0.0.0",
        "10.0.0.0/33",
        "10.0.0/8",
        "1.2.3.4/08",
        "1.2.3.4/32",
        "::/128",
        "::/129",
        "::/08",
        "256.1.1.1",
        "01.2.3.4",
        "1.2.3.4",
        "::",
        "::1",
        "1::",
        ":::",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1::3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "fd00::/8",
        "::ffff:1.2.3.4",
        "1:2:3:4:5:6:1.2.3.4",
        "1:2:3:4:5::1.2.3.4",
        "1:2:3:4:5:6::1.2.3.4",
        "::1.2.3.4.5",
        "1::2::3",
        "12345::",
        "g::",
        "fe80::1%eth0",
        "nginx",
        "nginx:1.27",
        "r.io:5000/a/b:c",
        "nginx:",
        "a//b",
        "a:b:c",
        ":a",
        "a:b/c",
        "a/:b",
        "a@sha256:0123456789abcdef0123456789abcdef",
        "a@sha256:0123",
        "a@b",
        "a:1@sha256:0123456789ABCDEF0123456789abcdef00",
        "25%",
        "0%",
        "%",
        "-1%",
        "*/5 * * * *",
        "@daily",
        "* * * *",
        "@often",
        "0 0 1 1 ?",
        "0 0 * * 1-5 x",
        "1,2 3#4 L W *",
        "https://example.com/path",
        "ftp://x",
        "://x",
        "a://",
        "1a://b",
        "a+b.c-d://x y",
        "https://ü.example",
        "a://b\u{a0}c",
        "a\n",
        "nginx\n",
        "30s\n",
        "25%\n",
    ];

    #[test]
    fn named_types_and_their_patterns_agree() {
        for named in TYPES.iter().filter(|named| !named.integer) {
            let portable = named_pattern(named).expect("every named type has a pattern");
            let pattern = Regex::new(&portable.source).expect("reads");
            for sample in SAMPLES {
                assert_eq!(pattern.is_match(sample), (named.check)(sample), "{} and {sample:?}", named.name);
            }
        }
    }

    #[test]
    fn addresses_of_every_length_agree() {
        let named = crate::types::named("IpAddress").expect("is declared");
        let pattern = Regex::new(&named_pattern(named).expect("has one").source).expect("reads");
        for before in 0..10 {
            for behind in 0..10 {
                for middle in [":", "::", ":::"] {
                    for last in ["", "1.2.3.4"] {
                        let mut tail = vec!["b"; behind];
                        tail.extend((!last.is_empty()).then_some(last));
                        let text = format!("{}{middle}{}", vec!["a"; before].join(":"), tail.join(":"));
                        assert_eq!(pattern.is_match(&text), (named.check)(&text), "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn where_a_pattern_differs_it_takes_less() {
        for (name, text) in [("CronSchedule", "*\n* * * *"), ("ImageRef", "a@\":0123456789abcdef0123456789abcdef")] {
            let named = crate::types::named(name).expect("is declared");
            let portable = named_pattern(named).expect("has one");
            assert!((named.check)(text) && !portable.admits(text));
        }
    }

    #[test]
    fn patterns_mean_the_same_to_every_engine() {
        for (source, written) in [
            ("[a-z]+-[0-9]+", "^[a-z]+-[0-9]+$"),
            ("a|b", "^(?:a|b)$"),
            ("v\\d+", "^v[0-9]+$"),
            ("(?i)on", "^[Oo][Nn]$"),
            ("[^a\\n]", "^[^\na]$"),
            ("[a-z&&[^b]]", "^[ac-z]$"),
            ("x{2000}", ""),
            ("(?:x{100}){100}", ""),
            ("a\\b", ""),
            ("日本?", "^日(?:本)?$"),
            (".*", "^.*$"),
            ("(a)(?P<n>b)", "^(?:a)(?:b)$"),
        ] {
            assert_eq!(portable(source).map(|it| it.source).unwrap_or_default(), written, "{source}");
        }
    }

    #[test]
    fn large_classes_are_cut_down_to_ascii() {
        let digits = portable("\\d+").expect("can be written");
        assert!(digits.admits("12") && !digits.admits("٣"));
        assert!(portable("[0-9]").is_some_and(|it| it.narrower.is_none()));
    }
}
