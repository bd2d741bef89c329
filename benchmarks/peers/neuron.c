/* One neuron ŷ = 1/(1 + exp(−wx)), the error ½(ŷ − x)², x = 0 and 1 in turn, w kept in [0, 1]. */
#ifdef OWN_EXP
#include "coefficients.h" /* LOG2_E, ONES, LN2_HIGH, LN2_LOW, TAIL and TERMS, written from those of the package */
#include <string.h>

#if TERMS != 11
#error "the sum below has eleven terms"
#endif

static const double c[TERMS] = TAIL;

static double two_to(double n) { /* for an integer n, −1022 ≤ n ≤ 1023 */
    double value = n + (ONES + 1023);
    long long bits;
    memcpy(&bits, &value, sizeof value);
    bits = (long long)((unsigned long long)bits << 52);
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double exponential(double x) { /* the program of the package; the ends of the range are left out */
    double n = (x * LOG2_E + ONES) - ONES;
    double r = (x - n * LN2_HIGH) - n * LN2_LOW;
    double two = r * r, four = two * two, eight = four * four;
    double first = ((c[1] * r + c[0]) + two * (c[3] * r + c[2])) + four * ((c[5] * r + c[4]) + two * (c[7] * r + c[6]));
    double sum = first + eight * ((c[9] * r + c[8]) + two * c[10]);
    double high = 1.0 + r;
    return (high + (two * sum + (r - (high - 1.0)))) * two_to(n);
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
