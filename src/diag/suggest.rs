//! "Did you mean": the known name nearest to a mistyped one.

/// The candidate nearest to `name`, if one is near enough to be meant.
///
/// Near means: equal but for case, `-` and `_`; or at most one edit in three characters (one at the
/// least), where a swap of neighbours is one edit. Of equally near ones
/// the alphabetically first wins, so that the answer never depends on the order of the candidates.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| text.to_lowercase().replace(['-', '_'], "");
    let folded = fold(name);
    let length = name.chars().count();
    let limit = match length {
        0..=1 => 0,
        _ => (length / 3).clamp(1, 4),
    };
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .filter_map(|candidate| {
            // Lengths too far apart can't be near, and most candidates end here.
            if candidate.len().abs_diff(name.len()) > limit + 2 {
                return None;
            }
            let other = fold(candidate);
            let distance = if other == folded { 0 } else { strsim::damerau_levenshtein(&folded, &other) };
            (distance <= limit).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// The hint with the nearest name, if there is one: ``did you mean `replicas`?``
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(name, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_what_was_meant() {
        let fields = ["replicas", "image", "ports", "env", "dependencies", "containerPort"];
        for (typed, meant) in [
            ("replcas", "replicas"),
            ("imgae", "image"),
            ("port", "ports"),
            ("container-port", "containerPort"),
            ("dependancies", "dependencies"),
        ] {
            assert_eq!(closest(typed, fields), Some(meant), "{typed}");
        }
        for unrelated in ["volumes", "x", "", "hostNetwork"] {
            assert_eq!(closest(unrelated, fields), None, "{unrelated}");
        }
    }
}
