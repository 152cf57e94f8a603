//! The small languages in Kubernetes strings: quantities, durations, times, base 64, names, addresses.
//!
//! Each is a pure function of the text and follows the API's own grammar to the letter.

/// Whether `text` is a quantity such as `100m`, `1.5Gi`, `2e3`: a sign, decimal digits with at most one point,
/// and a binary or decimal suffix or an exponent.
pub fn is_quantity(text: &str) -> bool {
    split_quantity(text).is_some_and(|(_, suffix)| suffix_factor(suffix).is_some())
}

/// The number that a quantity stands for, near enough to compare.
pub fn quantity_value(text: &str) -> Option<f64> {
    let (number, suffix) = split_quantity(text)?;
    let factor = suffix_factor(suffix)?;
    // Go reads `1.` and `.5`, and so does Rust.
    let number = if number.trim_start_matches(['+', '-']).is_empty() { 0.0 } else { number.parse::<f64>().ok()? };
    Some(number * factor)
}

fn split_quantity(text: &str) -> Option<(&str, &str)> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let digits = &unsigned[..end];
    let points = digits.bytes().filter(|&byte| byte == b'.').count();
    let sign = text.len() - unsigned.len();
    // A suffix alone is an amount of nothing: the server takes it.
    let empty = digits.len() == points && (points == 1 || end == unsigned.len());
    (points <= 1 && !empty).then(|| text.split_at(sign + end))
}

fn suffix_factor(suffix: &str) -> Option<f64> {
    let factor = match suffix {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1024f64.powi(2),
        "Gi" => 1024f64.powi(3),
        "Ti" => 1024f64.powi(4),
        "Pi" => 1024f64.powi(5),
        "Ei" => 1024f64.powi(6),
        _ => {
            let exponent = suffix.strip_prefix(['e', 'E'])?;
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            let readable = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            10f64.powi(exponent.parse().ok().filter(|_| readable)?)
        }
    };
    Some(factor)
}

/// Whether `text` is a duration such as `1h30m`, `10s`, `-1.5h`, `0`.
pub fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    if rest.is_empty() {
        return false;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(end);
        let points = number.bytes().filter(|&byte| byte == b'.').count();
        let unit = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"].iter().find(|unit| tail.starts_with(**unit));
        match unit {
            Some(unit) if points <= 1 && number.len() > points => rest = &tail[unit.len()..],
            _ => return false,
        }
    }
    true
}

/// Whether `text` is a point in time as RFC 3339 writes it: `2026-01-31T08:30:00Z`.
pub fn is_date_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<u32> {
        let part = text.get(from..to)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if bytes.len() < 20 || separators.iter().any(|&(at, byte)| bytes[at] != byte) {
        return false;
    }
    let parts = (number(0, 4), number(5, 7), number(8, 10), number(11, 13), number(14, 16), number(17, 19));
    let (Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)) = parts else { return false };
    let in_range = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    in_range && is_zone(&text[19..])
}

fn days_in(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// What follows the seconds: a fraction, then `Z` or an offset.
fn is_zone(text: &str) -> bool {
    let text = match text.strip_prefix('.') {
        Some(fraction) => {
            let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
            if end == 0 {
                return false;
            }
            &fraction[end..]
        }
        None => text,
    };
    let Some(offset) = text.strip_prefix(['+', '-']) else { return text == "Z" };
    let two = |part: &str, limit: u32| {
        part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse().is_ok_and(|n: u32| n < limit)
    };
    offset.split_once(':').is_some_and(|(hours, minutes)| two(hours, 24) && two(minutes, 60))
}

/// Whether `text` is base 64 with padding; line breaks may stand anywhere.
pub fn is_base64(text: &str) -> bool {
    let bytes: Vec<u8> = text.bytes().filter(|byte| !b"\r\n".contains(byte)).collect();
    let padding = bytes.iter().rev().take_while(|&&byte| byte == b'=').count();
    let body = &bytes[..bytes.len() - padding];
    bytes.len().is_multiple_of(4)
        && padding <= 2
        && body.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))
}

/// The bytes that base 64 stands for.
pub fn decode_base64(text: &str) -> Option<Vec<u8>> {
    if !is_base64(text) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut buffer, mut bits) = (0u32, 0);
    for byte in text.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        buffer = (buffer << 6 | u32::from(six)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits & 0xFF) as u8);
        }
    }
    Some(bytes)
}

/// Whether `text` is a DNS label: lower-case letters, digits and `-`, at most 63, beginning and ending with a letter or digit.
pub fn is_dns_label(text: &str) -> bool {
    text.len() <= 63 && is_label_shaped(text)
}

fn is_label_shaped(text: &str) -> bool {
    let alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(alphanumeric)
        && bytes.last().is_some_and(alphanumeric)
        && bytes.iter().all(|byte| alphanumeric(byte) || *byte == b'-')
}

/// Whether `text` is a DNS label that begins with a letter, as RFC 1035 has it.
pub fn is_dns_label_1035(text: &str) -> bool {
    is_dns_label(text) && text.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
}

/// Whether `text` is a DNS subdomain: labels with dots between them, at most 253 characters.
pub fn is_dns_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label_shaped)
}

/// Whether `text` can be a segment of a URL path, which is all that names of RBAC objects must be.
pub fn is_path_segment(text: &str) -> bool {
    !text.is_empty() && text != "." && text != ".." && !text.contains(['/', '%'])
}

/// Whether `text` is a qualified name: an optional DNS subdomain and `/`, then at most 63 letters, digits, `-`, `_` and `.`.
pub fn is_qualified_name(text: &str) -> bool {
    let (prefix, name) = match text.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    prefix.is_none_or(is_dns_subdomain) && !name.is_empty() && is_label_value(name)
}

/// Whether `text` can be the value of a label; empty is fine.
pub fn is_label_value(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_alphanumeric);
    text.len() <= 63
        && ends(bytes.first())
        && ends(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

/// Whether `text` is a port's name: at most 15 lower-case letters, digits and single `-`, with a letter among them.
pub fn is_port_name(text: &str) -> bool {
    text.len() <= 15
        && is_label_shaped(text)
        && !text.contains("--")
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Whether `text` can be a key of a ConfigMap or Secret.
pub fn is_config_key(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && text.len() <= 253 && text.bytes().all(plain) && text != "." && !text.starts_with("..")
}

/// Whether `text` can name an environment variable; `relaxed` as newer servers have it.
pub fn is_env_name(text: &str, relaxed: bool) -> bool {
    if relaxed {
        return !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=');
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.bytes().all(plain)
        && text != "."
        && !text.starts_with("..")
}

/// An IP address. Zeros before the numbers of one of version 4 are read over, as servers do.
pub fn parse_ip(text: &str) -> Option<std::net::IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let strip = |part: &str| match part.trim_start_matches('0') {
        "" if !part.is_empty() => "0".to_owned(),
        rest => rest.to_owned(),
    };
    text.split('.').map(strip).collect::<Vec<_>>().join(".").parse().ok()
}

/// An address and a prefix length, as in `10.0.0.0/8`.
pub fn parse_cidr(text: &str) -> Option<(std::net::IpAddr, u8)> {
    let (address, prefix) = text.split_once('/')?;
    let address = parse_ip(address)?;
    let plain = !prefix.is_empty()
        && prefix.bytes().all(|byte| byte.is_ascii_digit())
        && (prefix == "0" || !prefix.starts_with('0'));
    let prefix: u8 = prefix.parse().ok().filter(|_| plain)?;
    (prefix <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, prefix))
}

/// Whether `text` is a percentage such as `25%`.
pub fn is_percent(text: &str) -> bool {
    text.strip_suffix('%').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Reads a schedule of five fields (or `@daily` and the like), and says what is wrong with it.
pub fn check_cron(text: &str) -> Result<(), String> {
    if let Some(word) = text.strip_prefix('@') {
        let every = word.strip_prefix("every ").is_some_and(is_duration);
        let known = ["yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly"].contains(&word);
        return if every || known { Ok(()) } else { Err(format!("`@{word}` is not known")) };
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    let limits: [(&str, u32, u32, &[&str]); 5] = [
        ("minute", 0, 59, &[]),
        ("hour", 0, 23, &[]),
        ("day", 1, 31, &[]),
        ("month", 1, 12, &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        ("weekday", 0, 6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];
    if fields.len() != limits.len() {
        return Err(format!("it has {} fields, not 5", fields.len()));
    }
    for (field, (what, least, most, names)) in fields.iter().zip(limits) {
        for part in field.split(',').filter(|part| !part.is_empty()) {
            if !is_cron_part(part, least, most, names) {
                return Err(format!("{part:?} is not a {what}"));
            }
        }
    }
    Ok(())
}

/// `*`, `?`, a number, a range, each with an optional step.
fn is_cron_part(part: &str, least: u32, most: u32, names: &[&str]) -> bool {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    let number = |text: &str| -> Option<u32> {
        let named = names.iter().position(|name| text.eq_ignore_ascii_case(name)).map(|index| index as u32 + least);
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        named.or_else(|| digits.then(|| text.parse().ok())?).filter(|number| (least..=most).contains(number))
    };
    let good_step = step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0) && !step.starts_with('+'));
    let good_range = match range.split_once('-') {
        Some((from, to)) => matches!((number(from), number(to)), (Some(from), Some(to)) if from <= to),
        None => matches!(range, "*" | "?") || number(range).is_some(),
    };
    good_step && good_range
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(check: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        good.iter().for_each(|text| assert!(check(text), "{text:?} is good"));
        bad.iter().for_each(|text| assert!(!check(text), "{text:?} is bad"));
    }

    #[test]
    fn quantities() {
        let good = [
            "0", "100m", "1.5Gi", "1e3", "1E3", "1E", "12.", ".5", "+1", "-1", "1e-3", "1e+3", "0.1", "64Ki", "5n",
            "Mi",
        ];
        let bad = ["", ".", "1K", "1ki", "1 Gi", "1Gib", "1e", "1.2.3", "+", "1mm", "0x1", "1e3m", "１"];
        all(is_quantity, &good, &bad);
        assert_eq!(quantity_value("1500m"), Some(1.5));
        assert_eq!(quantity_value("1Ki"), Some(1024.0));
    }

    #[test]
    fn times() {
        all(is_duration, &["0", "1h30m", "10s", "-1.5h", "1us", "100ms"], &["", "1", "1d", "h", "1h30", ".s", "1 h"]);
        let good = ["2026-01-31T08:30:00Z", "2024-02-29T00:00:00.5+02:00", "2026-01-31T08:30:00-00:30"];
        let bad = [
            "2026-01-31",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T08:30:00",
        ];
        all(is_date_time, &good, &bad);
    }

    #[test]
    fn schedules() {
        let check = |text: &str| check_cron(text).is_ok();
        for good in ["* * * * *", "*/5 0-6 1,15 * mon-fri", "0 3 ? JAN 0", "@daily", "@every 1h", "0/10 * * * *"] {
            assert!(check(good), "{good:?} is good");
        }
        for bad in [
            "",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "*/0 * * * *",
            "@often",
            "5-1 * * * *",
        ] {
            assert!(!check(bad), "{bad:?} is bad");
        }
    }

    #[test]
    fn names() {
        all(is_dns_label, &["a", "a-b", "0", "1a"], &["", "-a", "a-", "A", "a.b", "a_b", &"a".repeat(64)]);
        all(is_dns_label_1035, &["a", "a1"], &["1a", ""]);
        all(is_dns_subdomain, &["a", "a.b", "1.2"], &["", "a..b", ".a", "a.", "A.b", &"a".repeat(254)]);
        all(is_qualified_name, &["a", "a.b/C_d", "App"], &["", "/a", "a/", "a/b/c", "A/b", "-a"]);
        all(is_label_value, &["", "a", "1.2_B"], &["-a", "a ", "a/b", &"a".repeat(64)]);
        all(is_port_name, &["http", "a1-b"], &["", "80", "http--x", "-a", "HTTP", "a-very-long-name"]);
        all(is_path_segment, &["a:b", "A b"], &["", ".", "..", "a/b", "a%b"]);
    }

    #[test]
    fn bytes_and_addresses() {
        all(
            is_base64,
            &["", "YQ==", "YWI=", "YWJj", "YW\nJj"],
            &["Y", "YQ=", "YQ", "Y===", "YQ==YQ==", "a b=", "Y-Q="],
        );
        all(
            |text| parse_cidr(text).is_some(),
            &["10.0.0.0/8", "::/0", "1.2.3.4/32", "010.0.0.0/8"],
            &["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/08", "::/129"],
        );
        all(is_percent, &["0%", "125%"], &["%", "a%", "-1%", "10"]);
    }
}
