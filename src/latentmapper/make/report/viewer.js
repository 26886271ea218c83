// Meshes that turn together, one canvas a scene, each mesh in its own part of the canvas.
//
// Browsers keep but a few WebGL contexts (Chromium 16) and take them from the canvases that had them first:
// one hidden canvas draws all scenes, each of which is a copy of what it drew.
"use strict";

const VERTEX = `#version 300 es
in vec3 position;
in vec3 normal;
uniform mat3 turn;
uniform vec2 scale;
out vec3 side;
void main() {
  vec3 seen = turn * position;
  side = turn * normal;
  gl_Position = vec4(seen.xy * scale, -seen.z * 0.4, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec3 side;
out vec4 color;
void main() {
  vec3 n = normalize(side);
  n = n.z < 0.0 ? -n : n; // meshes as they are found face either way
  float light = 0.32 + 0.55 * max(dot(n, normalize(vec3(-0.42, 0.68, 0.60))), 0.0) + 0.18 * max(dot(n, normalize(vec3(0.82, 0.25, 0.51))), 0.0);
  color = vec4(pow(vec3(0.74, 0.79, 0.85) * light, vec3(0.85)), 1.0);
}`;

function bytes(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
}

// The hidden canvas; null where there is no WebGL. Made anew where the browser has taken its context away.
function stage() {
  const canvas = document.createElement("canvas");
  const gl = canvas.getContext("webgl2", { antialias: true });
  if (!gl) return null;
  const made = { canvas, gl, meshes: new Map() };
  const prepare = () => {
    made.meshes.clear();
    made.program = program(gl);
    gl.useProgram(made.program);
    gl.enable(gl.DEPTH_TEST);
    gl.enable(gl.SCISSOR_TEST);
    gl.clearColor(0.925, 0.925, 0.918, 1);
    made.turn = gl.getUniformLocation(made.program, "turn");
    made.scale = gl.getUniformLocation(made.program, "scale");
  };
  canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  canvas.addEventListener("webglcontextrestored", prepare);
  prepare();
  return made;
}

function program(gl) {
  const made = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  return made;
}

function upload(gl, made, model) {
  const array = gl.createVertexArray();
  gl.bindVertexArray(array);
  const fill = (target, data) => {
    gl.bindBuffer(target, gl.createBuffer());
    gl.bufferData(target, data, gl.STATIC_DRAW);
  };
  const point = (name, type, stride) => {
    const place = gl.getAttribLocation(made, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 3, type, true, stride, 0);
  };
  fill(gl.ARRAY_BUFFER, bytes(model.positions));
  point("position", gl.SHORT, 6);
  fill(gl.ARRAY_BUFFER, bytes(model.normals));
  point("normal", gl.BYTE, 4);
  const indices = bytes(model.indices);
  fill(gl.ELEMENT_ARRAY_BUFFER, indices);
  return { array, count: indices.byteLength / 2 };
}

// Rows of the matrix are the camera's right, up and backward axes; azimuth 0 looks at the front (+Z).
function turned(azimuth, elevation) {
  const [a, e] = [azimuth, elevation].map((degrees) => (degrees * Math.PI) / 180);
  const right = [Math.cos(a), 0, -Math.sin(a)];
  const back = [Math.sin(a) * Math.cos(e), Math.sin(e), Math.cos(a) * Math.cos(e)];
  const up = [
    back[1] * right[2] - back[2] * right[1],
    back[2] * right[0] - back[0] * right[2],
    back[0] * right[1] - back[1] * right[0],
  ];
  return [0, 1, 2].flatMap((i) => [right[i], up[i], back[i]]);
}

// The meshes of a scene on the hidden canvas, which takes the size in pixels that is wanted.
function render({ canvas, gl, meshes, ...made }, scene, view, width, height) {
  if (!meshes.has(scene)) meshes.set(scene, scene.models.map((model) => upload(gl, made.program, model)));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const each = width / scene.models.length;
  const half = Math.min(each, height) * view.zoom;
  gl.uniformMatrix3fv(made.turn, false, turned(view.azimuth, view.elevation));
  gl.uniform2f(made.scale, half / each, half / height);
  meshes.get(scene).forEach((mesh, i) => {
    const part = [Math.round(i * each), 0, Math.round(each), height];
    gl.viewport(...part);
    gl.scissor(...part);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.bindVertexArray(mesh.array);
    gl.drawElements(gl.TRIANGLES, mesh.count, gl.UNSIGNED_SHORT, 0);
  });
}

function show(canvas, scene, hidden) {
  const seen = canvas.getContext("2d", { alpha: false });
  const view = { azimuth: scene.azimuth, elevation: scene.elevation, zoom: 1.03 };

  function draw() {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * ratio));
    if (!width || !height || hidden.gl.isContextLost()) return; // what was drawn before stays to be seen
    render(hidden, scene, view, width, height);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    seen.drawImage(hidden.canvas, 0, 0);
  }

  function turn(across, up) {
    view.azimuth -= across;
    view.elevation = Math.max(-89, Math.min(89, view.elevation + up));
    draw();
  }

  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) turn(event.movementX / 2, event.movementY / 2);
  });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] }[event.key];
    if (step) {
      event.preventDefault();
      turn(...step);
    }
  });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    view.zoom = Math.max(0.3, Math.min(6, view.zoom * Math.exp(-event.deltaY / 500)));
    draw();
  }, { passive: false });
  hidden.canvas.addEventListener("webglcontextrestored", draw);
  new ResizeObserver(draw).observe(canvas);
}

const scenes = JSON.parse(document.getElementById("scene-data").textContent);
const hidden = stage();
document.querySelectorAll(".scene canvas").forEach((canvas, i) => {
  if (hidden) show(canvas, scenes[i], hidden);
  else canvas.replaceWith("This browser shows no WebGL; the pictures above show the same.");
});
