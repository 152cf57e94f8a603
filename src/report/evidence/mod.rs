//! Evidence as text: for people, for programs, for code scanners, for auditors.

mod html;
mod json;
mod sarif;
mod table;

pub use html::html;
pub use json::json;
pub use sarif::sarif;
pub use table::table;
