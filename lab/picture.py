# SPDX-License-Identifier: GPL-2.0-only
"""A picture of what lab/matrix measured: how long 99 % of the calls took.

A panel a scenario, a place for each number of threads and size of the flood,
one above the other what the two drivers took, on a logarithmic scale. What
hung or was refused has no time: it is told at the top.
"""
import sys

LOOKS = {
    "stock": {"color": "#c8501e", "marker": "o", "facecolors": "none"},
    "ours": {"color": "#1e5fa8", "marker": "o"},
}
SHIFT = 0.17    # to either side of the place


def load():
    try:
        import matplotlib
    except ImportError:
        sys.exit("lab: a picture takes matplotlib:"
                 " apt-get install python3-matplotlib")
    matplotlib.use("svg")
    # The same results give the same file
    matplotlib.rcParams.update({"svg.hashsalt": "matrix", "font.size": 8,
                                "svg.fonttype": "none"})
    from matplotlib import pyplot
    return pyplot


def in_words(ms, _):
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms:g} ms"


def draw_times(axes, runs):
    """The times of a scenario, and at the top who has none."""
    for side, driver in enumerate(LOOKS):
        found = [(x, run.result(driver)) for x, run in enumerate(runs)]
        shift = SHIFT * (2 * side - 1)
        times = [(x + shift, r["p99_ms"]) for x, r in found
                 if r and r["outcome"] == "served"]
        if times:
            axes.scatter(*zip(*times), s=22, label=driver, **LOOKS[driver])
        for x, r in found:
            if r and r["outcome"] != "served":
                axes.text(x + shift, 0.98, r["outcome"], rotation=90,
                          color=LOOKS[driver]["color"], ha="center", va="top",
                          transform=axes.get_xaxis_transform(), fontsize=7)


def draw_places(axes, runs):
    """What each place stands for: the flood, and below it the threads."""
    axes.set_xticks(range(len(runs)), [str(run.flood) for run in runs])
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(runs) - 0.4)
    for threads in sorted({run.threads for run in runs}):
        places = [x for x, run in enumerate(runs) if run.threads == threads]
        axes.text(sum(places) / len(places), -0.19, f"T = {threads}",
                  transform=axes.get_xaxis_transform(), ha="center")
        if places[0]:
            axes.axvline(places[0] - 0.5, color="0.85", linewidth=0.8)


def draw(rows, runs, kernel, path):
    """Write the picture, as SVG."""
    pyplot = load()
    columns = min(2, len(rows))
    lines = -(-len(rows) // columns)
    figure, panels = pyplot.subplots(
        lines, columns, figsize=(4.6 * columns, 2.5 * lines + 0.4),
        squeeze=False, sharey=True)
    for axes, row in zip(panels.flat, rows):
        mine = [run for run in runs if run.row is row]
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(in_words)
        axes.grid(axis="y", color="0.9", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_title(row.name, loc="left", fontweight="bold")
        draw_times(axes, mine)
        draw_places(axes, mine)
    for axes in panels.flat[len(rows):]:
        axes.axis("off")
    # Room for the words at the top
    low, high = panels[0][0].get_ylim()
    panels[0][0].set_ylim(low, high * 12)
    for axes in panels[:, 0]:
        axes.set_ylabel("99 % within")
    floods = ", ".join(str(n) for n in sorted({run.flood for run in runs}))
    figure.suptitle(f"Stock and ours, kernel {kernel}: processes that flood"
                    f" OP-TEE ({floods}), with T secure threads")
    # Whatever panel has times of a driver
    known = {label: handle for axes in panels.flat for handle, label
             in zip(*axes.get_legend_handles_labels())}
    figure.legend(known.values(), known.keys(), loc="lower center", ncols=2,
                  frameon=False)
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    figure.savefig(path, format="svg", metadata={"Date": None})
