"""The two towers of the starter model and the joint model around them.

The image tower is a narrow ResNet of dense 3x3 convolutions with batch norm;
`folded_state` gives it without batch norm, the way the bundle stores it.
The text tower is transformers' own `CLIPTextModel`, so names and arithmetic
are the reference's by construction.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel


@dataclass
class VisionShape:
    """Everything needed to build the image tower; written to config.json."""

    image_size: int = 112
    num_channels: int = 3
    stem_channels: list[int] = field(default_factory=lambda: [24, 32])
    stem_strides: list[int] = field(default_factory=lambda: [2, 1])
    channels: list[int] = field(default_factory=lambda: [48, 96, 192, 256])
    depths: list[int] = field(default_factory=lambda: [1, 2, 3, 1])
    strides: list[int] = field(default_factory=lambda: [2, 2, 2, 1])

    @property
    def hidden_size(self) -> int:
        return self.channels[-1]

    def as_config(self, projection_dim: int) -> dict:
        return {
            "model_type": "knytt_resnet",
            **asdict(self),
            "hidden_size": self.hidden_size,
            "projection_dim": projection_dim,
        }


class ConvBn(nn.Module):
    """A convolution with batch norm behind it."""

    def __init__(self, cin: int, cout: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride, kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(cout)
        # Resting, the statistics stay as they are, in training too.
        self.resting = False

    def forward(self, x: Tensor) -> Tensor:
        if self.resting:
            weight, bias = self.folded()
            return F.conv2d(x, weight, bias, self.conv.stride, self.conv.padding)
        return self.bn(self.conv(x))

    def folded(self) -> tuple[Tensor, Tensor]:
        """Weight and bias of the one convolution that does the same."""
        gain = self.bn.weight / torch.sqrt(self.bn.running_var + self.bn.eps)
        weight = self.conv.weight * gain[:, None, None, None]
        return weight, self.bn.bias - self.bn.running_mean * gain

    @torch.no_grad()
    def unfold(self, weight: Tensor, bias: Tensor, x: Tensor) -> None:
        """The inverse of `folded`, of all there are the one for which `x` is an
        ordinary batch: then training goes on where the folded convolution is."""
        self.conv.weight.copy_(weight)
        var, mean = torch.var_mean(self.conv(x), (0, 2, 3), correction=0)
        self.bn.running_mean.copy_(mean)
        self.bn.running_var.copy_(var)
        self.bn.weight.copy_(torch.sqrt(var + self.bn.eps))
        self.bn.bias.copy_(bias + mean)


class Block(nn.Module):
    """Two 3x3 convolutions and a shortcut (average pool, then 1x1)."""

    def __init__(self, cin: int, cout: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.conv1 = ConvBn(cin, cout, 3, stride)
        self.conv2 = ConvBn(cout, cout, 3)
        needs_shortcut = stride != 1 or cin != cout
        self.shortcut = ConvBn(cin, cout, 1) if needs_shortcut else None
        # The block starts as its shortcut: training from scratch is steadier.
        nn.init.zeros_(self.conv2.bn.weight)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv2(F.relu(self.conv1(x)))
        r = x
        if self.stride == 2:
            r = F.avg_pool2d(r, 2, 2)
        if self.shortcut is not None:
            r = self.shortcut(r)
        return F.relu(h + r)


class VisionTower(nn.Module):
    def __init__(self, shape: VisionShape) -> None:
        super().__init__()
        self.shape = shape
        cin = shape.num_channels
        stem = []
        for cout, stride in zip(shape.stem_channels, shape.stem_strides):
            stem.append(ConvBn(cin, cout, 3, stride))
            cin = cout
        self.stem = nn.ModuleList(stem)
        stages = []
        for cout, depth, stride in zip(shape.channels, shape.depths, shape.strides):
            blocks = []
            for b in range(depth):
                blocks.append(Block(cin, cout, stride if b == 0 else 1))
                cin = cout
            stages.append(nn.ModuleList(blocks))
        self.stages = nn.ModuleList(stages)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        return self.late(self.early(x, 0), 0)

    def early(self, x: Tensor, stages: int) -> Tensor:
        """The stem and the first `stages` stages."""
        for conv in self.stem:
            x = F.relu(conv(x))
        for stage in self.stages[:stages]:
            for block in stage:
                x = block(x)
        return x

    def late(self, x: Tensor, stages: int) -> Tensor:
        """All that comes after `early`."""
        for stage in self.stages[stages:]:
            for block in stage:
                x = block(x)
        return x.mean((2, 3))

    def rest_norm(self) -> None:
        """From here on batch norm is part of the convolutions: what the tower gives
        of a picture no longer hangs on the others in its batch."""
        for module in self.modules():
            if isinstance(module, ConvBn):
                module.resting = True

    def folded_state(self) -> dict[str, Tensor]:
        """Tensors by bundle name, batch norm folded into the convolutions."""
        out: dict[str, Tensor] = {}
        for name, module in self.named_modules():
            if isinstance(module, ConvBn):
                weight, bias = module.folded()
                out[f"vision_model.{name}.weight"] = weight.detach().clone()
                out[f"vision_model.{name}.bias"] = bias.detach().clone()
        return out

    @torch.no_grad()
    def unfold(self, state: dict[str, Tensor], pixels: Tensor) -> None:
        """Takes a bundle's tensors back, with batch norm as `pixels` (a few hundred
        training pictures) have it. What the tower gives is what the bundle gave."""

        def before(module: ConvBn, inputs: tuple[Tensor]) -> None:
            at = f"vision_model.{names[module]}"
            module.unfold(state[f"{at}.weight"], state[f"{at}.bias"], inputs[0])

        names = {m: n for n, m in self.named_modules() if isinstance(m, ConvBn)}
        hooks = [m.register_forward_pre_hook(before) for m in names]
        was = self.training
        self.eval()(pixels)
        self.train(was)
        for hook in hooks:
            hook.remove()


def folded_maps(state: dict[str, Tensor], vision: dict, pixels: Tensor) -> list[Tensor]:
    """The image tower from a bundle's tensors: what the stem and each stage make."""

    def conv(x: Tensor, name: str, stride: int) -> Tensor:
        w = state[f"vision_model.{name}.weight"].to(x.dtype)
        b = state[f"vision_model.{name}.bias"].to(x.dtype)
        return F.conv2d(x, w, b, stride, w.shape[-1] // 2)

    x = pixels
    for i, stride in enumerate(vision["stem_strides"]):
        x = F.relu(conv(x, f"stem.{i}", stride))
    maps = [x]
    for s, depth in enumerate(vision["depths"]):
        for b in range(depth):
            stride = vision["strides"][s] if b == 0 else 1
            at = f"stages.{s}.{b}"
            h = conv(F.relu(conv(x, f"{at}.conv1", stride)), f"{at}.conv2", 1)
            r = F.avg_pool2d(x, 2, 2) if stride == 2 else x
            if f"vision_model.{at}.shortcut.weight" in state:
                r = conv(r, f"{at}.shortcut", 1)
            x = F.relu(h + r)
        maps.append(x)
    return maps


def moments(maps: list[Tensor]) -> Tensor:
    """[n, 2 c] of each map [n, c, h, w], side by side: the means of its channels, then
    how far they deviate from them."""
    pairs = [[m.mean((2, 3)), m.std((2, 3), correction=0)] for m in maps]
    return torch.cat([part for pair in pairs for part in pair], 1)


def text_config(vocab_size: int, bos: int, eos: int, projection_dim: int = 256) -> CLIPTextConfig:
    """Two layers of width 192: the words are few."""
    return CLIPTextConfig(
        vocab_size=vocab_size,
        hidden_size=192,
        intermediate_size=768,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=32,
        hidden_act="quick_gelu",
        layer_norm_eps=1e-5,
        bos_token_id=bos,
        eos_token_id=eos,
        pad_token_id=eos,
        projection_dim=projection_dim,
        attention_dropout=0.0,
    )


class DualEncoder(nn.Module):
    """Both towers, their projections and the learnt temperature."""

    def __init__(self, vision: VisionShape, text: CLIPTextConfig) -> None:
        super().__init__()
        dim = text.projection_dim
        self.vision_model = VisionTower(vision)
        self.visual_projection = nn.Linear(vision.hidden_size, dim, bias=False)
        self.text_model = CLIPTextModel(text)
        self.text_projection = nn.Linear(text.hidden_size, dim, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))

    def image(self, pixels: Tensor) -> Tensor:
        return self.visual_projection(self.vision_model(pixels).float())

    def text(self, ids: Tensor) -> Tensor:
        return self.text_projection(self.text_model(input_ids=ids).pooler_output)

    def load_bundle(self, state: dict[str, Tensor], pixels: Tensor) -> None:
        """Goes on from a bundle's tensors; see `VisionTower.unfold` for `pixels`."""
        state = {k: v.float() for k, v in state.items()}
        self.vision_model.unfold(state, pixels)
        own = self.text_model.state_dict()
        prefix = "" if any(k.startswith("text_model.") for k in own) else "text_model."
        self.text_model.load_state_dict({k: state.get(prefix + k, v) for k, v in own.items()})
        with torch.no_grad():
            self.visual_projection.weight.copy_(state["visual_projection.weight"])
            self.text_projection.weight.copy_(state["text_projection.weight"])
            self.logit_scale.copy_(state["logit_scale"])
