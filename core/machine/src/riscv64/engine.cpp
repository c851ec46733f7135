#include "engine.hpp"

#include <unicorn/unicorn.h>

#include <algorithm>
#include <array>
#include <utility>

#include "code_room.hpp"

namespace ring::machine::virt {
static_assert(UC_API_MAJOR == 2 && UC_API_MINOR >= 1, "Unicorn 2.1 or newer: older ones have no virtual TLB");

struct Engine::Library {
    static constexpr std::size_t count = 33;  // x0 to x31, pc
    uc_engine* uc = nullptr;
    EngineClient* client = nullptr;
    // What the hooks saw since the engine was started.
    bool exception = false, fetch_refused = false;
    bool stale = false;  // the TLB is to be flushed before it is used
    CodeWear wear;
    std::array<u64, count> values{};
    std::array<void*, count> slots{};
    std::array<int, count> ids{};

    Library() {
        for (std::size_t i = 0; i < count; ++i) {
            slots[i] = &values[i];
            ids[i] = i < 32 ? UC_RISCV_REG_X0 + static_cast<int>(i) : static_cast<int>(UC_RISCV_REG_PC);
        }
    }
    ~Library() {
        if (uc) uc_close(uc);
    }
    void write(int id, u64 value) { uc_reg_write(uc, id, &value); }
    u64 read(int id) const {
        u64 value = 0;
        uc_reg_read(uc, id, &value);
        return value;
    }
    void refresh() {
        if (std::exchange(stale, false)) uc_ctl_flush_tlb(uc);
    }
    void load() { uc_reg_write_batch(uc, ids.data(), slots.data(), static_cast<int>(count)); }
    void store() { uc_reg_read_batch(uc, ids.data(), slots.data(), static_cast<int>(count)); }

    static bool on_fill(uc_engine*, u64 address, uc_mem_type type, uc_tlb_entry* entry, void* self) {
        auto* const library = static_cast<Library*>(self);
        const auto access = type == UC_MEM_FETCH   ? riscv64::Access::Execute
                            : type == UC_MEM_WRITE ? riscv64::Access::Write
                                                   : riscv64::Access::Read;
        EngineClient::Page page;
        if (!library->client->fill(address & ~u64{4095}, access, page)) {
            library->fetch_refused = access == riscv64::Access::Execute;
            return false;
        }
        entry->paddr = page.physical;
        entry->perms = static_cast<uc_prot>((page.readable ? UC_PROT_READ : 0) | (page.writable ? UC_PROT_WRITE : 0) |
                                            (page.executable ? UC_PROT_EXEC : 0));
        return true;
    }
    static void on_interrupt(uc_engine* uc, u32, void* self) {
        static_cast<Library*>(self)->exception = true;
        uc_emu_stop(uc);
    }
    static bool on_invalid(uc_engine*, void* self) {
        static_cast<Library*>(self)->exception = true;
        return false;
    }
    static void on_block(uc_engine* uc, u64 address, u32 size, void* table) {
        Blocks& blocks = *static_cast<Blocks*>(table);
        Block& block = blocks.at(address);
        if (!blocks.enter(block, address, size)) ask(uc, address, size, blocks, block);
    }
    // Not inline, so that on_block() keeps no registers.
    [[gnu::noinline]] static void ask(uc_engine* uc, u64 address, u32 size, Blocks& blocks, Block& block) {
        if (!blocks.client->enter_seldom(block, address, size)) uc_emu_stop(uc);
    }

    // `blocks`: null where none is entered.
    Status open(std::span<u8> ram, u64 base, EngineClient& guest, Blocks* blocks);
    // Brings a fresh engine to U-mode with its FPU on.
    uc_err enter_user(std::span<u8> ram, u64 base) {
        constexpr std::array<u8, 8> code{0x73, 0x00, 0x20, 0x30, 0x13, 0x00, 0x00, 0x00};  // mret; nop
        std::array<u8, code.size()> kept{};
        std::copy_n(ram.begin(), kept.size(), kept.begin());
        std::copy(code.begin(), code.end(), ram.begin());
        write(UC_RISCV_REG_MEPC, base + 4);
        write(UC_RISCV_REG_MSTATUS, u64{3} << 13);
        const uc_err e = uc_emu_start(uc, base, 0, 0, 1);
        std::copy(kept.begin(), kept.end(), ram.begin());
        uc_ctl_remove_cache(uc, base, base + code.size());
        uc_ctl_flush_tlb(uc);
        return e;
    }
};

namespace {
// While the engine is made ready, before the client's page tables mean anything.
struct IdentityClient final : EngineClient {
    bool fill(u64 page, riscv64::Access, Page& out) override {
        out = {page, true, true, true};
        return true;
    }
    bool enter_seldom(Block&, u64, u32) override { return true; }
};
}  // namespace

Status Engine::Library::open(std::span<u8> ram, u64 base, EngineClient& guest, Blocks* blocks) {
    IdentityClient identity;
    client = &identity;
    const auto failed = [](const char* what, uc_err e) {
        return error("the execution engine: {}: {}", what, uc_strerror(e));
    };
    if (const uc_err e = uc_open(UC_ARCH_RISCV, UC_MODE_RISCV64, &uc)) return failed("opening", e);
    if (const uc_err e = give_code_room(uc)) return failed("code buffer", e);
    if (const uc_err e = uc_mem_map_ptr(uc, base, ram.size(), UC_PROT_ALL, ram.data())) return failed("mapping RAM", e);
    if (const uc_err e = uc_ctl_exits_enable(uc)) return failed("exits", e);
    if (const uc_err e = uc_ctl_tlb_mode(uc, UC_TLB_VIRTUAL)) return failed("virtual TLB", e);
    uc_hook hook;
    const auto add = [&](int type, void* callback) { return uc_hook_add(uc, &hook, type, callback, this, 1, 0); };
    if (const uc_err e = add(UC_HOOK_TLB_FILL, reinterpret_cast<void*>(&on_fill))) return failed("TLB hook", e);
    if (const uc_err e = add(UC_HOOK_INTR, reinterpret_cast<void*>(&on_interrupt))) return failed("interrupt hook", e);
    if (const uc_err e = add(UC_HOOK_INSN_INVALID, reinterpret_cast<void*>(&on_invalid)))
        return failed("invalid hook", e);
    if (const uc_err e = enter_user(ram, base)) return failed("entering U-mode", e);
    if (blocks) {
        blocks->client = &guest;
        if (const uc_err e = uc_hook_add(uc, &hook, UC_HOOK_BLOCK, reinterpret_cast<void*>(&on_block), blocks, 1, 0))
            return failed("block hook", e);
    }
    client = &guest;
    return Ok{};
}

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::create(std::span<u8> ram, u64 base, EngineClient& client, Blocks& blocks) {
    std::unique_ptr<Engine> engine(new Engine);
    engine->ram_ = ram;
    engine->base_ = base;
    engine->client_ = &client;
    engine->blocks_ = &blocks;
    if (const Status opened = engine->renew(); !opened) return opened.error();
    return engine;
}

Status Engine::renew() {
    auto stepper = std::make_unique<Library>(), runner = std::make_unique<Library>();
    if (Status opened = stepper->open(ram_, base_, *client_, nullptr); !opened) return opened;
    if (Status opened = runner->open(ram_, base_, *client_, blocks_); !opened) return opened;
    stepper_ = std::move(stepper);
    runner_ = std::move(runner);
    holds_ = holds_floats_ = stepper_.get();
    return Ok{};
}

bool Engine::worn() const { return stepper_->wear.worn() || runner_->wear.worn(); }
void Engine::note_block(u64 address, u32 size) { runner_->wear.note(address, size); }

Engine::Library& Engine::use(Library& wanted) {
    if (holds_ != &wanted) {
        holds_->store();
        wanted.values = holds_->values;
        wanted.load();
        holds_ = &wanted;
    }
    return wanted;
}

void Engine::load(const riscv64::Cpu& cpu) {
    std::copy(cpu.x.begin(), cpu.x.end(), holds_->values.begin());
    holds_->values[32] = cpu.pc;
    holds_->load();
}

void Engine::store(riscv64::Cpu& cpu) {
    holds_->store();
    std::copy_n(holds_->values.begin(), 32, cpu.x.begin());
    cpu.x[0] = 0;
    cpu.pc = holds_->values[32];
}

void Engine::load_floats(const riscv64::Cpu& cpu) {
    for (int i = 0; i < 32; ++i) holds_floats_->write(UC_RISCV_REG_F0 + i, cpu.f[static_cast<std::size_t>(i)]);
    holds_floats_->write(UC_RISCV_REG_FCSR, cpu.fcsr);
}

void Engine::store_floats(riscv64::Cpu& cpu) {
    for (int i = 0; i < 32; ++i) cpu.f[static_cast<std::size_t>(i)] = holds_floats_->read(UC_RISCV_REG_F0 + i);
    cpu.fcsr = static_cast<u32>(holds_floats_->read(UC_RISCV_REG_FCSR));
}

u64 Engine::float_register(unsigned number) { return holds_floats_->read(UC_RISCV_REG_F0 + static_cast<int>(number)); }

void Engine::set_float_register(unsigned number, u64 value) {
    holds_floats_->write(UC_RISCV_REG_F0 + static_cast<int>(number), value);
}

void Engine::raise_float_flags(u32 flags) {
    holds_floats_->write(UC_RISCV_REG_FCSR, holds_floats_->read(UC_RISCV_REG_FCSR) | flags);
}

void Engine::bring_floats(Library& to) {
    if (holds_floats_ == &to) return;
    for (int id = UC_RISCV_REG_F0; id <= UC_RISCV_REG_F31; ++id) to.write(id, holds_floats_->read(id));
    to.write(UC_RISCV_REG_FCSR, holds_floats_->read(UC_RISCV_REG_FCSR));
    holds_floats_ = &to;
}

u64 Engine::pc() { return holds_->read(UC_RISCV_REG_PC); }

Engine::Exit Engine::step(u64 pc, unsigned length, bool jumps, bool floats) {
    Library& library = use(*stepper_);
    library.wear.note(pc, 0);
    library.refresh();
    if (floats) bring_floats(library);
    // The engine translates ahead of the one instruction and may stumble over what follows it; then, once more, with a
    // block that ends behind it.
    for (const bool alone : {false, true}) {
        library.exception = library.fetch_refused = false;
        u64 behind = pc + length;
        if (alone) {
            uc_ctl_remove_cache(library.uc, pc, behind);
            uc_ctl_set_exits(library.uc, &behind, 1);
        }
        const uc_err e = uc_emu_start(library.uc, pc, 0, 0, alone ? 0 : 1);
        if (alone) uc_ctl_set_exits(library.uc, &behind, 0);
        if (library.exception) return Exit::Exception;
        if (this->pc() != pc || (e == UC_ERR_OK && (jumps || alone))) return Exit::Done;
        if (e != UC_ERR_OK && !library.fetch_refused) return Exit::Refused;
    }
    return Exit::Refused;
}

Engine::Exit Engine::run(u64 pc, bool floats) {
    Library& library = use(*runner_);
    library.refresh();
    if (floats) bring_floats(library);
    library.exception = library.fetch_refused = false;
    const uc_err e = uc_emu_start(library.uc, pc, 0, 0, 0);
    if (library.exception) return Exit::Exception;
    return e == UC_ERR_OK ? Exit::Stopped : Exit::Refused;
}

void Engine::flush_tlb() { stepper_->stale = runner_->stale = true; }

void Engine::forget_code(u64 physical) {
    // The library wants a virtual address: for this one call every page is mapped to itself.
    IdentityClient identity;
    for (Library* const library : {stepper_.get(), runner_.get()}) {
        EngineClient* const client = std::exchange(library->client, &identity);
        uc_ctl_flush_tlb(library->uc);
        uc_ctl_remove_cache(library->uc, physical, physical + 4096);
        uc_ctl_flush_tlb(library->uc);
        library->client = client;
    }
}
}  // namespace ring::machine::virt
