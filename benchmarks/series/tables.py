"""Tables from result rows: quality per track and source, speed, the published figures beside ours, failures."""

from collections.abc import Iterator

import pandas as pd
from rich.table import Table

FIGURES = {
    "vus_pr": "VUS-PR",
    "auc_pr": "AUC-PR",
    "affiliation_f": "affil. F",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "false_alarms_per_10k": "false alarms per 10k",
}
PUBLISHED_SHOWN = 10


def quality_tables(rows: pd.DataFrame) -> Iterator[Table]:
    """One table per track and one per source in it: means over series, plus or minus the spread over seeds."""
    for track, of_track in rows.groupby("track"):
        yield _quality(f"track {track}, all sources", of_track)
        if of_track["source"].nunique() > 1:
            for source, of_source in of_track.groupby("source"):
                yield _quality(f"track {track}, {source}", of_source)


def _quality(title: str, rows: pd.DataFrame) -> Table:
    table = Table(title=title, caption="areas over the whole series, the rest over the rows after the train span")
    for column in ("method", "series", "with events", "failed", *FIGURES.values()):
        table.add_column(column, justify="left" if column == "method" else "right", overflow="fold")
    means = rows.groupby("method")["vus_pr"].mean().sort_values(ascending=False, na_position="last")
    for method in means.index:
        of_method = rows[rows["method"] == method]
        n_failed = of_method.loc[of_method["reason"] != "", "name"].nunique()
        n_labelled = of_method.loc[of_method["vus_pr"].notna(), "name"].nunique()
        figures = [over_seeds(of_method, figure) for figure in FIGURES]
        table.add_row(str(method), str(of_method["name"].nunique()), str(n_labelled), str(n_failed or ""), *figures)
    return table


def over_seeds(rows: pd.DataFrame, figure: str) -> str:
    """The mean over series, then its mean and, for two seeds or more, standard deviation over seeds."""
    per_seed = rows.groupby("seed")[figure].mean().dropna()
    digits = 1 if figure == "false_alarms_per_10k" else 3
    if per_seed.empty:
        return "-"
    spread = f" ± {per_seed.std():.{digits}f}" if len(per_seed) > 1 else ""
    return f"{per_seed.mean():.{digits}f}{spread}"


def speed_table(rows: pd.DataFrame) -> Table:
    """Rows fitted and scored per CPU-second of one thread, and the most memory that a process held."""
    table = Table(title="speed, one thread", caption="fit includes setting the threshold")
    for column in ("track", "method", "fit rows / CPU-s", "score rows / CPU-s", "peak memory MB"):
        table.add_column(column, justify="left" if column in ("track", "method") else "right")
    done = rows[rows["reason"] == ""]
    for (track, method), of_method in done.groupby(["track", "method"]):
        fit = of_method["train_rows"].sum() / max(of_method["fit_cpu_s"].sum(), 1e-6)
        score = of_method["rows"].sum() / max(of_method["score_cpu_s"].sum(), 1e-6)
        table.add_row(str(track), str(method), f"{fit:,.0f}", f"{score:,.0f}", f"{of_method['peak_mb'].max():,.0f}")
    return table


def published_tables(rows: pd.DataFrame, published: pd.DataFrame, splits: dict[str, str]) -> Iterator[Table]:
    """Our mean VUS-PR beside the best published ones, on the series that both have: all of them, and the eval split."""
    for track, theirs in published.groupby("track"):
        names = set(theirs["name"]) & set(rows["name"])
        in_split = {name for name in names if splits.get(name) == "eval"}
        if names:
            yield _published(f"track {track}, VUS-PR on {len(names)} published series", rows, theirs, names)
        if in_split and in_split != names:
            yield _published(f"track {track}, eval split, {len(in_split)} series", rows, theirs, in_split)


def _published(title: str, rows: pd.DataFrame, theirs: pd.DataFrame, names: set[str]) -> Table:
    table = Table(title=title)
    for column, justify in (("method", "left"), ("", "left"), ("series", "right"), ("VUS-PR", "right")):
        table.add_column(column, justify="right" if justify == "right" else "left")
    entries: list[tuple[float, str, str, int, str]] = []
    for method, of_method in rows[rows["name"].isin(names)].groupby("method"):
        n = of_method.loc[of_method["vus_pr"].notna(), "name"].nunique()
        entries.append((float(of_method["vus_pr"].mean()), str(method), "here", n, over_seeds(of_method, "vus_pr")))
    for method, figures in theirs[theirs["name"].isin(names)].groupby("method")["vus_pr"]:
        mean = float(figures.mean())
        entries.append((mean, str(method), "published", len(figures), f"{mean:.3f}"))
    best = sorted((entry for entry in entries if entry[2] == "published"), reverse=True)[:PUBLISHED_SHOWN]
    ours = [entry for entry in entries if entry[2] == "here"]
    for _, name, where, n, shown in sorted(ours + best, key=lambda entry: -entry[0] if entry[0] == entry[0] else 1):
        table.add_row(name, where, str(n), shown)
    return table


def failure_table(rows: pd.DataFrame) -> Table:
    """Every failed unit with its reason, one line for all the methods and seeds that failed alike."""
    table = Table(title="failed")
    for column in ("series", "methods", "reason"):
        table.add_column(column)
    failures = rows[rows["reason"] != ""]
    for (name, reason), alike in failures.groupby(["name", "reason"]):
        table.add_row(str(name), ", ".join(sorted(set(alike["method"]))), str(reason))
    return table


def beaten_by_random(rows: pd.DataFrame) -> list[str]:
    """The tracks in which `random` has the higher mean VUS-PR than `nightscore`, a failure counted as 0."""
    beaten = []
    for track, of_track in rows.groupby("track"):
        means = {
            method: of_track[of_track["method"] == method].groupby("name")["vus_pr"].mean()
            for method in ("random", "nightscore")
        }
        names = means["random"].dropna().index.intersection(means["nightscore"].index)
        if len(names) and not means["nightscore"][names].fillna(0).mean() > means["random"][names].mean():
            beaten.append(str(track))
    return beaten
