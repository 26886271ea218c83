// The card of the photo: what of it was looked at.

import { looked } from "/facts.js";
import { persist } from "/jobs.js";
import { jobsMask } from "/mask.js";

const byId = (id) => document.getElementById(id);
const SIDE = 480;
const DIMMED = [12, 18, 18];
const EDGE = [120, 214, 208, 255];
const DIM = 0.74;

/** Let the button on the photo show and hide its mask. */
export function watchPhoto() {
  byId("show-mask").addEventListener("click", () => {
    const on = byId("show-mask").getAttribute("aria-pressed") !== "true";
    byId("show-mask").setAttribute("aria-pressed", on);
    byId("veil").hidden = !on;
  });
}

/** Show the photo of a shape; what its mask leaves out is dimmed once the server has told it. */
export function showPhoto(shape) {
  const { thumb, job, about } = shape;
  const masked = Boolean(thumb && job && about.masked !== undefined);
  byId("frame").hidden = byId("looked").hidden = !thumb;
  if (thumb) byId("photo").src = thumb;
  byId("under").src = thumb ?? "/icon.svg";
  byId("paint").hidden = !(thumb && shape.photo);
  byId("looked").textContent = looked(about) ?? "All of the photo was looked at.";
  frame(masked);
  if (masked) veil(shape);
}

/** Give a photo with a mask more room, at once: nothing moves when the mask comes. */
function frame(masked) {
  byId("photo-card").classList.toggle("masked", masked);
  byId("show-mask").hidden = !masked;
  byId("show-mask").disabled = true;
  byId("veil").hidden = true;
}

async function veil(shape) {
  const { job, about } = shape;
  const isShown = () => shape.job === job;
  const mask = await persist(() => jobsMask(job), isShown).catch(() => null);
  if (!isShown()) return;
  if (!mask) return frame(false);
  draw(byId("veil"), mask);
  byId("veil").setAttribute("aria-label", `The mask. ${looked(about)} The rest is dimmed.`);
  byId("show-mask").disabled = false;
  byId("veil").hidden = byId("show-mask").getAttribute("aria-pressed") !== "true";
}

/** Dim a canvas where a mask is dark, and draw a line where it ends. */
function draw(canvas, mask) {
  const scale = Math.min(1, SIDE / Math.max(mask.width, mask.height));
  const [width, height] = [mask.width, mask.height].map((side) => Math.max(1, Math.round(side * scale)));
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(mask, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  const levels = pixels.data.filter((_, place) => place % 4 === 0);
  const isIn = (x, y) => levels[Math.min(height - 1, y) * width + Math.min(width - 1, x)] > 127;
  for (let i = 0; i < levels.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const ends = isIn(x, y) !== isIn(x + 1, y) || isIn(x, y) !== isIn(x, y + 1) || isIn(x, y) !== isIn(x + 1, y + 1);
    pixels.data.set(ends ? EDGE : [...DIMMED, DIM * (255 - levels[i])], 4 * i);
  }
  context.putImageData(pixels, 0, 0);
}
