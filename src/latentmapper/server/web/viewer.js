// The shape on the screen: lights, an orbiting camera, and pictures of it. Draws only when something changes.

import * as THREE from "/vendor/three.module.min.js";
import { OrbitControls } from "/vendor/OrbitControls.js";
import { place } from "/placing.js";
import { asGeometry, drawnBySoftware, HOME, lens, makeGround, makeLamp, makeLights, PAINT, towards } from "/scene.js";

const STEP = 10;

export class Viewer {
  /** A viewer that fills an element. Throws where the browser has no WebGL. */
  constructor(element) {
    this.element = element;
    this.software = drawnBySoftware(document.createElement("canvas").getContext("webgl2"));
    this.renderer = new THREE.WebGLRenderer({ antialias: !this.software, alpha: true });
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = THREE.VSMShadowMap;
    this.renderer.shadowMap.autoUpdate = false; // the light stands still: shadows change with the shape alone
    element.append(this.renderer.domElement);
    this.camera = new THREE.PerspectiveCamera(30, 1, 0.1, 50);
    this.scene = new THREE.Scene();
    this.looks = makeLooks();
    this.solid = new THREE.Mesh(new THREE.BufferGeometry(), this.looks.shaded);
    this.solid.castShadow = true;
    this.lines = new THREE.Mesh(this.solid.geometry, this.looks.lines);
    this.lines.visible = false;
    this.ground = makeGround();
    this.scene.add(this.solid, this.lines, this.ground, this.camera, ...makeLights());
    this.camera.add(makeLamp());
    this.controls = new OrbitControls(this.camera, this.renderer.domElement);
    Object.assign(this.controls, { enableDamping: true, enablePan: false, minDistance: 1.6, maxDistance: 9 });
    this.controls.addEventListener("change", () => this.draw());
    this.controls.addEventListener("start", () => this.over(null));
    this.onover = () => {};
    this.placed = null;
    this.chosen = "shaded";
    element.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.resized()).observe(element);
    this.home();
  }

  /** Show a mesh, a `passing` one of many only in passing; the camera stays where it is. */
  show(mesh, passing = false) {
    const geometry = asGeometry(mesh);
    this.solid.geometry.dispose();
    this.solid.geometry = this.lines.geometry = geometry;
    this.ground.position.y = geometry.boundingBox.min.y;
    this.hasten(passing && this.software);
    this.look(this.chosen);
  }

  /** Where the processor draws, most of the time goes into shadows and pixels: a few of them do for a moment. */
  hasten(on) {
    const ratio = Math.min(devicePixelRatio, 2) * (on ? 0.5 : 1);
    if (this.renderer.getPixelRatio() !== ratio) this.renderer.setPixelRatio(ratio);
    this.renderer.shadowMap.needsUpdate = !on;
  }

  /** Width, height and length of what is shown, canonical units. */
  get size() {
    const box = this.solid.geometry.boundingBox;
    return box ? box.getSize(new THREE.Vector3()).toArray() : [0, 0, 0];
  }

  /** "shaded", "wireframe", "normals", or "template": one colour for one place on all shapes of a category. */
  look(name) {
    this.chosen = name;
    const { shaded, normals, template } = this.looks;
    const placed = this.solid.geometry.hasAttribute("color") ? template : shaded;
    this.solid.material = { normals, template: placed }[name] ?? shaded;
    this.lines.visible = name === "wireframe";
    this.draw();
  }

  dark(on) {
    this.looks.shaded.color.set(on ? 0xb9c4c6 : PAINT.color);
    this.ground.material.opacity = on ? 0.5 : 0.24;
    this.looks.lines.opacity = on ? 0.5 : 0.4;
    this.draw();
  }

  home() {
    this.from(HOME.azimuth, HOME.elevation, HOME.distance);
  }

  /** Look from a direction in degrees: 0 at the front, 90 at the object's left side. */
  from(azimuth, elevation, distance = this.camera.position.length()) {
    this.over(null);
    this.camera.position.copy(towards(azimuth, elevation)).multiplyScalar(distance);
    this.controls.target.set(0, 0, 0);
    this.controls.update();
    this.draw();
  }

  /** See the shape where a photo shows it, from a server's camera, until somebody turns it; null ends that. */
  over(placed) {
    if (placed === this.placed) return;
    this.placed = placed;
    this.ground.visible = placed === null;
    const through = placed === null ? { transparent: false, opacity: 1 } : { transparent: true, opacity: 0.7 };
    for (const look of [this.looks.shaded, this.looks.normals, this.looks.template]) Object.assign(look, { ...through, needsUpdate: true });
    this.element.classList.toggle("over", placed !== null);
    this.onover(placed !== null);
    this.fit();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return; // the browser's own: Ctrl and + enlarge the page
    const turns = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };
    const zooms = { "+": 0.9, "=": 0.9, "-": 1.1 };
    const seen = new THREE.Spherical().setFromVector3(this.camera.position);
    const [azimuth, elevation] = [seen.theta, Math.PI / 2 - seen.phi].map(THREE.MathUtils.radToDeg);
    if (event.key in turns) {
      const [across, up] = turns[event.key];
      this.from(azimuth + across, Math.max(-85, Math.min(85, elevation + up)), seen.radius);
    } else if (event.key in zooms) {
      this.from(azimuth, elevation, Math.max(1.6, Math.min(9, seen.radius * zooms[event.key])));
    } else if (event.key === "0") this.home();
    else return;
    event.preventDefault();
  }

  /** The element has another size, or is seen again: what is drawn after this would be a frame late. */
  resized() {
    const { clientWidth, clientHeight } = this.element;
    if (this.fitted === `${clientWidth} ${clientHeight}`) return;
    this.fit();
    this.draw(true);
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    this.fitted = `${width} ${height}`;
    this.renderer.setSize(width, height);
    this.camera.aspect = width / height;
    this.camera.fov = lens(width / height);
    this.camera.updateProjectionMatrix();
    if (this.placed) place(this.camera, this.placed, width, height);
    this.draw();
  }

  /** Draw at the next frame, or at once: damping goes on until the camera rests. */
  draw(now = false) {
    if (!now) return (this.frame ??= requestAnimationFrame(() => this.paint()));
    cancelAnimationFrame(this.frame); // which would draw the same again
    this.paint();
  }

  paint() {
    this.frame = null;
    if (!this.placed) this.controls.update();
    this.renderer.render(this.scene, this.camera);
  }

  /** A PNG of what is seen, without background. */
  async snapshot() {
    this.draw(true);
    return new Promise((resolve) => this.renderer.domElement.toBlob(resolve, "image/png"));
  }

  /** A PNG with twelve views around the shape, four in a row. */
  async turntable(side = 360) {
    this.over(null);
    const sheet = Object.assign(document.createElement("canvas"), { width: 4 * side, height: 3 * side });
    const [kept, ratio] = [this.camera.clone(), this.renderer.getPixelRatio()];
    this.renderer.setPixelRatio(1);
    this.renderer.setSize(side, side, false);
    Object.assign(this.camera, { aspect: 1, fov: lens(1) }).updateProjectionMatrix();
    for (let i = 0; i < 12; i++) {
      await new Promise((resolve) => setTimeout(resolve)); // the page stays alive meanwhile
      this.from(30 * i, HOME.elevation, HOME.distance);
      this.draw(true);
      sheet.getContext("2d").drawImage(this.renderer.domElement, (i % 4) * side, Math.floor(i / 4) * side);
    }
    this.camera.position.copy(kept.position);
    this.controls.update();
    this.renderer.setPixelRatio(ratio);
    this.fit();
    return new Promise((resolve) => sheet.toBlob(resolve, "image/png"));
  }
}

function makeLooks() {
  return {
    shaded: new THREE.MeshStandardMaterial(PAINT),
    normals: new THREE.MeshNormalMaterial(),
    template: new THREE.MeshStandardMaterial({ vertexColors: true, roughness: 0.6, metalness: 0 }),
    lines: new THREE.MeshBasicMaterial({ wireframe: true, color: 0x2f6f73, transparent: true, opacity: 0.4 }),
  };
}
