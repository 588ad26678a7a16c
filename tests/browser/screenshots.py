"""Pictures of every state that a guest can meet: `python -m tests.browser.screenshots FOLDER [STATE …]`."""

import asyncio
import json
import sys
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser.conftest import DESKTOP, PHONE, ROOT, Scheme, launch
from tests.browser.states import STATES

SCHEMES: tuple[Scheme, ...] = ("light", "dark")


async def main(folder: Path, wanted: list[str]) -> None:
    """Write `STATE-SIZE-SCHEME.png` for each state, or for those that are wanted."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.browser.serve", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    told = json.loads(await process.stdout.readline())
    drain = asyncio.create_task(process.stdout.read())
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
            for scheme in SCHEMES:
                await _shoot(browser, told, folder, wanted or list(STATES), name, size, scheme)
        await browser.close()
    process.terminate()
    await process.wait()
    await drain


async def _shoot(
    browser: Browser,
    told: dict[str, str],
    folder: Path,
    wanted: list[str],
    name: str,
    size: tuple[int, int],
    scheme: Scheme,
) -> None:
    context = await browser.new_context(
        base_url=told["url"],
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        locale="en-GB",
        timezone_id="Europe/Berlin",
        device_scale_factor=1.5,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    for state in wanted:
        await STATES[state](page, told)
        await page.screenshot(path=folder / f"{state}-{name}-{scheme}.png", full_page=True)
    await context.close()


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
