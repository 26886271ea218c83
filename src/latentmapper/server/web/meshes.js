// Meshes as they come over the wire: the GLB files of this project, and the packed meshes of /v1/shapes.

const JSON_CHUNK = 0x4e4f534a;

/** Positions, triangles and provenance of a GLB file that this project wrote. */
export function readGlb(buffer) {
  const data = new DataView(buffer);
  if (buffer.byteLength < 20 || data.getUint32(0, true) !== 0x46546c67 || data.getUint32(16, true) !== JSON_CHUNK) {
    throw new Error("This is no GLB file.");
  }
  const size = data.getUint32(12, true);
  const document_ = unlessDamaged(() => JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 20, size))));
  const about = document_?.asset?.extras?.latentmapper;
  if (!isOurs(about)) throw new Error("This GLB file was not made by LatentMapper: it holds no code.");
  return { ...unlessDamaged(() => geometryOf(buffer, document_, 28 + size)), about };
}

/** Positions and triangles of the first mesh of a GLB file, whose binary chunk begins at a byte. */
function geometryOf(buffer, document_, start) {
  const primitive = document_.meshes[0].primitives[0];
  const array = (accessor, Kind, width) => {
    const { bufferView, count } = document_.accessors[accessor];
    return new Kind(buffer, start + (document_.bufferViews[bufferView].byteOffset ?? 0), count * width);
  };
  return {
    positions: canonical(array(primitive.attributes.POSITION, Float32Array, 3)),
    triangles: array(primitive.indices, Uint32Array, 1),
  };
}

/** What `work` reads of a file; what browsers say of one that was cut off is no sentence for people. */
function unlessDamaged(work) {
  try {
    return work();
  } catch {
    throw new Error("This GLB file is damaged.");
  }
}

/** Whether provenance holds what the page shows and asks for: anybody can write a file. */
function isOurs(about) {
  const texts = [about?.category, about?.pack?.id, about?.pack?.sha256];
  const facts = Array.isArray(about?.nearest ?? []) && Number.isFinite(about?.confidence ?? 0);
  return Array.isArray(about?.code) && facts && texts.every((each) => typeof each === "string");
}

/** Positions at radius 1, as the viewer takes them, of a mesh that may be in metres. */
function canonical(positions) {
  let farthest = 0;
  for (let i = 0; i < positions.length; i += 3) farthest = Math.max(farthest, Math.hypot(...positions.subarray(i, i + 3)));
  return farthest > 0.8 && farthest < 1.25 ? positions : positions.map((place) => place / farthest);
}

/**
 * Positions, triangles and facts of a packed mesh, and the places of its vertices on the template where they are
 * told; the layout is in docs/http-api.md.
 */
export function readPacked(buffer) {
  const data = new DataView(buffer);
  const [magic, vertices, faces, told] = [0, 4, 8, 12].map((at) => data.getUint32(at, true));
  if (magic !== 0x314d4d4c) throw new Error("The server sent something that is no mesh.");
  const low = new Float32Array(buffer, 16, 3);
  const size = new Float32Array(buffer, 28, 3);
  const places = new Uint16Array(buffer, 40, 3 * vertices);
  const positions = new Float32Array(3 * vertices);
  for (let i = 0; i < positions.length; i++) positions[i] = low[i % 3] + (places[i] / 65535) * size[i % 3];
  const after = 40 + 4 * Math.ceil(1.5 * vertices);
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, after + 12 * faces, told)));
  return {
    positions,
    triangles: new Uint32Array(buffer, after, 3 * faces),
    template: about.template ? new Uint16Array(buffer, after + 12 * faces + told, 3 * vertices) : null,
    about,
  };
}
