#include "engine.hpp"

#include <unicorn/unicorn.h>

#include <algorithm>
#include <array>
#include <utility>

namespace ring::machine::virt {
static_assert(UC_API_MAJOR == 2 && UC_API_MINOR >= 1, "Unicorn 2.1 or newer: older ones have no virtual TLB");

struct Engine::Library {
    static constexpr std::size_t count = 33;  // x0 to x31, pc
    uc_engine* uc = nullptr;
    EngineClient* client = nullptr;
    bool stepping = false;
    // What the hooks saw since the engine was started.
    bool exception = false, fetch_refused = false;
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
    static void on_block(uc_engine* uc, u64 address, u32 size, void* self) {
        auto* const library = static_cast<Library*>(self);
        if (!library->stepping && !library->client->enter_block(address, size)) uc_emu_stop(uc);
    }

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
    bool enter_block(u64, u32) override { return true; }
};
}  // namespace

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::create(std::span<u8> ram, u64 base, EngineClient& client) {
    std::unique_ptr<Engine> engine(new Engine);
    engine->library_ = std::make_unique<Library>();
    Library& library = *engine->library_;
    IdentityClient identity;
    library.client = &identity;
    library.stepping = true;
    const auto failed = [](const char* what, uc_err e) {
        return error("the execution engine: {}: {}", what, uc_strerror(e));
    };
    if (const uc_err e = uc_open(UC_ARCH_RISCV, UC_MODE_RISCV64, &library.uc)) return failed("opening", e);
    // The engine clears this buffer whenever it forgets all code: 32 MiB hold some 50,000 blocks.
    if (const uc_err e = uc_ctl_set_tcg_buffer_size(library.uc, 32u << 20)) return failed("code buffer", e);
    if (const uc_err e = uc_mem_map_ptr(library.uc, base, ram.size(), UC_PROT_ALL, ram.data()))
        return failed("mapping RAM", e);
    if (const uc_err e = uc_ctl_exits_enable(library.uc)) return failed("exits", e);
    if (const uc_err e = uc_ctl_tlb_mode(library.uc, UC_TLB_VIRTUAL)) return failed("virtual TLB", e);
    uc_hook hook;
    const auto add = [&](int type, void* callback) {
        return uc_hook_add(library.uc, &hook, type, callback, &library, 1, 0);
    };
    if (const uc_err e = add(UC_HOOK_TLB_FILL, reinterpret_cast<void*>(&Library::on_fill)))
        return failed("TLB hook", e);
    if (const uc_err e = add(UC_HOOK_INTR, reinterpret_cast<void*>(&Library::on_interrupt)))
        return failed("interrupt hook", e);
    if (const uc_err e = add(UC_HOOK_INSN_INVALID, reinterpret_cast<void*>(&Library::on_invalid)))
        return failed("invalid hook", e);
    if (const uc_err e = library.enter_user(ram, base)) return failed("entering U-mode", e);
    if (const uc_err e = add(UC_HOOK_BLOCK, reinterpret_cast<void*>(&Library::on_block)))
        return failed("block hook", e);
    library.client = &client;
    return engine;
}

void Engine::load(const riscv64::Cpu& cpu) {
    Library& library = *library_;
    std::copy(cpu.x.begin(), cpu.x.end(), library.values.begin());
    library.values[32] = cpu.pc;
    uc_reg_write_batch(library.uc, library.ids.data(), library.slots.data(), static_cast<int>(Library::count));
}

void Engine::store(riscv64::Cpu& cpu) {
    Library& library = *library_;
    uc_reg_read_batch(library.uc, library.ids.data(), library.slots.data(), static_cast<int>(Library::count));
    std::copy_n(library.values.begin(), 32, cpu.x.begin());
    cpu.x[0] = 0;
    cpu.pc = library.values[32];
}

void Engine::load_floats(const riscv64::Cpu& cpu) {
    for (int i = 0; i < 32; ++i) library_->write(UC_RISCV_REG_F0 + i, cpu.f[static_cast<std::size_t>(i)]);
    library_->write(UC_RISCV_REG_FCSR, cpu.fcsr);
}

void Engine::store_floats(riscv64::Cpu& cpu) {
    for (int i = 0; i < 32; ++i) cpu.f[static_cast<std::size_t>(i)] = library_->read(UC_RISCV_REG_F0 + i);
    cpu.fcsr = static_cast<u32>(library_->read(UC_RISCV_REG_FCSR));
}

u64 Engine::pc() { return library_->read(UC_RISCV_REG_PC); }

Engine::Exit Engine::step(u64 pc, unsigned length, bool jumps) {
    Library& library = *library_;
    library.stepping = true;
    // The engine translates ahead of the one instruction and may stumble over what follows it; then, once more, with a
    // block that ends behind it.
    for (bool alone : {false, true}) {
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

Engine::Exit Engine::run(u64 pc) {
    Library& library = *library_;
    library.stepping = false;
    library.exception = library.fetch_refused = false;
    const uc_err e = uc_emu_start(library.uc, pc, 0, 0, 0);
    if (library.exception) return Exit::Exception;
    return e == UC_ERR_OK ? Exit::Stopped : Exit::Refused;
}

void Engine::flush_tlb() { uc_ctl_flush_tlb(library_->uc); }

void Engine::forget_code(u64 physical) {
    // The library wants a virtual address: for this one call every page is mapped to itself.
    Library& library = *library_;
    IdentityClient identity;
    EngineClient* const client = std::exchange(library.client, &identity);
    uc_ctl_flush_tlb(library.uc);
    uc_ctl_remove_cache(library.uc, physical, physical + 4096);
    uc_ctl_flush_tlb(library.uc);
    library.client = client;
}
}  // namespace ring::machine::virt
