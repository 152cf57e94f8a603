// Hands, keys and addresses: how the reader gets to something.

// The point itself, then rings around it.
const NEARBY = [[0, 0]];
for (const radius of [2, 4, 6]) {
  for (let eighth = 0; eighth < 8; eighth += 1) {
    NEARBY.push([radius * Math.cos((eighth * Math.PI) / 4), radius * Math.sin((eighth * Math.PI) / 4)]);
  }
}

// What is under a point of the window; lines are thin, so one nearby will do.
function under(x, y) {
  for (const [dx, dy] of NEARBY) {
    const hit = document.elementFromPoint(x + dx, y + dy)?.closest("#drawing [data-p], #drawing [data-c]");
    if (hit?.dataset.p !== undefined) return { party: Number(hit.dataset.p) };
    if (hit?.dataset.c !== undefined) return { connection: Number(hit.dataset.c) };
  }
  return null;
}

stage.addEventListener("click", (event) => {
  if (dragged || event.target.closest(".zoom")) return;
  choose(under(event.clientX, event.clientY));
  setCursor(choice?.party);
});

// What the pointer is over is brought out, with its lines.
let over = [];
function highlight(found) {
  over.forEach((one) => one.classList.remove("over"));
  const lit = found?.party === undefined ? [] : connectionsOf[found.party].map((at) => lines[at]);
  over = found === null ? [] : [found.party === undefined ? lines[found.connection] : boxes[found.party], ...lit];
  over.forEach((one) => one.classList.add("over"));
  stage.classList.toggle("over", found !== null);
}
let waiting = false;
stage.addEventListener("pointermove", (event) => {
  if (event.pointerType !== "mouse" || waiting || pointers.size > 0) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    highlight(under(event.clientX, event.clientY));
  });
});
stage.addEventListener("pointerleave", () => highlight(null));

// The party that keys go from.
let cursor;
function setCursor(at) {
  if (cursor !== undefined) boxes[cursor].classList.remove("cursor");
  cursor = at;
  if (at !== undefined) boxes[at].classList.add("cursor");
}

// The nearest party in a direction: as straight ahead as possible.
function ahead(dx, dy) {
  const middle = (at) => {
    const { x, y, width, height } = boxes[at].querySelector("rect").getBBox();
    return [x + width / 2, y + height / 2];
  };
  if (cursor === undefined) return parties.length > 0 ? (choice?.party ?? 0) : undefined;
  const [x, y] = middle(cursor);
  let best;
  parties.forEach((_, at) => {
    if (at === cursor || boxes[at].classList.contains("gone")) return;
    const [toX, toY] = middle(at);
    const along = (toX - x) * dx + (toY - y) * dy;
    const aside = Math.abs((toX - x) * dy) + Math.abs((toY - y) * dx);
    const cost = along + 2.5 * aside;
    if (along > 1 && (best === undefined || cost < best.cost)) best = { at, cost };
  });
  return best?.at;
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ZOOMS = { "+": () => zoom(1.35), "=": () => zoom(1.35), "-": () => zoom(1 / 1.35), 0: fitAll };

function stageKey(event) {
  const arrow = ARROWS[event.key];
  if (arrow !== undefined && event.shiftKey) {
    pan(-60 * arrow[0], -60 * arrow[1]);
  } else if (arrow !== undefined) {
    const next = ahead(...arrow);
    if (next !== undefined) {
      setCursor(next);
      bringIntoSight(next);
      byId("said").textContent = `${fullName(parties[next])}, ${PARTY_WORDS[parties[next].kind]}`;
    }
  } else if (event.key === "Enter" && cursor !== undefined) {
    choose({ party: cursor });
    panel.focus({ preventScroll: true });
  } else if (ZOOMS[event.key] !== undefined) {
    ZOOMS[event.key]();
  } else {
    return;
  }
  event.preventDefault();
}

stage.addEventListener("keydown", (event) => {
  if (event.target === stage && !event.ctrlKey && !event.metaKey && !event.altKey) stageKey(event);
});

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && byId("show").open) {
    byId("show").open = false;
    byId("show").querySelector("summary").focus();
  } else if (event.key === "Escape" && !typing && choice !== null) {
    close();
  }
});

// The menu closes when something else is clicked.
addEventListener("pointerdown", (event) => {
  if (!event.target.closest("#show")) byId("show").open = false;
});

// `#shop/web` shows a party, `#shop/web>shop/api` a connection.
function follow() {
  const wanted = location.hash.slice(1);
  const found = addresses.get(normalAddress(wanted)) ?? null;
  if (wanted !== "" && found === null) return;
  choose(found);
  if (found !== null) bringIntoSight(found.party ?? connections[found.connection].from);
}

offerKinds();
offerNamespaces();
offerProblems();
if (matchMedia("(max-width: 760px)").matches) byId("legend")?.removeAttribute("open");
refresh();
fitAll();
follow();
addEventListener("hashchange", follow);
