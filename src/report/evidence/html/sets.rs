//! Sets of objects of which the same is said. Many checks pass for the same objects: each set is listed once.

use rustc_hash::FxHashMap;

use super::words::{Escaped, count, put};

/// Sets up to this size are listed where they are spoken of.
const SMALL: usize = 4;

/// The larger sets that were spoken of, in that order.
#[derive(Default)]
pub(super) struct Sets<'a> {
    sets: Vec<Vec<&'a str>>,
    known: FxHashMap<Vec<&'a str>, usize>,
}

impl<'a> Sets<'a> {
    /// Names the objects: a few by name, many by a link to where they are listed.
    pub(super) fn mention(&mut self, out: &mut String, objects: Vec<&'a str>) {
        if objects.len() <= SMALL {
            for (at, object) in objects.iter().enumerate() {
                let comma = if at == 0 { "" } else { ", " };
                put(out, format_args!("{comma}<code>{}</code>", Escaped(object)));
            }
            return;
        }
        let next = self.sets.len();
        let number = *self.known.entry(objects.clone()).or_insert(next) + 1;
        put(out, format_args!("<a href=\"#objects-{number}\">{}</a>", count(objects.len(), "object")));
        if number > next {
            self.sets.push(objects);
        }
    }

    /// The list of all sets; nothing where there is none.
    pub(super) fn write(&self, out: &mut String) {
        if self.sets.is_empty() {
            return;
        }
        out.push_str("<section aria-labelledby=\"sets\">\n<h2 id=\"sets\">Lists of objects</h2>\n");
        out.push_str(
            "<p class=\"soft\">What is said above of the same objects shares a list.</p>\n<div class=\"card sets\">\n",
        );
        for (at, objects) in self.sets.iter().enumerate() {
            let (number, many) = (at + 1, count(objects.len(), "object"));
            put(out, format_args!("<details id=\"objects-{number}\"><summary>List {number}: {many}</summary>\n"));
            out.push_str("<ul class=\"names\">\n");
            objects.iter().for_each(|object| put(out, format_args!("<li><code>{}</code></li>\n", Escaped(object))));
            out.push_str("</ul></details>\n");
        }
        out.push_str("</div>\n</section>\n");
    }
}
