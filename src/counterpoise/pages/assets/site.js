"use strict";
// What a page does beyond links: suggestions, sliders over stored or live answers, closing of menus.
(() => {
  const body = document.body;
  const root = body.dataset.root;
  const live = body.dataset.live === "yes";

  function loadIndex(then) {
    if (window.counterpoiseIndex) return then();
    const script = document.createElement("script");
    script.src = `${root}assets/index.js`;
    script.onload = then;
    document.head.append(script);
  }

  function page(path) {
    const place = path.split("/").map((part) => encodeURI(part)).join("/");
    return `${root}${place ? place + "/" : ""}index.html`;
  }

  const field = document.getElementById("search");
  const list = document.getElementById("found");
  let chosen = -1;

  function close() {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    chosen = -1;
  }

  function suggest() {
    const found = window.counterpoiseSuggest(window.counterpoiseIndex, field.value);
    list.replaceChildren(
      ...found.map((item, at) => {
        const line = document.createElement("li");
        line.id = `found-${at}`;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        line.dataset.path = item.path;
        const kind = document.createElement("small");
        kind.textContent = item.kind;
        line.append(item.text, kind);
        line.addEventListener("mousedown", () => { location.href = page(item.path); });
        return line;
      }),
    );
    chosen = -1;
    list.hidden = found.length === 0;
    field.setAttribute("aria-expanded", String(found.length > 0));
  }

  function choose(step) {
    const lines = list.children;
    if (!lines.length) return;
    if (chosen >= 0) lines[chosen].setAttribute("aria-selected", "false");
    chosen = (chosen + step + lines.length) % lines.length;
    lines[chosen].setAttribute("aria-selected", "true");
    lines[chosen].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", lines[chosen].id);
  }

  field.addEventListener("input", () => loadIndex(suggest));
  field.addEventListener("focus", () => loadIndex(() => field.value && suggest()));
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const line = list.children[Math.max(chosen, 0)];
    if (line && !list.hidden) location.href = page(line.dataset.path);
  });

  // One menu open at a time; Escape and a click elsewhere close it.
  const menus = [...document.querySelectorAll(".menu, .setting")];
  function shut(except) {
    for (const menu of menus) if (menu !== except) menu.open = false;
  }
  document.addEventListener("click", (event) => shut(event.target.closest(".menu, .setting")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = menus.find((menu) => menu.open);
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });

  // A link to a figure opens it.
  function openTarget() {
    const found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (found && found.tagName === "DETAILS") { found.open = true; found.scrollIntoView(); }
  }
  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
