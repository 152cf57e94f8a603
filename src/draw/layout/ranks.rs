//! How far each party is from those that connect to nobody: its column, before columns are folded.

use super::Graph;

/// The column of each party that is `inside` and connected to another one inside, from the left; with nothing counted
/// twice around a circle.
pub(super) fn of(graph: &Graph, inside: &[bool]) -> Vec<Option<usize>> {
    let mut targets: Vec<Vec<usize>> = vec![Vec::new(); inside.len()];
    let mut sources = targets.clone();
    for &(from, to) in graph.edges.iter().filter(|(from, to)| inside[*from] && inside[*to]) {
        targets[from].push(to);
        sources[to].push(from);
    }
    let connected: Vec<usize> =
        (0..inside.len()).filter(|at| !targets[*at].is_empty() || !sources[*at].is_empty()).collect();
    let finished = finishing_order(&mut targets, &sources, &connected);
    sources.iter_mut().for_each(Vec::clear);
    for (from, targets) in targets.iter().enumerate() {
        targets.iter().for_each(|to| sources[*to].push(from));
    }
    let columns = columns(&targets, &sources, &finished);
    let deepest = columns.iter().flatten().max().copied().unwrap_or_default();
    // A chain of hundreds would be a drawing of hundreds of columns.
    let most = (2.5 * (connected.len() as f64).sqrt()).max(12.0) as usize;
    let folded = |column: usize| if deepest > most { column * most / deepest } else { column };
    columns.into_iter().map(|column| column.map(folded)).collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Visit {
    Not,
    Running,
    Done,
}

/// Goes into the depth from those that nobody connects to, and takes out of `targets` what leads back to where it came
/// from. The result has everybody behind all that it connects to.
fn finishing_order(targets: &mut [Vec<usize>], sources: &[Vec<usize>], connected: &[usize]) -> Vec<usize> {
    let mut visits = vec![Visit::Not; targets.len()];
    let mut finished = Vec::with_capacity(connected.len());
    let mut back: Vec<(usize, usize)> = Vec::new();
    let first = connected.iter().filter(|at| sources[**at].is_empty());
    for &start in first.chain(connected) {
        // The way from the start to where it is, each with how many of its targets have been looked at.
        let mut path = if visits[start] == Visit::Not { vec![(start, 0)] } else { Vec::new() };
        while let Some((at, next)) = path.last_mut() {
            visits[*at] = Visit::Running;
            let Some(&target) = targets[*at].get(*next) else {
                visits[*at] = Visit::Done;
                finished.push(*at);
                path.pop();
                continue;
            };
            *next += 1;
            match visits[target] {
                Visit::Not => path.push((target, 0)),
                Visit::Running => back.push((*at, target)),
                Visit::Done => {}
            }
        }
    }
    for (from, to) in back {
        targets[from].retain(|target| *target != to);
    }
    finished
}

/// Everybody as far right as its targets allow; then those who are connected to by more than they connect to move left
/// again, so that lines are short.
fn columns(targets: &[Vec<usize>], sources: &[Vec<usize>], finished: &[usize]) -> Vec<Option<usize>> {
    let mut heights: Vec<Option<usize>> = vec![None; targets.len()];
    for &at in finished {
        heights[at] = Some(targets[at].iter().filter_map(|target| heights[*target]).max().map_or(0, |most| most + 1));
    }
    let highest = heights.iter().flatten().max().copied().unwrap_or_default();
    let mut columns: Vec<Option<usize>> = heights.iter().map(|height| height.map(|height| highest - height)).collect();
    for &at in finished.iter().rev() {
        if sources[at].len() > targets[at].len() {
            columns[at] = sources[at].iter().filter_map(|source| columns[*source]).max().map(|most| most + 1);
        }
    }
    columns
}
