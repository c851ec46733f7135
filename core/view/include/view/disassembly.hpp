// Machine code as lines of text, for the reader: Capstone's spelling, our own structure.
// The rule: every byte is in exactly one line; bytes that are no instruction become a ".byte" line, never a stop.
// Not here: what the machine executes. It decodes for itself, by the manual (core/arch).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/types.hpp"

namespace ring::view {

enum class CodeKind { X86_64, X86_32, X86_16, Riscv64 };

struct CodeLine {
    VirtAddr address;
    Bytes bytes;
    std::string mnemonic;
    std::string operands;
    std::optional<VirtAddr> target;  // of a jump, branch or call whose target is in the instruction
    bool is_instruction = true;

    std::string text() const { return operands.empty() ? mnemonic : mnemonic + ' ' + operands; }
    VirtAddr next() const { return {address.value + bytes.size()}; }
};

// Belongs to one thread at a time.
class Disassembler {
  public:
    explicit Disassembler(CodeKind kind);
    Disassembler(Disassembler&&) noexcept;
    Disassembler& operator=(Disassembler&&) noexcept;
    ~Disassembler();

    // The line at the front of `code`, which is at `at`; `code` is not empty.
    CodeLine line(VirtAddr at, ByteSpan code) const;
    // At most `most` lines; the last one may be cut short by the end of `code` and is then no instruction.
    std::vector<CodeLine> lines(VirtAddr at, ByteSpan code, std::size_t most = ~std::size_t{0}) const;

  private:
    struct Engine;
    std::unique_ptr<Engine> engine_;
};
}  // namespace ring::view
