import Foundation
import Testing

/// `status`, metrics, logs and traces as their users call them.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct SeeingCommandTests {
    /// Trains until the run shows both workers and a step, runs lines of shell, and ends the run. `until_shown COMMAND` prints what a
    /// command prints once it shows both: a worker that stands still for seconds is not shown meanwhile.
    private static func during(_ bench: Workbench, _ options: String = "", _ line: String) throws -> Command {
        try Command(
            shell: """
                set -m
                cd \(bench.folder)
                "$tributary" train --config model.yaml --data faces.h5 --out run --workers 2 --steps 1000000 \(options) \
                    > result 2> log & run=$!
                shows_both() { grep -qE '^worker-1 |"worker-1"' $1 && grep -qE '^worker-2 |"worker-2"' $1; }
                until_shown() { until_true "$1 > shown 2> /dev/null && shows_both shown" $run; cat shown; }
                until_true 'shows_both run/status.json 2> /dev/null && grep -q "\\"steps\\":[1-9]" run/status.json' $run
                \(line)
                kill -INT $run
                wait $run
                echo "exit code $?"
                """)
    }

    @Test func aRunThatGoesOnSaysWhoIsThere() throws {
        let bench = try Workbench()
        let command = try Self.during(
            bench, "",
            """
            until_shown '$tributary status run'
            until_shown '$tributary status run --json' > status.json
            until_shown '$tributary status "$(cat run/address)"'
            """)
        #expect(command.output.hasSuffix("exit code 130\n"), "\(command.output) \(command.errors)")
        for part in ["worker    host", "\nworker-1  ", "\nworker-2  ", "\nlast events\n", "worker-1 joined (process "] {
            #expect(command.output.components(separatedBy: part).count == 3, "\(part): \(command.output)")
        }
        #expect(command.output.contains("\nstate            a coordinator answers at ipc://"))
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: bench["status.json"])))
        let cluster = try #require((json as? [String: Any])?["cluster"] as? [String: Any])
        #expect(
            (cluster["workers"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["worker-1", "worker-2"])
        #expect(!bench.exists("run/status.json"))
        let after = try Command("status", bench["run"])
        #expect(after.status == 0 && !after.output.contains("worker-1"))
    }

    @Test func watchingEndsWithTheRun() throws {
        let bench = try Workbench()
        let command = try Self.during(
            bench, "",
            """
            "$tributary" status run --watch --json > watched & watch=$!
            until_true '[[ $(wc -l < watched) -ge 2 ]]' $watch
            kill -INT $run
            until_gone $watch
            wait $watch
            echo "watched until $?"
            """)
        #expect(command.output.contains("watched until 0\n"), "\(command.output) \(command.errors)")
        let lines = try String(contentsOfFile: bench["watched"], encoding: .utf8).split(separator: "\n")
        #expect(lines.count >= 3 && lines.last?.contains(#""running":false"#) == true)
    }

    @Test func metricsAreServedToThisMachine() throws {
        let bench = try Workbench()
        let command = try Self.during(
            bench, "--metrics-port 0",
            """
            port=$(grep -oE 'metrics: http://127.0.0.1:[0-9]+' log | grep -oE '[0-9]+$')
            exec 3<> /dev/tcp/127.0.0.1/$port
            printf 'GET /metrics HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3
            timeout 1200 cat <&3
            """)
        #expect(command.output.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(command.output) \(command.errors)")
        #expect(command.output.contains("\ntributary_worker_images_total{worker=\"worker-2\"} "))
    }

    @Test func anAddressThatIsNoneIsTold() throws {
        let bench = try Workbench()
        for (option, part) in [
            ("--metrics-port=70000", "'70000' is invalid"),
            ("--metrics-port=abc", "a port from 0 to 65535 or ADDRESS:PORT"),
            ("--metrics-port=here:80", "here is no address"),
        ] {
            let command = try bench.train("--steps", "1", option)
            #expect(command.status != 0 && command.errors.contains(part), "\(command.errors)")
        }
        let mixed = try Command("status", bench["run"], "--insecure")
        #expect(
            mixed.status == 64 && mixed.errors.contains("Error: --insecure is for a coordinator's address"),
            "\(mixed.errors)")
    }

    @Test func eachLineOfALogForProgramsIsAnObject() throws {
        let bench = try Workbench()
        let command = try bench.train("--steps", "3", "--log-format", "json", "--log", bench["run.log"])
        #expect(command.status == 0, "\(command.errors)")
        let written = try String(contentsOfFile: bench["run.log"], encoding: .utf8)
        for text in [command.errors, written] {
            let records = try text.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
            }
            for record in records {
                let time = try #require(record["time"] as? String)
                #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(time)")
                #expect(["info", "warning", "error"].contains(record["level"] as? String))
                #expect((record["message"] as? String)?.isEmpty == false)
            }
            let joined = try #require(records.first { $0["threads"] != nil })
            #expect(joined["worker"] as? String == "worker-1" && joined["source"] as? String == "tributary")
            #expect(joined["process"] is Int && joined["workers"] as? Int == 1)
            #expect(records.contains { $0["step"] as? Int == 3 && $0["images_per_second"] is Double })
            #expect(records.contains { $0["step"] as? Int == 3 && $0["held_out_negative_elbo"] is Double })
        }
        let failed = try bench.train("--steps", "3", "--log-format", "json")
        #expect(failed.status == 1)
        let last = try #require(failed.errors.split(separator: "\n").last)
        let error = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
        #expect(error?["level"] as? String == "error", "\(last)")
    }

    @Test func whatEndsAWorkerIsAnError() throws {
        let command = try Command(
            "worker", "--connect", "tcp://127.0.0.1:9", "--insecure", "--wait", "1s", "--log-format", "json")
        #expect(command.status == 1)
        let last = try #require(command.errors.split(separator: "\n").last)
        let record = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any]
        #expect(record?["level"] as? String == "error" && record?["source"] as? String == "worker", "\(last)")
        #expect((record?["message"] as? String)?.hasPrefix("no coordinator answered") == true, "\(last)")
    }

    @Test func aFileOfATraceIsWrittenOnce() throws {
        let bench = try Workbench()
        let command = try bench.train("--steps", "5", "--trace", bench["trace.json"])
        #expect(command.status == 0 && command.errors.contains("trace: \(bench["trace.json"])"), "\(command.errors)")
        let file = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: bench["trace.json"])))
        let events = try #require((file as? [String: Any])?["traceEvents"] as? [[String: Any]])
        #expect(events.count { $0["name"] as? String == "step" } == 5)
        for (steps, name) in [("9", "trace-2.json"), ("12", "trace-3.json")] {
            let again = try bench.train("--steps", steps, "--resume", "--trace", bench["trace.json"])
            #expect(again.status == 0 && again.errors.contains("trace: \(bench[name])"), "\(again.errors)")
            #expect(bench.exists(name))
        }
        let anew = try Command(
            "train", "--config", bench["model.yaml"], "--data", bench["faces.h5"], "--out", bench["other"], "--trace",
            bench["trace.json"])
        #expect(anew.sentence == "--trace \(bench["trace.json"]) exists; name another file", "\(anew.errors)")
        let other = try bench.train("--steps", "9", "--resume", "--trace", bench["trace.txt"])
        #expect(other.status == 64 && other.errors.contains("ends in .json"), "\(other.errors)")
    }
}
