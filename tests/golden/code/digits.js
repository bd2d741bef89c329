const vs = new Float64Array(10).fill(NaN);
const zs = new Float64Array(10).fill(NaN);
const vs_2 = new Float64Array(10).fill(NaN);
const ys = new Float64Array(10).fill(NaN);
const dgoal_dys = new Float64Array(10).fill(NaN);
const vs_3 = new Float64Array(10).fill(NaN);
const dgoal_dzs = new Float64Array(10).fill(NaN);
const dgoal_dbs = new Float64Array(10).fill(NaN);
const b_news = new Float64Array(10).fill(NaN);
const vs_4 = new Float64Array(640).fill(NaN);
const dgoal_dWs = new Float64Array(640).fill(NaN);
const W_news = new Float64Array(640).fill(NaN);
const after = new Float64Array(650).fill(NaN);
function steps(state, consts, visited, length, control, until, turn, keep, trace, put) {
  const alpha = consts[0];
  let step = control[0];
  let unchanged = control[1];
  let at = control[2];
  let ended = control[3];
  let rows = control[4];
  const v = 1 / 1;
  while (step < until) {
    for (let k = 0; k < 10; k++) {
      let sum = -0;
      for (let i = 0; i < 64; i++) {
        sum = sum + state[64 * k + i] * xs[visited[at] * 64 + i] / 16;
      }
      vs[k] = sum;
    }
    for (let k = 0; k < 10; k++) {
      const z = vs[k] + state[k + 640];  // z[p,k] = Σ_i W[k,i]·x[p,i]/16 + b[k]
      zs[k] = z;
      const v_2 = v * ts[visited[at] * 10 + k];
      vs_2[k] = v_2;
    }
    let max_2 = -Infinity;
    for (let k = 0; k < 10; k++) {
      max_2 = max(max_2, zs[k]);
    }
    let sum_2 = -0;
    for (let k = 0; k < 10; k++) {
      sum_2 = sum_2 + exp(zs[k] - max_2);
    }
    const v_3 = max_2 === Infinity ? max_2 : (max_2 === (-Infinity) ? max_2 : max_2 + log(sum_2));
    for (let k = 0; k < 10; k++) {
      const y = exp(zs[k] - v_3);  // y[p,k] = exp(z[p,k] − logsumexp_k' z[p,k'])
      ys[k] = y;
      const dgoal_dy = -(vs_2[k] / y);  // d(goal)/d(y[p,k]) = −d(goal)/d(E[p])·t[p,k]/y[p,k]
      dgoal_dys[k] = dgoal_dy;
      const v_4 = dgoal_dy * y;
      vs_3[k] = v_4;
    }
    let sum_3 = -0;
    for (let k = 0; k < 10; k++) {
      sum_3 = sum_3 + ts[visited[at] * 10 + k] * log(ys[k]);
    }
    const E = -sum_3;  // E[p] = −Σ_k t[p,k]·log(y[p,k])
    let sum_4 = -0;
    for (let k = 0; k < 10; k++) {
      sum_4 = sum_4 + dgoal_dys[k] * ys[k];
    }
    const goal = E / 1;  // goal = mean_p E[p]
    for (let k = 0; k < 10; k++) {
      const dgoal_dz = vs_3[k] - sum_4 * ys[k];  // d(goal)/d(z[p,k]) = d(goal)/d(y[p,k])·y[p,k] − (Σ_k' d(goal) …
      dgoal_dzs[k] = dgoal_dz;
      dgoal_dbs[k] = dgoal_dz;
      const b_new = state[k + 640] - alpha * dgoal_dz;  // b[k] <- b[k] − α·d(goal)/d(b[k])
      b_news[k] = b_new;
    }
    for (let i = 0; i < 64; i++) {
      for (let k = 0; k < 10; k++) {
        const v_5 = dgoal_dzs[k] * xs[visited[at] * 64 + i];
        vs_4[10 * i + k] = v_5;
      }
    }
    for (let i = 0; i < 64; i++) {
      for (let k = 0; k < 10; k++) {
        const dgoal_dW = 0.0625 * vs_4[10 * i + k];  // d(goal)/d(W[k,i]) = 1/16·Σ_p d(goal)/d(z[p,k])·x[p,i]
        dgoal_dWs[10 * i + k] = dgoal_dW;
        const W_new = state[64 * k + i] - alpha * dgoal_dW;  // W[k,i] <- W[k,i] − α·d(goal)/d(W[k,i])
        W_news[10 * i + k] = W_new;
      }
    }
    let fine = 0;
    fine = fine + (goal * 0);
    for (let i = 0; i < 64; i++) {
      for (let k = 0; k < 10; k++) {
        fine = fine + dgoal_dWs[10 * i + k] * 0;
      }
    }
    for (let k = 0; k < 10; k++) {
      fine = fine + dgoal_dbs[k] * 0;
    }
    for (let i = 0; i < 64; i++) {
      for (let k = 0; k < 10; k++) {
        fine = fine + W_news[10 * i + k] * 0;
      }
    }
    for (let k = 0; k < 10; k++) {
      fine = fine + b_news[k] * 0;
    }
    if (fine !== 0) {
      ended = 1;
      break;
    }
    for (let k = 0; k < 10; k++) {
      for (let i = 0; i < 64; i++) {
        after[64 * k + i] = W_news[10 * i + k];
      }
    }
    for (let k = 0; k < 10; k++) {
      after[k + 640] = b_news[k];
    }
    let moved = 0;
    for (let n = 0; n < 640; n++) {
      if (!Object.is(after[n], state[n])) {
        moved = 1;
      }
      state[n] = after[n];
    }
    for (let n = 0; n < 10; n++) {
      if (!Object.is(after[n + 640], state[n + 640])) {
        moved = 1;
      }
      state[n + 640] = after[n + 640];
    }
    step = step + 1;
    unchanged = moved === 0 ? unchanged + 1 : 0;
    at = at + 1;
    if (at >= length) {
      at = 0;
    }
    if (keep !== 0) {
      for (let n = 0; n < 650; n++) {
        trace[650 * rows + n] = state[n];
      }
      rows = rows + 1;
    }
    if (unchanged >= turn) {
      if (step % turn === 0) {
        ended = 2;
        break;
      }
    }
  }
  control[0] = step;
  control[1] = unchanged;
  control[2] = at;
  control[3] = ended;
  control[4] = rows;
}
