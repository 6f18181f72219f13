"""Lines over time as an SVG file, one panel below the other; no library."""

import html

WIDTH, PANEL, LEFT, RIGHT, TOP, BOTTOM = 900, 190, 80, 150, 34, 30
COLOURS = ["#1b6ca8", "#c1432e", "#3a7d44", "#8a4fa3", "#b07d12"]


def step_for(most):
    """A round distance between grid lines, so that there are three to seven."""
    unit = 1.0
    while unit * 7 < most:
        unit *= 10
    while unit * 0.7 > most:
        unit /= 10
    for part in (0.1, 0.2, 0.5, 1):
        if most / (unit * part) <= 7:
            return unit * part
    return unit


def ticks(most):
    step = step_for(most) if most > 0 else 1
    return [step * i for i in range(int(most / step) + 1)]


def shown(value):
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


def panel(title, series, top, minutes):
    """One diagram; series: {name: [(minute, value)]}."""
    most = max((value for points in series.values() for _, value in points), default=0) * 1.05 or 1
    inner, height = WIDTH - LEFT - RIGHT, PANEL - TOP - BOTTOM

    def place(minute, value):
        return LEFT + inner * minute / minutes, top + TOP + height * (1 - value / most)

    out = [f'<text x="{LEFT}" y="{top + 20}" class="title">{html.escape(title)}</text>']
    for tick in ticks(most):
        _, y = place(0, tick)
        out.append(f'<line x1="{LEFT}" x2="{LEFT + inner}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
                   f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{shown(tick)}</text>')
    for tick in ticks(minutes):
        x, y = place(tick, 0)
        out.append(f'<text x="{x:.1f}" y="{y + 16:.1f}" text-anchor="middle">{shown(tick)}</text>')
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
        out.append(f'<polyline points="{line}" stroke="{colour}"/>'
                   f'<text x="{LEFT + inner + 10}" y="{top + TOP + 12 + 16 * number}" fill="{colour}">'
                   f"{html.escape(name)}</text>")
    return "\n".join(out)


def svg(heading, panels):
    """panels: [(title, {name: [(minute, value)]})]. The time axis is minutes and the same for all."""
    moments = [minute for _, series in panels for points in series.values() for minute, _ in points]
    minutes = max(moments, default=0) or 1
    height = 40 + PANEL * len(panels) + 20
    body = "\n".join(panel(title, series, 40 + PANEL * i, minutes) for i, (title, series) in enumerate(panels))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}">
<style>text {{ font: 12px sans-serif; }} .title {{ font-weight: bold; }} .grid {{ stroke: #ddd; }}
polyline {{ fill: none; stroke-width: 1.5; }}</style>
<rect width="{WIDTH}" height="{height}" fill="white"/>
<text x="{LEFT}" y="24" font-size="15">{html.escape(heading)}</text>
{body}
<text x="{LEFT}" y="{height - 8}">minutes</text>
</svg>
"""
