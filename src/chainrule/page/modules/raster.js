// Numbers on a grid → a picture.

import { h } from "./dom.js";

const SCALE = [[38, 20, 72], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

// A colour of the scale for a part from 0 to 1: dark is low.
export function shade(part) {
  const at = Math.min(0.9999, Math.max(0, part)) * (SCALE.length - 1), k = Math.floor(at), f = at - k;
  return SCALE[k].map((one, place) => Math.round(one + (SCALE[k + 1][place] - one) * f));
}

// Numbers on a grid as a picture; what is not finite stays open.
export function raster(numbers, side) {
  const finite = numbers.filter(Number.isFinite), low = Math.min(...finite), high = Math.max(...finite);
  const canvas = h("canvas", { width: side, height: side }), context = canvas.getContext("2d"), image = context.createImageData(side, side);
  numbers.forEach((value, k) => {
    if (!Number.isFinite(value)) return;
    const part = high > low ? Math.log1p(9 * (value - low) / (high - low)) / Math.log(10) : 0;
    image.data.set([...shade(part), 255], 4 * k);
  });
  context.putImageData(image, 0, 0);
  return { url: canvas.toDataURL(), low, high };
}
