/// The elements of a tensor of up to four axes in row-major order; axes that are not there have extent 1 and come last.
struct Grid {
    let extents: SIMD4<Int>
    let strides: SIMD4<Int>

    init(_ shape: Shape) {
        extents = Self.padded(shape.dimensions, with: 1)
        strides = Self.padded(shape.strides, with: 1)
    }

    /// Four numbers, the missing ones filled in.
    static func padded(_ numbers: [Int], with filling: Int) -> SIMD4<Int> {
        var result = SIMD4(repeating: filling)
        for (axis, number) in numbers.enumerated() { result[axis] = number }
        return result
    }

    /// Where along each axis the element with a row-major index lies.
    func coordinates(_ index: Int) -> SIMD4<Int> { (index / strides) % extents }

    /// The row-major index of an element.
    func index(_ coordinates: SIMD4<Int>) -> Int { (coordinates &* strides).wrappedSum() }

    /// The row-major index of an element in a grid whose extents may be 1 where the other grid's are not.
    func index(reducing coordinates: SIMD4<Int>) -> Int { index(pointwiseMin(coordinates, extents &- 1)) }
}
