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

    @Test(arguments: [
        (SocketSecurity.none, "tcp://127.0.0.1:5555"), (.none, "tcp://0.0.0.0:5555"), (.none, "tcp://10.1.2.3:5555"),
        (.insecure, "tcp://0.0.0.0:5555"), (.insecure, "tcp://10.1.2.3:5555"),
    ])
    func addressesThatOthersReachNeedKeysAndTheSentenceSaysWhichCommandMakesThem(
        security: SocketSecurity, text: String
    ) throws {
        var options = SocketOptions()
        options.security = security
        let socket = try Socket(.router, in: Context(), options: options)
        let dealer = try Socket(.dealer, in: Context(), options: options)
        do throws(MessagingError) {
            try socket.listen(on: Endpoint(text))
            Issue.record("listened on \(text)")
        } catch {
            #expect(error.code == .notPermitted)
            #expect(error.description.hasPrefix("cannot listen on \(text) without keys: "))
            #expect(error.description.hasSuffix("make them with `tributary keys new keys` and add --keys keys"))
        }
        do throws(MessagingError) {
            try dealer.connect(to: Endpoint(text))
            Issue.record("connected to \(text)")
        } catch {
            #expect(error.code == .notPermitted)
            #expect(error.description.hasSuffix("where `tributary keys add` makes it, and add --keys FOLDER"))
        }
    }
}
