/// Makes a smooth function of many numbers small, always by the same steps: limited-memory BFGS with a backtracking line search.
///
/// Source: Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, algorithms 7.4 and 3.1.
public struct Minimizer {
    /// The function's value, and its gradient.
    public typealias Function = (_ point: [Double]) -> (value: Double, gradient: [Double])

    /// How many steps are remembered.
    private static let memory = 10
    private static let mostSteps = 1_000
    /// It ends where no number's derivative is above this share of the value, or above itself where the value is below 1.
    private static let tolerance = 1e-6
    /// The part of the descent promised by the slope that a step must bring.
    private static let sufficient = 1e-4

    private var steps: [(move: [Double], change: [Double], curvature: Double)] = []

    /// The point where it ends.
    public static func minimize(from start: [Double], _ function: Function) -> [Double] {
        var minimizer = Minimizer()
        var point = start
        var (value, gradient) = function(point)
        for _ in 0..<mostSteps {
            let limit = tolerance * max(1, abs(value))
            guard gradient.contains(where: { abs($0) > limit }) else { break }
            let direction = minimizer.direction(gradient)
            guard let next = search(from: point, value, gradient, along: direction, function) else { break }
            minimizer.remember(move: next.point - point, change: next.gradient - gradient)
            (point, value, gradient) = next
        }
        return point
    }

    /// −H · gradient, with H the estimate of the inverse second derivatives.
    private func direction(_ gradient: [Double]) -> [Double] {
        var result = gradient
        var shares: [Double] = []
        for step in steps.reversed() {
            let share = dot(step.move, result) / step.curvature
            result.add(-share, step.change)
            shares.append(share)
        }
        if let last = steps.last { result.scale(by: last.curvature / dot(last.change, last.change)) }
        for (step, share) in zip(steps, shares.reversed()) {
            result.add(share - dot(step.change, result) / step.curvature, step.move)
        }
        result.scale(by: -1)
        return result
    }

    private mutating func remember(move: [Double], change: [Double]) {
        let curvature = dot(move, change)
        // Where the function curves the other way, the estimate would lose its meaning.
        guard curvature > 1e-12 * dot(move, move) else { return }
        steps.append((move, change, curvature))
        if steps.count > Self.memory { steps.removeFirst() }
    }

    /// A shorter and shorter step until one brings enough; nil where none does, as at the end of what rounding allows.
    private static func search(
        from point: [Double], _ value: Double, _ gradient: [Double], along direction: [Double], _ function: Function
    ) -> (point: [Double], value: Double, gradient: [Double])? {
        let slope = dot(gradient, direction)
        guard slope < 0 else { return nil }
        var length = 1.0
        for _ in 0..<50 {
            var next = point
            next.add(length, direction)
            let (found, gradient) = function(next)
            if found <= value + sufficient * length * slope { return (next, found, gradient) }
            length /= 2
        }
        return nil
    }
}

func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for index in left.indices { sum += left[index] * right[index] }
    return sum
}

extension [Double] {
    fileprivate mutating func add(_ factor: Double, _ other: [Double]) {
        for index in indices { self[index] += factor * other[index] }
    }

    fileprivate mutating func scale(by factor: Double) {
        for index in indices { self[index] *= factor }
    }

    fileprivate static func - (left: [Double], right: [Double]) -> [Double] { zip(left, right).map { $0 - $1 } }
}
