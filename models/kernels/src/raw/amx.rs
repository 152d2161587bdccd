//! AMX: eight registers of a kilobyte, each a tile of up to 16 rows of 64 bytes, and an instruction that
//! multiplies two of them and adds the product to a third.
//!
//! `core::arch` has these instructions in unstable Rust alone, so they are assembly here. The compiler uses
//! no tile registers of its own: what `ldtilecfg` sets stays until [`Amx::release`].

use core::arch::asm;
use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};
use std::sync::LazyLock;

use super::avx512::with_avx512_bf16;
use super::gemm::Part;
use super::tiles::{Block, COLUMNS, Sums, TILE_ROWS, TileUnit, Tiled};
use crate::isa::Kind;

/// Whether this process may use AMX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Granted,
    /// The processor has it, but the operating system does not save its registers, or refuses them to
    /// this process.
    Refused,
    Missing,
}

/// Asks processor and system once in a process: AMX with eight bits and bfloat16.
pub(crate) fn access() -> Access {
    static ACCESS: LazyLock<Access> = LazyLock::new(|| match (is_there(), is_saved() && is_permitted()) {
        (false, _) => Access::Missing,
        (true, false) => Access::Refused,
        (true, true) => Access::Granted,
    });
    *ACCESS
}

/// Whether the processor multiplies tiles of bytes and of bfloat16, and tiles are as large as ours.
fn is_there() -> bool {
    const BF16_TILE_INT8: u32 = 1 << 22 | 1 << 24 | 1 << 25;
    if __cpuid(0).eax < 0x1d || __cpuid_count(7, 0).edx & BF16_TILE_INT8 != BF16_TILE_INT8 {
        return false;
    }
    // Palette 1: bytes of a row and number of tiles, rows.
    let palette = __cpuid_count(0x1d, 1);
    palette.ebx == 8 << 16 | 64 && palette.ecx & 0xffff == TILE_ROWS as u32
}

/// Whether the system has enabled the registers, which it does if it saves them (XCR0, bits 17 and 18).
fn is_saved() -> bool {
    const TILES: u64 = 0b11 << 17;
    // SAFETY: `is_x86_feature_detected!` says that the instruction is there.
    is_x86_feature_detected!("xsave") && has_xgetbv() && unsafe { xcr0() } & TILES == TILES
}

/// Whether the system lets programs read XCR0 (OSXSAVE).
fn has_xgetbv() -> bool {
    __cpuid(1).ecx >> 27 & 1 == 1
}

/// # Safety
/// The processor has XSAVE, and the system has enabled it.
#[target_feature(enable = "xsave")]
unsafe fn xcr0() -> u64 {
    // SAFETY: the caller's.
    unsafe { _xgetbv(0) }
}

/// Linux gives the registers to a process that asks for them; the first use by a thread then makes room to
/// save them.
#[cfg(target_os = "linux")]
fn is_permitted() -> bool {
    const ARCH_REQ_XCOMP_PERM: libc::c_long = 0x1023;
    const XTILEDATA: libc::c_long = 18;
    // SAFETY: the call takes two numbers and touches no memory of ours.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XTILEDATA) == 0 }
}

/// Windows wants to be asked, too, by a call that older versions lack. Not done yet.
#[cfg(windows)]
fn is_permitted() -> bool {
    false
}

#[cfg(not(any(windows, target_os = "linux")))]
fn is_permitted() -> bool {
    true
}

/// Proof of AMX with eight bits and bfloat16, which this process may use.
pub(super) struct Amx(());

/// Multiplies a part of a product.
///
/// # Safety
/// The processor has AVX-512 with both dot products, and [`access`] to AMX is granted.
pub(super) unsafe fn multiply(part: Part<'_>) {
    // SAFETY: the caller's.
    unsafe { with_avx512_bf16(Tiled { part, unit: Amx(()) }) }
}

/// What `ldtilecfg` reads.
#[repr(C, align(64))]
struct Configuration {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

impl Configuration {
    /// Tiles 0 and 1 are the upper sums, 2 and 3 the lower, 4 and 5 upper and lower inputs, 6 and 7 weights.
    fn new([upper, lower]: [usize; 2]) -> Self {
        let tiles = [upper, upper, lower, lower, upper, lower, TILE_ROWS, TILE_ROWS];
        let mut this =
            Self { palette: 1, start_row: 0, reserved: [0; 14], row_bytes: [0; 16], rows: [0; 16] };
        for (tile, rows) in tiles.into_iter().enumerate() {
            // A tile without rows has no columns either.
            (this.rows[tile], this.row_bytes[tile]) = (rows as u8, if rows > 0 { 64 } else { 0 });
        }
        this
    }
}

impl TileUnit for Amx {
    fn configure(&mut self, rows: [usize; 2]) {
        let configuration = Configuration::new(rows);
        // SAFETY: `self` is the proof of the instruction; it reads the 64 bytes of the configuration.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const configuration, options(nostack, readonly)) };
    }

    unsafe fn multiply(&mut self, block: &Block<'_>, sums: &mut Sums) {
        let [_, lower] = block.rows();
        let multiply = match (block.kind(), lower) {
            (Kind::Bf16, 0) => upper_bf16,
            (Kind::Bf16, _) => both_bf16,
            (_, 0) => upper_bytes,
            (_, _) => both_bytes,
        };
        // SAFETY: `self` is the proof of the instructions; `Block::new` has checked the lengths; the caller
        // has set the tiles up.
        unsafe { multiply(block, sums) };
    }

    fn release(&mut self) {
        // SAFETY: `self` is the proof of the instruction.
        unsafe { asm!("tilerelease", options(nostack, nomem, preserves_flags)) };
    }
}

/// Bytes from one row of weights or sums to the next.
const PITCH: usize = 4 * COLUMNS;

/// Bytes of a cache line, and lines that are asked for at once.
const LINE: usize = 64;
const LINES: usize = 8;

/// Times that a step asks for [`LINES`] lines, so that `next` is fetched when the block is done.
fn fetches(block: &Block<'_>) -> usize {
    (4 * block.next().len()).div_ceil(LINE * LINES).div_ceil(block.steps()).max(1)
}

/// Instructions that fetch `{fetches}` times eight lines from `{next}` on, up to `{end}`.
macro_rules! fetch {
    () => {
        "mov {left}, {fetches}
        3:
        cmp {next}, {end}
        jae 4f
        prefetcht1 [{next}]
        prefetcht1 [{next} + 64]
        prefetcht1 [{next} + 128]
        prefetcht1 [{next} + 192]
        prefetcht1 [{next} + 256]
        prefetcht1 [{next} + 320]
        prefetcht1 [{next} + 384]
        prefetcht1 [{next} + 448]
        add {next}, 512
        dec {left}
        jnz 3b
        4:"
    };
}

/// Two tiles of rows by two of columns.
macro_rules! both {
    ($name:ident, $dot:literal) => {
        /// # Safety
        /// The processor has AMX with this product; this thread's tiles are set up for the block's rows.
        unsafe fn $name(block: &Block<'_>, sums: &mut Sums) {
            let (([a, lower_a], stride), [sums, lower_sums]) = both_places(block, sums);
            let next = block.next().as_ptr_range();
            // SAFETY: a step reads 64 bytes of each row and 16 rows of both tiles of the panel, all of which
            // `Block::new` has checked to be there for all steps; sums have room for all rows.
            unsafe {
                asm!(
                    "tilezero tmm0",
                    "tilezero tmm1",
                    "tilezero tmm2",
                    "tilezero tmm3",
                    "2:",
                    "tileloadd tmm6, [{w} + {pitch}*1]",
                    "tileloadd tmm4, [{a} + {stride}*1]",
                    "tileloadd tmm7, [{w} + {pitch}*1 + 64]",
                    concat!($dot, " tmm0, tmm4, tmm6"),
                    "tileloadd tmm5, [{lower_a} + {stride}*1]",
                    concat!($dot, " tmm1, tmm4, tmm7"),
                    concat!($dot, " tmm2, tmm5, tmm6"),
                    concat!($dot, " tmm3, tmm5, tmm7"),
                    fetch!(),
                    "add {w}, 2048",
                    "add {a}, 64",
                    "add {lower_a}, 64",
                    "dec {steps}",
                    "jnz 2b",
                    "tilestored [{sums} + {pitch}*1], tmm0",
                    "tilestored [{sums} + {pitch}*1 + 64], tmm1",
                    "tilestored [{lower_sums} + {pitch}*1], tmm2",
                    "tilestored [{lower_sums} + {pitch}*1 + 64], tmm3",
                    a = inout(reg) a => _,
                    lower_a = inout(reg) lower_a => _,
                    stride = in(reg) stride,
                    w = inout(reg) block.w().as_ptr() => _,
                    pitch = in(reg) PITCH,
                    steps = inout(reg) block.steps() => _,
                    next = inout(reg) next.start => _,
                    end = in(reg) next.end,
                    fetches = in(reg) fetches(block),
                    left = out(reg) _,
                    sums = in(reg) sums,
                    lower_sums = in(reg) lower_sums,
                    out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                    out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                    options(nostack)
                );
            }
        }
    };
}

/// Where inputs and sums of the upper and the lower tile begin, and the bytes from one row of the inputs to
/// the next.
fn both_places(block: &Block<'_>, sums: &mut Sums) -> (([*const u32; 2], usize), [*mut f32; 2]) {
    let ((a, stride), [upper, _]) = (block.a(), block.rows());
    let (_, lower_sums) = sums.0.split_at_mut(upper * COLUMNS);
    let lower_sums = lower_sums.as_mut_ptr();
    (([a.as_ptr(), a[upper * stride..].as_ptr()], 4 * stride), [sums.0.as_mut_ptr(), lower_sums])
}

/// One tile of rows by two of columns.
macro_rules! upper {
    ($name:ident, $dot:literal) => {
        /// # Safety
        /// As for two tiles of rows.
        unsafe fn $name(block: &Block<'_>, sums: &mut Sums) {
            let (a, stride) = block.a();
            let next = block.next().as_ptr_range();
            // SAFETY: as for two tiles of rows.
            unsafe {
                asm!(
                    "tilezero tmm0",
                    "tilezero tmm1",
                    "2:",
                    "tileloadd tmm6, [{w} + {pitch}*1]",
                    "tileloadd tmm4, [{a} + {stride}*1]",
                    "tileloadd tmm7, [{w} + {pitch}*1 + 64]",
                    concat!($dot, " tmm0, tmm4, tmm6"),
                    concat!($dot, " tmm1, tmm4, tmm7"),
                    fetch!(),
                    "add {w}, 2048",
                    "add {a}, 64",
                    "dec {steps}",
                    "jnz 2b",
                    "tilestored [{sums} + {pitch}*1], tmm0",
                    "tilestored [{sums} + {pitch}*1 + 64], tmm1",
                    a = inout(reg) a.as_ptr() => _,
                    stride = in(reg) 4 * stride,
                    w = inout(reg) block.w().as_ptr() => _,
                    pitch = in(reg) PITCH,
                    steps = inout(reg) block.steps() => _,
                    next = inout(reg) next.start => _,
                    end = in(reg) next.end,
                    fetches = in(reg) fetches(block),
                    left = out(reg) _,
                    sums = in(reg) sums.0.as_mut_ptr(),
                    out("tmm0") _, out("tmm1") _, out("tmm4") _, out("tmm6") _, out("tmm7") _,
                    options(nostack)
                );
            }
        }
    };
}

both!(both_bytes, "tdpbusd");
both!(both_bf16, "tdpbf16ps");
upper!(upper_bytes, "tdpbusd");
upper!(upper_bf16, "tdpbf16ps");

/// Four products of whole tiles in a step and nothing else. Returns the products of two values that were
/// summed.
///
/// # Safety
/// [`access`] to AMX is granted.
pub(super) unsafe fn spin(kind: Kind, steps: usize) -> usize {
    let mut amx = Amx(());
    amx.configure([TILE_ROWS; 2]);
    let spin: unsafe fn(usize) = if kind == Kind::Bf16 { spin_bf16 } else { spin_bytes };
    // SAFETY: the caller's; the tiles are set up.
    unsafe { spin(steps) };
    amx.release();
    steps * 4 * TILE_ROWS.pow(3) * kind.per_word()
}

macro_rules! spin {
    ($name:ident, $dot:literal) => {
        /// # Safety
        /// The processor has AMX with this product, and all tiles are set up.
        unsafe fn $name(steps: usize) {
            // SAFETY: touches tiles alone.
            unsafe {
                asm!(
                    "2:",
                    concat!($dot, " tmm0, tmm4, tmm6"),
                    concat!($dot, " tmm1, tmm4, tmm7"),
                    concat!($dot, " tmm2, tmm5, tmm6"),
                    concat!($dot, " tmm3, tmm5, tmm7"),
                    "dec {steps}",
                    "jnz 2b",
                    steps = inout(reg) steps => _,
                    out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                    options(nostack, nomem)
                );
            }
        }
    };
}

spin!(spin_bytes, "tdpbusd");
spin!(spin_bf16, "tdpbf16ps");
