//! Looks for CUDA's libraries before Candle needs them: its crate for CUDA panics where one is missing.
#![allow(unsafe_code)] // A library that is loaded at run time starts itself, and is called through a pointer.

use std::ffi::c_int;

use libloading::Library;

use super::problem::{Problem, Version};

/// Names of the driver's library, by system.
const DRIVER: [&str; 3] = ["libcuda.so.1", "libcuda.so", "nvcuda.dll"];

/// Names of the other libraries that Candle loads, newest first, as cudarc asks for them.
const OTHERS: [(&str, [&str; 5]); 2] = [
    ("cuBLAS", ["libcublas.so", "libcublas.so.13", "libcublas.so.12", "cublas64_13.dll", "cublas64_12.dll"]),
    ("cuRAND", ["libcurand.so", "libcurand.so.10", "libcurand.so.1", "curand64_10.dll", "curand64.dll"]),
];

/// Sees that all of it is here, and new enough for a program that was compiled with version `needs`.
pub(super) fn look(needs: Version) -> Result<(), Problem> {
    let driver = load(&DRIVER).ok_or(Problem::NoDriver)?;
    let has = version(&driver).ok_or(Problem::OlderDriver)?;
    if has < needs {
        return Err(Problem::OldDriver { has, needs });
    }
    // A library that was loaded stays, because Candle asks for it next.
    std::mem::forget(driver);
    for (name, files) in OTHERS {
        std::mem::forget(load(&files).ok_or(Problem::NoLibrary { name, needs })?);
    }
    Ok(())
}

fn load(names: &[&str]) -> Option<Library> {
    // SAFETY: these are the libraries that Candle loads itself; their start-up code is NVIDIA's.
    names.iter().find_map(|name| unsafe { Library::new(*name) }.ok())
}

/// What `cuDriverGetVersion` says.
fn version(driver: &Library) -> Option<Version> {
    let mut version: c_int = 0;
    // SAFETY: every version of the driver has this function with this type. It writes one number to where the pointer
    // shows, and needs no start of the driver before.
    let status = unsafe {
        let get = driver.get::<unsafe extern "C" fn(*mut c_int) -> c_int>(b"cuDriverGetVersion\0").ok()?;
        get(&raw mut version)
    };
    (status == 0).then_some(Version(version.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newer than any driver: what is looked for first is missing or too old, whatever this machine has.
    const NEVER: Version = Version(u32::MAX);

    #[test]
    fn a_driver_that_is_missing_or_too_old_is_said_and_no_panic() {
        match (load(&DRIVER), look(NEVER)) {
            (None, Err(Problem::NoDriver)) => {}
            (Some(driver), Err(Problem::OldDriver { has, needs: NEVER })) => {
                assert_eq!(version(&driver), Some(has));
            }
            (driver, found) => panic!("a driver: {}, {found:?}", driver.is_some()),
        }
    }

    #[test]
    fn names_of_no_library_load_nothing() {
        assert!(load(&["libknytt-is-no-library.so.1", "knytt-is-no-library.dll"]).is_none());
    }
}
