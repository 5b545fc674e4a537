# plot.py FILE TITLE < JSON: a chart of lines as SVG, readable without colours being told apart. The JSON has
#   x, y: what the axes say; log: whether x is logarithmic; limit: a y with a line of its own; top: the least end of the y axis
#   lines: [{name, points: [[x, y], ...]}]; marks: [{at, name}], places on the x axis from which something began.
import html, json, math, sys

path, title = sys.argv[1:3]
chart = json.load(sys.stdin)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 820, 360, 64, 30, 64, 48
DASHES = ["", "7 4", "2 3", "10 3 2 3", "1 5"]
COLOURS = ["#0b5fa5", "#b4480b", "#2c7a2c", "#7a2c7a", "#555555"]
points = [p for line in chart["lines"] for p in line["points"]]
across = (lambda v: math.log10(v)) if chart.get("log") else (lambda v: v)
low, high = min(across(p[0]) for p in points), max(across(p[0]) for p in points)
top = max([p[1] for p in points] + [chart.get("limit") or 0, chart.get("top") or 0]) * 1.08
at_x = lambda v: LEFT + (across(v) - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)
at_y = lambda v: HEIGHT - BOTTOM - v / top * (HEIGHT - TOP - BOTTOM)
out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" font-size="12">',
       f"<title>{html.escape(title)}</title>", f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>']
text = lambda x, y, what, more="": out.append(f'<text x="{x:.1f}" y="{y:.1f}" fill="#222222" {more}>{html.escape(what)}</text>')
rule = lambda x1, y1, x2, y2, more: out.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {more}/>')
number = lambda v: f"{v:,.0f}" if v >= 10 or v == int(v) else f"{v:.2g}"

text(LEFT, 20, title, 'font-size="15" font-weight="bold"')
step = 10 ** math.floor(math.log10(top / 4))
step *= next(m for m in (1, 2, 5, 10) if top / (step * m) <= 6)
for n in range(int(top / step) + 1):
    rule(LEFT, at_y(n * step), WIDTH - RIGHT, at_y(n * step), 'stroke="#dddddd"')
    text(LEFT - 6, at_y(n * step) + 4, number(n * step), 'text-anchor="end"')
if chart.get("log"):
    ticks = sorted({p[0] for p in points})
else:
    wide = 10 ** math.floor(math.log10(high / 5)) if high > 0 else 1
    wide *= next(m for m in (1, 2, 5, 10) if high / (wide * m) <= 8)
    ticks = [n * wide for n in range(int(high / wide) + 1)]
for tick in ticks:
    text(at_x(tick), HEIGHT - BOTTOM + 18, number(tick), 'text-anchor="middle"')
text(WIDTH - RIGHT, HEIGHT - 8, chart["x"], 'text-anchor="end"')
text(8, TOP - 10, chart["y"])
if chart.get("limit"):
    rule(LEFT, at_y(chart["limit"]), WIDTH - RIGHT, at_y(chart["limit"]), 'stroke="#c00000" stroke-dasharray="4 3"')
for mark in chart.get("marks", []):
    rule(at_x(mark["at"]), TOP, at_x(mark["at"]), HEIGHT - BOTTOM, 'stroke="#999999" stroke-dasharray="2 2"')
    text(at_x(mark["at"]) + 4, TOP + 12, mark["name"])
key = LEFT
for n, line in enumerate(chart["lines"]):
    look = f'stroke="{COLOURS[n % 5]}" stroke-width="2" stroke-dasharray="{DASHES[n % 5]}"'
    out.append(f'<polyline fill="none" {look} points="' + " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in line["points"]) + '"/>')
    if chart.get("log"):
        out += [f'<circle cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="3" fill="{COLOURS[n % 5]}"/>' for x, y in line["points"]]
    rule(key, 36, key + 28, 36, look)
    text(key + 34, 40, line["name"])
    key += 60 + 7 * len(line["name"])
with open(path, "w") as file:
    file.write("\n".join([*out, "</svg>"]) + "\n")
