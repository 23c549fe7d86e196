/// A regular expression as a tree.
indirect enum PatternNode: Hashable, Sendable {
    case empty
    /// An instruction that stands for itself: a character, a class, an anchor.
    case step(Pattern.Instruction)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    case group(Int, PatternNode)
    case loop(PatternNode, from: Int, to: Int?, isLazy: Bool)
    case look(PatternNode, isBehind: Bool, isNegated: Bool)

    /// Whether the node is a place rather than a text.
    var isAnchor: Bool {
        switch self {
        case .step(.lineStart), .step(.lineEnd), .step(.textStart), .step(.textEnd), .step(.wordBoundary): true
        default: false
        }
    }

    /// How many code points the node takes, where that is always the same.
    var width: Int? {
        switch self {
        case .empty, .look: return 0
        case .step(.scalar), .step(.any), .step(.oneOf): return 1
        case .step(.reference): return nil
        case .step: return 0
        case .group(_, let node): return node.width
        case .sequence(let nodes):
            var sum = 0
            for node in nodes {
                guard let width = node.width else { return nil }
                sum += width
            }
            return sum
        case .alternatives(let nodes):
            let widths = Set(nodes.map(\.width))
            return widths.count == 1 ? widths.first ?? nil : nil
        case .loop(let node, let least, let most, _):
            guard let width = node.width, least == most || width == 0 else { return nil }
            return width * least
        }
    }
}

/// Lays a tree out as a program.
struct PatternCompiler {
    /// Counted loops are written out; a pattern larger than this is refused.
    private static let instructionLimit = 10_000

    private var program: [Pattern.Instruction] = []
    private var roundCount = 0

    static func program(for node: PatternNode) throws(PatternSyntaxError) -> [Pattern.Instruction] {
        var compiler = PatternCompiler()
        try compiler.append(node)
        try compiler.emit(.accept)
        return compiler.program
    }

    private mutating func emit(_ instruction: Pattern.Instruction) throws(PatternSyntaxError) {
        guard program.count < Self.instructionLimit else {
            throw PatternSyntaxError(message: "the pattern is too large", position: 0)
        }
        program.append(instruction)
    }

    private mutating func append(_ node: PatternNode) throws(PatternSyntaxError) {
        switch node {
        case .empty: break
        case .step(let instruction): try emit(instruction)
        case .sequence(let nodes):
            for node in nodes {
                try append(node)
            }
        case .alternatives(let nodes): try append(alternatives: nodes)
        case .group(let number, let node):
            try emit(.save(slot: number * 2))
            try append(node)
            try emit(.save(slot: number * 2 + 1))
        case .loop(let node, let least, let most, let isLazy):
            try append(loop: node, from: least, to: most, isLazy: isLazy)
        case .look(let node, let isBehind, let isNegated):
            // The parser lets only patterns of a fixed width look behind.
            let width = isBehind ? node.width ?? 0 : 0
            try emit(.look(try Self.program(for: node), width: width, isNegated: isNegated))
        }
    }

    private mutating func append(alternatives nodes: [PatternNode]) throws(PatternSyntaxError) {
        var jumps: [Int] = []
        for (place, node) in nodes.enumerated() {
            let isLast = place == nodes.count - 1
            let split = program.count
            if !isLast { try emit(.jump(0)) }
            try append(node)
            if !isLast {
                jumps.append(program.count)
                try emit(.jump(0))
                program[split] = .split(split + 1, program.count)
            }
        }
        for jump in jumps {
            program[jump] = .jump(program.count)
        }
    }

    private mutating func append(
        loop node: PatternNode, from least: Int, to most: Int?, isLazy: Bool
    ) throws(PatternSyntaxError) {
        for _ in 0..<least {
            try append(node)
        }
        if let most {
            var splits: [Int] = []
            for _ in least..<max(least, most) {
                splits.append(program.count)
                try emit(.jump(0))
                try append(node)
            }
            for split in splits {
                program[split] = Self.split(split + 1, program.count, isLazy)
            }
        } else {
            let round = roundCount
            roundCount += 1
            let split = program.count
            try emit(.jump(0))
            try emit(.markRound(slot: round))
            try append(node)
            try emit(.checkRound(slot: round, exit: program.count + 2))
            try emit(.jump(split))
            program[split] = Self.split(split + 1, program.count, isLazy)
        }
    }

    private static func split(_ inside: Int, _ outside: Int, _ isLazy: Bool) -> Pattern.Instruction {
        isLazy ? .split(outside, inside) : .split(inside, outside)
    }
}
