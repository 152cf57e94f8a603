//! Who needs whom: an order in which everything comes after what it needs, or a cycle to show.

use std::collections::VecDeque;

use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};

/// Numbered things, and which of them need which.
pub struct Needs {
    graph: DiGraph<(), ()>,
}

impl Needs {
    /// `count` things, numbered from 0, that need nothing yet.
    pub fn new(count: usize) -> Needs {
        let mut graph = DiGraph::with_capacity(count, count);
        for _ in 0..count {
            graph.add_node(());
        }
        Needs { graph }
    }

    /// Says that `who` needs `what`.
    pub fn add(&mut self, who: usize, what: usize) {
        self.graph.update_edge(NodeIndex::new(who), NodeIndex::new(what), ());
    }

    /// An order in which everything comes after what it needs; `None` when there is a cycle.
    pub fn order(&self) -> Option<Vec<usize>> {
        let sorted = toposort(&self.graph, None).ok()?;
        Some(sorted.into_iter().rev().map(NodeIndex::index).collect())
    }

    /// One cycle for each knot of things that need each other: the shortest through its lowest
    /// number, as `a, b, c` where `a` needs `b`, `b` needs `c` and `c` needs `a`. Things that need
    /// only themselves are not counted.
    pub fn cycles(&self) -> Vec<Vec<usize>> {
        // `tarjan_scc` recurses and would overflow the stack on long chains.
        let knots = kosaraju_scc(&self.graph).into_iter().filter(|knot| knot.len() > 1);
        let mut cycles: Vec<Vec<usize>> = knots.map(|knot| self.cycle_in(&knot)).collect();
        cycles.sort();
        cycles
    }

    /// The shortest cycle through the lowest number of a knot, by breadth-first search.
    fn cycle_in(&self, knot: &[NodeIndex]) -> Vec<usize> {
        let start = knot.iter().copied().min().expect("a knot has members");
        let mut came_from = vec![None; self.graph.node_count()];
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            let mut next: Vec<NodeIndex> = self.graph.neighbors(node).collect();
            next.sort();
            for neighbor in next {
                if neighbor == start {
                    return path_to(node, start, &came_from);
                }
                if came_from[neighbor.index()].is_none() {
                    came_from[neighbor.index()] = Some(node);
                    queue.push_back(neighbor);
                }
            }
        }
        vec![start.index()]
    }
}

fn path_to(end: NodeIndex, start: NodeIndex, came_from: &[Option<NodeIndex>]) -> Vec<usize> {
    let mut path = vec![end.index()];
    let mut node = end;
    while node != start {
        let Some(previous) = came_from[node.index()] else { break };
        node = previous;
        path.push(node.index());
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::Needs;

    fn needs(count: usize, edges: &[(usize, usize)]) -> Needs {
        let mut needs = Needs::new(count);
        for &(who, what) in edges {
            needs.add(who, what);
        }
        needs
    }

    #[test]
    fn what_is_needed_comes_first() {
        assert_eq!(needs(3, &[(0, 1), (1, 2)]).order(), Some(vec![2, 1, 0]));
        assert_eq!(needs(2, &[(0, 1), (1, 0)]).order(), None);
    }

    #[test]
    fn every_knot_shows_one_cycle() {
        let knots = needs(6, &[(0, 1), (1, 2), (2, 0), (1, 0), (3, 4), (4, 3), (5, 5)]);
        assert_eq!(knots.cycles(), [vec![0, 1], vec![3, 4]]);
    }

    #[test]
    fn long_chains_need_no_stack() {
        let mut chain = Needs::new(200_000);
        for at in 1..200_000 {
            chain.add(at - 1, at);
        }
        assert!(chain.cycles().is_empty());
        chain.add(199_999, 0);
        assert_eq!(chain.cycles().len(), 1);
    }
}
