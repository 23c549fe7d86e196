package import JSON

/// A view of a payload that looks the same whether its objects are versioned or plain.
///
/// Nova's versioned notifications wrap each object as `{"nova_object.name": …, "nova_object.version": …, "nova_object.data":
/// {…}}` (Nova's notification reference); a member is looked up in the data.
package struct VersionedObject: Sendable {
    /// The value itself, wrapping included.
    package let node: JSONNode

    package init(_ node: JSONNode) {
        self.node = node
    }

    /// The object's class such as `InstanceActionPayload`; nil where the value is not wrapped.
    package var name: String? { node["nova_object.name"]?.string }
    package var version: String? { node["nova_object.version"]?.string }

    /// The value without its wrapping.
    package var data: JSONNode {
        guard node["nova_object.name"] != nil, let data = node["nova_object.data"] else { return node }
        return data
    }

    /// The member of the object, or of its data; nil where there is none.
    package subscript(key: String) -> VersionedObject? { data[key].map(VersionedObject.init) }

    /// The elements of an array; empty for any other kind.
    package var elements: [VersionedObject] { data.elements.map(VersionedObject.init) }
}
