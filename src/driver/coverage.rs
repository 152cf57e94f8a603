//! How much was checked, and against what.

use std::fmt;

use crate::schema::Minor;

/// `412 objects, 411 checked against 1.31`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// How many objects there are.
    pub objects: usize,
    /// How many had a schema.
    pub checked: usize,
    /// The versions of Kubernetes, in order.
    pub versions: Vec<Minor>,
}

impl Coverage {
    /// One line for each number of objects, with all versions for which it is that.
    pub fn together(all: Vec<Coverage>) -> Vec<Coverage> {
        let mut lines: Vec<Coverage> = Vec::new();
        for coverage in all {
            let same = |line: &&mut Coverage| (line.objects, line.checked) == (coverage.objects, coverage.checked);
            match lines.iter_mut().find(same) {
                Some(line) => line.versions.extend(coverage.versions),
                None => lines.push(coverage),
            }
        }
        lines
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.objects == 1 { "object" } else { "objects" };
        write!(f, "{} {noun}, {} checked against {}", self.objects, self.checked, ranges(&self.versions))
    }
}

/// `1.28 to 1.31, 1.33`
pub(super) fn ranges(versions: &[Minor]) -> String {
    let mut stretches: Vec<(Minor, Minor)> = Vec::new();
    for &version in versions {
        match stretches.last_mut() {
            Some((_, last)) if last.0 + 1 == version.0 => *last = version,
            _ => stretches.push((version, version)),
        }
    }
    let word = |(first, last): &(Minor, Minor)| match last.0 - first.0 {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first} to {last}"),
    };
    stretches.iter().map(word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Coverage, ranges};
    use crate::schema::Minor;

    #[test]
    fn versions_are_told_as_ranges() {
        let of = |minors: &[u32]| ranges(&minors.iter().map(|minor| Minor(*minor)).collect::<Vec<_>>());
        assert_eq!(of(&[31]), "1.31");
        assert_eq!(of(&[30, 31]), "1.30, 1.31");
        assert_eq!(of(&[28, 29, 30, 32]), "1.28 to 1.30, 1.32");
        let coverage = |checked, minor| Coverage { objects: 2, checked, versions: vec![Minor(minor)] };
        let together = Coverage::together(vec![coverage(1, 28), coverage(2, 29), coverage(2, 30)]);
        let lines: Vec<String> = together.iter().map(Coverage::to_string).collect();
        assert_eq!(lines, ["2 objects, 1 checked against 1.28", "2 objects, 2 checked against 1.29, 1.30"]);
    }
}
