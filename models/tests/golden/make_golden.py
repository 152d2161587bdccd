"""Makes the golden files that `models/tests/it/parity.rs` compares with.

The reference is Hugging Face transformers with random weights: it alone writes here, the Rust code
never does. The small models are committed; `--full DIR` writes a bundle in a true shape with random
weights and its golden file, for `models/examples/true_shape.rs` and benchmarks.

    python3 -m venv .venv && .venv/bin/pip install -r models/tests/golden/requirements.txt
    .venv/bin/python models/tests/golden/make_golden.py
    .venv/bin/python models/tests/golden/make_golden.py --full target/vit-b-32
    .venv/bin/python models/tests/golden/make_golden.py --full target/vit-l-14 --shape vit-l-14
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    PreTrainedTokenizerFast,
)

HERE = Path(__file__).parent
START, END = "<|startoftext|>", "<|endoftext|>"

# Words of every length and script that the tokenizer must split as the reference does.
TEXTS = [
    "a photo of a red dress",
    "Blue STRIPED t-shirt, size M!",
    "don't they're it's 3/4 sleeves 100% cotton",
    "  many   blanks\tand\nlines  ",
    "robe d'été à fleurs; Größe 42; 青いシャツ 👗",
    "boots " * 40,
]
CORPUS = TEXTS + [
    "red blue green black white grey yellow dress shirt trousers shoes boots hat skirt coat jacket",
    "a photo of a picture of the with and for women men kids size cotton wool leather striped",
]


def train_tokenizer(vocabulary: int) -> Tokenizer:
    """A byte-level BPE in the manner of CLIP's, with its own small vocabulary."""
    tokenizer = Tokenizer(models.BPE(unk_token=END, continuing_subword_prefix="", end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    words = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(words), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[START, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        end_of_word_suffix="</w>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS * 4, trainer)
    start, end = tokenizer.token_to_id(START), tokenizer.token_to_id(END)
    tokenizer.post_processor = processors.RobertaProcessing(
        (END, end), (START, start), trim_offsets=False, add_prefix_space=False
    )
    return tokenizer


def small_config(activation: str, vocabulary: int, start: int, end: int) -> CLIPConfig:
    shared = dict(hidden_size=48, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4)
    text = dict(
        **shared,
        vocab_size=vocabulary,
        max_position_embeddings=24,
        hidden_act=activation,
        bos_token_id=start,
        eos_token_id=end,
        pad_token_id=end,
    )
    vision = dict(**shared, image_size=56, patch_size=14, hidden_act=activation)
    return CLIPConfig(text_config=text, vision_config=vision, projection_dim=32)


def random_model(config: CLIPConfig, seed: int) -> CLIPModel:
    """Random, but lively: at the usual initial scale all embeddings would be nearly the same."""
    torch.manual_seed(seed)
    model = CLIPModel(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name:
                parameter.add_(torch.randn_like(parameter) * 0.1)
            elif parameter.ndim > 1:
                fan_in = parameter[0].numel()
                parameter.copy_(torch.randn_like(parameter) * (1.5 / fan_in**0.5))
            elif name != "logit_scale":
                parameter.copy_(torch.randn_like(parameter) * 0.1)
    return model


def save_bundle(folder: Path, model: CLIPModel, tokenizer: Tokenizer, processor, dtype: torch.dtype) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(model.config.to_dict(), indent=1, default=str) + "\n")
    (folder / "preprocessor_config.json").write_text(processor.to_json_string())
    tokenizer.save(str(folder / "tokenizer.json"))
    state = {
        name: tensor.detach().to(dtype).contiguous()
        for name, tensor in model.state_dict().items()
        if not name.endswith("position_ids")
    }
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)


def picture(width: int, height: int, seed: int) -> Image.Image:
    """Soft colours, hard edges and fine noise, so that every error of a resize shows."""
    rng = np.random.default_rng(seed)
    noise = Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
    soft = noise.filter(ImageFilter.GaussianBlur(9)).point(lambda v: max(0, min(255, (v - 128) * 6 + 128)))
    out = Image.blend(soft, noise, 0.15)
    draw = ImageDraw.Draw(out)
    for _ in range(6):
        x, y = rng.integers(0, width), rng.integers(0, height)
        w, h = rng.integers(4, width // 2), rng.integers(4, height // 2)
        draw.ellipse((x, y, x + w, y + h), outline=tuple(int(c) for c in rng.integers(0, 256, 3)), width=3)
    return out


def write_pictures(folder: Path) -> list[str]:
    """The query pictures: every shape and colour mode that a parity test must cover."""
    folder.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    alpha = Image.linear_gradient("L").resize((90, 120))
    rgba = picture(90, 120, 4)
    rgba.putalpha(alpha)
    plans = {
        "landscape.jpg": (picture(150, 100, 1), dict(quality=88)),
        "portrait.png": (picture(80, 131, 2), {}),
        "grey.jpg": (picture(99, 111, 3).convert("L"), dict(quality=88)),
        "rgba.png": (rgba, {}),
        "palette.png": (picture(120, 90, 5).quantize(64), {}),
        "exif-rotated.jpg": (picture(128, 90, 6), dict(quality=88, exif=exif)),
        "cmyk.jpg": (picture(100, 90, 7).convert("CMYK"), dict(quality=88)),
        "progressive.jpg": (picture(101, 97, 8), dict(quality=88, progressive=True, subsampling=2)),
        "lossless.webp": (picture(70, 64, 9), dict(lossless=True)),
        "small.gif": (picture(40, 30, 10).quantize(32), {}),
        "tiny.bmp": (picture(20, 17, 11), {}),
        "plain.tif": (picture(64, 75, 12), {}),
    }
    for name, (image, options) in plans.items():
        image.save(folder / name, **options)
    return list(plans)


def upright_rgb(path: Path) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")


@torch.no_grad()
def golden(model: CLIPModel, tokenizer: PreTrainedTokenizerFast, processor, pictures: list[Path]) -> dict:
    """All stages of the reference: pixels, tokens, image and text embeddings of unit norm."""
    out: dict[str, torch.Tensor] = {}
    for path in pictures:
        pixels = processor(upright_rgb(path), return_tensors="pt")["pixel_values"]
        features = model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)
        out[f"pixels/{path.name}"] = pixels[0].contiguous()
        out[f"image/{path.name}"] = (features / features.norm(dim=-1, keepdim=True))[0].contiguous()
    length = model.config.text_config.max_position_embeddings
    for n, text in enumerate(TEXTS):
        tokens = tokenizer(text, return_tensors="pt", truncation=True, max_length=length, padding="max_length")
        features = model.text_projection(model.text_model(**tokens).pooler_output)
        kept = int(tokens["attention_mask"].sum())
        out[f"tokens/{n}"] = tokens["input_ids"][0, :kept].to(torch.int64).contiguous()
        out[f"text/{n}"] = (features / features.norm(dim=-1, keepdim=True))[0].contiguous()
    return out


def wrap(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=START, eos_token=END, pad_token=END, unk_token=END
    )


def make_small() -> None:
    names = write_pictures(HERE / "pictures")
    tokenizer = train_tokenizer(400)
    start, end = tokenizer.token_to_id(START), tokenizer.token_to_id(END)
    side = 56
    processor = CLIPImageProcessorPil(
        size={"shortest_edge": side}, crop_size={"height": side, "width": side}
    )
    variants = [("quick_gelu", torch.float32), ("gelu", torch.float16)]
    for seed, (activation, dtype) in enumerate(variants):
        config = small_config(activation, tokenizer.get_vocab_size(), start, end)
        # The reference computes in f32 from the numbers that the file holds.
        model = random_model(config, seed).to(dtype).float()
        folder = HERE / activation.replace("_", "-")
        save_bundle(folder, model, tokenizer, processor, dtype)
        files = [HERE / "pictures" / name for name in names]
        tensors = golden(model, wrap(tokenizer), processor, files)
        if seed > 0:  # the same pictures at the same size: once is enough
            tensors = {k: v for k, v in tensors.items() if not k.startswith("pixels/")}
        save_file(tensors, folder / "golden.safetensors")
        (folder / "golden.safetensors").chmod(0o644)
    (HERE / "texts.json").write_text(json.dumps(TEXTS, ensure_ascii=False, indent=1) + "\n")


def tower(hidden_size: int, layers: int, heads: int, **more: int) -> dict:
    sizes = dict(hidden_size=hidden_size, intermediate_size=4 * hidden_size)
    return dict(**sizes, num_hidden_layers=layers, num_attention_heads=heads, **more)


# Text tower, image tower, the embedding's values.
SHAPES = {
    "vit-b-32": (tower(512, 12, 8), tower(768, 12, 12, patch_size=32), 512),
    "vit-b-16": (tower(512, 12, 8), tower(768, 12, 12, patch_size=16), 512),
    "vit-l-14": (tower(768, 12, 12), tower(1024, 24, 16, patch_size=14), 768),
    "vit-l-14-336": (tower(768, 12, 12), tower(1024, 24, 16, patch_size=14, image_size=336), 768),
    "vit-h-14": (tower(1024, 24, 16), tower(1280, 32, 16, patch_size=14), 1024),
}


def make_full(folder: Path, shape: str) -> None:
    text, vision, values = SHAPES[shape]
    tokenizer = train_tokenizer(400)
    start, end = tokenizer.token_to_id(START), tokenizer.token_to_id(END)
    text = dict(**text, bos_token_id=start, eos_token_id=end, pad_token_id=end)
    model = random_model(CLIPConfig(text_config=text, vision_config=vision, projection_dim=values), 7)
    side = model.config.vision_config.image_size
    processor = CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    save_bundle(folder, model, tokenizer, processor, torch.float32)
    files = sorted((HERE / "pictures").iterdir())
    save_file(golden(model, wrap(tokenizer), processor, files), folder / "golden.safetensors")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", type=Path, metavar="DIR", help="write a model in a true shape to DIR")
    parser.add_argument("--shape", choices=SHAPES, default="vit-b-32", help="which one `--full` writes")
    arguments = parser.parse_args()
    if arguments.full:
        make_full(arguments.full, arguments.shape)
    else:
        make_small()


if __name__ == "__main__":
    main()
