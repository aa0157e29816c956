"""A drawing that stands alone: with title, scope, source line and release, as SVG and PNG."""

from __future__ import annotations

import re
import struct
import textwrap
import zlib
from html import escape

import vl_convert

from counterpoise.publish import theme
from counterpoise.publish.blocks import Chart
from counterpoise.publish.drawing import register_fonts

_SIZE = re.compile(r'<svg[^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"')
_LINE = 18
_PAD = 16


def standing_alone(chart: Chart, source: str) -> str:
    """A drawing as an SVG file: its caption above, what it rests on below."""
    svg = chart.svg[chart.svg.index("<svg") :].strip()
    found = _SIZE.search(svg)
    if found is None:
        raise ValueError("a drawing's SVG states no size")
    width, height = float(found[1]), float(found[2])
    whole = max(width, 480.0) + 2 * _PAD
    across = int(whole / 7.2)
    above = textwrap.wrap(theme.plain(chart.caption), across)
    below = textwrap.wrap(source, int(across * 1.2))
    top = _PAD + _LINE * len(above) + 8
    total = top + height + _LINE * len(below) + _PAD
    titles = _lines(above, _PAD + 12, theme.INK, 14, 600)
    notes = _lines(below, top + height + 14, theme.MUTED, theme.CHART_SMALL, 400)
    inner = svg.replace("<svg", f'<svg x="{_PAD}" y="{top}"', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole:g}" height="{total:g}" '
        f'viewBox="0 0 {whole:g} {total:g}" font-family="{escape(theme.FACE_STACK)}">'
        f'<rect width="100%" height="100%" fill="{theme.PAPER}"/>{titles}{inner}{notes}</svg>\n'
    )


def png(svg: str, scale: float = 1.5) -> bytes:
    """A drawing as PNG, larger than it stands, for sharp print."""
    register_fonts()
    return packed(bytes(vl_convert.svg_to_png(svg, scale=scale)))


def packed(image: bytes) -> bytes:
    """The same PNG with its pixels packed well: the drawing library packs them for speed alone.

    PNG (W3C, third edition): after eight bytes, chunks of length, type, content and checksum.
    """
    kept, pixels, place = [], [], 8
    while place < len(image):
        length, kind = struct.unpack(">I4s", image[place : place + 8])
        end = place + 12 + length
        if kind == b"IDAT":
            pixels.append(image[place + 8 : end - 4])
        else:
            kept.append(image[place:end])
        place = end
    body = zlib.compress(zlib.decompress(b"".join(pixels)), 6)
    head = b"IDAT" + body
    chunk = struct.pack(">I", len(body)) + head + struct.pack(">I", zlib.crc32(head))
    return image[:8] + b"".join(kept[:-1]) + chunk + kept[-1]


def _lines(texts: list[str], start: float, colour: str, size: int, weight: int) -> str:
    return "".join(
        f'<text x="{_PAD}" y="{start + _LINE * at:g}" fill="{colour}" font-size="{size}" '
        f'font-weight="{weight}">{escape(text)}</text>'
        for at, text in enumerate(texts)
    )
