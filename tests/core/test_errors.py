import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from essaim.core import errors


def test_the_page_of_a_breakdown_needs_no_database() -> None:
    # Not marked for the database: a query would fail the test.
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "de notre côté" in response.content.decode()


@pytest.mark.parametrize("template", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_is_drawn_without_a_frame(template: str) -> None:
    page = render_to_string(f"{template}.html")
    assert page.count("<h1>") == 1
    assert 'lang="fr"' in page
    assert "<nav" not in page
