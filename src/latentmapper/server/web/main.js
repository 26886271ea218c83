// The page: from a photo to a shape on the screen, and what can be done with it.

import { follow, forget, meshOf, patiently, persist, submit } from "/jobs.js";
import { capital, withoutOptions } from "/api.js";
import { watchBatch } from "/batch.js";
import { watchDownloads } from "/downloads.js";
import { watchChanges } from "/changing.js";
import { originalOf } from "/editing.js";
import { looked, sureness, tell, tellChecks } from "/facts.js";
import { thumbnail, watchExamples, watchIntake } from "/intake.js";
import { watchBrush } from "/mask.js";
import { readGlb } from "/meshes.js";
import { complain, say, state, toast, work } from "/messages.js";
import { button, choices, tellNouns } from "/nouns.js";
import { showPhoto, watchPhoto } from "/photo.js";
import { keep, keepAnew, keepPhoto, kept, keptPhoto } from "/session.js";
import { knownPacks, requirePack } from "/sliders.js";
import { watchTabs } from "/tabs.js";
import { watchTheme } from "/theme.js";
import { watchTools } from "/tools.js";

const byId = (id) => document.getElementById(id);
const REFUSED = "refused";
const LOST = "The connection is lost. Trying again…";
const FULL = "The server is full. Waiting for room…";
const GONE = "The shape of before is no longer kept. Take its photo once more.";

/** What the page shows: the photo's name and thumbnail, the job, the mesh with its provenance. */
const shape = { name: "", photo: null, thumb: null, job: null, about: null, checks: null, mesh: null, edits: null, edited: null };

let viewer = null;
let newest = null; // what was given last: what came before it is no longer shown
const ready = makeViewer();
const downloads = watchDownloads(shape);
const changes = watchChanges(shape, () => viewer, () => downloads.length);
watchTheme(byId("theme"), (dark) => ready.then(() => viewer?.dark(dark)));
ready.then(() => watchTools(shape, viewer, () => changes.correspond()));
const chooseTab = watchTabs((tab) => keep({ tab }));
watchBatch(fromBatch);
watchBrush(shape, (photo, mask) => open(photo, { mask, category: shape.about.category, force: true }));
watchPhoto();
watchExamples(open, complain);
watchIntake({
  pick: byId("pick"), input: byId("file"), stage: { element: byId("stage"), take: open, several },
  card: { element: byId("morph-card"), take: (file) => changes.lead(file), several: firstOf },
});
for (const id of ["again", "cancel"]) byId(id).addEventListener("click", () => begin());
tellNouns(byId("nouns"));
if (kept().tab) chooseTab(kept().tab);
if (kept().name) resume(kept());

/** Something else is to be shown: what is on its way for the shape of before changes nothing any more. */
function leave() {
  shape.edits?.end();
  shape.edits = null;
  return (newest = {});
}

/** Take a photo, or a mesh file of this project, and show its shape. */
async function open(file, options = {}) {
  if (byId("one").hidden) return;
  byId("brush").close(); // of the photo of before
  const turn = leave();
  complain(null);
  shape.photo = file;
  try {
    if (/\.glb$/i.test(file.name)) return await openMesh(file);
    const thumb = await thumbnail(file);
    if (turn !== newest) return; // a large one takes a while
    work("Sending the photo…", thumb);
    const say = (text) => turn === newest && work(text, thumb);
    const send = () => persist(() => submit(file, options), () => say(LOST));
    const job = await patiently(send, () => say(FULL));
    if (turn !== newest) return forget(job.id);
    const { length, format } = options.mask ? kept() : {}; // the same object as before, looked at anew
    keepAnew({ id: job.id, name: job.name, thumb, length, format });
    keepPhoto(file);
    await finish(job, thumb);
  } catch (error) {
    if (turn === newest) complain(error.message, kept().result ? [wayBack(kept())] : []);
  }
}

/** Of photos that are dropped together the first is shaped. */
function several(count) {
  if (!byId("one").hidden) firstOf(count, "“Many photos” takes them all.");
}

function firstOf(count, ...more) {
  toast([`The first of ${count} files is taken.`, ...more].join(" "));
}

/** A button that brings back the shape that was on the screen when something else was given that is none. */
function wayBack(before) {
  return button(`Back to ${before.name}`, () => resume(before));
}

async function openMesh(file) {
  const turn = newest;
  const result = { ...readGlb(await file.arrayBuffer()).about, warnings: [], timings: {} };
  if (turn !== newest) return;
  await revive(file.name, null, result, { before: () => keepAnew({ name: file.name, result }) });
}

/** Go on after a reload, or from the gallery, with a job of before; a file that was opened has its code alone. */
async function resume(before, { photo = keptPhoto(), told = "Picking up where the page was…" } = {}) {
  const { id, name, thumb, result, forced } = before;
  const turn = leave();
  complain(null);
  work(told, thumb);
  shape.photo = photo;
  try {
    if (id) await finish({ id, name }, thumb);
    else await revive(name, thumb, result, { forced });
    if (thumb && !shape.photo && turn === newest) toast("The photo itself is no longer here: give it again to correct its mask.");
  } catch (error) {
    if (turn !== newest) return;
    if (error.status === 404 && result) return again(name, thumb, result, forced);
    unresumed(error, error.status === 404 ? GONE : error.message);
  }
}

/** The shape of before is not shown; it is remembered where it may be shown another time. */
function unresumed(error, told) {
  if (error.passing) return complain(told, [wayBack(kept())]);
  keepAnew({});
  complain(told);
}

/** The server has forgotten the job: what the page remembers of it is enough to make the shape anew. */
async function again(name, thumb, result, forced) {
  try {
    if (!(await revive(name, thumb, result, { forced }))) return;
    keep({ id: null });
    toast("The server no longer had this shape: it was made anew from its code.");
  } catch (error) {
    unresumed(error, error.message);
  }
}

/** Show the shape of a code, as files carry it and the page remembers it; `before` that is called. */
async function revive(name, thumb, result, { forced, before = () => {} }) {
  const turn = newest;
  const lost = () => turn === newest && work(LOST, thumb);
  await persist(() => requirePack(name, result), lost);
  const mesh = await persist(() => originalOf(result), lost);
  if (turn !== newest) return false;
  const { checks } = mesh.about;
  before();
  await show(name, thumb, { id: null, mesh, result: { ...result, checks }, forced });
  return true;
}

async function finish({ id, name }, thumb) {
  const turn = newest;
  const ended = await follow(id, (job) => turn === newest && work(progress(job), thumb));
  if (turn !== newest) return forget(id);
  if (ended.status !== "made") {
    keepAnew({});
    forget(id);
    const { photo } = shape;
    const insist = (category) => open(photo, { category, force: true });
    const insisted = ended.status === REFUSED && photo ? await choices(insist) : [];
    return complain(withoutOptions(capital(ended.message)), insisted);
  }
  const mesh = readGlb(await persist(() => meshOf(id), () => turn === newest && work(LOST, thumb)));
  if (turn !== newest) return;
  const result = { ...mesh.about, ...ended.result };
  const forced = ended.options.force;
  keep({ result, forced });
  await show(name, thumb, { id, mesh, result, forced });
}

/** What there is to know of a shape that has just come. */
function news(name, result) {
  const sure = result.confidence ? [`${capital(sureness(result))}.`] : [];
  return [`The shape of ${name} is there.`, ...sure, ...(looked(result) ? [looked(result)] : [])].join(" ");
}

function progress(job) {
  if (job === null) return LOST;
  if (job.ahead > 0) return job.ahead === 1 ? "One photo is before yours…" : `${job.ahead} photos are before yours…`;
  return job.status === "queued" ? "Waiting…" : "Shaping…";
}

async function show(name, thumb, { id, mesh, result, forced = false }) {
  const turn = newest;
  await Promise.allSettled([ready, knownPacks()]); // with its sliders at once, nothing moves later
  if (turn !== newest) return;
  Object.assign(shape, { name, thumb, job: id, mesh, forced, edited: null, about: result, checks: result.checks ?? null });
  shape.camera = result.camera ?? null;
  const lost = document.activeElement === document.body || !document.activeElement?.checkVisibility();
  state("made");
  byId("view").setAttribute("aria-label", `The ${result.category} of ${name}, as a 3D shape`);
  tell(name, result);
  say(news(name, result));
  viewer?.show(mesh);
  showPhoto(shape);
  changes.begin();
  viewer?.home();
  byId("over").hidden = !(thumb && shape.camera);
  if (thumb && shape.camera) viewer?.over(shape.camera);
  downloads.fresh();
  tellChecks(shape.checks, downloads.length);
  if (lost) byId("view").focus({ preventScroll: true });
}

async function fromBatch({ file, thumb, job, about }) {
  const photo = file instanceof File ? file : null;
  chooseTab("one");
  keepAnew({ id: job.id, name: job.name, thumb, result: { ...about, ...job.result } });
  if (photo) keepPhoto(photo);
  await resume(kept(), { photo, told: "Opening the shape…" });
}

/** Back to the start. */
function begin() {
  leave();
  keepAnew({});
  complain(null);
  state("empty");
  byId("pick").focus();
}

/** Photos are taken before this is done, and shown after. */
async function makeViewer() {
  try {
    const { Viewer } = await import("/viewer.js");
    viewer = new Viewer(byId("view"));
  } catch (error) {
    console.warn(error);
    complain("This browser shows no 3D (WebGL is off): shapes can be made and downloaded, but not seen.");
  }
}
