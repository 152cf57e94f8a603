// Finding a party by what is known of it.

const search = byId("search");
const hits = byId("hits");
const MOST_HITS = 12;
let marked = 0;

const texts = parties.map((party) => {
  const all = [party.name, party.namespace, party.id, party.detail, PARTY_WORDS[party.kind]];
  return all.filter((text) => text !== undefined).join("\n").toLowerCase();
});

// Those with all words; first those whose name begins with the first, then those whose name has it.
function find(question) {
  const words = question.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return [];
  const rank = (at) => {
    const place = parties[at].name.toLowerCase().indexOf(words[0]);
    return place === 0 ? 0 : place > 0 ? 1 : 2;
  };
  const found = parties.map((_, at) => at).filter((at) => words.every((word) => texts[at].includes(word)));
  return found.sort((one, other) => rank(one) - rank(other) || one - other);
}

function offer() {
  const found = find(search.value);
  const open = search.value.trim() !== "" && document.activeElement === search;
  marked = 0;
  const hit = (at, number) => element("li", { id: `hit-${number}`, role: "option", "data-hit": at, onpointerdown: (event) => {
    event.preventDefault();
    go(at);
  } }, shown(parties[at].name), element("small", {}, [PARTY_WORDS[parties[at].kind], parties[at].namespace]
    .filter((text) => text !== undefined).map(shown).join(", ")));
  const more = found.length > MOST_HITS ? [element("li", { class: "none" }, `${found.length - MOST_HITS} more`)] : [];
  const none = found.length === 0 ? [element("li", { class: "none" }, "Nothing is called that")] : [];
  hits.replaceChildren(...found.slice(0, MOST_HITS).map(hit), ...more, ...none);
  hits.hidden = !open;
  search.setAttribute("aria-expanded", String(open));
  mark();
}

function mark() {
  const offered = [...hits.querySelectorAll("[data-hit]")];
  offered.forEach((hit, number) => hit.setAttribute("aria-selected", String(number === marked)));
  offered[marked]?.scrollIntoView({ block: "nearest" });
  if (offered[marked] === undefined) search.removeAttribute("aria-activedescendant");
  else search.setAttribute("aria-activedescendant", offered[marked].id);
}

function go(party) {
  search.value = "";
  offer();
  choose({ party });
  if (list.hidden) bringIntoSight(party);
  stage.focus({ preventScroll: true });
  setCursor(party);
}

search.addEventListener("input", offer);
search.addEventListener("focus", offer);
search.addEventListener("blur", offer);
search.addEventListener("keydown", (event) => {
  const offered = [...hits.querySelectorAll("[data-hit]")];
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    if (offered.length > 0) marked = (marked + step + offered.length) % offered.length;
    mark();
  } else if (event.key === "Enter" && offered[marked] !== undefined) {
    go(Number(offered[marked].dataset.hit));
  } else if (event.key === "Escape") {
    search.value = "";
    stage.focus({ preventScroll: true });
  }
});
