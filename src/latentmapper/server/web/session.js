// What this tab works on, kept over reloads; other tabs have their own.

const KEY = "latentmapper.shape";
const PHOTO = "latentmapper.photo";
const BATCH = "latentmapper.batch";
const ARCHIVE = "latentmapper.archive";
const LARGEST = 2_200_000; // bytes: as text they take a third more, and browsers keep 5 million letters a tab
const REDUCED = 1600;
let shapes = 0; // kept so far: a photo that takes long to read may be of one before

export function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** Keep values beside those that are kept already. */
export function keep(values) {
  store(KEY, JSON.stringify({ ...kept(), ...values }));
}

/** Keep these values alone, of the shape of a new photo. */
export function keepAnew(values) {
  shapes++;
  sessionStorage.removeItem(PHOTO);
  store(KEY, JSON.stringify({ tab: kept().tab, ...values }));
}

/** What is kept of the many photos: name, small picture and job of each. */
export function keptBatch() {
  return JSON.parse(sessionStorage.getItem(BATCH)) ?? [];
}

/** Keep them, without their pictures where those are too many: what they are called and made of is worth more. */
export function keepBatch(entries) {
  const bare = () => store(BATCH, JSON.stringify(entries.map(({ thumb, ...rest }) => rest)));
  store(BATCH, JSON.stringify(entries), bare);
}

/** Which files the archive of the many photos is to hold, as it was chosen: kind and length. */
export function keptArchive() {
  return JSON.parse(sessionStorage.getItem(ARCHIVE)) ?? {};
}

export function keepArchive(choices) {
  store(ARCHIVE, JSON.stringify(choices));
}

/** Keep the photo of the shape, which the server forgets: itself, or a smaller copy of one that is too large. */
export async function keepPhoto(photo) {
  const { name, size } = photo;
  const mine = shapes;
  try {
    const copy = size > LARGEST ? await reduced(photo) : { blob: photo };
    const data = await asDataUrl(copy.blob);
    if (mine === shapes) store(PHOTO, JSON.stringify({ name, full: copy.full, data }));
  } catch {
    // the browser cannot read it: it can be shaped, but not be painted on
  }
}

/** The photo that was kept, as a file; null where there is none. `full` is the size of what it is a copy of. */
export function keptPhoto() {
  const found = JSON.parse(sessionStorage.getItem(PHOTO));
  if (!found) return null;
  const [head, body] = found.data.split(",");
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  const photo = new File([bytes], found.name, { type: head.slice(5).split(";")[0] });
  return Object.assign(photo, { full: found.full });
}

function store(key, text, otherwise = () => {}) {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    sessionStorage.removeItem(key); // full, or forbidden: half of it would be worse than nothing
    otherwise();
  }
}

async function reduced(photo) {
  const picture = await createImageBitmap(photo);
  const scale = Math.min(1, REDUCED / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height].map((side) => Math.round(side * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/webp", 0.9));
  return { blob, full: [picture.width, picture.height] };
}

function asDataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
