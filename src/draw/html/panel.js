// Beside the drawing: what is chosen, why it is there, and where that is written.

const panel = byId("panel");

function showPanel() {
  panel.hidden = choice === null;
  if (choice === null) return;
  panel.replaceChildren(
    element("button", { type: "button", class: "button close", "aria-label": "Close", title: "Close (Esc)", onclick: close }, "×"),
    ...(choice.party === undefined ? connectionPanel(connections[choice.connection]) : partyPanel(choice.party)),
  );
  panel.scrollTop = 0;
}

function close() {
  choose(null);
  stage.focus({ preventScroll: true });
}

const soft = (text) => element("p", { class: "soft" }, text);
const stateOf = (state) => element("span", { class: `state ${state}` }, STATE_WORDS[state]);

// A part of the panel, if there is something in it.
const part = (title, items) => (items.length === 0 ? [] : [element("h3", {}, title), element("ul", {}, ...items)]);

function partyPanel(at) {
  const party = parties[at];
  const where = party.namespace === undefined ? "" : `, namespace ${shown(party.namespace)}`;
  const about = [soft(PARTY_WORDS[party.kind] + where)];
  if (party.detail !== undefined) about.push(soft(shown(party.detail)));
  if (party.wave !== undefined) about.push(soft(`Starts in wave ${party.wave}${party.wave === 0 ? ": it needs nobody" : ""}`));
  if (party.place !== undefined) about.push(element("p", {}, element("code", {}, placeOf(party.place))));
  const mine = connectionsOf[at];
  const outwards = mine.filter((one) => connections[one].from === at);
  const inwards = mine.filter((one) => connections[one].to === at);
  const nobody = mine.length === 0 ? [soft("Nobody connects to it, and it connects to nobody.")] : [];
  return [
    element("h2", {}, shown(party.name)), ...about, ...nobody,
    ...part(`Connects to (${outwards.length})`, outwards.map((one) => connectionRow(one, connections[one].to))),
    ...part(`Reached by (${inwards.length})`, inwards.map((one) => connectionRow(one, connections[one].from))),
  ];
}

function connectionRow(connection, other) {
  const { state } = connections[connection];
  const problem = isProblem(connections[connection]) ? [" ", element("span", { class: `state ${state}` }, state)] : [];
  return element("li", {}, element("button", { type: "button", class: "row", onclick: () => choose({ connection }) },
    fullName(parties[other]), ...problem, element("small", {}, portsOf(connections[connection]))));
}

function connectionPanel({ from, to, ports, reasons, policies, state }) {
  const end = (party) => element("button", { type: "button", class: "party-link", onclick: () => {
    choose({ party });
    bringIntoSight(party);
  } }, fullName(parties[party]));
  const reason = ({ kind, words, place }) => element("li", {}, shown(words),
    element("small", {}, REASON_WORDS[kind], ...(place === undefined ? [] : [", ", element("code", {}, placeOf(place))])));
  const code = (text) => element("li", {}, element("code", {}, shown(text)));
  return [
    element("div", { class: "way" }, element("span", { class: "soft" }, "from"), end(from),
      element("span", { class: "soft" }, "to"), end(to)),
    stateOf(state),
    ...part("Ports", ports.map((port) => element("li", {}, port === "all" ? "all ports" : shown(port)))),
    ...part("Because", reasons.map(reason)),
    ...(reasons.length === 0 ? [element("h3", {}, "Because"), soft("Nobody declares it.")] : []),
    ...part(policies.length === 1 ? "Policy" : "Policies", policies.map(code)),
  ];
}
