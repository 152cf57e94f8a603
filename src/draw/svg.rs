//! The drawing as a file: for documents, and for whoever wants to print it. Light and dark as the reader's system is.

use super::drawing::{self, At, Background, Escaped};
use super::layout::measure::{SMALL_SIZE, width};
use super::layout::{Layout, MARGIN};
use super::legend;
use super::words::{put, summary};
use crate::graph::picture::Picture;

/// A legend needs some width.
const NARROWEST: f64 = 360.0;
/// From one line of the legend to the next.
const LEGEND_LINE: f64 = 22.0;

/// The graph as SVG.
pub fn svg(picture: &Picture) -> String {
    let layout = Layout::of(picture);
    let wide = layout.width.max(NARROWEST);
    let mut legend = String::new();
    let legend_height = self::legend(&mut legend, picture, &layout, wide);
    let (width, height) = (At(wide), At(layout.height + legend_height));
    let mut out = String::new();
    put(
        &mut out,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"drawing\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\">\n"
        ),
    );
    let (title, summary) = (Escaped(&picture.title), summary(&picture.connections));
    put(&mut out, format_args!("<title>{title}: {summary}</title>\n<style>\n{}</style>\n", drawing::STYLE));
    put(&mut out, format_args!("<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n"));
    drawing::elements(&mut out, picture, &layout, Background::Marks);
    out.push_str(&legend);
    out.push_str("</svg>\n");
    out
}

/// The legend on as many lines as it needs, and how high that is.
fn legend(out: &mut String, picture: &Picture, layout: &Layout<'_>, wide: f64) -> f64 {
    let items = legend::of(picture, layout);
    if items.is_empty() {
        return 0.0;
    }
    out.push_str("<g class=\"legend\">\n");
    let (mut x, mut y) = (MARGIN, layout.height + 6.0);
    for (sign, words) in items {
        let room = sign.width() + width(words, SMALL_SIZE);
        if x > MARGIN && x + room > wide - MARGIN {
            (x, y) = (MARGIN, y + LEGEND_LINE);
        }
        sign.draw(out, x, y);
        let (left, base) = (At(x + sign.width()), At(y + 4.0));
        put(out, format_args!("<text x=\"{left}\" y=\"{base}\">{words}</text>\n"));
        x += room + 24.0;
    }
    out.push_str("</g>\n");
    y - layout.height + MARGIN
}
