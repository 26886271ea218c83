// A second photo, and the way from the first shape to the second.

import { capital, post, withoutOptions } from "/api.js";
import { thumbnail } from "/intake.js";
import { follow, forget, meshOf, patiently, persist, submit } from "/jobs.js";
import { readGlb } from "/meshes.js";

const byId = (id) => document.getElementById(id);
const STATIONS = 33;
const SHAPING = "Shaping the second photo…";
const LOST = "Connection lost. Trying again…";

/** Let the card of the second photo lead the edits that `current()` gives. */
export function watchMorph(current) {
  byId("second").addEventListener("click", () => byId("second-file").click());
  byId("second-file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) await take(file, current());
  });
  byId("way").addEventListener("input", (event) => current()?.go(Number(event.target.value)));
  byId("way").addEventListener("change", () => current()?.settle());
}

/** Put the card where the edits are; some second photos the browser cannot show. */
export function followMorph(edits) {
  byId("second-photo").hidden = !edits.second;
  byId("second-photo").src = edits.second ?? "/icon.svg";
  byId("morph").hidden = edits.stations === null;
  byId("way").value = edits.way;
}

/** The card of a shape that has just come. */
export function freshMorph(edits) {
  tell(null);
  followMorph(edits);
}

async function take(file, edits) {
  const say = (now) => edits.over || tell(now ? SHAPING : LOST);
  say(SHAPING);
  try {
    const stations = await stationsTo(file, edits, say);
    const second = await thumbnail(file, 240);
    if (edits.over) return;
    edits.lead(stations, second);
    tell(null);
    followMorph(edits);
    byId("way").focus();
  } catch (error) {
    if (!edits.over) tell(null, error.message);
  }
}

/** Codes from the first shape to that of a photo, equal steps of the surface apart; `say` as `follow` tells. */
async function stationsTo(file, { category, code }, say) {
  const job = await patiently(() => persist(() => submit(file, { category }), say));
  say(job);
  const ended = await follow(job.id, say);
  try {
    if (ended.status !== "made") throw new Error(withoutOptions(capital(ended.message)));
    const other = readGlb(await persist(() => meshOf(job.id), say)).about.code;
    const path = { category, codes: [code, other], count: STATIONS };
    return (await (await patiently(() => persist(() => post("/v1/paths", path), say))).json()).codes;
  } finally {
    forget(job.id);
  }
}

function tell(working, problem = null) {
  byId("second").disabled = working !== null;
  byId("second").textContent = working ?? "Second photo";
  byId("morph-problem").hidden = problem === null;
  byId("morph-problem").textContent = problem ?? "";
}
