/// One memory controller with error correction (`/sys/devices/system/edac/mc`, `Documentation/admin-guide/ras.rst`).
package struct MemoryController: Hashable, Sendable {
    package let number: Int
    /// The driver's name for it: `Skylake Socket#0 IMC#0`.
    package let name: String?
    /// Since the driver was loaded.
    package let corrected: UInt64
    package let uncorrected: UInt64
    package let modules: [MemoryModule]
}

/// One memory module of a controller.
package struct MemoryModule: Hashable, Sendable {
    package let number: Int
    /// The slot: `CPU_SrcID#0_MC#0_Chan#0_DIMM#0`.
    package let label: String?
    package let corrected: UInt64
    package let uncorrected: UInt64
}

extension MemoryController {
    static func read(_ tree: inout HostTree) throws(HostCounterError) -> [MemoryController] {
        let directory = tree.roots.sysfs + "/devices/system/edac/mc"
        let entries = try tree.numbered("mc", in: directory)
        guard !entries.isEmpty else { throw tree.error(directory + "/mc0", .absent) }
        var controllers: [MemoryController] = []
        for (entry, number) in entries {
            let path = directory + "/" + entry
            let controller = tree.attempt { tree throws(HostCounterError) in
                MemoryController(
                    number: number,
                    name: tree.attemptOptional { tree throws(HostCounterError) in
                        try tree.text(path + "/mc_name")
                    },
                    corrected: try tree.unsigned(path + "/ce_count"),
                    uncorrected: try tree.unsigned(path + "/ue_count"), modules: try modules(&tree, path))
            }
            if let controller { controllers.append(controller) }
        }
        return controllers
    }

    /// The modules, which some drivers call ranks.
    private static func modules(_ tree: inout HostTree, _ path: String) throws(HostCounterError) -> [MemoryModule] {
        var modules: [MemoryModule] = []
        for (entry, number) in try tree.numbered("dimm", in: path) + tree.numbered("rank", in: path) {
            let module = tree.attempt { tree throws(HostCounterError) in
                MemoryModule(
                    number: number,
                    label: tree.attemptOptional { tree throws(HostCounterError) in
                        try tree.text(path + "/" + entry + "/dimm_label")
                    },
                    corrected: try tree.unsigned(path + "/" + entry + "/dimm_ce_count"),
                    uncorrected: try tree.unsigned(path + "/" + entry + "/dimm_ue_count"))
            }
            if let module { modules.append(module) }
        }
        return modules
    }
}
