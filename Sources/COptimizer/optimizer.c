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

void tributary_update_decaying_adam(
    tributary_loops loops, const tributary_adam *adam, tributary_decay decay, float factor, int64_t count,
    const float *gradient, float *parameters, float *first_moment, float *second_moment) {
    switch (loops) {
    case TRIBUTARY_LOOPS_AVX512:
        return update_decaying_adam_avx512(
            adam, decay, factor, count, gradient, parameters, first_moment, second_moment);
    case TRIBUTARY_LOOPS_AVX2:
        return update_decaying_adam_avx2(adam, decay, factor, count, gradient, parameters, first_moment, second_moment);
    case TRIBUTARY_LOOPS_ANY:
        return update_decaying_adam_any(adam, decay, factor, count, gradient, parameters, first_moment, second_moment);
    }
}

void tributary_update_rmsprop(
    tributary_loops loops, const tributary_rmsprop *rmsprop, float factor, int64_t count, const float *gradient,
    float *parameters, float *mean_square) {
    switch (loops) {
    case TRIBUTARY_LOOPS_AVX512: return update_rmsprop_avx512(rmsprop, factor, count, gradient, parameters, mean_square);
    case TRIBUTARY_LOOPS_AVX2: return update_rmsprop_avx2(rmsprop, factor, count, gradient, parameters, mean_square);
    case TRIBUTARY_LOOPS_ANY: return update_rmsprop_any(rmsprop, factor, count, gradient, parameters, mean_square);
    }
}

void tributary_update_sgd(
    tributary_loops loops, const tributary_sgd *sgd, float factor, int64_t count, const float *gradient,
    float *parameters, float *velocity) {
    switch (loops) {
    case TRIBUTARY_LOOPS_AVX512: return update_sgd_avx512(sgd, factor, count, gradient, parameters, velocity);
    case TRIBUTARY_LOOPS_AVX2: return update_sgd_avx2(sgd, factor, count, gradient, parameters, velocity);
    case TRIBUTARY_LOOPS_ANY: return update_sgd_any(sgd, factor, count, gradient, parameters, velocity);
    }
}

void tributary_update_average(
    tributary_loops loops, float share, int64_t count, const float *values, float *average) {
    switch (loops) {
    case TRIBUTARY_LOOPS_AVX512: return update_average_avx512(share, count, values, average);
    case TRIBUTARY_LOOPS_AVX2: return update_average_avx2(share, count, values, average);
    case TRIBUTARY_LOOPS_ANY: return update_average_any(share, count, values, average);
    }
}

double tributary_scale_and_sum_squares(tributary_loops loops, int64_t count, float *values, float scale) {
    switch (loops) {
    case TRIBUTARY_LOOPS_AVX512: return scale_and_sum_squares_avx512(count, values, scale);
    case TRIBUTARY_LOOPS_AVX2: return scale_and_sum_squares_avx2(count, values, scale);
    case TRIBUTARY_LOOPS_ANY: return scale_and_sum_squares_any(count, values, scale);
    }
}
