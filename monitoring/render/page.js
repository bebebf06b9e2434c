// What the page does beyond showing: the theme, one minute over all charts and alarms, a search over patterns, keys, and on a live page the
// news. Nothing here decides what is wrong: that is what the page was written with.
"use strict";
const root = document.documentElement;
const by = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const DASH = "\u2014";

// --- the theme

function theme(name) {
  root.dataset.theme = name;
  by("theme").textContent = `Theme: ${name}`;
  try { localStorage.setItem("theme", name); } catch { /* a file that is opened may keep nothing */ }
}
const other = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark" ? "light" : "dark";
try { const kept = localStorage.getItem("theme"); if (kept) theme(kept); } catch { /* the system's */ }

// --- one minute over all charts and alarms

let page, plots, bars, readouts, answers, alarms, shown, latest;
let at = null;

function read() {
  page = JSON.parse(by("span").textContent);
  shown = by("when").textContent;
  latest = by("latest")?.getAttribute("aria-current") ? by("latest") : null;
  plots = all(".plot");
  bars = all(".tl u");
  readouts = all("[data-values]").map((element) => ({ element, now: element.textContent, values: element.dataset.values.split(" "), step: Number(element.dataset.step), first: Number(element.dataset.first) }));
  answers = all("[data-answer]").map((element) => ({ element, now: element.textContent, section: element.closest("section"), spans: element.dataset.spans && JSON.parse(element.dataset.spans) }));
  alarms = all(".al").map((element) => ({ element, state: element.querySelector("[data-state]"), now: element.querySelector("[data-state]").textContent, span: JSON.parse(element.dataset.span) }));
  root.style.setProperty("--head", `${document.querySelector("header").offsetHeight}px`);
}

const clock = (minute) => new Date(page.start + minute * 60000).toISOString().slice(11, 16);
const within = ([since, until]) => since <= at && at < until;

function show(minute) {
  at = minute === null ? null : Math.max(0, Math.min(page.minutes - 1, minute));
  const share = (at + 0.5) / page.minutes;
  for (const mark of [...plots, ...bars]) {
    const line = mark.matches("u") ? mark : mark.lastElementChild;
    line.classList.toggle("on", at !== null);
    line.style.setProperty("--x", share);
  }
  for (const { element, now, values, step, first } of readouts) element.textContent = at === null ? now : (values[Math.floor((at - first) / step)] ?? DASH);
  for (const { element, state, now, span } of alarms) {
    state.textContent = at === null ? now : within(span) ? "Open" : "OK";
    element.classList.toggle("then", at !== null && within(span));
    element.classList.toggle("not-then", at !== null && !within(span));
  }
  for (const each of answers) each.element.textContent = at === null ? each.now : answer(each);
  const when = by("when");
  when.textContent = at === null ? shown : `${clock(at)} UTC`;
  when.classList.toggle("at", at !== null);
  if (at === null) latest?.setAttribute("aria-current", "true"); else latest?.removeAttribute("aria-current");
}

function answer({ now, section, spans }) {
  if (section.id === "now") {
    const counts = ["page", "ticket", "info"].map((severity) => [alarms.filter((each) => each.element.dataset.severity === severity && within(each.span)).length, severity]).filter(([count]) => count);
    return `At ${clock(at)}: ${counts.map(([count, severity]) => `${count} ${severity}${count > 1 ? "s" : ""}`).join(", ") || "nothing"} open.`;
  }
  if (spans === undefined) return now;
  const open = [...new Set(spans.filter(within).map(([, , clause]) => clause))];
  if (open.length) return `At ${clock(at)}, yes: ${open.slice(0, 2).join(", ")}${open.length > 2 ? ` and ${open.length - 2} more` : ""}.`;
  const sizes = all("[data-limit]", section).map(({ textContent, dataset }) => ({ share: Number(textContent.replaceAll(",", "")) / Number(dataset.limit), textContent, dataset }));
  const nearest = sizes.filter(({ share }) => share > 0).sort((one, another) => another.share - one.share)[0];
  if (!nearest) return `At ${clock(at)}, no.`;
  const { name, limit, unit } = nearest.dataset;
  return `At ${clock(at)}, no. Nearest to its alarm: ${name}, ${nearest.textContent} of ${limit}${unit.startsWith("%") ? "" : " "}${unit}.`;
}

function pointed(event) {
  const plot = event.target.closest?.(".plot");
  if (!plot) return;
  const box = plot.getBoundingClientRect();
  const style = getComputedStyle(plot);
  const left = parseFloat(style.paddingLeft);
  const share = (event.clientX - box.left - left) / (box.width - left - parseFloat(style.paddingRight));
  show(share < 0 || share > 1 ? null : Math.floor(share * page.minutes));
}
document.addEventListener("pointermove", pointed);
document.addEventListener("pointerdown", pointed);
document.addEventListener("pointerout", (event) => { if (event.target.closest?.(".plot") && !event.relatedTarget?.closest?.(".plot")) show(null); });
document.addEventListener("focusout", (event) => { if (event.target.closest?.(".plot")) show(null); });

function onChart(event, plot) {
  const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
  const jump = { Home: 0, End: page.minutes - 1 }[event.key];
  if (event.key === "Escape") show(null);
  else if (step === undefined && jump === undefined) return false;
  else show(jump ?? (at ?? page.minutes) + step);
  event.preventDefault();
  plot.setAttribute("aria-valuenow", at ?? page.minutes - 1);
  plot.setAttribute("aria-valuetext", `${by("when").textContent}: ${all(".leg > span", plot.closest("figure")).map((entry) => entry.textContent.trim()).join("; ")}`);
  return true;
}

// --- patterns

function find() {
  const words = by("find")?.value.trim().toLowerCase() ?? "";
  const rows = all("[data-words]");
  for (const row of rows) row.hidden = !words.split(/\s+/).every((word) => row.dataset.words.includes(word));
  if (by("found")) by("found").textContent = words ? `${rows.filter((row) => !row.hidden).length} of ${rows.length}` : "";
}
document.addEventListener("input", (event) => { if (event.target.id === "find") find(); });

// --- news

let timer = null;
let asked = 0;
let paused = false;
const opened = () => new Map(all(".al.open").map((element) => [element.querySelector(".nm b").textContent, element]));

async function load(address) {
  const mine = ++asked;
  clearTimeout(timer);
  const slow = setTimeout(() => root.classList.add("loading"), 300);
  by("controls").setAttribute("aria-busy", "true");
  try {
    const answered = await fetch(address || "?", { headers: { accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answered.text(), "text/html");
    if (mine !== asked) return;
    if (!answered.ok || !fresh.querySelector("main")) throw new Error(fresh.body.textContent.trim() || `HTTP ${answered.status}`);
    swap(fresh);
  } catch (error) {
    if (mine === asked) failed(error.message);
  } finally {
    clearTimeout(slow);
    if (mine === asked) {
      root.classList.remove("loading");
      by("controls").removeAttribute("aria-busy");
      again();
    }
  }
}

function failed(why) {
  const words = `Could not load news (${why}). What you see was loaded at ${loaded}. The page tries again by itself.`;
  const told = by("problem") ?? by("controls").appendChild(Object.assign(document.createElement("p"), { id: "problem", className: "problem", role: "alert" }));
  if (told.textContent !== words) told.textContent = words;
  document.title = document.title.replace(/^(\(old\) )?/, "(old) ");
}

let loaded = new Date().toISOString().slice(11, 16) + " UTC";
function swap(fresh) {
  const before = opened();
  const start = page.start;
  const active = document.activeElement;
  const focus = active?.id;
  const open = all("details[open][id]").map((element) => element.id);
  const search = by("find") && { value: by("find").value, from: by("find").selectionStart, to: by("find").selectionEnd };
  const scrolled = by("patterns")?.scrollLeft;
  const mark = all("main [id], main > *").find((element) => element.id && element.getBoundingClientRect().bottom > document.querySelector("header").offsetHeight);
  const top = mark?.getBoundingClientRect().top;
  const place = mark?.id;
  const then = at;
  document.title = fresh.title;
  for (const selector of ["h1", "nav", ".when", "main"]) document.querySelector(selector).replaceWith(fresh.querySelector(selector));
  if (!by("controls").contains(active) || active.localName !== "select") by("controls").replaceWith(fresh.querySelector("#controls"));
  else { by("problem")?.remove(); const problem = fresh.querySelector("#problem"); if (problem) by("controls").append(problem); }
  at = null;
  read();
  for (const id of open) by(id)?.setAttribute("open", "");
  if (search && by("find")) by("find").value = search.value;
  find();
  if (by("patterns") && scrolled) by("patterns").scrollLeft = scrolled;
  if (focus && by(focus) !== document.activeElement) by(focus)?.focus({ preventScroll: true });
  if (focus === "find" && search) by("find")?.setSelectionRange(search.from, search.to);
  if (then !== null) { const minute = then + (start - page.start) / 60000; show(minute < 0 ? null : minute); }
  if (place && by(place)) scrollBy(0, by(place).getBoundingClientRect().top - top);
  pauseButton();
  loaded = new Date().toISOString().slice(11, 16) + " UTC";
  const after = opened();
  const came = [...after.keys()].filter((name) => !before.has(name));
  const went = [...before.keys()].filter((name) => !after.has(name));
  const words = [came.length && `Open now: ${came.join("; ")}.`, went.length && `No longer open: ${went.join("; ")}.`].filter(Boolean).join(" ");
  if (words) by("news").textContent = words;
}

function again() {
  clearTimeout(timer);
  if (page.every && !paused) timer = setTimeout(() => load(location.search), page.every * 1000);
}
function go(address) {
  history.pushState(null, "", address + location.hash);
  load(address);
}
function pauseButton() {
  const button = by("pause");
  if (!button) return;
  button.textContent = paused ? "Go on" : "Pause";
  button.setAttribute("aria-pressed", String(paused));
}
function pause() {
  if (!page.every) return;
  paused = !paused;
  pauseButton();
  if (paused) clearTimeout(timer); else load(location.search);
}
addEventListener("popstate", () => { if (page.live) load(location.search); });
document.addEventListener("change", (event) => {
  const form = event.target.closest("#controls form");
  if (form) go(`?${new URLSearchParams(new FormData(form))}`);
});
document.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  event.preventDefault();
  go(`?${new URLSearchParams(new FormData(event.target))}`);
});

// --- keys and buttons

function walk(step) {
  const stops = all("main > section, .al");
  const here = stops.findLastIndex((stop) => stop.contains(document.activeElement));
  const stop = stops[here < 0 ? (step > 0 ? 0 : stops.length - 1) : Math.max(0, Math.min(stops.length - 1, here + step))];
  stop?.focus({ preventScroll: true });
  stop?.scrollIntoView({ block: "start" });
}
function range(step) {
  const links = all("#controls .seg:first-of-type a");
  const next = links[links.findIndex((link) => link.hasAttribute("aria-current")) + step];
  if (next) go(next.getAttribute("href"));
}
const press = (id) => by(id)?.hasAttribute("href") && go(by(id).getAttribute("href"));
const KEYS = {
  j: () => walk(1),
  k: () => walk(-1),
  t: () => range(1),
  T: () => range(-1),
  "[": () => press("earlier"),
  "]": () => press("later"),
  n: () => press("latest"),
  s: () => (by("scenario") ?? by("stack"))?.focus(),
  p: pause,
  d: () => theme(other()),
  "/": () => { by("find")?.focus(); by("find")?.select(); },
  "?": () => by("keys").showModal(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || by("keys").open) return;
  if (event.target.matches?.("input, select, textarea")) {
    if (event.key !== "Escape") return;
    if (event.target.id === "find") { event.target.value = ""; find(); }
    event.target.blur();
    return;
  }
  const plot = event.target.closest?.(".plot");
  if (plot && onChart(event, plot)) return;
  if (KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button, a[href^='?']");
  if (!button || event.ctrlKey || event.metaKey) return;
  if (button.id === "theme") theme(other());
  else if (button.id === "help") by("keys").showModal();
  else if (button.id === "pause") pause();
  else if (button.matches("#controls a")) { event.preventDefault(); go(button.getAttribute("href")); }
});
addEventListener("resize", () => root.style.setProperty("--head", `${document.querySelector("header").offsetHeight}px`));

read();
find();
again();
const minute = new URLSearchParams(location.search).get("minute");
if (minute) show(Number(minute));
