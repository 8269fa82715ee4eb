#define NAME(function) function##_avx512
#pragma clang attribute push( \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#include "functions.inc"
#include "program.inc"
#include "columns.inc"
#include "copy.inc"
#include "noise.inc"
#include "wide_blocks.inc"
#include "weights.inc"
// As many as AVX-512's thirty-two registers hold, beside what they are made of.
#define PRODUCT_VECTORS 2
#define PRODUCT_TILES 12
#define EACH_COUNT(DO, V) \
    DO(V, 1) DO(V, 2) DO(V, 3) DO(V, 4) DO(V, 5) DO(V, 6) DO(V, 7) DO(V, 8) DO(V, 9) DO(V, 10) DO(V, 11) DO(V, 12)
#define EACH_PRODUCT(DO) EACH_COUNT(DO, 1) EACH_COUNT(DO, 2)
#include "winograd.inc"
#pragma clang attribute pop
