/* Back-propagation through tanh layers with a linear output, as one writes it by hand.
   SIZES, DEPTH, WIDEST, WEIGHTS (how many there are) and BATCH come from outside. */
#include <math.h>
#include <string.h>

static const int sizes[DEPTH + 1] = SIZES;

void train(long steps, double rate, long patterns, const double *x, const double *y, double *weights) {
    static double slopes[WEIGHTS], values[DEPTH + 1][WIDEST], delta[WIDEST], below[WIDEST];
    for (long step = 0; step < steps; step++) {
        long first = step * BATCH % patterns;
        memset(slopes, 0, sizeof slopes);
        for (long p = first; p < first + BATCH; p++) {
            memcpy(values[0], x + p * sizes[0], sizes[0] * sizeof(double));
            double *w = weights;
            for (int k = 0; k < DEPTH; k++) { /* each layer: units × inputs, then the biases */
                int inputs = sizes[k], units = sizes[k + 1];
                for (int u = 0; u < units; u++) {
                    double sum = w[units * inputs + u];
                    for (int i = 0; i < inputs; i++) sum += w[u * inputs + i] * values[k][i];
                    values[k + 1][u] = k == DEPTH - 1 ? sum : tanh(sum);
                }
                w += units * (inputs + 1);
            }
            for (int u = 0; u < sizes[DEPTH]; u++) delta[u] = values[DEPTH][u] - y[p * sizes[DEPTH] + u];
            for (int k = DEPTH - 1; k >= 0; k--) {
                int inputs = sizes[k], units = sizes[k + 1];
                w -= units * (inputs + 1);
                double *g = slopes + (w - weights);
                for (int i = 0; i < inputs; i++) below[i] = 0;
                for (int u = 0; u < units; u++) {
                    g[units * inputs + u] += delta[u];
                    for (int i = 0; i < inputs; i++) g[u * inputs + i] += delta[u] * values[k][i];
                    if (k) for (int i = 0; i < inputs; i++) below[i] += delta[u] * w[u * inputs + i];
                }
                if (k) for (int i = 0; i < inputs; i++) delta[i] = below[i] * (1 - values[k][i] * values[k][i]);
            }
        }
        for (int n = 0; n < WEIGHTS; n++) weights[n] -= rate / BATCH * slopes[n];
    }
}
