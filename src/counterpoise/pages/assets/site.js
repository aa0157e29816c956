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

  // Steps of a number become a slider: over stored answers, or over any value where a server answers.
  const answer = document.getElementById("answer");

  async function show(path) {
    const reply = await fetch(page(path));
    const text = await reply.text();
    const found = new DOMParser().parseFromString(text, "text/html");
    const fresh = found.getElementById("answer");
    if (fresh) answer.replaceChildren(...fresh.childNodes);
    const job = answer.querySelector("[data-job]");
    if (job) follow(job);
    return Boolean(fresh);
  }

  function pathWith(name, value) {
    const parts = body.dataset.path.split("/").filter((part) => !part.startsWith(`${name}=`));
    return [...parts, `${name}=${value}`].join("/");
  }

  function slider(control) {
    const steps = [...control.querySelectorAll(".steps [data-value]")];
    if (steps.length < 3) return;
    const { name, low, high, whole } = control.dataset;
    const field = document.createElement("input");
    const output = document.createElement("output");
    const at = steps.findIndex((step) => step.hasAttribute("aria-current"));
    field.type = "range";
    field.setAttribute("aria-label", control.querySelector("strong").textContent);
    field.min = live ? low : 0;
    field.max = live ? high : steps.length - 1;
    field.step = live && !whole ? "any" : 1;
    field.value = live ? steps[at].dataset.value : at;
    const free = () => String(whole ? field.value : Number(Number(field.value).toPrecision(3)));
    const value = () => (live ? free() : steps[field.value].dataset.value);
    const tell = () => { output.textContent = value(); field.setAttribute("aria-valuetext", value()); };
    let asked = 0;
    field.addEventListener("input", async () => {
      tell();
      if (!live) return;
      const turn = ++asked;
      await new Promise((done) => setTimeout(done, 60));
      if (turn === asked) await show(pathWith(name, value()));
    });
    field.addEventListener("change", () => {
      const step = steps[field.value];
      if (!live && step.href) location.href = step.href;
    });
    tell();
    control.querySelector("p").after(field, output);
  }

  for (const control of document.querySelectorAll('.control[data-kind="slider"]')) slider(control);

  // A link to a figure opens it, and all that it lies in.
  function openTarget() {
    const found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!found) return;
    for (let item = found; item; item = item.parentElement) {
      if (item.tagName === "DETAILS") item.open = true;
    }
    if (found.closest("details.opened")) found.scrollIntoView();
  }
  window.addEventListener("hashchange", openTarget);
  openTarget();

  // A citation can be copied.
  for (const line of document.querySelectorAll(".citation")) {
    const button = document.createElement("button");
    button.className = "quiet";
    button.textContent = "Copy citation";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(line.firstChild.textContent);
      button.textContent = "Copied";
    });
    line.append(" ", button);
  }

  // An answer that must be planned: start, follow, cancel.
  const job = document.querySelector("[data-job]");
  if (job && live) follow(job);

  function follow(place) {
    const button = document.createElement("button");
    const told = document.createElement("p");
    told.setAttribute("role", "status");
    button.textContent = "Run with my change";
    place.append(button, told);
    let ident = "";
    button.addEventListener("click", async () => {
      if (ident) {
        await fetch(`${root}api/jobs/${ident}`, { method: "DELETE" });
        return;
      }
      const reply = await fetch(`${root}api/jobs`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ path: place.dataset.job }),
      });
      const found = await reply.json();
      if (!reply.ok) {
        told.textContent = (found.problems || []).map((item) => `${item.expected}; ${item.remedy}`).join(". ");
        return;
      }
      ident = found.id;
      button.textContent = "Cancel";
      poll();
    });
    async function poll() {
      const found = await (await fetch(`${root}api/jobs/${ident}`)).json();
      const line = (found.lines || []).at(-1) || "";
      told.textContent = found.state === "queued" ? `Waiting, place ${found.position} in the queue` : `${found.state}: ${line}`;
      if (found.state === "done") location.reload();
      else if (found.state === "queued" || found.state === "running") setTimeout(poll, 700);
      else { ident = ""; button.textContent = "Run with my change"; }
    }
  }
})();
