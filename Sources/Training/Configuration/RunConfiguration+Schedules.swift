import Contract
import VAE

extension RunConfiguration {
    /// The schedule of a number that the objective asks for.
    func schedule(of number: Scheduled) -> ScalarSchedule {
        switch number {
        case .divergenceWeight: divergenceWeight
        case .temperature: temperature ?? .constant(1)
        case .capacity: capacity ?? .constant(0)
        }
    }

    /// Refuses a schedule that the objective has no use for, and the lack of one that it needs.
    func check(schedules used: [Scheduled]) throws(ConfigurationProblem) {
        try require(
            used.contains(.divergenceWeight) || divergenceWeight == .constant(1), "divergence_weight",
            "this objective has no weight on the divergence: take the key out")
        try require(
            used.contains(.temperature) == (temperature != nil), "temperature",
            temperature == nil
                ? "relaxed samples need one: write a number such as 0.5, or a schedule"
                : "this objective has no temperature: take the key out")
        try require(
            used.contains(.capacity) == (capacity != nil), "capacity",
            capacity == nil
                ? "`divergence: capacity` needs one: write a number of nats, or a schedule such as {linear: {from: 0, to: 25, epochs: 20}}"
                : "this objective has no capacity: take the key out, or set objective.divergence to `capacity`")
    }
}
