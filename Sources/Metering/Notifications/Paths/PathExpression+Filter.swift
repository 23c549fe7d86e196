import JSON

extension PathExpression {
    /// The elements of an array that meet every condition; inside a condition the element is the root.
    static func filtered(_ match: PathMatch, _ conditions: [Condition]) throws(PathError) -> [PathMatch] {
        guard let elements = match.value.elements else { return [] }
        var found: [PathMatch] = []
        for (place, element) in elements.enumerated() {
            let root = PathMatch(element)
            var meets = true
            // Every condition is tried even after one failed, because a later one may refuse the value altogether.
            for condition in conditions where try !condition.holds(root) {
                meets = false
            }
            if meets { found.append(PathMatch(element, step: "[\(place)]", context: match)) }
        }
        return found
    }

    /// An array or the keys of an object in order.
    static func sorted(_ match: PathMatch, _ keys: [SortKey]) throws(PathError) -> [PathMatch] {
        let values: [PathValue]
        if let elements = match.value.elements {
            values = elements
        } else if keys.isEmpty, let members = match.value.members {
            values = members.map { .value(.string($0.key)) }
        } else {
            throw .wrongKind
        }
        let sorted = try insertionSorted(values) { left, right throws(PathError) in
            keys.isEmpty ? try left.compare(right) : try compare(left, right, by: keys)
        }
        return [PathMatch(.value(.array(sorted.map(\.tree))))]
    }

    /// A stable sort whose comparison may fail; lists in notifications are short.
    private static func insertionSorted(
        _ values: [PathValue], _ compare: (PathValue, PathValue) throws(PathError) -> Int
    ) throws(PathError) -> [PathValue] {
        var sorted: [PathValue] = []
        for value in values {
            var place = sorted.count
            while place > 0, try compare(value, sorted[place - 1]) < 0 {
                place -= 1
            }
            sorted.insert(value, at: place)
        }
        return sorted
    }

    private static func compare(_ left: PathValue, _ right: PathValue, by keys: [SortKey]) throws(PathError) -> Int {
        for key in keys {
            let first = try key.path.find(PathMatch(left))
            let second = try key.path.find(PathMatch(right))
            guard first.count == 1, second.count == 1, !first[0].value.tree.isEqual(second[0].value.tree) else {
                continue
            }
            let order = try first[0].value.compare(second[0].value)
            return key.isDescending ? -order : order
        }
        return 0
    }
}

extension PathExpression.Condition {
    func holds(_ element: PathMatch) throws(PathError) -> Bool {
        let found = try path.find(element)
        guard let comparison else { return !found.isEmpty }
        var holds = false
        for match in found where !match.value.isNull {
            if try comparison.holds(match.value) { holds = true }
        }
        return holds
    }
}

extension PathExpression.Comparison {
    fileprivate func holds(_ value: PathValue) throws(PathError) -> Bool {
        var value = value
        if literal.int != nil || literal.bool != nil {
            // Compared with a whole number, text and fractions are read as one first.
            switch PythonNumber.integer(value) {
            case .value(let integer): value = .value(.int(integer))
            case .notNumeric: return false
            case .wrongKind: throw .wrongKind
            }
        }
        switch symbol {
        case .equal: return value.tree.isEqual(literal)
        case .notEqual: return !value.tree.isEqual(literal)
        case .less: return try value.compare(.value(literal)) < 0
        case .lessOrEqual: return try value.compare(.value(literal)) <= 0
        case .greater: return try value.compare(.value(literal)) > 0
        case .greaterOrEqual: return try value.compare(.value(literal)) >= 0
        case .matches: return try matches(value)
        }
    }

    private func matches(_ value: PathValue) throws(PathError) -> Bool {
        guard let pattern, let text = value.text else { throw .wrongKind }
        do throws(PatternOverrun) {
            return try pattern.match(text) != nil
        } catch {
            throw .tooMuchWork
        }
    }
}

extension PathValue {
    /// The order of two values as Python sees it: numbers by size, texts by code points, lists by their elements.
    func compare(_ other: PathValue) throws(PathError) -> Int {
        if let left = number, let right = other.number {
            return left < right ? -1 : left > right ? 1 : 0
        }
        if let left = text, let right = other.text {
            if left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars) { return -1 }
            return right.unicodeScalars.lexicographicallyPrecedes(left.unicodeScalars) ? 1 : 0
        }
        guard let left = elements, let right = other.elements else { throw .notComparable }
        for (first, second) in zip(left, right) where !first.tree.isEqual(second.tree) {
            return try first.compare(second)
        }
        return left.count - right.count
    }
}
