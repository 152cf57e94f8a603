//! Who needs whom: an order in which everything comes after what it needs, or a cycle to show.

use std::collections::VecDeque;

use petgraph::Direction;
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

    /// In which wave each thing comes: wave 0 needs nothing, and every other follows directly what it needs latest. `None`
    /// for those in a cycle, and for those that need such.
    pub fn waves(&self) -> Vec<Option<usize>> {
        let count = self.graph.node_count();
        let mut missing: Vec<usize> = (0..count).map(|who| self.graph.neighbors(NodeIndex::new(who)).count()).collect();
        let mut waves = vec![None; count];
        let mut ready: Vec<usize> = (0..count).filter(|&who| missing[who] == 0).collect();
        let mut wave = 0;
        while !ready.is_empty() {
            let mut next = Vec::new();
            for what in ready {
                waves[what] = Some(wave);
                for who in self.graph.neighbors_directed(NodeIndex::new(what), Direction::Incoming) {
                    missing[who.index()] -= 1;
                    if missing[who.index()] == 0 {
                        next.push(who.index());
                    }
                }
            }
            (ready, wave) = (next, wave + 1);
        }
        waves
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
    fn waves_follow_what_they_need() {
        let diamond = needs(5, &[(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)]);
        assert_eq!(diamond.waves(), [Some(2), Some(1), Some(1), Some(0), Some(0)]);
        let knot = needs(4, &[(0, 1), (1, 0), (2, 0)]);
        assert_eq!(knot.waves(), [None, None, None, Some(0)]);
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
