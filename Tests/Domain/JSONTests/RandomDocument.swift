/// A seeded source of JSON texts and of damage to them.
struct RandomDocument {
    private var random: SplitMix

    init(seed: UInt64) {
        random = SplitMix(state: seed)
    }

    mutating func text() -> String {
        value(depth: 0)
    }

    /// Changes, removes, doubles or inserts one byte.
    mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes.append(0x20) }
        let place = random.next(below: bytes.count)
        let byte =
            random.next(below: 4) == 0
            ? UInt8(random.next(below: 256)) : random.pick(Array("{}[]\",:\\u0eE-+.1tfn ".utf8))
        switch random.next(below: 4) {
        case 0: bytes[place] = byte
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[place], at: place)
        default: bytes.insert(byte, at: place)
        }
    }

    private mutating func value(depth: Int) -> String {
        switch random.next(below: depth > 4 ? 5 : 8) {
        case 0: random.pick(["null", "true", "false"])
        case 1, 2: number()
        case 3, 4: string()
        case 5: "[" + list { $0.value(depth: depth + 1) } + "]"
        default: "{" + object(depth: depth) + "}"
        }
    }

    private mutating func object(depth: Int) -> String {
        // Foundation takes the first of repeated keys, so that each gets a number.
        var count = 0
        return list { source in
            count += 1
            return "\"k\(count)\(source.characters())\"" + source.space() + ":" + source.space()
                + source.value(depth: depth + 1)
        }
    }

    private mutating func list(_ element: (inout Self) -> String) -> String {
        var elements: [String] = []
        for _ in 0..<random.next(below: 5) {
            elements.append(space() + element(&self) + space())
        }
        return elements.isEmpty ? space() : elements.joined(separator: ",")
    }

    private mutating func number() -> String {
        switch random.next(below: 5) {
        case 0: String(Int64(bitPattern: random.next()))
        case 1: String(random.next(below: 1_000))
        case 2: Double(bitPattern: random.next() & 0xBFEF_FFFF_FFFF_FFFF).description
        case 3: "-\(random.next(below: 1_000_000)).\(random.next(below: 1_000_000))"
        default: "\(random.next(below: 100))e\(random.pick(["", "+", "-"]))\(random.next(below: 200))"
        }
    }

    private mutating func string() -> String { "\"" + characters() + "\"" }

    private mutating func characters() -> String {
        let pieces = [
            "a", "payload", " ", "é", "€", "😀", #"\n"#, #"\""#, #"\\"#, #"\/"#, #"\u00e9"#, #"\ud83d\ude00"#,
            "12345678", "{", "]",
        ]
        return (0..<random.next(below: 6)).reduce(into: "") { text, _ in text += random.pick(pieces) }
    }

    private mutating func space() -> String { random.pick(["", "", "", " ", "\n\t", "\r"]) }
}

/// Steele's SplitMix64: a small generator whose runs repeat from a seed.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[next(below: list.count)] }
}
