import Foundation
import Testing

/// Input that never ends, never begins, or stands for more than it shows: one sentence, soon.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct CostlyInputTests {
    private static let train = "timeout -s KILL 60 $tributary train --data faces.h5 --out run --workers 1 --steps 1"

    @Test(arguments: [
        "cat model.yaml | \(train) --config -", "\(train) --config /dev/stdin < model.yaml",
        "\(train) --config <(cat model.yaml)", "\(train) --config <(sleep 1; cat model.yaml)",
        "mkfifo pipe; cat model.yaml > pipe & \(train) --config pipe",
    ])
    func aConfigurationComesThroughAPipe(_ line: String) throws {
        let bench = try Workbench()
        let command = try Command(shell: "cd \(bench.folder); \(line)")
        #expect(command.status == 0, "\(command.errors)")
        #expect(bench.exists("run/config.yaml"))
    }

    @Test(arguments: [
        ("--config /dev/zero", "it has more than 262144 bytes"),
        ("--config many.yaml", "it has more than 262144 bytes"),
        ("--config laughs.yaml", "stands for more than 10000 values"),
        ("--config - < /dev/null", "the standard input is empty"),
        ("--config pipe", "nothing has come through it for 10 s"),
        ("--config <(sleep 20 2> /dev/null)", "nothing has come through it for 10 s"),
    ])
    func aConfigurationThatCostsTooMuchIsASentence(_ option: String, _ reason: String) throws {
        let bench = try Workbench()
        try bench.write("model:\n  encoder:\n" + String(repeating: "  - relu\n", count: 300_000), to: "many.yaml")
        let names = Array("abcdefghi")
        let laughs = zip(names, names.dropFirst()).map { "\($1): &\($1) [\(String(repeating: "*\($0),", count: 9))]" }
        try bench.write("a: &a [1,2]\n" + laughs.joined(separator: "\n"), to: "laughs.yaml")
        let command = try Command(
            shell: "cd \(bench.folder); mkfifo pipe; ulimit -v 6000000; \(Self.train) \(option)")
        #expect(command.sentence?.contains(reason) == true, "\(command.errors)")
        #expect(!bench.exists("run"))
    }

    /// Every place where a user names a file, with a pipe there that nobody writes to.
    @Test(arguments: [
        "data inspect pipe", "train --config model.yaml --data pipe --out run",
        "checkpoint inspect pipe", "checkpoint verify pipe", "sample --checkpoint pipe --out s.png",
        "worker --connect tcp://127.0.0.1:9 --keys worker",
        "data import mnist pipes --out out.h5", "data import celeba pipes --out out.h5",
        "data import celeba pipes/img_align_celeba.zip --out out.h5", "data import celeba jpegs --out out.h5",
        "coordinator --config model.yaml --data faces.h5 --out run --listen tcp://127.0.0.1:9 --keys keys",
    ])
    func aPipeThatNobodyWritesToHoldsNothingUp(_ arguments: String) throws {
        let bench = try Workbench()
        let command = try Command(
            shell: """
                cd \(bench.folder); mkfifo -m 600 pipe; mkdir pipes jpegs worker; mkfifo jpegs/000001.jpg; mkfifo -m 600 worker/worker.key
                for name in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do mkfifo pipes/$name-ubyte; done
                mkfifo pipes/img_align_celeba.zip
                $tributary keys new keys > /dev/null; key=$(ls keys/*.key); rm $key; mkfifo -m 600 $key
                timeout -s KILL 60 $tributary \(arguments)
                """)
        #expect(command.status == 1 && (command.errors + command.output).contains("pipe"), "\(command)")
        #expect(!bench.exists("run") && !bench.exists("out.h5"))
    }
}
