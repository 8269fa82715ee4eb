import ArgumentParser
import Cluster

/// `tributary keys …`: who may join a coordinator's runs.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Makes and revokes the keys by which coordinator and workers know each other.",
        discussion: """
            Over TCP everything is encrypted, and a coordinator talks to workers on its list only. Example:
              tributary keys new keys
              tributary coordinator --preset face-64 --data faces.h5 --out runs/faces \\
                --listen tcp://0.0.0.0:7077 --keys keys
              tributary worker --connect tcp://127.0.0.1:7077 --keys keys/workers/local

            For a worker on another machine, move its folder there, and start it there:
              tributary keys add keys node1
              scp -r keys/workers/node1 node1:keys && rm -r keys/workers/node1
              tributary worker --keys keys --connect tcp://HOST:7077  # on node1
            """,
        subcommands: [New.self, Add.self, Revoke.self])

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a coordinator's keys, and those of one worker on this machine.",
            discussion: "Example:\n  tributary keys new keys")

        @Argument(help: "The folder to make.", completion: .directory) var folder: String

        func run() throws {
            try KeyFolder(folder).create()
            try output(
                """
                coordinator  --keys \(folder)
                worker       --keys \(KeyFolder(folder).workerPath(KeyFolder.firstWorker))
                """)
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a worker's keys and lets it join; a running coordinator knows it at once.",
            discussion: "Example:\n  tributary keys add keys node1")

        @Argument(help: "The coordinator's folder of keys.", completion: .directory) var folder: String
        @Argument(help: "A name for the worker, such as its machine's.") var name: String

        func run() throws {
            let keys = KeyFolder(folder)
            try keys.add(name)
            try output("move \(keys.workerPath(name)) to the worker's machine, and start it there with --keys \(name)")
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revokes a worker's key; a running coordinator drops the worker within a second.",
            discussion: "Example:\n  tributary keys revoke keys node1")

        @Argument(help: "The coordinator's folder of keys.", completion: .directory) var folder: String
        @Argument(help: "The worker's name.") var name: String

        func run() throws {
            try KeyFolder(folder).revoke(name)
            try output("\(name) cannot join any more")
        }
    }
}

/// `--keys` and `--insecure` of those who talk over a network.
struct SecurityOptions: ParsableArguments {
    @Option(help: "The folder of keys that `tributary keys` made.", completion: .directory) var keys: String?
    @Flag(help: "Use no keys: only at TCP addresses of this machine, where any of its users may then connect.")
    var insecure = false

    func validate() throws {
        if keys != nil, insecure { throw ValidationError("name one of --keys and --insecure") }
    }

    func coordinator() throws -> LinkSecurity<CoordinatorKeys> {
        if let keys { return .keys(try CoordinatorKeys(folder: keys)) }
        return insecure ? .insecure : .none
    }

    func worker() throws -> LinkSecurity<WorkerKeys> {
        if let keys { return .keys(try WorkerKeys(folder: keys)) }
        return insecure ? .insecure : .none
    }
}
