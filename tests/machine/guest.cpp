#include "guest.hpp"

#include <doctest/doctest.h>

#include "elf/symbols.hpp"

namespace ring {

GuestFile::GuestFile(const std::string& name, u64 lowest) : name_(name) {
    const Result<elf::File> file = elf::open(std::string(RING_GUESTS "/") + name + ".elf");
    REQUIRE_MESSAGE(file, name);
    for (const elf::Segment& segment : file->segments()) {
        const ByteSpan bytes = file->contents(segment);
        if (!bytes.empty() && segment.vaddr() >= lowest) pieces_[segment.vaddr()] = {bytes.begin(), bytes.end()};
    }
    const Result<elf::Symbols> symbols = elf::Symbols::read(*file);
    REQUIRE_MESSAGE(symbols, name);
    for (const elf::Symbol& symbol : symbols->all()) labels_[symbol.name] = symbol.address.value;
}

u64 GuestFile::at(const std::string& label) const {
    REQUIRE_MESSAGE(has(label), name_ << " has no label " << label);
    return labels_.at(label);
}

void GuestFile::load_bytes(machine::Machine& machine) const {
    for (const auto& [at, bytes] : pieces_) REQUIRE(machine.write_ram(at, bytes));
}

void Guest::load(machine::PcMachine& machine) const {
    load_bytes(machine);
    for (const auto& [label, address] : labels()) {
        const std::size_t place = label.find("vector_");
        if (place == std::string::npos) continue;
        const u8 vector = static_cast<u8>(std::stoi(label.substr(place + 7)));
        bare::set_gate(machine, vector, address, label.starts_with("user_") ? 3 : 0,
                       label.starts_with("ist1_") ? 1 : 0);
    }
    bare::put(machine, bare::tss_at + 36, ist1_stack);
    change_cpu(machine, [&](x86_64::Cpu& cpu) { cpu.rip = at("start"); });
}

const Guest& guest_named(const std::string& name) {
    static std::map<std::string, Guest> known;
    return known.try_emplace(name, name).first->second;
}

u64 word_at(const machine::PcMachine& machine, u64 physical) {
    u64 value;
    std::memcpy(&value, machine.ram().data() + physical, 8);
    return value;
}

void set(machine::PcMachine& machine, u64 physical, u64 value) { bare::put(machine, physical, value); }
}  // namespace ring
