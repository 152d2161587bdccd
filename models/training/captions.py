"""Words for pictures, and the tokenizer made from them.

A caption says some true facts about its picture (what it is, its colour, its
pattern, whether it is for children). `Facts` keeps what is said apart from how,
so that training can tell which other pictures in a batch a caption also fits.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from colour import COLOURS, FINER
from data import LABELS

# What each label is called. The first is the plain name used in prompts.
NAMES: dict[str, list[str]] = {
    "T-Shirt": ["t-shirt", "tshirt", "tee", "tee shirt", "short-sleeved t-shirt", "t shirt"],
    "Longsleeve": ["longsleeve", "long sleeve", "long-sleeved top", "long sleeve top", "long sleeve t-shirt", "long sleeve shirt", "sweater", "jumper"],
    "Pants": ["pants", "trousers", "long pants", "pair of pants", "pair of trousers"],
    "Shoes": ["shoes", "pair of shoes", "footwear", "shoe"],
    "Shirt": ["shirt", "button-up shirt", "button-down shirt", "dress shirt", "collared shirt"],
    "Dress": ["dress", "gown", "frock"],
    "Outwear": ["outwear", "jacket", "coat", "outerwear", "winter jacket", "parka"],
    "Shorts": ["shorts", "pair of shorts", "short pants", "bermudas"],
    "Hat": ["hat", "cap", "beanie", "headwear"],
    "Skirt": ["skirt", "mini skirt", "midi skirt"],
    "Polo": ["polo", "polo shirt", "polo t-shirt"],
    "Blazer": ["blazer", "suit jacket", "sport coat"],
    "Hoodie": ["hoodie", "hooded sweatshirt", "hoody", "sweatshirt"],
    "Undershirt": ["undershirt", "tank top", "vest", "singlet", "sleeveless shirt"],
    "Body": ["body", "bodysuit", "baby bodysuit", "onesie", "romper"],
    "Top": ["top", "crop top", "camisole"],
    "Blouse": ["blouse", "women's blouse"],
}

# What the renderer's categories are called, where that is finer than a label.
FINE_NAMES: dict[str, list[str]] = {
    "sweater": ["sweater", "jumper", "pullover", "knitted sweater"],
    "jacket": ["jacket"],
    "coat": ["coat", "long coat", "overcoat"],
    "jeans": ["jeans", "pair of jeans", "denim jeans"],
    "sneakers": ["sneakers", "pair of sneakers", "trainers", "running shoes"],
    "boots": ["boots", "pair of boots", "ankle boots"],
    "heels": ["heels", "pair of heels", "high heels"],
    "sandals": ["sandals", "pair of sandals"],
    "cap": ["cap", "baseball cap"],
    "beanie": ["beanie", "knit hat", "wool hat"],
    "hat": ["hat"],
    "bag": ["bag", "handbag"],
    "backpack": ["backpack", "rucksack"],
    "scarf": ["scarf"],
    "socks": ["socks", "pair of socks"],
    "belt": ["belt", "leather belt"],
    "tie": ["tie", "necktie"],
    "gloves": ["gloves", "pair of gloves"],
    "sunglasses": ["sunglasses", "pair of sunglasses"],
}

PATTERN_NAMES = {
    "plain": ["plain", "solid"], "striped": ["striped"], "checked": ["checked", "plaid", "checkered"],
    "dotted": ["dotted", "polka dot"], "floral": ["floral", "flowery"], "printed": ["printed", "graphic print"],
    "colour-block": ["colour-block", "color block"], "camouflage": ["camouflage", "camo"],
}

COLOUR_NAMES = {"grey": ["grey", "grey", "gray"], "navy": ["navy", "navy", "navy blue", "dark blue"], "purple": ["purple", "purple", "violet"]}

TEMPLATES = [
    "{}", "{}", "{}", "a {}", "a {}", "a photo of a {}", "a photo of a {}", "photo of {}", "a photo of {}", "a picture of a {}",
    "an image of a {}", "{} for sale", "a {} on the floor", "a {} lying flat", "a product photo of a {}",
    "this is a {}", "buy {}", "a nice {}", "{} product photo", "the {}",
]

KIDS = ["kids {}", "{} for kids", "children's {}", "{} for children", "child's {}", "kid's {}"]

# Words a shopper may type that no caption here holds: the tokenizer should cut
# them into few pieces.
SHOP_WORDS = """
men women man woman girl boy baby toddler unisex adult teen ladies gents mens womens boys girls
cotton linen wool silk denim leather suede velvet knit knitted fleece polyester cashmere lace mesh corduroy canvas satin
jeans leggings joggers chinos sweatpants tights socks sneakers boots sandals heels trainers loafers slippers flats
cardigan sweater jumper pullover turtleneck vest tunic kimono poncho parka raincoat windbreaker bomber puffer trench
swimsuit bikini pyjamas pajamas robe lingerie bra underwear suit tie scarf gloves belt bag backpack handbag purse wallet
watch ring necklace earrings bracelet jewellery jewelry sunglasses glasses umbrella
striped plain checked plaid floral dotted polka dots printed graphic logo camo camouflage animal leopard zebra solid gingham
long short sleeve sleeveless cropped oversized slim fit loose tight wide skinny straight flared high low waist
v-neck crew neck round collar hood hooded zip zipper button buttons pocket pockets pleated ruffled embroidered
summer winter spring autumn fall casual formal sport sports running gym outdoor party office school beach wedding evening
small medium large extra size new used vintage classic modern cheap sale brand price style fashion clothes clothing garment
light dark bright pale deep pastel neon multicolour multicolored colourful colorful red blue green yellow orange pink purple
black white grey gray brown beige navy teal olive burgundy khaki cream ivory gold silver turquoise maroon mustard coral lavender
the a an of with and for in on to from by is this that it photo picture image product item wear worn folded hanging hanger
floor table bed background close up front back view
chair table lamp sofa desk bottle cup mug phone case laptop toy car dog cat flower book shirt pants
""".split()


@dataclass(frozen=True)
class Facts:
    """What a caption claims, or what is known of a picture.

    In a caption, None and an empty set claim nothing. In a picture they mean "not
    known", except for colours: `colours` may all be claimed, nobody can tell about
    `maybe`, and the others are false.
    """

    kind: str | None = None
    fine: str | None = None
    colours: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    pattern: str | None = None
    kids: bool | None = None


def with_article(text: str) -> str:
    """"a orange" -> "an orange"; "a shoes" -> "shoes"."""
    words = text.split()
    out = []
    for i, word in enumerate(words):
        if word == "a" and i + 1 < len(words):
            last = words[i + 1 :]
            if any(w in ("pants", "trousers", "shorts", "shoes", "jeans", "footwear", "bermudas") for w in last[:4]) and "pair" not in last:
                continue
            if words[i + 1][0] in "aeiou":
                word = "an"
        out.append(word)
    return " ".join(out)


def say(facts: Facts, rng: random.Random, names: list[str] | None = None, plain: float = 0.4) -> str:
    """One caption for the facts. `names` are the nouns to choose from; the first,
    plain one comes with probability `plain`."""
    if names is None:
        names = FINE_NAMES.get(facts.fine or "") or NAMES.get(facts.kind or "")
        names = names or ["garment", "piece of clothing", "clothes", "item of clothing"]
    noun = names[0] if rng.random() < plain else rng.choice(names)
    words = []
    colours = [rng.choice(COLOUR_NAMES.get(c, [c])) for c in sorted(facts.colours)]
    rng.shuffle(colours)
    if colours:
        words.append(" and ".join(colours))
    if facts.pattern:
        words.append(rng.choice(PATTERN_NAMES.get(facts.pattern, [facts.pattern])))
    if facts.pattern and rng.random() < 0.3:
        words.reverse()
    phrase = " ".join([*words, noun])
    if facts.kids:
        phrase = rng.choice(KIDS).format(phrase)
    text = rng.choice(TEMPLATES).format(phrase)
    return with_article(text) if rng.random() < 0.8 else text


def agree(captions: list[Facts], pictures: list[Facts]) -> tuple[np.ndarray, np.ndarray]:
    """For each picture (row) and caption (column): is it true, and is it unknown."""
    true = np.ones((len(pictures), len(captions)), bool)
    unknown = np.zeros_like(true)
    for field in ("kind", "fine", "pattern", "kids"):
        said = [getattr(c, field) for c in captions]
        known = [getattr(p, field) for p in pictures]
        codes = {v: i for i, v in enumerate(dict.fromkeys([*said, *known]))}
        none = codes.setdefault(None, len(codes))
        s = np.array([codes[v] for v in said])[None]
        k = np.array([codes[v] for v in known])[:, None]
        true &= (s == none) | (k == none) | (s == k)
        unknown |= (s != none) & (k == none)
    bits = {c: 1 << i for i, c in enumerate([*COLOURS, *FINER])}

    def mask(sets: list[frozenset[str]]) -> np.ndarray:
        return np.array([sum(bits[c] for c in s) for s in sets])

    said = mask([c.colours for c in captions])[None]
    sure = mask([p.colours for p in pictures])[:, None]
    perhaps = mask([p.maybe for p in pictures])[:, None]
    true &= (said & ~(sure | perhaps)) == 0
    unknown |= (said & ~sure) != 0
    return true & ~unknown, true & unknown


START, END = "<|startoftext|>", "<|endoftext|>"


def train_tokenizer(extra: list[str], vocab_size: int, seed: int) -> Tokenizer:
    """A byte-level BPE as CLIP's: lower case, `</w>` at word ends, and every byte
    in the alphabet, so no text is unknown."""
    rng = random.Random(seed)
    lines = list(SHOP_WORDS) * 4 + extra
    for kind, fine in [(k, None) for k in LABELS] + [(None, f) for f in FINE_NAMES]:
        for _ in range(200):
            colours = frozenset(rng.sample([*COLOURS, *FINER], rng.choice([0, 1, 1, 2])))
            pattern = rng.choice([None, *PATTERN_NAMES])
            lines.append(say(Facts(kind, fine, colours, pattern=pattern, kids=rng.random() < 0.2), rng))
    tok = Tokenizer(models.BPE(end_of_word_suffix="</w>", fuse_unk=False))
    tok.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    split = Regex(r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+")
    tok.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(split, "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tok.decoder = decoders.BPEDecoder(suffix="</w>")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())  # it comes in no fixed order
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, initial_alphabet=alphabet, end_of_word_suffix="</w>", show_progress=False, min_frequency=2
    )
    tok.train_from_iterator(lines, trainer)
    return complete(tok)


def complete(tok: Tokenizer) -> Tokenizer:
    """Gives every byte its word-ending form, adds the two marks at the end of the
    vocabulary (as CLIP has them) and the template that sets them."""
    spec = json.loads(tok.to_str())
    vocab: dict[str, int] = spec["model"]["vocab"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    for ch in letters:
        vocab.setdefault(ch, len(vocab))
        vocab.setdefault(ch + "</w>", len(vocab))
    vocab[START] = len(vocab)
    vocab[END] = len(vocab)
    spec["model"]["unk_token"] = END
    tok = Tokenizer.from_str(json.dumps(spec))
    tok.add_special_tokens([START, END])
    tok.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}",
        pair=None,
        special_tokens=[(START, vocab[START]), (END, vocab[END])],
    )
    return tok


def encode(tok: Tokenizer, texts: list[str], length: int) -> list[list[int]]:
    """Token ids cut to `length` with the end mark kept, padded with it."""
    end = tok.token_to_id(END)
    out = []
    for text in texts:
        ids = tok.encode(text).ids
        if len(ids) > length:
            ids = ids[: length - 1] + [end]
        out.append(ids + [end] * (length - len(ids)))
    return out
