//! What stands between `{{` and `}}`.

use crate::emit::json;
use crate::node::Node;
use crate::source::Span;
use crate::types::Scalar;

use super::model::{Chart, Condition, Opening, Piece};
use super::pattern;

/// Spells values, texts and conditions of one chart for Helm's templates.
pub(super) struct Speller {
    prefix: String,
    values: Vec<Spelled>,
}

/// The value of an opening.
struct Spelled {
    /// `.Values.applications.web.image`
    path: String,
    /// Its value in the configuration, as an operand.
    default: String,
    kind: Kind,
    /// Whether it can stand inside quotes and blocks as it is.
    word: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Bool,
    Int,
    Float,
    Text,
}

impl Speller {
    /// For the openings of `chart`, whose own name in Helm is `name`.
    pub(super) fn new(chart: &Chart, name: &str) -> Speller {
        let prefix = format!("include {} .", quoted(&prefix_helper(name)));
        Speller { prefix, values: chart.openings.iter().map(Spelled::new).collect() }
    }

    /// The value of an opening, as an operand.
    pub(super) fn path(&self, opening: usize) -> &str {
        &self.values[opening].path
    }

    /// The condition that an opening has its value in the configuration.
    pub(super) fn is_default(&self, opening: usize) -> String {
        let Spelled { path, default, kind, .. } = &self.values[opening];
        match kind {
            Kind::Int => format!("eq (int64 {path}) {default}"),
            Kind::Float => format!("eq (float64 {path}) {default}"),
            Kind::Bool | Kind::Text => format!("eq {path} {default}"),
        }
    }

    /// The action that is the value of an opening, as a YAML scalar.
    pub(super) fn value(&self, opening: usize) -> String {
        let Spelled { path, kind, .. } = &self.values[opening];
        match kind {
            Kind::Bool => format!("{{{{ {path} }}}}"),
            // Helm reads numbers as floats, strings of digits, or integers, depending on where they are from.
            Kind::Int => format!("{{{{ int64 {path} }}}}"),
            Kind::Float | Kind::Text => format!("{{{{ {path} | toJson }}}}"),
        }
    }

    /// Whether the pieces can be written in the text itself, each as an action of its own, in quotes and in blocks.
    pub(super) fn can_inline(&self, pieces: &[Piece]) -> bool {
        let lines = pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('\n')));
        pieces.iter().enumerate().all(|(at, piece)| match piece {
            Piece::Text(_) | Piece::Namespace => true,
            Piece::Value(opening) => self.values[*opening].word,
            Piece::Meaning(..) => false,
            // It may be nothing: a line of a block must neither start nor end with what was next to it then.
            Piece::Prefix => !lines || self.starts_word(pieces.get(at + 1)),
        })
    }

    fn starts_word(&self, piece: Option<&Piece>) -> bool {
        match piece {
            Some(Piece::Text(text)) => text.starts_with(|first: char| first.is_ascii_alphanumeric()),
            Some(Piece::Value(opening)) => self.values[*opening].word,
            Some(Piece::Namespace) => true,
            Some(Piece::Prefix | Piece::Meaning(..)) | None => false,
        }
    }

    /// The action for one piece that is not text.
    pub(super) fn piece(&self, piece: &Piece) -> Option<String> {
        let (_, operand) = self.operand(piece)?;
        let bare = operand.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
        let operand = bare.unwrap_or(&operand);
        Some(format!("{{{{ {operand} }}}}"))
    }

    /// The action that is the whole text, as a YAML scalar.
    pub(super) fn text(&self, pieces: &[Piece]) -> String {
        let (format, operands) = self.printed(pieces);
        match &operands[..] {
            [operand] if format == "%s" => format!("{{{{ {operand} | toJson }}}}"),
            _ => format!("{{{{ printf {} {} | toJson }}}}", quoted(&format), operands.join(" ")),
        }
    }

    /// What `printf` is given for the pieces.
    fn printed(&self, pieces: &[Piece]) -> (String, Vec<String>) {
        let (mut format, mut operands) = (String::new(), Vec::new());
        for piece in pieces {
            match (piece, self.operand(piece)) {
                (_, Some((verb, operand))) => {
                    format.push_str(verb);
                    operands.push(operand);
                }
                (Piece::Text(text), None) => format.push_str(&text.replace("%", "%%")),
                (_, None) => {}
            }
        }
        (format, operands)
    }

    /// How `printf` calls a piece, and the piece as an operand.
    fn operand(&self, piece: &Piece) -> Option<(&'static str, String)> {
        Some(match piece {
            Piece::Text(_) => return None,
            Piece::Prefix => ("%s", format!("({})", self.prefix)),
            Piece::Namespace => ("%s", ".Release.Namespace".to_string()),
            Piece::Meaning(opening, pieces) => {
                let Spelled { path, default, .. } = &self.values[*opening];
                ("%s", format!("(ternary {} {path} (eq {path} {default}))", self.joined(pieces)))
            }
            Piece::Value(opening) => {
                let Spelled { path, kind, .. } = &self.values[*opening];
                match kind {
                    Kind::Int => ("%d", format!("(int64 {path})")),
                    Kind::Bool => ("%v", path.clone()),
                    Kind::Float => ("%s", format!("({path} | toJson)")),
                    Kind::Text => ("%s", path.clone()),
                }
            }
        })
    }

    /// The pieces as one operand.
    fn joined(&self, pieces: &[Piece]) -> String {
        let (format, operands) = self.printed(pieces);
        format!("(printf {})", [quoted(&format)].into_iter().chain(operands).collect::<Vec<_>>().join(" "))
    }

    /// The condition that all of these hold; nothing where nothing is demanded.
    pub(super) fn condition(&self, all: &[Condition]) -> Option<String> {
        let mut parts: Vec<String> = all.iter().flat_map(|condition| self.bounds(condition)).collect();
        match parts.len() {
            0 => None,
            1 => parts.pop(),
            _ => Some(format!("and ({})", parts.join(") ("))),
        }
    }

    fn bounds(&self, condition: &Condition) -> Vec<String> {
        let Spelled { path, kind, .. } = &self.values[condition.opening];
        if *kind == Kind::Bool {
            // Of two ranges, one is what is true.
            return vec![if condition.holds(1) { path.clone() } else { format!("not {path}") }];
        }
        let number = format!("(int64 {})", self.values[condition.opening].path);
        match (condition.least, condition.most) {
            (Some(least), Some(most)) if least == most => vec![format!("eq {number} {least}")],
            (least, most) => {
                let least = least.map(|least| format!("ge {number} {least}"));
                least.into_iter().chain(most.map(|most| format!("le {number} {most}"))).collect()
            }
        }
    }
}

impl Spelled {
    fn new(opening: &Opening) -> Spelled {
        let kind = match opening.default {
            Scalar::Bool(_) => Kind::Bool,
            Scalar::Int(_) => Kind::Int,
            Scalar::Float(_) => Kind::Float,
            Scalar::Str(_) | Scalar::Null => Kind::Text,
        };
        let default = match &opening.default {
            Scalar::Str(text) => quoted(text),
            other => other.to_string(),
        };
        Spelled {
            path: path_of(opening),
            default,
            kind,
            word: matches!(kind, Kind::Int | Kind::Bool) || pattern::is_word(opening),
        }
    }
}

/// `.Values.a.b`, and `(index .Values.a "b-c").d` where a key is no identifier.
fn path_of(opening: &Opening) -> String {
    let path = opening.path.iter().fold(".Values".to_string(), |path, key| match is_identifier(key) {
        true => format!("{path}.{key}"),
        false => format!("(index {path} {})", quoted(key)),
    });
    match opening.item {
        Some(item) => format!("(index {path} {item})"),
        None => path,
    }
}

fn is_identifier(key: &str) -> bool {
    let mut bytes = key.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The helper that is what the release puts before names.
pub(super) fn prefix_helper(name: &str) -> String {
    format!("{name}.prefix")
}

/// A string of the template language. It has the escapes of JSON.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::new();
    json::document(&Node::string(text, Span::NONE), &mut out);
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(path: &[&str], default: Scalar) -> Opening {
        let path = path.iter().map(|key| (*key).into()).collect();
        Opening { path, item: None, default, ty: None, doc: None, contains: Vec::new(), differs: Vec::new() }
    }

    fn speller() -> Speller {
        let openings = vec![
            opening(&["applications", "web", "replicas"], Scalar::Int(3)),
            opening(&["applications", "my-app", "env", "a.b\""], Scalar::Str("x".into())),
            opening(&["debug"], Scalar::Bool(true)),
            opening(&["ratio"], Scalar::Float(0.5)),
        ];
        let chart = Chart {
            name: "shop".into(),
            namespace: "shop".into(),
            kubernetes: "1.31".into(),
            templates: Vec::new(),
            openings,
            guards: Vec::new(),
            environments: Vec::new(),
            longest_release: 53,
        };
        Speller::new(&chart, "shop")
    }

    #[test]
    fn values_are_scalars() {
        let speller = speller();
        assert_eq!(speller.value(0), "{{ int64 .Values.applications.web.replicas }}");
        assert_eq!(speller.value(1), r#"{{ (index (index .Values.applications "my-app").env "a.b\"") | toJson }}"#);
        assert_eq!(speller.value(2), "{{ .Values.debug }}");
        assert_eq!(speller.value(3), "{{ .Values.ratio | toJson }}");
    }

    #[test]
    fn texts_are_printed() {
        let speller = speller();
        let pieces = [Piece::Prefix, Piece::Text("50%{{\n".into()), Piece::Value(0), Piece::Value(2)];
        assert_eq!(
            speller.text(&pieces),
            r#"{{ printf "%s50%%{{\n%d%v" (include "shop.prefix" .) (int64 .Values.applications.web.replicas) .Values.debug | toJson }}"#
        );
        assert_eq!(speller.text(&[Piece::Namespace]), "{{ .Release.Namespace | toJson }}");
        assert_eq!(speller.piece(&Piece::Prefix).as_deref(), Some(r#"{{ include "shop.prefix" . }}"#));
    }

    #[test]
    fn a_prefix_that_may_be_nothing_never_decides_how_a_line_looks() {
        let speller = speller();
        let text = |text: &str| Piece::Text(text.into());
        assert!(speller.can_inline(&[Piece::Prefix, text(" x")]));
        assert!(speller.can_inline(&[Piece::Prefix, text("x\ny")]));
        assert!(!speller.can_inline(&[Piece::Prefix, text(" x\ny")]));
        assert!(!speller.can_inline(&[text("x\n"), Piece::Prefix]));
        assert!(!speller.can_inline(&[text("x"), Piece::Value(1)]));
    }

    #[test]
    fn conditions_are_comparisons() {
        let speller = speller();
        let within = |least, most| Condition { opening: 0, least, most };
        let number = "(int64 .Values.applications.web.replicas)";
        assert_eq!(speller.condition(&[within(Some(2), None)]), Some(format!("ge {number} 2")));
        assert_eq!(speller.condition(&[within(Some(2), Some(2))]), Some(format!("eq {number} 2")));
        assert_eq!(speller.condition(&[within(None, None)]), None);
        assert_eq!(
            speller.condition(&[within(Some(-1), Some(5))]),
            Some(format!("and (ge {number} -1) (le {number} 5)"))
        );
    }
}
