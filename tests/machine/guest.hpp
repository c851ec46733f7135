// A guest of a screen: guests/<name>.S, linked to bare::code_at, with its labels.
// The rule: a label `vector_N` becomes the handler of vector N (gate DPL 0), `user_vector_N` one that ring 3 may call,
// `ist1_vector_N` one on the stack of IST1 (bare::ist1_stack); execution begins at `start` and ends at `done`, or where
// nothing goes on.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "bare_machine.hpp"

namespace ring {

inline constexpr u64 ist1_stack = 0x5f000;

// What the ELF file of a guest holds, for any machine.
class GuestFile {
  public:
    GuestFile(const std::string& name, u64 lowest);  // nothing below `lowest` is loaded
    u64 at(const std::string& label) const;          // a label that is not there fails the test
    bool has(const std::string& label) const { return labels_.contains(label); }
    void load_bytes(machine::Machine& machine) const;
    const std::map<std::string, u64>& labels() const { return labels_; }

  private:
    std::string name_;
    std::map<u64, Bytes> pieces_;
    std::map<std::string, u64> labels_;
};

class Guest : public GuestFile {
  public:
    explicit Guest(const std::string& name) : GuestFile(name, bare::code_at) {}
    void load(machine::PcMachine& machine) const;  // bytes, gates, RIP
};

const Guest& guest_named(const std::string& name);  // read once

u64 word_at(const machine::PcMachine& machine, u64 physical);  // 8 bytes of RAM
void set(machine::PcMachine& machine, u64 physical, u64 value);
template <class Change>
void change_cpu(machine::PcMachine& machine, Change&& change) {
    x86_64::Cpu cpu = machine.cpu();
    change(cpu);
    machine.set_cpu(cpu);
}
}  // namespace ring
