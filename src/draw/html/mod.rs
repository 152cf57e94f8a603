//! The drawing as one page for the browser: to search, to filter, and to ask each line why it is there.
//!
//! The page is whole by itself: no network, no fonts, no images. Its policy lets exactly this style and this script
//! run. The picture is in it as data; the script makes text of it, never markup. Without the script the drawing is
//! still there.

use sha2::{Digest, Sha256};

use super::drawing::{self, At, Background, Escaped};
use super::layout::Layout;
use super::legend;
use super::words::{put, summary};
use crate::graph::picture::Picture;
use crate::secret::base64;

/// The style: the drawing's, and what is around it.
const STYLES: [&str; 2] = [drawing::STYLE, include_str!("page.css")];

/// The script: each file uses those before it.
const SCRIPTS: [&str; 7] = [
    include_str!("model.js"),
    include_str!("camera.js"),
    include_str!("filter.js"),
    include_str!("panel.js"),
    include_str!("search.js"),
    include_str!("list.js"),
    include_str!("page.js"),
];

/// The graph as a page.
pub fn html(picture: &Picture) -> String {
    let layout = Layout::of(picture);
    let mut out = String::new();
    head(&mut out, picture);
    header(&mut out, picture);
    out.push_str("<main>\n<div id=\"seen\">\n<div id=\"stage\" tabindex=\"0\" role=\"group\" aria-label=\"Drawing. Arrow keys go from party to party, Enter shows one; the list has the same as text.\">\n");
    put(
        &mut out,
        format_args!(
            "<svg class=\"drawing\" id=\"drawing\" viewBox=\"0 0 {0} {1}\" data-width=\"{0}\" data-height=\"{1}\">\n<g id=\"world\">\n",
            At(layout.width),
            At(layout.height)
        ),
    );
    drawing::elements(&mut out, picture, &layout, Background::Lines);
    out.push_str("</g>\n</svg>\n");
    if picture.parties.is_empty() {
        out.push_str("<p class=\"hint\">Nobody is there to connect to anybody.</p>\n");
    }
    out.push_str(include_str!("stage.html"));
    legend(&mut out, picture, &layout);
    out.push_str(include_str!("beside.html"));
    data(&mut out, picture);
    put(&mut out, format_args!("<script type=\"module\">{}</script>\n</body>\n</html>\n", SCRIPTS.concat()));
    out
}

fn head(out: &mut String, picture: &Picture) {
    let (style, script) = (STYLES.concat(), SCRIPTS.concat());
    let [style_hash, script_hash] = [&style, &script].map(|text| base64(&Sha256::digest(text)));
    out.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    put(
        out,
        format_args!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'; base-uri 'none'; form-action 'none'\">\n"
        ),
    );
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    put(out, format_args!("<title>{}: who connects to whom</title>\n", Escaped(&picture.title)));
    put(out, format_args!("<style>{style}</style>\n</head>\n<body>\n"));
}

fn header(out: &mut String, picture: &Picture) {
    let title = if picture.title.is_empty() { "Connections" } else { &picture.title };
    let summary = summary(&picture.connections);
    put(out, format_args!("<header>\n<div class=\"title\"><h1>{}</h1><p>{summary}</p></div>\n", Escaped(title)));
    out.push_str(include_str!("tools.html"));
    out.push_str("</header>\n");
}

fn legend(out: &mut String, picture: &Picture, layout: &Layout<'_>) {
    let items = legend::of(picture, layout);
    if items.is_empty() {
        return;
    }
    out.push_str("<details class=\"legend\" id=\"legend\" open><summary>Legend</summary>\n<ul>\n");
    for (sign, words) in items {
        let width = At(sign.width());
        put(out, format_args!("<li><svg class=\"drawing\" width=\"{width}\" height=\"16\" aria-hidden=\"true\">"));
        sign.draw(out, 0.0, 8.0);
        put(out, format_args!("</svg>{words}</li>\n"));
    }
    out.push_str("</ul>\n</details>\n");
}

/// The picture as JSON in which no text can end the element or hide.
fn data(out: &mut String, picture: &Picture) {
    let json = serde_json::to_string(picture).expect("a picture is plain data with texts as keys");
    out.push_str("<script type=\"application/json\" id=\"picture\">");
    let mut rest = json.as_str();
    while let Some(at) = rest.find(hides) {
        let character = rest[at..].chars().next().expect("it was found there");
        put(out, format_args!("{}\\u{:04x}", &rest[..at], u32::from(character)));
        rest = &rest[at + character.len_utf8()..];
    }
    out.push_str(rest);
    out.push_str("</script>\n");
}

/// What could end the element, or is unseen. Outside of its strings JSON has none of these.
fn hides(character: char) -> bool {
    matches!(character, '<' | '>' | '&' | '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2066}'..='\u{2069}' | '\u{feff}')
}
