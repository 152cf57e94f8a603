// The same as text: one row for each connection that passes the filter.

const list = byId("list");
const asList = byId("as-list");
const MOST_ROWS = 500;

function row(at) {
  const connection = connections[at];
  const { from, to, reasons, policies, state } = connection;
  const why = reasons.map((reason) => shown(reason.words)).join("; ");
  const places = [...new Set(reasons.filter((reason) => reason.place !== undefined).map((reason) => placeOf(reason.place)))];
  const problem = isProblem(connection) ? [element("span", { class: `state ${state}` }, STATE_WORDS[state]), " "] : [];
  const policy = reasons.length === 0 && policies.length > 0 ? shown(policies.join(", ")) : "";
  return element("tr", { onclick: () => choose({ connection: at }) },
    element("td", {}, element("button", { type: "button", class: "party-link", onclick: (event) => {
      event.stopPropagation();
      choose({ party: from });
    } }, fullName(parties[from]))),
    element("td", {}, fullName(parties[to])),
    element("td", {}, portsOf(connection)),
    element("td", {}, ...problem, why, policy),
    element("td", {}, ...(places.length === 0 ? [] : [element("code", {}, places.join(", "))])));
}

function listChanged(most = MOST_ROWS) {
  if (list.hidden) return;
  const rows = passing.slice(0, most);
  byId("rows").replaceChildren(...rows.map(row));
  const end = byId("list-end");
  end.replaceChildren();
  if (passing.length === 0) end.append("No connection passes the filter.");
  if (passing.length > rows.length) {
    end.append(element("button", { type: "button", class: "button", onclick: () => listChanged(Infinity) },
      `Show the other ${passing.length - rows.length}`));
  }
}

function showList(on) {
  list.hidden = !on;
  byId("seen").hidden = on;
  asList.setAttribute("aria-pressed", String(on));
  listChanged();
  if (!on && !moved) fit();
}

asList.addEventListener("click", () => showList(list.hidden));
addEventListener("beforeprint", () => {
  if (list.hidden) {
    list.hidden = false;
    listChanged(Infinity);
    list.hidden = true;
  } else {
    listChanged(Infinity);
  }
});
