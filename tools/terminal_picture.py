#!/usr/bin/env python3
"""Draws what a command printed on a terminal as an SVG picture.

  CLICOLOR_FORCE=1 build/taut version | tools/terminal_picture.py "taut version" > docs/version.svg

Understands the colours that taut uses (bold, dim, red, green, yellow, cyan) and carriage returns that redraw a
line; anything else that is an escape sequence is dropped.
"""
import html
import re
import sys

INKS = {1: "bold", 2: "dim", 31: "red", 32: "green", 33: "yellow", 36: "cyan"}
STYLE = """
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d6dde6; white-space: pre; }
  .bold { font-weight: 700; fill: #ffffff; } .dim { fill: #7d8896; } .red { fill: #ff7b72; }
  .green { fill: #56d364; } .yellow { fill: #e3b341; } .cyan { fill: #6cb6ff; } .title { fill: #7d8896; font-size: 12px; }
"""
CELL, LINE, LEFT, TOP = 7.85, 19, 20, 58


def spans(line):
    """(text, ink) pieces of one line."""
    ink = None
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if code:
            last = [int(n) for n in code.group(1).split(";") if n] or [0]
            ink = INKS.get(last[-1])
        elif piece:
            yield re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", piece), ink


def draw(title, text):
    lines = [line.rsplit("\r", 1)[-1] for line in text.rstrip("\n").split("\n")]
    plain = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in lines]
    width = max(60, max(map(len, plain))) * CELL + 2 * LEFT
    height = TOP + len(lines) * LINE + 8
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
           f'height="{height}" role="img" aria-label="{html.escape(title)}">', f"<style>{STYLE}</style>",
           f'<rect width="100%" height="100%" rx="10" fill="#0f1620"/>']
    for i, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        out.append(f'<circle cx="{24 + i * 20}" cy="22" r="6" fill="{colour}"/>')
    out.append(f'<text class="title" x="{width / 2:.0f}" y="26" text-anchor="middle">{html.escape(title)}</text>')
    for row, line in enumerate(lines):
        column = 0
        for piece, ink in spans(line):
            if piece.strip():
                kind = f' class="{ink}"' if ink else ""
                # Each piece is stretched to its cells, so that columns stand whatever font is there.
                out.append(f'<text{kind} x="{LEFT + column * CELL:.1f}" y="{TOP + row * LINE}" xml:space="preserve" '
                           f'textLength="{len(piece) * CELL:.1f}" lengthAdjust="spacingAndGlyphs">{html.escape(piece)}</text>')
            column += len(piece)
    return "\n".join(out + ["</svg>"]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(draw(sys.argv[1] if len(sys.argv) > 1 else "taut", sys.stdin.read()))
