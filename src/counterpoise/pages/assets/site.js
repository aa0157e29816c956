"use strict";
// What a page does beyond links: suggestions, sliders over stored or live answers, filters of tables.
(() => {
  const body = document.body;
  // The address changes with a slider, so what leads elsewhere is told in full.
  const root = new URL(body.dataset.root || "./", location.href).href;
  for (const link of document.querySelectorAll("link[rel=icon], .top a, .foot a")) link.href = link.href;
  const live = body.dataset.live === "yes";

  function loadIndex(then) {
    if (window.counterpoiseIndex) return then();
    const script = document.createElement("script");
    script.src = `${root}assets/index.js`;
    script.onload = then;
    document.head.append(script);
  }

  function page(path) {
    const [own, mark] = path.split("#");
    const place = own.split("/").map((part) => encodeURI(part)).join("/");
    return `${root}${place ? place + "/" : ""}index.html${mark ? "#" + encodeURI(mark) : ""}`;
  }

  const field = document.getElementById("search");
  const list = document.getElementById("found");
  const { clear: isClear, folded } = window.counterpoiseSuggest;
  let chosen = -1, clear = false;

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
    clear = isClear(found);
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
  // Enter opens what is chosen, or what is clearly meant; else it points to the first, to be seen.
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (chosen < 0 && !clear) return choose(1);
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

  // Another answer in this one's place: address, answer, files and controls but the one in hand.
  async function show(path, wanted, inHand) {
    const address = page(path);
    const reply = await fetch(address);
    const found = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = found.getElementById("answer");
    if (!wanted()) return true;
    if (!fresh) return false;
    history.replaceState(null, "", address);
    body.dataset.path = found.body.dataset.path;
    document.title = found.title;
    for (const other of found.querySelectorAll(".control")) {
      const old = document.querySelector(`.control[data-name="${CSS.escape(other.dataset.name)}"]`);
      if (!old) continue;
      if (old === inHand) {
        old.querySelector(".steps").replaceWith(other.querySelector(".steps"));
        old.querySelector("form input").value = other.querySelector("form input").value;
      } else {
        old.replaceWith(other);
        if (other.dataset.kind === "slider") slider(other);
      }
    }
    answer.replaceChildren(...fresh.childNodes);
    for (const part of [".more>summary", ".foot"]) {
      const other = found.querySelector(part);
      if (other) document.querySelector(part).replaceChildren(...other.childNodes);
    }
    citations();
    filterTables();
    const job = answer.querySelector("[data-job]");
    if (job) follow(job);
    return true;
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
      if (turn !== asked) return;
      const shown = await show(pathWith(name, value()), () => turn === asked, control);
      if (!shown) output.textContent = `${value()}: the server gives no answer; move it again`;
    });
    field.addEventListener("change", () => {
      const step = steps[field.value];
      if (!live && step.href) location.href = step.href;
    });
    tell();
    control.querySelector("p").after(field, output);
  }

  for (const control of document.querySelectorAll('.control[data-kind="slider"]')) slider(control);

  // A long table can be narrowed to the rows that hold all words typed; print shows them all.
  const LONG = 30;

  function filterTables() {
    answer.querySelectorAll("table").forEach((table, at) => {
      const rows = [...table.tBodies].flatMap((part) => [...part.rows]);
      if (rows.length < LONG) return;
      const texts = rows.map((row) => folded(row.textContent));
      const place = document.createElement("p");
      const label = document.createElement("label");
      const field = document.createElement("input");
      const told = document.createElement("output");
      place.className = "filter";
      field.type = "search";
      field.id = `filter-${at + 1}`;
      field.autocomplete = "off";
      label.htmlFor = told.htmlFor = field.id;
      label.textContent = "Filter rows";
      if (table.caption) {
        const what = document.createElement("span");
        what.className = "unseen";
        what.textContent = ` of the table “${table.caption.textContent}”`;
        label.append(what);
      }
      const tell = () => {
        const words = folded(field.value).split(/\s+/).filter(Boolean);
        const kept = texts.map((text) => words.every((word) => text.includes(word)));
        rows.forEach((row, index) => row.classList.toggle("left-out", !kept[index]));
        told.textContent = `${kept.filter(Boolean).length} of ${rows.length} rows`;
      };
      field.addEventListener("input", tell);
      place.append(label, " ", field, " ", told);
      tell();
      (table.closest(".scroll") || table).before(place);
    });
  }

  filterTables();

  // A link to a figure opens it, and all that it lies in.
  function openTarget() {
    const found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!found) return;
    for (let item = found; item; item = item.parentElement) {
      if (item.tagName === "DETAILS") item.open = true;
    }
    found.classList.remove("left-out");
    if (found.closest("details.opened")) found.scrollIntoView();
  }
  window.addEventListener("hashchange", openTarget);
  openTarget();

  // A citation can be copied.
  function citations() {
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
  }
  citations();

  // An answer that must be planned: start, follow, cancel.
  const job = document.querySelector("[data-job]");
  if (job && live) follow(job);

  function follow(place) {
    const button = document.createElement("button");
    const told = document.createElement("p");
    told.setAttribute("role", "status");
    button.textContent = "Run with my change";
    place.append(button, told);
    // A plan goes on while its page is left or read again.
    let ident = sessionStorage.getItem(place.dataset.job) || "";
    if (ident) poll();
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
      sessionStorage.setItem(place.dataset.job, ident);
      poll();
    });
    async function poll() {
      button.textContent = "Cancel";
      const reply = await fetch(`${root}api/jobs/${ident}`);
      const found = reply.ok ? await reply.json() : { state: "no longer known" };
      const line = (found.lines || []).at(-1) || "";
      told.textContent = found.state === "queued" ? `Waiting, place ${found.position} in the queue` : `${found.state}: ${line}`;
      if (found.state === "queued" || found.state === "running") return setTimeout(poll, 700);
      sessionStorage.removeItem(place.dataset.job);
      if (found.state === "done") return location.reload();
      ident = "";
      button.textContent = "Run with my change";
    }
  }
})();
