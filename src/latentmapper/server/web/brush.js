// The brush on a mask: where it is, how thick, and what it paints, led by a pointer or by keys.

const byId = (id) => document.getElementById(id);
const STEP = 0.25; // of its thickness, for an arrow key
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIZES = { "+": 2, "=": 2, "-": -2 };

export class Brush {
  /** Paint on the canvas over the photo on the easel, in a colour [red, green, blue]. */
  constructor(easel, canvas, colour) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    this.colour = `rgb(${colour})`;
    this.at = [0, 0];
    this.down = false;
    easel.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      if (!event.isPrimary || event.button) return; // a second finger, or another button
      easel.setPointerCapture(event.pointerId);
      this.at = this.spot(event);
      this.paint();
    });
    easel.addEventListener("pointermove", (event) => this.down && event.isPrimary && this.move(this.spot(event)));
    easel.addEventListener("keydown", (event) => this.key(event));
    easel.addEventListener("keyup", (event) => event.key === " " && (this.down = false));
    for (const end of ["pointerup", "pointercancel"]) {
      easel.addEventListener(end, (event) => event.isPrimary && (this.down = false));
    }
    easel.addEventListener("blur", () => (this.down = false));
    byId("thick").addEventListener("input", () => this.show());
  }

  /** Go to the middle of a photo. */
  home() {
    this.at = [this.canvas.width / 2, this.canvas.height / 2];
    this.show();
  }

  /** Say something about the mask that only eyes would see otherwise: what stands behind a dialog is not read. */
  say(text) {
    byId("brush-said").textContent = text;
  }

  get adds() {
    return byId("brush-adds").checked;
  }

  get thickness() {
    return (byId("thick").valueAsNumber / 100) * Math.max(this.canvas.width, this.canvas.height);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in ARROWS) this.step(...ARROWS[event.key]);
    else if (event.key in SIZES) this.resize(SIZES[event.key]);
    else if (event.key === " ") this.dab();
    else if (event.key.toLowerCase() === "x") this.swap();
    else return;
    event.preventDefault();
  }

  step(across, down) {
    const sides = [this.canvas.width, this.canvas.height];
    const moved = [across, down].map((way, axis) => this.at[axis] + way * STEP * this.thickness);
    this.move(moved.map((place, axis) => Math.max(0, Math.min(sides[axis], place))));
    this.tell();
  }

  dab() {
    this.paint();
    this.tell();
  }

  resize(by) {
    byId("thick").valueAsNumber += by;
    this.show();
    this.say(`Size ${byId("thick").value}.`);
  }

  swap() {
    byId(this.adds ? "brush-removes" : "brush-adds").checked = true;
    this.say(this.adds ? "Adding." : "Removing.");
  }

  /** Begin to paint where the brush is. */
  paint() {
    this.down = true;
    this.move(this.at);
  }

  /** Go to a place in pixels of the mask, painting on the way if it paints. */
  move(to) {
    if (this.down) this.stroke(this.at, to);
    this.at = to;
    this.show();
  }

  stroke(from, to) {
    const { context } = this;
    context.globalCompositeOperation = this.adds ? "source-over" : "destination-out";
    context.strokeStyle = this.colour;
    context.lineWidth = this.thickness;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(to[0] + 0.01, to[1]);
    context.stroke();
  }

  spot(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [((event.clientX - left) / width) * this.canvas.width, ((event.clientY - top) / height) * this.canvas.height];
  }

  /** Draw the ring that shows to keys where the brush is. */
  show() {
    const { width, height } = this.canvas;
    const [left, top, size] = [this.at[0] / width, this.at[1] / height, this.thickness / width].map((share) => `${100 * share}%`);
    Object.assign(byId("ring").style, { left, top, width: size });
  }

  /** Say where the brush is, and what is there. */
  tell() {
    const { width, height } = this.canvas;
    const [across, down] = [this.at[0] / width, this.at[1] / height].map((share) => Math.round(100 * share));
    const [x, y] = [Math.min(this.at[0], width - 1), Math.min(this.at[1], height - 1)];
    const painted = this.context.getImageData(x, y, 1, 1).data[3] > 127;
    this.say(`${across} % across, ${down} % down, ${painted ? "in" : "outside"} the mask.`);
  }
}
