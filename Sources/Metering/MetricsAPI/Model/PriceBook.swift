package import Documents
package import Pricing
import Rating
package import ServiceKit
import Synchronization

/// The price list in force; replaced as a whole on SIGHUP.
package final class PriceBook: Sendable {
    private let path: String
    private let list: Mutex<PriceList>

    /// Reads the list, or throws every problem of the file.
    package init(file path: String) throws(DocumentError) {
        self.path = path
        self.list = Mutex(try PriceList.read(file: path))
    }

    package var current: PriceList { list.withLock { $0 } }

    package var reloadable: Reloadable {
        Reloadable("prices") {
            let new = try PriceList.read(file: self.path)
            return { self.list.withLock { $0 = new } }
        }
    }
}
