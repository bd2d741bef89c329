/* Many runs of one network, float64. Weights lie a run after another: W[unit][input], then v[unit]; two rates a run. */

#include <math.h>

#define SIDE 8 /* runs side by side: one vector of 512 bits */
#define WEIGHTS (UNITS * INPUTS + UNITS)

typedef double vector __attribute__((vector_size(8 * SIDE)));

static vector all(double x) {
    return (vector){x, x, x, x, x, x, x, x};
}

/* --- the neuron: one weight, its two patterns in turn */

void neuron(long steps, long runs, const double *rates, const double *x, const double *y, double *w) {
    for (long r = 0; r < runs; r++)
        for (long step = 0; step < steps; step++) {
            double input = x[step % 2], out = 1 / (1 + exp(-w[r] * input));
            w[r] -= rates[2 * r] * (out - y[step % 2]) * input * out * (1 - out);
        }
}

#define MANY 32 /* what waits for one exp is hidden behind the others */

void neuron_side_by_side(long steps, long runs, const double *rates, const double *x, const double *y, double *w) {
    for (long r = 0; r < runs; r += MANY) {
        double now[MANY], rate[MANY];
        for (int k = 0; k < MANY; k++) now[k] = w[r + k], rate[k] = rates[2 * (r + k)];
        for (long step = 0; step < steps; step++) {
            double input = x[step % 2], target = y[step % 2];
            for (int k = 0; k < MANY; k++) {
                double out = 1 / (1 + exp(-now[k] * input));
                now[k] -= rate[k] * (out - target) * input * out * (1 - out);
            }
        }
        for (int k = 0; k < MANY; k++) w[r + k] = now[k];
    }
}

/* --- the network: tanh units, a linear output, all patterns in each step */

void layers(long steps, long runs, const double *rates, const double *x, const double *y, double *weights) {
    static _Thread_local double hidden[PATTERNS][UNITS], slope[UNITS][INPUTS], last[UNITS];
    for (long r = 0; r < runs; r++) {
        double *W = weights + r * WEIGHTS, *v = W + UNITS * INPUTS;
        for (long step = 0; step < steps; step++) {
            for (int j = 0; j < UNITS; j++) {
                last[j] = 0;
                for (int i = 0; i < INPUTS; i++) slope[j][i] = 0;
            }
            for (int p = 0; p < PATTERNS; p++)
                for (int j = 0; j < UNITS; j++) {
                    double sum = 0;
                    for (int i = 0; i < INPUTS; i++) sum += W[j * INPUTS + i] * x[p * INPUTS + i];
                    hidden[p][j] = SCALE * sum;
                }
            for (int k = 0; k < PATTERNS * UNITS; k++) hidden[0][k] = tanh(hidden[0][k]);
            for (int p = 0; p < PATTERNS; p++) {
                double out = 0;
                for (int j = 0; j < UNITS; j++) out += v[j] * hidden[p][j];
                double delta = (out / UNITS - y[p]) * (2.0 / (UNITS * PATTERNS));
                for (int j = 0; j < UNITS; j++) {
                    double h = hidden[p][j], below = delta * v[j] * (1 - h * h) * SCALE;
                    last[j] += delta * h;
                    for (int i = 0; i < INPUTS; i++) slope[j][i] += below * x[p * INPUTS + i];
                }
            }
            for (int j = 0; j < UNITS; j++) {
                v[j] -= rates[2 * r + 1] * last[j];
                for (int i = 0; i < INPUTS; i++) W[j * INPUTS + i] -= rates[2 * r] * slope[j][i];
            }
        }
    }
}

/* The same with eight runs in each vector. Tiles of 4 × 4 sums stay in registers; tanh has a loop of its own, which gcc
   makes calls of the vector library of. */
void layers_side_by_side(long steps, long runs, const double *rates, const double *x, const double *y, double *weights) {
    static _Thread_local vector W[UNITS][INPUTS], v[UNITS], hidden[UNITS][PATTERNS], error[PATTERNS];
    for (long r = 0; r < runs; r += SIDE) {
        vector rate, last_rate;
        for (int k = 0; k < SIDE; k++) {
            const double *own = weights + (r + k) * WEIGHTS;
            rate[k] = rates[2 * (r + k)], last_rate[k] = rates[2 * (r + k) + 1];
            for (int j = 0; j < UNITS; j++) {
                v[j][k] = own[UNITS * INPUTS + j];
                for (int i = 0; i < INPUTS; i++) W[j][i][k] = own[j * INPUTS + i];
            }
        }
        for (long step = 0; step < steps; step++) {
            for (int p = 0; p < PATTERNS; p += 4)
                for (int j = 0; j < UNITS; j += 4) {
                    vector sum[4][4] = {};
                    for (int i = 0; i < INPUTS; i++)
                        for (int b = 0; b < 4; b++) {
                            vector input = all(x[(p + b) * INPUTS + i]);
                            for (int a = 0; a < 4; a++) sum[a][b] += W[j + a][i] * input;
                        }
                    for (int a = 0; a < 4; a++)
                        for (int b = 0; b < 4; b++) hidden[j + a][p + b] = sum[a][b] * SCALE;
                }
            double *each = (double *)hidden;
            for (int k = 0; k < UNITS * PATTERNS * SIDE; k++) each[k] = tanh(each[k]);
            for (int p = 0; p < PATTERNS; p++) {
                vector out = all(0);
                for (int j = 0; j < UNITS; j++) out += v[j] * hidden[j][p];
                error[p] = (out / UNITS - y[p]) * (2.0 / (UNITS * PATTERNS));
            }
            for (int j = 0; j < UNITS; j++) {
                vector last = all(0), scaled = v[j] * SCALE;
                for (int p = 0; p < PATTERNS; p++) {
                    vector h = hidden[j][p];
                    last += error[p] * h;
                    hidden[j][p] = error[p] * scaled * (1 - h * h);
                }
                v[j] -= last_rate * last;
            }
            for (int j = 0; j < UNITS; j += 4)
                for (int i = 0; i < INPUTS; i += 4) {
                    vector sum[4][4] = {};
                    for (int p = 0; p < PATTERNS; p++)
                        for (int b = 0; b < 4; b++) {
                            vector input = all(x[p * INPUTS + i + b]);
                            for (int a = 0; a < 4; a++) sum[a][b] += hidden[j + a][p] * input;
                        }
                    for (int a = 0; a < 4; a++)
                        for (int b = 0; b < 4; b++) W[j + a][i + b] -= rate * sum[a][b];
                }
        }
        for (int k = 0; k < SIDE; k++) {
            double *own = weights + (r + k) * WEIGHTS;
            for (int j = 0; j < UNITS; j++) {
                own[UNITS * INPUTS + j] = v[j][k];
                for (int i = 0; i < INPUTS; i++) own[j * INPUTS + i] = W[j][i][k];
            }
        }
    }
}
