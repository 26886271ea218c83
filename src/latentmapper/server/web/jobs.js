// Jobs on the server: hand a photo in, wait for its end, whatever happens to the connection meanwhile.

import { ask, askJson } from "/api.js";

const JOBS = "/v1/reconstructions";
const UNFINISHED = ["queued", "running"];

/** Hand a photo in; `options` are form fields. Returns the job; throws a sentence where there is no such file. */
export async function submit(photo, options = {}) {
  await requireReadable(photo);
  const form = new FormData();
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && value !== null && value !== "") form.append(name, value, ...(value instanceof Blob ? ["mask.png"] : []));
  }
  form.append("photo", photo, photo.name || "pasted.png");
  return askJson(JOBS, { method: "POST", body: form });
}

/** Browsers send no folder, and no file that was changed after it was chosen: as if the connection were lost. */
async function requireReadable(photo) {
  try {
    await photo.slice(0, 1).arrayBuffer();
  } catch {
    const told = `${photo.name} cannot be read: it is a folder, or was moved or changed meanwhile.`;
    throw Object.assign(new Error(told), { unreadable: true });
  }
}

/** Wait for the end of a job, or an abort; `told` hears of each change, and of a lost connection as null. */
export async function follow(id, told = () => {}, signal) {
  const look = () => askJson(`${JOBS}/${id}?wait=${document.hidden ? 5 : 20}`, { signal });
  for (;;) {
    const job = await persist(look, () => told(null));
    told(job);
    if (!UNFINISHED.includes(job.status)) return job;
  }
}

/**
 * What `work` gives, tried again for as long as the server is not reached; `lost` hears of it each time, and
 * answers with false where nobody waits any more.
 */
export async function persist(work, lost) {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!error.lost || lost() === false) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

/** The same for as long as the server is crowded, of which `crowded` hears: photos wait, or others shape. */
export async function patiently(work, crowded = () => {}) {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (error.status !== 429 || crowded() === false) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

/** The mesh file of a job. */
export async function meshOf(id, signal) {
  return (await ask(`${JOBS}/${id}/result`, { signal })).arrayBuffer();
}

/** Forget a job; nobody minds if it is gone already. */
export function forget(id) {
  return ask(`${JOBS}/${id}`, { method: "DELETE" }).catch(() => {});
}
