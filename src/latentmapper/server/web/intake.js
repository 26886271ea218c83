// How photos come in: dropped, pasted, picked, or one of the examples.

import { ask } from "/api.js";

/** Call `take(file)` for every photo that is dropped on `stage`, pasted, or picked, `several(count)` of a drop of more. */
export function watchIntake({ stage, pick, input, take, several }) {
  pick.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files[0]) take(input.files[0]);
    input.value = "";
  });
  document.addEventListener("paste", (event) => {
    const file = event.clipboardData?.files[0];
    if (file) take(file);
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      stage.classList.toggle("over-drop", kind === "dragover");
      if (kind !== "drop" || !event.dataTransfer.files.length) return;
      take(event.dataTransfer.files[0]);
      if (event.dataTransfer.files.length > 1) several(event.dataTransfer.files.length);
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
