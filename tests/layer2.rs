//! Layer 2: one entry, one object. Each collection is written with little and with much, reached past with `spec` and
//! `metadata`, and patched in layer 1; what Kubernetes should be given stands beside it, written by hand.

mod support;

#[path = "layer2/access.rs"]
mod access;
#[path = "layer2/addons.rs"]
mod addons;
#[path = "layer2/cases.rs"]
mod cases;
#[path = "layer2/entries.rs"]
mod entries;
#[path = "layer2/routing.rs"]
mod routing;
#[path = "layer2/selectors.rs"]
mod selectors;
#[path = "layer2/settings.rs"]
mod settings;
#[path = "layer2/workloads.rs"]
mod workloads;
