//! A Helm chart that commutes with the compiler.
//!
//! # The idea
//!
//! Compiling is a function from options to objects. For most options an operator changes, that function only *hands the
//! value on*: it appears in some fields as it is, or inside a text, or it decides by a comparison whether a part is
//! there. Exactly these options are opened; every other one is settled when the chart is made. So rendering the chart
//! with some values gives what compiling with the same values gives, and nothing of the compiler is written again in templates.
//!
//! - The driver finds out which options those are (`driver::chart`) and hands over a [`Chart`]: plain data, in which
//!   every object is a [`Form`], data with places left open.
//! - `release` opens names: under another release name, all objects, selectors and references carry it as a prefix.
//! - `files` writes the files of the chart.

mod checks;
mod connection;
mod expression;
mod files;
mod forms;
mod holes;
mod json_schema;
mod model;
mod notes;
mod pattern;
mod readme;
mod release;
mod template;
mod values;

pub use files::{File, files, name};
pub use model::{Chart, Condition, Environment, Field, Form, Guard, Item, Opening, Piece, Template};
pub use release::open_names;
pub use values::can_open;
