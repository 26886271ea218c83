// How photos come in: dropped, pasted, picked, or one of the examples.

import { ask } from "/api.js";

/**
 * Call `take(file)` of a place for every photo that is dropped on its element or pasted while that has the focus,
 * `several(count)` for a drop of more. `stage` stands for everywhere but `card`; it gets what is picked as well.
 */
export function watchIntake({ pick, input, stage, card }) {
  const placeOf = ({ target }) => (card.element.contains(target) ? card : stage);
  pick.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files[0]) stage.take(input.files[0]);
    input.value = "";
  });
  document.addEventListener("paste", (event) => {
    const file = event.clipboardData?.files[0];
    if (file) placeOf(event).take(file);
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      const place = placeOf(event);
      for (const each of [stage, card]) each.element.classList.toggle("over-drop", kind === "dragover" && each === place);
      if (kind !== "drop" || !event.dataTransfer.files.length) return;
      place.take(event.dataTransfer.files[0]);
      if (event.dataTransfer.files.length > 1) place.several(event.dataTransfer.files.length);
    });
  }
}

/** Let the buttons of the photos that come with the page give them; `failed` hears a sentence where one cannot be had. */
export function watchExamples(take, failed) {
  for (const button of document.querySelectorAll("[data-example]")) {
    const name = `${button.dataset.example}.jpg`;
    button.addEventListener("click", async () => {
      try {
        const photo = await (await ask(`/examples/${name}`)).blob();
        take(new File([photo], name, { type: "image/jpeg" }));
      } catch (error) {
        failed(error.message);
      }
    });
  }
}

/** A small copy of a photo as a data URL; null where the browser cannot read it. */
export async function thumbnail(file, side = 720) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width, picture.height].map((each) => Math.max(1, Math.round(each * scale)));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", 0.85);
  } catch {
    return null;
  }
}
