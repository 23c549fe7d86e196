import Libvirt
import Testing

@Suite("Reading libvirt's XML")
struct XMLReaderTests {
    @Test("elements, attributes, text, references, CDATA, comments and prefixes are read")
    func reads() throws {
        let root = try XMLReader.root(
            of: """
                <?xml version='1.0'?><!-- from libvirt -->
                <domain type="kvm" id='1'><name>a &lt;b&gt; &amp; &#x263A;&#33;</name>
                  <nova:owner xmlns:nova="n"><nova:user uuid='u&quot;1'>demo</nova:user></nova:owner>
                  <empty/><raw><![CDATA[<&>]]></raw></domain>
                """)
        #expect(root.name == "domain")
        #expect(root.attributes == ["type": "kvm", "id": "1"])
        #expect(root["name"]?.text == "a <b> & ☺!")
        #expect(root["owner"]?["user"]?.attributes["uuid"] == "u\"1")
        #expect(root["owner"]?["user"]?.text == "demo")
        #expect(root["empty"]?.children.isEmpty == true)
        #expect(root["raw"]?.text == "<&>")
        #expect(root.children("name").count == 1)
    }

    @Test(
        "what is not well-formed or could expand is refused",
        arguments: [
            "", "text", "<a>", "<a></b>", "<a", "<a b></a>", "<a b=c></a>", "<a b='></a>", "<a>&unknown;</a>",
            "<a>&#xD800;</a>",
            "<a>&", "<a/><b/>", "<a><![CDATA[</a>", "<a><!-- </a>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", "<>",
            String(repeating: "<a>", count: 100) + String(repeating: "</a>", count: 100),
        ])
    func refuses(text: String) {
        #expect(throws: XMLError.self) { try XMLReader.root(of: text) }
    }

    @Test("every truncation of a domain's document is refused")
    func truncation() throws {
        let text = "<domain type='qemu'><name>x</name><uuid>u</uuid><devices><disk/></devices></domain>"
        _ = try DomainDescription(xml: text)
        for length in 0..<text.utf8.count {
            #expect(throws: XMLError.self) { try DomainDescription(xml: String(text.prefix(length))) }
        }
    }

    @Test("a domain's devices and its filter are found; a device without target is passed over")
    func description() throws {
        let description = try DomainDescription(
            xml: """
                <domain><name>instance-1</name><uuid>8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6e</uuid>
                <os><type arch='x86_64'>hvm</type></os>
                <devices>
                  <disk type='file' device='disk'><source file='/x'/><target dev='vda'/></disk>
                  <disk type='file' device='cdrom'><target dev='sda'/></disk>
                  <interface type='bridge'><mac address='fa:16:3e:00:00:01'/><source bridge='br-int'/>
                    <virtualport><parameters interfaceid='p1'/></virtualport>
                    <target dev='tap1'/><filterref filter='nova-instance-1'/></interface>
                  <interface type='user'/>
                </devices></domain>
                """)
        #expect(description.id == DomainID("8c3fbc0e-0d6f-4a3c-9a51-0a3a5c0a1f6e"))
        #expect(description.architecture == "x86_64")
        #expect(description.disks.map(\.target) == ["vda", "sda"])
        #expect(description.disks.map(\.hasSource) == [true, false])
        #expect(description.interfaces.map(\.target) == ["tap1"])
        #expect(description.interfaces.first?.filter == "nova-instance-1")
        #expect(description.interfaces.first?.portID == "p1")
    }
}
