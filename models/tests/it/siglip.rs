//! SigLIP and SigLIP2, stage by stage, the same numbers as Hugging Face transformers (`make_siglip.py`).

use candle_core::{Device as Candle, safetensors};
use fs_err as fs;
use knytt_models::convert::{Layout, convert};
use knytt_models::{Bundle, Device, Embedding, Encoder, Error, Isa, Pending, Precision};

use crate::compare::{dot, embedded, floats, largest_difference, picture, reference, start, texts};
use crate::golden;

/// Each with a tokenizer of its own kind: unigram with f32 weights, byte pairs with f16.
const VARIANTS: [&str; 2] = ["siglip", "siglip2"];

#[test]
fn pixels_and_tokens_are_those_of_the_reference() {
    for variant in VARIANTS {
        let bundle = Bundle::open(&golden(variant)).unwrap();
        let (mut pixels, mut tokens) = (0, 0);
        for (name, expected) in reference(variant) {
            match name.split_once('/') {
                Some(("pixels", file)) => {
                    let (preprocessing, mut ours) = (bundle.preprocessing(), Vec::new());
                    preprocessing.normalise_into(&preprocessing.pixels(&picture(file)), &mut ours);
                    let worst = largest_difference(&ours, &floats(&expected));
                    assert!(worst <= 1e-4, "{variant} {name}: {worst}");
                    pixels += 1;
                }
                Some(("tokens", number)) => {
                    let text = &texts()[number.parse::<usize>().unwrap()];
                    let ours: Vec<i64> =
                        bundle.words().unwrap().ids(text).unwrap().into_iter().map(i64::from).collect();
                    assert_eq!(ours, expected.to_vec1::<i64>().unwrap(), "{variant}: {text}");
                    tokens += 1;
                }
                _ => {}
            }
        }
        assert_eq!((pixels, tokens), (3, 6), "{variant}");
    }
}

#[test]
fn embeddings_are_those_of_the_reference_on_every_instruction_set() {
    for variant in VARIANTS {
        let dir = tempfile::tempdir().unwrap();
        let converted = convert(&golden(variant), &dir.path().join("bundle")).unwrap();
        assert_eq!(converted.layout, Layout::Transformers);
        for isa in Isa::available() {
            let encoder = start(&converted.bundle, isa, Precision::F32);
            for (name, ours, theirs) in embedded(&encoder, variant, 18) {
                let (worst, cosine) =
                    (largest_difference(ours.as_slice(), &theirs), dot(ours.as_slice(), &theirs));
                assert!(worst <= 1e-4 && cosine >= 0.99999, "{variant} {isa} {name}: {worst}, {cosine}");
            }
        }
    }
}

#[test]
fn sixteen_and_eight_bits_give_nearly_the_same() {
    for variant in VARIANTS {
        for (isa, (precision, least)) in Isa::available()
            .into_iter()
            .flat_map(|isa| [(Precision::Bf16, 0.9999), (Precision::Int8, 0.99)].map(|bound| (isa, bound)))
        {
            let encoder = start(&golden(variant), isa, precision);
            for (name, ours, theirs) in embedded(&encoder, variant, 18) {
                let cosine = dot(ours.as_slice(), &theirs);
                assert!(cosine >= least, "{variant} {isa} {precision} {name}: {cosine}");
            }
        }
    }
}

#[test]
fn a_batch_gives_what_each_gives_alone() {
    for variant in VARIANTS {
        let encoder = start(&golden(variant), Isa::Portable, Precision::F32);
        let names = ["landscape.jpg", "portrait.png", "grey.jpg", "tiny.bmp", "small.gif"];
        let pictures = names.map(picture);
        let together: Vec<Pending> = pictures.iter().map(|p| encoder.submit_image(p).unwrap()).collect();
        let together: Vec<Embedding> = together.into_iter().map(|p| p.wait().unwrap()).collect();
        for (picture, batched) in pictures.iter().zip(&together) {
            let alone = encoder.embed_image(picture).unwrap();
            assert!(largest_difference(alone.as_slice(), batched.as_slice()) <= 1e-6, "{variant}");
        }
        let texts = texts();
        let together: Vec<Pending> = texts.iter().map(|t| encoder.submit_text(t).unwrap()).collect();
        let together: Vec<Embedding> = together.into_iter().map(|p| p.wait().unwrap()).collect();
        for (text, batched) in texts.iter().zip(&together) {
            let alone = encoder.embed_text(text).unwrap();
            assert!(largest_difference(alone.as_slice(), batched.as_slice()) <= 1e-6, "{variant}: {text}");
        }
    }
}

#[test]
fn case_and_for_siglip_punctuation_do_not_change_a_text() {
    for (variant, same, other) in [
        ("siglip", "Red DRESS,  (long)!", "red dress blue"),
        ("siglip2", "RED dress long", "red dress, long"),
    ] {
        let bundle = Bundle::open(&golden(variant)).unwrap();
        let ids = |text: &str| bundle.words().unwrap().ids(text).unwrap();
        assert_eq!(ids("red dress long"), ids(same), "{variant}");
        assert_ne!(ids("red dress long"), ids(other), "{variant}");
    }
    let bundle = Bundle::open(&golden("siglip")).unwrap();
    assert!(matches!(bundle.words().unwrap().ids(" ?!, "), Err(Error::EmptyText)), "nothing is left of it");
}

#[test]
fn every_tensor_is_needed_and_what_scales_scores_is_kept() {
    let tensors = safetensors::load(golden("siglip/model.safetensors"), &Candle::Cpu).unwrap();
    for name in tensors.keys().filter(|name| !name.starts_with("logit_")) {
        let dir = tempfile::tempdir().unwrap();
        for file in ["config.json", "preprocessor_config.json", "tokenizer.json"] {
            fs::copy(golden("siglip").join(file), dir.path().join(file)).unwrap();
        }
        let mut without = tensors.clone();
        without.remove(name);
        safetensors::save(&without, dir.path().join("model.safetensors")).unwrap();
        let error = convert(dir.path(), &dir.path().join("bundle")).unwrap_err().to_string();
        assert!(error.contains(name), "{name} is gone, and the error says: {error}");
        let packed = Encoder::start(Bundle::open(dir.path()).unwrap(), Device::Cpu);
        assert!(packed.err().unwrap().to_string().contains(name), "{name}");
    }
    let dir = tempfile::tempdir().unwrap();
    let bundle = convert(&golden("siglip"), &dir.path().join("bundle")).unwrap().bundle;
    let kept = safetensors::load(bundle.join("model.safetensors"), &Candle::Cpu).unwrap();
    for name in ["logit_scale", "logit_bias"] {
        assert_eq!(floats(&kept[name]), floats(&tensors[name]), "{name}");
    }
}

#[test]
fn what_a_tokenizer_writes_before_and_behind_a_text_does_not_matter() {
    // As Gemma's own file has it: it begins a text and does not end it.
    let dir = tempfile::tempdir().unwrap();
    for file in ["config.json", "preprocessor_config.json", "model.safetensors"] {
        fs::copy(golden("siglip2").join(file), dir.path().join(file)).unwrap();
    }
    let json = fs::read(golden("siglip2/tokenizer.json")).unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    json["post_processor"] = serde_json::json!({
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"<bos>": {"id": "<bos>", "ids": [2], "tokens": ["<bos>"]}}
    });
    fs::write(dir.path().join("tokenizer.json"), json.to_string()).unwrap();
    let (other, plain) = (Bundle::open(dir.path()).unwrap(), Bundle::open(&golden("siglip2")).unwrap());
    for text in texts() {
        assert_eq!(
            other.words().unwrap().ids(&text).unwrap(),
            plain.words().unwrap().ids(&text).unwrap(),
            "{text}"
        );
    }
}

#[test]
fn a_tokenizer_of_another_kind_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for file in ["config.json", "preprocessor_config.json", "model.safetensors"] {
        fs::copy(golden("siglip").join(file), dir.path().join(file)).unwrap();
    }
    fs::copy(golden("gelu/tokenizer.json"), dir.path().join("tokenizer.json")).unwrap();
    let error = Bundle::open(dir.path()).err().unwrap().to_string();
    assert!(error.contains("<eos>"), "{error}");
}
