/// How many examples a worker asks for at a time to copy them: about as many as come in a second. Few of them are then on their way in vain
/// where a shard moves to another worker, and the link is never idle.
struct CopyPace: Sendable {
    /// The examples of one request.
    private(set) var batch = 0
    /// The examples that came so far.
    var received = 0
    private var last: (time: Duration, received: Int)?

    /// Settles the size of the request that is made now.
    mutating func ask(at now: Duration, least: Int, most: Int) {
        if let last, now > last.time {
            batch = Int(Double(received - last.received) / (now - last.time).inSeconds)
        }
        batch = min(max(batch, least), most)
        last = (now, received)
    }
}
