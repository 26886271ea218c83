// The shapes of many photos as one archive.

import { post } from "/api.js";
import { patiently } from "/jobs.js";
import { metresIn, tellUnit } from "/lengths.js";
import { save, stem } from "/saving.js";
import { keepArchive, keptArchive } from "/session.js";
import { zip } from "/zip.js";

const byId = (id) => document.getElementById(id);

/** Let the form save what `shapes()` gives then, entries of the batch; returns what offers it where there are any. */
export function watchArchive(shapes) {
  let packing = false;
  const offer = () => (byId("zip").disabled = packing || shapes().length === 0);
  watchChoices();
  byId("zip-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    packing = true;
    offer();
    await pack(shapes());
    packing = false;
    offer();
  });
  return offer;
}

/** What the files are to be, kept over a reload. */
function watchChoices() {
  const { format, length } = keptArchive();
  if (format) byId("zip-form").elements["many-format"].value = format;
  byId("many-length").value = length ?? "";
  const hint = () => tellUnit(byId("many-unit"), chosen().format, chosen().length);
  byId("zip-form").addEventListener("input", () => {
    keepArchive({ ...chosen(), length: byId("many-length").value });
    hint();
  });
  hint();
}

function chosen() {
  return { format: byId("zip-form").elements["many-format"].value, length: metresIn(byId("many-length")) };
}

/** One archive with a file for each shape. */
async function pack(entries) {
  const { format, length } = chosen();
  byId("zip-problem").hidden = true;
  try {
    const files = [];
    for (const entry of entries) files.push([nameFor(entry, format, files), await fileOf(entry, format, length)]);
    save(zip(files), "latentmapper.zip");
  } catch (error) {
    byId("zip-problem").textContent = error.message;
    byId("zip-problem").hidden = false;
  }
}

async function fileOf({ about }, format, length) {
  const { category, code, photo_sha256 } = about;
  const asked = { category, code, photo_sha256, format, resolution: 128, ...(length ? { length } : {}) };
  return (await patiently(() => post("/v1/shapes", asked))).arrayBuffer();
}

function nameFor({ file }, format, files) {
  const taken = new Set(files.map(([name]) => name.toLowerCase())); // many disks know no other letters
  const base = stem(file.name);
  for (let count = 1; ; count++) {
    const name = count === 1 ? `${base}.${format}` : `${base}-${count}.${format}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}
