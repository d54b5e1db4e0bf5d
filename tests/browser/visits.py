"""A visitor's window on the app, and waiting until what it shows has come."""

from contextlib import contextmanager

from playwright.sync_api import expect

WAIT_MS = 120_000
expect.set_options(timeout=WAIT_MS)
_SCROLLED = "[data-testid=stMain], [data-testid=stAppScrollToBottomContainer]"


@contextmanager
def visit(browser, url, width=1400, height=1000, scheme="light", heading="Analyze a photograph", **options):
    """A page of the app in a window of its own, closed at the end."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, permissions=["camera"], **options
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(url)
    if heading:
        expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=WAIT_MS)
    try:
        yield page
    finally:
        context.close()


def settle(page):
    """Wait until the script has run and every picture has arrived."""
    page.wait_for_function(
        "document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')"
        " && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')"
    )
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


def whole_page(page, path):
    """A picture of the page in its whole height."""
    height = page.evaluate(f"document.querySelector('{_SCROLLED}').scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height + 40})
    page.wait_for_timeout(800)
    settle(page)
    page.screenshot(path=str(path))
