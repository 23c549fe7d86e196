/// Which meters or events a source takes: globs, with `!` in front to leave out.
struct NameFilter: Hashable, Sendable {
    private let included: [Glob]
    private let excluded: [Glob]

    /// Ceilometer's order: what is left out is out, what is taken is in, and where only things are left out the rest is in.
    init(_ names: [String]) {
        included = names.filter { !$0.hasPrefix("!") }.map(Glob.init)
        excluded = names.filter { $0.hasPrefix("!") }.map { Glob(String($0.dropFirst())) }
    }

    func takes(_ name: String) -> Bool {
        if excluded.contains(where: { $0.matches(name) }) { return false }
        return included.isEmpty || included.contains { $0.matches(name) }
    }
}
