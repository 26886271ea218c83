// What of a photo is the object: a mask that a brush corrects, from what the pack takes for it.

import { ask } from "/api.js";
import { Brush } from "/brush.js";
import { follow, forget, submit } from "/jobs.js";

const byId = (id) => document.getElementById(id);
const SIDE = 640;
const COLOUR_RGB = [31, 165, 160];

/**
 * Let the dialog paint a mask on the photo of a shape, beginning with the mask that its job had;
 * `use(photo, mask)` gets it as a PNG.
 */
export function watchBrush(shape, use) {
  const canvas = byId("easel-mask");
  const brush = new Brush(byId("easel"), canvas, COLOUR_RGB);
  const { context } = brush;
  let [photo, size] = [null, null];

  byId("paint").addEventListener("click", async () => {
    if (photo !== shape.photo) {
      photo = shape.photo;
      size = await show(photo, canvas);
      brush.home();
    }
    tell(null);
    byId("brush").showModal();
    if (isEmpty(context)) await propose(brush, shape);
  });
  byId("wipe").addEventListener("click", () => {
    context.clearRect(0, 0, canvas.width, canvas.height);
    brush.say("The mask is empty.");
  });
  byId("use-mask").addEventListener("click", async (event) => {
    event.preventDefault(); // the form's own button, which Enter in its fields stands for, would close in any case
    if (isEmpty(context)) return tell("Nothing is painted yet.");
    byId("brush").close();
    use(photo, await asMask(inWhite(canvas), size));
  });
}

/** Put a photo on the easel under an empty mask; returns its size in pixels. */
async function show(photo, canvas) {
  const picture = await createImageBitmap(photo);
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  [canvas.width, canvas.height] = [picture.width, picture.height].map((side) => Math.round(side * scale));
  byId("easel").style.setProperty("--ratio", picture.width / picture.height);
  byId("easel-photo").src = URL.createObjectURL(photo);
  await byId("easel-photo").decode();
  return [picture.width, picture.height];
}

/** Begin with the mask that the shape was made by, or what the pack finds; else the easel stays empty. */
async function propose(brush, shape) {
  const [{ context }, { photo }] = [brush, shape];
  byId("looking").hidden = false;
  try {
    const found = (await maskOf(shape)) ?? (await foundIn(photo, shape.about.category));
    if (!found || photo !== shape.photo || !isEmpty(context)) return;
    paint(context, found);
    brush.say("What was found is painted.");
  } catch (error) {
    tell(error.message);
  } finally {
    byId("looking").hidden = true;
  }
}

/** What the pack takes for the object of a photo, which somebody may have insisted on; null where it finds nothing. */
async function foundIn(photo, category) {
  const job = await submit(photo, { foreground: "bundled", category, force: true });
  const ended = await follow(job.id);
  const found = ended.status === "made" ? await jobsMask(job.id) : null;
  forget(job.id);
  return found;
}

/** The mask that a shape was made by; null where there was none, or the server has it no more. */
async function maskOf({ job, about }) {
  return job && about.masked !== undefined ? jobsMask(job).catch(() => null) : null;
}

/** The mask of a job as a picture, white where the object is. */
export async function jobsMask(id) {
  return createImageBitmap(await (await ask(`/v1/reconstructions/${id}/mask`)).blob());
}

/** The mask that a shape was made by as a file for its photo; null where nobody has it any more. */
export async function maskFile(shape) {
  const found = await maskOf(shape);
  if (!found || !shape.photo) return null;
  const picture = await createImageBitmap(shape.photo);
  return asMask(found, shape.photo.full ?? [picture.width, picture.height]);
}

/** Paint where a mask is bright. */
function paint(context, found) {
  const { width, height } = context.canvas;
  context.globalCompositeOperation = "source-over";
  context.drawImage(found, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  for (let i = 0; i < pixels.data.length; i += 4) pixels.data.set([...COLOUR_RGB, pixels.data[i] > 127 ? 255 : 0], i);
  context.putImageData(pixels, 0, 0);
}

function isEmpty(context) {
  const { width, height } = context.canvas;
  return !context.getImageData(0, 0, width, height).data.some((value, place) => place % 4 === 3 && value > 127);
}

/** What is painted on a canvas, in white. */
function inWhite(painted) {
  const { width, height } = painted;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(painted, 0, 0);
  Object.assign(context, { globalCompositeOperation: "source-in", fillStyle: "#fff" });
  context.fillRect(0, 0, width, height);
  return canvas;
}

/** The mask as large as the photo, white on black: a photo that is painted all over has nothing transparent to tell. */
function asMask(white, [width, height]) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.fillRect(0, 0, width, height);
  context.drawImage(white, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function tell(problem) {
  byId("brush-problem").hidden = problem === null;
  byId("brush-problem").textContent = problem ?? "";
}
