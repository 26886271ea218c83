// The shape on the screen while it is changed: its sliders, its history, and the original to compare it with.

import { Edits, originalOf } from "/editing.js";
import { tellChecks, warn } from "/facts.js";
import { say, toast } from "/messages.js";
import { followMorph, freshMorph, watchMorph } from "/morph.js";
import { keep, kept } from "/session.js";
import { knownPacks, showSliders, tellHistory, watchHistory } from "/sliders.js";
import { offerParts } from "/tools.js";

const byId = (id) => document.getElementById(id);

/**
 * Let sliders, history, morph and the button that compares act on a shape; `viewer()` gives what shows it, if
 * anything does, `length()` the metres that were asked for. Returns `begin()`, for every new shape, `lead(file)`
 * for a second one, and `correspond()`, which sees to it that the shape tells its places.
 */
export function watchChanges(shape, viewer, length) {
  const changes = new Changes(shape, viewer, length);
  watchHistory(() => shape.edits, () => changes.follow());
  changes.lead = watchMorph(() => shape.edits);
  byId("compare").addEventListener("click", () => changes.compare(!changes.comparing));
  return changes;
}

class Changes {
  constructor(shape, viewer, length) {
    Object.assign(this, { shape, viewer, length, followSliders: () => {} });
  }

  /** Begin to edit what is shown; edits of before, where the page was reloaded, are taken up. */
  async begin() {
    const { shape } = this;
    const on = { arrived: (...told) => this.arrived(...told), failed: toast, changed: () => this.changed() };
    const edits = (shape.edits = new Edits(shape.about, on));
    const { edits: before } = kept();
    this.followSliders = () => {};
    tellHistory(edits);
    freshMorph(edits);
    this.compare(false);
    try {
      const pack = (await knownPacks()).find(({ category }) => category === edits.category);
      this.followSliders = showSliders(edits, pack);
      offerParts(this.viewer(), pack?.corresponds);
      if (this.viewer()?.chosen === "template") this.correspond();
      if (!before) return;
      edits.restore(before);
      this.follow();
    } catch (error) {
      toast(error.message);
    }
  }

  /** Files tell no places on the template: have the original from the server. */
  async correspond() {
    const { shape } = this;
    const { mesh, edits } = shape;
    if (mesh.template) return;
    try {
      const told = await originalOf(edits);
      if (shape.mesh === mesh) shape.mesh = told;
      if (shape.mesh === told && !edits.edited) this.viewer().show(told);
    } catch (error) {
      toast(error.message);
    }
  }

  changed() {
    const { edits } = this.shape;
    if (!edits) return; // a slider that was let go once another photo had been given
    if (this.comparing) this.compare(false);
    keep({ edits: edits.kept });
    tellHistory(edits);
  }

  /** A mesh of the edited shape has come, one of many in `passing` while a slider moves; null is the original. */
  arrived(mesh, passing) {
    const { shape } = this;
    const original = mesh === null;
    shape.edited = mesh;
    if (passing) byId("compare").setAttribute("aria-pressed", false);
    else {
      shape.checks = (original ? shape.about : mesh.about).checks;
      tellChecks(shape.checks, this.length());
      say(original ? "The original shape." : "The shape is refined.");
    }
    warn([...(shape.about.warnings ?? []), ...(original ? [] : mesh.about.warnings)]);
    if (!this.comparing) this.viewer()?.show(mesh ?? shape.mesh, passing);
  }

  /** Put sliders and morph where the edits are. */
  follow() {
    this.followSliders();
    followMorph(this.shape.edits);
  }

  get comparing() {
    return byId("compare").getAttribute("aria-pressed") === "true";
  }

  /** Show the original for as long as the button is pressed. */
  compare(on) {
    const { mesh, edited, edits } = this.shape;
    byId("compare").setAttribute("aria-pressed", on);
    if (on) this.viewer()?.show(mesh);
    else if (edited && edits.edited) this.viewer()?.show(edited);
  }
}
