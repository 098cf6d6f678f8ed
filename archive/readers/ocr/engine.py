"""The recogniser: RapidOCR (Apache-2.0) with the PP-OCRv6 models that come inside its package; nothing is downloaded.

The single steps, detection and recognition, are called rather than the whole of RapidOCR: lone digits in table cells
are often overlooked by detection, and cells are known from the ruling lines anyway.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import rapidocr
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_det import TextDetector
from rapidocr.ch_ppocr_rec import TextRecInput, TextRecognizer

from archive.models import UnreadableDocument

Gray = Any
"""A page or a piece of one: rows of bytes, 0 black, 255 white (numpy, uint8)."""

_MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
_NARROWEST = 96  # pixels at a height of 48; the default of 320 spends four times as long on a lone digit


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line was read as, and how sure the recogniser is of each character, from 0 to 1."""

    text: str
    sure: tuple[float, ...]

    @property
    def least(self) -> float:
        """How sure it is of the character that it is least sure of."""
        return min(self.sure, default=0.0)

    @property
    def mean(self) -> float:
        """How sure it is on average."""
        return sum(self.sure) / len(self.sure) if self.sure else 0.0


class Engine:
    """Detection and recognition, with the models loaded."""

    def __init__(self) -> None:
        """Loads the models; raises UnreadableDocument where the installed RapidOCR does not hold them."""
        folder = Path(rapidocr.__file__).parent / "models"
        params: dict[str, object] = {
            "Global.log_level": "error",
            "Rec.rec_img_shape": [3, 48, _NARROWEST],
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
        for step, name in _MODELS.items():
            path = folder / name
            if not path.is_file():  # RapidOCR would download it
                raise UnreadableDocument(f"a scan, and the RapidOCR installed for reading it lacks its model {name}")
            params[f"{step}.model_path"] = str(path)
        config = RapidOCR(params=params).cfg
        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        for step in _MODELS:
            config[step].engine_cfg = config.EngineConfig[config[step].engine_type.value]
        config.Rec.font_path = None
        self._detector = TextDetector(config.Det)
        self._recogniser = TextRecognizer(config.Rec)

    def detect(self, page: Gray) -> list[tuple[float, float, float, float]]:
        """Boxes (left, top, right, bottom) of pieces of text, in pixels, from top to bottom."""
        found = self._detector(_coloured(page))
        if found.boxes is None:
            return []
        return [
            (float(b[:, 0].min()), float(b[:, 1].min()), float(b[:, 0].max()), float(b[:, 1].max()))
            for b in found.boxes
        ]

    def read(self, lines: Sequence[Gray]) -> list[Reading]:
        """One reading for each image of a line of text; an empty text where nothing was recognised."""
        if not lines:
            return []
        found = self._recogniser(TextRecInput(img=[_coloured(line) for line in lines], return_word_box=True))
        return [
            Reading(text, tuple(float(sure) for sure in words.confs) if text else ())
            for text, words in zip(found.txts, found.word_results, strict=True)
        ]


@cache
def engine() -> Engine:
    """The one engine of this process."""
    return Engine()


def engine_name() -> str:
    """The engine and its version, for warnings."""
    return f"RapidOCR {version('rapidocr')}, PP-OCRv6"


def _coloured(gray: Gray) -> Any:
    return np.repeat(gray[:, :, None], 3, axis=2)
