#define NAME(function) function##_avx2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "functions.inc"
#include "program.inc"
#include "columns.inc"
#include "copy.inc"
#include "noise.inc"
#pragma clang attribute pop
