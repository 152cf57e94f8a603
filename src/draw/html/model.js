// The picture, its elements in the drawing, and the words for what is in it.

const byId = (id) => document.getElementById(id);
const { parties, connections } = JSON.parse(byId("picture").textContent);
const drawing = byId("drawing");
const boxes = [...drawing.querySelectorAll("[data-p]")];
const lines = [];
for (const line of drawing.querySelectorAll(".edge[data-c]")) lines[Number(line.dataset.c)] = line;
const portTexts = [];
for (const text of drawing.querySelectorAll(".ports [data-c]")) portTexts[Number(text.dataset.c)] = text;

const PARTY_WORDS = {
  application: "application", workload: "workload", pods: "other pods", ingressController: "ingress controller",
  monitoring: "monitoring", dns: "DNS", collector: "collector of traces", apiServer: "API server",
  network: "network", host: "host", everybody: "everybody",
};
const REASON_WORDS = {
  dependency: "dependencies", expose: "expose", egress: "egress", allowFrom: "allowFrom", webhook: "webhooks",
  monitoring: "monitoring", tracing: "tracing", dns: "DNS", everybody: "open to or from everybody",
  none: "no declaration",
};
const STATE_WORDS = {
  proved: "declared, and proved to be open", undeclared: "open, but nobody declares it",
  closed: "declared, but the policies close it", open: "open, and not proved",
};
const BACKGROUND_REASON = { monitoring: "monitoring", dns: "dns", collector: "tracing", everybody: "everybody" };

// The same as in the drawing: what would turn the writing direction or not be seen is written out.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const shown = (text) => text.replace(UNSEEN, (one) => `\\u{${one.codePointAt(0).toString(16)}}`);

const ofConfiguration = (party) => party.kind === "application" || party.kind === "workload";
const fullName = (party) =>
  shown(party.namespace !== undefined && ofConfiguration(party) ? `${party.namespace}/${party.name}` : party.name);
const portsOf = (connection) =>
  connection.ports.length === 0 ? "no port" : shown(connection.ports.join(", ")).replace(/^all$/, "all ports");
const placeOf = (place) => shown(`${place.file}:${place.line}`);
const isProblem = (connection) => connection.state === "undeclared" || connection.state === "closed";
const isBackground = (at) => lines[at].classList.contains("background");

// Which kinds of reasons a connection has; one that is background without any has those of whom it is shared with.
const reasonKinds = connections.map(({ from, to, reasons }, at) => {
  if (reasons.length > 0) return [...new Set(reasons.map((reason) => reason.kind))];
  if (!isBackground(at)) return ["none"];
  return [BACKGROUND_REASON[parties[to].kind] ?? BACKGROUND_REASON[parties[from].kind] ?? "none"];
});

// For each party the connections that begin or end at it.
const connectionsOf = parties.map(() => []);
connections.forEach(({ from, to }, at) => {
  connectionsOf[from].push(at);
  if (to !== from) connectionsOf[to].push(at);
});

// A place in the drawing, for addresses: `shop/web`, or `shop/web>shop/api`.
const encoded = (id) => encodeURIComponent(id).replaceAll("%2F", "/");
const addressOf = (choice) => {
  if (choice === null) return "";
  if (choice.party !== undefined) return encoded(parties[choice.party].id);
  const { from, to } = connections[choice.connection];
  return `${encoded(parties[from].id)}>${encoded(parties[to].id)}`;
};
// The same however a browser or a person has written it.
const normalAddress = (address) => {
  try {
    return address.replaceAll(/%3e/gi, ">").split(">").map((id) => encoded(decodeURIComponent(id))).join(">");
  } catch {
    return address;
  }
};
const addresses = new Map();
connections.forEach((_, connection) => addresses.set(addressOf({ connection }), { connection }));
parties.forEach((_, party) => addresses.set(addressOf({ party }), { party }));

// An element with attributes and children; text stays text.
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
