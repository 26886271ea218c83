"""A contact sheet: one HTML file that holds everything it shows and asks nothing of any network."""

import base64
from collections.abc import Sequence
from html import escape

MARK = '<meta name="generator" content="latentmapper photos">'
"""What tells a sheet of ours from other files."""
STYLE = """
body { margin: 24px; background: #f4f4f2; color: #222; font: 14px/1.4 system-ui, sans-serif }
h2 { margin: 28px 0 8px } p { max-width: 70em }
div { display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); gap: 8px }
figure { margin: 0; padding: 4px; background: #fff; border-top: 3px solid #4a8f5b; overflow: hidden }
.dropped figure, .unreadable figure { border-color: #b03a2e }
img { display: block; margin: auto; height: 96px; max-width: 100%; object-fit: contain }
figcaption { font-size: 11px; overflow-wrap: anywhere }
"""

Tile = tuple[str, bytes, str]
"""Name of the picture, a JPEG or nothing, and a note below it."""


def contact_sheet(title: str, summary: str, sections: Sequence[tuple[str, str, Sequence[Tile]]]) -> str:
    """HTML of pictures in sections.

    Parameters
    ----------
    sections : style class, heading and pictures of each; those without pictures are left out.
    """
    shown = [_section(*section) for section in sections if section[2]]
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            MARK,
            f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
            f"<h1>{escape(title)}</h1><p>{escape(summary)}</p>",
            *shown,
            "</body></html>\n",
        ]
    )


def _section(style: str, heading: str, tiles: Sequence[Tile]) -> str:
    figures = "\n".join(_figure(*tile) for tile in tiles)
    return f'<h2>{escape(heading)}</h2><div class="{escape(style)}">\n{figures}\n</div>'


def _figure(name: str, jpeg: bytes, note: str) -> str:
    picture = ""
    if jpeg:
        data = base64.b64encode(jpeg).decode()
        picture = f'<img loading="lazy" alt="" src="data:image/jpeg;base64,{data}">'
    caption = f"{escape(note)}<br>{escape(name.rpartition('/')[2])}"
    return f'<figure title="{escape(name)}">{picture}<figcaption>{caption}</figcaption></figure>'
