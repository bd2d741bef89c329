// The trainings of `identity` and `xor` as a person writes them in JavaScript: derivatives by hand, the engine's own exp.
// Each makes so many steps, one pattern each in turn, and gives the weights. Whether the numbers are still finite is asked
// after every step; when nothing changes any more is not.

const A = (u) => 1 / (1 + Math.exp(-u));

export function identity(steps) {
  let w = 0.5;
  for (let k = 0, p = 0; k < steps; k++, p = p + 1 === 2 ? 0 : p + 1) {
    const x = p, y = p, h = A(w * x), g = (h - y) * x * (1 - h) * h, next = w - 0.5 * g;
    if (!Number.isFinite(next)) break;
    w = Math.min(Math.max(next, 0), 1);
  }
  return [w];
}

const X1 = new Float64Array([0, 0, 1, 1]), X2 = new Float64Array([0, 1, 0, 1]), Y = new Float64Array([0, 1, 1, 0]);

export function xor(steps) {
  let a1 = 0.9, a2 = -0.7, a0 = 0.1, b1 = -0.8, b2 = 0.6, b0 = -0.2, c1 = 1.1, c2 = 0.9, c0 = -0.3;
  const rate = 2;
  for (let k = 0, p = 0; k < steps; k++, p = p + 1 === 4 ? 0 : p + 1) {
    const x1 = X1[p], x2 = X2[p];
    const h1 = A(a1 * x1 + a2 * x2 + a0), h2 = A(b1 * x1 + b2 * x2 + b0), h = A(c1 * h1 + c2 * h2 + c0);
    const d = (h - Y[p]) * h * (1 - h), d1 = d * c1 * h1 * (1 - h1), d2 = d * c2 * h2 * (1 - h2);
    if (!Number.isFinite(d + d1 + d2)) break;
    a1 -= rate * d1 * x1; a2 -= rate * d1 * x2; a0 -= rate * d1;
    b1 -= rate * d2 * x1; b2 -= rate * d2 * x2; b0 -= rate * d2;
    c1 -= rate * d * h1; c2 -= rate * d * h2; c0 -= rate * d;
  }
  return [a1, a2, a0, b1, b2, b0, c1, c2, c0];
}
