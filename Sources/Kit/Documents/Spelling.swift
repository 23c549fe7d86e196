/// Finds the word that a mistyped one was meant to be.
enum Spelling {
    /// The nearest candidate within two edits, and within a third of the word; the first by name where several are as near.
    static func nearest(to word: String, in candidates: some Collection<String>) -> String? {
        let limit = min(2, word.count / 3)
        let near = candidates.map { (word: $0, distance: distance(word, $0)) }.filter { $0.distance <= limit }
        return near.min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word
    }

    /// Levenshtein's distance: insertions, deletions and replacements of one character.
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (line, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in right.indices {
                let replaced = diagonal + (character == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, min(row[column], row[column + 1]) + 1)
            }
        }
        return row[right.count]
    }
}
