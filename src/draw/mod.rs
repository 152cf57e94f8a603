//! The graph of who may connect to whom, drawn: for people, for documents, for programs, for Graphviz and for the browser.
//!
//! Every form is made from a [`Picture`] alone and depends on nothing else: the same picture gives the same bytes.
//! `dot` and `json` hold all that is in it. The others are to be looked at, so they say what everybody does alike
//! (asking for names, being scraped, sending traces) once, and not in a line for each (`background`).

mod background;
pub(crate) mod words;
mod dot;
mod mermaid;
pub(crate) mod table;
mod text;
mod layout;
mod drawing;
mod legend;
mod svg;
mod html;

use crate::graph::picture::Picture;

pub use dot::dot;
pub use html::html;
pub use mermaid::mermaid;
pub use svg::svg;
pub use table::table;
pub use text::text;

/// The picture itself, for programs; `docs/reference/graph.md` documents it.
pub fn json(picture: &Picture) -> String {
    let mut text = serde_json::to_string_pretty(picture).expect("a picture is plain data with texts as keys");
    text.push('\n');
    text
}
