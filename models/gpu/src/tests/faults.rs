//! A device that fails is an error, and never ends the program.

use super::model::{encode_texts, small, tensor, texts};
use super::{gpu, options, random};
use crate::clip::Clip;
use crate::error::Error;
use crate::options::Options;
use crate::precision::Precision;

#[test]
fn a_lost_device_is_an_error_now_and_later() {
    let gpu = gpu(Precision::F32);
    let device = gpu.device.clone();
    let mut clip = Clip::on(gpu, small(), &tensor).unwrap();
    let pixels = random(30, small().pixels());
    clip.encode_images(&pixels).unwrap();
    device.destroy();
    for _ in 0..2 {
        let error = clip.encode_images(&pixels).unwrap_err();
        assert!(matches!(error, Error::Lost(_)) && error.is_of_the_device(), "{error}");
        // Of another size, so that it plans anew.
        let error = encode_texts(&mut clip, &texts(3)).unwrap_err();
        assert!(matches!(error, Error::Lost(_)), "{error}");
    }
}

#[test]
fn a_device_that_is_lost_while_it_is_filled_is_an_error() {
    let gpu = gpu(Precision::F32);
    gpu.device.destroy();
    let error = Clip::on(gpu, small(), &tensor).err().unwrap();
    assert!(error.is_of_the_device(), "{error}");
}

#[test]
fn memory_that_is_not_there_is_an_error() {
    let gpu = gpu(Precision::F32);
    let size = gpu.limits.max_buffer_size / 16 * 16;
    let usage = wgpu::BufferUsages::STORAGE;
    // Memory is given out before it is used, so that many buffers cost nothing until one is refused.
    let mut held = Vec::new();
    let refused = (0..4096).find_map(|_| {
        let description = wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false };
        held.push(gpu.device.create_buffer(&description));
        gpu.check().err()
    });
    let Some(error) = refused else { return };
    assert!(matches!(error, Error::OutOfMemory(_)) && error.is_of_the_device(), "{error}");
    drop(held);
    // The fault was told once; the device is as good as before.
    let mut clip = Clip::on(gpu, small(), &tensor).unwrap();
    encode_texts(&mut clip, &texts(2)).unwrap();
}

#[test]
fn an_unknown_adapter_is_an_error_that_lists_the_known() {
    let options = Options { adapter: Some(999), ..Options::default() };
    let error = Clip::open(small(), &tensor, &options).err().unwrap();
    let known = crate::adapters();
    assert!(matches!(error, Error::UnknownAdapter { .. }), "{error}");
    assert!(known.iter().all(|adapter| error.to_string().contains(&adapter.name)));
}

#[test]
fn compiled_kernels_are_kept_and_a_damaged_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { pipeline_cache: Some(folder.path().into()), ..options(Precision::F32) };
    let files = || -> Vec<_> {
        let entries = fs_err::read_dir(folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let mut clip = Clip::open(small(), &tensor, &options).unwrap();
    let first = encode_texts(&mut clip, &texts(3)).unwrap();
    let kept = files();
    // Only Vulkan lets programs keep them.
    let Some(file) = kept.first() else { return };
    let bytes = fs_err::read(file).unwrap();
    for damage in [&bytes[..], &bytes[..bytes.len() / 2], b"no cache at all"] {
        fs_err::write(file, damage).unwrap();
        let mut clip = Clip::open(small(), &tensor, &options).unwrap();
        assert_eq!(encode_texts(&mut clip, &texts(3)).unwrap(), first);
        assert_eq!(files(), kept);
    }
}
