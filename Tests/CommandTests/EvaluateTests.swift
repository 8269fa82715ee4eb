import Foundation
import Testing

/// `evaluate`, as a user meets it.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct EvaluateTests {
    private let bench: Workbench

    init() throws { bench = try Workbench() }

    private func evaluate(_ more: [String]) throws -> Command {
        try Command(
            program: Command.executable,
            ["evaluate", "--checkpoint", bench["run"], "--data", bench["faces.h5"]] + more)
    }

    @Test func everythingIsSaidAtOnceAndForAnyThreads() throws {
        try #require(bench.train("--steps", "4").status == 0)
        let more = ["--nll", "importance", "--samples", "150", "--repeats", "2", "--refine", "3", "--json"]
        let one = try evaluate(more + ["--threads", "1"])
        let three = try evaluate(more + ["--threads", "3"])
        #expect(one.status == 0 && one.output == three.output, "\(one.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [String: Any]
        let found = try #require(object)
        func number(_ key: String) throws -> Double { try #require(found[key] as? Double, "\(key)") }
        let (nll, negativeELBO) = (try number("nll"), try number("negative_elbo"))
        #expect(nll <= negativeELBO + 1)
        let (size, similarity) = (try number("effective_sample_size"), try number("ssim"))
        #expect((1...150).contains(size) && (-1...1).contains(similarity))
        for key in ["nll_standard_error", "nll_standard_error_of_repeats", "mse", "psnr"] {
            #expect(try number(key) > 0)
        }
        let before = try number("negative_elbo_before_refinement")
        let after = try number("negative_elbo_after_refinement")
        let gap = try number("amortization_gap")
        #expect(abs(before - after - gap) < 1e-9)
        #expect(found["bits_per_dimension"] == nil)
        #expect((found["divergence_per_dimension"] as? [Double])?.count == 2)
    }

    /// Over a socket, with a worker that connects as to a training run: not a byte of the result differs. `ServedEvidenceTests` has more workers.
    @Test func aWorkerFindsWhatThisProcessFinds() throws {
        try #require(bench.train("--steps", "4").status == 0)
        let more = ["--nll", "importance", "--samples", "300", "--json"]
        let alone = try evaluate(more)
        let address = "ipc://\(bench.folder)/socket"
        // It waits as long as a busy machine takes to start the evaluation, which cannot end without it.
        let worker = "$tributary worker --connect \(address) --threads 1 --wait 30m 2>'\(bench.folder)/worker'"
        let evaluation = "$tributary evaluate --checkpoint '\(bench["run"])' --data '\(bench["faces.h5"])'"
        let served = try Command(
            shell: """
                \(worker) & worker=$!
                \(evaluation) \(more.joined(separator: " ")) --listen \(address) || { kill $worker; exit 1; }
                wait $worker
                """)
        #expect(served.status == 0 && served.output == alone.output, "\(served.errors)")
        #expect(served.errors.contains("images wait for workers that connect to \(address)"), "\(served.errors)")
        let heard = try String(contentsOfFile: "\(bench.folder)/worker", encoding: .utf8)
        #expect(heard.contains("the coordinator has ended: all images are evaluated"), "\(heard)")
    }

    @Test func aPersonReadsLines() throws {
        try #require(bench.train("--steps", "4").status == 0)
        let command = try evaluate(["--nll", "prior", "--samples", "20"])
        #expect(command.status == 0, "\(command.errors)")
        let lines = command.output.split(separator: "\n")
        #expect(lines[0].hasPrefix("step 4, ") && lines[0].contains("-ELBO"))
        for start in ["-ln p(x) ", "effective samples ", "bits a dimension    none, since `squared_error`", "latents "]
        {
            #expect(lines.contains { $0.hasPrefix(start) }, "\(start) in \(command.output)")
        }
        #expect(lines.last?.contains("SSIM") == true)
    }

    /// A run says that its posterior has collapsed, and so does its evaluation; the rows of its record have the number.
    @Test func aCollapsedPosteriorIsDiagnosed() throws {
        try bench.write(Workbench.model + "divergence_weight: 1000\n", to: "collapsed.yaml")
        let run = try bench.train("--epochs", "40", configuration: "collapsed.yaml")
        #expect(run.status == 0)
        #expect(
            run.errors.contains("warning: the posterior has collapsed: none of 2 latents is active"), "\(run.errors)")
        #expect(run.errors.components(separatedBy: "has collapsed").count == 2)
        let rows = try String(contentsOfFile: bench["run/metrics.jsonl"], encoding: .utf8).split(separator: "\n")
        #expect(rows.filter { $0.contains(#""split":"valid""#) }.allSatisfy { $0.contains(#""active_units":"#) })
        let command = try evaluate(["--json"])
        #expect(command.errors.contains("has collapsed") && command.output.contains(#""active_units":0"#))
        // What has not begun to learn has not collapsed.
        let beginning = try Command(
            "evaluate", "--checkpoint", bench["run/checkpoints/step-0000000000.h5"], "--data", bench["faces.h5"])
        #expect(beginning.status == 0 && !beginning.errors.contains("has collapsed"), "\(beginning.errors)")
    }

    @Test(arguments: [
        (["--samples", "5"], "--samples is for --nll: add --nll importance"),
        (["--repeats", "5"], "--repeats is for --nll: add --nll importance"),
        (["--nll", "importance", "--samples", "0"], "--samples is from 1 to 65536, not 0"),
        (["--nll", "importance", "--repeats", "14"], "--repeats is from 1 to 13, not 14"),
        (["--nll", "exact"], "The value 'exact' is invalid for '--nll <nll>'"),
        (["--listen", "ipc:///tmp/x"], "--listen is for --nll, which takes long: add --nll importance"),
        (["--nll", "prior", "--keys", "keys"], "--keys is for --listen: add --listen ADDRESS"),
        (["--refine", "0"], "--refine is from 1 to 8160, not 0"),
        (["--threads", "0"], "--threads is from 1 to 1024, not 0"),
    ])
    func whatCannotBeIsRefused(_ words: [String], _ sentence: String) throws {
        let command = try Command(
            program: Command.executable, ["evaluate", "--checkpoint", "none", "--data", "none.h5"] + words)
        #expect(command.status == 64 && command.errors.contains(sentence), "\(command.errors)")
    }

    @Test func aModelWithoutAPriorSaysSo() throws {
        try bench.write(
            Workbench.model.replacingOccurrences(of: "latents: 2", with: "latents: {deterministic: 2}"), to: "code.yaml"
        )
        try #require(bench.train("--steps", "2", configuration: "code.yaml").status == 0)
        #expect(try evaluate(["--nll", "importance"]).sentence?.contains("deterministic code") == true)
        #expect(try evaluate(["--refine", "3"]).sentence?.contains("only where they are gaussian") == true)
    }
}
