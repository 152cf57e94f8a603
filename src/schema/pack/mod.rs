//! The embedded form of the facts: one block of bytes that is read in place.
//!
//! All names of all versions stand once in a sorted string table; a type definition that is the same in
//! several versions is stored once. Opening the block reads a handful of lengths; a kind list or a
//! type is decoded (postcard) when it is asked for. `build.rs` includes this module by path to write
//! the block; the catalogue reads it. The custom resources of add-ons are a block of their own ([`addons`]).

pub mod addons;
mod tables;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::facts::{Facts, KindDef, Lifecycle};
use tables::{Records, Strings, Tables};

/// The block, opened.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pack<'a> {
    /// The strings, and the definitions of types.
    #[serde(borrow)]
    pub tables: Tables<'a>,
    /// The versions, oldest first.
    #[serde(borrow)]
    pub versions: Vec<PackedVersion<'a>>,
    /// The names of all versions together.
    #[serde(borrow)]
    pub names: Names<'a>,
    /// The lifecycle entries.
    lifecycle: &'a [u8],
}

/// The names that occur in any version: numbers of strings, sorted by the strings.
#[derive(Debug, Serialize, Deserialize)]
pub struct Names<'a> {
    types: &'a [u8],
    kinds: &'a [u8],
    groups: &'a [u8],
}

/// The tables of one version.
#[derive(Debug, Serialize, Deserialize)]
pub struct PackedVersion<'a> {
    /// `1.31`
    pub version: &'a str,
    /// Its kinds.
    kinds: &'a [u8],
    /// Pairs of a type's name and the number of its definition, by name.
    types: &'a [u8],
}

impl<'a> Pack<'a> {
    /// Opens a block. Nothing but the outermost lengths is read.
    pub fn open(bytes: &'a [u8]) -> Result<Pack<'a>, postcard::Error> {
        postcard::from_bytes(bytes)
    }

    /// The lifecycle entries.
    pub fn lifecycle(&self) -> Result<Vec<Lifecycle<u32>>, postcard::Error> {
        postcard::from_bytes(self.lifecycle)
    }
}

impl Names<'_> {
    /// Of the type at a place in the list.
    pub fn type_name(&self, at: usize) -> Option<u32> {
        (at < self.types.len() / 4).then(|| number(self.types, at))
    }

    /// The place of the first type whose name is far enough.
    pub fn first_type(&self, is_there: impl Fn(u32) -> bool) -> usize {
        let (mut low, mut high) = (0, self.types.len() / 4);
        while low < high {
            let middle = low + (high - low) / 2;
            match is_there(number(self.types, middle)) {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        low
    }

    /// Of the kinds that are meant where only a name is written.
    pub fn kinds(&self) -> impl Iterator<Item = u32> {
        numbers(self.kinds)
    }

    /// Of the API groups.
    pub fn groups(&self) -> impl Iterator<Item = u32> {
        numbers(self.groups)
    }
}

impl PackedVersion<'_> {
    /// The kinds of the version.
    pub fn kinds(&self) -> Result<Vec<KindDef<u32>>, postcard::Error> {
        postcard::from_bytes(self.kinds)
    }

    /// The numbers of its types' names, by name.
    pub fn record_names(&self) -> impl Iterator<Item = u32> {
        (0..self.types.len() / 8).map(|index| number(self.types, index * 2))
    }

    /// The number of the definition that the type has in this version.
    pub fn record_of(&self, name: u32) -> Option<u32> {
        let found = search(self.types.len() / 8, |index| number(self.types, index * 2).cmp(&name));
        found.map(|index| number(self.types, index * 2 + 1))
    }
}

fn search(length: usize, compare: impl Fn(usize) -> Ordering) -> Option<usize> {
    let (mut low, mut high) = (0, length);
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(middle) {
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
            Ordering::Equal => return Some(middle),
        }
    }
    None
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    (0..bytes.len() / 4).map(|index| number(bytes, index))
}

fn number(bytes: &[u8], index: usize) -> u32 {
    let at = index * 4;
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Makes the block from the facts of all versions, oldest first.
pub fn pack(versions: &[Facts], lifecycle: &[Lifecycle<String>]) -> Result<Vec<u8>, postcard::Error> {
    let strings = Strings::of(names(versions, lifecycle));
    let mut records = Records::default();
    let mut tables = Vec::new();
    for facts in versions {
        let kinds: Vec<KindDef<u32>> = facts.kinds.iter().map(|kind| kind.map(&mut |name| strings.id(name))).collect();
        let mut types = Vec::new();
        for def in &facts.types {
            let record = records.add(&def.map(&mut |name| strings.id(name)))?;
            types.push((strings.id(&def.name), record));
        }
        types.sort_unstable();
        let types: Vec<u8> =
            types.iter().flat_map(|(name, record)| [name.to_le_bytes(), record.to_le_bytes()]).flatten().collect();
        tables.push((facts.version.as_str(), postcard::to_allocvec(&kinds)?, types));
    }
    let lifecycle: Vec<Lifecycle<u32>> =
        lifecycle.iter().map(|entry| entry.map(&mut |name| strings.id(name))).collect();
    let lifecycle = postcard::to_allocvec(&lifecycle)?;
    let types = strings.list(versions.iter().flat_map(|facts| &facts.types).map(|def| &def.name));
    let preferred = || versions.iter().flat_map(|facts| &facts.kinds).filter(|kind| kind.preferred);
    let kinds = strings.list(preferred().map(|kind| &kind.kind));
    let groups = strings.list(preferred().map(|kind| &kind.group));
    let (text, text_ends) = strings.layout();
    postcard::to_allocvec(&Pack {
        tables: Tables::of(&text, &text_ends, &records),
        versions: tables.iter().map(|(version, kinds, types)| PackedVersion { version, kinds, types }).collect(),
        names: Names { types: &types, kinds: &kinds, groups: &groups },
        lifecycle: &lifecycle,
    })
}

/// Every name that the facts need.
fn names(versions: &[Facts], lifecycle: &[Lifecycle<String>]) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut note = |name: &String| {
        names.insert(name.clone());
    };
    for facts in versions {
        for kind in &facts.kinds {
            kind.map(&mut note);
        }
        for def in &facts.types {
            def.map(&mut note);
        }
    }
    for entry in lifecycle {
        entry.map(&mut note);
    }
    names
}
