(() => {
  "use strict";
  const tools = document.getElementById("tools");
  const rows = [...document.querySelectorAll("tr[data-status]")];
  const details = () => [...document.querySelectorAll(".demand details")];
  const filter = () => {
    const shown = new Set([...tools.querySelectorAll("input:checked")].map((box) => box.value));
    for (const row of rows) row.hidden = !shown.has(row.dataset.status);
  };
  tools.addEventListener("change", filter);
  tools.querySelector("#open").addEventListener("click", () => details().forEach((one) => { one.open = true; }));
  tools.querySelector("#close").addEventListener("click", () => details().forEach((one) => { one.open = false; }));
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", reveal);
  tools.hidden = false;
  filter();
  reveal();
})();
