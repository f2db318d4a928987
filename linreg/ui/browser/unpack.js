// Turns the bytes from linreg/ui/parts/packing.py into figures and typed arrays.

const TYPES = { f4: Float32Array, f8: Float64Array, i4: Int32Array };
const ALIGNMENT = 8;

export function unpack(bytes) {
  const buffer = bytes.slice().buffer; // a copy whose first byte is aligned
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = Math.ceil((4 + length) / ALIGNMENT) * ALIGNMENT;
  return revive(header, buffer, start);
}

function revive(value, buffer, start) {
  if (Array.isArray(value)) return value.map((item) => revive(item, buffer, start));
  if (value === null || typeof value !== "object") return value;
  if ("at" in value && "type" in value) return readArray(value, buffer, start);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, revive(item, buffer, start)]),
  );
}

function readArray({ at, length, type, shape }, buffer, start) {
  const array = new TYPES[type](buffer, start + at, length);
  if (!shape) return array;
  const [rows, columns] = shape;
  return Array.from({ length: rows }, (_, row) =>
    array.subarray(row * columns, (row + 1) * columns),
  );
}
