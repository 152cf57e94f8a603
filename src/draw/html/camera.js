// Which part of the drawing is seen, and how large.

const stage = byId("stage");
const world = byId("world");
const SIZE = { width: Number(drawing.dataset.width), height: Number(drawing.dataset.height) };
const camera = { x: 0, y: 0, scale: 1 };
// Whether the reader has moved: then a new size of the window changes nothing.
let moved = false;

function look() {
  world.setAttribute("transform", `translate(${camera.x} ${camera.y}) scale(${camera.scale})`);
  const far = camera.scale < 0.55;
  if (farSizes.length === 0) measureNames();
  world.classList.toggle("far", far);
  // The names of namespaces stay readable from far away.
  world.style.setProperty("--lane-size", `${Math.min(Math.max(13 / camera.scale, 13), 26)}px`);
}

// From far away a name has its box for itself, and is as large as that allows.
let farSizes = [];
function measureNames() {
  const size = (text, room, most) => Math.min(Math.max((13 * room) / Math.max(text.getComputedTextLength(), 1), 12), most);
  const names = boxes.map((box) => box.querySelector(".name"));
  farSizes = names.map((name, at) => size(name, boxes[at].querySelector("rect").width.baseVal.value - 26, 19));
  const lanes = [...drawing.querySelectorAll(".lane")];
  const laneSizes = lanes.map((lane) => size(lane.querySelector("text"), lane.querySelector("rect").width.baseVal.value - 24, 26));
  names.forEach((name, at) => {
    name.style.setProperty("--far-size", `${farSizes[at]}px`);
    name.style.setProperty("--far-shift", `${3 + farSizes[at] * 0.36}px`);
  });
  lanes.forEach((lane, at) => lane.style.setProperty("--lane-most", `${laneSizes[at]}px`));
}

const clampScale = (scale) => Math.min(Math.max(scale, 0.04), 3);

// Zooms so that what is at this point of the stage stays there.
function zoom(factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
  const scale = clampScale(camera.scale * factor);
  camera.x = x - ((x - camera.x) * scale) / camera.scale;
  camera.y = y - ((y - camera.y) * scale) / camera.scale;
  camera.scale = scale;
  moved = true;
  look();
}

function pan(dx, dy) {
  camera.x += dx;
  camera.y += dy;
  moved = true;
  look();
}

// Shows a rectangle of the drawing as large as it fits, and no larger than it is.
function fit(rect = { x: 0, y: 0, ...SIZE }) {
  const high = stage.clientHeight;
  const scaleFor = (wide) => clampScale(Math.min(wide / rect.width, high / rect.height, 1.15));
  // A drawing that reaches down to the buttons at the right leaves them their room.
  const low = rect.height * scaleFor(stage.clientWidth) > high - 300;
  const wide = stage.clientWidth - (low ? 56 : 0);
  camera.scale = scaleFor(wide);
  camera.x = (wide - rect.width * camera.scale) / 2 - rect.x * camera.scale;
  camera.y = (high - rect.height * camera.scale) / 2 - rect.y * camera.scale;
  look();
}

function fitAll() {
  fit();
  moved = false;
}

// Around some parties, with room.
function around(chosen) {
  const rects = chosen.map((at) => boxes[at].querySelector("rect").getBBox());
  const left = Math.min(...rects.map((rect) => rect.x)) - 40;
  const top = Math.min(...rects.map((rect) => rect.y)) - 50;
  const right = Math.max(...rects.map((rect) => rect.x + rect.width)) + 40;
  const bottom = Math.max(...rects.map((rect) => rect.y + rect.height)) + 40;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

// Moves as little as needed to have a party in sight and readable.
function bringIntoSight(at) {
  const rect = boxes[at].querySelector("rect").getBBox();
  if (!moved && camera.scale >= 0.35) return fit();
  if (camera.scale < 0.6) zoom(0.85 / camera.scale);
  const [x, y] = [camera.x + rect.x * camera.scale, camera.y + rect.y * camera.scale];
  const [wide, high] = [rect.width * camera.scale, rect.height * camera.scale];
  const room = Math.min(60, stage.clientWidth / 8, stage.clientHeight / 8);
  const shift = (from, size, all) => (from < room / 4 ? room - from : Math.min(0, all - room / 4 - from - size));
  const [dx, dy] = [shift(x, wide, stage.clientWidth), shift(y, high, stage.clientHeight)];
  if (dx !== 0 || dy !== 0) pan(dx, dy);
}

// Pointers: one drags, two zoom; a pointer that stays where it is clicks.
const pointers = new Map();
let dragged = false;

const onStage = (event) => {
  const { left, top } = stage.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
};

stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || event.target.closest(".zoom")) return;
  if (pointers.size === 0) dragged = false;
  pointers.set(event.pointerId, onStage(event));
});

stage.addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  if (before === undefined) return;
  const now = onStage(event);
  if (!dragged && Math.hypot(now.x - before.x, now.y - before.y) < 4 && pointers.size === 1) return;
  if (!dragged) {
    dragged = true;
    stage.setPointerCapture(event.pointerId);
    stage.classList.add("dragging");
  }
  const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
  if (other === undefined) {
    pan(now.x - before.x, now.y - before.y);
  } else {
    const apart = (point) => Math.max(Math.hypot(point.x - other.x, point.y - other.y), 1);
    pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    zoom(apart(now) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
  }
  pointers.set(event.pointerId, now);
});

for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
  stage.addEventListener(end, (event) => {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) stage.classList.remove("dragging");
  });
}

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  const unit = event.deltaMode === 0 ? 1 : 16;
  if (event.shiftKey) return pan(-(event.deltaX || event.deltaY) * unit, 0);
  const { x, y } = onStage(event);
  zoom(Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.0018)), x, y);
}, { passive: false });

byId("zoom-in").addEventListener("click", () => zoom(1.35));
byId("zoom-out").addEventListener("click", () => zoom(1 / 1.35));
byId("zoom-fit").addEventListener("click", fitAll);
new ResizeObserver(() => { if (!moved) fit(); }).observe(stage);

// On paper all of it is seen.
addEventListener("beforeprint", () => {
  drawing.setAttribute("viewBox", `0 0 ${SIZE.width} ${SIZE.height}`);
  world.removeAttribute("transform");
  world.classList.remove("far");
});
addEventListener("afterprint", () => {
  drawing.removeAttribute("viewBox");
  look();
});
drawing.removeAttribute("viewBox");
