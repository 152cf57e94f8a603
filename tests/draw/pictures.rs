//! Pictures to draw: a small shop, large ones, empty ones, and names that no drawing should stumble over.

use nxk::graph::picture::{Connection, Party, PartyKind, Picture, Place, Reason, ReasonKind, State};

/// A shop in two namespaces with everything around it; one connection is undeclared, one is closed.
pub fn shop() -> Picture {
    let mut shop = Builder::new("shop");
    let web = shop.application("shop", "web", "Deployment", 2, 6);
    let api = shop.application("shop", "api", "Deployment", 1, 13);
    let redis = shop.application("shop", "redis", "StatefulSet", 0, 20);
    let worker = shop.application("shop", "worker", "Deployment", 2, 27);
    let postgres = shop.application("data", "postgres", "StatefulSet", 0, 34);
    let backup = shop.workload("data", "backup", "CronJob");
    let ingress = shop.outside(PartyKind::IngressController, "ingress controller", Some("ingress-nginx"));
    let monitoring = shop.outside(PartyKind::Monitoring, "Prometheus", Some("monitoring"));
    let dns = shop.outside(PartyKind::Dns, "DNS", Some("kube-system"));
    let bank = shop.outside(PartyKind::Network, "203.0.113.0/24", None);
    let mail = shop.outside(PartyKind::Host, "smtp.example.com", None);
    let probes = shop.outside(PartyKind::Pods, "pods role=prober", Some("ops"));

    shop.declared(web, api, &["TCP 8080"], ReasonKind::Dependency, 9);
    shop.declared(api, redis, &["TCP 6379"], ReasonKind::Dependency, 16);
    shop.declared(api, postgres, &["TCP 5432"], ReasonKind::Dependency, 17);
    shop.declared(worker, redis, &["TCP 6379"], ReasonKind::Dependency, 30);
    shop.declared(worker, api, &["TCP 8080", "TCP 9000"], ReasonKind::Dependency, 31);
    shop.declared(api, bank, &["TCP 443"], ReasonKind::Egress, 18);
    shop.declared(worker, mail, &["TCP 25", "TCP 587"], ReasonKind::Egress, 32);
    shop.declared(ingress, web, &["TCP 8080"], ReasonKind::Expose, 10);
    shop.declared(probes, api, &["TCP 9000"], ReasonKind::AllowFrom, 19);
    for party in [api, postgres] {
        shop.declared(monitoring, party, &["TCP 9090"], ReasonKind::Monitoring, 14);
    }
    for party in [web, api, worker] {
        shop.declared(party, dns, &["UDP 53", "TCP 53"], ReasonKind::Dns, 9);
    }
    shop.found(web, postgres, &["TCP 5432"], State::Undeclared);
    shop.declared(redis, redis, &["TCP 6379", "TCP 16379"], ReasonKind::Dependency, 24);
    shop.declared(postgres, backup, &["all"], ReasonKind::Dependency, 40).state = State::Closed;
    shop.finish()
}

/// Nobody.
pub fn empty() -> Picture {
    Picture::default()
}

/// One application that connects to nobody.
pub fn alone() -> Picture {
    let mut picture = Builder::new("alone");
    picture.application("default", "web", "Deployment", 0, 1);
    picture.finish()
}

/// Applications that wait for each other, and one that waits for itself.
pub fn circle() -> Picture {
    let mut picture = Builder::new("circle");
    let all: Vec<usize> = ["a", "b", "c", "d"].map(|name| picture.application("x", name, "Deployment", 0, 1)).into();
    for (from, to) in [(0, 1), (1, 2), (2, 0), (2, 3), (3, 2), (1, 1)] {
        picture.declared(all[from], all[to], &["TCP 80"], ReasonKind::Dependency, 2);
    }
    all.into_iter().for_each(|party| picture.picture.parties[party].wave = None);
    picture.finish()
}

/// Names that are markup, commands, entities, lines, or longer than any drawing is wide.
pub const HOSTILE: [&str; 14] = [
    "</script><script>alert(1)</script>",
    "<!-- --> ]]> <b>bold</b> &amp; &#60; 'single'",
    "quote\" ] ; } back\\slash\\",
    "\\N \\L \\G %% -- subgraph end",
    "line\nfeed\r\nand\ttab",
    "grüße 日本語の名前 🚀👩‍👩‍👧",
    "\u{2028}\u{2029}\u{202e}turned\u{202c}",
    "\u{0}\u{1}\u{1b}[31mred\u{7f}\u{feff}\u{fffe}\u{ffff}",
    "#quot; #35; `code` **bold** [link](http://example.com) @team #1",
    "| a | b |",
    "{{= x }} ${y} #{z}",
    "",
    "   ",
    "__proto__",
];

/// A picture in which every text is hostile.
pub fn hostile() -> Picture {
    let mut picture = Builder::new(HOSTILE[0]);
    let long = "x".repeat(300);
    let mut names: Vec<&str> = HOSTILE.to_vec();
    names.push(&long);
    for (at, name) in names.iter().enumerate() {
        let namespace = names[(at * 5 + 3) % names.len()];
        picture.application(namespace, name, name, at % 3, at + 1);
        picture.outside(PartyKind::Host, name, None);
    }
    let count = picture.picture.parties.len();
    for (at, name) in names.iter().enumerate() {
        let (from, to) = ((at * 2) % count, (at * 4 + 3) % count);
        let connection = picture.declared(from, to, &[name], ReasonKind::Egress, 3);
        connection.reasons[0].words = (*name).to_owned();
        connection.policies = vec![(*name).to_owned()];
        connection.reasons[0].place = Some(Place { file: (*name).to_owned(), line: 1, column: 1 });
    }
    picture.finish()
}

/// `workloads` in `namespaces`, each with some connections to those before it, and what is usual around them.
pub fn large(workloads: usize, namespaces: usize, each: usize) -> Picture {
    let mut picture = Builder::new("large");
    let mut random = Random(42);
    let ingress = picture.outside(PartyKind::IngressController, "ingress controller", Some("ingress-nginx"));
    let monitoring = picture.outside(PartyKind::Monitoring, "Prometheus", Some("monitoring"));
    let dns = picture.outside(PartyKind::Dns, "DNS", Some("kube-system"));
    let collector = picture.outside(PartyKind::Collector, "collector", Some("telemetry"));
    let networks: Vec<usize> =
        (0..4).map(|at| picture.outside(PartyKind::Network, &format!("10.{at}.0.0/16"), None)).collect();
    let kinds = ["api", "web", "worker", "db", "cache", "gateway", "sync", "auth"];
    let mut own: Vec<usize> = Vec::new();
    for at in 0..workloads {
        let namespace =
            ["shop", "payments", "identity", "search", "media", "billing", "ops", "data"][at % namespaces % 8];
        let namespace = if namespaces > 8 { format!("{namespace}-{}", at % namespaces) } else { namespace.to_owned() };
        let name = format!("{}-{at}", kinds[random.below(kinds.len())]);
        let party = picture.application(&namespace, &name, "Deployment", 0, at + 1);
        let near: Vec<usize> = own.iter().rev().copied().skip(namespaces - 1).step_by(namespaces).take(12).collect();
        for _ in 0..random.below(each * 2 + 1) {
            let target = match (random.below(4), near.is_empty()) {
                (0, _) | (_, true) if !own.is_empty() => own[random.below(own.len() / 3 + 1)],
                (_, false) => near[random.below(near.len())],
                _ => break,
            };
            picture.declared(party, target, &["TCP 8080"], ReasonKind::Dependency, at + 2);
        }
        picture.declared(party, dns, &["UDP 53", "TCP 53"], ReasonKind::Dns, at + 2);
        picture.declared(monitoring, party, &["TCP 9090"], ReasonKind::Monitoring, at + 2);
        if random.below(3) == 0 {
            picture.declared(party, collector, &["TCP 4317"], ReasonKind::Tracing, at + 2);
        }
        if random.below(12) == 0 {
            picture.declared(ingress, party, &["TCP 8080"], ReasonKind::Expose, at + 2);
        }
        if random.below(20) == 0 {
            picture.declared(party, networks[random.below(4)], &["TCP 443"], ReasonKind::Egress, at + 2);
        }
        if random.below(60) == 0 && !own.is_empty() {
            let target = own[random.below(own.len())];
            picture.found(party, target, &["TCP 5432"], [State::Undeclared, State::Closed][random.below(2)]);
        }
        own.push(party);
    }
    picture.finish()
}

/// A picture of chance: any kinds, any connections.
pub fn random(seed: u64, parties: usize, connections: usize, namespaces: usize) -> Picture {
    let mut picture = Builder::new("random");
    let mut random = Random(seed);
    let kinds = [
        PartyKind::Application,
        PartyKind::Application,
        PartyKind::Workload,
        PartyKind::Pods,
        PartyKind::IngressController,
        PartyKind::Monitoring,
        PartyKind::Dns,
        PartyKind::Collector,
        PartyKind::ApiServer,
        PartyKind::Network,
        PartyKind::Host,
        PartyKind::Everybody,
    ];
    let reasons = [ReasonKind::Dependency, ReasonKind::Dns, ReasonKind::Monitoring, ReasonKind::Webhook];
    let states = [State::Proved, State::Proved, State::Open, State::Undeclared, State::Closed];
    for at in 0..parties {
        let name = format!("{at}{}", "-name".repeat(random.below(12)));
        let namespace = format!("namespace-{}", random.below(namespaces));
        let party = picture.application(&namespace, &name, "Deployment", random.below(4), at + 1);
        let party = &mut picture.picture.parties[party];
        party.kind = kinds[random.below(kinds.len())];
        if random.below(5) == 0 {
            party.namespace = None;
        }
        if random.below(4) == 0 {
            party.detail = None;
        }
    }
    for _ in 0..if parties == 0 { 0 } else { connections } {
        let (from, to) = (random.below(parties), random.below(parties));
        let reason = reasons[random.below(reasons.len())];
        picture.declared(from, to, &["TCP 80"], reason, 1).state = states[random.below(states.len())];
    }
    picture.finish()
}

/// Numbers that look like chance and are the same everywhere (a linear congruential generator).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % end.max(1)
    }
}

struct Builder {
    picture: Picture,
}

impl Builder {
    fn new(title: &str) -> Builder {
        Builder { picture: Picture { title: title.to_owned(), ..Picture::default() } }
    }

    fn application(&mut self, namespace: &str, name: &str, detail: &str, wave: usize, line: usize) -> usize {
        self.party(Party {
            id: format!("{namespace}/{name}"),
            name: name.to_owned(),
            namespace: Some(namespace.to_owned()),
            kind: PartyKind::Application,
            detail: Some(detail.to_owned()),
            wave: Some(wave),
            place: Some(at(line)),
        })
    }

    fn workload(&mut self, namespace: &str, name: &str, detail: &str) -> usize {
        let party = self.application(namespace, name, detail, 0, 50);
        let added = &mut self.picture.parties[party];
        (added.kind, added.wave) = (PartyKind::Workload, None);
        party
    }

    fn outside(&mut self, kind: PartyKind, name: &str, namespace: Option<&str>) -> usize {
        let id = format!("{kind:?} {name}").to_lowercase();
        let namespace = namespace.map(str::to_owned);
        self.party(Party { id, name: name.to_owned(), namespace, kind, detail: None, wave: None, place: None })
    }

    fn party(&mut self, party: Party) -> usize {
        self.picture.parties.push(party);
        self.picture.parties.len() - 1
    }

    fn declared(&mut self, from: usize, to: usize, ports: &[&str], kind: ReasonKind, line: usize) -> &mut Connection {
        let [source, target] = [from, to].map(|party| self.picture.parties[party].name.clone());
        let words = match kind {
            ReasonKind::Dependency => format!("{source} depends on {target}"),
            ReasonKind::Dns => format!("{source} asks for names"),
            ReasonKind::Monitoring => format!("{target} has metrics"),
            ReasonKind::Expose => format!("{target} is exposed"),
            _ => format!("{source} may connect to {target}"),
        };
        let reason = Reason { kind, words, place: Some(at(line)) };
        let connection = self.found(from, to, ports, State::Proved);
        connection.reasons.push(reason);
        connection
    }

    fn found(&mut self, from: usize, to: usize, ports: &[&str], state: State) -> &mut Connection {
        let policy = |party: usize, direction: &str| {
            let party = &self.picture.parties[party];
            party.namespace.as_ref().map(|namespace| format!("{namespace}/{}-{direction}", party.name))
        };
        let policies = [policy(from, "egress"), policy(to, "ingress")].into_iter().flatten().collect();
        let ports = ports.iter().map(|port| (*port).to_owned()).collect();
        self.picture.connections.push(Connection { from, to, ports, reasons: Vec::new(), policies, state });
        self.picture.connections.last_mut().expect("it was just added")
    }

    /// The picture as it has to be: connections in order, at most one for each pair.
    fn finish(mut self) -> Picture {
        let connections = &mut self.picture.connections;
        connections.sort_by_key(|connection| (connection.from, connection.to));
        connections.dedup_by_key(|connection| (connection.from, connection.to));
        self.picture
    }
}

fn at(line: usize) -> Place {
    Place { file: "main.nxk".to_owned(), line, column: 5 }
}
