function steps(state, consts, visited, length, control, until, turn, keep, trace, put) {
  const alpha = consts[0];
  let a1 = state[0];
  let a2 = state[1];
  let a0 = state[2];
  let b1 = state[3];
  let b2 = state[4];
  let b0 = state[5];
  let c1 = state[6];
  let c2 = state[7];
  let c0 = state[8];
  let step = control[0];
  let unchanged = control[1];
  let at = control[2];
  let ended = control[3];
  let rows = control[4];
  const dgoal_dE = 1 / 1;  // d(goal)/d(E[p]) = 1/size(p)
  while (step < until) {
    const x1 = x1s[visited[at]];
    const x2 = x2s[visited[at]];
    const y = ys[visited[at]];
    const h1 = 1 / (1 + exp(-(a1 * x1 + a2 * x2 + a0)));  // h₁[p] = 1/(1 + exp(−(a₁·x₁[p] + a₂·x₂[p] + a₀)))
    const h2 = 1 / (1 + exp(-(b1 * x1 + b2 * x2 + b0)));  // h₂[p] = 1/(1 + exp(−(b₁·x₁[p] + b₂·x₂[p] + b₀)))
    const y_hat = 1 / (1 + exp(-(c1 * h1 + c2 * h2 + c0)));  // ŷ[p] = 1/(1 + exp(−(c₁·h₁[p] + c₂·h₂[p] + c₀)))
    const v = y_hat - y;
    const E = 0.5 * square(v);  // E[p] = ½·(ŷ[p] − y[p])²
    const goal = E / 1;  // goal = mean_p E[p]
    const dgoal_dy_hat = dgoal_dE * v;  // d(goal)/d(ŷ[p]) = d(goal)/d(E[p])·(ŷ[p] − y[p])
    const v_2 = 1 - y_hat;
    const dgoal_dh2 = dgoal_dy_hat * c2 * v_2 * y_hat;  // d(goal)/d(h₂[p]) = d(goal)/d(ŷ[p])·c₂·(1 − ŷ[p])·ŷ[p]
    const dgoal_dh1 = dgoal_dy_hat * c1 * v_2 * y_hat;  // d(goal)/d(h₁[p]) = d(goal)/d(ŷ[p])·c₁·(1 − ŷ[p])·ŷ[p]
    const v_3 = 1 - h1;
    const dgoal_da1 = dgoal_dh1 * x1 * v_3 * h1;  // d(goal)/d(a₁) = Σ_p d(goal)/d(h₁[p])·x₁[p]·(1 − h₁[p])·h₁[p]
    const dgoal_da2 = dgoal_dh1 * x2 * v_3 * h1;  // d(goal)/d(a₂) = Σ_p d(goal)/d(h₁[p])·x₂[p]·(1 − h₁[p])·h₁[p]
    const dgoal_da0 = dgoal_dh1 * v_3 * h1;  // d(goal)/d(a₀) = Σ_p d(goal)/d(h₁[p])·(1 − h₁[p])·h₁[p]
    const v_4 = 1 - h2;
    const dgoal_db1 = dgoal_dh2 * x1 * v_4 * h2;  // d(goal)/d(b₁) = Σ_p d(goal)/d(h₂[p])·x₁[p]·(1 − h₂[p])·h₂[p]
    const dgoal_db2 = dgoal_dh2 * x2 * v_4 * h2;  // d(goal)/d(b₂) = Σ_p d(goal)/d(h₂[p])·x₂[p]·(1 − h₂[p])·h₂[p]
    const dgoal_db0 = dgoal_dh2 * v_4 * h2;  // d(goal)/d(b₀) = Σ_p d(goal)/d(h₂[p])·(1 − h₂[p])·h₂[p]
    const dgoal_dc1 = dgoal_dy_hat * h1 * v_2 * y_hat;  // d(goal)/d(c₁) = Σ_p d(goal)/d(ŷ[p])·h₁[p]·(1 − ŷ[p])·ŷ[p]
    const dgoal_dc2 = dgoal_dy_hat * h2 * v_2 * y_hat;  // d(goal)/d(c₂) = Σ_p d(goal)/d(ŷ[p])·h₂[p]·(1 − ŷ[p])·ŷ[p]
    const dgoal_dc0 = dgoal_dy_hat * v_2 * y_hat;  // d(goal)/d(c₀) = Σ_p d(goal)/d(ŷ[p])·(1 − ŷ[p])·ŷ[p]
    const a1_new = a1 - alpha * dgoal_da1;  // a₁ <- a₁ − α·d(goal)/d(a₁)
    const a2_new = a2 - alpha * dgoal_da2;  // a₂ <- a₂ − α·d(goal)/d(a₂)
    const a0_new = a0 - alpha * dgoal_da0;  // a₀ <- a₀ − α·d(goal)/d(a₀)
    const b1_new = b1 - alpha * dgoal_db1;  // b₁ <- b₁ − α·d(goal)/d(b₁)
    const b2_new = b2 - alpha * dgoal_db2;  // b₂ <- b₂ − α·d(goal)/d(b₂)
    const b0_new = b0 - alpha * dgoal_db0;  // b₀ <- b₀ − α·d(goal)/d(b₀)
    const c1_new = c1 - alpha * dgoal_dc1;  // c₁ <- c₁ − α·d(goal)/d(c₁)
    const c2_new = c2 - alpha * dgoal_dc2;  // c₂ <- c₂ − α·d(goal)/d(c₂)
    const c0_new = c0 - alpha * dgoal_dc0;  // c₀ <- c₀ − α·d(goal)/d(c₀)
    let fine = 0;
    fine = fine + (goal * 0 + dgoal_da1 * 0 + dgoal_da2 * 0 + dgoal_da0 * 0 + dgoal_db1 * 0 + dgoal_db2 * 0);
    fine = fine + (dgoal_db0 * 0 + dgoal_dc1 * 0 + dgoal_dc2 * 0 + dgoal_dc0 * 0 + a1_new * 0 + a2_new * 0);
    fine = fine + (a0_new * 0 + b1_new * 0 + b2_new * 0 + b0_new * 0 + c1_new * 0 + c2_new * 0);
    fine = fine + (c0_new * 0);
    if (fine !== 0) {
      ended = 1;
      break;
    }
    let moved = 0;
    if (!Object.is(a1_new, a1) || !Object.is(a2_new, a2) || !Object.is(a0_new, a0) || !Object.is(b1_new, b1) || !Object.is(b2_new, b2) || !Object.is(b0_new, b0)) {
      moved = 1;
    }
    if (!Object.is(c1_new, c1) || !Object.is(c2_new, c2) || !Object.is(c0_new, c0)) {
      moved = 1;
    }
    a1 = a1_new;
    a2 = a2_new;
    a0 = a0_new;
    b1 = b1_new;
    b2 = b2_new;
    b0 = b0_new;
    c1 = c1_new;
    c2 = c2_new;
    c0 = c0_new;
    step = step + 1;
    unchanged = moved === 0 ? unchanged + 1 : 0;
    at = at + 1;
    if (at >= length) {
      at = 0;
    }
    if (keep !== 0) {
      trace[9 * rows] = a1;
      trace[9 * rows + 1] = a2;
      trace[9 * rows + 2] = a0;
      trace[9 * rows + 3] = b1;
      trace[9 * rows + 4] = b2;
      trace[9 * rows + 5] = b0;
      trace[9 * rows + 6] = c1;
      trace[9 * rows + 7] = c2;
      trace[9 * rows + 8] = c0;
      rows = rows + 1;
    }
    if (unchanged >= turn) {
      if (step % turn === 0) {
        ended = 2;
        break;
      }
    }
  }
  state[0] = a1;
  state[1] = a2;
  state[2] = a0;
  state[3] = b1;
  state[4] = b2;
  state[5] = b0;
  state[6] = c1;
  state[7] = c2;
  state[8] = c0;
  control[0] = step;
  control[1] = unchanged;
  control[2] = at;
  control[3] = ended;
  control[4] = rows;
}
