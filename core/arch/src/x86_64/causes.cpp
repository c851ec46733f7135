// SDM Vol. 3A Table 6-1 "Protected-Mode Exceptions and Interrupts"; the titles are those of 6.15 "Exception and
// Interrupt Reference". Vectors 9, 15 and 22 to 31 are reserved or not raised by our CPU.
#include "x86_64/architecture.hpp"

namespace ring::x86_64 {
namespace {
#define REFERENCE(title) "SDM Vol. 3A 6.15, " title
constexpr arch::Cause causes[] = {
    {0, "#DE", "Divide Error", false, REFERENCE("Interrupt 0—Divide Error Exception (#DE)")},
    {1, "#DB", "Debug Exception", false, REFERENCE("Interrupt 1—Debug Exception (#DB)")},
    {2, "NMI", "Nonmaskable Interrupt", false, REFERENCE("Interrupt 2—NMI Interrupt")},
    {3, "#BP", "Breakpoint", false, REFERENCE("Interrupt 3—Breakpoint Exception (#BP)")},
    {4, "#OF", "Overflow", false, REFERENCE("Interrupt 4—Overflow Exception (#OF)")},
    {5, "#BR", "BOUND Range Exceeded", false, REFERENCE("Interrupt 5—BOUND Range Exceeded Exception (#BR)")},
    {6, "#UD", "Invalid Opcode", false, REFERENCE("Interrupt 6—Invalid Opcode Exception (#UD)")},
    {7, "#NM", "Device Not Available", false, REFERENCE("Interrupt 7—Device Not Available Exception (#NM)")},
    {8, "#DF", "Double Fault", true, REFERENCE("Interrupt 8—Double Fault Exception (#DF)")},
    {10, "#TS", "Invalid TSS", true, REFERENCE("Interrupt 10—Invalid TSS Exception (#TS)")},
    {11, "#NP", "Segment Not Present", true, REFERENCE("Interrupt 11—Segment Not Present (#NP)")},
    {12, "#SS", "Stack-Segment Fault", true, REFERENCE("Interrupt 12—Stack Fault Exception (#SS)")},
    {13, "#GP", "General Protection", true, REFERENCE("Interrupt 13—General Protection Exception (#GP)")},
    {14, "#PF", "Page Fault", true, REFERENCE("Interrupt 14—Page-Fault Exception (#PF)")},
    {16, "#MF", "x87 FPU Floating-Point Error", false, REFERENCE("Interrupt 16—x87 FPU Floating-Point Error (#MF)")},
    {17, "#AC", "Alignment Check", true, REFERENCE("Interrupt 17—Alignment Check Exception (#AC)")},
    {18, "#MC", "Machine Check", false, REFERENCE("Interrupt 18—Machine-Check Exception (#MC)")},
    {19, "#XM", "SIMD Floating-Point Exception", false, REFERENCE("Interrupt 19—SIMD Floating-Point Exception (#XM)")},
};
#undef REFERENCE
}  // namespace

std::span<const arch::Cause> cause_table() { return causes; }
}  // namespace ring::x86_64
