// Many photos: handed in a few at a time, shown as they are done, stopped and tried again.

import { watchArchive } from "/archive.js";
import { Card } from "/card.js";
import { thumbnail } from "/intake.js";
import { forget } from "/jobs.js";
import { problemOf, shapeOf, UNSENT } from "/shaping.js";
import { keepBatch, kept, keptBatch } from "/session.js";

const byId = (id) => document.getElementById(id);
const AT_ONCE = 3;

/** Let the second tab take photos; `open(entry)` shows one of its shapes in the first. */
export function watchBatch(open) {
  const batch = new Batch(open);
  byId("pick-many").addEventListener("click", () => byId("files").click());
  byId("files").addEventListener("change", (event) => {
    batch.take([...event.target.files]);
    event.target.value = "";
  });
  document.addEventListener("drop", (event) => {
    if (!byId("many").hidden) batch.take([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    if (!byId("many").hidden) batch.take([...(event.clipboardData?.files ?? [])]);
  });
  byId("file-again").addEventListener("change", (event) => {
    batch.replace(event.target.files[0]);
    event.target.value = "";
  });
  byId("stop").addEventListener("click", () => batch.stop());
  byId("resume").addEventListener("click", () => batch.resume());
  byId("clear").addEventListener("click", () => byId("clear-dialog").showModal());
  byId("clear-dialog").addEventListener("close", ({ target }) => {
    if (target.returnValue === "clear") batch.clear();
    target.returnValue = "";
  });
  batch.offerArchive = watchArchive(() => batch.entries.filter(({ about }) => about));
  batch.restore(keptBatch());
}

/** The photos of the tab, each "waiting" (or at work), "made", "failed" or "stopped". */
class Batch {
  constructor(open) {
    Object.assign(this, { open, entries: [], waiting: [], chosen: null });
    this.runs = new Map(); // what is at work, with what ends it
  }

  take(files) {
    for (const file of files) this.waiting.push(this.add({ file }));
    this.next();
  }

  /** Go on after a reload: shapes are fetched again, and what was stopped, refused or never sent is told. */
  restore(all) {
    for (const { name, ...before } of all) {
      const { state } = before;
      const entry = this.add({ ...before, file: { name }, state: "waiting", known: state === "made" });
      if (entry.thumb) entry.card.showPhoto(entry.thumb);
      if (state === "stopped" || state === "failed") this.end(entry, state, before.problem);
      else if (entry.id) this.waiting.push(entry);
      else this.end(entry, "failed", UNSENT);
    }
    this.next();
  }

  add(entry) {
    const on = { open: () => this.open(entry), again: () => this.again(entry) };
    Object.assign(entry, { state: "waiting", ...entry, card: new Card(entry.file.name, on) });
    this.entries.push(entry);
    byId("gallery").append(entry.card.element);
    return entry;
  }

  next() {
    while (this.runs.size < AT_ONCE && this.waiting.length) this.run(this.waiting.shift());
    this.keep();
    tell(this.entries);
    this.offerArchive();
  }

  async run(entry) {
    const control = new AbortController();
    this.runs.set(entry, control);
    try {
      const told = await this.make(entry, control.signal);
      if (!control.signal.aborted) this.end(entry, "made", told);
    } catch (error) {
      if (control.signal.aborted) return;
      const { problem, final, unreadable } = problemOf(error);
      if (unreadable) entry.file = { name: entry.file.name };
      this.end(entry, "failed", problem, final);
    } finally {
      if (this.runs.get(entry) === control) {
        this.runs.delete(entry);
        this.next();
      }
    }
  }

  async make(entry, signal) {
    const thumb = entry.thumb ?? (await thumbnail(entry.file, 320));
    if (signal.aborted) return null;
    entry.thumb = thumb;
    entry.card.showPhoto(entry.thumb);
    return shapeOf(entry, signal, () => this.keep());
  }

  end(entry, state, told, final = entry.final ?? false) {
    Object.assign(entry, { state, final, known: false, problem: state === "made" ? undefined : told });
    entry.card.tell(state, told);
    if (state !== "made" && !final) entry.card.offer(entry.file instanceof File ? "Try again" : "Choose again");
  }

  /** Drop what waits and what is at work; shapes that were made before a reload go on coming. */
  stop() {
    this.waiting = this.waiting.filter(({ known }) => known);
    for (const entry of this.entries.filter(isUnmade)) {
      this.runs.get(entry)?.abort();
      this.runs.delete(entry);
      this.drop(entry);
      this.end(entry, "stopped", "Stopped");
    }
    this.next();
  }

  /** Take up again what was stopped, as far as its photos are at hand. */
  resume() {
    for (const entry of this.entries.filter(isStopped)) this.queue(entry);
    this.next();
  }

  again(entry) {
    if (entry.file instanceof File) {
      this.queue(entry);
      return this.next();
    }
    this.chosen = entry; // browsers keep no photos over a reload
    byId("file-again").click();
  }

  replace(file) {
    if (!file || !this.entries.includes(this.chosen)) return;
    Object.assign(this.chosen, { file, thumb: null });
    this.chosen.card.rename(file.name);
    this.again(this.chosen);
  }

  queue(entry) {
    this.drop(entry);
    Object.assign(entry, { state: "waiting", known: false, final: false, problem: undefined });
    entry.card.tell("waiting", "Waiting…");
    this.waiting.push(entry);
  }

  clear() {
    for (const entry of this.entries) this.drop(entry);
    this.entries = [];
    byId("gallery").replaceChildren();
    this.next();
  }

  /** Let the server forget a photo's job, unless the first tab shows its shape. */
  drop(entry) {
    if (entry.id && entry.id !== kept().id) forget(entry.id);
    entry.id = undefined;
  }

  keep() {
    keepBatch(this.entries.map(({ file, thumb, id, state, known, problem, final }) => (
      { name: file.name, thumb, id, state: known ? "made" : state, problem, final }
    )));
  }
}

const isUnmade = ({ state, known }) => state === "waiting" && !known;
const isStopped = ({ state, file }) => state === "stopped" && file instanceof File;

/** Say how far the photos are, and offer what can be done with them now. */
function tell(entries) {
  const count = (...states) => entries.filter(({ state }) => states.includes(state)).length;
  const [done, stopped, waiting] = [count("made", "failed"), count("stopped"), count("waiting")];
  const told = [`${done} of ${entries.length} done`, `${count("made")} with a shape`];
  byId("batch-bar").max = Math.max(1, entries.length - stopped);
  byId("batch-bar").value = done;
  byId("batch-bar").hidden = entries.length === stopped;
  byId("batch-told").textContent = entries.length ? [...told, ...(stopped ? [`${stopped} stopped`] : [])].join(", ") : "";
  byId("zip-form").hidden = entries.length === 0; // before there are shapes, so that nothing moves when they come
  offer("stop", entries.some(isUnmade));
  offer("resume", waiting === 0 && entries.some(isStopped));
  offer("clear", waiting === 0 && entries.length > 0);
}

/** Show a button or not; the focus does not go with it. */
function offer(id, on) {
  if (!on && document.activeElement === byId(id)) byId("pick-many").focus();
  byId(id).hidden = !on;
}
