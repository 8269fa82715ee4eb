// Whole numbers about vectors.

#pragma once
#include "CKernels.h"

static inline int64_t quotient_up(int64_t value, int64_t divisor) { return (value + divisor - 1) / divisor; }

static inline int64_t whole_vectors(int64_t count) { return quotient_up(count, TRIBUTARY_LANES) * TRIBUTARY_LANES; }
