//! Which instruction set a process computes with.

use std::sync::LazyLock;

use crate::isa::{Isa, Precision};
use crate::probe;
use crate::raw::{Plain, dispatch, peak};

/// Plain loops that [`widened`] runs.
pub trait Widened {
    /// What they give.
    type Output;

    /// The loops. Only what is `#[inline(always)]`, this function first, is compiled for other vectors.
    fn run(self) -> Self::Output;
}

/// Runs plain loops, compiled for the widest vectors that this processor has and not only for those that every processor
/// of its architecture has. Results are the same to the bit. The program holds the loops once for each instruction set,
/// so they should be short.
pub fn widened<W: Widened>(work: W) -> W::Output {
    dispatch(Isa::chosen().unwrap_or_else(|_| Isa::best()), Plain(work))
}

/// The environment variable that names the instruction set to compute with.
const VARIABLE: &str = "KNYTT_ISA";

/// `KNYTT_ISA` names an instruction set that this process cannot compute with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("KNYTT_ISA={name}: {reason}; this processor has {}", names(&Isa::available()))]
pub struct IsaError {
    /// What the variable says.
    pub name: String,
    /// Why that cannot be used.
    pub reason: &'static str,
}

impl Isa {
    /// The fastest instruction set that this processor has and whose kernels compute correctly on it. Once
    /// in a process, a small fixed probe checks products in every precision, normalisation and attention.
    /// An instruction set that fails the probe is skipped: wrong kernels raise no error, they only give
    /// other embeddings.
    ///
    /// [`Isa::Avx512Vnni`] and [`Isa::Avx512Bf16`] differ in sixteen bits alone, and processors differ in
    /// which is faster. So where these two are the choice, a measurement of a fraction of a millisecond
    /// decides.
    pub fn best() -> Self {
        static BEST: LazyLock<Isa> =
            LazyLock::new(|| with_faster_sixteen_bits(fastest_that_agrees(Isa::available())));
        *BEST
    }

    /// The instruction set that the environment variable `KNYTT_ISA` names, or [`best`](Self::best) where it
    /// is not set. With it one machine tests what another would choose. The names are those that [`Isa`]
    /// displays: `portable`, `avx2`, `avx-vnni`, `avx512`, `avx512-vnni`, `avx512-bf16`,
    /// `avx512-amx`, `neon`, `neon-dot`.
    ///
    /// # Errors
    /// [`IsaError`] if there is no such name, if this processor lacks the instructions, if the system keeps
    /// them from this process, or if they fail the probe.
    pub fn chosen() -> Result<Self, IsaError> {
        static CHOSEN: LazyLock<Result<Isa, IsaError>> = LazyLock::new(|| match std::env::var(VARIABLE) {
            Ok(name) if !name.is_empty() => named(&name),
            _ => Ok(Isa::best()),
        });
        CHOSEN.clone()
    }
}

/// The instruction set of this name, if this process can compute with it.
fn named(name: &str) -> Result<Isa, IsaError> {
    let refused = |reason| IsaError { name: name.to_owned(), reason };
    let isa = Isa::ALL.into_iter().find(|isa| isa.to_string() == name);
    let isa = isa.ok_or_else(|| refused("no instruction set has this name"))?;
    if !isa.is_available() {
        return Err(refused(isa.why_missing()));
    }
    if !probe::agrees(isa) {
        return Err(refused("these kernels compute wrong results on this processor"));
    }
    Ok(isa)
}

/// `available`: slowest first.
fn fastest_that_agrees(available: Vec<Isa>) -> Isa {
    let fastest = available.into_iter().rev().find(|isa| *isa == Isa::Portable || probe::agrees(*isa));
    fastest.unwrap_or(Isa::Portable)
}

/// With bfloat16, the same set without it if its fixed point is clearly faster.
fn with_faster_sixteen_bits(isa: Isa) -> Isa {
    let fixed = Isa::Avx512Vnni;
    if isa == Isa::Avx512Bf16
        && fixed_is_faster(peak::compare(isa, fixed, Precision::Bf16))
        && probe::agrees(fixed)
    {
        return fixed;
    }
    isa
}

/// Of rates of bfloat16 and of fixed point. A processor has `vdpbf16ps` at the rate of `vpdpwssd` or at less
/// than half of it. The bound lies between the two, so that the choice, and with it the file of packed
/// weights, is the same at each start.
fn fixed_is_faster([bf16, fixed]: [f64; 2]) -> bool {
    fixed > 1.5 * bf16
}

fn names(sets: &[Isa]) -> String {
    sets.iter().map(Isa::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Fault;

    #[test]
    fn portable_is_always_there_and_the_probe_skips_no_instruction_set_of_this_processor() {
        assert!(Isa::available().contains(&Isa::Portable));
        let last = Isa::available().pop();
        let fixed_for_bf16 = last == Some(Isa::Avx512Bf16) && Isa::best() == Isa::Avx512Vnni;
        assert!(fixed_for_bf16 || last == Some(Isa::best()), "{last:?}, {}", Isa::best());
    }

    #[test]
    fn fixed_point_takes_the_place_of_bfloat16_only_where_it_is_clearly_faster() {
        let (sapphire_rapids, zen_5) = ([107.0, 452.0], [537.0, 540.0]);
        assert!(fixed_is_faster(sapphire_rapids));
        assert!(!fixed_is_faster(zen_5) && !fixed_is_faster([500.0, 600.0]));
        let others = Isa::available().into_iter().filter(|isa| *isa != Isa::Avx512Bf16);
        others.for_each(|isa| assert_eq!(with_faster_sixteen_bits(isa), isa));
    }

    #[test]
    fn every_available_instruction_set_can_be_named() {
        for isa in Isa::available() {
            assert_eq!(named(&isa.to_string()), Ok(isa));
        }
    }

    #[test]
    fn a_name_that_cannot_be_used_is_refused_with_the_names_that_can() {
        let missing = Isa::ALL.into_iter().filter(|isa| !isa.is_available()).map(|isa| isa.to_string());
        for name in missing.chain(["avx3".into(), "AVX2".into()]) {
            let error = named(&name).unwrap_err().to_string();
            assert!(error.contains(&name) && error.contains("portable"), "{error}");
        }
    }

    #[test]
    fn a_faulty_kernel_is_skipped() {
        for fault in Fault::ALL {
            assert_eq!(fastest_that_agrees(vec![Isa::Portable, Isa::Faulty(fault)]), Isa::Portable);
        }
    }
}
