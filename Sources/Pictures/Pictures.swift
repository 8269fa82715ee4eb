// Pictures: decoding, encoding and shaping images, and the drawing of plots.
//
// `Image` holds pixels; `Formats` turns files into images and back, `Images` crops and resizes, `Plots` draws lines, bars and points.
