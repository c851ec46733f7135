#include "machine/devices/fdt.hpp"

#include <fmt/format.h>

#include "base/result.hpp"
#include "machine/devices/plic.hpp"
#include "machine/devices/sifive_test.hpp"
#include "machine/devices/virt_board.hpp"

namespace ring::machine {
namespace {
constexpr u32 magic = 0xd00dfeed, version = 17, last_compatible_version = 16;
constexpr u32 begin_node = 1, end_node = 2, property_token = 3, end_token = 9;
constexpr u32 header_bytes = 40, reservation_bytes = 16;  // one empty entry ends the list of reserved memory

void put(Bytes& to, u32 value) {
    for (unsigned shift : {24u, 16u, 8u, 0u}) to.push_back(static_cast<u8>(value >> shift));
}
void pad(Bytes& to) {
    while (to.size() % 4 != 0) to.push_back(0);
}
u32 high(u64 value) { return static_cast<u32>(value >> 32); }
u32 low(u64 value) { return static_cast<u32>(value); }
std::string at(std::string_view name, PhysAddr address) { return fmt::format("{}@{:x}", name, address.value); }
std::string at(std::string_view name, VirtOwner owner) { return at(name, virt_range(owner).first); }
}  // namespace

void FdtWriter::begin(std::string_view node) {
    put(structure_, begin_node);
    structure_.insert(structure_.end(), node.begin(), node.end());
    structure_.push_back(0);
    pad(structure_);
    ++depth_;
}

void FdtWriter::end() {
    RING_ASSERT(depth_ > 0);
    put(structure_, end_node);
    --depth_;
}

u32 FdtWriter::name_offset(std::string_view name) {
    const std::string wanted = std::string(name) + '\0';
    std::size_t found = names_.find(wanted);
    if (found == std::string::npos) {
        found = names_.size();
        names_ += wanted;
    }
    return static_cast<u32>(found);
}

void FdtWriter::property(std::string_view name, ByteSpan value) {
    RING_ASSERT(depth_ > 0);
    put(structure_, property_token);
    put(structure_, static_cast<u32>(value.size()));
    put(structure_, name_offset(name));
    structure_.insert(structure_.end(), value.begin(), value.end());
    pad(structure_);
}

void FdtWriter::text(std::string_view name, std::string_view value) {
    Bytes bytes(value.begin(), value.end());
    bytes.push_back(0);
    property(name, bytes);
}

void FdtWriter::cells(std::string_view name, const std::vector<u32>& values) {
    Bytes bytes;
    for (u32 value : values) put(bytes, value);
    property(name, bytes);
}

Bytes FdtWriter::blob() const {
    RING_ASSERT(depth_ == 0);
    const u32 structure_size = static_cast<u32>(structure_.size()) + 4, names_size = static_cast<u32>(names_.size());
    const u32 structure_at = header_bytes + reservation_bytes, names_at = structure_at + structure_size;
    Bytes blob;
    for (u32 word : {magic, names_at + names_size, structure_at, names_at, header_bytes, version,
                     last_compatible_version, u32{0}, names_size, structure_size})
        put(blob, word);
    blob.resize(structure_at);
    blob.insert(blob.end(), structure_.begin(), structure_.end());
    put(blob, end_token);
    blob.insert(blob.end(), names_.begin(), names_.end());
    return blob;
}

namespace {
constexpr u32 cpu = 1, cpu_controller = 2, plic = 3, test = 4;  // phandles, as QEMU numbers them

void put_cpus(FdtWriter& tree) {
    tree.begin("cpus");
    tree.cells("#address-cells", {1});
    tree.cells("#size-cells", {0});
    tree.cells("timebase-frequency", {virt::timebase_hz});
    tree.begin("cpu@0");
    tree.cells("phandle", {cpu});
    tree.text("device_type", "cpu");
    tree.cells("reg", {0});
    tree.text("status", "okay");
    tree.text("compatible", "riscv");
    tree.text("riscv,isa", virt_isa);
    tree.text("mmu-type", "riscv,sv39");
    tree.begin("interrupt-controller");
    tree.cells("#interrupt-cells", {1});
    tree.flag("interrupt-controller");
    tree.text("compatible", "riscv,cpu-intc");
    tree.cells("phandle", {cpu_controller});
    tree.end();
    tree.end();
    tree.begin("cpu-map");
    tree.begin("cluster0");
    tree.begin("core0");
    tree.cells("cpu", {cpu});
    tree.end();
    tree.end();
    tree.end();
    tree.end();
}

void put_reg(FdtWriter& tree, VirtOwner owner, u64 size) {
    const u64 first = virt_range(owner).first.value;
    tree.cells("reg", {high(first), low(first), high(size), low(size)});
}

void put_soc(FdtWriter& tree) {
    // Bits of mip, as the hart's own controller numbers its lines.
    constexpr u32 software = 3, timer = 7, supervisor_external = 9, machine_external = 11;
    tree.begin("soc");
    tree.cells("#address-cells", {2});
    tree.cells("#size-cells", {2});
    tree.text("compatible", "simple-bus");
    tree.flag("ranges");

    tree.begin(at("serial", VirtOwner::Uart));
    tree.cells("interrupts", {virt::uart_source});
    tree.cells("interrupt-parent", {plic});
    tree.cells("clock-frequency", {virt::uart_clock_hz});
    put_reg(tree, VirtOwner::Uart, 0x100);
    tree.text("compatible", "ns16550a");
    tree.end();

    tree.begin(at("test", VirtOwner::Test));
    tree.cells("phandle", {test});
    put_reg(tree, VirtOwner::Test, SifiveTest::end);
    using namespace std::string_view_literals;
    tree.text("compatible", "sifive,test1\0sifive,test0\0syscon"sv);
    tree.end();

    tree.begin(at("plic", VirtOwner::Plic));
    tree.cells("phandle", {plic});
    tree.cells("riscv,ndev", {Plic::announced});
    put_reg(tree, VirtOwner::Plic, Plic::end);
    tree.cells("interrupts-extended", {cpu_controller, machine_external, cpu_controller, supervisor_external});
    tree.flag("interrupt-controller");
    tree.text("compatible", "sifive,plic-1.0.0\0riscv,plic0"sv);
    tree.cells("#address-cells", {0});
    tree.cells("#interrupt-cells", {1});
    tree.end();

    tree.begin(at("clint", VirtOwner::Clint));
    tree.cells("interrupts-extended", {cpu_controller, software, cpu_controller, timer});
    put_reg(tree, VirtOwner::Clint, 0x1'0000);
    tree.text("compatible", "sifive,clint0\0riscv,clint0"sv);
    tree.end();
    tree.end();
}

// How a kernel ends the machine: by a write to the test finisher.
void put_syscon(FdtWriter& tree, std::string_view name, u32 value) {
    tree.begin(name);
    tree.cells("value", {value});
    tree.cells("offset", {0});
    tree.cells("regmap", {test});
    tree.text("compatible", fmt::format("syscon-{}", name));
    tree.end();
}
}  // namespace

Bytes virt_device_tree(const VirtTree& options) {
    FdtWriter tree;
    tree.begin("");
    tree.cells("#address-cells", {2});
    tree.cells("#size-cells", {2});
    tree.text("compatible", "riscv-virtio");
    tree.text("model", "riscv-virtio,qemu");

    tree.begin("chosen");
    if (options.initrd) {
        // One cell each, as QEMU writes them: the board's RAM ends at 4 GiB.
        tree.cells("linux,initrd-end", {low(options.initrd->value + options.initrd_bytes)});
        tree.cells("linux,initrd-start", {low(options.initrd->value)});
    }
    if (!options.command_line.empty()) tree.text("bootargs", options.command_line);
    tree.text("stdout-path", "/soc/" + at("serial", VirtOwner::Uart));
    tree.end();

    put_syscon(tree, "poweroff", finisher::pass);
    put_syscon(tree, "reboot", finisher::reset);

    tree.begin(at("memory", virt::ram_base));
    tree.text("device_type", "memory");
    tree.cells("reg", {high(virt::ram_base.value), low(virt::ram_base.value), high(options.ram_bytes),
                       low(options.ram_bytes)});
    tree.end();

    put_cpus(tree);
    put_soc(tree);
    tree.end();
    return tree.blob();
}
}  // namespace ring::machine
