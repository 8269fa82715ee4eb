import Testing

@testable import Launching

struct HostListTests {
    @Test func aLineIsAHostItsThreadsAndItsProgram() throws {
        let text = """
            # comment

            localhost  2  tributary
              alice@node1.lab\t16   "/opt/my tools/tributary" \r
            node2 1 nice -n 10 ~/tributary
            """
        let hosts = try HostList(text, path: "hosts").hosts
        #expect(hosts.map(\.name) == ["localhost", "alice@node1.lab", "node2"])
        #expect(hosts.map(\.threads) == [2, 16, 1])
        #expect(hosts.map(\.program) == ["tributary", "\"/opt/my tools/tributary\"", "nice -n 10 ~/tributary"])
        #expect(hosts.map(\.keyName) == ["local", "node1.lab", "node2"])
    }

    @Test(arguments: ["node1", "node1 8", "node1 0 x", "node1 1025 x", "node1 many x", "-oProxyCommand=x 1 x"])
    func aLineThatIsNoHostIsToldWithItsNumber(_ line: String) {
        #expect(throws: HostListError(path: "hosts", line: 2, text: line)) {
            try HostList("localhost 1 tributary\n\(line)\n", path: "hosts")
        }
    }

    @Test func aListWithoutAHostSaysWhatToWrite() {
        let error = #expect(throws: HostListError.self) { try HostList("# none\n\n", path: "hosts") }
        #expect(error?.description.hasPrefix("hosts names no host: write lines such as ") == true)
    }

    /// With an `ssh` that runs what it is told: the key arrives whole in a folder of the host's name, and the worker gets its words.
    @Test func theLineGivesAHostItsKeyAndBecomesItsWorker() throws {
        let host = try HostList("alice@node1 3 sh show", path: "hosts").hosts[0]
        let line = host.line(connectingTo: "tcp://head:7077", keys: "my keys/workers/node1", door: .init(port: 7079))
        let shown = try Shell.output(
            of: """
                set -e
                folder=$(mktemp -d); cd "$folder"; mkdir -p "my keys/workers/node1" bin home
                echo secret >"my keys/workers/node1/worker.key"
                printf '%s\\n' '#!/bin/bash' 'echo "ssh ${*:1:$#-1}"; cd "$HOME" && exec sh -c "${*: -1}"' >bin/ssh
                printf '%s\\n' 'echo "$*"; cat "$5/worker.key"; stat -c %a "$5/worker.key" "$5"; ls "$5"' >home/show
                chmod +x bin/ssh
                HOME=$folder/home PATH=$folder/bin:$PATH bash -c "$1"
                rm -r "$folder"
                """, arguments: ["bash", line])
        #expect(
            shown == """
                ssh -o BatchMode=yes -o ServerAliveInterval=15 alice@node1
                ssh -tt -o BatchMode=yes -o ServerAliveInterval=15 alice@node1
                worker --connect tcp://head:7077 --keys .tributary-keys/node1 --threads 3 --peer-port 7079
                secret
                600
                700
                worker.key

                """)
    }

    @Test func thisMachineNeedsNoSSH() throws {
        let host = try HostList("localhost 2 tributary", path: "hosts").hosts[0]
        #expect(
            host.line(
                connectingTo: "tcp://127.0.0.1:7077", keys: "keys/workers/local",
                door: .init(port: 7079, advertised: "head"))
                == "exec tributary worker --connect tcp://127.0.0.1:7077 --keys keys/workers/local --threads 2 --peer-port 7079 "
                + "--advertise head:7079")
    }

    /// Others do not reach this machine's worker at the loopback, where the coordinator sees it.
    @Test func eachWorkerOfAHostHasADoorOfItsOwn() throws {
        let list = try HostList("localhost 1 t\na@node1 1 t\nnode2 1 t\nnode1 1 t\nlocalhost 1 t", path: "hosts")
        let doors = list.doors(from: 7079, thisMachine: "head")
        #expect(doors.map(\.port) == [7079, 7079, 7079, 7080, 7080])
        #expect(doors.map(\.advertised) == ["head", nil, nil, nil, "head"])
    }
}
