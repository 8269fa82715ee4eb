import Foundation

/// A number with as many digits as a reader needs.
func decimal(_ value: Double) -> String {
    String(format: abs(value) < 100 ? "%.2f" : "%.1f", value)
}

/// The negative ELBO with its terms by name: `-ELBO 114.4 nats (reconstruction 51.75 + divergence 62.63)`.
func negativeELBOText(_ reconstruction: Double, _ divergence: Double) -> String {
    "-ELBO \(decimal(reconstruction + divergence)) nats (reconstruction \(decimal(reconstruction)) + divergence \(decimal(divergence)))"
}

/// Seconds as people say them.
func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<60: "\(Int(seconds.rounded())) s"
    case ..<3600: "\(Int(seconds / 60)) min \(Int(seconds) % 60) s"
    default: "\(Int(seconds / 3600)) h \(Int(seconds / 60) % 60) min"
    }
}

/// Seconds as a clock shows them: `1:03`, `2:15:00`.
func clock(_ seconds: Double) -> String {
    let total = Int(seconds.rounded())
    let (hours, minutes) = (total / 3600, total / 60 % 60)
    let end = String(format: "%02d", total % 60)
    return hours > 0 ? "\(hours):" + String(format: "%02d", minutes) + ":\(end)" : "\(minutes):\(end)"
}
