"""The figures of the page about many releases are those of the simulation."""

from __future__ import annotations

from pathlib import Path

from bench import fleet

PAGE = (Path(__file__).parents[2] / "docs" / "many-releases.md").read_text(encoding="utf-8")


def test_the_page_has_what_the_simulation_prints() -> None:
    """The table, and the costs that it starts from."""
    assert fleet.table() in PAGE
    costs = fleet.MEASURED
    assert f"{costs.preview} s of one core, and {costs.preview_each} s for each release" in PAGE
    assert f"{costs.up} s of one core, and {costs.up_each} s for each release" in PAGE
    assert f"{costs.memory} MB of memory" in PAGE
    each = f"{costs.state_each / 1000:.1f} kB for each release, written {costs.writes_each} times"
    assert each in PAGE


def test_build_slots_are_what_limits_few_accounts() -> None:
    """As the page says: within 3 % of what the builds alone need; a hundred want more machines."""
    few = [fleet.Fleet(places, 1, fleet.MEASURED).run() for places in (1, 10)]
    assert all(found.hours < 1.03 * found.slots_hours for found in few)
    one, ten = (fleet.Fleet(100, machines, fleet.MEASURED).run() for machines in (1, 10))
    assert one.threads > 0.9
    assert one.hours > 5 * one.slots_hours
    assert ten.hours < 1.25 * ten.slots_hours
    assert max(found.engine for found in (*few, one, ten)) < 0.01
