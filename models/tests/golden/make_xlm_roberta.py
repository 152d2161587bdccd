"""Makes the golden files of open_clip's multilingual CLIP that `models/tests/it/xlm_roberta.rs` converts.

The reference is open_clip with random weights: its own image tower, and transformers' XLM-RoBERTa as the text tower, read
by a mean. The tokenizer is of the same kind as the published one: SentencePiece's unigram model, its own normalisation,
`<s>` before a text and `</s>` behind it. `--full DIR` writes XLM-RoBERTa-base with ViT-B/32 in its true shape.

    .venv/bin/pip install -r models/tests/golden/requirements.txt
    .venv/bin/pip install open_clip_torch==3.3.0 timm==1.0.31 torchvision sentencepiece==0.2.3 protobuf==7.36.2
    .venv/bin/python models/tests/golden/make_xlm_roberta.py
    .venv/bin/python models/tests/golden/make_xlm_roberta.py --full target/xlm-roberta-b-32
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import sentencepiece
import torch
from make_golden import CORPUS
from make_layouts import PREPROCESS, cropped_pixels
from open_clip.model import CustomTextCLIP
from open_clip.tokenizer import HFTokenizer
from safetensors.torch import save_file
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

HERE = Path(__file__).parent
TEXTS = json.loads((HERE / "texts.json").read_text())
# `<s>`, `<pad>`, `</s>` and `<unk>` come first, as fairseq numbered them.
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]


def train_tokenizer(folder: Path) -> Tokenizer:
    """XLM-RoBERTa's `tokenizer.json`, with a vocabulary of some hundred pieces."""
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=trained, vocab_size=160, hard_vocab_limit=False, minloglevel=2
    )
    proto = sentencepiece_model_pb2.ModelProto.FromString(trained.getvalue())
    pieces = [(piece.piece, piece.score) for piece in proto.pieces if piece.type == 1]
    vocabulary = [(name, 0.0) for name in SPECIAL] + pieces + [("<mask>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.add_special_tokens([*SPECIAL, "<mask>"])
    charsmap = normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)
    tokenizer.normalizer = normalizers.Sequence([charsmap, normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer


def random_model(vision: dict, text: dict, embed_dim: int) -> tuple[CustomTextCLIP, dict]:
    """The model, and the config that open_clip would publish with it."""
    with TemporaryDirectory() as saved:
        # open_clip asks transformers for the model of this name: here a folder that has only its config.
        (Path(saved) / "config.json").write_text(json.dumps({"model_type": "xlm-roberta", **text}))
        arguments = {"hf_model_name": saved, "hf_model_pretrained": False}
        model = CustomTextCLIP(embed_dim=embed_dim, vision_cfg=vision, text_cfg=arguments)
    torch.manual_seed(14)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "ln_" in name or "LayerNorm" in name:
                parameter.add_(torch.randn_like(parameter) * 0.1)
            elif "embedding" in name and parameter.ndim > 1:
                parameter.copy_(torch.randn_like(parameter) * 0.5)
            elif parameter.ndim > 1:
                parameter.copy_(torch.randn_like(parameter) * (1.5 / parameter[0].numel() ** 0.5))
            elif name != "logit_scale":
                parameter.copy_(torch.randn_like(parameter) * 0.1)
    named = {"hf_model_name": "xlm-roberta-base", "hf_tokenizer_name": "xlm-roberta-base"}
    named |= {"hf_pooler_type": "mean_pooler"}
    model_config = {"embed_dim": embed_dim, "vision_cfg": vision, "text_cfg": named}
    # The reference computes in f32 from the numbers that the file holds.
    return model.half().float().eval(), {"model_cfg": model_config, "preprocess_cfg": PREPROCESS}


def write(folder: Path, model: CustomTextCLIP, config: dict) -> None:
    (folder / "open_clip_config.json").write_text(json.dumps(config, indent=1) + "\n")
    kept = {name: tensor for name, tensor in model.state_dict().items() if not name.endswith("position_ids")}
    state = {name: tensor.half().contiguous() for name, tensor in kept.items()}
    save_file(state, folder / "open_clip_model.safetensors", metadata={"format": "pt"})
    (folder / "open_clip_model.safetensors").chmod(0o644)


def text_shape(vocabulary: int, **shape: int) -> dict:
    special = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
    return {"vocab_size": vocabulary, "type_vocab_size": 1, "layer_norm_eps": 1e-5, **special, **shape}


@torch.no_grad()
def make(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    tokenizer = train_tokenizer(folder)
    vision = dict(layers=1, width=48, head_width=12, mlp_ratio=2.0, patch_size=14, image_size=56)
    shape = dict(hidden_size=128, num_hidden_layers=2, num_attention_heads=2, intermediate_size=80)
    text = text_shape(tokenizer.get_vocab_size(), max_position_embeddings=90, **shape)
    model, config = random_model(vision, text, 24)
    write(folder, model, config)
    save_golden(folder, model, cropped_pixels(56))


@torch.no_grad()
def save_golden(folder: Path, model: CustomTextCLIP, pixels: dict[str, torch.Tensor]) -> None:
    with TemporaryDirectory() as saved:
        shutil.copy(folder / "tokenizer.json", saved)
        special = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
        kind = {"tokenizer_class": "PreTrainedTokenizerFast", **special}
        (Path(saved) / "tokenizer_config.json").write_text(json.dumps(kind))
        (Path(saved) / "config.json").write_text(json.dumps({"model_type": "xlm-roberta"}))
        reference = HFTokenizer(saved)
        tokens = [reference(words)[0] for words in TEXTS]
    golden = {f"tokens/{n}": ids[ids != 1].contiguous() for n, ids in enumerate(tokens)}
    for n, ids in enumerate(tokens):
        golden[f"text/{n}"] = model.encode_text(ids[None], normalize=True)[0].contiguous()
    for name, tensor in pixels.items():
        golden[f"image/{name}"] = model.encode_image(tensor[None], normalize=True)[0].contiguous()
    save_file(golden, folder / "golden.safetensors")
    (folder / "golden.safetensors").chmod(0o644)


def make_full(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "xlm-roberta" / "tokenizer.json", folder)
    vision = dict(layers=12, width=768, patch_size=32, image_size=224)
    shape = dict(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072)
    text = text_shape(250_002, max_position_embeddings=514, **shape)
    model, config = random_model(vision, text, 512)
    write(folder, model, config)
    save_golden(folder, model, cropped_pixels(224))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", type=Path)
    arguments = parser.parse_args()
    make_full(arguments.full) if arguments.full else make(HERE / "xlm-roberta")
