//! Amounts.

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

/// Whether `text` is a percentage such as `25%`.
pub fn is_percent(text: &str) -> bool {
    text.strip_suffix('%').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}
