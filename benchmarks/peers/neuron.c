/* One neuron ŷ = 1/(1 + exp(−wx)), the error ½(ŷ − x)², x = 0 and 1 in turn, w kept in [0, 1]. */
#ifdef OWN_EXP
#include "coefficients.h" /* LOG2_E, LN2_HIGH, LN2_LOW, TAIL and TERMS, written from those of the package */
#include <math.h>
#include <string.h>

static const double tail_of[TERMS] = TAIL;

static double two_to(long n) { /* for −1022 ≤ n ≤ 1023 */
    long long bits = (long long)(n + 1023) << 52;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double exponential(double x) { /* the program of the package; the ends of the range are left out */
    double n = floor(x * LOG2_E + 0.5);
    double above = x - n * LN2_HIGH, below = n * LN2_LOW;
    double r = above - below, rest = (above - r) - below;
    double sum = tail_of[TERMS - 1] * r + tail_of[TERMS - 2];
    for (int k = TERMS - 3; k >= 0; k--) sum = sum * r + tail_of[k];
    double tail = r * r * sum, high = 1.0 + r;
    double low = (r - (high - 1.0)) + (tail + rest * (high + tail));
    return (high + low) * two_to((long)n);
}
#else
#include <math.h>
#define exponential exp
#endif

void train(long steps, double rate, double *weight) {
    double w = *weight;
    for (long step = 0; step < steps; step++) {
        double x = (double)(step & 1);
        double y = 1 / (1 + exponential(-w * x));
        w -= rate * ((y - x) * x * (1 - y) * y);
        if (w < 0) w = 0;
        if (w > 1) w = 1;
    }
    *weight = w;
}
