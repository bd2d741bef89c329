/* Back-propagation through tanh layers with a linear output, as one writes it by hand.
   SIZES, DEPTH, WIDEST, WEIGHTS (how many there are), BATCH and the type REAL come from outside. */
#include <string.h>
#include <tgmath.h>

typedef REAL real;

static const int sizes[DEPTH + 1] = SIZES;

void train(long steps, double rate, long patterns, const real *x, const real *y, real *weights) {
    static real slopes[WEIGHTS], values[DEPTH + 1][WIDEST], delta[WIDEST], below[WIDEST];
    real share = rate / BATCH;
    for (long step = 0; step < steps; step++) {
        long first = step * BATCH % patterns;
        memset(slopes, 0, sizeof slopes);
        for (long p = first; p < first + BATCH; p++) {
            memcpy(values[0], x + p * sizes[0], sizes[0] * sizeof(real));
            real *w = weights;
            for (int k = 0; k < DEPTH; k++) { /* each layer: units × inputs, then the biases */
                int inputs = sizes[k], units = sizes[k + 1];
                for (int u = 0; u < units; u++) {
                    real sum = w[units * inputs + u];
                    for (int i = 0; i < inputs; i++) sum += w[u * inputs + i] * values[k][i];
                    values[k + 1][u] = k == DEPTH - 1 ? sum : tanh(sum);
                }
                w += units * (inputs + 1);
            }
            for (int u = 0; u < sizes[DEPTH]; u++) delta[u] = values[DEPTH][u] - y[p * sizes[DEPTH] + u];
            for (int k = DEPTH - 1; k >= 0; k--) {
                int inputs = sizes[k], units = sizes[k + 1];
                w -= units * (inputs + 1);
                real *g = slopes + (w - weights);
                for (int i = 0; i < inputs; i++) below[i] = 0;
                for (int u = 0; u < units; u++) {
                    g[units * inputs + u] += delta[u];
                    for (int i = 0; i < inputs; i++) g[u * inputs + i] += delta[u] * values[k][i];
                    if (k) for (int i = 0; i < inputs; i++) below[i] += delta[u] * w[u * inputs + i];
                }
                if (k) for (int i = 0; i < inputs; i++) delta[i] = below[i] * (1 - values[k][i] * values[k][i]);
            }
        }
        for (int n = 0; n < WEIGHTS; n++) weights[n] -= share * slopes[n];
    }
}
