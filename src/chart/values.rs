//! `values.yaml` and `values-<environment>.yaml`: the openings in the shape of the options.

use ecow::EcoString;
use indexmap::IndexMap;

use crate::emit::yaml;
use crate::node::{Field, Map, Node, NodeKind};
use crate::source::Span;
use crate::types::Scalar;

use super::holes::{Around, Holes, Seen};
use super::model::{Chart, Opening};
use super::pattern;

/// The openings as the tree that their paths make.
pub(super) enum Tree {
    /// An opening.
    Leaf(usize),
    /// The items of a list.
    List(Vec<usize>),
    /// Trees by key.
    Branch(IndexMap<EcoString, Tree>),
}

/// The widest integer that every reader of numbers keeps exactly.
pub(super) const MAX_INT: i64 = (1 << 53) - 1;

/// Whether values such as this one get through Helm unharmed: it reads all numbers as floats of 64 bits, and what it puts
/// into templates is read as YAML. What does not is no opening.
pub fn can_open(value: &Scalar) -> bool {
    match value {
        Scalar::Null => false,
        Scalar::Bool(_) => true,
        Scalar::Int(number) => number.unsigned_abs() <= MAX_INT.unsigned_abs(),
        Scalar::Float(number) => number.is_finite(),
        Scalar::Str(text) => pattern::is_carried(text),
    }
}

impl Tree {
    /// The tree of these openings. A path that runs through another opening is left out.
    pub(super) fn of(openings: &[Opening], which: impl IntoIterator<Item = usize>) -> Tree {
        let mut root = Tree::Branch(IndexMap::new());
        for opening in which {
            let Some((last, way)) = openings[opening].path.split_last() else { continue };
            let Some(Tree::Branch(branch)) = way.iter().try_fold(&mut root, Tree::enter) else { continue };
            let is_item = openings[opening].item.is_some();
            let new = if is_item { Tree::List(Vec::new()) } else { Tree::Leaf(opening) };
            if let Tree::List(items) = branch.entry(last.clone()).or_insert(new) {
                items.push(opening);
            }
        }
        root
    }

    fn enter<'a>(self: &'a mut Tree, key: &EcoString) -> Option<&'a mut Tree> {
        match self {
            Tree::Branch(branch) => Some(branch.entry(key.clone()).or_insert_with(|| Tree::Branch(IndexMap::new()))),
            Tree::Leaf(_) | Tree::List(_) => None,
        }
    }
}

/// `values.yaml`.
pub(super) fn yaml(chart: &Chart, tree: &Tree) -> String {
    let head = "# What can be changed. The values have the shape of the configuration's options; everything else is settled.\n";
    let values = Values { chart, value: &|opening| &chart.openings[opening].default, comments: true };
    format!("{head}\n{}", values.text(tree))
}

/// The values of an environment.
pub(super) fn environment(chart: &Chart, name: &str, values: &[(usize, Scalar)]) -> String {
    let by_opening: IndexMap<usize, &Scalar> = values.iter().map(|(opening, value)| (*opening, value)).collect();
    let tree = Tree::of(&chart.openings, by_opening.keys().copied());
    let head = format!("# What is different in the environment {}.\n", one_line(name));
    let values = Values { chart, value: &|opening| by_opening[&opening], comments: false };
    format!("{head}{}", values.text(&tree))
}

struct Values<'a> {
    chart: &'a Chart,
    value: &'a dyn Fn(usize) -> &'a Scalar,
    comments: bool,
}

impl Values<'_> {
    fn text(&self, tree: &Tree) -> String {
        let mut seen = Seen::default();
        self.see(tree, &mut seen);
        let mut holes = Holes::beside(&seen);
        let node = self.node(tree, &mut holes, 0);
        let mut laid_out = String::new();
        yaml::document(&node, &mut laid_out);
        holes.fill(&laid_out, Around::Plain)
    }

    fn see(&self, tree: &Tree, seen: &mut Seen) {
        match tree {
            Tree::Leaf(opening) => self.see_value(*opening, seen),
            Tree::List(items) => items.iter().for_each(|opening| self.see_value(*opening, seen)),
            Tree::Branch(branch) => branch.iter().for_each(|(key, tree)| {
                seen.see(key);
                self.see(tree, seen);
            }),
        }
    }

    fn see_value(&self, opening: usize, seen: &mut Seen) {
        if let Scalar::Str(text) = (self.value)(opening) {
            seen.see(text);
        }
    }

    fn node(&self, tree: &Tree, holes: &mut Holes, depth: usize) -> Node {
        let branch = match tree {
            Tree::Leaf(opening) => return scalar((self.value)(*opening)),
            Tree::List(items) => {
                let items = items.iter().map(|opening| scalar((self.value)(*opening)));
                return Node::new(NodeKind::List(items.collect()), Span::NONE);
            }
            Tree::Branch(branch) => branch,
        };
        let mut map = Map::default();
        for (at, (key, tree)) in branch.iter().enumerate() {
            if self.comments {
                let comment = self.comment(tree, at > 0 && depth < 2);
                map.fields.extend((!comment.is_empty()).then(|| holes.comment(comment)));
            }
            let value = self.node(tree, holes, depth + 1);
            map.fields.push(Field { key: key.clone(), key_span: Span::NONE, value });
        }
        Node::new(NodeKind::Map(map), Span::NONE)
    }

    /// The lines above an entry: what it is for. Applications, and what is as large, are apart from each other.
    fn comment(&self, tree: &Tree, apart: bool) -> String {
        let mut lines = String::from(if apart { "\n" } else { "" });
        let opening = match tree {
            Tree::Leaf(opening) => Some(opening),
            Tree::List(items) => items.first(),
            Tree::Branch(_) => None,
        };
        if let Some(opening) = opening {
            for line in explanation(&self.chart.openings[*opening]) {
                lines.push_str(format!("# {line}").trim_end());
                lines.push('\n');
            }
        }
        lines
    }
}

/// What an opening is for and what it takes, line by line.
pub(super) fn explanation(opening: &Opening) -> Vec<String> {
    let doc = opening.doc.as_deref().unwrap_or_default().trim();
    let mut lines: Vec<String> = doc.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).map(one_line).collect();
    lines.retain(|line| !line.is_empty());
    let contains = |wanted: bool| if wanted { "Has to contain" } else { "Must not contain" };
    let demands = opening.contains.iter().map(|(text, wanted)| (contains(*wanted), text));
    for (verb, text) in demands.chain(opening.differs.iter().map(|text| ("Must not be", text))) {
        let mut quoted = String::new();
        crate::emit::json::document(&Node::string(text.clone(), Span::NONE), &mut quoted);
        lines.push(format!("{verb} {}.", quoted.trim_end()));
    }
    lines
}

/// The text without what ends lines or is invisible.
pub(super) fn one_line(text: &str) -> String {
    let visible = text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c });
    visible.filter(|c| !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')).collect::<String>().trim().to_string()
}

/// A scalar as data.
pub(super) fn scalar(value: &Scalar) -> Node {
    let kind = match value {
        Scalar::Null => NodeKind::Null,
        Scalar::Bool(value) => NodeKind::Bool(*value),
        Scalar::Int(number) => NodeKind::Int(*number),
        Scalar::Float(number) => NodeKind::Float(*number),
        Scalar::Str(text) => NodeKind::Str(text.clone()),
    };
    Node::new(kind, Span::NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[(&[&str], Scalar, &str)]) -> Chart {
        let opening = |(path, default, doc): &(&[&str], Scalar, &str)| Opening {
            path: path.iter().map(|key| (*key).into()).collect(),
            item: None,
            default: default.clone(),
            ty: None,
            doc: Some(doc.to_string()).filter(|doc| !doc.is_empty()),
            contains: vec![],
            differs: vec![],
        };
        Chart {
            name: "shop".into(),
            namespace: "shop".into(),
            kubernetes: "1.31".into(),
            templates: Vec::new(),
            openings: values.iter().map(opening).collect(),
            guards: Vec::new(),
            environments: Vec::new(),
            longest_release: 53,
        }
    }

    #[test]
    fn values_have_the_shape_of_the_options_and_their_words() {
        let text = |text: &str| Scalar::Str(text.into());
        let chart = chart(&[
            (&["applications", "web", "replicas"], Scalar::Int(3), "How many pods.\nAt least one."),
            (&["applications", "web", "env", "on"], text("no"), ""),
            (&["applications", "api", "script"], text("a: Hole00000000\nb\n"), "What it\u{2028}runs: `#{{`"),
            (&["applications", "api", "script", "below"], text("never"), ""),
            (&["debug"], Scalar::Bool(false), ""),
        ]);
        let tree = Tree::of(&chart.openings, 0..chart.openings.len());
        let expected = "\
applications:
  web:
    # How many pods.
    # At least one.
    replicas: 3
    env:
      \"on\": \"no\"

  api:
    # What it
    # runs: `#{{`
    script: |
      a: Hole00000000
      b

debug: false
";
        let written = yaml(&chart, &tree);
        assert_eq!(written.split_once("\n\n").expect("has a head").1, expected);
        let production = environment(&chart, "production", &[(0, Scalar::Int(5))]);
        assert_eq!(
            production,
            "# What is different in the environment production.\napplications:\n  web:\n    replicas: 5\n"
        );
    }

    #[test]
    fn no_openings_are_no_values() {
        let chart = chart(&[]);
        assert!(yaml(&chart, &Tree::of(&chart.openings, [])).ends_with("\n\n{}\n"));
    }

    #[test]
    fn what_helm_would_change_is_not_opened() {
        let open = [
            Scalar::Int(MAX_INT),
            Scalar::Int(-MAX_INT),
            Scalar::Str("\t\u{1b}\u{feff}{{ \"".into()),
            Scalar::Float(0.5),
        ];
        assert!(open.iter().all(can_open));
        let closed = [Scalar::Int(MAX_INT + 1), Scalar::Int(i64::MIN), Scalar::Str("\u{85}".into()), Scalar::Null];
        assert!(!closed.iter().any(can_open));
    }
}
