//! Pictures of the graph: the same [`Picture`](crate::graph::picture::Picture) for other programs and for people.
