//! Data to text: YAML, KYAML and JSON, byte for byte the same on every machine.
//!
//! The emitters take finished [`Node`](crate::node::Node)s and write what they are given; which
//! objects there are, and in which order their keys and they themselves come, is settled before
//! ([`order`]).

pub mod json;
pub mod kyaml;
pub mod order;
mod plain;
mod scalar;
pub mod yaml;
