// The row of buttons below the shape.

import { save, stem } from "/saving.js";

const byId = (id) => document.getElementById(id);

/** Let the buttons of the view act on the viewer. */
export function watchTools(shape, viewer) {
  if (!viewer) return;
  const looks = [...document.querySelectorAll("[data-look]")];
  for (const button of looks) {
    button.addEventListener("click", () => {
      viewer.look(button.dataset.look);
      for (const each of looks) each.setAttribute("aria-pressed", each === button);
    });
  }
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
