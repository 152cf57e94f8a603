//! Source texts and the places in them.
//!
//! Every text that takes part in a compile (the user's files, the embedded standard library, `-E`
//! and `--set` on the command line) is loaded once into one [`SourceMap`] and gets a range of
//! positions of its own. A [`Span`] is therefore two plain numbers that say both which file and
//! where: eight bytes, cheap enough to ride on every value.

mod clock;
mod git;
mod given;
mod map;
mod shared;
mod span;
mod unseen;
mod world;

pub use clock::today;
pub use git::source_commit;
pub use given::{files_below, read_given, read_stdin};
pub use map::{Location, SourceFile, SourceId, SourceKind, SourceMap};
pub use span::Span;
pub use unseen::MAX_SECRET_BYTES;
pub use world::{MAX_FILE_BYTES, ReadError, ReadErrorKind, World, normalize};
