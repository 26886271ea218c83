// The lines that do the same in a terminal.

/**
 * `latentmapper reconstruct ...`, `morph` after it for a shape on the `way` to that of the file `second`, and `edit`
 * where sliders were moved, for what the page shows.
 */
export function commandFor({ name, category, format, length, sliders, forced, mask, second = null, way = 0 }) {
  const files = new Files([name, ...(second ? [second] : [])]);
  const moves = Object.entries(sliders).flatMap(([slider, amount]) => ["--move", `${slider}=${amount}`]);
  const metres = length > 0 ? ["--length", String(length)] : [];
  const options = ["--category", category, ...(forced ? ["--force"] : []), ...(mask ? ["--mask", asFile(mask)] : [])];
  const lines = [];
  const shapeOf = (photo, more, kind = "glb") => {
    if (isMesh(photo)) return asFile(photo);
    const made = files.fresh(photo, kind);
    lines.push(["reconstruct", asFile(photo), "-o", made, ...more]);
    return made;
  };
  if (second) {
    const ends = [shapeOf(name, options), shapeOf(second, ["--category", category])];
    const made = files.fresh(name, moves.length ? "morph.glb" : `morph.${format}`);
    lines.push(["morph", ...ends, "--at", String(way), "-o", made, ...metres]);
    if (moves.length) lines.push(["edit", made, ...moves, "-o", files.fresh(name, `edited.${format}`)]); // as long as that
  } else if (moves.length || isMesh(name)) {
    lines.push(["edit", shapeOf(name, options), ...moves, "-o", files.fresh(name, `edited.${format}`), ...metres]);
  } else {
    shapeOf(name, [...options, ...metres], format);
  }
  return lines.map((words) => ["latentmapper", ...words.map(quoted)].join(" ")).join(" && ");
}

/** Names of files to write, none of them that of another one: commands replace no files. */
class Files {
  constructor(names) {
    this.taken = new Set(names.map((name) => name.toLowerCase())); // many disks know no other letters
  }

  fresh(photo, ending) {
    const stem = photo.replace(/\.[^.]*$/, "") || "shape";
    for (let count = 1; ; count++) {
      const name = count === 1 ? `${stem}.${ending}` : `${stem}.${count}.${ending}`;
      if (this.taken.has(name.toLowerCase())) continue;
      this.taken.add(name.toLowerCase());
      return asFile(name);
    }
  }
}

const isMesh = (name) => /\.glb$/i.test(name);

/** A file's name as commands take it: what begins with "-" would be an option, or standard input. */
function asFile(name) {
  return name.startsWith("-") ? `./${name}` : name;
}

/** A word as shells take it. */
function quoted(word) {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
