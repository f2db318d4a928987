"""Whether charts are ever missing from a page, frame by frame."""

from playwright.sync_api import Page


def count_blank_frames(page: Page) -> None:
    """From now on, until `blank_frames`, count the charts that are missing in a frame."""
    page.evaluate(
        """() => {
          window.blankFrames = 0;
          const look = () => {
            for (const plot of document.querySelectorAll(".linreg-plot"))
              if (!plot.querySelector(".scatterlayer .trace")) blankFrames += 1;
            if (document.querySelectorAll(".linreg-plot").length !== 3) blankFrames += 1;
            window.nextLook = requestAnimationFrame(look);
          };
          look();
        }"""
    )


def blank_frames(page: Page) -> int:
    """End `count_blank_frames`; return what was counted."""
    found: int = page.evaluate("() => { cancelAnimationFrame(nextLook); return blankFrames; }")
    return found
