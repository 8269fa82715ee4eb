import Storage

/// The same numbers with their axes in another order.
extension NumberArray {
    /// The largest array that is turned, in bytes: it is in memory as a whole.
    private static let turnedLimit = 1 << 29

    /// With the axis first that counts images, and the others in their order.
    func counted(along axis: Int) -> NumberArray {
        axis == 0 ? self : turned([axis] + shape.indices.filter { $0 != axis })
    }

    /// With the axes in the order given.
    func turned(_ order: [Int]) -> NumberArray {
        let extents = order.map { shape[$0] }
        return NumberArray(place: place, name: name, shape: extents, format: format) {
            let size = shape.reduce(format.bytes, *)
            guard size <= Self.turnedLimit else {
                throw DataError(
                    place,
                    "has \(size) bytes whose images lie in pieces, too many to be turned in memory: save numpy.ascontiguousarray of it, "
                        + "the images counted by the first axis")
            }
            let read = try open()
            let stored = try read(size)
            guard stored.count == size else { throw cut() }
            try requireEnd(read)
            // How far the next of each new axis is, in numbers.
            let steps = order.map { axis in shape[(axis + 1)...].reduce(1, *) }
            var rest = Self.ordered(stored, extents, steps, format.bytes)[...]
            return { count in
                defer { rest = rest.dropFirst(count) }
                return Array(rest.prefix(count))
            }
        }
    }

    /// Numbers of so many bytes, that are so far from one another along each axis, in the order in which the last axis is fastest.
    private static func ordered(_ stored: [UInt8], _ extents: [Int], _ steps: [Int], _ size: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(stored.count)
        var index = [Int](repeating: 0, count: extents.count)
        var place = 0
        for _ in 0..<stored.count / size {
            result += stored[place * size..<(place + 1) * size]
            var axis = extents.count - 1
            while axis >= 0 {
                index[axis] += 1
                place += steps[axis]
                if index[axis] < extents[axis] { break }
                place -= steps[axis] * extents[axis]
                index[axis] = 0
                axis -= 1
            }
        }
        return result
    }
}
