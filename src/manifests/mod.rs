//! Manifests as they lie on a disk: YAML and JSON files of any origin, read into objects that know their places.
