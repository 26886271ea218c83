// The camera of a photo: see `Camera` in render/camera.py, whose angles and units these are.

import * as THREE from "/vendor/three.module.min.js";

/** Put a camera where a photo was taken, so that the shape covers it in a picture fitted into width x height. */
export function place(camera, told, width, height) {
  const { distance, fov, shift, target, size } = told;
  const [right, up, forward] = axes(told);
  camera.position.set(...target).addScaledVector(forward, -distance);
  camera.quaternion.setFromRotationMatrix(new THREE.Matrix4().makeBasis(right, up, forward.clone().negate()));
  camera.updateMatrixWorld();
  const longer = Math.max(...size) * Math.min(width / size[1], height / size[0]);
  const slope = Math.tan(THREE.MathUtils.degToRad(fov) / 2);
  const projection = camera.projectionMatrix.elements;
  [projection[0], projection[5]] = [longer / width / slope, longer / height / slope];
  [projection[8], projection[9]] = [(-shift[0] * longer) / width, (-shift[1] * longer) / height];
  camera.projectionMatrixInverse.copy(camera.projectionMatrix).invert();
}

/** Unit vectors to the picture's right, to its top, and into the scene. */
function axes(told) {
  const [azimuth, elevation, roll] = [told.azimuth, told.elevation, told.roll].map(THREE.MathUtils.degToRad);
  const right = new THREE.Vector3(Math.cos(azimuth), 0, -Math.sin(azimuth));
  const forward = new THREE.Vector3(
    -Math.sin(azimuth) * Math.cos(elevation), -Math.sin(elevation), -Math.cos(azimuth) * Math.cos(elevation),
  );
  const up = new THREE.Vector3().crossVectors(right, forward);
  const turn = (a, b, sign) => a.clone().multiplyScalar(Math.cos(roll)).addScaledVector(b, sign * Math.sin(roll));
  return [turn(right, up, 1), turn(up, right, -1), forward];
}
