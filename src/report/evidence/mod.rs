//! Evidence as text: for people, for programs, for code scanners, for auditors.

mod json;
mod table;

pub use json::json;
pub use table::table;
