// The theme, and one crosshair over all charts: the same minute everywhere, and each legend reads the values of that minute.
const root = document.documentElement;
document.getElementById("theme").addEventListener("click", (event) => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  event.target.textContent = `Theme: ${root.dataset.theme}`;
});
const { left, right, minutes, start } = JSON.parse(document.getElementById("span").textContent);
const plots = [...document.querySelectorAll(".plot")];
const readouts = [...document.querySelectorAll("[data-values]")].map((element) => ({ element, now: element.textContent, values: JSON.parse(element.dataset.values) }));
const when = document.getElementById("when");
const newest = when.textContent;
let at = null;
function show(minute) {
  at = minute === null ? null : Math.max(0, Math.min(minutes - 1, minute));
  for (const plot of plots) {
    const mark = plot.querySelector("u");
    const width = Number(plot.dataset.width);
    mark.classList.toggle("on", at !== null);
    if (at !== null) mark.style.left = `${((left + ((width - left - right) * (at + 0.5)) / minutes) / width) * 100}%`;
  }
  for (const { element, now, values } of readouts) {
    element.textContent = at === null ? now : (values[Math.floor((at * values.length) / minutes)] ?? "—");
  }
  const time = new Date(start + (at ?? 0) * 60000);
  when.textContent = at === null ? newest : `${time.toISOString().slice(11, 16)} UTC`;
}
for (const plot of plots) {
  const width = Number(plot.dataset.width);
  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    const share = (((event.clientX - box.left) / box.width) * width - left) / (width - left - right);
    show(share < 0 || share > 1 ? null : Math.floor(share * minutes));
  });
  plot.addEventListener("pointerleave", () => show(null));
  plot.addEventListener("blur", () => show(null));
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    const jump = { Home: 0, End: minutes - 1 }[event.key];
    if (event.key === "Escape") return show(null);
    if (step === undefined && jump === undefined) return;
    event.preventDefault();
    show(jump ?? (at ?? minutes) + step);
  });
}
