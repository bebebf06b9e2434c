// The theme, and one crosshair over all charts and alarms: the same minute everywhere, and each legend reads the values of that minute.
const root = document.documentElement;
document.getElementById("theme").addEventListener("click", (event) => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  event.target.textContent = `Theme: ${root.dataset.theme}`;
});
const { left, right, minutes, start } = JSON.parse(document.getElementById("span").textContent);
const plots = [...document.querySelectorAll(".plot")];
const bars = [...document.querySelectorAll(".tl u")];
const readouts = [...document.querySelectorAll("[data-values]")].map((element) => ({ element, now: element.textContent, values: element.dataset.values.split(" ") }));
const when = document.getElementById("when");
const shown = when.textContent;
let at = null;
function mark(line, percent) {
  line.classList.toggle("on", at !== null);
  if (at !== null) line.style.left = `${percent}%`;
}
function show(minute) {
  at = minute === null ? null : Math.max(0, Math.min(minutes - 1, minute));
  const share = (at + 0.5) / minutes;
  for (const plot of plots) {
    const width = Number(plot.dataset.width);
    mark(plot.querySelector("u"), ((left + (width - left - right) * share) / width) * 100);
  }
  for (const bar of bars) mark(bar, share * 100);
  for (const { element, now, values } of readouts) {
    element.textContent = at === null ? now : (values[Math.floor((at * values.length) / minutes)] ?? "\u2014");
  }
  const time = new Date(start + (at ?? 0) * 60000);
  when.textContent = at === null ? shown : `${time.toISOString().slice(11, 16)} UTC`;
  when.classList.toggle("at", at !== null);
}
for (const plot of plots) {
  const width = Number(plot.dataset.width);
  const point = (event) => {
    const box = plot.getBoundingClientRect();
    const share = (((event.clientX - box.left) / box.width) * width - left) / (width - left - right);
    show(share < 0 || share > 1 ? null : Math.floor(share * minutes));
  };
  plot.addEventListener("pointermove", point);
  plot.addEventListener("pointerdown", point);
  plot.addEventListener("pointerleave", () => show(null));
  plot.addEventListener("blur", () => show(null));
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    const jump = { Home: 0, End: minutes - 1 }[event.key];
    if (event.key === "Escape") return show(null);
    if (step === undefined && jump === undefined) return;
    event.preventDefault();
    show(jump ?? (at ?? minutes) + step);
    plot.setAttribute("aria-valuenow", at);
    const legend = [...plot.closest("figure").querySelectorAll(".leg > span")].map((entry) => entry.textContent.trim());
    plot.setAttribute("aria-valuetext", `${when.textContent}: ${legend.join("; ")}`);
  });
}
const asked = new URLSearchParams(location.search).get("at");
if (asked) show(Number(asked));
