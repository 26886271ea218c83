// Many photos: handed in a few at a time, shown as they are done, and saved as one archive.

import { capital, post, withoutOptions } from "/api.js";
import { sureness } from "/facts.js";
import { thumbnail } from "/intake.js";
import { follow, meshOf, patiently, persist, submit } from "/jobs.js";
import { readGlb } from "/meshes.js";
import { save, stem } from "/saving.js";
import { keepBatch, keptBatch } from "/session.js";
import { zip } from "/zip.js";

const byId = (id) => document.getElementById(id);
const AT_ONCE = 3;
const LOST = "Connection lost…";
const UNSENT = "It was not sent before the page was loaded again: choose it once more.";
const GONE = "The server no longer has its shape: choose the photo once more.";

/** Let the second tab take photos; `open(entry)` shows one of its shapes in the first. */
export function watchBatch(open) {
  const entries = [];
  const waiting = [];
  let running = 0;
  const take = (files, before = {}) => {
    for (const file of files) {
      const entry = makeEntry(file, open, before);
      entries.push(entry);
      waiting.push(entry);
      byId("gallery").append(entry.card);
    }
    next();
  };
  const next = () => {
    tellProgress(entries);
    keepBatch(entries.map(({ file, thumb, id, problem }) => ({ name: file.name, thumb, id, problem })));
    while (running < AT_ONCE && waiting.length) {
      running++;
      make(waiting.shift(), next).finally(() => {
        running--;
        next();
      });
    }
  };
  byId("pick-many").addEventListener("click", () => byId("files").click());
  byId("files").addEventListener("change", (event) => {
    take([...event.target.files]);
    event.target.value = "";
  });
  document.addEventListener("drop", (event) => {
    if (!byId("many").hidden) take([...event.dataTransfer.files]);
  });
  byId("zip-form").addEventListener("submit", (event) => {
    event.preventDefault();
    pack(entries.filter((entry) => entry.mesh));
  });
  for (const { name, ...before } of keptBatch()) take([{ name }], { problem: UNSENT, ...before, again: true });
}

function makeEntry(file, open, before) {
  const card = document.createElement("li");
  const [image, name, status] = ["img", "strong", "span"].map((tag) => document.createElement(tag));
  const button = Object.assign(document.createElement("button"), { className: "small", textContent: "Open", hidden: true });
  name.textContent = file.name;
  button.setAttribute("aria-label", `Open ${file.name}`);
  image.alt = "";
  image.hidden = true;
  status.textContent = "Waiting…";
  card.append(image, name, status, button);
  const entry = { file, card, image, status, button, mesh: null, done: false, ...before };
  button.addEventListener("click", () => open(entry));
  return entry;
}

/** From a photo, or the job that it had before the page was reloaded, to its shape; `sent` hears of a job. */
async function make(entry, sent) {
  try {
    entry.thumb ??= await thumbnail(entry.file, 320);
    if (entry.thumb) Object.assign(entry.image, { src: entry.thumb, hidden: false });
    if (entry.again && !entry.id) throw new Error(entry.problem);
    const say = (now) => (entry.status.textContent = now ? "Shaping…" : LOST);
    entry.id ??= (await patiently(() => persist(() => submit(entry.file), say))).id;
    sent();
    const ended = await follow(entry.id, say);
    if (ended.status !== "made") throw new Error(withoutOptions(capital(ended.message)));
    entry.job = ended;
    entry.mesh = readGlb(await persist(() => meshOf(entry.id), say));
    entry.status.textContent = sureness(ended.result);
    entry.button.hidden = false;
  } catch (error) {
    entry.problem = error.status === 404 ? GONE : error.message;
    entry.status.textContent = entry.problem;
    entry.card.classList.add("bad");
  }
  entry.done = true;
}

function tellProgress(entries) {
  const [done, made] = [entries.filter((e) => e.done).length, entries.filter((e) => e.mesh).length];
  byId("batch-bar").max = Math.max(1, entries.length);
  byId("batch-bar").value = done;
  byId("batch-bar").hidden = entries.length === 0;
  byId("batch-told").textContent = entries.length ? `${done} of ${entries.length} done, ${made} with a shape` : "";
  byId("zip-form").hidden = made === 0;
}

/** One archive with a file for each shape. */
async function pack(entries) {
  const format = new FormData(byId("zip-form")).get("many-format");
  byId("zip-problem").hidden = true;
  byId("zip").disabled = true;
  try {
    const files = [];
    for (const entry of entries) files.push([nameFor(entry, format, files), await fileOf(entry, format)]);
    save(zip(files), "latentmapper.zip");
  } catch (error) {
    byId("zip-problem").textContent = error.message;
    byId("zip-problem").hidden = false;
  } finally {
    byId("zip").disabled = false;
  }
}

async function fileOf({ mesh }, format) {
  const { category, code, photo_sha256 } = mesh.about;
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
