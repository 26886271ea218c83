// Edits of the shape on the screen: what is wanted, what was, and the meshes that come of it.

import { post } from "/api.js";
import { readPacked } from "/meshes.js";

const DRAFT = { format: "draft", resolution: 64 };
const FINE = { format: "mesh", resolution: 128 };
const session = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join("");

/** The mesh of a code as it is, with its place on the template where the pack knows one. */
export async function originalOf({ category, code }) {
  return readPacked(await (await post("/v1/shapes", { category, code, ...FINE })).arrayBuffer());
}

/** The edits of one shape: where its sliders are, and how far it is on the way to another shape. */
export class Edits {
  /**
   * `arrived(mesh or null, passing)` gets every new mesh, null for the original, and whether finer ones will
   * follow; `failed(sentence)` what went wrong; `changed()` hears when the history has.
   */
  constructor({ category, code }, { arrived, failed, changed }) {
    Object.assign(this, { category, code, arrived, failed, changed });
    this.moves = {};
    this.way = 0;
    this.ends = [];
    this.toward = -1;
    this.history = [this.state];
    this.place = 0;
  }

  /** Where everything is, as the history holds it. */
  get state() {
    const led = this.way > 0 ? { way: this.way, toward: this.toward } : {};
    return JSON.stringify({ moves: this.asked.sliders, ...led });
  }

  /** Codes on the way to the second shape; null where there is none. */
  get stations() {
    return this.second?.codes ?? null;
  }

  /** The second shape: `codes` on the way to it, the `name` of its file, and a `thumb`; undefined without one. */
  get second() {
    return this.ends[this.toward];
  }

  /** What a reload needs to go on. */
  get kept() {
    const { history, place, ends, toward } = this;
    return { history, place, ends, toward };
  }

  /** Go on where a page was that has been reloaded. */
  restore({ history, place, ends = [], toward = -1 }) {
    Object.assign(this, { history, place, ends, toward });
    this.step(0);
  }

  /** Another shape to lead to, as `second` tells it; those of before are kept for what can be undone. */
  lead(end) {
    const undoable = this.history.some((each) => JSON.parse(each).toward === this.toward);
    this.toward = undoable ? this.ends.length : Math.max(0, this.toward);
    this.ends[this.toward] = end;
    if (this.way > 0) this.settle();
    else this.changed();
  }

  /** What the server is asked for: the nearest code on the way, and the sliders that are off their middle. */
  get asked() {
    const code = this.stations?.[Math.round(this.way * (this.stations.length - 1))] ?? this.code;
    const sliders = Object.fromEntries(Object.entries(this.moves).filter(([, amount]) => amount));
    return { category: this.category, code, sliders };
  }

  get edited() {
    return this.way > 0 || Object.keys(this.asked.sliders).length > 0;
  }

  /** Move while somebody drags: coarse, and only the newest. */
  move(name, amount) {
    this.moves[name] = amount;
    this.want(DRAFT);
  }

  go(way) {
    this.way = way;
    this.want(DRAFT);
  }

  /** The drag is over: refine, and remember it. */
  settle() {
    const now = this.state;
    if (now !== this.history[this.place]) {
      this.history.splice(++this.place, Infinity, now);
    }
    this.changed();
    this.want(FINE);
  }

  /** Step back (-1) or forth (1) in what was done. */
  step(by) {
    this.place = Math.max(0, Math.min(this.history.length - 1, this.place + by));
    this.take(JSON.parse(this.history[this.place]));
  }

  reset() {
    this.take({});
    this.settle();
  }

  take({ moves = {}, way = 0, toward = this.toward }) {
    this.moves = { ...moves };
    this.toward = toward;
    this.way = this.stations ? way : 0;
    this.changed();
    this.want(FINE);
  }

  /** Ask for what is wanted now. One request is on its way at a time; when it is back, the newest wish goes. */
  async want(how) {
    this.wanted = { ...this.asked, ...how, session };
    if (this.busy) return;
    this.busy = true;
    while (this.wanted && !this.over) {
      const asked = this.wanted;
      this.wanted = null;
      await this.fetch(asked);
    }
    this.busy = false;
  }

  async fetch(asked) {
    const passing = asked.format === DRAFT.format;
    if (!this.edited) return this.arrived(null, passing);
    try {
      const mesh = readPacked(await (await post("/v1/shapes", asked)).arrayBuffer());
      if (!this.over) this.arrived(mesh, passing);
    } catch (error) {
      if (error.lost || error.status === 429) await this.later(asked, error);
      else if (error.status !== 409 && !this.over) this.failed(error.message);
    }
  }

  /** The server is away or crowded: ask again, unless something newer is wanted by then. */
  async later(asked, { lost }) {
    if (lost && !this.over) this.failed("The connection is lost. Trying again…");
    await new Promise((resolve) => setTimeout(resolve, lost ? 1000 : 300));
    this.wanted ??= asked;
  }

  /** Another shape is on the screen. */
  end() {
    this.over = true;
  }
}
