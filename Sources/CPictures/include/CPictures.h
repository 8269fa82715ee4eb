#pragma once
#include <png.h>
#include <stddef.h>
#include <stdint.h>

// Decoding with libjpeg and libpng. Both report errors by a jump, which may not cross Swift, so their loops are here; what the numbers
// mean is decided in Swift. A decoder that returned 0 has a message, and nothing but its `free` may follow.

/// What each new column or row is made of: `taps[i]` old ones from `first[i]` on, times `values[i * stride ...]`.
typedef struct {
    int count;
    int stride;
    const int32_t *first;
    const int32_t *taps;
    const int32_t *values;
} cpictures_weights;

/// Makes `weights.count` columns of `width`.
void cpictures_resize_columns(
    const uint8_t *source, int width, int height, int channels, cpictures_weights weights, uint8_t *target);
/// Makes `weights.count` rows of `line` bytes each.
void cpictures_resize_rows(const uint8_t *source, int line, cpictures_weights weights, uint8_t *target);
/// Parts red, green and blue.
void cpictures_planar(const uint8_t *source, size_t pixels, uint8_t *target);

/// One JPEG between its header and its pixels.
typedef struct cpictures_jpeg cpictures_jpeg;

/// Reads the header of a JPEG, which stays where it is until the decoder is freed. NULL where memory is short.
cpictures_jpeg *cpictures_jpeg_new(const uint8_t *bytes, size_t count);
int cpictures_jpeg_read_header(cpictures_jpeg *jpeg);
/// Decodes `count` rows from `first` on, `width * components` bytes each, to where they lie in the picture. The others, but for the last, are read for
/// whether they are whole, and not made. `pixels` holds all rows.
int cpictures_jpeg_read_pixels(cpictures_jpeg *jpeg, uint8_t *pixels, int first, int count);
int cpictures_jpeg_width(const cpictures_jpeg *jpeg);
int cpictures_jpeg_height(const cpictures_jpeg *jpeg);
/// 1 for grey, 3 for red, green and blue, 4 for cyan, magenta, yellow and black as they are stored.
int cpictures_jpeg_components(const cpictures_jpeg *jpeg);
/// What lies behind "Exif\0\0" in the first marker of that name; NULL where there is none.
const uint8_t *cpictures_jpeg_exif(const cpictures_jpeg *jpeg, size_t *count);
/// Warnings that leave the pixels whole.
int cpictures_jpeg_warnings(const cpictures_jpeg *jpeg);
const char *cpictures_jpeg_message(const cpictures_jpeg *jpeg);
void cpictures_jpeg_free(cpictures_jpeg *jpeg);

/// One PNG between its header and its pixels.
typedef struct cpictures_png cpictures_png;

cpictures_png *cpictures_png_new(const uint8_t *bytes, size_t count);
int cpictures_png_read_header(cpictures_png *png);
/// Decodes all rows: 8 bits a value, of 16 the upper ones; palettes looked up; transparency as a last channel.
int cpictures_png_read_pixels(cpictures_png *png, uint8_t *pixels);
uint32_t cpictures_png_width(const cpictures_png *png);
uint32_t cpictures_png_height(const cpictures_png *png);
/// Of the decoded pixels: grey, grey and alpha, RGB, RGB and alpha.
int cpictures_png_channels(const cpictures_png *png);
/// Of the file.
int cpictures_png_bit_depth(const cpictures_png *png);
int cpictures_png_is_palette(const cpictures_png *png);
const uint8_t *cpictures_png_exif(cpictures_png *png, size_t *count);
int cpictures_png_warnings(const cpictures_png *png);
const char *cpictures_png_message(const cpictures_png *png);
void cpictures_png_free(cpictures_png *png);
