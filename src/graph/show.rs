//! From what was judged to the [`Picture`] that is shown.
//!
//! Declared connections come from the graph, with whether they are open. What else is open comes from the grants: between
//! pods that declare nothing, or in spite of what is declared. Parties get names that stay the same from compile to compile,
//! so that two pictures can be compared.

use indexmap::IndexMap;
use petgraph::graph::EdgeIndex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::declared::{Graph, Role, Whom};
use super::picture::{Connection, Party, PartyKind, Picture, Place, Reason, ReasonKind, State};
use super::proof::{Places, Proof, shown, supposed_labels, words};
use crate::network::{Addresses, Direction, Grantees, Labels, Policy, Ports, Reach, Side};
use crate::source::{SourceMap, Span};

/// What is shown.
pub struct Shown<'a> {
    /// What it is of.
    pub title: String,
    /// What is declared; nothing in plain manifests.
    pub graph: &'a Graph,
    /// What is allowed.
    pub reach: &'a Reach<'a>,
    /// Where who is declared is.
    pub places: &'a Places,
    /// How they differ.
    pub proof: &'a Proof,
    /// Whether they are not to differ, so that what does not is proved.
    pub is_proved: bool,
    /// The calls of webhooks that nobody accepts.
    pub cut_off: &'a [EdgeIndex],
    /// The texts that all of it comes from.
    pub sources: &'a SourceMap,
}

/// The picture of what was judged.
pub fn picture(shown: &Shown<'_>) -> Picture {
    let mut painter = Painter {
        shown,
        outsiders: FxHashMap::default(),
        networks: FxHashMap::default(),
        parties: IndexMap::new(),
        connections: FxHashMap::default(),
    };
    painter.find_declared();
    painter.add_workloads();
    painter.add_declared();
    painter.add_undeclared();
    painter.add_open();
    painter.finish()
}

/// What is known of a connection before the parties are in order.
struct Drawn {
    ports: Ports,
    reasons: Vec<Reason>,
    policies: Vec<String>,
    state: State,
}

struct Painter<'a> {
    shown: &'a Shown<'a>,
    /// Who is declared, by namespace and labels, and by addresses.
    outsiders: FxHashMap<(&'a str, &'a Labels), &'a Whom>,
    networks: FxHashMap<Addresses, &'a Whom>,
    parties: IndexMap<String, Party>,
    connections: FxHashMap<(usize, usize), Drawn>,
}

impl Painter<'_> {
    fn find_declared(&mut self) {
        for whom in self.shown.graph.net.node_weights().map(|party| &party.whom) {
            match whom {
                Whom::Pods { namespace, labels, .. } => {
                    self.outsiders.entry((namespace, labels)).or_insert(whom);
                }
                Whom::Network { cidr, except } => {
                    self.networks.entry(super::proof::addresses(cidr, except)).or_insert(whom);
                }
                _ => {}
            }
        }
    }

    fn add_workloads(&mut self) {
        let pods = &self.shown.reach.cluster().pods;
        for at in (0..pods.len()).filter(|&at| pods[at].object.is_some()) {
            self.pods(at);
        }
        let waves = self.shown.graph.waves();
        for (node, wave) in self.shown.graph.net.node_indices().zip(waves) {
            let declared = &self.shown.graph.net[node];
            let at = self.whom(&declared.whom, declared.span);
            let party = &mut self.parties[at];
            if declared.application {
                party.kind = PartyKind::Application;
                party.wave = wave;
            }
            if matches!(declared.whom, Whom::Workload { .. }) {
                party.place = place(self.shown.sources, declared.span).or(party.place.take());
            }
        }
    }

    fn add_declared(&mut self) {
        let closed = self.shown.proof.closed.iter().map(|closed| closed.edge);
        let closed: FxHashSet<_> = closed.chain(self.shown.cut_off.iter().copied()).collect();
        let unfound: FxHashSet<_> = self.shown.proof.unfound.iter().map(|unfound| unfound.edge).collect();
        for edge in self.shown.graph.net.edge_indices() {
            let Some((from, to)) = self.shown.graph.net.edge_endpoints(edge) else { continue };
            let (from, to) = (&self.shown.graph.net[from], &self.shown.graph.net[to]);
            let declared = &self.shown.graph.net[edge];
            let reason = Reason {
                kind: declared.reason,
                words: words(&from.whom, &to.whom, declared.reason).replace('`', ""),
                place: place(self.shown.sources, declared.span),
            };
            let state = match closed.contains(&edge) {
                true => State::Closed,
                // Nobody knows from where an API server calls, or what a network makes of pods on that of their host.
                false if declared.reason == ReasonKind::Webhook || unfound.contains(&edge) => State::Open,
                false if self.shown.is_proved => State::Proved,
                false => State::Open,
            };
            let (from, to) = (self.whom(&from.whom, Span::NONE), self.whom(&to.whom, Span::NONE));
            let drawn = self.connection(from, to, state);
            drawn.ports = drawn.ports.union(&declared.ports);
            if state == State::Open && drawn.state == State::Proved {
                drawn.state = State::Open;
            }
            if !drawn.reasons.contains(&reason) {
                drawn.reasons.push(reason);
            }
        }
    }

    fn add_undeclared(&mut self) {
        for one in &self.shown.proof.undeclared {
            let own = self.whom(&self.shown.graph.net[one.party].whom, Span::NONE);
            for other in self.grantees(&one.who) {
                self.open(own, other, one.direction, &one.ports, State::Undeclared);
            }
        }
    }

    /// What is open without being declared, wherever nobody wants it otherwise.
    fn add_open(&mut self) {
        let (reach, cluster) = (self.shown.reach, self.shown.reach.cluster());
        for at in (0..cluster.pods.len()).filter(|&at| cluster.pods[at].object.is_some()) {
            let own = self.pods(at);
            for direction in Direction::BOTH {
                let side = reach.side(at, direction);
                let granted: Vec<(usize, Ports)> = self.granted(at, direction, side);
                for (other, ports) in granted {
                    self.open(own, other, direction, &ports, State::Open);
                }
                self.name_policies(own, side, direction);
            }
        }
    }

    /// Whom the policies of a door let through, and on which ports as far as the other door lets them, too.
    fn granted(&mut self, pods: usize, direction: Direction, side: &Side) -> Vec<(usize, Ports)> {
        let reach = self.shown.reach;
        if !side.isolated {
            return vec![(self.everybody(), Ports::all())];
        }
        let mut granted = Vec::new();
        for grant in &side.grants {
            match &grant.who {
                Grantees::Pods(others) => {
                    for &other in others.iter() {
                        let made = reach.cluster().pods[other].object.is_some();
                        let both = match direction {
                            Direction::Ingress => reach.open(other, pods),
                            Direction::Egress => reach.open(pods, other),
                        };
                        let ports = if made { grant.ports.intersection(&both) } else { grant.ports.clone() };
                        if !ports.is_empty() {
                            granted.push((self.pods(other), ports));
                        }
                    }
                }
                who => granted.extend(self.grantees(who).into_iter().map(|other| (other, grant.ports.clone()))),
            }
        }
        granted
    }

    /// Adds something that is open; what is declared of it already is so for a reason.
    fn open(&mut self, own: usize, other: usize, direction: Direction, ports: &Ports, state: State) {
        let (from, to) = match direction {
            Direction::Ingress => (other, own),
            Direction::Egress => (own, other),
        };
        if self.connections.get(&(from, to)).is_some_and(|known| ports.is_subset(&known.ports)) {
            return;
        }
        let drawn = self.connection(from, to, state);
        drawn.ports = drawn.ports.union(ports);
    }

    /// Says of each connection of a door which policies it passes.
    fn name_policies(&mut self, own: usize, side: &Side, direction: Direction) {
        let cluster = self.shown.reach.cluster();
        for grant in &side.grants {
            let name = policy_name(&cluster.policies[grant.policy]);
            for other in self.grantees(&grant.who) {
                let pair = if direction == Direction::Ingress { (other, own) } else { (own, other) };
                if let Some(drawn) = self.connections.get_mut(&pair)
                    && !drawn.policies.contains(&name)
                {
                    drawn.policies.push(name.clone());
                }
            }
        }
    }

    fn connection(&mut self, from: usize, to: usize, state: State) -> &mut Drawn {
        let fresh = || Drawn { ports: Ports::none(), reasons: Vec::new(), policies: Vec::new(), state };
        let drawn = self.connections.entry((from, to)).or_insert_with(fresh);
        // What is wrong is what is shown.
        if matches!(state, State::Closed | State::Undeclared) {
            drawn.state = state;
        }
        drawn
    }

    fn grantees(&mut self, who: &Grantees) -> Vec<usize> {
        match who {
            Grantees::Everybody => vec![self.everybody()],
            Grantees::Pods(pods) => pods.iter().map(|&pods| self.pods(pods)).collect(),
            Grantees::Addresses(addresses) => vec![self.addresses(addresses)],
            Grantees::Hosts(hosts) => {
                hosts.iter().map(|host| self.whom(&Whom::Host(host.clone()), Span::NONE)).collect()
            }
        }
    }

    /// The network of these addresses: one that is declared, or one that a policy names.
    fn addresses(&mut self, addresses: &Addresses) -> usize {
        match self.networks.get(addresses) {
            Some(whom) => self.whom(whom, Span::NONE),
            None => {
                let cidr = addresses.blocks().join(", ").into();
                self.whom(&Whom::Network { cidr, except: Vec::new() }, Span::NONE)
            }
        }
    }

    fn everybody(&mut self) -> usize {
        self.party("everybody".into(), |id| party(id, "everybody", PartyKind::Everybody))
    }

    fn pods(&mut self, at: usize) -> usize {
        let pods = &self.shown.reach.cluster().pods[at];
        if pods.object.is_none() {
            return self.outsiders(&pods.namespace, &pods.labels);
        }
        // A workload stays who it is, whatever its object is called in the end.
        let declared = self.shown.places.workload(at).map(|party| &self.shown.graph.net[party]);
        if let Some(declared) = declared
            && let Whom::Workload { name, namespace } = &declared.whom
            && (*name != pods.name || *namespace != pods.namespace)
        {
            let at = self.whom(&declared.whom, declared.span);
            self.parties[at].detail.get_or_insert_with(|| pods.kind.to_string());
            return at;
        }
        // Of two objects with one name, as a Deployment and a CronJob, one has to be told by its kind.
        let id = format!("{}/{}", pods.namespace, pods.name);
        let id = match self.parties.get(&id) {
            Some(known) if known.detail.as_deref() != Some(&*pods.kind) => format!("{id} ({})", pods.kind),
            _ => id,
        };
        let place = place(self.shown.sources, pods.span);
        self.party(id, |id| Party {
            namespace: Some(pods.namespace.to_string()),
            detail: Some(pods.kind.to_string()),
            place,
            ..party(id, &pods.name, PartyKind::Workload)
        })
    }

    /// Pods that are not made here: those that are declared with these labels, or those of which a policy speaks.
    fn outsiders(&mut self, namespace: &str, labels: &Labels) -> usize {
        match self.outsiders.get(&(namespace, labels)) {
            Some(whom) => self.whom(whom, Span::NONE),
            None => {
                let (namespace, labels) = (namespace.into(), labels.clone());
                self.whom(&Whom::Pods { role: Role::Named, namespace, labels }, Span::NONE)
            }
        }
    }

    fn whom(&mut self, whom: &Whom, span: Span) -> usize {
        let place = place(self.shown.sources, span);
        match whom {
            Whom::Workload { namespace, name } => self.party(format!("{namespace}/{name}"), |id| Party {
                namespace: Some(namespace.to_string()),
                place,
                ..party(id, name, PartyKind::Workload)
            }),
            Whom::Pods { role, namespace, labels } => {
                let labels = labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",");
                // A namespace that is only supposed has no name.
                let supposed = supposed_labels(namespace);
                let home = match supposed {
                    None => namespace.to_string(),
                    Some("") => "elsewhere".to_string(),
                    Some(labels) => format!("a namespace with {labels}"),
                };
                let name = match role {
                    Role::Named if labels.is_empty() && supposed == Some("") => "any pod elsewhere".to_string(),
                    Role::Named if labels.is_empty() => format!("any pod of {home}"),
                    Role::Named => labels.clone(),
                    _ => shown(whom, "").replace('`', ""),
                };
                self.party(format!("pods {home}/{labels}"), |id| Party {
                    namespace: supposed.is_none().then_some(home),
                    detail: (!labels.is_empty()).then_some(labels),
                    ..party(id, &name, kind_of(*role))
                })
            }
            Whom::Network { cidr, except } => {
                let without = (!except.is_empty()).then(|| format!("without {}", except.join(", ")));
                let id =
                    std::iter::once(format!("network {cidr}")).chain(without.clone()).collect::<Vec<_>>().join(" ");
                self.party(id, |id| Party { detail: without, ..party(id, cidr, PartyKind::Network) })
            }
            Whom::Host(name) => self.party(format!("host {name}"), |id| party(id, name, PartyKind::Host)),
            Whom::ApiServer => self.party("api-server".into(), |id| party(id, "API server", PartyKind::ApiServer)),
        }
    }

    fn party(&mut self, id: String, make: impl FnOnce(String) -> Party) -> usize {
        match self.parties.get_index_of(&id) {
            Some(known) => known,
            None => self.parties.insert_full(id.clone(), make(id)).0,
        }
    }

    /// Puts parties and connections in order.
    fn finish(self) -> Picture {
        let mut order: Vec<usize> = (0..self.parties.len()).collect();
        let key = |at: usize| {
            (self.parties[at].kind, &self.parties[at].namespace, &self.parties[at].name, &self.parties[at].id)
        };
        // Who takes part in nothing and is not made here was only asked about.
        let mut used: FxHashSet<usize> = self.connections.keys().flat_map(|&(from, to)| [from, to]).collect();
        let made = |&at: &usize| matches!(self.parties[at].kind, PartyKind::Application | PartyKind::Workload);
        used.extend(order.iter().copied().filter(made));
        order.retain(|at| used.contains(at));
        order.sort_by(|&one, &other| key(one).cmp(&key(other)));
        let position: FxHashMap<usize, usize> = order.iter().enumerate().map(|(to, &from)| (from, to)).collect();
        let mut connections: Vec<Connection> = self
            .connections
            .into_iter()
            .map(|((from, to), drawn)| Connection {
                from: position[&from],
                to: position[&to],
                ports: drawn.ports.shown(),
                reasons: drawn.reasons,
                policies: drawn.policies,
                state: drawn.state,
            })
            .collect();
        connections.sort_by_key(|connection| (connection.from, connection.to));
        let mut parties: Vec<Option<Party>> = self.parties.into_values().map(Some).collect();
        let parties = order.iter().filter_map(|&at| parties[at].take()).collect();
        Picture { title: self.shown.title.clone(), parties, connections }
    }
}

fn party(id: String, name: &str, kind: PartyKind) -> Party {
    Party { id, name: name.to_string(), namespace: None, kind, detail: None, wave: None, place: None }
}

fn kind_of(role: Role) -> PartyKind {
    match role {
        Role::Named => PartyKind::Pods,
        Role::Dns => PartyKind::Dns,
        Role::IngressController => PartyKind::IngressController,
        Role::Monitoring => PartyKind::Monitoring,
        Role::Collector => PartyKind::Collector,
    }
}

fn policy_name(policy: &Policy) -> String {
    match policy.namespace.is_empty() {
        true => policy.name.to_string(),
        false => format!("{}/{}", policy.namespace, policy.name),
    }
}

/// Where something stands, if a person wrote it.
fn place(sources: &SourceMap, span: Span) -> Option<Place> {
    let location = sources.location(span).filter(|_| sources.is_user(span))?;
    Some(Place { file: location.file.to_string(), line: location.line, column: location.column })
}
