//! Durations, points in time, schedules.

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

/// The time zones that the IANA's data (2025b) has a name for, in the order of their bytes.
pub fn time_zones() -> impl Iterator<Item = &'static str> {
    include_str!("time_zones.txt").lines()
}
