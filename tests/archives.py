"""Archives of arrays as numpy writes them, and as nobody should."""

import io
import zipfile
from typing import Any

import numpy as np


def npz(compressed: bool = False, /, **tensors: Any) -> bytes:
    target = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(target, **tensors)
    return target.getvalue()


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as written:
        for name, data in members.items():
            written.writestr(name, data)
    return target.getvalue()


def npy(values: object, **options: bool) -> bytes:
    target = io.BytesIO()
    np.save(target, np.asarray(values), **options)
    return target.getvalue()


def filled(*shape: int) -> np.ndarray:
    return np.arange(float(np.prod(shape))).reshape(shape)
