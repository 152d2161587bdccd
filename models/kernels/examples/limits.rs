//! This processor's limits: 10⁹ operations a second of one thread, on registers alone, in JSON.
//!
//!     cargo run --release -p knytt-kernels --example limits

use knytt_kernels::{Isa, IsaError, Precision, peak};

fn main() -> Result<(), IsaError> {
    let isa = Isa::chosen()?;
    let [f32, bf16, int8] =
        [Precision::F32, Precision::Bf16, Precision::Int8].map(|precision| peak::measure(isa, precision));
    println!("{{\"isa\": \"{isa}\", \"f32\": {f32:.1}, \"bf16\": {bf16:.1}, \"int8\": {int8:.1}}}");
    Ok(())
}
