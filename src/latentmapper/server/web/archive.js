// The shapes of many photos as one archive.

import { post } from "/api.js";
import { patiently } from "/jobs.js";
import { save, stem } from "/saving.js";
import { zip } from "/zip.js";

const byId = (id) => document.getElementById(id);

/** Let the form save what `shapes()` gives then, entries of the batch; returns what offers it where there are any. */
export function watchArchive(shapes) {
  let packing = false;
  const offer = () => (byId("zip").disabled = packing || shapes().length === 0);
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

/** One archive with a file for each shape. */
async function pack(entries) {
  const format = new FormData(byId("zip-form")).get("many-format");
  byId("zip-problem").hidden = true;
  try {
    const files = [];
    for (const entry of entries) files.push([nameFor(entry, format, files), await fileOf(entry, format)]);
    save(zip(files), "latentmapper.zip");
  } catch (error) {
    byId("zip-problem").textContent = error.message;
    byId("zip-problem").hidden = false;
  }
}

async function fileOf({ about }, format) {
  const { category, code, photo_sha256 } = about;
  const asked = { category, code, photo_sha256, format, resolution: 128 };
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
