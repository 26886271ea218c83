"""CLIP's byte pairs: texts to the token ids that its text encoder reads.

Built with `tokenizers` from the files of a checkpoint: `tokenizer.json`, as the hub has it, or OpenAI's
own list of merges.
"""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MissingError, PackError
from latentmapper.extras import require

MERGES = "bpe_simple_vocab_16e6.txt.gz"
MERGES_URL = f"https://github.com/openai/CLIP/raw/main/clip/{MERGES}"
START, END = "<|startoftext|>", "<|endoftext|>"
KEPT = 49152 - 256 - 2
"""How many merges of the list CLIP uses."""
PIECES = r"""<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""


class BytePairs:
    """A tokenizer found beside weights.

    Raises
    ------
    MissingError : there is no vocabulary in the folder; the message says what to fetch.
    PackError : there is one that cannot be read, or is another model's.
    """

    def __init__(self, folder: Path, length: int) -> None:
        self._length = length
        self._tokenizer = _open(folder)
        self._start, self._end = (self._tokenizer.token_to_id(token) for token in (START, END))
        if self._start is None or self._end is None:
            raise PackError(f"the vocabulary in {folder} is not CLIP's: it lacks {START} or {END}")

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """(n, length) ids: start, text, end, then zeros; what is too long is cut off before the end."""
        ids = np.zeros((len(texts), self._length), np.int64)
        for row, text in zip(ids, texts, strict=True):
            inner = self._tokenizer.encode(text, add_special_tokens=False).ids[: self._length - 2]
            row[: len(inner) + 2] = [self._start, *inner, self._end]
        return ids


def _open(folder: Path) -> Any:
    tokenizers = require("tokenizers", extra="train")
    try:
        if (folder / "tokenizer.json").is_file():
            return tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        if (folder / MERGES).is_file():
            text = gzip.decompress((folder / MERGES).read_bytes()).decode()
            return from_merges(text.split("\n")[1 : KEPT + 1])
    except Exception as error:
        raise PackError(f"the vocabulary in {folder} cannot be read: {error}") from None
    raise MissingError(f"no CLIP vocabulary in {folder}; download {MERGES_URL} and put it there")


def from_merges(lines: Sequence[str]) -> Any:
    """The tokenizer of a list of merges, "a b" a line, the most frequent first."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    merges = [(first, second) for first, second in (line.split() for line in lines if line.strip())]
    letters = _byte_letters()
    words = [*letters, *(f"{letter}</w>" for letter in letters), *(a + b for a, b in merges), START, END]
    model = models.BPE({w: i for i, w in enumerate(words)}, merges, end_of_word_suffix="</w>", unk_token=END)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(  # type: ignore[assignment]
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(  # type: ignore[assignment]
        [
            pre_tokenizers.Split(Regex(PIECES), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    return tokenizer


def _byte_letters() -> list[str]:
    """The letter that stands for each byte, in the vocabulary's order; printable ones are their own."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in plain]
    return [*map(chr, plain), *(chr(256 + i) for i in range(len(others)))]
