// What the names of an expression mean at one moment of a machine: registers with their bits, facts, table look-ups.
// The rule: every answer comes from the snapshot; what the target cannot know is an error that says so.
// Not here: the grammar (expression.hpp).
#pragma once
#include <functional>
#include <span>

#include "elf/file.hpp"
#include "lesson/expression.hpp"
#include "target/target.hpp"

namespace ring::lesson {

// What an expression may look at besides the snapshot. Errors of `symbol`: unknown or ambiguous.
struct Surroundings {
    std::function<Result<VirtAddr>(std::string_view name)> symbol;
    std::function<std::string(VirtAddr at)> instruction;          // as text; empty when there is none
    std::function<const elf::File*(std::string_view role)> file;  // "kernel", "user"; null when there is none
};

class Facts final : public Names {
  public:
    Facts(const target::Snapshot& now, const Surroundings& around) : now_(now), around_(around) {}
    Result<Value> named_register(std::string_view name) const override;
    Result<Value> named(std::string_view name) const override;
    Result<Value> call(std::string_view function, const std::vector<Value>& arguments) const override;

  private:
    const target::Snapshot& now_;
    const Surroundings& around_;
};

// How an access is written: "read", "user write", "execute ring 3", "w S-mode"; the privilege is the current one when
// not named.
struct AccessWords {
    arch::Access access = arch::Access::Read;
    std::optional<unsigned> level;
};
Result<AccessWords> access_words(std::string_view words, const arch::Arch& arch);

// For help texts, in the order to be read.
struct FactHelp {
    std::string_view name;  // "memory(address, size)"
    std::string_view meaning;
};
std::span<const FactHelp> fact_help();
}  // namespace ring::lesson
