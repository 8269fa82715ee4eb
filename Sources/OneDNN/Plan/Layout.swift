import Tensors

/// How a tensor's elements lie in memory: axes from the outermost to the innermost, one after another without gaps.
///
/// Each is an axis of the tensor, or a part of one: its elements lie `step` apart along the tensor's row-major order.
struct Layout: Hashable {
    struct Axis: Hashable {
        let extent: Int
        let step: Int
    }

    let axes: [Axis]

    /// The layout as the shortest list of axes: extents of 1 vanish, and neighbours that count on are one.
    ///
    /// Equal lists mean equal memory, whatever the shapes: a reshape between them costs nothing.
    var canonical: [Axis] {
        var result: [Axis] = []
        for axis in axes where axis.extent > 1 {
            if let last = result.last, last.step == axis.step * axis.extent {
                result[result.count - 1] = Axis(extent: last.extent * axis.extent, step: axis.step)
            } else {
                result.append(axis)
            }
        }
        return result
    }

    /// The distances between neighbours along each axis in this memory.
    var strides: [Int] {
        var strides = [Int](repeating: 1, count: axes.count)
        for index in stride(from: axes.count - 2, through: 0, by: -1) {
            strides[index] = strides[index + 1] * axes[index + 1].extent
        }
        return strides
    }

    /// The last axis fastest.
    static func rowMajor(_ shape: Shape) -> Layout {
        Layout(axes: zip(shape.dimensions, shape.strides).map { Axis(extent: $0, step: $1) })
    }

    /// Whether elements of this shape lie row-major.
    func isRowMajor(_ shape: Shape) -> Bool { canonical == Layout.rowMajor(shape).canonical }

    /// The layout of a value in the engine: four axes (B, C, H, W) lie as (B, H, W, C); fewer lie row-major, but an axis that
    /// is `split` into C channels of P positions, c·P + p, lies as (P, C), so that it matches the images it was made from.
    static func planned(_ shape: Shape, splits: [Split?]) -> Layout {
        let plain = rowMajor(shape).axes
        if shape.rank == 4 { return Layout(axes: [plain[0], plain[2], plain[3], plain[1]]) }
        return Layout(
            axes: zip(plain, splits).flatMap { axis, split in
                guard let split else { return [axis] }
                return [
                    Axis(extent: split.positions, step: axis.step),
                    Axis(extent: split.channels, step: axis.step * split.positions),
                ]
            })
    }
}

/// An axis that counts the elements of an image: channel by channel, position by position.
struct Split: Hashable {
    let channels: Int
    let positions: Int
}
