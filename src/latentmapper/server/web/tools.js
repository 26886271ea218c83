// The row of buttons below the shape.

import { save, stem } from "/saving.js";

const byId = (id) => document.getElementById(id);

/** Let the buttons of the view act on the viewer; `correspond()` sees to it that the shape tells its places. */
export function watchTools(shape, viewer, correspond) {
  if (!viewer) return;
  for (const button of looks()) {
    button.addEventListener("click", () => choose(viewer, button.dataset.look));
  }
  byId("parts").addEventListener("click", correspond);
  byId("over").addEventListener("click", () => viewer.over(viewer.placed ? null : shape.camera));
  viewer.onover = (on) => byId("over").setAttribute("aria-pressed", on);
  byId("home").addEventListener("click", () => viewer.home());
  byId("snapshot").addEventListener("click", async () => save(await viewer.snapshot(), `${stem(shape.name)}.png`));
  byId("turntable").addEventListener("click", async () => {
    byId("turntable").disabled = true;
    save(await viewer.turntable(), `${stem(shape.name)}.turntable.png`);
    byId("turntable").disabled = false;
  });
}

/** Offer the colours of places where the pack knows them, and only there. */
export function offerParts(viewer, known) {
  byId("parts").hidden = !known;
  if (!known && viewer?.chosen === "template") choose(viewer, "shaded");
}

function choose(viewer, name) {
  viewer.look(name);
  for (const each of looks()) each.setAttribute("aria-pressed", each.dataset.look === name);
}

function looks() {
  return [...document.querySelectorAll("[data-look]")];
}
