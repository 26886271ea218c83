// What the server's packs are for, in words.

import { knownPacks } from "/sliders.js";

/** Tell in an element what can be shaped: "an airplane or a car". */
export async function tellNouns(element) {
  const packs = await knownPacks().catch(() => []);
  const told = packs.map(({ category }) => withArticle(category)).sort().join(" or ");
  if (told && told !== element.textContent) element.textContent = told;
}

/** Buttons that insist on what a photo shows; `chosen` gets the category. */
export async function choices(chosen) {
  return (await knownPacks()).map(({ category }) => button(`Shape it as ${withArticle(category)}`, () => chosen(category)));
}

export function button(textContent, clicked) {
  const made = Object.assign(document.createElement("button"), { textContent });
  made.addEventListener("click", clicked);
  return made;
}

function withArticle(noun) {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
