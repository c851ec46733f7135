// The functions that a compiler has merged into one, by the scopes of DWARF.
// libdw's own search for scopes recurses as deep as the file says and follows its sibling links wherever they lead;
// this one is bounded in depth and in entries.
#include "elf/demangle.hpp"
#include "symbols_library.hpp"

namespace ring::elf {
namespace {
constexpr int deepest = 64;
constexpr int most_entries = 1 << 20;

bool may_hold_code(int tag) {
    switch (tag) {
        case DW_TAG_subprogram:
        case DW_TAG_inlined_subroutine:
        case DW_TAG_lexical_block:
        case DW_TAG_try_block:
        case DW_TAG_catch_block:
            return true;
        default:
            return false;
    }
}
bool is_space_of_names(int tag) {
    switch (tag) {
        case DW_TAG_namespace:
        case DW_TAG_module:
        case DW_TAG_class_type:
        case DW_TAG_structure_type:
        case DW_TAG_enumeration_type:
        case DW_TAG_union_type:
            return true;
        default:
            return false;
    }
}

// The chain of entries from a unit down to the innermost one whose code holds `pc`.
class Scopes {
  public:
    Scopes(Dwarf_Die& unit, Dwarf_Addr pc) : pc_(pc) { search(unit, 0); }
    const std::vector<Dwarf_Die>& chain() const { return chain_; }

  private:
    bool search(Dwarf_Die& parent, int depth) {
        Dwarf_Die child;
        if (depth == deepest || dwarf_child(&parent, &child) != 0) return false;
        do {
            if (++entries_ > most_entries) return false;
            const int tag = dwarf_tag(&child);
            if (is_space_of_names(tag) && search(child, depth + 1)) return true;
            if (!may_hold_code(tag) || dwarf_haspc(&child, pc_) != 1) continue;
            chain_.push_back(child);
            search(child, depth + 1);
            return true;
        } while (dwarf_siblingof(&child, &child) == 0);
        return false;
    }
    Dwarf_Addr pc_;
    int entries_ = 0;
    std::vector<Dwarf_Die> chain_;
};

std::string name_of(Dwarf_Die& die) {
    Dwarf_Attribute attribute;
    for (const unsigned name : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name})
        if (dwarf_attr_integrate(&die, name, &attribute))
            if (const char* text = dwarf_formstring(&attribute)) return spoken(text);
    const char* const plain =
        dwarf_attr_integrate(&die, DW_AT_name, &attribute) ? dwarf_formstring(&attribute) : nullptr;
    return plain ? plain : "";
}

int number_of(Dwarf_Die& die, unsigned name) {
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    if (!dwarf_attr(&die, name, &attribute) || dwarf_formudata(&attribute, &value) != 0) return 0;
    return value < 1u << 30 ? static_cast<int>(value) : 0;
}

SourceLine call_of(Dwarf_Die& unit, Dwarf_Die& die) {
    SourceLine out{{}, number_of(die, DW_AT_call_line), number_of(die, DW_AT_call_column)};
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    const auto file = static_cast<std::size_t>(number_of(die, DW_AT_call_file));
    if (dwarf_getsrcfiles(&unit, &files, &count) != 0 || file >= count) return out;
    if (const char* path = dwarf_filesrc(files, file, nullptr, nullptr)) out.file = recorded(path);
    return out;
}
}  // namespace

std::vector<InlinedCall> Symbols::inlined(VirtAddr at) const {
    std::vector<InlinedCall> out;
    for (Library::Unit unit : library_->units()) {
        const Dwarf_Addr pc = at.value - bias_ - unit.bias;
        if (dwarf_haspc(&unit.die, pc) != 1) continue;
        const Scopes scopes(unit.die, pc);
        for (auto scope = scopes.chain().rbegin(); scope != scopes.chain().rend(); ++scope) {
            Dwarf_Die die = *scope;
            if (dwarf_tag(&die) == DW_TAG_inlined_subroutine) out.push_back({name_of(die), call_of(unit.die, die)});
        }
        break;
    }
    return out;
}
}  // namespace ring::elf
