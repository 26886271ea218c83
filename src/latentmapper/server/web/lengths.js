// How long the shape in a file is, and in which unit: files have metres or millimetres where a length is given.

const METRES = {
  given: "The file is in metres.",
  none: "Without a length the file has no unit; programs show it up to 2 m long.",
};
const MILLIMETRES = {
  given: "The file is in millimetres. For a print give the model's own length: 0.12 m makes 120 mm.",
  none: "Without a length the model is up to 2 mm long. For a print give its own length: 0.12 m makes 120 mm.",
};
const UNITS = { glb: METRES, obj: METRES, stl: MILLIMETRES };

/** Say in `hint` what comes out of a kind of file for a length in metres, or for none. */
export function tellUnit(hint, format, length) {
  hint.textContent = UNITS[format][length ? "given" : "none"];
  hint.classList.toggle("warned", format === "stl" && !length); // nobody wants that
}

/** Metres that a field holds; null where it holds none. */
export const metresIn = (field) => field.valueAsNumber || null;
