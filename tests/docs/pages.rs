//! Markdown, as far as the tests read it.

/// A fenced block.
pub struct Block {
    /// What stands behind the opening fence.
    pub info: String,
    /// The content, without common indentation.
    pub text: String,
    /// The line of the opening fence, from 1.
    pub line: usize,
    /// Whether nothing but blank lines stands between this block and the one before.
    pub follows: bool,
}

/// The fenced blocks of a page, in order.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    let mut follows = false;
    for (at, line) in page.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (Some(_), Some(_)) => {
                blocks.extend(open.take());
                follows = true;
            }
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, Some(info)) => {
                open = Some(Block { info: info.trim().to_string(), text: String::new(), line: at + 1, follows });
            }
            (None, None) => follows &= line.trim().is_empty(),
        }
    }
    assert!(open.is_none(), "a fence is never closed");
    blocks
}

/// The targets of the links outside of fenced blocks.
pub fn links(page: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut fenced = false;
    for line in page.lines() {
        fenced ^= line.trim_start().starts_with("```");
        // What stands between backticks is code, whatever it looks like.
        let words: String = line.split('`').step_by(2).collect();
        let mut rest = if fenced { "" } else { words.as_str() };
        while let Some(at) = rest.find("](") {
            rest = &rest[at + 2..];
            let end = rest.find(')').unwrap_or(rest.len());
            links.push(rest[..end].to_string());
        }
    }
    links
}
