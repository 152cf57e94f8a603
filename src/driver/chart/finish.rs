//! From forms with candidates in them to a chart.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use rustc_hash::FxHashMap;

use super::candidates::together;
use super::{Charter, Parts, Run, environments, forms};
use crate::chart::{Chart, Guard, Opening, Template};
use crate::lower::reveal_secret;
use crate::node::{Node, NodeKind};
use crate::symbol::Symbol;

impl Charter<'_> {
    /// The chart of these objects. Its openings are those that are used, by path.
    pub(super) fn finished(mut self, parts: Parts, run: &Run) -> Chart {
        let place: FxHashMap<&str, usize> =
            self.objects.iter().enumerate().map(|(at, object)| (object.key.as_str(), at)).collect();
        let mut templates: Vec<Template> = parts
            .into_iter()
            .flat_map(|(key, parts)| {
                parts.into_iter().map(move |(when, form)| Template { key: key.clone(), when, only_own: false, form })
            })
            .collect();
        // Objects that are not there by default stand behind those that are.
        templates.sort_by_key(|template| place.get(template.key.as_str()).copied().unwrap_or(usize::MAX));
        let numbers = self.number_openings(&mut templates);
        let looks = |at: &usize| run.candidates.binary_search(at).map_or(&[][..], |at| &run.watch.values()[at].looks);
        let openings: Vec<Opening> = numbers.keys().map(|at| self.candidates[*at].opening(looks(at))).collect();
        let guards = self.guards(&numbers, run);
        let environments = environments::environments(self.session, self.evaluated, &templates, &openings);
        self.reveal(&mut templates);
        let framework = |name: &str| self.evaluated.framework.get(name).and_then(Node::as_str);
        Chart {
            name: framework("project").unwrap_or("project").to_string(),
            namespace: framework("namespace").unwrap_or("default").to_string(),
            kubernetes: self.evaluated.target.version.minor().to_string(),
            templates,
            openings,
            guards,
            environments,
            longest_release: usize::MAX,
        }
    }

    /// Numbers the openings anew: only those that are used, by path.
    fn number_openings(&self, templates: &mut [Template]) -> IndexMap<usize, usize> {
        let mut used: BTreeSet<usize> = BTreeSet::new();
        for template in &*templates {
            used.extend(template.when.iter().map(|condition| condition.opening));
            forms::openings(&template.form, &mut |at| used.extend([at]));
        }
        // A list is given whole, also where some of its items are nowhere.
        let used: BTreeSet<usize> = used.into_iter().flat_map(|at| together(&self.candidates, at)).collect();
        let mut used: Vec<usize> = used.into_iter().collect();
        used.sort_by(|&a, &b| self.candidates[a].way().cmp(self.candidates[b].way()));
        let numbers: IndexMap<usize, usize> = used.iter().enumerate().map(|(new, &old)| (old, new)).collect();
        for template in templates {
            template.when.iter_mut().for_each(|condition| condition.opening = numbers[&condition.opening]);
            forms::renumber(&mut template.form, &numbers);
        }
        numbers
    }

    /// What must hold between openings: the order of numbers that were compared with each other, and that no request is above
    /// its limit, which are said of each application in full; where one follows the other, that whoever changes the other says it.
    fn guards(&self, numbers: &IndexMap<usize, usize>, run: &Run) -> Vec<Guard> {
        let number = |at: usize| numbers.get(&at).copied();
        let compared = run.watch.orders().iter().filter_map(|order| {
            let (lesser, greater) = (run.candidates[order.lesser], run.candidates[order.greater]);
            let (lesser, greater) = (number(lesser)?, number(greater)?);
            Some(Guard::Order { lesser, greater, strict: order.strict })
        });
        let differing = run.watch.differences().iter().filter_map(|(one, other)| {
            let (one, other) = (number(run.candidates[*one])?, number(run.candidates[*other])?);
            Some(Guard::Differ { one, other })
        });
        let by_path: FxHashMap<&[Symbol], (usize, usize)> =
            numbers.iter().map(|(&old, &new)| (self.candidates[old].path.as_slice(), (old, new))).collect();
        let amounts = numbers.iter().filter_map(|(&old, &lesser)| {
            let request = &self.candidates[old];
            let mut path = request.path.clone();
            let at = path.len().checked_sub(2).filter(|&at| path[at].as_str() == "requests")?;
            path[at] = Symbol::new("limits");
            let &(limit, greater) = by_path.get(path.as_slice())?;
            let limit = &self.candidates[limit];
            let follows = match (request.follows, limit.follows) {
                (true, _) => Some(Guard::Follows { follower: lesser, leader: greater }),
                (_, true) => Some(Guard::Follows { follower: greater, leader: lesser }),
                _ => None,
            };
            Some(follows.into_iter().chain([Guard::Amounts { lesser, greater }]))
        });
        let mut guards: Vec<Guard> = compared.chain(differing).chain(amounts.flatten()).collect();
        guards.sort_unstable();
        guards
    }

    /// Puts the bytes of secrets into the templates, as they stand in the manifests.
    fn reveal(&mut self, templates: &mut [Template]) {
        for (field, node) in templates.iter_mut().flat_map(|template| forms::secrets(&mut template.form)) {
            let NodeKind::Secret(secret) = &node.kind else { continue };
            let made = secret.made();
            reveal_secret(&mut self.session.machine, field, node, made);
        }
    }
}
