#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include/CPictures.h"

struct cpictures_png {
    png_structp png;
    png_infop info;
    png_bytep *rows;
    const uint8_t *bytes;
    size_t count;
    size_t position;
    int bit_depth;
    int color;
    int warnings;
    char message[128];
};

static void fail(png_structp png, const char *reason) {
    cpictures_png *decoder = png_get_error_ptr(png);
    snprintf(decoder->message, sizeof decoder->message, "%s", reason);
    png_longjmp(png, 1);
}

static void warn(png_structp png, const char *reason) {
    (void)reason;
    ((cpictures_png *)png_get_error_ptr(png))->warnings++;
}

static void take(png_structp png, png_bytep target, size_t count) {
    cpictures_png *decoder = png_get_io_ptr(png);
    if (count > decoder->count - decoder->position) png_error(png, "the file is cut short");
    memcpy(target, decoder->bytes + decoder->position, count);
    decoder->position += count;
}

cpictures_png *cpictures_png_new(const uint8_t *bytes, size_t count) {
    cpictures_png *decoder = calloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->bytes = bytes;
    decoder->count = count;
    decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, fail, warn);
    decoder->info = decoder->png ? png_create_info_struct(decoder->png) : NULL;
    if (decoder->info) return decoder;
    cpictures_png_free(decoder);
    return NULL;
}

int cpictures_png_read_header(cpictures_png *decoder) {
    png_structp png = decoder->png;
    if (setjmp(png_jmpbuf(png))) return 0;
    png_set_read_fn(png, decoder, take);
    // Texts and profiles may be compressed a thousandfold, and nobody reads them here.
    png_set_chunk_malloc_max(png, 1 << 22);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_read_info(png, decoder->info);
    decoder->bit_depth = png_get_bit_depth(png, decoder->info);
    decoder->color = png_get_color_type(png, decoder->info);
    // Values as they are stored, as Pillow takes them: no gamma, and of 16 bits the upper eight.
    if (decoder->color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
    if (decoder->color == PNG_COLOR_TYPE_GRAY && decoder->bit_depth < 8) png_set_expand_gray_1_2_4_to_8(png);
    if (png_get_valid(png, decoder->info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(png);
    if (decoder->bit_depth == 16) png_set_strip_16(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, decoder->info);
    return 1;
}

int cpictures_png_read_pixels(cpictures_png *decoder, uint8_t *pixels) {
    png_structp png = decoder->png;
    if (setjmp(png_jmpbuf(png))) return 0;
    uint32_t height = png_get_image_height(png, decoder->info);
    size_t row = png_get_rowbytes(png, decoder->info);
    decoder->rows = malloc(height * sizeof *decoder->rows);
    if (!decoder->rows) png_error(png, "out of memory");
    for (uint32_t index = 0; index < height; index++) decoder->rows[index] = pixels + index * row;
    png_read_image(png, decoder->rows);
    png_read_end(png, NULL);
    return 1;
}

uint32_t cpictures_png_width(const cpictures_png *decoder) { return png_get_image_width(decoder->png, decoder->info); }
uint32_t cpictures_png_height(const cpictures_png *decoder) {
    return png_get_image_height(decoder->png, decoder->info);
}
int cpictures_png_channels(const cpictures_png *decoder) { return png_get_channels(decoder->png, decoder->info); }
int cpictures_png_bit_depth(const cpictures_png *decoder) { return decoder->bit_depth; }
int cpictures_png_is_palette(const cpictures_png *decoder) { return decoder->color == PNG_COLOR_TYPE_PALETTE; }

const uint8_t *cpictures_png_exif(cpictures_png *decoder, size_t *count) {
    png_uint_32 length = 0;
    png_bytep exif = NULL;
    if (!png_get_eXIf_1(decoder->png, decoder->info, &length, &exif)) return NULL;
    *count = length;
    return exif;
}

int cpictures_png_warnings(const cpictures_png *decoder) { return decoder->warnings; }
const char *cpictures_png_message(const cpictures_png *decoder) { return decoder->message; }

void cpictures_png_free(cpictures_png *decoder) {
    png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
    free(decoder->rows);
    free(decoder);
}
