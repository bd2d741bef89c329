/* Many runs of a tanh network by intrinsics: one vector holds a weight of SIDE runs. PATTERNS, INPUTS, UNITS, SCALE and
   BITS come from outside. Tiles of TALL × 4 sums stay in registers, tanh has a loop of its own. */
#include "coefficients.h" /* LOG2_E, ONES, LN2_HIGH, LN2_LOW, TAIL and TERMS, written from those of the package */
#include "vectors.h"

#define WEIGHTS (UNITS * INPUTS + UNITS)
#define TALL (BYTES == 64 ? 4 : 2) /* of 32 registers or 16 */

static const real tail_of[TERMS] = TAIL;

/* The package's program (numbers/elementary): (1 − e^−2|x|)/(1 + e^−2|x|) with e^−2|x| = 2^−n·(1 − q). */
static inline vector hyperbolic_tangent(vector x) {
    vector sign = AND(x, ALL(-0.0)), size = WITHOUT(x, ALL(-0.0)), one = ALL(1);
    vector twice = LEAST(ALL(40), ADD(size, size));
    vector minus = SUB(ALL(ONES), MULTIPLY_ADD(twice, ALL(LOG2_E), ALL(ONES))); /* −n */
    vector r = MULTIPLY_ADD(minus, ALL(LN2_LOW), MULTIPLY_ADD(minus, ALL(LN2_HIGH), twice));
    vector biased = ADD(minus, ALL(ONES + (BITS == 64 ? 1023 : 127)));
    vector power = AS_VECTOR(SHIFTED(AS_WHOLE(biased), MANTISSA));
    vector terms[TERMS], by = SUB(ALL(0), r);
    for (int k = 0; k < TERMS; k++) terms[k] = ALL(tail_of[k]);
    for (int count = TERMS; count > 1; count = (count + 1) / 2, by = MUL(by, by)) { /* neighbours are joined */
        for (int k = 0; k + 1 < count; k += 2) terms[k / 2] = MULTIPLY_ADD(by, terms[k + 1], terms[k]);
        if (count % 2) terms[count / 2] = terms[count - 1];
    }
    vector q = MULTIPLY_ADD(SUB(ALL(0), MUL(r, r)), terms[0], r);
    vector above = MULTIPLY_ADD(power, q, SUB(one, power));
    vector below = MULTIPLY_ADD(SUB(ALL(0), power), q, ADD(one, power));
    return OR(DIV(above, below), sign);
}

static _Thread_local vector W[UNITS][INPUTS], v[UNITS], hidden[UNITS][PATTERNS], error[PATTERNS];

static void forward(const real *x) {
    for (int p = 0; p < PATTERNS; p += 4)
        for (int j = 0; j < UNITS; j += TALL) {
            vector sum[TALL][4];
            for (int a = 0; a < TALL; a++)
                for (int b = 0; b < 4; b++) sum[a][b] = ALL(0);
            for (int i = 0; i < INPUTS; i++)
                for (int b = 0; b < 4; b++) {
                    vector input = ALL(x[(p + b) * INPUTS + i]);
                    for (int a = 0; a < TALL; a++) sum[a][b] = MULTIPLY_ADD(W[j + a][i], input, sum[a][b]);
                }
            for (int a = 0; a < TALL; a++)
                for (int b = 0; b < 4; b++) hidden[j + a][p + b] = sum[a][b];
        }
    vector *each = &hidden[0][0];
    for (int k = 0; k < UNITS * PATTERNS; k++) each[k] = hyperbolic_tangent(MUL(each[k], ALL(SCALE)));
}

static void backward(const real *x, const real *y, vector rate, vector last_rate) {
    for (int p = 0; p < PATTERNS; p++) {
        vector out = ALL(0);
        for (int j = 0; j < UNITS; j++) out = MULTIPLY_ADD(v[j], hidden[j][p], out);
        error[p] = MUL(SUB(DIV(out, ALL(UNITS)), ALL(y[p])), ALL(2.0 / (UNITS * PATTERNS)));
    }
    for (int j = 0; j < UNITS; j++) {
        vector slope = ALL(0), scaled = MUL(v[j], ALL(SCALE));
        for (int p = 0; p < PATTERNS; p++) {
            vector h = hidden[j][p], delta = MUL(error[p], scaled);
            slope = MULTIPLY_ADD(error[p], h, slope);
            hidden[j][p] = MUL(delta, SUB(ALL(1), MUL(h, h)));
        }
        v[j] = SUB(v[j], MUL(last_rate, slope));
    }
    for (int j = 0; j < UNITS; j += TALL)
        for (int i = 0; i < INPUTS; i += 4) {
            vector sum[TALL][4];
            for (int a = 0; a < TALL; a++)
                for (int b = 0; b < 4; b++) sum[a][b] = ALL(0);
            for (int p = 0; p < PATTERNS; p++)
                for (int b = 0; b < 4; b++) {
                    vector input = ALL(x[p * INPUTS + i + b]);
                    for (int a = 0; a < TALL; a++) sum[a][b] = MULTIPLY_ADD(hidden[j + a][p], input, sum[a][b]);
                }
            for (int a = 0; a < TALL; a++)
                for (int b = 0; b < 4; b++) W[j + a][i + b] = SUB(W[j + a][i + b], MUL(rate, sum[a][b]));
        }
}

static void exchanged(real *weights, int back) { /* between a run after another and SIDE runs beside each other */
    for (int n = 0; n < WEIGHTS; n++) {
        real *here = (real *)(n < UNITS * INPUTS ? &W[n / INPUTS][n % INPUTS] : &v[n - UNITS * INPUTS]);
        for (int k = 0; k < SIDE; k++) {
            real *there = weights + k * WEIGHTS + n;
            if (back) *there = here[k];
            else here[k] = *there;
        }
    }
}

void by_hand(long steps, long runs, const real *rates, const real *x, const real *y, real *weights) {
    for (long r = 0; r < runs; r += SIDE) {
        real own[2][SIDE] __attribute__((aligned(BYTES)));
        for (int k = 0; k < SIDE; k++)
            for (int layer = 0; layer < 2; layer++) own[layer][k] = rates[2 * (r + k) + layer];
        exchanged(weights + r * WEIGHTS, 0);
        for (long step = 0; step < steps; step++) {
            forward(x);
            backward(x, y, NAMED(load)(own[0]), NAMED(load)(own[1]));
        }
        exchanged(weights + r * WEIGHTS, 1);
    }
}

/* tanh of `count` numbers, a multiple of SIDE, for the test that holds it to the package's. */
void tanh_of_each(long count, const real *x, real *y) {
    for (long k = 0; k < count; k += SIDE) NAMED(storeu)(y + k, hyperbolic_tangent(NAMED(loadu)(x + k)));
}
