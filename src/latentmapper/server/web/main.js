// The page: from a photo to a shape on the screen, and what can be done with it.

import { follow, forget, meshOf, submit } from "/jobs.js";
import { capital, withoutOptions } from "/api.js";
import { watchBatch } from "/batch.js";
import { watchDownloads } from "/downloads.js";
import { Edits } from "/editing.js";
import { tell, tellChecks, warn } from "/facts.js";
import { showExamples, thumbnail, watchIntake } from "/intake.js";
import { watchBrush } from "/mask.js";
import { readGlb } from "/meshes.js";
import { followMorph, watchMorph } from "/morph.js";
import { keep, kept, drop } from "/session.js";
import { knownPacks, showSliders, tellHistory, watchHistory } from "/sliders.js";
import { watchTabs } from "/tabs.js";
import { watchTheme } from "/theme.js";
import { watchTools } from "/tools.js";

const byId = (id) => document.getElementById(id);
const REFUSED = "refused";

/** What the page shows: the photo's name and thumbnail, the job, the mesh with its provenance. */
export const shape = { name: "", photo: null, thumb: null, job: null, about: null, checks: null, mesh: null, edits: null, edited: null };

let viewer = null;
const ready = makeViewer();
const downloads = watchDownloads(shape);
watchTheme(byId("theme"), (dark) => ready.then(() => viewer?.dark(dark)));
ready.then(() => watchTools(shape, viewer));
const chooseTab = watchTabs();
watchHistory(() => shape.edits, followEdits);
watchMorph(() => shape.edits);
watchBatch(fromBatch);
watchBrush(() => shape.photo, (photo, mask) => open(photo, { mask, category: shape.about.category, force: true }));
byId("compare").addEventListener("click", () => compare(byId("compare").getAttribute("aria-pressed") !== "true"));
showExamples(byId("examples"), open);
watchIntake({ stage: byId("stage"), pick: byId("pick"), input: byId("file"), take: open });
byId("again").addEventListener("click", () => begin());
if (kept()) resume(kept());

/** Take a photo, or a mesh file of this project, and show its shape. */
export async function open(file, options = {}) {
  if (byId("one").hidden) return;
  complain(null);
  shape.photo = file;
  try {
    if (/\.glb$/i.test(file.name)) return await show(file.name, null, await openMesh(file));
    const thumb = await thumbnail(file);
    work("Sending the photo…", thumb);
    const job = await submit(file, options);
    keep({ id: job.id, name: job.name, thumb });
    await finish(job, thumb);
  } catch (error) {
    complain(error.message);
  }
}

async function openMesh(file) {
  const mesh = readGlb(await file.arrayBuffer());
  return { id: null, mesh, result: { ...mesh.about, warnings: [], timings: {} } };
}

/** Go on after a reload with the job that the page had. */
async function resume({ id, name, thumb }) {
  work("Picking up where the page was…", thumb);
  try {
    await finish({ id, name }, thumb);
  } catch (error) {
    drop();
    complain(error.status === 404 ? "The shape of before is no longer kept. Take its photo once more." : error.message);
  }
}

async function finish({ id, name }, thumb) {
  const ended = await follow(id, (job) => work(progress(job), thumb));
  if (ended.status !== "made") {
    drop();
    forget(id);
    return complain(withoutOptions(capital(ended.message)), ended.status === REFUSED);
  }
  const mesh = readGlb(await meshOf(id));
  await show(name, thumb, { id, mesh, result: ended.result });
}

function progress(job) {
  if (job === null) return "The connection is lost. Trying again…";
  if (job.ahead > 0) return job.ahead === 1 ? "One photo is before yours…" : `${job.ahead} photos are before yours…`;
  return job.status === "queued" ? "Waiting…" : "Shaping…";
}

async function show(name, thumb, { id, mesh, result }) {
  await ready;
  Object.assign(shape, { name, thumb, job: id, mesh, edited: null, about: { ...result, ...mesh.about }, checks: result.checks ?? null });
  shape.camera = result.camera ?? null;
  state("made");
  byId("photo").hidden = thumb === null;
  byId("paint").hidden = !(thumb && shape.photo);
  if (thumb) byId("photo").src = thumb;
  byId("view").setAttribute("aria-label", `The ${shape.about.category} of ${name}, as a 3D shape`);
  tell(name, shape.about);
  viewer?.show(mesh);
  edit();
  viewer?.home();
  byId("under").src = thumb ?? "/icon.svg";
  byId("over").hidden = !(thumb && shape.camera);
  if (thumb && shape.camera) viewer?.over(shape.camera);
  downloads.fresh();
  tellChecks(shape.checks, downloads.length);
}

/** Begin to edit what is shown; edits of before, where the page was reloaded, are taken up. */
async function edit() {
  shape.edits?.end();
  const edits = (shape.edits = new Edits(shape.about, { arrived, failed: toast, changed }));
  shape.followSliders = () => {};
  tellHistory(edits);
  followMorph(edits);
  compare(false);
  try {
    shape.followSliders = await showSliders(edits);
    if (kept()?.moves) {
      edits.take({ moves: kept().moves });
      edits.settle();
      followEdits();
    }
  } catch (error) {
    toast(error.message);
  }
}

function changed() {
  if (shape.job) keep({ moves: shape.edits.asked.sliders });
  tellHistory(shape.edits);
}

/** A mesh of the edited shape has come; null stands for the original. */
function arrived(mesh) {
  shape.edited = mesh;
  const original = mesh === null;
  if (original || mesh.about.checks) {
    shape.checks = (original ? shape.about : mesh.about).checks;
    tellChecks(shape.checks, downloads.length);
  }
  warn([...(shape.about.warnings ?? []), ...(original ? [] : mesh.about.warnings)]);
  viewer?.show(mesh ?? shape.mesh);
  compare(false);
}

function followEdits() {
  shape.followSliders();
  followMorph(shape.edits);
}

/** Show the original for as long as the button is pressed. */
function compare(on) {
  byId("compare").setAttribute("aria-pressed", on);
  if (on) viewer?.show(shape.mesh);
  else if (shape.edited && shape.edits.edited) viewer?.show(shape.edited);
}

async function fromBatch({ file, thumb, job, mesh }) {
  chooseTab("one");
  shape.photo = file;
  drop();
  keep({ id: job.id, name: job.name, thumb });
  show(job.name, thumb, { id: job.id, mesh, result: job.result });
}

let toasting;

function toast(text) {
  byId("toast").textContent = text;
  byId("toast").hidden = false;
  clearTimeout(toasting);
  toasting = setTimeout(() => (byId("toast").hidden = true), 6000);
}

/** Back to the start. */
function begin() {
  drop();
  complain(null);
  state("empty");
  byId("pick").focus();
}

function work(text, thumb) {
  state("working");
  byId("status").textContent = text;
  byId("working-photo").hidden = !thumb;
  if (thumb) byId("working-photo").src = thumb;
}

/** Say at the place of the photo what is wrong with it; a refused one can be insisted upon. */
function complain(problem, refused = false) {
  if (problem) state("empty");
  byId("problem").hidden = !problem;
  byId("problem").textContent = problem ?? "";
  byId("anyway").hidden = !refused;
  if (refused && shape.photo) insist(shape.photo);
}

async function insist(photo) {
  const buttons = (await knownPacks()).map(({ category }) => {
    const textContent = `Shape it as ${/^[aeiou]/.test(category) ? "an" : "a"} ${category}`;
    const button = Object.assign(document.createElement("button"), { textContent });
    button.addEventListener("click", () => open(photo, { category, force: true }));
    return button;
  });
  byId("anyway").replaceChildren(...buttons);
}

function state(name) {
  byId("one").dataset.state = name;
  byId("drop").hidden = name !== "empty";
  byId("working").hidden = name !== "working";
  for (const id of ["panel", "tools"]) byId(id).hidden = name !== "made";
  byId("view").style.visibility = name === "made" ? "visible" : "hidden";
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
