import JSON

/// A view of a payload that looks the same whether its objects are versioned or plain.
///
/// Nova's versioned notifications wrap each object as `{"nova_object.name": …, "nova_object.version": …, "nova_object.data":
/// {…}}` (Nova's notification reference).
struct VersionedObject {
    /// The value itself, wrapping included.
    let node: JSONNode

    init(_ node: JSONNode) {
        self.node = node
    }

    /// The value without its wrapping.
    var data: JSONNode {
        guard node["nova_object.name"] != nil, let data = node["nova_object.data"] else { return node }
        return data
    }
}
