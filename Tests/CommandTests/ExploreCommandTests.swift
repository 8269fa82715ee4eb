import Foundation
import Testing

/// The page's server as a process. What it answers is tested in ExploreTests.
@Suite(.enabled(if: Command.isBuilt, "the tributary command is not built"))
struct ExploreCommandTests {
    private static func run() throws -> Workbench {
        let bench = try Workbench()
        try #require(bench.train("--steps", "2").status == 0)
        return bench
    }

    /// Starts `explore`, asks for a path, ends it with Ctrl-C, and prints the address, the answer and the exit code. Each wait has a limit.
    private static func conversation(_ bench: Workbench, _ options: String, path: String, field: String = "A: b") throws
        -> Command
    {
        try Command(
            shell: """
                set -m
                log=\(bench["explore-"])$RANDOM
                "$tributary" explore \(bench["run"]) --port 0 \(options) > $log & server=$!
                until_true '[[ -s $log ]]' $server
                address=$(cat $log)
                port=${address#http://*:}
                exec 3<> /dev/tcp/127.0.0.1/${port%%/*}
                printf 'GET \(path) HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n\(field)\\r\\nConnection: close\\r\\n\\r\\n' >&3
                echo $address
                timeout 1200 cat <&3
                kill -INT $server
                wait $server
                echo "exit code $?"
                """)
    }

    @Test func itPrintsItsAddressAnswersAndEndsWithControlC() throws {
        let bench = try Self.run()
        for (options, facts) in [("--data \(bench["faces.h5"])", #""examples":10,"#), ("", #""examples":0,"#)] {
            let command = try Self.conversation(bench, options, path: "/model.json")
            #expect(command.output.hasPrefix("http://127.0.0.1:"), "\(command.errors)")
            #expect(
                command.output.contains("\nHTTP/1.1 200 OK\r\n") && command.output.contains(facts), "\(command.output)")
            #expect(command.output.contains(#""name":"Smiling""#) == !options.isEmpty)
            #expect(command.output.hasSuffix("exit code 0\n"), "\(command.output.suffix(100)) \(command.errors)")
        }
    }

    @Test func onTheNetworkItsAddressHasTheTokenThatItAsksFor() throws {
        let bench = try Self.run()
        let options = "--listen 127.0.0.1 --token 0123456789abcdef"
        let without = try Self.conversation(bench, options, path: "/run.json")
        #expect(without.output.hasPrefix("http://127.0.0.1:") && without.output.contains("/#0123456789abcdef\n"))
        #expect(without.output.contains("\nHTTP/1.1 401 "))
        let with = try Self.conversation(
            bench, options, path: "/run.json", field: "Authorization: Bearer 0123456789abcdef")
        #expect(with.output.contains("\nHTTP/1.1 200 OK\r\n") && with.output.contains(#""curves":{"epoch":1"#))
        let drawn = try Self.conversation(bench, "--listen 127.0.0.1", path: "/")
        let token = drawn.output.split(separator: "\n")[0].split(separator: "#").last ?? ""
        #expect(token.count == 32 && token.allSatisfy(\.isHexDigit))
    }

    @Test func aPortThatIsTakenIsTold() throws {
        let bench = try Self.run()
        let command = try Command(
            shell: """
                log=\(bench["taken"])
                "$tributary" explore \(bench["run"]) --port 0 > $log & server=$!
                until_true '[[ -s $log ]]' $server
                port=$(grep -oE '[0-9]+/' $log)
                "$tributary" explore \(bench["run"]) --port ${port%/} 2> $log-errors
                echo "exit code $?"
                kill $server
                cat $log-errors
                """)
        #expect(command.output.hasPrefix("exit code 1\nError: port "), "\(command.output)")
        #expect(
            command.output.hasSuffix(
                " of 127.0.0.1 is in use: name another port, or 0 for one that is free\n"))
    }

    /// Its page has no model before the first checkpoint is saved, and then has one.
    @Test func aRunThatGoesOnServesThePage() throws {
        let bench = try Workbench()
        let command = try Command(
            shell: """
                set -m
                log=\(bench["log"])
                "$tributary" train --config \(bench["model.yaml"]) --data \(bench["faces.h5"]) --out \(bench["run"]) --workers 1 \\
                    --steps 1000000 --explore 0 2> $log & run=$!
                until_true "grep -q '^page: ' $log" $run
                address=$(sed -n 's/^page: //p' $log)
                port=${address#http://*:}
                answer() {
                    exec 3<> /dev/tcp/127.0.0.1/${port%%/*}
                    printf 'GET '$1' HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3
                    timeout 1200 cat <&3
                    echo
                }
                until_true 'model=$(answer /model.json); [[ $model == "HTTP/1.1 200 "* ]]' $run
                answer /run.json
                echo "$model"
                kill -INT $run
                wait $run
                echo "exit code $?"
                """)
        #expect(command.output.contains(#""total_steps":1000000,"workers":["#), "\(command.output)\n\(command.errors)")
        #expect(command.output.contains(#""name":"Smiling""#), "\(command.output)")
        #expect(command.output.hasSuffix("exit code 130\n"), "\(command.output.suffix(100))")
    }

    @Test func whatMakesNoSenseIsTold() throws {
        for (options, sentence) in [
            (["--port", "70000"], "--port is from 0 to 65535, not 70000"),
            (["--token", "0123456789abcdef"], "--token is for --listen: this machine needs none"),
            (
                ["--listen", "0.0.0.0", "--token", "short"],
                "--token is 16 to 256 letters, digits, hyphens and underscores"
            ),
        ] {
            let command = try Command(program: Command.executable, ["explore", "run"] + options)
            #expect(command.status == 64 && command.errors.contains("Error: \(sentence)\n"), "\(command.errors)")
        }
    }
}
