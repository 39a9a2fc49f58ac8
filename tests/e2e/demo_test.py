"""The demo does what it says: every step was seen to happen, and it ends with exit code 0."""
import os
import re
import sys

import taut_e2e


@taut_e2e.sandbox_only
def test_every_step_of_the_demo_is_seen_to_happen(world):
    told = world.run("demo", env={**os.environ, "DEMO_ONCE": "1"})
    for step in ("Synced", "rolled out", "healed", "pruned", "Degraded", "rolled back"):
        line = next((line for line in told.stdout.splitlines() if line.strip().startswith(step)), None)
        assert line and re.search(r"\d (ms|s)$", line), (step, told.stdout)
    assert "Image registry.example/shop/api:2.1.0-rc1 was not found in registry.example." in told.stdout, told.stdout


@taut_e2e.sandbox_only
def test_the_demo_leaves_nothing_behind(world):
    scratch = world.folder / "tmp"
    scratch.mkdir()
    world.run("demo", env={**os.environ, "DEMO_ONCE": "1", "TMPDIR": str(scratch)})
    assert not list(scratch.iterdir()), list(scratch.iterdir())


if __name__ == "__main__":
    taut_e2e.main(sys.modules[__name__])
