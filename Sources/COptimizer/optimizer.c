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

tributary_loops tributary_best_loops(void) {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return TRIBUTARY_LOOPS_AVX512;
    return __builtin_cpu_supports("avx2") ? TRIBUTARY_LOOPS_AVX2 : TRIBUTARY_LOOPS_ANY;
}

void tributary_update_adam(
    tributary_loops loops, const tributary_adam *adam, float factor, int64_t count, const float *gradient,
    float *parameters, float *first_moment, float *second_moment) {
    switch (loops) {
    case TRIBUTARY_LOOPS_AVX512:
        return update_adam_avx512(adam, factor, count, gradient, parameters, first_moment, second_moment);
    case TRIBUTARY_LOOPS_AVX2:
        return update_adam_avx2(adam, factor, count, gradient, parameters, first_moment, second_moment);
    case TRIBUTARY_LOOPS_ANY:
        return update_adam_any(adam, factor, count, gradient, parameters, first_moment, second_moment);
    }
}

double tributary_scale_and_sum_squares(tributary_loops loops, int64_t count, float *values, float scale) {
    switch (loops) {
    case TRIBUTARY_LOOPS_AVX512: return scale_and_sum_squares_avx512(count, values, scale);
    case TRIBUTARY_LOOPS_AVX2: return scale_and_sum_squares_avx2(count, values, scale);
    case TRIBUTARY_LOOPS_ANY: return scale_and_sum_squares_any(count, values, scale);
    }
}
