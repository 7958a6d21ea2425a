"""Pictures of every page for docs/screenshots/pages, kept by the journeys in Debian's Chromium, made small.

Run as `.venv/bin/python scripts/make_pictures.py [FOLDER]`: with a folder, of pictures that a run of
`HARBORLINE_PICTURES=FOLDER make test` has kept; without, the journeys run first. Kept of each page: English at a desk
and Spanish on a telephone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent.parent
PAGES = HERE / "docs" / "screenshots" / "pages"
KEPT = ("-en-desktop", "-es-phone")
# Half of what was on the screen, and not endless lists.
SCALE, LONGEST_PIXELS = 0.6, 2400


def made_small(picture: Path) -> None:
    """Write one picture of the journeys as WebP beside the others."""
    with Image.open(picture) as page:
        size = (int(page.width * SCALE), int(page.height * SCALE))
        small = (
            page.convert("RGB")
            .resize(size, Image.Resampling.LANCZOS)
            .crop((0, 0, size[0], min(size[1], LONGEST_PIXELS)))
        )
    small.save(PAGES / f"{picture.stem}.webp", quality=45, method=6)


def listed(pictures: list[Path]) -> str:
    """The page that shows them all, by name."""
    names = sorted({one.stem.removesuffix(end) for one in pictures for end in KEPT if one.stem.endswith(end)})
    lines = [
        "# Every page, as the journeys saw it", "",
        "Made by `scripts/make_pictures.py`: English at a desk, Spanish on a telephone.",
        "Everybody in them is invented.", "",
    ]  # fmt: skip
    for name in names:
        shown = [f"![{name}{end}]({name}{end}.webp)" for end in KEPT if (PAGES / f"{name}{end}.webp").is_file()]
        lines += [f"## {name}", "", " ".join(shown), ""]
    return "\n".join(lines)


def main() -> int:
    """Make the folder anew; answers 1 when the journeys fail or kept nothing."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="pictures-"))
    if len(sys.argv) == 1:
        env = {**os.environ, "HARBORLINE_PICTURES": str(folder)}
        done = subprocess.run([sys.executable, "-m", "pytest", "-q", "tests/journeys"], cwd=HERE, env=env, check=False)
        if done.returncode:
            return 1
    pictures = [one for one in sorted(folder.glob("*.png")) if one.stem.endswith(KEPT)]
    if not pictures:
        print(f"{folder}: holds no pictures of the journeys; run them with HARBORLINE_PICTURES set", file=sys.stderr)
        return 1
    PAGES.mkdir(parents=True, exist_ok=True)
    for old in PAGES.glob("*.webp"):
        old.unlink()
    for picture in pictures:
        made_small(picture)
    (PAGES / "README.md").write_text(listed(pictures), encoding="utf-8")
    print(f"{len(pictures)} pictures in {PAGES.relative_to(HERE)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
