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
#include "wide_products.inc"
#include "float_products.inc"
#include "winograd_kinds.inc"
#include "narrow.inc"
#pragma clang attribute pop
