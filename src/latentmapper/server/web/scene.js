// How shapes are seen before anybody turns them: in which light, on what ground, and from where.

import * as THREE from "/vendor/three.module.min.js";

export const HOME = { azimuth: 38, elevation: 16, distance: 4.1 };
export const PAINT = { color: 0xc3c9cb, roughness: 0.48, metalness: 0.08 };

/** Whether the processor draws in a context, for which smooth edges and shadows take long. */
export function drawnBySoftware(context) {
  const told = context?.getExtension("WEBGL_debug_renderer_info");
  return /swiftshader|llvmpipe|software/i.test(told ? context.getParameter(told.UNMASKED_RENDERER_WEBGL) : "");
}

/** A unit vector towards a camera, from angles in degrees: 0 at the front, 90 at the object's left side. */
export function towards(azimuth, elevation) {
  const [a, e] = [azimuth, elevation].map(THREE.MathUtils.degToRad);
  return new THREE.Vector3(Math.sin(a) * Math.cos(e), Math.sin(e), Math.cos(a) * Math.cos(e));
}

/** A mesh as it is drawn, with the places of its vertices on the template as colours where it tells them. */
export function asGeometry({ positions, triangles, template }) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(positions, 3));
  if (template) geometry.setAttribute("color", new THREE.BufferAttribute(template, 3, true));
  geometry.setIndex(new THREE.BufferAttribute(triangles, 1));
  geometry.computeVertexNormals();
  geometry.computeBoundingBox();
  return geometry;
}

/** Degrees from top to bottom with which the shape fits a picture that is so much wider than high. */
export function lens(aspect) {
  const half = Math.tan(THREE.MathUtils.degToRad(15)) / Math.min(1, aspect / 1.15);
  return 2 * THREE.MathUtils.radToDeg(Math.atan(half));
}

export function makeLights() {
  const key = new THREE.DirectionalLight(0xfff4e6, 1.7);
  key.position.set(2.5, 4, 3);
  key.castShadow = true;
  key.shadow.mapSize.set(512, 512);
  Object.assign(key.shadow, { radius: 5, blurSamples: 8, bias: -0.0005 });
  Object.assign(key.shadow.camera, { left: -1.6, right: 1.6, top: 1.6, bottom: -1.6, near: 1, far: 10 });
  const rim = new THREE.DirectionalLight(0xdcebff, 0.9);
  rim.position.set(-3, 2.2, -3);
  return [key, rim, new THREE.HemisphereLight(0xf4f8ff, 0x5d6560, 0.7)];
}

/** Over the viewer's left shoulder: every side that is looked at has a bright and a dark end. */
export function makeLamp() {
  const lamp = new THREE.DirectionalLight(0xffffff, 1.35);
  lamp.position.set(-2.2, 1.8, 1.2);
  lamp.target.position.set(0, 0, -4);
  lamp.add(lamp.target);
  return lamp;
}

export function makeGround() {
  const ground = new THREE.Mesh(new THREE.PlaneGeometry(12, 12), new THREE.ShadowMaterial({ opacity: 0.24 }));
  ground.rotation.x = -Math.PI / 2;
  ground.receiveShadow = true;
  return ground;
}
