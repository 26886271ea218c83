// From one photo of many to its shape, or to what is wrong with it.

import { capital, withoutOptions } from "/api.js";
import { sureness } from "/facts.js";
import { follow, forget, meshOf, patiently, persist, submit } from "/jobs.js";
import { readGlb } from "/meshes.js";

const LOST = "Connection lost…";
const GONE = "The server no longer has its shape.";
export const UNSENT = "It was not sent before the page was loaded again.";

/**
 * Make the shape of an entry's photo, or fetch that of the job which it had before the page was reloaded; `sent()`
 * hears of a new job. Returns how sure the pack is; null where it was aborted, in which case nothing stays behind.
 */
export async function shapeOf(entry, signal, sent) {
  const say = (now) => {
    if (!signal.aborted) entry.card.status.textContent = now ? "Shaping…" : LOST;
    return !signal.aborted;
  };
  if (!entry.id) {
    const job = await patiently(() => persist(() => submit(entry.file), () => say(null)), () => !signal.aborted);
    if (signal.aborted) return forget(job.id);
    entry.id = job.id;
    sent();
  }
  const ended = await follow(entry.id, say, signal);
  if (ended.status !== "made") throw unmade(ended);
  const mesh = readGlb(await persist(() => meshOf(entry.id, signal), () => say(null)));
  const picture = await pictureOf(mesh);
  if (signal.aborted) return null;
  entry.card.showShape(picture);
  Object.assign(entry, { job: ended, about: mesh.about }); // hundreds of meshes would fill the memory
  return sureness(ended.result);
}

/** What went wrong in a sentence, and whether it is `final`: the same photo would meet the same again. */
export function problemOf({ message, status, unreadable = false, final }) {
  if (status === 404) return { problem: GONE, final: false };
  return { problem: message, unreadable, final: final ?? (status >= 400 && status < 500 && status !== 429) };
}

function unmade({ status, message }) {
  return Object.assign(new Error(withoutOptions(capital(message))), { final: status === "refused" });
}

async function pictureOf(mesh) {
  const { portrait } = await import("/portrait.js");
  return portrait(mesh);
}
