// A ZIP archive without compression: meshes and pictures hardly shrink, and no library is needed.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The archive as a blob; `files` are pairs of a name and an ArrayBuffer. */
export function zip(files) {
  const [parts, directory] = [[], []];
  let offset = 0;
  for (const [name, buffer] of files) {
    const [title, bytes] = [new TextEncoder().encode(name), new Uint8Array(buffer)];
    // version 2.0, names in UTF-8, stored, 1980-01-01
    const common = [20, 0x0800, 0, 0, 0x21, crc32(bytes), bytes.length, bytes.length, title.length, 0];
    const local = header(0x04034b50, common);
    directory.push(header(0x02014b50, [20, ...common, 0, 0, 0, 0, offset], true), title);
    parts.push(local, title, bytes);
    offset += local.length + title.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = numbers([[0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [size, 4], [offset, 4], [0, 2]]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}

const LOCAL = [2, 2, 2, 2, 2, 4, 4, 4, 2, 2];

function header(signature, fields, central = false) {
  const widths = central ? [2, ...LOCAL, 2, 2, 2, 4, 4] : LOCAL;
  return numbers([[signature, 4], ...fields.map((value, i) => [value, widths[i]])]);
}

function numbers(pairs) {
  const data = new DataView(new ArrayBuffer(pairs.reduce((sum, [, width]) => sum + width, 0)));
  let at = 0;
  for (const [value, width] of pairs) {
    if (width === 2) data.setUint16(at, value, true);
    else data.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(data.buffer);
}
