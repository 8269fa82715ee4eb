import Randomness

/// Codes in clusters about their means, by k-means from the centres of k-means++.
///
/// Source: Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
struct Clusters {
    private(set) var centers: Rows
    /// The cluster of each row.
    private(set) var assignment: [Int]

    private static let mostRounds = 50

    init(of rows: Rows, count: Int, seed: UInt64) {
        centers = Self.firstCenters(of: rows, count, RandomStream(seed: seed, operator: RandomStream.mixture))
        assignment = []
        for _ in 0..<Self.mostRounds {
            let nearest = (0..<rows.count).map { row in
                (0..<count).min {
                    rows.squaredDistance(row, to: $0, of: centers) < rows.squaredDistance(row, to: $1, of: centers)
                }!
            }
            if nearest == assignment { break }
            assignment = nearest
            move(rows)
        }
    }

    /// The first at random, each other one with a probability in proportion to the squared distance from those there are.
    private static func firstCenters(of rows: Rows, _ count: Int, _ stream: RandomStream) -> Rows {
        var centers = Rows(count: count, dimensions: rows.dimensions)
        var distances = [Double](repeating: 1, count: rows.count)
        for index in 0..<count {
            let chosen = position(stream.uniform(index) * distances.reduce(0, +), in: distances)
            centers.add(chosen, of: rows, times: 1, to: index)
            for row in 0..<rows.count {
                let distance = rows.squaredDistance(row, to: index, of: centers)
                distances[row] = index == 0 ? distance : min(distances[row], distance)
            }
        }
        return centers
    }

    /// The first place up to which the values sum to more than a number.
    private static func position(_ number: Double, in values: [Double]) -> Int {
        var sum = 0.0
        for (index, value) in values.enumerated() {
            sum += value
            if number < sum { return index }
        }
        return values.count - 1
    }

    /// Centres to the means of their clusters; an empty one stays.
    private mutating func move(_ rows: Rows) {
        var means = Rows(count: centers.count, dimensions: rows.dimensions)
        var sizes = [Double](repeating: 0, count: centers.count)
        for (row, cluster) in assignment.enumerated() {
            means.add(row, of: rows, times: 1, to: cluster)
            sizes[cluster] += 1
        }
        for cluster in 0..<centers.count where sizes[cluster] > 0 {
            means.scale(cluster, by: 1 / sizes[cluster])
            centers.scale(cluster, by: 0)
            centers.add(cluster, of: means, times: 1, to: cluster)
        }
    }
}
