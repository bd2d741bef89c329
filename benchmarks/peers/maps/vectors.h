/* Vectors of BITS-bit numbers by the processor's own names: AVX-512 where it is, else AVX2. FUSED: with one rounding. */
#include <immintrin.h>

#if defined(__AVX512F__)
#define BYTES 64
#elif defined(__AVX2__) && defined(__FMA__)
#define BYTES 32
#else
#error "this processor has neither AVX-512 nor AVX2 with fused multiply-add"
#endif

#define SIDE (8 * BYTES / BITS) /* numbers in a vector */
#define JOIN_(a, b, c) a##b##c
#define JOIN(a, b, c) JOIN_(a, b, c)

#if BYTES == 64
#define HEAD _mm512_
#define WHOLE __m512i
#define BITWISE(name) JOIN(_mm512_, name, _si512)
#else
#define HEAD _mm256_
#define WHOLE __m256i
#define BITWISE(name) JOIN(_mm256_, name, _si256)
#endif

#if BITS == 64
typedef double real;
#define NAMED(name) JOIN(HEAD, name, _pd)
#define SHIFTED JOIN(HEAD, slli, _epi64)
#define MANTISSA 52
#else
typedef float real;
#define NAMED(name) JOIN(HEAD, name, _ps)
#define SHIFTED JOIN(HEAD, slli, _epi32)
#define MANTISSA 23
#endif

#if BYTES == 64 && BITS == 64
typedef __m512d vector;
#define AS_WHOLE _mm512_castpd_si512
#define AS_VECTOR _mm512_castsi512_pd
#elif BYTES == 64
typedef __m512 vector;
#define AS_WHOLE _mm512_castps_si512
#define AS_VECTOR _mm512_castsi512_ps
#elif BITS == 64
typedef __m256d vector;
#define AS_WHOLE _mm256_castpd_si256
#define AS_VECTOR _mm256_castsi256_pd
#else
typedef __m256 vector;
#define AS_WHOLE _mm256_castps_si256
#define AS_VECTOR _mm256_castsi256_ps
#endif

#define ALL(x) NAMED(set1)((real)(x))
#define ADD NAMED(add)
#define SUB NAMED(sub)
#define MUL NAMED(mul)
#define DIV NAMED(div)
#define LEAST NAMED(min) /* of a number and NaN, in this order, NaN */
#define FUSED_ADD NAMED(fmadd)
#define AND(a, b) AS_VECTOR(BITWISE(and)(AS_WHOLE(a), AS_WHOLE(b)))
#define OR(a, b) AS_VECTOR(BITWISE(or)(AS_WHOLE(a), AS_WHOLE(b)))
#define WITHOUT(a, b) AS_VECTOR(BITWISE(andnot)(AS_WHOLE(b), AS_WHOLE(a)))

#ifdef FUSED
#define MULTIPLY_ADD(a, b, c) FUSED_ADD(a, b, c)
#else
#define MULTIPLY_ADD(a, b, c) ADD(MUL(a, b), c)
#endif
