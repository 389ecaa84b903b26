"""A branch's jobs as one page with a bar chart, so that one sees a build getting slower."""

from __future__ import annotations

from html import escape

from .._amplify.records import JobRecord, build_times
from .._amplify.status import Status
from .._values.durations import format_duration
from .._values.text import printable
from ..report.render_html import page
from .job_text import first_line, started

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 900, 260, 60, 24
_COLORS: dict[str, str] = {
    Status.SUCCEED: "#2a9d4a",
    Status.FAILED: "#c8372d",
    Status.CANCELLED: "#b58a00",
}


def history_page(branch: str, jobs: list[JobRecord]) -> str:
    """The page: a bar for each job, oldest on the left, and a table, newest first."""
    typical = build_times(jobs).typical
    says = (
        f"Successful builds typically take {format_duration(typical)}."
        if typical
        else "No successful build yet."
    )
    rows = "".join(
        f"<tr><td>{escape(job.id.number_text)}</td><td>{escape(printable(job.status, 40))}</td>"
        f"<td>{started(job)}</td>"
        f"<td>{'' if job.duration_seconds is None else format_duration(job.duration_seconds)}</td>"
        f"<td>{escape(printable(job.reported_commit or '', 40))}</td>"
        f"<td>{escape(first_line(job.commit_message))}</td></tr>"
        for job in jobs
    )
    names = ("Job", "Status", "Started (UTC)", "Took", "Commit", "Message")
    head = f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>"
    return page(
        f"Builds of {printable(branch, 200)}",
        f"<p>{says}</p>{_chart(jobs, typical)}<table>{head}{rows}</table>",
    )


def _chart(jobs: list[JobRecord], typical: float | None) -> str:
    timed = [job for job in reversed(jobs) if job.duration_seconds is not None]
    if not timed:
        return ""
    longest = max(job.duration_seconds or 0 for job in timed) or 1
    plot, step = _HEIGHT - _BOTTOM - 10, (_WIDTH - _LEFT) / len(timed)

    def y(seconds: float) -> float:
        return _HEIGHT - _BOTTOM - plot * seconds / longest

    parts = []
    for share in (0.0, 0.5, 1.0):
        at = y(longest * share)
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{at:.1f}" y2="{at:.1f}" stroke="currentColor" '
            f'stroke-opacity=".15"/><text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">'
            f"{format_duration(longest * share)}</text>"
        )
    for number, job in enumerate(timed):
        seconds = job.duration_seconds or 0
        color = _COLORS.get(job.status, "#888")
        left, top = _LEFT + number * step, y(seconds)
        label = f"job {job.id.number_text} {job.status} {format_duration(seconds)}"
        parts.append(
            f'<rect x="{left + step * 0.1:.1f}" y="{top:.1f}" width="{step * 0.8:.1f}" '
            f'height="{max(1.0, _HEIGHT - _BOTTOM - top):.1f}" fill="{color}">'
            f"<title>{escape(label)}</title></rect>"
        )
    for number in {0, len(timed) - 1}:
        middle = _LEFT + (number + 0.5) * step
        parts.append(
            f'<text x="{middle:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">'
            f"{escape(timed[number].id.number_text)}</text>"
        )
    if typical:
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y(typical):.1f}" y2="{y(typical):.1f}" '
            'stroke="#2a6fd6" stroke-dasharray="6 4"><title>typical</title></line>'
        )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="seconds of each build" '
        f'font-size="12" fill="currentColor" width="100%">{"".join(parts)}</svg>'
    )
