#include "view/disassembly.hpp"

#include <capstone/capstone.h>

#include <algorithm>

#include "base/text.hpp"

static_assert(CS_API_MAJOR >= 5, "Capstone 4 knows no RISC-V");

namespace ring::view {
namespace {
struct Mode {
    CodeKind kind;
    cs_arch architecture;
    int mode;
    std::size_t unit;  // how many bytes are skipped when there is no instruction
};
constexpr Mode modes[] = {
    {CodeKind::X86_64, CS_ARCH_X86, CS_MODE_64, 1},
    {CodeKind::X86_32, CS_ARCH_X86, CS_MODE_32, 1},
    {CodeKind::X86_16, CS_ARCH_X86, CS_MODE_16, 1},
    {CodeKind::Riscv64, CS_ARCH_RISCV, CS_MODE_RISCV64 | CS_MODE_RISCVC, 2},
};

bool in_group(const cs_insn& instruction, unsigned group) {
    const cs_detail& detail = *instruction.detail;
    return std::find(detail.groups, detail.groups + detail.groups_count, group) != detail.groups + detail.groups_count;
}

std::optional<VirtAddr> x86_target(const cs_insn& instruction) {
    const cs_x86& x86 = instruction.detail->x86;
    const bool goes = in_group(instruction, CS_GRP_JUMP) || in_group(instruction, CS_GRP_CALL);
    if (!goes || x86.op_count != 1 || x86.operands[0].type != X86_OP_IMM) return std::nullopt;
    return VirtAddr{static_cast<u64>(x86.operands[0].imm)};
}

// Capstone 5 gives RISC-V no groups for its compressed jumps, so the instructions are named. The operand is a distance.
std::optional<VirtAddr> riscv_target(const cs_insn& instruction) {
    switch (instruction.id) {
        case RISCV_INS_JAL:
        case RISCV_INS_BEQ:
        case RISCV_INS_BNE:
        case RISCV_INS_BLT:
        case RISCV_INS_BGE:
        case RISCV_INS_BLTU:
        case RISCV_INS_BGEU:
        case RISCV_INS_C_J:
        case RISCV_INS_C_JAL:
        case RISCV_INS_C_BEQZ:
        case RISCV_INS_C_BNEZ:
            break;
        default:
            return std::nullopt;
    }
    const cs_riscv& riscv = instruction.detail->riscv;
    for (int i = riscv.op_count; i-- > 0;)
        if (riscv.operands[i].type == RISCV_OP_IMM)
            return VirtAddr{instruction.address + static_cast<u64>(riscv.operands[i].imm)};
    return std::nullopt;
}
}  // namespace

struct Disassembler::Engine {
    const Mode* mode = nullptr;
    csh handle = 0;
    cs_insn* instruction = nullptr;
    Engine() = default;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    ~Engine() {
        cs_free(instruction, 1);
        cs_close(&handle);
    }
};

Disassembler::Disassembler(CodeKind kind) : engine_(std::make_unique<Engine>()) {
    engine_->mode = std::find_if(std::begin(modes), std::end(modes), [&](const Mode& m) { return m.kind == kind; });
    const cs_err opened =
        cs_open(engine_->mode->architecture, static_cast<cs_mode>(engine_->mode->mode), &engine_->handle);
    RING_ASSERT(opened == CS_ERR_OK);
    cs_option(engine_->handle, CS_OPT_DETAIL, CS_OPT_ON);
    engine_->instruction = cs_malloc(engine_->handle);
}
Disassembler::Disassembler(Disassembler&&) noexcept = default;
Disassembler& Disassembler::operator=(Disassembler&&) noexcept = default;
Disassembler::~Disassembler() = default;

CodeLine Disassembler::line(VirtAddr at, ByteSpan code) const {
    RING_ASSERT(!code.empty());
    const u8* from = code.data();
    std::size_t left = code.size();
    u64 address = at.value;
    CodeLine out{.address = at, .bytes = {}, .mnemonic = {}, .operands = {}, .target = {}};
    if (cs_disasm_iter(engine_->handle, &from, &left, &address, engine_->instruction)) {
        const cs_insn& found = *engine_->instruction;
        out.bytes.assign(code.begin(), code.begin() + found.size);
        out.mnemonic = found.mnemonic;
        out.operands = found.op_str;
        out.target = engine_->mode->architecture == CS_ARCH_X86 ? x86_target(found) : riscv_target(found);
        return out;
    }
    const std::size_t skipped = std::min(engine_->mode->unit, code.size());
    out.bytes.assign(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(skipped));
    out.mnemonic = ".byte";
    for (u8 byte : out.bytes) out.operands += (out.operands.empty() ? "" : ", ") + text::hex_padded(byte, 2);
    out.is_instruction = false;
    return out;
}

std::vector<CodeLine> Disassembler::lines(VirtAddr at, ByteSpan code, std::size_t most) const {
    std::vector<CodeLine> out;
    while (!code.empty() && out.size() < most) {
        out.push_back(line(at, code));
        at = out.back().next();
        code = code.subspan(out.back().bytes.size());
    }
    return out;
}
}  // namespace ring::view
