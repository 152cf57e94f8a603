//! Scalars and their rules: bounds, patterns, and the named shapes that Kubernetes uses everywhere.

use std::rc::Rc;

use ecow::EcoString;
use regex_automata::meta::{BuildError, Regex};

use super::{Bounds, Type};

/// A value that is not made of others.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text.
    Str(EcoString),
}

/// Which strings.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// The length in characters.
    pub length: Option<Bounds<i64>>,
    /// What the string matches.
    pub pattern: Option<Pattern>,
}

/// A regular expression for strings.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As it was written.
    pub source: EcoString,
    regex: Rc<Regex>,
}

impl Pattern {
    /// Compiles `source` for whole strings.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn new(source: &str) -> Result<Pattern, String> {
        Pattern::compiled(source, &format!("^(?:{source})$"))
    }

    /// Compiles `source` for strings that have it in them, as schemas mean it.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn inside(source: &str) -> Result<Pattern, String> {
        Pattern::compiled(source, source)
    }

    fn compiled(source: &str, regex: &str) -> Result<Pattern, String> {
        // Engines that are built ahead take longer to build than all that most patterns are ever asked.
        let config = Regex::config().nfa_size_limit(Some(MAX_PATTERN_BYTES)).dfa(false).onepass(false);
        let regex = Regex::builder().configure(config).build(regex).map_err(|error| sentence_of(&error))?;
        Ok(Pattern { source: source.into(), regex: Rc::new(regex) })
    }

    /// Whether `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

/// The memory that one compiled pattern may take.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// The last line of a syntax error is its sentence; the lines before draw the pattern.
fn sentence_of(error: &BuildError) -> String {
    match (error.size_limit(), error.syntax_error()) {
        (Some(limit), _) => format!("Compiled regex exceeds size limit of {limit} bytes."),
        (None, Some(error)) => {
            error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_string()
        }
        (None, None) => error.to_string(),
    }
}

/// A scalar type with a name and a rule.
#[derive(Debug)]
pub struct Named {
    /// Its name in the language.
    pub name: &'static str,
    /// What it looks like, for a message: `lower-case letters, digits and "-", …`.
    pub rule: &'static str,
    /// Whether it is about integers rather than strings.
    pub integer: bool,
    /// The rule itself, over the written form.
    pub check: fn(&str) -> bool,
}

/// Why a scalar does not have a type.
#[derive(Clone, Debug, PartialEq)]
pub enum Mismatch {
    /// Another kind of value altogether.
    Kind,
    /// The right kind, outside the type's rule; says the rule.
    Rule(String),
}

/// Holds a scalar to a type. `None` when the type is not about scalars alone (a union, a record, `Any`).
pub fn check_scalar(ty: &Type, value: &Scalar) -> Option<Result<(), Mismatch>> {
    let verdict = |fits: bool, rule: &dyn Fn() -> String| if fits { Ok(()) } else { Err(Mismatch::Rule(rule())) };
    Some(match (ty, value) {
        (Type::Never, _) => Err(Mismatch::Kind),
        (Type::Null, Scalar::Null) | (Type::Bool, Scalar::Bool(_)) => Ok(()),
        (Type::Int(bounds), Scalar::Int(number)) => verdict(bounds.hold(*number), &|| rule_of(bounds)),
        (Type::Float(bounds), Scalar::Float(number)) => verdict(bounds.hold(*number), &|| rule_of(bounds)),
        (Type::Number(bounds), Scalar::Int(number)) => verdict(bounds.hold(*number as f64), &|| rule_of(bounds)),
        (Type::Number(bounds), Scalar::Float(number)) => verdict(bounds.hold(*number), &|| rule_of(bounds)),
        (Type::String(text), Scalar::Str(value)) => check_text(text, value),
        (Type::Named(named), Scalar::Str(text)) if !named.integer => {
            verdict((named.check)(text), &|| named.rule.to_string())
        }
        (Type::Named(named), Scalar::Int(number)) if named.integer => {
            verdict((named.check)(&number.to_string()), &|| named.rule.to_string())
        }
        (Type::Literal(wanted), value) if wanted == value => Ok(()),
        (Type::Literal(wanted), value) if std::mem::discriminant(wanted) == std::mem::discriminant(value) => {
            Err(Mismatch::Rule(format!("{ty}")))
        }
        (Type::Any | Type::Union(_) | Type::Declared(..) | Type::Deferred(_) | Type::Module(_), _) => return None,
        _ => Err(Mismatch::Kind),
    })
}

/// Whether a scalar plainly has a type; what takes more than a look to tell is no.
pub fn scalar_fits(ty: &Type, scalar: &Scalar) -> bool {
    fits_within(ty, scalar, 3)
}

fn fits_within(ty: &Type, scalar: &Scalar, levels: u32) -> bool {
    match ty.peeled() {
        Type::Any => true,
        // A union may hold itself; what is not plain after a few levels is decided elsewhere.
        Type::Union(members) => levels > 0 && members.iter().any(|member| fits_within(member, scalar, levels - 1)),
        ty => matches!(check_scalar(ty, scalar), Some(Ok(()))),
    }
}

fn check_text(text: &Text, value: &str) -> Result<(), Mismatch> {
    if let Some(length) = &text.length
        && !length.hold(value.chars().count() as i64)
    {
        let plural = if length.max.or(length.min) == Some(1) { "" } else { "s" };
        return Err(Mismatch::Rule(format!("{} character{plural} long", rule_of(length))));
    }
    match &text.pattern {
        Some(pattern) if !pattern.matches(value) => Err(Mismatch::Rule(format!("of the form /{}/", pattern.source))),
        _ => Ok(()),
    }
}

fn rule_of<T: std::fmt::Display>(bounds: &Bounds<T>) -> String {
    match (&bounds.min, &bounds.max) {
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "any".to_string(),
    }
}

/// The named scalar `name`.
pub fn named(name: &str) -> Option<&'static Named> {
    NAMED.iter().find(|named| named.name == name)
}

/// The named scalars. Sources: Kubernetes' object names (RFC 1123 labels and subdomains), label
/// syntax, the quantity grammar of the API conventions, RFC 3986, RFC 4632, and cron's five fields.
pub static NAMED: &[Named] = &[
    Named { name: "Port", rule: "an integer between 1 and 65535", integer: true, check: port },
    Named {
        name: "DnsLabel",
        rule: "a name of at most 63 lower-case letters, digits and `-`, with a letter or digit at both ends",
        integer: false,
        check: dns_label,
    },
    Named {
        name: "DnsSubdomain",
        rule: "a name of at most 253 lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part",
        integer: false,
        check: dns_subdomain,
    },
    Named {
        name: "LabelKey",
        rule: "a name of at most 63 letters, digits, `-`, `_` and `.`, with an optional `domain/` in front",
        integer: false,
        check: label_key,
    },
    Named {
        name: "LabelValue",
        rule: "a text of at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, or empty",
        integer: false,
        check: label_value,
    },
    Named {
        name: "Quantity",
        rule: "a quantity such as `100m`, `0.5`, `128Mi` or `2G`",
        integer: false,
        check: quantity,
    },
    Named { name: "Duration", rule: "a duration such as `30s`, `1h30m` or `250ms`", integer: false, check: duration },
    Named { name: "Cidr", rule: "a network such as `10.0.0.0/8` or `fd00::/8`", integer: false, check: cidr },
    Named { name: "IpAddress", rule: "an IPv4 or IPv6 address", integer: false, check: ip_address },
    Named {
        name: "ImageRef",
        rule: "an image such as `nginx:1.27` or `registry.example.com/team/app@sha256:…`",
        integer: false,
        check: image_ref,
    },
    Named { name: "Url", rule: "an absolute URL such as `https://example.com/path`", integer: false, check: url },
    Named { name: "Percent", rule: "a percentage such as `25%`", integer: false, check: percent },
    Named {
        name: "CronSchedule",
        rule: "five cron fields such as `*/5 * * * *`, or `@daily`",
        integer: false,
        check: cron,
    },
];

fn port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|number| number > 0)
}

fn alphanumeric_ends(text: &str) -> bool {
    let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    ends(text.as_bytes().first()) && ends(text.as_bytes().last())
}

fn dns_label(text: &str) -> bool {
    text.len() <= 63
        && alphanumeric_ends(text)
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn dns_subdomain(text: &str) -> bool {
    let part = |part: &str| {
        alphanumeric_ends(part)
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.len() <= 253 && text.split('.').all(part)
}

fn label_name(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && alphanumeric_ends(text)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn label_key(text: &str) -> bool {
    match text.split_once('/') {
        Some((domain, name)) => dns_subdomain(domain) && label_name(name),
        None => label_name(text),
    }
}

fn label_value(text: &str) -> bool {
    text.is_empty() || label_name(text)
}

fn quantity(text: &str) -> bool {
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
    let (digits, suffix) = number.split_at(end);
    let decimal = digits.bytes().any(|byte| byte.is_ascii_digit()) && digits.matches('.').count() <= 1;
    let exponent = || {
        let digits = suffix.strip_prefix(['e', 'E']).map(|rest| rest.strip_prefix(['+', '-']).unwrap_or(rest));
        digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    const SUFFIXES: &[&str] = &["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    decimal && (SUFFIXES.contains(&suffix) || exponent())
}

fn duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut parts = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        let Some(unit) = ["ns", "us", "µs", "ms", "s", "m", "h"].into_iter().find(|unit| behind.starts_with(unit))
        else {
            return false;
        };
        if !number.bytes().any(|byte| byte.is_ascii_digit()) || number.matches('.').count() > 1 {
            return false;
        }
        rest = &behind[unit.len()..];
        parts += 1;
    }
    parts > 0
}

fn ip_address(text: &str) -> bool {
    text.parse::<std::net::IpAddr>().is_ok()
}

fn cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let plain =
        !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit()) && (bits == "0" || !bits.starts_with('0'));
    match (address.parse::<std::net::IpAddr>(), bits.parse::<u8>()) {
        (Ok(std::net::IpAddr::V4(_)), Ok(bits)) => plain && bits <= 32,
        (Ok(std::net::IpAddr::V6(_)), Ok(bits)) => plain && bits <= 128,
        _ => false,
    }
}

fn image_ref(text: &str) -> bool {
    let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
    let (repository, tag) = match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    };
    let component = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte))
    };
    let hex = |digits: &str| digits.len() >= 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let word = |tag: &str| {
        (1..=128).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    repository.split('/').all(component)
        && tag.is_none_or(word)
        && digest.is_none_or(|digest| digest.split_once(':').is_some_and(|(_, digits)| hex(digits)))
}

fn url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !rest.is_empty()
        && !text.contains(char::is_whitespace)
}

fn percent(text: &str) -> bool {
    text.strip_suffix('%').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn cron(text: &str) -> bool {
    const MACROS: &[&str] = &["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
    let field = |field: &str| field.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*/,-?#".contains(&byte));
    MACROS.contains(&text) || (text.split_whitespace().count() == 5 && text.split_whitespace().all(field))
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn named_scalars_take_what_kubernetes_takes() {
        for (name, good, bad) in [
            ("DnsLabel", &["a", "my-app", "0a"][..], &["", "-a", "a.b", "A", "a_b"][..]),
            ("DnsSubdomain", &["a.b", "shop.example.com"], &["a..b", ".a", "a.-b"]),
            ("LabelKey", &["app", "app.kubernetes.io/name"], &["", "a/b/c", "-a", "/a"]),
            ("LabelValue", &["", "v1.2", "A_b"], &["a b", "-", "é"]),
            (
                "Quantity",
                &["100m", "0.5", "1e3", "1.5Gi", "-1", ".5", "12E", "1E3"],
                &["", "Mi", "1 Gi", "1KB", "1.2.3", "e3"],
            ),
            ("Duration", &["30s", "1h30m", "1.5h", "0"], &["", "30", "s", "1x", "1d"]),
            ("Cidr", &["10.0.0.0/8", "0.0.0.0/0", "::/0"], &["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "1.2.3.4/08"]),
            ("ImageRef", &["nginx", "nginx:1.27", "r.io:5000/a/b:c"], &["", "a b", "nginx:", "a//b"]),
            ("Percent", &["25%", "0%"], &["%", "25", "-1%"]),
            ("CronSchedule", &["*/5 * * * *", "@daily"], &["* * * *", "@often"]),
        ] {
            let ty = named(name).expect("is declared");
            for text in good {
                assert!((ty.check)(text), "{name} takes {text:?}");
            }
            for text in bad {
                assert!(!(ty.check)(text), "{name} refuses {text:?}");
            }
        }
        let port = named("Port").expect("is declared");
        assert!((port.check)("65535") && !(port.check)("0") && !(port.check)("65536") && !(port.check)("-1"));
    }
}
