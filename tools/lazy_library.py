#!/usr/bin/env python3
"""tools/lazy_library.py LIBRARY OUT.S: the functions of a shared C library as jumps that look themselves up.

A program linked with OUT.S in the library's place loads it, and all that it needs, when it first calls one of its
functions (src/base/lazy_library.hh), and not before main. Each function is a jump through its slot; an empty slot goes
by way of the library's resolver, which keeps the arguments and asks taut_lazy_resolve for the address. x86-64, System V
calling convention. Data of the library cannot be had this way: the linker says so.
"""
import re
import subprocess
import sys

KEPT = ["rax", "rdi", "rsi", "rdx", "rcx", "r8", "r9", "r10"]  # rax counts the vector registers of a variadic call
VECTORS = 8


def soname(library):
    found = re.search(r"SONAME\s+(\S+)", subprocess.check_output(["objdump", "-p", library], text=True))
    if not found:
        raise SystemExit(f"lazy_library: {library} has no SONAME")
    return found.group(1)


def functions(library):
    """Names of the functions, each once; versions kept for older programs (one @) are left out."""
    names = {}
    for line in subprocess.check_output(["nm", "-D", "--defined-only", library], text=True).splitlines():
        _, kind, name = line.split(maxsplit=2)
        if kind in "TWi" and not re.search(r"[^@]@[^@]", name) and name not in ("_init", "_fini"):
            names[name.split("@")[0]] = None
    return list(names)


def trampoline(index, name):
    return f"""  .globl {name}
  .hidden {name}
  .type {name}, @function
{name}:
  movq slots+{8 * index}(%rip), %r11
  testq %r11, %r11
  je 1f
  jmp *%r11
1: pushq ${index}
  jmp resolve
  .size {name}, .-{name}
"""


def resolver():
    """In: the index on the stack, above the return address of the caller. Jumps to the function as it was called."""
    room = 16 * VECTORS  # the stack stays at a multiple of 16: return address, index, eight registers, this
    push = "".join(f"  pushq %{register}\n" for register in KEPT)
    pop = "".join(f"  popq %{register}\n" for register in reversed(KEPT))
    store = "".join(f"  movups %xmm{i}, {16 * i}(%rsp)\n" for i in range(VECTORS))
    load = "".join(f"  movups {16 * i}(%rsp), %xmm{i}\n" for i in range(VECTORS))
    return f"""resolve:
{push}  subq ${room}, %rsp
{store}  leaq soname(%rip), %rdi
  leaq names(%rip), %rsi
  leaq slots(%rip), %rdx
  movq {room + 8 * len(KEPT)}(%rsp), %rcx
  call taut_lazy_resolve
  movq %rax, %r11
{load}  addq ${room}, %rsp
{pop}  addq $8, %rsp
  jmp *%r11
"""


def main():
    library, out = sys.argv[1:]
    names = functions(library)
    with open(out, "w") as file:
        file.write("  .text\n")
        for index, name in enumerate(names):
            file.write(trampoline(index, name))
        file.write(resolver())
        # Offsets, not addresses: nothing of this is to be relocated when the program starts.
        file.write(f'  .section .rodata\nsoname: .asciz "{soname(library)}"\n  .balign 4\nnames:\n')
        for index in range(len(names)):
            file.write(f"  .long name{index}-names\n")
        for index, name in enumerate(names):
            file.write(f'name{index}: .asciz "{name}"\n')
        file.write(f'  .local slots\n  .comm slots, {8 * len(names)}, 8\n  .section .note.GNU-stack,"",@progbits\n')


main()
