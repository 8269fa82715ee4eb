#define NAME(function) function##_avx512
#pragma clang attribute push( \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,popcnt"))), apply_to = function)
#include "functions.inc"
#include "program.inc"
#include "columns.inc"
#include "copy.inc"
#include "noise.inc"
#include "wide_blocks.inc"
#include "weights.inc"
#include "wide_products.inc"
#include "float_products.inc"
#include "winograd_kinds.inc"
#include "narrow.inc"
#define EACH_SPARSE_PANEL(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)
#include "sparse_products.inc"
#pragma clang attribute pop
