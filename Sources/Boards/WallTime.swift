import Foundation

/// The time of day, which TensorBoard's events carry so that it can show a curve over the hours. Nothing is computed from it.
enum WallTime {
    /// Seconds since the beginning of 1970.
    static var now: Double { Date().timeIntervalSince1970 }
}
