#pragma once
#include <stdint.h>

// The arithmetic that turns a step's gradient into an update: C, since Swift's loops stay at SSE2's four lanes, where on one
// core Adam takes 0.46 ns an element and the norm 0.17, and from here with AVX-512 0.18 and 0.07 (data in the third-level cache).
// Whatever the instructions, the bits are the same: every element is computed by itself, in the order that is written, and nothing
// is contracted.

/// The instructions that loops may use.
typedef enum {
    TRIBUTARY_LOOPS_ANY = 0,
    TRIBUTARY_LOOPS_AVX2 = 1,
    TRIBUTARY_LOOPS_AVX512 = 2,
} tributary_loops;

/// The best that this machine has.
tributary_loops tributary_best_loops(void);

/// What is the same for every element of one update.
typedef struct {
    float beta1, one_minus_beta1, beta2, one_minus_beta2, epsilon, rate, correction;
} tributary_adam;

/// One update of Adam (the Swift function updateAdam has the formula); the gradient is multiplied with `factor` first.
void tributary_update_adam(
    tributary_loops loops, const tributary_adam *adam, float factor, int64_t count, const float *gradient,
    float *parameters, float *first_moment, float *second_moment);

/// What weight decay does to an element: its multiple that is added to the gradient, and the part of it that stays.
typedef struct {
    float coupled, kept;
} tributary_decay;

/// The same with weight decay (updateDecayingAdam).
void tributary_update_decaying_adam(
    tributary_loops loops, const tributary_adam *adam, tributary_decay decay, float factor, int64_t count,
    const float *gradient, float *parameters, float *first_moment, float *second_moment);

typedef struct {
    float decay, one_minus_decay, epsilon, rate, coupled;
} tributary_rmsprop;

/// One update of RMSProp (updateRMSProp).
void tributary_update_rmsprop(
    tributary_loops loops, const tributary_rmsprop *rmsprop, float factor, int64_t count, const float *gradient,
    float *parameters, float *mean_square);

typedef struct {
    float momentum, rate, coupled;
} tributary_sgd;

/// One step of gradient descent with momentum (updateSGD).
void tributary_update_sgd(
    tributary_loops loops, const tributary_sgd *sgd, float factor, int64_t count, const float *gradient,
    float *parameters, float *velocity);

/// Moves an average towards values by a share of the distance (updateAverage).
void tributary_update_average(
    tributary_loops loops, float share, int64_t count, const float *values, float *average);

/// Multiplies values with `scale` and returns the sum of their squares afterwards: eight lanes of doubles, added pairwise.
double tributary_scale_and_sum_squares(tributary_loops loops, int64_t count, float *values, float scale);
