#include "engine.hpp"

#include <unicorn/unicorn.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "code_room.hpp"

namespace ring::machine {
static_assert(UC_API_MAJOR == 2 && UC_API_MINOR >= 1, "Unicorn 2.1 or newer: older ones have no virtual TLB");

namespace {
constexpr std::array general_ids = {UC_X86_REG_RAX, UC_X86_REG_RCX,    UC_X86_REG_RDX,     UC_X86_REG_RBX,
                                    UC_X86_REG_RSP, UC_X86_REG_RBP,    UC_X86_REG_RSI,     UC_X86_REG_RDI,
                                    UC_X86_REG_R8,  UC_X86_REG_R9,     UC_X86_REG_R10,     UC_X86_REG_R11,
                                    UC_X86_REG_R12, UC_X86_REG_R13,    UC_X86_REG_R14,     UC_X86_REG_R15,
                                    UC_X86_REG_RIP, UC_X86_REG_RFLAGS, UC_X86_REG_FS_BASE, UC_X86_REG_GS_BASE};
constexpr std::size_t rip_slot = 16, flags_slot = 17, fs_slot = 18, gs_slot = 19;
constexpr u64 trap_flag = 0x100;
constexpr u64 scratch_code =
    0x1000;  // where the few bytes lie that bring the engine to CPL 3, before any guest is loaded
}  // namespace

struct Engine::Library {
    uc_engine* uc = nullptr;
    uc_context* pristine64 = nullptr;
    uc_context* pristine32 = nullptr;
    EngineClient* client = nullptr;
    bool bits64 = false;
    bool stepping = false;
    bool trap_set = false;  // TF in the engine's own flags
    CodeWear wear;
    // What the hooks saw since the engine was started.
    int interrupt = -1;
    bool invalid = false;
    std::array<u64, general_ids.size()> values{};
    std::array<void*, general_ids.size()> slots{};
    std::array<int, general_ids.size()> ids{};

    Library() {
        for (std::size_t i = 0; i < general_ids.size(); ++i) {
            slots[i] = &values[i];
            ids[i] = general_ids[i];
        }
    }
    ~Library() {
        if (pristine64) uc_context_free(pristine64);
        if (pristine32) uc_context_free(pristine32);
        if (uc) uc_close(uc);
    }
    void write(int id, u64 value) { uc_reg_write(uc, id, &value); }
    u64 read(int id) const {
        u64 value = 0;
        uc_reg_read(uc, id, &value);
        return value;
    }

    static bool on_fill(uc_engine*, u64 address, uc_mem_type type, uc_tlb_entry* entry, void* self) {
        const auto access = type == UC_MEM_FETCH   ? x86_64::Access::Execute
                            : type == UC_MEM_WRITE ? x86_64::Access::Write
                                                   : x86_64::Access::Read;
        EngineClient::Page page;
        if (!static_cast<Library*>(self)->client->fill(address & ~u64{4095}, access, page)) return false;
        entry->paddr = page.physical;
        entry->perms = static_cast<uc_prot>(UC_PROT_READ | (page.writable ? UC_PROT_WRITE : 0) |
                                            (page.executable ? UC_PROT_EXEC : 0));
        return true;
    }
    static void on_interrupt(uc_engine* uc, u32 number, void* self) {
        static_cast<Library*>(self)->interrupt = static_cast<int>(number);
        uc_emu_stop(uc);
    }
    static bool on_invalid(uc_engine*, void* self) {
        static_cast<Library*>(self)->invalid = true;
        return false;
    }
    static void on_block(uc_engine* uc, u64 address, u32 size, void* self) {
        auto* const library = static_cast<Library*>(self);
        if (!library->stepping && !library->client->enter_block(address, size)) uc_emu_stop(uc);
    }

    // Brings a fresh engine to CPL 3 twice, once into 64-bit and once into 32-bit code, and keeps both contexts.
    uc_err make_pristine(std::span<u8> ram) {
        const u64 cr4 = 0x600;  // OSFXSR and OSXMMEXCPT: SSE is the core's to forbid
        uc_reg_write(uc, UC_X86_REG_CR4, &cr4);
        uc_x86_msr efer{0xc0000080, 0x501}, star{0xc0000081, u64{0x10} << 48};
        uc_reg_write(uc, UC_X86_REG_MSR, &efer);
        uc_reg_write(uc, UC_X86_REG_MSR, &star);
        uc_context* ring0 = nullptr;
        for (uc_context** context : {&pristine64, &pristine32, &ring0})
            if (const uc_err e = uc_context_alloc(uc, context)) return e;
        uc_context_save(uc, ring0);
        const u8 code[] = {0x48, 0x0f, 0x07, 0x90, 0x0f, 0x07};  // sysretq; nop; sysretl
        const std::span<u8> place = ram.subspan(scratch_code, 0x200);
        Bytes kept(place.begin(), place.end());
        std::copy(std::begin(code), std::end(code), place.begin());
        place[0x100] = 0x90;
        const auto enter = [&](u64 offset, uc_context* into) {
            write(UC_X86_REG_RCX, scratch_code + 0x100);
            write(UC_X86_REG_R11, 2);
            const uc_err e = uc_emu_start(uc, scratch_code + offset, 0, 0, 1);
            write(UC_X86_REG_RCX, 0);
            write(UC_X86_REG_R11, 0);
            uc_context_save(uc, into);
            return e;
        };
        uc_err e = enter(0, pristine64);
        uc_context_restore(uc, ring0);
        if (!e) e = enter(4, pristine32);
        uc_context_free(ring0);
        std::copy(kept.begin(), kept.end(), place.begin());
        uc_ctl_remove_cache(uc, scratch_code, scratch_code + place.size());
        uc_ctl_flush_tlb(uc);
        return e;
    }
};

namespace {
// While the engine makes its pristine contexts, before the client's page tables mean anything.
struct IdentityClient final : EngineClient {
    bool fill(u64 page, x86_64::Access, Page& out) override {
        out = {page, true, true};
        return true;
    }
    bool enter_block(u64, u32) override { return true; }
};
}  // namespace

Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::create(std::span<u8> ram, EngineClient& client) {
    std::unique_ptr<Engine> engine(new Engine);
    engine->ram_ = ram;
    engine->client_ = &client;
    if (const Status opened = engine->renew(); !opened) return opened.error();
    return engine;
}

bool Engine::worn() const { return library_->wear.worn(); }
void Engine::note_block(u64 address, u32 size) { library_->wear.note(address, size); }

Status Engine::renew() {
    std::unique_ptr<Library> old = std::exchange(library_, std::make_unique<Library>());
    const Status opened = open();
    if (!opened) library_ = std::move(old);
    return opened;
}

Status Engine::open() {
    Library& library = *library_;
    IdentityClient identity;
    library.client = &identity;
    library.stepping = true;
    const auto failed = [](const char* what, uc_err e) {
        return error("the execution engine: {}: {}", what, uc_strerror(e));
    };
    if (const uc_err e = uc_open(UC_ARCH_X86, UC_MODE_64, &library.uc)) return failed("opening", e);
    if (const uc_err e = give_code_room(library.uc)) return failed("code buffer", e);
    if (const uc_err e = uc_mem_map_ptr(library.uc, 0, ram_.size(), UC_PROT_ALL, ram_.data()))
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
    if (const uc_err e = library.make_pristine(ram_)) return failed("entering ring 3", e);
    if (const uc_err e = add(UC_HOOK_BLOCK, reinterpret_cast<void*>(&Library::on_block)))
        return failed("block hook", e);
    for (uc_context* const context : {library.pristine32, library.pristine64}) {  // with the FPU as a new Cpu has it
        uc_context_restore(library.uc, context);
        load_fpu(x86_64::Fpu{});
        uc_context_save(library.uc, context);
    }
    library.bits64 = true;
    library.client = client_;
    return Ok{};
}

void Engine::load(const x86_64::Cpu& cpu) {
    Library& library = *library_;
    const bool bits64 = cpu.code64();
    if (bits64 != library.bits64) {
        x86_64::Fpu fpu;  // the context carries the FPU's state away: keep it
        store_fpu(fpu);
        uc_context_restore(library.uc, bits64 ? library.pristine64 : library.pristine32);
        library.bits64 = bits64;
        load_fpu(fpu);
        uc_ctl_flush_tlb(library.uc);
    }
    std::copy(cpu.gpr.begin(), cpu.gpr.end(), library.values.begin());
    library.values[rip_slot] = cpu.rip;
    library.values[flags_slot] = (cpu.rflags & owned_flags) | 2;
    library.values[fs_slot] = cpu.segment[x86_64::FS].base;
    library.values[gs_slot] = cpu.segment[x86_64::GS].base;
    library.trap_set = false;
    uc_reg_write_batch(library.uc, library.ids.data(), library.slots.data(), static_cast<int>(library.ids.size()));
}

void Engine::store(x86_64::Cpu& cpu) {
    Library& library = *library_;
    uc_reg_read_batch(library.uc, library.ids.data(), library.slots.data(), static_cast<int>(library.ids.size()));
    std::copy_n(library.values.begin(), 16, cpu.gpr.begin());
    cpu.rip = library.values[rip_slot];
    cpu.rflags = (cpu.rflags & ~owned_flags) | (library.values[flags_slot] & owned_flags) | 2;
}

u64 Engine::rip() { return library_->read(UC_X86_REG_RIP); }
u64 Engine::rcx() { return library_->read(UC_X86_REG_RCX); }

void Engine::load_fpu(const x86_64::Fpu& fpu) {
    uc_engine* const uc = library_->uc;
    for (int i = 0; i < 16; ++i) uc_reg_write(uc, UC_X86_REG_XMM0 + i, fpu.xmm[i].data());
    u32 mxcsr = fpu.mxcsr;
    uc_reg_write(uc, UC_X86_REG_MXCSR, &mxcsr);
    u16 control = fpu.control, status = fpu.status, tag = fpu.tag;
    uc_reg_write(uc, UC_X86_REG_FPCW, &control);
    uc_reg_write(uc, UC_X86_REG_FPSW, &status);
    uc_reg_write(uc, UC_X86_REG_FPTAG, &tag);
    for (int i = 0; i < 8; ++i) uc_reg_write(uc, UC_X86_REG_FP0 + i, fpu.st[i].data());
}

void Engine::store_fpu(x86_64::Fpu& fpu) {
    uc_engine* const uc = library_->uc;
    for (int i = 0; i < 16; ++i) uc_reg_read(uc, UC_X86_REG_XMM0 + i, fpu.xmm[i].data());
    uc_reg_read(uc, UC_X86_REG_MXCSR, &fpu.mxcsr);
    uc_reg_read(uc, UC_X86_REG_FPCW, &fpu.control);
    uc_reg_read(uc, UC_X86_REG_FPSW, &fpu.status);
    uc_reg_read(uc, UC_X86_REG_FPTAG, &fpu.tag);
    for (int i = 0; i < 8; ++i) {
        fpu.st[i] = {};
        uc_reg_read(uc, UC_X86_REG_FP0 + i, fpu.st[i].data());
    }
}

Engine::Exit Engine::step(u64 rip) {
    Library& library = *library_;
    if (!library.trap_set) {
        library.write(UC_X86_REG_RFLAGS, library.read(UC_X86_REG_RFLAGS) | trap_flag);
        library.trap_set = true;
    }
    library.wear.note(rip, 0);
    library.stepping = true;
    library.interrupt = -1;
    library.invalid = false;
    const uc_err e = uc_emu_start(library.uc, rip, 0, 0, 0);
    if (library.interrupt == 1) return Exit::Done;
    if (library.invalid || e == UC_ERR_INSN_INVALID) return Exit::Invalid;
    if (library.interrupt >= 0) {
        vector_ = static_cast<u8>(library.interrupt);
        return Exit::Exception;
    }
    return Exit::Refused;
}

Engine::Exit Engine::run(u64 rip) {
    Library& library = *library_;
    if (library.trap_set) {
        library.write(UC_X86_REG_RFLAGS, library.read(UC_X86_REG_RFLAGS) & ~trap_flag);
        library.trap_set = false;
    }
    library.stepping = false;
    library.interrupt = -1;
    library.invalid = false;
    const uc_err e = uc_emu_start(library.uc, rip, 0, 0, 0);
    if (library.invalid || e == UC_ERR_INSN_INVALID) return Exit::Invalid;
    if (library.interrupt >= 0) {
        vector_ = static_cast<u8>(library.interrupt);
        return Exit::Exception;
    }
    return e == UC_ERR_OK ? Exit::Stopped : Exit::Refused;
}

void Engine::flush_tlb() { uc_ctl_flush_tlb(library_->uc); }

void Engine::forget_code(u32 physical_page) {
    // The library wants a linear address: for this one call every page is mapped to itself. (Forgetting all code
    // instead would clear the whole buffer, a thousand times slower.)
    Library& library = *library_;
    IdentityClient identity;
    EngineClient* const client = std::exchange(library.client, &identity);
    const u64 first = u64{physical_page} * 4096;
    uc_ctl_flush_tlb(library.uc);
    uc_ctl_remove_cache(library.uc, first, first + 4096);
    uc_ctl_flush_tlb(library.uc);
    library.client = client;
}

void Engine::recover() {
    Library& library = *library_;
    uc_context_restore(library.uc, library.bits64 ? library.pristine64 : library.pristine32);
    library.trap_set = false;
}
}  // namespace ring::machine
