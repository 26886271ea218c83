// What the page says: beside a photo, over the shape, and to screen readers.

const byId = (id) => document.getElementById(id);
let toasting;

/** Say something that only eyes would see otherwise. */
export function say(text) {
  byId("said").textContent = text;
}

/** Say something over the shape for a while. */
export function toast(text) {
  byId("toast").textContent = text;
  byId("toast").hidden = false;
  say(text);
  clearTimeout(toasting);
  toasting = setTimeout(() => (byId("toast").hidden = true), 6000);
}

/** "empty", "working" or "made". */
export function state(name) {
  byId("one").dataset.state = name;
  byId("drop").hidden = name !== "empty";
  byId("working").hidden = name !== "working";
  for (const id of ["panel", "tools"]) byId(id).hidden = name !== "made";
  byId("view").style.visibility = name === "made" ? "visible" : "hidden";
}

/** Say what is being done with a photo. */
export function work(text, thumb) {
  state("working");
  byId("status").textContent = text;
  say(text);
  byId("working-photo").hidden = !thumb;
  if (thumb) byId("working-photo").src = thumb;
}

/** Say at the place of the photo what is wrong with it; `choices` are buttons that insist. */
export function complain(problem, choices = []) {
  if (problem) state("empty");
  byId("problem").hidden = !problem;
  byId("problem").textContent = problem ?? "";
  byId("anyway").hidden = choices.length === 0;
  byId("anyway").replaceChildren(...choices);
}
