function steps(state, consts, visited, length, control, until, turn, keep, trace, put) {
  const alpha = consts[0];
  let w = state[0];
  let step = control[0];
  let unchanged = control[1];
  let at = control[2];
  let ended = control[3];
  let rows = control[4];
  const dgoal_dE = 1 / 1;  // d(goal)/d(E[p]) = 1/size(p)
  while (step < until) {
    const x = xs[visited[at]];
    const y = ys[visited[at]];
    const y_hat = 1 / (1 + exp(-(w * x)));  // ŷ[p] = 1/(1 + exp(−w·x[p]))
    const v = y_hat - y;
    const E = 0.5 * square(v);  // E[p] = ½·(ŷ[p] − y[p])²
    const goal = E / 1;  // goal = mean_p E[p]
    const dgoal_dy_hat = dgoal_dE * v;  // d(goal)/d(ŷ[p]) = d(goal)/d(E[p])·(ŷ[p] − y[p])
    const dgoal_dw = dgoal_dy_hat * x * (1 - y_hat) * y_hat;  // d(goal)/d(w) = Σ_p d(goal)/d(ŷ[p])·x[p]·(1 − ŷ[p])·ŷ[p]
    const w_new = w - alpha * dgoal_dw;  // w <- w − α·d(goal)/d(w)
    if (goal * 0 + dgoal_dw * 0 + w_new * 0 !== 0) {
      ended = 1;
      break;
    }
    const v_2 = min(max(w_new, 0), 1);
    let moved = 0;
    if (!Object.is(v_2, w)) {
      moved = 1;
    }
    if (keep !== 0) {
      if (w_new !== v_2) {
        put[rows] = 1;
      }
    }
    w = v_2;
    step = step + 1;
    unchanged = moved === 0 ? unchanged + 1 : 0;
    at = at + 1;
    if (at >= length) {
      at = 0;
    }
    if (keep !== 0) {
      trace[rows] = w;
      rows = rows + 1;
    }
    if (unchanged >= turn) {
      if (step % turn === 0) {
        ended = 2;
        break;
      }
    }
  }
  state[0] = w;
  control[0] = step;
  control[1] = unchanged;
  control[2] = at;
  control[3] = ended;
  control[4] = rows;
}
