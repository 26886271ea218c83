// The sliders of a category, and the buttons that go back and forth.

import { askJson } from "/api.js";

const byId = (id) => document.getElementById(id);
const GROUPS = { sliders: ["measured"], kinds: ["label"], more: ["principal", "closed-form"] };
let packs = null;

/** The packs of the server with their sliders; asked once. */
export function knownPacks() {
  packs ??= askJson("/v1/packs").catch((error) => {
    packs = null;
    throw error;
  });
  return packs;
}

/** Throw a sentence where the server does not have the pack that a file was made with. */
export async function requirePack(name, { pack: { id, sha256 } }) {
  if ((await knownPacks()).some((pack) => pack.sha256 === sha256)) return;
  throw new Error(`${name} belongs to pack ${id} (${sha256.slice(0, 12)}…), which this server does not have.`);
}

/** Sliders of a pack that move `edits`; returns what puts them where the edits are. */
export function showSliders(edits, pack) {
  const made = (pack?.sliders ?? []).map((each) => oneSlider(each, edits));
  for (const [group, kinds] of Object.entries(GROUPS)) {
    const rows = made.filter((each) => kinds.includes(each.kind)).map((each) => each.row);
    byId(group).replaceChildren(...rows);
    byId(group).parentElement.hidden = rows.length === 0;
  }
  byId("sliders-card").hidden = made.length === 0;
  return () => made.forEach((each) => each.follow());
}

/** What to call a slider: the combinations have no name of their own. */
function titleOf({ name, label, kind }) {
  const title = GROUPS.more.includes(kind) ? label : name.replaceAll("_", " ");
  return title[0].toUpperCase() + title.slice(1);
}

function oneSlider(slider, edits) {
  const { name, label, kind, low, high } = slider;
  const input = Object.assign(document.createElement("input"), { type: "range", min: low, max: high, step: 0.05 });
  const shown = document.createElement("small");
  const row = Object.assign(document.createElement("label"), { className: "slider", title: label });
  row.append(Object.assign(document.createElement("span"), { textContent: titleOf(slider) }), shown, input);
  const tell = () => {
    const value = Number(input.value);
    shown.textContent = value === 0 ? "" : `${value > 0 ? "+" : "−"}${Math.abs(value).toFixed(1)}`;
    input.setAttribute("aria-valuetext", value === 0 ? "unchanged" : `${shown.textContent} standard deviations`);
  };
  const follow = () => {
    input.value = edits.moves[name] ?? 0;
    tell();
  };
  input.addEventListener("input", () => {
    tell();
    edits.move(name, Number(input.value));
  });
  input.addEventListener("change", () => edits.settle());
  const back = () => {
    edits.move(name, 0);
    edits.settle();
    follow();
  };
  row.addEventListener("dblclick", back);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" || event.key === "Delete") back();
  });
  input.dataset.slider = name;
  input.setAttribute("aria-label", titleOf(slider));
  follow();
  return { row, kind, follow };
}

/** Let the buttons and their keys act on the edits that `current()` gives; `followed()` moves the sliders after. */
export function watchHistory(current, followed) {
  const act = (work) => {
    if (!current()) return;
    work(current());
    followed();
  };
  const steps = { undo: (edits) => edits.step(-1), redo: (edits) => edits.step(1), reset: (edits) => edits.reset() };
  for (const [id, work] of Object.entries(steps)) byId(id).addEventListener("click", () => act(work));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input:not([type=range]), textarea")) return;
    const key = event.key.toLowerCase();
    if ((key !== "z" && key !== "y") || !isSeen()) return;
    event.preventDefault();
    act(key === "y" || event.shiftKey ? steps.redo : steps.undo);
  });
}

/** Whether the shape is what somebody looks at: no other tab, no dialog, no photo that is being shaped. */
function isSeen() {
  return byId("tools").checkVisibility() && !document.querySelector("dialog[open]");
}

/** Which of the buttons can do something. */
export function tellHistory(edits) {
  byId("undo").disabled = edits.place === 0;
  byId("redo").disabled = edits.place === edits.history.length - 1;
  byId("reset").disabled = byId("compare").disabled = !edits.edited;
}
