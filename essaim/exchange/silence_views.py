"""A word after a silence: from one's page, or from the link in the mail."""

from django.contrib import messages
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from essaim.core.access import allow, public, signed_in
from essaim.core.dated_links import Expired
from essaim.core.refusals import Refusal
from essaim.exchange import silence_links
from essaim.exchange.actions.silences import DOING, answer_silence
from essaim.exchange.models import Silence, SilenceAnswer
from essaim.people.requests import SignedRequest

GONE = 410


@require_POST
@allow(signed_in)
def silence_say(request: SignedRequest) -> HttpResponse:
    silence = Silence.objects.filter(person=request.user).order_by("-since_at").first()
    if silence is None:
        raise Http404
    try:
        messages.success(request, _said(silence, request.POST.get("a", "")))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return redirect("exchange:toolbox")


@never_cache
@public
def silence_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing: mailboxes open links too. Only a button says the word."""
    try:
        pk = silence_links.read(token)
    except BadSignature:
        raise Http404 from None
    except Expired:
        return render(request, "exchange/silence_over.html", status=GONE)
    silence = get_object_or_404(Silence.objects.select_related("person"), pk=pk)
    with translation.override(silence.person.language):
        return _answer_page(request, silence)


def _answer_page(request: HttpRequest, silence: Silence) -> HttpResponse:
    if not silence.person.is_reachable():
        return render(request, "exchange/silence_over.html", status=GONE)
    said, refused = "", ""
    if request.method == "POST":
        try:
            said = _said(silence, request.POST.get("a", ""))
        except Refusal as refusal:
            refused = str(refusal)
    chosen = request.GET.get("a", "")
    context = {
        "silence": silence,
        "chosen": chosen if chosen in DOING else "",
        "said": said,
        "refused": refused,
    }
    return render(request, "exchange/silence_answer.html", context)


def _said(silence: Silence, word: str) -> str:
    """Does what the word says, and says what happens next."""
    if word not in DOING:
        raise Refusal(_("Choose one of the answers."))
    done = answer_silence(silence=silence, answer=SilenceAnswer(word), by=silence.person)
    return {
        SilenceAnswer.BACK: _("Good to have you back: the hive may ask you again."),
        SilenceAnswer.LESS: _("Noted: one ask a week at most, and one thing at a time."),
        SilenceAnswer.STOP: _(
            "Noted: nobody is sent to you until you say that you are back. Your page stays where "
            "it is, and thanks still arrive."
        ),
        None: _("Noted: you are asked as seldom as can be, so nobody is sent to you for a month."),
    }[done]
