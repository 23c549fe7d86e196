import JSON

extension PathExpression {
    /// Everything the path finds from here, in the library's order.
    func find(_ match: PathMatch) throws(PathError) -> [PathMatch] {
        switch self {
        case .root: return [match.root]
        case .this: return [match]
        case .parent:
            guard let context = match.context else { throw .noParent }
            return [context]
        case .fields(let names): return Self.fields(names, of: match)
        case .index(let index): return try Self.element(index, of: match)
        case .slice(let start, let end): return try Self.elements(from: start, to: end, of: match)
        case .child(let left, let right): return try Self.each(left.find(match), right.find)
        case .descendants(let left, let right): return try Self.each(left.find(match), right.descend)
        case .union(let left, let right): return try left.find(match) + right.find(match)
        case .intersection: throw .intersection
        case .where(let left, let right):
            return try Self.each(left.find(match)) { match throws(PathError) in
                try right.find(match).isEmpty ? [] : [match]
            }
        case .filter(let conditions): return try Self.filtered(match, conditions)
        case .sorted(let keys): return try Self.sorted(match, keys)
        case .length: return match.value.length.map { [PathMatch(.value(.int(Int64($0))))] } ?? []
        case .split(let separator, let segment, let limit):
            guard let text = match.value.text else { return [] }
            let pieces = TextOperators.pieces(of: text, separator: separator, limit: limit)
            return segment < pieces.count ? [PathMatch(.value(.string(pieces[segment])))] : []
        case .substitute(let pattern, let replacement): return try Self.substituted(match, pattern, replacement)
        case .operation(let left, let symbol, let right):
            return try PathArithmetic.find(left, symbol, right, at: match)
        }
    }

    private static func each(
        _ matches: [PathMatch], _ find: (PathMatch) throws(PathError) -> [PathMatch]
    ) throws(PathError) -> [PathMatch] {
        var found: [PathMatch] = []
        for match in matches {
            found += try find(match)
        }
        return found
    }

    private static func fields(_ names: [String], of match: PathMatch) -> [PathMatch] {
        if names.contains("*") {
            return (match.value.members ?? []).map { PathMatch($0.value, step: $0.key, context: match) }
        }
        return names.compactMap { name in
            match.value.member(name).map { PathMatch($0, step: name, context: match) }
        }
    }

    private static func element(_ index: Int64, of match: PathMatch) throws(PathError) -> [PathMatch] {
        guard let length = match.value.length else { throw .notIndexable }
        guard Int64(length) > index else { return [] }
        guard match.value.kind != .object else { throw .noSuchElement }
        let place = index < 0 ? Int64(length) + index : index
        guard place >= 0 else { throw .noSuchElement }
        return [PathMatch(item(Int(place), of: match.value), step: "[\(index)]", context: match)]
    }

    /// The element or character at a place that exists.
    private static func item(_ place: Int, of value: PathValue) -> PathValue {
        if let elements = value.elements { return elements[place] }
        let scalars = Array((value.text ?? "").unicodeScalars)
        return .value(.string(String(scalars[place])))
    }

    /// A slice takes a single object, text or whole number for a list of one.
    private static func elements(from start: Int64?, to end: Int64?, of match: PathMatch) throws(PathError)
        -> [PathMatch]
    {
        let elements: [PathValue]
        if let list = match.value.elements {
            elements = list
        } else if match.value.kind == .object || match.value.kind == .string || match.value.isWhole {
            elements = [match.value]
        } else {
            throw .notIndexable
        }
        let count = Int64(elements.count)
        let first = bound(start ?? 0, count)
        let last = bound(end ?? count, count)
        guard first < last else { return [] }
        return (first..<last).map { place in
            PathMatch(elements[Int(place)], step: "[\(place)]", context: match)
        }
    }

    /// A slice's bound: negative ones count from the end, and those outside are cut.
    private static func bound(_ bound: Int64, _ count: Int64) -> Int64 {
        bound < 0 ? max(0, bound + count) : min(bound, count)
    }

    /// What the path finds in a value and in everything below it.
    private func descend(_ match: PathMatch) throws(PathError) -> [PathMatch] {
        var found = try find(match)
        if let elements = match.value.elements {
            for (place, element) in elements.enumerated() {
                found += try descend(PathMatch(element, step: "[\(place)]", context: match))
            }
        } else if let members = match.value.members {
            for (key, member) in members {
                found += try descend(PathMatch(member, step: key, context: match))
            }
        }
        return found
    }

    private static func substituted(
        _ match: PathMatch, _ pattern: Pattern, _ replacement: Replacement
    ) throws(PathError) -> [PathMatch] {
        guard let text = match.value.text else { throw .wrongKind }
        let result: String
        do throws(PatternOverrun) {
            result = try pattern.replacingAll(in: text, with: replacement)
        } catch {
            throw .tooMuchWork
        }
        // The library takes an unchanged text for a pattern that did not fit.
        return result.isExactly(text) ? [] : [PathMatch(.value(.string(result)))]
    }
}

extension PathValue {
    /// A boolean or a number that Python reads as an `int`, however large.
    var isWhole: Bool {
        switch self {
        case .node(let node): node.kind == .bool || (node.kind == .number && !node.isDecimal)
        case .value(let value): value.int != nil || value.bool != nil
        case .record: false
        }
    }
}
