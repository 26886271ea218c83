// Files of the shape on the screen, and the command that makes the same.

import { post } from "/api.js";
import { commandFor } from "/command.js";
import { tellChecks } from "/facts.js";
import { metresIn, tellUnit } from "/lengths.js";
import { maskFile } from "/mask.js";
import { save, stem } from "/saving.js";
import { keep, kept } from "/session.js";

const byId = (id) => document.getElementById(id);

/** Watch the form; `fresh` is to be called for every new shape. */
export function watchDownloads(shape) {
  const form = byId("download-form");
  const here = {
    get format() {
      return new FormData(form).get("format");
    },
    get length() {
      return metresIn(byId("length"));
    },
    fresh() {
      form.elements.format.value = kept().format ?? here.format;
      byId("length").value = kept().length ?? shape.about.length ?? ""; // a file in metres goes on in metres
      byId("command-text").hidden = byId("save-problem").hidden = true;
      hint();
    },
  };
  const hint = () => {
    tellUnit(byId("unit"), here.format, here.length);
    byId("command-text").hidden = true;
    tellChecks(shape.checks, here.length);
  };
  form.addEventListener("input", () => {
    keep({ length: byId("length").value, format: here.format });
    hint();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    download(shape, here);
  });
  byId("command").addEventListener("click", () => copyCommand(shape, here));
  return here;
}

async function download(shape, { format, length }) {
  byId("save-problem").hidden = true;
  byId("save").disabled = true;
  try {
    const answer = await post("/v1/shapes", {
      ...shape.edits.asked, format, resolution: 128,
      photo_sha256: shape.edits.way > 0 ? undefined : shape.about.photo_sha256, ...(length ? { length } : {}),
    });
    save(await answer.blob(), `${stem(shape.name)}.${format}`);
  } catch (error) {
    complain(error.message);
  } finally {
    byId("save").disabled = false;
  }
}

async function copyCommand(shape, { format, length }) {
  const { name, forced, about, edits } = shape;
  const { category, sliders } = edits.asked;
  const mask = about.foreground && !/\.glb$/i.test(name) ? `${stem(name)}.mask.png` : null;
  const led = edits.way > 0 ? { second: edits.second.name, way: edits.way } : {};
  const line = commandFor({ name, category, format, length, sliders, forced, mask, ...led });
  byId("command-text").textContent = line;
  byId("command-text").hidden = false;
  byId("save-problem").hidden = true;
  if (led.second === name) complain(`Both files are called ${name}: give the second another name, in the lines as well.`);
  if (mask) await saveMask(shape, mask);
  try {
    await navigator.clipboard.writeText(line);
    byId("command").textContent = "Copied";
    setTimeout(() => (byId("command").textContent = "Copy as command"), 1500);
  } catch {
    // no clipboard without a secure context: the line is there to be selected
  }
}

/** The command reads the mask from a file beside the photo. */
async function saveMask(shape, name) {
  const file = await maskFile(shape);
  if (file) return save(file, name);
  complain(`The mask is no longer here: paint it once more, or leave --mask ${name} out.`);
}

function complain(problem) {
  byId("save-problem").textContent = problem;
  byId("save-problem").hidden = false;
}
