// What is known of a shape, in words.

import { withoutOptions } from "/api.js";

const byId = (id) => document.getElementById(id);

/** Fill the panel with what a job, or a file that was opened, tells. */
export function tell(name, about) {
  const sure = about.confidence ?? null; // a file that was edited before tells none
  byId("confidence").parentElement.hidden = sure === null;
  byId("noun").textContent = about.category;
  byId("name").textContent = byId("name").title = name;
  byId("confidence").value = sure;
  byId("sure").textContent = sureness(about);
  warn(about.warnings ?? []);
  fill("nearest", about.nearest ?? [], ({ shape, name, weight }) => item("li", name ?? shape, `${Math.round(100 * weight)} %`));
  const rows = Object.entries(about.timings ?? {});
  const total = rows.reduce((sum, [, seconds]) => sum + seconds, 0);
  fill("timings", [...rows, ["together", total]], ([stage, seconds]) =>
    row("tr", "td", stage, `${(1000 * seconds).toFixed(0)} ms`), "tbody");
  const masked = looked(about);
  byId("origin").textContent = `${masked ? `${masked} ` : ""}Pack ${about.pack.id}, ${about.pack.sha256.slice(0, 12)}…`;
}

/** Which share of the photo a mask left, its own transparency included; null where there was none. */
export function looked({ masked, foreground }) {
  const share = masked ?? foreground?.share; // files tell that of a mask that somebody asked for
  return share === undefined ? null : `By a mask, ${Math.round(100 * share)} % of the photo was looked at.`;
}

/** How sure the pack is of the category; of the shape it says nothing. */
export function sureness({ category, confidence }) {
  const share = confidence > 0.99 ? "over 99" : Math.round(100 * confidence);
  return `${share} % sure that this is a${/^[aeiou]/.test(category) ? "n" : ""} ${category}`;
}

/** What the user should know of the shape. */
export function warn(warnings) {
  fill("warnings", warnings, (text) => item("li", sentence(withoutOptions(text))));
  byId("warnings").hidden = warnings.length === 0;
}

/** The checks of the mesh on the screen; `length` in metres scales volume and size. */
export function tellChecks(checks, length) {
  if (!checks) return byId("checks").replaceChildren();
  const metres = length > 0 ? length / checks.extent[2] : null;
  const [width, height, depth] = checks.extent.map((side) => (side * (metres ?? 1)).toFixed(2));
  const unit = metres ? " m" : "";
  const volume = checks.volume * (metres ?? 1) ** 3;
  const facts = {
    Watertight: checks.watertight ? "yes" : "no",
    "Length × width × height": `${depth} × ${width} × ${height}${unit}`,
    Volume: `${volume.toPrecision(3)}${metres ? " m³" : ""}`,
    Triangles: checks.faces.toLocaleString("en"),
  };
  byId("checks").replaceChildren(...Object.entries(facts).flatMap(([name, value]) => [item("dt", name), item("dd", value)]));
}

function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

function fill(id, values, make, inside) {
  const holder = inside ? byId(id).querySelector(inside) : byId(id);
  holder.replaceChildren(...values.map(make));
}

function item(tag, ...texts) {
  return row(tag, texts.length > 1 ? "span" : null, ...texts);
}

function row(tag, inner, ...texts) {
  const made = document.createElement(tag);
  for (const text of texts) {
    made.append(inner ? Object.assign(document.createElement(inner), { textContent: text }) : text);
  }
  return made;
}
