#include "COptimizer.h"

#define NAME(function) function##_avx512
#define LOOP __attribute__((target("avx2,avx512f,avx512dq,avx512vl")))
#include "loops.inc"

#define NAME(function) function##_avx2
#define LOOP __attribute__((target("avx2")))
#include "loops.inc"

#define NAME(function) function##_any
#define LOOP
#include "loops.inc"

typedef enum { ANY, AVX2, AVX512 } instructions;

static instructions best(void) {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return AVX512;
    return __builtin_cpu_supports("avx2") ? AVX2 : ANY;
}

void tributary_update_adam(
    const tributary_adam *adam, float factor, int64_t count, const float *gradient, float *parameters, float *first_moment,
    float *second_moment) {
    switch (best()) {
    case AVX512: update_adam_avx512(adam, factor, count, gradient, parameters, first_moment, second_moment); break;
    case AVX2: update_adam_avx2(adam, factor, count, gradient, parameters, first_moment, second_moment); break;
    case ANY: update_adam_any(adam, factor, count, gradient, parameters, first_moment, second_moment); break;
    }
}

double tributary_scale_and_sum_squares(int64_t count, float *values, float scale) {
    switch (best()) {
    case AVX512: return scale_and_sum_squares_avx512(count, values, scale);
    case AVX2: return scale_and_sum_squares_avx2(count, values, scale);
    case ANY: return scale_and_sum_squares_any(count, values, scale);
    }
}
