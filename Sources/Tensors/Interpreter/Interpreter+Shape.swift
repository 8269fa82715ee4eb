extension Interpreter {
    static func broadcast(_ x: Operand, to shape: Shape) -> [Double] {
        let (from, to) = (x.grid, Grid(shape))
        return (0..<shape.count).map { x.values[from.index(reducing: to.coordinates($0))] }
    }

    static func slice(_ x: Operand, from start: [Int], _ shape: Shape) -> [Double] {
        let (from, to) = (x.grid, Grid(shape))
        let start = Grid.padded(start, with: 0)
        return (0..<shape.count).map { x.values[from.index(to.coordinates($0) &+ start)] }
    }

    /// Zeros, with each operand's first element at its start.
    static func pad(_ operands: [Operand], at starts: [[Int]], _ shape: Shape) -> [Double] {
        var result = [Double](repeating: 0, count: shape.count)
        for (operand, start) in zip(operands, starts) {
            let (from, to) = (operand.grid, Grid(shape))
            let start = Grid.padded(start, with: 0)
            for (index, value) in operand.values.enumerated() {
                result[to.index(from.coordinates(index) &+ start)] = value
            }
        }
        return result
    }

    static func concatenate(_ operands: [Operand], along axis: Int, _ shape: Shape) -> [Double] {
        var position = 0
        let starts = operands.map { operand in
            defer { position += operand.shape[axis] }
            return (0..<shape.rank).map { $0 == axis ? position : 0 }
        }
        return pad(operands, at: starts, shape)
    }

    /// Each element is added to the one element of the result that its reduced coordinates name.
    static func sum(_ x: Operand, to shape: Shape) -> [Double] {
        let (from, to) = (x.grid, Grid(shape))
        var result = [Double](repeating: 0, count: shape.count)
        for (index, value) in x.values.enumerated() { result[to.index(reducing: from.coordinates(index))] += value }
        return result
    }
}
