// Names for addresses, and the source lines behind them: .symtab (or .dynsym) and DWARF, read by elfutils.
// The rule: symbols work without DWARF, and nothing outside the file is ever looked at (no debug packages, no servers).
// A Symbols belongs to one thread at a time: it may be moved, not shared.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "elf/file.hpp"

namespace ring::elf {

struct Symbol {
    enum class Kind { Function, Object, Other };  // Other: labels of assembly, symbols of linker scripts
    std::string name;                             // as in the file; show it by text::printable()
    VirtAddr address;
    u64 size = 0;
    Kind kind = Kind::Other;
    bool global = false;
    u32 section = 0;  // index of the section that it is defined in; 0xfff1 (SHN_ABS) when it is only a number
};

// "name + offset"; `offset` is below the symbol's size when it has one.
struct SymbolAt {
    const Symbol* symbol = nullptr;
    u64 offset = 0;
};

// `file` as the compiler recorded it: relative to the repository for our own kernels. Lines and columns count from 1;
// column 0 means that none was recorded.
struct SourceLine {
    std::string file;
    int line = 0;
    int column = 0;
};

// A function that the compiler copied into its caller. The innermost comes first.
struct InlinedCall {
    std::string function;  // as people write it, not yet printable
    SourceLine call;       // where the surrounding function calls it
};

// Registers by their DWARF numbers; absent: not known. `memory` gives `size` bytes (1 to 8) as a number.
struct Frame {
    std::vector<std::optional<u64>> registers;
    std::optional<u64> stack_pointer;  // its number, when it is known
    std::optional<u64> get(u64 number) const { return number < registers.size() ? registers[number] : std::nullopt; }
};
using FrameMemory = std::function<std::optional<u64>(VirtAddr at, unsigned size)>;

// The caller's frame, as call frame information tells it (DWARF 5, 6.4 "Call Frame Information").
struct Caller {
    Frame frame;            // what is not saved is absent
    u64 cfa = 0;            // the stack pointer's value in the caller, before the call
    std::optional<u64> pc;  // absent: this is the outermost frame
    // `pc` is where something was interrupted or entered the kernel, not behind a call; the stack may be another one.
    bool interrupted = false;
    // Where the caller's registers lie in memory, by their DWARF numbers; and its `pc`.
    std::vector<std::pair<u64, VirtAddr>> saved;
    std::optional<VirtAddr> saved_pc;
};

class Symbols {
  public:
    // `bias` is added to every address (an ET_DYN file that was moved). A relocatable file's sections are laid out one
    // after the other. A file without symbols is no error. Errors: elfutils cannot read the file at all.
    static Result<Symbols> read(const File& file, u64 bias = 0);
    Symbols(Symbols&&) noexcept;
    Symbols& operator=(Symbols&&) noexcept;
    ~Symbols();

    const std::vector<Symbol>& all() const { return symbols_; }  // ascending by address
    // A global one first, when the name is not unique.
    const Symbol* find(std::string_view name) const;
    // The symbol whose bytes hold `at`; else the label right before it in the same section.
    std::optional<SymbolAt> at(VirtAddr at) const;
    std::string label(VirtAddr at) const;  // "main", "main+0x12", printable; "" when there is no symbol
    // Where a section is in the addresses used here: sh_addr, or its place when a relocatable file was laid out.
    VirtAddr section_start(u32 section) const;
    std::optional<SourceLine> line(VirtAddr at) const;
    // Where each copy of a source line begins, ascending: a statement's first instruction where the compiler marked
    // one. A line that goes on behind a function copied into it is the same copy. `file` may be the end of the recorded
    // path.
    std::vector<VirtAddr> addresses(std::string_view file, int line) const;
    // Lines of a recorded file that have instructions, ascending, each with the first address where a statement begins.
    std::vector<std::pair<int, VirtAddr>> lines_of(std::string_view file) const;
    // The inlined functions that `at` is in, innermost first; empty when it is in none.
    std::vector<InlinedCall> inlined(VirtAddr at) const;
    // One frame up from `at`, which is inside the instruction that is executed or that calls. Absent: there is no call
    // frame information for `at`. Errors: it is there, and cannot be followed.
    std::optional<Result<Caller>> caller(VirtAddr at, const Frame& frame, const FrameMemory& memory) const;

  private:
    struct Library;  // elfutils' handles
    explicit Symbols(std::unique_ptr<Library> library);
    u64 section_end(u32 section) const;
    std::unique_ptr<Library> library_;
    std::vector<Symbol> symbols_;
    std::vector<std::size_t> by_name_;
    std::vector<VirtAddr> section_starts_;
    std::vector<u64> section_ends_;  // a label does not reach beyond its section
    u64 bias_ = 0;
};
}  // namespace ring::elf
