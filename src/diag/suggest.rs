//! "Did you mean": the known name that a mistyped one was probably meant to be.

/// The candidate nearest to `name`, if one is near enough to be meant.
///
/// Near means: equal but for case, `-` and `_`; or at most one edit in three characters (one at the
/// least), where a swap of neighbours is one edit. Of equally near ones
/// the alphabetically first wins, so that the answer never depends on the order of the candidates.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
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

/// The candidate that `name` is a shorter or a longer form of: `prod` for `production`, `string` for `str`,
/// `LB` for `LoadBalancer`. Where it may be short for several, none.
pub fn longer_or_shorter<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const SHORTEST: usize = 3;
    let folded = fold(name);
    let mut candidates: Vec<&str> = candidates.into_iter().filter(|candidate| *candidate != name).collect();
    candidates.sort_unstable();
    candidates.dedup();
    let ways: [&dyn Fn(&str) -> bool; 4] = [
        &|other| folded.len() >= SHORTEST && fold(other).starts_with(&folded),
        &|other| other.len() >= SHORTEST && folded.starts_with(&fold(other)),
        &|other| folded.len() > 1 && initials(other) == folded,
        &|other| folded.len() >= SHORTEST && leaves_out(&folded, &fold(other)),
    ];
    ways.iter().find_map(|meant| {
        let mut found = candidates.iter().filter(|candidate| meant(candidate));
        match (found.next(), found.next()) {
            (Some(only), None) => Some(*only),
            _ => None,
        }
    })
}

/// The hint with the name that was probably meant, if there is one: ``did you mean `replicas`?``
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let meant = closest(name, candidates.iter().copied()).or_else(|| longer_or_shorter(name, candidates));
    meant.map(|meant| format!("did you mean `{meant}`?"))
}

/// `a`, `b` or `c`
pub fn either(all: &[String]) -> String {
    match all {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        all => all.concat(),
    }
}

/// The words of a name such as `persistentVolumeClaim`, in lower case.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for letter in name.chars() {
        match words.last_mut() {
            Some(word) if !letter.is_uppercase() => word.push(letter),
            _ => words.push(letter.to_lowercase().collect()),
        }
    }
    words
}

fn fold(text: &str) -> String {
    text.to_lowercase().replace(['-', '_'], "")
}

fn initials(name: &str) -> String {
    words(name).iter().filter_map(|word| word.chars().next()).collect()
}

/// Whether `short` is `long` with letters left out behind the first: `stg`, `staging`.
fn leaves_out(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    short.chars().next() == long.chars().next() && short.chars().all(|letter| rest.any(|other| other == letter))
}

#[cfg(test)]
mod tests {
    use super::{closest, longer_or_shorter, words};

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

    #[test]
    fn finds_what_was_shortened() {
        let values = ["development", "staging", "production", "LoadBalancer", "RollingUpdate", "str"];
        for (typed, meant) in [
            ("prod", "production"),
            ("PROD", "production"),
            ("rolling", "RollingUpdate"),
            ("lb", "LoadBalancer"),
            ("stg", "staging"),
            ("prd", "production"),
            ("string", "str"),
        ] {
            assert_eq!(longer_or_shorter(typed, values), Some(meant), "{typed}");
        }
        for unrelated in ["", "p", "s", "big", "testing"] {
            assert_eq!(longer_or_shorter(unrelated, values), None, "{unrelated}");
        }
        assert_eq!(longer_or_shorter("pro", ["production", "proof"]), None, "either may be meant");
    }

    #[test]
    fn names_have_words() {
        assert_eq!(words("persistentVolumeClaim"), ["persistent", "volume", "claim"]);
        assert_eq!(words("name"), ["name"]);
        assert_eq!(words("StatefulSet"), ["stateful", "set"]);
        assert!(words("").is_empty());
    }
}
