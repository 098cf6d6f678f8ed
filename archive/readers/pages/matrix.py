"""Transformations of a page, as PDF (ISO 32000-2, 8.3.3) and OFD (GB/T 33190) write them: six numbers."""

from __future__ import annotations

Matrix = tuple[float, float, float, float, float, float]
UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def times(a: Matrix, b: Matrix) -> Matrix:
    """First `a`, then `b`."""
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )


def apply(m: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a point comes to lie."""
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def inverse(m: Matrix) -> Matrix | None:
    """What undoes a transformation; None for one that flattens the page."""
    area = m[0] * m[3] - m[1] * m[2]
    if abs(area) < 1e-12:
        return None
    a, b, c, d = m[3] / area, -m[1] / area, -m[2] / area, m[0] / area
    return a, b, c, d, -(m[4] * a + m[5] * c), -(m[4] * b + m[5] * d)


def is_near(a: Matrix, b: Matrix, within: float) -> bool:
    """Whether two transformations differ by no more than `within` in any number."""
    return all(abs(x - y) <= within for x, y in zip(a, b, strict=True))
