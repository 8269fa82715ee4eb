#define NAME(function) function##_avx2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
// Sums that fill the sixteen registers, two for sixteen lanes.
#define EACH_BLOCK(DO) DO(1, 6) DO(1, 4) DO(1, 2) DO(1, 1)
#include "functions.inc"
#include "program.inc"
#include "columns.inc"
#include "copy.inc"
#include "noise.inc"
#include "weights.inc"
#pragma clang attribute pop
