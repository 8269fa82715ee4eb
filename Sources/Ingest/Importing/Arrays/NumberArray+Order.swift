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
        let steps = order.map { axis in shape[(axis + 1)...].reduce(1, *) }
        return strided(order.map { shape[$0] }, steps, from: 0)
    }

    /// A view of its numbers: the first one, and how far the next is along each axis. All of them have to be there.
    func strided(_ extents: [Int], _ steps: [Int], from start: Int) -> NumberArray {
        let isPlain = extents.indices.allSatisfy { axis in
            extents[axis] == 1 || steps[axis] == extents[(axis + 1)...].reduce(1, *)
        }
        let reach = 1 + zip(extents, steps).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
        return NumberArray(place: place, name: name, shape: extents, format: format) {
            let read = try stretch(from: start, reach)
            guard !isPlain else { return read }
            guard reach * format.bytes <= Self.turnedLimit else {
                throw DataError(
                    place,
                    "has \(reach * format.bytes) bytes whose images lie in pieces, too many to be turned in memory: save numpy.ascontiguousarray of it "
                        + "(of a tensor .contiguous()), the images counted by the first axis")
            }
            let stored = try read(reach * format.bytes)
            try requireEnd(read)
            var rest = Self.ordered(stored, extents, steps, format.bytes)[...]
            return { count in
                defer { rest = rest.dropFirst(count) }
                return Array(rest.prefix(count))
            }
        }
    }

    /// Begins to read so many numbers from one on. Whoever asks for more has all others read, since archives check their sums at the end.
    private func stretch(from start: Int, _ count: Int) throws -> (Int) throws -> [UInt8] {
        let read = try open()
        var (skipped, left) = (start * format.bytes, count * format.bytes)
        while skipped > 0 {
            let piece = try read(min(skipped, 1 << 20))
            guard !piece.isEmpty else { throw cut() }
            skipped -= piece.count
        }
        return { wanted in
            let bytes = try read(min(wanted, left))
            guard bytes.count == min(wanted, left) else { throw cut() }
            left -= bytes.count
            if left == 0, wanted > bytes.count { try readRest(read) }
            return bytes
        }
    }

    /// A view of all numbers ends where they do.
    private func readRest(_ read: (Int) throws -> [UInt8]) throws { while try !read(1 << 20).isEmpty {} }

    /// Numbers of so many bytes, that are so far from one another along each axis, in the order in which the last axis is fastest.
    private static func ordered(_ stored: [UInt8], _ extents: [Int], _ steps: [Int], _ size: Int) -> [UInt8] {
        var result: [UInt8] = []
        let count = extents.reduce(1, *)
        result.reserveCapacity(count * size)
        var index = [Int](repeating: 0, count: extents.count)
        var place = 0
        for _ in 0..<count {
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
