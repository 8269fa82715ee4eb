/// How much of a pixel of side `pixel` lies inside an edge at signed distance `distance` (negative inside).
@inline(__always)
func coverage(_ distance: Float, _ pixel: Float) -> Float {
    min(1, max(0, 0.5 - distance / pixel))
}

/// 0 below `low`, 1 above `high`, and a smooth cubic between.
@inline(__always)
func smoothstep(_ low: Float, _ high: Float, _ x: Float) -> Float {
    let t = min(1, max(0, (x - low) / (high - low)))
    return t * t * (3 - 2 * t)
}

/// The length of a vector.
@inline(__always)
func length(_ vector: SIMD2<Float>) -> Float { (vector * vector).sum().squareRoot() }

/// The signed distance from a point to an ellipse about the origin, exact on its edge and to first order near it.
@inline(__always)
func ellipse(_ point: SIMD2<Float>, _ radii: SIMD2<Float>) -> Float {
    let scaled = point / radii
    let k = length(scaled)
    let gradient = length(scaled / radii)
    return gradient > 0 ? k * (k - 1) / gradient : -min(radii.x, radii.y)
}

/// The signed distance to a box whose corners are rounded by `rounding`.
@inline(__always)
func roundedBox(_ point: SIMD2<Float>, _ halfSize: SIMD2<Float>, rounding: Float) -> Float {
    let x = abs(point.x) - halfSize.x + rounding
    let y = abs(point.y) - halfSize.y + rounding
    return length(SIMD2(max(x, 0), max(y, 0))) + min(max(x, y), 0) - rounding
}

/// Turns a point by the angle whose sine is given.
@inline(__always)
func turned(_ point: SIMD2<Float>, sine: Float) -> SIMD2<Float> {
    let cosine = (1 - sine * sine).squareRoot()
    return SIMD2(cosine * point.x - sine * point.y, sine * point.x + cosine * point.y)
}

/// A wave of straight lines with period 1 and values in [-1, 1].
@inline(__always)
func triangleWave(_ x: Float) -> Float {
    let phase = x - x.rounded(.down)
    return 4 * abs(phase - 0.5) - 1
}
