//! Evidence as text: for people, for programs, for code scanners, for auditors.

mod json;
mod sarif;
mod table;

pub use json::json;
pub use sarif::sarif;
pub use table::table;
