//! What every block has: strings by number, and records that are stored once however often they are asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{number, search};

/// The tables of a block, opened.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tables<'a> {
    /// All strings, sorted, one after the other.
    text: &'a str,
    /// Where each string ends in `text`.
    text_ends: &'a [u8],
    /// All distinct records, one after the other.
    records: &'a [u8],
    /// Where each record ends in `records`.
    record_ends: &'a [u8],
}

impl<'a> Tables<'a> {
    /// The tables that were made; the first two are the strings' [`Strings::layout`].
    pub(super) fn of(text: &'a str, text_ends: &'a [u8], records: &'a Records) -> Tables<'a> {
        Tables { text, text_ends, records: &records.bytes, record_ends: &records.ends }
    }

    /// The string with this number.
    pub fn string(&self, id: u32) -> &'a str {
        let (start, end) = bounds(self.text_ends, id as usize);
        &self.text[start..end]
    }

    /// The number of a string, if it occurs anywhere.
    pub fn string_id(&self, name: &str) -> Option<u32> {
        let found = search(self.text_ends.len() / 4, |index| self.string(index as u32).cmp(name));
        found.map(|index| index as u32)
    }

    /// How many distinct records there are.
    pub fn record_count(&self) -> usize {
        self.record_ends.len() / 4
    }

    /// The record with this number.
    pub fn record<T: Deserialize<'a>>(&self, id: u32) -> Result<T, postcard::Error> {
        let (start, end) = bounds(self.record_ends, id as usize);
        postcard::from_bytes(&self.records[start..end])
    }
}

fn bounds(ends: &[u8], index: usize) -> (usize, usize) {
    let start = if index == 0 { 0 } else { number(ends, index - 1) as usize };
    (start, number(ends, index) as usize)
}

/// The string table while it is made.
pub(super) struct Strings {
    numbers: BTreeMap<String, u32>,
}

impl Strings {
    /// The table of these strings.
    pub(super) fn of(names: BTreeSet<String>) -> Strings {
        Strings { numbers: names.into_iter().zip(0..).collect() }
    }

    /// The number of a string; it must have been among those given.
    pub(super) fn id(&self, name: &str) -> u32 {
        // Every name was collected before the first one is looked up.
        self.numbers[name]
    }

    /// The numbers of these names, each once, in their order.
    pub(super) fn list<'n>(&self, names: impl Iterator<Item = &'n String>) -> Vec<u8> {
        // The numbers are in the order of the strings.
        let ids: BTreeSet<u32> = names.map(|name| self.id(name)).collect();
        ids.into_iter().flat_map(u32::to_le_bytes).collect()
    }

    /// The strings one after the other, and where each ends.
    pub(super) fn layout(&self) -> (String, Vec<u8>) {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for name in self.numbers.keys() {
            text.push_str(name);
            ends.extend((text.len() as u32).to_le_bytes());
        }
        (text, ends)
    }
}

/// The distinct records while they are collected.
#[derive(Default)]
pub(super) struct Records {
    bytes: Vec<u8>,
    ends: Vec<u8>,
    numbers: BTreeMap<Vec<u8>, u32>,
}

impl Records {
    /// The number of a record, which is added if there is none like it.
    pub(super) fn add(&mut self, def: &impl Serialize) -> Result<u32, postcard::Error> {
        let encoded = postcard::to_allocvec(def)?;
        if let Some(&number) = self.numbers.get(&encoded) {
            return Ok(number);
        }
        let number = self.numbers.len() as u32;
        self.bytes.extend(&encoded);
        self.ends.extend((self.bytes.len() as u32).to_le_bytes());
        self.numbers.insert(encoded, number);
        Ok(number)
    }
}
