import Contract
import Foundation
import Testing

@testable import Training

/// Reference values: scripts/reference/adam.py, PyTorch 2.13.
@Suite struct ScheduleTests {
    static func rates(_ decay: LearningRateSchedule.Decay) -> [Double] {
        let schedule = LearningRateSchedule(base: 1, decay: decay)
        return (0..<8).map { schedule.rate(epochs: Double($0), nextEpochs: Double($0 + 1)) }
    }

    @Test func decaysEqualPyTorch() {
        let references: [(LearningRateSchedule.Decay, [Double])] = [
            (
                .cosine(final: 0.1, epochs: 8),
                [
                    1.0, 0.96574578963, 0.868198051534, 0.722207544564, 0.55, 0.377792455436, 0.231801948466,
                    0.13425421037,
                ]
            ),
            (.step(factor: 0.5, epochs: 3), [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]),
            (.exponential(factor: 0.9), [1, 0.9, 0.81, 0.729, 0.6561, 0.59049, 0.531441, 0.4782969]),
        ]
        for (decay, expected) in references {
            #expect(zip(Self.rates(decay), expected).allSatisfy { abs($0 - $1) < 1e-11 }, "\(decay)")
        }
    }

    @Test func afterTheirHorizonsSchedulesStay() {
        let rate = LearningRateSchedule(base: 1, decay: .cosine(final: 0.1, epochs: 8))
        #expect(abs(rate.rate(epochs: 8, nextEpochs: 9) - 0.1) < 1e-15)
        #expect(rate.rate(epochs: 100, nextEpochs: 101) == rate.rate(epochs: 8, nextEpochs: 9))
        #expect(ScalarSchedule.linear(from: 0, to: 2, epochs: 4).value(epochs: 9) == 2)
        #expect(
            ScalarSchedule.cyclical(from: 0, to: 2, epochs: 4, cycles: 2, rise: 0.5).value(epochs: 9) == 2)
    }

    @Test func warmUpRisesToTheBase() {
        let schedule = LearningRateSchedule(base: 0.8, warmUpEpochs: 2)
        let rates = stride(from: 0.0, to: 3, by: 0.5).map { schedule.rate(epochs: $0, nextEpochs: $0 + 0.5) }
        #expect(zip(rates, [0.2, 0.4, 0.6, 0.8, 0.8, 0.8]).allSatisfy { abs($0 - $1) < 1e-15 })
    }

    @Test func annealingFollowsItsShape() {
        let linear = ScalarSchedule.linear(from: 1, to: 3, epochs: 4)
        #expect([0, 1, 2, 4].map { linear.value(epochs: $0) } == [1, 1.5, 2, 3])
        let cyclical = ScalarSchedule.cyclical(from: 0, to: 1, epochs: 8, cycles: 2, rise: 0.5)
        #expect([0, 1, 2, 3, 4, 5, 6, 7].map { cyclical.value(epochs: $0) } == [0, 0.5, 1, 1, 0, 0.5, 1, 1])
        #expect(ScalarSchedule.constant(0.3).value(epochs: 5) == 0.3)
    }

    @Test func cosineAndPowerAgreeWithTheSystem() {
        for k in 0...1000 {
            let x = Double(k) / 1000
            #expect(abs(cosineOfHalfTurns(x) - cos(Double.pi * x)) < 4e-16)
        }
        for n in [0, 1, 2, 10, 999] { #expect(abs(power(0.999, n) / pow(0.999, Double(n)) - 1) < 1e-13) }
    }
}
