/// Runs a pattern's program over a text, with the untried ways kept on a stack of its own.
struct PatternMatcher {
    /// Event types and the texts that patterns are used on have some hundred characters; a match over them takes some
    /// thousand steps.
    private static let stepLimit = 1_000_000

    private let subject: [Unicode.Scalar]
    private var steps = 0

    /// The match that starts exactly here; nil where there is none.
    static func match(
        _ pattern: Pattern, _ subject: [Unicode.Scalar], at start: Int, mustAdvance: Bool
    ) throws(PatternOverrun) -> PatternMatch? {
        var matcher = PatternMatcher(subject: subject)
        let begin = State(position: start, groupCount: pattern.groupCount)
        guard let state = try matcher.run(pattern.program, from: begin, mustAdvance: mustAdvance) else { return nil }
        let groups = (0..<pattern.groupCount).map { number -> Range<Int>? in
            let (low, high) = (state.slots[number * 2 + 2], state.slots[number * 2 + 3])
            return low >= 0 && high >= low ? low..<high : nil
        }
        return PatternMatch(subject: subject, range: start..<state.position, groups: groups)
    }

    private init(subject: [Unicode.Scalar]) {
        self.subject = subject
    }

    /// One way through the program.
    private struct State {
        var counter = 0
        var position: Int
        /// The start and end of each group, the whole match first; -1 where unset.
        var slots: [Int]
        /// Where the current round of each loop began.
        var rounds: [Int: Int] = [:]

        init(position: Int, groupCount: Int) {
            self.position = position
            self.slots = Array(repeating: -1, count: groupCount * 2 + 2)
        }
    }

    /// The state in which the program accepts; nil where it does not.
    private mutating func run(
        _ program: [Pattern.Instruction], from start: State, mustAdvance: Bool
    ) throws(PatternOverrun) -> State? {
        var untried = [start]
        untried[0].counter = 0
        while var state = untried.popLast() {
            while true {
                steps += 1
                guard steps <= Self.stepLimit else { throw PatternOverrun() }
                let instruction = program[state.counter]
                if instruction == .accept {
                    if mustAdvance, state.position == start.position { break }
                    return state
                }
                if case .split(let first, let second) = instruction {
                    var other = state
                    other.counter = second
                    untried.append(other)
                    state.counter = first
                    continue
                }
                guard try advance(&state, over: instruction) else { break }
            }
        }
        return nil
    }

    /// Takes one step; false where it does not fit.
    private mutating func advance(_ state: inout State, over instruction: Pattern.Instruction) throws(PatternOverrun)
        -> Bool
    {
        switch instruction {
        case .scalar, .any, .oneOf:
            guard state.position < subject.count, Self.fits(instruction, subject[state.position]) else { return false }
            state.position += 1
        case .reference(let group, let ignoresCase):
            guard takeReference(group, ignoresCase, &state) else { return false }
        case .save(let slot): state.slots[slot] = state.position
        case .jump(let target):
            state.counter = target
            return true
        case .markRound(let slot): state.rounds[slot] = state.position
        case .checkRound(let slot, let exit):
            if state.rounds[slot] == state.position {
                state.counter = exit
                return true
            }
        case .look(let program, let width, let isNegated):
            guard try look(program, width, isNegated, &state) else { return false }
        case .lineStart, .lineEnd, .textStart, .textEnd, .wordBoundary:
            guard holds(instruction, at: state.position) else { return false }
        case .split, .accept: preconditionFailure("handled by the loop")
        }
        state.counter += 1
        return true
    }

    private mutating func look(
        _ program: [Pattern.Instruction], _ width: Int, _ isNegated: Bool, _ state: inout State
    ) throws(PatternOverrun) -> Bool {
        guard state.position >= width else { return isNegated }
        var inner = state
        inner.position -= width
        inner.counter = 0
        let found = try run(program, from: inner, mustAdvance: false)
        if let found, !isNegated { state.slots = found.slots }
        return (found != nil) != isNegated
    }

    private func takeReference(_ group: Int, _ ignoresCase: Bool, _ state: inout State) -> Bool {
        let (low, high) = (state.slots[group * 2], state.slots[group * 2 + 1])
        guard low >= 0, high >= low, state.position + high - low <= subject.count else { return false }
        for offset in 0..<(high - low)
        where !Self.isSame(subject[low + offset], subject[state.position + offset], ignoresCase) {
            return false
        }
        state.position += high - low
        return true
    }

    private static func fits(_ instruction: Pattern.Instruction, _ scalar: Unicode.Scalar) -> Bool {
        switch instruction {
        case .scalar(let wanted, let ignoresCase): isSame(wanted, scalar, ignoresCase)
        case .any(let includingNewline): includingNewline || scalar != "\n"
        case .oneOf(let members, let ignoresCase):
            members.contains(scalar)
                || ignoresCase && (members.contains(folded(scalar)) || members.contains(raised(scalar)))
        default: false
        }
    }

    private func holds(_ anchor: Pattern.Instruction, at position: Int) -> Bool {
        switch anchor {
        case .textStart: position == 0
        case .textEnd: position == subject.count
        case .lineStart(let everyLine): position == 0 || everyLine && subject[position - 1] == "\n"
        case .lineEnd(let everyLine):
            position == subject.count || subject[position] == "\n" && (everyLine || position == subject.count - 1)
        // In an empty text Python finds neither a boundary nor the lack of one.
        case .wordBoundary(let isNegated):
            !subject.isEmpty && (isWord(position - 1) != isWord(position)) != isNegated
        default: false
        }
    }

    private func isWord(_ position: Int) -> Bool {
        subject.indices.contains(position) && CharacterClass.Category.isWord(subject[position])
    }

    private static func isSame(_ left: Unicode.Scalar, _ right: Unicode.Scalar, _ ignoresCase: Bool) -> Bool {
        left == right || ignoresCase && folded(left) == folded(right)
    }

    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let mapping = scalar.properties.lowercaseMapping.unicodeScalars
        return mapping.count == 1 ? mapping[mapping.startIndex] : scalar
    }

    private static func raised(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        let mapping = scalar.properties.uppercaseMapping.unicodeScalars
        return mapping.count == 1 ? mapping[mapping.startIndex] : scalar
    }
}
