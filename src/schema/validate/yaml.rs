//! Hints for objects that are written in YAML: what the language spells `field = value` is `field: value` there.

/// Respells the assignments that stand in backquotes.
pub fn spell(hint: &mut String) {
    // What is read as a truth may have been written in another word.
    for (truth, words) in [("true", "`yes` and `on`"), ("false", "`no` and `off`")] {
        if *hint == format!("write \"{truth}\" in quotes") {
            *hint = format!("put it in quotes: without them, YAML takes {words} for `{truth}`");
            return;
        }
    }
    let pieces: Vec<String> = hint.split('`').enumerate().map(|(at, piece)| spelled(piece, at % 2 == 1)).collect();
    *hint = pieces.join("`");
}

fn spelled(piece: &str, quoted: bool) -> String {
    let assignment =
        piece.split_once(" = ").filter(|(name, _)| quoted && name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    match assignment {
        Some((name, value)) => format!("{name}: {}", value.trim_matches('"')),
        None => piece.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::spell;

    #[test]
    fn assignments_are_respelled() {
        for (hint, wanted) in [
            ("leave it out, or set `type = \"NodePort\"`", "leave it out, or set `type: NodePort`"),
            ("set `storage = true` in one version", "set `storage: true` in one version"),
            ("give one value, as in `values = [ \"8\" ]`", "give one value, as in `values: [ \"8\" ]`"),
            ("write \"false\" in quotes", "put it in quotes: without them, YAML takes `no` and `off` for `false`"),
            ("did you mean `replicas`?", "did you mean `replicas`?"),
            ("write `a == b` where x = y", "write `a == b` where x = y"),
        ] {
            let mut spelled = hint.to_owned();
            spell(&mut spelled);
            assert_eq!(spelled, wanted);
        }
    }
}
