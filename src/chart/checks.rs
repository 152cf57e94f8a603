//! What must hold between values, which a schema cannot say: a template that makes nothing, and fails where it does not hold.

use crate::types::Scalar;

use super::expression::{Speller, quoted};
use super::model::{Chart, Guard};

/// The template with the checks of the chart; none where nothing has to hold.
pub(super) fn text(chart: &Chart, speller: &Speller, name: &str) -> Option<String> {
    let guards = chart.guards.iter().map(|guard| check(guard, chart, speller, name));
    let checks: Vec<String> = guards.chain(length(chart)).collect();
    let head = "{{- /* What must hold between values. This makes no object. */ -}}\n";
    (!checks.is_empty()).then(|| format!("{head}{}", checks.concat()))
}

/// That names with the release in front are not too long.
fn length(chart: &Chart) -> Option<String> {
    /// Helm takes no longer ones.
    const LONGEST: usize = 53;
    let most = Some(chart.longest_release).filter(|most| *most < LONGEST)?;
    let message =
        quoted(&format!("the name of the release must have at most {most} characters: it stands in front of others"));
    Some(format!(
        "{{{{- if and (ne .Release.Name .Chart.Name) (gt (len .Release.Name) {most}) }}}}{{{{ fail {message} }}}}{{{{ end }}}}\n"
    ))
}

fn check(guard: &Guard, chart: &Chart, speller: &Speller, name: &str) -> String {
    let path = |opening: usize| chart.openings[opening].to_string();
    let integer = |opening: usize| format!("(int64 {})", speller.path(opening));
    let ((wrong, operands), message) = match *guard {
        Guard::Amounts { lesser, greater } => {
            let are_integers = [lesser, greater].map(|at| matches!(chart.openings[at].default, Scalar::Int(_)));
            let amount = |at| format!("(include {} {} | float64)", quoted(&amount_helper(name)), speller.path(at));
            let operand = |at| if are_integers == [true; 2] { integer(at) } else { amount(at) };
            (
                ("gt", [operand(lesser), operand(greater)]),
                format!("{} must not be greater than {}", path(lesser), path(greater)),
            )
        }
        Guard::Order { lesser, greater, strict: false } => (
            ("gt", [lesser, greater].map(integer)),
            format!("{} must not be greater than {}", path(lesser), path(greater)),
        ),
        Guard::Order { lesser, greater, strict: true } => {
            (("ge", [lesser, greater].map(integer)), format!("{} has to be less than {}", path(lesser), path(greater)))
        }
        Guard::Differ { one, other } => (
            ("eq", [one, other].map(|at| speller.path(at).to_string())),
            format!("{} and {} must not be the same", path(one), path(other)),
        ),
        Guard::Follows { follower, leader } => {
            let is_own = |at| format!("({})", speller.is_default(at));
            (
                ("and", [is_own(follower), format!("(not {})", is_own(leader))]),
                format!("{} is what {} is, which has another value: give both", path(follower), path(leader)),
            )
        }
    };
    format!("{{{{- if {wrong} {} }}}}{{{{ fail {} }}}}{{{{ end }}}}\n", operands.join(" "), quoted(&message))
}

fn amount_helper(name: &str) -> String {
    format!("{name}.amount")
}

/// The helper that makes a number of an amount, if there is something to check with it.
pub(super) fn helper(chart: &Chart, name: &str) -> Option<String> {
    chart.guards.iter().any(|guard| matches!(guard, Guard::Amounts { .. })).then(|| {
        let helper = quoted(&amount_helper(name));
        format!(
            "\n\
             {{{{- /*\n\
             The number that an amount such as 128Mi is.\n\
             */ -}}}}\n\
             {{{{- define {helper} -}}}}\n\
             {{{{- $amount := toString . -}}}}\n\
             {{{{- $unit := regexFind \"[A-Za-z]+$\" $amount -}}}}\n\
             {{{{- $units := dict \"\" 1 {UNITS} -}}}}\n\
             {{{{- mulf (trimSuffix $unit $amount | float64) (get $units $unit) -}}}}\n\
             {{{{- end -}}}}\n"
        )
    })
}

const UNITS: &str = r#""n" 0.000000001 "u" 0.000001 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "Pi" 1125899906842624 "Ei" 1152921504606846976"#;
