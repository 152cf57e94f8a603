// What is shown, and what is chosen.

const filter = { kinds: new Set(), namespace: "", problems: false };
// `null`, `{ party }` or `{ connection }`.
let choice = null;

const passes = (at) => {
  const connection = connections[at];
  if (filter.problems && !isProblem(connection)) return false;
  const { from, to } = connection;
  const inside = (party) => parties[party].namespace === filter.namespace && (ofConfiguration(parties[party]) || parties[party].kind === "pods");
  if (filter.namespace !== "" && !inside(from) && !inside(to)) return false;
  return isProblem(connection) || reasonKinds[at].some((kind) => filter.kinds.has(kind));
};

const isChosen = (at) =>
  choice !== null &&
  (choice.connection === at || connections[at].from === choice.party || connections[at].to === choice.party);

// The connections that pass the filter.
let passing = [];

function refresh() {
  const limited = filter.namespace !== "" || filter.problems;
  const seen = new Set();
  const chosen = new Set();
  passing = [];
  connections.forEach((connection, at) => {
    const passed = passes(at);
    const mine = isChosen(at);
    if (passed) {
      passing.push(at);
      seen.add(connection.from).add(connection.to);
    }
    if (mine) chosen.add(connection.from).add(connection.to);
    const { classList } = lines[at];
    classList.toggle("shown", passed || mine);
    classList.toggle("gone", !passed && !mine);
    classList.toggle("chosen", mine);
    classList.toggle("main", choice?.connection === at);
    const text = portTexts[at];
    text?.classList.toggle("gone", !passed && !mine);
    text?.classList.toggle("chosen", mine);
  });
  if (choice?.party !== undefined) chosen.add(choice.party);
  parties.forEach((party, at) => {
    const { classList } = boxes[at];
    const here = !filter.problems && party.namespace === filter.namespace && ofConfiguration(party);
    classList.toggle("gone", limited && !here && !seen.has(at) && !chosen.has(at));
    classList.toggle("chosen", chosen.has(at));
    classList.toggle("main", choice?.party === at);
  });
  drawing.classList.toggle("choosing", choice !== null);
}

function choose(next) {
  choice = next;
  refresh();
  showPanel();
  const address = addressOf(next);
  if (normalAddress(location.hash.slice(1)) !== address) {
    history.replaceState(null, "", address === "" ? location.pathname + location.search : `#${address}`);
  }
}

// One box for each kind of reason that there is; what is background is off at first. What is not as it is declared is
// shown always.
function offerKinds() {
  const counts = new Map();
  const background = new Map();
  reasonKinds.forEach((kinds, at) => isProblem(connections[at]) || kinds.forEach((kind) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (isBackground(at)) background.set(kind, (background.get(kind) ?? 0) + 1);
  }));
  for (const kind of Object.keys(REASON_WORDS).filter((kind) => counts.has(kind))) {
    const on = background.get(kind) !== counts.get(kind);
    if (on) filter.kinds.add(kind);
    const box = element("input", { type: "checkbox", value: kind, onchange: () => {
      if (box.checked) filter.kinds.add(kind);
      else filter.kinds.delete(kind);
      changed();
    } });
    box.checked = on;
    byId("kinds").append(element("label", {}, box, element("span", {}, REASON_WORDS[kind]),
      element("output", {}, String(counts.get(kind)))));
  }
  byId("show").hidden = counts.size === 0;
}

function offerNamespaces() {
  const counts = new Map();
  parties.filter(ofConfiguration).forEach(({ namespace }) => {
    if (namespace !== undefined) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  });
  const select = byId("namespace");
  for (const [namespace, count] of [...counts].sort(([one], [other]) => (one < other ? -1 : 1))) {
    select.append(element("option", { value: namespace }, `${shown(namespace)} (${count})`));
  }
  select.hidden = counts.size < 2;
  select.addEventListener("change", () => {
    filter.namespace = select.value;
    changed();
    const here = parties.flatMap((party, at) => (party.namespace === filter.namespace && ofConfiguration(party) ? [at] : []));
    if (here.length > 0) fit(around(here));
    else fitAll();
  });
}

function offerProblems() {
  const count = connections.filter(isProblem).length;
  const button = byId("problems");
  button.hidden = count === 0;
  button.textContent = count === 1 ? "1 finding" : `${count} findings`;
  button.title = "Connections that are not as they are declared";
  button.addEventListener("click", () => {
    filter.problems = !filter.problems;
    button.setAttribute("aria-pressed", String(filter.problems));
    changed();
  });
}

function changed() {
  refresh();
  listChanged();
  byId("said").textContent = passing.length === 1 ? "1 connection" : `${passing.length} connections`;
}
