// A cat2 for the RISC-V kernel from another compiler than the kernel's: rustc. What is foreign about it: its entry is not
// its first byte, compressed instructions, no symbols, and segments that share a page (cat2.ld).
//
// cat2_rust.elf beside it was made by rustc 1.63 and ld.lld 14 (Debian's packages rustc, rust-src and lld). rustc comes with
// no library for this target, so first:
//
//   export RUSTC_BOOTSTRAP=1
//   flags="--edition=2021 --target riscv64imac-unknown-none-elf -C opt-level=z -C panic=abort"
//   rustc $flags --crate-type rlib -C embed-bitcode=yes --crate-name core --remap-path-prefix=/usr/src=usr/src \
//       /usr/src/rustc-1.63.0/library/core/src/lib.rs
//   echo '#![feature(no_core, compiler_builtins)] #![no_core] #![compiler_builtins]' > empty.rs
//   rustc $flags --crate-type rlib -C embed-bitcode=yes --crate-name compiler_builtins empty.rs
//   rustc $flags -C lto -C codegen-units=1 -C strip=symbols -C linker=ld.lld -C link-arg=-Tcat2.ld \
//       -C link-arg=--build-id=none -L . --extern core=libcore.rlib --extern compiler_builtins=libcompiler_builtins.rlib \
//       -o cat2_rust.elf cat2.rs
#![no_std]
#![no_main]

use core::arch::asm;
use core::panic::PanicInfo;

const WRITE: usize = 1;
const EXIT: usize = 2;
const FILE_READ: usize = 4;

static mut CALLS: usize = 7; // data with a value, so that there is a segment that can be written

fn call(number: usize, a: [usize; 4]) -> isize {
    let answer: isize;
    unsafe {
        CALLS += 1;
        asm!("ecall", in("a7") number, inlateout("a0") a[0] => answer, in("a1") a[1], in("a2") a[2], in("a3") a[3]);
    }
    answer
}

fn write(descriptor: usize, text: &[u8]) {
    call(WRITE, [descriptor, text.as_ptr() as usize, text.len(), 0]);
}

fn exit(code: usize) -> ! {
    call(EXIT, [code, 0, 0, 0]);
    loop {}
}

fn argument(argv: *const *const u8, index: usize) -> &'static [u8] {
    unsafe {
        let text = *argv.add(index);
        let mut length = 0;
        while *text.add(length) != 0 {
            length += 1;
        }
        core::slice::from_raw_parts(text, length)
    }
}

// Before _start in the file, and not inlined into it: the entry is behind it.
#[inline(never)]
#[link_section = ".text.before"]
fn show(path: &[u8]) -> usize {
    let mut buffer = [0u8; 4096];
    let length = call(FILE_READ, [path.as_ptr() as usize, path.len(), buffer.as_mut_ptr() as usize, buffer.len()]);
    if length < 0 {
        write(2, b"Error reading file\n");
        return 1;
    }
    let contents = &buffer[..length as usize];
    write(1, contents);
    write(1, contents);
    0
}

#[no_mangle]
pub extern "C" fn _start(argc: usize, argv: *const *const u8) -> ! {
    if argc < 2 {
        write(1, b"Usage: cat2 <file>\n");
        exit(1);
    }
    exit(show(argument(argv, 1)))
}

#[panic_handler]
fn panic(info: &PanicInfo) -> ! {
    write(2, b"PANIC at ");
    if let Some(location) = info.location() {
        write(2, location.file().as_bytes());
    }
    write(2, b"\n");
    exit(1)
}

#[no_mangle]
pub unsafe extern "C" fn memset(to: *mut u8, byte: i32, size: usize) -> *mut u8 {
    for i in 0..size {
        to.add(i).write_volatile(byte as u8);
    }
    to
}
