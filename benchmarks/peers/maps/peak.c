/* As many fused multiply-adds as the processor makes: chains that wait for nothing but themselves, in registers. */
#include "vectors.h"

#define CHAINS 12 /* of four operations' latency, on at most two units; the rest of 16 registers is for two factors */

void peak(long operations) { /* multiplications and additions, each counted */
    static volatile real kept;
    vector sum[CHAINS], factor = ALL(0.999), more = ALL(1e-3);
    for (int k = 0; k < CHAINS; k++) sum[k] = ALL(k);
    for (long turn = operations / (2 * SIDE * CHAINS); turn > 0; turn--)
        for (int k = 0; k < CHAINS; k++) sum[k] = FUSED_ADD(sum[k], factor, more);
    for (int k = 1; k < CHAINS; k++) sum[0] = ADD(sum[0], sum[k]);
    real each[SIDE] __attribute__((aligned(BYTES)));
    NAMED(store)(each, sum[0]);
    kept = each[0];
}
