"""Who may open a view. A view that does not say so keeps the whole application from starting."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.checks import CheckMessage, Error, register
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

Rule = Callable[[Any], bool]
View = TypeVar("View", bound=Callable[..., Any])

# Views of libraries, which guard themselves; the second is how allauth redirects.
FOREIGN = ("allauth.", "django.views.generic.base")


def signed_in(person: Any) -> bool:
    return bool(person.is_authenticated)


def public(view: View) -> View:
    view.access = "public"  # type: ignore[attr-defined]
    return view


def allow(rule: Rule) -> Callable[[View], View]:
    """Opens the view to the people of whom `rule` holds; for others it does not exist (404)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            if not rule(request.user):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.access = rule.__name__  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect_to_login(request.get_full_path())
    # A fragment of the log-in page inside the page would be absurd: the whole page goes there.
    return HttpResponse(status=204, headers={"HX-Redirect": reverse("account_login")})


def undeclared_views() -> list[str]:
    return [
        f"{view.__module__}.{view.__name__}"
        for view in _views(get_resolver().url_patterns)
        if not hasattr(view, "access") and not view.__module__.startswith(FOREIGN)
    ]


def _views(patterns: list[Any]) -> Iterator[Callable[..., Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield getattr(pattern.callback, "view_class", pattern.callback)


@register()
def every_view_says_who_may_open_it(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{name} does not say who may open it",
            hint="Add @public or @allow(rule).",
            id="essaim.E001",
        )
        for name in undeclared_views()
    ]
