"""The start page: what the run says in five findings."""

from __future__ import annotations

from counterpoise.pages.cells import told
from counterpoise.pages.page import Asked, Page
from counterpoise.pages.registry import page
from counterpoise.pages.site import Site


@page("")
def start_page(site: Site, asked: Asked) -> Page:
    """The start page."""
    return Page(
        "", "Which orders give Europe enough usable force in time?", (), (), told(site.basis)
    )
