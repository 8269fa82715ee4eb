import Foundation

// WallTime: the time of day, for people and their tools. Nothing is computed from it.

/// The time of day.
public enum WallTime {
    /// Seconds since the beginning of 1970.
    public static var now: Double { Date().timeIntervalSince1970 }

    /// The moment as RFC 3339 has it, in UTC and milliseconds: `2026-11-30T08:15:42.031Z`.
    public static var text: String {
        Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
