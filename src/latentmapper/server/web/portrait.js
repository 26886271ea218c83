// Small pictures of shapes, drawn one after the other by one renderer that nobody sees.

import * as THREE from "/vendor/three.module.min.js";
import { asGeometry, drawnBySoftware, HOME, makeGround, makeLamp, makeLights, PAINT, towards } from "/scene.js";

const [WIDTH, HEIGHT] = [360, 270]; // about twice what is seen of them, so that edges are smooth
const FILLED = 0.92; // of the picture's width or height

/** Undefined before the first picture; null where the browser has no WebGL, which another try would not change. */
let painter;

/** A picture of a mesh as a data URL, without background; null where the browser draws none. */
export function portrait(mesh) {
  if (painter === undefined) painter = makePainter();
  if (painter?.lost) {
    painter.end();
    painter = makePainter(); // graphics cards are reset, and taken away from pages that nobody sees
  }
  const picture = painter?.paint(mesh);
  return painter?.lost ? null : (picture ?? null);
}

function makePainter() {
  try {
    return new Painter();
  } catch (error) {
    console.warn(error);
    return null;
  }
}

class Painter {
  constructor() {
    this.renderer = new THREE.WebGLRenderer({ alpha: true });
    this.renderer.setSize(WIDTH, HEIGHT, false);
    const enabled = !drawnBySoftware(this.renderer.getContext());
    Object.assign(this.renderer.shadowMap, { enabled, type: THREE.VSMShadowMap });
    this.camera = new THREE.PerspectiveCamera(30, WIDTH / HEIGHT, 0.1, 50);
    this.camera.position.copy(towards(HOME.azimuth, HOME.elevation)).multiplyScalar(HOME.distance);
    this.camera.lookAt(0, 0, 0);
    this.camera.add(makeLamp());
    this.ground = makeGround();
    this.material = new THREE.MeshStandardMaterial(PAINT);
    this.scene = new THREE.Scene().add(this.camera, this.ground, ...makeLights());
  }

  /** Whether the browser has taken the context back: what is drawn then is empty. */
  get lost() {
    return this.renderer.getContext().isContextLost();
  }

  end() {
    this.renderer.dispose();
  }

  paint(mesh) {
    const solid = new THREE.Mesh(asGeometry(mesh), this.material);
    solid.castShadow = true;
    this.ground.position.y = solid.geometry.boundingBox.min.y;
    this.fit(mesh.positions);
    this.scene.add(solid);
    this.renderer.render(this.scene, this.camera);
    this.scene.remove(solid);
    solid.geometry.dispose();
    return this.renderer.domElement.toDataURL("image/webp", 0.9);
  }

  /** Let the shape fill the picture: a long one and a high one are as large as each other. */
  fit(positions) {
    this.camera.updateProjectionMatrix();
    this.camera.updateMatrixWorld();
    const [low, high] = seen(positions, this.camera);
    const scale = (2 * FILLED) / Math.max(high.x - low.x, high.y - low.y);
    const projection = this.camera.projectionMatrix.elements;
    for (const [axis, middle] of [(low.x + high.x) / 2, (low.y + high.y) / 2].entries()) {
      projection[5 * axis] *= scale;
      projection[8 + axis] = middle * scale;
    }
    this.camera.projectionMatrixInverse.copy(this.camera.projectionMatrix).invert();
  }
}

/** The corners, from -1 to 1, between which a camera sees points. */
function seen(positions, camera) {
  const box = new THREE.Box2();
  const [point, place] = [new THREE.Vector3(), new THREE.Vector2()];
  for (let i = 0; i < positions.length; i += 3) {
    point.fromArray(positions, i).project(camera);
    box.expandByPoint(place.set(point.x, point.y));
  }
  return [box.min, box.max];
}
