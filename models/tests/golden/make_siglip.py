"""Makes the golden files of SigLIP and SigLIP2 that `models/tests/it/siglip.rs` compares with.

The reference is Hugging Face transformers with random weights: small models as `SiglipModel` saves them, with small
tokenizers of the same kinds as the published ones (SentencePiece's unigram model; Gemma's byte pairs). Neither
`tokenizer.json` changes its text first: cases and punctuation are the reference's own work, and the library's.
`--full DIR` writes SigLIP in a true shape with random weights, for `models/examples/true_shape.rs` and benchmarks.

    .venv/bin/pip install -r models/tests/golden/requirements.txt
    .venv/bin/pip install sentencepiece==0.2.3 protobuf==7.36.2
    .venv/bin/python models/tests/golden/make_siglip.py
    .venv/bin/python models/tests/golden/make_siglip.py --full target/siglip-base
"""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import sentencepiece
import torch
from make_golden import CORPUS, upright_rgb
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import SiglipConfig, SiglipImageProcessorPil, SiglipModel, SiglipTokenizer
from transformers.convert_slow_tokenizer import T5Converter

HERE = Path(__file__).parent
CONTEXT = 64
# Of patches of 14 pixels; and of 8, which leaves four pixels over, as so400m's 384 pixels leave six.
SIDES = {"siglip": 56, "siglip2": 60}
TEXTS = json.loads((HERE / "texts.json").read_text())
# Of so few pictures the pixels are committed too.
PIXELS = ["landscape.jpg", "portrait.png", "tiny.bmp"]


def random_model(config: SiglipConfig, seed: int) -> SiglipModel:
    """Random, but lively: at the usual initial scale all embeddings would be nearly the same."""
    torch.manual_seed(seed)
    model = SiglipModel(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name:
                parameter.add_(torch.randn_like(parameter) * 0.1)
            elif name.endswith("probe") or "embedding.weight" in name and "patch" not in name:
                parameter.copy_(torch.randn_like(parameter) * 0.5)
            elif parameter.ndim > 1:
                parameter.copy_(torch.randn_like(parameter) * (1.5 / parameter[0].numel() ** 0.5))
            elif not name.startswith("logit"):
                parameter.copy_(torch.randn_like(parameter) * 0.1)
    return model


def train_unigram(folder: Path) -> SiglipTokenizer:
    """SentencePiece's unigram model with SigLIP's special pieces, in its own file and as `tokenizer.json`."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([line.lower() for line in CORPUS if line.isascii()]),
        model_writer=model,
        vocab_size=90,
        model_type="unigram",
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    (folder / "spiece.model").write_bytes(model.getvalue())
    slow = SiglipTokenizer(str(folder / "spiece.model"))
    slow.vocab_file = str(folder / "spiece.model")
    slow._extra_ids = 0
    converter = T5Converter(slow)
    converter.vocab = lambda proto: [(piece.piece, piece.score) for piece in proto.pieces]
    converter.converted().save(str(folder / "tokenizer.json"))
    (folder / "spiece.model").unlink()
    return slow


def train_byte_pairs(folder: Path) -> Tokenizer:
    """Byte pairs as Gemma has them: blanks as ▁, what is unknown as bytes, an end token and no begin token."""
    special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    as_bytes = [f"<0x{byte:02X}>" for byte in range(256)]
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    trainer = trainers.BpeTrainer(vocab_size=420, special_tokens=special + as_bytes, show_progress=False)
    tokenizer.train_from_iterator([line.lower() for line in CORPUS if line.isascii()] * 4, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A <eos>", pair="$A <eos> $B <eos>", special_tokens=[("<eos>", 1)]
    )
    # Bytes are pieces of words, not tokens that a text may name.
    saved = json.loads(tokenizer.to_str())
    saved["added_tokens"] = [token for token in saved["added_tokens"] if token["content"] in special]
    text = json.dumps(saved, ensure_ascii=False, indent=1) + "\n"
    (folder / "tokenizer.json").write_text(text)
    reference = Tokenizer.from_str(text)
    # As Siglip2Tokenizer does it.
    reference.normalizer = normalizers.Sequence([normalizers.Lowercase(), reference.normalizer])
    return reference


def padded(ids: list[int], pad: int, end: int) -> torch.Tensor:
    ids = ids if len(ids) <= CONTEXT else [*ids[: CONTEXT - 1], end]
    return torch.tensor(ids + [pad] * (CONTEXT - len(ids)), dtype=torch.int64)


@torch.no_grad()
def golden(model: SiglipModel, processor: SiglipImageProcessorPil, tokens: list[torch.Tensor]) -> dict:
    """All stages of the reference: pixels, tokens, image and text embeddings of unit norm."""
    out: dict[str, torch.Tensor] = {}
    for path in sorted((HERE / "pictures").iterdir()):
        pixels = processor(upright_rgb(path), return_tensors="pt")["pixel_values"]
        features = model.vision_model(pixel_values=pixels).pooler_output
        if path.name in PIXELS:
            out[f"pixels/{path.name}"] = pixels[0].contiguous()
        out[f"image/{path.name}"] = (features / features.norm(dim=-1, keepdim=True))[0].contiguous()
    for n, ids in enumerate(tokens):
        # Without an attention mask, as these models were trained.
        features = model.text_model(input_ids=ids[None]).pooler_output
        out[f"tokens/{n}"] = ids
        out[f"text/{n}"] = (features / features.norm(dim=-1, keepdim=True))[0].contiguous()
    return out


def save(folder: Path, model: SiglipModel, processor: SiglipImageProcessorPil, dtype: torch.dtype) -> None:
    (folder / "config.json").write_text(json.dumps(model.config.to_diff_dict(), indent=1, default=str) + "\n")
    (folder / "preprocessor_config.json").write_text(processor.to_json_string())
    state = {name: tensor.detach().to(dtype).contiguous() for name, tensor in model.state_dict().items()}
    state = {name: tensor for name, tensor in state.items() if not name.endswith("position_ids")}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)


def make(name: str, seed: int) -> None:
    folder, side = HERE / name, SIDES[name]
    folder.mkdir(exist_ok=True)
    if name == "siglip":
        slow = train_unigram(folder)
        tokens = [padded(slow(text)["input_ids"], 1, 1) for text in TEXTS]
        text = dict(hidden_size=48, vocab_size=len(slow), num_attention_heads=4, intermediate_size=96)
        vision = dict(hidden_size=48, intermediate_size=96, num_attention_heads=4, patch_size=14)
        resample, dtype = 3, torch.float32
    else:
        tokenizer = train_byte_pairs(folder)
        tokens = [padded(tokenizer.encode(text).ids, 0, 1) for text in TEXTS]
        text = dict(hidden_size=40, vocab_size=tokenizer.get_vocab_size(), num_attention_heads=2, projection_size=32)
        text |= dict(intermediate_size=72)
        vision = dict(hidden_size=32, intermediate_size=80, num_attention_heads=4, patch_size=8)
        resample, dtype = 2, torch.float16
    config = SiglipConfig(
        text_config=dict(num_hidden_layers=2, **text), vision_config=dict(num_hidden_layers=2, image_size=side, **vision)
    )
    # The reference computes in f32 from the numbers that the file holds.
    model = random_model(config, seed).to(dtype).float()
    processor = SiglipImageProcessorPil(size={"height": side, "width": side}, resample=resample)
    save(folder, model, processor, dtype)
    save_file(golden(model, processor, tokens), folder / "golden.safetensors")
    (folder / "golden.safetensors").chmod(0o644)


SO400M = dict(hidden_size=1152, intermediate_size=4304, num_hidden_layers=27, num_attention_heads=16)
# The text tower's shape, the image tower's.
SHAPES = {
    "base-patch16-224": ({}, {}),
    "so400m-patch14-384": (SO400M, SO400M | dict(image_size=384, patch_size=14)),
}


def make_full(folder: Path, shape: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    slow = train_unigram(folder)
    tokens = [padded(slow(text)["input_ids"], 1, 1) for text in TEXTS]
    text, vision = SHAPES[shape]
    model = random_model(SiglipConfig(text_config=text, vision_config=vision), 23)
    side = model.config.vision_config.image_size
    processor = SiglipImageProcessorPil(size={"height": side, "width": side})
    save(folder, model, processor, torch.float32)
    save_file(golden(model, processor, tokens), folder / "golden.safetensors")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", type=Path, metavar="DIR", help="write SigLIP in a true shape to DIR")
    parser.add_argument("--shape", choices=SHAPES, default="base-patch16-224", help="which one `--full` writes")
    arguments = parser.parse_args()
    if arguments.full:
        make_full(arguments.full, arguments.shape)
    else:
        make("siglip", 21)
        make("siglip2", 22)


if __name__ == "__main__":
    main()
