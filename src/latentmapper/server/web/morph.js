// A second photo or file, and the way from the first shape to the second.

import { capital, post, withoutOptions } from "/api.js";
import { thumbnail } from "/intake.js";
import { follow, forget, meshOf, patiently, persist, submit } from "/jobs.js";
import { readGlb } from "/meshes.js";
import { requirePack } from "/sliders.js";

const byId = (id) => document.getElementById(id);
const STATIONS = 33;
const SHAPING = "Shaping the second photo…";
const LOST = "Connection lost. Trying again…";
let newest = null; // the second file that was given last: one of before leads nowhere any more

/** Let the card of the second photo lead the edits that `current()` gives; returns what takes such a file. */
export function watchMorph(current) {
  byId("second").addEventListener("click", () => byId("second-file").click());
  byId("second-file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) take(file, current());
  });
  byId("way").addEventListener("input", (event) => current()?.go(Number(event.target.value)));
  byId("way").addEventListener("change", () => current()?.settle());
  return (file) => take(file, current());
}

/** Put the card where the edits are; some second photos the browser cannot show. */
export function followMorph(edits) {
  const thumb = edits.second?.thumb;
  byId("second-photo").hidden = !thumb;
  byId("second-photo").src = thumb ?? "/icon.svg";
  byId("morph").hidden = edits.stations === null;
  byId("way").value = edits.way;
}

/** The card of a shape that has just come. */
export function freshMorph(edits) {
  tell(null);
  followMorph(edits);
}

async function take(file, edits) {
  if (!edits) return;
  const turn = (newest = {});
  const isWanted = () => turn === newest && !edits.over;
  const say = (now) => isWanted() && tell(now ? SHAPING : LOST);
  say(SHAPING);
  try {
    const { code, thumb } = await (/\.glb$/i.test(file.name) ? ofFile(file, edits) : ofPhoto(file, edits, say));
    const codes = await wayTo(code, edits, say);
    if (!isWanted()) return;
    edits.lead({ codes, thumb, name: file.name });
    tell(null);
    followMorph(edits);
    byId("way").focus();
  } catch (error) {
    if (isWanted()) tell(null, error.message);
  }
}

/** Code and small picture of the shape of a photo; `say` as `follow` tells. */
async function ofPhoto(file, { category }, say) {
  const job = await patiently(() => persist(() => submit(file, { category }), say));
  try {
    const ended = await follow(job.id, say);
    if (ended.status !== "made") throw new Error(withoutOptions(capital(ended.message)));
    const { code } = readGlb(await persist(() => meshOf(job.id), say)).about;
    return { code, thumb: await thumbnail(file, 240) };
  } finally {
    forget(job.id);
  }
}

/** The same of a mesh file of this project, which carries its code. */
async function ofFile(file, { category }) {
  const mesh = readGlb(await file.arrayBuffer());
  const { about } = mesh;
  if (about.category !== category) {
    throw new Error(`${file.name} is of the category ${about.category}, the shape here of ${category}; a morph needs two of one.`);
  }
  await requirePack(file.name, about);
  const { portrait } = await import("/portrait.js");
  return { code: about.code, thumb: portrait(mesh) };
}

/** Codes from the first shape to another, equal steps of the surface apart. */
async function wayTo(other, { category, code }, say) {
  const path = { category, codes: [code, other], count: STATIONS };
  return (await (await patiently(() => persist(() => post("/v1/paths", path), say))).json()).codes;
}

function tell(working, problem = null) {
  byId("second").disabled = working !== null;
  byId("second").textContent = working ?? "Second photo";
  byId("morph-problem").hidden = problem === null;
  byId("morph-problem").textContent = problem ?? "";
}
