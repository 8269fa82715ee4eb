import Messaging
import Testing

@Suite struct EndpointTests {
    @Test(arguments: ["", "tcp", "tcp://", "tcp://host", "tcp://:1", "tcp://host:", "tcp://host:65536", "udp://a:1"])
    func refusesWhatIsNoAddressAndSaysSo(_ text: String) {
        let error = #expect(throws: MessagingError.self) { try Endpoint(text) }
        #expect(error?.description.contains("\"\(text)\" is not an address") == true)
    }

    @Test func bulkLinkIsOnTheNextPortOrBesideThePath() throws {
        #expect(try Endpoint("tcp://127.0.0.1:5555").bulk().description == "tcp://127.0.0.1:5556")
        #expect(try Endpoint("tcp://[::1]:5555").bulk().description == "tcp://[::1]:5556")
        #expect(try Endpoint("ipc:///tmp/a").bulk().description == "ipc:///tmp/a-bulk")
        #expect(throws: MessagingError.self) { try Endpoint("tcp://127.0.0.1:65535").bulk() }
        #expect(throws: MessagingError.self) { try Endpoint("tcp://127.0.0.1:0").bulk() }
    }

    @Test(arguments: [
        ("tcp://127.0.0.1:1", true), ("tcp://127.3.2.1:1", true), ("tcp://localhost:1", true), ("tcp://[::1]:1", true),
        ("ipc:///tmp/a", true), ("inproc://a", true),
        ("tcp://10.0.0.1:1", false), ("tcp://0.0.0.0:1", false), ("tcp://*:1", false), ("tcp://[::]:1", false),
        ("tcp://127.example.org:1", false), ("tcp://127.0.0.256:1", false), ("tcp://1270.0.1:1", false),
    ])
    func knowsWhatStaysOnThisMachine(text: String, isLocal: Bool) throws {
        #expect(try Endpoint(text).isLocal == isLocal)
    }

    @Test(arguments: ["tcp://0.0.0.0:5555", "tcp://10.1.2.3:5555"])
    func refusesAddressesThatOtherMachinesReach(_ text: String) throws {
        let socket = try Socket(.router, in: Context())
        let dealer = try Socket(.dealer, in: Context())
        let expected =
            "cannot listen on \(text): connections between machines wait for encryption, which comes in a later "
            + "version; use tcp://127.0.0.1:PORT"
        do throws(MessagingError) {
            try socket.listen(on: Endpoint(text))
            Issue.record("listened on \(text)")
        } catch {
            #expect(error.description == expected)
        }
        do throws(MessagingError) {
            try dealer.connect(to: Endpoint(text))
            Issue.record("connected to \(text)")
        } catch {
            #expect(error.code == .notPermitted)
        }
    }
}
