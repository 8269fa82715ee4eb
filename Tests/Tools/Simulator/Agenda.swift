/// What is planned, the earliest first; what was planned first wins a draw. A binary heap.
struct Agenda<Item> {
    private struct Entry {
        var time: Duration
        var number: Int
        var item: Item

        static func < (left: Entry, right: Entry) -> Bool {
            (left.time, left.number) < (right.time, right.number)
        }
    }

    private var entries: [Entry] = []
    private var number = 0

    mutating func insert(_ item: Item, at time: Duration) {
        number += 1
        entries.append(Entry(time: time, number: number, item: item))
        var child = entries.count - 1
        while child > 0, entries[child] < entries[(child - 1) / 2] {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func takeNext() -> (time: Duration, item: Item)? {
        guard !entries.isEmpty else { return nil }
        entries.swapAt(0, entries.count - 1)
        let first = entries.removeLast()
        sink()
        return (first.time, first.item)
    }

    private mutating func sink() {
        var parent = 0
        while 2 * parent + 1 < entries.count {
            var child = 2 * parent + 1
            if child + 1 < entries.count, entries[child + 1] < entries[child] { child += 1 }
            guard entries[child] < entries[parent] else { return }
            entries.swapAt(child, parent)
            parent = child
        }
    }
}
