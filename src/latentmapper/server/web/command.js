// The lines that do the same in a terminal.

/** `latentmapper reconstruct ...`, and `edit` after it where sliders were moved, for what the page shows. */
export function commandFor({ name, category, format, length, sliders, forced, mask }) {
  const photo = asFile(name);
  const stem = asFile(name.replace(/\.[^.]*$/, "") || "shape");
  const moves = Object.entries(sliders).flatMap(([slider, amount]) => ["--move", `${slider}=${amount}`]);
  const metres = length > 0 ? ["--length", String(length)] : [];
  const made = `${stem}.${moves.length ? "glb" : format}`;
  const options = ["--category", category, ...(forced ? ["--force"] : []), ...(mask ? ["--mask", asFile(mask)] : [])];
  const reconstruct = ["reconstruct", photo, "-o", made, ...options, ...(moves.length ? [] : metres)];
  const edit = ["edit", made, ...moves, "-o", `${stem}.edited.${format}`, ...metres];
  const lines = /\.glb$/i.test(name) ? [["edit", photo, ...edit.slice(2)]] : moves.length ? [reconstruct, edit] : [reconstruct];
  return lines.map((words) => ["latentmapper", ...words.map(quoted)].join(" ")).join(" && ");
}

/** A file's name as commands take it: what begins with "-" would be an option, or standard input. */
function asFile(name) {
  return name.startsWith("-") ? `./${name}` : name;
}

/** A word as shells take it. */
function quoted(word) {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
